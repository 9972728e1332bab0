/** Iterations on plain numbers: to a fixed point, to a root, to a minimum. Their derivatives are no matter of theirs. */
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { treeDot } from '../function/tree.js'
import { abs, add, mul, neg, sub } from '../primitive/arithmetic.js'
import { max } from '../primitive/reduction.js'

/** What an iteration came to, over packed unknowns. */
export interface Found {
  readonly x: Tensor
  readonly converged: boolean
  readonly steps: number
  /** The largest entry of the last step, relative to the largest of the iterate or to 1. */
  readonly error: number
}

/**
 * When an iteration ends.
 *
 * @since 0.1.0
 */
export interface IterationOptions {
  /** It has converged when no entry moves by more than this, relative to the largest entry or to 1; default 1e-12. */
  readonly tolerance?: number
  /** It has failed after so many steps; default 1000, for Newton's method 100. */
  readonly steps?: number
}

export const iterationNames = { tolerance: 'when it has converged', steps: 'when it has failed' } as const

/** The limits alone, as they are given. */
export const limitsOf = ({ tolerance, steps }: IterationOptions): IterationOptions => ({
  ...(tolerance === undefined ? {} : { tolerance }),
  ...(steps === undefined ? {} : { steps }),
})

type Map = (x: Tensor) => Tensor

const largest = (x: Tensor): number => (x.size === 0 ? 0 : toNumber(max(abs(x))))

const relative = (step: Tensor, x: Tensor): number => largest(step) / Math.max(1, largest(x))

/** x ← f(x). */
export const toFixedPoint = (f: Map, guess: Tensor, { tolerance = 1e-12, steps = 1000 }: IterationOptions): Found => {
  let x = guess
  for (let k = 1; k <= steps; k++) {
    const next = f(x)
    const error = relative(sub(next, x), next)
    x = next
    if (error <= tolerance) return { x, converged: true, steps: k, error }
    if (!Number.isFinite(error) || k === steps) return { x, converged: false, steps: k, error }
  }
  return { x, converged: false, steps: 0, error: Infinity }
}

/** Below this part of a step nothing is to be gained. */
const shortest = 2 ** -30

/** The first of a step, its half, its quarter … that is accepted; none if all are refused. */
const backtracked = (x: Tensor, step: Tensor, accepts: (at: Tensor, part: number) => boolean): Tensor | undefined => {
  for (let part = 1; part >= shortest; part /= 2) {
    const at = add(x, mul(part, step))
    if (accepts(at, part)) return at
  }
  return undefined
}

/** Newton's method, with steps shortened until the residual falls. `solved` gives J(x)⁻¹ r. */
export const toRoot = (
  f: Map,
  solved: (x: Tensor, r: Tensor) => Tensor,
  guess: Tensor,
  { tolerance = 1e-12, steps = 100 }: IterationOptions,
): Found => {
  let x = guess
  let residual = f(x)
  for (let k = 1; k <= steps; k++) {
    const size = largest(residual)
    if (size === 0) return { x, converged: true, steps: k, error: 0 }
    const step = neg(solved(x, residual))
    const error = relative(step, x)
    if (error <= tolerance) return { x: add(x, step), converged: true, steps: k, error }
    const next = backtracked(x, step, (at, part) => largest(f(at)) <= (1 - 1e-4 * part) * size)
    if (next === undefined) return { x, converged: false, steps: k, error }
    x = next
    residual = f(x)
  }
  return { x, converged: false, steps, error: relative(residual, x) }
}

/**
 * Newton's method on the gradient, with steps that lower the loss; where the Newton step points upwards, along the gradient.
 * Where rounding hides the fall of the loss, that of the gradient counts.
 */
export const toMinimum = (
  loss: Map,
  gradient: Map,
  solved: (x: Tensor, g: Tensor) => Tensor,
  guess: Tensor,
  { tolerance = 1e-12, steps = 100 }: IterationOptions,
): Found => {
  let x = guess
  let error = Infinity
  for (let k = 1; k <= steps; k++) {
    const [value, g] = [toNumber(loss(x)), gradient(x)]
    if (largest(g) === 0) return { x, converged: true, steps: k, error: 0 }
    const newton = neg(solved(x, g))
    const slopeOf = (step: Tensor): number => toNumber(treeDot(g, step))
    const isDescent = slopeOf(newton) < 0
    const step = isDescent ? newton : neg(g)
    const slope = slopeOf(step)
    error = relative(newton, x)
    if (isDescent && error <= tolerance) return { x: add(x, newton), converged: true, steps: k, error }
    const next = backtracked(
      x,
      step,
      (at, part) =>
        toNumber(loss(at)) <= value + 1e-4 * part * slope ||
        (Math.abs(part * slope) <= 1e-10 * Math.max(1, Math.abs(value)) && largest(gradient(at)) < largest(g)),
    )
    if (next === undefined) return { x, converged: false, steps: k, error }
    x = next
  }
  return { x, converged: false, steps, error }
}
