import fc from 'fast-check'
import type { ResultIterate, ResultRun, Results, Setting } from '../../src/codec/results.js'

// The sign of zero does not pass through JSON.
const real: fc.Arbitrary<number> = fc
  .oneof(
    { weight: 4, arbitrary: fc.double() },
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0),
  )
  .map((x) => x + 0)

const word = fc.string({ maxLength: 12 })
const settingText = word.filter((s) => !['NaN', 'Infinity', '-Infinity'].includes(s))
const settingScalar = fc.oneof(real, settingText, fc.boolean())
const setting: fc.Arbitrary<Setting> = fc.oneof(settingScalar, fc.array(settingScalar, { maxLength: 4 }))

const iterate: fc.Arbitrary<ResultIterate> = fc.record(
  {
    epoch: real,
    loss: real,
    error: real,
    lambdaMin: real,
    gradientEquivalents: real,
    gradientNorm: real,
    damping: real,
  },
  { requiredKeys: ['epoch', 'loss', 'error', 'lambdaMin', 'gradientEquivalents'] },
)

const run: fc.Arbitrary<ResultRun> = fc.record(
  {
    optimizer: word,
    width: fc.oneof(fc.constantFrom(0, 5, 25), real),
    seed: fc.nat(),
    iterates: fc.array(iterate, { maxLength: 6 }),
    reason: fc.oneof(word, fc.constant('left the saddle')),
    spectrum: fc.array(real, { maxLength: 8 }),
    path: fc.array(fc.tuple(real, real), { maxLength: 6 }),
    surface: fc.constantFrom('classical' as const, 'monkey' as const),
    index: real,
    distance: real,
  },
  { requiredKeys: ['optimizer', 'width', 'seed', 'iterates', 'reason'] },
)

/** Any results that the schema allows, sensible or not. */
export const arbitraryResults: fc.Arbitrary<Results> = fc.record({
  schema: fc.constant('gradus/results' as const),
  version: fc.constant(1 as const),
  experiment: fc.constantFrom(
    'digits' as const,
    'mnist' as const,
    'saddles' as const,
    'autoencoder' as const,
    'escape' as const,
  ),
  title: word,
  command: word,
  settings: fc.dictionary(
    word.filter((key) => key !== '__proto__'),
    setting,
    { maxKeys: 5, noNullPrototype: true },
  ),
  environment: fc.record({ gradus: word, node: word, platform: word, kernels: word }),
  startedAt: fc
    .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  seconds: real,
  interrupted: fc.boolean(),
  runs: fc.array(run, { maxLength: 4 }),
})
