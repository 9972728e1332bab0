/** Least squares by their residuals: Gauss-Newton steps, and those of Levenberg and Marquardt with a damping that follows the gain. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../../data/construct.js'
import { toFloat64Array } from '../../data/read.js'
import type { Tensor } from '../../data/Tensor.js'
import { ravel, treeAxpy } from '../../function/tree.js'
import { isFiniteTree, treeLength } from '../../operator/length.js'
import { add, div, mul, square, sub } from '../../primitive/arithmetic.js'
import { matmul } from '../../primitive/contraction.js'
import { trySvd } from '../../primitive/linalgAttempt.js'
import { sum, transpose } from '../../primitive/structure.js'
import type { ObjectiveWith, Residuals, Smooth } from '../Objective.js'
import {
  advance,
  finite,
  type Iterate,
  type Optimizer,
  type Stateless,
  type StateType,
  type StepFailure,
  type Work,
} from '../Optimizer.js'
import { choice, flag, positive } from '../option.js'
import { recipe } from '../recipe.js'
import { type Attempt, firstGood } from './gainRatio.js'

/**
 * The state of `levenbergMarquardt`.
 *
 * @since 0.1.0
 */
export interface MarquardtState extends StateType {
  readonly state: {
    /** λ, for the next step. */
    readonly damping: number
    /** The diagonal of D: the largest length that each column of J has had; none before the first step. */
    readonly scale: ReadonlyArray<number>
    /** ρ of the last step; `null` before the first one. */
    readonly gainRatio: number | null
    /** Steps that were tried and not taken before the last one was. */
    readonly rejected: number
  }
}

/**
 * How steps are damped.
 *
 * @since 0.1.0
 */
export interface MarquardtOptions {
  /** The first λ, relative to the squared lengths of the columns of J (or to the largest of them, unscaled); default 10⁻³. */
  readonly damping?: number
  /** How λ follows the gain ratio: smoothly (`'nielsen'`, default), or by factors of 10 (`'marquardt'`). */
  readonly update?: 'nielsen' | 'marquardt'
  /** D = I (`'none'`), or the largest length that each column of J has had (`'columns'`, default), which ignores units of parameters. */
  readonly scaling?: 'columns' | 'none'
  /** Whether steps bend along the second derivative of the residuals in their direction, at the cost of one value; default false. */
  readonly acceleration?: boolean
}

type State = MarquardtState['state']

type Sums = Smooth | 'residuals'

/** J D⁻¹ = U S Vᵀ, in which a step of any damping is a division. */
interface Linearized<P> {
  readonly residuals: Residuals<P>
  readonly scale: Tensor
  readonly s: Float64Array
  readonly v: Tensor
  readonly transposedU: Tensor
  /** Uᵀ r. */
  readonly parts: Float64Array
  readonly products: number
}

const notFinite = <P, S>(last: Iterate<P, S>, spent: Partial<Work>): StepFailure<P, S> => ({
  _tag: 'NonFinite',
  quantity: 'curvature',
  last,
  advice: 'Try another start, and explain(loss)(params) to see where the derivative of the residuals overflows.',
  spent,
})

const vector = (x: Float64Array): Tensor => fromFloat64Array(x, [x.length])

const columnLengths = (matrix: Tensor): ReadonlyArray<number> =>
  [...toFloat64Array(sum(square(matrix), { axes: [0] }))].map(Math.sqrt)

const linearized = <P, S>(
  it: Iterate<P, S, Sums>,
  scaleOf: (lengths: ReadonlyArray<number>) => ReadonlyArray<number>,
): E.Either<StepFailure<P, S>, Linearized<P>> => {
  const residuals = it.objective.residuals(it.params)
  const jacobian = residuals.matrix()
  const [m = 0, n = 0] = jacobian.shape
  const scale = vector(Float64Array.from(scaleOf(columnLengths(jacobian))))
  return pipe(
    trySvd(div(jacobian, scale)),
    E.bimap(
      () => notFinite(it, { evaluations: 1, products: Math.min(m, n), solves: 1 }),
      ({ u, s, v }) => {
        const transposedU = transpose(u)
        return {
          residuals,
          scale,
          s: toFloat64Array(s),
          v,
          transposedU,
          parts: toFloat64Array(matmul(transposedU, residuals.values)),
          products: Math.min(m, n),
        }
      },
    ),
  )
}

/** −(JᵀJ + λD²)⁻¹ Jᵀ r for residuals with these parts, over raveled parameters. */
const dampedSolution = <P>({ s, v, scale }: Linearized<P>, parts: Float64Array, damping: number): Tensor => {
  const along = parts.map((part, i) => {
    const value = s[i] ?? 0
    return part === 0 || value === 0 ? 0 : (-value * part) / (value * value + damping)
  })
  return div(matmul(v, vector(along)), scale)
}

