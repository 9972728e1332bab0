import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  argmin,
  compile,
  cos,
  div,
  dot,
  exp,
  eye,
  fixedPoint,
  fori,
  full,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearSolve,
  linspace,
  matmul,
  mul,
  neg,
  normal,
  pow,
  randomKey,
  root,
  scalar,
  show,
  sin,
  solve,
  square,
  stack,
  stage,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeMap,
  tryArgmin,
  tryFixedPoint,
  tryLinearSolve,
  tryRoot,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

/** Functions of one number with closed forms: by each of the implicit functions. */
const closedForms: Readonly<Record<string, readonly [(a: Tensor) => Tensor, (a: Tensor) => Tensor]>> = {
  'fixedPoint: √a': [
    (a) => fixedPoint((p: Tensor, x: Tensor) => mul(0.5, add(x, div(p, x))))(a, scalar(1)),
    (a) => pow(a, 0.5),
  ],
  'fixedPoint over what it closes over: e^a / 2': [
    (a) => fixedPoint((_: Tensor, x: Tensor) => add(mul(0.5, x), mul(0.25, exp(a))))(zeros([]), scalar(1)),
    (a) => mul(0.5, exp(a)),
  ],
  'root: cube root': [(a) => root((p: Tensor, x: Tensor) => sub(pow(x, 3), p))(a, scalar(1)), (a) => pow(a, 1 / 3)],
  'root by bisection': [
    (a) =>
      root((p: Tensor, x: Tensor) => sub(pow(x, 3), p), {
        solver: (f) => {
          const halve = (low: number, high: number, left: number): number => {
            const middle = (low + high) / 2
            return left === 0
              ? middle
              : toNumber(f(scalar(middle))) < 0
                ? halve(middle, high, left - 1)
                : halve(low, middle, left - 1)
          }
          return scalar(halve(0, 10, 60))
        },
      })(a, scalar(1)),
    (a) => pow(a, 1 / 3),
  ],
  'argmin: 3 / (1 + a)': [
    (a) => argmin((p: Tensor, x: Tensor) => add(square(sub(x, 3)), mul(p, square(x))))(a, scalar(0)),
    (a) => div(3, add(1, a)),
  ],
  'argmin of eˣ − a x: log a': [
    (a) => argmin((p: Tensor, x: Tensor) => sub(exp(x), mul(p, x)))(a, scalar(3)),
    (a) => root((p: Tensor, x: Tensor) => sub(exp(x), p))(a, scalar(0)),
  ],
  'linearSolve: 1 / (1 + a²)': [
    (a) => linearSolve((x: Tensor) => add(x, mul(square(a), x)))(scalar(1)),
    (a) => div(1, add(1, square(a))),
  ],
  'linearSolve by iteration': [
    (a) => linearSolve((x: Tensor) => add(x, mul(square(a), x)), { method: 'iterative' })(scalar(1)),
    (a) => div(1, add(1, square(a))),
  ],
}

describe.each(Object.entries(closedForms))('%s', (_, [f, g]) => {
  const points = [0.7, 2, 5]

  it('has its value and derivatives of three orders, in both modes', () => {
    for (const a of points.map(scalar)) {
      expectNear(f(a), g(a), 1e-12)
      expectNear(grad(f)(a), grad(g)(a), 1e-11)
      expectNear(jvp(f)(a, scalar(2)), jvp(g)(a, scalar(2)), 1e-11)
      const slope = (h: (x: Tensor) => Tensor) => (x: Tensor) => jvp(h)(x, scalar(1))[1]
      expectNear(grad(grad(f))(a), grad(grad(g))(a), 1e-10)
      expectNear(slope(slope(f))(a), grad(grad(g))(a), 1e-10)
      expectNear(slope(grad(f))(a), grad(grad(g))(a), 1e-10)
      expectNear(grad(slope(f))(a), grad(grad(g))(a), 1e-10)
      expectNear(grad(grad(grad(f)))(a), grad(grad(grad(g)))(a), 1e-9)
    }
  })

  it('compiles and batches', () => {
    const fast = compile(grad(f))
    for (const a of points.map(scalar)) {
      expectNear(fast(a), grad(g)(a), 1e-11)
      expectNear(compile(hvp(f))(a)(scalar(1)), grad(grad(g))(a), 1e-10)
    }
    const a = tensor(points)
    expectNear(vmap(f)(a), vmap(g)(a), 1e-12)
    expectNear(vmap(grad(f))(a), vmap(grad(g))(a), 1e-11)
    expectNear(grad((x: Tensor) => sum(square(vmap(f)(x))))(a), grad((x: Tensor) => sum(square(vmap(g)(x))))(a), 1e-10)
    expectNear(compile(vmap(grad(grad(f))))(a), vmap(grad(grad(g)))(a), 1e-10)
  })
})

