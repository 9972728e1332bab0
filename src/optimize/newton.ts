/** Second-order steps by the exact eigen-decomposition of the Hessian: Newton, damped Newton and saddle-free Newton. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { treeAdd, treeScale } from '../function/tree.js'
import { bestTrial, type Damping, type Divisor, dampingsOf, largest, trialDampings } from './damping.js'
import { spectrumAt } from './newtonDirections.js'
import type { Curved } from './Objective.js'
import { advance, finite, type Iterate, type Optimizer, type StateType, type StepFailure } from './Optimizer.js'
import { damping as dampingField, positive } from './option.js'
import { recipe } from './recipe.js'

/**
 * What the last step knew of the curvature at the point where it began.
 *
 * @since 0.1.0
 */
export interface SpectrumState extends StateType {
  readonly state: {
    /** The damping used, or `null` before the first step. */
    readonly damping: number | null
    /** Eigenvalues of the Hessian, ascending; none before the first step. */
    readonly eigenvalues: ReadonlyArray<number>
  }
}

type SpectrumIterate<P> = Iterate<P, SpectrumState['state'], Curved>

const singularAdvice = 'Use dampedNewton or saddleFreeNewton with a positive damping.'

const spectralStep =
  (dampings: ReadonlyArray<number>, stepLength: number, divisor: Divisor): Optimizer<SpectrumState>['step'] =>
  <P>(next: SpectrumIterate<P>['objective']) =>
  (from: SpectrumIterate<P>) =>
    pipe(
      finite(from),
      E.chain((it): E.Either<StepFailure<P, SpectrumState['state']>, Iterate<P, SpectrumState['state']>> => {
        const decomposed = spectrumAt(it)
        if (E.isLeft(decomposed)) return E.left({ ...decomposed.left, last: it })
        const { eigenvalues, step, work } = decomposed.right
        const candidateAt = (damping: number): O.Option<P> =>
          pipe(
            O.fromEither(step(damping, divisor)),
            O.map((whole) => treeAdd(it.params, treeScale(stepLength, whole))),
          )
        const chosen = bestTrial(dampings, candidateAt, it.objective.value, {
          value: it.value,
          gradientNorm: it.gradientNorm,
          curvature: largest(eigenvalues),
        })
        if (E.isLeft(chosen) && chosen.left.evaluations === 0) {
          const found = step(dampings[0] ?? 0, divisor)
          return E.left({
            _tag: 'Singular',
            eigenvalue: E.isLeft(found) ? found.left : Number.NaN,
            last: it,
            advice: singularAdvice,
            spent: work,
          })
        }
        if (E.isLeft(chosen))
          return E.left({
            _tag: 'NoDecrease',
            tried: chosen.left.tried,
            best: chosen.left.best,
            last: it,
            advice: 'The point may be a minimum to working precision; otherwise look for a kink or a wrong derivative.',
            spent: { ...work, evaluations: chosen.left.evaluations },
          })
        const { trial, evaluations } = chosen.right
        return advance(next, it, {
          params: trial.candidate,
          state: { damping: trial.damping, eigenvalues },
          work: { ...work, evaluations },
        })
      }),
    )

const spectral = (
  name: string,
  dampings: ReadonlyArray<number>,
  stepLength: number,
  divisor: Divisor,
): Optimizer<SpectrumState> => ({
  name,
  init: () => ({ damping: null, eigenvalues: [] }),
  step: spectralStep(dampings, stepLength, divisor),
})

/**
 * How long a Newton step is.
 *
 * @since 0.1.0
 */
export interface NewtonOptions {
  /** The step is multiplied by this; default 1. */
  readonly stepLength?: number
}

/**
 * How long a damped step is, and how it is damped.
 *
 * @since 0.1.0
 */
export interface DampedOptions extends NewtonOptions {
  /** A number, or the numbers of which each step keeps the best; default `trialDampings`. */
  readonly damping?: Damping
}

const newtonFields = () => ({ stepLength: positive(1) })

const dampedFields = () => ({ ...newtonFields(), damping: dampingField(trialDampings) })

