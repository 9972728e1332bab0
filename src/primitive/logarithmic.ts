/** Sums and differences of exponentials in the logarithmic domain, and x·log y with its zero. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import type { Tensor } from '../data/Tensor.js'
import {
  logAddExp as logAddExpOf,
  logSubExp as logSubExpOf,
  shareOfDifference as shareOfDifferenceOf,
  shareOfSum as shareOfSumOf,
  xlog1py as xlog1pyOf,
  xlogy as xlogyOf,
} from '../kernel/reference/logarithmic.js'
import { zipEntries } from '../kernel/reference/pointwise.js'
import { add, div, neg, product } from './arithmetic.js'
import { equal, lessEqual, logicalAnd, where } from './choice.js'
import { type Binary, binaryOperation, elementwise2, type Operand, type Unary } from './define.js'
import { log, log1p } from './elementary.js'

/** eᵃ/(eᵃ + eᵇ): a record, since the rounding of a − b alone would cost the tail |a − b|/2 ulp. */
export const shareOfSumP: Primitive<undefined> = elementwise2({
  name: 'shareOfSum',
  formula: 'e^a / (e^a + e^b)',
  kernel: (a, b, n) => zipEntries(shareOfSumOf, a, b, n),
  partials: [(a, b, y) => scale(product(y, shareOfSum(b, a))), (a, b, y) => scale(neg(product(y, shareOfSum(b, a))))],
  kinks: [{ at: 'a = b = −∞', convention: 'value 0, derivative 0' }],
})

const shareOfSum: Binary = binaryOperation(shareOfSumP)

export const logAddExpP: Primitive<undefined> = elementwise2({
  name: 'logAddExp',
  formula: '\\log(e^a + e^b)',
  kernel: (a, b, n) => zipEntries(logAddExpOf, a, b, n),
  partials: [(a, b) => scale(shareOfSum(a, b)), (a, b) => scale(shareOfSum(b, a))],
  kinks: [
    { at: 'a = b = −∞', convention: 'value −∞, derivative 0' },
    { at: 'a = b = ∞', convention: 'value ∞, derivative ½ to each' },
  ],
})

/**
 * log(eᵃ + eᵇ), entry by entry, without overflow: max(a, b) + log(1 + e^(−|a − b|)). Its derivatives are the shares
 * eᵃ/(eᵃ + eᵇ) and eᵇ/(eᵃ + eᵇ). The error is at most 2 ulp of the largest of |a|, |b| and the result.
 *
 * **Special values**: −∞ and −∞ give −∞ with derivatives 0; ∞ and ∞ give ∞ with derivatives ½.
 *
 * @example
 * import { logAddExp, scalar, toNumber } from 'gradus'
 * toNumber(logAddExp(scalar(1000), 1000)) // ≈ 1000.6931471805599
 * toNumber(logAddExp(scalar(-Infinity), -Infinity)) // => -Infinity
 *
 * @since 0.1.0
 */
export const logAddExp: Binary = binaryOperation(logAddExpP)

/** eᵃ/(eᵃ − eᵇ). */
export const shareOfDifferenceP: Primitive<undefined> = elementwise2({
  name: 'shareOfDifference',
  formula: 'e^a / (e^a - e^b)',
  kernel: (a, b, n) => zipEntries(shareOfDifferenceOf, a, b, n),
  partials: [
    (a, b, y) => scale(product(y, shareOfDifference(b, a))),
    (a, b, y) => scale(neg(product(y, shareOfDifference(b, a)))),
  ],
  kinks: [{ at: 'a = b', convention: 'infinite' }],
})

const shareOfDifference: Binary = binaryOperation(shareOfDifferenceP)

export const logSubExpP: Primitive<undefined> = elementwise2({
  name: 'logSubExp',
  formula: '\\log(e^a - e^b)',
  kernel: (a, b, n) => zipEntries(logSubExpOf, a, b, n),
  partials: [(a, b) => scale(shareOfDifference(a, b)), (a, b) => scale(shareOfDifference(b, a))],
  intervals: [
    [1, Infinity],
    [-Infinity, 1],
  ],
  kinks: [{ at: 'a = b', convention: 'value −∞, derivatives ±∞; 0 where both are −∞' }],
})

