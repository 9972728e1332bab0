import {
  abs,
  add,
  cos,
  div,
  exp,
  expm1,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  log1p,
  mul,
  neg,
  pow,
  relu,
  scalar,
  sin,
  slice,
  softplus,
  sqrt,
  square,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toArray,
  toNumber,
  valueAndGrad,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

const entry = (x: Tensor, i: number): Tensor => squeeze(slice(x, [i], [i + 1]))

const derivative = (f: (x: Tensor) => Tensor, x: number): number => toNumber(grad(f)(scalar(x)))

// Figures of tests/Regression.hs and the doctests of the Haskell library ad (Kmett).
describe('the figures of ad', () => {
  it('a cubic', () => {
    const p = (x: Tensor): Tensor => add(12, mul(x, add(7, mul(x, add(5, mul(x, 2))))))
    const points = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]
    expect(points.map((x) => derivative(p, x))).toEqual([11, 5.5, 3, 3.5, 7, 13.5, 23, 35.5, 51])
    expect(points.map((x) => toNumber(jvp(p)(scalar(x), scalar(1))[1]))).toEqual([
      11, 5.5, 3, 3.5, 7, 13.5, 23, 35.5, 51,
    ])
  })

  it('roots and absolute values', () => {
    expect([-1, 0, 0.25, 1, 4].map((x) => derivative(sqrt, x))).toEqual([Number.NaN, Infinity, 1, 0.5, 0.25])
    expect([-1, 0, 1].map((x) => derivative(abs, x))).toEqual([-1, 0, 1])
  })

  it('Hessians of x·y and of xʸ', () => {
    expect(toArray(hessian((p: Tensor) => mul(entry(p, 0), entry(p, 1)))(tensor([3, 4])))).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(toArray(hessian((p: Tensor) => pow(entry(p, 0), entry(p, 1)))(tensor([1, 2])))).toEqual([
      [2, 1],
      [1, 0],
    ])
  })

  it.each([-1000, -50, -1, -1e-10, -1e-20, 0, 1e-20, 1e-10, 1, 50, 700])('logarithms and exponentials at %d', (x) => {
    expect(derivative(expm1, x)).toBe(Math.exp(x))
    // σ(x), for which 1 / (1 + e⁻ˣ) is accurate relative to itself on either side.
    const sigmoid = x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))
    expect(Math.abs(derivative(softplus, x) - sigmoid)).toBeLessThanOrEqual(4e-16 * sigmoid)
    if (x > -1) {
      expectNear(derivative(log1p, x) * (1 + x), 1, 1e-15)
      expect(toNumber(log1p(scalar(x)))).toBe(Math.log1p(x))
    }
    expect(toNumber(expm1(scalar(x)))).toBe(Math.expm1(x))
  })

  it('√(x·y) and √x·√y at the axes: exact zeros win over infinite slopes', () => {
    const inside = (p: Tensor): Tensor => sqrt(mul(entry(p, 0), entry(p, 1)))
    const outside = (p: Tensor): Tensor => mul(sqrt(entry(p, 0)), sqrt(entry(p, 1)))
    for (const f of [inside, outside]) {
      expect(toArray(grad(f)(tensor([0, 0])))).toEqual([0, 0])
      expect(toArray(grad(f)(tensor([1, 0])))).toEqual([0, Infinity])
      expect(toArray(grad(f)(tensor([0, 1])))).toEqual([Infinity, 0])
      expect(toArray(grad(f)(tensor([1, 1])))).toEqual([0.5, 0.5])
    }
  })

  const vector = (p: Tensor): Tensor => {
    const [x, y] = [entry(p, 0), entry(p, 1)]
    return stack([y, x, add(x, y), mul(x, y), mul(exp(x), sin(y))])
  }

  it.each([
    ['jacfwd', jacfwd(vector)],
    ['jacrev', jacrev(vector)],
  ])('a Jacobian by %s', (_, jacobian) => {
    expectNear(
      jacobian(tensor([Math.PI, 1])),
      [
        [0, 1],
        [1, 0],
        [1, 1],
        [1, Math.PI],
        [19.472221418841606, 12.502969588876512],
      ],
      1e-15,
    )
  })

  it('second derivatives of a vector function', () => {
    const f = (p: Tensor): Tensor => {
      const [x, y] = [entry(p, 0), entry(p, 1)]
      return stack([mul(x, y), add(x, y), mul(exp(x), cos(y))])
    }
    expectNear(
      jacfwd(jacrev(f))(tensor([1, 2])),
      [
        [
          [0, 1],
          [1, 0],
        ],
        [
          [0, 0],
          [0, 0],
        ],
        [
          [-1.131204383757, -2.471726672005],
          [-2.471726672005, 1.131204383757],
        ],
      ],
      1e-12,
    )
  })

  /** n iterates of a map on numbers. */
  const iterate = (step: (x: number) => number, start: number, n: number): ReadonlyArray<number> =>
    Array.from({ length: n }).reduce<ReadonlyArray<number>>((xs) => [...xs, step(xs[xs.length - 1] ?? start)], [start])

  it("Newton's method for x² = 4", () => {
    const f = (x: Tensor): Tensor => sub(square(x), 4)
    const step = (x: number): number => {
      const [value, slope] = valueAndGrad(f)(scalar(x))
      return x - toNumber(value) / toNumber(slope)
    }
    expectNear(iterate(step, 1, 6), [1, 2.5, 2.05, 2.000609756097561, 2.0000000929222947, 2.000000000000002, 2], 1e-15)
  })

  const halley =
    (f: (x: Tensor) => Tensor) =>
    (x: number): number => {
      const at = scalar(x)
      const [y, d, dd] = [f(at), grad(f)(at), grad(grad(f))(at)].map(toNumber)
      return x - (2 * (y ?? 0) * (d ?? 0)) / (2 * (d ?? 0) ** 2 - (y ?? 0) * (dd ?? 0))
    }

  it("Halley's method for x² = 4", () => {
    expectNear(
      iterate(
        halley((x) => sub(square(x), 4)),
        1,
        4,
      ),
      [1, 1.8571428571428572, 1.9997967892704736, 1.9999999999994755, 2],
      1e-15,
    )
  })

  it("Halley's method for the maximum of the cosine, with third derivatives", () => {
    expectNear(
      iterate(halley(grad(cos)), 1, 4),
      [1, 0.29616942658570555, 4.59979519460002e-3, 1.6220740159042513e-8, 0],
      1e-15,
    )
  })
})

