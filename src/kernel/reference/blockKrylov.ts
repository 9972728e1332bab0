/**
 * Eigenpairs of symmetric operators by block Lanczos with full re-orthogonalisation and thick restarts (Wu and Simon 2000). The
 * basis is kept with the whole of its Rayleigh quotient, so that single vectors and blocks, first cycles and restarts, couplings and
 * invariant spaces are one algorithm.
 */
import type { Basis } from '../Basis.js'
import { symmetricEigen } from './eigen.js'
import { combineInto, divideRow, rowNorm, separate, settle } from './gramSchmidt.js'
import { coordinates, divided } from './krylov.js'
import { normOf } from './magnitude.js'

export type Which = 'smallest' | 'largest' | 'magnitude' | 'bothEnds'

export interface BlockSettings {
  readonly count: number
  readonly which: Which
  /** Relative to the largest Ritz value. */
  readonly tolerance: number
  readonly mostProducts: number
  /** The size of the basis at which it restarts. */
  readonly capacity: number
  readonly block: number
  readonly starts: ReadonlyArray<Float64Array>
  /** Fresh directions, as many as are asked for. */
  readonly fresh: (index: number) => Float64Array
  /** Whether to look for what one start has no part in, once all that is wanted is there. */
  readonly confirms: boolean
}

export interface BlockPairs {
  readonly values: ReadonlyArray<number>
  readonly vectors: ReadonlyArray<Float64Array>
  readonly residuals: ReadonlyArray<number>
  readonly products: number
  readonly restarts: number
  readonly scale: number
  readonly finite: boolean
}

/** The indices of ascending values that are wanted, the most wanted first. */
export const wantedOf = (values: ArrayLike<number>, which: Which, count: number): ReadonlyArray<number> => {
  const all = Array.from(values, (_, i) => i)
  const ends = all.map((i) => (i % 2 === 0 ? values.length - 1 - i / 2 : (i - 1) / 2))
  const order =
    which === 'smallest'
      ? all
      : which === 'largest'
        ? all.reverse()
        : which === 'magnitude'
          ? all.sort((i, j) => Math.abs(values[j]) - Math.abs(values[i]) || j - i)
          : ends
  return order.slice(0, count)
}

/**
 * Makes row w a unit vector orthogonal to the rows before it. False where what is left of it is rounding only; then the row is of no
 * use.
 */
const fitted = (basis: Basis, w: number, scale: number): boolean => {
  const length = rowNorm(basis, w)
  if (!(length > 1e-13 * scale)) return false
  divideRow(basis, w, length)
  return length * settle(basis, w, w + 1).length > 1e-13 * scale
}

