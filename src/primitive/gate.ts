/**
 * The gates of activations x·g(x), as records: composites of exp and tanh would lose a digit for every factor of ten of
 * the exponent. Their derivatives are products of such gates, all of one sign, and so keep their digits in both tails.
 */
import { scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import * as kernel from '../kernel/reference/gates.js'
import { mapEntries } from '../kernel/reference/pointwise.js'
import { add, mul, neg, product, square, sub } from './arithmetic.js'
import { elementwise, type Unary, unaryOperation } from './define.js'
import { sigmoid } from './special.js'

export const normalDensityP: Primitive<undefined> = elementwise({
  name: 'normalDensity',
  formula: '\\varphi(x) = e^{-x^2/2} / \\sqrt{2\\pi}',
  kernel: (x) => mapEntries(kernel.normalDensity, x),
  partial: (x, y) => scale(neg(product(x, y))),
})

export const normalDensity: Unary = unaryOperation(normalDensityP)

const steepness = Math.sqrt(8 / Math.PI)
const cubic = 0.044715

export const cubicGateP: Primitive<undefined> = elementwise({
  name: 'cubicGate',
  formula: '\\sigma(\\sqrt{8/\\pi}\\,(x + 0.044715\\,x^3))',
  kernel: (x) => mapEntries(kernel.cubicGate, x),
  // The exponent is odd, so that 1 − σ is the gate of −x.
  partial: (x, y) =>
    scale(product(product(y, cubicGate(neg(x))), add(steepness, mul(3 * cubic * steepness, square(x))))),
})

export const cubicGate: Unary = unaryOperation(cubicGateP)

/** g′ = (1 − g)(1 + g)σ, of which 1 − g is a gate of its own. */
export const mishGateP: Primitive<undefined> = elementwise({
  name: 'mishGate',
  formula: '\\tanh\\log(1 + e^x)',
  kernel: (x) => mapEntries(kernel.mishGate, x),
  partial: (x, y) => scale(mul(mul(mishRest(x), add(1, y)), sigmoid(x))),
})

export const mishGate: Unary = unaryOperation(mishGateP)

export const mishRestP: Primitive<undefined> = elementwise({
  name: 'mishRest',
  formula: '1 - \\tanh\\log(1 + e^x)',
  kernel: (x) => mapEntries(kernel.mishRest, x),
  partial: (x, y) => scale(neg(mul(mul(y, sub(2, y)), sigmoid(x)))),
})

const mishRest: Unary = unaryOperation(mishRestP)
