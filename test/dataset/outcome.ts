import * as E from 'fp-ts/lib/Either.js'
import { type DatasetFailure, showDatasetFailure } from '../../src/dataset/DatasetFailure.js'

/** The value of an outcome that must have succeeded. */
export const successOf = <A>(outcome: E.Either<DatasetFailure, A>): A => {
  if (E.isLeft(outcome)) throw new Error(showDatasetFailure(outcome.left))
  return outcome.right
}

/** The failure of an outcome that must have failed. */
export const failureOf = <L, A>(outcome: E.Either<L, A>): L => {
  if (E.isRight(outcome)) throw new Error('expected a failure')
  return outcome.left
}

/** How often each digit occurs. */
export const count = (labels: ReadonlyArray<number>): ReadonlyArray<number> =>
  Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)
