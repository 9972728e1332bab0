import fc from 'fast-check'
import {
  add,
  arange,
  compile,
  cos,
  fori,
  full,
  grad,
  hessian,
  hvp,
  interpret,
  jvp,
  linearize,
  matmul,
  mul,
  normal,
  type Program,
  randomKey,
  reshape,
  scalar,
  scan,
  show,
  sin,
  slice,
  square,
  stack,
  stage,
  sum,
  type Tensor,
  tanh,
  tensor,
  toArray,
  toNumber,
  vjp,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'

type Cell = (h: Tensor, x: Tensor) => readonly [Tensor, Tensor]

const cellOf =
  (w: Tensor): Cell =>
  (h, x) => {
    const next = tanh(add(matmul(w, h), mul(x, cos(h))))
    return [next, sum(mul(next, x))]
  }

const rowOf = (xs: Tensor, i: number): Tensor => reshape(slice(xs, [i, 0], [i + 1, 2]), [2])

/** The loop written out. */
const unrolled =
  (cell: Cell) =>
  (h: Tensor, xs: Tensor): readonly [Tensor, Tensor] => {
    const steps = Array.from({ length: xs.shape[0] ?? 0 }, (_, i) => i)
    const { carry, ys } = steps.reduce<{ carry: Tensor; ys: ReadonlyArray<Tensor> }>(
      ({ carry, ys }, i) => {
        const [next, y] = cell(carry, rowOf(xs, i))
        return { carry: next, ys: [...ys, y] }
      },
      { carry: h, ys: [] },
    )
    return [carry, stack(ys)]
  }

interface Point {
  readonly w: Tensor
  readonly h: Tensor
  readonly xs: Tensor
}

const pointOf = (n: number, seed: number): Point => {
  const at = (shape: ReadonlyArray<number>, k: number): Tensor => mul(0.5, normal(randomKey(seed + k), shape))
  return { w: at([2, 2], 1), h: at([2], 2), xs: at([n, 2], 3) }
}

const lossOf =
  (loop: (cell: Cell) => (h: Tensor, xs: Tensor) => readonly [Tensor, Tensor]) =>
  ({ w, h, xs }: Point): Tensor => {
    const [last, ys] = loop(cellOf(w))(h, xs)
    return add(sum(square(last)), sum(sin(ys)))
  }

const looped = lossOf((cell) => scan(cell))
const written = lossOf(unrolled)

/** Below and above the length from which carries are forgotten, whole and broken segments, and one step. */
const lengths = [1, 2, 5, 16, 17, 25, 36, 40]

describe('scan', () => {
  it('is the loop written out, bit for bit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...lengths), fc.nat(1000), (n, seed) => {
        const { w, h, xs } = pointOf(n, seed)
        expectSameBits(scan(cellOf(w))(h, xs), unrolled(cellOf(w))(h, xs))
        // Under a transform, where long loops become records.
        expectSameBits(vjp(looped)({ w, h, xs })[0], written({ w, h, xs }))
      }),
      { numRuns: 20 },
    )
  })

  it.each(lengths)('has its derivatives, %i steps', (n) => {
    const [p, v, u] = [pointOf(n, 1), pointOf(n, 10), pointOf(n, 20)]
    expectNear(grad(looped)(p), grad(written)(p), 1e-12)
    expectNear(jvp(looped)(p, v), jvp(written)(p, v), 1e-12)
    expectNear(hvp(looped)(p)(v), hvp(written)(p)(v), 1e-12)
    const along = (f: (q: Point) => Tensor) => (q: Point) => jvp(f)(q, u)[1]
    expectNear(jvp(along(looped))(p, v), jvp(along(written))(p, v), 1e-12)
    expectNear(grad(along(looped))(p), grad(along(written))(p), 1e-12)
    const slope = (f: (q: Point) => Tensor) => (q: Point) => {
      const g = grad(f)(q)
      return add(sum(mul(g.w, u.w)), sum(mul(g.xs, u.xs)))
    }
    expectNear(grad(slope(looped))(p), grad(slope(written))(p), 1e-12)
    expectNear(linearize(looped)(p)[1](v), jvp(written)(p, v)[1], 1e-12)
  })

  it('has third derivatives', () => {
    const f = (x: Tensor): Tensor => fori(20, (_, c: Tensor) => sin(add(c, mul(x, c))))(x)
    const g = (x: Tensor): Tensor => Array.from({ length: 20 }).reduce<Tensor>((c) => sin(add(c, mul(x, c))), x)
    expectNear(grad(grad(grad(f)))(scalar(0.3)), grad(grad(grad(g)))(scalar(0.3)), 1e-11)
  })

  it.each([3, 20])('compiles with its derivatives, %i steps', (n) => {
    const [p, v] = [pointOf(n, 3), pointOf(n, 30)]
    expectNear(compile(looped)(p), looped(p), 1e-13)
    expectNear(compile(grad(looped))(p), grad(looped)(p), 1e-12)
    expectNear(compile(hvp(looped))(p)(v), hvp(looped)(p)(v), 1e-12)
    expectNear(grad(compile(looped))(p), grad(looped)(p), 1e-12)
    // Twice, with other numbers under the same signature.
    const fast = compile(grad(looped))
    expectNear(fast(p), grad(written)(p), 1e-12)
    expectNear(fast(v), grad(written)(v), 1e-12)
  })

  it('reads its inputs anew in each run of a compiled function', () => {
    // Long enough for an arena, with an input that the body reads as it is.
    const f = compile((x: Tensor) => sum(scan((c: Tensor) => [add(c, x), []], { length: 3 })(zeros([2000]), [])[0]))
    for (const value of [1, 2, 3]) expect(toNumber(f(full([2000], value)))).toBe(6000 * value)
  })

  it('batches the same program in several ways', () => {
    const run = interpret(
      stage((c: Tensor, a: Tensor) => scan((d: Tensor) => [mul(d, a), []], { length: 20 })(c, [])[0])(
        zeros([]),
        zeros([]),
      ),
    )
    const f = (c: Tensor, a: Tensor): Tensor => run([c, a])[0] ?? c
    const two = tensor([1, 2])
    expect(toArray(vmap(f, { in: [0, null] })(two, scalar(2)))).toEqual([2 ** 20, 2 ** 21])
    expect(toArray(vmap(f, { in: [null, 0] })(scalar(3), two))).toEqual([3, 3 * 2 ** 20])
    expect(toArray(vmap(f)(two, two))).toEqual([1, 2 ** 21])
    const one = tensor([1])
    expect(toArray(vmap(f)(one, one))).toEqual([1])
  })

  it.each([3, 20])('batches as a map does, %i steps', (n) => {
    const points = [1, 2, 3].map((seed) => pointOf(n, seed))
    const [first = pointOf(n, 0)] = points
    const each = <K extends keyof Point>(key: K): Tensor => stack(points.map((p) => p[key]))
    const whole = { w: each('w'), h: each('h'), xs: each('xs') }
    expectNear(vmap(looped)(whole), stack(points.map(written)), 1e-13)
    expectNear(vmap(grad(looped))(whole).xs, stack(points.map((p) => grad(written)(p).xs)), 1e-12)
    const shared = (key: keyof Point) => (x: Tensor) => looped({ ...first, [key]: x })
    const plain = (key: keyof Point) => (x: Tensor) => written({ ...first, [key]: x })
    for (const key of ['w', 'h', 'xs'] as const) {
      expectNear(vmap(shared(key))(each(key)), stack(points.map((p) => plain(key)(p[key]))), 1e-13)
      const total = (f: (x: Tensor) => Tensor) => (x: Tensor) => sum(square(vmap(f)(x)))
      expectNear(grad(total(shared(key)))(each(key)), grad(total(plain(key)))(each(key)), 1e-12)
      expectNear(compile(vmap(grad(shared(key))))(each(key)), vmap(grad(plain(key)))(each(key)), 1e-12)
    }
    // Shared weights of a batch of sequences.
    const batchLoss = (f: (p: Point) => Tensor) => (w: Tensor) =>
      sum(vmap((h: Tensor, xs: Tensor) => f({ w, h, xs }))(whole.h, whole.xs))
    expectNear(grad(batchLoss(looped))(first.w), grad(batchLoss(written))(first.w), 1e-12)
    expectNear(hessian(batchLoss(looped))(first.w), hessian(batchLoss(written))(first.w), 1e-11)
  })

  it('goes backwards on request', () => {
    const [last, ys] = scan((c: Tensor, x: Tensor) => [add(mul(2, c), x), c], { reverse: true })(
      scalar(0),
      tensor([1, 2, 3]),
    )
    expect(toNumber(last)).toBe(2 * (2 * 3 + 2) + 1)
    expect(toArray(ys)).toEqual([8, 3, 0])
  })

  it('serves no step, trees, and steps without inputs', () => {
    const [last, ys] = scan((c: Tensor, x: Tensor) => [add(c, x), { y: mul(2, x) }])(scalar(5), zeros([0]))
    expect(toNumber(last)).toBe(5)
    expect(ys.y.shape).toEqual([0])
    const [[a, b]] = scan(([a, b]: readonly [Tensor, Tensor]) => [[b, add(a, b)] as const, []], { length: 10 })(
      [scalar(0), scalar(1)],
      [],
    )
    expect([toNumber(a), toNumber(b)]).toEqual([55, 89])
    expect(
      toNumber(grad((x: Tensor) => scan((c: Tensor, y: Tensor) => [add(c, y), []])(x, zeros([0]))[0])(scalar(2))),
    ).toBe(1)
  })

  it('is told apart from loops that it cannot run', () => {
    expect(() => scan((c: Tensor) => [c, c])(scalar(0), [])).toThrow(/number of steps is not known/)
    expect(() => scan((c: Tensor) => [c, c])(scalar(0), [zeros([2]), zeros([3])])).toThrow(/length 2, got shape \[3\]/)
    expect(() => scan((c: Tensor) => [stack([c, c]), c])(scalar(0), zeros([2]))).toThrow(
      /carry that the body returns differs/,
    )
    expect(() => scan((c: Tensor) => [c, c])(scalar(0), scalar(1))).toThrow(/leading axis/)
  })
})

