/** Optimizers, schedules and stopping rules as data: a name of gradus/optimize and its options, checked before anything runs. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { Ability, Curved, ObjectiveWith, Smooth } from '../optimize/Objective.js'
import type { Iterate, Optimizer, StateType, StepFailure } from '../optimize/Optimizer.js'
import { configurationOf } from '../optimize/recipe.js'
import type { Stop } from '../optimize/stop.js'
import type { Schedule } from '../optimize/transformation/ranges.js'
import { made, readAs } from './configuration.js'
import { type Data, isPlainRecord } from './data.js'
import { asksOf, written } from './describe.js'
import { type Mismatch, mismatchesOf, shown } from './mismatch.js'

declare const opaque: unique symbol

/**
 * The state of an optimizer whose type is not known before it runs. Nobody but the optimizer looks inside.
 *
 * @since 0.1.0
 */
export interface Opaque extends StateType {
  readonly state: { readonly [opaque]: true }
}

/**
 * An optimizer that was made from data: it runs, rests and resumes like any other.
 *
 * @since 0.1.0
 */
export type DecodedOptimizer<A extends Ability = Curved> = Optimizer<Opaque, A>

/**
 * The same optimizer with its hyperparameters as data, which its checkpoints carry: for those whose parts cannot tell, such as a
 * transformation of one's own. What the functions of `gradus/optimize` make tells of itself.
 *
 * @example
 * import { descend, fromParts, type Stateless } from 'gradus/optimize'
 * import { treeScale } from 'gradus'
 * import { withConfiguration } from 'gradus/codec'
 * const mine = fromParts<Stateless>({
 *   init: () => null,
 *   count: 0,
 *   plan: (state) => ({ numbers: [], state }),
 *   run: (_, updates) => (state) => [treeScale(-0.1, updates), state],
 * })
 * withConfiguration({ rate: 0.1 })(descend('mine', mine)).configuration // => { rate: 0.1 }
 *
 * @since 0.1.0
 */
export const withConfiguration =
  (configuration: Data) =>
  <O extends { readonly name: string; readonly configuration?: unknown }>(optimizer: O): O => ({
    ...optimizer,
    configuration,
  })

/**
 * Writes an optimizer as JSON data: the name of the function that made it and its options, defaults and all, down to schedules, line
 * searches, selections and the parts of chains.
 *
 * **Laws** `decodeOptimizer` gives an optimizer whose steps have the same bits, and which is written in the same way.
 *
 * **Fails** with each place that is code: a schedule or a label of one's own, a transformation `fromParts`, an optimizer that tells
 * nothing of itself.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { encodeOptimizer } from 'gradus/codec'
 * import { gradientDescent, warmUp } from 'gradus/optimize'
 * const data = encodeOptimizer(gradientDescent({ learningRate: warmUp(10) }))
 * data // => E.right({ name: 'gradientDescent', learningRate: { name: 'warmUp', steps: 10 } })
 * const own = encodeOptimizer(gradientDescent({ learningRate: (step) => 1 / (1 + step) }))
 * E.isLeft(own) && own.left[0]?.path // => 'learningRate'
 *
 * @since 0.1.0
 */
export const encodeOptimizer = (optimizer: {
  readonly name: string
  readonly configuration?: unknown
}): E.Either<ReadonlyArray<Mismatch>, Data> =>
  configurationOf(optimizer) === undefined
    ? E.left([
        {
          path: '',
          expected: 'an optimizer that tells how it was made',
          found: shown(optimizer.name),
          advice: 'Use withConfiguration?',
        },
      ])
    : written(optimizer, '')

type OpaqueIterate<P, A extends Ability> = Iterate<P, Opaque['state'], A>

/** States come from `init` and from checkpoints that fit it alone, so they are of the type that is forgotten here. */
const forgetful = <A extends Ability>(optimizer: Optimizer<StateType, A>): DecodedOptimizer<A> => ({
  ...optimizer,
  init: (p) => optimizer.init(p) as Opaque['state'],
  step:
    <P>(next: ObjectiveWith<A, P>) =>
    (it: OpaqueIterate<P, A>) =>
      optimizer.step<P>(next)(it) as E.Either<StepFailure<P, Opaque['state']>, Iterate<P, Opaque['state']>>,
})

const validateOptimizer =
  <A extends Ability>(abilities: ReadonlyArray<A>) =>
  (u: unknown, context: t.Context): t.Validation<DecodedOptimizer<A>> =>
    pipe(
      made('optimizer')(u, context),
      E.chain((optimizer) => {
        const can = [...new Set<Ability>(['value', 'valueAndGrad', ...abilities])]
        const cannot = asksOf(u, '').find(({ ability }) => !can.includes(ability))
        // The recipe is one of an optimizer that asks for no more than this, whatever its state.
        return cannot === undefined
          ? t.success(forgetful(optimizer as Optimizer<StateType, A>))
          : t.failure(
              u,
              context,
              `an optimizer for objectives with ${can.join(', ')}: ${cannot.name} asks for ${cannot.ability}`,
            )
      }),
    )

