/** What the algebra of operators must know: a vector space, with congruences, powers and blocks inside it. */
import * as fc from 'fast-check'
import {
  addOperator,
  congruentOperator,
  type LinearOperator,
  powerOperator,
  scaleOperator,
  shiftOperator,
  zeroOperator,
} from '../src/curvature/index.js'
import { matmul, ravel, type Tensor, toNumber, treeAxpy, treeDot, treeNorm } from '../src/index.js'
import { because, close, type Evidence } from './close.js'
import { directionLike, seeds } from './direction.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * Operators on the same trees, three at a time, and what combines them if it is not the library.
 *
 * @since 0.1.0
 */
export interface OperatorAlgebraClaim<P> {
  readonly name: string
  readonly operators: fc.Arbitrary<readonly [LinearOperator<P>, LinearOperator<P>, LinearOperator<P>]>
  readonly add?: (b: LinearOperator<P>) => (a: LinearOperator<P>) => LinearOperator<P>
  readonly scale?: (c: number) => (a: LinearOperator<P>) => LinearOperator<P>
  /** Allowed error, relative to the sizes that are compared; default 1e-10. */
  readonly tolerance?: number
}

interface Instance<P> {
  readonly a: LinearOperator<P>
  readonly b: LinearOperator<P>
  readonly c: LinearOperator<P>
  readonly x: number
  readonly y: number
  readonly v: P
  readonly w: P
}

/**
 * The laws of sums and multiples of operators: a vector space over the numbers, with matrices and products of many vectors that
 * agree with it; and shifts, congruences and powers in terms of it.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as fc from 'fast-check'
 * import { diagonalOperator } from 'gradus/curvature'
 * import { check, operatorAlgebraLaws, tensors } from 'gradus/laws'
 * const one = tensors([3]).map(diagonalOperator)
 * E.isRight(check({ seed: 1 })(operatorAlgebraLaws({ name: 'diagonals', operators: fc.tuple(one, one, one) }))) // => true
 *
 * @since 0.1.0
 */
export const operatorAlgebraLaws = <P>({
  name,
  operators,
  add = addOperator,
  scale = scaleOperator,
  tolerance = 1e-10,
}: OperatorAlgebraClaim<P>): RuleSet => {
  const drawn: fc.Arbitrary<Instance<P>> = fc
    .record({
      three: operators,
      seed: seeds,
      x: fc.integer({ min: -8, max: 8 }),
      y: fc.integer({ min: -8, max: 8 }),
    })
    .map(({ three: [a, b, c], seed, x, y }) => ({
      a,
      b,
      c,
      x,
      y,
      v: directionLike(a.like, seed),
      w: directionLike(a.like, (seed + 1) % 2 ** 31),
    }))
  const norm = (tree: unknown): number => toNumber(treeNorm(tree))
  const flat = (tree: P): Tensor => ravel(tree)[0]
  const near = (left: unknown, right: unknown, size: number): Evidence =>
    because('rounding beside the images that are summed')(close(tolerance, Math.max(1, size))(left, right))
  const equal = (
    statement: string,
    left: (instance: Instance<P>) => LinearOperator<P>,
    right: (instance: Instance<P>) => LinearOperator<P>,
  ) =>
    law(statement, drawn, (instance) => {
      const { a, b, c, x, y, v } = instance
      const size = 8 * (1 + Math.abs(x) + Math.abs(y)) * [a, b, c].reduce((sum, { apply }) => sum + norm(apply(v)), 0)
      return near(flat(left(instance).apply(v)), flat(right(instance).apply(v)), size)
    })
  return ruleSet(
    name,
    [],
  )([
    equal(
      'addition is associative',
      ({ a, b, c }) => add(c)(add(b)(a)),
      ({ a, b, c }) => add(add(c)(b))(a),
    ),
    equal(
      'addition is commutative',
      ({ a, b }) => add(b)(a),
      ({ a, b }) => add(a)(b),
    ),
    equal(
      'zero is neutral',
      ({ a }) => add(zeroOperator(a.like))(a),
      ({ a }) => a,
    ),
    equal(
      'a multiple by −1 is the inverse',
      ({ a }) => add(scale(-1)(a))(a),
      ({ a }) => zeroOperator(a.like),
    ),
    equal(
      'one leaves the operator as it is',
      ({ a }) => scale(1)(a),
      ({ a }) => a,
    ),
    equal(
      'multiples of multiples multiply',
      ({ a, x, y }) => scale(x)(scale(y)(a)),
      ({ a, x, y }) => scale(x * y)(a),
    ),
    equal(
      'multiples distribute over sums of operators',
      ({ a, b, x }) => scale(x)(add(b)(a)),
      ({ a, b, x }) => add(scale(x)(b))(scale(x)(a)),
    ),
    equal(
      'multiples distribute over sums of numbers',
      ({ a, x, y }) => scale(x + y)(a),
      ({ a, x, y }) => add(scale(y)(a))(scale(x)(a)),
    ),
    law('the matrix of x A + y B is that of its images', drawn, ({ a, b, x, y, v }) => {
      const both = add(scale(y)(b))(scale(x)(a))
      const image = both.apply(v)
      return near(matmul(both.matrix(), flat(v)), flat(image), 64 * (norm(a.apply(v)) + norm(b.apply(v))))
    }),
    law('sums stay symmetric', drawn, ({ a, b, v, w }) => {
      const both = add(b)(a)
      return near(treeDot(w, both.apply(v)), treeDot(both.apply(w), v), norm(both.apply(v)))
    }),
    law('a shift moves images by a multiple', drawn, ({ a, x, v }) =>
      near(flat(shiftOperator(x)(a).apply(v)), flat(treeAxpy(x, v, a.apply(v))), norm(a.apply(v)) + Math.abs(x)),
    ),
    law('congruences are symmetric', drawn, ({ a, b, v, w }) => {
      const both = congruentOperator(b)(a)
      return near(treeDot(w, both.apply(v)), treeDot(both.apply(w), v), norm(both.apply(v)) + norm(both.apply(w)))
    }),
    law('a square applies twice', drawn, ({ a, v }) => {
      const twice = a.apply(a.apply(v))
      return near(flat(powerOperator(2)(a).apply(v)), flat(twice), norm(twice))
    }),
    law('the matrix of a shifted congruence is that of its images', drawn, ({ a, b, x, v }) => {
      const made = shiftOperator(x)(congruentOperator(b)(a))
      return near(matmul(made.matrix(), flat(v)), flat(made.apply(v)), norm(a.matrix()) * norm(b.matrix()) ** 2)
    }),
  ])
}
