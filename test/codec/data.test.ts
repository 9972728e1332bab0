import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { Defect, fromFloat64Array, isTensor, tensor, toFloat64Array, zeros } from 'gradus'
import { type Data, decodeData, encodeData, showMismatches } from 'gradus/codec'
import { codecLaws, register } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { arbitraryData } from './arbitraryData.js'

register({ describe, it })(
  codecLaws({
    name: 'data',
    encode: encodeData,
    decode: decodeData,
    values: arbitraryData,
    wrong: fc.constantFrom<unknown>(
      undefined,
      Number.NaN,
      Infinity,
      -0,
      {},
      { record: [] },
      { record: null },
      { number: '1' },
      { number: 'toString' },
      { record: {}, tensor: [] },
      { tensor: [1], float64: 'AAAAAAAA8D8=', more: 1 },
      { tensor: [2], float64: 'AAAAAAAA8D8=' },
      { tensor: [-1], float64: '' },
      { tensor: [2 ** 53], float64: '' },
      { tensor: [1e15, 1e15], float64: '' },
      { tensor: [0.5], float64: '' },
      { tensor: 'x', float64: '' },
      { tensor: [1], float64: 7 },
      [undefined],
    ),
  }),
)

const bitsOf = (value: Data): unknown =>
  isTensor(value)
    ? [value.shape, [...new BigUint64Array(toFloat64Array(value).buffer)]]
    : Array.isArray(value)
      ? value.map(bitsOf)
      : typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, each]) => [key, bitsOf(each)])
        : value

const complaint = (value: unknown): string => {
  const read = decodeData(value)
  return E.isLeft(read) ? showMismatches(read.left) : 'accepted'
}

describe('data', () => {
  // What the laws compare as numbers, here by its bits: NaNs carry their payload, and keys keep their order.
  it('keeps every bit and the order of keys', () => {
    fc.assert(
      fc.property(arbitraryData, (value) => {
        const read = decodeData(JSON.parse(JSON.stringify(encodeData(value))))
        expect(E.isRight(read) ? bitsOf(read.right) : showMismatches(read.left)).toEqual(bitsOf(value))
      }),
    )
  })

  it('keeps the payload of a NaN', () => {
    const payload = 0x7ff8_dead_beef_0001n
    const x = fromFloat64Array(new Float64Array(BigUint64Array.of(payload).buffer), [])
    const read = decodeData(encodeData(x))
    expect(E.isRight(read) && bitsOf(read.right)).toEqual([[], [payload]])
  })

  it('does not let a key change what a record is', () => {
    const hostile: unknown = JSON.parse('{ "record": { "__proto__": { "record": { "polluted": true } } } }')
    const read = decodeData(hostile)
    expect(E.isRight(read) && Object.keys(read.right ?? {})).toEqual(['__proto__'])
    expect(E.isRight(read) && 'polluted' in Object(read.right)).toBe(false)
  })

  it.each([
    [
      { record: { a: { record: { b: [1, { number: 'x' }] } } } },
      `record.a.record.b[1].number: expected 'NaN', 'Infinity', '-Infinity' or '-0', got "x"`,
    ],
    [
      { record: { w: { tensor: [2], float64: 'AAAAAAAA8D8=' } } },
      'record.w.float64: expected 2 numbers in base64, got "AAAAAAAA8D8="',
    ],
    [[{ tensor: [1, -2], float64: '' }], '[0].tensor[1]: expected an integer of 0 or more, got -2'],
    [
      { w: 1 },
      'the whole: expected a number, a string, true, false, null, an array, { record }, { number } or { tensor, float64 }, got {"w":1}',
    ],
  ])('names the place in %j', (value, told) => {
    expect(complaint(value)).toBe(told)
  })

  it('refuses data that is too deep, as a value', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`)
    expect(complaint(deep)).toMatch(/expected data at most 256 levels deep/)
  })

  it('makes no room for numbers that are not there', () => {
    expect(complaint({ tensor: [2 ** 40], float64: 'AAAAAAAA8D8=' })).toMatch(/expected 1099511627776 numbers/)
  })

  it.each([
    ['a function', { f: () => 1 }, 'at f, got function'],
    ['a map', [new Map()], 'at [0], got an instance of Map'],
    ['undefined', { a: { b: undefined } }, 'at a.b, got undefined'],
    ['a typed array', new Float64Array(1), 'at the root, got an instance of Float64Array'],
  ])('does not write %s down', (_, value, told) => {
    expect(() => encodeData(value)).toThrow(Defect)
    expect(() => encodeData(value)).toThrow(told)
  })

  it('does not follow a cycle for ever', () => {
    const cycle: Array<unknown> = [tensor([1])]
    cycle.push(cycle)
    expect(() => encodeData(cycle)).toThrow('at most 256 levels deep')
  })

  it('writes a tensor of no entries', () => {
    expect(E.isRight(decodeData(encodeData(zeros([0, 3]))))).toBe(true)
  })
})