/** By how much ½‖r + J s‖² is less than ½‖r‖²: ½ Σ β² s² (s² + 2λ) / (s² + λ)². */
const predictedOf = <P>({ s, parts }: Linearized<P>, damping: number): number =>
  parts.reduce((total, part, i) => {
    const value = (s[i] ?? 0) ** 2
    return value === 0
      ? total
      : total + 0.5 * part ** 2 * (value / (value + damping)) * ((value + 2 * damping) / (value + damping))
  }, 0)

/** How far along a step the residuals are looked at for their second derivative (Transtrum and Sethna 2012, §3). */
const probe = 0.1

/** An acceleration is taken when it is at most this multiple of the velocity. */
const mostBend = 0.75

/** v + ½ a, where a solves the same equations for the second derivative of the residuals along v. */
const accelerated = <P>(
  it: Iterate<P, State, Sums>,
  line: Linearized<P>,
  velocity: Tensor,
  damping: number,
  unravel: (x: Tensor) => P,
): Tensor => {
  const step = unravel(velocity)
  const ahead = it.objective.residuals(treeAxpy(probe, step, it.params)).values
  const bend = mul(2 / probe, sub(mul(1 / probe, sub(ahead, line.residuals.values)), line.residuals.product(step)))
  const acceleration = dampedSolution(line, toFloat64Array(matmul(line.transposedU, bend)), damping)
  const size = (x: Tensor): number => treeLength(mul(line.scale, x))
  return 2 * size(acceleration) <= mostBend * size(velocity) ? add(velocity, mul(0.5, acceleration)) : velocity
}

const leastDamping = 1e-30

const positiveLengths = (lengths: ReadonlyArray<number>): ReadonlyArray<number> =>
  lengths.map((length) => (length > 0 ? length : 1))

const marquardtFields = () => ({
  damping: positive(1e-3),
  update: choice('nielsen', 'marquardt')('nielsen'),
  scaling: choice('columns', 'none')('columns'),
  acceleration: flag(false),
})

/**
 * The method of Levenberg and Marquardt for least squares: Gauss-Newton steps, damped so far that the sum of squares falls as the
 * linear model of the residuals predicts.
 *
 *     s = argmin ½‖J s + r‖² + (λ/2)‖D s‖²,    by the singular value decomposition of J D⁻¹ for all λ of a step
 *     ρ ≤ 10⁻⁴: not taken, λ ← 2λ, 4λ …;   otherwise λ ← λ max(⅓, 1 − (2ρ − 1)³)
 *
 * **Laws** the loss never increases by more than 10ε|f|; with scaling by columns the units of parameters do not matter.
 *
 * **Cost** per step one gradient, min(m, n) products, one decomposition of an m×n matrix, and one value for each damping that is tried.
 *
 * **Fails** `RadiusCollapsed` when no step above rounding lowers the loss; `NonFinite`.
 *
 * **References** Levenberg (1944); Marquardt (1963); Moré, *The Levenberg-Marquardt algorithm* (1978) for D; Nielsen (1999) for λ;
 * Transtrum and Sethna, *Improvements to the Levenberg-Marquardt algorithm* (2012) for the acceleration.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { exp, mul, slice, sub, tensor, toArray, type Tensor } from 'gradus'
 * import { gradientBelow, leastSquares, levenbergMarquardt, minimize, takeUntil } from 'gradus/optimize'
 * const [x, y] = [tensor([0, 1, 2]), tensor([3, 1.5, 0.75])]
 * const fit = leastSquares((p: { a: Tensor; b: Tensor }) => sub(mul(p.a, exp(mul(p.b, x))), y))
 * const run = pipe({ a: tensor(1), b: tensor(0) }, minimize(levenbergMarquardt(), fit), takeUntil(gradientBelow(1e-12)))
 * toArray(run.last.params.b) // ≈ -Math.log(2)
 *
 * @since 0.1.0
 */
