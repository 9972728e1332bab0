/** What every optimizer in a box must do: stay there, rest where and only where the bounds hold it, and what some of them claim beyond. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abs,
  add,
  dot,
  matmul,
  mul,
  sub,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
} from '../src/index.js'
import {
  type Box,
  boundedIn,
  type Curved,
  clampInto,
  minimize,
  type Optimizer,
  objective,
  projectedGradientNorm,
  type StateType,
  stepsAtMost,
  takeUntil,
} from '../src/optimize/index.js'
import { evenly, type Symmetric, symmetricMatrices, tensors } from './arbitrary.js'
import { all, apart, atMost, because, close, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { quadratic } from './step.js'

/**
 * What an optimizer in a box may be said to do, or not to do. A denial is refuted too: a law fails when the property holds after all.
 *
 * @since 0.1.0
 */
export type BoxProperty =
  /** The loss never increases. */
  | { readonly _tag: 'Decreases' }
  /**
   * So many steps lead to the minimum in the box of a convex quadratic: the projected gradient is below this, default 1e-6, or below what
   * shows in the values of the loss.
   */
  | { readonly _tag: 'Solves'; readonly steps: number; readonly tolerance?: number }
  /** A box that is moved with the loss has the same steps. */
  | { readonly _tag: 'IgnoresShift' }
  | { readonly _tag: 'DependsOnShift' }
  /** Another order and other signs of the parameters have the same steps. */
  | { readonly _tag: 'IgnoresReflection' }

/**
 * An optimizer for objectives with bounds, and what is said of it.
 *
 * @since 0.1.0
 */
export interface BoxClaim<F extends StateType> {
  readonly name: string
  readonly optimizer: Optimizer<F, Curved | 'bounds'>
  readonly claims?: ReadonlyArray<BoxProperty>
  /** Allowed error of a step, relative to its size or to 1; default 1e-7. */
  readonly tolerance?: number
}

/** A convex quadratic in a box, with a point of the box. */
interface Case {
  readonly symmetric: Symmetric
  readonly linear: Tensor
  readonly box: Box<Tensor>
  readonly at: Tensor
}

const many = <A>(n: number, each: fc.Arbitrary<A>): fc.Arbitrary<ReadonlyArray<A>> =>
  fc.array(each, { minLength: n, maxLength: n })

/** How far the bounds of an entry are from its point: on it, near, far, or nowhere. */
const distances = fc.oneof(fc.constantFrom(0, Infinity), evenly(0.01, 0.3), evenly(0.5, 4))

const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc
    .record({
      symmetric: symmetricMatrices('positive', n),
      linear: tensors([n]),
      at: tensors([n]),
      below: many(n, distances),
      above: many(n, distances),
    })
    .map(({ symmetric, linear, at, below, above }) => {
      const x = toFloat64Array(at)
      const box = {
        lower: tensor(below.map((distance, i) => (x[i] ?? 0) - distance)),
        upper: tensor(above.map((distance, i) => (x[i] ?? 0) + distance)),
      }
      return { symmetric, linear, box, at }
    }),
)

const insideOf = ({ symmetric, linear, box }: Omit<Case, 'at'>) =>
  boundedIn(box)(objective(quadratic(symmetric.matrix, linear), { compilation: 'never' }))

const gradientAt = ({ symmetric, linear }: Omit<Case, 'box' | 'at'>, x: Tensor): Tensor =>
  add(matmul(symmetric.matrix, x), linear)

/** The points of a run of so many steps, fewer if it ends. */
const walk = <F extends StateType>(optimizer: Optimizer<F, Curved | 'bounds'>, each: Case, steps: number) => {
  const iterator = minimize(optimizer, insideOf(each))(each.at)[Symbol.iterator]()
  return Array.from({ length: steps + 1 }, () => iterator.next()).flatMap((next) =>
    next.done === true ? [] : [next.value],
  )
}

/** How far from optimal the point is. */
const residualOf = (each: Case, x: Tensor = each.at): number => projectedGradientNorm(each.box, x, gradientAt(each, x))

/**
 * Up to which gradient a method that compares values can come: along a curvature λ it promises ‖g‖² / 2λ, which four roundings of the
 * terms of the loss hide.
 */
const resolutionOf = ({ symmetric: { matrix, eigenvalues }, linear }: Case, x: Tensor): number => {
  const size = abs(x)
  const terms = toNumber(add(mul(0.5, dot(size, matmul(abs(matrix), size))), dot(abs(linear), size)))
  return Math.sqrt(2 * Math.max(...eigenvalues) * 4 * Number.EPSILON * terms)
}

