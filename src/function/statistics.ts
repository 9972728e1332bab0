/** Reductions built of others: products, means, spreads of values and norms. */

import { ones } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { requireTensor } from '../data/describe.js'
import { optionsFrom, reductionNames } from '../data/options.js'
import { axesFrom, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { abs, div, mul, square, sub } from '../primitive/arithmetic.js'
import { equal, logicalOr, stopGradient, where } from '../primitive/choice.js'
import { sqrt } from '../primitive/elementary.js'
import { max } from '../primitive/reduction.js'
import { permute, type ReductionOptions, reshape, sum } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'

const spreadNames = { ...reductionNames, correction: 'what is taken off the count' } as const

const countAlong = (operation: string, x: Tensor, options: ReductionOptions): number =>
  axesFrom(operation, optionsFrom(operation, options, reductionNames).axes, x.rank).reduce(
    (n, axis) => n * (x.shape[axis] ?? 1),
    1,
  )

/**
 * The mean along axes, all of them by default.
 *
 * @example
 * import { mean, tensor, toArray } from 'gradus'
 * toArray(mean(tensor([[1, 2], [3, 6]]), { axes: [0] })) // => [2, 4]
 *
 * @since 0.1.0
 */
export const mean = (x: Tensor, options: ReductionOptions = {}): Tensor => {
  requireTensor('mean', x)
  const count = countAlong('mean', x, options)
  return div(sum(x, options), count)
}

/**
 * The variance along axes: the mean square deviation from the mean, divided by n − `correction` (default 0) in place of n.
 *
 * @example
 * import { tensor, toNumber, variance } from 'gradus'
 * toNumber(variance(tensor([1, 2, 3]))) // ≈ 0.6666666666666666
 * toNumber(variance(tensor([1, 2, 3]), { correction: 1 })) // => 1
 *
 * @since 0.1.0
 */
export const variance = (x: Tensor, options: ReductionOptions & { readonly correction?: number } = {}): Tensor => {
  const { correction = 0, ...reduction } = optionsFrom('variance', options, spreadNames)
  const centre = mean(x, { ...reduction, keepAxes: true })
  return div(sum(square(sub(x, centre)), reduction), countAlong('variance', x, reduction) - correction)
}

/** Halves the first axis by multiplying its halves until one entry is left: right at zeros to every order. */
const productOfFirst = (x: Tensor): Tensor => {
  const [n = 0, ...inner] = x.shape
  if (n === 1) return reshape(x, inner)
  const half = Math.floor(n / 2)
  const rows = (from: number, to: number): Tensor => slice(x, [from, ...inner.map(() => 0)], [to, ...inner])
  const paired = mul(rows(0, half), rows(half, 2 * half))
  return productOfFirst(n % 2 === 0 ? paired : concat([paired, rows(2 * half, n)]))
}

/**
 * The product of the entries along axes, all of them by default. Its derivatives are exact at zeros, one or several, to
 * every order. Of no entries: 1.
 *
 * @example
 * import { grad, prod, tensor, toArray, toNumber, type Tensor } from 'gradus'
 * toNumber(prod(tensor([2, 3, 4]))) // => 24
 * toArray(grad((x: Tensor) => prod(x))(tensor([0, 3, 4]))) // => [12, 0, 0]
 *
 * @since 0.1.0
 */
export const prod = (x: Tensor, options: ReductionOptions = {}): Tensor => {
  const axes = axesFrom('prod', optionsFrom('prod', options, reductionNames).axes, x.rank)
  if (axes.length === 0) return x
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const n = countAlong('prod', x, options)
  const lengths = kept.map((axis) => x.shape[axis] ?? 1)
  const first = reshape(permute(x, [...axes, ...kept]), [n, ...lengths])
  const shape = options.keepAxes === true ? x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) : lengths
  return n === 0 ? ones(shape) : reshape(productOfFirst(first), shape)
}

/**
 * The Euclidean norm along axes, all of them by default, without overflow or underflow. Its derivative at 0 is 0 by
 * convention; the second derivative there is not finite.
 *
 * @example
 * import { norm, tensor, toNumber } from 'gradus'
 * toNumber(norm(tensor([3, 4]))) // => 5
 * toNumber(norm(tensor([3e200, 4e200]))) // ≈ 5e200
 *
 * @since 0.1.0
 */
export const norm = (x: Tensor, options: ReductionOptions = {}): Tensor => {
  const axes = axesFrom('norm', optionsFrom('norm', options, reductionNames).axes, x.rank)
  if (axes.length === 0) return abs(x)
  if (x.size === 0) return sum(x, options)
  const largest = stopGradient(max(abs(x), { axes, keepAxes: true }))
  // The unit is a constant, so it changes no derivative; 0 and ∞ cannot be one.
  const unit = where(logicalOr(equal(largest, 0), equal(largest, Infinity)), 1, largest)
  const length = sqrt(sum(square(div(x, unit)), { axes, keepAxes: true }))
  const scaled = mul(unit, length)
  return options.keepAxes === true
    ? scaled
    : reshape(
        scaled,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      )
}

/**
 * The standard deviation along axes, all of them by default: the root of the variance, without overflow or underflow.
 *
 *     √(Σ (xᵢ − x̄)² / (n − correction))
 *
 * **Special values** entries that are all equal have exactly the deviation 0, and its gradient is 0 by convention; the second
 * derivative there is not finite.
 *
 * @example
 * import { grad, std, tensor, toArray, toNumber, type Tensor } from 'gradus'
 * toNumber(std(tensor([1, 3]))) // => 1
 * toArray(grad((x: Tensor) => std(x))(tensor([0.1, 0.1, 0.1]))) // => [0, 0, 0]
 *
 * @since 0.1.0
 */
export const std = (x: Tensor, options: ReductionOptions & { readonly correction?: number } = {}): Tensor => {
  const { correction = 0, ...reduction } = optionsFrom('std', options, spreadNames)
  const axes = axesFrom('std', reduction.axes, x.rank)
  // The mean of equal entries may be off by a rounding; that of their distances to one of them is exactly 0.
  const near = x.size === 0 ? x : sub(x, stopGradient(first(x, axes)))
  const deviation = sub(near, mean(near, { axes, keepAxes: true }))
  return div(norm(deviation, reduction), Math.sqrt(countAlong('std', x, reduction) - correction))
}

/** The first slice along axes, kept with length 1. */
const first = (x: Tensor, axes: ReadonlyArray<number>): Tensor =>
  slice(
    x,
    x.shape.map(() => 0),
    x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  )

export const requireRank = (operation: string, x: Tensor, rank: number): Tensor =>
  x.rank >= rank
    ? x
    : raise('ShapeMismatch', `${operation}: expected rank ${rank} or more, got shape ${showShape(x.shape)}.`)
