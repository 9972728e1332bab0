/** Stopping rules that compare an iterate with those before it: each is a pure fold over the iterates of one walk. */
import * as O from 'fp-ts/lib/Option.js'
import { treeLeaves } from '../data/Tree.js'
import { treeAxpy } from '../function/tree.js'
import { treeLength } from '../operator/length.js'
import { count, settled, tolerance as toleranceField } from './option.js'
import { byPosition, recipe } from './recipe.js'
import { type Stop, stopScan } from './stop.js'

interface Tolerance {
  readonly tolerance: number
}

const toleranceFields = () => ({ tolerance: toleranceField() })

/**
 * Stops where the norm of the gradient is below a fraction of the first that the walk has seen.
 *
 *     ‖∇f(θₖ)‖ < tolerance · ‖∇f(θ₀)‖
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, relativeGradientBelow, takeUntil } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1e9), run, takeUntil(relativeGradientBelow(0.2))).last.step // => 3
 *
 * @since 0.1.0
 */
export const relativeGradientBelow: (tolerance: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Tolerance>()(
    { sort: 'stop', name: 'relativeGradientBelow', fields: toleranceFields },
    ({ tolerance }): Stop => {
      return stopScan<number | null>(null, (memory, { gradientNorm }) => {
        const first = memory ?? gradientNorm
        return [
          first,
          gradientNorm < tolerance * first
            ? O.some({ _tag: 'RelativeGradientBelow', tolerance, gradientNorm, first })
            : O.none,
        ]
      })
    },
  ),
  (tolerance: number) => ({ tolerance }),
)

/**
 * Stops after a step that changed the value by little, relative to its size where that is above 1.
 *
 *     |fₖ − fₖ₋₁| < tolerance · max(1, |fₖ|, |fₖ₋₁|)
 *
 * On minibatches values of different batches are compared, which differ for that reason alone.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, takeUntil, valueChangeBelow } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, takeUntil(valueChangeBelow(0.1))).last.step // => 3
 *
 * @since 0.1.0
 */
export const valueChangeBelow: (tolerance: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Tolerance>()(
    { sort: 'stop', name: 'valueChangeBelow', fields: toleranceFields },
    ({ tolerance }): Stop => {
      return stopScan(Number.NaN, (before, { value }) => {
        const change = Math.abs(value - before)
        return [
          value,
          change < tolerance * Math.max(1, Math.abs(value), Math.abs(before))
            ? O.some({ _tag: 'ValueChangeBelow', tolerance, change })
            : O.none,
        ]
      })
    },
  ),
  (tolerance: number) => ({ tolerance }),
)

/**
 * Stops after a step that is short, relative to the length of the parameters where that is above 1. It says nothing about the gradient:
 * an optimizer whose learning rate has decayed takes short steps anywhere.
 *
 *     ‖θₖ − θₖ₋₁‖ < tolerance · max(1, ‖θₖ‖)
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, stepBelow, takeUntil } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, takeUntil(stepBelow(0.2))).last.step // => 3
 *
 * @since 0.1.0
 */
export const stepBelow: (tolerance: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Tolerance>()(
    { sort: 'stop', name: 'stepBelow', fields: toleranceFields },
    ({ tolerance }): Stop => {
      return stopScan<ReturnType<typeof treeLeaves> | null>(null, (before, { params }) => {
        const leaves = treeLeaves(params)
        const length = before === null ? Number.NaN : treeLength(treeAxpy(-1, before, leaves))
        return [
          leaves,
          length < tolerance * Math.max(1, treeLength(leaves))
            ? O.some({ _tag: 'StepBelow', tolerance, length })
            : O.none,
        ]
      })
    },
  ),
  (tolerance: number) => ({ tolerance }),
)

/**
 * Stops when so many steps have brought no lower value than the best so far.
 *
 * @param patience steps without an improvement after which to stop
 * @param gain what a value must be lower by to count; default 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, noImprovement, objective, takeUntil } from 'gradus/optimize'
 * // With a rate of 1 it jumps to and fro.
 * const run = minimize(gradientDescent({ learningRate: 1 }), objective((x: Tensor) => square(x)))
 * pipe(tensor(1), run, takeUntil(noImprovement(5))).last.step // => 5
 *
 * @since 0.1.0
 */
export const noImprovement: (patience: number, gain?: number) => Stop = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<{ readonly patience: number; readonly gain?: number }>()(
    { sort: 'stop', name: 'noImprovement', fields: () => ({ patience: count(), gain: toleranceField(0) }) },
    ({ patience, gain }): Stop => {
      return stopScan({ best: Infinity, bestStep: 0 }, (memory, { value, step }) => {
        // A value that is not a number is for the run to fail with, and no reason to end well.
        if (Number.isNaN(value)) return [memory, O.none]
        if (value < memory.best - gain || memory.best === Infinity) return [{ best: value, bestStep: step }, O.none]
        return [
          memory,
          step - memory.bestStep >= patience ? O.some({ _tag: 'NoImprovement', patience, ...memory }) : O.none,
        ]
      })
    },
  ),
  (patience: number, gain?: number) => ({ patience, gain }),
)

/**
 * Stops when a clock has gone on by a budget since the walk began. The clock is the caller's, in his units; with one that tells the time
 * a run is not the same every time that it is walked, and its length is all that differs.
 *
 * @example
 * import { timeAtMost } from 'gradus/optimize'
 * typeof timeAtMost(60_000, () => performance.now()) // => 'function'
 *
 * @since 0.1.0
 */
export const timeAtMost = (budget: number, clock: () => number): Stop => {
  settled('timeAtMost', { budget: toleranceField() }, { budget })
  return stopScan<number | null>(null, (memory) => {
    const now = clock()
    const first = memory ?? now
    return [first, now - first >= budget ? O.some({ _tag: 'TimeSpent', budget, spent: now - first }) : O.none]
  })
}
