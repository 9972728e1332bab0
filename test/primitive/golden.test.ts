/**
 * Every operation against fixtures of JAX and mpmath (test/golden/primitives/make.py): its value, jvp, vjp, the four
 * compositions of the two, and vmap with the vjp of what it made. Both modes of gradus read one rule, so that comparing
 * them with each other would prove nothing about it; these numbers come from outside.
 */
import { jvp, type Tensor, toFloat64Array, vjp, vmap } from 'gradus'
import { describe, expect, it } from 'vitest'
import { at, type Batch, callOf, type Entries, type Fixture, families, onlyOf, read, tensorOf } from './fixtures.js'
import type { Call } from './operations.js'

const tolerances = { first: 1e-12, second: 1e-10 } as const

/** Largest |ours − theirs| must stay within tol · largest |theirs|; NaN and infinities must be met exactly. */
const expectClose = (ours: Tensor, theirs: Tensor, tolerance: number, scale = 0): void => {
  expect(ours.shape).toEqual(theirs.shape)
  const [found, wanted] = [toFloat64Array(ours), toFloat64Array(theirs)]
  const largest = wanted.reduce((most, y) => (Number.isFinite(y) ? Math.max(most, Math.abs(y)) : most), scale)
  const wrong = Array.from(wanted, (y, i) => ({ i, theirs: y, ours: found[i] ?? Number.NaN })).filter(
    ({ theirs, ours }) =>
      Number.isFinite(theirs) ? !(Math.abs(ours - theirs) <= tolerance * largest) : !Object.is(ours, theirs),
  )
  expect(wrong, `largest entry ${largest}, tolerance ${tolerance}`).toEqual([])
}

const expectAllClose = (
  ours: ReadonlyArray<Tensor>,
  theirs: ReadonlyArray<Tensor>,
  tolerance: number,
  scale?: number,
): void => {
  expect(ours.length).toBe(theirs.length)
  theirs.forEach((y, i) => expectClose(at(ours, i), y, tolerance, scale))
}

type Tensors = ReadonlyArray<Tensor>

const derivatives = (fixture: Fixture): void => {
  const { differentiable, scale } = fixture
  const inputs = fixture.inputs.map(read)
  const p = differentiable.map((i) => at(inputs, i))
  const like = (entries: ReadonlyArray<Entries>): Tensors => entries.map((data, i) => tensorOf(at(p, i).shape, data))
  const f = onlyOf(callOf(fixture), inputs, differentiable)
  const y = fixture.value.shape
  const [v, w] = [like(fixture.tangents), like(fixture.directions)]
  const c = tensorOf(y, fixture.cotangent)
  const { first, second } = tolerances

  it('jvp', () => {
    const [value, tangent] = jvp(f)(p, v)
    expectClose(value, read(fixture.value), first, scale)
    expectClose(tangent, tensorOf(y, fixture.jvp), first, scale)
  })
  it('vjp', () => {
    const [value, pullback] = vjp(f)(p)
    expectClose(value, read(fixture.value), first, scale)
    expectAllClose(pullback(c), like(fixture.vjp), first, scale)
  })
  it('jvp of jvp', () => {
    const [, bend] = jvp((q: Tensors): Tensor => jvp(f)(q, v)[1])(p, w)
    expectClose(bend, tensorOf(y, fixture.jvpjvp), second, scale)
  })
  it('jvp of vjp', () => {
    const [, bend] = jvp((q: Tensors): Tensors => vjp(f)(q)[1](c))(p, w)
    expectAllClose(bend, like(fixture.jvpvjp), second, scale)
  })
  it('vjp of jvp', () => {
    // Jointly in the point and in the tangent; the second part gives the vjp back.
    const pushed = ([q, t]: readonly [Tensors, Tensors]): Tensor => jvp(f)(q, t)[1]
    const [pointBar, tangentBar] = vjp(pushed)([p, v])[1](c)
    expectAllClose(pointBar, like(fixture.vjpjvp), second, scale)
    expectAllClose(tangentBar, like(fixture.vjp), first, scale)
  })
  it('vjp of vjp', () => {
    // Jointly in the point and in the cotangent; the second part is the jvp in the direction w.
    const pulled = ([q, bar]: readonly [Tensors, Tensor]): Tensors => vjp(f)(q)[1](bar)
    const [pointBar, cotangentBar] = vjp(pulled)([p, c])[1](w)
    expectAllClose(pointBar, like(fixture.vjpvjp), second, scale)
    expectClose(cotangentBar, jvp(f)(p, w)[1], first, scale)
  })
}

const batched = (fixture: Fixture, batch: Batch): void => {
  const { differentiable, scale } = fixture
  const inputs = batch.inputs.map(read)
  const mapped: Call = vmap(callOf(fixture), { in: batch.in, out: 0 })
  it(`vmap in ${JSON.stringify(batch.in)}`, () => {
    expectClose(mapped(...inputs), read(batch.value), tolerances.first, scale)
  })
  if (differentiable.length > 0)
    it(`vjp of vmap in ${JSON.stringify(batch.in)}`, () => {
      const p = differentiable.map((i) => at(inputs, i))
      const [, pullback] = vjp(onlyOf(mapped, inputs, differentiable))(p)
      const theirs = batch.vjp.map((data, i) => tensorOf(at(p, i).shape, data))
      expectAllClose(pullback(tensorOf(batch.value.shape, batch.cotangent)), theirs, tolerances.first, scale)
    })
}

families.forEach(({ family, cases }) => {
  describe(`${family} fixtures`, () => {
    cases.forEach((fixture) => {
      describe(`${fixture.operation} ${fixture.name}`, () => {
        it('value', () => {
          const value = callOf(fixture)(...fixture.inputs.map(read))
          expectClose(value, read(fixture.value), tolerances.first, fixture.scale)
        })
        if (fixture.differentiable.length > 0) derivatives(fixture)
        fixture.vmap.forEach((batch) => batched(fixture, batch))
      })
    })
  })
})
