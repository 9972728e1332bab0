/** What must hold of a loss: that its derivatives are what differences say, that they agree among themselves, and that it is a function. */
import * as fc from 'fast-check'
import {
  grad,
  hvp,
  jvp,
  type Loss,
  linearize,
  normal,
  ones,
  randomKey,
  ravel,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeDot,
  treeLeaves,
  treeNorm,
  treeScale,
  vjp,
} from '../src/index.js'
import { all, atMost, close, type Evidence, same } from './close.js'
import { orderOfRemainder, type Slope, slopeByDifferences } from './differences.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * A loss, where it is to be looked at, and how closely.
 *
 * @since 0.1.0
 */
export interface LossClaim<P> {
  readonly name: string
  readonly loss: Loss<P>
  /** Points inside the domain, away from kinks by more than `step`. */
  readonly params: fc.Arbitrary<P>
  /** The largest step of differences; default 0.1. */
  readonly step?: number
  /** Allowed error of a derivative, relative to its size or to 1, where differences are better than that; default 1e-7. */
  readonly tolerance?: number
}

/** A direction of length 1. */
const directionLike = <P>(p: P, seed: number): P => {
  const [flat, unravel] = ravel(p)
  const direction = normal(randomKey(seed), [flat.size])
  const length = toNumber(treeNorm(direction))
  return unravel(length === 0 ? direction : treeScale(1 / length, direction))
}

const seeds = fc.nat({ max: 2 ** 31 - 1 })

/** A derivative against differences. Where these are too rough to judge, at a kink or a pole, the instance is passed over. */
const agreesWith = (found: number, reference: Slope, tolerance: number): Evidence => {
  fc.pre(reference.error <= 1e-4 * Math.max(1, Math.abs(reference.value)))
  return close(Math.max(tolerance, 10 * reference.error))(found, reference.value)
}

/** Slopes of remainders are fitted over a finite range. */
const orderSlack = 0.3

/**
 * The laws of a loss: gradient and Hessian-vector products against differences, orders of Taylor remainders, symmetry and
 * linearity of products, agreement of the modes, determinism and purity.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { square, stopGradient, sum, mul, type Tensor } from 'gradus'
 * import { check, lossLaws, tensors } from 'gradus/laws'
 * const right = lossLaws({ name: 'squares', loss: (x: Tensor) => sum(square(x)), params: tensors([3]) })
 * E.isRight(check({ seed: 1 })(right)) // => true
 * const wrong = lossLaws({ name: 'half', loss: (x: Tensor) => sum(mul(x, stopGradient(x))), params: tensors([3]) })
 * E.isLeft(check({ seed: 1 })(wrong)) // => true
 *
 * @since 0.1.0
 */
export const lossLaws = <P>({ name, loss, params, step = 0.1, tolerance = 1e-7 }: LossClaim<P>): RuleSet => {
  const valueAlong =
    (p: P, v: P) =>
    (t: number): number =>
      toNumber(loss(treeAxpy(t, v, p)))
  const withDirections = fc.record({ params, seed: seeds }).map(({ params: p, seed }) => ({
    p,
    u: directionLike(p, seed),
    v: directionLike(p, (seed + 1) % 2 ** 31),
  }))
  const gradient = ruleSet(
    `${name} › gradient`,
    [],
  )([
    law('it is what differences find', withDirections, ({ p, v }) =>
      agreesWith(toNumber(treeDot(grad(loss)(p), v)), slopeByDifferences(valueAlong(p, v), step), tolerance),
    ),
    law('the remainder of the linear model is of second order', withDirections, ({ p, v }) => {
      const [phi, slope] = [valueAlong(p, v), toNumber(treeDot(grad(loss)(p), v))]
      const scale = Math.max(Math.abs(phi(0)), Math.abs(slope))
      return atMost(orderSlack)(
        2,
        orderOfRemainder((t) => phi(t) - phi(0) - t * slope, scale, step),
      )
    }),
    law('the modes agree: jvp, linearize and vjp', withDirections, ({ p, v }) => {
      const g = grad(loss)(p)
      const slope = treeDot(g, v)
      return all(
        close(1e-10)(jvp(loss)(p, v)[1], slope),
        close(1e-10)(linearize(loss)(p)[1](v), slope),
        close(1e-10)(vjp(loss)(p)[1](ones([])), g),
      )
    }),
  ])
  const curvature = ruleSet(
    `${name} › curvature`,
    [],
  )([
    law('products are what differences of the gradient find', withDirections, ({ p, u, v }) => {
      const slopeAt = (t: number): number => toNumber(treeDot(grad(loss)(treeAxpy(t, v, p)), u))
      return agreesWith(toNumber(treeDot(hvp(loss)(p)(v), u)), slopeByDifferences(slopeAt, step), 10 * tolerance)
    }),
    law('the remainder of the quadratic model is of third order', withDirections, ({ p, v }) => {
      const [phi, slope] = [valueAlong(p, v), toNumber(treeDot(grad(loss)(p), v))]
      const bend = toNumber(treeDot(hvp(loss)(p)(v), v))
      const scale = Math.max(Math.abs(phi(0)), Math.abs(slope), Math.abs(bend))
      return atMost(orderSlack)(
        3,
        orderOfRemainder((t) => phi(t) - phi(0) - t * slope - 0.5 * t * t * bend, scale, step),
      )
    }),
    law('the Hessian is symmetric', withDirections, ({ p, u, v }) => {
      const product = hvp(loss)(p)
      return close(1e-10)(treeDot(u, product(v)), treeDot(product(u), v))
    }),
    law('products are linear', withDirections, ({ p, u, v }) => {
      const product = hvp(loss)(p)
      return close(1e-10)(product(treeAxpy(-2.5, u, v)), treeAxpy(-2.5, product(u), product(v)))
    }),
  ])
  const purity = ruleSet(
    `${name} › purity`,
    [],
  )([
    law('the same point gives the same bits twice', params, (p) =>
      same([loss(p), treeLeaves(grad(loss)(p))], [loss(p), treeLeaves(grad(loss)(p))]),
    ),
    law('parameters are left as they were', params, (p) => {
      const before = treeLeaves(p).map(toFloat64Array)
      return all(
        same(loss(p).shape, []),
        same(treeLeaves(grad(loss)(p)).length, before.length),
        same(treeLeaves(p), before),
      )
    }),
  ])
  return ruleSet(name, [gradient, curvature, purity])([])
}
