/*
 * One elementwise primitive on two lanes. What IEEE 754 or the choice of a branch decides is emitted here, bit for bit
 * what the loops of kernel/reference compute; transcendental functions are calls of the imported mathematics.
 */
import type { Code } from './encode.js'
import { f64x2, get, type Local, set, tee, v128 } from './instructions.js'
import type { LoopStep, StepName } from './Loop.js'

/** What a step may use besides its inputs: imported functions by name, and three vectors that last for one step. */
export interface StepContext {
  readonly call: (name: string, ...args: ReadonlyArray<Code>) => Code
  readonly temporaries: readonly [Local, Local, Local]
}

/** The result is left on the stack. Inputs are cheap to repeat. */
type Unary = (x: Code, context: StepContext) => Code
type Binary = (a: Code, b: Code, context: StepContext) => Code

const { equal, notEqual, less, greater, lessEqual, greaterEqual, abs, sqrt, add, sub, mul, div } = f64x2

const ZERO = f64x2.const(0)
const ONE = f64x2.const(1)
const TWO = f64x2.const(2)
/** The sign bit. */
const SIGN = f64x2.const(-0)

/** 1 where the mask is set, else 0. */
const truth = (mask: Code): Code => v128.and(mask, ONE)
const isTrue = (x: Code): Code => notEqual(x, ZERO)

/** Only a NaN product has a second look: 0 where a factor is an exact zero. */
const product: Binary = (a, b, { temporaries: [p] }) =>
  v128.andNot(tee(p, mul(a, b)), v128.and(notEqual(get(p), get(p)), v128.or(equal(a, ZERO), equal(b, ZERO))))

/** ±1 with the sign of x, and x itself where it is ±0 or NaN. */
const sign: Unary = (x) => v128.select(v128.or(v128.and(x, SIGN), ONE), x, v128.or(less(x, ZERO), greater(x, ZERO)))

/** 2²⁷ + 1: splits a double into two halves of 26 bits. */
const SPLIT = f64x2.const(134_217_729)

/**
 * x² rounded in the first temporary and what rounding took from it in the last (Dekker, Numerische Mathematik 18, 1971):
 * with it x³ and x⁴ are within 1 ulp of `**`, where products alone are within 2.
 */
const squareInTwo = (x: Code, { temporaries: [square, high, lost] }: StepContext): Code => {
  const h = get(high)
  const l = get(lost)
  return [
    set(square, mul(x, x)),
    set(high, mul(x, SPLIT)),
    set(high, sub(h, sub(h, x))),
    set(lost, sub(x, h)),
    set(lost, add(add(sub(mul(h, h), get(square)), mul(TWO, mul(h, l))), mul(l, l))),
  ]
}

/** A correction below the |x| where the power overflows; beyond, where the correction may be NaN, 0. */
const upTo = (limit: number, x: Code, correction: Code): Code => v128.and(correction, less(abs(x), f64x2.const(limit)))

const cube: Unary = (x, context) => {
  const [square, rounded, lost] = context.temporaries
  const corrected = add(tee(rounded, mul(get(square), x)), upTo(2 ** 342, x, mul(get(lost), x)))
  // The correction must not take the sign of a zero.
  return [squareInTwo(x, context), v128.or(corrected, v128.and(get(rounded), SIGN))]
}

const fourth: Unary = (x, context) => {
  const [square, , lost] = context.temporaries
  const s = get(square)
  return [squareInTwo(x, context), add(mul(s, s), upTo(2 ** 257, x, mul(TWO, mul(s, get(lost)))))]
}

/** √x, except that (−0)^½ is 0 and (−∞)^½ is ∞. */
const half: Unary = (x) => v128.select(f64x2.const(Infinity), sqrt(add(x, ZERO)), equal(x, f64x2.const(-Infinity)))

/** Exponents whose power needs no logarithm. */
const powers: ReadonlyMap<number, Unary> = new Map<number, Unary>([
  [-1, (x) => div(ONE, x)],
  [0, () => ONE],
  [0.5, half],
  [1, (x) => x],
  [2, (x) => mul(x, x)],
  [3, cube],
  [4, fourth],
])

const power = (exponent: number, x: Code, context: StepContext): Code =>
  powers.get(exponent)?.(x, context) ?? context.call('pow', x, f64x2.const(exponent))

const unary: Partial<Record<StepName, Unary>> = {
  neg: f64x2.neg,
  square: (x) => mul(x, x),
  reciprocal: (x) => div(ONE, x),
  sign,
  abs,
  sqrt,
  relu: (x) => v128.andNot(x, lessEqual(x, ZERO)),
  logicalNot: (x) => truth(equal(x, ZERO)),
  stopGradient: (x) => x,
}

const binary: Partial<Record<StepName, Binary>> = {
  add,
  sub,
  mul,
  product,
  div,
  maximum: f64x2.max,
  minimum: f64x2.min,
  sechSquared: (x, _, { call }) => call('sechSquared', x),
  equal: (a, b) => truth(equal(a, b)),
  notEqual: (a, b) => truth(notEqual(a, b)),
  less: (a, b) => truth(less(a, b)),
  lessEqual: (a, b) => truth(lessEqual(a, b)),
  greater: (a, b) => truth(greater(a, b)),
  greaterEqual: (a, b) => truth(greaterEqual(a, b)),
  logicalAnd: (a, b) => truth(v128.and(isTrue(a), isTrue(b))),
  logicalOr: (a, b) => truth(v128.or(isTrue(a), isTrue(b))),
}

/** Code that leaves the result of a step on the stack, given code for its inputs. */
export const emitStep = ({ name, exponent }: LoopStep, inputs: ReadonlyArray<Code>, context: StepContext): Code => {
  const [a, b, c] = inputs
  if (name === 'where') return v128.select(b, c, isTrue(a))
  if (name === 'power') return power(exponent ?? 1, a, context)
  return unary[name]?.(a, context) ?? binary[name]?.(a, b, context) ?? context.call(name, ...inputs)
}

/** The imported function that returns tanh x and sech² x at once. */
export const tanhPair = 'tanhAndSechSquared'

/** The number of results of an imported function. */
export const mathResults = (name: string): 1 | 2 => (name === tanhPair ? 2 : 1)

/** The number of inputs of an imported function. */
export const mathArity = (name: string): 1 | 2 => (name === 'pow' || name === 'atan2' ? 2 : 1)
