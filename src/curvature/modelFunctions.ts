/** What optimizers compute of a model inside a loss: products with its derivative, and with the Gauss-Newton matrix of both. */
import type { Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { matmul } from '../primitive/contraction.js'
import { transpose } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import type { Compilation } from '../program/compilation.js'
import { compile, compileCurried } from '../program/compile.js'
import { basisBlocks } from '../transform/basis.js'
import type { Loss } from '../transform/grad.js'
import { gaussNewtonProduct } from '../transform/hvp.js'
import { record } from '../transform/tape.js'
import { vmap } from '../transform/vmap.js'
import { gaussNewtonOperator, symmetricOperator } from './hessian.js'
import { compiles } from './lossFunctions.js'

/** All entries of the value of a model in one row, and its derivative there. */
export interface RowsOfModel<P> {
  readonly values: Tensor
  readonly product: (v: P) => Tensor
  readonly transposed: (u: Tensor) => P
  readonly matrix: () => Tensor
}

type Model<P, R extends ReadonlyArray<unknown>, Y> = (p: P, ...rest: R) => Y

const inRow = (tree: unknown): Tensor => ravel(tree)[0]

/** The derivative behind one recorded run. */
const recorded = <P, R extends ReadonlyArray<unknown>, Y>(model: Model<P, R, Y>, p: P, rest: R) => {
  const { primal, pushforward, pullback, largest } = record('residuals', (traced: P) => model(traced, ...rest), p)
  const [values, unravelValue] = ravel(primal)
  return {
    values,
    largest,
    product: (v: P): Tensor => inRow(pushforward(v)),
    transposed: (u: Tensor): P => pullback(unravelValue(u)),
  }
}

/** By columns or by rows, whichever are fewer. */
const jacobianOf = <P, R extends ReadonlyArray<unknown>, Y>(model: Model<P, R, Y>, p: P, rest: R): Tensor => {
  const { values, largest, product, transposed } = recorded(model, p, rest)
  const [flat, unravel] = ravel(p)
  return flat.size <= values.size
    ? transpose(
        concat(
          basisBlocks(
            flat.size,
            largest,
            vmap((v: Tensor) => product(unravel(v))),
          ),
        ),
      )
    : concat(
        basisBlocks(
          values.size,
          largest,
          vmap((u: Tensor) => inRow(transposed(u))),
        ),
      )
}

export const rowsOfModel = <P, R extends ReadonlyArray<unknown>, Y>(
  model: Model<P, R, Y>,
  loss: Loss<P, R>,
  compilation: Compilation,
): ((p: P, rest: R) => RowsOfModel<P>) => {
  const isCompiled = compiles(loss, compilation)
  const values = compile((p: P, rest: R) => inRow(model(p, ...rest)))
  const product = compileCurried((p: P, rest: R) => recorded(model, p, rest).product)
  const transposed = compileCurried((p: P, rest: R) => recorded(model, p, rest).transposed)
  return (p, rest) => {
    const matrix = (): Tensor => jacobianOf(model, p, rest)
    if (isCompiled(p, rest))
      return { values: values(p, rest), product: product(p, rest), transposed: transposed(p, rest), matrix }
    const known = new Map<'run', ReturnType<typeof recorded<P, R, Y>>>()
    // Recorded when a product is asked for: values alone cost a value.
    const run = (): ReturnType<typeof recorded<P, R, Y>> => {
      const found = known.get('run') ?? recorded(model, p, rest)
      known.set('run', found)
      return found
    }
    return {
      values: inRow(model(p, ...rest)),
      product: (v) => run().product(v),
      transposed: (u) => run().transposed(u),
      matrix,
    }
  }
}

/** JᵀJ. */
export const normalOperator = <P>(p: P, { product, transposed, matrix }: RowsOfModel<P>): LinearOperator<P> =>
  symmetricOperator(
    p,
    (v) => transposed(product(v)),
    () => {
      const jacobian = matrix()
      return matmul(transpose(jacobian), jacobian)
    },
  )

/** Jᵀ ∇²loss J. */
export const gaussNewtonFunctions = <P, R extends ReadonlyArray<unknown>, Y>(
  model: Model<P, R, Y>,
  loss: Loss<Y, R>,
  compilation: Compilation,
): ((p: P, rest: R) => LinearOperator<P>) => {
  const isCompiled = compiles((p: P, ...rest: R) => loss(model(p, ...rest), ...rest), compilation)
  const product = compileCurried((p: P, rest: R) => gaussNewtonProduct(model, loss)(p, ...rest))
  return (p, rest) => {
    const eager = gaussNewtonOperator(
      (traced: P) => model(traced, ...rest),
      (y: Y) => loss(y, ...rest),
    )(p)
    return isCompiled(p, rest) ? { ...eager, apply: product(p, rest) } : eager
  }
}
