/** Directions from the whole Hessian: Newton's, made to go down or left as it is, the saddle-free one and that of nonconvex Newton. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import { foldIn, type Key, normal, randomKey } from '../function/random.js'
import { ravel } from '../function/tree.js'
import { eigen } from '../operator/eigen.js'
import { treeLength } from '../operator/length.js'
import { modifiedCholesky } from '../operator/modifiedCholesky.js'
import { mul } from '../primitive/arithmetic.js'
import { along } from './along.js'
import type { Direction, Obstacle, Proposal } from './Direction.js'
import { type Divisor, rescaled } from './damping.js'
import type { LineSearch, SearchState } from './LineSearch.js'
import type { Curved } from './Objective.js'
import type { Iterate, Optimizer, Stateless, Work } from './Optimizer.js'
import { key as keyField, notNegative, positive, search } from './option.js'
import { recipe } from './recipe.js'
import { backtracking } from './searches.js'
import type { Both } from './Transformation.js'

export const curvatureNotFinite: Obstacle = {
  _tag: 'NonFinite',
  quantity: 'curvature',
  advice: 'Try another start, and explain(loss)(params) to see where the curvature overflows.',
}

/** The Hessian at a point, decomposed once for steps of any damping. */
export interface Spectrum<P> {
  /** Ascending. */
  readonly eigenvalues: ReadonlyArray<number>
  /** −V diag(1 / divisor(λᵢ)) Vᵀ g, or the eigenvalue that cannot be divided by. */
  readonly step: (damping: number, divisor: Divisor) => E.Either<number, P>
  readonly work: Partial<Work>
}

export const spectrumAt = <P>({
  objective,
  params,
  gradient,
}: Iterate<P, unknown, Curved>): E.Either<Obstacle, Spectrum<P>> => {
  const hessian = objective.hessian(params)
  const work = { products: hessian.size, solves: 1 }
  return pipe(
    eigen(hessian.matrix(), { rightTo: 'entries' }),
    E.bimap(
      () => ({ ...curvatureNotFinite, spent: work }),
      ({ values, project, expand, noise }) => {
        const [flat, unravel] = ravel(gradient)
        const eigenvalues = [...toFloat64Array(values)]
        const components = { parts: toFloat64Array(project(flat)), eigenvalues, length: treeLength(params), noise }
        return {
          eigenvalues,
          step: (damping, divisor) => {
            const scaled = rescaled(components, damping, divisor)
            const wrong = scaled.findIndex((part) => !Number.isFinite(part))
            return wrong === -1
              ? E.right(unravel(expand(fromFloat64Array(scaled, flat.shape))))
              : E.left(eigenvalues[wrong] ?? Number.NaN)
          },
          work,
        }
      },
    ),
  )
}

/** The step along the eigenvectors as a direction, and the eigenvalues. */
const spectral = <P>(
  it: Iterate<P, unknown, Curved>,
  divisor: Divisor,
): E.Either<Obstacle, Proposal<P, null> & Pick<Spectrum<P>, 'eigenvalues'>> =>
  pipe(
    spectrumAt(it),
    E.chain(({ eigenvalues, step, work }) =>
      pipe(
        step(0, divisor),
        E.bimap(
          (eigenvalue): Obstacle => ({
            _tag: 'Singular',
            eigenvalue,
            advice: 'Use newtonDirection(), or a positive damping or floor.',
            spent: work,
          }),
          (direction) => ({ direction, state: null, work, natural: 1, eigenvalues }),
        ),
      ),
    ),
  )

/**
 * Newton's direction, made to go down where the Hessian is not positive definite, by modified Cholesky factors.
 *
 *     d = −(H + E)⁻¹ ∇f(θ)      with a diagonal E ≥ 0, which is 0 where H is positive definite
 *
 * **Laws** where H is positive definite it is Newton's step, equivariant under all linear changes of variables; it always goes down.
 *
 * **Cost** n products, n³ / 3 operations.
 *
 * **Fails** `NonFinite` where the Hessian is.
 *
 * **References** Gill, Murray and Wright, *Practical Optimization* (1981), §4.4.2.2; Nocedal and Wright (2006), §3.4.
 *
 * @example
 * import { along, newtonDirection, strongWolfe } from 'gradus/optimize'
 * along(newtonDirection(), strongWolfe()).name // => 'newton with strong wolfe'
 *
 * @since 0.1.0
 */
