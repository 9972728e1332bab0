import {
  add,
  compile,
  grad,
  hessian,
  hessianMatrix,
  matmul,
  mean,
  mul,
  square,
  stopGradient,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  useCompilation,
  vmap,
} from 'gradus'
import { hessianOperator } from 'gradus/curvature'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as compilation from '../../src/program/compile.js'

vi.mock('../../src/program/compile.js', async (original) => {
  const actual = await original<typeof compilation>()
  return { ...actual, compile: vi.fn(actual.compile) }
})

const compiled = vi.mocked(compilation.compile)

beforeEach(() => compiled.mockClear())

afterEach(() => useCompilation('auto'))

/** Entries that look random and are the same on every run. */
const entries = (shape: readonly [number, number], phase: number): Tensor =>
  tensor(
    Array.from({ length: shape[0] }, (_, i) =>
      Array.from({ length: shape[1] }, (_, j) => Math.sin(phase + 12.9898 * i + 78.233 * j)),
    ),
  )

interface Layer {
  readonly w: Tensor
  readonly b: Tensor
}

const layer: Layer = { w: entries([20, 12], 1), b: mul(0.1, sum(entries([12, 2], 2), { axes: [1] })) }

/** With n rows the largest value of the replay has 20 n entries; w has 240 parameters and b has 12. */
const lossOf =
  (n: number) =>
  ({ w, b }: Layer): Tensor =>
    mean(square(tanh(add(matmul(entries([n, 20], 3), w), b))))

const matrices = (f: () => Tensor): readonly [Float64Array, Float64Array] => {
  const own = toFloat64Array(f())
  useCompilation('never')
  const eager = toFloat64Array(f())
  useCompilation('auto')
  return [own, eager]
}

const worst = ([a, b]: readonly [Float64Array, Float64Array]): number => {
  const scale = b.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  return a.reduce((most, entry, i) => Math.max(most, Math.abs(entry - (b[i] ?? Number.NaN)) / scale), 0)
}

describe('a large Hessian', () => {
  const loss = lossOf(300)

  it('compiles the replay of the leaves that have many rows, and changes rounding only', () => {
    expect(worst(matrices(() => hessianMatrix(loss)(layer)))).toBeLessThan(1e-12)
    expect(compiled).toHaveBeenCalledTimes(1)
    expect(worst(matrices(() => hessian(loss)(layer).w.b))).toBeLessThan(1e-12)
    expect(worst(matrices(() => hessianOperator(loss)(layer).matrix()))).toBeLessThan(1e-12)
    expect(compiled).toHaveBeenCalledTimes(3)
  })

  it('runs its loss once and sees what has changed since the last time', () => {
    const scale = { by: 1 }
    const changing = vi.fn((p: Layer) => mul(scale.by, loss(p)))
    const first = toFloat64Array(hessianMatrix(changing)(layer))
    scale.by = 2
    const second = toFloat64Array(hessianMatrix(changing)(layer))
    expect(changing).toHaveBeenCalledTimes(2)
    expect(compiled).toHaveBeenCalledTimes(2)
    expect(worst([second, first.map((entry) => 2 * entry)])).toBeLessThan(1e-12)
  })

  it('takes losses that cannot be staged', () => {
    const reading = (p: Layer): Tensor => mul(toNumber(sum(stopGradient(p.w))) > -1e9 ? 1 : 2, loss(p))
    expect(() => compile(reading)(layer)).toThrow(/where/)
    compiled.mockClear()
    expect(worst(matrices(() => hessianMatrix(reading)(layer)))).toBeLessThan(1e-12)
    expect(compiled).toHaveBeenCalledTimes(1)
  })

  it('stays eager under a transform, and right where it closes over a traced value', () => {
    const trace = (p: Layer): Tensor => sum(square(hessian(loss)(p).b.b))
    const { b } = grad(trace)(layer)
    expect(compiled).not.toHaveBeenCalled()
    expect(b.shape).toEqual([12])
    const scaled = (t: Tensor): Tensor => sum(hessianMatrix((p: Layer) => mul(t, loss(p)))(layer))
    const [total] = [toNumber(sum(hessianMatrix(loss)(layer)))]
    expect(toNumber(grad(scaled)(tensor(3))) / total).toBeCloseTo(1, 9)
    expect(vmap(scaled)(tensor([1, 2])).shape).toEqual([2])
  })
})

describe('a small Hessian', () => {
  it('is never compiled', () => {
    const [own, eager] = matrices(() => hessianMatrix(lossOf(20))(layer))
    expect(own).toEqual(eager)
    expect(compiled).not.toHaveBeenCalled()
  })
})

it('is symmetric, compiled or not', () => {
  const h = hessianMatrix(lossOf(300))(layer)
  expect(worst([toFloat64Array(h), toFloat64Array(transpose(h))])).toBeLessThan(1e-12)
})
