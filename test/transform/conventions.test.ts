import {
  abs,
  add,
  atan2,
  clamp,
  cumsum,
  div,
  exp,
  grad,
  greater,
  hessian,
  hvp,
  jacfwd,
  jvp,
  log,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  min,
  minimum,
  mul,
  norm,
  ones,
  pow,
  prod,
  reciprocal,
  relu,
  scalar,
  sign,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  vmap,
  where,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

type F = (x: Tensor) => Tensor

const masked =
  (f: F, otherwise = 0): F =>
  (x) =>
    where(greater(x, 0), f(x), otherwise)

/** Functions that are infinite, undefined or infinitely steep where their argument is not positive. */
const dangerous: Readonly<Record<string, F>> = {
  'log x · √x': (x) => mul(log(x), sqrt(x)),
  '√x': sqrt,
  'log x': log,
  '1 / x': reciprocal,
  'x / x²': (x) => div(x, square(x)),
  'x^½': (x) => pow(x, 0.5),
  'x^x': (x) => pow(x, x),
  '√(√x)': (x) => sqrt(sqrt(x)),
  'log log (1 + x)': (x) => log(log(add(1, x))),
  'log x / √x': (x) => div(log(x), sqrt(x)),
  'exp(1 / x)': (x) => exp(reciprocal(x)),
  'atan2(x, 0)': (x) => atan2(mul(x, 0), mul(x, 0)),
  'NaN · x': (x) => mul(Number.NaN, x),
  '∞ · x': (x) => mul(Infinity, x),
  'a running sum of logarithms, backwards': (x) => cumsum(log(masked((y) => y, 1)(x)), { axis: 0 }),
  'nested choices': masked((x) => where(greater(x, 0.5), sqrt(x), log(x))),
  'a choice inside': (x) => mul(masked(log)(x), sqrt(x)),
}

describe.each(Object.entries(dangerous))('where(x > 0, %s, 0)', (_, f) => {
  const loss = (x: Tensor): Tensor => sum(masked(f)(x))
  const at = tensor([0, -0, -1, -1e300, -Infinity])
  const v = tensor([1, 2, 3, 4, 5])
  const nothing = [0, 0, 0, 0, 0]

  it('has exactly no derivative where x > 0 does not hold, at orders 1 to 3, in every mode', () => {
    expectNear(loss(at), 0, 0)
    expectNear(grad(loss)(at), nothing, 0)
    expectNear(jvp(loss)(at, v)[1], 0, 0)
    expectNear(hvp(loss)(at)(v), nothing, 0)
    expectNear(jacfwd(jacfwd(loss))(at), hessian(loss)(at), 0)
    expectNear(
      hessian(loss)(at),
      nothing.map(() => nothing),
      0,
    )
    expectNear(grad((x: Tensor) => sum(hvp(loss)(x)(v)))(at), nothing, 0)
    expectNear(vmap(grad(loss))(stackOf(at)), [nothing, nothing], 0)
  })
})

describe('a choice', () => {
  it('leaves the derivative where its branch is taken', () => {
    const f = (x: Tensor): Tensor => sum(masked((y) => mul(log(y), sqrt(y)))(x))
    const [x, l, r] = [4, Math.log(4), 2]
    expectNear(grad(f)(tensor([0, -1, x])), [0, 0, 1 / r + l / (2 * r)], 1e-15)
    // (log x · √x)'' = −log x / (4 x^(3/2)).
    expectNear(hvp(f)(tensor([0, -1, x]))(ones([3])), [0, 0, -l / (4 * r ** 3)], 1e-15)
  })

  it('has no derivative with respect to its condition, and the right one for each branch', () => {
    const f = ({ c, a, b }: { c: Tensor; a: Tensor; b: Tensor }): Tensor => sum(where(c, mul(2, a), mul(3, b)))
    const gradient = grad(f)({ c: tensor([1, 0]), a: tensor([5, 5]), b: tensor([7, 7]) })
    expect([gradient.c, gradient.a, gradient.b].map(toArray)).toEqual([
      [0, 0],
      [2, 0],
      [0, 3],
    ])
  })

  it('keeps NaN and ∞ that were not chosen away', () => {
    expect(toArray(grad((x: Tensor) => sum(masked(reciprocal)(sub(x, x))))(tensor([1])))).toEqual([0])
    expect(toArray(grad((x: Tensor) => sum(sqrt(x)))(tensor([0, 1])))).toEqual([Infinity, 0.5])
    expect(toArray(grad((x: Tensor) => sum(log(x)))(tensor([0, -1, 2])))).toEqual([Infinity, -1, 0.5])
    expect(toArray(grad((x: Tensor) => sum(mul(Number.NaN, x)))(tensor([1])))).toEqual([Number.NaN])
  })
})

interface Convention {
  readonly says: string
  readonly f: F
  readonly at: Tensor
  readonly value?: unknown
  readonly gradient: unknown
  readonly second?: unknown
}

const points: ReadonlyArray<Convention> = [
  { says: "abs'(0) = 0", f: abs, at: scalar(0), value: 0, gradient: 0, second: 0 },
  { says: "abs'(−0) = 0", f: abs, at: scalar(-0), value: 0, gradient: 0, second: 0 },
  { says: "sign'(0) = 0", f: sign, at: scalar(0), value: 0, gradient: 0, second: 0 },
  { says: "relu'(0) = 0", f: relu, at: scalar(0), value: 0, gradient: 0, second: 0 },
  { says: 'maximum shares a tie', f: (x) => maximum(x, 1), at: scalar(1), value: 1, gradient: 0.5, second: 0 },
  { says: 'minimum shares a tie', f: (x) => minimum(x, 1), at: scalar(1), value: 1, gradient: 0.5, second: 0 },
  { says: 'maximum(x, x) is x', f: (x) => maximum(x, x), at: scalar(3), value: 3, gradient: 1, second: 0 },
  {
    says: 'clamp has ½ on its bounds',
    f: (x) => sum(clamp(x, 0, 1)),
    at: tensor([-1, 0, 0.5, 1, 2]),
    value: 2.5,
    gradient: [0, 0.5, 1, 0.5, 0],
  },
  {
    says: 'max shares a tie equally',
    f: (x) => max(x),
    at: tensor([2, 1, 2, 2]),
    value: 2,
    gradient: [1 / 3, 0, 1 / 3, 1 / 3],
  },
  { says: 'min shares a tie equally', f: (x) => min(x), at: tensor([1, 1, 2]), value: 1, gradient: [0.5, 0.5, 0] },
  { says: '‖x‖ has the derivative 0 at 0', f: (x) => norm(x), at: tensor([0, 0]), value: 0, gradient: [0, 0] },
  {
    says: '‖·‖ of rows, one of them 0',
    f: (x) => sum(norm(x, { axes: [1] })),
    at: tensor([
      [0, 0],
      [3, 4],
    ]),
    value: 5,
    gradient: [
      [0, 0],
      [0.6, 0.8],
    ],
  },
  { says: '√x is infinitely steep at 0', f: sqrt, at: scalar(0), value: 0, gradient: Infinity },
  { says: '√(x²) is |x|', f: (x) => sqrt(square(x)), at: scalar(0), value: 0, gradient: 0 },
  { says: 'x⁰ is constant', f: (x) => pow(x, 0), at: scalar(0), value: 1, gradient: 0, second: 0 },
  { says: 'x¹ at 0', f: (x) => pow(x, 1), at: scalar(0), value: 0, gradient: 1, second: 0 },
  { says: 'x² at 0', f: (x) => pow(x, 2), at: scalar(0), value: 0, gradient: 0, second: 2 },
  { says: 'x³ at 0', f: (x) => pow(x, 3), at: scalar(0), value: 0, gradient: 0, second: 0 },
  { says: 'x² of a negative number', f: (x) => pow(x, 2), at: scalar(-3), value: 9, gradient: -6, second: 2 },
  { says: 'x^½ at 0', f: (x) => pow(x, 0.5), at: scalar(0), value: 0, gradient: Infinity },
  { says: 'x⁻¹ at 0', f: (x) => pow(x, -1), at: scalar(0), value: Infinity, gradient: -Infinity },
  { says: 'x^y at (0, 0) in x', f: (x) => pow(x, tensor(0)), at: scalar(0), value: 1, gradient: 0, second: 0 },
  { says: 'x^y at (0, 2) in x', f: (x) => pow(x, tensor(2)), at: scalar(0), value: 0, gradient: 0, second: 2 },
  { says: 'x^y at (0, 2) in y', f: (y) => pow(0, y), at: scalar(2), value: 0, gradient: 0, second: 0 },
  { says: 'x^y at (0, 1) in x', f: (x) => pow(x, tensor(1)), at: scalar(0), value: 0, gradient: 1, second: 0 },
  {
    says: 'prod with one zero',
    f: (x) => prod(x),
    at: tensor([2, 0, 3]),
    value: 0,
    gradient: [0, 6, 0],
    second: [
      [0, 3, 0],
      [3, 0, 2],
      [0, 2, 0],
    ],
  },
  {
    says: 'prod with two zeros',
    f: (x) => prod(x),
    at: tensor([0, 2, 0, 3]),
    value: 0,
    gradient: [0, 0, 0, 0],
    second: [
      [0, 0, 6, 0],
      [0, 0, 0, 0],
      [6, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  },
  {
    says: 'prod with three zeros',
    f: (x) => prod(x),
    at: tensor([0, 0, 0]),
    value: 0,
    gradient: [0, 0, 0],
    second: [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
  },
  {
    says: 'logSumExp of nothing but −∞',
    f: (x) => logSumExp(x),
    at: tensor([-Infinity, -Infinity]),
    value: -Infinity,
    gradient: [0, 0],
    second: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    says: 'logSumExp with a −∞',
    f: (x) => logSumExp(x),
    at: tensor([-Infinity, 2]),
    value: 2,
    gradient: [0, 1],
    second: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    says: 'logSumExp with a ∞: the limit',
    f: (x) => logSumExp(x),
    at: tensor([Infinity, 0]),
    value: Infinity,
    gradient: [1, 0],
    second: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    says: 'logSumExp with several ∞, which share',
    f: (x) => sum(logSumExp(x, { axes: [1] })),
    at: tensor([
      [Infinity, 1, Infinity],
      [0, 0, -Infinity],
    ]),
    gradient: [
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ],
  },
  {
    says: 'logSumExp of large numbers',
    f: (x) => logSumExp(x),
    at: tensor([1e300, -1e300]),
    value: 1e300,
    gradient: [1, 0],
    second: [
      [0, 0],
      [0, 0],
    ],
  },
  {
    says: 'softmax with a −∞',
    f: (x) => sum(mul(softmax(x), tensor([1, 2, 4]))),
    at: tensor([-Infinity, 0, 0]),
    value: 3,
    gradient: [0, -0.5, 0.5],
  },
  {
    says: 'logSoftmax with a −∞ that does not count',
    f: (x) => sum(where(tensor([0, 1, 1]), logSoftmax(x), 0)),
    at: tensor([-Infinity, 0, 0]),
    value: -2 * Math.LN2,
    gradient: [0, 0, 0],
  },
  {
    says: 'a softmax masked with −∞',
    f: (x) => sum(mul(softmax(where(tensor([1, 0, 1]), x, -Infinity)), tensor([1, 2, 3]))),
    at: tensor([0, 5, 0]),
    value: 2,
    gradient: [-0.5, 0, 0.5],
  },
  {
    says: 'division by a masked zero',
    f: (x) => sum(where(greater(x, 0), div(1, x), 0)),
    at: tensor([0, 2]),
    value: 0.5,
    gradient: [0, -0.25],
  },
  {
    says: 'a masked NaN in the input',
    f: (x) => sum(where(tensor([0, 1]), square(x), 0)),
    at: tensor([Number.NaN, 3]),
    value: 9,
    gradient: [0, 6],
  },
]

describe('conventions', () => {
  it.each(points.map((point) => [point.says, point] as const))('%s', (_, { f, at, value, gradient, second }) => {
    if (value !== undefined) expectNear(f(at), value, 1e-15)
    expectNear(grad(f)(at), gradient, 1e-15)
    expectNear(jacfwd(f)(at), gradient, 1e-15)
    expectNear(vmap(grad(f))(stackOf(at)), [gradient, gradient], 1e-15)
    if (second !== undefined) {
      expectNear(hessian(f)(at), second, 1e-15)
      expectNear(jacfwd(jacfwd(f))(at), second, 1e-15)
    }
  })

  it('the norm has no finite curvature at 0', () => {
    const [first = 0] = toFloat64Array(hessian((x: Tensor) => norm(x))(tensor([0, 0])))
    expect(Number.isFinite(first)).toBe(false)
  })

  it('norms neither overflow nor underflow', () => {
    for (const size of [1e-200, 1, 1e200]) {
      expectNear(norm(tensor([3 * size, 4 * size])), 5 * size, 1e-15 * size)
      expectNear(grad((x: Tensor) => norm(x))(tensor([3 * size, 4 * size])), [0.6, 0.8], 1e-15)
    }
  })
})

const stackOf = (x: Tensor): Tensor => {
  const read = toArray(x)
  return tensor([read, read])
}
