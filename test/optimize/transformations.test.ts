/** Transformations that Optax has in another form or not at all, against their formulas, step by step. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  crossEntropy,
  matmul,
  mul,
  randomKey,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  toNumber,
  treeScale,
  zeros,
} from 'gradus'
import { categoricalLikelihood, linearOperator } from 'gradus/curvature'
import {
  along,
  chain,
  clipByNorm,
  compositeObjective,
  descend,
  exactNewtonDirection,
  gradientDescent,
  handOver,
  type Iterate,
  leastSquares,
  minimize,
  objective,
  type ScaleBySophiaOptions,
  type Stateless,
  scaleBy,
  scaleByAdam,
  scaleByBartlettSophia,
  scaleByFactoredRms,
  scaleByGaussNewtonSophia,
  skipNonFinite,
  stepsAtMost,
  strongWolfe,
  type Transformation,
  take as takeFirst,
  takeUntil,
  withDrawnSquares,
  within,
  workMonoid,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { take } from './counted.js'

type Numbers = ReadonlyArray<number>

interface Fixture {
  readonly targets: Numbers
  readonly start: Numbers
  readonly constants: Required<Omit<ScaleBySophiaOptions, 'key'>>
  readonly gaussNewton: ReadonlyArray<Numbers>
  readonly drawn: ReadonlyArray<Numbers>
  readonly leaves: ReadonlyArray<Numbers>
  readonly limit: number
  readonly clipped: ReadonlyArray<Numbers>
  readonly gradients: ReadonlyArray<ReadonlyArray<number | string>>
  readonly skipped: ReadonlyArray<ReadonlyArray<number | string>>
  readonly counts: ReadonlyArray<readonly [number, number]>
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../golden/transformations/transformations.json', import.meta.url), 'utf8'),
)

const words: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }

const numbersOf = (row: ReadonlyArray<number | string>): Numbers =>
  row.map((each) => (typeof each === 'number' ? each : (words[each] ?? Number.NaN)))

/** A point with a gradient, of which transformations here read no more. */
const at = <P>(params: P, gradient: P, step = 0): Iterate<P, unknown> => ({
  step,
  params,
  gradient,
  state: null,
  objective: {},
  value: 0,
  gradientNorm: 1,
  work: { evaluations: 0, gradients: 0, products: 0, solves: 0 },
})

describe('clipByNorm', () => {
  it('shortens each leaf by itself, to the limit and in its direction', () => {
    const updates = fixture.leaves.map((leaf) => tensor([...leaf]))
    const [clipped, state] = clipByNorm(fixture.limit).update(updates, at(updates, updates))(null)
    clipped.forEach((leaf, i) => expectNear(leaf, fixture.clipped[i], 1e-15))
    expect(state).toBe(null)
  })

  it('keeps the bits of what is short enough, and nothing is longer than the limit', () => {
    const entries = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(entries, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (leaf, limit) => {
        const updates = tensor(leaf)
        const [clipped] = clipByNorm(limit).update(updates, at(updates, updates))(null)
        const norm = (x: Tensor): number => Math.hypot(...toFloat64Array(x))
        // The norm is rounded, and so are the quotients.
        expect(norm(clipped)).toBeLessThanOrEqual(limit * (1 + 1e-14))
        if (norm(updates) < limit * (1 - 1e-14)) expectSameBits(clipped, updates)
        else expectNear(mul(norm(updates) / limit, clipped), updates, 1e-12)
      }),
    )
  })

  it('refuses a limit that is none', () => {
    expect(defectOf(() => clipByNorm(0))).toContain('clipByNorm: expected limit')
    expect(defectOf(() => clipByNorm(Number.NaN))).toContain('clipByNorm: expected limit')
  })
})

