/** Checkpoints: all that a run needs to go on, as a document, bit for bit. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { Key } from '../function/random.js'
import type { Ability } from '../optimize/Objective.js'
import {
  type Iterate,
  type Optimizer,
  type StateOf,
  type StateType,
  type Work,
  workMonoid,
} from '../optimize/Optimizer.js'
import { CountCodec, type Data, DataCodec, encodeData, isPlainRecord, validateRecord } from './data.js'
import {
  type DocumentFailure,
  type Format,
  parsed,
  printed,
  sealed,
  showDocumentFailure,
  unsealed,
} from './document.js'
import { differences, formDifferences, isLike, isStateLike, stateDifferences } from './likeness.js'
import { type Mismatch, mismatchesOf, showMismatches } from './mismatch.js'
import { encodeOptimizer } from './optimizers.js'

/**
 * A run at rest: what `resume` takes, the optimizer's name and configuration, and the random keys that the run was given.
 *
 * @since 0.1.0
 */
export interface Checkpoint<P, S> {
  readonly optimizer: { readonly name: string; readonly configuration: unknown }
  readonly step: number
  readonly params: P
  readonly state: S
  readonly work: Work
  readonly keys: Readonly<Record<string, Key>>
}

/**
 * Why a text or a value is not a checkpoint of this optimizer on such parameters.
 *
 * @since 0.1.0
 */
export type CheckpointFailure =
  | DocumentFailure
  /** Of another optimizer, or of other hyperparameters. */
  | { readonly _tag: 'OtherOptimizer'; readonly mismatches: ReadonlyArray<Mismatch> }
  /** Of parameters of another structure or of other shapes. */
  | { readonly _tag: 'OtherParameters'; readonly mismatches: ReadonlyArray<Mismatch> }

/**
 * The checkpoint of an iterate.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, stepsAtMost, takeUntil } from 'gradus/optimize'
 * import { checkpointOf } from 'gradus/codec'
 * const [optimizer, loss] = [gradientDescent({ learningRate: 0.25 }), objective((x: Tensor) => square(x))]
 * const { last } = pipe(tensor(1), minimize(optimizer, loss), takeUntil(stepsAtMost(2)))
 * checkpointOf(optimizer)(last).step // => 2
 *
 * @since 0.1.0
 */
export const checkpointOf =
  <F extends StateType, A extends Ability>(
    optimizer: Optimizer<F, A>,
    { keys = {} }: { readonly keys?: Readonly<Record<string, Key>> } = {},
  ) =>
  <P>({
    step,
    params,
    state,
    work,
  }: Pick<Iterate<P, StateOf<F, P>>, 'step' | 'params' | 'state' | 'work'>): Checkpoint<P, StateOf<F, P>> => ({
    optimizer: { name: optimizer.name, configuration: configurationOf(optimizer) },
    step,
    params,
    state,
    work,
    keys,
  })

/** `null` for an optimizer that tells nothing of itself, or holds code: then names alone are compared. */
const configurationOf = (optimizer: { readonly name: string; readonly configuration?: unknown }): unknown =>
  pipe(
    encodeOptimizer(optimizer),
    E.getOrElse((): Data => null),
  )

/** Migrations of older bodies go here, the first from version 1 to version 2. */
const format: Format = { name: 'gradus checkpoint', migrations: [] }

/**
 * Writes a checkpoint as JSON.
 *
 * **Fails** with a `Defect` where parameters or state are no plain data.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { gradientDescent, workMonoid } from 'gradus/optimize'
 * import { checkpointOf, encodeCheckpoint } from 'gradus/codec'
 * const at = { step: 0, params: tensor(1), state: null, work: workMonoid.empty }
 * typeof encodeCheckpoint(checkpointOf(gradientDescent({ learningRate: 0.1 }))(at)) // => 'object'
 *
 * @since 0.1.0
 */
export const encodeCheckpoint = <P, S>({ optimizer, step, params, state, work, keys }: Checkpoint<P, S>): unknown =>
  documentOf({ optimizer, step, params, state, work, keys })

const documentOf = ({ optimizer, step, params, state, work, keys }: Checkpoint<unknown, unknown>) =>
  sealed(format)({
    optimizer: { name: optimizer.name, configuration: encodeData(optimizer.configuration) },
    step,
    params: encodeData(params),
    state: encodeData(state),
    work,
    keys: KeysCodec.encode(keys),
  })

