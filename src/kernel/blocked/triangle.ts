/** Triangular solves with either triangle, its transpose, and a diagonal that may be taken as ones. */
import { solveLower, solveLowerTransposed } from './triangular.js'

export interface Triangle {
  readonly upper: boolean
  readonly transposed: boolean
  /** Whether the diagonal is ones, and not read. */
  readonly unit: boolean
}

/** The triangle as a lower one: an upper triangle is transposed. */
const asLower = (n: number, a: Float64Array, upper: boolean, unit: boolean): Float64Array => {
  if (!upper && !unit) return a
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) out[i * n + j] = upper ? a[j * n + i] : a[i * n + j]
    out[i * n + i] = unit ? 1 : a[i * n + i]
  }
  return out
}

const hasZero = (n: number, a: Float64Array): boolean => {
  for (let i = 0; i < n; i++) if (a[i * n + i] === 0) return true
  return false
}

/** out ← T⁻¹·B or T⁻ᵀ·B for B of n×columns; NaN throughout where T has a zero on its diagonal. */
export const solveTriangle = (
  n: number,
  columns: number,
  a: Float64Array,
  { upper, transposed, unit }: Triangle,
  b: Float64Array,
  out: Float64Array,
): void => {
  if (!unit && hasZero(n, a)) {
    out.fill(Number.NaN)
    return
  }
  const lower = asLower(n, a, upper, unit)
  if (upper === transposed) solveLower(n, columns, lower, b, out)
  else solveLowerTransposed(n, columns, lower, b, out)
}
