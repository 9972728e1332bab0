import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { add, mul, square, sub, sum, type Tensor, tensor, toArray, toFloat64Array } from 'gradus'
import { checkpointOf, parseCheckpoint, printCheckpoint, showCheckpointFailure } from 'gradus/codec'
import {
  anyOf,
  type BoundedPairs,
  boundedIn,
  boxLike,
  lbfgs,
  lbfgsb,
  minimize,
  objective,
  projectedGradientBelow,
  resume,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  alongInBox,
  cauchyPoint,
  compactSecant,
  roomAlong,
  subspaceMinimizer,
} from '../../../src/kernel/reference/compactSecant.js'
import { expectNear } from '../../support/near.js'
import { defectOf } from '../../support/points.js'
import { counted, take, workOf } from '../counted.js'
import { rosenbrock } from '../problems.js'

type Vector = ReadonlyArray<number>
type Matrix = ReadonlyArray<Vector>

const dot = (a: Vector, b: Vector): number => a.reduce((total, x, i) => total + x * (b[i] ?? 0), 0)
const times = (matrix: Matrix, v: Vector): Vector => matrix.map((each) => dot(each, v))

/** B by the update of rank two of each pair, written out: the other way to what the compact form says. */
const dense = (n: number, pairs: ReadonlyArray<readonly [Vector, Vector]>): Matrix => {
  const newest = pairs[pairs.length - 1]
  const theta = newest === undefined ? 1 : dot(newest[1], newest[1]) / dot(newest[0], newest[1])
  const begun: Matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? theta : 0)))
  return pairs.reduce<Matrix>((b, [s, y]) => {
    const image = times(b, s)
    const [curved, change] = [dot(s, image), dot(s, y)]
    return b.map((each, i) =>
      each.map((x, j) => x - ((image[i] ?? 0) * (image[j] ?? 0)) / curved + ((y[i] ?? 0) * (y[j] ?? 0)) / change),
    )
  }, begun)
}

/** Pairs of a quadratic with the eigenvalues of a random diagonal, so that ⟨s, y⟩ > 0. */
const cases = fc.integer({ min: 1, max: 5 }).chain((n) => {
  const number = fc.integer({ min: -30, max: 30 }).map((x) => x / 10)
  const vector = fc.array(number, { minLength: n, maxLength: n })
  const steps = vector.filter((s) => dot(s, s) > 0.1)
  return fc.record({
    n: fc.constant(n),
    diagonal: fc.array(
      fc.integer({ min: 1, max: 40 }).map((x) => x / 4),
      { minLength: n, maxLength: n },
    ),
    steps: fc.array(steps, { maxLength: 3 }),
    at: vector,
    gradient: vector,
    below: fc.array(fc.constantFrom(0, 0.1, 1, 3, Infinity), { minLength: n, maxLength: n }),
    above: fc.array(fc.constantFrom(0, 0.1, 1, 3, Infinity), { minLength: n, maxLength: n }),
  })
})

const flat = (x: Vector): Float64Array => Float64Array.from(x)

