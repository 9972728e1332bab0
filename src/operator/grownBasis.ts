/** A Krylov basis that grows one product at a time until it is enough: the Lanczos process with a question after each step. */
import { openBasis } from '../kernel/provider.js'
import { combineInto } from '../kernel/reference/gramSchmidt.js'
import { type LanczosRun, lanczosRun, tridiagonalRows } from '../kernel/reference/lanczosRun.js'
import { flatOf } from './flat.js'
import type { LinearOperator } from './LinearOperator.js'

export interface GrownBasis<P> {
  readonly dimension: number
  /** Vᵀ A V by rows. */
  readonly restricted: ReadonlyArray<ReadonlyArray<number>>
  readonly expand: (y: Float64Array) => P
  /** The length of what the space started from, which is along its first vector. */
  readonly length: number
}

/** A direction is new when this much of it is left after projection, relative to what there was. */
const novelty = 1e-10

const restrictedOf = (run: LanczosRun): ReadonlyArray<ReadonlyArray<number>> => {
  const rows = tridiagonalRows(run)
  return rows.map((_, i) => rows.map((_, j) => rows[Math.max(i, j)]?.[Math.min(i, j)] ?? 0))
}

/**
 * Grows from `start` up to a dimension, asking after each product whether what is known is enough: VᵀAV, and the length of the
 * part of A vₖ outside of the space.
 */
export const grownBasis = <P>(
  operator: LinearOperator<P>,
  start: P,
  dimension: number,
  enough: (restricted: ReadonlyArray<ReadonlyArray<number>>, next: number) => boolean,
): GrownBasis<P> => {
  const { size, load, image, cut } = flatOf(operator)
  const basis = openBasis(size)
  basis.room(1)
  load(start, basis.row(0))
  const run = lanczosRun(basis, image, {
    most: dimension,
    novelty,
    against: 'image',
    stops: (so) => enough(restrictedOf(so), so.couplings[so.count - 1] ?? 0),
  })
  const { count, length } = run
  return {
    dimension: count,
    restricted: restrictedOf(run),
    expand: (y) => {
      basis.room(count + 1)
      combineInto(basis, y, count)
      return cut(basis.row(count))
    },
    length,
  }
}
