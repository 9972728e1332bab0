import * as O from 'fp-ts/lib/Option.js'
import { type Tensor, toFloat64Array } from 'gradus'
import { levenbergMarquardt, minimize, type SumOfSquares } from 'gradus/optimize'
import type { NistRegression } from 'gradus/problem'

/** The residuals of a regression, without which there is nothing to fit. */
export const residualsOf = ({ problem: { residuals }, name }: NistRegression): ((b: Tensor) => Tensor) => {
  if (O.isNone(residuals)) throw new Error(`${name} has no residuals`)
  return residuals.value
}

/** Where a run is when it ends by itself or no parameter has moved in its last 14 digits three times in a row. */
export const settled = (fit: SumOfSquares<Tensor>, start: Tensor, options = {}): Tensor => {
  const iterator = minimize(levenbergMarquardt(options), fit)(start)[Symbol.iterator]()
  const first = iterator.next()
  const go = (last: Tensor, still: number, steps: number): Tensor => {
    const { done, value } = iterator.next()
    if (done === true || steps === 0) return last
    const before = toFloat64Array(last)
    const moved = toFloat64Array(value.params).some((x, i) => Math.abs(x - (before[i] ?? 0)) > 1e-14 * Math.abs(x))
    if (!moved && still === 2) return value.params
    return go(value.params, moved ? 0 : still + 1, steps - 1)
  }
  return go(first.done === true ? start : first.value.params, 0, 700)
}
