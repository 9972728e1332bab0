/**
 * What operations are on complex numbers, from the definitions of the functions and not from their derivatives: so that
 * complexStep is an oracle of the rules, which share nothing with it but the values.
 */
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { add, div, mul, neg, product, sign, square, sub } from '../primitive/arithmetic.js'
import { equal, greater, greaterEqual, less, lessEqual, where } from '../primitive/choice.js'
import { exp, expm1, log, log1p, pow, sqrt } from '../primitive/elementary.js'
import { spread, sum } from '../primitive/structure.js'
import { atan2, cos, cosh, sin, sinh, tan, tanh } from '../primitive/trigonometric.js'

/** re + i·im. */
export interface Complex {
  readonly re: Tensor
  readonly im: Tensor
}

/** An operation on complex numbers. */
export type Extension = (
  apply: (inputs: ReadonlyArray<Tensor>) => Tensor,
  inputs: ReadonlyArray<Complex>,
  params: unknown,
) => Complex

const none: Complex = { re: zeros([]), im: zeros([]) }

const real = (re: Tensor): Complex => ({ re, im: zeros(re.shape) })

const plus = (a: Complex, b: Complex): Complex => ({ re: add(a.re, b.re), im: add(a.im, b.im) })

const negative = ({ re, im }: Complex): Complex => ({ re: neg(re), im: neg(im) })

const times =
  (multiply: (a: Tensor, b: Tensor) => Tensor) =>
  (a: Complex, b: Complex): Complex => ({
    re: sub(multiply(a.re, b.re), multiply(a.im, b.im)),
    im: add(multiply(a.re, b.im), multiply(a.im, b.re)),
  })

const multiplied = times(mul)

const scaled = (factor: Tensor | number, { re, im }: Complex): Complex => ({ re: mul(factor, re), im: mul(factor, im) })

/** (1 − i t) / (re (1 + t²)) with t = im/re, which is tiny where a derivative exists (Smith 1962). */
const reciprocal = ({ re, im }: Complex): Complex => {
  const t = div(im, re)
  const size = mul(re, add(1, square(t)))
  return { re: div(1, size), im: div(neg(t), size) }
}

const quotient = (a: Complex, b: Complex): Complex => {
  const t = div(b.im, b.re)
  const size = mul(b.re, add(1, square(t)))
  return { re: div(add(a.re, mul(a.im, t)), size), im: div(sub(a.im, mul(a.re, t)), size) }
}

const exponential = ({ re, im }: Complex): Complex => {
  const size = exp(re)
  return { re: mul(size, cos(im)), im: mul(size, sin(im)) }
}

const exponentialMinusOne = ({ re, im }: Complex): Complex => ({
  re: sub(expm1(re), mul(2, mul(exp(re), square(sin(mul(0.5, im)))))),
  im: mul(exp(re), sin(im)),
})

/** |z| without overflow or loss where im is tiny. */
const modulus = ({ re, im }: Complex): Tensor => sqrt(add(square(re), square(im)))

const logOnePlus = ({ re, im }: Complex): Complex => ({
  re: add(log1p(re), mul(0.5, log1p(square(div(im, add(1, re)))))),
  im: where(greater(re, -1), atan2(im, add(1, re)), Number.NaN),
})

const sine = ({ re, im }: Complex): Complex => ({ re: mul(sin(re), cosh(im)), im: mul(cos(re), sinh(im)) })

const cosine = ({ re, im }: Complex): Complex => ({ re: mul(cos(re), cosh(im)), im: neg(mul(sin(re), sinh(im))) })

const hyperbolicSine = ({ re, im }: Complex): Complex => ({ re: mul(sinh(re), cos(im)), im: mul(cosh(re), sin(im)) })

const hyperbolicCosine = ({ re, im }: Complex): Complex => ({ re: mul(cosh(re), cos(im)), im: mul(sinh(re), sin(im)) })

/** (tanh a (1 + u²) + i u sech² a) / (1 + u² tanh² a) with u = tan b. */
const hyperbolicTangent = ({ re, im }: Complex): Complex => {
  const [t, u] = [tanh(re), tan(im)]
  const size = add(1, square(mul(t, u)))
  return { re: div(mul(t, add(1, square(u))), size), im: div(div(div(u, cosh(re)), cosh(re)), size) }
}

