/** What a transformation that takes non-finite updates must do with a batch on which the loss or its gradient is not finite. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { full, type Tensor } from '../src/index.js'
import {
  descend,
  type Iterate,
  minimize,
  type ObjectiveAt,
  objective,
  resume,
  type StateOf,
  type StateType,
  stepsAtMost,
  type Transformation,
  take,
  takeUntil,
  toArray,
} from '../src/optimize/index.js'
import { all, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { isFiniteTree } from './nonFinite.js'
import { type ConvexCase, convexCases, convexLoss } from './surfaces.js'

/**
 * A transformation that says that it takes what is not finite, and how many bad batches in a row it takes.
 *
 * @since 0.1.0
 */
export interface BadBatchClaim<F extends StateType> {
  readonly name: string
  readonly transformation: Transformation<F>
  /** Default 3; at least 1. */
  readonly most?: number
  /** Whether a bad batch is left out, as though it had not come, down to what it tells of its state. */
  readonly leavesOut?: (state: StateOf<F, Tensor>) => unknown
}

/** What is wrong with a batch. */
type Fault = 'value' | 'gradient' | 'both'

interface Case {
  readonly convex: ConvexCase
  /** For each batch what is wrong with it, if anything. */
  readonly batches: ReadonlyArray<Fault | null>
}

const faults = fc.constantFrom<Fault>('value', 'gradient', 'both')

const nowhere = fc.constantFrom(Number.NaN, Infinity, -Infinity)

const length = 8

/** Good batches, each with so many bad ones before it; the first and the last are good. */
const casesWith = (most: number): fc.Arbitrary<Case> =>
  fc.record({
    convex: convexCases,
    batches: fc
      .array(fc.array(faults, { maxLength: most }), { minLength: length, maxLength: length })
      .map((rows): Case['batches'] => [null, ...rows.flatMap((row) => [...row, null])]),
  })

/** The loss of the case on every batch, and beside it what is wrong with that. */
const objectivesOf = ({ convex, batches }: Case, wrong: number): ObjectiveAt<Tensor> => {
  const good = objective(convexLoss(convex))
  return (step) => {
    const fault = batches[step] ?? null
    if (fault === null) return good
    return {
      ...good,
      value: (p) => (fault === 'gradient' ? good.value(p) : wrong),
      valueAndGrad: (p) => {
        const [value, gradient] = good.valueAndGrad(p)
        return [fault === 'gradient' ? value : wrong, fault === 'value' ? gradient : full(gradient.shape, wrong)]
      },
    }
  }
}

const isBad = (it: Iterate<Tensor, unknown>): boolean => !Number.isFinite(it.value) || !isFiniteTree(it.gradient)

/**
 * The laws of a transformation for runs with bad batches: it comes through, with parameters that are finite all the time; it is the same,
 * to the bit, when it is resumed at any of its points, the bad ones included; one that is stopped at a bad batch has failed, and keeps the
 * last point that was judged by a good one. Where bad batches are left out, parameters and state are those of the run without them.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { badBatchLaws, check } from 'gradus/laws'
 * import { scaleBy, skipNonFinite } from 'gradus/optimize'
 * const rules = badBatchLaws({ name: 'patience', transformation: pipe(scaleBy(-0.05), skipNonFinite(3)), leavesOut: ({ inner }) => inner })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const badBatchLaws = <F extends StateType>({
  name,
  transformation,
  most = 3,
  leavesOut,
}: BadBatchClaim<F>): RuleSet => {
  const optimizer = descend(name, transformation)
  const cases = fc.tuple(casesWith(most), nowhere)
  const its = (each: Case, wrong: number) =>
    toArray(take(each.batches.length)(minimize(optimizer, objectivesOf(each, wrong))(each.convex.at)))
  const seen = ({ step, params, state }: Iterate<Tensor, unknown>) => [step, params, state]
  return ruleSet(
    name,
    [],
  )([
    law('a run comes through bad batches', cases, ([each, wrong]) => {
      const { last, reason } = pipe(
        each.convex.at,
        minimize(optimizer, objectivesOf(each, wrong)),
        takeUntil(stepsAtMost(each.batches.length - 1)),
      )
      return all(
        same(E.isLeft(reason) ? reason.left._tag : reason.right._tag, 'StepsReached'),
        same([last.step, isBad(last)], [each.batches.length - 1, false]),
        same(
          its(each, wrong).map(({ params }) => isFiniteTree(params)),
          each.batches.map(() => true),
        ),
      )
    }),
    law('it can be resumed at a bad batch', fc.tuple(cases, fc.nat()), ([[each, wrong], at]) => {
      const whole = its(each, wrong)
      const from = whole[at % whole.length]
      if (from === undefined) return same('no iterate', 'an iterate')
      const rest = toArray(take(whole.length - from.step)(resume(optimizer, objectivesOf(each, wrong))(from)))
      return same(rest.map(seen), whole.slice(from.step).map(seen))
    }),
    law('a run that is stopped at a bad batch has failed', fc.tuple(cases, fc.nat()), ([[each, wrong], at]) => {
      const bad = each.batches.flatMap((fault, step) => (fault === null ? [] : [step]))
      const stop = bad[at % Math.max(1, bad.length)] ?? 0
      const { last, reason } = pipe(
        each.convex.at,
        minimize(optimizer, objectivesOf(each, wrong)),
        takeUntil(stepsAtMost(stop)),
      )
      const good = each.batches.slice(0, stop + 1).lastIndexOf(null)
      return same([E.isLeft(reason), last.step], [bad.length > 0, good])
    }),
    ...(leavesOut === undefined
      ? []
      : [
          law('bad batches are left out', cases, ([each, wrong]) => {
            const good = { ...each, batches: each.batches.filter((fault) => fault === null) }
            // Only what was judged by a good batch is compared: there the numbers of both runs are of one point.
            const told = (run: Case) =>
              its(run, wrong)
                .filter((it) => !isBad(it))
                .map(({ params, value, state }) => [params, value, leavesOut(state)])
            return same(told(each), told(good))
          }),
        ]),
  ])
}
