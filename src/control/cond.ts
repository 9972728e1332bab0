/** Choices by value that run one branch only. */

import { Traced } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { describe } from '../data/describe.js'
import { toNumber } from '../data/read.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, withLeaves } from '../data/Tree.js'
import { less, notEqual, stopGradient, where } from '../primitive/choice.js'
import { type Operand, toTensor } from '../primitive/define.js'
import { reshape } from '../primitive/structure.js'
import type { Subprogram } from '../program/Subprogram.js'
import { closed, tensorsIn } from './closure.js'
import { batchedProgram, mapped, pulled, pushed, resultShapes } from './derived.js'
import { type Joint, perform } from './Joint.js'

interface Branches {
  readonly branches: ReadonlyArray<Subprogram>
}

/** Branch i serves i ≤ index < i + 1, the first one all below and the last one all above and NaN. */
const branchAt = (index: Tensor, count: number): number => {
  const value = toNumber(index)
  const first = Array.from({ length: count - 1 }, (_, i) => i).find((i) => value < i + 1)
  return first ?? count - 1
}

const inner = (active: ReadonlyArray<number>): ReadonlyArray<number> => active.map((member) => member - 1)

/** Members: the index of the branch, then the inputs that all branches take. */
export const condJ: Joint<Branches> = {
  name: 'cond',
  formula: 'f_i(x)',
  inert: 1,
  shapes: ({ branches: [first] }) => (first === undefined ? [] : resultShapes(first)),
  run: ({ branches }, [index, ...inputs], engine) =>
    index === undefined ? [] : (branches[branchAt(index, branches.length)]?.[engine](inputs) ?? []),
  pushforward: ({ branches }, members, _, active, tangents) =>
    perform(condJ, { branches: branches.map((branch) => pushed(branch, inner(active))) }, [...members, ...tangents]),
  pullback: ({ branches }, members, _, active, cotangents) =>
    perform(condJ, { branches: branches.map((branch) => pulled(branch, inner(active))) }, [...members, ...cotangents]),
  batch: ({ branches }, size, [chooses = false, ...batched], [index, ...inputs]) => {
    if (index === undefined) return []
    if (!chooses)
      return perform(condJ, { branches: branches.map((branch) => batchedProgram(branch, size, batched)) }, [
        index,
        ...inputs,
      ])
    // Each example chooses for itself, so every branch is computed; the zeros of `where` keep the others silent.
    return branches
      .map((branch) => mapped(branch.run, size, batched, inputs))
      .reduceRight((later, own, i) =>
        own.map((x, k) => {
          const chosen = reshape(less(index, i + 1), [size, ...x.shape.slice(1).map(() => 1)])
          return where(chosen, x, later[k] ?? x)
        }),
      )
  },
}

/** The tensors of a result, which must be those of the first branch in structure and shapes. */
const checked = <Y>(name: string, first: Y, other: Y): void => {
  alignedLeaves(`${name}: the results of the branches differ`, first, other)
}

const requireBranches = <F>(name: string, branches: ReadonlyArray<F>): ReadonlyArray<F> =>
  Array.isArray(branches) && branches.every((branch) => typeof branch === 'function')
    ? branches
    : raise(
        'InvalidArgument',
        `${name}: expected functions first, got ${describe(Array.isArray(branches) ? branches.find((branch) => typeof branch !== 'function') : branches)}. ` +
          (name === 'cond' ? 'Write cond(f, g)(predicate, x)?' : 'Write switchCase([f, g, h])(index, x)?'),
      )

const choose = <A extends ReadonlyArray<unknown>, Y>(
  name: string,
  branches: ReadonlyArray<(...args: A) => Y>,
  index: Tensor,
  args: A,
): Y => {
  if (index.rank !== 0)
    return raise(
      'NotScalar',
      `${name}: expected a scalar to choose by, got shape ${showShape(index.shape)}. Choose entry by entry with where, or per example with vmap.`,
    )
  // What decides has no derivative; without that, it often has a number.
  const decisive = stopGradient(index)
  if (!(decisive instanceof Traced)) {
    const branch = branches[branchAt(decisive, branches.length)]
    return branch === undefined ? raise('InvalidArgument', `${name}: there is no branch.`) : branch(...args)
  }
  const { bodies, free } = closed(branches, args, 'captured')
  const [first, ...others] = bodies
  if (first === undefined) return raise('InvalidArgument', `${name}: there is no branch.`)
  for (const { example } of others) checked(name, first.example, example)
  const members = [decisive, ...tensorsIn(name, args), ...free]
  return withLeaves(first.example, perform(condJ, { branches: bodies.map(({ program }) => program) }, members))
}

/**
 * One of two functions of the same arguments, by a scalar predicate: only the chosen one runs.
 *
 *     cond(f, g)(c, …x) = f(…x) where c ≠ 0, otherwise g(…x)
 *
 * Staged or compiled, both branches become programs inside one operation, and the choice is made when it runs. Values that a
 * branch reads from outside are computed outside, what it does with them is not. Under `vmap` of the predicate both branches
 * run, and `where` chooses.
 *
 * **Shapes** the predicate is a scalar; arguments and results are trees of tensors, and both branches return the same structure
 * and shapes.
 *
 * **Special values** NaN counts as true, as in `where`. The predicate has no derivative; the branch not taken contributes
 * exactly 0, even where it is infinite or undefined.
 *
 * **Fails** with a `Defect` where the predicate is no scalar, or the branches return different structures: where the
 * predicate has a number already, only one of them is looked at.
 *
 * @example
 * import { cond, grad, greater, log, mul, scalar, toNumber, type Tensor } from 'gradus'
 * const f = (x: Tensor) => cond((y: Tensor) => log(y), (y: Tensor) => mul(2, y))(greater(x, 1), x)
 * toNumber(grad(f)(scalar(4))) // => 0.25
 * toNumber(grad(f)(scalar(-4))) // => 2
 *
 * @since 0.1.0
 */
export const cond =
  <A extends ReadonlyArray<unknown>, Y>(ifTrue: (...args: A) => Y, ifFalse: (...args: A) => Y) =>
  (predicate: Operand, ...args: A): Y =>
    choose('cond', requireBranches('cond', [ifFalse, ifTrue]), notEqual(toTensor('cond', predicate), 0), args)

/**
 * One of several functions of the same arguments, by a scalar index: only the chosen one runs.
 *
 *     switchCase([f₀, f₁, …])(i, …x) = fᵢ(…x)
 *
 * **Shapes**, **Special values** as for `cond`. Branch `i` serves indices from `i` up to below `i + 1`; the first serves all below,
 * and the last all above and NaN.
 *
 * **Fails** with a `Defect` where the index is no scalar, there is no branch, or the branches return different structures.
 *
 * @example
 * import { cos, scalar, sin, switchCase, toNumber, type Tensor } from 'gradus'
 * const wave = switchCase([(x: Tensor) => sin(x), (x: Tensor) => cos(x)])
 * toNumber(wave(1, scalar(0))) // => 1
 *
 * @since 0.1.0
 */
export const switchCase =
  <A extends ReadonlyArray<unknown>, Y>(branches: ReadonlyArray<(...args: A) => Y>) =>
  (index: Operand, ...args: A): Y =>
    choose('switchCase', requireBranches('switchCase', branches), toTensor('switchCase', index), args)
