/** Steps that stay in a box: the projected gradient with a spectral length, and projected trust regions on a curvature of choice. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../../data/Defect.js'
import { toNumber } from '../../data/read.js'
import type { Tensor } from '../../data/Tensor.js'
import { treeZip } from '../../data/Tree.js'
import { treeAxpy, treeDot, treeNorm, treeScale } from '../../function/tree.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { ball, exactModel, minimizeModel } from '../../operator/QuadraticModel.js'
import { truncatedStep } from '../../operator/truncated.js'
import { mul } from '../../primitive/arithmetic.js'
import { notEqual } from '../../primitive/choice.js'
import type { Ability, ObjectiveWith, Smooth } from '../Objective.js'
import {
  advance,
  finite,
  type Iterate,
  type Optimizer,
  type StateType,
  type StepFailure,
  type Work,
  workMonoid,
} from '../Optimizer.js'
import type { Curvature } from '../trust/curvature.js'
import { type Accepted, type Attempt, firstGood } from '../trust/gainRatio.js'
import { clampInto, freeOf, heldIn, isInside, startOutside } from './Box.js'
import { congruent } from './through.js'

const dot = <P>(a: P, b: P): number => toNumber(treeDot(a, b))

const lengthOf = (tree: unknown): number => toNumber(treeNorm(tree))

/**
 * The state of `projectedGradient`.
 *
 * @since 0.1.0
 */
export interface SpectralState extends StateType {
  readonly state: {
    /** The length with which the next step begins; `null` before the first one. */
    readonly stepLength: number | null
    readonly rejected: number
  }
}

/** The first of θ(α) = P(θ − α∇f), α halved from its first value, at which the loss falls by 10⁻⁴ ⟨∇f, θ − θ(α)⟩. */
export const alongArc = <P, S>(
  it: Iterate<P, S, Smooth | 'bounds'>,
  first: number,
): E.Either<StepFailure<P, S>, Accepted<P, Attempt<P>>> => {
  const into = clampInto(it.objective.bounds())
  return firstGood<P, S, Attempt<P>>({
    it,
    value: it.objective.value,
    size: first,
    attemptAt: (size) => {
      const reached = into(treeAxpy(-size, it.gradient, it.params))
      const step = treeAxpy(-1, it.params, reached)
      return E.right({ step, reached, length: lengthOf(step), predictedReduction: -dot(it.gradient, step), work: {} })
    },
    smaller: (size) => size / 2,
    acceptance: 1e-4,
  })
}

/** An iterate in its box, or the reason why no step is taken from it. */
export const startedInside = <P, S, A extends Ability>(
  from: Iterate<P, S, A | 'bounds'>,
): E.Either<StepFailure<P, S>, Iterate<P, S, A | 'bounds'>> =>
  isInside(from.objective.bounds(), from.params)
    ? finite(from)
    : E.left({ _tag: 'NonFinite', quantity: 'value', last: from, advice: startOutside })

/**
 * The projected gradient method in a box, with the spectral step length of Barzilai and Borwein and a decrease in every step.
 *
 *     θ ← P(θ − α ∇f),    α ← ⟨s, s⟩ / ⟨s, y⟩,    halved until f falls by 10⁻⁴ ⟨∇f, θ − P(θ − α∇f)⟩
 *
 * **Laws** every iterate is in the box, and so is every point that the loss is asked for; the loss never increases; it stays where the
 * projected gradient vanishes.
 *
 * **Cost** per step one gradient and one value for each length that is tried.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding lowers the loss; `NonFinite`, also from a start outside of the box.
 *
 * **References** Bertsekas, *On the Goldstein-Levitin-Polyak gradient projection method* (1976); Birgin, Martínez and Raydan,
 * *Nonmonotone spectral projected gradient methods on convex sets* (2000), here monotone.
 *
 * @example
 * import { projectedGradient } from 'gradus/optimize'
 * projectedGradient().name // => 'projected gradient'
 *
 * @since 0.1.0
 */