describe('the figures of others', () => {
  it('the expression of the micrograd README', () => {
    const g = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }): Tensor => {
      const c0 = add(a, b)
      const c1 = add(c0, add(c0, 1))
      const c = add(c1, sub(add(1, c1), a))
      const d0 = add(mul(a, b), pow(b, 3))
      const d1 = add(d0, add(mul(d0, 2), relu(add(b, a))))
      const d = add(d1, add(mul(3, d1), relu(sub(b, a))))
      const f = square(sub(c, d))
      return add(div(f, 2), div(10, f))
    }
    const [value, gradient] = valueAndGrad(g)({ a: scalar(-4), b: scalar(2) })
    expect(toNumber(value).toFixed(4)).toBe('24.7041')
    expect(toNumber(gradient.a).toFixed(4)).toBe('138.8338')
    expect(toNumber(gradient.b).toFixed(4)).toBe('645.5773')
  })

  it('the expression of the micrograd test', () => {
    const f = (x: Tensor): Tensor => {
      const z = add(add(mul(2, x), 2), x)
      const q = add(relu(z), mul(z, x))
      return add(add(relu(mul(z, z)), q), mul(q, x))
    }
    const [value, slope] = valueAndGrad(f)(scalar(-4))
    expect([toNumber(value), toNumber(slope)]).toEqual([-20, 46])
  })

  it('the Hessian of the rose test', () => {
    const f = (p: Tensor): Tensor => {
      const [x, y] = [entry(p, 0), entry(p, 1)]
      return sub(sub(pow(x, 3), mul(2, mul(x, y))), pow(y, 6))
    }
    expect(toArray(hessian(f)(tensor([1, 2])))).toEqual([
      [6, -2],
      [-2, -480],
    ])
  })

  it('Rosenbrock’s function in ForwardDiff', () => {
    const rosenbrock = (x: Tensor): Tensor => {
      const [head, tail] = [slice(x, [0], [2]), slice(x, [1], [3])]
      return sum(add(square(sub(1, head)), mul(100, square(sub(tail, square(head))))))
    }
    const x = tensor([0.1, 0.2, 0.3])
    expectNear(grad(rosenbrock)(x), [-9.4, 15.6, 52], 1e-14)
    expectNear(
      hessian(rosenbrock)(x),
      [
        [-66, -40, 0],
        [-40, 130, -80],
        [0, -80, 200],
      ],
      1e-14,
    )
  })
})

