/**
 * Every fixture compiled: its value, its pullback and the derivative of its pullback, next to the eager calls, which golden.test.ts
 * holds against JAX and mpmath. Families of indexing have a test of their own, with every engine (test/program/indexing.test.ts).
 */
import { compile, jvp, type Tensor, toFloat64Array, vjp } from 'gradus'
import { describe, expect, it } from 'vitest'
import { at, callOf, type Fixture, families, onlyOf, read, tensorOf } from './fixtures.js'

const elsewhere = ['sorting', 'running', 'scattering', 'arranging']

/** Emitted loops add in an order of their own and elementary functions are within 2 ulp; a rule composes a few of them. */
const tolerances = { first: 1e-13, second: 1e-11 } as const

const expectClose = (compiled: Tensor, eager: Tensor, tolerance: number, scale: number): void => {
  expect(compiled.shape).toEqual(eager.shape)
  const [found, wanted] = [toFloat64Array(compiled), toFloat64Array(eager)]
  const largest = wanted.reduce((most, y) => (Number.isFinite(y) ? Math.max(most, Math.abs(y)) : most), scale)
  wanted.forEach((y, i) => {
    const x = found[i] ?? Number.NaN
    if (!(Math.abs(x - y) <= tolerance * largest)) expect(x).toBe(y)
  })
}

type Tensors = ReadonlyArray<Tensor>

const examine = (fixture: Fixture): void => {
  const { differentiable, scale = 0 } = fixture
  const inputs = fixture.inputs.map(read)
  const call = callOf(fixture)
  const value = (xs: Tensors): Tensor => call(...xs)
  expectClose(compile(value)(inputs), value(inputs), tolerances.first, scale)
  if (differentiable.length === 0) return
  const p = differentiable.map((i) => at(inputs, i))
  const directions = fixture.directions.map((data, i) => tensorOf(at(p, i).shape, data))
  const f = onlyOf(call, inputs, differentiable)
  const c = tensorOf(fixture.value.shape, fixture.cotangent)
  const pull = (q: Tensors): Tensors => vjp(f)(q)[1](c)
  const bend = (q: Tensors, w: Tensors): Tensors => jvp(pull)(q, w)[1]
  const slow = pull(p)
  compile(pull)(p).forEach((x, i) => {
    expectClose(x, at(slow, i), tolerances.first, scale)
  })
  const bent = bend(p, directions)
  compile(bend)(p, directions).forEach((x, i) => {
    expectClose(x, at(bent, i), tolerances.second, scale)
  })
}

families
  .filter(({ family }) => !elsewhere.includes(family))
  .forEach(({ family, cases }) => {
    describe(`${family}, compiled`, () => {
      it.each(cases.map((fixture) => [`${fixture.operation} ${fixture.name}`, fixture] as const))(
        '%s',
        (_, fixture) => {
          examine(fixture)
        },
      )
    })
  })
