/**
 * Threefry-2x32 with 20 rounds: a block of two 32-bit words as a keyed bijection of a two-word counter. Word i of a stream
 * is computed from i alone, so nothing is carried along and streams can be split.
 * Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011), §3.2 and table 2.
 */

const parity = 0x1bd11bda

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

/** Blocks first, first + 1, … with counters (block, purpose), two words each. */
export const threefryWords = (
  key0: number,
  key1: number,
  first: number,
  purpose: number,
  blocks: number,
): Uint32Array<ArrayBuffer> => {
  const words = new Uint32Array(2 * blocks)
  const schedule = Uint32Array.of(key0, key1, key0 ^ key1 ^ parity)
  for (let i = 0; i < blocks; i++) {
    let x0 = (first + i + schedule[0]) | 0
    let x1 = (purpose + schedule[1]) | 0
    for (let injection = 1; injection <= 5; injection++) {
      const odd = injection % 2 === 1
      x0 = (x0 + x1) | 0
      x1 = rotate(x1, odd ? 13 : 17) ^ x0
      x0 = (x0 + x1) | 0
      x1 = rotate(x1, odd ? 15 : 29) ^ x0
      x0 = (x0 + x1) | 0
      x1 = rotate(x1, odd ? 26 : 16) ^ x0
      x0 = (x0 + x1) | 0
      x1 = rotate(x1, odd ? 6 : 24) ^ x0
      x0 = (x0 + schedule[injection % 3]) | 0
      x1 = (x1 + schedule[(injection + 1) % 3] + injection) | 0
    }
    words[2 * i] = x0
    words[2 * i + 1] = x1
  }
  return words
}

/** The first 53 bits of a block as a number in [0, 1). */
const fraction = (words: Uint32Array, block: number): number =>
  ((words[2 * block] >>> 5) * 2 ** 26 + (words[2 * block + 1] >>> 6)) * 2 ** -53

/** n numbers in [0, 1), one block each. */
export const uniformEntries = (key0: number, key1: number, n: number): Float64Array => {
  const words = threefryWords(key0, key1, 0, 0, n)
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) out[i] = fraction(words, i)
  return out
}

/** n standard normal numbers in pairs (Box and Muller 1958): entries 2i and 2i + 1 are made of blocks 2i and 2i + 1. */
export const normalEntries = (key0: number, key1: number, n: number): Float64Array => {
  const words = threefryWords(key0, key1, 0, 0, n + (n % 2))
  const out = new Float64Array(n)
  for (let i = 0; i < n; i += 2) {
    // 1 − u lies in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - fraction(words, i)))
    const angle = 2 * Math.PI * fraction(words, i + 1)
    out[i] = radius * Math.cos(angle)
    if (i + 1 < n) out[i + 1] = radius * Math.sin(angle)
  }
  return out
}

/** n standard Gumbel numbers −log(−log u), with u a midpoint of 2⁵² cells and so strictly between 0 and 1. */
export const gumbelEntries = (key0: number, key1: number, n: number): Float64Array => {
  const words = threefryWords(key0, key1, 0, 0, n)
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const u = (Math.floor(fraction(words, i) * 2 ** 52) + 0.5) * 2 ** -52
    out[i] = -Math.log(-Math.log(u))
  }
  return out
}

const chunk = 1024

/**
 * 0 … n − 1 in random order: Fisher and Yates's shuffle from the end. Words beyond the largest multiple of the range are
 * rejected, so that every order is equally likely.
 */
export const permutationEntries = (key0: number, key1: number, n: number): Float64Array => {
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) out[i] = i
  let words = new Uint32Array(0)
  let taken = 0
  let block = 0
  for (let i = n - 1; i > 0; i--) {
    const range = i + 1
    const limit = 2 ** 32 - (2 ** 32 % range)
    let word = limit
    while (word >= limit) {
      if (taken === words.length) {
        words = threefryWords(key0, key1, block, 0, chunk)
        block += chunk
        taken = 0
      }
      word = words[taken]
      taken += 1
    }
    const j = word % range
    const kept = out[i]
    out[i] = out[j]
    out[j] = kept
  }
  return out
}

const bits = new BigInt64Array(1)
const double = new Float64Array(bits.buffer)

/** The largest number below a finite x. */
export const below = (x: number): number => {
  if (x === 0) return -Number.MIN_VALUE
  double[0] = x
  bits[0] += x > 0 ? -1n : 1n
  return double[0]
}