export const projectedGradient = ({
  stepLength,
}: {
  readonly stepLength?: number
} = {}): Optimizer<SpectralState, Smooth | 'bounds'> => {
  if (stepLength !== undefined && !(stepLength > 0 && stepLength < Infinity))
    return raise('InvalidArgument', `projectedGradient: expected a finite stepLength above 0, got ${stepLength}.`)
  type State = SpectralState['state']
  const step =
    <P>(next: ObjectiveWith<Smooth | 'bounds', P>) =>
    (from: Iterate<P, State, Smooth | 'bounds'>) =>
      pipe(
        startedInside(from),
        E.chain((it) => {
          const first = it.state.stepLength ?? stepLength ?? (it.gradientNorm > 0 ? 1 / it.gradientNorm : 1)
          return pipe(
            alongArc<P, State>(it, first),
            E.chain(({ candidate: params, size, rejected, work }) => {
              return pipe(
                advance<P, State>(next, it, { params, state: { stepLength: size, rejected }, work }),
                E.map((reached) => {
                  const moved = treeAxpy(-1, it.params, params)
                  const turned = dot(moved, treeAxpy(-1, it.gradient, reached.gradient))
                  const spectral = turned > 0 ? dot(moved, moved) / turned : 2 * size
                  const length = spectral > 1e-30 && spectral < 1e30 ? spectral : size
                  return { ...reached, state: { stepLength: length, rejected } }
                }),
              )
            }),
          )
        }),
      )
  return { name: 'projected gradient', init: () => ({ stepLength: null, rejected: 0 }), step }
}

/**
 * The state of projected trust regions.
 *
 * @since 0.1.0
 */
export interface ProjectedState extends StateType {
  readonly state: {
    /** Δ, for the next step. */
    readonly radius: number
    readonly gainRatio: number | null
    /** How many parameters were held at a bound in the last step. */
    readonly held: number
    readonly rejected: number
  }
}

/**
 * Where steps in a box come from.
 *
 * @since 0.1.0
 */
export interface ProjectedOptions {
  /** `'exact'` (default) by an eigen-decomposition, or `'steihaug'` by truncated conjugate gradients. */
  readonly solver?: 'exact' | 'steihaug'
  /** The first radius; default 1. */
  readonly radius?: number
}

/** An operator on what is free: 0 in the rows and columns of all else, along which the gradient is 0 too, so that nothing moves there. */
const masked = <P>(operator: LinearOperator<P>, free: P): LinearOperator<P> => congruent(operator, free, undefined)

type Boxed<A extends Ability> = Smooth | 'bounds' | A

interface Proposal<P> extends Attempt<P> {
  readonly onBoundary: boolean
}

const curvatureAdvice = 'Try another start, and explain(loss)(params) to see where the curvature overflows.'

/**
 * A trust-region method in a box, on a curvature of choice: parameters at a bound towards which the gradient pushes them are held, and the
 * model of the others is minimized in the ball; what would pass a bound is put there and held too, and the model of the rest minimized
 * again, until nothing does. Of these steps, projected, the one that lowers the model most; where a step along the projected gradient lowers
 * it ten times as much, that.
 *
 *     free = { i : not (θᵢ at a bound and −∇f points out of it) },    θ ← P(θ + s),    s = argmin { m(s) : ‖s‖ ≤ Δ, s = 0 outside of free }
 *
 * **Laws** every iterate is in the box; the loss never increases by more than 10ε|f|; in a box without bounds it is `trustRegionWith`.
 *
 * **Cost** as `trustRegion`, and three products for each radius that is tried; two products and one more solution for each face.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding is good enough; `NonFinite`, also from a start outside of the box.
 *
 * **References** Bertsekas, *Projected Newton methods for optimization problems with simple constraints* (1982); Lin and Moré,
 * *Newton's method for large bound-constrained optimization problems* (1999).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { boundedIn, hessianCurvature, minimize, objective, projectedGradientBelow, projectedTrustRegion, takeUntil } from 'gradus/optimize'
 * const inside = boundedIn({ lower: tensor([0, 0]), upper: tensor([1, 9]) })(objective((x: Tensor) => sum(square(sub(x, 2)))))
 * const optimizer = projectedTrustRegion(hessianCurvature)({ radius: 10 })
 * toArray(pipe(tensor([0.5, 0.5]), minimize(optimizer, inside), takeUntil(projectedGradientBelow(1e-9))).last.params) // ≈ [1, 2]
 *
 * @since 0.1.0
 */
