import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { parseOptimizer, parseOptimizerFor, printOptimizer, showOptimizerFailure } from 'gradus/codec'
import { adam, cosineDecay, lbfgs } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const complaint = (text: string): string => {
  const read = parseOptimizer(text)
  return E.isLeft(read) ? `${read.left._tag}: ${showOptimizerFailure(read.left)}` : 'accepted'
}

const file = (optimizer: unknown, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ format: 'gradus optimizer', version: 1, optimizer, ...more })

const written = printOptimizer(adam({ learningRate: cosineDecay({ from: 0.1, steps: 100 }) }))
const text = E.isRight(written) ? written.right : ''

describe('optimizers in files', () => {
  it('are written for people, and read', () => {
    expect(text.split('\n').slice(0, 8)).toEqual([
      '{',
      '  "format": "gradus optimizer",',
      '  "version": 1,',
      '  "optimizer": {',
      '    "name": "adam",',
      '    "learningRate": {',
      '      "name": "cosineDecay",',
      '      "from": 0.1,',
    ])
    const read = parseOptimizer(text)
    expect(E.isRight(read) && printOptimizer(read.right)).toEqual(written)
  })

  it('keep code out', () => {
    const mine = printOptimizer(adam({ learningRate: () => 1 }))
    expect(E.isLeft(mine) && mine.left.map(({ path }) => path)).toEqual(['learningRate'])
  })

  it.each<[string, string]>([
    [
      file({ name: 'adam', learningRate: 0.1, decay2: 1 }),
      'Mismatched: optimizer.decay2: expected a number from 0 to below 1, got 1',
    ],
    [
      file({ name: 'adam', learningrate: 0.1 }),
      'Mismatched: optimizer.learningrate: expected one of the options learningRate, decay1, decay2, epsilon, epsilonRoot, nesterov, ' +
        'got 0.1. Did you mean learningRate?\noptimizer.learningRate: expected a finite number above 0, or a schedule, got nothing',
    ],
    [
      file({ name: 'descend', label: 'x', transformation: [{ name: 'unchanged' }, { name: 'trace', decay: 1 }] }),
      'Mismatched: optimizer.transformation[1].decay: expected a number from 0 to below 1, got 1',
    ],
    [file(undefined), 'Mismatched: optimizer: expected an optimizer: { name, … }, got nothing'],
    [file([1]), 'Mismatched: optimizer: expected an optimizer: { name, … }, got [1]'],
    [
      file({ name: 'newton' }, { extra: 1 }),
      'Mismatched: extra: expected format, version and optimizer alone, got more',
    ],
    [
      file({ name: 'newton' }, { version: 2 }),
      'FutureVersion: version: expected at most 1, got 2: a later gradus wrote this gradus optimizer. Update gradus to read it.',
    ],
    [file({ name: 'newton' }, { version: 0.5 }), 'Mismatched: version: expected an integer from 1 to 1, got 0.5'],
    [file({ name: 'newton' }, { format: 'x' }), 'OtherFormat: format: expected \'gradus optimizer\', got "x"'],
    ['{ "name": "adam" }', `OtherFormat: format: expected 'gradus optimizer', got {"name":"adam"}`],
    ['{', 'NotJson: expected JSON text, got "{": the text may be cut off'],
    ['', 'NotJson: expected JSON text, got "": the text may be cut off'],
    ['null', "OtherFormat: format: expected 'gradus optimizer', got null"],
    [
      '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "newton", "__proto__": { "stepLength": 2 } } }',
      'Mismatched: optimizer.__proto__: expected one of the options stepLength, got {"stepLength":2}',
    ],
    [
      '{ "format": "gradus optimizer", "version": 1, "__proto__": {}, "optimizer": { "name": "newton" } }',
      'Mismatched: __proto__: expected format, version and optimizer alone, got more',
    ],
    [
      '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "newton", "stepLength": 1, "stepLength": 2 } }',
      'Mismatched: optimizer.stepLength: expected this key once, got it twice',
    ],
    [
      '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "newton", "n\\u0061me": "adam" } }',
      'Mismatched: optimizer.name: expected this key once, got it twice',
    ],
    [
      '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "descend", "label": "x", "transformation": [{ "name": "unchanged" }, { "name": "trace", "decay": 0, "decay": 0 }] } }',
      'Mismatched: optimizer.transformation[1].decay: expected this key once, got it twice',
    ],
    [
      file({ name: 'newton', '\ud800': 1 }),
      'Mismatched: optimizer.\ud800: expected one of the options stepLength, got 1',
    ],
    [
      '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "newton", "stepLength": 1e999 } }',
      'Mismatched: optimizer.stepLength: expected a finite number above 0, got null',
    ],
  ])('refuses %s', (wrong, told) => {
    expect(complaint(wrong)).toBe(told)
  })

  it('keeps the same word in several records apart', () => {
    expect(complaint(file({ name: 'lbfgs', lineSearch: { name: 'strongWolfe' } }))).toBe('accepted')
    const labelled = file({ name: 'descend', label: '{ "name": 1, "name": 2 }', transformation: { name: 'unchanged' } })
    expect(complaint(labelled)).toBe('accepted')
  })

  it('refuses what is nested without end, as a value', () => {
    for (const deep of ['['.repeat(200_000), `${'['.repeat(200_000)}${']'.repeat(200_000)}`, `{"a":`.repeat(50_000)])
      expect(parseOptimizer(deep)._tag).toBe('Left')
    const nested = `${'{"name":"lookahead","transformation":'.repeat(3000)}{"name":"unchanged"}${'}'.repeat(3000)}`
    expect(
      complaint(
        `{"format":"gradus optimizer","version":1,"optimizer":{"name":"descend","label":"x","transformation":${nested}}}`,
      ),
    ).toMatch(/^Mismatched: optimizer(\.transformation)+: expected a configuration at most 64 levels deep/)
  })

  it('survive a cut at every length and the flip of a character anywhere', () => {
    for (const at of Array.from(text, (_, i) => i)) {
      expect(() => complaint(text.slice(0, at))).not.toThrow()
      for (const flip of [1, 4, 32]) {
        const letter = String.fromCharCode(text.charCodeAt(at) ^ flip)
        expect(() => complaint(text.slice(0, at) + letter + text.slice(at + 1))).not.toThrow()
      }
    }
  })

  it('refuse any other text as a value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (other) => parseOptimizer(other)._tag === 'Left'),
    )
  })

  it('are for objectives that can be asked', () => {
    const fit = printOptimizer(lbfgs())
    expect(E.isRight(fit) && parseOptimizer(fit.right)._tag).toBe('Right')
    expect(parseOptimizerFor(['residuals'])(file({ name: 'gaussNewton' }))._tag).toBe('Right')
    expect(complaint(file({ name: 'gaussNewton' }))).toMatch(/gaussNewton asks for residuals/)
  })
})
