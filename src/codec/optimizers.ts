/** Optimizers by name and options: a closed table, one row for each, so that a configuration is data and is checked as data. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { trialDampings } from '../optimize/damping.js'
import { type DampedOptions, dampedNewton, type NewtonOptions, newton, saddleFreeNewton } from '../optimize/newton.js'
import type { Curved, ObjectiveWith } from '../optimize/Objective.js'
import type { Iterate, Optimizer, StateOf, StateType, StepFailure } from '../optimize/Optimizer.js'
import { type KrylovOptions, saddleFreeKrylov } from '../optimize/saddleFreeKrylov.js'
import { adam, gradientDescent, momentum } from '../optimize/Transformation.js'
import { type Data, type DataRecord, isPlainRecord, validateRecord } from './data.js'
import { type Mismatch, mismatchesOf } from './mismatch.js'

/**
 * An optimizer as data: its name in the table, and its options, those with defaults included.
 *
 * @since 0.1.0
 */
export interface Configuration extends DataRecord {
  readonly optimizer: string
  readonly options: DataRecord
}

const numberOf = (name: string, holds: (value: number) => boolean): t.Type<number, number, unknown> =>
  new t.Type<number, number, unknown>(
    name,
    t.number.is,
    (u, context) => (typeof u === 'number' && holds(u) ? t.success(u) : t.failure(u, context)),
    t.identity,
  )

const Positive = numberOf('a finite number above 0', (x) => x > 0 && x < Infinity)
const NotNegative = numberOf('a finite number of 0 or more', (x) => x >= 0 && x < Infinity)
const Fraction = numberOf('a number from 0 to below 1', (x) => x >= 0 && x < 1)
const Count = numberOf('an integer above 0', (x) => Number.isSafeInteger(x) && x > 0)

const Dampings = t.readonlyArray(NotNegative, 'dampings')

/** A number or numbers to try: one failure, at the number that is wrong. */
const DampingCodec = new t.Type<number | ReadonlyArray<number>, unknown, unknown>(
  'a finite damping of 0 or more, or a list of them',
  (u): u is number | ReadonlyArray<number> => NotNegative.is(u) || Dampings.is(u),
  (u, context) =>
    Array.isArray(u) && u.length > 0
      ? Dampings.validate(u, context)
      : typeof u === 'number' && NotNegative.decode(u)._tag === 'Right'
        ? t.success(u)
        : t.failure(u, context),
  t.identity,
)

const Outside = t.keyof({ ignore: null, gradient: null }, "'ignore' or 'gradient'")

/** Options of known names only: one that is misspelled would otherwise be a default. */
const optionsOf = <R extends t.Props, O extends t.Props>(required: R, optional: O) => {
  const known = t.intersection([t.type(required, 'options'), t.partial(optional, 'options')], 'options')
  const names = [...Object.keys(required), ...Object.keys(optional)]
  const Unknown = new t.Type<never, unknown, unknown>(
    `one of the options ${names.join(', ')}`,
    (_): _ is never => false,
    t.failure,
    t.identity,
  )
  return new t.Type<t.TypeOf<typeof known>, unknown, unknown>(
    `options: ${names.join(', ')}`,
    known.is,
    (u, context) =>
      pipe(
        isPlainRecord(u) ? t.success(u) : t.failure<Readonly<Record<string, unknown>>>(u, context),
        E.chain((options) =>
          validateRecord(options, (value, key) =>
            names.includes(key)
              ? t.success(value)
              : t.failure<unknown>(value, t.appendContext(context, key, Unknown, value)),
          ),
        ),
        E.chain(() => known.validate(u, context)),
      ),
    t.identity,
  )
}

declare const opaque: unique symbol

/**
 * The state of an optimizer whose type is not known before it runs. Nobody but the optimizer looks inside.
 *
 * @since 0.1.0
 */
export interface Opaque extends StateType {
  readonly state: { readonly [opaque]: true }
}

/**
 * An optimizer that was made from data: it runs, rests and resumes like any other.
 *
 * @since 0.1.0
 */
