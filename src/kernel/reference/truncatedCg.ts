/** Conjugate gradients that end where the model does: at the boundary of a ball, or where curvature is not positive. */
import { evening, times } from './evened.js'
import { dotOf } from './krylov.js'
import { normOf } from './magnitude.js'

export type Product = (v: Float64Array) => Float64Array

export interface CgSettings {
  readonly tolerance: number
  readonly absolute: number
  readonly most: number
  /** In the norm of the preconditioner; Infinity for none. */
  readonly radius: number
  /** Curvature up to this multiple of ‖d‖² counts as not positive. */
  readonly flatness: number
  readonly precondition: Product | undefined
  readonly start: Float64Array | undefined
  readonly keeps: (iteration: number) => boolean
  /** Asked after every iteration with the values of the model so far. */
  readonly stops: (iteration: number, residualNorm: number, values: ReadonlyArray<number>) => boolean
}

/** Plain conjugate gradients: no ball, no preconditioner, from 0, and nothing kept. */
export const plainCg: Omit<CgSettings, 'tolerance' | 'most'> = {
  absolute: 0,
  radius: Infinity,
  flatness: 0,
  precondition: undefined,
  start: undefined,
  keeps: () => false,
  stops: () => false,
}

export interface CgEnd {
  readonly end: 'interior' | 'boundary' | 'curvature' | 'breakdown' | 'preconditioner'
  readonly x: Float64Array
  readonly direction: Float64Array
  readonly curvature: number
  /** Where the line from x along the direction leaves the ball; undefined without a ball. */
  readonly boundary: Float64Array | undefined
  /** ½ xᵀAx − bᵀx there; NaN without a ball. */
  readonly boundaryValue: number
  readonly residualNorm: number
  readonly iterations: number
  readonly products: number
  readonly converged: boolean
  readonly stopped: boolean
  readonly values: ReadonlyArray<number>
  readonly residualNorms: ReadonlyArray<number>
  readonly kept: ReadonlyArray<{ readonly iteration: number; readonly x: Float64Array }>
}

/** √(a² − b²) for a ≥ |b|, without squares. */
const legOf = (a: number, b: number): number => Math.sqrt(Math.max(0, a - b)) * Math.sqrt(a + b)

/** Whether squares of a length, and products of two of them, are numbers that can be told from 0 and ∞. */
const hasSquare = (length: number): boolean => length > 1e-70 && length < 1e70

/** Where a line x + t d is to be followed: ‖x‖, ⟨x, d⟩ and ⟨d, d⟩ in the norm of the ball. */
interface Line {
  readonly length: () => number
  readonly xx: number
  readonly xd: number
  readonly dd: number
}

/** The positive root t of ‖x + t d‖ = radius, by the formula that does not cancel. */
const toBoundary = ({ length, xx, xd, dd }: Line, radius: number): number => {
  if (hasSquare(radius)) {
    const gap = Math.max(0, radius * radius - xx)
    const root = Math.sqrt(xd * xd + dd * gap)
    return xd > 0 ? gap / (xd + root) : (root - xd) / dd
  }
  const step = Math.sqrt(dd)
  const along = xd / step
  const gap = legOf(radius, length())
  const root = Math.hypot(along, gap)
  return (along > 0 ? gap * (gap / (along + root)) : root - along) / step
}

/** Whether x + t d, the square of whose length is `reached`, is outside of the ball; a length that overflows is. */
const leaves = ({ length, xd, dd }: Line, t: number, reached: number, radius: number): boolean => {
  if (radius === Infinity) return false
  if (hasSquare(radius)) return !(reached < radius * radius)
  const step = Math.sqrt(dd)
  const along = xd / step
  return !(Math.hypot(along + t * step, legOf(Math.max(length(), Math.abs(along)), along)) < radius)
}

const moved = (x: Float64Array, t: number, d: Float64Array): Float64Array => x.map((entry, i) => entry + t * d[i])

/** What is known of scale · x, as it is of x. */
const unevened = (scale: number, found: CgEnd): CgEnd => ({
  ...found,
  x: times(1 / scale, found.x),
  direction: times(1 / scale, found.direction),
  curvature: found.curvature / scale / scale,
  boundary: found.boundary === undefined ? undefined : times(1 / scale, found.boundary),
  boundaryValue: found.boundaryValue / scale / scale,
  residualNorm: found.residualNorm / scale,
  values: found.values.map((value) => value / scale / scale),
  residualNorms: found.residualNorms.map((norm) => norm / scale),
  kept: found.kept.map(({ iteration, x }) => ({ iteration, x: times(1 / scale, x) })),
})

/**
 * Minimizes ½ xᵀAx − bᵀx. Where squares of b would overflow or vanish, it is a multiple of b by a power of two that is solved for, which
 * rounds nothing.
 */
