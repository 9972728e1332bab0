/** Taylor mode: a value carries the coefficients of its power series, which the same linear maps propagate. */
import type { LinearMap } from '../core/LinearMap.js'
import { type Primitive, ruleOf } from '../core/Primitive.js'
import { bind, type Trace, Traced, withLevel } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, withLeaves } from '../data/Tree.js'
import { add, mul } from '../primitive/arithmetic.js'
import { applyLinear } from './applyLinear.js'

/** A power series in one variable by its coefficients; one that is absent is zero. */
type Coefficients = (order: number) => Tensor | undefined

/** Coefficients are asked for as needed and kept: those of a rule are never computed for orders that nobody reads. */
const remembered = (compute: Coefficients): Coefficients => {
  const known = new Map<number, Tensor | undefined>()
  return (order) => {
    if (!known.has(order)) known.set(order, compute(order))
    return known.get(order)
  }
}

class Series extends Traced {
  constructor(
    readonly trace: Trace,
    readonly coefficients: Coefficients,
    primal: Tensor,
  ) {
    super(primal.shape)
  }
}

const isSeries = (trace: Trace, x: Tensor): x is Series => x instanceof Series && x.trace === trace

const plus = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined ? b : b === undefined ? a : add(a, b)

/** Σⱼ termOf(j) for j from 0 to `order`. */
const convolved = (order: number, termOf: (j: number) => Tensor | undefined): Tensor | undefined =>
  Array.from({ length: order + 1 }, (_, j) => termOf(j)).reduce(plus, undefined)

/** The image of a series under a map whose coefficient is a series itself: a Cauchy product. */
const bilinear =
  (mapWith: (by: Tensor) => LinearMap, by: Series, t: Coefficients): Coefficients =>
  (order) =>
    convolved(order, (j) => {
      const [coefficient, rest] = [by.coefficients(j), t(order - j)]
      return coefficient === undefined || rest === undefined ? undefined : applyLinear(mapWith(coefficient), rest)
    })

/** The coefficients in which a map is not linear. */
const operandsOf = (map: LinearMap): ReadonlyArray<Tensor> =>
  map._tag === 'Solve' ? map.by : map._tag === 'MatrixFunction' ? [map.by] : []

/** The map as an operation on series, which has a rule of its own and asks itself for one order less. */
const asOperation = (trace: Trace, map: LinearMap, t: Coefficients): Coefficients => {
  const images = new Map<'image', Tensor>()
  const imageOf = (present: Tensor): Tensor => {
    const image = images.get('image') ?? applyLinear(map, new Series(trace, t, t(0) ?? zeros(present.shape)))
    images.set('image', image)
    return image
  }
  return (order) => {
    // Of nothing but zeros up to an order the image is zero up to that order.
    const present = Array.from({ length: order + 1 }, (_, k) => t(k)).find((coefficient) => coefficient !== undefined)
    if (present === undefined) return undefined
    const y = imageOf(present)
    return isSeries(trace, y) ? y.coefficients(order) : order === 0 ? y : undefined
  }
}

const applySeries = (trace: Trace, map: LinearMap, t: Coefficients): Coefficients => {
  switch (map._tag) {
    case 'Scale':
    case 'Contract':
      return isSeries(trace, map.by)
        ? remembered(bilinear((by) => ({ ...map, by }), map.by, t))
        : throughConstant(map, t)
    case 'Compose':
      return map.maps.reduce((image, each) => applySeries(trace, each, image), t)
    case 'Plus': {
      const images = map.maps.map((each) => applySeries(trace, each, t))
      return (order) => images.map((image) => image(order)).reduce(plus, undefined)
    }
    default:
      // What a custom map is not linear in is its own secret.
      return map._tag === 'Custom' || operandsOf(map).some((operand) => isSeries(trace, operand))
        ? asOperation(trace, map, t)
        : throughConstant(map, t)
  }
}

const throughConstant =
  (map: LinearMap, t: Coefficients): Coefficients =>
  (order) => {
    const coefficient = t(order)
    return coefficient === undefined ? undefined : applyLinear(map, coefficient)
  }

