/** Loops that carry values along: one operation, whatever the number of steps. */

import { isTracing, Traced } from '../core/Trace.js'
import { arange, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { describe } from '../data/describe.js'
import { optionsFrom } from '../data/options.js'
import { toNumber } from '../data/read.js'
import { showShape } from '../data/Shape.js'
import { isTensor, type Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, showPath, treeMap, withLeaves } from '../data/Tree.js'
import { stack } from '../function/arrange.js'
import { add } from '../primitive/arithmetic.js'
import { less, stopGradient } from '../primitive/choice.js'
import { reshape } from '../primitive/structure.js'
import { flip, slice } from '../primitive/window.js'
import { isStaging } from '../program/stage.js'
import { closed, tensorsIn } from './closure.js'
import { loop, mostKept } from './loop.js'
import { whileLoop } from './whileLoop.js'

/**
 * How a scan goes over its inputs.
 *
 * @since 0.1.0
 */
export interface ScanOptions {
  /** From the last entry to the first; results keep the places of their entries. */
  readonly reverse?: boolean
  /** The number of steps, where no tensor of `xs` tells it. */
  readonly length?: number
}

const scanNames = { reverse: 'true: from the end', length: 'how many steps' } as const

const lengthOf = (xs: unknown, { length }: ScanOptions): number => {
  const lengths = leavesOf('scan', xs).map(({ path, tensor }) =>
    tensor.rank === 0
      ? raise('InvalidShape', `scan: expected a leading axis to go along at ${showPath(path)}, got a scalar.`)
      : { length: tensor.shape[0] ?? 0, path, shape: tensor.shape },
  )
  const [first] = lengths
  const steps = length ?? first?.length
  if (steps === undefined || !Number.isInteger(steps) || steps < 0)
    return raise(
      'InvalidArgument',
      'scan: the number of steps is not known: give xs with a leading axis, or { length }.',
    )
  const other = lengths.find((each) => each.length !== steps)
  return other === undefined
    ? steps
    : raise(
        'ShapeMismatch',
        `scan: expected leading axes of length ${steps}, got shape ${showShape(other.shape)} at ${showPath(other.path)} of xs.`,
      )
}

const entry = (i: number): (<X>(xs: X) => X) =>
  treeMap((x) => {
    const [, ...inner] = x.shape
    return reshape(slice(x, [i, ...inner.map(() => 0)], [i + 1, ...inner]), inner)
  })

type Body<C, X, Y> = (carry: C, x: X) => readonly [C, Y]

/** The pair that a body returns. */
const requirePair = <C, Y>(result: readonly [C, Y]): readonly [C, Y] =>
  Array.isArray(result) && result.length === 2
    ? result
    : raise(
        'StructureMismatch',
        `scan: expected the body to return [carry, result of the step], got ${describe(result)}. Without a result, return [carry, []].`,
      )

const requireCarry = <C>(init: C, carry: C): C => {
  alignedLeaves('scan: the carry that the body returns differs from the initial one', init, carry)
  return carry
}

const atOnce = <C, X, Y>(body: Body<C, X, Y>, length: number, init: C, xs: X): readonly [C, Y] => {
  let last = init
  const results: Array<Y> = []
  for (let i = 0; i < length; i++) {
    const [next, y] = requirePair(body(last, entry(i)(xs)))
    last = requireCarry(init, next)
    results.push(y)
  }
  const rows = results.map((y) => tensorsIn('scan', y))
  const [like] = results
  return like === undefined
    ? raise('InvalidArgument', 'scan: no step to take the structure of the results from.')
    : [
        last,
        withLeaves(
          like,
          (rows[0] ?? []).map((_, k) => stack(rows.flatMap((row) => row.slice(k, k + 1)))),
        ),
      ]
}

const asRecord = <C, X, Y>(body: Body<C, X, Y>, length: number, init: C, xs: X): readonly [C, Y] => {
  const x = treeMap((leaf) => zeros(leaf.shape.slice(1)))(xs)
  const { bodies, free } = closed(
    [
      (carry: C, each: X): readonly [C, Y] => {
        const [next, y] = requirePair(body(carry, each))
        return [requireCarry(carry, next), y]
      },
    ],
    [init, x],
    'hoisted',
  )
  const [step] = bodies
  if (step === undefined) return raise('InvalidArgument', 'scan: there is no body.')
  const [inits, sources] = [tensorsIn('scan', init), tensorsIn('scan', xs)]
  const members = [...inits, ...sources, ...free]
  if (length > 0 && !members.some((member) => member instanceof Traced)) return atOnce(body, length, init, xs)
  const own = { length, carries: inits.length, slices: sources.length, body: step.program }
  const results = loop(own, members)
  return [withLeaves(init, results.slice(0, inits.length)), withLeaves(step.example[1], results.slice(inits.length))]
}

/**
 * A loop over the leading axis of tensors that carries a value along and collects a result of each step.
 *
 *     (cₖ₊₁, yₖ) = body(cₖ, xₖ),   scan(body)(c₀, x) = (cₙ, [y₀ … yₙ₋₁])
 *
 * Staged or compiled it is one operation, whatever the number of steps. A backward sweep over many steps keeps the carries of
 * √n of them, and finds the others again.
 *
 * **Shapes** `init`, `xs` and results are trees of tensors; those of `xs` have a leading axis in common, which `body` does not see,
 * and the collected results get one. The body returns a carry with the structure and shapes of the one it got.
 *
 * **Laws** the same bits as the loop written out.
 *
 * **Cost** n runs of `body`; a gradient n more, then n of its backward sweep (twice n more beyond 16 steps), with memory for
 * O(√n) carries.
 *
 * **Fails** with a `Defect` where leading axes differ, or the carry changes its structure.
 *
 * **References** Griewank, *Achieving logarithmic growth of temporal and spatial complexity in reverse automatic differentiation*,
 * Optimization Methods and Software 1 (1992).
 *
 * @example
 * import { add, grad, mul, scalar, scan, tensor, toArray, toNumber, type Tensor } from 'gradus'
 * const sums = scan((total: Tensor, x: Tensor) => [add(total, x), add(total, x)])
 * toArray(sums(scalar(0), tensor([1, 2, 3]))[1]) // => [1, 3, 6]
 * const product = (xs: Tensor) => scan((total: Tensor, x: Tensor) => [mul(total, x), []])(scalar(1), xs)[0]
 * toArray(grad(product)(tensor([2, 3, 4]))) // => [12, 8, 6]
 *
 * @since 0.1.0
 */
export const scan =
  <C, X, Y>(body: (carry: C, x: X) => readonly [C, Y], options: ScanOptions = {}) =>
  (init: C, xs: X): readonly [C, Y] => {
    const length = lengthOf(xs, optionsFrom('scan', options, scanNames))
    const turned = options.reverse === true ? treeMap((x) => flip(x, [0]))(xs) : xs
    const direct = length > 0 && (!isTracing() || (!isStaging() && length <= mostKept))
    const [last, results] = (direct ? atOnce : asRecord)(body, length, init, turned)
    return [last, options.reverse === true ? treeMap((y) => flip(y, [0]))(results) : results]
  }

/**
 * A loop with a counter and a carried value.
 *
 *     fori(n, body)(c₀) = cₙ,   cₖ₊₁ = body(k, cₖ)
 *
 * The number of steps may be a scalar tensor. Where it is known when the loop begins, this is a `scan` and differentiates in both
 * modes; where it is only known when a staged program runs, or differs between the examples of a batch, it is a `whileLoop`.
 *
 * **Shapes** `init` and the result are trees of the same structure; the counter is a scalar tensor.
 *
 * **Fails** as `scan` and `whileLoop` do.
 *
 * @example
 * import { fori, grad, mul, scalar, toNumber, type Tensor } from 'gradus'
 * const cube = (x: Tensor) => fori(3, (_, c: Tensor) => mul(c, x))(scalar(1))
 * toNumber(cube(scalar(2))) // => 8
 * toNumber(grad(cube)(scalar(2))) // => 12
 *
 * @since 0.1.0
 */
export const fori =
  <C>(steps: number | Tensor, body: (k: Tensor, carry: C) => C) =>
  (init: C): C => {
    const count = isTensor(steps) ? stopGradient(steps) : steps
    if (count instanceof Traced)
      return whileLoop(
        ([k]: readonly [Tensor, C]) => less(k, count),
        ([k, carry]: readonly [Tensor, C]): readonly [Tensor, C] => [add(k, 1), body(k, carry)],
      )([zeros([]), init])[1]
    const n = Math.max(0, Math.ceil(isTensor(count) ? toNumber(count) : count))
    return scan((carry: C, k: Tensor) => [body(k, carry), []])(init, arange(n))[0]
  }