describe('skipNonFinite', () => {
  const adam = chain(scaleByAdam({ decay2: 0.99, epsilon: 1e-8 }), scaleBy(-0.1))

  it('gives the updates and the counts of apply_if_finite of Optax', () => {
    const patient = skipNonFinite(2)(adam)
    const params = zeros([2])
    fixture.gradients.reduce((state, row, step) => {
      const gradient = tensor([...numbersOf(row)])
      const [updates, next] = patient.update(gradient, at(params, gradient, step))(state)
      expectNear([updates], [...numbersOf(fixture.skipped[step] ?? [])], 1e-14)
      expect([next.inRow, next.skipped]).toEqual(fixture.counts[step])
      return next
    }, patient.init(params))
    expect(fixture.gradients.length).toBe(11)
  })

  it('leaves what is inside as it was, and parameters with their bits', () => {
    const patient = skipNonFinite(2)(adam)
    const params = tensor([-0, 1])
    const good = tensor([1, 2])
    const [, before] = patient.update(good, at(params, good))(patient.init(params))
    const bad = tensor([1, Number.NaN])
    const [updates, after] = patient.update(bad, at(params, bad, 1))(before)
    expect(after).toEqual({ inRow: 1, skipped: 1, inner: before.inner })
    // Added to −0 they leave it.
    expectSameBits([updates], [tensor([-0, -0])])
  })

  it('also skips what the transformation makes of finite updates, and runs on', () => {
    const breaking: Transformation<Stateless> = {
      init: () => null,
      update:
        (updates, { value }) =>
        (state) => [treeScale(value === 1000 ? Number.NaN : 1, updates), state],
    }
    const bowl = objective((x: Tensor) => square(x))
    const run = minimize(descend('x', pipe(chain(breaking, scaleBy(-0.25)), skipNonFinite(3))), (step) =>
      step === 1 ? { ...bowl, valueAndGrad: (x: Tensor) => [1000, bowl.valueAndGrad(x)[1]] as const } : bowl,
    )
    expect(take(4)(run(tensor(8))).map(({ value }) => value)).toEqual([64, 1000, 16, 4])
  })

  it('ends a run after more bad batches in a row than it is told to skip, with the last good point', () => {
    const bowl = objective((x: Tensor) => square(x))
    const broken = { ...bowl, valueAndGrad: (): readonly [number, Tensor] => [Number.NaN, tensor(Number.NaN)] }
    const run = minimize(descend('x', pipe(scaleBy(-0.25), skipNonFinite(2))), (step) => (step < 2 ? bowl : broken))
    const { last, reason, work } = pipe(tensor(8), run, takeUntil(stepsAtMost(9)))
    expect(E.isLeft(reason) && reason.left._tag).toBe('NonFinite')
    expect([last.step, last.value, toNumber(last.params)]).toEqual([1, 16, 4])
    // The start, two good points, and two that were skipped; the third is asked for nothing.
    expect(work.gradients).toBe(5)
  })

  it('ends no run well that is cut short at a bad batch', () => {
    const bowl = objective((x: Tensor) => square(x))
    const broken = { ...bowl, valueAndGrad: (): readonly [number, Tensor] => [Number.NaN, tensor(Number.NaN)] }
    const run = minimize(descend('x', pipe(scaleBy(-0.25), skipNonFinite(9))), (step) => (step < 2 ? bowl : broken))
    const cut = pipe(tensor(8), run, takeFirst(4), takeUntil(stepsAtMost(9)))
    expect(E.isLeft(cut.reason) && cut.reason.left._tag).toBe('NonFinite')
    expect(cut.last.step).toBe(1)
    expect(cut.work.gradients).toBe(4)
    const never = minimize(descend('x', pipe(scaleBy(-0.25), skipNonFinite(9))), broken)
    expect(E.isLeft(pipe(tensor(8), never, takeFirst(3), takeUntil(stepsAtMost(9))).reason)).toBe(true)
  })

  it('refuses what is no transformation, as all that goes around one does, and chains', () => {
    expect(defectOf(() => Reflect.apply(skipNonFinite(1), undefined, [7]))).toBe(
      'InvalidArgument: skipNonFinite: expected transformation to be a transformation, got 7.',
    )
    expect(defectOf(() => Reflect.apply(chain, undefined, [adam, gradientDescent({ learningRate: 1 })]))).toContain(
      'chain: expected part 2 to be a transformation, got what gradientDescent makes.',
    )
    expect(defectOf(() => Reflect.apply(descend, undefined, ['mine', 5]))).toContain(
      'descend: expected transformation to be a transformation, got 5.',
    )
    expect(defectOf(() => Reflect.apply(within, undefined, [scaleBy(-1)]))).toContain(
      'within: expected optimizer to be an optimizer, got what scaleBy makes.',
    )
    expect(defectOf(() => Reflect.apply(along, undefined, [exactNewtonDirection(), strongWolfe()]))).toContain(
      "along: expected lineSearch to take directions of heading 'either way'",
    )
  })

  it('refuses a number of steps that is none', () => {
    expect(defectOf(() => skipNonFinite(-1))).toContain('skipNonFinite: expected most')
  })
})

const targets = tensor([...fixture.targets])
const separable = leastSquares((x: Tensor) => sub(tanh(x), targets))
const descent = scaleBy(-0.05)