const codecOf = <A extends Ability>(abilities: ReadonlyArray<A>): t.Type<DecodedOptimizer<A>, unknown, unknown> =>
  new t.Type<DecodedOptimizer<A>, unknown, unknown>(
    'an optimizer: { name, … }',
    (u): u is DecodedOptimizer<A> => isPlainRecord(u) && 'configuration' in u && 'step' in u,
    validateOptimizer(abilities),
    // What was read can be written.
    (optimizer) => pipe(encodeOptimizer(optimizer), E.toUnion),
  )

/**
 * The codec of optimizers as data, for objectives with a Hessian: it reads `{ name, … }` and gives the optimizer, and writes its
 * configuration.
 *
 * @since 0.1.0
 */
export const OptimizerCodec: t.Type<DecodedOptimizer, unknown, unknown> = codecOf(['value', 'valueAndGrad', 'hessian'])

/**
 * Makes an optimizer from data, such as parsed JSON or the configuration in a checkpoint: `{ name, … }`, where the name is that of a
 * function of `gradus/optimize` and the rest its options by name. Options may be schedules, line searches, directions, selections and
 * curvatures in the same form; a list of transformations is their chain; random keys are a seed or two words.
 *
 * **Fails** with the places where an option is out of range, missing or unknown, and what was probably meant, before anything runs;
 * and where the optimizer asks an objective for more than its value, gradient and Hessian: see `decodeOptimizerFor`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { decodeOptimizer, showMismatches } from 'gradus/codec'
 * const wrong = decodeOptimizer({
 *   name: 'descend',
 *   label: 'mine',
 *   transformation: [{ name: 'clipByGlobalNorm', limit: 1 }, { name: 'scaleByAdam', decay2: 1 }, { name: 'scaleBy', factor: -0.1 }],
 * })
 * E.isLeft(wrong) && showMismatches(wrong.left) // => 'transformation[1].decay2: expected a number from 0 to below 1, got 1'
 *
 * @since 0.1.0
 */
export const decodeOptimizer = (value: unknown): E.Either<ReadonlyArray<Mismatch>, DecodedOptimizer> =>
  pipe(OptimizerCodec.decode(value), E.mapLeft(mismatchesOf))

/**
 * Makes an optimizer from data for objectives with these abilities beside values and gradients: what the types tell of an optimizer in
 * code is checked here.
 *
 * **Fails** as `decodeOptimizer` does, and where the optimizer asks for an ability that is not among them.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { decodeOptimizer, decodeOptimizerFor } from 'gradus/codec'
 * E.isRight(decodeOptimizerFor(['residuals'])({ name: 'levenbergMarquardt' })) // => true
 * E.isRight(decodeOptimizer({ name: 'levenbergMarquardt' })) // => false
 *
 * @since 0.1.0
 */
export const decodeOptimizerFor =
  <A extends Ability>(abilities: ReadonlyArray<A>) =>
  (value: unknown): E.Either<ReadonlyArray<Mismatch>, DecodedOptimizer<A | Smooth>> =>
    pipe(codecOf<A | Smooth>(abilities).decode(value), E.mapLeft(mismatchesOf))

/**
 * Makes a schedule from data.
 *
 * **Fails** as `decodeOptimizer` does.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { decodeSchedule } from 'gradus/codec'
 * const rate = decodeSchedule({ name: 'linear', from: 0, to: 1, steps: 10 })
 * E.isRight(rate) && rate.right(5) // => 0.5
 *
 * @since 0.1.0
 */
export const decodeSchedule = (value: unknown): E.Either<ReadonlyArray<Mismatch>, Schedule> =>
  pipe(
    readAs('schedule')(value),
    // A recipe of this sort made it.
    E.map((read) => read as Schedule),
  )

/**
 * Writes a schedule as data.
 *
 * **Fails** with the place where it is a function of one's own.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { encodeSchedule } from 'gradus/codec'
 * import { warmUp } from 'gradus/optimize'
 * encodeSchedule(warmUp(10)) // => E.right({ name: 'warmUp', steps: 10 })
 *
 * @since 0.1.0
 */
export const encodeSchedule = (schedule: Schedule): E.Either<ReadonlyArray<Mismatch>, Data> => written(schedule, '')

/**
 * Makes a stopping rule from data.
 *
 * **Fails** as `decodeOptimizer` does.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { decodeStop } from 'gradus/codec'
 * const rules = [{ name: 'gradientBelow', tolerance: 1e-6 }, { name: 'stepsAtMost', steps: 100 }]
 * E.isRight(decodeStop({ name: 'anyOf', rules })) // => true
 *
 * @since 0.1.0
 */
export const decodeStop = (value: unknown): E.Either<ReadonlyArray<Mismatch>, Stop> =>
  pipe(
    readAs('stop')(value),
    // A recipe of this sort made it.
    E.map((read) => read as Stop),
  )

/**
 * Writes a stopping rule as data.
 *
 * **Fails** with the place where it is a condition of one's own, a measure or a clock.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { encodeStop } from 'gradus/codec'
 * import { stepsAtMost } from 'gradus/optimize'
 * encodeStop(stepsAtMost(10)) // => E.right({ name: 'stepsAtMost', steps: 10 })
 *
 * @since 0.1.0
 */
export const encodeStop = (stop: Stop): E.Either<ReadonlyArray<Mismatch>, Data> => written(stop, '')
