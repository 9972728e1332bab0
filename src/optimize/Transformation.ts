/** Transformations of updates: small pure steps that compose, as a monoid, into first-order optimizers. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../data/Defect.js'
import { treeAdd } from '../function/tree.js'
import type { Operand } from '../primitive/define.js'
import type { Compilation } from '../program/compilation.js'
import type { Ability, Smooth } from './Objective.js'
import {
  advance,
  type Iterate,
  type Optimizer,
  type Stateless,
  type StateOf,
  type StateType,
  startable,
  sumOfWork,
  type Work,
} from './Optimizer.js'
import { choice, settled, text, told, transformation as transformationField } from './option.js'
import { constantly, described, withRecipe } from './recipe.js'
import { mover, type Parts } from './transformation/parts.js'

/**
 * What a transformation makes of updates: the new ones, its next state, and what it cost beyond the gradient of the step.
 *
 * @since 0.1.0
 */
export type Updated<P, S> = readonly [updates: P, state: S, work?: Partial<Work>]

/**
 * Updates are what is added to the parameters; a transformation starts from the gradient and ends with them.
 *
 * @since 0.1.0
 */
export interface Transformation<F extends StateType, A extends Ability = never> {
  readonly init: <P>(p: P) => StateOf<F, P>
  readonly update: <P>(updates: P, it: Iterate<P, unknown, A>) => (state: StateOf<F, P>) => Updated<P, StateOf<F, P>>
  /** The same in two parts, where that is possible: `descend` then compiles it where it pays. */
  readonly parts?: Parts<F>
  /**
   * `'taken'` where it makes of updates, gradients and values that are not finite a step and a state that are, so that a run goes on from
   * them; `'passed'` where it leaves them to the next in a chain and remembers nothing. Without a word a run ends before such a step.
   */
  readonly nonFinite?: 'taken' | 'passed' | undefined
}

/**
 * The transformation with these parts.
 *
 * **Laws** the same updates and states, up to rounding, whether it runs eagerly or as a program.
 *
 * @example
 * import { treeScale } from 'gradus'
 * import { descend, fromParts, type Stateless } from 'gradus/optimize'
 * const halving = fromParts<Stateless>({
 *   init: () => null,
 *   count: 1,
 *   plan: (state, { step }) => ({ numbers: [0.5 ** step], state }),
 *   run: ([factor = 1], updates) => (state) => [treeScale(factor, updates), state],
 * })
 * descend('halving', halving).name // => 'halving'
 *
 * @since 0.1.0
 */
export const fromParts = <F extends StateType>({
  init,
  nonFinite,
  ...parts
}: Parts<F> & Pick<Transformation<F>, 'init' | 'nonFinite'>): Transformation<F> => ({
  init,
  nonFinite,
  update: (updates, it) => (state) => {
    const { numbers, state: planned } = parts.plan(state, it)
    return parts.run(numbers, updates, it.params)(planned)
  },
  parts,
})

/**
 * The state of transformations in a row, one for each.
 *
 * @since 0.1.0
 */
export interface Chained<Fs extends ReadonlyArray<StateType>> extends StateType {
  readonly state: { readonly [K in keyof Fs]: StateOf<Fs[K], this['params']> }
}

/**
 * The state of two transformations in a row.
 *
 * @since 0.1.0
 */
export interface Both<F extends StateType, G extends StateType> extends StateType {
  readonly state: readonly [StateOf<F, this['params']>, StateOf<G, this['params']>]
}

/**
 * The transformation that changes nothing: the unit of `chain`.
 *
 * @since 0.1.0
 */
export const unchanged: Transformation<Stateless> = /* @__PURE__ */ constantly(
  { sort: 'transformation', name: 'unchanged' },
  fromParts<Stateless>({
    init: () => null,
    nonFinite: 'passed',
    count: 0,
    plan: (state) => ({ numbers: [], state }),
    run: (_, updates) => (state) => [updates, state],
  }),
)

/** A state of whatever kind. */
export interface Opaque extends StateType {
  readonly state: unknown
}

/** The states of transformations in a row. */
interface Opaques extends StateType {
  readonly state: ReadonlyArray<unknown>
}