/**
 * Writes a checkpoint as JSON text, one line for each field.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { square, tensor, type Tensor } from 'gradus'
 * import { adam, minimize, objective, resume, stepsAtMost, takeUntil } from 'gradus/optimize'
 * import { checkpointOf, parseCheckpoint, printCheckpoint } from 'gradus/codec'
 * const [optimizer, loss] = [adam({ learningRate: 0.25 }), objective((x: Tensor) => square(x))]
 * const run = minimize(optimizer, loss)(tensor(1))
 * const text = printCheckpoint(checkpointOf(optimizer)(takeUntil(stepsAtMost(2))(run).last))
 * const read = parseCheckpoint(optimizer, tensor(0))(text)
 * const rest = pipe(read, E.map((from) => takeUntil(stepsAtMost(5))(resume(optimizer, loss)(from)).last.value))
 * rest // => E.right(takeUntil(stepsAtMost(5))(run).last.value)
 *
 * @since 0.1.0
 */
export const printCheckpoint = <P, S>(checkpoint: Checkpoint<P, S>): string => printed(documentOf(checkpoint))

const isWork = (u: unknown): u is Work =>
  isPlainRecord(u) &&
  Object.keys(u).length === Object.keys(workMonoid.empty).length &&
  Object.keys(workMonoid.empty).every((name) => {
    const count = Object.hasOwn(u, name) ? u[name] : undefined
    return typeof count === 'number' && count >= 0 && Number.isFinite(count)
  })

/**
 * The codec of work.
 *
 * @since 0.1.0
 */