export const projectedTrustRegion =
  <A extends Ability>(curvature: Curvature<A>) =>
  ({ solver = 'exact', radius = 1 }: ProjectedOptions = {}): Optimizer<ProjectedState, Boxed<A>> => {
    if (!(radius > 0 && radius < Infinity))
      return raise('InvalidArgument', `projectedTrustRegion: expected a finite radius above 0, got ${radius}.`)
    if (curvature.absolute)
      return raise('InvalidArgument', 'projectedTrustRegion: expected hessianCurvature or gaussNewtonCurvature.')
    type State = ProjectedState['state']
    const step =
      <P>(next: ObjectiveWith<Boxed<A>, P>) =>
      (from: Iterate<P, State, Boxed<A>>) =>
        pipe(
          startedInside(from),
          E.chain((it) => {
            const { objective } = it
            const box = objective.bounds()
            const into = clampInto(box)
            const operator = formedOnce(curvature.at<P>(objective, it.params))
            const free = freeOf(box, it.params, it.gradient)
            const gradient = treeZip(mul)(free, it.gradient)
            const inner = solvedIn(solver, masked(operator, free), gradient, lengthOf(it.params))
            const judged = (target: P): Attempt<P> => {
              const reached = into(target)
              const taken = treeAxpy(-1, it.params, reached)
              const curved = 0.5 * dot(taken, operator.apply(taken))
              return {
                step: taken,
                reached,
                length: lengthOf(taken),
                predictedReduction: -(dot(it.gradient, taken) + curved),
                work: {},
              }
            }
            const attemptAt = (size: number): E.Either<StepFailure<P, State>, Proposal<P>> =>
              pipe(
                onFaces(
                  { at: it.params, gradient: it.gradient, operator, into, judged, solver },
                  { free, fixed: treeScale(0, it.params), inner, depth: 0 },
                  size,
                ),
                E.mapLeft(
                  (): StepFailure<P, State> => ({
                    _tag: 'NonFinite',
                    quantity: 'curvature',
                    last: it,
                    advice: curvatureAdvice,
                  }),
                ),
                E.map((faces) => {
                  const along = cauchyLength(gradient, operator, size)
                  const cauchy = judged(treeAxpy(-along, gradient, it.params))
                  const better = faces.predictedReduction >= 0.1 * cauchy.predictedReduction ? faces : cauchy
                  return {
                    ...better,
                    onBoundary: faces.onBoundary,
                    work: { ...faces.work, products: (faces.work.products ?? 0) + 2 },
                  }
                }),
              )
            return pipe(
              firstGood<P, State, Proposal<P>>({
                it,
                value: objective.value,
                size: it.state.radius,
                attemptAt,
                smaller: (size, { length }) => (length > 0 ? Math.min(size, length) : size) / 4,
                acceptance: 1e-4,
              }),
              E.chain(({ candidate, attempt, size, gainRatio, rejected, work }) =>
                advance<P, State>(next, it, {
                  params: candidate,
                  state: {
                    radius: gainRatio < 0.25 ? size / 4 : gainRatio > 0.75 && attempt.onBoundary ? 2 * size : size,
                    gainRatio,
                    held: heldIn(free),
                    rejected,
                  },
                  work,
                }),
              ),
            )
          }),
        )
    return {
      name: `projected trust region (${solver}, ${curvature.name})`,
      init: () => ({ radius, gainRatio: null, held: 0, rejected: 0 }),
      step,
    }
  }

/** The same operator, whose matrix is formed once for all faces. */
const formedOnce = <P>(operator: LinearOperator<P>): LinearOperator<P> => {
  const formed = new Map<'matrix', Tensor>()
  return {
    ...operator,
    matrix: () => {
      const matrix = formed.get('matrix') ?? operator.matrix()
      formed.set('matrix', matrix)
      return matrix
    },
  }
}

interface Model<P> {
  readonly at: P
  readonly gradient: P
  readonly operator: LinearOperator<P>
  readonly into: (p: P) => P
  readonly judged: (target: P) => Attempt<P>
  readonly solver: 'exact' | 'steihaug'
}