const partsInARow = (parts: ReadonlyArray<Parts<Opaque>>): Parts<Opaques> => {
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((total, { count }) => total + count, 0))
  return {
    count: parts.reduce((total, { count }) => total + count, 0),
    plan: (states, it) => {
      const plans = parts.map(({ plan }, i) => plan(states[i], it))
      return { numbers: plans.flatMap(({ numbers }) => numbers), state: plans.map(({ state }) => state) }
    },
    run:
      <P>(numbers: ReadonlyArray<Operand>, updates: P, params: P) =>
      (states: ReadonlyArray<unknown>) =>
        parts.reduce<readonly [P, ReadonlyArray<unknown>]>(
          ([done, nexts], { count, run }, i) => {
            const from = starts[i] ?? 0
            const [more, next] = run(numbers.slice(from, from + count), done, params)(states[i])
            return [more, [...nexts, next]]
          },
          [updates, []],
        ),
  }
}

/** One transformation after the other: `chain` whatever the types of states. */
export const inARow = <A extends Ability>(
  parts: ReadonlyArray<Transformation<Opaque, A>>,
): Transformation<Opaques, A> => {
  const known = parts.flatMap((each) => (each.parts === undefined ? [] : [each.parts]))
  // What meets them first and neither takes nor passes them would remember them.
  const first = parts.find(({ nonFinite }) => nonFinite !== 'passed')
  return {
    nonFinite: first === undefined ? 'passed' : first.nonFinite,
    init: (p) => parts.map(({ init }) => init(p)),
    update:
      <P>(updates: P, it: Iterate<P, unknown, A>) =>
      (states: ReadonlyArray<unknown>) =>
        parts.reduce<Required<Updated<P, ReadonlyArray<unknown>>>>(
          ([done, nexts, work], { update }, i) => {
            const [more, next, cost] = update(done, it)(states[i])
            return [more, [...nexts, next], sumOfWork(work, cost)]
          },
          [updates, [], {}],
        ),
    ...(known.length === parts.length ? { parts: partsInARow(known) } : {}),
  }
}

/** What has the members of a transformation, of whatever type: a bound that does not bend the types of parts. */
type Part = { readonly [K in 'init' | 'update']: unknown }

/** Parts that are transformations; in the place of one that is not there is what was expected. */
type InARow<Ts extends ReadonlyArray<Part>> = {
  readonly [K in keyof Ts]: Ts[K] extends Transformation<infer F, infer A>
    ? Transformation<F, A>
    : 'chain: expected a transformation'
}

type StateTypesOf<Ts extends ReadonlyArray<Part>> = {
  readonly [K in keyof Ts]: Ts[K] extends Transformation<infer F, infer _> ? F : never
}

type AskedBy<T> = T extends Transformation<infer _, infer A> ? A : never

/** A chain of the parts: the list of their states, and all that any of them asks. */
type ChainOf<Ts extends ReadonlyArray<Part>> =
  StateTypesOf<Ts> extends infer Fs extends ReadonlyArray<StateType>
    ? Transformation<Chained<Fs>, AskedBy<Ts[number]>>
    : never

/**
 * First one transformation, then another, and so on. With `unchanged` this is a monoid, up to the nesting of states: the state of a
 * chain is the list of the states of its parts.
 *
 * What the parts ask of an objective adds up, however many they are; what is not finite it takes where the first part does that does not
 * pass it on.
 *
 * @example
 * import { chain, clipByGlobalNorm, descend, scaleBy, trace } from 'gradus/optimize'
 * descend('momentum', chain(trace(0.9), scaleBy(-0.1))).name // => 'momentum'
 * descend('clipped', chain(clipByGlobalNorm(1), trace(0.9), scaleBy(-0.1))).name // => 'clipped'
 *
 * @since 0.1.0
 */
export function chain<F extends StateType, G extends StateType, A extends Ability, B extends Ability>(
  first: Transformation<F, A>,
  then: Transformation<G, B>,
): Transformation<Both<F, G>, A | B>
export function chain<
  F extends StateType,
  G extends StateType,
  H extends StateType,
  A extends Ability,
  B extends Ability,
  C extends Ability,
