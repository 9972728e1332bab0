import { describe, expect, it } from 'vitest'
import { double, encodeModule, flatten, signed, unsigned } from '../../../src/kernel/wasm/encode.js'

describe('LEB128', () => {
  // The first two are the examples of the DWARF standard, version 5, appendix C.
  it.each([
    [624_485, [0xe5, 0x8e, 0x26]],
    [2, [0x02]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('unsigned %d', (value, bytes) => {
    expect([...flatten(unsigned(value))]).toEqual(bytes)
  })

  it.each([
    [-123_456, [0xc0, 0xbb, 0x78]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('signed %d, of which the 32 low bits count', (value, bytes) => {
    expect([...flatten(signed(value))]).toEqual(bytes)
  })
})

describe('code', () => {
  it('is flattened in order, however long', () => {
    const long = Array.from({ length: 40_000 }, (_, i) => i % 256)
    expect([...flatten([1, [[], [2, Uint8Array.of(3, 4)]], long, [5]])]).toEqual([1, 2, 3, 4, ...long, 5])
  })
})

describe('modules', () => {
  it('write doubles least significant byte first', () => {
    expect([...double(-2)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0xc0])
  })

  it('are valid when they have nothing', () => {
    expect(WebAssembly.validate(encodeModule({ importsMemory: false, imports: [], functions: [] }))).toBe(true)
  })
})
