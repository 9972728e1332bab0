import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  compile,
  explain,
  explainCompilation,
  hvp,
  mul,
  scalar,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  toArray,
  toNumber,
  useCompilation,
  zeros,
} from '../../src/index.js'
import { objective } from '../../src/optimize/index.js'

const smooth = (x: Tensor): Tensor => sum(tanh(square(x)))
const large = zeros([5000])

afterEach(() => useCompilation('auto'))

/** Calls of a loss for three values: a compiled one is run when it is staged, and never again. */
const callsOf = (p: Tensor, options?: Parameters<typeof objective>[1]): number => {
  const loss = vi.fn(smooth)
  const { value } = objective<Tensor>(loss, options)
  for (const at of [p, mul(2, p), mul(3, p)]) value(at)
  return loss.mock.calls.length
}

describe('objectives', () => {
  it('compile themselves from 4096 numbers on', () => {
    // Once to decide, and once to compile or for each value.
    expect(callsOf(large)).toBe(2)
    expect(callsOf(tensor([1, 2]))).toBe(4)
  })

  it('can be told', () => {
    expect(callsOf(large, { compilation: 'never' })).toBe(3)
    expect(callsOf(tensor([1, 2]), { compilation: 'always' })).toBe(1)
  })

  it('run eagerly where compilation is switched off, also those that are compiled already', () => {
    const loss = vi.fn(smooth)
    const { value } = objective<Tensor>(loss)
    value(large)
    const before = loss.mock.calls.length
    useCompilation('never')
    value(large)
    value(large)
    expect(loss.mock.calls.length - before).toBe(2)
    expect(callsOf(large, { compilation: 'always' })).toBe(3)
  })
})

describe("useCompilation('never')", () => {
  it('makes compile(f) call f, to the bit and with whatever f may do eagerly', () => {
    const fast = compile((x: Tensor) => (toNumber(sum(x)) > 0 ? x : mul(-1, x)))
    expect(() => fast(tensor([-1]))).toThrow(/where/)
    useCompilation('never')
    expect(toArray(fast(tensor([-1])))).toEqual([1])
    expect(toArray(compile(hvp(smooth))(tensor([0.3]))(tensor([1])))).toEqual(
      toArray(hvp(smooth)(tensor([0.3]))(tensor([1]))),
    )
  })
})

describe('explainCompilation', () => {
  const first = (text: string): string => text.split('\n')[0] ?? ''

  it('gives the numbers, the threshold and the decision', () => {
    expect(explainCompilation(smooth)(large).split('\n').slice(0, 2)).toEqual([
      'objective  compiled: one value touches 10,001 numbers, and compiling pays from 4,096',
      expect.stringMatching(
        /^compile {4}arena: 1 fused loop, 0 matrix products, .*; \d+\.\d MiB of WebAssembly memory$/,
      ),
    ])
    expect(first(explainCompilation(smooth)(tensor([1])))).toMatch(/eager: one value touches 3 numbers/)
    expect(explainCompilation(smooth)(tensor([1]))).toMatch(/compile {4}scalar code/)
  })

  it('is about the objective at hand, and about the switch', () => {
    expect(first(explainCompilation(smooth, { compilation: 'never' })(large))).toBe(
      "objective  eager: compilation: 'never'",
    )
    useCompilation('never')
    expect(first(explainCompilation(smooth)(large))).toBe("objective  eager: useCompilation('never') is in force")
  })

  it('says why a function cannot be compiled', () => {
    const text = explainCompilation((x: Tensor) => (toNumber(sum(x)) > 0 ? x : mul(-1, x)))(large)
    expect(first(text)).toBe('objective  eager: it cannot be staged')
    expect(text).toContain('compile    none: stage: the numbers of sum(args[0])')
  })

  it('is the last section of explain', () => {
    const lines = explain((x: Tensor) => mul(x, sin(x)))(scalar(2)).split('\n')
    expect(lines.slice(-4)[0]).toBe('compilation')
    expect(lines.slice(-3).map((line) => line.trim())).toEqual(
      explainCompilation((x: Tensor) => mul(x, sin(x)))(scalar(2)).split('\n'),
    )
  })
})
