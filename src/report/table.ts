import type { ResultIterate, ResultRun, Results } from '../codec/results.js'
import { formulaOf } from './contours.js'
import { hasLeft } from './escapes.js'
import { keyOf } from './figure.js'
import { escapeHtml, formatNumber, formatPercent, formatRound, textHtml } from './format.js'
import { commonest, lastIterates, median, type Series, seriesOf, widthsOf } from './statistics.js'

interface Column {
  readonly name: string
  readonly of: (iterate: ResultIterate) => number
  readonly show: (value: number) => string
  /** Whether the least value of a group is set in bold. */
  readonly isRanked: boolean
}

const plainly = (value: number): string => formatNumber(value)

const loss: Column = { name: 'training loss', of: (iterate) => iterate.loss, show: plainly, isRanked: true }
const share: Column = { name: 'training error', of: (iterate) => iterate.error, show: formatPercent, isRanked: true }
const lambda: Column = {
  name: 'smallest eigenvalue λ_min',
  of: (iterate) => iterate.lambdaMin,
  show: (value) => formatNumber(value, 2),
  isRanked: false,
}
const work: Column = {
  name: 'work (gradient-equivalents)',
  of: (iterate) => iterate.gradientEquivalents,
  show: plainly,
  isRanked: false,
}
const epochs: Column = { name: 'epochs', of: (iterate) => iterate.epoch, show: plainly, isRanked: false }
const squares: Column = { name: 'squared error', of: (iterate) => iterate.error, show: plainly, isRanked: true }
const height: Column = { name: 'final f', of: (iterate) => iterate.loss, show: plainly, isRanked: false }
const slope: Column = {
  name: 'final gradient norm',
  of: (iterate) => iterate.gradientNorm ?? Number.NaN,
  show: (value) => formatNumber(value, 2),
  isRanked: false,
}
const steps: Column = { name: 'steps', of: (iterate) => iterate.epoch, show: plainly, isRanked: false }

const columnsOf = (results: Results): ReadonlyArray<Column> => {
  switch (results.experiment) {
    case 'digits':
    case 'mnist':
      return [loss, share, lambda, epochs, work]
    case 'autoencoder':
      return [loss, squares, lambda, epochs, work]
    case 'saddles':
      return [steps, height, slope, lambda]
    case 'escape':
      return [steps, work]
  }
}

interface Group {
  readonly heading: string
  readonly series: ReadonlyArray<Series>
}

const saddleGroups = (results: Results): ReadonlyArray<Group> => [
  ...widthsOf(results).map((width) => ({
    heading: `quadratic, ${formatNumber(width)} variables`,
    series: seriesOf(results, (run) => run.width === width && run.surface === undefined),
  })),
  ...[...new Set(results.runs.flatMap((run) => (run.surface === 'monkey' ? [run.distance] : [])))].map((distance) => ({
    heading: `monkey, from ${formatRound(distance ?? Number.NaN)}`,
    series: seriesOf(results, (run) => run.surface === 'monkey' && run.distance === distance),
  })),
]

const groupsOf = (results: Results): ReadonlyArray<Group> => {
  if (results.experiment === 'escape') return saddleGroups(results)
  return results.experiment === 'saddles'
    ? (['classical', 'monkey'] as const).map((surface) => ({
        heading: formulaOf(surface).replace('f(x, y) = ', ''),
        series: seriesOf(results, (run) => run.surface === surface),
      }))
    : widthsOf(results).map((width) => ({
        heading: formatNumber(width),
        series: seriesOf(results, (run) => run.width === width),
      }))
}

/** Of runs that should leave a saddle those that did count, if any did. */
const figureOf = (column: Column, runs: ReadonlyArray<ResultRun>): number =>
  median(lastIterates(runs.some(hasLeft) ? runs.filter(hasLeft) : runs).map(column.of))

const row =
  (columns: ReadonlyArray<Column>, group: Group, hasHeading: boolean, escapes: boolean) =>
  (series: Series, place: number): string => {
    const cell = (column: Column): string => {
      const value = figureOf(column, series.runs)
      const others = group.series.map((other) => figureOf(column, other.runs))
      const isBest =
        column.isRanked &&
        others.length > 1 &&
        others.every((other) => !(other < value)) &&
        value < Math.max(...others.filter(Number.isFinite))
      return `<td${isBest ? ' class="best"' : ''}>${column.show(value)}</td>`
    }
    const heading =
      hasHeading && place === 0
        ? `<th scope="rowgroup" rowspan="${group.series.length}">${escapeHtml(group.heading)}</th>`
        : ''
    return `<tr>${heading}<th scope="row" class="name">${keyOf(series.index)} ${escapeHtml(series.optimizer)}</th>${columns.map(cell).join('')}<td>${escapes ? `${series.runs.filter(hasLeft).length} of ${series.runs.length}` : series.runs.length}</td><td class="name outcome">${escapeHtml(commonest(series.runs.map((run) => run.reason)))}</td></tr>`
  }

/** The figures at the end of the runs: medians over seeds, the best loss and error of each group in bold. */
export const finalTable = (results: Results): string => {
  const columns = columnsOf(results)
  const escapes = results.experiment === 'escape'
  const groups = groupsOf(results).filter((group) => group.series.length > 0)
  const hasHeading = results.experiment === 'saddles' || groups.length > 1 || results.experiment !== 'autoencoder'
  const first = results.experiment === 'saddles' ? 'surface' : escapes ? 'saddle' : 'hidden units'
  if (groups.length === 0) return '<p>No run was finished.</p>'
  const names = [
    ...(hasHeading ? [first] : []),
    'optimizer',
    ...columns.map((column) => column.name),
    escapes ? 'left' : 'seeds',
    'ended because',
  ]
  const seeds = new Set(results.runs.map((run) => run.seed)).size
  const caption = `Final figures${escapes ? ', medians over indices and seeds of the runs that left, where any did' : seeds > 1 ? ', medians over seeds' : ''}${columns.some((column) => column.isRanked) ? '; the lowest of each group in bold' : ''}.`
  return `<div class="wide" tabindex="0" role="region" aria-label="Final figures"><table><caption>${caption}</caption><thead><tr>${names
    .map(
      (name) =>
        `<th scope="col"${name === 'optimizer' || name === 'ended because' ? ' class="name"' : ''}>${textHtml(name)}</th>`,
    )
    .join('')}</tr></thead>${groups
    .map((group) => `<tbody>${group.series.map(row(columns, group, hasHeading, escapes)).join('')}</tbody>`)
    .join('')}</table></div>`
}