export const newtonDirection: () => Direction<Stateless, Curved> = /* @__PURE__ */ recipe<Record<never, never>>()(
  { sort: 'direction', name: 'newtonDirection', fields: () => ({}), asks: ['hessian'] },
  (): Direction<Stateless, Curved> => ({
    name: 'newton',
    heading: 'down',
    init: () => null,
    propose: (it) => (state) => {
      const hessian = it.objective.hessian(it.params)
      const work = { products: hessian.size, solves: 1 }
      return pipe(
        modifiedCholesky(hessian.matrix()),
        E.fromOption(() => ({ ...curvatureNotFinite, spent: work })),
        E.map(({ solve }) => {
          const [gradient, unravel] = ravel(it.gradient)
          return { direction: unravel(mul(-1, solve(gradient))), state, work, natural: 1 }
        }),
      )
    },
  }),
)

/**
 * Newton's direction as it is, which goes up where the curvature is negative: for searches that choose the sign of the step.
 *
 *     d = −H⁻¹ ∇f(θ)
 *
 * **Laws** equivariant under all linear changes of variables.
 *
 * **Cost** n products, 4/3 n³ operations.
 *
 * **Fails** `Singular` when an eigenvalue is 0 along which the gradient is not; `NonFinite` where the Hessian is.
 *
 * **References** Shea and Schmidt, *Don't be so positive: negative step sizes in second-order methods* (2024).
 *
 * @example
 * import { along, exactNewtonDirection, signedWolfe } from 'gradus/optimize'
 * along(exactNewtonDirection(), signedWolfe()).name // => 'exact newton with signed strong wolfe'
 *
 * @since 0.1.0
 */
export const exactNewtonDirection: () => Direction<Stateless, Curved, 'either way'> = /* @__PURE__ */ recipe<
  Record<never, never>
>()(
  { sort: 'direction', name: 'exactNewtonDirection', fields: () => ({}), asks: ['hessian'] },
  (): Direction<Stateless, Curved, 'either way'> => ({
    name: 'exact newton',
    heading: 'either way',
    init: () => null,
    propose: (it) => () => spectral(it, (eigenvalue) => eigenvalue),
  }),
)

/**
 * The saddle-free direction: Newton's with the eigenvalues taken without their signs.
 *
 *     d = −(|H| + λI)⁻¹ ∇f(θ)
 *
 * **Laws** always goes down; Newton's direction where H is positive definite (λ = 0), and its opposite where H is negative definite.
 *
 * **Cost** n products, 4/3 n³ operations.
 *
 * **Fails** `Singular` when λ = 0 and an eigenvalue is 0 along which the gradient is not; `NonFinite` where the Hessian is.
 *
 * **References** Dauphin et al. (2014), §5.
 *
 * @example
 * import { along, saddleFreeDirection, strongWolfe } from 'gradus/optimize'
 * along(saddleFreeDirection(), strongWolfe()).name // => 'saddle-free with strong wolfe'
 *
 * @since 0.1.0
 */
export const saddleFreeDirection: (options?: { readonly damping?: number }) => Direction<Stateless, Curved> =
  /* @__PURE__ */ recipe<{
    readonly damping?: number
  }>()(
    { sort: 'direction', name: 'saddleFreeDirection', fields: () => ({ damping: notNegative(0) }), asks: ['hessian'] },
    ({ damping }): Direction<Stateless, Curved> => ({
      name: 'saddle-free',
      heading: 'down',
      init: () => null,
      propose: (it) => () => spectral(it, (eigenvalue) => Math.abs(eigenvalue) + damping),
    }),
  )

/**
 * Constants of nonconvex Newton.
 *
 * @since 0.1.0
 */
export interface NonconvexNewtonOptions {
  /** m: eigenvalues of smaller size count as this; default 1e-3. */
  readonly floor?: number
  /** Where the gradient is not larger and the Hessian not positive, the point counts as a saddle; default 1e-6. */
  readonly tolerance?: number
  /** The standard deviation of the random step off a saddle; default 1e-3. */
  readonly noise?: number
  /** Where randomness comes from; default `randomKey(0)`. Each step draws its own. */
  readonly key?: Key
}

