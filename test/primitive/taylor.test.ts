/** Every fixture in Taylor mode: the coefficients along a line are its value, its jvp and half the jvp of its jvp along the same. */
import { jvp, mul, type Tensor, taylor, toFloat64Array } from 'gradus'
import { describe, expect, it } from 'vitest'
import { at, callOf, families, onlyOf, read, tensorOf } from './fixtures.js'

type Tensors = ReadonlyArray<Tensor>

const expectClose = (found: Tensor, wanted: Tensor, tolerance: number, scale: number): void => {
  const [ours, theirs] = [toFloat64Array(found), toFloat64Array(wanted)]
  const largest = theirs.reduce((most, y) => (Number.isFinite(y) ? Math.max(most, Math.abs(y)) : most), scale)
  theirs.forEach((y, i) => {
    const x = ours[i] ?? Number.NaN
    if (!(Math.abs(x - y) <= tolerance * largest)) expect(x).toBe(y)
  })
}

families.forEach(({ family, cases }) => {
  describe(`${family}, in Taylor mode`, () => {
    const smooth = cases.filter(({ differentiable }) => differentiable.length > 0)
    it.each(smooth.map((fixture) => [`${fixture.operation} ${fixture.name}`, fixture] as const))('%s', (_, fixture) => {
      const { differentiable, scale = 0 } = fixture
      const inputs = fixture.inputs.map(read)
      const p = differentiable.map((i) => at(inputs, i))
      const v = fixture.tangents.map((data, i) => tensorOf(at(p, i).shape, data))
      const f = onlyOf(callOf(fixture), inputs, differentiable)
      const [value, slope, bend] = taylor(f, 2)(p)(v)
      const pushed = (q: Tensors): Tensor => jvp(f)(q, v)[1]
      const [first, second] = jvp(pushed)(p, v)
      if (value === undefined || slope === undefined || bend === undefined) throw new Error('a coefficient is missing')
      expectClose(value, f(p), 0, 0)
      expectClose(slope, first, 1e-13, scale)
      expectClose(mul(2, bend), second, 1e-11, scale)
    })
  })
})
