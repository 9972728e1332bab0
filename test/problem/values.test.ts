/** Every test problem against an evaluation with 50 digits by formulas written apart from it (test/golden/problems). */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { grad, hessianMatrix, square, sum, type Tensor, tensor, toFloat64Array, toNumber } from 'gradus'
import { type Problem, problemNamed, problemOfDimension } from 'gradus/problem'
import { describe, expect, it } from 'vitest'

interface Case {
  readonly name: string
  readonly point: ReadonlyArray<number>
  readonly value: number
  readonly gradient: ReadonlyArray<number>
  readonly hessian: ReadonlyArray<number>
}

interface Fixture {
  readonly mgh: ReadonlyArray<string>
  readonly cases: ReadonlyArray<Case>
  readonly minima: ReadonlyArray<{
    readonly name: string
    readonly published: number | null
    readonly value: number
    readonly point: ReadonlyArray<number>
  }>
  readonly limits: ReadonlyArray<{ readonly name: string; readonly published: number; readonly value: number }>
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../golden/problems/values.json', import.meta.url), 'utf8'))

const problemOf = (name: string, n: number): Problem => {
  const family = problemNamed(name)
  if (E.isLeft(family)) throw new Error(`no problem is called ${name}`)
  return problemOfDimension(n)(family.right)
}

const size = (values: ReadonlyArray<number>): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)

/** The largest difference, in units of the largest entry. */
const relative = (found: Tensor, expected: ReadonlyArray<number>): number => {
  const entries = [...toFloat64Array(found)]
  expect(entries.length).toBe(expected.length)
  return size(entries.map((v, i) => v - (expected[i] ?? Number.NaN))) / (size(expected) || 1)
}

const lower = (matrix: Tensor): ReadonlyArray<number> => {
  const [n = 0] = matrix.shape
  const entries = toFloat64Array(matrix)
  return Array.from({ length: n }, (_, i) => Array.from({ length: i + 1 }, (_, j) => entries[i * n + j] ?? NaN)).flat()
}

describe.each(fixture.cases)('$name at $point', ({ name, point, value, gradient, hessian }) => {
  const { loss, residuals } = problemOf(name, point.length)
  const x = tensor([...point])

  it('has the value, the gradient and the Hessian of the publication', () => {
    expect(Math.abs(toNumber(loss(x)) - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value))
    expect(relative(grad(loss)(x), gradient)).toBeLessThanOrEqual(1e-12)
    expect(relative(tensor([...lower(hessianMatrix(loss)(x))]), hessian)).toBeLessThanOrEqual(1e-12)
  })

  it('is the sum of squares of its residuals, if it has any', () => {
    if (O.isSome(residuals)) expect(toNumber(sum(square(residuals.value(x))))).toBe(toNumber(loss(x)))
  })
})
