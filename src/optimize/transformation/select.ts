/** Parts of parameters: which leaves a transformation sees and moves. */

import { zeros } from '../../data/construct.js'
import type { Tensor } from '../../data/Tensor.js'
import { leavesOf, withLeaves } from '../../data/Tree.js'
import { neg } from '../../primitive/arithmetic.js'
import type { Operand } from '../../primitive/define.js'
import type { Iterate, StateOf, StateType } from '../Optimizer.js'
import { list, selection as selectionField, text } from '../option.js'
import { byPosition, recipe, wrapper } from '../recipe.js'
import type { Transformation } from '../Transformation.js'
import type { Parts, Reading } from './parts.js'

/**
 * Chooses leaves by their path in the parameters, such as `.layers[0].bias`, and by what they are.
 *
 * @since 0.1.0
 */
export type Selection = (path: string, leaf: Tensor) => boolean

/** All leaves. */
export const everything: Selection = () => true

/**
 * The leaves whose last name is this.
 *
 * @example
 * import { zeros } from 'gradus'
 * import { named } from 'gradus/optimize'
 * named('bias')('.layers[0].bias', zeros([])) // => true
 *
 * @since 0.1.0
 */
export const named: (name: string) => Selection = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly leaf: string }>()(
    { sort: 'selection', name: 'named', fields: () => ({ leaf: text() }) },
    ({ leaf }): Selection =>
      (path) =>
        path.endsWith(`.${leaf}`),
  ),
  (leaf: string) => ({ leaf }),
)

/** The keys that a lens asks for, one after the other. */
const keysOf = <P>(lens: (params: P) => unknown): ReadonlyArray<string> => {
  const keys = new Map<number, string>()
  const follow: unknown = new Proxy(
    {},
    {
      get: (_, key) => {
        keys.set(keys.size, String(key))
        return follow
      },
    },
  )
  lens(follow as P)
  return [...keys.values()]
}

const insideKeys = /* @__PURE__ */ recipe<{ readonly keys: ReadonlyArray<string> }>()(
  { sort: 'selection', name: 'inside', fields: () => ({ keys: list(text(), 'a list of keys')() }) },
  ({ keys }): Selection => {
    const prefixes = keys.reduce<ReadonlyArray<string>>(
      (found, key) =>
        found.flatMap((path) => (/^\d+$/.test(key) ? [`${path}[${key}]`, `${path}.${key}`] : [`${path}.${key}`])),
      [''],
    )
    return (path) =>
      prefixes.some((prefix) => path.startsWith(prefix) && (path === prefix || /^[.[]/.test(path.slice(prefix.length))))
  },
)

/**
 * The leaves below a place in the parameters, which a lens points to: a function that goes from the parameters to a part of them.
 *
 * **Fails** nowhere: what the lens points to need not exist.
 *
 * @example
 * import { type Tensor, zeros } from 'gradus'
 * import { inside } from 'gradus/optimize'
 * interface Params { readonly layers: ReadonlyArray<{ readonly bias: Tensor }> }
 * inside((p: Params) => p.layers[1])('.layers[1].bias', zeros([])) // => true
 * inside((p: Params) => p.layers[1])('.layers[0].bias', zeros([])) // => false
 *
 * @since 0.1.0
 */
export const inside: <P>(lens: (params: P) => unknown) => Selection = /* @__PURE__ */ byPosition(
  insideKeys,
  (lens: (params: never) => unknown) => ({
    keys: keysOf(lens),
  }),
)

/**
 * The leaves that a selection leaves out.
 *
 * @example
 * import { zeros } from 'gradus'
 * import { except, named } from 'gradus/optimize'
 * except(named('bias'))('.layers[0].bias', zeros([])) // => false
 *
 * @since 0.1.0
 */
export const except: (selection: Selection) => Selection = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly selection: Selection }>()(
    { sort: 'selection', name: 'except', fields: () => ({ selection: selectionField<Selection>()() }) },
    ({ selection }): Selection =>
      (path, leaf) =>
        !selection(path, leaf),
  ),
  (selection: Selection) => ({ selection }),
)

/**
 * Selected leaves by their paths: what a transformation that sees a part of the parameters takes for all of them.
 *
 * @since 0.1.0
 */
export type Leaves = Readonly<Record<string, Tensor>>

/** Paths of leaves of leaves are those of the parameters. */
const original = (path: string): string =>
  path.startsWith('..') || path.startsWith('.[') ? path.slice(1) : path === '.' ? '' : path

/** Whether each leaf is selected, in order. */
export const chosen = (selection: Selection, tree: unknown): ReadonlyArray<boolean> =>
  leavesOf('masked', tree).map(({ path, tensor }) => selection(original(path), tensor))

