/** What is said of the test problems: names, dimensions, starts, minima and saddles. */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  eigh,
  fromFloat64Array,
  grad,
  hessianMatrix,
  jacrev,
  matmul,
  type Tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeNorm,
  valueAndGrad,
} from 'gradus'
import {
  collectedProblems,
  mghProblems,
  nistProblems,
  type Problem,
  type ProblemFamily,
  problemNamed,
  problemOfDimension,
  randomSaddle,
  saddleProblems,
  testProblems,
} from 'gradus/problem'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'

interface Fixture {
  readonly mgh: ReadonlyArray<string>
  readonly cases: ReadonlyArray<{ readonly name: string; readonly point: ReadonlyArray<number> }>
  readonly minima: ReadonlyArray<{
    readonly name: string
    readonly published: number | null
    readonly value: number
    readonly point: ReadonlyArray<number>
  }>
  readonly limits: ReadonlyArray<{ readonly name: string; readonly value: number }>
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../golden/problems/values.json', import.meta.url), 'utf8'))

const named = (name: string): ProblemFamily => {
  const family = problemNamed(name)
  if (E.isLeft(family)) throw new Error(`no problem is called ${name}`)
  return family.right
}

/** The dimensions in which a family is looked at. */
const sizes = ({ dimension }: ProblemFamily): ReadonlyArray<number> =>
  dimension._tag === 'Fixed'
    ? [dimension.n]
    : [
        ...new Set([dimension.least, dimension.standard, 4, 9, 12, 24].filter((n) => n % dimension.multiple === 0)),
      ].filter((n) => n >= dimension.least && n <= dimension.most)

/** All but the regressions, of which 11 digits are certified and no more; they have tests of their own. */
const exactly = [...mghProblems, ...collectedProblems, ...saddleProblems]

const problems: ReadonlyArray<Problem> = exactly.flatMap((family) =>
  sizes(family).map((n) => problemOfDimension(n)(family)),
)

const scale = (x: Tensor): number => Math.max(1, toNumber(treeNorm(x)))

/**
 * The largest curvature at a point: a gradient there is 0 up to it times the rounding of the point.
 * (The eigenvalues of a symmetric matrix are at most its Frobenius norm.)
 */
const steepness = (loss: Problem['loss'], x: Tensor): number => Math.max(1, toNumber(treeNorm(hessianMatrix(loss)(x))))

describe('the catalogue', () => {
  it('has the 35 problems in the order of the publication', () => {
    expect(mghProblems.map(({ name }) => name)).toEqual(fixture.mgh)
    expect(mghProblems.map(({ source }) => Number(/problem (\d+);/.exec(source)?.[1]))).toEqual(
      mghProblems.map((_, i) => i + 1),
    )
  })

  it('states every problem of Moré, Garbow and Hillstrom as a sum of squares', () => {
    for (const family of mghProblems) {
      expect(family.kinds, family.name).toContain('sum of squares')
      expect(O.isSome(problemOfDimension()(family).residuals), family.name).toBe(true)
    }
  })

  it('names each problem once, in words for a command line', () => {
    const names = testProblems.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    expect(testProblems.length).toBe(exactly.length + nistProblems.length)
  })

  it('holds each problem to outside values', () => {
    const held = new Set(fixture.cases.map(({ name }) => name))
    // Those have axes of random directions, drawn by generators that the other side does not have.
    const own = ['paraboloid-random', 'random-saddle']
    expect(exactly.map(({ name }) => name).filter((name) => !held.has(name))).toEqual(own)
  })

  it('lists the names where there is none such', () => {
    expect(problemNamed('would')).toEqual(E.left(testProblems.map(({ name }) => name)))
  })
})

describe('dimensions', () => {
  it.each(problems)('$name in $dimension variables: starts and points have them', (problem) => {
    const { dimension, starts, minima, saddles, loss } = problem
    for (const x of [...starts, ...minima.flatMap(({ points }) => points), ...saddles.map(({ point }) => point)])
      expect(x.shape).toEqual([dimension])
    for (const start of starts) expect(Number.isFinite(toNumber(loss(start)))).toBe(true)
  })

  it('refuses those that a family does not have', () => {
    expect(defectOf(() => problemOfDimension(3)(named('rosenbrock')))).toBe(
      'InvalidArgument: rosenbrock: expected 2 variables, got 3.',
    )
    expect(defectOf(() => problemOfDimension(32)(named('watson')))).toBe(
      'InvalidArgument: watson: expected any number of variables from 2 to 31, got 32.',
    )
    expect(defectOf(() => problemOfDimension(6)(named('extended-powell')))).toBe(
      'InvalidArgument: extended-powell: expected any multiple of 4 of variables from 4, got 6.',
    )
    expect(defectOf(() => problemOfDimension(2.5)(named('chebyquad')))).toContain('got 2.5')
    expect(defectOf(() => randomSaddle({ dimension: 3, index: 4 }))).toBe(
      'InvalidArgument: randomSaddle: expected a dimension of 1 or more and an index from 0 to it, got 3 and 4.',
    )
  })

  it('reaches a thousand variables, with a gradient in less than a second', () => {
    for (const family of testProblems.filter(
      ({ dimension }) => dimension._tag === 'Variable' && dimension.most >= 1000,
    )) {
      const { loss, starts } = problemOfDimension(1000)(family)
      valueAndGrad(loss)(starts[0])
      const begun = performance.now()
      const [value, gradient] = valueAndGrad(loss)(starts[0])
      // Most take a millisecond; one written term by term would take minutes.
      expect(performance.now() - begun, family.name).toBeLessThan(1000)
      expect(Number.isFinite(toNumber(value)), family.name).toBe(true)
      expect(toFloat64Array(gradient).every(Number.isFinite), family.name).toBe(true)
    }
  })
})

describe('minima', () => {
  const minima = problems.flatMap((problem) =>
    problem.minima.flatMap(({ value, points, tolerance }) =>
      points.map((point) => ({ name: problem.name, dimension: problem.dimension, problem, value, point, tolerance })),
    ),
  )

  it.each(minima)('$name in $dimension variables has the value $value there', ({ problem: { loss }, value, point }) => {
    // A point rounded to doubles lies at most ½ curvature (ε ‖x‖)² higher. Residuals round by ε times their terms, which
    // are up to a hundred, and the value by twice the product of that and the residuals.
    const rounding = steepness(loss, point) * (1e-15 * scale(point)) ** 2
    expect(Math.abs(toNumber(loss(point)) - value)).toBeLessThanOrEqual(
      rounding + 1e-14 * (Math.sqrt(Math.abs(value)) + Math.abs(value)),
    )
  })

  it.each(minima)(
    '$name in $dimension variables does not fall from there',
    ({ problem: { loss, name }, value, point }) => {
      const residue = steepness(loss, point) * 1e-14 * scale(point)
      expect(toNumber(treeNorm(grad(loss)(point)))).toBeLessThanOrEqual(residue)
      const [smallest = Number.NaN] = toFloat64Array(eigh(hessianMatrix(loss)(point)).values)
      expect(smallest, `${name} ${value}`).toBeGreaterThanOrEqual(-1e-14 * steepness(loss, point))
    },
  )

  it.each(fixture.minima)('$name: the minimum $value of the publication is known', ({ name, point, value }) => {
    const { minima: known } = problemOfDimension(point.length)(named(name))
    // The closed form of a minimum may round by itself.
    expect(known.some((each) => Math.abs(each.value - value) <= 1e-15 * Math.abs(value))).toBe(true)
  })

  it.each(fixture.limits)('$name: the published value $value is known, and what it is', ({ name, value }) => {
    const { minima: known, saddles } = problemOfDimension()(named(name))
    const infimum = known.find((each) => each.value === value)
    const saddle = saddles.find((each) => each.value === value)
    if (infimum === undefined) expect(saddle).toBeDefined()
    else expect(infimum).toMatchObject({ points: [], global: false })
  })

  it.each(problems)('$name in $dimension variables: one is global, and none lies lower', ({ minima: known }) => {
    const lowest = Math.min(...known.map(({ value }) => value))
    for (const { global, value } of known) expect(global).toBe(value === lowest)
  })

  it('of linear residuals is where the normal equations say', () => {
    for (const name of ['linear-full-rank', 'linear-rank-1', 'linear-rank-1-zeros'])
      for (const n of [3, 10]) {
        const { residuals, loss, starts, minima: known } = problemOfDimension(n)(named(name))
        if (O.isNone(residuals)) throw new Error(`${name} has no residuals`)
        const jacobian = jacrev(residuals.value)(starts[0])
        const rank = name === 'linear-full-rank' ? n : 1
        const eigenvalues = toFloat64Array(eigh(matmul(transpose(jacobian), jacobian)).values)
        expect([...eigenvalues].filter((value) => value > 1e-9).length).toBe(rank)
        // Along the gradient a quadratic of these ranks falls to its minimum in one step of the right length.
        const g = grad(loss)(starts[0])
        const curvature = toFloat64Array(matmul(hessianMatrix(loss)(starts[0]), g)).reduce(
          (total, v, i) => total + v * (toFloat64Array(g)[i] ?? 0),
          0,
        )
        const step = toNumber(treeNorm(g)) ** 2 / curvature
        const moved = toFloat64Array(starts[0]).map((v, i) => v - step * (toFloat64Array(g)[i] ?? 0))
        const reached = toNumber(loss(fromFloat64Array(moved, [n])))
        const [{ value = Number.NaN } = {}] = known
        expect(Math.abs(reached - value)).toBeLessThanOrEqual(1e-9 * value)
      }
  })
})

describe('saddles', () => {
  const known = [...problems, randomSaddle({ dimension: 40, index: 7, seed: 3 })].flatMap((problem) =>
    problem.saddles.map((saddle) => ({ name: problem.name, dimension: problem.dimension, problem, ...saddle })),
  )

  it.each(known)(
    '$name in $dimension variables has one of index $index',
    ({ problem: { loss }, point, value, index }) => {
      expect(Math.abs(toNumber(loss(point)) - value)).toBeLessThanOrEqual(1e-13 * Math.max(1e-2, Math.abs(value)))
      expect(toNumber(treeNorm(grad(loss)(point)))).toBeLessThanOrEqual(1e-14 * steepness(loss, point) * scale(point))
      const eigenvalues = [...toFloat64Array(eigh(hessianMatrix(loss)(point)).values)]
      expect(eigenvalues.filter((each) => each < -1e-10).length).toBe(index)
    },
  )

  it('are left by a random saddle’s start no farther than asked', () => {
    const { starts } = randomSaddle({ dimension: 30, index: 10, distance: 1e-3 })
    expect(toNumber(treeNorm(starts[0]))).toBeCloseTo(1e-3, 15)
    expect(starts.length).toBe(2)
  })
})
