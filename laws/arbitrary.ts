/** What laws speak about: tensors, orthogonal and symmetric matrices whose spectra are known by construction, and points near saddles. */
import * as fc from 'fast-check'
import { eye, fromFloat64Array, matmul, mul, outer, sub, type Tensor, tensor, transpose } from '../src/index.js'

const resolution = 2 ** 20

/**
 * Numbers spread evenly over a range, in steps of 2⁻²⁰, that shrink towards 0 or the bound next to it. Random doubles are spread
 * evenly over bit patterns instead, and so are tiny nearly always.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { evenly } from 'gradus/laws'
 * fc.sample(evenly(-1, 1), 100).some((x) => Math.abs(x) > 0.5) // => true
 *
 * @since 0.1.0
 */
export const evenly = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(min * resolution), max: Math.floor(max * resolution) }).map((steps) => steps / resolution)

/**
 * Numbers at which many operations have a kink, a pole or an end of their domain: 0 with both signs, ±½, ±1 and ±2.
 *
 * @since 0.1.0
 */
export const kinkNumbers: ReadonlyArray<number> = [0, -0, 0.5, -0.5, 1, -1, 2, -2]

/**
 * Numbers at which arithmetic ends: NaN, the infinities, the largest, the smallest, and the neighbors of 1.
 *
 * @since 0.1.0
 */
export const specialNumbers: ReadonlyArray<number> = [
  ...[Number.NaN, Infinity, -Infinity, 0, -0],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1022],
  ...[1 + Number.EPSILON, 1 - Number.EPSILON / 2, 709.78, -745.13],
]

/**
 * Which entries tensors have.
 *
 * @since 0.1.0
 */
export interface EntryOptions {
  /** Default −3. */
  readonly min?: number
  /** Default 3. */
  readonly max?: number
  /** Numbers that are drawn for about every fourth entry, `kinkNumbers` or `specialNumbers` for example; default none. */
  readonly among?: ReadonlyArray<number>
}

const entriesOf = ({ min = -3, max = 3, among = [] }: EntryOptions): fc.Arbitrary<number> =>
  among.length === 0
    ? evenly(min, max)
    : fc.oneof({ weight: 3, arbitrary: evenly(min, max) }, { weight: 1, arbitrary: fc.constantFrom(...among) })

const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((n, length) => n * length, 1)

/**
 * Tensors of a shape with finite entries in a range (default −3 to 3); they shrink towards zeros. With `among`, some entries
 * are drawn from a list of numbers instead.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { specialNumbers, tensors } from 'gradus/laws'
 * fc.sample(tensors([2, 3]), 1)[0]?.shape // => [2, 3]
 * fc.sample(tensors([9], { among: specialNumbers }), 1)[0]?.size // => 9
 *
 * @since 0.1.0
 */
