import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cos, mul, sin, sum, type Tensor, tanh, tensor, useCompilation } from '../../src/index.js'
import { flatOf } from '../../src/operator/flat.js'
import { objective } from '../../src/optimize/index.js'

type Params = { readonly w: Tensor; readonly b: readonly [Tensor, Tensor] }

const loss = ({ w, b: [c, d] }: Params): Tensor => sum(mul(sin(mul(w, w)), mul(cos(c), tanh(mul(w, d)))))

const params: Params = {
  w: tensor([
    [0.3, -1.2],
    [0.7, 2],
  ]),
  b: [tensor([0.5, -0.4]), tensor(0.9)],
}

const entries = fc.float64Array({
  minLength: 7,
  maxLength: 7,
  noNaN: true,
  noDefaultInfinity: true,
  min: -1e3,
  max: 1e3,
})

describe('products from vector to vector', () => {
  const compiled = objective(loss, { compilation: 'always' })

  it('are those of trees, to the bit', () => {
    const operator = compiled.hessian(params)
    const { image, multiply } = flatOf(operator)
    const through = flatOf({ ...operator, apply: (v: Params) => operator.apply(v) })
    fc.assert(
      fc.property(entries, (x) => {
        const into = new Float64Array(7).fill(Number.NaN)
        image(x, into)
        expect(into).toEqual(through.multiply(x))
        expect(multiply(x)).toEqual(into)
      }),
    )
  })

  it('keep nothing of what they were given', () => {
    const { image } = flatOf(compiled.hessian(params))
    const [x, first, second] = [Float64Array.of(1, 2, 3, 4, 5, 6, 7), new Float64Array(7), new Float64Array(7)]
    image(x, first)
    x.fill(0)
    image(x, second)
    expect(second.every((each) => each === 0)).toBe(true)
    expect(first.some((each) => each !== 0)).toBe(true)
  })

  it('at one point do not disturb those at another', () => {
    const [here, there] = [
      flatOf(compiled.hessian(params)),
      flatOf(compiled.hessian({ ...params, b: [tensor([1, 1]), tensor(2)] })),
    ]
    const x = Float64Array.of(1, -1, 2, -2, 3, -3, 4)
    const [one, two] = [here.multiply(x), there.multiply(x)]
    expect(here.multiply(x)).toEqual(one)
    expect(one).not.toEqual(two)
  })

  it('are those of the eager loss where nothing is compiled', () => {
    const x = Float64Array.of(1, -1, 2, -2, 3, -3, 4)
    const fast = flatOf(compiled.hessian(params)).multiply(x)
    useCompilation('never')
    const eager = flatOf(compiled.hessian(params)).multiply(x)
    useCompilation('auto')
    const scale = Math.max(...eager.map(Math.abs))
    fast.forEach((each, i) => expect(Math.abs(each - (eager[i] ?? 0))).toBeLessThanOrEqual(1e-14 * scale))
  })
})
