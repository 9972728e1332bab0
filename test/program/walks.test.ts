import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  argmax,
  compile,
  cumsum,
  exp,
  gather,
  grad,
  hvp,
  loadThreads,
  max,
  min,
  mul,
  normal,
  provider,
  randomKey,
  reshape,
  scatterAdd,
  square,
  stage,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  toArray,
  toFloat64Array,
  useProvider,
  vmap,
  zeros,
} from '../../src/index.js'
import { spread } from '../../src/primitive/structure.js'
import { stretches, withSplitReductions } from '../../src/program/apart.js'
import { scheduleOf } from '../../src/program/execute.js'
import { interpret } from '../../src/program/interpret.js'
import { optimized } from '../../src/program/optimize.js'
import type { Program } from '../../src/program/Program.js'
import { stageFunction } from '../../src/program/stage.js'
import { throughEngines } from './engines.js'

const kinds = (program: Program): ReadonlyArray<string> =>
  scheduleOf(program).tasks.map((task) => (task._tag === 'Walk' ? task.kind._tag : task._tag))

const tasksOf = (f: (x: Tensor) => Tensor, shape: ReadonlyArray<number>): ReadonlyArray<string> =>
  kinds(stage(f)(zeros(shape)))

const expectBits = (actual: Tensor, expected: Tensor, where = ''): void => {
  expect(actual.shape).toEqual(expected.shape)
  const [found, wanted] = [toFloat64Array(actual), toFloat64Array(expected)]
  const other = wanted.findIndex((x, i) => !Object.is(x, found[i]))
  expect([where, other, found[other]]).toEqual([where, other, wanted[other]])
}

/** Entries with ties, both zeros, NaN and infinities. */
const strange = (seed: number, shape: ReadonlyArray<number>): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1)
  const values = [1, -1, 0, -0, 2, -2, 0.5, NaN, Infinity, -Infinity, 1, 1, 0, 3]
  const drawn = toFloat64Array(normal(randomKey(seed), [size]))
  // Every third seed has no NaN, which would hide what is beside it.
  const count = seed % 3 === 0 ? values.length : 7
  return reshape(tensor([...drawn].map((x) => values[Math.floor(Math.abs(x) * 1000) % count] ?? 0)), shape)
}

const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 })

const positions = fc.nat()

/** Axes of a shape from a number that says which. */
const axesFrom = (which: number, rank: number): ReadonlyArray<number> =>
  Array.from({ length: rank }, (_, axis) => axis).filter((axis) => ((which >> axis) & 1) === 1)

const exactly: Readonly<Record<string, (axis: number, axes: ReadonlyArray<number>) => (x: Tensor) => Tensor>> = {
  max: (_, axes) => (x) => max(x, { axes }),
  min: (_, axes) => (x) => min(x, { axes }),
  'max of a chain': (_, axes) => (x) => max(mul(x, add(x, 0.5)), { axes, keepAxes: true }),
  argmax: (axis) => (x) => argmax(x, { axis }),
  'argmax of all': () => (x) => argmax(x),
  cumsum: (axis) => (x) => cumsum(x, { axis }),
  'cumsum backwards': (axis) => (x) => cumsum(x, { axis, reverse: true }),
  'max, batched': (_, axes) => (x) => vmap((y: Tensor) => max(y, { axes: axes.filter((axis) => axis < y.rank) }))(x),
  'cumsum, batched': () => (x) => (x.rank > 1 ? vmap((y: Tensor) => cumsum(y, { axis: 0 }))(x) : x),
  'argmax, batched': () => (x) => (x.rank > 1 ? vmap((y: Tensor) => argmax(y, { axis: 0 }))(x) : x),
}