/** Programs inside programs, all of them. */
const allOf = (program: Program): ReadonlyArray<Program> => [
  program,
  ...program.instructions.flatMap(({ operation }) =>
    Object.values(operation.params ?? {})
      .flat()
      .flatMap((value: unknown) =>
        typeof value === 'object' && value !== null && 'program' in value ? allOf(value.program as Program) : [],
      ),
  ),
]

describe('a staged scan', () => {
  const lossFor = (n: number) => (w: Tensor) => sum(scan(cellOf(w))(zeros([2]), zeros([n, 2]))[0])
  const count = (program: Program): number => allOf(program).reduce((n, { instructions }) => n + instructions.length, 0)

  it('is as large for many steps as for few', () => {
    const w = zeros([2, 2])
    expect(count(stage(lossFor(10_000))(w))).toBe(count(stage(lossFor(100))(w)))
    expect(count(stage(grad(lossFor(10_000)))(w))).toBe(count(stage(grad(lossFor(100)))(w)))
    expect(count(stage(lossFor(10_000))(w))).toBeLessThan(40)
  })

  it('prints its body', () => {
    const text = show(
      stage((x: Tensor) => scan((c: Tensor, k: Tensor) => [mul(c, add(x, k)), []])(x, arange(50))[0])(scalar(1)),
    )
    expect(text).toMatch(/scan\(.*\) \{length: 50, carries: 1, slices: 1\}/)
    expect(text).toMatch(/body:\n {4}p0/)
    expect(text).toMatch(/mul\(/)
  })

  it('keeps O(√n) carries for a gradient', () => {
    // A carry of 100 numbers over n steps: all carries would be 100 n.
    const width = 100
    const largest = (n: number): number => {
      const f = (x: Tensor): Tensor => sum(fori(n, (_, c: Tensor) => sin(c))(x))
      return Math.max(
        ...allOf(stage(grad(f))(zeros([width]))).flatMap(({ instructions }) =>
          instructions.map(({ shape }) => shape.reduce((a, b) => a * b, 1)),
        ),
      )
    }
    for (const n of [100, 2500, 10_000]) expect(largest(n)).toBeLessThanOrEqual(width * (Math.sqrt(n) + 2) + n)
    expect(largest(10_000)).toBeLessThan((width * 10_000) / 40)
  })
})

describe('fori', () => {
  it('counts', () => {
    expect(toNumber(fori(5, (k, c: Tensor) => add(c, k))(scalar(0)))).toBe(10)
    expect(toNumber(fori(0, (k, c: Tensor) => add(c, k))(scalar(7)))).toBe(7)
    expect(toNumber(fori(scalar(5), (k, c: Tensor) => add(c, k))(scalar(0)))).toBe(10)
  })

  it('takes its number of steps from a value that is not known yet', () => {
    const f = compile((n: Tensor, x: Tensor) => fori(n, (_, c: Tensor) => mul(c, x))(scalar(1)))
    expect(toNumber(f(scalar(3), scalar(2)))).toBe(8)
    expect(toNumber(f(scalar(10), scalar(2)))).toBe(1024)
    expect(toArray(vmap((n: Tensor) => fori(n, (_, c: Tensor) => mul(c, 2))(scalar(1)))(tensor([0, 3, 5])))).toEqual([
      1, 8, 32,
    ])
  })
})
