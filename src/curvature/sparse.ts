/** Sparse Jacobians and Hessians: a few products for as many columns at once as their pattern allows. */
import { fromFloat64Array, zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf } from '../data/Tree.js'
import { ravel } from '../function/tree.js'
import {
  type Coloring,
  colorColumns,
  columnPlaces,
  longestRow,
  type Rows,
  rowNumbers,
  rowPlaces,
  seedRows,
  starColoring,
  starPlaces,
  symmetricRows,
  transposeRows,
} from '../kernel/reference/coloring.js'
import { add, mul } from '../primitive/arithmetic.js'
import { scatterAdd, take } from '../primitive/indexing.js'
import { reshape } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { imageBlocks } from '../transform/basis.js'
import { grad, type Loss } from '../transform/grad.js'
import { secondOrder } from '../transform/hvp.js'
import { record } from '../transform/tape.js'
import { vmap } from '../transform/vmap.js'
import { sparsityOf } from './sparsity.js'

/**
 * A matrix by the entries that can differ from zero, row by row and in each row from left to right: `values[k]` stands at
 * `(rows[k], columns[k])`. No place occurs twice, and values may be zero.
 *
 * @since 0.1.0
 */
export interface Sparse {
  readonly shape: readonly [number, number]
  readonly rows: Tensor
  readonly columns: Tensor
  readonly values: Tensor
  /** How many products have found it. */
  readonly colors: number
}

/** What is known from shapes alone. */
interface Plan {
  readonly shape: readonly [number, number]
  readonly rows: Tensor
  readonly columns: Tensor
  readonly colors: number
  /** Whether products are with columns of the matrix (forward) or with its rows (reverse). */
  readonly direction: 'forward' | 'reverse'
  /** A vector for each product, which marks the columns or rows of a color. */
  readonly seeds: Tensor
  /** Where each value stands among the products. */
  readonly places: Tensor
}

const vector = (entries: Float64Array): Tensor => fromFloat64Array(entries, [entries.length])

const hessianPlan = <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>, p: P, rest: R): Plan => {
  const found = sparsityOf('sparseHessian', (q: P, ...data: R) => grad(f)(q, ...data), p, rest)
  const rows = symmetricRows(found.rows)
  const coloring = starColoring(rows)
  return {
    shape: [found.columns, found.columns],
    rows: vector(rowNumbers(rows)),
    columns: vector(Float64Array.from(rows.others)),
    colors: coloring.colors,
    direction: 'forward',
    seeds: fromFloat64Array(seedRows(coloring), [coloring.colors, found.columns]),
    places: vector(starPlaces(rows, coloring)),
  }
}

/** A coloring of columns (forward) or of rows (reverse) with fewer colors; the other one is tried only where it could win. */
const fewest = (rows: Rows, across: Rows): readonly [isForward: boolean, coloring: Coloring] => {
  const isForwardFirst = longestRow(rows) <= longestRow(across)
  const first = isForwardFirst ? colorColumns(rows, across) : colorColumns(across, rows)
  if (first.colors <= longestRow(isForwardFirst ? across : rows)) return [isForwardFirst, first]
  const other = isForwardFirst ? colorColumns(across, rows) : colorColumns(rows, across)
  return other.colors < first.colors ? [!isForwardFirst, other] : [isForwardFirst, first]
}

const jacobianPlan = <P, R extends ReadonlyArray<unknown>, Y>(f: (p: P, ...rest: R) => Y, p: P, rest: R): Plan => {
  const { rows, columns } = sparsityOf('sparseJacobian', f, p, rest)
  const across = transposeRows(rows, columns)
  const [isForward, coloring] = fewest(rows, across)
  return {
    shape: [rows.count, columns],
    rows: vector(rowNumbers(rows)),
    columns: vector(Float64Array.from(rows.others)),
    colors: coloring.colors,
    direction: isForward ? 'forward' : 'reverse',
    seeds: fromFloat64Array(seedRows(coloring), [coloring.colors, isForward ? columns : rows.count]),
    places: vector(isForward ? columnPlaces(rows, coloring) : rowPlaces(rows, columns, coloring)),
  }
}

/** The matrix from a plan and the function that multiplies by it. */
const recovered = (plan: Plan, largest: number, product: (seed: Tensor) => Tensor): Sparse => {
  const { shape, rows, columns, colors, seeds, places } = plan
  const values =
    colors === 0 ? zeros([0]) : take(reshape(concat(imageBlocks(seeds, largest, vmap(product))), [-1]), places)
  return { shape, rows, columns, values, colors }
}

/** Plans by the structure and shapes of arguments, made once for each. */
const remembering = <A extends ReadonlyArray<unknown>>(make: (args: A) => Plan): ((args: A) => Plan) => {
  const known = new Map<string, Plan>()
  return (args) => {
    const key = leavesOf('sparse', args)
      .map(({ path, tensor }) => `${path} ${tensor.shape.join()}`)
      .join('; ')
    const plan = known.get(key) ?? make(args)
    known.set(key, plan)
    return plan
  }
}

