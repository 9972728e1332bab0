/**
 * Quadratic models gᵀs + ½ sᵀBs as data, in coordinates in which B is diagonal: made once, by an eigen-decomposition or in a Krylov
 * space, and then minimized over balls of any radius, or with cubic weights of any size, at the cost of a one-dimensional equation.
 */
import * as E from 'fp-ts/lib/Either.js'
import { fromFloat64Array } from '../data/construct.js'
import { bufferOf, type Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import { largestOf, normOf } from '../kernel/reference/magnitude.js'
import { type SecularSolution, secularBall, secularCubic } from '../kernel/reference/secular.js'
import { type EigenFailure, eigen } from './eigen.js'
import { grownBasis } from './grownBasis.js'
import type { LinearOperator } from './LinearOperator.js'
import { treeLength } from './length.js'
import { atLeastZero, count, finitePositive, superlinear } from './options.js'

/** What a model, or the attempt at one, has cost. */
type ModelCost = Pick<QuadraticModel<unknown>, 'products' | 'solves'>

/**
 * A quadratic model in coordinates along eigenvectors of its curvature, or of its restriction to a subspace.
 *
 * @since 0.1.0
 */
export interface QuadraticModel<P> {
  /** The eigenvalues. */
  readonly values: ReadonlyArray<number>
  /** The gradient along each of the eigenvectors. */
  readonly parts: ReadonlyArray<number>
  /** The step with these coordinates. */
  readonly expand: (coordinates: ReadonlyArray<number>) => P
  /** Products and decompositions that it took. */
  readonly products: number
  readonly solves: number
}

/**
 * Where a model is minimized: in a ball, ‖s‖ ≤ radius, or everywhere with (weight / 3) ‖s‖³ added to it.
 *
 * @since 0.1.0
 */
export type Region =
  | { readonly _tag: 'Ball'; readonly radius: number }
  | { readonly _tag: 'Cubic'; readonly weight: number }

/**
 * The minimizer of a model in a region.
 *
 * @since 0.1.0
 */
export interface ModelStep<P> {
  readonly step: P
  readonly length: number
  /** λ, with (B + λI) s = −g. */
  readonly multiplier: number
  /** By how much the model falls, its cubic term included. */
  readonly predictedReduction: number
  readonly onBoundary: boolean
  /** Whether the gradient has nothing along the least eigenvalue, so that an eigenvector completed the step (its sign is free). */
  readonly hard: boolean
}

const solved = (region: Region, values: Float64Array, parts: Float64Array): SecularSolution =>
  region._tag === 'Ball'
    ? secularBall(values, parts, finitePositive('minimizeModel', 'radius', region.radius))
    : secularCubic(values, parts, finitePositive('minimizeModel', 'weight', region.weight))

/**
 * An eigenvalue below the error of the decomposition is 0, and along it a part of the gradient that rounding explains
 * is 0 too: a singular curvature has no say about directions that do not matter.
 */
const cleaned = (
  values: Float64Array,
  parts: Float64Array,
  length: number,
  noValue: number,
): { readonly values: ReadonlyArray<number>; readonly parts: ReadonlyArray<number> } => {
  const rounding = values.length * Number.EPSILON
  const most = largestOf(values)
  const gap = values.reduce((so, value) => (Math.abs(value) > noValue ? Math.min(so, Math.abs(value)) : so), most)
  const turned = gap === 0 ? 0 : (most / gap) * normOf(parts)
  const noPart = rounding * (turned + most * length)
  const isNothing = values.map((value) => (Math.abs(value) <= noValue ? 1 : 0))
  return {
    values: [...values].map((value, i) => (isNothing[i] === 1 ? 0 : value)),
    parts: [...parts].map((part, i) => (isNothing[i] === 1 && Math.abs(part) <= noPart ? 0 : part)),
  }
}

/**
 * What may be said of a model.
 *
 * @since 0.1.0
 */
export interface ExactModelOptions {
  /** The length of the parameters at which the gradient was taken: their rounding bounds that of the gradient. Default 0. */
  readonly length?: number
}

/**
 * The model of a gradient and a curvature, by an eigen-decomposition of the whole.
 *
 *     m(s) = gᵀs + ½ sᵀBs
 *
 * **Cost** the matrix (`size` products), and 4/3 n³ operations.
 *
 * **Fails** `Left` when the curvature is not finite.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { ball, exactModel, hessianOperator, minimizeModel } from 'gradus/curvature'
 * const saddle = hessianOperator((x: Tensor) => sum(mul(tensor([1, -1]), mul(x, x))))(tensor([0, 0]))
 * const step = pipe(exactModel(saddle, tensor([0, -2])), E.map(minimizeModel(ball(3))))
 * E.isRight(step) && toArray(step.right.step) // => [0, 3]
 *
 * @since 0.1.0
 */
export const exactModel = <P>(
  curvature: LinearOperator<P>,
  gradient: P,
  { length = 0 }: ExactModelOptions = {},
): E.Either<EigenFailure & ModelCost, QuadraticModel<P>> => {
  const [flat, unravel] = ravel(gradient)
  const decomposed = eigen(curvature.matrix(), { rightTo: 'entries' })
  if (E.isLeft(decomposed)) return E.left({ ...decomposed.left, products: curvature.size, solves: 1 })
  const { values, project, expand, noise } = decomposed.right
  return E.right({
    ...cleaned(bufferOf(values), bufferOf(project(flat)), length, noise),
    expand: (y) => unravel(expand(fromFloat64Array(Float64Array.from(y), [y.length]))),
    products: curvature.size,
    solves: 1,
  })
}

/**
 * How far a Krylov space goes.
 *
 * @since 0.1.0
 */
export interface KrylovModelOptions {
  /** The largest number of products. */
  readonly dimension: number
  /** Ends where the residual ‖(B + λI) s + g‖ is below this multiple of ‖g‖; default min(½, √‖g‖). */
  readonly tolerance?: number
  /** Where the model is minimized, which decides how far the space has to go. */
  readonly region: Region
}

/** A gradient seen from its own Krylov space, whose first vector lies along it. */
const alongFirst = (length: number, k: number): Tensor =>
  fromFloat64Array(
    Float64Array.from({ length: k }, (_, i) => (i === 0 ? length : 0)),
    [k],
  )

const matrixOf = (rows: ReadonlyArray<ReadonlyArray<number>>): Tensor =>
  fromFloat64Array(Float64Array.from(rows.flat()), [rows.length, rows.length])

/**
 * The same model restricted to the Krylov space of the gradient, which grows until the step in the region is right to the tolerance.
 *
 *     m(V y) = (Vᵀg)ᵀ y + ½ yᵀ (VᵀBV) y
 *
 * **Laws** with `dimension` n and tolerance 0 it is `exactModel`, unless the gradient lacks an eigenvector: then so does the space,
 * and at a gradient of 0 it is empty. Its minimizer falls at least as much as the Cauchy point.
 *
 * **Cost** one product for each dimension, and 4 k² n operations to keep the basis orthogonal.
 *
 * **Fails** `Left` when a product is not finite. A `Defect` for options out of range.
 *
 * **References** Gould, Lucidi, Roma and Toint, *Solving the trust-region subproblem using the Lanczos method* (1999); for cubic
 * regions Cartis, Gould and Toint, *Adaptive cubic regularisation methods* (2011), §6.2.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, type Tensor } from 'gradus'
 * import { cubic, hessianOperator, krylovModel, minimizeModel } from 'gradus/curvature'
 * const bowl = hessianOperator((x: Tensor) => sum(mul(tensor([1, 2]), mul(x, x))))(tensor([0, 0]))
 * const region = cubic(2)
 * const step = pipe(krylovModel(bowl, tensor([4, 0]), { dimension: 2, region }), E.map(minimizeModel(region)))
 * E.isRight(step) && step.right.multiplier // ≈ 2
 *
 * @since 0.1.0
 */
export const krylovModel = <P>(
  curvature: LinearOperator<P>,
  gradient: P,
  { dimension, tolerance, region }: KrylovModelOptions,
): E.Either<EigenFailure & ModelCost, QuadraticModel<P>> => {
  const most = count('krylovModel', 'dimension', dimension, 1)
  const size = treeLength(gradient)
  const relative = tolerance === undefined ? undefined : atLeastZero('krylovModel', 'tolerance', tolerance)
  const allowed = size * (relative ?? superlinear(size))
  const enough = (restricted: ReadonlyArray<ReadonlyArray<number>>, next: number): boolean => {
    const k = restricted.length
    const small = eigen(matrixOf(restricted))
    // What is not finite is told below, where there is an Either for it.
    if (E.isLeft(small)) return true
    const { values, project, expand } = small.right
    const { coefficients } = solved(region, bufferOf(values), bufferOf(project(alongFirst(size, k))))
    const last = bufferOf(expand(fromFloat64Array(coefficients, [k])))[k - 1] ?? 0
    return Math.abs(next * last) <= allowed
  }
  const { dimension: k, restricted, expand, length } = grownBasis(curvature, gradient, most, enough)
  const decomposed = eigen(matrixOf(restricted))
  if (E.isLeft(decomposed)) return E.left({ ...decomposed.left, products: k, solves: 1 })
  const small = decomposed.right
  return E.right({
    ...cleaned(bufferOf(small.values), bufferOf(small.project(alongFirst(length, k))), 0, small.noise),
    expand: (y) => expand(bufferOf(small.expand(fromFloat64Array(Float64Array.from(y), [k])))),
    products: k,
    solves: 1,
  })
}

/**
 * The model with the signs of its eigenvalues dropped, |B|: what is curved downwards pushes as strongly as what is curved upwards holds.
 *
 * **References** Dauphin et al. (2014), §5.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, toArray, type Tensor } from 'gradus'
 * import { absoluteModel, ball, exactModel, hessianOperator, minimizeModel } from 'gradus/curvature'
 * const saddle = hessianOperator((x: Tensor) => sum(mul(tensor([1, -1]), mul(x, x))))(tensor([0, 0]))
 * const step = pipe(exactModel(saddle, tensor([2, -2])), E.map(absoluteModel), E.map(minimizeModel(ball(3))))
 * E.isRight(step) && toArray(step.right.step) // => [-1, 1]
 *
 * @since 0.1.0
 */
export const absoluteModel = <P>(model: QuadraticModel<P>): QuadraticModel<P> => ({
  ...model,
  values: model.values.map(Math.abs),
})

/**
 * The ball of a radius.
 *
 * @example
 * import { ball } from 'gradus/curvature'
 * ball(2) // => { _tag: 'Ball', radius: 2 }
 *
 * @since 0.1.0
 */
export const ball = (radius: number): Region => ({ _tag: 'Ball', radius })

/**
 * The whole space, where the model has (weight / 3) ‖s‖³ added.
 *
 * @example
 * import { cubic } from 'gradus/curvature'
 * cubic(2) // => { _tag: 'Cubic', weight: 2 }
 *
 * @since 0.1.0
 */
export const cubic = (weight: number): Region => ({ _tag: 'Cubic', weight })

/**
 * The global minimizer of a model in a region, whatever the signs of its eigenvalues.
 *
 *     ball(Δ):   min m(s) over ‖s‖ ≤ Δ:       (B + λI) s = −g,   λ ≥ 0,   λ (Δ − ‖s‖) = 0,   B + λI ⪰ 0
 *     cubic(σ):  min m(s) + (σ/3) ‖s‖³:       (B + λI) s = −g,   λ = σ ‖s‖,   B + λI ⪰ 0
 *
 * **Laws** `regionLaws` of gradus/laws: these conditions, which are sufficient, and the Cauchy decrease.
 *
 * **Special values** where the gradient has nothing along the least eigenvalue (the hard case, and a gradient of 0 at a saddle) an
 * eigenvector completes the step.
 *
 * **Cost** O(n) operations for each of a few Newton steps, and one product with the eigenvectors.
 *
 * **Fails** with a `Defect` when the radius or the weight is not a finite number above 0.
 *
 * **References** Moré and Sorensen, *Computing a trust region step* (1983); Conn, Gould and Toint, *Trust-Region Methods* (2000),
 * §7.3; Nesterov and Polyak, *Cubic regularization of Newton method* (2006).
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { mul, sum, tensor, type Tensor } from 'gradus'
 * import { ball, exactModel, hessianOperator, minimizeModel } from 'gradus/curvature'
 * const bowl = hessianOperator((x: Tensor) => sum(mul(x, x)))(tensor([0, 0]))
 * const step = pipe(exactModel(bowl, tensor([6, 8])), E.map(minimizeModel(ball(1))))
 * E.isRight(step) && step.right.multiplier // ≈ 8
 *
 * @since 0.1.0
 */
export const minimizeModel =
  (region: Region) =>
  <P>({ values, parts, expand }: QuadraticModel<P>): ModelStep<P> => {
    const found = solved(region, Float64Array.from(values), Float64Array.from(parts))
    return {
      step: expand([...found.coefficients]),
      length: normOf(found.coefficients),
      multiplier: found.multiplier,
      predictedReduction: found.predicted,
      onBoundary: found.onBoundary,
      hard: found.hard,
    }
  }
