/** Roundings, remainders and signs that the language lacks. */

/** The nearest integer; halves go to the even one, as in IEEE 754. Keeps −0 and the sign of what becomes 0. */
export const roundHalfEven = (x: number): number => {
  const size = Math.abs(x)
  // From 2⁵² on every double is an integer; NaN stays too.
  if (!(size < 4503599627370496)) return x
  // The sum is rounded to an integer by the arithmetic itself, ties to even.
  const rounded = size + 4503599627370496 - 4503599627370496
  return x < 0 || Object.is(x, -0) ? -rounded : rounded
}

/** The remainder with the sign of the divisor: a − b·⌊a/b⌋, computed from the exact truncating one. */
export const flooredRemainder = (a: number, b: number): number => {
  const rest = a % b
  if (rest === 0) return b > 0 ? 0 : -0
  return rest < 0 === b < 0 || rest !== rest ? rest : rest + b
}

/** A number as its bits, which count the numbers of one sign by their size. */
const bits = new BigInt64Array(1)
const bitsAsNumber = new Float64Array(bits.buffer)

/** The nearest number to x in the direction of y. */
export const nextAfter = (x: number, y: number): number => {
  if (x !== x || y !== y) return Number.NaN
  if (x === y) return y
  if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE
  bitsAsNumber[0] = x
  bits[0] += x < y === x > 0 ? 1n : -1n
  return bitsAsNumber[0]
}

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)

/** |x| with the sign bit of s. */
export const copySign = (x: number, s: number): number => (isNegative(s) ? -Math.abs(x) : Math.abs(x))