export const WorkCodec = new t.Type<Work, Work, unknown>(
  `a record with the counts ${Object.keys(workMonoid.empty).join(', ')}`,
  isWork,
  (u, context) => (isWork(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

const Word = new t.Type<number, number, unknown>(
  'an integer of 32 bits',
  t.number.is,
  (u, context) => (typeof u === 'number' && u >>> 0 === u ? t.success(u) : t.failure(u, context)),
  t.identity,
)

const Words = t.readonly(t.tuple([Word, Word], 'two words'), 'two words')

/**
 * The codec of a random key: its two words.
 *
 * @since 0.1.0
 */
export const KeyCodec = new t.Type<Key, readonly [number, number], unknown>(
  'the two words of a random key',
  (u): u is Key => isPlainRecord(u) && u._tag === 'Key' && Words.is(u.words),
  (u, context) =>
    pipe(
      Words.validate(u, context),
      E.map((words) => ({ _tag: 'Key', words })),
    ),
  ({ words }) => words,
)

// io-ts' own record would take a key such as __proto__ for what it does.
const KeysCodec = new t.Type<Readonly<Record<string, Key>>, unknown, unknown>(
  'random keys by name',
  (u): u is Readonly<Record<string, Key>> => isPlainRecord(u) && Object.values(u).every(KeyCodec.is),
  (u, context) =>
    isPlainRecord(u)
      ? validateRecord(u, (each, key) => KeyCodec.validate(each, t.appendContext(context, key, KeyCodec, each)))
      : t.failure(u, context),
  (keys) => Object.fromEntries(Object.entries(keys).map(([name, { words }]) => [name, words])),
)

const BodyCodec = t.type({
  optimizer: t.type({ name: t.string, configuration: DataCodec }, 'an optimizer'),
  step: CountCodec,
  params: DataCodec,
  state: DataCodec,
  work: WorkCodec,
  keys: KeysCodec,
})

/**
 * Reads a checkpoint of any optimizer on any parameters, as data: to look into a file, or to make its optimizer by
 * `decodeOptimizer` of its configuration. `fitCheckpoint` gives it types.
 *
 * **Fails** `OtherFormat`, `FutureVersion`, `Corrupt`, `Mismatched`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor } from 'gradus'
 * import { gradientDescent, workMonoid } from 'gradus/optimize'
 * import { checkpointOf, decodeAnyCheckpoint, encodeCheckpoint } from 'gradus/codec'
 * const at = { step: 0, params: tensor(1), state: null, work: workMonoid.empty }
 * const written = encodeCheckpoint(checkpointOf(gradientDescent({ learningRate: 0.1 }))(at))
 * pipe(decodeAnyCheckpoint(written), E.map(({ optimizer }) => optimizer.name)) // => E.right('gradient descent')
 *
 * @since 0.1.0
 */
export const decodeAnyCheckpoint = (value: unknown): E.Either<DocumentFailure, Checkpoint<Data, Data>> =>
  pipe(
    unsealed(format)(value),
    E.chain((body) =>
      pipe(
        BodyCodec.decode(body),
        E.mapLeft((errors): DocumentFailure => ({ _tag: 'Mismatched', mismatches: mismatchesOf(errors) })),
      ),
    ),
  )

/**
 * A checkpoint for an optimizer and parameters like an example, where it is one of such.
 *
 * **Fails** `OtherOptimizer` when the name or the configuration differs, `OtherParameters` when the structure or a shape does,
 * `Mismatched` when the state cannot be one of this optimizer.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { tensor } from 'gradus'
 * import { gradientDescent, workMonoid } from 'gradus/optimize'
 * import { checkpointOf, decodeAnyCheckpoint, encodeCheckpoint, fitCheckpoint } from 'gradus/codec'
 * const optimizer = gradientDescent({ learningRate: 0.1 })
 * const at = { step: 0, params: tensor(1), state: null, work: workMonoid.empty }
 * const any = decodeAnyCheckpoint(encodeCheckpoint(checkpointOf(optimizer)(at)))
 * pipe(any, E.chainW(fitCheckpoint(optimizer, tensor([1, 2]))), E.mapLeft(({ _tag }) => _tag)) // => E.left('OtherParameters')
 *
 * @since 0.1.0
 */
export const fitCheckpoint =
  <F extends StateType, A extends Ability, P>(optimizer: Optimizer<F, A>, example: P) =>
  (found: Checkpoint<Data, Data>): E.Either<CheckpointFailure, Checkpoint<P, StateOf<F, P>>> => {
    const { params, state } = found
    const expected = { name: optimizer.name, configuration: configurationOf(optimizer) }
    const others = differences('optimizer', expected, found.optimizer)
    if (others.length > 0) return E.left({ _tag: 'OtherOptimizer', mismatches: others })
    if (!isLike(example)(params))
      return E.left({ _tag: 'OtherParameters', mismatches: formDifferences('params', example, params) })
    const first = optimizer.init(params)
    return isStateLike(first)(state)
      ? E.right({ ...found, params, state })
      : E.left({ _tag: 'Mismatched', mismatches: stateDifferences('state', first, state) })
  }

/**
 * Reads a checkpoint from a value, such as parsed JSON: what `resume(optimizer, objective)` takes, with its types.
 *
 * **Fails** as `CheckpointFailure` lists, with each place, what was expected there and what was found.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { decodeCheckpoint } from 'gradus/codec'
 * import { adam } from 'gradus/optimize'
 * decodeCheckpoint(adam({ learningRate: 0.1 }), tensor(0))({ format: 'other' })._tag // => 'Left'
 *
 * @since 0.1.0
 */
export const decodeCheckpoint =
  <F extends StateType, A extends Ability, P>(optimizer: Optimizer<F, A>, example: P) =>
  (value: unknown): E.Either<CheckpointFailure, Checkpoint<P, StateOf<F, P>>> =>
    pipe(decodeAnyCheckpoint(value), E.chainW(fitCheckpoint(optimizer, example)))

/**
 * Reads a checkpoint from JSON text.
 *
 * **Fails** `NotJson`, and as `decodeCheckpoint` does.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { parseCheckpoint } from 'gradus/codec'
 * import { adam } from 'gradus/optimize'
 * const read = parseCheckpoint(adam({ learningRate: 0.1 }), tensor(0))('{ "format"')
 * read._tag === 'Left' && read.left._tag // => 'NotJson'
 *
 * @since 0.1.0
 */
export const parseCheckpoint =
  <F extends StateType, A extends Ability, P>(optimizer: Optimizer<F, A>, example: P) =>
  (text: string): E.Either<CheckpointFailure, Checkpoint<P, StateOf<F, P>>> =>
    pipe(parsed(text), E.chainW(decodeCheckpoint(optimizer, example)))

/**
 * Says what is wrong with a checkpoint that could not be read: one line for each place, at most five, and what to do.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { decodeCheckpoint, showCheckpointFailure } from 'gradus/codec'
 * import { adam } from 'gradus/optimize'
 * const read = decodeCheckpoint(adam({ learningRate: 0.1 }), tensor(0))({ format: 'other' })
 * read._tag === 'Left' && showCheckpointFailure(read.left) // => "format: expected 'gradus checkpoint', got \"other\""
 *
 * @since 0.1.0
 */
export const showCheckpointFailure = (failure: CheckpointFailure): string => {
  switch (failure._tag) {
    case 'OtherOptimizer':
      return `${showMismatches(failure.mismatches)}\nMake the optimizer with the configuration of the checkpoint.`
    case 'OtherParameters':
      return `${showMismatches(failure.mismatches)}\nGive an example of the parameters that the run began with.`
    default:
      return showDocumentFailure(failure)
  }
}
