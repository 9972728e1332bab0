/** What optimizers compute of a loss, eagerly or compiled: the choice is made once, from the program of the loss. */
import * as E from 'fp-ts/lib/Either.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf } from '../data/Tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { symmetricFromBands } from '../operator/symmetric.js'
import { type Compilation, decide, isCompilationOff } from '../program/compilation.js'
import { compile, compileCurried } from '../program/compile.js'
import type { Program } from '../program/Program.js'
import { stage } from '../program/stage.js'
import { type Loss, valueAndGrad } from '../transform/grad.js'
import { bandsOf, secondOrder } from '../transform/hvp.js'
import { imagesTogether, symmetricOperator } from './hessian.js'

/** A loss with its derivatives at a point; `rest` is what the loss takes beside its parameters, a batch for example. */
export interface LossFunctions<P, R extends ReadonlyArray<unknown>> {
  readonly value: (p: P, rest: R) => Tensor
  readonly valueAndGrad: (p: P, rest: R) => readonly [Tensor, P]
  readonly hessian: (p: P, rest: R) => LinearOperator<P>
}

export const eagerFunctions = <P, R extends ReadonlyArray<unknown>>(loss: Loss<P, R>): LossFunctions<P, R> => ({
  value: (p, rest) => loss(p, ...rest),
  valueAndGrad: (p, rest) => valueAndGrad(loss)(p, ...rest),
  hessian: (p, rest) => {
    const { product, rows, largest } = secondOrder('hessian', loss, p, rest)
    return symmetricOperator(p, product, () => symmetricFromBands(bandsOf(p, { rows, largest })), {
      images: imagesTogether(p, product),
      largest: () => largest,
    })
  },
})

/** Everything through programs, each staged at its first use and kept for all points of the same shapes. */
export const compiledFunctions = <P, R extends ReadonlyArray<unknown>>(loss: Loss<P, R>): LossFunctions<P, R> => {
  const { value, valueAndGrad: both } = eagerFunctions(loss)
  const product = compileCurried((p: P, rest: R) => secondOrder('hessian', loss, p, rest).product)
  const several = compileCurried((p: P, rest: R) => imagesTogether(p, secondOrder('hessian', loss, p, rest).product))
  const known = new Map<number, Rows<P, R>>()
  const rowsOf = (leaf: number): Rows<P, R> => {
    const rows =
      known.get(leaf) ??
      compileCurried(
        (p: P, rest: R) => (units: Tensor) => secondOrder('hessian', loss, p, rest).rows(leaf, units, leaf),
      )
    known.set(leaf, rows)
    return rows
  }
  const sizes = new Map<string, number>()
  /** How much of the Hessian fits into the cache at once; it costs an eager gradient to know, and depends on shapes alone. */
  const largestOf = (p: P, rest: R): number => {
    const shapes = leavesOf('objective', [p, rest])
      .map(({ tensor }) => tensor.shape.join())
      .join(';')
    const largest = sizes.get(shapes) ?? secondOrder('hessian', loss, p, rest).largest
    sizes.set(shapes, largest)
    return largest
  }
  return {
    value: compile(value),
    valueAndGrad: compile(both),
    hessian: (p, rest) => {
      const matrix = (): Tensor => {
        const bands = new Map<number, (units: Tensor) => Tensor>()
        return symmetricFromBands(
          bandsOf(p, {
            largest: largestOf(p, rest),
            rows: (leaf, units) => {
              const band = bands.get(leaf) ?? rowsOf(leaf)(p, rest)
              bands.set(leaf, band)
              return band(units)
            },
          }),
        )
      }
      return symmetricOperator(p, product(p, rest), matrix, {
        images: several(p, rest),
        largest: () => largestOf(p, rest),
      })
    },
  }
}

/** Rows of the Hessian for unit vectors of one leaf, at a point. */
type Rows<P, R> = (p: P, rest: R) => (units: Tensor) => Tensor

/**
 * The loss as a program; none where it cannot be staged, because it reads its numbers or takes what is no tree of tensors.
 * Whatever else went wrong will go wrong again eagerly, where its user can see it.
 */
const programOf = <P, R extends ReadonlyArray<unknown>>(loss: Loss<P, R>, p: P, rest: R): E.Either<string, Program> =>
  E.tryCatch(() => stage((staged: P, more: R) => loss(staged, ...more))(p, rest), String)

/** Whether a loss is to be compiled for parameters of this size: asked once for each size. */
export const compiles = <P, R extends ReadonlyArray<unknown>>(
  loss: Loss<P, R>,
  compilation: Compilation,
): ((p: P, rest: R) => boolean) => {
  const decided = new Map<number, boolean>()
  return (p, rest) => {
    if (isCompilationOff()) return false
    const key = leavesOf('objective', p).reduce((size, { tensor }) => size + tensor.size, 0)
    const found = decided.get(key) ?? decide(compilation, () => programOf(loss, p, rest)).compiled
    decided.set(key, found)
    return found
  }
}

export const lossFunctions = <P, R extends ReadonlyArray<unknown>>(
  loss: Loss<P, R>,
  compilation: Compilation,
): LossFunctions<P, R> => {
  const [eager, fast] = [eagerFunctions(loss), compiledFunctions(loss)]
  const isCompiled = compiles(loss, compilation)
  const choose = (p: P, rest: R): LossFunctions<P, R> => (isCompiled(p, rest) ? fast : eager)
  return {
    value: (p, rest) => choose(p, rest).value(p, rest),
    valueAndGrad: (p, rest) => choose(p, rest).valueAndGrad(p, rest),
    hessian: (p, rest) => choose(p, rest).hessian(p, rest),
  }
}
