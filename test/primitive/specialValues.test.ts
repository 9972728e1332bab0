/** Zeros of both signs, infinities, NaN and kinks of the elementwise functions beyond the first set: values and slopes. */
import * as gradus from 'gradus'
import { compile, grad, type Tensor, tensor, toArray, toNumber } from 'gradus'
import { describe, expect, it } from 'vitest'

type Unary = (x: Tensor) => Tensor

/** x, f(x), f′(x), f″(x), as far as each is said. */
type Row = readonly [number, number, number?, number?]

const rows: ReadonlyArray<readonly [string, Unary, ReadonlyArray<Row>]> = [
  [
    'asin',
    gradus.asin,
    [
      [0, 0, 1, 0],
      [-0, -0],
      [1, Math.PI / 2, Infinity],
      [1.5, NaN, NaN],
      [NaN, NaN, NaN],
    ],
  ],
  [
    'acos',
    gradus.acos,
    [
      [1, 0, -Infinity],
      [-1, Math.PI, -Infinity],
      [2, NaN, NaN],
    ],
  ],
  [
    'asinh',
    gradus.asinh,
    [
      [0, 0, 1, -0],
      [-0, -0],
      [Infinity, Infinity, 0],
      [-Infinity, -Infinity, 0],
      [NaN, NaN],
    ],
  ],
  [
    'acosh',
    gradus.acosh,
    [
      [1, 0, Infinity, -Infinity],
      [Infinity, Infinity, 0],
      [0.5, NaN, NaN],
    ],
  ],
  [
    'atanh',
    gradus.atanh,
    [
      [-0, -0, 1],
      [1, Infinity, Infinity],
      [-1, -Infinity, Infinity],
      [2, NaN],
    ],
  ],
  [
    'exp2',
    gradus.exp2,
    [
      [-Infinity, 0, 0, 0],
      [Infinity, Infinity, Infinity],
      [-1074, 5e-324],
      [1024, Infinity],
    ],
  ],
  [
    'log2',
    gradus.log2,
    [
      [0, -Infinity, Infinity],
      [Infinity, Infinity, 0],
      [-1, NaN],
      [5e-324, -1074],
      [2 ** 29, 29],
    ],
  ],
  [
    'log10',
    gradus.log10,
    [
      [0, -Infinity, Infinity],
      [Infinity, Infinity, 0],
      [-1, NaN],
    ],
  ],
  [
    'rsqrt',
    gradus.rsqrt,
    [
      [0, Infinity, -Infinity],
      [-0, -Infinity],
      [Infinity, 0, -0],
      [-1, NaN],
    ],
  ],
  [
    'cbrt',
    gradus.cbrt,
    [
      [0, 0, Infinity],
      [-0, -0, Infinity],
      [-Infinity, -Infinity, 0],
      [-27, -3],
    ],
  ],
  [
    'logit',
    gradus.logit,
    [
      [0, -Infinity, Infinity],
      [1, Infinity, Infinity],
      [0.5, 0, 4, 0],
      [2, NaN],
      [-1, NaN],
    ],
  ],
  [
    'logSigmoid',
    gradus.logSigmoid,
    [
      [-Infinity, -Infinity, 1, -0],
      [Infinity, -0, 0],
      [-1000, -1000, 1, -0],
    ],
  ],
  [
    'gelu',
    (x) => gradus.gelu(x),
    [
      [0, 0, 0.5],
      [-Infinity, 0, 0, 0],
      [Infinity, Infinity, 1, 0],
      [NaN, NaN, NaN],
    ],
  ],
  [
    'gelu by tanh',
    (x) => gradus.gelu(x, { approximation: 'tanh' }),
    [
      [0, 0, 0.5],
      [-Infinity, 0, 0, 0],
      [Infinity, Infinity, 1, 0],
      [NaN, NaN, NaN],
    ],
  ],
  [
    'silu',
    gradus.silu,
    [
      [0, 0, 0.5, 0.5],
      [-Infinity, 0, 0, 0],
      [Infinity, Infinity, 1, 0],
      [NaN, NaN, NaN],
    ],
  ],
  [
    'mish',
    gradus.mish,
    [
      [0, 0, 0.6],
      [-Infinity, 0, 0, 0],
      [Infinity, Infinity, 1, 0],
      [NaN, NaN, NaN],
    ],
  ],
  [
    'elu',
    (x) => gradus.elu(x),
    [
      [0, 0, 1, 1],
      [-Infinity, -1, 0, 0],
      [Infinity, Infinity, 1, 0],
      [1000, 1000, 1, 0],
    ],
  ],
  [
    'elu, α = 2',
    (x) => gradus.elu(x, { alpha: 2 }),
    [
      [0, 0, 2, 2],
      [1e-300, 1e-300, 1, 0],
    ],
  ],
  [
    'leakyRelu',
    (x) => gradus.leakyRelu(x),
    [
      [0, 0, 0.01, 0],
      [-Infinity, -Infinity, 0.01],
      [Infinity, Infinity, 1],
    ],
  ],
  [
    'hardTanh',
    gradus.hardTanh,
    [
      [1, 1, 0.5],
      [-1, -1, 0.5],
      [Infinity, 1, 0],
      [NaN, NaN],
    ],
  ],
  [
    'sinc',
    gradus.sinc,
    [
      [0, 1, 0, (-Math.PI * Math.PI) / 3],
      [Infinity, 0, 0, 0],
      [5, 0],
      [-7, 0],
      [NaN, NaN],
    ],
  ],
  [
    'floor',
    gradus.floor,
    [
      [-0, -0, 0],
      [-0.5, -1, 0],
      [Infinity, Infinity, 0],
      [NaN, NaN, 0],
    ],
  ],
  [
    'ceil',
    gradus.ceil,
    [
      [-0.5, -0, 0],
      [2, 2, 0],
      [-Infinity, -Infinity, 0],
    ],
  ],
  [
    'trunc',
    gradus.trunc,
    [
      [-0.5, -0, 0],
      [2.9, 2, 0],
    ],
  ],
  [
    'round',
    gradus.round,
    [
      [0.5, 0, 0],
      [1.5, 2],
      [2.5, 2],
      [-0.5, -0],
      [-1.5, -2],
      [0.49999999999999994, 0],
      [2 ** 52 + 1, 2 ** 52 + 1],
      [NaN, NaN],
    ],
  ],
  [
    'heaviside',
    (x) => gradus.heaviside(x),
    [
      [0, 0.5, 0],
      [-0, 0.5],
      [-3, 0],
      [Infinity, 1],
      [NaN, NaN],
    ],
  ],
  [
    'isNaN',
    gradus.isNaN,
    [
      [NaN, 1, 0],
      [0, 0],
      [Infinity, 0],
    ],
  ],
  [
    'isFinite',
    gradus.isFinite,
    [
      [NaN, 0, 0],
      [0, 1],
      [-Infinity, 0],
    ],
  ],
]

