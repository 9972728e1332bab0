/** What the curvature looks like at a point: the smallest eigenvalue, and the whole spectrum. None of it counts as work. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { type Key, normal } from '../function/random.js'
import { ravel } from '../function/tree.js'
import { eigen } from '../operator/eigen.js'
import type { LinearOperator } from '../operator/LinearOperator.js'
import { lanczos } from '../operator/lanczos.js'

/** Up to this size the whole spectrum is computed at the end of a run, which costs as much as one exact step. */
export const exactUpTo = 2000

const eigenvalues = (matrix: Tensor): ReadonlyArray<number> =>
  pipe(
    eigen(matrix),
    E.match(
      () => [],
      ({ values }) => [...toFloat64Array(values)],
    ),
  )

/**
 * Eigenvalues of the operator inside a Krylov space that begins at a random vector, ascending: the extreme ones are close to
 * those of the operator, and never beyond them.
 */
export const ritzValues =
  (key: Key, products: number) =>
  <P>(operator: LinearOperator<P>): ReadonlyArray<number> => {
    const [, unravel] = ravel(operator.like)
    const start = unravel(fromFloat64Array(toFloat64Array(normal(key, [operator.size])), [operator.size]))
    return eigenvalues(lanczos({ start, dimension: Math.min(products, operator.size) })(operator).restricted)
  }

/** The smallest eigenvalue by so many products, from above; NaN where the Hessian is not finite. */
export const smallestEigenvalue =
  (key: Key, products: number) =>
  <P>(operator: LinearOperator<P>): number =>
    ritzValues(key, products)(operator)[0] ?? Number.NaN

/** All eigenvalues, ascending; none where the Hessian is not finite. */
export const spectrum = <P>(operator: LinearOperator<P>): ReadonlyArray<number> => eigenvalues(operator.matrix())
