/** Plain data with tensors in it, as JSON and back to the bit. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { fromFloat64Array } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toFloat64Array } from '../data/read.js'
import { sizeOf } from '../data/Shape.js'
import { isTensor, type Tensor } from '../data/Tensor.js'
import { base64OfNumbers, lettersOfNumbers, numbersOfBase64 } from '../kernel/reference/base64.js'
import { type Mismatch, mismatchesOf, within } from './mismatch.js'

/**
 * What can be written down: tensors, numbers, strings, truth values, `null`, and arrays and records of these. Parameters are such
 * data, and so is the state of an optimizer.
 *
 * @since 0.1.0
 */
export type Data = null | boolean | number | string | Tensor | ReadonlyArray<Data> | DataRecord

/**
 * A record of data.
 *
 * @since 0.1.0
 */
export interface DataRecord {
  readonly [key: string]: Data
}

/** Deeper data is refused, so that neither a hostile file nor a cycle exhausts the stack. */
const deepest = 256

export const isPlainRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isTensor(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? `an instance of ${value.constructor?.name ?? 'a class'}` : typeof value

/** Numbers that JSON does not have. */
export const specials: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
}

export const encodeNumber = (value: number): number | { readonly number: string } =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : { number: Object.is(value, -0) ? '-0' : String(value) }

const encodeTensor = (x: Tensor): unknown => ({ tensor: x.shape, float64: base64OfNumbers(toFloat64Array(x)) })

const mapRecord = (record: Readonly<Record<string, unknown>>, f: (value: unknown, key: string) => unknown): unknown =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]))

const encodeAt = (value: unknown, path: string, depth: number): unknown => {
  if (depth > deepest)
    return raise('InvalidArgument', `encodeData: expected data at most ${deepest} levels deep, got more at ${path}.`)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return encodeNumber(value)
  if (isTensor(value)) return encodeTensor(value)
  if (Array.isArray(value)) return value.map((each: unknown, i) => encodeAt(each, within(path, String(i)), depth + 1))
  return isPlainRecord(value)
    ? { record: mapRecord(value, (each, key) => encodeAt(each, within(path, key), depth + 1)) }
    : raise(
        'InvalidArgument',
        `encodeData: expected tensors, numbers, strings, true, false, null, arrays and records at ${path || 'the root'}, got ` +
          `${kindOf(value)}. Keep state as plain data: closures, maps and instances of classes cannot be written down.`,
      )
}

/**
 * Writes data as JSON: tensors as their shape and the base64 of their numbers, the lowest byte first, and records under a key of
 * their own, so that no record is taken for anything else, whatever its keys are.
 *
 * **Laws** `decodeData` reads the same again, to the bit: −0, subnormal numbers and what a NaN in a tensor carries included. The
 * order of keys is kept.
 *
 * **Fails** with a `Defect` that names the place where the value is no data.
 *
 * @example
 * import { tensor } from 'gradus'
 * import { encodeData } from 'gradus/codec'
 * encodeData({ x: tensor([1]), n: -0 }) // => { record: { x: { tensor: [1], float64: 'AAAAAAAA8D8=' }, n: { number: '-0' } } }
 *
 * @since 0.1.0
 */
export const encodeData = (value: unknown): unknown => encodeAt(value, '', 0)

const length = new t.Type<number, number, unknown>(
  'an integer of 0 or more',
  (u): u is number => typeof u === 'number',
  (u, context) =>
    Number.isSafeInteger(u) && typeof u === 'number' && u >= 0 && !Object.is(u, -0)
      ? t.success(u)
      : t.failure(u, context),
  t.identity,
)

/** A shape: lengths of axes. */
export const ShapeCodec = t.readonlyArray(length, 'a shape')

export const CountCodec = length

const hasKeys = (u: unknown, ...keys: ReadonlyArray<string>): u is Readonly<Record<string, unknown>> =>
  isPlainRecord(u) && Object.keys(u).length === keys.length && keys.every((key) => Object.hasOwn(u, key))

const under = (context: t.Context, key: string, type: t.Mixed, actual: unknown): t.Context =>
  t.appendContext(context, key, type, actual)

const numbersText = new t.Type<string, string, unknown>('numbers in base64', t.string.is, t.string.validate, t.identity)