const slopeOf = (f: Unary): Unary => grad((x: Tensor) => f(x))

describe.each(rows)('%s', (_name, f, values) => {
  values.forEach(([x, value, slope, bend]) => {
    it(`at ${Object.is(x, -0) ? '-0' : x}`, () => {
      const at = gradus.scalar(x)
      // −0 + 0 is 0: which zero a derivative is says nothing.
      const plain = (y: Tensor): number => toNumber(y) + 0
      expect(toNumber(f(at))).toBe(value)
      if (slope !== undefined) expect(plain(slopeOf(f)(at))).toBe(slope + 0)
      if (bend !== undefined) expect(plain(slopeOf(slopeOf(f))(at))).toBeCloseTo(bend, 14)
    })
  })
  it('is the same when compiled', () => {
    const points = tensor([...values.map(([x]) => x), 0.3, 0.7])
    const eager = toArray(f(points))
    expect(toArray(compile(f)(points))).toEqual(eager)
  })
})

describe('functions of two arguments at the edges', () => {
  const of = (f: (a: Tensor, b: Tensor) => Tensor, a: number, b: number): ReadonlyArray<number> => {
    const at: readonly [Tensor, Tensor] = [gradus.scalar(a), gradus.scalar(b)]
    const [toA, toB] = grad(([p, q]: readonly [Tensor, Tensor]): Tensor => f(p, q))(at)
    return [toNumber(f(...at)), toNumber(toA), toNumber(toB)].map((y) => y + 0)
  }
  it.each([
    ['hypot', gradus.hypot, 0, 0, [0, 0, 0]],
    ['hypot', gradus.hypot, 0, -2, [2, 0, -1]],
    ['hypot', gradus.hypot, Infinity, 1, [Infinity, 1, 0]],
    ['hypot', gradus.hypot, NaN, Infinity, [Infinity, NaN, NaN]],
    ['hypot', gradus.hypot, 3e300, 4e300, [5e300, 0.6, 0.8]],
    ['hypot', gradus.hypot, 3e-320, 4e-320, [5e-320, 0.6, 0.8]],
    ['logAddExp', gradus.logAddExp, -Infinity, -Infinity, [-Infinity, 0, 0]],
    ['logAddExp', gradus.logAddExp, Infinity, Infinity, [Infinity, 0.5, 0.5]],
    ['logAddExp', gradus.logAddExp, -Infinity, 3, [3, 0, 1]],
    ['logAddExp', gradus.logAddExp, Infinity, 3, [Infinity, 1, 0]],
    ['logSubExp', gradus.logSubExp, 2, 2, [-Infinity, -Infinity, -Infinity]],
    ['logSubExp', gradus.logSubExp, 2, -Infinity, [2, 1, 0]],
    ['logSubExp', gradus.logSubExp, -Infinity, -Infinity, [-Infinity, 0, 0]],
    ['xlogy', gradus.xlogy, 0, 0, [0, 0, 0]],
    ['xlogy', gradus.xlogy, 0, Infinity, [0, Infinity, 0]],
    ['xlogy', gradus.xlogy, 0, -1, [0, 0, 0]],
    ['xlogy', gradus.xlogy, 0, NaN, [NaN, NaN, NaN]],
    ['xlogy', gradus.xlogy, 1e-310, 1e-310, [1e-310 * Math.log(1e-310), Math.log(1e-310), 1]],
    ['xlog1py', gradus.xlog1py, 0, -1, [0, 0, 0]],
    ['remainder', gradus.remainder, -7, 3, [2, 1, 3]],
    ['remainder', gradus.remainder, 7, -3, [-2, 1, 3]],
    ['remainder', gradus.remainder, 6, 3, [0, 1, -2]],
    ['remainder', gradus.remainder, 1, 0, [NaN, 1, NaN]],
    ['truncatedRemainder', gradus.truncatedRemainder, -7, 3, [-1, 1, 2]],
    ['copySign', gradus.copySign, 3, -0, [-3, -1, 0]],
    ['copySign', gradus.copySign, -3, 2, [3, -1, 0]],
    ['copySign', gradus.copySign, 0, -2, [0, 0, 0]],
  ] as const)('%s(…) at %#', (_name, f, a, b, expected) => {
    const found = of(f, a, b)
    found.forEach((y, i) => {
      const wanted = expected[i] ?? Number.NaN
      if (Number.isFinite(wanted)) expect(Math.abs(y - wanted)).toBeLessThanOrEqual(4e-16 * Math.abs(wanted))
      else expect(y).toBe(wanted)
    })
  })
  it('the sign of a zero remainder is that of the divisor', () => {
    expect(toNumber(gradus.remainder(gradus.scalar(-6), -3))).toBe(-0)
    expect(toNumber(gradus.remainder(gradus.scalar(-6), 3))).toBe(0)
  })
  it('the second derivative of hypot at the origin is not a number', () => {
    const bend = grad(grad((x: Tensor) => gradus.hypot(x, 0)))
    expect(toNumber(bend(gradus.scalar(0)))).toBeNaN()
  })
  it('sinc is right at 0 to the sixth order', () => {
    const orders = [0, 1, 2, 3, 4, 5, 6]
    const derivatives = orders.reduce<ReadonlyArray<Unary>>(
      (all) => [...all, slopeOf(all[all.length - 1] ?? gradus.sinc)],
      [gradus.sinc],
    )
    // (−1)ᵏ π²ᵏ/(2k + 1)
    orders.forEach((n) => {
      const wanted = n % 2 === 1 ? 0 : ((n % 4 === 0 ? 1 : -1) * Math.PI ** n) / (n + 1)
      expect(toNumber(derivatives[n]?.(gradus.scalar(0)) ?? gradus.scalar(NaN))).toBeCloseTo(wanted, 10)
    })
  })
})
