import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeResults, parseResults, printResults, type Results, showResultsFailure } from '../../src/codec/results.js'
import { arbitraryResults } from '../report/arbitraryResults.js'

const example: Results = {
  schema: 'gradus/results',
  version: 1,
  experiment: 'digits',
  title: 'Digits',
  command: 'gradus run digits --seed 1',
  settings: { seed: 1, widths: [5, 10], quick: false, damping: 'trial set' },
  environment: { gradus: '0.1.0', node: 'v20.20.2', platform: 'linux x64', kernels: 'wasm' },
  startedAt: '2014-06-10T12:00:00.000Z',
  seconds: 12.5,
  interrupted: false,
  runs: [
    {
      optimizer: 'saddle-free Newton',
      width: 5,
      seed: 1,
      iterates: [{ epoch: 0, loss: 2.3, error: 0.9, lambdaMin: Number.NaN, gradientEquivalents: 0 }],
      spectrum: [-1, Number.POSITIVE_INFINITY],
      reason: 'all epochs done',
    },
  ],
}

// The example as JSON would hold it, with one place changed.
const changed = (edit: (json: string) => string): unknown => JSON.parse(edit(printResults(example)))

const complaint = (value: unknown): string => {
  const outcome = decodeResults(value)
  return E.isLeft(outcome) ? showResultsFailure(outcome.left) : 'accepted'
}

describe('results.json', () => {
  it('round-trips any results through JSON text', () => {
    fc.assert(
      fc.property(arbitraryResults, (results) => {
        expect(parseResults(printResults(results))).toEqual(E.right(results))
      }),
    )
  })

  it('writes NaN and infinities as strings, and one run on a line', () => {
    const json = printResults(example)
    expect(json).toContain('"lambdaMin":"NaN"')
    expect(json).toContain('"spectrum":[-1,"Infinity"]')
    expect(json.split('\n').filter((line) => line.includes('"optimizer"'))).toHaveLength(1)
  })

  it('allows fields that a later version may add', () => {
    expect(complaint({ ...JSON.parse(printResults(example)), notes: 'more' })).toBe('accepted')
  })

  it.each([
    [
      '"loss":2.3',
      '"loss":"low"',
      `runs[0].iterates[0].loss: expected a number, 'NaN', 'Infinity' or '-Infinity', got "low"`,
    ],
    ['"loss":2.3,', '', `runs[0].iterates[0].loss: expected a number, 'NaN', 'Infinity' or '-Infinity', got nothing`],
    ['"version": 1', '"version": 2', 'version: expected 1, got 2'],
    ['"gradus/results"', '"other"', `schema: expected 'gradus/results', got "other"`],
    [
      '"experiment": "digits"',
      '"experiment": "cats"',
      `experiment: expected 'digits', 'mnist', 'saddles', 'autoencoder' or 'escape', got "cats"`,
    ],
    [
      '2014-06-10T12',
      '2014-13-10T12',
      'startedAt: expected a date such as 2014-06-10T12:00:00Z, got "2014-13-10T12:00:00.000Z"',
    ],
    [
      '"quick":false',
      '"quick":{}',
      'settings.quick: expected a number, a string, true, false or an array of these, got {}',
    ],
    [
      '"spectrum":[-1',
      '"spectrum":[null',
      `runs[0].spectrum[0]: expected a number, 'NaN', 'Infinity' or '-Infinity', got null`,
    ],
    ['"reason":', '"surface":"flat","reason":', `runs[0].surface: expected 'classical' or 'monkey', got "flat"`],
    [
      '"reason":',
      '"path":[[1]],"reason":',
      `runs[0].path[0][1]: expected a number, 'NaN', 'Infinity' or '-Infinity', got nothing`,
    ],
    ['"runs": [', '"runs": [7,', 'runs[0]: expected a run, got 7'],
  ])('names the place: %s → %s', (from, to, told) => {
    expect(complaint(changed((json) => json.replace(from, to)))).toBe(told)
  })

  it('says when a value is no results at all', () => {
    expect(complaint(null)).toBe('the whole: expected results, got null')
  })

  it('lists five places and counts the rest', () => {
    const lines = complaint({ schema: 'gradus/results' }).split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[5]).toBe('and 5 more')
  })

  it('says when a text is not JSON', () => {
    const outcome = parseResults('{"schema"')
    expect(E.isLeft(outcome) && showResultsFailure(outcome.left)).toBe('expected JSON text, got "{\\"schema\\""')
  })
})