describe('running sums and extrema in an arena', () => {
  it.each(Object.keys(exactly))('%s: the bits of the eager ones, for any axes, NaN and empty tensors', (name) => {
    fc.assert(
      fc.property(shapes, positions, positions, (shape, which, seed) => {
        const axis = which % shape.length
        const f = exactly[name]?.(axis, axesFrom(which, shape.length)) ?? ((x: Tensor) => x)
        const x = strange(seed, shape)
        for (const { engine, result } of throughEngines(f, x, strange(seed + 1, shape)))
          expectBits(result, f(x), engine)
      }),
      { numRuns: 150 },
    )
  })

  it('their derivatives are the eager ones', () => {
    const functions: ReadonlyArray<(x: Tensor) => Tensor> = [
      (x) => sum(square(max(tanh(x), { axes: [0, 2] }))),
      (x) => sum(exp(min(x, { axes: [1] }))),
      (x) => sum(square(cumsum(tanh(x), { axis: 1, reverse: true }))),
      (x) => sum(tanh(sum(square(x), { axes: [0, 2] }))),
    ]
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 })),
        fc.nat(),
        fc.constantFrom(...functions),
        (shape, seed, f) => {
          const [x, v] = [normal(randomKey(seed), shape), normal(randomKey(seed + 1), shape)]
          const expected = toFloat64Array(add(grad(f)(x), hvp(f)(x)(v)))
          const scale = expected.reduce((most, each) => Math.max(most, Math.abs(each)), 1)
          const both = (y: Tensor, w: Tensor): Tensor => add(grad(f)(y), hvp(f)(y)(w))
          for (const { engine, result } of throughEngines(both, x, v))
            toFloat64Array(result).forEach((each, i) => {
              expect(Math.abs(each - (expected[i] ?? Number.NaN)), engine).toBeLessThanOrEqual(1e-13 * scale)
            })
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('sums in an arena', () => {
  it('are the eager ones up to the order of their terms, over any axes and whatever computes the terms', () => {
    const lengths = fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 70 }))
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 1, max: 80 }),
          lengths,
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
        ),
        fc.integer({ min: 0, max: 15 }),
        fc.nat(),
        (shape, which, seed) => {
          const x = normal(randomKey(seed), shape)
          const f = (y: Tensor): Tensor => sum(square(y), { axes: axesFrom(which, 4) })
          const [found, expected] = [compile(f)(x), f(x)]
          expect(found.shape).toEqual(expected.shape)
          const entries = toFloat64Array(found)
          // All terms are positive: the error is some roundings of the sum itself.
          toFloat64Array(expected).forEach((entry, i) => {
            expect(Math.abs((entries[i] ?? Number.NaN) - entry)).toBeLessThanOrEqual(2e-14 * entry)
          })
        },
      ),
      { numRuns: 200 },
    )
  })

  it('over axes that are apart are one sum after the other, the last stretch first', () => {
    expect(stretches([0, 1, 3], [2, 3, 4, 5])).toEqual([[0, 1], [3]])
    expect(stretches([0, 2], [2, 1, 4])).toEqual([[0, 2]])
    expect(tasksOf((x) => sum(square(x), { axes: [0, 2] }), [5, 6, 7])).toEqual(['Loop', 'Loop'])
    expect(tasksOf((x) => sum(x, { axes: [1, 3] }), [2, 3, 4, 5, 6])).toEqual(['Sum', 'Sum'])
    expect(tasksOf((x) => max(x, { axes: [0, 2] }), [5, 6, 7])).toEqual(['Loop', 'Loop'])
    const program = stage((x: Tensor) => sum(x, { axes: [0, 2] }))(zeros([5, 6, 7]))
    expect(withSplitReductions(program).instructions.map(({ shape }) => shape)).toEqual([[5, 6], [6]])
  })

  it('of what repeats its numbers in another order of axes need no other operation', () => {
    const f = (x: Tensor): Tensor => max(spread(x, [1], [3, 4, 5]), { axes: [2] })
    const g = (x: Tensor): Tensor => sum(spread(x, [0], [4, 3, 5]), { axes: [2] })
    const x = strange(1, [3, 5])
    for (const each of [f, g]) {
      expect(tasksOf(each, [3, 5])).not.toContain('Eager')
      for (const { engine, result } of throughEngines(each, x, x)) expectBits(result, each(x), engine)
    }
  })
})

const indexed = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
  axis: fc.nat(),
  indices: fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 9 }),
  /** Indices that are no integers of the axis, at some positions. */
  wrong: fc.dictionary(fc.constantFrom('0', '3', '7'), fc.constantFrom(-1, 0.5, NaN, Infinity, 7, 2 ** 32)),
  hasWrong: fc.boolean(),
  isConstant: fc.boolean(),
  seed: fc.nat(),
})

