/** Saddle-free Newton in a Krylov subspace: products only, for losses whose Hessian is too large to form. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { fromFloat64Array } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import { treeAdd, treeAxpy } from '../function/tree.js'
import { type Eigen, eigen } from '../operator/eigen.js'
import { type Subspace, withLanczos } from '../operator/lanczos.js'
import { isFiniteTree, treeLength } from '../operator/length.js'
import type { Obstacle } from './Direction.js'
import { bestTrial, type Damping, dampingsOf, largest, type NoTrial, rescaled, trialDampings } from './damping.js'
import { curvatureNotFinite } from './newtonDirections.js'
import type { Curved, Objective, ObjectiveWith, Smooth } from './Objective.js'
import {
  advance,
  finite,
  type Iterate,
  type Optimizer,
  type StateType,
  type StepFailure,
  type Work,
  workMonoid,
} from './Optimizer.js'
import { choice, count, damping as dampingField } from './option.js'
import { recipe } from './recipe.js'

/**
 * What the last step knew.
 *
 * @since 0.1.0
 */
export interface KrylovMemory<P> {
  /** The last step taken, which joins the next subspace. */
  readonly previous: P | null
  readonly damping: number | null
  /** Eigenvalues of the Hessian restricted to the last subspace (Ritz values), ascending. */
  readonly ritzValues: ReadonlyArray<number>
}

/**
 * The state of `saddleFreeKrylov`.
 *
 * @since 0.1.0
 */
export interface KrylovState extends StateType {
  readonly state: KrylovMemory<this['params']>
}

/**
 * The size of the subspace and how steps in it are taken.
 *
 * @since 0.1.0
 */
export interface KrylovOptions {
  /** Lanczos vectors; default 20. */
  readonly dimension?: number
  /** Steps inside one subspace, each with a fresh gradient; default 1. */
  readonly innerSteps?: number
  /** A number, or the numbers of which each inner step keeps the best; default `trialDampings`. */
  readonly damping?: Damping
  /**
   * What happens to the part of the gradient outside the subspace, which is there from the second inner step on: `'ignore'`
   * leaves it (the published algorithm); `'gradient'` divides it by the largest |Ritz value| + λ, a gradient step of safe length.
   */
  readonly outside?: 'ignore' | 'gradient'
}

interface Settings {
  readonly dimension: number
  readonly innerSteps: number
  readonly dampings: ReadonlyArray<number>
  readonly outside: 'ignore' | 'gradient'
}

/** The subspace of one outer step, with |VᵀHV| decomposed: held fixed while inner steps move inside. */
export interface KrylovModel<P> {
  readonly subspace: Subspace<P>
  readonly spectrum: Eigen
  readonly ritz: ReadonlyArray<number>
}

/** What `use` makes of the model in the Krylov space of the gradient and the previous step; Left where the Hessian is not finite there. */
export const withKrylovModel = <P, A>(
  { objective, params, gradient }: Pick<Iterate<P, unknown, 'hessian'>, 'objective' | 'params' | 'gradient'>,
  dimension: number,
  previous: P | null,
  use: (model: E.Either<Obstacle, KrylovModel<P>>) => A,
): A =>
  withLanczos(
    { start: gradient, dimension, append: previous === null ? [] : [previous] },
    objective.hessian(params),
    (subspace) =>
      pipe(
        eigen(subspace.restricted),
        E.bimap(
          (): Obstacle => ({ ...curvatureNotFinite, spent: { products: subspace.products, solves: 1 } }),
          (spectrum) => ({ subspace, spectrum, ritz: [...toFloat64Array(spectrum.values)] }),
        ),
        use,
      ),
  )

interface Inner<P> {
  readonly params: P
  readonly value: number
  readonly gradient: P
  readonly damping: number | null
  readonly work: Work
}

/** The inner steps so far, and why they ended if they did. */
interface Moved<P> {
  readonly at: Inner<P>
  readonly ended?: NoTrial
}

/** −V (|Ĥ| + λI)⁻¹ Vᵀ g for any λ, and the rest of the gradient as the option says. */
export const krylovSteps = <P>(
  { subspace, spectrum, ritz }: KrylovModel<P>,
  { gradient, params }: { readonly gradient: P; readonly params: P },
  outside: Settings['outside'],
): ((λ: number) => P) => {
  const inside = subspace.project(gradient)
  const along = toFloat64Array(spectrum.project(inside))
  const components = { parts: along, eigenvalues: ritz, length: treeLength(params), noise: spectrum.noise }
  const rest = outside === 'ignore' ? undefined : treeAxpy(-1, subspace.expand(inside), gradient)
  return (λ) => {
    const scaled = rescaled(components, λ, (value) => Math.abs(value) + λ)
    const step = subspace.expand(spectrum.expand(fromFloat64Array(scaled, [scaled.length])))
    const most = largest(ritz) + λ
    // Without any curvature no length is safe; at a critical point nothing is outside anyway.
    return rest === undefined || most === 0 ? step : treeAxpy(-1 / most, rest, step)
  }
}

/** By what inner steps are judged: the objective itself, unless it has another batch for them. */
const insideOf = <P>(objective: Objective<P>): ObjectiveWith<Smooth, P> => objective.inside ?? objective

/** One step inside the subspace from a point with its gradient; `Left` when no damping serves. */
const innerStep = <P>(
  objective: ObjectiveWith<Smooth, P>,
  model: KrylovModel<P>,
  settings: Settings,
  at: Inner<P>,
): ReturnType<typeof bestTrial<P>> => {
  const stepWith = krylovSteps(model, at, settings.outside)
  return bestTrial(
    settings.dampings,
    (damping) => {
      const step = stepWith(damping)
      return isFiniteTree(step) ? O.some(treeAdd(at.params, step)) : O.none
    },
    objective.value,
    { value: at.value, gradientNorm: treeLength(at.gradient), curvature: largest(model.ritz) },
  )
}