const pick = (selection: Selection, like: unknown, tree: unknown): Leaves => {
  const which = chosen(selection, like)
  return Object.fromEntries(
    leavesOf('masked', tree).flatMap(({ path, tensor }, i) => (which[i] === true ? [[original(path), tensor]] : [])),
  )
}

const put = <P>(tree: P, some: Leaves, others: (leaf: Tensor) => Tensor): P =>
  withLeaves(
    tree,
    leavesOf('masked', tree).map(({ path, tensor }) => some[original(path)] ?? others(tensor)),
  )

/**
 * The state of a transformation that sees some leaves only.
 *
 * @since 0.1.0
 */
export interface MaskedState<F extends StateType> extends StateType {
  readonly state: StateOf<F, Leaves>
}

const same = (leaf: Tensor): Tensor => leaf

/** −0, which is added to any number without a trace, −0 included. */
const nothing = ({ shape }: Tensor): Tensor => neg(zeros(shape))

const limited =
  (selection: Selection, others: (leaf: Tensor) => Tensor) =>
  <F extends StateType>({ init, update, parts, nonFinite }: Transformation<F>): Transformation<MaskedState<F>> => {
    const limitedParts: Parts<MaskedState<F>> | undefined =
      parts === undefined
        ? undefined
        : {
            count: parts.count,
            plan: (state: StateOf<F, Leaves>, it: Reading) => parts.plan<Leaves>(state, it),
            run:
              <P>(numbers: ReadonlyArray<Operand>, updates: P, params: P) =>
              (state: StateOf<F, Leaves>) => {
                const [some, next] = parts.run<Leaves>(
                  numbers,
                  pick(selection, params, updates),
                  pick(selection, params, params),
                )(state)
                return [put(updates, some, others), next]
              },
          }
    return {
      // What goes through as it is, is not taken.
      nonFinite: others === same && nonFinite === 'taken' ? undefined : nonFinite,
      init: (p) => init(pick(selection, p, p)),
      update: <P>(updates: P, it: Iterate<P, unknown>) => {
        const params = pick(selection, it.params, it.params)
        const gradient = pick(selection, it.params, it.gradient)
        const of = update(pick(selection, it.params, updates), { ...it, objective: {}, params, gradient })
        return (state: StateOf<F, Leaves>) => {
          const [some, next, work = {}] = of(state)
          return [put(updates, some, others), next, work]
        }
      },
      ...(limitedParts === undefined ? {} : { parts: limitedParts }),
    }
  }

/**
 * The same transformation for the selected leaves only; the updates of the others go through as they are. The transformation sees
 * a record of the selected leaves by path, and its state is one for that record.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { chain, clipByGlobalNorm, descend, masked, named, scaleBy } from 'gradus/optimize'
 * descend('biases clipped', chain(pipe(clipByGlobalNorm(1), masked(named('bias'))), scaleBy(-0.1))).name // => 'biases clipped'
 *
 * @since 0.1.0
 */
export const masked: (
  selection: Selection,
) => <F extends StateType>(transformation: Transformation<F>) => Transformation<MaskedState<F>> =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ wrapper<{ readonly selection: Selection }>()(
      { name: 'masked', fields: () => ({ selection: selectionField<Selection>()() }) },
      ({ selection }) => limited(selection, same),
    ),
    (selection: Selection) => ({ selection }),
  )

/**
 * The same transformation with the selected leaves held fast: it neither sees nor moves them, whatever their gradients are. Use it
 * around the whole chain.
 *
 * **Laws** held leaves keep their bits, −0 and all.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { type Tensor, tensor, toArray, add, square } from 'gradus'
 * import { descend, freeze, minimize, named, objective, scaleBy, stepsAtMost, takeUntil } from 'gradus/optimize'
 * interface Params { readonly a: Tensor; readonly b: Tensor }
 * const optimizer = descend('b is held', pipe(scaleBy(-0.25), freeze(named('b'))))
 * const run = minimize(optimizer, objective(({ a, b }: Params) => add(square(a), square(b))))
 * const { last } = pipe({ a: tensor(1), b: tensor(1) }, run, takeUntil(stepsAtMost(1)))
 * toArray(last.params.a) // => 0.5
 * toArray(last.params.b) // => 1
 *
 * @since 0.1.0
 */
export const freeze: (
  selection: Selection,
) => <F extends StateType>(transformation: Transformation<F>) => Transformation<MaskedState<F>> =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ wrapper<{ readonly selection: Selection }>()(
      { name: 'freeze', fields: () => ({ selection: selectionField<Selection>()() }) },
      ({ selection }) => limited(except(selection), nothing),
    ),
    (selection: Selection) => ({ selection }),
  )