/** Begins with an empty basis, in whose rows it works. */
export const blockKrylov = (
  basis: Basis,
  multiplyAll: (rows: ReadonlyArray<Float64Array>) => ReadonlyArray<Float64Array>,
  settings: BlockSettings,
): BlockPairs => {
  const { count, which, tolerance, capacity, block, fresh } = settings
  const n = basis.size
  /** The first rows are the basis, and those after them the next block. */
  let [size, following] = [0, 0]
  // Row j of the Rayleigh quotient, over the vectors known when it was made.
  let quotient: Array<Float64Array> = []
  let [products, restarts, drawn, scale] = [0, 0, 0, 0]
  let [confirming, finite] = [!settings.confirms, true]
  const place = (x: Float64Array, w: number): void => {
    basis.room(w + 1)
    basis.row(w).set(x)
  }
  const copies = (first: number, end: number): Array<Float64Array> =>
    Array.from({ length: end - first }, (_, i) => basis.row(first + i).slice())
  /** A block of new directions: of the candidates as far as they are new, of fresh ones otherwise. Gives their number. */
  const newcomers = (candidates: ReadonlyArray<Float64Array>, longest: number, wanted: number): number => {
    let found = 0
    for (const candidate of candidates) {
      if (size + found >= n) return found
      place(candidate, size + found)
      if (fitted(basis, size + found, Math.max(longest, normOf(candidate) * 1e-3))) found += 1
    }
    while (found < wanted && size + found < n) {
      const candidate = fresh(drawn)
      drawn += 1
      place(candidate, size + found)
      if (fitted(basis, size + found, normOf(candidate))) found += 1
      else if (drawn > 4 * n + 64) return found
    }
    return found
  }
  following = newcomers(settings.starts.slice(0, Math.max(block, settings.starts.length)), 0, block)
  const decomposed = (): { readonly values: Float64Array; readonly vectors: Float64Array } | undefined => {
    const k = size
    const full = new Float64Array(k * k)
    for (let i = 0; i < k; i++)
      for (let j = 0; j < quotient[i].length; j++) full[i * k + j] = full[j * k + i] = quotient[i][j]
    const found = symmetricEigen(k, full)
    return found === undefined ? undefined : { values: found.values, vectors: found.vectors() }
  }
  /** Written beyond the next block. */
  const ritz = (vectors: Float64Array, i: number): Float64Array => {
    const at = size + following
    basis.room(at + 1)
    combineInto(
      basis,
      Float64Array.from({ length: size }, (_, j) => vectors[j * size + i]),
      at,
    )
    return basis.row(at).slice()
  }
  const ended = (): BlockPairs => {
    const found = finite ? decomposed() : undefined
    const empty = { values: [], vectors: [], residuals: [], products, restarts, scale, finite: false }
    if (found === undefined) return empty
    const wanted = wantedOf(found.values, which, count)
    const vectors = wanted.map((i) => {
      const vector = ritz(found.vectors, i)
      return divided(vector, normOf(vector))
    })
    const values = wanted.map((i) => found.values[i])
    // One product for each pair: what is claimed is measured.
    const images = vectors.length === 0 ? [] : multiplyAll(vectors)
    const residuals = images.map((image, i) => normOf(image.map((entry, at) => entry - values[i] * vectors[i][at])))
    products += vectors.length
    return residuals.every(Number.isFinite)
      ? { ...empty, values, vectors, residuals, products, finite: true }
      : { ...empty, products }
  }
  while (true) {
    if (following === 0 || products + following + count > settings.mostProducts) return ended()
    const first = size
    size += following
    // Nothing writes into the rows while they are multiplied.
    const images = multiplyAll(Array.from({ length: following }, (_, i) => basis.row(first + i)))
    products += following
    const rests: Array<Float64Array> = []
    for (let i = 0; i < images.length; i++) {
      const length = normOf(images[i])
      place(images[i], size)
      const { coordinates: row } = separate(basis, size, size)
      if (!(normOf(row) < Infinity && length < Infinity)) {
        finite = false
        return ended()
      }
      scale = Math.max(scale, length)
      quotient.push(row.slice(0, first + i + 1))
      rests.push(basis.row(size).slice())
    }
    const isFull = size >= n || (capacity < n && size + block > capacity)
    following = newcomers(rests, scale, isFull ? 0 : block)
    if (!isFull) continue
    const found = decomposed()
    if (found === undefined || size >= n) return ended()
    // How far the last block's images leave the basis, for each Ritz vector.
    const k = size
    const next = copies(k, k + following)
    const leaves = next.map((unit) => coordinates(rests, unit))
    const wanted = wantedOf(found.values, which, count)
    const largest = Math.max(Math.abs(found.values[0]), Math.abs(found.values[k - 1]))
    const isDone = wanted.every((i) => {
      const parts = leaves.map((along) =>
        along.reduce((sum, part, j) => sum + part * found.vectors[(first + j) * k + i], 0),
      )
      return normOf(Float64Array.from(parts)) <= tolerance * largest
    })
    if (isDone && confirming) return ended()
    // While confirming, only what is done stays; else also what may become of use.
    const kept = isDone
      ? wanted
      : wantedOf(found.values, which, Math.min(k - block, count + Math.floor((k - count) / 2)))
    const vectors = kept.map((i) => ritz(found.vectors, i))
    const values = kept.map((i) => found.values[i])
    for (size = 0; size < vectors.length; size++) {
      place(vectors[size], size)
      fitted(basis, size, 1)
    }
    quotient = values.map((value, i) => Float64Array.from({ length: i + 1 }, (_, j) => (i === j ? value : 0)))
    restarts += 1
    if (isDone) {
      confirming = true
      following = newcomers([], scale, block)
    } else {
      if (next.length === 0) confirming = false
      following = newcomers(next, 1, block)
    }
  }
}
