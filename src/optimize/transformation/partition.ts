/** Different transformations for different parts of the parameters. */

import { raise } from '../../data/Defect.js'
import type { Tensor } from '../../data/Tensor.js'
import type { Operand } from '../../primitive/define.js'
import type { Iterate, StateOf, StateType } from '../Optimizer.js'
import { told } from '../option.js'
import { inARow, type Opaque, type Transformation } from '../Transformation.js'
import type { Reading } from './parts.js'
import { type Leaves, masked } from './select.js'

/**
 * The state of `partition`: that of each part, for its leaves.
 *
 * @since 0.1.0
 */
export interface PartitionState<Fs extends Readonly<Record<string, StateType>>> extends StateType {
  readonly state: { readonly [K in keyof Fs]: StateOf<Fs[K], Leaves> }
}

type States = Readonly<Record<string, unknown>>

interface Opaques extends StateType {
  readonly state: States
}

/** The parts in a row, each for its own leaves; their states by name and not in a list. */
const inParts = (
  transformations: Readonly<Record<string, Transformation<Opaque>>>,
  label: (path: string, leaf: Tensor) => string,
): Transformation<Opaques> => {
  const names = Object.keys(transformations)
  // Without a transformation the gradient itself would be added.
  const known = (path: string, leaf: Tensor): string => {
    const given = label(path, leaf)
    return names.includes(given)
      ? given
      : raise(
          'InvalidArgument',
          `partition: expected a label of ${path === '' ? 'the root' : path} among ${names.join(', ')}, got ${told(given)}. Leave leaves as they are by 'unchanged', hold them by 'freeze'?`,
        )
  }
  const { init, update, parts } = inARow<never>(
    Object.entries(transformations).map(([name, transformation]) =>
      masked((path, leaf) => known(path, leaf) === name)(transformation),
    ),
  )
  const listed = (states: States): ReadonlyArray<unknown> => names.map((name) => states[name])
  const named = (states: ReadonlyArray<unknown>): States =>
    Object.fromEntries(names.map((name, i) => [name, states[i]]))
  const all = Object.values(transformations)
  return {
    nonFinite: all.length > 0 && all.every(({ nonFinite }) => nonFinite === 'taken') ? 'taken' : undefined,
    init: (p) => named(init(p)),
    update:
      <P>(updates: P, it: Iterate<P, unknown>) =>
      (states: States) => {
        const [done, next, work = {}] = update(updates, it)(listed(states))
        return [done, named(next), work]
      },
    ...(parts === undefined
      ? {}
      : {
          parts: {
            count: parts.count,
            plan: <P>(states: States, it: Reading) => {
              const { numbers, state } = parts.plan<P>(listed(states), it)
              return { numbers, state: named(state) }
            },
            run:
              <P>(numbers: ReadonlyArray<Operand>, updates: P, params: P) =>
              (states: States): readonly [P, States] => {
                const [done, next] = parts.run(numbers, updates, params)(listed(states))
                return [done, named(next)]
              },
          },
        }),
  }
}

/**
 * Transformations by label: each leaf goes to that of its label.
 *
 * **Fails** with a `Defect` for a label that has no transformation: `unchanged` is one that leaves leaves to the next in a chain.
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
): (label: (path: string, leaf: Tensor) => keyof Fs & string) => Transformation<PartitionState<Fs>>
export function partition(
  transformations: Readonly<Record<string, Transformation<Opaque>>>,
): (label: (path: string, leaf: Tensor) => string) => Transformation<Opaques> {
  return (label) => inParts(transformations, label)
}
