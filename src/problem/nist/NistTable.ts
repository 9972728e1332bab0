/** What NIST publishes of a nonlinear regression. */

/**
 * How hard NIST holds a regression to be.
 *
 * @since 0.1.0
 */
export type Difficulty = 'lower' | 'average' | 'higher'

export interface NistTable {
  readonly name: string
  readonly difficulty: Difficulty
  /** The first is far from the certified parameters, the second nearer. */
  readonly starts: readonly [ReadonlyArray<number>, ReadonlyArray<number>]
  /** To 11 digits, as are the next three. */
  readonly parameters: ReadonlyArray<number>
  /** Standard deviations of the parameters. */
  readonly deviations: ReadonlyArray<number>
  readonly residualSumOfSquares: number
  readonly residualDeviation: number
  /** Numbers in a row: the response, then its predictors. */
  readonly columns: number
  readonly data: string
}