export type DecodedOptimizer = Optimizer<Opaque>

/**
 * The same optimizer with its hyperparameters as data, which its checkpoints carry: for those that are composed in code.
 *
 * @example
 * import { chain, descend, scaleBy, trace } from 'gradus/optimize'
 * import { withConfiguration } from 'gradus/codec'
 * const optimizer = withConfiguration({ decay: 0.9 })(descend('mine', chain(trace(0.9), scaleBy(-0.1))))
 * optimizer.configuration // => { decay: 0.9 }
 *
 * @since 0.1.0
 */
export const withConfiguration =
  (configuration: Data) =>
  <O extends { readonly name: string; readonly configuration?: unknown }>(optimizer: O): O => ({
    ...optimizer,
    configuration,
  })

type OpaqueIterate<P> = Iterate<P, Opaque['state'], Curved>

/** States come from `init` and from checkpoints that fit it alone, so they are of the type that is forgotten here. */
const forgetful = <F extends StateType>(optimizer: Optimizer<F, Curved>): DecodedOptimizer => ({
  name: optimizer.name,
  configuration: optimizer.configuration,
  init: (p) => optimizer.init(p) as Opaque['state'],
  step:
    <P>(next: ObjectiveWith<Curved, P>) =>
    (it: OpaqueIterate<P>) =>
      optimizer.step<P>(next)(it as Iterate<P, StateOf<F, P>, Curved>) as E.Either<
        StepFailure<P, Opaque['state']>,
        Iterate<P, Opaque['state']>
      >,
})

type Decoder = (options: unknown, context: t.Context) => t.Validation<DecodedOptimizer>

interface Row<F extends StateType, A extends Curved, Options> {
  /** The optimizer with its configuration. */
  readonly make: (options: Options) => Optimizer<F, A>
  readonly decode: Decoder
}

const present = (options: object): DataRecord =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]: readonly [string, Data | undefined]) => value !== undefined),
  )

/** The defaults are written out, so that a configuration means the same when a later version has others. */
const row = <F extends StateType, A extends Curved, Options extends object>(
  name: string,
  codec: t.Type<Options, unknown, unknown>,
  defaults: Partial<Options>,
  maker: (options: Options) => Optimizer<F, A>,
): Row<F, A, Options> => {
  const make = (options: Options): Optimizer<F, A> => {
    const configuration: Configuration = { optimizer: name, options: { ...present(defaults), ...present(options) } }
    return withConfiguration(configuration)(maker(options))
  }
  return {
    make,
    decode: (u, context) =>
      pipe(
        codec.validate(u, context),
        E.chain((options) =>
          pipe(
            // What the codec lets pass, the optimizer may still refuse: two options that do not go together.
            E.tryCatch(
              () => forgetful(make({ ...defaults, ...options })),
              (thrown): t.Errors => [
                { value: u, context, message: thrown instanceof Error ? thrown.message : String(thrown) },
              ],
            ),
          ),
        ),
      ),
  }
}

const damped = optionsOf({}, { damping: DampingCodec, stepLength: Positive })
const dampedDefaults = { damping: trialDampings, stepLength: 1 }

/** One row for each optimizer: the codec of its options, their defaults, and what makes it. */
const rows = {
  gradientDescent: row('gradientDescent', optionsOf({ learningRate: Positive }, {}), {}, gradientDescent),
  momentum: row('momentum', optionsOf({ learningRate: Positive }, { decay: Fraction }), { decay: 0.9 }, momentum),
  adam: row(
    'adam',
    optionsOf({ learningRate: Positive }, { decay1: Fraction, decay2: Fraction, epsilon: NotNegative }),
    { decay1: 0.9, decay2: 0.999, epsilon: 1e-8 },
    adam,
  ),
  newton: row('newton', optionsOf({}, { stepLength: Positive }), { stepLength: 1 }, newton),
  dampedNewton: row('dampedNewton', damped, dampedDefaults, dampedNewton),
  saddleFreeNewton: row('saddleFreeNewton', damped, dampedDefaults, saddleFreeNewton),
  saddleFreeKrylov: row(
    'saddleFreeKrylov',
    optionsOf({}, { dimension: Count, innerSteps: Count, damping: DampingCodec, outside: Outside }),
    { dimension: 20, innerSteps: 1, damping: trialDampings, outside: 'ignore' },
    saddleFreeKrylov,
  ),
}