describe('higher orders', () => {
  const tower = (f: (x: Tensor) => Tensor, order: number): ((x: Tensor) => Tensor) =>
    order === 0 ? f : tower(grad(f), order - 1)
  const forwardTower = (f: (x: Tensor) => Tensor, order: number): ((x: Tensor) => Tensor) =>
    order === 0 ? f : forwardTower((x) => jvp(f)(x, scalar(1))[1], order - 1)

  const sech2 = (x: number): number => 1 / Math.cosh(x) ** 2

  const tanhs: ReadonlyArray<(x: number) => number> = [
    Math.tanh,
    sech2,
    (x) => -2 * Math.tanh(x) * sech2(x),
    (x) => sech2(x) * (6 * Math.tanh(x) ** 2 - 2),
    (x) => sech2(x) * Math.tanh(x) * (16 - 24 * Math.tanh(x) ** 2),
  ]

  const closed: Readonly<Record<string, readonly [(x: Tensor) => Tensor, ReadonlyArray<(x: number) => number>]>> = {
    sin: [sin, [Math.sin, Math.cos, (x) => -Math.sin(x), (x) => -Math.cos(x), Math.sin]],
    exp: [exp, [Math.exp, Math.exp, Math.exp, Math.exp, Math.exp]],
    'x⁵': [
      (x) => pow(x, 5),
      [(x) => x ** 5, (x) => 5 * x ** 4, (x) => 20 * x ** 3, (x) => 60 * x ** 2, (x) => 120 * x],
    ],
    'x⁵ by products': [
      (x) => mul(x, square(square(x))),
      [(x) => x ** 5, (x) => 5 * x ** 4, (x) => 20 * x ** 3, (x) => 60 * x ** 2, (x) => 120 * x],
    ],
    '1/(1 + x²)': [
      (x) => div(1, add(1, square(x))),
      [
        (x) => 1 / (1 + x * x),
        (x) => (-2 * x) / (1 + x * x) ** 2,
        (x) => (6 * x * x - 2) / (1 + x * x) ** 3,
        (x) => (24 * x * (1 - x * x)) / (1 + x * x) ** 4,
        (x) => (24 * (5 * x ** 4 - 10 * x * x + 1)) / (1 + x * x) ** 5,
      ],
    ],
    'e^(−x²)': [
      (x) => exp(neg(square(x))),
      // Hermite polynomials.
      [
        (x) => Math.exp(-x * x),
        (x) => -2 * x * Math.exp(-x * x),
        (x) => (4 * x * x - 2) * Math.exp(-x * x),
        (x) => -(8 * x ** 3 - 12 * x) * Math.exp(-x * x),
        (x) => (16 * x ** 4 - 48 * x * x + 12) * Math.exp(-x * x),
      ],
    ],
    tanh: [tanh, tanhs],
    'tanh by exponentials': [(x) => div(sub(exp(x), exp(neg(x))), add(exp(x), exp(neg(x)))), tanhs],
  }

  const cases = Object.entries(closed).flatMap(([name, [f, derivatives]]) =>
    derivatives.map((expected, order) => [name, order, f, expected] as const),
  )

  it.each(cases)('%s, order %d', (_, order, f, expected) => {
    for (const x of [-1.5, -0.3, 0, 0.7, 2]) {
      // Fourth derivatives of quotients have terms of 10⁴ that cancel.
      expectNear(tower(f, order)(scalar(x)), expected(x), 1e-12)
      expectNear(forwardTower(f, order)(scalar(x)), expected(x), 1e-12)
    }
  })
})
