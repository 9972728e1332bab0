/** Properties that a loss may declare and that nobody can see in its derivatives: each is a law only for the loss that claims it. */
import * as fc from 'fast-check'
import {
  grad,
  hvp,
  type Loss,
  toNumber,
  treeAdd,
  treeAxpy,
  treeDot,
  treeLeaves,
  treeNorm,
  treeScale,
  vjp,
} from '../src/index.js'
import { evenly } from './arbitrary.js'
import { atMost, because, close, type Evidence } from './close.js'
import { directed } from './direction.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

/**
 * A loss of examples beside its parameters, which is the mean or the sum of the losses of single examples.
 *
 * @since 0.1.0
 */
export interface BatchClaim<P> {
  readonly reduction: 'mean' | 'sum'
  /** The loss of all examples that are numbered here; numbers may be repeated, and there is at least one. */
  readonly lossOf: (examples: ReadonlyArray<number>) => Loss<P>
  /** How many examples there are. */
  readonly examples: number
}

/**
 * What a loss may be said to be.
 *
 * @since 0.1.0
 */
export interface LossProperties<P> {
  /** f(λx + (1 − λ)y) ≤ λf(x) + (1 − λ)f(y), and no direction of negative curvature. */
  readonly convex?: boolean
  /** The degree d with f(s x) = sᵈ f(x) for s > 0. */
  readonly homogeneous?: number
  /** Transformations of parameters, out of a group, that do not change the loss; they are differentiated too. */
  readonly invariant?: fc.Arbitrary<(p: P) => P>
  /** The constant L with |f(x) − f(y)| ≤ L ‖x − y‖. */
  readonly lipschitz?: number
  readonly batch?: BatchClaim<P>
}

interface Claiming<P> {
  readonly name: string
  readonly loss: Loss<P>
  readonly params: fc.Arbitrary<P>
  readonly claims?: LossProperties<P>
}

const norm = (tree: unknown): number => toNumber(treeNorm(tree))

/** Comparisons of computed values allow for the rounding of these. */
const below = (left: number, right: number, ...sizes: ReadonlyArray<number>): Evidence =>
  because('rounding of the values compared')(
    atMost(1e-10 * sizes.reduce((most, size) => Math.max(most, Math.abs(size)), 1))(left, right),
  )

const shapesOf = (tree: unknown): string =>
  treeLeaves(tree)
    .map(({ shape }) => shape.join())
    .join(';')

/** Two points that can be added. */
const pairs = <P>(params: fc.Arbitrary<P>): fc.Arbitrary<readonly [P, P]> =>
  fc.tuple(params, params).filter(([x, y]) => shapesOf(x) === shapesOf(y))

const convexLaws = <P>({ loss, params }: Claiming<P>): ReadonlyArray<Law> => {
  const value = (p: P): number => toNumber(loss(p))
  return [
    law('it lies below its chords', fc.tuple(pairs(params), evenly(0, 1)), ([[x, y], share]) => {
      const [a, b] = [value(x), value(y)]
      const between = value(treeAxpy(share, treeAxpy(-1, y, x), y))
      return below(between, share * a + (1 - share) * b, a, b)
    }),
    law('it lies above its tangents', pairs(params), ([x, y]) => {
      const [a, b, slope] = [value(x), value(y), toNumber(treeDot(grad(loss)(x), treeAxpy(-1, x, y)))]
      return below(a + slope, b, a, b, slope)
    }),
    law('no direction has negative curvature', directed(params), ({ p, v }) => {
      const product = hvp(loss)(p)(v)
      return below(0, toNumber(treeDot(product, v)), norm(product))
    }),
  ]
}

