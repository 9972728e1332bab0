/** A Krylov basis that grows one product at a time until it is enough: the Lanczos process with a question after each step. */
import { fromFloat64Array } from '../data/construct.js'
import { bufferOf } from '../data/Tensor.js'
import { ravel } from '../function/tree.js'
import { combination, coordinates, divided, normOf, projectOut } from '../kernel/reference/krylov.js'
import type { LinearOperator } from './LinearOperator.js'

export interface GrownBasis<P> {
  readonly basis: ReadonlyArray<Float64Array>
  /** Vᵀ A V by rows. */
  readonly restricted: ReadonlyArray<ReadonlyArray<number>>
  readonly expand: (y: Float64Array) => P
  /** What the space started from. */
  readonly flat: Float64Array
}

/** A direction is new when this much of it is left after projection, relative to what there was. */
const novelty = 1e-10

interface Growth {
  readonly basis: ReadonlyArray<Float64Array>
  readonly images: ReadonlyArray<Float64Array>
}

const restrictedOf = ({ basis, images }: Growth): ReadonlyArray<ReadonlyArray<number>> => {
  const rows = images.map((each) => coordinates(basis, each))
  // The two halves differ by rounding only; their mean is symmetric.
  return rows.map((row, i) => [...row].map((entry, j) => (entry + (rows[j]?.[i] ?? 0)) / 2))
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
  const [, unravel] = ravel(operator.like)
  const flatten = (x: P): Float64Array => bufferOf(ravel(x)[0])
  const image = (v: Float64Array): Float64Array => flatten(operator.apply(unravel(fromFloat64Array(v, [v.length]))))
  const flat = flatten(start)
  const grow = (growth: Growth, direction: Float64Array): Growth => {
    const grown = { basis: [...growth.basis, direction], images: [...growth.images, image(direction)] }
    const last = grown.images[grown.images.length - 1] ?? direction
    const rest = projectOut(grown.basis, last)
    const length = normOf(rest)
    const isInvariant = !(length > novelty * normOf(last))
    const ends = grown.basis.length >= Math.min(dimension, operator.size) || isInvariant
    return ends || enough(restrictedOf(grown), length) ? grown : grow(grown, divided(rest, length))
  }
  const length = normOf(flat)
  const grown = length > 0 ? grow({ basis: [], images: [] }, divided(flat, length)) : { basis: [], images: [] }
  return {
    basis: grown.basis,
    restricted: restrictedOf(grown),
    expand: (y) => unravel(fromFloat64Array(combination(operator.size, grown.basis, y), [operator.size])),
    flat,
  }
}
