/** Operators as functions of plain vectors, which is what Krylov methods in the kernel run on. */
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, withLeaves } from '../data/Tree.js'
import { ravel } from '../function/tree.js'
import { placeAll } from '../kernel/reference/krylov.js'
import { reshape } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'
import type { LinearOperator } from './LinearOperator.js'

/** An operator over raveled trees. */
export interface Flat<P> {
  readonly size: number
  /** Of a tree with the structure of `like`. Read, and never written into: it may be the buffer of a tensor. */
  readonly ravel: (x: unknown) => Float64Array
  /** Takes the vector over: nobody may write into it afterwards. */
  readonly unravel: (x: Float64Array) => P
  /** Reads what it is given before it returns, and keeps nothing of it. */
  readonly multiply: (x: Float64Array) => Float64Array
  /** A tree of what the vector holds now. */
  readonly cut: (x: Float64Array) => P
  /** Writes the entries of a tree into a vector. */
  readonly load: (x: unknown, into: Float64Array) => void
  /** Writes the image of a vector into another; reads the first before it returns, and keeps nothing of either. */
  readonly image: (x: Float64Array, into: Float64Array) => void
}

/** All entries of trees with the structure of `like`, in the order of its leaves. */
const flatten =
  (like: unknown) =>
  (x: unknown): Tensor => {
    const leaves = alignedLeaves('operator', like, x)
    const [only] = leaves
    return only === undefined
      ? zeros([0])
      : leaves.length === 1
        ? reshape(only, [only.size])
        : concat(leaves.map((leaf) => reshape(leaf, [leaf.size])))
  }

/** What compiled products can do besides: from vector to vector, with no trees between. See `compileCurried`. */
interface Writes<P> {
  readonly write?: (like: readonly [P], x: Float64Array, into: Float64Array) => void
}

export const flatOf = <P>({ like, size, apply }: Pick<LinearOperator<P>, 'like' | 'size' | 'apply'>): Flat<P> => {
  const [, unraveled] = ravel(like)
  const flat = flatten(like)
  const unravel = (x: Float64Array): P => unraveled(adopt(x, [x.length]))
  const leaves = leavesOf('operator', like).map(({ tensor }) => tensor)
  const starts = leaves.map((_, i) => leaves.slice(0, i).reduce((n, leaf) => n + leaf.size, 0))
  /** One copy of each leaf, and no other. */
  const cut = (x: Float64Array): P =>
    withLeaves(
      like,
      leaves.map(({ shape, size: length }, i) => adopt(x.slice(starts[i], (starts[i] ?? 0) + length), shape)),
    )
  const load = (x: unknown, into: Float64Array): void => {
    placeAll(alignedLeaves('operator', like, x).map(bufferOf), into)
  }
  const { write } = apply as typeof apply & Writes<P>
  const image: Flat<P>['image'] =
    write === undefined
      ? (x, into) => {
          load(apply(cut(x)), into)
        }
      : (x, into) => {
          write([like], x, into)
        }
  return {
    size,
    ravel: (x) => bufferOf(flat(x)),
    unravel,
    multiply: (x) => {
      const found = new Float64Array(size)
      image(x, found)
      return found
    },
    cut,
    load,
    image,
  }
}

/** The images of the rows of `[count, size]`, together where the operator can. */
export const imagesOf =
  <P>({ like, apply, size, applyMany }: Omit<LinearOperator<P>, 'matrix'>) =>
  (rows: Tensor): Tensor => {
    const [count = 0, width = -1] = rows.shape
    if (rows.rank !== 2 || width !== size)
      return raise(
        'ShapeMismatch',
        `applyMany: expected rows of ${size} entries, [count, ${size}], got ${showShape(rows.shape)}.`,
      )
    if (count === 0) return zeros([0, size])
    if (applyMany !== undefined) return applyMany(rows)
    const [, unravel] = ravel(like)
    const flat = flatten(like)
    return concat(
      Array.from({ length: count }, (_, i) =>
        reshape(flat(apply(unravel(reshape(slice(rows, [i, 0], [i + 1, size]), [size])))), [1, size]),
      ),
    )
  }