>(
  first: Transformation<F, A>,
  second: Transformation<G, B>,
  third: Transformation<H, C>,
): Transformation<Chained<readonly [F, G, H]>, A | B | C>
export function chain<
  F extends StateType,
  G extends StateType,
  H extends StateType,
  I extends StateType,
  A extends Ability,
  B extends Ability,
  C extends Ability,
  D extends Ability,
>(
  first: Transformation<F, A>,
  second: Transformation<G, B>,
  third: Transformation<H, C>,
  fourth: Transformation<I, D>,
): Transformation<Chained<readonly [F, G, H, I]>, A | B | C | D>
export function chain<const Ts extends ReadonlyArray<Part>>(...parts: Ts & InARow<Ts>): ChainOf<Ts>
export function chain(...parts: ReadonlyArray<unknown>): unknown {
  const { holds, words } = transformationField<unknown>()()
  const wrong = parts.findIndex((part) => !holds(part))
  if (wrong >= 0)
    return raise('InvalidArgument', `chain: expected part ${wrong + 1} to be ${words}, got ${told(parts[wrong])}.`)
  // What the list of states of a list of parts is, the overloads say; here a state is whatever its part made.
  // A chain is told as the list of its parts.
  return described(parts)(inARow(parts as ReadonlyArray<Transformation<Opaque, Ability>>))
}

/**
 * How an optimizer made of transformations runs.
 *
 * @since 0.1.0
 */
export interface DescendOptions {
  /**
   * `'auto'` (default) compiles the step of a transformation in parts, tree arithmetic and all, where there are parameters enough for
   * it to pay; `'never'` runs it leaf by leaf.
   */
  readonly compilation?: Compilation
}

const descending = <F extends StateType, A extends Ability>(
  name: string,
  { init, update, parts, nonFinite: given }: Transformation<F, A>,
  { compilation = 'auto' }: DescendOptions = {},
): Optimizer<F, A | Smooth> => {
  const move = parts === undefined ? undefined : mover(parts, compilation)
  const nonFinite = given === 'taken' ? given : undefined
  return {
    name,
    nonFinite,
    init,
    step: (next) => (from) =>
      pipe(
        startable(nonFinite)(from),
        E.chain((it) => {
          const moved = move?.(it)
          if (moved !== undefined) return advance(next, it, { ...moved, work: {}, nonFinite })
          const [updates, state, work = {}] = update(it.gradient, it)(it.state)
          return advance(next, it, { params: treeAdd(it.params, updates), state, work, nonFinite })
        }),
      ),
  }
}

const descendFields = () => ({ label: text(), compilation: choice('auto', 'always', 'never')('auto') })

/**
 * The optimizer that adds transformed gradients to the parameters.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, toNumber, type Tensor } from 'gradus'
 * import { descend, minimize, objective, scaleBy, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const run = minimize(descend('gradient descent', scaleBy(-0.25)), objective((x: Tensor) => square(x)))
 * toNumber(pipe(tensor(8), run, takeUntil(stepsAtMost(3))).last.params) // => 1
 *
 * @since 0.1.0
 */
export const descend: <F extends StateType, A extends Ability>(
  name: string,
  transformation: Transformation<F, A>,
  options?: DescendOptions,
) => Optimizer<F, A | Smooth> = /* @__PURE__ */ withRecipe<
  DescendOptions & { readonly label: string; readonly transformation: Transformation<StateType> }
>()(
  {
    sort: 'optimizer',
    name: 'descend',
    fields: () => ({
      transformation: transformationField<Transformation<StateType>>()(),
      ...descendFields(),
    }),
  },
  ({ label, transformation, ...options }) => descend(label, transformation, options),
)(
  <F extends StateType, A extends Ability>(
    label: string,
    transformation: Transformation<F, A>,
    options: DescendOptions = {},
  ): Optimizer<F, A | Smooth> => {
    const { compilation } = settled<DescendOptions & { readonly label: string }, ReturnType<typeof descendFields>>(
      'descend',
      descendFields(),
      { label, ...options },
    )
    settled('descend', { transformation: transformationField<Transformation<F, A>>()() }, { transformation })
    return described({ name: 'descend', label, transformation, compilation })(
      descending(label, transformation, { compilation }),
    )
  },
)
