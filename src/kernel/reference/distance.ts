/** The hypotenuse, which the language has with an error that depends on the engine, and its derivative. */
import { productError, sumError } from './pair.js'

/**
 * √(a² + b²) after a scaling by a power of two, with one Newton step on the exact residual:
 * Borges, ACM Transactions on Mathematical Software 47 (2020), algorithm 1138.
 */
export const hypot = (a: number, b: number): number => {
  const large = Math.max(Math.abs(a), Math.abs(b))
  const small = Math.min(Math.abs(a), Math.abs(b))
  if (Math.abs(a) === Infinity || Math.abs(b) === Infinity) return Infinity
  if (large !== large || small === 0 || large > small * 1e17) return large
  const unit = large > 1e150 ? 2 ** -600 : small < 1e-140 ? 2 ** 600 : 1
  const [p, q] = [large * unit, small * unit]
  const [pp, qq] = [p * p, q * q]
  const total = pp + qq
  const root = Math.sqrt(total)
  const square = root * root
  const residual =
    total -
    square -
    productError(root, root, square) +
    (sumError(pp, qq, total) + productError(p, p, pp) + productError(q, q, qq))
  return (root + residual / (2 * root)) / unit
}

/** a/√(a² + b²), the partial derivative of the above: 0 at the origin by convention. */
export const directionCosine = (a: number, b: number): number => {
  if (a === 0) return b !== b ? b : a
  if (Math.abs(a) === Infinity) return Math.abs(b) === Infinity ? Number.NaN : b !== b ? b : Math.sign(a)
  if (a !== a || b !== b || Math.abs(b) === Infinity) return a / b
  // A ratio keeps its digits where the hypotenuse of subnormal numbers has few.
  return Math.abs(a) < 1e-140 && Math.abs(b) < 1e-140
    ? directionCosine(a * 2 ** 600, b * 2 ** 600)
    : Math.abs(a) > 1e300 || Math.abs(b) > 1e300
      ? directionCosine(a / 16, b / 16)
      : a / hypot(a, b)
}
