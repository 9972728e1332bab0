/** A foreign product against the reference kernel, before anybody relies on it. */
import type { Provider } from '../provider.js'
import { matmulReference } from '../reference/matmul.js'

type Product = Provider['matmul']

/** Vectors, odd edges, more terms than a block holds, and enough work for several threads. */
const sizes: ReadonlyArray<readonly [number, number, number]> = [
  [1, 1, 1],
  [1, 7, 5],
  [6, 1, 9],
  [5, 3, 1],
  [17, 9, 33],
  [5, 20, 600],
  [70, 65, 131],
]

/** Before, between and after the operands: nothing may be read or written there. */
const OFFSET = 3
const MARK = -77

const ordinary = (i: number): number => ((i * 7919) % 1009) / 99 - 5
const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 5e-324, 1e150]
/** One entry in 29 is special, so that some sums meet none and some meet one. */
const special = (i: number): number => (i % 29 === 5 ? specials[((i - 5) / 29) % specials.length] : ordinary(i))

const operand = (length: number, entry: (i: number) => number): Float64Array => {
  const whole = new Float64Array(length + 2 * OFFSET).fill(Number.NaN)
  for (let i = 0; i < length; i++) whole[OFFSET + i] = entry(i)
  return whole
}

/** The same where the other is not finite and around C; otherwise within 4·k·ε·|A|·|B|, and the smallest steps below it. */
const agree = (right: number, wrong: number, magnitude: number, k: number): boolean =>
  Object.is(right, wrong) ||
  (Number.isFinite(right) && Math.abs(right - wrong) <= 4 * k * (Number.EPSILON * magnitude + Number.MIN_VALUE))

const fails = (
  product: Product,
  [m, n, k]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
  entry: (i: number) => number,
): boolean => {
  const a = operand(m * k, entry)
  const b = operand(k * n, (i) => entry(i + 3))
  const run = (chosen: Product, x: Float64Array, y: Float64Array): Float64Array => {
    // NaN in C: a library that adds 0·C to the result shows it.
    const c = new Float64Array(m * n + 2 * OFFSET).fill(MARK).fill(Number.NaN, OFFSET, OFFSET + m * n)
    chosen(m, n, k, x, OFFSET, transposeA, y, OFFSET, transposeB, c, OFFSET)
    return c
  }
  const magnitudes = run(matmulReference, a.map(Math.abs), b.map(Math.abs))
  const expected = run(matmulReference, a, b)
  const found = run(product, a, b)
  return !expected.every((value, i) => agree(value, found[i], magnitudes[i], k))
}

/** The first product that is wrong, in words; undefined where all of them are right. */
export const selfTest = (product: Product): string | undefined => {
  for (const size of sizes)
    for (const transposeA of [false, true])
      for (const transposeB of [false, true])
        for (const entry of [ordinary, special])
          if (fails(product, size, transposeA, transposeB, entry)) {
            const [m, n, k] = size
            const words = `${m}×${k}${transposeA ? ' (transposed)' : ''} by ${k}×${n}${transposeB ? ' (transposed)' : ''}`
            return `it multiplies ${words} wrongly${entry === special ? ' where NaN, infinities or subnormals meet' : ''}`
          }
  return undefined
}
