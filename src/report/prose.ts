import type { Results, Setting } from '../codec/results.js'
import { pathFindings } from './contours.js'
import { widthHeading } from './curves.js'
import { escapeFindings } from './escapes.js'
import { formatCount, formatList, formatNumber, formatPercent, formatRound } from './format.js'
import { lastIterates, median, optimizersOf, seriesOf, widthsOf } from './statistics.js'

// Words only: everything here is plain text, which the page escapes.

const times = (count: number): string => (count === 1 ? 'once' : formatCount(count, 'time'))

/** What was run and what to look for, in two or three short paragraphs. */
export const introduction = (results: Results): ReadonlyArray<string> => {
  if (results.runs.length === 0) return ['The experiment ended before its first run did, so there is nothing to show.']
  const optimizers = formatList(optimizersOf(results))
  const seeds = new Set(results.runs.map((run) => run.seed)).size
  switch (results.experiment) {
    case 'digits':
    case 'mnist': {
      const widths = widthsOf(results).map((width) => formatNumber(width))
      return [
        `A neural network with one hidden layer of ${formatList(widths)} units learned to read handwritten digits, with ${optimizers}. All set out from the same random weights, ${times(seeds)} for each width, so what differs between the curves is the optimizer alone.`,
        'A loss in many dimensions has few bad minima but many saddle points: places where the slope vanishes although some direction still leads down. There training seems to be stuck on a plateau. Gradient descent creeps through it; Newton’s method is even drawn to the saddle, because it walks up the directions of negative curvature. Saddle-free Newton uses the absolute value of the curvature and walks down them.',
        'Look for curves that flatten and then fall again, for the most negative eigenvalue λ_min of the Hessian (the matrix of second derivatives) shrinking towards zero as an optimizer leaves the saddles behind, and for what this costs in work.',
      ]
    }
    case 'saddles':
      return [
        `Two landscapes over the plane, each with a saddle at the origin: some directions lead up, others down. From the same start, ${optimizers} take their steps.`,
        'Look at where each path goes. Gradient descent first slides towards the saddle and then slowly off it. Newton’s method solves for the point where the slope vanishes, and so it is drawn to the saddle and stays. Saddle-free Newton turns around the part of the step that leads uphill, and escapes.',
      ]
    case 'escape':
      return [
        `How long does it take to leave a saddle? From a point very near to it, in a random direction, ${optimizers} went on until they were at the distance 1 from it, or had no steps left.`,
        'The quadratic saddles have many variables, their axes are turned at random, and their negative curvature is much smaller than the positive. So a step that is short enough for the steep directions is far too short for the way out: the plateau. Saddle-free Newton rescales each direction by the size of its curvature.',
        'Compare steps with work: a step with the whole Hessian costs as many gradients as there are variables; a step in a Krylov subspace a few.',
      ]
    case 'autoencoder':
      return [
        `A deep autoencoder squeezes each image through a narrow layer and draws it again on the other side; it was trained with ${optimizers}. Its Hessian is too large to write down, so saddle-free Newton works in a small Krylov subspace: the directions that a few products of the Hessian with a vector open up.`,
        'Look for a plateau where a first-order method slows down, and whether the loss falls below it when negative curvature is used; then compare the same curves against work, which counts what each step costs.',
      ]
  }
}

interface Ending {
  readonly optimizer: string
  readonly loss: number
  readonly error: number
  readonly work: number
}

const endingsOf = (results: Results, width: number): ReadonlyArray<Ending> =>
  seriesOf(results, (run) => run.width === width)
    .map((series) => {
      const last = lastIterates(series.runs)
      return {
        optimizer: series.optimizer,
        loss: median(last.map((iterate) => iterate.loss)),
        // The share of misread images; what an autoencoder calls its error stands in the table.
        error: results.experiment === 'autoencoder' ? Number.NaN : median(last.map((iterate) => iterate.error)),
        work: median(last.map((iterate) => iterate.gradientEquivalents)),
      }
    })
    .filter((entry) => Number.isFinite(entry.loss))
    .toSorted((a, b) => a.loss - b.loss)

const sentences =
  (results: Results) =>
  (width: number): ReadonlyArray<string> => {
    const [best, ...others] = endingsOf(results, width)
    if (best === undefined) return []
    const heading = widthHeading(results, width)
    const error = Number.isNaN(best.error) ? '' : `, training error ${formatPercent(best.error)}`
    const first = `${heading === '' ? '' : `With ${heading}, `}${best.optimizer} ends ${others.length === 0 ? 'at' : `lowest:${new Set(results.runs.map((run) => run.seed)).size > 1 ? ' median' : ''}`} training loss ${formatNumber(best.loss)}${error}, for ${formatNumber(best.work)} gradient-equivalents of work.`
    const rest = others.map(
      (entry) =>
        `${entry.optimizer} at ${formatNumber(entry.loss)}${Number.isNaN(entry.error) ? '' : ` (${formatPercent(entry.error)})`} for ${formatNumber(entry.work)}`,
    )
    return [
      `${first.slice(0, 1).toUpperCase()}${first.slice(1)}${rest.length === 0 ? '' : ` Behind it: ${formatList(rest)}.`}`,
    ]
  }

/** What came out, one sentence or two for each width or surface. */
export const findings = (results: Results): ReadonlyArray<string> =>
  results.experiment === 'saddles'
    ? pathFindings(results)
    : results.experiment === 'escape'
      ? escapeFindings(results)
      : widthsOf(results).flatMap(sentences(results))

/** One gradient-equivalent, explained where it first appears. */
export const workExplained = (results: Results): string =>
  `One gradient-equivalent is the work of one gradient over the whole training set. An epoch of minibatch steps costs about one; ${
    results.experiment === 'autoencoder'
      ? 'each product of the Hessian with a vector counts as one.'
      : 'a Newton step that forms the whole Hessian counts one for each parameter of the network.'
  }`

/** How to read the bands, when there is more than one seed. */
export const bandsExplained = (results: Results): string => {
  const seeds = new Set(results.runs.map((run) => run.seed)).size
  return seeds > 1
    ? `Lines are medians over ${formatCount(seeds, 'seed')}; bands reach from the least to the greatest of them.`
    : 'One seed was run, so there is nothing to say about chance.'
}

/** A setting for people. */
export const showSetting = (setting: Setting): string =>
  typeof setting === 'number'
    ? formatRound(setting)
    : typeof setting === 'string'
      ? setting
      : typeof setting === 'boolean'
        ? setting
          ? 'yes'
          : 'no'
        : setting.map(showSetting).join(', ')
