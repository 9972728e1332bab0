/** The complex step: a derivative from values alone, without the cancellation of differences. */
import { type Trace, Traced, withLevel } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, withLeaves } from '../data/Tree.js'
import { mul } from '../primitive/arithmetic.js'
import { type Complex, extend, extensions } from './complexExtension.js'

/** So small that its square is nothing beside any number that is not itself tiny; a power of two, which divides exactly. */
const step = 2 ** -100

class ComplexValue extends Traced {
  constructor(
    readonly trace: Trace,
    readonly parts: Complex,
  ) {
    super(parts.re.shape)
  }
}

const isComplex = (trace: Trace, x: Tensor): x is ComplexValue => x instanceof ComplexValue && x.trace === trace

const complexTrace = (level: number): Trace => {
  const trace: Trace = {
    level,
    transform: 'complexStep',
    process: (primitive, params, inputs) => {
      const parts = inputs.map((x) => (isComplex(trace, x) ? x.parts : { re: x, im: zeros(x.shape) }))
      const image = extend(primitive, params, parts)
      return image === undefined
        ? raise(
            'InvalidArgument',
            `complexStep: ${primitive.name} has no extension to complex numbers here. Known are ${[...extensions.keys()].join(', ')}. ` +
              'Compare with differences instead.',
          )
        : new ComplexValue(trace, image)
    },
  }
  return trace
}

/**
 * The derivative of `f` at `p` along `v`, from the imaginary part of a value: no rule of differentiation takes part, and
 * nothing cancels, so that it is an oracle to all digits for functions that are analytic.
 *
 *     complexStep(f)(p)(v) = Im f(p + i h v) / h + O(h²),   h = 2⁻¹⁰⁰
 *
 * **Shapes** `v` has the structure of `p`; the result has that of `f(p)`.
 *
 * **Special values** choices (`where`, `max`, `abs`, comparisons) are made by the real parts.
 *
 * **Fails** with a `Defect` that names the operation when one has no extension to complex numbers.
 *
 * **References** Squire and Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM Review 40, 1998.
 *
 * @example
 * import { complexStep, exp, scalar, toNumber } from 'gradus'
 * toNumber(complexStep(exp)(scalar(1))(scalar(1))) // ≈ 2.718281828459045
 *
 * @since 0.1.0
 */
export const complexStep =
  <P, Y>(f: (p: P) => Y) =>
  (p: P) =>
  (v: P): Y =>
    withLevel((level) => {
      const trace = complexTrace(level)
      const directions = alignedLeaves('complexStep', p, v)
      const points = leavesOf('complexStep', p).map(
        ({ tensor }, i) => new ComplexValue(trace, { re: tensor, im: mul(step, directions[i] ?? tensor) }),
      )
      const y = f(withLeaves(p, points))
      return withLeaves(
        y,
        leavesOf('complexStep', y).map(({ tensor }) =>
          isComplex(trace, tensor) ? mul(1 / step, tensor.parts.im) : zeros(tensor.shape),
        ),
      )
    })