/**
 * log(eᵃ − eᵇ) for a ≥ b, entry by entry, without overflow. The error is at most 2 ulp of the largest of |a|, |b| and
 * the result.
 *
 * **Special values**: −∞ where a = b; NaN where a < b; a where b = −∞.
 *
 * @example
 * import { logSubExp, scalar, toNumber } from 'gradus'
 * toNumber(logSubExp(scalar(1000), 999)) // ≈ 999.5413248546129
 *
 * @since 0.1.0
 */
export const logSubExp: Binary = binaryOperation(logSubExpP)

/**
 * log(1 − eˣ) for x ≤ 0, with all digits where eˣ is near 1 or 0: the logarithm of a probability from that of its complement.
 * Its derivative is −eˣ/(1 − eˣ).
 *
 * **Special values**: −∞ at 0, with derivative −∞; NaN above.
 *
 * @example
 * import { log1mexp, scalar, toNumber } from 'gradus'
 * toNumber(log1mexp(scalar(-1e-20))) // ≈ -46.051701859880914
 *
 * @since 0.1.0
 */
export const log1mexp: Unary = (x: Operand) => logSubExp(0, x)

/** Where the logarithm has no value, or an infinite one, and the factor x = 0 wins: nothing depends on either there. */
const nothing = (x: Tensor, y: Tensor, edge: number): Tensor => logicalAnd(equal(x, 0), lessEqual(y, edge))

export const xlogyP: Primitive<undefined> = elementwise2({
  name: 'xlogy',
  formula: 'x \\log y',
  kernel: (x, y, n) => zipEntries(xlogyOf, x, y, n),
  partials: [
    (x, y) => scale(where(nothing(x, y, 0), 0, log(y))),
    (x, y) => scale(where(nothing(x, y, 0), 0, div(x, y))),
  ],
  intervals: [
    [-Infinity, Infinity],
    [0, Infinity],
  ],
  kinks: [{ at: 'x = 0, y ≤ 0', convention: 'value 0, derivatives 0' }],
})

/**
 * x·log y, entry by entry, with 0·log y = 0: the term of an entropy.
 *
 * **Special values**: 0 for x = 0 and any y but NaN; derivatives 0 for x = 0 and y ≤ 0, otherwise log y and x/y.
 *
 * @example
 * import { scalar, tensor, toArray, xlogy } from 'gradus'
 * toArray(xlogy(tensor([0, 2]), tensor([0, 1]))) // => [0, 0]
 *
 * @since 0.1.0
 */
export const xlogy: Binary = binaryOperation(xlogyP)

export const xlog1pyP: Primitive<undefined> = elementwise2({
  name: 'xlog1py',
  formula: 'x \\log(1 + y)',
  kernel: (x, y, n) => zipEntries(xlog1pyOf, x, y, n),
  partials: [
    (x, y) => scale(where(nothing(x, y, -1), 0, log1p(y))),
    (x, y) => scale(where(nothing(x, y, -1), 0, div(x, add(1, y)))),
  ],
  intervals: [
    [-Infinity, Infinity],
    [-1, Infinity],
  ],
  kinks: [{ at: 'x = 0, y ≤ −1', convention: 'value 0, derivatives 0' }],
})

/**
 * x·log(1 + y), entry by entry, without cancellation for small y and with 0·log(1 + y) = 0.
 *
 * **Special values**: 0 for x = 0 and any y but NaN; derivatives 0 for x = 0 and y ≤ −1, otherwise log(1 + y) and
 * x/(1 + y).
 *
 * @example
 * import { scalar, toNumber, xlog1py } from 'gradus'
 * toNumber(xlog1py(scalar(0), -1)) // => 0
 * toNumber(xlog1py(scalar(2), 1e-20)) // => 2e-20
 *
 * @since 0.1.0
 */
export const xlog1py: Binary = binaryOperation(xlog1pyP)
