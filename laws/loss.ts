/**
 * What must hold of a loss: that it is a function with finite values, that its derivatives are what differences say, and that
 * they agree among themselves. lossAgreement.ts holds the laws of compiled, batched and masked losses, lossClaims.ts those of
 * declared properties.
 */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  grad,
  hessianMatrix,
  hvp,
  jvp,
  type Loss,
  linearize,
  matmul,
  ones,
  ravel,
  type Tensor,
  tapeOf,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeDot,
  treeLeaves,
  vjp,
} from '../src/index.js'
import { blame } from './blame.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { orderOfRemainder, type Slope, slopeByDifferences } from './differences.js'
import { directed } from './direction.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { agreementLaws, finitenessLaws, maskingLaws } from './lossAgreement.js'
import { claimLaws, type LossProperties } from './lossClaims.js'
import { complexSteps, richardson, type SlopeOracle } from './oracle.js'

/**
 * A loss, where it is to be looked at, how closely, and what else it is said to be.
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
  /** What the gradient is held against; by default differences, and complex steps where the loss has them. */
  readonly oracles?: ReadonlyArray<SlopeOracle>
  /** Properties that the loss is said to have. */
  readonly claims?: LossProperties<P>
}

/** A derivative against an oracle. Where that is too rough to judge, at a kink or a pole, the instance is passed over. */
const agreesWith = (found: number, reference: Slope, tolerance: number): Evidence => {
  fc.pre(reference.error <= 1e-4 * Math.max(1, Math.abs(reference.value)))
  const allowed = Math.max(tolerance, 10 * reference.error)
  const reason =
    allowed === tolerance
      ? `asked for; differences are good to ${reference.error.toExponential(1)}`
      : `ten times what differences are good to`
  return because(reason)(close(allowed)(found, reference.value))
}

/** Slopes of remainders are fitted over a finite range. */
const orderSlack = 0.3

const largestOf = (x: Tensor): number => toFloat64Array(x).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)

/**
 * A remainder that vanishes too slowly is looked at again beside the rounding of all values on the way to it, and from nearer:
 * a small coefficient of the right order is seen only where the next one has died away. What is rounding there is too small to judge.
 */
const orderAtLeast = <P>(
  order: number,
  { loss, step = 0.1 }: LossClaim<P>,
  p: P,
  remainder: (t: number) => number,
  scale: number,
): Evidence => {
  // A remainder from what is no number has no order; the laws of finite values tell of that.
  fc.pre(Number.isFinite(toNumber(loss(p))))
  const compare = (found: number): Evidence =>
    because('slopes are fitted over a finite range')(atMost(orderSlack)(order, found))
  const first = compare(orderOfRemainder(remainder, scale, step))
  if (first.holds) return first
  const largest = tapeOf(loss)(p).reduce((most, { output }) => Math.max(most, largestOf(output)), scale)
  return compare(Math.max(orderOfRemainder(remainder, largest, step), orderOfRemainder(remainder, largest, step / 8)))
}

const rounding = because('two orders of rounding in one derivative')

const gradientLaws = <P>(claim: LossClaim<P>): RuleSet => {
  const { name, loss, params, step = 0.1, tolerance = 1e-7, oracles } = claim
  const points = directed(params)
  const guilty = ({ p }: { readonly p: P }): ReturnType<ReturnType<typeof blame<P>>> => blame(loss)(p)
  const valueAlong =
    (p: P, v: P) =>
    (t: number): number =>
      toNumber(loss(treeAxpy(t, v, p)))
  return ruleSet(
    `${name} › gradient`,
    [],
  )([
    ...(oracles ?? [richardson, complexSteps]).map((oracle) =>
      law(
        `it is what ${oracle.name} find`,
        points,
        ({ p, v }) =>
          pipe(
            oracle.slope(loss, p, v, step),
            O.match(
              () => because('the oracle does not serve this loss here')(same(true, true)),
              (reference) => agreesWith(toNumber(treeDot(grad(loss)(p), v)), reference, oracle.tolerance ?? tolerance),
            ),
          ),
        guilty,
      ),
    ),
    law(
      'the remainder of the constant model is of first order',
      points,
      ({ p, v }) => {
        const phi = valueAlong(p, v)
        return orderAtLeast(1, claim, p, (t) => phi(t) - phi(0), Math.abs(phi(0)))
      },
      guilty,
    ),
    law(
      'the remainder of the linear model is of second order',
      points,
      ({ p, v }) => {
        const [phi, slope] = [valueAlong(p, v), toNumber(treeDot(grad(loss)(p), v))]
        const scale = Math.max(Math.abs(phi(0)), Math.abs(slope))
        return orderAtLeast(2, claim, p, (t) => phi(t) - phi(0) - t * slope, scale)
      },
      guilty,
    ),
    law(
      'the modes agree: jvp, linearize and vjp',
      points,
      ({ p, v }) => {
        const g = grad(loss)(p)
        const slope = treeDot(g, v)
        return all(
          rounding(close(1e-10)(jvp(loss)(p, v)[1], slope)),
          rounding(close(1e-10)(linearize(loss)(p)[1](v), slope)),
          rounding(close(1e-10)(vjp(loss)(p)[1](ones([])), g)),
        )
      },
      guilty,
    ),
  ])
}