/**
 * The Hessian of a scalar function by its entries that can differ from zero. They are found from the operations of the gradient,
 * for all points of one shape together; columns that can be told apart share one Hessian-vector product.
 *
 *     sparseHessian(f)(p) = ∇²f(p)
 *
 * **Shapes** `[n, n]` for parameters of n entries, in the order of `ravel`, like `hessianMatrix`. Exactly symmetric.
 *
 * **Cost** `colors` products in batches: 3 for a chain, 2 for an arrow, the size of the largest block for blocks. The pattern and
 * the colors are found at the first point of each shape and kept with the function that `sparseHessian(f)` is. A dense Hessian is
 * found sooner by `hessianMatrix`.
 *
 * **Special values** entries are structural: zeros of constants in `f` are seen, those of parameters and of further arguments are
 * not, and positions that depend on them may be any. Solutions and exponentials mix whole columns and matrices,
 * and loops, lazy choices and custom rules all that goes through them.
 *
 * **Fails** with a `Defect` when `f` is not scalar or reads the numbers of a value.
 *
 * **References** Coleman & Moré, *Estimation of sparse Hessian matrices and graph coloring problems*, Mathematical Programming 28
 * (1984); Gebremedhin, Manne & Pothen, *What color is your Jacobian?*, SIAM Review 47 (2005).
 *
 * @example
 * import { mul, slice, sparseHessian, square, sum, tensor, toArray, toDense, type Tensor } from 'gradus'
 * const chain = (x: Tensor) => sum(square(mul(slice(x, [1], [4]), slice(x, [0], [3]))))
 * const sparse = sparseHessian(chain)(tensor([1, 2, 3, 4]))
 * sparse.colors // => 3
 * sparse.values.size // => 10
 * toArray(toDense(sparse)) // => [[8, 8, 0, 0], [8, 20, 24, 0], [0, 24, 40, 48], [0, 0, 48, 18]]
 *
 * @since 0.1.0
 */
export const sparseHessian = <P, R extends ReadonlyArray<unknown>>(f: Loss<P, R>): ((p: P, ...rest: R) => Sparse) => {
  const planOf = remembering(([p, rest]: readonly [P, R]) => hessianPlan(f, p, rest))
  return (p, ...rest) => {
    const { product, largest } = secondOrder('sparseHessian', f, p, rest)
    const unravel = ravel(p)[1]
    return recovered(planOf([p, rest]), largest, (seed) => ravel(product(unravel(seed)))[0])
  }
}

/**
 * The Jacobian of a function between trees by its entries that can differ from zero. Columns without a common row share one
 * forward product, or rows without a common column one reverse product, whichever takes fewer.
 *
 *     sparseJacobian(f)(p) = f′(p)
 *
 * **Shapes** `[m, n]` for m entries of the result and n of the parameters, both in the order of `ravel`.
 *
 * **Cost** `colors` products in batches. The pattern and the colors are kept as those of `sparseHessian` are.
 *
 * **Special values** as for `sparseHessian`.
 *
 * **Fails** with a `Defect` when `f` reads the numbers of a value.
 *
 * **References** Curtis, Powell & Reid, *On the estimation of sparse Jacobian matrices*, J. Inst. Maths Applics 13 (1974).
 *
 * @example
 * import { slice, sparseJacobian, sub, tensor, toArray, type Tensor } from 'gradus'
 * const steps = (x: Tensor) => sub(slice(x, [1], [4]), slice(x, [0], [3]))
 * const sparse = sparseJacobian(steps)(tensor([1, 2, 3, 4]))
 * sparse.colors // => 2
 * toArray(sparse.rows) // => [0, 0, 1, 1, 2, 2]
 * toArray(sparse.columns) // => [0, 1, 1, 2, 2, 3]
 * toArray(sparse.values) // => [-1, 1, -1, 1, -1, 1]
 *
 * @since 0.1.0
 */
export const sparseJacobian = <P, R extends ReadonlyArray<unknown>, Y>(
  f: (p: P, ...rest: R) => Y,
): ((p: P, ...rest: R) => Sparse) => {
  const planOf = remembering(([p, rest]: readonly [P, R]) => jacobianPlan(f, p, rest))
  return (p, ...rest) => {
    const plan = planOf([p, rest])
    const { primal, pushforward, pullback, largest } = record('sparseJacobian', (q: P) => f(q, ...rest), p)
    const [unravel, unravelResult] = [ravel(p)[1], ravel(primal)[1]]
    return recovered(plan, largest, (seed) =>
      plan.direction === 'forward' ? ravel(pushforward(unravel(seed)))[0] : ravel(pullback(unravelResult(seed)))[0],
    )
  }
}

/**
 * A sparse matrix written out.
 *
 * @example
 * import { sparseHessian, square, sum, tensor, toArray, toDense, type Tensor } from 'gradus'
 * const squares = (x: Tensor) => sum(square(x))
 * toArray(toDense(sparseHessian(squares)(tensor([1, 2])))) // => [[2, 0], [0, 2]]
 *
 * @since 0.1.0
 */
export const toDense = ({ shape: [m, n], rows, columns, values }: Sparse): Tensor =>
  reshape(scatterAdd(zeros([m * n]), add(mul(n, rows), columns), values), [m, n])
