import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/kernel/reference/sha256.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('SHA-256', () => {
  // FIPS 180-4, examples of one and of two blocks.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j', (text, expected) => {
    expect(sha256(bytes(text))).toBe(expected)
  })

  it('is that of OpenSSL, for every length around the ends of blocks', () => {
    for (const length of Array.from({ length: 200 }, (_, i) => i)) {
      const some = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255)
      expect(sha256(some)).toBe(createHash('sha256').update(some).digest('hex'))
    }
  })

  it('is that of OpenSSL, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (some) => {
        expect(sha256(some)).toBe(createHash('sha256').update(some).digest('hex'))
      }),
    )
  })
})
