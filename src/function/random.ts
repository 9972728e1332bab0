/**
 * Random numbers as pure functions of a key: equal keys give equal numbers, and fresh numbers come from fresh keys, made by
 * `splitKey` or `foldIn`. Counter-based: Threefry-2x32 with 20 rounds (Salmon et al., SC 2011).
 */

import { fromFloat64Array } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { describe } from '../data/describe.js'
import { optionsFrom } from '../data/options.js'
import { type Shape, shapeFrom, showShape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import {
  below,
  gumbelEntries,
  normalEntries,
  permutationEntries,
  threefryWords,
  uniformEntries,
} from '../kernel/reference/threefry.js'
import { add } from '../primitive/arithmetic.js'
import { argmax } from '../primitive/reduction.js'
import { broadcastTo } from '../primitive/structure.js'

/**
 * Where a stream of random numbers begins: two 32-bit words, plain data that can be stored and compared.
 *
 * @example
 * import { type Key, randomKey, uniform } from 'gradus'
 * const key: Key = randomKey(7)
 * uniform(key, [2]).shape // => [2]
 *
 * @since 0.1.0
 */
export interface Key {
  readonly _tag: 'Key'
  readonly words: readonly [number, number]
}

/** The second word of the counter: numbers, split keys and folded keys of one key are made of different blocks. */
const purposes = { split: 1, fold: 2 } as const

const keyOf = (words: Uint32Array, index: number): Key => ({
  _tag: 'Key',
  words: [words[2 * index] ?? 0, words[2 * index + 1] ?? 0],
})

/** The two words of a key. A seed in its place is the usual mistake. */
const wordsOf = (operation: string, key: Key): Key['words'] =>
  key?._tag === 'Key'
    ? key.words
    : raise(
        'InvalidArgument',
        `${operation}: expected a key as its first argument, got ${describe(key)}. Make one by randomKey(${typeof key === 'number' ? key : 'seed'})?`,
      )

const requireInteger = (operation: string, what: string, value: number): number =>
  Number.isSafeInteger(value)
    ? value
    : raise('InvalidArgument', `${operation}: expected an integer ${what}, got ${value}. Round it, or count instead?`)

const requireCount = (operation: string, count: number): number =>
  Number.isSafeInteger(count) && count >= 0
    ? count
    : raise('InvalidArgument', `${operation}: expected an integer count of 0 or more, got ${count}.`)

/**
 * The key of an integer seed; different seeds have different keys.
 *
 * **Fails** with a `Defect` when the seed is not an integer.
 *
 * @example
 * import { normal, randomKey } from 'gradus'
 * normal(randomKey(1), [2]) // => normal(randomKey(1), [2])
 *
 * @since 0.1.0
 */
export const randomKey = (seed: number): Key => {
  const integer = requireInteger('randomKey', 'seed', seed)
  return { _tag: 'Key', words: [Math.floor(integer / 2 ** 32) >>> 0, integer >>> 0] }
}

/**
 * Independent keys made of one, which should not be used again itself.
 *
 * @example
 * import { normal, randomKey, splitKey } from 'gradus'
 * const [weights, rest] = splitKey(randomKey(1))
 * splitKey(randomKey(1), 5).length // => 5
 *
 * @since 0.1.0
 */
export const splitKey = (key: Key, count = 2): ReadonlyArray<Key> => {
  const [key0, key1] = wordsOf('splitKey', key)
  const words = threefryWords(key0, key1, 0, purposes.split, requireCount('splitKey', count))
  return Array.from({ length: count }, (_, i) => keyOf(words, i))
}

/**
 * The key for step, layer or example number `number`: a different one for each integer.
 *
 * **Fails** with a `Defect` when `number` is not an integer.
 *
 * @example
 * import { foldIn, permutation, randomKey } from 'gradus'
 * const order = (epoch: number) => permutation(foldIn(randomKey(1), epoch), 100)
 * order(3) // => order(3)
 *
 * @since 0.1.0
 */
export const foldIn = (key: Key, number: number): Key => {
  const [key0, key1] = wordsOf('foldIn', key)
  const integer = requireInteger('foldIn', 'number', number)
  // The counter's second word holds the upper 22 bits of the number above the two of the purpose.
  const upper = (Math.floor(integer / 2 ** 32) << 2) | purposes.fold
  return keyOf(threefryWords(key0, key1, integer >>> 0, upper >>> 0, 1), 0)
}

/**
 * Evenly distributed numbers in [low, high), with 53 random bits each.
 *
 * **Fails** with a `Defect` when low < high does not hold or a bound is not finite.
 *
 * @example
 * import { less, randomKey, sum, toNumber, uniform } from 'gradus'
 * const x = uniform(randomKey(1), [100], { low: 2, high: 3 })
 * toNumber(sum(less(x, 3))) // => 100
 *
 * @since 0.1.0
 */
export const uniform = (
  key: Key,
  shape: Shape,
  options: { readonly low?: number; readonly high?: number } = {},
): Tensor => {
  const [key0, key1] = wordsOf('uniform', key)
  const { low = 0, high = 1 } = optionsFrom('uniform', options, { low: 'the lower bound', high: 'the upper bound' })
  const width = high - low
  if (!(width > 0 && width < Infinity))
    return raise('InvalidArgument', `uniform: expected finite bounds with low < high, got [${low}, ${high}).`)
  const checked = shapeFrom('uniform', shape)
  const entries = uniformEntries(key0, key1, sizeOf(checked))
  // Rounding may reach the upper bound, which is not included.
  const last = below(high)
  return fromFloat64Array(
    low === 0 && high === 1 ? entries : entries.map((u) => Math.min(low + u * width, last)),
    checked,
  )
}

/**
 * Normally distributed numbers (Box and Muller 1958).
 *
 * **Fails** with a `Defect` when the deviation is negative or a parameter is not finite.
 *
 * @example
 * import { normal, randomKey } from 'gradus'
 * normal(randomKey(1), [2, 3], { mean: 10, deviation: 0.5 }).shape // => [2, 3]
 *
 * @since 0.1.0
 */
export const normal = (
  key: Key,
  shape: Shape,
  options: { readonly mean?: number; readonly deviation?: number } = {},
): Tensor => {
  const [key0, key1] = wordsOf('normal', key)
  const { mean = 0, deviation = 1 } = optionsFrom('normal', options, {
    mean: 'the mean',
    deviation: 'the standard deviation',
  })
  if (!(Number.isFinite(mean) && deviation >= 0 && deviation < Infinity))
    return raise(
      'InvalidArgument',
      `normal: expected a finite mean and a deviation of 0 or more, got ${mean} and ${deviation}.`,
    )
  const checked = shapeFrom('normal', shape)
  const entries = normalEntries(key0, key1, sizeOf(checked))
  return fromFloat64Array(mean === 0 && deviation === 1 ? entries : entries.map((z) => mean + deviation * z), checked)
}

/**
 * The indices 0 … n − 1 in random order, every order equally likely.
 *
 * @example
 * import { arange, permutation, randomKey, sum } from 'gradus'
 * sum(permutation(randomKey(1), 10)) // => sum(arange(10))
 *
 * @since 0.1.0
 */
export const permutation = (key: Key, n: number): Tensor => {
  const [key0, key1] = wordsOf('permutation', key)
  const count = requireCount('permutation', n)
  return count < 2 ** 32
    ? fromFloat64Array(permutationEntries(key0, key1, count), [count])
    : raise('InvalidArgument', `permutation: expected fewer than 2³² indices, got ${count}.`)
}

/**
 * Draws of an index from the distribution softmax(logits) over the last axis: the argmax of logits plus Gumbel numbers. An
 * index whose logit is −∞ is never drawn.
 *
 * **Shapes** `logits: […, k]`, the result `shape` (default: the leading axes of the logits, which must broadcast to it).
 *
 * @example
 * import { categorical, randomKey, tensor, toArray } from 'gradus'
 * toArray(categorical(randomKey(1), tensor([-Infinity, 0, -Infinity]), [4])) // => [1, 1, 1, 1]
 *
 * @since 0.1.0
 */
export const categorical = (key: Key, logits: Tensor, shape?: Shape): Tensor => {
  const [key0, key1] = wordsOf('categorical', key)
  const k = logits.shape[logits.rank - 1]
  if (k === undefined || k === 0)
    return raise(
      'ShapeMismatch',
      `categorical: expected logits with one entry or more along their last axis, got shape ${showShape(logits.shape)}.`,
    )
  const whole = [...shapeFrom('categorical', shape ?? logits.shape.slice(0, -1)), k]
  const gumbels = fromFloat64Array(gumbelEntries(key0, key1, sizeOf(whole)), whole)
  return argmax(add(broadcastTo(logits, whole), gumbels), { axis: -1 })
}
