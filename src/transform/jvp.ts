/** Forward mode: a dual number carries its tangent along. */
import { ruleOf } from '../core/Primitive.js'
import { bind, type Trace, Traced, withLevel } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, withLeaves } from '../data/Tree.js'
import { add } from '../primitive/arithmetic.js'
import { applyLinear } from './applyLinear.js'

class Dual extends Traced {
  constructor(
    readonly trace: Trace,
    override readonly primal: Tensor,
    readonly tangent: Tensor,
  ) {
    super(primal.shape)
  }
}

/** ẏ = Σᵢ Lᵢ ẋᵢ over the inputs that have a tangent; a result without one is no dual number at all. */
const dualTrace = (level: number): Trace => {
  const trace: Trace = {
    level,
    transform: 'jvp',
    process: (primitive, params, inputs) => {
      const primals = inputs.map((input) => (isDual(trace, input) ? input.primal : input))
      const output = bind(primitive, params, primals)
      const tangent = inputs.reduce<Tensor | undefined>((total, input, i) => {
        const rule = ruleOf(primitive, i)
        if (rule === undefined || !isDual(trace, input)) return total
        const term = applyLinear(rule(params, primals, output, i), input.tangent)
        return total === undefined ? term : add(total, term)
      }, undefined)
      return tangent === undefined ? output : new Dual(trace, output, tangent)
    },
  }
  return trace
}

const isDual = (trace: Trace, x: Tensor): x is Dual => x instanceof Dual && x.trace === trace

/**
 * The value of `f` at `p` and its derivative along `v`, in one forward pass.
 *
 *     jvp(f)(p, v) = [f(p), f′(p) v]
 *
 * **Shapes** `p` is a tree of tensors and `v` has its structure; both results have the structure of `f(p)`. Arguments after
 * `v` go to `f` and are not differentiated.
 *
 * **Cost** about 2–3 times that of `f`.
 *
 * **Fails** with a `Defect` that names the path where `v` differs from `p`.
 *
 * @example
 * import { jvp, scalar, sin, toNumber } from 'gradus'
 * const [y, yDot] = jvp(sin)(scalar(0), scalar(2))
 * toNumber(y) // => 0
 * toNumber(yDot) // => 2
 *
 * @since 0.1.0
 */
export const jvp =
  <P, R extends ReadonlyArray<unknown>, Y>(f: (p: P, ...rest: R) => Y) =>
  (p: P, v: P, ...rest: R): readonly [Y, Y] =>
    withLevel((level) => {
      const trace = dualTrace(level)
      const tangents = alignedLeaves('jvp', p, v)
      const duals = leavesOf('jvp', p).map(({ tensor }, i) => new Dual(trace, tensor, tangents[i] ?? tensor))
      const y = f(withLeaves(p, duals), ...rest)
      const leaves = leavesOf('jvp', y).map(({ tensor }) => tensor)
      return [
        withLeaves(
          y,
          leaves.map((leaf) => (isDual(trace, leaf) ? leaf.primal : leaf)),
        ),
        withLeaves(
          y,
          leaves.map((leaf) => (isDual(trace, leaf) ? leaf.tangent : zeros(leaf.shape))),
        ),
      ]
    })
