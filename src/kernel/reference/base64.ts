/** Float64 numbers as text: their bytes, the lowest first on every machine, in base64 (RFC 4648, §4), bit for bit. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const codes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0))
const padding = '='.charCodeAt(0)

/** The value of each letter, and 64 for what is none. */
const values = new Uint8Array(256).fill(64)
codes.forEach((code, value) => {
  values[code] = value
})

const base64 = (bytes: Uint8Array): string => {
  const letters = new Uint8Array(4 * Math.ceil(bytes.length / 3))
  for (let i = 0, o = 0; i < bytes.length; i += 3, o += 4) {
    const a = bytes[i]
    // Beyond the end there is nothing, which counts as 0.
    const b = i + 1 < bytes.length ? bytes[i + 1] : 0
    const c = i + 2 < bytes.length ? bytes[i + 2] : 0
    letters[o] = codes[a >> 2]
    letters[o + 1] = codes[((a & 3) << 4) | (b >> 4)]
    letters[o + 2] = i + 1 < bytes.length ? codes[((b & 15) << 2) | (c >> 6)] : padding
    letters[o + 3] = i + 2 < bytes.length ? codes[c & 63] : padding
  }
  return new TextDecoder().decode(letters)
}

/** The bytes of a text, or `undefined` where it is not what `base64` writes: other letters, lengths, or bits that mean nothing. */
const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (text.length % 4 !== 0) return undefined
  const missing = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const letters = text.length - missing
  const bytes = new Uint8Array((text.length / 4) * 3 - missing)
  for (let i = 0, o = 0; i < text.length; i += 4, o += 3) {
    let word = 0
    for (let k = i; k < i + 4; k++) {
      const code = text.charCodeAt(k)
      const value = k >= letters ? 0 : code < 256 ? values[code] : 64
      if (value === 64) return undefined
      word = (word << 6) | value
    }
    // Writes beyond the end of a typed array do nothing.
    bytes[o] = word >> 16
    bytes[o + 1] = word >> 8
    bytes[o + 2] = word
    if (i + 4 === text.length && (word & (2 ** (8 * missing) - 1)) !== 0) return undefined
  }
  return bytes
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The bytes of each number in the other order, where the machine's own is not the one that is written. */
const ordered = (bytes: Uint8Array): Uint8Array => {
  if (isLittleEndian) return bytes
  for (let i = 0; i < bytes.length; i += 8) bytes.subarray(i, i + 8).reverse()
  return bytes
}

/** Numbers as text. Bytes are copied and never numbers, which would not keep what a NaN carries. */
export const base64OfNumbers = (numbers: Float64Array): string =>
  base64(ordered(new Uint8Array(new Float64Array(numbers).buffer)))

/** How many letters hold so many numbers. */
export const lettersOfNumbers = (count: number): number => 4 * Math.ceil((8 * count) / 3)

/** The numbers of a text, or `undefined` where `base64OfNumbers` does not write it. */
export const numbersOfBase64 = (text: string): Float64Array | undefined => {
  const bytes = fromBase64(text)
  if (bytes === undefined || bytes.length % 8 !== 0) return undefined
  ordered(bytes)
  return new Float64Array(bytes.buffer)
}