/** The same quadratic with a linear term by which the point of the case is the minimum: where it is held, the bounds push as drawn. */
const optimalAt = (each: Case, pushes: ReadonlyArray<number>): Case => {
  const [low, high, x] = [each.box.lower, each.box.upper, each.at].map((bounds) => toFloat64Array(bounds))
  const multipliers = tensor(
    [...(x ?? [])].map((entry, i) => {
      const push = pushes[i] ?? 0
      return entry === low?.[i] ? push : entry === high?.[i] ? -push : 0
    }),
  )
  return { ...each, linear: sub(multipliers, matmul(each.symmetric.matrix, each.at)) }
}

const alwaysLaws = <F extends StateType>(
  optimizer: Optimizer<F, Curved | 'bounds'>,
  tolerance: number,
): ReadonlyArray<Law> => [
  law('it never leaves the box, nor asks for the loss outside', cases, (each) => {
    const seen = new Map<string, boolean>()
    const into = clampInto(each.box)
    const isInside = (p: Tensor): boolean => same(into(p), p).holds
    const inside = insideOf(each)
    const note = <A>(p: Tensor, answer: A): A => {
      seen.set(isInside(p) ? 'inside' : 'outside', true)
      return answer
    }
    const watched = {
      ...inside,
      value: (p: Tensor) => note(p, inside.value(p)),
      valueAndGrad: (p: Tensor) => note(p, inside.valueAndGrad(p)),
    }
    const { last } = pipe(each.at, minimize(optimizer, watched), takeUntil(stepsAtMost(4)))
    return all(same(into(last.params), last.params), same([...seen.keys()], ['inside']))
  }),
  law(
    'it rests where the bounds hold what the gradient pushes',
    fc.tuple(cases, many(4, evenly(0.1, 3))),
    ([each, pushes]) => {
      const optimal = optimalAt(each, pushes)
      const reached = walk(optimizer, optimal, 1).at(-1)
      return because('rounding of the gradient')(close(tolerance)(reached?.params, optimal.at))
    },
  ),
  law('it rests nowhere else', cases, (each) => {
    fc.pre(residualOf(each) > 1e-3)
    const reached = walk(optimizer, each, 1).at(-1)
    return apart(0)(reached?.params, each.at)
  }),
  law('from a start outside of the box no step is taken', cases, (each) => {
    const outside = { ...each, at: add(each.box.upper, 1) }
    fc.pre([...toFloat64Array(outside.at)].some(Number.isFinite))
    const start = tensor([...toFloat64Array(outside.at)].map((x) => (Number.isFinite(x) ? x : 0)))
    const { reason } = pipe(start, minimize(optimizer, insideOf(each)), takeUntil(stepsAtMost(1)))
    return same(E.isLeft(reason) ? reason.left._tag : 'a step', 'NonFinite')
  }),
]

const shifted = (each: Case, by: Tensor): Case => ({
  symmetric: each.symmetric,
  // ½ (x − c)ᵀ A (x − c) + bᵀ (x − c), but for a constant.
  linear: sub(each.linear, matmul(each.symmetric.matrix, by)),
  box: { lower: add(each.box.lower, by), upper: add(each.box.upper, by) },
  at: add(each.at, by),
})

const reflected = (each: Case, signs: ReadonlyArray<number>): Case => {
  const n = signs.length
  // The order is turned round, and each entry has a sign.
  const turn = tensor(signs.map((sign, i) => signs.map((_, j) => (j === n - 1 - i ? sign : 0))))
  const turned = (x: Tensor, otherwise: Tensor): Tensor => {
    const [own, other] = [toFloat64Array(x), toFloat64Array(otherwise)]
    return tensor(signs.map((sign, i) => sign * ((sign > 0 ? own : other)[n - 1 - i] ?? 0)))
  }
  return {
    symmetric: { ...each.symmetric, matrix: matmul(turn, matmul(each.symmetric.matrix, transpose(turn))) },
    linear: matmul(turn, each.linear),
    box: { lower: turned(each.box.lower, each.box.upper), upper: turned(each.box.upper, each.box.lower) },
    at: matmul(turn, each.at),
  }
}

const stepOf = <F extends StateType>(optimizer: Optimizer<F, Curved | 'bounds'>, each: Case): Tensor =>
  sub(walk(optimizer, each, 1).at(-1)?.params ?? each.at, each.at)