describe('scaleByFactoredRms', () => {
  it('takes steps after those that do not count as if the run began there', () => {
    const loss = objective((x: Tensor) => sum(square(square(x))))
    const start = tensor([
      [1, -2],
      [3, 0.5],
    ])
    const from = (n: number) => descend('factored', chain(scaleByFactoredRms({ from: n, least: 1 }), descent))
    const its = take(7)(minimize(from(2), loss)(start))
    expect(its.length).toBe(7)
    const begun = { step: 2, params: its[2]?.params ?? start, work: workMonoid.empty }
    take(5)(handOver(from(0), loss)(begun)).forEach(({ params }, i) => {
      expectSameBits(its[i + 2]?.params ?? start, params)
    })
  })
})

describe('sophia', () => {
  it('on the Gauss-Newton matrix takes the steps of the formula', () => {
    const its = take(41)(
      minimize(
        descend('sophia', chain(scaleByGaussNewtonSophia(fixture.constants), descent)),
        separable,
      )(tensor([...fixture.start])),
    )
    fixture.gaussNewton.forEach((expected, i) => expectNear(its[i + 1]?.params, expected, 1e-12))
    // 40 steps, an estimate in every third: 14 of them.
    expect(its[40]?.work).toEqual({ evaluations: 0, gradients: 41, products: 14, solves: 0 })
  })

  it('by drawn targets takes the steps of the formula, and counts gradients', () => {
    const keys: Array<string> = []
    const told = {
      ...separable,
      drawnSquares: (x: Tensor, key: unknown) => {
        keys.push(JSON.stringify(key))
        return square(sin(mul(3, x)))
      },
    }
    const its = take(41)(
      minimize(
        descend('sophia', chain(scaleByBartlettSophia(fixture.constants), descent)),
        told,
      )(tensor([...fixture.start])),
    )
    fixture.drawn.forEach((expected, i) => expectNear(its[i + 1]?.params, expected, 1e-12))
    expect(its[40]?.work).toEqual({ evaluations: 0, gradients: 41 + 14, products: 0, solves: 0 })
    // Every estimate has a key of its own, and equal runs have equal keys.
    expect(new Set(keys).size).toBe(14)
  })

  it("of a matrix that is not diagonal takes Hutchinson's estimate, with signs that the key draws", () => {
    const matrix = tensor([
      [4, 1, 0],
      [1, 3, -1],
      [0, -1, 2],
    ])
    const probes: Array<Numbers> = []
    const curved = (params: Tensor) =>
      linearOperator(params, (v: Tensor) => {
        probes.push([...toFloat64Array(v)])
        return matmul(matrix, v)
      })
    const gradient = tensor([1, 2, 3])
    const estimateOf = (seed: number): Numbers => {
      const sophia = scaleByGaussNewtonSophia({ decay2: 0, key: randomKey(seed) })
      const it = { ...at(zeros([3]), gradient), objective: { gaussNewton: curved } }
      const [, { second }] = sophia.update(gradient, it)(sophia.init(zeros([3])))
      return [...toFloat64Array(second)]
    }
    const estimates = [1, 2, 3, 4, 5, 6].map(estimateOf)
    estimates.forEach((estimate, i) => {
      const u = probes[i] ?? []
      expect(u.every((sign) => Math.abs(sign) === 1)).toBe(true)
      const [a = 0, b = 0, c = 0] = u
      expect(estimate).toEqual([4 + a * b, 3 + a * b - b * c, 2 - b * c])
    })
    expectSameBits(estimateOf(1), estimates[0])
    expect(new Set(estimates.map(String)).size).toBeGreaterThan(1)
  })

  it('goes down on a classifier whose labels it draws itself, the same way for the same key', () => {
    const inputs = tensor([
      [1, 0.2],
      [-0.5, 1],
      [0.3, -1],
      [-1, -0.4],
    ])
    const labels = tensor([0, 1, 2, 1])
    const model = (w: Tensor): Tensor => matmul(inputs, w)
    const fit = pipe(
      compositeObjective(model, (logits: Tensor) => crossEntropy(logits, labels)),
      withDrawnSquares(model, categoricalLikelihood),
    )
    const run = (seed: number) =>
      pipe(
        zeros([2, 3]),
        minimize(
          descend(
            'sophia-g',
            chain(scaleByBartlettSophia({ gamma: 1, every: 2, key: randomKey(seed) }), scaleBy(-0.1)),
          ),
          fit,
        ),
        takeUntil(stepsAtMost(60)),
      ).last
    expect(run(1).value).toBeLessThan(0.5 * fit.value(zeros([2, 3])))
    expectSameBits(run(1).params, run(1).params)
    expect([...toFloat64Array(run(1).params)]).not.toEqual([...toFloat64Array(run(2).params)])
  })
})
