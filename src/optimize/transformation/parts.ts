/**
 * transformation/: families of transformations of updates. This file is how a whole step of them becomes one compiled program.
 * A transformation in parts says apart what is a number of this step and what is computed with tensors; so the program of the
 * tensors serves all steps, with the numbers as arguments.
 */

import { scalar, zeros } from '../../data/construct.js'
import type { Tensor } from '../../data/Tensor.js'
import { leavesOf } from '../../data/Tree.js'
import { treeAdd } from '../../function/tree.js'
import type { Operand } from '../../primitive/define.js'
import { type Compilation, isCompilationOff, worthCompiling } from '../../program/compilation.js'
import { compileStep } from '../../program/compile.js'
import type { Iterate, StateOf, StateType } from '../Optimizer.js'
import { tensorsIn, withTensors } from '../stateTensors.js'

/**
 * What a transformation in parts may read of an iterate: its numbers.
 *
 * @since 0.1.0
 */
export type Reading = Pick<Iterate<unknown, unknown>, 'step' | 'value' | 'gradientNorm'>

/**
 * What a step is told beside its tensors: numbers that differ from step to step, and the state in which all that is no tensor has
 * already been brought forward.
 *
 * @since 0.1.0
 */
export interface Plan<S> {
  readonly numbers: ReadonlyArray<number>
  readonly state: S
}

/**
 * A transformation in two parts, so that one compiled program serves all steps: `plan` reads numbers, `run` computes with tensors
 * alone. In `run` everything in the state that is no tensor only says where the tensors are; its numbers must not enter the result.
 *
 * @since 0.1.0
 */
export interface Parts<F extends StateType> {
  /** How many numbers `plan` gives. */
  readonly count: number
  readonly plan: <P>(state: StateOf<F, P>, it: Reading) => Plan<StateOf<F, P>>
  readonly run: <P>(
    numbers: ReadonlyArray<Operand>,
    updates: P,
    params: P,
  ) => (state: StateOf<F, P>) => readonly [P, StateOf<F, P>]
}

/** Parameters and state after a step. */
export interface Moved<P, S> {
  readonly params: P
  readonly state: S
}

/** The arguments of a step that are tensors: numbers, gradient, parameters and what the state holds. */
type Step<P> = (
  numbers: ReadonlyArray<Tensor>,
  gradient: P,
  params: P,
  tensors: ReadonlyArray<Tensor>,
) => readonly [P, ReadonlyArray<Tensor>]

const shapesOf = (params: unknown): string =>
  leavesOf('descend', params)
    .map(({ path, tensor }) => `${path} ${tensor.shape.join()}`)
    .join(';')

const caller = 'descend: a transformation in parts'

const sizeOf = (params: unknown): number =>
  leavesOf('descend', params).reduce((size, { tensor }) => size + tensor.size, 0)

/** Steps as programs, one for each structure of parameters; `undefined` where a step runs leaf by leaf. */
export const mover = <F extends StateType>(
  parts: Parts<F>,
  compilation: Compilation,
): (<P>(it: Iterate<P, StateOf<F, P>>) => Moved<P, StateOf<F, P>> | undefined) => {
  const stepLike = <P>(state: StateOf<F, P>): Step<P> => {
    // Only where the tensors are, so that a program keeps no state alive.
    const like = withTensors(
      caller,
      state,
      tensorsIn(state).map(({ shape }) => zeros(shape)),
    )
    return compileStep((numbers, gradient, params, tensors) => {
      const [updates, next] = parts.run(numbers, gradient, params)(withTensors(caller, like, tensors))
      return [treeAdd(params, updates), tensorsIn(next)]
    })
  }
  const steps = new Map<string, Step<unknown>>()
  return <P>(it: Iterate<P, StateOf<F, P>>) => {
    const { params, gradient } = it
    if (compilation === 'never' || isCompilationOff()) return undefined
    if (compilation === 'auto' && sizeOf(params) < worthCompiling) return undefined
    const { numbers, state } = parts.plan<P>(it.state, it)
    const key = shapesOf(params)
    // Which step is kept follows from the structure of the parameters, and with it that of the state.
    const step = (steps.get(key) as Step<P> | undefined) ?? stepLike<P>(state)
    if (!steps.has(key)) steps.set(key, step as Step<unknown>)
    const [moved, tensors] = step(numbers.map(scalar), gradient, params, tensorsIn(state))
    return { params: moved, state: withTensors(caller, state, tensors) }
  }
}