const choose = (condition: Tensor, a: Complex, b: Complex): Complex => ({
  re: where(condition, a.re, b.re),
  im: where(condition, a.im, b.im),
})

const one = ({ re }: Complex): Complex => real(add(1, mul(0, re)))

/** 1/(1 + e⁻ᶻ), by the half that does not overflow. */
const logistic = (z: Complex): Complex => {
  const isRight = greaterEqual(z.re, 0)
  const e = exponential(choose(isRight, negative(z), z))
  return choose(isRight, reciprocal(plus(one(z), e)), quotient(e, plus(one(z), e)))
}

const logisticIntegral = (z: Complex): Complex => {
  const isRight = greaterEqual(z.re, 0)
  const tail = logOnePlus(exponential(choose(isRight, negative(z), z)))
  return choose(isRight, plus(z, tail), tail)
}

/** ½ atan2(2a, 1 − a² − b²) + i/2 · atanh(2b / (1 + a² + b²)) */
const arcTangent = ({ re, im }: Complex): Complex => {
  const ratio = div(mul(2, im), add(1, add(square(re), square(im))))
  return {
    re: mul(0.5, atan2(mul(2, re), sub(1, add(square(re), square(im))))),
    im: mul(0.25, sub(log1p(ratio), log1p(neg(ratio)))),
  }
}

const root = (z: Complex): Complex => {
  const re = sqrt(mul(0.5, add(modulus(z), z.re)))
  return { re: where(less(z.re, 0), Number.NaN, re), im: div(z.im, mul(2, re)) }
}

/** Of the right half plane; where the real part is negative the function of real numbers has no value either. */
const logarithm = ({ re, im }: Complex): Complex => ({
  re: add(log(re), mul(0.5, log1p(square(div(im, re))))),
  im: where(lessEqual(re, 0), Number.NaN, atan2(im, re)),
})

const sized = (z: Complex): Complex => scaled(sign(z.re), z)

/** e^(w log |z|), turned by the real power of −1 where the base is negative. */
const powered = (base: Complex, exponent: Complex): Complex => {
  const size = sized(base)
  const [angle, logSize] = [atan2(size.im, size.re), log(size.re)]
  const length = mul(pow(size.re, exponent.re), exp(neg(product(exponent.im, angle))))
  const turn = add(mul(exponent.re, angle), product(exponent.im, logSize))
  const side = where(less(base.re, 0), pow(add(-1, mul(0, exponent.re)), exponent.re), 1)
  return scaled(mul(side, length), { re: cos(turn), im: sin(turn) })
}

/** Products where the exponent is a small integer, which are right at 0 as well. */
const power = (z: Complex, exponent: number): Complex =>
  Number.isInteger(exponent) && Math.abs(exponent) <= 16
    ? exponent < 0
      ? reciprocal(power(z, -exponent))
      : Array.from({ length: exponent }).reduce<Complex>((total) => multiplied(total, z), one(z))
    : powered(z, real(add(exponent, mul(0, z.re))))

const shares = (x: Tensor, y: Tensor, axes: ReadonlyArray<number>): Tensor => {
  const attains = equal(x, spread(y, axes, x.shape))
  return div(attains, spread(sum(attains, { axes }), axes, x.shape))
}

const axesOf = (params: unknown): ReadonlyArray<number> =>
  typeof params === 'object' && params !== null && 'axes' in params && Array.isArray(params.axes) ? params.axes : []

const extremum: Extension = (apply, [x = none], params) => {
  const axes = axesOf(params)
  const re = apply([x.re])
  return { re, im: sum(mul(shares(x.re, re, axes), x.im), { axes }) }
}

/** Linear in all inputs together: real and imaginary parts go their own ways. */
const linear: Extension = (apply, inputs) => ({
  re: apply(inputs.map(({ re }) => re)),
  im: apply(inputs.map(({ im }) => im)),
})

/** Linear in the first input; the second holds positions. */
const positioned: Extension = (apply, [x = none, positions = none]) => ({
  re: apply([x.re, positions.re]),
  im: apply([x.im, positions.re]),
})