export const tensors = (shape: ReadonlyArray<number>, options: EntryOptions = {}): fc.Arbitrary<Tensor> =>
  fc
    .array(entriesOf(options), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((entries) => fromFloat64Array(Float64Array.from(entries), shape))

/**
 * Which shapes tensors have.
 *
 * @since 0.1.0
 */
export interface ShapeOptions {
  /** Default 0. */
  readonly minRank?: number
  /** Default 3. */
  readonly maxRank?: number
  /** Of each axis; default 1. */
  readonly minLength?: number
  /** Of each axis; default 3. */
  readonly maxLength?: number
}

/**
 * Tensors of any shape: both the shape and the entries shrink, the shape towards a scalar and the entries towards zeros.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { anyTensors } from 'gradus/laws'
 * fc.sample(anyTensors({ minRank: 1, maxLength: 2 }), 50).every(({ rank, size }) => rank >= 1 && size <= 8) // => true
 *
 * @since 0.1.0
 */
export const anyTensors = (options: ShapeOptions & EntryOptions = {}): fc.Arbitrary<Tensor> => {
  const { minRank = 0, maxRank = 3, minLength = 1, maxLength = 3 } = options
  const most = maxLength ** maxRank
  // Entries are drawn for the largest shape, so that a smaller shape keeps those that it still has room for.
  return fc
    .tuple(
      fc.array(fc.integer({ min: minLength, max: maxLength }), { minLength: minRank, maxLength: maxRank, size: 'max' }),
      fc.array(entriesOf(options), { minLength: most, maxLength: most }),
    )
    .map(([shape, entries]) => fromFloat64Array(Float64Array.from(entries.slice(0, sizeOf(shape))), shape))
}

/** A number whose size is in a range, of either sign. */
const signed = (min: number, max: number): fc.Arbitrary<number> =>
  fc.tuple(fc.constantFrom(1, -1), evenly(min, max)).map(([sign, size]) => sign * size)

/** I − 2 v vᵀ / vᵀv; the identity for a vector too short to give a direction. */
const reflection = (entries: ReadonlyArray<number>): Tensor => {
  const square = entries.reduce((total, x) => total + x * x, 0)
  const identity = eye(entries.length)
  return square < 1e-3 ? identity : sub(identity, mul(2 / square, outer(tensor(entries), tensor(entries))))
}

/**
 * Orthogonal matrices: products of n reflections, so every rotation is among them; they shrink towards the identity.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { orthogonalMatrices } from 'gradus/laws'
 * fc.sample(orthogonalMatrices(3), 1)[0]?.shape // => [3, 3]
 *
 * @since 0.1.0
 */
export const orthogonalMatrices = (n: number): fc.Arbitrary<Tensor> =>
  fc
    .array(fc.array(evenly(-1, 1), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    })
    .map((vectors) => vectors.map(reflection).reduce((product, each) => matmul(product, each), eye(n)))

/**
 * Kinds of spectra: all signs alike, both signs, sizes within a factor of four (well conditioned), with zeros and repetitions,
 * with repetitions and no zero, or with sizes from 10⁻⁶ to 1 (ill conditioned).
 *
 * @since 0.1.0
 */
export type Spectrum =
  | 'positive'
  | 'negative'
  | 'indefinite'
  | 'moderate'
  | 'degenerate'
  | 'repeated'
  | 'ill conditioned'

/** Eigenvalues of a kind; sizes from 0.1 to 10, so that a law's tolerance need not depend on the condition. */
const eigenvaluesOf = (spectrum: Spectrum, n: number): fc.Arbitrary<ReadonlyArray<number>> => {
  const many = <A>(one: fc.Arbitrary<A>): fc.Arbitrary<ReadonlyArray<A>> =>
    fc.array(one, { minLength: n, maxLength: n })
  switch (spectrum) {
    case 'positive':
      return many(evenly(0.1, 10))
    case 'negative':
      return many(evenly(-10, -0.1))
    case 'indefinite':
      return many(signed(0.1, 10)).map(([first = 1, ...others]) => {
        const last = others[others.length - 1]
        return last === undefined ? [-Math.abs(first)] : [-Math.abs(first), ...others.slice(0, -1), Math.abs(last)]
      })
    case 'moderate':
      return many(signed(0.5, 2))
    case 'degenerate':
      return many(fc.constantFrom(0, 1, -1, 2, -2)).map(([, ...others]) => [0, ...others])
    case 'repeated':
      return many(fc.constantFrom(1, -1)).map((signs) => signs.map((sign, i) => (i < 2 ? 1 : 2 * sign)))
    case 'ill conditioned':
      return many(fc.tuple(signed(1, 9), fc.integer({ min: 1, max: 6 }))).map((parts) =>
        parts.map(([leading, digits], i) => (i === 0 ? 1 : i === 1 ? 1e-6 : leading * 10 ** -digits)),
      )
  }
}

/**
 * A symmetric matrix with its eigen-decomposition, known because it was made from it.
 *
 * @since 0.1.0
 */
export interface Symmetric {
  readonly matrix: Tensor
  /** Eigenvectors as columns. */
  readonly basis: Tensor
  /** The eigenvalue of each column, in no particular order. */
  readonly eigenvalues: ReadonlyArray<number>
}

/**
 * Q diag(values) Qᵀ, exactly symmetric.
 *
 * @example
 * import { eye, toArray } from 'gradus'
 * import { symmetricOf } from 'gradus/laws'
 * toArray(symmetricOf(eye(2), [3, -1]).matrix) // => [[3, 0], [0, -1]]
 *
 * @since 0.1.0
 */
export const symmetricOf = (basis: Tensor, eigenvalues: ReadonlyArray<number>): Symmetric => {
  const product = matmul(mul(basis, tensor(eigenvalues)), transpose(basis))
  return { matrix: mul(0.5, sub(product, mul(-1, transpose(product)))), basis, eigenvalues }
}

/**
 * Symmetric matrices of n rows with a spectrum of the given kind, in a random basis.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { symmetricMatrices } from 'gradus/laws'
 * fc.sample(symmetricMatrices('positive', 3), 20).every(({ eigenvalues }) => eigenvalues.every((x) => x > 0)) // => true
 *
 * @since 0.1.0
 */
export const symmetricMatrices = (spectrum: Spectrum, n: number): fc.Arbitrary<Symmetric> =>
  fc
    .tuple(orthogonalMatrices(n), eigenvaluesOf(spectrum, n))
    .map(([basis, eigenvalues]) => symmetricOf(basis, eigenvalues))

/**
 * Invertible matrices whose singular values lie between 1/2 and 2.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { invertibleMatrices } from 'gradus/laws'
 * fc.sample(invertibleMatrices(2), 1)[0]?.shape // => [2, 2]
 *
 * @since 0.1.0
 */
export const invertibleMatrices = (n: number): fc.Arbitrary<Tensor> =>
  fc
    .tuple(orthogonalMatrices(n), fc.array(evenly(0.5, 2), { minLength: n, maxLength: n }), orthogonalMatrices(n))
    .map(([left, sizes, right]) => matmul(mul(left, tensor(sizes)), right))

/**
 * A quadratic with a saddle at the origin and a starting point that is close to it: as close as 10⁻⁶ along negative curvature.
 *
 * @since 0.1.0
 */
export interface NearSaddle extends Symmetric {
  readonly start: Tensor
  /** The coordinates of `start` along the eigenvectors. */
  readonly coordinates: ReadonlyArray<number>
}

/**
 * Points near saddles of n dimensions.
 *
 * @example
 * import * as fc from 'fast-check'
 * import { nearSaddles } from 'gradus/laws'
 * fc.sample(nearSaddles(3), 20).every(({ eigenvalues }) => Math.min(...eigenvalues) < 0) // => true
 *
 * @since 0.1.0
 */
export const nearSaddles = (n: number): fc.Arbitrary<NearSaddle> =>
  fc
    .tuple(
      symmetricMatrices('indefinite', n),
      fc.array(signed(1, 9.9), { minLength: n, maxLength: n }),
      fc.integer({ min: 1, max: 6 }),
    )
    .map(([symmetric, leading, digits]) => {
      const coordinates = leading.map((x) => x * 10 ** -digits)
      return { ...symmetric, coordinates, start: matmul(symmetric.basis, tensor(coordinates)) }
    })
