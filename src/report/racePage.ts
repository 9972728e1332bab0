/** The page of races: one problem with its paths, or a whole set with its profiles. */
import type { PerformanceProfile } from '../experiment/profile.js'
import type { Figures, RaceFigures } from '../experiment/raceFigures.js'
import { figure, legend, type Panel } from './figure.js'
import { escapeHtml, formatNumber } from './format.js'
import { endPanels, type Group, groupsOf, planePanels, profilePanels, progressPanels } from './raceCharts.js'
import { style } from './style.js'

/** What a page of races is made of. */
export interface RaceReport {
  readonly command: string
  readonly budget: string
  readonly races: ReadonlyArray<RaceFigures>
  readonly profiles: ReadonlyArray<PerformanceProfile>
  /** The loss of the one problem over the plane, where it is one. */
  readonly value: (x: number, y: number) => number
}

const section = (heading: string, ...parts: ReadonlyArray<string>): string =>
  parts.every((part) => part === '') ? '' : `<section><h2>${heading}</h2>${parts.join('')}</section>`

const keyOf = (runs: ReadonlyArray<Figures>): string =>
  legend(runs.map(({ title }, index) => ({ optimizer: title, index })))

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A chart of each group under what its colors mean, and one caption for all. */
const grouped = (
  runs: ReadonlyArray<Figures>,
  panels: (group: Group) => ReadonlyArray<Panel>,
  caption: string,
): string =>
  groupsOf(runs)
    .map((group, i, all) => {
      const charts = panels(group)
      const heading = group.heading === '' ? '' : `<h3>${escapeHtml(capital(group.heading))}</h3>`
      return charts.length === 0
        ? ''
        : heading + keyOf(group.runs) + figure(charts, i === all.length - 1 ? caption : '')
    })
    .join('')

const rowOf = (race: RaceFigures, run: Figures): string =>
  `<tr><th scope="row" class="name">${escapeHtml(run.title)}</th><td class="name outcome">${escapeHtml(run.outcome)}</td>${[
    run.steps,
    run.work,
    run.evaluations,
    run.gradients,
    run.products,
    run.solves,
    run.value - (race.reference ?? 0),
    run.gradientNorm,
  ]
    .map((value) => `<td>${formatNumber(value)}</td>`)
    .join('')}</tr>`

const tableOf = (race: RaceFigures): string =>
  `<div class="wide"><table><thead><tr><th class="name">optimizer</th><th class="name">outcome</th>${[
    'steps',
    'gradient equivalents',
    'values',
    'gradients',
    'products',
    'solves',
    race.reference === null ? 'f' : 'f − f*',
    '‖∇f‖',
  ]
    .map((name) => `<th>${name}</th>`)
    .join('')}</tr></thead><tbody>${race.runs.map((run) => rowOf(race, run)).join('')}</tbody></table></div>`

const one = (race: RaceFigures, value: RaceReport['value']): string =>
  [
    section('What came out', tableOf(race)),
    section(
      'In equal steps, and in equal work',
      grouped(
        race.runs,
        (group) => progressPanels(race, group),
        'The same runs twice: on the left a step counts as a step, on the right every optimizer pays for what it asks. A value costs a third of a gradient, a product with the Hessian one, a whole Hessian one for each variable.',
      ),
    ),
    section(
      'The paths',
      grouped(
        race.runs,
        (group) => planePanels(race, group, value),
        'Contours of the loss, even in the logarithm of its height. The ring marks the start, small dots the first steps, a large symbol the end; paths may leave the picture.',
      ),
    ),
    section(
      'The curvature at the ends',
      figure(
        endPanels(race),
        'Eigenvalues of the Hessian where each run ended, on an axis that counts in powers of ten to both sides of zero. A tick to the left of the line is a direction that leads down.',
      ),
    ),
  ].join('')

const cellOf = (run: Figures | undefined): string =>
  run === undefined ? '<td></td>' : `<td>${run.solved ? formatNumber(Math.round(run.work)) : '–'}</td>`

const many = ({ races, profiles }: RaceReport): string => {
  const runs = races[0]?.runs ?? []
  return [
    section(
      'Performance profiles',
      grouped(
        runs,
        (group) => profilePanels(profiles, group),
        'How large a share of the problems each optimizer solves within a factor of the least work that any of them needs (Dolan and Moré 2002). High on the left is fast, high on the right is robust.',
      ),
    ),
    section(
      'Gradient equivalents until a minimum',
      `<div class="wide"><table><thead><tr><th class="name">problem</th><th>variables</th>${runs
        .map(({ title }) => `<th>${escapeHtml(title)}</th>`)
        .join('')}</tr></thead><tbody>${races
        .map(
          (race) =>
            `<tr><th scope="row" class="name">${escapeHtml(race.title)}</th><td>${race.dimension}</td>${runs
              .map(({ name }) => cellOf(race.runs.find((run) => run.name === name)))
              .join('')}</tr>`,
        )
        .join('')}</tbody></table></div>`,
    ),
  ].join('')
}

/** Renders races as a self-contained HTML page, as `renderReport` does experiments. */
export const renderRaces = (report: RaceReport): string => {
  const [first] = report.races
  const title =
    report.races.length === 1 && first !== undefined ? `The race on ${first.title}` : `${report.races.length} races`
  const lead =
    report.races.length === 1 && first !== undefined
      ? `${first.dimension} variables, from the standard start. ${first.source}.`
      : 'Every optimizer on every problem, from the standard starts.'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · gradus</title>
<style>${style}
.panels:has(> .panel:only-child) { grid-template-columns: 1fr; } .panel:only-child { max-width: 46rem; }</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
<p>${escapeHtml(report.budget)} A run ends when the value of a known minimum is met and the gradient is small; what an optimizer says of itself does not count.</p></header>
${report.races.length === 1 && first !== undefined ? one(first, report.value) : many(report)}
${section('To repeat it', `<pre><code>${escapeHtml(report.command)}</code></pre>`)}
<footer><p>The numbers behind this page are in <a href="results.json">results.json</a>.</p></footer>
</main>
</body>
</html>
`
}
