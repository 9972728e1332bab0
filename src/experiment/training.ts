/** What training is told and what it tells: a problem, the span of a run, and where the run ended. */
import type { ResultIterate } from '../codec/results.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key } from '../function/random.js'
import type { Objective } from '../optimize/Objective.js'
import { exactUpTo, smallestEigenvalue, spectrum } from './measure.js'
import type { Judgement } from './network.js'

/** A loss over a training set, and what is reported about parameters. */
export interface Problem<P> {
  readonly rows: number
  readonly objective: Objective<P>
  /** The loss on the rows with these indices. */
  readonly objectiveOn: (rows: Tensor) => Objective<P>
  readonly judge: (p: P) => Judgement
}

/** A stretch of training: what came before it, how long it is, and how it is measured. */
export interface Span {
  /** Epochs and work that came before. */
  readonly epoch: number
  readonly work: number
  readonly epochs: number
  /** Which part of the whole run this is. */
  readonly from: number
  readonly to: number
  /** Drives minibatches and the start vectors of measurements. */
  readonly key: Key
  /** Products for each measurement of the smallest eigenvalue. */
  readonly products: number
  /** The step of its first iterate. */
  readonly firstStep: number
  /** Ends the stretch early, from the iterates so far. */
  readonly stalled: (iterates: ReadonlyArray<ResultIterate>) => boolean
}

/** Where a stretch ended, and why. */
export interface Trained<P> {
  readonly params: P
  readonly epoch: number
  readonly work: number
  readonly reason: string
  /** All eigenvalues of the last Hessian, or none where that is not affordable. */
  readonly spectrum: ReadonlyArray<number>
}

/** A whole run. */
export const wholeSpan = (epochs: number, key: Key, products: number): Span => ({
  epoch: 0,
  work: 0,
  epochs,
  from: 0,
  to: 1,
  key,
  products,
  firstStep: 0,
  stalled: () => false,
})

export const allDone = 'all epochs done'

/** Independent random numbers for each purpose of a run. */
export const batchKey = (span: Span): Key => foldIn(span.key, 1)
export const probeKey = (span: Span): Key => foldIn(span.key, 2)

/** How much of the whole run is done after so many epochs of a stretch. */
export const fractionAt = ({ from, to, epochs }: Span, past: number): number =>
  epochs === 0 ? to : from + (to - from) * Math.min(1, past / epochs)

/** The smallest eigenvalue of the Hessian by Lanczos. */
export const measuredLambda = <P>(problem: Problem<P>, span: Span, params: P): number =>
  smallestEigenvalue(probeKey(span), span.products)(problem.objective.hessian(params))

/** The curvature where a run ends: exact where that is affordable. */
export const finalCurvature = <P>(
  problem: Problem<P>,
  span: Span,
  params: P,
): { readonly lambdaMin: number; readonly spectrum: ReadonlyArray<number> } => {
  const hessian = problem.objective.hessian(params)
  if (hessian.size > exactUpTo) return { lambdaMin: measuredLambda(problem, span, params), spectrum: [] }
  const eigenvalues = spectrum(hessian)
  return { lambdaMin: eigenvalues[0] ?? Number.NaN, spectrum: eigenvalues }
}
