/*
 * report/: the page a student opens after an experiment: results (codec/results.ts) as one self-contained HTML file.
 * Rendering is a pure function from `Results` to text: charts are SVG drawn by Observable Plot without a browser, so the page
 * holds no script and asks the network for nothing; writing is one TaskEither that leaves no half-written file.
 * `renderReport` is here, `writeReport` in write.ts; the other files each draw one kind of figure.
 * May import: codec and below. May be imported by: cli.
 */
import type { Results } from '../codec/results.js'
import { contourPanels } from './contours.js'
import { byEpoch, byWork, curvePanels, type Quantity } from './curves.js'
import { escapePanels, indexPanels } from './escapes.js'
import { figure, legend } from './figure.js'
import { escapeHtml, formatDate, formatNumber, formatPercent, formatSeconds, textHtml } from './format.js'
import { bandsExplained, findings, introduction, showSetting, workExplained } from './prose.js'
import { spectrumPanels } from './spectrum.js'
import { seriesOf } from './statistics.js'
import { style } from './style.js'
import { finalTable } from './table.js'
import { finalPanels } from './widths.js'

const plainly = (value: number): string => formatNumber(value)

const loss: Quantity = { label: 'training loss', of: (iterate) => iterate.loss, show: plainly }

const error: Quantity = {
  label: 'training error (%)',
  of: (iterate) => 100 * iterate.error,
  show: (percent) => formatPercent(percent / 100),
}

const squaredError: Quantity = { label: 'squared error per image', of: (iterate) => iterate.error, show: plainly }

const negativeCurvature: Quantity = {
  label: '|most negative eigenvalue|',
  of: (iterate) => Math.max(0, -iterate.lambdaMin),
  show: plainly,
  // Below this, a negative eigenvalue is as good as none.
  decades: 8,
}

const section = (heading: string, ...parts: ReadonlyArray<string>): string =>
  parts.every((part) => part === '') ? '' : `<section><h2>${heading}</h2>${parts.join('')}</section>`

const subsection = (heading: string, body: string): string => (body === '' ? '' : `<h3>${heading}</h3>${body}`)

const paragraph = (text: string, kind = ''): string =>
  `<p${kind === '' ? '' : ` class="${kind}"`}>${textHtml(text)}</p>`

const workCaption =
  'The same runs against what they cost. Where the axis counts in powers of ten, each tick is ten times as much work as the one before.'

// One width: both charts side by side. Several: a row of charts for each axis, one for each width.
const curves = (results: Results, quantity: Quantity, name: string, caption: string): string => {
  const [epochs, work] = [curvePanels(results, quantity, byEpoch), curvePanels(results, quantity, byWork)]
  return epochs.length === 1
    ? figure([...epochs, ...work], `${caption} The second chart: ${workCaption.replace('The', 'the')}`)
    : subsection(`${name} against epochs`, figure(epochs, caption)) +
        subsection(`${name} against work`, figure(work, workCaption))
}

const curvature = (results: Results, key: string): string =>
  results.runs.some((run) => run.iterates.some((iterate) => Number.isFinite(iterate.lambdaMin)))
    ? section(
        'The way out of the saddles',
        paragraph(
          'A negative eigenvalue of the Hessian is a direction in which the loss curves downwards. The more negative, the steeper the way out that the optimizer has not taken yet.',
        ),
        key,
        figure(
          curvePanels(results, negativeCurvature, byEpoch),
          `Size of the most negative eigenvalue of the Hessian. Towards zero there is no more downhill curvature: the point resembles a minimum. ${bandsExplained(results)}`,
        ),
      )
    : ''

const spectra = (results: Results): string =>
  section(
    'The whole spectrum at the end',
    figure(
      spectrumPanels(results),
      'All eigenvalues of the Hessian at the last point, all seeds together, on an axis that counts in powers of ten to both sides of zero. Bars left of the line, in full color, are directions of negative curvature that are left. The tall bars near zero are directions in which the loss is almost flat. Eigenvalues below 10⁻¹⁰ of the largest are counted as zero.',
    ),
  )

const training = (results: Results, key: string): string =>
  [
    section(
      'Does it pay to have more hidden units?',
      figure(
        [...finalPanels(results, error), ...finalPanels(results, loss)],
        'Training error and loss at the end against the number of hidden units, all axes logarithmic; bars reach from the least to the greatest over seeds. A larger network can fit the digits better, if the optimizer finds the way. Compare how the gap between the optimizers changes with the width.',
      ).replace(/^(?=<figure>)/, key),
    ),
    section(
      'Training loss',
      paragraph(workExplained(results)),
      key,
      curves(
        results,
        loss,
        'Loss',
        `Training loss, on a logarithmic axis. ${bandsExplained(results)} A flat stretch is a plateau.`,
      ),
    ),
    section(
      'Training error',
      key,
      curves(
        results,
        error,
        'Error',
        `Share of training images that are misread. ${bandsExplained(results)} The lower edge of the axis, where it is labeled 0, means that none is.`,
      ),
    ),
    curvature(results, key),
    spectra(results),
  ].join('')

