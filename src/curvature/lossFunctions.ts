/** What optimizers compute of a loss, eagerly or compiled: the choice is made once, from the program of the loss. */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { compile, compileCurried } from '../program/compile.js'
import { stage } from '../program/stage.js'
import { type Loss, valueAndGrad } from '../transform/grad.js'
import { matrixOf, secondOrder } from '../transform/hvp.js'
import { symmetricOperator } from './hessian.js'

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
    return symmetricOperator(p, product, () => matrixOf(p, { rows, largest }))
  },
})

/** Everything through programs, each staged at its first use and kept for all points of the same shapes. */
export const compiledFunctions = <P, R extends ReadonlyArray<unknown>>(loss: Loss<P, R>): LossFunctions<P, R> => {
  const { value, valueAndGrad: both } = eagerFunctions(loss)
  const product = compileCurried((p: P, rest: R) => secondOrder('hessian', loss, p, rest).product)
  const known = new Map<number, Rows<P, R>>()
  const rowsOf = (leaf: number): Rows<P, R> => {
    const rows =
      known.get(leaf) ??
      compileCurried((p: P, rest: R) => (units: Tensor) => secondOrder('hessian', loss, p, rest).rows(leaf, units))
    known.set(leaf, rows)
    return rows
  }
  return {
    value: compile(value),
    valueAndGrad: compile(both),
    hessian: (p, rest) =>
      symmetricOperator(p, product(p, rest), () => {
        // The eager record costs one gradient, and says how much of the Hessian fits into the cache at once.
        const { largest } = secondOrder('hessian', loss, p, rest)
        const bands = new Map<number, (units: Tensor) => Tensor>()
        return matrixOf(p, {
          largest,
          rows: (leaf, units) => {
            const band = bands.get(leaf) ?? rowsOf(leaf)(p, rest)
            bands.set(leaf, band)
            return band(units)
          },
        })
      }),
  }
}

/** Rows of the Hessian for unit vectors of one leaf, at a point. */
type Rows<P, R> = (p: P, rest: R) => (units: Tensor) => Tensor

/** A loss whose value touches fewer numbers than this is faster eagerly than staged, compiled and called through an arena. */
const worthCompiling = 4096

/**
 * Numbers that one value of the loss reads and writes; none where it cannot be staged, because it reads its numbers or takes
 * what is no tree of tensors. Whatever else went wrong will go wrong again eagerly, where its user can see it.
 */
const costOf = <P, R extends ReadonlyArray<unknown>>(loss: Loss<P, R>, p: P, rest: R): O.Option<number> =>
  pipe(
    O.tryCatch(() => stage((staged: P, more: R) => loss(staged, ...more))(p, rest)),
    O.map(({ instructions }) => instructions.reduce((total, { shape }) => total + sizeOf(shape), 0)),
  )

/** `'auto'` compiles a loss that can be staged and that is large enough for it to pay; the same loss always gets the same answer. */
export type Compilation = 'auto' | 'always' | 'never'

export const lossFunctions = <P, R extends ReadonlyArray<unknown>>(
  loss: Loss<P, R>,
  compilation: Compilation,
): LossFunctions<P, R> => {
  const [eager, fast] = [eagerFunctions(loss), compiledFunctions(loss)]
  const chosen = new Map<string, LossFunctions<P, R>>()
  const choose = (p: P, rest: R): LossFunctions<P, R> => {
    if (compilation !== 'auto') return compilation === 'always' ? fast : eager
    const key = String(ravel(p)[0].size)
    const found =
      chosen.get(key) ?? (O.exists((cost: number) => cost >= worthCompiling)(costOf(loss, p, rest)) ? fast : eager)
    chosen.set(key, found)
    return found
  }
  return {
    value: (p, rest) => choose(p, rest).value(p, rest),
    valueAndGrad: (p, rest) => choose(p, rest).valueAndGrad(p, rest),
    hessian: (p, rest) => choose(p, rest).hessian(p, rest),
  }
}
