/**
 * Discrete Fourier transforms of any length, on rows of pairs (real part, imaginary part) that lie side by side.
 * Lengths whose prime factors are small go through Stockham's self-sorting passes, one for each factor (Van Loan,
 * Computational Frameworks for the Fast Fourier Transform, 1992, section 1.7); others through Bluestein's identity
 * −2jk = (j − k)² − j² − k², which makes a convolution of them, and so three transforms of a power of two.
 */
import { allocate } from './allocate.js'

/** A sum over a prime factor costs its square; above this, a convolution is faster. */
const LARGEST_FACTOR = 31

interface Chirp {
  /** The power of two at which the convolution is done. */
  readonly plan: Plan
  /** exp(−πi·k²/n). */
  readonly wave: Float64Array
  /** The transform of the conjugate wave, laid around the origin. */
  readonly transformed: Float64Array
}

interface Plan {
  readonly n: number
  readonly factors: ReadonlyArray<number>
  /** exp(−2πi·k/n). */
  readonly roots: Float64Array
  readonly chirp: Chirp | undefined
}

/** exp(−2πi·k/n): whole quarters of the circle are split off in integers, which leaves an angle of at most π/4. */
const rootInto = (k: number, n: number, out: Float64Array, at: number): void => {
  const quarter = Math.round((4 * k) / n)
  const angle = (2 * Math.PI * (4 * k - quarter * n)) / (4 * n)
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const turn = quarter % 4
  out[at] = turn === 0 ? c : turn === 1 ? -s : turn === 2 ? -c : s
  out[at + 1] = turn === 0 ? -s : turn === 1 ? -c : turn === 2 ? s : c
}

const rootsOf = (n: number): Float64Array => {
  const roots = allocate(2 * n)
  for (let k = 0; k < n; k++) rootInto(k, n, roots, 2 * k)
  return roots
}

/** Fours first: they cost least for each entry. */
const factorsOf = (n: number): ReadonlyArray<number> => {
  const factors: Array<number> = []
  let rest = n
  while (rest % 4 === 0) {
    factors.push(4)
    rest /= 4
  }
  for (let p = 2; p * p <= rest; p++)
    while (rest % p === 0) {
      factors.push(p)
      rest /= p
    }
  if (rest > 1) factors.push(rest)
  return factors
}

const chirpOf = (n: number): Chirp => {
  let m = 1
  while (m < 2 * n - 1) m *= 2
  const plan = planOf(m)
  const wave = allocate(2 * n)
  // k² mod 2n grows by 2k + 1, so that no square has to be exact.
  for (let k = 0, square = 0; k < n; k++) {
    rootInto(square, 2 * n, wave, 2 * k)
    square = (square + 2 * k + 1) % (2 * n)
  }
  const around = allocate(2 * m)
  for (let k = 0; k < n; k++)
    for (const at of k === 0 ? [0] : [2 * k, 2 * (m - k)]) {
      around[at] = wave[2 * k]
      around[at + 1] = -wave[2 * k + 1]
    }
  return { plan, wave, transformed: forward(plan, around) }
}

const plans = new Map<number, Plan>()

/** Plans are kept, a few: a program uses few lengths, and a plan is as large as its data. */
const MOST_PLANS = 32

const planOf = (n: number): Plan => {
  const known = plans.get(n)
  if (known !== undefined) return known
  const factors = factorsOf(n)
  const isSmooth = factors.every((factor) => factor <= LARGEST_FACTOR)
  const plan = isSmooth
    ? { n, factors, roots: rootsOf(n), chirp: undefined }
    : { n, factors: [], roots: allocate(0), chirp: chirpOf(n) }
  if (plans.size >= MOST_PLANS) plans.clear()
  plans.set(n, plan)
  return plan
}

/**
 * One pass: the transforms of l entries each that lie in x as x[j·r + c] become transforms of l·p entries,
 * out[(j + l·k)·r/p + c] = Σ_s ω_lp^{s·(j + l·k)} x[j·r + c + s·r/p].
 */
const pass = (plan: Plan, p: number, l: number, x: Float64Array, out: Float64Array): void => {
  const { n, roots } = plan
  const r = n / l
  const next = r / p
  const step = 2 * next
  // ω_lp = ω_n^{n/(l·p)}, and ω_p = ω_n^{n/p}.
  const fine = next
  const coarse = n / p
  const turned = allocate(2 * p)
  for (let j = 0; j < l; j++)
    for (let c = 0; c < next; c++) {
      const from = 2 * (j * r + c)
      for (let s = 0; s < p; s++) {
        const [re, im] = [x[from + s * step], x[from + s * step + 1]]
        const w = 2 * s * j * fine
        turned[2 * s] = re * roots[w] - im * roots[w + 1]
        turned[2 * s + 1] = re * roots[w + 1] + im * roots[w]
      }
      for (let k = 0; k < p; k++) {
        let [re, im] = [turned[0], turned[1]]
        for (let s = 1; s < p; s++) {
          const w = 2 * ((s * k) % p) * coarse
          re += turned[2 * s] * roots[w] - turned[2 * s + 1] * roots[w + 1]
          im += turned[2 * s] * roots[w + 1] + turned[2 * s + 1] * roots[w]
        }
        const to = 2 * ((j + l * k) * next + c)
        out[to] = re
        out[to + 1] = im
      }
    }
}