const nonconvexFields = () => ({
  floor: positive(1e-3),
  tolerance: notNegative(1e-6),
  noise: notNegative(1e-3),
  key: keyField(randomKey(0)),
})

/**
 * The direction of nonconvex Newton: eigenvalues without their signs, and none smaller than a floor. Near a saddle it is a random step.
 *
 *     d = −V diag(1 / max(|λᵢ|, m)) Vᵀ ∇f(θ)
 *
 * **Cost** n products, 4/3 n³ operations.
 *
 * **Fails** `NonFinite` where the Hessian is.
 *
 * @example
 * import { nonconvexNewtonDirection } from 'gradus/optimize'
 * nonconvexNewtonDirection({ floor: 0.01 }).heading // => 'down'
 *
 * @since 0.1.0
 */
export const nonconvexNewtonDirection: (options?: NonconvexNewtonOptions) => Direction<Stateless, Curved> =
  /* @__PURE__ */ recipe<NonconvexNewtonOptions>()(
    { sort: 'direction', name: 'nonconvexNewtonDirection', fields: nonconvexFields, asks: ['hessian'] },
    ({ floor, tolerance, noise, key }): Direction<Stateless, Curved> => {
      return {
        name: 'nonconvex newton',
        heading: 'down',
        init: () => null,
        propose: (it) => () =>
          pipe(
            spectral(it, (eigenvalue) => Math.max(Math.abs(eigenvalue), floor)),
            E.map(({ eigenvalues, ...proposal }) => {
              const lowest = eigenvalues[0] ?? 0
              if (it.gradientNorm > tolerance || lowest >= 0 || noise === 0) return proposal
              const [flat, unravel] = ravel(it.params)
              const random = mul(noise, normal(foldIn(key, it.step), flat.shape))
              return { ...proposal, direction: unravel(random), unsearched: true as const }
            }),
          ),
      }
    },
  )

/**
 * The line search of a Newton method.
 *
 * @since 0.1.0
 */
export interface ValueSearchOptions {
  /** Default `backtracking()`. */
  readonly lineSearch?: LineSearch<SearchState, Curved>
}

export const valueSearchField = () => ({ lineSearch: search<LineSearch<SearchState, Curved>>('down')(backtracking()) })

/**
 * Nonconvex Newton: Newton's step with eigenvalues max(|λ|, m), shortened until the loss falls enough, and random steps off saddles.
 *
 *     θ ← θ − α |H|ₘ⁻¹ ∇f(θ);   near a saddle, θ ← θ + noise
 *
 * **Laws** from a distance ε of a saddle it is at a distance δ after at most 1 + log(δ / 2ε) / log(3/2) steps, whatever the conditioning.
 *
 * **Cost** per step n products, 4/3 n³ operations, a gradient, and a value for each step length tried.
 *
 * **Fails** as its line search does; `NonFinite` where the Hessian is.
 *
 * **References** Paternain, Mokhtari and Ribeiro, *A Newton-based method for nonconvex optimization with fast evasion of saddle points*
 * (2019).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { mul, square, sum, tensor, type Tensor } from 'gradus'
 * import { minimize, nonconvexNewton, objective, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const saddle = objective((p: Tensor) => sum(mul(tensor([1, -1]), square(p))))
 * pipe(tensor([0, 0]), minimize(nonconvexNewton(), saddle), takeUntil(stepsAtMost(20))).last.value < -1 // => true
 *
 * @since 0.1.0
 */
export const nonconvexNewton: (
  options?: NonconvexNewtonOptions & ValueSearchOptions,
) => Optimizer<Both<Stateless, SearchState>> = /* @__PURE__ */ recipe<NonconvexNewtonOptions & ValueSearchOptions>()(
  {
    sort: 'optimizer',
    name: 'nonconvexNewton',
    fields: () => ({ ...nonconvexFields(), ...valueSearchField() }),
    asks: ['hessian'],
  },
  ({ lineSearch, ...options }) => along(nonconvexNewtonDirection(options), lineSearch, 'nonconvex newton'),
)
