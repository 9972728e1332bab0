import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cond,
  cos,
  custom,
  exp,
  fixedPoint,
  fromFloat64Array,
  greater,
  linearMaps,
  matmul,
  mul,
  scalar,
  sin,
  square,
  stopGradient,
  sum,
  type Tensor,
  tanh,
  toFloat64Array,
  transpose,
} from 'gradus'
import { type CustomClaim, check, customLaws, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

const failedOf = <P, Y>(claim: CustomClaim<P, Y>): ReadonlyArray<string> => {
  const outcome = check({ seed: 3, instances: 10, shrink: false })(customLaws(claim))
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${claim.name} › `, '')) : []
}

const sineBy = (name: string, differential: (x: Tensor) => ReturnType<typeof linearMaps.scale>) =>
  custom({ name, value: (x: Tensor) => sin(x), differential: ([x]) => [differential(x)] })

const params = tensors([3], { min: -2, max: 2 })

describe('laws of custom rules', () => {
  it('hold for right ones: linear maps, pairs, trees, black boxes, implicit functions and choices', () => {
    expect(failedOf({ name: 'sine', f: sineBy('sine', (x) => linearMaps.scale(cos(x))), params })).toEqual([])
    const product = custom({
      name: 'product',
      value: ({ a, b }: { readonly a: Tensor; readonly b: Tensor }) => [matmul(a, b), sum(a)],
      differential: ([{ a, b }]) => ({
        apply: ([{ a: da, b: db }]) => [add(matmul(da, b), matmul(a, db)), sum(da)],
        transpose: ([u = scalar(0), s = scalar(0)]) =>
          [{ a: add(matmul(u, transpose(b)), mul(s, add(1, mul(0, a)))), b: matmul(transpose(a), u) }] as [
            { readonly a: Tensor; readonly b: Tensor },
          ],
      }),
    })
    const pairs = tensors([2, 2, 2]).map((x) => ({
      a: fromFloat64Array(toFloat64Array(x).slice(0, 4), [2, 2]),
      b: fromFloat64Array(toFloat64Array(x).slice(4), [2, 2]),
    }))
    expect(failedOf({ name: 'product', f: product, params: pairs })).toEqual([])
    const opaque = custom({
      name: 'opaque',
      value: (x: Tensor) => fromFloat64Array(toFloat64Array(x).map(Math.sin), x.shape),
      like: (x: Tensor) => x,
      differential: ([x]) => [linearMaps.scale(cos(x))],
    })
    expect(failedOf({ name: 'opaque', f: opaque, params })).toEqual([])
    const implicit = (x: Tensor): Tensor => fixedPoint((p: Tensor, y: Tensor) => mul(0.5, tanh(add(p, y))))(x, x)
    expect(failedOf({ name: 'implicit', f: implicit, params })).toEqual([])
    const choice = (x: Tensor): Tensor =>
      cond(
        (y: Tensor) => sin(y),
        (y: Tensor) => exp(y),
      )(greater(sum(x), 9), x)
    expect(failedOf({ name: 'choice', f: choice, params })).toEqual([])
  })

  it('name a wrong factor', () => {
    const wrong = sineBy('wrong', (x) => linearMaps.scale(mul(2, cos(x))))
    expect(failedOf({ name: 'wrong', f: wrong, params })).toContain('first derivative › it is what differences find')
  })

  it('tell a transpose of another map, and an affine one', () => {
    const skewed = custom({
      name: 'skewed',
      value: (x: Tensor) => square(x),
      differential: ([x]) => ({ apply: ([v]) => mul(mul(2, x), v), transpose: (u) => [mul(mul(3, x), u)] as [Tensor] }),
    })
    const skewedFails = failedOf({ name: 'skewed', f: skewed, params })
    expect(skewedFails).toContain('first derivative › forward and backward are adjoint: ⟨u, f′ v⟩ = ⟨f′ᵀ u, v⟩')
    expect(skewedFails).not.toContain('first derivative › it is what differences find')
    const affine = custom({
      name: 'affine',
      value: (x: Tensor) => square(x),
      differential: ([x]) => ({
        apply: ([v]) => add(mul(mul(2, x), v), 1),
        transpose: (u) => [mul(mul(2, x), u)] as [Tensor],
      }),
    })
    expect(failedOf({ name: 'affine', f: affine, params })).toContain('first derivative › it is linear')
  })

  it('look at second derivatives unless they are not claimed', () => {
    const forgetful = sineBy('forgetful', (x) => linearMaps.scale(stopGradient(cos(x))))
    expect(failedOf({ name: 'forgetful', f: forgetful, params })).toEqual([
      'second derivative › it is what differences of the first find',
    ])
    expect(failedOf({ name: 'forgetful', f: forgetful, params, order: 1 })).toEqual([])
    const lopsided = custom({
      name: 'lopsided',
      value: (x: Tensor) => sin(x),
      differential: ([x]) => ({
        apply: ([v]) => mul(cos(x), v),
        transpose: (u) => [mul(stopGradient(cos(x)), u)] as [Tensor],
      }),
    })
    expect(failedOf({ name: 'lopsided', f: lopsided, params })).toEqual([
      'second derivative › the order of directions and of modes does not matter',
    ])
  })
})
