/** The regularized incomplete gamma and beta functions, differentiable in all of their arguments to second order. */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { broadcastShapes } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import {
  betaDensity as betaDensityOf,
  betainc as betaincOf,
  betaincSlopes,
} from '../kernel/reference/incompleteBeta.js'
import {
  gammaDensity as gammaDensityOf,
  igammac as igammacOf,
  igamma as igammaOf,
  igammaSlopes,
} from '../kernel/reference/incompleteGamma.js'
import { tripleEntries, zipEntries } from '../kernel/reference/pointwise.js'
import { add, div, mul, neg, square, sub } from './arithmetic.js'
import { type Binary, binaryOperation, elementwise2, equalShape, type Operand, toTensor } from './define.js'
import { log, log1p } from './elementary.js'
import { digammaRise, logOverDigamma, polygamma, slopeRise } from './gamma.js'
import { broadcastTo, only } from './structure.js'

const intervals: ReadonlyArray<readonly [number, number]> = [
  [0, Infinity],
  [0, Infinity],
]

const tooHigh = (name: string, parameters: string): never =>
  raise(
    'InvalidArgument',
    `${name}: derivatives of order 3 in ${parameters} are not known here; those of orders 1 and 2, and all in x, are.`,
  )

/** x^(a − 1) e^(−x) / Γ(a), the derivative of P in x. */
export const gammaDensityP: Primitive<undefined> = elementwise2({
  name: 'gammaDensity',
  formula: 'x^{a - 1} e^{-x} / \\Gamma(a)',
  kernel: (a, x, n) => zipEntries(gammaDensityOf, a, x, n),
  partials: [(a, x, y) => scale(mul(y, logOverDigamma(a, x))), (a, x, y) => scale(mul(y, sub(div(sub(a, 1), x), 1)))],
  intervals,
})

const gammaDensity: Binary = binaryOperation(gammaDensityP)

/** ∂P/∂a and ∂²P/∂a²; their derivatives in x are those of the density in a. */
export const igammaSlopeP: Primitive<undefined> = elementwise2({
  name: 'igammaSlope',
  formula: '\\partial P(a, x) / \\partial a',
  kernel: (a, x, n) => zipEntries((p, q) => igammaSlopes(p, q)[0], a, x, n),
  partials: [
    (a, x) => scale(bind(igammaBendP, undefined, [a, x])),
    (a, x) => scale(mul(gammaDensity(a, x), logOverDigamma(a, x))),
  ],
  intervals,
})

export const igammaBendP: Primitive<undefined> = elementwise2({
  name: 'igammaBend',
  formula: '\\partial^2 P(a, x) / \\partial a^2',
  kernel: (a, x, n) => zipEntries((p, q) => igammaSlopes(p, q)[1], a, x, n),
  partials: [
    () => tooHigh('igamma', 'a'),
    (a, x) => scale(mul(gammaDensity(a, x), sub(square(logOverDigamma(a, x)), polygamma(1, a)))),
  ],
  intervals,
})

export const igammaP: Primitive<undefined> = elementwise2({
  name: 'igamma',
  formula: 'P(a, x)',
  kernel: (a, x, n) => zipEntries(igammaOf, a, x, n),
  partials: [(a, x) => scale(bind(igammaSlopeP, undefined, [a, x])), (a, x) => scale(gammaDensity(a, x))],
  intervals,
})

/**
 * The regularized lower incomplete gamma function P(a, x) = 1/Γ(a) ∫₀ˣ t^(a − 1) e⁻ᵗ dt, the distribution function of the gamma
 * distribution. Differentiable in x to every order and in a to the second. Within 10⁻¹³, derivatives in a too.
 *
 * **Special values** NaN where a or x is below 0; derivatives in a are NaN for a > 10⁸.
 *
 * **Fails** with a `Defect` at the third derivative in a.
 *
 * **References** DLMF 8.2.4, 8.11.4, 8.9.2.
 *
 * @example
 * import { igamma, toNumber } from 'gradus'
 * toNumber(igamma(2, 1)) // ≈ 0.26424111765711533 (1e-15)
 *
 * @since 0.1.0
 */
export const igamma: Binary = binaryOperation(igammaP)

export const igammacP: Primitive<undefined> = elementwise2({
  name: 'igammac',
  formula: 'Q(a, x)',
  kernel: (a, x, n) => zipEntries(igammacOf, a, x, n),
  partials: [(a, x) => scale(neg(bind(igammaSlopeP, undefined, [a, x]))), (a, x) => scale(neg(gammaDensity(a, x)))],
  intervals,
})

/**
 * Q(a, x) = 1 − P(a, x), with all digits where it is small.
 *
 * @example
 * import { igammac, toNumber } from 'gradus'
 * toNumber(igammac(2, 30)) // ≈ 2.90086312034e-12 (1e-22)
 *
 * @since 0.1.0
 */
export const igammac: Binary = binaryOperation(igammacP)

const third = (inputs: ReadonlyArray<Tensor>): Tensor =>
  inputs[2] ?? raise('InvalidArgument', 'an operation of three inputs was called with fewer.')

const secondOf = (inputs: ReadonlyArray<Tensor>): Tensor =>
  inputs[1] ?? raise('InvalidArgument', 'an operation of three inputs was called with fewer.')