/**
 * Newton's method: jumps to the critical point of the quadratic model, whatever its kind. Saddles attract it.
 *
 *     θ ← θ − H⁻¹ ∇f(θ)
 *
 * **Laws** equivariant under every invertible change of variables; one step on a quadratic.
 *
 * **Cost** per step n products, 4/3 n³ operations, one gradient.
 *
 * **Fails** `Singular` when an eigenvalue is 0 along which the gradient is not.
 *
 * @example
 * import { newton } from 'gradus/optimize'
 * newton().name // => 'newton'
 *
 * @since 0.1.0
 */
export const newton: (options?: NewtonOptions) => Optimizer<SpectrumState> = /* @__PURE__ */ recipe<NewtonOptions>()(
  { sort: 'optimizer', name: 'newton', fields: newtonFields, asks: ['hessian'] },
  ({ stepLength }) => spectral('newton', [0], stepLength, (eigenvalue) => eigenvalue),
)

/**
 * Newton's method with a multiple of the identity added to the Hessian.
 *
 *     θ ← θ − (H + λI)⁻¹ ∇f(θ)
 *
 * Along an eigenvalue μ < 0 it is repelled only if λ > −μ, and then hardly moves along the others: the reason for
 * `saddleFreeNewton`.
 *
 * **Cost** per step n products, 4/3 n³ operations, one gradient, and one value for each damping that is tried.
 *
 * **Fails** `Singular` when H + λI is; `NoDecrease` when of several dampings none lowers the loss, nor any larger one.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), §3.4.
 *
 * @example
 * import { dampedNewton } from 'gradus/optimize'
 * dampedNewton({ damping: 0.1 }).name // => 'damped newton'
 *
 * @since 0.1.0
 */
export const dampedNewton: (options?: DampedOptions) => Optimizer<SpectrumState> =
  /* @__PURE__ */ recipe<DampedOptions>()(
    { sort: 'optimizer', name: 'dampedNewton', fields: dampedFields, asks: ['hessian'] },
    ({ damping, stepLength }) =>
      spectral('damped newton', dampingsOf(damping), stepLength, (eigenvalue, λ) => eigenvalue + λ),
  )

/**
 * Saddle-free Newton: the gradient rescaled by the inverse of |H|, the Hessian with the signs of its eigenvalues dropped.
 * Along positive curvature it contracts like Newton's method; along negative curvature it moves away, so saddle points repel.
 *
 *     θ ← θ − (|H| + λI)⁻¹ ∇f(θ),    |H| = V |Λ| Vᵀ
 *
 * **Laws** a descent direction wherever ∇f ≠ 0; Newton's step where H is positive definite; near a saddle the component
 * along negative curvature doubles (λ = 0); unchanged when the loss is scaled (λ = 0); equivariant under rotations, and not
 * under general changes of variables; at an exact critical point it stays.
 *
 * **Cost** per step n products, 4/3 n³ operations, one gradient, and one value for each damping that is tried.
 *
 * **Fails** `Singular` when λ = 0 and an eigenvalue is 0 along which the gradient is not; `NoDecrease` when of
 * several dampings none lowers the loss, nor any larger one.
 *
 * **References** Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio, *Identifying and attacking the saddle point problem in
 * high-dimensional non-convex optimization* (2014), §5 (exact form).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mul, slice, square, sub, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { minimize, objective, saddleFreeNewton, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const saddle = objective((p: Tensor) => sum(mul(tensor([5, -1]), square(p))))
 * const { last } = pipe(tensor([1, 0.25]), minimize(saddleFreeNewton({ damping: 0 }), saddle), takeUntil(stepsAtMost(2)))
 * toArray(last.params) // => [0, 1]
 *
 * @since 0.1.0
 */
export const saddleFreeNewton: (options?: DampedOptions) => Optimizer<SpectrumState> =
  /* @__PURE__ */ recipe<DampedOptions>()(
    { sort: 'optimizer', name: 'saddleFreeNewton', fields: dampedFields, asks: ['hessian'] },
    ({ damping, stepLength }) =>
      spectral('saddle-free newton', dampingsOf(damping), stepLength, (eigenvalue, λ) => Math.abs(eigenvalue) + λ),
  )
