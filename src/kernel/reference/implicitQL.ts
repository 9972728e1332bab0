/*
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QL steps with Wilkinson's shift (Bowdler, Martin, Reinsch &
 * Wilkinson 1968; Golub & Van Loan, Matrix Computations, 4th ed., §8.3.3), T = G·Λ·Gᵀ. G is kept as the list of its
 * plane rotations, about ¾·n² of them: applying G to a vector costs O(n²), and the n³ of forming it are only spent by
 * those who ask for the vectors.
 */

/** Rotations in the order in which they were made. */
export interface Rotations {
  /** Pairs cos, sin. */
  readonly angles: Float64Array
  /** A pair for each QL step: its first plane i (of the rows i, i + 1) and how many planes follow upwards from there. */
  readonly runs: Int32Array
}

interface Recorder {
  readonly begin: (plane: number) => void
  readonly rotate: (cos: number, sin: number) => void
  readonly done: () => Rotations
}

const EPSILON = 2 ** -53
/**
 * Couplings below this are 0, whatever they couple. The matrix is scaled to entries near 1, so this is far below
 * rounding; above it squares keep all their digits, and a rotation is never made from subnormal numbers.
 */
const NEGLIGIBLE = 2 ** -480
/** QL steps allowed, for each row of the matrix; two are typical. */
const STEPS_PER_ROW = 40

/** Collects rotations in an array that doubles. */
export const recorder = (n: number): Recorder => {
  let angles = new Float64Array(2 * n * n + 16)
  let runs = new Int32Array(4 * n + 16)
  let used = 0
  let end = 0
  return {
    begin: (plane) => {
      if (end === runs.length) {
        const longer = new Int32Array(2 * end)
        longer.set(runs)
        runs = longer
      }
      runs[end] = plane
      end += 2
    },
    rotate: (cos, sin) => {
      if (used === angles.length) {
        const longer = new Float64Array(2 * used)
        longer.set(angles)
        angles = longer
      }
      angles[used++] = cos
      angles[used++] = sin
      runs[end - 1]++
    },
    done: () => ({
      angles: angles.slice(0, used),
      runs: runs.slice(0, end),
    }),
  }
}

/** The end of the unreduced block that begins at `start`. */
const blockEnd = (n: number, d: Float64Array, e: Float64Array, start: number): number => {
  let end = start
  while (end < n - 1 && Math.abs(e[end]) > EPSILON * (Math.abs(d[end]) + Math.abs(d[end + 1])) + NEGLIGIBLE) end++
  return end
}

/** One QL step on rows start … end: a bulge is chased upwards by rotations in the planes end−1, end−2, …, start. */
const step = (d: Float64Array, e: Float64Array, start: number, end: number, record: Recorder | undefined): void => {
  const half = (d[start + 1] - d[start]) / (2 * e[start])
  const root = Math.abs(half) > 1e150 ? Math.abs(half) : Math.sqrt(half * half + 1)
  // d[end] less the eigenvalue of the leading 2×2 block nearest to d[start].
  let bulge = d[end] - d[start] + e[start] / (half + (half < 0 ? -root : root))
  let sin = 1
  let cos = 1
  let carried = 0
  record?.begin(end - 1)
  for (let i = end - 1; i >= start; i--) {
    const across = sin * e[i]
    const along = cos * e[i]
    const radius = Math.sqrt(across * across + bulge * bulge)
    if (radius < NEGLIGIBLE) {
      // The block has come apart at i + 1: what was carried is settled there and the rest is taken up anew.
      d[i + 1] -= carried
      e[i] = along
      if (i + 1 < end) e[i + 1] = 0
      e[end] = 0
      return
    }
    if (i + 1 < end) e[i + 1] = radius
    sin = across / radius
    cos = bulge / radius
    const below = d[i + 1] - carried
    const mixed = (d[i] - below) * sin + 2 * cos * along
    carried = sin * mixed
    d[i + 1] = below + carried
    bulge = cos * mixed - along
    record?.rotate(cos, sin)
  }
  d[start] -= carried
  e[start] = bulge
  e[end] = 0
}

/**
 * Replaces the diagonal d by the eigenvalues (in no order) and destroys e, where e[i] couples i and i + 1 and e[n−1] is
 * spare; false when a row takes too many steps.
 */
export const implicitQL = (n: number, d: Float64Array, e: Float64Array, record: Recorder | undefined): boolean => {
  let steps = 0
  for (let start = 0; start < n; start++) {
    for (let end = blockEnd(n, d, e, start); end > start; end = blockEnd(n, d, e, start)) {
      if (++steps > STEPS_PER_ROW * n) return false
      step(d, e, start, end, record)
    }
  }
  return true
}
