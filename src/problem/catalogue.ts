/** All test problems by name. */
import * as E from 'fp-ts/lib/Either.js'
import { collected } from './collected.js'
import { moreVariables } from './moreVariables.js'
import { nistFamilies } from './nist/regression.js'
import type { ProblemFamily } from './Problem.js'
import { saddles } from './saddles.js'
import { threeVariables } from './threeVariables.js'
import { twoVariables } from './twoVariables.js'
import { variableBanded } from './variableBanded.js'
import { variableNonlinear } from './variableNonlinear.js'

/**
 * The 35 problems of Moré, Garbow and Hillstrom, in their order. All are sums of squares.
 *
 * **References** Moré, Garbow and Hillstrom, *Testing unconstrained optimization software*, ACM Transactions on Mathematical
 * Software 7 (1981) 17-41.
 *
 * @example
 * import { mghProblems } from 'gradus/problem'
 * mghProblems.length // => 35
 *
 * @since 0.1.0
 */
export const mghProblems: ReadonlyArray<ProblemFamily> = [
  ...twoVariables,
  ...threeVariables,
  ...moreVariables,
  ...variableNonlinear,
  ...variableBanded,
]

/**
 * Problems of the test set of Julia's Optim that are not among `mghProblems`.
 *
 * @example
 * import { collectedProblems } from 'gradus/problem'
 * collectedProblems.map(({ name }) => name).includes('himmelblau') // => true
 *
 * @since 0.1.0
 */
export const collectedProblems: ReadonlyArray<ProblemFamily> = collected

/**
 * Losses with saddles, degenerate ones among them.
 *
 * @example
 * import { saddleProblems } from 'gradus/problem'
 * saddleProblems[0]?.name // => 'classical-saddle'
 *
 * @since 0.1.0
 */
export const saddleProblems: ReadonlyArray<ProblemFamily> = saddles

/**
 * NIST's nonlinear regressions among the test problems; `nistRegressions` has the data and what is certified.
 *
 * @example
 * import { nistProblems } from 'gradus/problem'
 * nistProblems.length // => 27
 *
 * @since 0.1.0
 */
export const nistProblems: ReadonlyArray<ProblemFamily> = nistFamilies

/**
 * All test problems.
 *
 * @example
 * import { problemOfDimension, testProblems } from 'gradus/problem'
 * testProblems.every((family) => problemOfDimension()(family).dimension > 0) // => true
 *
 * @since 0.1.0
 */
export const testProblems: ReadonlyArray<ProblemFamily> = [
  ...mghProblems,
  ...collectedProblems,
  ...saddleProblems,
  ...nistProblems,
]

/**
 * The problem family of a name; `Left` is the list of the names that there are.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { problemNamed } from 'gradus/problem'
 * E.isRight(problemNamed('wood')) // => true
 * E.isLeft(problemNamed('would')) // => true
 *
 * @since 0.1.0
 */
export const problemNamed = (name: string): E.Either<ReadonlyArray<string>, ProblemFamily> => {
  const family = testProblems.find((each) => each.name === name)
  return family === undefined ? E.left(testProblems.map((each) => each.name)) : E.right(family)
}
