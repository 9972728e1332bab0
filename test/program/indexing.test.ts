/**
 * Sorting, running, scattering and arranging, compiled. Every fixture of theirs is run through compile(f), and its
 * pullback through every engine besides, next to the eager call. Moves and comparisons keep every bit; what contains exponentials, roots, sums or long
 * products may differ by rounding, and is given 8 ulp of the largest entry.
 */
import { describe, expect, it } from 'vitest'
import { compile, type Tensor, toFloat64Array, vjp } from '../../src/index.js'
import { optimized } from '../../src/program/optimize.js'
import { stageFunction } from '../../src/program/stage.js'
import { callOf, families, onlyOf, read, tensorOf } from '../primitive/fixtures.js'
import { engines } from './engines.js'

const names = ['sorting', 'running', 'scattering', 'arranging']

/** Emitted loops add and multiply in an order of their own, and elementary functions are within 2 ulp. */
const rounded = new Set([
  ...['cumLogSumExp', 'std', 'nanSum', 'nanMean', 'quantile', 'median', 'trace'],
  ...['cumprod', 'scatterMul', 'kron', 'meshgrid', 'repeat'],
])
const ulps = 8

const expectSame = (compiled: Tensor, eager: Tensor, isRounded: boolean): void => {
  expect(compiled.shape).toEqual(eager.shape)
  const [found, wanted] = [toFloat64Array(compiled), toFloat64Array(eager)]
  const largest = wanted.reduce((most, y) => (Number.isFinite(y) ? Math.max(most, Math.abs(y)) : most), 0)
  const slack = isRounded ? ulps * Number.EPSILON * largest : 0
  wanted.forEach((y, i) => {
    const x = found[i] ?? Number.NaN
    if (!(Math.abs(x - y) <= slack)) expect(x).toBe(y)
  })
}

const fixtures = families.filter(({ family }) => names.includes(family)).flatMap(({ cases }) => cases)

describe('compiled indexing', () => {
  it.each(fixtures.map((fixture) => [`${fixture.operation} ${fixture.name}`, fixture] as const))('%s', (_, fixture) => {
    const inputs = fixture.inputs.map(read)
    const call = callOf(fixture)
    const isRounded = rounded.has(fixture.operation)
    // The indices are arguments too: a program must not depend on the ones it was staged with.
    const all = (xs: ReadonlyArray<Tensor>): Tensor => call(...xs)
    expectSame(compile(all)(inputs), all(inputs), isRounded)
    if (fixture.differentiable.length === 0) return
    const c = tensorOf(fixture.value.shape, fixture.cotangent)
    const pull = (xs: ReadonlyArray<Tensor>, bar: Tensor): ReadonlyArray<Tensor> => {
      const p = xs.filter((_, i) => fixture.differentiable.includes(i))
      return vjp(onlyOf(call, xs, fixture.differentiable))(p)[1](bar)
    }
    const slow = pull(inputs, c)
    const program = optimized(stageFunction(pull, [inputs, c]).program)
    const runs = Object.values(engines).map((engine) => engine(program)?.([...inputs, c]))
    for (const fast of [compile(pull)(inputs, c), ...runs])
      fast?.forEach((x, i) => {
        expectSame(x, slow[i] ?? x, isRounded)
      })
  })
})
