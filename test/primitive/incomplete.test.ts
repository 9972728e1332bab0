/** Gradients and Hessians of special functions in all of their arguments, against mpmath's differences with 50 digits. */
import { readFileSync } from 'node:fs'
import {
  betainc,
  compile,
  grad,
  hessian,
  igamma,
  igammac,
  jvp,
  lbeta,
  mul,
  scalar,
  slice,
  stopGradient,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  vmap,
  zeta,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

type Row = ReadonlyArray<number | ReadonlyArray<number>>

const table: { readonly derivatives: Readonly<Record<string, ReadonlyArray<Row>>> } = JSON.parse(
  readFileSync(new URL('../golden/kernel/specialFunctions.json', import.meta.url), 'utf8'),
)

const entry = (x: Tensor, i: number): Tensor => sum(slice(x, [i], [i + 1]))

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  igamma: (x) => igamma(entry(x, 0), entry(x, 1)),
  igammac: (x) => igammac(entry(x, 0), entry(x, 1)),
  betainc: (x) => betainc(entry(x, 0), entry(x, 1), entry(x, 2)),
  lbeta: (x) => lbeta(entry(x, 0), entry(x, 1)),
}

const numbers = (row: Row): ReadonlyArray<number> => row.filter((each): each is number => typeof each === 'number')

const lists = (row: Row): ReadonlyArray<ReadonlyArray<number>> =>
  row.filter((each): each is ReadonlyArray<number> => typeof each !== 'number')

describe('derivatives in every argument', () => {
  it.each(Object.entries(functions))('%s, to second order', (name, f) => {
    const rows = table.derivatives[name] ?? []
    expect(rows.length).toBeGreaterThan(5)
    rows.forEach((row) => {
      const args = numbers(row).slice(0, -1)
      const [first = [], second = []] = lists(row)
      const p = tensor([...args])
      expectNear(grad(f)(p), first, 1e-13)
      const n = args.length
      const found = toFloat64Array(hessian(f)(p))
      const upper = args.flatMap((_, i) => args.slice(i).map((__, j) => found[i * n + i + j] ?? Number.NaN))
      // mpmath's own differences keep about half of its 50 digits.
      expectNear(upper, second, 1e-12)
      expectNear(compile(hessian(f))(p), hessian(f)(p), 1e-15)
    })
  })

  it('of third order: in x there are some, in a parameter a defect says so', () => {
    const third = (f: (x: Tensor) => Tensor) => (x: Tensor) => jvp(grad(grad(f)))(x, scalar(1))[1]
    expect(toArray(third((x) => igamma(2, x))(scalar(1.5)))).toBeCloseTo((1.5 - 2) * Math.exp(-1.5), 12)
    expect(defectOf(() => third((a) => igamma(a, 1))(scalar(2)))).toMatch(/derivatives of order 3 in a are not known/)
    expect(defectOf(() => third((a) => betainc(a, 2, 0.5))(scalar(2)))).toMatch(/order 3 in a and b/)
    expect(defectOf(() => grad((s: Tensor) => zeta(s, 2))(scalar(3)))).toMatch(/the derivative in s is not known/)
    expect(toArray(grad((s: Tensor) => mul(s, zeta(stopGradient(s), 1)))(scalar(2)))).toBeCloseTo(Math.PI ** 2 / 6, 14)
  })

  it('broadcasts and batches', () => {
    const x = tensor([0.2, 0.5])
    expect(betainc(tensor([[1], [2]]), 2, x).shape).toEqual([2, 2])
    expectNear(vmap((t: Tensor) => betainc(2, 3, t))(x), betainc(2, 3, x), 0)
  })
})