export const truncatedCg = (multiply: Product, b: Float64Array, settings: CgSettings): CgEnd => {
  const scale = evening(normOf(b))
  if (scale === 1) return plainlyTruncated(multiply, b, settings)
  const { absolute, radius, start, stops } = settings
  return unevened(
    scale,
    plainlyTruncated(multiply, times(scale, b), {
      ...settings,
      absolute: absolute * scale,
      radius: radius * scale,
      start: start === undefined ? undefined : times(scale, start),
      stops: (iteration, residualNorm, values) =>
        stops(
          iteration,
          residualNorm / scale,
          values.map((value) => value / scale / scale),
        ),
    }),
  )
}

/**
 * Minimizes ½ xᵀAx − bᵀx (Hestenes and Stiefel 1952; the ends at a boundary and at negative curvature are those of Steihaug 1983
 * and Toint 1981). Norms of the ball are those of the preconditioner's inverse, by the recurrences of Conn, Gould and Toint (2000),
 * §7.5.1.
 */
const plainlyTruncated = (multiply: Product, b: Float64Array, settings: CgSettings): CgEnd => {
  const { radius, precondition, start, flatness, most } = settings
  const n = b.length
  const x = start === undefined ? new Float64Array(n) : start.slice()
  const r = b.slice()
  let products = 0
  let value = 0
  if (start !== undefined) {
    const image = multiply(x)
    products = 1
    for (let i = 0; i < n; i++) r[i] -= image[i]
    value = -0.5 * (dotOf(b, x) + dotOf(r, x))
  }
  const goal = Math.max(settings.tolerance * normOf(b), settings.absolute)
  let residualNorm = normOf(r)
  const values = [value]
  const residualNorms = [residualNorm]
  const kept: Array<{ readonly iteration: number; readonly x: Float64Array }> = []
  if (settings.keeps(0)) kept.push({ iteration: 0, x: x.slice() })
  const d = new Float64Array(n)
  let [square, iterations, curvature] = [0, 0, 0]
  let [xx, xd, dd] = [0, 0, 0]
  let boundary: Float64Array | undefined
  let boundaryValue = Number.NaN
  let stopped = false
  let end: CgEnd['end'] = 'interior'
  while (true) {
    if (!(residualNorm < Infinity)) {
      end = 'breakdown'
      break
    }
    if (residualNorm <= goal || iterations >= most || stopped) break
    const z = precondition === undefined ? r : precondition(r)
    const next = dotOf(r, z)
    if (!(next > 0 && next < Infinity)) {
      // Squares of what is not zero may be: then nothing is left that can be told from zero.
      end = precondition === undefined ? 'interior' : 'preconditioner'
      break
    }
    const beta = square === 0 ? 0 : next / square
    for (let i = 0; i < n; i++) d[i] = z[i] + beta * d[i]
    // ⟨x, M d⟩ and ⟨d, M d⟩; without a preconditioner they are read off, which errs less.
    if (precondition === undefined) [xx, xd, dd] = [dotOf(x, x), dotOf(x, d), dotOf(d, d)]
    else [xd, dd] = [beta * xd, next + beta * beta * dd]
    square = next
    const squared = xx
    const line = { length: () => (precondition === undefined ? normOf(x) : Math.sqrt(squared)), xx, xd, dd }
    const image = multiply(d)
    products += 1
    curvature = dotOf(d, image)
    if (!(Math.abs(curvature) < Infinity)) {
      end = 'breakdown'
      break
    }
    iterations += 1
    if (curvature <= flatness * dotOf(d, d)) {
      end = 'curvature'
      if (radius < Infinity) {
        const t = toBoundary(line, radius)
        boundary = moved(x, t, d)
        boundaryValue = value - t * square + 0.5 * t * t * curvature
      }
      break
    }
    const length = square / curvature
    const reached = xx + 2 * length * xd + length * length * dd
    if (leaves(line, length, reached, radius)) {
      const t = toBoundary(line, radius)
      boundary = moved(x, t, d)
      value -= t * square - 0.5 * t * t * curvature
      boundaryValue = value
      values.push(value)
      for (let i = 0; i < n; i++) {
        x[i] = boundary[i]
        r[i] -= t * image[i]
      }
      residualNorm = normOf(r)
      residualNorms.push(residualNorm)
      if (settings.keeps(iterations)) kept.push({ iteration: iterations, x: x.slice() })
      end = 'boundary'
      break
    }
    for (let i = 0; i < n; i++) {
      x[i] += length * d[i]
      r[i] -= length * image[i]
    }
    xx = reached
    xd += length * dd
    value -= 0.5 * length * square
    residualNorm = normOf(r)
    values.push(value)
    residualNorms.push(residualNorm)
    if (settings.keeps(iterations)) kept.push({ iteration: iterations, x: x.slice() })
    stopped = settings.stops(iterations, residualNorm, values)
  }
  return {
    end,
    x,
    direction: d,
    curvature,
    boundary,
    boundaryValue,
    residualNorm,
    iterations,
    products,
    converged: end === 'interior' && residualNorm <= goal,
    stopped,
    values,
    residualNorms,
    kept,
  }
}