const autoencoder = (results: Results, key: string): string =>
  [
    section(
      'Training loss',
      paragraph(workExplained(results)),
      key,
      curves(results, loss, 'Loss', `Training loss, on a logarithmic axis. ${bandsExplained(results)}`),
    ),
    results.runs.some((run) => run.iterates.some((iterate) => Number.isFinite(iterate.error)))
      ? section(
          'How well images are drawn again',
          key,
          curves(
            results,
            squaredError,
            'Squared error',
            `Squared difference between image and reconstruction, summed over pixels and averaged over images. ${bandsExplained(results)}`,
          ),
        )
      : '',
    curvature(results, key),
    spectra(results),
  ].join('')

const saddles = (results: Results, key: string): string =>
  section(
    'The paths',
    key,
    figure(
      contourPanels(results),
      'Contours of the two surfaces: warm colors are hills, cool colors are valleys, and the gray line is the height of the saddle at the origin. The ring marks the start, small dots the steps, the large symbol the end; an arrow shows where a path leaves the picture on its way down.',
    ),
  )

const escapes = (results: Results, key: string): string =>
  [
    section(
      'How long it takes',
      key,
      figure(
        escapePanels(results),
        'Medians over indices and seeds of the runs that left; bars reach from the least to the greatest. All axes are logarithmic. Dashed lines are what theory says: saddle-free Newton doubles the distance at every step whatever the curvature, in log₂(1/ε) steps from the distance ε, gradient descent grows by 1 + η|λ| only, in ln(1/ε) / ln(1 + η|λ|) steps. Damped Newton takes a huge step wherever one of its dampings happens to be near to the size of a negative eigenvalue, and creeps where none is. On the monkey saddle, where the curvature itself vanishes, saddle-free Newton still grows, by 3/2 a step at most, and gradient descent needs (1/r − 1) / 3η steps at least from the distance r.',
      ),
    ),
    section(
      'Does it matter how many directions lead down?',
      figure(
        indexPanels(results),
        'Steps to leave against the number of negative eigenvalues, for the most variables that were tried.',
      ),
    ),
  ].join('')

const body = (results: Results, key: string): string => {
  switch (results.experiment) {
    case 'digits':
    case 'mnist':
      return training(results, key)
    case 'autoencoder':
      return autoencoder(results, key)
    case 'saddles':
      return saddles(results, key)
    case 'escape':
      return escapes(results, key)
  }
}

const settings = (results: Results): string =>
  section(
    'To repeat it',
    paragraph('The same command with the same version gives the same numbers:'),
    `<pre><code>${escapeHtml(results.command)}</code></pre>`,
    `<table class="settings"><caption>Settings</caption><tbody>${Object.entries(results.settings)
      .map(
        ([name, setting]) =>
          `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(showSetting(setting))}</td></tr>`,
      )
      .join('')}</tbody></table>`,
  )

const footer = ({ environment, startedAt, seconds }: Results): string =>
  `<footer><p>gradus ${escapeHtml(environment.gradus)} · Node ${escapeHtml(environment.node)} · ${escapeHtml(environment.platform)} · kernels: ${escapeHtml(environment.kernels)} · started ${escapeHtml(formatDate(startedAt))} · took ${formatSeconds(seconds)}. The numbers behind this page are in <a href="results.json">results.json</a>.</p></footer>`

const summary = (results: Results): string => {
  const sentences = findings(results)
  return section(
    'What came out',
    sentences.length === 0
      ? ''
      : `<div class="prose"><ul>${sentences.map((sentence) => `<li>${textHtml(sentence)}</li>`).join('')}</ul></div>`,
    finalTable(results),
  )
}

/**
 * Renders results as a self-contained HTML page: no script, nothing loaded from elsewhere, light or dark as the reader prefers.
 *
 * @since 0.1.0
 */
export const renderReport = (results: Results): string => {
  const key = legend(seriesOf(results))
  const [lead = '', ...others] = introduction(results)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(results.title)} · gradus</title>
<style>${style}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(results.title)}</h1>
${results.interrupted ? paragraph('This run was interrupted: the page shows what was done until then.', 'note') : ''}
${paragraph(lead, 'lead')}${others.map((text) => paragraph(text)).join('')}</header>
${summary(results)}
${body(results, key)}
${settings(results)}
${footer(results)}
</main>
</body>
</html>
`
}
