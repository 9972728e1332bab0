import { type Tensor, treeAdd } from '../src/index.js'
import {
  type Both,
  chain,
  descend,
  gradientDescent,
  type Iterate,
  minimize,
  objective,
  type StateOf,
  type StateType,
  scaleByAdam,
  type Transformation,
  trace,
  unchanged,
} from '../src/optimize/index.js'
import { all, because, close, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { convexCases, convexLoss } from './surfaces.js'

/**
 * First one transformation, then the other.
 *
 * @since 0.1.0
 */
export type Compose = <F extends StateType, G extends StateType>(
  first: Transformation<F>,
  then: Transformation<G>,
) => Transformation<Both<F, G>>

/**
 * A transformation of updates, and a way to chain transformations if it is not `chain` itself.
 *
 * @since 0.1.0
 */
export interface TransformationClaim<F extends StateType> {
  readonly name: string
  readonly transformation: Transformation<F>
  readonly compose?: Compose
}

/** Updates and states, one after the other. */
interface Driven<S> {
  readonly updates: ReadonlyArray<Tensor>
  readonly states: ReadonlyArray<S>
}

/** What a transformation makes of the gradients of a run. */
const driven = <F extends StateType>(
  transformation: Transformation<F>,
  its: ReadonlyArray<Iterate<Tensor, unknown>>,
): Driven<StateOf<F, Tensor>> => {
  const [first] = its
  if (first === undefined) return { updates: [], states: [] }
  const begun = transformation.init(first.params)
  return its.reduce<Driven<StateOf<F, Tensor>>>(
    ({ updates, states }, it) => {
      const [update, state] = transformation.update(it.gradient, it)(states[states.length - 1] ?? begun)
      return { updates: [...updates, update], states: [...states, state] }
    },
    { updates: [], states: [begun] },
  )
}

/**
 * The laws of a transformation of updates in a chain: `unchanged` before or after it changes nothing, updates and states included;
 * brackets of a chain change nothing up to the pairing of states; it is a function of updates and state, which it leaves as they
 * were; and `descend` adds what it gives.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, transformationLaws } from 'gradus/laws'
 * import { scaleByAdam } from 'gradus/optimize'
 * const rules = transformationLaws({ name: 'Adam', transformation: scaleByAdam() })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const transformationLaws = <F extends StateType>({
  name,
  transformation,
  compose = chain,
}: TransformationClaim<F>): RuleSet => {
  const runs = convexCases.map((each) => {
    const iterator = minimize(
      gradientDescent({ learningRate: 0.05 }),
      objective(convexLoss(each)),
    )(each.at)[Symbol.iterator]()
    return Array.from({ length: 4 }, () => iterator.next()).flatMap((next) => (next.done === true ? [] : [next.value]))
  })
  const [slow, adaptive] = [trace(0.5), scaleByAdam()]
  return ruleSet(
    name,
    [],
  )([
    law('nothing before it changes nothing', runs, (its) => {
      const [alone, chained] = [driven(transformation, its), driven(compose(unchanged, transformation), its)]
      return all(
        same(chained.updates, alone.updates),
        same(
          chained.states.map(([, state]) => state),
          alone.states,
        ),
      )
    }),
    law('nothing after it changes nothing', runs, (its) => {
      const [alone, chained] = [driven(transformation, its), driven(compose(transformation, unchanged), its)]
      return all(
        same(chained.updates, alone.updates),
        same(
          chained.states.map(([state]) => state),
          alone.states,
        ),
      )
    }),
    law('brackets change nothing', runs, (its) => {
      const left = driven(compose(compose(slow, transformation), adaptive), its)
      const right = driven(compose(slow, compose(transformation, adaptive)), its)
      return all(
        same(left.updates, right.updates),
        same(
          left.states.map(([[a, b], c]) => [a, b, c]),
          right.states.map(([a, [b, c]]) => [a, b, c]),
        ),
      )
    }),
    law('a chain gives to the second what the first made', runs, (its) => {
      const first = driven(slow, its)
      const then = driven(
        transformation,
        its.map((it, i) => ({ ...it, gradient: first.updates[i] ?? it.gradient })),
      )
      return same(driven(compose(slow, transformation), its).updates, then.updates)
    }),
    law('it is a function, and leaves its state as it was', runs, (its) => {
      const before = driven(transformation, its)
      const [state, it] = [before.states[1], its[1]]
      if (state === undefined || it === undefined) return same(its.length, 4)
      const copy = same(before, driven(transformation, its))
      const [once, again] = [
        transformation.update(it.gradient, it)(state),
        transformation.update(it.gradient, it)(state),
      ]
      return all(copy, same(once, again), same(before.states, driven(transformation, its).states))
    }),
    law('descend adds what it gives', convexCases, (each) => {
      const run = minimize(descend(name, transformation), objective(convexLoss(each)))(each.at)[Symbol.iterator]()
      const [start, next] = [run.next(), run.next()]
      if (start.done === true || next.done === true) return same('an end', 'a step')
      const [update] = transformation.update(start.value.gradient, start.value)(transformation.init(each.at))
      return because('the same operations')(close(0)(next.value.params, treeAdd(each.at, update)))
    }),
  ])
}