describe('fixedPoint', () => {
  const w = mul(0.2, normal(randomKey(1), [4, 4]))
  const step = (p: { readonly w: Tensor; readonly b: Tensor }, x: Tensor): Tensor => tanh(add(matmul(p.w, x), p.b))
  const p = { w, b: tensor([0.3, -0.2, 0.5, 1]) }
  const loss = (q: typeof p): Tensor => sum(square(fixedPoint(step)(q, zeros([4]))))
  const unrolled = (q: typeof p): Tensor => sum(square(fori(80, (_, x: Tensor) => step(q, x))(zeros([4]))))

  it('has the derivatives of the loop written out, over trees', () => {
    expectNear(loss(p), unrolled(p), 1e-11)
    expectNear(grad(loss)(p), grad(unrolled)(p), 1e-10)
    const v = { w: transpose(w), b: tensor([1, 2, -1, 0.5]) }
    expectNear(hvp(loss)(p)(v), hvp(unrolled)(p)(v), 1e-9)
    expectNear(compile(hvp(loss))(p)(v), hvp(unrolled)(p)(v), 1e-9)
    expectNear(hessian((b: Tensor) => loss({ w, b }))(p.b), hessian((b: Tensor) => unrolled({ w, b }))(p.b), 1e-9)
  })

  it('does not depend on the guess, and costs the tape nothing for its steps', () => {
    expectNear(grad((guess: Tensor) => sum(fixedPoint(step)(p, guess)))(zeros([4])), zeros([4]), 0)
    const names = stage(grad(loss))(p).instructions.map(({ operation }) => operation.name)
    expect(names.filter((name) => name === 'implicit').length).toBe(1)
    expect(names.length).toBeLessThan(80)
    expect(show(stage(loss)(p))).toMatch(/implicit\([\s\S]*by":"fixedPoint"[\s\S]*body:[\s\S]*tanh/)
  })

  it('says when it does not converge', () => {
    const grows = (q: Tensor, x: Tensor): Tensor => add(mul(q, x), 1)
    expect(toNumber(fixedPoint(grows, { steps: 50 })(scalar(3), scalar(1)))).toBeNaN()
    expect(toNumber(compile(fixedPoint(grows, { steps: 50 }))(scalar(3), scalar(1)))).toBeNaN()
    expect(toNumber(grad((q: Tensor) => fixedPoint(grows, { steps: 50 })(q, scalar(1)))(scalar(3)))).toBeNaN()
    const failed = tryFixedPoint(grows, { steps: 50 })(scalar(3), scalar(1))
    expect(E.isLeft(failed) && [failed.left._tag, failed.left.steps]).toEqual(['NotConverged', 50])
    expect(E.isLeft(failed) && failed.left.advice).toMatch(/attracts/)
    const found = tryFixedPoint(grows)(scalar(0.5), scalar(1))
    expectNear(E.isRight(found) ? found.right : zeros([]), 2, 1e-11)
    expect(() => grad((q: Tensor) => (E.isRight(tryFixedPoint(grows)(q, q)) ? q : q))(scalar(0.5))).toThrow(
      /decided by numbers/,
    )
    expect(() => fixedPoint((_: Tensor, x: Tensor) => stack([x, x]))(scalar(0), scalar(0))).toThrow(/like the guess/)
  })
})

describe('root', () => {
  it('of a system, over trees, has the Jacobian of the implicit function theorem', () => {
    interface Plane {
      readonly r: Tensor
      readonly angle: Tensor
    }
    // Polar coordinates from Cartesian ones.
    const polar = (p: Tensor): Plane =>
      root((q: Tensor, { r, angle }: Plane): Plane => {
        const gap = sub(stack([mul(r, cos(angle)), mul(r, sin(angle))]), q)
        return { r: dot(gap, tensor([1, 0])), angle: dot(gap, tensor([0, 1])) }
      })(p, { r: scalar(1), angle: scalar(0.5) })
    const p = tensor([3, 4])
    expectNear(polar(p), { r: scalar(5), angle: scalar(Math.atan2(4, 3)) }, 1e-13)
    for (const jac of [jacfwd, jacrev]) {
      const { r, angle } = jac(polar)(p)
      expectNear(r, [3 / 5, 4 / 5], 1e-13)
      expectNear(angle, [-4 / 25, 3 / 25], 1e-13)
    }
    // ∇² r = (I − p pᵀ / r²) / r.
    expectNear(
      hessian((q: Tensor) => polar(q).r)(p),
      [
        [16 / 125, -12 / 125],
        [-12 / 125, 9 / 125],
      ],
      1e-13,
    )
    expectNear(
      compile(hessian((q: Tensor) => polar(q).r))(p),
      [
        [16 / 125, -12 / 125],
        [-12 / 125, 9 / 125],
      ],
      1e-13,
    )
  })

  it('says when there is none', () => {
    const f = (p: Tensor, x: Tensor): Tensor => add(square(x), p)
    expect(toNumber(root(f)(scalar(1), scalar(0.3)))).toBeNaN()
    expect(E.isLeft(tryRoot(f)(scalar(1), scalar(0.3)))).toBe(true)
    expect(E.isRight(tryRoot(f)(scalar(-1), scalar(0.3)))).toBe(true)
  })
})

describe('argmin', () => {
  const a = tensor([
    [1, 2],
    [3, 1],
    [0.5, -1],
  ])
  const y = tensor([1, -1, 2])
  const ridge = (p: { readonly rate: Tensor; readonly y: Tensor }, x: Tensor): Tensor =>
    add(sum(square(sub(matmul(a, x), p.y))), mul(p.rate, sum(square(x))))
  const explicit = ({ rate, y }: { readonly rate: Tensor; readonly y: Tensor }): Tensor =>
    solve(add(matmul(transpose(a), a), mul(rate, eye(2))), matmul(transpose(a), y))

  it('of ridge regression is the solution of the normal equations, derivatives included', () => {
    const p = { rate: scalar(0.3), y }
    const f = (q: typeof p): Tensor => sum(square(argmin(ridge)(q, zeros([2]))))
    const g = (q: typeof p): Tensor => sum(square(explicit(q)))
    expectNear(argmin(ridge)(p, zeros([2])), explicit(p), 1e-13)
    expectNear(grad(f)(p), grad(g)(p), 1e-12)
    expectNear(hvp(f)(p)({ rate: scalar(1), y: a1 }), hvp(g)(p)({ rate: scalar(1), y: a1 }), 1e-11)
    const chained = argmin(ridge, { linear: { method: 'iterative' } })
    expectNear(grad((q: typeof p) => sum(square(chained(q, zeros([2])))))(p), grad(g)(p), 1e-10)
  })
  const a1 = tensor([0.2, 1, -0.5])

  it('finds its way to a minimum from where the Hessian is indefinite', () => {
    // x⁴ − p x² is least at √(p/2).
    const well = (p: Tensor, x: Tensor): Tensor => sub(pow(x, 4), mul(p, square(x)))
    const f = (p: Tensor): Tensor => argmin(well)(p, scalar(0.1))
    expectNear(f(scalar(2)), 1, 1e-12)
    expectNear(grad(f)(scalar(2)), 0.25, 1e-11)
    expectNear(grad(grad(f))(scalar(2)), -0.0625, 1e-10)
  })

  it('takes an optimizer of the caller, and says when there is no minimum', () => {
    const loss = (p: Tensor, x: Tensor): Tensor => sum(square(sub(x, mul(p, p))))
    const descent = argmin(loss, {
      solver: (of, guess: Tensor) =>
        Array.from({ length: 200 }).reduce<Tensor>((x) => sub(x, mul(0.2, grad(of)(x))), guess),
    })
    const f = (p: Tensor): Tensor => sum(descent(p, zeros([2])))
    expectNear(f(tensor([1, 3])), 10, 1e-12)
    expectNear(grad(f)(tensor([1, 3])), [2, 6], 1e-12)
    expect(toNumber(argmin((p: Tensor, x: Tensor) => mul(p, x), { steps: 20 })(scalar(1), scalar(0)))).toBeNaN()
    expect(E.isLeft(tryArgmin((p: Tensor, x: Tensor) => mul(p, x), { steps: 20 })(scalar(1), scalar(0)))).toBe(true)
    expect(() => argmin((_: Tensor, x: Tensor) => x)(scalar(1), zeros([2]))).toThrow(/scalar result/)
  })
})

describe('linearSolve', () => {
  const n = 100
  // A discretized differential operator with a coefficient: far too large for elimination by default.
  const shifted = (x: Tensor, by: number): Tensor => matmul(by > 0 ? shiftUp : transpose(shiftUp), x)
  const shiftUp = tensor(
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (j === i + 1 ? 1 : 0))),
  )
  const operator =
    (k: Tensor, skew: number) =>
    (x: Tensor): Tensor =>
      add(mul(add(2.5, square(k)), x), add(mul(-1 - skew, shifted(x, 1)), mul(-1 + skew, shifted(x, -1))))
  const k = sin(linspace(0, 3, n))
  const b = cos(linspace(0, 2, n))
  const matrixOf = (q: Tensor, skew: number): Tensor => jacfwd(operator(q, skew))(zeros([n]))

  it.each([
    ['GMRES', 0.3, false],
    ['conjugate gradients', 0, true],
  ] as const)('by %s agrees with elimination, derivatives included', (_, skew, symmetric) => {
    const f = (q: { readonly k: Tensor; readonly b: Tensor }): Tensor =>
      sum(square(linearSolve(operator(q.k, skew), { symmetric, tolerance: 1e-14 })(q.b)))
    const g = (q: { readonly k: Tensor; readonly b: Tensor }): Tensor => sum(square(solve(matrixOf(q.k, skew), q.b)))
    const p = { k, b }
    expectNear(f(p), g(p), 1e-11)
    expectNear(grad(f)(p), grad(g)(p), 1e-11)
    const v = { k: b, b: k }
    expectNear(hvp(f)(p)(v), hvp(g)(p)(v), 1e-10)
    expectNear(jvp((q: typeof p) => jvp(f)(q, v)[1])(p, v), jvp((q: typeof p) => jvp(g)(q, v)[1])(p, v), 1e-10)
    expectNear(compile(grad(f))(p), grad(g)(p), 1e-11)
  })

  it('solves for trees, and for many right sides', () => {
    const apply = ({
      x,
      y,
    }: {
      readonly x: Tensor
      readonly y: Tensor
    }): { readonly x: Tensor; readonly y: Tensor } => ({
      x: add(mul(2, x), sum(y)),
      y: sub(mul(3, y), x),
    })
    const right = { x: scalar(1), y: tensor([2, 3]) }
    for (const method of ['dense', 'iterative'] as const) {
      const solution = linearSolve(apply, { method })(right)
      expectNear(apply(solution), right, 1e-13)
      const rows = vmap(linearSolve(apply, { method }))({
        x: tensor([1, 2]),
        y: tensor([
          [2, 3],
          [4, 6],
        ]),
      })
      expectNear(rows.x, [toNumber(solution.x), 2 * toNumber(solution.x)], 1e-13)
    }
  })

  it('gives NaN for a singular matrix, and says so on request', () => {
    const singular = (x: Tensor): Tensor => mul(sum(x), full([2], 1))
    for (const method of ['dense', 'iterative'] as const)
      expect([...toFloat64Array(linearSolve(singular, { method })(tensor([1, 2])))]).toEqual([Number.NaN, Number.NaN])
    const failed = tryLinearSolve(singular)(tensor([1, 2]))
    expect(E.isLeft(failed) && failed.left._tag).toBe('NotConverged')
    expect(E.isRight(tryLinearSolve((x: Tensor) => neg(x))(tensor([1, 2])))).toBe(true)
    expect(() => linearSolve((x: Tensor) => sum(x))(tensor([1, 2]))).toThrow(/must return what it takes/)
    expectNear(treeMap(neg)(linearSolve((x: Tensor) => neg(x))(tensor([1, 2]))), [1, 2], 1e-15)
  })
})