/** The Ritz value of smallest size: what makes a step infinite when no damping is added. */
export const smallest = (ritz: ReadonlyArray<number>): number =>
  ritz.reduce((least, each) => (Math.abs(each) < Math.abs(least) ? each : least), Infinity)

export const singularAdvice = 'Use a positive damping.'

const noDecrease = 'The point may be critical to working precision; otherwise look for a kink or a wrong derivative.'

const krylovStep =
  (settings: Settings): Optimizer<KrylovState>['step'] =>
  <P>(next: Objective<P>) =>
  (from: Iterate<P, KrylovMemory<P>, Curved>) =>
    pipe(
      finite(from),
      E.chain((it): E.Either<StepFailure<P, KrylovMemory<P>>, Iterate<P, KrylovMemory<P>>> => {
        const { objective } = it
        const inside = insideOf(objective)
        return withKrylovModel(it, settings.dimension, it.state.previous, (found) => {
          if (E.isLeft(found)) return E.left({ ...found.left, last: it })
          const model = found.right
          const { ritz, subspace } = model
          const begun: Inner<P> = {
            params: it.params,
            value: it.value,
            gradient: it.gradient,
            damping: null,
            work: { ...workMonoid.empty, products: subspace.products, solves: 1 },
          }
          const moved = Array.from({ length: settings.innerSteps }).reduce<Moved<P>>(
            (moving, _, j) => {
              if (moving.ended !== undefined) return moving
              const { at } = moving
              // The gradient of the iterate is that of its own batch; another one for the inside begins with one of its own.
              const fresh = j > 0 || inside !== objective
              const [value, gradient] = fresh ? inside.valueAndGrad(at.params) : [at.value, at.gradient]
              const here: Inner<P> = {
                ...at,
                value,
                gradient,
                work: workMonoid.concat(at.work, { ...workMonoid.empty, gradients: fresh ? 1 : 0 }),
              }
              const step = innerStep(inside, model, settings, here)
              const { evaluations } = E.isLeft(step) ? step.left : step.right
              const work = workMonoid.concat(here.work, { ...workMonoid.empty, evaluations })
              return E.isLeft(step)
                ? { at: { ...here, work }, ended: step.left }
                : { at: { ...here, work, params: step.right.trial.candidate, damping: step.right.trial.damping } }
            },
            { at: begun },
          )
          const { at: reached, ended } = moved
          // A later inner step without a decrease ends the outer step where it is; a first one is a failure.
          if (ended !== undefined && reached.damping === null)
            return ended.evaluations === 0
              ? E.left({
                  _tag: 'Singular',
                  eigenvalue: smallest(ritz),
                  last: it,
                  advice: singularAdvice,
                  spent: reached.work,
                })
              : E.left({
                  _tag: 'NoDecrease',
                  tried: ended.tried,
                  best: ended.best,
                  last: it,
                  advice: noDecrease,
                  spent: reached.work,
                })
          return advance(next, it, {
            params: reached.params,
            state: {
              previous: treeAxpy(-1, it.params, reached.params),
              damping: reached.damping,
              ritzValues: ritz,
            },
            work: reached.work,
          })
        })
      }),
    )

const krylovFields = () => ({
  dimension: count(20),
  innerSteps: count(1),
  damping: dampingField(trialDampings),
  outside: choice('ignore', 'gradient')('ignore'),
})

/**
 * Saddle-free Newton in the Krylov space of the gradient, with the previous step taken in: the Hessian is known by a few
 * products and never formed.
 *
 *     V from Lanczos started at ∇f(θ);   Ĥ = Vᵀ H V
 *     innerSteps times:   θ ← θ − V (|Ĥ| + λI)⁻¹ Vᵀ ∇f(θ)      with |Ĥ| held fixed and ∇f fresh
 *
 * **Laws** with `dimension` n it is `saddleFreeNewton`; always a descent direction; |VᵀHV| is not Vᵀ|H|V, and need not be.
 *
 * A `stochastic` objective may have batches of their own for gradients, for products and for the inner steps.
 *
 * **Cost** per step `dimension` + 1 products, a gradient for each inner step, and one value for each damping that is tried.
 * Memory: at most `dimension` + 10 vectors of parameters.
 *
 * **Fails** `NoDecrease` when of several dampings none lowers the loss, nor any larger one; `Singular` when λ = 0 and a Ritz value is 0; `NonFinite`
 * when a product is not finite.
 *
 * **References** Dauphin et al. (2014), Algorithm 1; the basis is grown from the gradient with the previous step appended as in
 * Vinyals and Povey, *Krylov subspace descent for deep learning* (2012).
 *
 * @example
 * import { saddleFreeKrylov } from 'gradus/optimize'
 * saddleFreeKrylov({ dimension: 10, damping: 0.1 }).name // => 'saddle-free krylov'
 *
 * @since 0.1.0
 */
export const saddleFreeKrylov: (options?: KrylovOptions) => Optimizer<KrylovState> =
  /* @__PURE__ */ recipe<KrylovOptions>()(
    { sort: 'optimizer', name: 'saddleFreeKrylov', fields: krylovFields, asks: ['hessian'] },
    ({ dimension, innerSteps, damping, outside }): Optimizer<KrylovState> => ({
      name: 'saddle-free krylov',
      init: () => ({ previous: null, damping: null, ritzValues: [] }),
      step: krylovStep({ dimension, innerSteps, dampings: dampingsOf(damping), outside }),
    }),
  )