type Made<R extends { readonly make: (options: never) => unknown }> = ReturnType<R['make']>

/**
 * The optimizers that can be made from data, by name: each is the function of this name in `gradus/optimize`, and its result
 * carries its configuration, so that checkpoints tell what wrote them. Defaults are written out.
 *
 * @example
 * import { configured } from 'gradus/codec'
 * const optimizer = configured.momentum({ learningRate: 0.1 })
 * optimizer.configuration // => { optimizer: 'momentum', options: { decay: 0.9, learningRate: 0.1 } }
 *
 * @since 0.1.0
 */
export const configured = {
  gradientDescent: rows.gradientDescent.make,
  momentum: rows.momentum.make,
  adam: rows.adam.make,
  newton: (options: NewtonOptions = {}): Made<typeof rows.newton> => rows.newton.make(options),
  dampedNewton: (options: DampedOptions = {}): Made<typeof rows.dampedNewton> => rows.dampedNewton.make(options),
  saddleFreeNewton: (options: DampedOptions = {}): Made<typeof rows.saddleFreeNewton> =>
    rows.saddleFreeNewton.make(options),
  saddleFreeKrylov: (options: KrylovOptions = {}): Made<typeof rows.saddleFreeKrylov> =>
    rows.saddleFreeKrylov.make(options),
} satisfies Readonly<Record<keyof typeof rows, unknown>>

const decoders: Readonly<Record<string, Decoder>> = Object.fromEntries(
  Object.entries(rows).map(([name, { decode }]) => [name, decode]),
)

const names = Object.keys(rows)

const NameCodec = new t.Type<string, string, unknown>(
  `one of ${names.join(', ')}`,
  t.string.is,
  (u, context) => (typeof u === 'string' && names.includes(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

const OptionsCodec = new t.Type<unknown, unknown, unknown>('options', t.unknown.is, t.success, t.identity)

/**
 * The codec of optimizers as data: it reads `{ optimizer, options }` and gives the optimizer, and writes its configuration.
 *
 * @since 0.1.0
 */
export const OptimizerCodec = new t.Type<DecodedOptimizer, unknown, unknown>(
  'an optimizer: { optimizer, options }',
  (u): u is DecodedOptimizer => isPlainRecord(u) && 'configuration' in u && 'step' in u,
  (u, context) => {
    if (!isPlainRecord(u)) return t.failure(u, context)
    const { optimizer, options = {} } = u
    return pipe(
      NameCodec.validate(optimizer, t.appendContext(context, 'optimizer', NameCodec, optimizer)),
      E.chain((name) => {
        const place = t.appendContext(context, 'options', OptionsCodec, options)
        return isPlainRecord(options)
          ? (decoders[name]?.(options, place) ?? t.failure(optimizer, context))
          : t.failure(options, place, 'a record of options')
      }),
    )
  },
  ({ configuration }) => configuration,
)

/**
 * Makes an optimizer from data, such as parsed JSON or the configuration in a checkpoint: `{ optimizer, options }`.
 *
 * **Fails** with the places where an option is out of range, missing or unknown, before anything runs.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { decodeOptimizer } from 'gradus/codec'
 * const wrong = decodeOptimizer({ optimizer: 'adam', options: { learningRate: 0.1, decay2: 1 } })
 * E.isLeft(wrong) && wrong.left[0]?.path // => 'options.decay2'
 *
 * @since 0.1.0
 */
export const decodeOptimizer = (value: unknown): E.Either<ReadonlyArray<Mismatch>, DecodedOptimizer> =>
  pipe(OptimizerCodec.decode(value), E.mapLeft(mismatchesOf))
