import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64OfNumbers, lettersOfNumbers, numbersOfBase64 } from '../../../src/kernel/reference/base64.js'

const wordsOf = (numbers: Float64Array): ReadonlyArray<bigint> => [
  ...new BigUint64Array(numbers.buffer, numbers.byteOffset, numbers.length),
]

/** Numbers by their bits: quiet and signaling NaNs of any payload, subnormals, zeros of both signs. */
const words = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(1n, 1n << 63n, 0x7ff0_0000_0000_0000n, 0xfff0_0000_0000_0000n, 0x7ff0_0000_0000_0001n),
  fc.bigInt({ min: 0x7ff8_0000_0000_0000n, max: 0x7fff_ffff_ffff_ffffn }),
)
const numbers = fc.array(words, { maxLength: 40 }).map((each) => new Float64Array(BigUint64Array.from(each).buffer))

describe('numbers in base64', () => {
  it('are read as they were written, bit for bit', () => {
    fc.assert(
      fc.property(numbers, (some) => {
        const text = base64OfNumbers(some)
        const read = numbersOfBase64(text)
        expect(read === undefined ? [] : wordsOf(read)).toEqual(wordsOf(some))
        expect(text.length).toBe(lettersOfNumbers(some.length))
      }),
    )
  })

  it('are the bytes that Buffer writes, lowest first', () => {
    fc.assert(
      fc.property(numbers, (some) => {
        const view = new DataView(new ArrayBuffer(8 * some.length))
        wordsOf(some).forEach((word, i) => {
          view.setBigUint64(8 * i, word, true)
        })
        expect(base64OfNumbers(some)).toBe(Buffer.from(view.buffer).toString('base64'))
      }),
    )
  })

  it('is long without overflowing the stack', () => {
    const many = Float64Array.from({ length: 200_000 }, (_, i) => Math.sin(i))
    expect(numbersOfBase64(base64OfNumbers(many))).toEqual(many)
  })

  it.each([
    ['one letter too few', 'AAAAAAAA8D8'],
    ['a letter of another alphabet', 'AAAAAAAA8D_='],
    ['a space', 'AAAA AAA8D8='],
    ['a letter beyond Latin-1', 'AAAAAAAA8Dπ='],
    ['bits that mean nothing', 'AAAAAAAA8D9='],
    ['padding inside', 'AAAA=AAA8D8='],
    ['bytes that are no whole number', 'AAAA'],
  ])('refuses %s', (_, text) => {
    expect(numbersOfBase64('AAAAAAAA8D8=')).toEqual(Float64Array.of(1))
    expect(numbersOfBase64(text)).toBeUndefined()
  })
})