/** What a call gives: a tensor, or what it says. */
const outcome = (call: () => Tensor): unknown => {
  try {
    const result = call()
    return { shape: result.shape, entries: [...toFloat64Array(result)] }
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

const byIndices: Readonly<Record<string, (x: Tensor, indices: Tensor, axis: number) => Tensor>> = {
  take: (x, indices, axis) => take(x, indices, { axis }),
  'take by a matrix': (x, indices, axis) => take(x, reshape(indices, [-1, 1]), { axis }),
  scatterAdd: (x, indices, axis) =>
    scatterAdd(x, indices, take(mul(0.7, x), zeros([indices.size]), { axis }), { axis }),
  'take, batched over its indices': (x, indices) => vmap((i: Tensor) => take(mul(0.7, x), i))(indices),
  'take, then its transpose': (x, indices, axis) => grad((y: Tensor) => sum(square(take(y, indices, { axis }))))(x),
}

describe('gathers and scatters in an arena', () => {
  it.each(Object.keys(byIndices))('%s: the bits of the eager one, or what it says of a wrong index', (name) => {
    fc.assert(
      fc.property(indexed, ({ shape, axis: drawn, indices: picks, wrong, hasWrong, isConstant, seed }) => {
        const axis = drawn % shape.length
        const n = shape[axis] ?? 1
        const indices = tensor(picks.map((pick, i) => (hasWrong ? wrong[i] : undefined) ?? pick % Math.max(n, 1)))
        const x = strange(seed, shape)
        const f = (y: Tensor, i: Tensor): Tensor => byIndices[name]?.(y, i, axis) ?? y
        const compiled = isConstant ? compile((y: Tensor) => f(y, indices)) : compile(f)
        const expected = outcome(() => f(x, indices))
        expect(outcome(() => compiled(x, indices))).toEqual(expected)
        // And again, after indices that are right or at least others.
        outcome(() => compiled(x, zeros(indices.shape)))
        expect(outcome(() => compiled(x, indices))).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('gather along each axis, with gradients, through all engines', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
        fc.integer({ min: 0, max: 1 }),
        fc.nat(),
        (shape, axis, seed) => {
          const n = shape[axis] ?? 1
          const x = normal(randomKey(seed), shape)
          const at = tensor([...toFloat64Array(x)].map((each) => Math.floor(Math.abs(each) * 100) % n))
          const indices = reshape(at, shape)
          const f = (y: Tensor, i: Tensor): Tensor =>
            grad((z: Tensor) => sum(mul(gather(z, i, { axis }), square(gather(z, i, { axis })))))(y)
          for (const { engine, result } of throughEngines((y) => f(y, indices), x, x))
            expectBits(result, f(x, indices), engine)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('indices are looked at once for an axis, and constant ones not at all', () => {
    const checks = (f: (x: Tensor, i: Tensor) => Tensor, indices: ReadonlyArray<number>): ReadonlyArray<boolean> =>
      scheduleOf(optimized(stageFunction(f, [zeros([4, 3]), tensor(indices)]).program)).tasks.flatMap((task) =>
        task._tag === 'Walk' && 'checks' in task.kind ? [task.kind.checks] : [],
      )
    const loss = (x: Tensor, i: Tensor): Tensor => sum(square(take(x, i)))
    expect(checks((x, i) => grad((y: Tensor) => loss(y, i))(x), [0, 1])).toEqual([true, false])
    expect(checks((x, i) => add(sum(take(x, i)), sum(take(x, i, { axis: 1 }))), [0, 1])).toEqual([true, true])
    expect(checks((x) => take(x, tensor([3, 0])), [0])).toEqual([false])
    expect(checks((x) => take(x, tensor([3, 4])), [0])).toEqual([true])
  })

  it('says what is wrong each time, and goes on with right indices', () => {
    const f = compile((x: Tensor, i: Tensor) => take(x, i))
    const x = tensor([10, 20, 30])
    expect(toArray(f(x, tensor([2, 0])))).toEqual([30, 10])
    const words = 'take or gather: index 3 (entry 1 of the indices) is not an integer from 0 to 2.'
    expect(() => f(x, tensor([2, 3]))).toThrow(words)
    expect(() => f(x, tensor([2, 3]))).toThrow(words)
    expect(toArray(f(x, tensor([1, 1])))).toEqual([20, 20])
  })
})

describe('what used to have no kernel', () => {
  it.each<readonly [string, (x: Tensor) => Tensor]>([
    ['max over leading axes', (x) => max(x, { axes: [0, 1] })],
    ['min over a middle axis', (x) => min(x, { axes: [1] })],
    ['argmax', (x) => argmax(x, { axis: 0 })],
    ['cumsum', (x) => cumsum(x, { axis: 1 })],
    ['take', (x) => take(x, tensor([1, 0]), { axis: 1 })],
    ['scatterAdd', (x) => grad((y: Tensor) => sum(square(take(y, tensor([1, 0, 1])))))(x)],
    ['sum over axes that are apart', (x) => sum(x, { axes: [0, 2] })],
    ['sum over a middle axis', (x) => sum(x, { axes: [1] })],
  ])('%s has one', (_, f) => {
    const program = optimized(stageFunction(f, [zeros([70, 6, 7])]).program)
    expect(kinds(program)).not.toContain('Eager')
    const x = strange(2, [70, 6, 7])
    const [expected] = interpret(program)([x])
    expectBits(compile(f)(x), expected ?? x)
  })

  it('has the same bits over a memory that threads share', () => {
    const before = provider()
    const threads = loadThreads({ threads: 2 })
    expect(threads._tag).toBe('Right')
    if (threads._tag === 'Left') return
    const x = strange(2, [70, 6, 7])
    const f = (y: Tensor, i: Tensor): Tensor =>
      add(sum(take(cumsum(y, { axis: 1 }), i, { axis: 2 }), { axes: [1] }), argmax(max(y, { axes: [1] }), { axis: 0 }))
    const indices = tensor([6, 0, 3, 3, 1, 2, 5])
    const alone = compile(f)(x, indices)
    try {
      useProvider(threads.right)
      const shared = compile(f)
      expectBits(shared(x, indices), alone)
      expect(() => shared(x, tensor([0, 1, 2, 3, 4, 5, 7]))).toThrow('index 7 (entry 6 of the indices)')
    } finally {
      useProvider(before)
    }
  })
})
