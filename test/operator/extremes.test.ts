import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  fromFloat64Array,
  matmul,
  mul,
  normal,
  randomKey,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
} from 'gradus'
import {
  type Extremes,
  type ExtremesOptions,
  eigen,
  extremes,
  type LinearOperator,
  lanczosFailure,
} from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'

const operatorOf = (n: number, apply: (v: Tensor) => Tensor): LinearOperator<Tensor> => ({
  like: normal(randomKey(0), [n]),
  size: n,
  apply,
  matrix: () => {
    throw new Error('the matrix was asked for')
  },
})

const diagonal = (values: ReadonlyArray<number>): LinearOperator<Tensor> =>
  operatorOf(values.length, (v) => mul(tensor(values), v))

/** The same spectrum behind a reflection, so that no axis is an eigenvector. */
const reflected = (values: ReadonlyArray<number>, seed: number): LinearOperator<Tensor> => {
  const u = normal(randomKey(seed), [values.length])
  const length = toNumber(sum(square(u)))
  const turn = (v: Tensor): Tensor => sub(v, mul((2 * toNumber(sum(mul(u, v)))) / length, u))
  return operatorOf(values.length, (v) => turn(mul(tensor(values), turn(v))))
}

const right = <A>(found: E.Either<unknown, A>): A => {
  if (E.isLeft(found)) throw new Error('expected extremes')
  return found.right
}

const lanczosOnly = (options: ExtremesOptions = {}) => extremes({ decomposeUpTo: 0, ...options })

