/** Reverse mode: the tape, swept backwards. */
import { record } from './tape.js'

/**
 * The value of `f` at `p` and its pullback, which carries a cotangent of the value back to the inputs.
 *
 *     vjp(f)(p) = [f(p), ȳ ↦ f′(p)ᵀ ȳ]
 *
 * **Shapes** `ȳ` has the structure of `f(p)`, the result of the pullback that of `p`. Arguments after `p` go to `f` and are
 * not differentiated.
 *
 * **Cost** one recorded run of `f`; each call of the pullback is one backward sweep, and it may be called any number of times.
 *
 * @example
 * import { mul, scalar, toNumber, vjp, type Tensor } from 'gradus'
 * const [y, pullback] = vjp(([a, b]: [Tensor, Tensor]) => mul(a, b))([scalar(3), scalar(5)])
 * toNumber(y) // => 15
 * pullback(scalar(1)).map(toNumber) // => [5, 3]
 *
 * @since 0.1.0
 */
export const vjp =
  <P, R extends ReadonlyArray<unknown>, Y>(f: (p: P, ...rest: R) => Y) =>
  (p: P, ...rest: R): readonly [Y, (yBar: Y) => P] => {
    const { primal, pullback } = record('vjp', (traced: P) => f(traced, ...rest), p)
    return [primal, pullback]
  }