const validateTensor = (u: Readonly<Record<string, unknown>>, context: t.Context): t.Validation<Tensor> =>
  pipe(
    ShapeCodec.validate(u.tensor, under(context, 'tensor', ShapeCodec, u.tensor)),
    E.chain((shape) => {
      const text = u.float64
      const place = under(context, 'float64', numbersText, text)
      const size = sizeOf(shape)
      // The length is asked first: a wrong shape must not make room for numbers that are not there.
      const numbers =
        typeof text === 'string' && text.length === lettersOfNumbers(size) ? numbersOfBase64(text) : undefined
      return numbers?.length === size
        ? t.success(fromFloat64Array(numbers, shape))
        : t.failure(text, place, `${size} numbers in base64`)
    }),
  )

/** All that was read, or all that went wrong. */
export const collected = <A>(parts: ReadonlyArray<t.Validation<A>>): t.Validation<ReadonlyArray<A>> => {
  const errors = parts.flatMap((part) => (E.isLeft(part) ? part.left : []))
  return errors.length > 0
    ? t.failures(errors)
    : t.success(parts.flatMap((part) => (E.isRight(part) ? [part.right] : [])))
}

/** A record entry by entry, whatever its keys are. */
export const validateRecord = <A>(
  record: Readonly<Record<string, unknown>>,
  validate: (value: unknown, key: string) => t.Validation<A>,
): t.Validation<Readonly<Record<string, A>>> =>
  pipe(
    Object.entries(record).map(([key, value]) =>
      pipe(
        validate(value, key),
        E.map((read): readonly [string, A] => [key, read]),
      ),
    ),
    collected,
    E.map((entries) => Object.fromEntries(entries)),
  )

const validateAt = (u: unknown, context: t.Context): t.Validation<Data> => {
  if (context.length > 2 * deepest + 16) return t.failure(u, context, `data at most ${deepest} levels deep`)
  if (u === null || typeof u === 'boolean' || typeof u === 'string') return t.success(u)
  // JSON.parse reads −0 and, from an exponent that is too large, ∞: neither is written so.
  if (typeof u === 'number')
    return Number.isFinite(u) && !Object.is(u, -0) ? t.success(u) : t.failure(u, context, "{ number: '…' }")
  if (Array.isArray(u))
    return collected(u.map((each: unknown, i) => validateAt(each, under(context, String(i), DataCodec, each))))
  if (hasKeys(u, 'number')) {
    const name = u.number
    return typeof name === 'string' && Object.hasOwn(specials, name)
      ? t.success(specials[name] ?? Number.NaN)
      : t.failure(name, under(context, 'number', DataCodec, name), "'NaN', 'Infinity', '-Infinity' or '-0'")
  }
  if (hasKeys(u, 'tensor', 'float64')) return validateTensor(u, context)
  const record = hasKeys(u, 'record') ? u.record : undefined
  if (!isPlainRecord(record)) return t.failure(u, context)
  const place = under(context, 'record', DataCodec, record)
  return validateRecord(record, (each, key) => validateAt(each, under(place, key, DataCodec, each)))
}

const isData = (u: unknown): u is Data =>
  u === null ||
  ['boolean', 'number', 'string'].includes(typeof u) ||
  isTensor(u) ||
  (Array.isArray(u) && u.every(isData)) ||
  (isPlainRecord(u) && Object.values(u).every(isData))

/**
 * The codec of data: `encodeData` and `decodeData` for use inside other codecs of io-ts.
 *
 * @since 0.1.0
 */
export const DataCodec: t.Type<Data, unknown, unknown> = new t.Type<Data, unknown, unknown>(
  'a number, a string, true, false, null, an array, { record }, { number } or { tensor, float64 }',
  isData,
  validateAt,
  encodeData,
)

/**
 * The codec of a tensor alone: its shape, and its numbers in base64.
 *
 * @since 0.1.0
 */
export const TensorCodec: t.Type<Tensor, unknown, unknown> = new t.Type<Tensor, unknown, unknown>(
  'a tensor: { tensor, float64 }',
  isTensor,
  (u, context) => (hasKeys(u, 'tensor', 'float64') ? validateTensor(u, context) : t.failure(u, context)),
  encodeTensor,
)

/**
 * Reads data from what `encodeData` wrote.
 *
 * **Fails** with each place, what was expected there and what was found.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { decodeData, encodeData } from 'gradus/codec'
 * decodeData(encodeData([Number.NaN, -0])) // => E.right([Number.NaN, -0])
 *
 * @since 0.1.0
 */
export const decodeData = (value: unknown): E.Either<ReadonlyArray<Mismatch>, Data> =>
  pipe(DataCodec.decode(value), E.mapLeft(mismatchesOf))