export const levenbergMarquardt: (options?: MarquardtOptions) => Optimizer<MarquardtState, Sums> =
  /* @__PURE__ */ recipe<MarquardtOptions>()(
    { sort: 'optimizer', name: 'levenbergMarquardt', fields: marquardtFields, asks: ['residuals'] },
    ({ damping, update, scaling, acceleration }): Optimizer<MarquardtState, Sums> => {
      const scaleOf =
        (before: ReadonlyArray<number>) =>
        (lengths: ReadonlyArray<number>): ReadonlyArray<number> => {
          // Unscaled, one length for all, so that the first damping is relative to the largest column.
          const first = lengths.reduce((most, each) => Math.max(most, each), 0)
          const own = scaling === 'columns' ? lengths : lengths.map(() => first)
          if (scaling === 'none' && before.length > 0) return before
          return positiveLengths(own.map((length, i) => Math.max(length, before[i] ?? 0)))
        }
      const step =
        <P>(next: ObjectiveWith<Sums, P>) =>
        (from: Iterate<P, State, Sums>) =>
          pipe(
            finite(from),
            E.chain((it) =>
              pipe(
                linearized(it, scaleOf(it.state.scale)),
                E.map((line) => ({ it, line })),
              ),
            ),
            E.chain(({ it, line }) => {
              const [, unravel] = ravel(it.params)
              const attemptAt = (size: number, isFirst: boolean): E.Either<StepFailure<P, State>, Attempt<P>> => {
                const velocity = dampedSolution(line, line.parts, size)
                const work = {
                  evaluations: (acceleration ? 1 : 0) + (isFirst ? 1 : 0),
                  products: (isFirst ? line.products : 0) + (acceleration ? 1 : 0),
                  solves: isFirst ? 1 : 0,
                }
                const moved = acceleration ? accelerated(it, line, velocity, size, unravel) : velocity
                return isFiniteTree(velocity)
                  ? E.right({
                      step: unravel(isFiniteTree(moved) ? moved : velocity),
                      length: treeLength(velocity),
                      predictedReduction: predictedOf(line, size),
                      work,
                    })
                  : E.left(notFinite(it, work))
              }
              return pipe(
                firstGood({
                  it,
                  value: it.objective.value,
                  size: it.state.damping,
                  attemptAt: (size) => attemptAt(size, size === it.state.damping),
                  smaller: (size, _, rejected) => size * (update === 'nielsen' ? 2 ** (rejected + 1) : 10),
                  acceptance: 1e-4,
                }),
                E.chain(({ candidate, size, gainRatio, rejected, work }) => {
                  const factor = update === 'nielsen' ? Math.max(1 / 3, 1 - (2 * gainRatio - 1) ** 3) : 0.1
                  return advance<P, State>(next, it, {
                    params: candidate,
                    state: {
                      damping: Math.max(leastDamping, size * factor),
                      scale: [...toFloat64Array(line.scale)],
                      gainRatio,
                      rejected,
                    },
                    work,
                  })
                }),
              )
            }),
          )
      return {
        name: acceleration ? 'levenberg-marquardt with acceleration' : 'levenberg-marquardt',
        init: () => ({ damping, scale: [], gainRatio: null, rejected: 0 }),
        step,
      }
    },
  )

/**
 * The Gauss-Newton method for least squares: each step solves the linear model of the residuals, and nothing guards it.
 *
 *     θ ← θ − J⁺ r(θ),    by the singular value decomposition; of many solutions the shortest
 *
 * **Laws** one step on linear residuals; equivariant under every invertible change of variables where the columns of J are
 * independent.
 *
 * **Cost** per step one gradient, one value, min(m, n) products and one decomposition of an m×n matrix.
 *
 * **Special values** singular values below max(m, n) ε times the largest count as 0.
 *
 * **Fails** `NonFinite` where the derivative of the residuals is.
 *
 * **References** Nocedal and Wright (2006), §10.3.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { matmul, sub, tensor, toArray, type Tensor } from 'gradus'
 * import { gaussNewton, leastSquares, minimize, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const line = leastSquares((x: Tensor) => sub(matmul(tensor([[1, 0], [0, 2], [0, 0]]), x), tensor([1, 4, 1])))
 * toArray(pipe(tensor([0, 0]), minimize(gaussNewton(), line), takeUntil(stepsAtMost(1))).last.params) // ≈ [1, 2]
 *
 * @since 0.1.0
 */
export const gaussNewton: (options?: { readonly stepLength?: number }) => Optimizer<Stateless, Sums> =
  /* @__PURE__ */ recipe<{
    readonly stepLength?: number
  }>()(
    { sort: 'optimizer', name: 'gaussNewton', fields: () => ({ stepLength: positive(1) }), asks: ['residuals'] },
    ({ stepLength }): Optimizer<Stateless, Sums> => {
      const step =
        <P>(next: ObjectiveWith<Sums, P>) =>
        (from: Iterate<P, null, Sums>) =>
          pipe(
            finite(from),
            E.chain((it) =>
              pipe(
                linearized(it, positiveLengths),
                E.chain((line) => {
                  const [, unravel] = ravel(it.params)
                  const least =
                    Math.max(...line.residuals.values.shape, line.s.length) * Number.EPSILON * (line.s[0] ?? 0)
                  const kept = { ...line, s: line.s.map((value) => (value <= least ? 0 : value)) }
                  return advance<P, null>(next, it, {
                    params: treeAxpy(stepLength, unravel(dampedSolution(kept, line.parts, 0)), it.params),
                    state: null,
                    work: { evaluations: 1, products: line.products, solves: 1 },
                  })
                }),
              ),
            ),
          )
      return { name: 'gauss-newton', init: () => null, step }
    },
  )
