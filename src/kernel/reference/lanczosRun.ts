/** One Lanczos run: an orthonormal basis, and the tridiagonal matrix that the operator is on it. */
import { symmetricEigen } from './eigen.js'
import { combination, divided, dotOf, normOf, projectOut } from './krylov.js'

export interface LanczosRun {
  readonly basis: ReadonlyArray<Float64Array>
  readonly diagonal: ReadonlyArray<number>
  /** How far each image leaves the basis; the last one is outside of the matrix. */
  readonly couplings: ReadonlyArray<number>
  /** ‖start‖. */
  readonly length: number
  /** The space is invariant: the operator is known on it exactly. */
  readonly invariant: boolean
  readonly finite: boolean
}

/** Ends after `most` vectors, when the space is invariant, or when `stops` says so, which is asked after each vector. */
export const lanczosRun = (
  multiply: (v: Float64Array) => Float64Array,
  start: Float64Array,
  most: number,
  stops: (run: LanczosRun) => boolean = () => false,
): LanczosRun => {
  const basis: Array<Float64Array> = []
  const diagonal: Array<number> = []
  const couplings: Array<number> = []
  const length = normOf(start)
  const known = (invariant: boolean, finite = true): LanczosRun => ({
    basis,
    diagonal,
    couplings,
    length,
    invariant,
    finite,
  })
  if (!(length < Infinity)) return known(false, false)
  if (length === 0) return known(true)
  let scale = 0
  let v = divided(start, length)
  while (basis.length < most) {
    const image = multiply(v)
    basis.push(v)
    const along = dotOf(v, image)
    if (!(Math.abs(along) < Infinity && normOf(image) < Infinity)) {
      basis.pop()
      return known(false, false)
    }
    diagonal.push(along)
    scale = Math.max(scale, normOf(image))
    const rest = projectOut(basis, image)
    const coupling = normOf(rest)
    couplings.push(coupling)
    if (!(coupling > 1e-13 * scale) || basis.length === start.length) return known(true)
    if (stops(known(false))) break
    const next = divided(rest, coupling)
    // A small rest may be rounding along the basis for a large part.
    const again = projectOut(basis, next)
    v = divided(again, normOf(again))
  }
  return known(false)
}

export interface RitzSystem {
  readonly values: Float64Array
  /** First entries of the eigenvectors: the parts that the start has in them. */
  readonly parts: Float64Array
  /** k×k, an eigenvector in each column. */
  readonly vectors: Float64Array
}

export const ritzOf = ({ diagonal, couplings }: LanczosRun): RitzSystem => {
  const k = diagonal.length
  const full = new Float64Array(k * k)
  for (let i = 0; i < k; i++) {
    full[i * k + i] = diagonal[i]
    if (i > 0) full[i * k + i - 1] = full[(i - 1) * k + i] = couplings[i - 1]
  }
  const found = k === 0 ? undefined : symmetricEigen(k, full)
  if (found === undefined) return { values: new Float64Array(0), parts: new Float64Array(0), vectors: full }
  const vectors = found.vectors()
  return { values: found.values, parts: vectors.slice(0, k), vectors }
}

/** The coordinates of f(A) start in the basis: ‖start‖ S f(θ) Sᵀ e₁. */
export const functionCoordinates = (run: LanczosRun, f: (x: number) => number): Float64Array => {
  const { values, parts, vectors } = ritzOf(run)
  const k = values.length
  const scaled = values.map((value, i) => run.length * f(value) * parts[i])
  const out = new Float64Array(k)
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) out[i] += vectors[i * k + j] * scaled[j]
  return out
}

export interface Applied {
  readonly image: Float64Array
  /** ‖f(A) v − image‖, estimated by what the last vectors have changed. */
  readonly error: number
  readonly iterations: number
  readonly converged: boolean
  readonly finite: boolean
}

/** Between two looks at f(T), which costs k³. */
const stride = 4

export const applyByLanczos = (
  multiply: (v: Float64Array) => Float64Array,
  start: Float64Array,
  f: (x: number) => number,
  tolerance: number,
  most: number,
): Applied => {
  let known: Float64Array = new Float64Array(0)
  let error = Infinity
  let converged = false
  const compare = (run: LanczosRun): void => {
    const found = functionCoordinates(run, f)
    let total = 0
    for (let i = 0; i < found.length; i++) total = Math.hypot(total, found[i] - (i < known.length ? known[i] : 0))
    error = total
    known = found
    converged = error <= tolerance * normOf(found)
  }
  const run = lanczosRun(multiply, start, most, (sofar) => {
    if (sofar.basis.length % stride === 0) compare(sofar)
    return converged
  })
  const n = start.length
  if (!run.finite) return { image: new Float64Array(n).fill(NaN), error: NaN, iterations: 0, converged, finite: false }
  const k = run.basis.length
  if (run.invariant) {
    known = functionCoordinates(run, f)
    error = 0
    converged = true
  } else if (!converged && k % stride !== 0) compare(run)
  const image = combination(n, run.basis, known)
  const finite = normOf(image) < Infinity
  return { image, error, iterations: k, converged: converged && finite, finite }
}
