/** Linearization: the tape, swept forwards as often as asked. */
import { record } from './tape.js'

/**
 * The value of `f` at `p` and its derivative there as a function, recorded once and replayed for each tangent.
 *
 *     linearize(f)(p) = [f(p), v ↦ f′(p) v]
 *
 * **Shapes** as for `jvp`. **Cost** one recorded run of `f`; each call of the pushforward is one forward sweep of the tape.
 *
 * @example
 * import { linearize, scalar, sin, toNumber } from 'gradus'
 * const [, pushforward] = linearize(sin)(scalar(0))
 * toNumber(pushforward(scalar(2))) // => 2
 *
 * @since 0.1.0
 */
export const linearize =
  <P, R extends ReadonlyArray<unknown>, Y>(f: (p: P, ...rest: R) => Y) =>
  (p: P, ...rest: R): readonly [Y, (v: P) => Y] => {
    const { primal, pushforward } = record('linearize', (traced: P) => f(traced, ...rest), p)
    return [primal, pushforward]
  }
