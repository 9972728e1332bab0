import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  add,
  compile,
  grad,
  hessianMatrix,
  hvp,
  jvp,
  matmul,
  mul,
  oneHot,
  scalar,
  square,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  valueAndGrad,
  vmap,
  zeros,
} from '../../src/index.js'
import { arbitraryProgram, arbitraryVector, type Program as Expression, runProgram } from '../support/programs.js'
import { throughEngines } from './engines.js'

type Reading = (expression: Expression) => (x: Tensor, v: Tensor) => Tensor

const readings: Readonly<Record<string, Reading>> = {
  value: (expression) => (x) => runProgram(expression, x),
  gradient: (expression) => (x) => grad((y: Tensor) => sum(runProgram(expression, y)))(x),
  product: (expression) => (x, v) => hvp((y: Tensor) => sum(runProgram(expression, y)))(x)(v),
  batched: (expression) => (x, v) => vmap((s: Tensor) => runProgram(expression, s))(stack([x, v])),
  hessian: (expression) => (x) => hessianMatrix((y: Tensor) => sum(runProgram(expression, y)))(x),
}

const instances = fc.tuple(
  arbitraryProgram,
  fc.constantFrom(...Object.keys(readings)),
  arbitraryVector,
  arbitraryVector,
)

/**
 * Elementary functions differ by up to 2 ulp and sums by their order; products of up to five levels of operations, twice
 * differentiated, amplify that by their condition. Errors are relative to the largest entry of the result and of the point.
 */
const tolerance = 1e-11

const agree = (actual: Tensor, expected: Tensor): void => {
  expect(actual.shape).toEqual(expected.shape)
  const [a, e] = [toFloat64Array(actual), toFloat64Array(expected)]
  const scale = e.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1)
  e.forEach((entry, i) => {
    const difference = Math.abs((a[i] ?? Number.NaN) - entry)
    if (!(difference <= tolerance * scale)) expect(a[i]).toBe(entry)
  })
}

describe('compiled functions', () => {
  it('are the eager ones up to rounding, for values and all kinds of derivatives', () => {
    fc.assert(
      fc.property(instances, ([expression, reading, x, v]) => {
        const f = readings[reading]?.(expression) ?? (() => x)
        agree(compile(f)(x, v), f(x, v))
        for (const { result } of throughEngines(f, x, v)) agree(result, f(x, v))
      }),
      { numRuns: 300 },
    )
  })

  it('are compiled once for each structure and shape', () => {
    const calls = vi.fn((x: Tensor) => sum(square(x)))
    const fast = compile(calls)
    expect([tensor([1, 2]), tensor([3, 4]), tensor([1, 2])].map((x) => toNumber(fast(x)))).toEqual([5, 25, 5])
    expect(calls).toHaveBeenCalledTimes(1)
    expect(toNumber(fast(tensor([1, 1, 1])))).toBe(3)
    expect(calls).toHaveBeenCalledTimes(2)
  })

  it('return results that later calls do not change', () => {
    const fast = compile((x: Tensor) => add(x, 1))
    const first = fast(tensor([1, 2]))
    fast(tensor([10, 20]))
    expect(toArray(first)).toEqual([2, 3])
  })

  it('return arguments and constants as they are', () => {
    const fast = compile((x: Tensor) => ({ same: x, constant: tensor([7]), sum: sum(x) }))
    const { same, constant, sum: total } = fast(tensor([1, 2]))
    expect([toArray(same), toArray(constant), toArray(total)]).toEqual([[1, 2], [7], 3])
  })

  it('differentiate and batch', () => {
    const cube = compile((x: Tensor) => mul(x, mul(x, x)))
    expect(toNumber(grad(cube)(scalar(2)))).toBe(12)
    expect(toNumber(grad(grad(cube))(scalar(2)))).toBe(12)
    expect(toNumber(jvp(cube)(scalar(2), scalar(1))[1])).toBe(12)
    expect(toArray(vmap(cube)(tensor([1, 2])))).toEqual([1, 8])
    expect(toArray(compile(grad((x: Tensor) => sum(cube(x))))(tensor([1, 2])))).toEqual([3, 12])
  })

  it('have compiled derivatives and batches, which are staged once however often they are asked for', () => {
    const source = vi.fn((x: Tensor, w: Tensor) => sum(mul(w, tanh(x))))
    const fast = compile(source)
    const [x, v, w] = [tensor([0.1, 0.2, 0.3]), tensor([1, 2, 3]), tensor([1, -1, 2])]
    const ways: Readonly<Record<string, (f: typeof fast) => Tensor>> = {
      grad: (f) => grad(f)(x, w),
      valueAndGrad: (f) => valueAndGrad(f)(x, w)[1],
      hvp: (f) => hvp(f)(x, w)(v),
      vmap: (f) => vmap(f, { in: [0, null] })(stack([x, v]), w),
      'another vmap': (f) => vmap(f)(stack([x, v]), stack([w, w])),
      'third derivatives': (f) => grad((y: Tensor) => sum(mul(v, hvp(f)(y, w)(v))))(x),
      'grad of a sum': (f) => grad((y: Tensor) => add(f(y, w), f(v, y)))(x),
    }
    for (const [name, way] of Object.entries(ways)) {
      agree(
        way(fast),
        way((...args) => source(...args)),
      )
      source.mockClear()
      const again = way(fast)
      expect(source, name).not.toHaveBeenCalled()
      agree(
        again,
        way((...args) => source(...args)),
      )
    }
    expect(grad(fast)).toBe(grad(fast))
  })

  it('take empty tensors and size-1 axes', () => {
    expect(toArray(compile((x: Tensor) => sum(tanh(x)))(zeros([0])))).toBe(0)
    expect(compile((x: Tensor) => tanh(x))(zeros([0, 3])).shape).toEqual([0, 3])
    expect(toArray(compile((x: Tensor) => add(x, tensor([[1], [2]])))(tensor([[10]])))).toEqual([[11], [12]])
  })

  it('refuse control flow on values, with what to use instead', () => {
    const branching = compile((x: Tensor) => (toNumber(x) > 0 ? x : mul(-1, x)))
    expect(() => branching(scalar(1))).toThrow(/where/)
  })

  it('keep exact zeros in products of derivatives', () => {
    const x = tensor([[0, Infinity]])
    const f = (w: Tensor): Tensor => sum(mul(oneHot(tensor([0]), 2), matmul(x, w)))
    expect(
      toArray(
        compile(grad(f))(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      ),
    ).toEqual(
      toArray(
        grad(f)(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      ),
    )
  })

  it('close over values of an enclosing transform', () => {
    const outer = (x: Tensor): Tensor => sum(compile((y: Tensor) => mul(y, mul(x, x)))(tensor([1, 2])))
    expect(toNumber(grad(outer)(scalar(5)))).toBe(30)
    const half = (x: Tensor): Tensor =>
      sum(compile(hvp((y: Tensor) => mul(x, sum(square(y)))))(tensor([1]))(tensor([1])))
    expect(toNumber(grad(half)(scalar(5)))).toBe(2)
  })
})
