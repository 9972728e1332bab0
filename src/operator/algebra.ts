/**
 * The algebra of symmetric operators on one kind of tree: they form a vector space, and congruences B A B, powers and blocks
 * stay inside it. A product of two different operators is not symmetric and has no place here.
 */
import { eye, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, treeMap } from '../data/Tree.js'
import { ravel, treeAdd, treeAxpy, treeScale } from '../function/tree.js'
import { add, mul } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { vmap } from '../transform/vmap.js'
import { imagesOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'
import { linearOperator } from './linear.js'
import { count } from './options.js'
import { symmetrized } from './symmetric.js'

/** An operator made of others takes many vectors together where one of those does. */
const together = <P>(
  parts: ReadonlyArray<LinearOperator<P>>,
  applyMany: (rows: Tensor) => Tensor,
): { readonly applyMany?: (rows: Tensor) => Tensor } =>
  parts.some((part) => part.applyMany !== undefined) ? { applyMany } : {}

const requireFinite = (operation: string, what: string, value: number): number =>
  Number.isFinite(value)
    ? value
    : raise('InvalidArgument', `${operation}: expected a finite ${what}, got ${value}. Look where it comes from?`)

/**
 * The sum of two operators on the same trees.
 *
 *     (A + B) v = A v + B v
 *
 * **Laws** associative and commutative to rounding, with `zeroOperator` as the neutral element.
 *
 * **Fails** with a `Defect` when they act on trees of different structure.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { tensor, toArray } from 'gradus'
 * import { addOperator, diagonalOperator } from 'gradus/curvature'
 * const a = pipe(diagonalOperator(tensor([1, 2])), addOperator(diagonalOperator(tensor([10, 20]))))
 * toArray(a.apply(tensor([1, 1]))) // => [11, 22]
 *
 * @since 0.1.0
 */
export const addOperator =
  <P>(b: LinearOperator<P>) =>
  (a: LinearOperator<P>): LinearOperator<P> => {
    alignedLeaves('addOperator', a.like, b.like)
    return linearOperator(a.like, (v) => treeAdd(a.apply(v), b.apply(v)), {
      matrix: () => add(a.matrix(), b.matrix()),
      ...together([a, b], (rows) => add(imagesOf(a)(rows), imagesOf(b)(rows))),
    })
  }

/**
 * c A.
 *
 * **Laws** distributes over `addOperator`; 1 leaves the operator as it is.
 *
 * **Fails** with a `Defect` when c is not finite.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { tensor, toArray } from 'gradus'
 * import { identityOperator, scaleOperator } from 'gradus/curvature'
 * toArray(pipe(identityOperator(tensor([0, 0])), scaleOperator(-3)).apply(tensor([1, 2]))) // => [-3, -6]
 *
 * @since 0.1.0
 */
export const scaleOperator = (c: number): (<P>(a: LinearOperator<P>) => LinearOperator<P>) => {
  const factor = requireFinite('scaleOperator', 'factor', c)
  return (a) =>
    linearOperator(a.like, (v) => treeScale(factor, a.apply(v)), {
      matrix: () => mul(factor, a.matrix()),
      ...together([a], (rows) => mul(factor, imagesOf(a)(rows))),
    })
}

/**
 * A + λI: all eigenvalues move by λ, and the eigenvectors stay.
 *
 * **Fails** with a `Defect` when λ is not finite.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { tensor, toArray } from 'gradus'
 * import { diagonalOperator, shiftOperator } from 'gradus/curvature'
 * toArray(pipe(diagonalOperator(tensor([1, -1])), shiftOperator(0.5)).apply(tensor([1, 1]))) // => [1.5, -0.5]
 *
 * @since 0.1.0
 */
export const shiftOperator = (λ: number): (<P>(a: LinearOperator<P>) => LinearOperator<P>) => {
  const shift = requireFinite('shiftOperator', 'shift', λ)
  return (a) =>
    linearOperator(a.like, (v) => treeAxpy(shift, v, a.apply(v)), {
      matrix: () => add(a.matrix(), mul(shift, eye(a.size))),
      ...together([a], (rows) => add(mul(shift, rows), imagesOf(a)(rows))),
    })
}

/**
 * An operator with its weight.
 *
 * @since 0.1.0
 */
export interface WeightedOperator<P> {
  readonly weight: number
  readonly operator: LinearOperator<P>
}

/**
 * Σ wᵢ Aᵢ: one operator from several.
 *
 * **Fails** with a `Defect` for none, for weights that are not finite, and for trees of different structure.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { combineOperators, diagonalOperator } from 'gradus/curvature'
 * const parts = [1, 2].map((weight) => ({ weight, operator: diagonalOperator(tensor([weight, 1])) }))
 * toArray(combineOperators(parts).apply(tensor([1, 1]))) // => [5, 3]
 *
 * @since 0.1.0
 */
export const combineOperators = <P>(parts: ReadonlyArray<WeightedOperator<P>>): LinearOperator<P> => {
  const [first, ...others] = parts.map(({ weight, operator }) => scaleOperator(weight)(operator))
  return first === undefined
    ? raise('InvalidArgument', 'combineOperators: expected one operator or more, got none. Take zeroOperator(like)?')
    : others.reduce((total, each) => addOperator(each)(total), first)
}

/**
 * The sum of operators.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { diagonalOperator, identityOperator, sumOperators } from 'gradus/curvature'
 * const a = sumOperators([diagonalOperator(tensor([1, 2])), identityOperator(tensor([0, 0]))])
 * toArray(a.apply(tensor([1, 1]))) // => [2, 3]
 *
 * @since 0.1.0
 */
export const sumOperators = <P>(operators: ReadonlyArray<LinearOperator<P>>): LinearOperator<P> =>
  combineOperators(operators.map((operator) => ({ weight: 1, operator })))

/**
 * The operator of all examples from those of minibatches, each the mean over its own: a mean weighted by their sizes, so that
 * batches of unequal sizes count right.
 *
 *     A = Σ nᵢ Aᵢ / Σ nᵢ
 *
 * **Fails** with a `Defect` when a weight is negative, or all are 0.
 *
 * @example
 * import { tensor, toArray } from 'gradus'
 * import { averageOperators, diagonalOperator } from 'gradus/curvature'
 * const batches = [{ weight: 3, operator: diagonalOperator(tensor([1])) }, { weight: 1, operator: diagonalOperator(tensor([5])) }]
 * toArray(averageOperators(batches).apply(tensor([1]))) // => [2]
 *
 * @since 0.1.0
 */
export const averageOperators = <P>(batches: ReadonlyArray<WeightedOperator<P>>): LinearOperator<P> => {
  const total = batches.reduce((sum, { weight }) => sum + weight, 0)
  if (batches.some(({ weight }) => !(weight >= 0)) || !(total > 0 && total < Infinity))
    return raise(
      'InvalidArgument',
      `averageOperators: expected weights of 0 or more with a finite sum above 0, got ${batches.map(({ weight }) => weight).join(', ')}.`,
    )
  return combineOperators(batches.map(({ weight, operator }) => ({ weight: weight / total, operator })))
}

/**
 * B A B: A in the coordinates that B stretches, symmetric again. The congruence by a preconditioner's root, for example.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { tensor, toArray } from 'gradus'
 * import { congruentOperator, diagonalOperator, operatorOf } from 'gradus/curvature'
 * const a = pipe(operatorOf(tensor([[4, 2], [2, 9]])), congruentOperator(diagonalOperator(tensor([0.5, 1]))))
 * toArray(a.matrix()) // => [[1, 1], [1, 9]]
 *
 * @since 0.1.0
 */
export const congruentOperator =
  <P>(b: LinearOperator<P>) =>
  (a: LinearOperator<P>): LinearOperator<P> => {
    alignedLeaves('congruentOperator', a.like, b.like)
    return linearOperator(a.like, (v) => b.apply(a.apply(b.apply(v))), {
      matrix: () => {
        const outer = b.matrix()
        return symmetrized(matmul(outer, matmul(a.matrix(), outer)))
      },
      ...together([a, b], (rows) => imagesOf(b)(imagesOf(a)(imagesOf(b)(rows)))),
    })
  }

/**
 * Aᵏ, the eigenvalues raised to a whole power.
 *
 * **Cost** k products with A for each of its own.
 *
 * **Fails** with a `Defect` when k is no integer of 0 or more.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { tensor, toArray } from 'gradus'
 * import { diagonalOperator, powerOperator } from 'gradus/curvature'
 * toArray(pipe(diagonalOperator(tensor([2, -3])), powerOperator(2)).apply(tensor([1, 1]))) // => [4, 9]
 *
 * @since 0.1.0
 */
export const powerOperator = (k: number): (<P>(a: LinearOperator<P>) => LinearOperator<P>) => {
  const times = Array.from({ length: count('powerOperator', 'exponent', k) })
  return (a) =>
    linearOperator(a.like, (v) => times.reduce<typeof v>(a.apply, v), {
      matrix: () => {
        const once = a.matrix()
        return symmetrized(times.reduce<Tensor>((power) => matmul(power, once), eye(a.size)))
      },
      ...together([a], (rows) => times.reduce<Tensor>((images) => imagesOf(a)(images), rows)),
    })
}

/**
 * A part of a tree: how to read it, and how to put another in its place. The lenses of monocle-ts fit.
 *
 * @since 0.1.0
 */
export interface Part<P, Q> {
  readonly get: (whole: P) => Q
  readonly set: (part: Q) => (whole: P) => P
}

/**
 * The block of an operator that belongs to a part of the tree, a layer of a network for example: A as that part alone sees it.
 *
 *     A_b v = get(A (0 with v in its part))
 *
 * **Laws** its matrix is the block of the matrix of A.
 *
 * @example
 * import { tensor, toArray, type Tensor } from 'gradus'
 * import { diagonalOperator, restrictOperator } from 'gradus/curvature'
 * interface Layers { readonly w: Tensor; readonly b: Tensor }
 * const a = diagonalOperator<Layers>({ w: tensor([1, 2]), b: tensor([3]) })
 * const block = restrictOperator({ get: ({ w }: Layers) => w, set: (w: Tensor) => (whole: Layers) => ({ ...whole, w }) })(a)
 * toArray(block.matrix()) // => [[1, 0], [0, 2]]
 *
 * @since 0.1.0
 */
export const restrictOperator =
  <P, Q>(part: Part<P, Q>) =>
  (a: LinearOperator<P>): LinearOperator<Q> => {
    const nothing = treeMap((leaf) => zeros(leaf.shape))(a.like)
    const [, unravelPart] = ravel(part.get(a.like))
    const [, unravelWhole] = ravel(a.like)
    const within = (v: Tensor): Tensor => ravel(part.set(unravelPart(v))(nothing))[0]
    const outside = (w: Tensor): Tensor => ravel(part.get(unravelWhole(w)))[0]
    return linearOperator(part.get(a.like), (v) => part.get(a.apply(part.set(v)(nothing))), {
      ...together([a], (rows) => vmap(outside)(imagesOf(a)(vmap(within)(rows)))),
    })
  }
