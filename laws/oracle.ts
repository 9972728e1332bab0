/** Oracles of derivatives: ways to find the slope of a loss along a direction that use no rule of the library. */
import * as O from 'fp-ts/lib/Option.js'
import { type Loss, toNumber, treeAxpy } from '../src/index.js'
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
