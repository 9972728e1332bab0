/** Where steps in a region come from: the models of the operator layer, made once for all regions that a step tries. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../../data/Defect.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { isFiniteTree, treeLength } from '../../operator/length.js'
import {
  absoluteModel,
  exactModel,
  krylovModel,
  type ModelStep,
  minimizeModel,
  type Region,
} from '../../operator/QuadraticModel.js'
import { doglegStep, truncatedStep } from '../../operator/truncated.js'
import { curvatureNotFinite } from '../newtonDirections.js'
import type { Iterate, StepFailure, Work } from '../Optimizer.js'
import type { Attempt } from './gainRatio.js'

/** A step of a model in a region. */
export interface ModelAttempt<P> extends Attempt<P> {
  readonly onBoundary: boolean
  /** NaN of a solver that has none. */
  readonly multiplier: number
}

export interface ModelSettings {
  readonly absolute: boolean
  readonly dimension: number
  readonly tolerance: number | undefined
}

type AttemptAt<P, S> = (region: Region) => E.Either<StepFailure<P, S>, ModelAttempt<P>>

const notFinite = <P, S>(last: Iterate<P, S>, spent: Partial<Work>): StepFailure<P, S> => ({
  ...curvatureNotFinite,
  last,
  spent,
})

const attemptOf = <P>(
  step: ModelStep<P>,
  cost: { readonly products: number; readonly solves: number },
  fresh: boolean,
): ModelAttempt<P> => ({ ...step, work: fresh ? { products: cost.products, solves: cost.solves } : {} })

/** By a model that is diagonalized once, paid for by the first region: exactly, or in the Krylov space that the first region asks for. */
export const diagonalized = <P, S>(
  solver: 'exact' | 'krylov' | 'dogleg',
  { absolute, dimension, tolerance }: ModelSettings,
  it: Iterate<P, S>,
  curvature: LinearOperator<P>,
): AttemptAt<P, S> => {
  const length = treeLength(it.params)
  const makeFor = (region: Region) =>
    solver === 'krylov'
      ? krylovModel(curvature, it.gradient, {
          dimension,
          region,
          ...(tolerance === undefined ? {} : { tolerance }),
        })
      : exactModel(curvature, it.gradient, { length })
  const made = new Map<'model', ReturnType<typeof makeFor>>()
  return (region) => {
    const known = made.get('model')
    const fresh = known === undefined
    const found = known ?? makeFor(region)
    made.set('model', found)
    return pipe(
      found,
      E.mapLeft(({ products, solves }) => notFinite(it, { products, solves })),
      E.chain((plain): E.Either<StepFailure<P, S>, ModelAttempt<P>> => {
        const signed = absolute ? absoluteModel(plain) : plain
        if (solver !== 'dogleg' || region._tag !== 'Ball')
          return E.right(attemptOf(minimizeModel(region)(signed), plain, fresh))
        return pipe(
          doglegStep(region.radius)(signed),
          E.bimap(
            ({ eigenvalue }): StepFailure<P, S> => ({
              _tag: 'Singular',
              eigenvalue,
              last: it,
              advice: "A dogleg needs positive definite curvature: use the solver 'exact', or gaussNewtonCurvature.",
              spent: fresh ? { products: plain.products, solves: plain.solves } : {},
            }),
            (step) => attemptOf({ ...step, multiplier: Number.NaN, hard: false }, plain, fresh),
          ),
        )
      }),
    )
  }
}

/** By truncated conjugate gradients, which keep their products for smaller balls. */
export const truncated = <P, S>(
  { dimension, tolerance }: ModelSettings,
  it: Iterate<P, S>,
  curvature: LinearOperator<P>,
): AttemptAt<P, S> => {
  const stepIn = truncatedStep(curvature, it.gradient, {
    iterations: dimension,
    ...(tolerance === undefined ? {} : { tolerance }),
  })
  return (region) => {
    if (region._tag !== 'Ball') return raise('InvalidArgument', 'truncated: expected a ball.')
    const { products, ...found } = stepIn(region.radius)
    return isFiniteTree(found.step)
      ? E.right({ ...found, multiplier: Number.NaN, work: { products } })
      : E.left(notFinite(it, { products }))
  }
}
