/** What a vector is as a whole: how long, how large at most, and whether it is finite. Nothing is written. */

const BLOCK = 128

/** The sum of squares in the order in which reduce.ts sums a vector, so that both give the same bits. */
const squaresIn = (x: Float64Array, start: number, count: number): number => {
  if (count > BLOCK) {
    const half = (count >> 1) & ~7
    return squaresIn(x, start, half) + squaresIn(x, start + half, count - half)
  }
  if (count < 8) {
    let sum = 0
    for (let at = start; at < start + count; at++) sum += x[at] * x[at]
    return sum
  }
  let [sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7] = [0, 0, 0, 0, 0, 0, 0, 0]
  const whole = start + (count & ~7)
  let at = start
  for (; at < whole; at += 8) {
    sum0 += x[at] * x[at]
    sum1 += x[at + 1] * x[at + 1]
    sum2 += x[at + 2] * x[at + 2]
    sum3 += x[at + 3] * x[at + 3]
    sum4 += x[at + 4] * x[at + 4]
    sum5 += x[at + 5] * x[at + 5]
    sum6 += x[at + 6] * x[at + 6]
    sum7 += x[at + 7] * x[at + 7]
  }
  let sum = sum0 + sum1 + (sum2 + sum3) + (sum4 + sum5 + (sum6 + sum7))
  for (; at < start + count; at++) sum += x[at] * x[at]
  return sum
}

export const squaresOf = (x: Float64Array): number => squaresIn(x, 0, x.length)

/** max |xᵢ|, and NaN where an entry is. */
export const largestOf = (x: ArrayLike<number>): number => {
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]))
  return largest
}

/** The Euclidean length of vectors taken as one, scaled where squares overflow or vanish. */
export const lengthOf = (vectors: ReadonlyArray<Float64Array>): number => {
  let plain = 0
  for (const x of vectors) plain += squaresOf(x)
  if (plain > 1e-250 && plain < 1e250) return Math.sqrt(plain)
  let largest = 0
  for (const x of vectors) largest = Math.max(largest, largestOf(x))
  if (largest === 0 || !(largest < Infinity)) return largest
  // A power of two, which rounds nothing.
  const scale = largest > 1 ? 2 ** -600 : 2 ** 600
  let total = 0
  for (const x of vectors) for (let i = 0; i < x.length; i++) total += (x[i] * scale) ** 2
  return Math.sqrt(total) / scale
}

/** The Euclidean length of one vector. */
export const normOf = (x: Float64Array): number => lengthOf([x])

/** Whether no entry is NaN or infinite: 0 x is then 0, and NaN otherwise. */
export const isFiniteVector = (x: Float64Array): boolean => {
  const whole = x.length & ~3
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i < whole; i += 4) {
    a += 0 * x[i]
    b += 0 * x[i + 1]
    c += 0 * x[i + 2]
    d += 0 * x[i + 3]
  }
  for (let i = whole; i < x.length; i++) a += 0 * x[i]
  return a + b + (c + d) === 0
}