/** The series of ẋ(t): (k + 1) xₖ₊₁. */
const differentiated =
  (x: Coefficients): Coefficients =>
  (order) => {
    const next = x(order + 1)
    return next === undefined ? undefined : mul(order + 1, next)
  }

/**
 * From ẏ = Σᵢ Lᵢ(x, y) ẋᵢ, order by order: k yₖ is the coefficient of order k − 1 on the right, where y itself is needed to
 * that order only.
 */
const seriesTrace = (level: number): Trace => {
  const trace: Trace = {
    level,
    transform: 'taylor',
    process: <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>): Tensor => {
      const primals = inputs.map((input) => (isSeries(trace, input) ? (input.coefficients(0) ?? input) : input))
      const output = bind(primitive, params, primals)
      const moving = inputs.flatMap((input, i) => {
        const rule = ruleOf(primitive, i)
        return rule !== undefined && isSeries(trace, input) ? [{ input, rule, i }] : []
      })
      if (moving.length === 0) return output
      const slopes = remembered((order) =>
        terms().reduce<Tensor | undefined>((total, term) => plus(total, term(order)), undefined),
      )
      const y: Series = new Series(
        trace,
        remembered((order) => {
          if (order === 0) return output
          const slope = slopes(order - 1)
          return slope === undefined ? undefined : mul(1 / order, slope)
        }),
        output,
      )
      // A rule may call its own operation again (tanh and sech² call each other), so it is not asked before it is needed.
      const terms = once(() =>
        moving.map(({ input, rule, i }) =>
          applySeries(trace, rule(params, inputs, y, i), differentiated(input.coefficients)),
        ),
      )
      return y
    },
  }
  return trace
}

const once = <A>(compute: () => A): (() => A) => {
  const known = new Map<'value', { readonly value: A }>()
  return () => {
    const found = known.get('value') ?? { value: compute() }
    known.set('value', found)
    return found.value
  }
}

/**
 * The first coefficients of the power series of `f` along a line: all derivatives up to an order in one pass.
 *
 *     taylor(f, n)(p)(v) = [c₀, …, cₙ]   where   f(p + t v) = Σₖ cₖ tᵏ,   cₖ = f⁽ᵏ⁾(p)[v, …, v] / k!
 *
 * **Shapes** `v` has the structure of `p`; every coefficient has that of `f(p)`.
 *
 * **Cost** grows as n² for products and quotients and at most as n³ for elementary functions; n nested `jvp` double it each time.
 *
 * **Fails** with a `Defect` when the order is not an integer from 0.
 *
 * **References** Griewank and Walther, *Evaluating Derivatives*, 2nd ed., 2008, chapter 13.
 *
 * @example
 * import { exp, scalar, taylor, toNumber } from 'gradus'
 * taylor(exp, 3)(scalar(0))(scalar(1)).map(toNumber)[3] // ≈ 0.16666666666666666
 *
 * @since 0.1.0
 */
export const taylor =
  <P, Y>(f: (p: P) => Y, order: number) =>
  (p: P) =>
  (v: P): ReadonlyArray<Y> =>
    Number.isInteger(order) && order >= 0
      ? withLevel((level) => {
          const trace = seriesTrace(level)
          const tangents = alignedLeaves('taylor', p, v)
          const lines = leavesOf('taylor', p).map(
            ({ tensor }, i) => new Series(trace, (k) => (k === 0 ? tensor : k === 1 ? tangents[i] : undefined), tensor),
          )
          const y = f(withLeaves(p, lines))
          const leaves = leavesOf('taylor', y).map(({ tensor }) => tensor)
          return Array.from({ length: order + 1 }, (_, k) =>
            withLeaves(
              y,
              leaves.map((leaf) => {
                const coefficient = isSeries(trace, leaf) ? leaf.coefficients(k) : k === 0 ? leaf : undefined
                return coefficient ?? zeros(leaf.shape)
              }),
            ),
          )
        })
      : raise('InvalidArgument', `taylor: expected an order that is an integer of 0 or more, got ${order}.`)
