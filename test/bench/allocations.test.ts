import { compile, grad, hvp, mul, square, sub, sum, type Tensor, tensor, treeLeaves, treeMap, vmap } from 'gradus'
import { minimize, momentum, objective } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { type Allocations, watchingAllocations } from '../../bench/allocations.js'
import { loss, network, type Parameters } from '../../bench/network.js'
import { allocate } from '../../src/kernel/reference/allocate.js'

const bytesOf = (tree: unknown): ReadonlyArray<number> => treeLeaves(tree).map(({ size }) => 8 * size)

const nothing: Allocations = { buffers: [], views: 0, instances: 0 }

/** What a call allocates after it has been called a few times, and what its result holds. */
const settled = (make: () => () => unknown): { readonly found: Allocations; readonly results: ReadonlyArray<number> } =>
  watchingAllocations((count) => {
    const run = make()
    const results = bytesOf(run())
    run()
    return { found: count(run), results }
  })

describe('counting buffers', () => {
  it('sees every way to make one', () => {
    const ways: Readonly<Record<string, () => unknown>> = {
      construct: () => new Float64Array(3),
      copy: () => new Float64Array([1, 2, 3]),
      slice: () => whole.slice(0, 3),
      map: () => whole.subarray(0, 3).map((x) => x + 1),
      of: () => Float64Array.of(1, 2, 3),
      from: () => Float64Array.from({ length: 3 }),
      slab: () => allocate(30),
    }
    const whole = Float64Array.from({ length: 5 })
    const found = watchingAllocations((count) =>
      Object.entries(ways).map(([name, way]) => [name, count(way).buffers.includes(name === 'slab' ? 240 : 24)]),
    )
    expect(found).toEqual(Object.keys(ways).map((name) => [name, true]))
  })

  it('tells views of a memory from buffers, and sees memories that grow', () => {
    const found = watchingAllocations((count) => {
      const memory = new WebAssembly.Memory({ initial: 1 })
      return [
        count(() => new Float64Array(memory.buffer).subarray(2, 4)),
        count(() => new Float64Array(memory.buffer).slice(2, 4)),
        count(() => memory.grow(1)),
      ]
    })
    expect(found).toEqual([
      { ...nothing, views: 2 },
      { ...nothing, buffers: [16], views: 1 },
      { ...nothing, instances: 1 },
    ])
  })

  it('leaves the constructors as they were, also when the computation fails', () => {
    const before = [Float64Array, Float64Array.prototype.constructor, WebAssembly.Instance]
    expect(() =>
      watchingAllocations(() => {
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect([Float64Array, Float64Array.prototype.constructor, WebAssembly.Instance]).toEqual(before)
    expect(new Float64Array(2).slice()).toBeInstanceOf(Float64Array)
  })
})

describe('a compiled step allocates nothing but its results', () => {
  const [p, inputs, labels] = network(20, 16, 10, 40)

  const steps: Readonly<Record<string, () => () => unknown>> = {
    function: () => {
      const f = compile(loss)
      return () => f(p, inputs, labels)
    },
    gradient: () => {
      const f = compile(grad(loss))
      return () => f(p, inputs, labels)
    },
    'replayed product': () => {
      const product = compile(hvp(loss))(p, inputs, labels)
      return () => product(p)
    },
    'gradient of a compiled function': () => {
      const fast = compile(loss)
      return () => grad(fast)(p, inputs, labels)
    },
    'product of a compiled function': () => {
      const product = hvp(compile(loss))(p, inputs, labels)
      return () => product(p)
    },
    'batch of a compiled function': () => {
      const fast = compile((x: Tensor) => sum(square(x)))
      return () => vmap(fast)(inputs)
    },
    'product at a point that is not resident': () => {
      const half = treeMap((leaf: Tensor) => mul(0.5, leaf))(p)
      const product = compile(hvp(loss))(p, inputs, labels)
      const other = compile(hvp(loss))(half, inputs, labels)
      return () => [product(p), other(half)]
    },
    'descent, as one program': () => {
      const step = compile((at: Parameters): Parameters => {
        const slope = treeLeaves(grad(loss)(at, inputs, labels))
        const places = treeLeaves(at)
        const moved = new Map(places.map((leaf, i) => [leaf, sub(leaf, mul(0.1, slope[i] ?? leaf))]))
        return treeMap((leaf: Tensor) => moved.get(leaf) ?? leaf)(at)
      })
      return () => step(step(p))
    },
    'tiny program': () => {
      const f = compile(grad((x: Tensor) => sum(square(x))))
      const x = tensor([1, 2, 3])
      return () => f(x)
    },
  }

  /** `step(step(p))` leaves the result of the inner one behind. */
  const calls = (name: string): number => (name.startsWith('descent') ? 2 : 1)

  for (const [name, make] of Object.entries(steps))
    it(name, () => {
      const { found, results } = settled(make)
      expect(found).toEqual({ ...nothing, buffers: Array.from({ length: calls(name) }, () => results).flat() })
    })

  it('an optimizer adds its updates and its state to the gradient, and nothing that depends on the rows', () => {
    const bytes = (rows: number): number =>
      watchingAllocations((count) => {
        const [q, x, y] = network(20, 16, 10, rows)
        const steps = minimize(
          momentum({ learningRate: 0.1 }),
          objective((at: Parameters) => loss(at, x, y), { compilation: 'always' }),
        )(q)
        const iterator = steps[Symbol.iterator]()
        for (const _ of [1, 2, 3]) iterator.next()
        return count(() => iterator.next()).buffers.reduce((total, each) => total + each, 0)
      })
    expect(bytes(40)).toBe(bytes(400))
  })
})
