/** Gradients of scalar functions. */
import { ones } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { describe, told } from '../data/describe.js'
import { showShape } from '../data/Shape.js'
import { isTensor, type Tensor } from '../data/Tensor.js'
import { record } from './tape.js'
import { throughCompilation } from './throughCompilation.js'

/**
 * A scalar function of parameters, with further arguments that are not differentiated.
 *
 * @since 0.1.0
 */
export type Loss<P, R extends ReadonlyArray<unknown> = []> = (p: P, ...rest: R) => Tensor

const requireScalar = (transform: string, y: unknown): Tensor =>
  isTensor(y) && y.rank === 0
    ? y
    : raise(
        'NotScalar',
        `${transform}: expected a function with a scalar result, got ` +
          (isTensor(y)
            ? `shape ${showShape(y.shape)}. Reduce it with sum or mean, or use jacrev.`
            : typeof y === 'object' && y !== null && !(y instanceof Promise)
              ? `${describe(y)}. Return the loss alone; vjp and jvp take functions with several results.`
              : told(y)),
      )

/**
 * The value and the gradient of a scalar function, from one recorded run.
 *
 * **Shapes** the gradient has the structure of `p`.
 *
 * **Fails** with a `Defect` (`NotScalar`) when the result of `f` is not a scalar.
 *
 * @example
 * import { square, sum, tensor, toArray, toNumber, valueAndGrad, type Tensor } from 'gradus'
 * const [value, gradient] = valueAndGrad((x: Tensor) => sum(square(x)))(tensor([1, 2]))
 * toNumber(value) // => 5
 * toArray(gradient) // => [2, 4]
 *
 * @since 0.1.0
 */
export const valueAndGrad = <P, R extends ReadonlyArray<unknown>>(
  f: Loss<P, R>,
): ((p: P, ...rest: R) => readonly [Tensor, P]) => throughCompilation('valueAndGrad', f, recorded)

const recorded =
  <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>) =>
  (p: P, ...rest: R): readonly [Tensor, P] => {
    const { primal, pullback } = record('grad', (traced: P) => requireScalar('grad', f(traced, ...rest)), p)
    return [primal, pullback(ones([]))]
  }

/**
 * The gradient of a scalar function by reverse mode; it can itself be differentiated, to any depth.
 *
 *     grad(f)(p) = ∇f(p)
 *
 * **Shapes** the structure of `p`. Arguments after `p` go to `f` and are not differentiated.
 *
 * **Cost** at most about 4 times that of `f`.
 *
 * **Special values** at a kink the convention of the primitive applies; NaN and ±∞ propagate, except where a derivative is
 * exactly 0.
 *
 * **Fails** with a `Defect` (`NotScalar`) when the result of `f` is not a scalar.
 *
 * **References** Griewank and Walther, *Evaluating Derivatives* (2008), ch. 3.
 *
 * @example
 * import { grad, mul, scalar, sin, sum, tensor, toArray, toNumber, type Tensor } from 'gradus'
 * toNumber(grad(sin)(scalar(0.1))) // ≈ 0.9950041652780258
 * toArray(grad((x: Tensor) => sum(mul(x, mul(x, x))))(tensor([1, 2, 3]))) // => [3, 12, 27]
 *
 * @since 0.1.0
 */
export const grad = <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>): ((p: P, ...rest: R) => P) =>
  throughCompilation('grad', f, (own) => {
    const both = recorded(own)
    return (p: P, ...rest: R): P => both(p, ...rest)[1]
  })
