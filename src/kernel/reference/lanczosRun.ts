/** One Lanczos run: an orthonormal basis, and the tridiagonal matrix that the operator is on it. */
import type { Basis } from '../Basis.js'
import { symmetricEigen } from './eigen.js'
import { combineInto, divideRow, nothingIn, rowNorm, settle, toleratedIn } from './gramSchmidt.js'
import { normOf } from './magnitude.js'

export interface LanczosRun {
  /** Its first `count` rows are the orthonormal basis; what follows is scratch. */
  readonly basis: Basis
  readonly count: number
  readonly diagonal: ReadonlyArray<number>
  /** How far each image leaves the basis; the last one is outside of the matrix. */
  readonly couplings: ReadonlyArray<number>
  /** ‖start‖. */
  readonly length: number
  /** The space is invariant: the operator is known on it exactly. */
  readonly invariant: boolean
  /** Whether all images were; if not, the last entry of the diagonal is NaN. */
  readonly finite: boolean
}

export interface LanczosSettings {
  readonly most: number
  /** An image leaves the space when this much of its length does. */
  readonly novelty: number
  /** Whether that is its own length, or that of the longest image so far. */
  readonly against: 'image' | 'longest'
  /** Asked after each vector. */
  readonly stops?: (run: LanczosRun) => boolean
}

/** Writes the image of a vector into another. */
export type Multiply = (v: Float64Array, into: Float64Array) => void

/**
 * Begins with what row 0 holds. Ends after `most` vectors, when the space is invariant, or when `stops` says so.
 *
 * The three-term recurrence makes a few vectors, `together`, of which the last two are then measured against all others and freed of
 * what they are along them, and those before as far as they need it. As long as such parts stay below √ε when a vector is
 * multiplied, T is the operator on the orthonormal basis to rounding (Simon 1984). How large they may have become is bounded by the
 * recurrence of Paige and Simon with every sign against us; where it says more than √ε, and where a coupling is small, vectors are
 * settled at once. How many go together follows from what was measured.
 */
export const lanczosRun = (basis: Basis, multiply: Multiply, settings: LanczosSettings): LanczosRun => {
  const { most, novelty, against, stops = () => false } = settings
  const diagonal: Array<number> = []
  const couplings: Array<number> = []
  let [count, settled, scale, loss, together] = [0, 0, 0, Number.EPSILON, 6]
  basis.room(1)
  const tolerated = toleratedIn(basis.size)
  const length = rowNorm(basis, 0)
  const known = (invariant: boolean, finite = true): LanczosRun => ({
    basis,
    count,
    diagonal,
    couplings,
    length,
    invariant,
    finite,
  })
  const ended = (invariant: boolean, finite = true): LanczosRun => {
    if (finite && settled < count) settle(basis, settled, count)
    return known(invariant, finite)
  }
  if (!(length < Infinity)) return known(false, false)
  if (length === 0) return known(true)
  divideRow(basis, 0, length)
  while (count < most) {
    const [last, next] = [count, count + 1]
    basis.room(next + 1)
    multiply(basis.row(last), basis.row(next))
    count += 1
    const before = last > 0 ? couplings[last - 1] : 0
    const [along, square] = basis.recur(next, Math.max(last - 1, 0), last, before)
    const isSafe = square > 1e-250 && square < 1e250
    const size = isSafe ? Math.sqrt(square) : normOf(basis.row(next))
    if (!(Math.abs(along) < Infinity && size < Infinity)) {
      diagonal.push(NaN)
      return ended(false, false)
    }
    diagonal.push(along)
    const image = Math.hypot(size, before)
    scale = Math.max(scale, image)
    // By Pythagoras, where that leaves the digits: one pass less over the vector.
    const left = square - along * along
    let coupling: number
    if (isSafe && left > square / 4) {
      const guess = Math.sqrt(left)
      coupling = guess * Math.sqrt(basis.advance(next, last, along, 1 / guess))
    } else {
      basis.advance(next, last, along, 1)
      coupling = rowNorm(basis, next)
      if (coupling > 0) divideRow(basis, next, coupling)
    }
    couplings.push(coupling)
    const isEnough = (): boolean => coupling > novelty * (against === 'image' ? image : scale)
    loss = (5 * scale * loss + 2 * Number.EPSILON * scale) / coupling
    if (coupling > 0 && (next + 1 - settled >= together || coupling < 1e-4 * scale || !(loss < 1e-8))) {
      const found = settle(basis, settled, next + 1)
      coupling *= found.length
      couplings[last] = coupling
      if (found.worst > tolerated) together = Math.max(together - 2, 2)
      else if (found.worst < tolerated / 8) together = Math.min(together + 1, 8)
      settled = next + 1
      // What was measured to be no more than this stays.
      loss = nothingIn(basis.size)
    }
    if (!isEnough() || count === basis.size) return ended(true)
    if (stops(known(false))) break
  }
  return ended(false)
}

