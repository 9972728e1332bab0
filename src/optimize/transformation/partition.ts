/** Different transformations for different parts of the parameters. */
import type { Tensor } from '../../data/Tensor.js'
import type { Operand } from '../../primitive/define.js'
import type { Iterate, StateOf, StateType } from '../Optimizer.js'
import type { Transformation } from '../Transformation.js'
import type { Parts, Reading } from './parts.js'
import { type Leaves, type MaskedState, masked } from './select.js'

/**
 * The state of `partition`: that of each part, for its leaves.
 *
 * @since 0.1.0
 */
export interface PartitionState<Fs extends Readonly<Record<string, StateType>>> extends StateType {
  readonly state: { readonly [K in keyof Fs]: StateOf<Fs[K], Leaves> }
}

/** A state of whatever kind. */
interface Opaque extends StateType {
  readonly state: unknown
}

type States = Readonly<Record<string, unknown>>

interface Opaques extends StateType {
  readonly state: States
}

const record = (names: ReadonlyArray<string>, of: (i: number) => unknown): States =>
  Object.fromEntries(names.map((name, i) => [name, of(i)]))

const partsOf = (names: ReadonlyArray<string>, parts: ReadonlyArray<Parts<Opaque>>): Parts<Opaques> => {
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((total, { count }) => total + count, 0))
  return {
    count: parts.reduce((total, { count }) => total + count, 0),
    plan: (states: States, it: Reading) => {
      const plans = parts.map(({ plan }, i) => plan(states[names[i] ?? ''], it))
      return { numbers: plans.flatMap(({ numbers }) => numbers), state: record(names, (i) => plans[i]?.state) }
    },
    run:
      <P>(numbers: ReadonlyArray<Operand>, updates: P, params: P) =>
      (states: States) =>
        parts.reduce<readonly [P, States]>(
          ([done, nexts], { count, run }, i) => {
            const [from, name] = [starts[i] ?? 0, names[i] ?? '']
            const [more, next] = run(numbers.slice(from, from + count), done, params)(states[name])
            return [more, { ...nexts, [name]: next }]
          },
          [updates, {}],
        ),
  }
}

const inParts = (
  transformations: Readonly<Record<string, Transformation<Opaque>>>,
  label: (path: string, leaf: Tensor) => string,
): Transformation<Opaques> => {
  const names = Object.keys(transformations)
  const each = Object.entries(transformations).map(
    ([name, transformation]): Transformation<MaskedState<Opaque>> =>
      masked((path, leaf) => label(path, leaf) === name)(transformation),
  )
  const known = each.flatMap(({ parts }) => (parts === undefined ? [] : [parts]))
  return {
    init: (p) => record(names, (i) => each[i]?.init(p)),
    update:
      <P>(updates: P, it: Iterate<P, unknown>) =>
      (states: States) =>
        each.reduce<readonly [P, States]>(
          ([done, nexts], { update }, i) => {
            const name = names[i] ?? ''
            const [more, next] = update(done, it)(states[name])
            return [more, { ...nexts, [name]: next }]
          },
          [updates, {}],
        ),
    ...(known.length === each.length ? { parts: partsOf(names, known) } : {}),
  }
}

/**
 * Transformations by label: each leaf goes to that of its label, and a label that has none leaves its leaves as they are.
 *
 * @example
 * import { adam, chain, descend, partition, scaleBy, scaleByAdam } from 'gradus/optimize'
 * const optimizer = descend(
 *   'body and head',
 *   partition({ body: chain(scaleByAdam(), scaleBy(-1e-3)), head: scaleBy(-0.1) })((path) =>
 *     path.startsWith('.head') ? 'head' : 'body',
 *   ),
 * )
 * optimizer.name // => 'body and head'
 *
 * @since 0.1.0
 */
export function partition<Fs extends Readonly<Record<string, StateType>>>(
  transformations: { readonly [K in keyof Fs]: Transformation<Fs[K]> },
): (label: (path: string, leaf: Tensor) => (keyof Fs & string) | (string & {})) => Transformation<PartitionState<Fs>>
export function partition(
  transformations: Readonly<Record<string, Transformation<Opaque>>>,
): (label: (path: string, leaf: Tensor) => string) => Transformation<Opaques> {
  return (label) => inParts(transformations, label)
}
