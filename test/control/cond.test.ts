import fc from 'fast-check'
import {
  add,
  compile,
  cond,
  div,
  exp,
  grad,
  greater,
  hessian,
  hvp,
  interpret,
  jvp,
  log,
  max,
  mul,
  scalar,
  scan,
  show,
  sin,
  sqrt,
  square,
  stack,
  stage,
  sum,
  switchCase,
  type Tensor,
  tensor,
  toArray,
  toNumber,
  vjp,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'

const high = (x: Tensor): Tensor => mul(log(x), sin(x))
const low = (x: Tensor): Tensor => square(add(x, 1))

/** Decided by a value, everywhere but at 1. */
const chosen = (x: Tensor): Tensor => cond(high, low)(greater(x, 1), x)
const written = (x: Tensor): Tensor => (toNumber(x) > 1 ? high(x) : low(x))

const derivatives: Readonly<Record<string, (f: (x: Tensor) => Tensor) => (x: Tensor) => unknown>> = {
  value: (f) => f,
  grad: (f) => grad(f),
  jvp: (f) => (x) => jvp(f)(x, scalar(1)),
  hessian: (f) => hessian(f),
  'jvp of jvp': (f) => (x) => jvp((y: Tensor) => jvp(f)(y, scalar(1))[1])(x, scalar(1)),
  'jvp of vjp': (f) => (x) => jvp(grad(f))(x, scalar(1)),
  'vjp of jvp': (f) => grad((y: Tensor) => jvp(f)(y, scalar(1))[1]),
  'vjp of vjp': (f) => grad(grad(f)),
  third: (f) => grad(grad(grad(f))),
}

describe.each(Object.entries(derivatives))('cond, %s', (_, derivative) => {
  /** The branch is known here: the same function without a choice. */
  const branch = (x: number): ((y: Tensor) => Tensor) => (x > 1 ? high : low)

  it('is that of the branch, bit for bit', () => {
    fc.assert(
      fc.property(fc.double({ min: -4, max: 4, noNaN: true }), (x) => {
        expectSameBits(derivative(chosen)(scalar(x)), derivative(branch(x))(scalar(x)))
      }),
      { numRuns: 20 },
    )
  })

  it('is the same staged, compiled and in a batch', () => {
    const points = [-3, -0.5, 0.5, 1.5, 3]
    const fast = compile(derivative(chosen))
    for (const x of points) {
      const expected = derivative(branch(x))(scalar(x))
      expectNear(fast(scalar(x)), expected, 1e-13)
      const [first] = interpret(stage(chosen)(scalar(0)))([scalar(x)])
      expectSameBits(first, written(scalar(x)))
    }
    const whole = vmap((x: Tensor) => [derivative(chosen)(x)].flat() as ReadonlyArray<Tensor>)(tensor(points))
    points.forEach((x, i) => {
      const expected = [derivative(branch(x))(scalar(x))].flat() as ReadonlyArray<Tensor>
      whole.forEach((rows, k) => {
        expectNear((toArray(rows) as ReadonlyArray<number>)[i] ?? Number.NaN, expected[k] ?? zeros([]), 1e-13)
      })
    })
  })
})

describe('cond', () => {
  it('keeps the other branch silent, where it is undefined', () => {
    const safe = (x: Tensor): Tensor =>
      cond(
        (y: Tensor) => sqrt(y),
        () => scalar(0),
      )(greater(x, 0), x)
    for (const f of [grad(safe), compile(grad(safe)), (x: Tensor) => grad(compile(safe))(x)]) {
      expect(toNumber(f(scalar(4)))).toBe(0.25)
      expect(toNumber(f(scalar(0)))).toBe(0)
      expect(toNumber(f(scalar(-1)))).toBe(0)
    }
    expect(toArray(vmap(grad(safe))(tensor([4, 0, -1])))).toEqual([0.25, 0, 0])
    expect(toArray(grad((x: Tensor) => sum(vmap(safe)(x)))(tensor([4, 0, -1])))).toEqual([0.25, 0, 0])
    expect(toArray(compile(grad((x: Tensor) => sum(vmap(safe)(x))))(tensor([4, 0, -1])))).toEqual([0.25, 0, 0])
    expect(toArray(vmap(grad(grad(safe)))(tensor([4, 0, -1])))).toEqual([-0.03125, 0, 0])
  })

  it('differentiates what branches read from outside, whether traced or not', () => {
    const f = ({ a, x }: { a: Tensor; x: Tensor }): Tensor =>
      cond(
        (y: Tensor) => mul(a, square(y)),
        (y: Tensor) => add(a, y),
      )(greater(x, 0), x)
    expect(toArray(grad(f)({ a: scalar(3), x: scalar(2) }).a)).toBe(4)
    expect(toArray(compile(grad(f))({ a: scalar(3), x: scalar(2) }).a)).toBe(4)
    expect(toArray(compile(grad(f))({ a: scalar(3), x: scalar(-2) }).a)).toBe(1)
    const rows = vmap(grad(f), { in: 0 })({ a: tensor([3, 3]), x: tensor([2, -2]) })
    expect([toArray(rows.a), toArray(rows.x)]).toEqual([
      [4, 1],
      [12, 1],
    ])
    const mixed = (a: Tensor): Tensor => sum(vmap((x: Tensor) => f({ a, x }))(tensor([2, -2, 1])))
    expect(toNumber(grad(mixed)(scalar(3)))).toBe(4 + 1 + 1)
  })

  it('runs one branch only when it is staged, closures included', () => {
    const costly = (x: Tensor): Tensor => {
      const squared = square(x)
      return scan((c: Tensor) => [add(c, squared), []], { length: 100 })(x, [])[0]
    }
    const f = (x: Tensor): Tensor =>
      cond(
        () => costly(x),
        () => x,
      )(greater(x, 0))
    const program = stage(f)(scalar(0))
    // What the branch does with x is inside the operation.
    expect(program.instructions.map(({ operation }) => operation.name)).not.toContain('scan')
    expect(program.instructions.map(({ operation }) => operation.name)).not.toContain('square')
    expect(toNumber(compile(f)(scalar(2)))).toBe(402)
    expect(toNumber(compile(f)(scalar(-2)))).toBe(-2)
  })

  it('prints its branches', () => {
    const text = show(stage(chosen)(scalar(0)))
    expect(text).toMatch(/cond\(x2, x3\)/)
    expect(text).toMatch(/branches\[0\]:\n {4}p0 = input/)
    expect(text).toMatch(/branches\[1\]:[\s\S]*log\(p0\)/)
  })

  it('nests, in loops and in itself', () => {
    const f = (x: Tensor): Tensor =>
      scan((c: Tensor, k: Tensor) => [
        cond(
          (y: Tensor) =>
            cond(
              (z: Tensor) => sin(z),
              (z: Tensor) => mul(z, k),
            )(greater(k, 2), y),
          (y: Tensor) => div(y, 2),
        )(greater(y0(c), 0.5), c),
        [],
      ])(x, tensor([1, 2, 3, 4, 5]))[0]
    const y0 = (c: Tensor): Tensor => max(c)
    const g = (x: Tensor): Tensor =>
      [1, 2, 3, 4, 5].reduce((c, k) => (toNumber(c) > 0.5 ? (k > 2 ? sin(c) : mul(c, k)) : div(c, 2)), x)
    for (const x of [0.3, 0.9, 2]) {
      expectNear(f(scalar(x)), g(scalar(x)))
      expectNear(compile(f)(scalar(x)), g(scalar(x)), 1e-14)
      const byHand = (toNumber(g(scalar(x + 1e-6))) - toNumber(g(scalar(x - 1e-6)))) / 2e-6
      expectNear(compile(grad(f))(scalar(x)), byHand, 1e-8)
      expectNear(vmap(grad(f))(tensor([x, x])), [byHand, byHand], 1e-8)
      expectNear(compile(grad(grad(f)))(scalar(x)), grad(grad(f))(scalar(x)), 1e-13)
    }
  })

  it('returns trees', () => {
    const f = compile((x: Tensor) =>
      cond(
        (y: Tensor) => ({ a: y, b: [zeros([2])] }),
        (y: Tensor) => ({ a: mul(y, 2), b: [stack([y, y])] }),
      )(greater(x, 0), x),
    )
    expect(toArray(f(scalar(-1)).b[0] ?? zeros([]))).toEqual([-1, -1])
    expect(toNumber(f(scalar(1)).a)).toBe(1)
  })

  it('takes NaN as true, as where does, everywhere', () => {
    const f = (x: Tensor): Tensor =>
      cond(
        () => scalar(1),
        () => scalar(2),
      )(x)
    expect(toNumber(f(scalar(Number.NaN)))).toBe(1)
    expect(toNumber(compile(f)(scalar(Number.NaN)))).toBe(1)
    expect(toArray(vmap(f)(tensor([Number.NaN, 0])))).toEqual([1, 2])
  })

  it('refuses what is no choice', () => {
    expect(() =>
      cond(
        (x: Tensor) => x,
        (x: Tensor) => x,
      )(zeros([2]), scalar(1)),
    ).toThrow(/expected a scalar to choose by/)
    expect(() =>
      stage((x: Tensor) =>
        cond(
          (y: Tensor) => y,
          (y: Tensor) => stack([y, y]),
        )(x, x),
      )(scalar(0)),
    ).toThrow(/branches differ/)
  })
})

describe('switchCase', () => {
  const f = (i: Tensor, x: Tensor): Tensor => switchCase([sin, exp, square].map((g) => (y: Tensor) => g(y)))(i, x)
  const indices = [-1, 0, 0.5, 1, 2, 7, Number.NaN]
  const expected = [sin, sin, sin, exp, square, square, square]

  it('chooses by index, eagerly, compiled and in a batch', () => {
    const fast = compile(f)
    indices.forEach((i, k) => {
      const wanted = (expected[k] ?? sin)(scalar(0.7))
      expectSameBits(f(scalar(i), scalar(0.7)), wanted)
      expectNear(fast(scalar(i), scalar(0.7)), wanted, 1e-15)
    })
    expectSameBits(vmap(f, { in: [0, null] })(tensor(indices), scalar(0.7)), stack(expected.map((g) => g(scalar(0.7)))))
    const [, pullback] = vjp((x: Tensor) => vmap(f, { in: [0, null] })(tensor(indices), x))(scalar(0.7))
    expectNear(pullback(tensor([0, 0, 1, 0, 0, 0, 0])), Math.cos(0.7), 1e-15)
    expectNear(hvp((x: Tensor) => f(scalar(1), x))(scalar(0.7))(scalar(1)), Math.exp(0.7), 1e-15)
  })
})