describe('extremes', () => {
  const spectra = fc.integer({ min: 1, max: 40 }).chain((n) =>
    fc.record({
      // Repeated and zero eigenvalues are drawn often.
      values: fc.array(
        fc.integer({ min: -6, max: 6 }).map((x) => x / 2),
        { minLength: n, maxLength: n },
      ),
      turned: fc.boolean(),
      dimension: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat({ max: 1000 }),
    }),
  )

  it('hold both ends of any spectrum, along axes and across, with however few vectors', () => {
    fc.assert(
      fc.property(spectra, ({ values, turned, dimension, seed }) => {
        const operator = turned ? reflected(values, seed + 1) : diagonal(values)
        // With a probability of 1e-12 to be wrong no draw of a test is.
        const found = right(lanczosOnly({ dimension, key: randomKey(seed), failure: 1e-12 })(operator))
        const [least, greatest] = [Math.min(...values), Math.max(...values)]
        // The reflection itself rounds, and moves eigenvalues by some units in the last place.
        const rounding = 1e-13
        expect(found.least.lower).toBeLessThanOrEqual(least + rounding)
        expect(found.least.upper).toBeGreaterThanOrEqual(least - rounding)
        expect(found.greatest.lower).toBeLessThanOrEqual(greatest + rounding)
        expect(found.greatest.upper).toBeGreaterThanOrEqual(greatest - rounding)
        const image = operator.apply(found.direction)
        expect(toNumber(sum(mul(found.direction, image)))).toBeCloseTo(found.least.upper, 9)
        expect(toNumber(sum(square(found.direction)))).toBeCloseTo(1, 9)
      }),
      { numRuns: 300 },
    )
  })

  it('are narrow once the space has grown', () => {
    const n = 400
    const values = Array.from({ length: n }, (_, i) => -1 + (3 * i) / (n - 1))
    const found = right(lanczosOnly({ dimension: 80 })(diagonal(values)))
    expect(found.least.lower).toBeGreaterThan(-1.02)
    expect(found.least.upper).toBeLessThan(-0.999)
    expect(found.greatest.lower).toBeGreaterThan(1.999)
    expect(found.greatest.upper).toBeLessThan(2.02)
    expect(found.failure).toBe(1e-6)
    expect(found.products).toBe(3 * 81)
  })

  it('of few distinct values are those values', () => {
    const found = right(lanczosOnly()(reflected([...Array.from({ length: 299 }, () => 2), -3], 4)))
    expect(found.least.lower).toBeGreaterThan(-3.001)
    expect(found.least.upper).toBeCloseTo(-3, 9)
    expect(found.greatest.lower).toBeCloseTo(2, 9)
    expect(found.greatest.upper).toBeLessThan(2.001)
  })

  it('fail as seldom as they say', () => {
    // With half of all certificates allowed to fail, and one vector, failures must be seen, and not more than half.
    const values = [-1, ...Array.from({ length: 29 }, () => 1)]
    const runs = Array.from({ length: 400 }, (_, seed) =>
      right(lanczosOnly({ dimension: 1, starts: 1, failure: 0.5, key: randomKey(seed) })(diagonal(values))),
    )
    const wrong = runs.filter(({ least, greatest }) => least.lower > -1 || greatest.upper < 1).length
    expect(wrong).toBeGreaterThan(0)
    expect(wrong).toBeLessThan(200)
  })

  it('of a decomposition are as wide as rounding', () => {
    const a = normal(randomKey(3), [9, 9])
    const symmetric = mul(0.5, sub(matmul(a, a), mul(-1, matmul(a, a))))
    const upper = toFloat64Array(symmetric)
    const matrix = fromFloat64Array(
      Float64Array.from({ length: 81 }, (_, at) => {
        const [i, j] = [Math.floor(at / 9), at % 9]
        return ((upper[i * 9 + j] ?? 0) + (upper[j * 9 + i] ?? 0)) / 2
      }),
      [9, 9],
    )
    const found = right(extremes()({ ...operatorOf(9, (v) => matmul(matrix, v)), matrix: () => matrix }))
    const values = [...toFloat64Array(right(eigen(matrix)).values)]
    expect(found.least.upper - found.least.lower).toBeLessThan(1e-12)
    expect(found.least.upper).toBeCloseTo(values[0] ?? 0, 10)
    expect(found.greatest.lower).toBeCloseTo(values[8] ?? 0, 10)
    expect([found.failure, found.products, found.solves, found.method]).toEqual([0, 9, 1, 'decomposition'])
  })

  it('of zero are zero, and of NaN are none', () => {
    const found: Extremes<Tensor> = right(lanczosOnly()(operatorOf(5, (v) => mul(0, v))))
    expect([found.least.lower, found.least.upper, found.greatest.lower, found.greatest.upper].map(Math.abs)).toEqual([
      0, 0, 0, 0,
    ])
    expect(E.isLeft(lanczosOnly()(operatorOf(5, (v) => mul(Number.NaN, v))))).toBe(true)
    expect(
      E.isLeft(lanczosOnly({ dimension: 3 })(operatorOf(9, (v) => mul(tensor([1, 2, 3, 4, 5, 6, 7, 8, Infinity]), v)))),
    ).toBe(true)
  })

  it.each<readonly [string, ExtremesOptions]>([
    ['dimension', { dimension: 0 }],
    ['starts', { starts: 1.5 }],
    ['decomposeUpTo', { decomposeUpTo: Number.NaN }],
    ['failure', { failure: 0 }],
    ['failure', { failure: Number.NaN }],
  ])('refuse a wrong %s', (name, options) => {
    expect(defectOf(() => extremes(options))).toMatch(new RegExp(`^InvalidArgument: extremes: expected.*${name}`))
  })

  it('miss a part of the spread no more often than Kuczyński and Woźniakowski say', () => {
    const [size, dimension, part] = [60, 10, 0.1]
    const values = Array.from({ length: size }, (_, i) => i / (size - 1))
    const missed = Array.from({ length: 300 }, (_, seed) =>
      right(lanczosOnly({ dimension, starts: 1, key: randomKey(seed) })(diagonal(values))),
    ).filter(({ least }) => least.upper > part).length
    expect(missed / 300).toBeLessThanOrEqual(lanczosFailure({ size, dimension, part }))
    expect(lanczosFailure({ size, dimension: 1, part: 1e-9 })).toBe(1)
  })
})