/** The same for p = 4, where ω_p is −i and nothing is multiplied but the three twiddles. */
const pass4 = (plan: Plan, l: number, x: Float64Array, out: Float64Array): void => {
  const { n, roots } = plan
  const r = n / l
  const next = r / 4
  const step = 2 * next
  for (let j = 0; j < l; j++) {
    const [w1, w2, w3] = [2 * j * next, 4 * j * next, 6 * j * next]
    const [c1, s1, c2, s2, c3, s3] = [roots[w1], roots[w1 + 1], roots[w2], roots[w2 + 1], roots[w3], roots[w3 + 1]]
    for (let c = 0; c < next; c++) {
      const a = 2 * (j * r + c)
      const to = 2 * (j * next + c)
      const [b, d, e] = [a + step, a + 2 * step, a + 3 * step]
      const br = x[b] * c1 - x[b + 1] * s1
      const bi = x[b] * s1 + x[b + 1] * c1
      const dr = x[d] * c2 - x[d + 1] * s2
      const di = x[d] * s2 + x[d + 1] * c2
      const er = x[e] * c3 - x[e + 1] * s3
      const ei = x[e] * s3 + x[e + 1] * c3
      const [pr, pi, mr, mi] = [x[a] + dr, x[a + 1] + di, x[a] - dr, x[a + 1] - di]
      const [qr, qi, nr, ni] = [br + er, bi + ei, br - er, bi - ei]
      const lane = step * l
      out[to] = pr + qr
      out[to + 1] = pi + qi
      out[to + lane] = mr + ni
      out[to + lane + 1] = mi - nr
      out[to + 2 * lane] = pr - qr
      out[to + 2 * lane + 1] = pi - qi
      out[to + 3 * lane] = mr - ni
      out[to + 3 * lane + 1] = mi + nr
    }
  }
}

/** All passes; `x` is the caller's own and serves as one of the two places that they write to in turn. */
const stockham = (plan: Plan, x: Float64Array): Float64Array => {
  let [from, to] = [x, allocate(x.length)]
  let l = 1
  for (const p of plan.factors) {
    if (p === 4) pass4(plan, l, from, to)
    else pass(plan, p, l, from, to)
    l *= p
    const read = from
    from = to
    to = read
  }
  return from
}

const multiply = (a: Float64Array, b: Float64Array, entries: number, out: Float64Array): void => {
  for (let k = 0; k < 2 * entries; k += 2) {
    const [re, im] = [a[k], a[k + 1]]
    out[k] = re * b[k] - im * b[k + 1]
    out[k + 1] = re * b[k + 1] + im * b[k]
  }
}

/** The forward transform of the conjugate is the conjugate of the backward one. */
const conjugate = (x: Float64Array): void => {
  for (let k = 1; k < x.length; k += 2) x[k] = -x[k]
}

const bluestein = (n: number, { plan, wave, transformed }: Chirp, x: Float64Array): Float64Array => {
  const m = plan.n
  const padded = allocate(2 * m)
  multiply(x, wave, n, padded)
  const product = forward(plan, padded)
  multiply(product, transformed, m, product)
  conjugate(product)
  const back = forward(plan, product)
  conjugate(back)
  const out = allocate(2 * n)
  multiply(back, wave, n, out)
  for (let k = 0; k < 2 * n; k++) out[k] /= m
  return out
}

/** Overwrites x. */
const forward = (plan: Plan, x: Float64Array): Float64Array =>
  plan.chirp === undefined ? stockham(plan, x) : bluestein(plan.n, plan.chirp, x)

/** y_k = Σ_j exp(sign·2πi·jk/n) x_j for each row of n pairs. */
export const fourierEntries = (rows: number, n: number, sign: 1 | -1, x: Float64Array): Float64Array => {
  const out = allocate(x.length)
  if (x.length === 0) return out
  const plan = planOf(n)
  for (let row = 0; row < rows; row++) {
    const own = x.slice(2 * n * row, 2 * n * (row + 1))
    if (sign === 1) conjugate(own)
    const y = forward(plan, own)
    if (sign === 1) conjugate(y)
    out.set(y, 2 * n * row)
  }
  return out
}
