/** The end of a run in a few lines: medians over seeds, and where the report is. */
import type { Results } from '../codec/results.js'
import { hasLeft } from '../report/escapes.js'
import { formatNumber, formatPercent } from '../report/format.js'
import { lastIterates, median, seriesOf, widthsOf } from '../report/statistics.js'
import type { WrittenReport } from '../report/write.js'

type Row = ReadonlyArray<string>

/** Columns of equal width: words to the left, figures to the right. */
const aligned = (rows: ReadonlyArray<Row>, words: number): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => (row[j] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, j) => (j < words ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const trainingRows = (results: Results): ReadonlyArray<Row> => {
  const isAutoencoder = results.experiment === 'autoencoder'
  return [
    [
      isAutoencoder ? 'code' : 'width',
      'optimizer',
      'loss',
      isAutoencoder ? 'squared error' : 'error',
      'λ_min',
      'work',
      'seeds',
    ],
    ...widthsOf(results).flatMap((width) =>
      seriesOf(results, (run) => run.width === width).map(({ optimizer, runs }) => {
        const last = lastIterates(runs)
        const middle = (of: (iterate: (typeof last)[number]) => number): number => median(last.map(of))
        const error = middle((iterate) => iterate.error)
        return [
          String(width),
          optimizer,
          formatNumber(middle((iterate) => iterate.loss)),
          isAutoencoder ? formatNumber(error) : formatPercent(error),
          formatNumber(
            middle((iterate) => iterate.lambdaMin),
            2,
          ),
          formatNumber(middle((iterate) => iterate.gradientEquivalents)),
          String(runs.length),
        ]
      }),
    ),
  ]
}

const saddleRows = (results: Results): ReadonlyArray<Row> => [
  ['surface', 'optimizer', 'steps', 'f', 'λ_min', 'ended'],
  ...results.runs.map((run) => {
    const [last] = lastIterates([run])
    return [
      run.surface ?? '',
      run.optimizer,
      formatNumber(last?.epoch ?? Number.NaN),
      formatNumber(last?.loss ?? Number.NaN),
      formatNumber(last?.lambdaMin ?? Number.NaN, 2),
      run.reason,
    ]
  }),
]

const escapeRows = (results: Results): ReadonlyArray<Row> => [
  ['saddles', 'optimizer', 'left', 'steps', 'work'],
  ...[false, true].flatMap((monkey) =>
    seriesOf(results, (run) => (run.surface === 'monkey') === monkey).map(({ optimizer, runs }) => {
      const gone = runs.filter(hasLeft)
      const last = lastIterates(gone)
      return [
        monkey ? 'monkey' : 'quadratic',
        optimizer,
        `${gone.length} of ${runs.length}`,
        formatNumber(median(last.map((iterate) => iterate.epoch))),
        formatNumber(median(last.map((iterate) => iterate.gradientEquivalents))),
      ]
    }),
  ),
]

const rowsOf = (results: Results): ReadonlyArray<Row> => {
  switch (results.experiment) {
    case 'saddles':
      return saddleRows(results)
    case 'escape':
      return escapeRows(results)
    case 'digits':
    case 'mnist':
    case 'autoencoder':
      return trainingRows(results)
  }
}

const explained: Readonly<Record<Results['experiment'], string>> = {
  digits: 'Medians over seeds; work in gradients over the training set. Look for the plateaus, and at who leaves them.',
  mnist: 'Medians over seeds; work in gradients over the training set. Look for the plateaus, and at who leaves them.',
  saddles: 'Look at where each path goes: Newton’s ends at the saddle, saddle-free Newton’s leads away from it.',
  escape:
    'Medians of those that left; work in gradients. A step with the whole Hessian costs a gradient for each variable.',
  autoencoder: 'Work in gradients over the training set. Look at what happens where the optimizer changes.',
}

/** What is printed after a run. */
export const summaryOf = (results: Results, written: WrittenReport): string =>
  [
    ...aligned(rowsOf(results), 2),
    '',
    explained[results.experiment],
    `page    ${written.html}`,
    `figures ${written.json}`,
  ].join('\n')
