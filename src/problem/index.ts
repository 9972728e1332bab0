/*
 * problem/: standard test problems as values: a loss, its residuals where it is a sum of squares, where runs start, and what
 * is known of its minima and saddles. Benchmarks, races and tests share them. Formulas are from the publications that each
 * problem names; every value and derivative is held to an evaluation with 50 digits (test/golden/problems).
 * This file is the entry gradus/problem.
 * May import: data … optimize. May be imported by: experiment, report, cli.
 */
export {
  collectedProblems,
  mghProblems,
  nistProblems,
  problemNamed,
  saddleProblems,
  testProblems,
} from './catalogue.js'
export type { Difficulty } from './nist/NistTable.js'
export { logRelativeError, lre, type NistRegression, nistRegressions } from './nist/regression.js'
export {
  type Dimension,
  type KnownMinimum,
  type KnownSaddle,
  type Problem,
  type ProblemFamily,
  type ProblemKind,
  problemOfDimension,
} from './Problem.js'
export { type RandomSaddleOptions, randomSaddle } from './saddles.js'