const bilinear: Extension = (apply, [a = none, b = none]) => times((x, y) => apply([x, y]))(a, b)

const unary =
  (f: (z: Complex) => Complex): Extension =>
  (_, [z = none]) =>
    f(z)

const binary =
  (f: (a: Complex, b: Complex) => Complex): Extension =>
  (_, [a = none, b = none]) =>
    f(a, b)

/** Answers of the real parts that carry no derivative. */
const constant: Extension = (apply, inputs) => real(apply(inputs.map(({ re }) => re)))

const half = (a: Complex, b: Complex): Complex => scaled(0.5, plus(a, b))

/** 2·atan(y / (r + x)), turned by half a circle on the left. */
const angle = (y: Complex, x: Complex): Complex => {
  const isLeft = less(x.re, 0)
  const [p, q] = [choose(isLeft, negative(y), y), choose(isLeft, negative(x), x)]
  const r = root(plus(multiplied(p, p), multiplied(q, q)))
  const turn = where(isLeft, mul(Math.PI, where(less(y.re, 0), -1, 1)), 0)
  const principal = scaled(2, arcTangent(quotient(p, plus(r, q))))
  return { re: add(principal.re, turn), im: principal.im }
}

const named = (names: string, extension: Extension): ReadonlyArray<readonly [string, Extension]> =>
  names.split(' ').map((name) => [name, extension])

/** The extensions by the names of the primitives; what has none is not in it. */
export const extensions: ReadonlyMap<string, Extension> = new Map([
  ...named('add sub neg sum spread permute reshape slice pad flip concat cumsum unfold fold fourier', linear),
  ...named('gather scatter', positioned),
  ...named('mul product contract productSum', bilinear),
  ...named(
    'equal notEqual less lessEqual greater greaterEqual logicalAnd logicalOr logicalNot sign argmax stopGradient ' +
      'floor ceil round trunc argsort searchSorted cumArgmax cumArgmin lastWriter',
    constant,
  ),
  ...named('max min', extremum),
  ['div', binary(quotient)],
  ['square', unary((z) => multiplied(z, z))],
  ['reciprocal', unary(reciprocal)],
  ['abs', unary(sized)],
  ['sqrt', unary(root)],
  ['exp', unary(exponential)],
  ['expm1', unary(exponentialMinusOne)],
  ['log', unary(logarithm)],
  ['log1p', unary(logOnePlus)],
  ['pow', binary(powered)],
  ['power', (_, [x = none], params) => power(x, exponentOf(params))],
  ['sin', unary(sine)],
  ['cos', unary(cosine)],
  ['tan', unary((z) => quotient(sine(z), cosine(z)))],
  ['sinh', unary(hyperbolicSine)],
  ['cosh', unary(hyperbolicCosine)],
  ['tanh', unary(hyperbolicTangent)],
  ['sechSquared', unary((z) => power(reciprocal(hyperbolicCosine(z)), 2))],
  ['atan', unary(arcTangent)],
  ['atan2', binary(angle)],
  ['sigmoid', unary(logistic)],
  ['softplus', unary(logisticIntegral)],
  ['relu', unary((z) => choose(greater(z.re, 0), z, scaled(0, z)))],
  ['where', (_, [condition = none, a = none, b = none]) => choose(condition.re, a, b)],
  ['maximum', binary((a, b) => choose(equal(a.re, b.re), half(a, b), choose(greater(a.re, b.re), a, b)))],
  ['minimum', binary((a, b) => choose(equal(a.re, b.re), half(a, b), choose(less(a.re, b.re), a, b)))],
])

const exponentOf = (params: unknown): number =>
  typeof params === 'object' && params !== null && 'exponent' in params && typeof params.exponent === 'number'
    ? params.exponent
    : Number.NaN

/** The operation of a primitive on complex numbers, or undefined where none is known. */
export const extend = <Params>(
  primitive: Primitive<Params>,
  params: Params,
  inputs: ReadonlyArray<Complex>,
): Complex | undefined => extensions.get(primitive.name)?.((parts) => bind(primitive, params, parts), inputs, params)