describe('the model of L-BFGS in a box', () => {
  const pointOf = ({
    at,
    gradient,
    below,
    above,
  }: {
    readonly at: Vector
    readonly gradient: Vector
    readonly below: Vector
    readonly above: Vector
  }) => ({
    at: flat(at),
    gradient: flat(gradient),
    lower: flat(at.map((x, i) => x - (below[i] ?? 0))),
    upper: flat(at.map((x, i) => x + (above[i] ?? 0))),
  })

  it('has its first minimizer along the projected gradient, and its minimizer on the face of that', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const { n, diagonal, steps, at, gradient } = each
        const pairs = steps.map((s) => [s, s.map((x, i) => x * (diagonal[i] ?? 1))] as const)
        const secant = compactSecant(
          pairs.map(([s]) => flat(s)),
          pairs.map(([, y]) => flat(y)),
        )
        // Steps that depend on one another leave a middle matrix without digits, and the method begins anew.
        fc.pre(secant !== undefined)
        const matrix = dense(n, pairs)
        const point = pointOf(each)
        const cauchy = cauchyPoint(secant, point)
        const inside = (x: number, i: number): number => Math.min(point.upper[i] ?? 0, Math.max(point.lower[i] ?? 0, x))
        const pathAt = (t: number): Vector => at.map((x, i) => inside(x - t * (gradient[i] ?? 0), i))
        const modelAt = (x: Vector): number => {
          const s = x.map((xi, i) => xi - (at[i] ?? 0))
          return dot(gradient, s) + 0.5 * dot(s, times(matrix, s))
        }
        // The path by its bends: the first local minimizer of the model, segment by segment.
        const bends = [
          0,
          ...at.flatMap((x, i) => {
            const g = gradient[i] ?? 0
            const to = g > 0 ? (x - (point.lower[i] ?? 0)) / g : g < 0 ? (x - (point.upper[i] ?? 0)) / g : Infinity
            return to > 0 && to < Infinity ? [to] : []
          }),
        ].sort((a, b) => a - b)
        const first = bends.reduce<number | undefined>((found, from, k) => {
          if (found !== undefined) return found
          const to = bends[k + 1] ?? Infinity
          // Bends that only rounding tells apart are one.
          if (to - from < 1e-9) return undefined
          const base = pathAt(from)
          const middle = to === Infinity ? from + 1 : (from + to) / 2
          const d = pathAt(middle).map((x, i) => (x - (base[i] ?? 0)) / (middle - from))
          const s = base.map((x, i) => x - (at[i] ?? 0))
          const slope = dot(gradient, d) + dot(d, times(matrix, s))
          if (slope >= -1e-12) return from
          const least = from - slope / dot(d, times(matrix, d))
          return least < to ? least : undefined
        }, undefined)
        const expected = pathAt(first ?? bends[bends.length - 1] ?? 0)
        // Compared by the model, which is flat around its minimizer; and the point is on the path.
        expect(modelAt([...cauchy.point])).toBeCloseTo(modelAt(expected), 7)
        const reached = subspaceMinimizer(secant, point, cauchy)
        expect([...reached].every((x, i) => x === inside(x, i))).toBe(true)
        const free = [...cauchy.free].flatMap((each, i) => (each === 1 ? [i] : []))
        // Where the minimizer on the face is in the box it is found: the model's gradient vanishes on what is free.
        const isInner = free.every((i) => reached[i] !== point.lower[i] && reached[i] !== point.upper[i])
        if (isInner) {
          const s = [...reached].map((x, i) => x - (at[i] ?? 0))
          const pulled = times(matrix, s).map((x, i) => x + (gradient[i] ?? 0))
          for (const i of free) expect(Math.abs(pulled[i] ?? 0)).toBeLessThan(1e-6)
        }
      }),
    )
  })

  it('says how much room there is, and hits a bound to the bit', () => {
    const point = { at: flat([0.1, 0, 5]), lower: flat([-Infinity, -3, 5]), upper: flat([0.3, 3, 5]) }
    const direction = flat([0.2, -1, 0])
    expect(roomAlong(direction, point)).toBeCloseTo(1, 15)
    expect([...alongInBox(direction, 1, point)]).toEqual([0.3, -1, 5])
    expect([...alongInBox(flat([-1, 0, 0]), 2, point)]).toEqual([-1.9, 0, 5])
    expect(roomAlong(flat([-1, 0, 0]), point)).toBe(Infinity)
    // −0.7 + (1.6 + 0.7) is 1.5999999999999999.
    const short = { at: flat([-0.7]), lower: flat([-1]), upper: flat([1.6]) }
    expect([...alongInBox(flat([1.6 + 0.7]), 1, short)]).toEqual([1.6])
  })
})

