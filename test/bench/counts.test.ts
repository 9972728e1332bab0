import { add, matmul, ones, reshape, scalar, square, tanh, zeros } from 'gradus'
import { describe, expect, it } from 'vitest'
import { type Counts, watching } from '../../bench/count.js'
import { network } from '../../bench/network.js'
import { derivativeCounts } from '../../bench/suites/counts.js'
import { provider } from '../../src/kernel/provider.js'

const counted = (f: () => unknown, count: <B>(part: () => B) => readonly [B, Counts]): Counts => count(f)[1]

describe('counting', () => {
  it('sees each operation on a watched tensor, and no other', () => {
    const [whole, part, outside] = watching(scalar(3), (x, count) => [
      counted(() => tanh(add(square(x), x)), count),
      counted(() => square(x), count),
      counted(() => square(scalar(2)), count),
    ])
    expect([...whole.byName]).toEqual([
      ['add', 1],
      ['square', 1],
      ['tanh', 1],
    ])
    expect(whole).toMatchObject({ operations: 3, tensors: 3, entries: 3, multiplications: 0 })
    expect(part.operations).toBe(1)
    expect(outside.operations).toBe(0)
  })

  it('counts the multiplications of matrix products, and buffers once', () => {
    const found = watching(ones([2, 3]), (x, count) => counted(() => reshape(matmul(x, zeros([3, 4])), [8]), count))
    expect(found).toMatchObject({ operations: 2, tensors: 1, entries: 8, multiplications: 24 })
  })

  it('leaves the kernels as they were, also when the computation fails', () => {
    const before = provider()
    expect(() => watching(ones([2]), (x) => add(x, ones([3])))).toThrow('broadcast')
    expect(provider()).toBe(before)
  })
})

describe('the cost of derivatives, in counts', () => {
  const found = derivativeCounts(network(100, 50, 10, 500))

  it('a gradient evaluates at most twice as many operations as the function', () => {
    expect(found.gradient.operations).toBeLessThanOrEqual(2 * found.function.operations)
    expect(found.gradient.entries).toBeLessThanOrEqual(3 * found.function.entries)
  })

  it('a gradient multiplies once more for the weights, once for the hidden values, and not at all for the data', () => {
    // Behind C = A·B stand B̄ = Aᵀ·C̄ and, where A depends on the parameters, Ā = C̄·Bᵀ.
    const byWeights = 500 * (100 * 50 + 50 * 10)
    const byActivations = 500 * 50 * 10
    expect(found.function.multiplications).toBe(byWeights)
    expect(found.gradient.multiplications).toBe(2 * byWeights + byActivations)
  })

  it('a replayed product evaluates no part of the function again: only what linear maps are made of', () => {
    const linear = ['add', 'contract', 'neg', 'product', 'productSum', 'reshape', 'spread', 'sum']
    expect([...found.replayed.byName.keys()].filter((name) => !linear.includes(name))).toEqual([])
    expect(found.replayed.operations).toBeLessThanOrEqual(found.gradient.operations)
  })

  it('a one-shot product is a recorded gradient and one replay', () => {
    expect(found.once.operations).toBeLessThanOrEqual(2 * found.gradient.operations)
    expect(found.once.multiplications).toBe(found.gradient.multiplications + found.replayed.multiplications)
  })

  it('no operation is done row by row', () => {
    const operations = ({ function: f, gradient, once, replayed }: ReturnType<typeof derivativeCounts>) =>
      [f, gradient, once, replayed].map((counts) => [...counts.byName])
    expect(operations(derivativeCounts(network(7, 5, 3, 4)))).toEqual(operations(found))
  })
})