/** A matrix of more entries than this is not formed to check its products. */
const largestMatrix = 2 ** 14

const curvatureLaws = <P>(claim: LossClaim<P>): RuleSet => {
  const { name, loss, params, step = 0.1, tolerance = 1e-7 } = claim
  const points = directed(params)
  const guilty = ({ p }: { readonly p: P }): ReturnType<ReturnType<typeof blame<P>>> => blame(loss)(p)
  return ruleSet(
    `${name} › curvature`,
    [],
  )([
    law(
      'products are what differences of the gradient find',
      points,
      ({ p, u, v }) => {
        const slopeAt = (t: number): number => toNumber(treeDot(grad(loss)(treeAxpy(t, v, p)), u))
        return agreesWith(toNumber(treeDot(hvp(loss)(p)(v), u)), slopeByDifferences(slopeAt, step), 10 * tolerance)
      },
      guilty,
    ),
    law(
      'the remainder of the quadratic model is of third order',
      points,
      ({ p, v }) => {
        const phi = (t: number): number => toNumber(loss(treeAxpy(t, v, p)))
        const slope = toNumber(treeDot(grad(loss)(p), v))
        const bend = toNumber(treeDot(hvp(loss)(p)(v), v))
        const scale = Math.max(Math.abs(phi(0)), Math.abs(slope), Math.abs(bend))
        return orderAtLeast(3, claim, p, (t) => phi(t) - phi(0) - t * slope - 0.5 * t * t * bend, scale)
      },
      guilty,
    ),
    law(
      'the Hessian is symmetric',
      points,
      ({ p, u, v }) => {
        const product = hvp(loss)(p)
        return rounding(close(1e-10)(treeDot(u, product(v)), treeDot(product(u), v)))
      },
      guilty,
    ),
    law(
      'products are linear',
      points,
      ({ p, u, v }) => {
        const product = hvp(loss)(p)
        return rounding(close(1e-10)(product(treeAxpy(-2.5, u, v)), treeAxpy(-2.5, product(u), product(v))))
      },
      guilty,
    ),
    law(
      'products are those of the matrix',
      points,
      ({ p, v }) => {
        const [flat] = ravel(v)
        fc.pre(flat.size ** 2 <= largestMatrix)
        return rounding(close(1e-10)(ravel(hvp(loss)(p)(v))[0], matmul(hessianMatrix(loss)(p), flat)))
      },
      guilty,
    ),
  ])
}

const purityLaws = <P>({ name, loss, params }: LossClaim<P>): RuleSet =>
  ruleSet(
    `${name} › purity`,
    [],
  )([
    law('the same point gives the same bits twice', params, (p) =>
      same([loss(p), treeLeaves(grad(loss)(p))], [loss(p), treeLeaves(grad(loss)(p))]),
    ),
    law('it does not change from call to call', directed(params), ({ p, u }) => {
      const before = loss(p)
      const elsewhere = treeLeaves(grad(loss)(treeAxpy(1e-2, u, p))).length
      return all(same(before, loss(p)), same(elsewhere, treeLeaves(p).length), same(before, loss(p)))
    }),
    law('parameters are left as they were', params, (p) => {
      const before = treeLeaves(p).map(toFloat64Array)
      return all(
        same(loss(p).shape, []),
        same(treeLeaves(grad(loss)(p)).length, before.length),
        same(treeLeaves(p), before),
      )
    }),
  ])

/**
 * The laws of a loss: that it is a pure function; finite values and derivatives; gradient and Hessian-vector products against
 * differences, orders of Taylor remainders, symmetry and linearity of products; agreement of forward and reverse mode, of
 * the compiled and of the batched loss; no trace of it where it is masked; gradients that follow a change of variables;
 * and the properties that it claims.
 *
 * A failure carries the operation that is guilty of it, where a rule is wrong or the point lies at a kink (see `blame`).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { square, stopGradient, sum, mul, type Tensor } from 'gradus'
 * import { check, lossLaws, tensors } from 'gradus/laws'
 * const claims = { convex: true, homogeneous: 2 }
 * const right = lossLaws({ name: 'squares', loss: (x: Tensor) => sum(square(x)), params: tensors([3]), claims })
 * E.isRight(check({ seed: 1 })(right)) // => true
 * const wrong = lossLaws({ name: 'half', loss: (x: Tensor) => sum(mul(x, stopGradient(x))), params: tensors([3]) })
 * E.isLeft(check({ seed: 1 })(wrong)) // => true
 *
 * @since 0.1.0
 */
export const lossLaws = <P>(claim: LossClaim<P>): RuleSet =>
  ruleSet(claim.name, [
    purityLaws(claim),
    finitenessLaws(claim),
    gradientLaws(claim),
    curvatureLaws(claim),
    agreementLaws(claim),
    maskingLaws(claim),
    ...claimLaws(claim),
  ])([])