describe('lbfgsb', () => {
  const box = { lower: tensor([-2, -2]), upper: tensor([0.5, 2]) }
  const inside = boundedIn(box)(objective(rosenbrock))
  const start = tensor([-1.2, 1])

  it('has a state that is typed by the parameters, and no more pairs than its memory', () => {
    const run = minimize(lbfgsb({ memory: 3 }), inside)(start)
    const its = take(15)(run)
    expectTypeOf(takeUntil(stepsAtMost(1))(run).last.state).toEqualTypeOf<BoundedPairs<Tensor>>()
    expect(its.map(({ state }) => state.pairs.length).slice(0, 5)).toEqual([0, 1, 2, 3, 3])
    for (const { state } of its) for (const { curvature } of state.pairs) expect(curvature).toBeGreaterThan(0)
  })

  it('counts what it asks, and asks for nothing outside of the box', () => {
    const seen: Array<Tensor> = []
    const { objective: watched, ...count } = counted(rosenbrock)
    const around = boundedIn(box)({
      ...watched,
      valueAndGrad: (p: Tensor) => {
        seen.push(p)
        return watched.valueAndGrad(p)
      },
    })
    const last = take(12)(minimize(lbfgsb(), around)(start)).at(-1)
    const { solves, ...work } = last?.work ?? { solves: 0 }
    expect(work).toEqual(workOf({ objective: watched, ...count }, 2))
    // Of the first step there are no pairs.
    expect(solves).toBe(2 * 10)
    for (const p of seen) expect(boundedIn(box)(objective((x: Tensor) => sum(x))).value(p)).toBeLessThan(Infinity)
  })

  it('goes on from a state that was laid down, to the bit', () => {
    const whole = take(14)(minimize(lbfgsb({ memory: 4 }), inside)(start))
    const from = whole[6]
    if (from === undefined) throw new Error('no step')
    const { step, params, state, work } = from
    const rest = take(8)(resume(lbfgsb({ memory: 4 }), inside)({ step, params, state, work }))
    expect(rest.map(({ params: p, value }) => [toArray(p), value])).toEqual(
      whole.slice(6).map(({ params: p, value }) => [toArray(p), value]),
    )
  })

  it('rests as text and goes on from there, to the bit', () => {
    const optimizer = lbfgsb({ memory: 4 })
    const whole = take(14)(minimize(optimizer, inside)(start))
    const from = whole[6]
    if (from === undefined) throw new Error('no step')
    const read = parseCheckpoint(optimizer, tensor([0, 0]))(printCheckpoint(checkpointOf(optimizer)(from)))
    if (E.isLeft(read)) throw new Error(showCheckpointFailure(read.left))
    const rest = take(8)(resume(optimizer, inside)(read.right))
    expect(rest.map(({ params, value }) => [toArray(params), value])).toEqual(
      whole.slice(6).map(({ params, value }) => [toArray(params), value]),
    )
  })

  it('without bounds solves a quadratic in the steps of l-bfgs', () => {
    const loss = objective((x: Tensor) => sum(mul(tensor([1, 10, 100]), square(sub(x, tensor([1, 2, 3]))))))
    const around = boundedIn(boxLike(tensor([0, 0, 0]), {}))(loss)
    const stop = anyOf(projectedGradientBelow(1e-8), stepsAtMost(50))
    const [bound, free] = [
      pipe(tensor([0, 0, 0]), minimize(lbfgsb(), around), takeUntil(stop)).last,
      pipe(tensor([0, 0, 0]), minimize(lbfgs(), loss), takeUntil(stop)).last,
    ]
    expectNear(bound.params, [1, 2, 3], 1e-8)
    expect(Math.abs(bound.step - free.step)).toBeLessThanOrEqual(3)
  })

  it('solves for thousands of parameters, half of them at bounds', () => {
    const n = 2000
    const targets = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 2 : 0.5))
    const target = tensor([...targets])
    const chained = (x: Tensor): Tensor => add(sum(square(sub(x, target))), mul(0.1, square(sub(sum(x), 100))))
    const around = boundedIn(boxLike(target, { lower: 0, upper: 1 }))(objective(chained))
    const { last, reason } = pipe(
      mul(0, target),
      minimize(lbfgsb(), around),
      takeUntil(anyOf(projectedGradientBelow(1e-6), stepsAtMost(60))),
    )
    expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
    // 2(x − t) + 0.2 (Σx − 100) = 0 on what is free: what wants 0.5 is at 0, what wants 2 shares 100 up to its own pull.
    const [high = 0, low] = toFloat64Array(last.params)
    expect(low).toBe(0)
    expect(2 * (high - 2) + 0.2 * (high * (n / 2) - 100)).toBeCloseTo(0, 6)
  })

  it('fails with the last point and a reason', () => {
    const outside = minimize(lbfgsb(), inside)(tensor([3, 3]))[Symbol.iterator]()
    outside.next()
    const { value } = outside.next()
    expect(value).toMatchObject({ _tag: 'NonFinite', advice: expect.stringContaining('clampInto(box)(start)') })
    // A slope without end.
    const endless = boundedIn(boxLike(tensor([1]), { lower: 0.5 }))(objective((x: Tensor) => mul(-1, sum(x))))
    const run = pipe(tensor([1]), minimize(lbfgsb(), endless), takeUntil(stepsAtMost(20)))
    expect(E.isLeft(run.reason) ? run.reason.left._tag : 'goes on').toBe('LineSearchFailed')
    // A gradient of the wrong sign: no step goes down, with pairs or without.
    const wrong = boundedIn(box)({
      ...objective(rosenbrock),
      valueAndGrad: (p: Tensor): readonly [number, Tensor] => {
        const [value, gradient] = objective(rosenbrock).valueAndGrad(p)
        return [value, mul(-1, gradient)]
      },
    })
    const misled = pipe(start, minimize(lbfgsb(), wrong), takeUntil(stepsAtMost(20)))
    expect(E.isLeft(misled.reason) ? misled.reason.left._tag : 'goes on').toBe('LineSearchFailed')
    expect(E.isLeft(misled.reason) && misled.reason.left.last.params).toEqual(misled.last.params)
  })

  it('refuses options out of range, and objectives without a box', () => {
    expect(defectOf(() => lbfgsb({ memory: 0 }))).toContain(
      'lbfgsb: expected memory to be an integer of 1 or more, got 0',
    )
    expect(defectOf(() => lbfgsb({ skip: 1 }))).toContain('skip')
    expect(defectOf(() => lbfgsb({ decrease: 0 }))).toContain('lbfgsb: expected decrease to be')
    expect(defectOf(() => lbfgsb({ trials: 0.5 }))).toContain('trials')
    // @ts-expect-error: the objective has no box.
    minimize(lbfgsb(), objective(rosenbrock))
  })

  it('stays where the projected gradient vanishes', () => {
    const at = tensor([0.5, 0.25])
    const [, next] = take(2)(minimize(lbfgsb(), inside)(at))
    expect(toArray(next?.params ?? tensor([]))).toEqual([0.5, 0.25])
  })
})