type Triple = (a: Tensor, b: Tensor, x: Tensor, y: Tensor) => Tensor

/** y = f(a, b, x) entry by entry, with the coefficient of each partial derivative. */
const ternary = (
  name: string,
  formula: string,
  kernel: (a: number, b: number, x: number) => number,
  partials: readonly [Triple, Triple, Triple],
): Primitive<undefined> => ({
  name,
  formula,
  shape: (_, inputs) => equalShape(name, inputs),
  evaluate: (_, inputs, shape) =>
    adopt(tripleEntries(kernel, bufferOf(only(inputs)), bufferOf(secondOf(inputs)), bufferOf(third(inputs))), shape),
  differential: partials.map(
    (partial) => (_params: undefined, inputs: ReadonlyArray<Tensor>, output: Tensor) =>
      scale(partial(only(inputs), secondOf(inputs), third(inputs), output)),
  ),
  deepen: (params) => params,
  mixes: false,
  domain: { intervals: [...intervals, [0, 1]], kinks: [] },
})

const apply3 =
  (primitive: Primitive<undefined>): ((a: Tensor, b: Tensor, x: Tensor) => Tensor) =>
  (a, b, x) =>
    bind(primitive, undefined, [a, b, x])

/** x^(a − 1) (1 − x)^(b − 1) / B(a, b), the derivative in x. */
export const betaDensityP: Primitive<undefined> = ternary(
  'betaDensity',
  'x^{a - 1} (1 - x)^{b - 1} / B(a, b)',
  betaDensityOf,
  [
    (a, b, x, y) => mul(y, logSlope(a, b, x)),
    (a, b, x, y) => mul(y, otherLogSlope(a, b, x)),
    (a, b, x, y) => mul(y, sub(div(sub(a, 1), x), div(sub(b, 1), sub(1, x)))),
  ],
)

const betaDensity = apply3(betaDensityP)

/** ∂ log density / ∂a and ∂b. */
const logSlope = (a: Tensor, b: Tensor, x: Tensor): Tensor => add(log(x), digammaRise(a, b))

const otherLogSlope = (a: Tensor, b: Tensor, x: Tensor): Tensor => add(log1p(neg(x)), digammaRise(b, a))

const slope = (index: number) => (a: number, b: number, x: number) => betaincSlopes(a, b, x)[index] ?? Number.NaN

const thirdOrder = (): never => tooHigh('betainc', 'a and b')

const bend = (name: string, formula: string, index: number, ofDensity: Triple): Primitive<undefined> =>
  ternary(name, formula, slope(index), [thirdOrder, thirdOrder, ofDensity])

export const betaincAAP: Primitive<undefined> = bend('betaincAA', '\\partial_a^2 I_x(a, b)', 2, (a, b, x) =>
  mul(betaDensity(a, b, x), add(square(logSlope(a, b, x)), slopeRise(a, b))),
)

export const betaincABP: Primitive<undefined> = bend('betaincAB', '\\partial_a \\partial_b I_x(a, b)', 3, (a, b, x) =>
  mul(betaDensity(a, b, x), add(mul(logSlope(a, b, x), otherLogSlope(a, b, x)), polygamma(1, add(a, b)))),
)

export const betaincBBP: Primitive<undefined> = bend('betaincBB', '\\partial_b^2 I_x(a, b)', 4, (a, b, x) =>
  mul(betaDensity(a, b, x), add(square(otherLogSlope(a, b, x)), slopeRise(b, a))),
)

export const betaincAP: Primitive<undefined> = ternary('betaincA', '\\partial_a I_x(a, b)', slope(0), [
  apply3(betaincAAP),
  apply3(betaincABP),
  (a, b, x) => mul(betaDensity(a, b, x), logSlope(a, b, x)),
])

export const betaincBP: Primitive<undefined> = ternary('betaincB', '\\partial_b I_x(a, b)', slope(1), [
  apply3(betaincABP),
  apply3(betaincBBP),
  (a, b, x) => mul(betaDensity(a, b, x), otherLogSlope(a, b, x)),
])

export const betaincP: Primitive<undefined> = ternary('betainc', 'I_x(a, b)', betaincOf, [
  apply3(betaincAP),
  apply3(betaincBP),
  (a, b, x) => betaDensity(a, b, x),
])

/**
 * The regularized incomplete beta function I_x(a, b), the distribution function of the beta distribution. Differentiable in x to
 * every order and in a and b to the second. Within 10⁻¹³, derivatives in a and b too.
 *
 * **Special values** NaN where a or b is not above 0 or x is outside of [0, 1].
 *
 * **Fails** with a `Defect` at third derivatives in a and b.
 *
 * **References** DLMF 8.17.2, 8.17.22.
 *
 * @example
 * import { betainc, toNumber } from 'gradus'
 * toNumber(betainc(2, 3, 0.4)) // ≈ 0.5248
 *
 * @since 0.1.0
 */
export const betainc = (a: Operand, b: Operand, x: Operand): Tensor => {
  const parts = [a, b, x].map((each) => toTensor('betainc', each))
  const shape = parts.reduce<ReadonlyArray<number>>((found, part) => broadcastShapes('betainc', found, part.shape), [])
  return bind(
    betaincP,
    undefined,
    parts.map((part) => broadcastTo(part, shape)),
  )
}
