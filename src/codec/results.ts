import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type Mismatch, mismatchesOf, showMismatches, shown } from './mismatch.js'

const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

/**
 * A Float64 in JSON: a number, or one of the strings 'NaN', 'Infinity' and '-Infinity' that JSON has no number for.
 * The sign of zero is not kept.
 *
 * @since 0.1.0
 */
export const Real = new t.Type<number, number | string, unknown>(
  "a number, 'NaN', 'Infinity' or '-Infinity'",
  (u): u is number => typeof u === 'number',
  (u, context) => {
    const value = typeof u === 'string' && Object.hasOwn(nonFinite, u) ? nonFinite[u] : u
    return typeof value === 'number' ? t.success(value) : t.failure(u, context)
  },
  (value) => (Number.isFinite(value) ? value + 0 : String(value)),
)

const isoPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const isIso = (u: unknown): u is string => typeof u === 'string' && isoPattern.test(u) && !Number.isNaN(Date.parse(u))

const IsoDate = new t.Type<string, string, unknown>(
  'a date such as 2014-06-10T12:00:00Z',
  isIso,
  (u, context) => (isIso(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

const text = new t.Type<string, string, unknown>('a string', t.string.is, t.string.validate, t.identity)
const flag = new t.Type<boolean, boolean, unknown>('true or false', t.boolean.is, t.boolean.validate, t.identity)

const SettingScalar = t.union([Real, text, flag])
const SettingUnion = t.union([SettingScalar, t.readonlyArray(SettingScalar)])

// One failure in place of one for each member of the union.
const SettingCodec = new t.Type<t.TypeOf<typeof SettingUnion>, t.OutputOf<typeof SettingUnion>, unknown>(
  'a number, a string, true, false or an array of these',
  SettingUnion.is,
  (u, context) =>
    pipe(
      SettingUnion.validate(u, context),
      E.orElse(() => t.failure(u, context)),
    ),
  SettingUnion.encode,
)

/**
 * One setting of an experiment; the strings 'NaN', 'Infinity' and '-Infinity' are read as numbers.
 *
 * @since 0.1.0
 */
export type Setting = t.TypeOf<typeof SettingCodec>

// Both members are exact: else the partial one hands NaN back unencoded, and NaN ≠ NaN makes io-ts prefer it.
const withOptional = <R extends t.Props, O extends t.Props>(required: R, optional: O, name: string) =>
  t.readonly(
    t.intersection([t.exact(t.type(required, name), name), t.exact(t.partial(optional, name), name)], name),
    name,
  )

const ResultIterateCodec = withOptional(
  { epoch: Real, loss: Real, error: Real, lambdaMin: Real, gradientEquivalents: Real },
  { gradientNorm: Real, damping: Real },
  'an iterate',
)

/**
 * One point of a run. `epoch` counts steps where there are no epochs; `loss` is the training loss; `error` the share of
 * training images that are misclassified, 0..1 (for an autoencoder the squared error of the reconstruction, summed over
 * pixels and averaged over images; NaN where it has no meaning); `lambdaMin` the smallest eigenvalue of the Hessian (NaN
 * where it was not computed); `gradientEquivalents` the work so far, in gradients over the whole training set.
 *
 * @since 0.1.0
 */
export type ResultIterate = t.TypeOf<typeof ResultIterateCodec>

const ResultRunCodec = withOptional(
  {
    optimizer: text,
    width: Real,
    seed: Real,
    iterates: t.readonlyArray(ResultIterateCodec, 'an array of iterates'),
    reason: text,
  },
  {
    spectrum: t.readonlyArray(Real, 'an array of eigenvalues'),
    path: t.readonlyArray(t.readonly(t.tuple([Real, Real], 'a point [x, y]')), 'an array of points'),
    surface: t.keyof({ classical: null, monkey: null }, "'classical' or 'monkey'"),
    index: Real,
    distance: Real,
  },
  'a run',
)

/**
 * One optimizer from one start: `width` is the number of hidden units (0 where there is none), `spectrum` the eigenvalues
 * of the final Hessian, `path` and `surface` the points visited on a surface over the plane, `index` how many eigenvalues are
 * negative where a run began and `distance` how far from a saddle that was (`width` is then the number of variables), `reason`
 * why it ended.
 *
 * @since 0.1.0
 */
export type ResultRun = t.TypeOf<typeof ResultRunCodec>

/**
 * The codec of results.json.
 *
 * @since 0.1.0
 */
export const ResultsCodec = t.readonly(
  t.type(
    {
      schema: t.literal('gradus/results', "'gradus/results'"),
      version: t.literal(1, '1'),
      experiment: t.keyof(
        { digits: null, mnist: null, saddles: null, autoencoder: null, escape: null },
        "'digits', 'mnist', 'saddles', 'autoencoder' or 'escape'",
      ),
      title: text,
      command: text,
      settings: t.readonly(t.record(t.string, SettingCodec, 'the settings by name')),
      environment: t.readonly(t.type({ gradus: text, node: text, platform: text, kernels: text }, 'the environment')),
      startedAt: IsoDate,
      seconds: Real,
      interrupted: flag,
      runs: t.readonlyArray(ResultRunCodec, 'an array of runs'),
    },
    'results',
  ),
  'results',
)

/**
 * The results of an experiment: `command` is the line that repeats it, `startedAt` an ISO date, `seconds` the time it took.
 *
 * @since 0.1.0
 */
export type Results = t.TypeOf<typeof ResultsCodec>

/**
 * Why a text or a value is not the results of an experiment.
 *
 * @since 0.1.0
 */
export type ResultsFailure =
  | { readonly _tag: 'NotJson'; readonly found: string }
  | { readonly _tag: 'Mismatched'; readonly mismatches: ReadonlyArray<Mismatch> }

/**
 * Reads results from a value, such as parsed JSON.
 *
 * **Fails** `Mismatched`, with every place where the value is not what the schema asks for.
 *
 * @example
 * import { decodeResults } from 'gradus/codec'
 * decodeResults({ schema: 'gradus/results' })._tag // => 'Left'
 *
 * @since 0.1.0
 */
export const decodeResults = (value: unknown): E.Either<ResultsFailure, Results> =>
  pipe(
    ResultsCodec.decode(value),
    E.mapLeft((errors) => ({ _tag: 'Mismatched', mismatches: mismatchesOf(errors) })),
  )

/**
 * Reads results from the text of a results.json.
 *
 * **Fails** `NotJson`, `Mismatched`.
 *
 * @example
 * import { parseResults } from 'gradus/codec'
 * const results = parseResults('{ "schema"')
 * results._tag === 'Left' && results.left._tag // => 'NotJson'
 *
 * @since 0.1.0
 */
export const parseResults = (json: string): E.Either<ResultsFailure, Results> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(json),
      (): ResultsFailure => ({ _tag: 'NotJson', found: shown(json) }),
    ),
    E.chain(decodeResults),
  )

/**
 * Writes results as JSON text: one line for each field and each run. `parseResults` reads it back.
 *
 * @example
 * import { parseResults, printResults, type Results } from 'gradus/codec'
 * const results: Results = {
 *   schema: 'gradus/results', version: 1, experiment: 'digits', title: 'Digits', command: 'gradus run digits',
 *   settings: { seed: 1 }, environment: { gradus: '0.1.0', node: 'v20', platform: 'linux', kernels: 'wasm' },
 *   startedAt: '2014-06-10T12:00:00Z', seconds: Infinity, interrupted: false, runs: [],
 * }
 * const read = parseResults(printResults(results))
 * read._tag === 'Right' && read.right // => results
 *
 * @since 0.1.0
 */
export const printResults = (results: Results): string => {
  const { runs, ...fields } = ResultsCodec.encode(results)
  const lines = [
    ...Object.entries(fields).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`),
    runs.length === 0
      ? '  "runs": []'
      : `  "runs": [\n    ${runs.map((run) => JSON.stringify(run)).join(',\n    ')}\n  ]`,
  ]
  return `{\n${lines.join(',\n')}\n}\n`
}

/**
 * Says what is wrong with results that could not be read: one line for each place, at most five.
 *
 * @example
 * import { parseResults, showResultsFailure } from 'gradus/codec'
 * const results = parseResults('7')
 * results._tag === 'Left' && showResultsFailure(results.left) // => 'the whole: expected results, got 7'
 *
 * @since 0.1.0
 */
export const showResultsFailure = (failure: ResultsFailure): string => {
  switch (failure._tag) {
    case 'NotJson':
      return `expected JSON text, got ${failure.found}`
    case 'Mismatched':
      return showMismatches(failure.mismatches)
  }
}
