/** Oracles of derivatives: ways to find the slope of a loss along a direction that use no rule of the library. */

import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { complexStep, type Loss, toNumber, treeAxpy } from '../src/index.js'
import { type Slope, slopeByDifferences } from './differences.js'

/**
 * A way to find ⟨∇f(p), v⟩ without rules, with an estimate of its own error; none for a loss that it does not serve. The laws of
 * losses hold gradients against each of their oracles.
 *
 * @since 0.1.0
 */
export interface SlopeOracle {
  /** As a law is called by it: "it is what … find". */
  readonly name: string
  readonly slope: <P>(loss: Loss<P>, p: P, v: P, step: number) => O.Option<Slope>
  /** Allowed error of a derivative in place of the one that is asked for, where the oracle is better than that. */
  readonly tolerance?: number
}

/**
 * Central differences with Richardson extrapolation: serves every loss, and is good to about 10⁻¹⁰ where the loss is smooth.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { scalar, sin } from 'gradus'
 * import { richardson } from 'gradus/laws'
 * pipe(richardson.slope(sin, scalar(0), scalar(1), 0.1), O.map(({ value }) => value), O.getOrElse(() => 0)) // ≈ 1 (1e-11)
 *
 * @since 0.1.0
 */
export const richardson: SlopeOracle = {
  name: 'differences',
  slope: (loss, p, v, step) => O.some(slopeByDifferences((t) => toNumber(loss(treeAxpy(t, v, p))), step)),
}

/**
 * The complex step: good to rounding, for losses whose operations all have an extension to complex numbers (see `complexStep`).
 * Others it does not serve, nor points where the extension is not finite, as at the kinks of roots.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { erf, exp, scalar } from 'gradus'
 * import { complexSteps } from 'gradus/laws'
 * pipe(complexSteps.slope(exp, scalar(0), scalar(1), 0.1), O.map(({ value }) => value), O.getOrElse(() => 0)) // ≈ 1
 * complexSteps.slope(erf, scalar(0), scalar(1), 0.1)._tag // => 'None'
 *
 * @since 0.1.0
 */
export const complexSteps: SlopeOracle = {
  name: 'complex steps',
  // Rounding of the terms of a sum that cancel is not seen in its value.
  tolerance: 1e-9,
  slope: (loss, p, v) =>
    pipe(
      O.tryCatch(() => toNumber(complexStep(loss)(p)(v))),
      O.filter(Number.isFinite),
      O.map((value) => ({ value, error: 0 })),
    ),
}