interface Face<P> {
  readonly free: P
  /** The way to the bounds that were met. */
  readonly fixed: P
  readonly inner: InBall<P>
  readonly depth: number
}

/** The largest number of faces that one step looks at. */
const mostFaces = 20

/**
 * The best of the minimizers on ever smaller faces: what a step would take beyond a bound is put there, and the model of the rest, in what is left
 * of the ball, is minimized again. So a bound that is near or met spoils no step of the others.
 */
const onFaces = <P>(model: Model<P>, face: Face<P>, size: number): E.Either<unknown, Proposal<P>> => {
  const { at, gradient, operator, into, judged, solver } = model
  const { free, fixed, inner, depth } = face
  return pipe(
    inner(Math.sqrt(Math.max(0, size ** 2 - lengthOf(fixed) ** 2))),
    E.chain(({ step, onBoundary, work }): E.Either<unknown, Proposal<P>> => {
      const target = treeAxpy(1, step, treeAxpy(1, fixed, at))
      const inside = into(target)
      const here: Proposal<P> = { ...judged(target), onBoundary, work: { ...work, products: (work.products ?? 0) + 1 } }
      const met = treeZip(mul)(free, treeZip(notEqual)(inside, target))
      const left = treeAxpy(-1, met, free)
      if (lengthOf(met) === 0 || depth === mostFaces) return E.right(here)
      const way = treeAxpy(1, fixed, treeZip(mul)(met, treeAxpy(-1, at, inside)))
      // Beyond the ball the model is not believed, and where nothing is left there is nothing to minimize.
      if (!(lengthOf(way) < size) || lengthOf(left) === 0) return E.right(here)
      const pulled = treeZip(mul)(left, treeAxpy(1, operator.apply(way), gradient))
      const further = solvedIn(solver, masked(operator, left), pulled, lengthOf(at))
      return pipe(
        onFaces(model, { free: left, fixed: way, inner: further, depth: depth + 1 }, size),
        E.map((there) => ({
          ...(there.predictedReduction > here.predictedReduction ? there : here),
          onBoundary,
          work: summed(here.work, summed(there.work, { products: 1 - (solver === 'exact' ? operator.size : 0) })),
        })),
      )
    }),
  )
}

const summed = (one: Partial<Work>, two: Partial<Work>): Work =>
  workMonoid.concat({ ...workMonoid.empty, ...one }, { ...workMonoid.empty, ...two })

/** The step along −g to the minimizer of the model on that line, or to the boundary of the ball. */
const cauchyLength = <P>(gradient: P, operator: LinearOperator<P>, radius: number): number => {
  const length = lengthOf(gradient)
  if (length === 0) return 0
  const curved = dot(gradient, operator.apply(gradient))
  return curved > 0 ? Math.min(radius / length, length ** 2 / curved) : radius / length
}

/** The minimizer of a model in a ball. */
type InBall<P> = (
  radius: number,
) => E.Either<unknown, { readonly step: P; readonly onBoundary: boolean; readonly work: Attempt<P>['work'] }>

/** The solver in the space of what is free, paid for by the first radius. */
const solvedIn = <P>(
  solver: 'exact' | 'steihaug',
  operator: LinearOperator<P>,
  gradient: P,
  length: number,
): InBall<P> => {
  if (solver === 'steihaug') {
    const stepIn = truncatedStep(operator, gradient)
    return (radius) => {
      const { step, onBoundary, products } = stepIn(radius)
      return Number.isFinite(lengthOf(step)) ? E.right({ step, onBoundary, work: { products } }) : E.left('not finite')
    }
  }
  const made = new Map<'model', ReturnType<typeof exactModel<P>>>()
  return (radius) => {
    const known = made.get('model')
    const model = known ?? exactModel(operator, gradient, { length })
    made.set('model', model)
    return pipe(
      model,
      E.map((found) => {
        const { step, onBoundary } = minimizeModel(ball(radius))(found)
        return { step, onBoundary, work: known === undefined ? { products: found.products, solves: 1 } : {} }
      }),
    )
  }
}