const homogeneousLaws = <P>({ loss, params }: Claiming<P>, degree: number): ReadonlyArray<Law> => {
  const factors = evenly(0.5, 2)
  const rounding = because('rounding of a power and of a sum')
  return [
    law(`f(s x) = s^${degree} f(x)`, fc.tuple(params, factors), ([p, s]) =>
      rounding(close(1e-10)(loss(treeScale(s, p)), s ** degree * toNumber(loss(p)))),
    ),
    law(`⟨∇f(x), x⟩ = ${degree} f(x), by Euler`, params, (p) =>
      rounding(close(1e-10)(treeDot(grad(loss)(p), p), degree * toNumber(loss(p)))),
    ),
  ]
}

const invariantLaws = <P>({ loss, params }: Claiming<P>, group: fc.Arbitrary<(p: P) => P>): ReadonlyArray<Law> => {
  const moved = fc.tuple(params, group)
  const rounding = because('transformed points round')
  return [
    law('transformed parameters have the same loss', moved, ([p, t]) => rounding(close(1e-9)(loss(t(p)), loss(p)))),
    law('the gradient there, pulled back, is the gradient here', moved, ([p, t]) =>
      rounding(close(1e-8)(treeLeaves(vjp(t)(p)[1](grad(loss)(t(p)))), treeLeaves(grad(loss)(p)))),
    ),
  ]
}

const lipschitzLaws = <P>({ loss, params }: Claiming<P>, bound: number): ReadonlyArray<Law> => [
  law(`values differ by at most ${bound} times the distance`, pairs(params), ([x, y]) => {
    const [a, b] = [toNumber(loss(x)), toNumber(loss(y))]
    return below(Math.abs(a - b), bound * norm(treeAxpy(-1, x, y)), a, b)
  }),
  law(`the gradient is not longer than ${bound}`, params, (p) => below(norm(grad(loss)(p)), bound, bound)),
]

const batchLaws = <P>({ params }: Claiming<P>, { reduction, lossOf, examples }: BatchClaim<P>): ReadonlyArray<Law> => {
  const chosen = fc.array(fc.nat({ max: examples - 1 }), { minLength: 1, maxLength: 6 })
  const share = (numbers: ReadonlyArray<number>): number => (reduction === 'mean' ? 1 / numbers.length : 1)
  const reduced = (numbers: ReadonlyArray<number>, of: (example: number) => unknown): unknown =>
    numbers
      .map((example) => treeScale(share(numbers), treeLeaves(of(example))))
      .reduce((total, leaves) => treeAdd(total, leaves))
  const rounding = because('examples are summed in another order')
  return [
    law(`a batch has the ${reduction} of the losses of its examples`, fc.tuple(params, chosen), ([p, numbers]) =>
      rounding(
        close(1e-10)(
          [lossOf(numbers)(p)],
          reduced(numbers, (example) => lossOf([example])(p)),
        ),
      ),
    ),
    law(`a batch has the ${reduction} of the gradients of its examples`, fc.tuple(params, chosen), ([p, numbers]) =>
      rounding(
        close(1e-10)(
          treeLeaves(grad(lossOf(numbers))(p)),
          reduced(numbers, (example) => grad(lossOf([example]))(p)),
        ),
      ),
    ),
  ]
}

/** A rule set for each property that is claimed. */
export const claimLaws = <P>(claiming: Claiming<P>): ReadonlyArray<RuleSet> => {
  const { name, claims = {} } = claiming
  const { convex = false, homogeneous, invariant, lipschitz, batch } = claims
  const set = (property: string, laws: ReadonlyArray<Law>): RuleSet => ruleSet(`${name} › ${property}`, [])(laws)
  return [
    ...(convex ? [set('convexity', convexLaws(claiming))] : []),
    ...(homogeneous === undefined ? [] : [set('homogeneity', homogeneousLaws(claiming, homogeneous))]),
    ...(invariant === undefined ? [] : [set('invariance', invariantLaws(claiming, invariant))]),
    ...(lipschitz === undefined ? [] : [set('Lipschitz bound', lipschitzLaws(claiming, lipschitz))]),
    ...(batch === undefined ? [] : [set('batches', batchLaws(claiming, batch))]),
  ]
}
