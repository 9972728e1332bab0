/** Files that nobody's mistake wrote: keys that mean something to JavaScript, text without end, words that are no Unicode. */
import * as E from 'fp-ts/lib/Either.js'
import { tensor } from 'gradus'
import {
  checkpointOf,
  decodeAnyCheckpoint,
  decodeData,
  decodeResults,
  encodeData,
  parseCheckpoint,
  parseProgram,
  parseResults,
  printCheckpoint,
  showCheckpointFailure,
} from 'gradus/codec'
import { adam, descend, type StateType, workMonoid } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { sealed } from '../../src/codec/document.js'

const optimizer = adam({ learningRate: 0.1 })
const params = tensor([1, 2])
const at = { step: 0, params, state: optimizer.init(params), work: workMonoid.empty }
const text = printCheckpoint(checkpointOf(optimizer)(at))

/** The checkpoint with other parts and a checksum that is right. */
const resealed = (change: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>): string => {
  const { format: _, version: __, checksum: ___, ...body } = JSON.parse(text)
  return JSON.stringify(sealed({ name: 'gradus checkpoint', migrations: [] })(change(body)))
}

const complaint = (written: string): string => {
  const read = parseCheckpoint(optimizer, params)(written)
  return E.isLeft(read) ? `${read.left._tag}: ${showCheckpointFailure(read.left)}` : 'accepted'
}

describe('hostile files', () => {
  it('cannot reach prototypes', () => {
    const written = '{ "record": { "__proto__": { "record": { "polluted": 1 } }, "constructor": 2 } }'
    const read = decodeData(JSON.parse(written))
    const found: unknown = E.isRight(read) ? read.right : undefined
    expect(Object.getOwnPropertyNames(found)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype)
    expect('polluted' in {}).toBe(false)
    expect(JSON.stringify(E.isRight(read) && encodeData(read.right))).toBe(JSON.stringify(JSON.parse(written)))
    expect(complaint(text.replace('{', '{ "__proto__": { "step": 9 },'))).toMatch(/^Corrupt: /)
    expect(
      complaint(resealed((body) => JSON.parse(JSON.stringify(body).replace('"keys":{}', '"keys":{"__proto__":3}')))),
    ).toBe('Mismatched: keys.__proto__: expected the two words of a random key, got 3')
  })

  it('say a key twice as it is read, or not at all', () => {
    // The parser takes the last; the checksum is that of what it took.
    expect(complaint(text.replace('"step": 0', '"step": 7,\n  "step": 0'))).toBe('accepted')
    expect(complaint(text.replace('"step": 0', '"step": 0,\n  "step": 7'))).toMatch(/^Corrupt: /)
  })

  it('are nested without end', () => {
    const deep = Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], 1)
    expect(decodeData(deep)._tag).toBe('Left')
    expect(decodeAnyCheckpoint({ format: 'gradus checkpoint', version: 1, checksum: 'x', params: deep })._tag).toBe(
      'Left',
    )
    for (const endless of [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, '{"a":'.repeat(100_000), '"'.repeat(3)]) {
      expect(parseCheckpoint(optimizer, params)(endless)._tag).toBe('Left')
      expect(parseProgram(endless)._tag).toBe('Left')
      expect(parseResults(endless)._tag).toBe('Left')
    }
    expect(decodeResults(deep)._tag).toBe('Left')
    const nested = Array.from({ length: 600 }).reduce<unknown>((inner) => [inner], 1)
    expect(complaint(resealed((body) => ({ ...body, params: nested })))).toMatch(
      /^Mismatched: params(\[0\])+: expected data at most 256 levels deep/,
    )
  })

  it('hold words that are no Unicode, and keep them', () => {
    const lone = { '\ud800': '\udfff\ud800', a: '\ud83d\ude00' }
    expect(decodeData(JSON.parse(JSON.stringify(encodeData(lone))))).toEqual(E.right(lone))

    interface Word extends StateType {
      readonly state: { readonly word: string }
    }
    const worded = descend<Word, never>('worded', {
      init: () => ({ word: '\ud800' }),
      update: (updates) => (state) => [updates, state],
    })
    const written = printCheckpoint(checkpointOf(worded)({ ...at, state: worded.init(params) }))
    const read = parseCheckpoint(worded, params)(written)
    expect(E.isRight(read) && read.right.state).toEqual({ word: '\ud800' })
    // Other lone halves have other checksums, though UTF-8 has one letter for all of them.
    const other = parseCheckpoint(worded, params)(written.replace('\\ud800', '\\ud801'))
    expect(E.isLeft(other) && other.left._tag).toBe('Corrupt')
  })

  it('come from the future, or from elsewhere', () => {
    expect(complaint(text.replace('"version": 1', '"version": 2'))).toMatch(
      /^FutureVersion: version: expected at most 1, got 2/,
    )
    expect(complaint(text.replace('"version": 1', '"version": -1'))).toMatch(
      /^Mismatched: version: expected an integer from 1 to 1/,
    )
    expect(complaint(text.replace('"version": 1', '"version": "1"'))).toMatch(/^Mismatched: version/)
    expect(complaint('{ "format": "gradus optimizer", "version": 1 }')).toMatch(/^OtherFormat: format: /)
    expect(complaint('\ufeff')).toMatch(/^NotJson/)
    expect(complaint(text.replace(/"checksum": "[0-9a-f]+"/, '"checksum": null'))).toMatch(/^Mismatched: checksum/)
  })
})
