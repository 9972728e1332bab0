/**
 * Eigenpairs of symmetric operators by block Lanczos with full re-orthogonalisation and thick restarts (Wu and Simon 2000). The
 * basis is kept with the whole of its Rayleigh quotient, so that single vectors and blocks, first cycles and restarts, couplings and
 * invariant spaces are one algorithm.
 */
import { symmetricEigen } from './eigen.js'
import { combination, coordinates, divided, normOf, projectOut } from './krylov.js'

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

/** What is left of x beside the basis, made a unit vector; undefined where it is rounding only. */
const fitted = (basis: ReadonlyArray<Float64Array>, x: Float64Array, scale: number): Float64Array | undefined => {
  const rest = projectOut(basis, x)
  const length = normOf(rest)
  if (!(length > 1e-13 * scale)) return undefined
  // Once more: of a small rest much may be rounding along the basis.
  const again = projectOut(basis, divided(rest, length))
  const left = normOf(again)
  return left > 0.5 ? divided(again, left) : undefined
}

export const blockKrylov = (
  n: number,
  multiplyAll: (rows: ReadonlyArray<Float64Array>) => ReadonlyArray<Float64Array>,
  settings: BlockSettings,
): BlockPairs => {
  const { count, which, tolerance, capacity, block, fresh } = settings
  let basis: Array<Float64Array> = []
  // Row j of the Rayleigh quotient, over the vectors known when it was made.
  let quotient: Array<Float64Array> = []
  let [products, restarts, drawn, scale] = [0, 0, 0, 0]
  let [confirming, finite] = [!settings.confirms, true]
  /** A block of new directions: of the candidates as far as they are new, of fresh ones otherwise. */
  const newcomers = (candidates: ReadonlyArray<Float64Array>, size: number, wanted: number): Array<Float64Array> => {
    const found: Array<Float64Array> = []
    for (const candidate of candidates) {
      if (basis.length + found.length >= n) return found
      const unit = fitted([...basis, ...found], candidate, Math.max(size, normOf(candidate) * 1e-3))
      if (unit !== undefined) found.push(unit)
    }
    while (found.length < wanted && basis.length + found.length < n) {
      const candidate = fresh(drawn)
      drawn += 1
      const unit = fitted([...basis, ...found], candidate, normOf(candidate))
      if (unit !== undefined) found.push(unit)
      else if (drawn > 4 * n + 64) return found
    }
    return found
  }
  let next = newcomers(settings.starts.slice(0, Math.max(block, settings.starts.length)), 0, block)
  const decomposed = (): { readonly values: Float64Array; readonly vectors: Float64Array } | undefined => {
    const k = basis.length
    const full = new Float64Array(k * k)
    for (let i = 0; i < k; i++)
      for (let j = 0; j < quotient[i].length; j++) full[i * k + j] = full[j * k + i] = quotient[i][j]
    const found = symmetricEigen(k, full)
    return found === undefined ? undefined : { values: found.values, vectors: found.vectors() }
  }
  const ritz = (vectors: Float64Array, i: number): Float64Array => {
    const k = basis.length
    return combination(
      n,
      basis,
      Float64Array.from({ length: k }, (_, j) => vectors[j * k + i]),
    )
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
    return { ...empty, values, vectors, residuals, products: products + vectors.length, finite: true }
  }
  while (true) {
    if (next.length === 0 || products + next.length + count > settings.mostProducts) return ended()
    const images = multiplyAll(next)
    products += next.length
    const first = basis.length
    basis.push(...next)
    for (let i = 0; i < images.length; i++) {
      const row = coordinates(basis.slice(0, first + i + 1), images[i])
      if (!(normOf(row) < Infinity && normOf(images[i]) < Infinity)) {
        finite = false
        return ended()
      }
      scale = Math.max(scale, normOf(images[i]))
      quotient.push(row)
    }
    const rests = images.map((image) => projectOut(basis, image))
    const isFull = basis.length >= n || (capacity < n && basis.length + block > capacity)
    next = newcomers(rests, scale, isFull ? 0 : block)
    if (!isFull) continue
    const found = decomposed()
    if (found === undefined || basis.length >= n) return ended()
    // How far the last block's images leave the basis, for each Ritz vector.
    const k = basis.length
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
    basis = []
    for (const vector of vectors) basis.push(fitted(basis, vector, 1) ?? vector)
    quotient = values.map((value, i) => Float64Array.from({ length: i + 1 }, (_, j) => (i === j ? value : 0)))
    restarts += 1
    if (isDone) {
      confirming = true
      next = newcomers([], scale, block)
    } else {
      if (next.length === 0) confirming = false
      next = newcomers(next, 1, block)
    }
  }
}
