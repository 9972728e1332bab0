/**
 * Products at zeros against exact arithmetic. At whole numbers a product and all its derivatives are whole numbers, so that
 * the definition (products of all other factors) is computed without rounding, and every bit must agree. JAX gives no
 * oracle at order 2 for repeated indices, which it refuses to differentiate.
 */
import fc from 'fast-check'
import { cumprod, grad, hessianMatrix, mul, scatterMul, sum, type Tensor, tensor, toArray } from 'gradus'
import { describe, expect, it } from 'vitest'

/** Half of the entries are zero or one. */
const whole = fc.oneof(fc.constantFrom(0, 0, 1), fc.integer({ min: -3, max: 3 }))

const without = (factors: ReadonlyArray<number>, ...left: ReadonlyArray<number>): number =>
  factors.reduce((product, factor, i) => (left.includes(i) ? product : product * factor), 1)

/** −0 and 0 are equal as numbers. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Σ weight · product over sets of positions: its gradient and Hessian by leaving out one and two factors. */
interface Polynomial {
  readonly at: ReadonlyArray<number>
  readonly terms: ReadonlyArray<{ readonly weight: number; readonly factors: ReadonlyArray<number> }>
}

const gradientOf = ({ at, terms }: Polynomial): ReadonlyArray<number> =>
  at.map((_, k) =>
    terms.reduce((total, { weight, factors }) => {
      const values = factors.map((i) => at[i] ?? 0)
      return factors.includes(k) ? total + weight * without(values, factors.indexOf(k)) : total
    }, 0),
  )

const hessianOf = ({ at, terms }: Polynomial): ReadonlyArray<ReadonlyArray<number>> =>
  at.map((_, k) =>
    at.map((_, l) =>
      terms.reduce((total, { weight, factors }) => {
        const values = factors.map((i) => at[i] ?? 0)
        return k !== l && factors.includes(k) && factors.includes(l)
          ? total + weight * without(values, factors.indexOf(k), factors.indexOf(l))
          : total
      }, 0),
    ),
  )

const agree = (f: (x: Tensor) => Tensor, polynomial: Polynomial): void => {
  const x = tensor([...polynomial.at])
  expect(plain(toArray(grad(f)(x)))).toEqual(plain(gradientOf(polynomial)))
  expect(plain(toArray(hessianMatrix(f)(x)))).toEqual(plain(hessianOf(polynomial)))
}

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

describe('products at zeros', () => {
  it('cumprod is exact at orders 1 and 2', () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 9 }), fc.boolean(), (at, reverse) => {
        const weights = at.map((_, i) => i + 1)
        const f = (x: Tensor): Tensor => sum(mul(tensor(weights), cumprod(x, { reverse })))
        const all = upTo(at.length)
        const terms = all.map((i) => ({ weight: i + 1, factors: all.filter((j) => (reverse ? j >= i : j <= i)) }))
        agree(f, { at, terms })
      }),
    )
  })

  it('scatterMul is exact at orders 1 and 2, for repeated indices', () => {
    const n = 3
    const instances = fc
      .array(fc.tuple(fc.integer({ min: 0, max: n - 1 }), whole), { minLength: 1, maxLength: 8 })
      .chain((writes) => fc.tuple(fc.constant(writes), fc.array(whole, { minLength: n, maxLength: n })))
    fc.assert(
      fc.property(instances, ([writes, base]) => {
        const indices = writes.map(([index]) => index)
        const at = [...base, ...writes.map(([, value]) => value)]
        // The point is one vector: the entries of x, then the updates.
        const part = (x: Tensor, from: number, length: number): Tensor =>
          sum(mul(x, tensor(upTo(length).map((i) => at.map((_, j) => (j === from + i ? 1 : 0))))), { axes: [1] })
        const f = (p: Tensor): Tensor =>
          sum(mul(tensor([1, 2, 3]), scatterMul(part(p, 0, n), tensor(indices), part(p, n, indices.length))))
        const terms = upTo(n).map((row) => ({
          weight: row + 1,
          factors: [row, ...indices.flatMap((index, j) => (index === row ? [n + j] : []))],
        }))
        agree(f, { at, terms })
      }),
    )
  })
})