/** The rows of T up to the diagonal. */
export const tridiagonalRows = ({ diagonal, couplings }: LanczosRun): ReadonlyArray<Float64Array> =>
  diagonal.map((entry, i) => {
    const row = new Float64Array(i + 1)
    row[i] = entry
    if (i > 0) row[i - 1] = couplings[i - 1]
    return row
  })

export interface RitzSystem {
  readonly values: Float64Array
  /** First entries of the eigenvectors: the parts that the start has in them. */
  readonly parts: Float64Array
  /** k×k, an eigenvector in each column. */
  readonly vectors: Float64Array
}

export const ritzOf = ({ diagonal, couplings }: Pick<LanczosRun, 'diagonal' | 'couplings'>): RitzSystem => {
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

interface FunctionCoordinates {
  /** ‖start‖ S f(θ) Sᵀ e₁: the coordinates of f(A) start in the basis. */
  readonly coordinates: Float64Array
  /** What becomes of them when each θ moves as far as rounding may have moved it. */
  readonly rounding: number
}

const functionCoordinates = (run: LanczosRun, f: (x: number) => number): FunctionCoordinates => {
  const { values, parts, vectors } = ritzOf(run)
  const k = values.length
  const images = values.map((value) => f(value))
  const scaled = images.map((image, i) => run.length * image * parts[i])
  const coordinates = new Float64Array(k)
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) coordinates[i] += vectors[i * k + j] * scaled[j]
  const moved = k === 0 ? 0 : 4 * Number.EPSILON * Math.max(Math.abs(values[0]), Math.abs(values[k - 1]))
  let rounding = 0
  for (let i = 0; i < k; i++) {
    for (const to of [values[i] - moved, values[i] + moved]) {
      const change = Math.abs(run.length * (f(to) - images[i]) * parts[i])
      // Beyond the end of where f is defined there is nothing to compare with.
      if (!Number.isNaN(change)) rounding = Math.hypot(rounding, change)
    }
  }
  return { coordinates, rounding }
}

export interface Applied {
  readonly image: Float64Array
  /** ‖f(A) v − image‖, estimated by what the last vectors have changed, how fast that falls, and by what rounding changes. */
  readonly error: number
  readonly iterations: number
  readonly converged: boolean
}

/** Between two looks at f(T), which costs k³. */
const stride = 4

/**
 * What vectors to come will change, from what those before have changed, the last first: the rest of a geometric series, whose ratio is
 * the slowest of the last two steps and never so near to 1 that the sum would mean nothing.
 */
const tailOf = (last: number, before: number, first: number): number => {
  if (last === 0 || !(before < Infinity)) return last
  const ratio = Math.min(0.99, Math.max(last / before, first < Infinity ? Math.sqrt(last / first) : 0))
  return last * Math.max(1, ratio / (1 - ratio))
}

/** f(A) of what row 0 of the basis holds. */
export const applyByLanczos = (
  basis: Basis,
  multiply: Multiply,
  f: (x: number) => number,
  tolerance: number,
  most: number,
): Applied => {
  let known: FunctionCoordinates = { coordinates: new Float64Array(0), rounding: 0 }
  let [last, before, first] = [Infinity, Infinity, Infinity]
  let converged = false
  const compare = (run: LanczosRun): void => {
    const found = functionCoordinates(run, f)
    const next = found.coordinates
    let total = 0
    for (let i = 0; i < next.length; i++)
      total = Math.hypot(total, next[i] - (i < known.coordinates.length ? known.coordinates[i] : 0))
    ;[last, before, first] = [total, known.coordinates.length === 0 ? Infinity : last, before]
    known = found
    converged = tailOf(last, before, first) <= tolerance * normOf(next)
  }
  const run = lanczosRun(basis, multiply, {
    most,
    novelty: 1e-13,
    against: 'longest',
    stops: (sofar) => {
      if (sofar.count % stride === 0) compare(sofar)
      return converged
    },
  })
  const k = run.count
  if (!run.finite) return { image: new Float64Array(basis.size).fill(NaN), error: NaN, iterations: k, converged: false }
  if (run.invariant) {
    known = functionCoordinates(run, f)
    last = 0
    converged = true
  } else if (!converged && k % stride !== 0) compare(run)
  basis.room(k + 1)
  combineInto(basis, known.coordinates, k)
  const image = basis.row(k).slice()
  const size = normOf(image)
  return {
    image,
    error: tailOf(last, before, first) + known.rounding,
    iterations: k,
    // Half of the digits are left.
    converged: converged && size < Infinity && known.rounding <= Math.sqrt(Number.EPSILON) * size,
  }
}