const shifts =
  (compare: (left: Tensor, right: Tensor) => Evidence, name: string) =>
  <F extends StateType>(optimizer: Optimizer<F, Curved | 'bounds'>): Law =>
    law(name, fc.tuple(cases, many(4, evenly(1, 3))), ([each, by]) => {
      const n = each.at.size
      // Where nothing moves there is nothing to compare, and on the edge of a bound rounding decides what is held.
      fc.pre(residualOf(each) > 1e-3)
      return compare(stepOf(optimizer, shifted(each, tensor(by.slice(0, n)))), stepOf(optimizer, each))
    })

const claimedLaw = <F extends StateType>(
  optimizer: Optimizer<F, Curved | 'bounds'>,
  property: BoxProperty,
  tolerance: number,
): Law => {
  switch (property._tag) {
    case 'Decreases':
      return law('the loss never increases', cases, (each) => {
        const values = walk(optimizer, each, 4).map(({ value }) => value)
        return all(
          same(true, true),
          ...values.slice(1).map((value, i) => {
            const before = values[i] ?? Number.NaN
            return because('ten roundings of the loss')(atMost(1e-14 * (1 + Math.abs(before)))(value, before))
          }),
        )
      })
    case 'Solves':
      return law(`${property.steps} steps lead to the minimum in the box`, cases, (each) => {
        const last = walk(optimizer, each, property.steps).at(-1)?.params ?? each.at
        const asked = property.tolerance ?? 1e-6
        const seen = resolutionOf(each, last)
        return because(
          asked < seen ? 'a loss that falls by less than it rounds shows no more' : 'asked for by the claim',
        )(atMost(Math.max(asked, seen))(residualOf(each, last), 0))
      })
    case 'IgnoresShift':
      return shifts(close(tolerance), 'a box that is moved with the loss has the same steps')(optimizer)
    case 'DependsOnShift':
      return law('a box that is moved with the loss has other steps', fc.constant(null), () => {
        const each: Case = {
          symmetric: { matrix: tensor([[1]]), basis: tensor([[1]]), eigenvalues: [1] },
          linear: tensor([0]),
          box: { lower: tensor([-8]), upper: tensor([8]) },
          at: tensor([1]),
        }
        return apart(1e-6)(stepOf(optimizer, shifted(each, tensor([2]))), stepOf(optimizer, each))
      })
    case 'IgnoresReflection':
      return law(
        'another order and other signs have the same steps',
        fc.tuple(cases, many(4, fc.constantFrom(-1, 1))),
        ([each, signs]) => {
          fc.pre(residualOf(each) > 1e-3)
          const own = signs.slice(0, each.at.size)
          const [turned, plain] = [stepOf(optimizer, reflected(each, own)), stepOf(optimizer, each)]
          const expected = own.map((sign, i) => sign * (toFloat64Array(plain)[own.length - 1 - i] ?? Number.NaN))
          return close(tolerance)(turned, tensor(expected))
        },
      )
  }
}

/**
 * The laws of an optimizer for objectives with bounds: it never leaves the box, not even to look; it rests where the projected gradient
 * vanishes and nowhere else; and it takes no step from outside. And those of the properties that it claims or denies. They are tried on convex
 * quadratics of up to four parameters, at points on bounds, near them, far from them and without any.
 *
 *     x rests  ⇔  x = P(x − ∇f(x)),    P the projection onto the box
 *
 * **References** Bertsekas, *Projected Newton methods for optimization problems with simple constraints* (1982), for what these laws
 * refute: a step that is projected after it was made for all parameters.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { boxLaws, check } from 'gradus/laws'
 * import { lbfgsb, newton, within } from 'gradus/optimize'
 * const claims = [{ _tag: 'Decreases' as const }, { _tag: 'IgnoresShift' as const }]
 * E.isRight(check({ seed: 1, instances: 20 })(boxLaws({ name: 'l-bfgs-b', optimizer: lbfgsb(), claims }))) // => true
 * E.isRight(check({ seed: 1, instances: 20 })(boxLaws({ name: 'newton', optimizer: within(newton()) }))) // => true
 *
 * @since 0.1.0
 */
export const boxLaws = <F extends StateType>({
  name,
  optimizer,
  claims = [],
  tolerance = 1e-7,
}: BoxClaim<F>): RuleSet =>
  ruleSet(
    `${name} › box`,
    [],
  )([...alwaysLaws(optimizer, tolerance), ...claims.map((property) => claimedLaw(optimizer, property, tolerance))])
