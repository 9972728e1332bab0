/** Minibatches as a pure function of key and step: any step can be asked for, in any order, so that a run resumes in mid-epoch. */
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key, permutation, uniform } from '../function/random.js'
import { mul } from '../primitive/arithmetic.js'
import { floor } from '../primitive/rounding.js'
import { slice } from '../primitive/window.js'

/**
 * How examples are cut into batches.
 *
 * @since 0.1.0
 */
export interface MinibatchOptions {
  /** How many examples there are. */
  readonly rows: number
  /** How many a batch holds, or how many in an epoch: `(epoch) => Math.min(rows, 32 * 2 ** epoch)` grows. */
  readonly size: number | ((epoch: number) => number)
  /** Whether the fewer examples that are left at the end of an epoch are left out (default) or make a smaller batch. */
  readonly remainder?: 'drop' | 'keep'
  /** Whether each example is drawn anew from all of them; default false: an epoch visits each once. */
  readonly replacement?: boolean
}

/**
 * What a step learns from.
 *
 * @since 0.1.0
 */
export interface Batch<B = Tensor> {
  readonly _tag: 'Batch'
  /** What the loss takes; the indices of the examples, `[rows of the batch]`. */
  readonly batch: B
  /**
   * How much its mean counts: rows over `size`, so that a smaller last batch does not weigh its examples more than the others, and the
   * weighted gradients of an epoch sum to rows / size times that of all examples.
   */
  readonly weight: number
  readonly epoch: number
  /** Its number in the epoch. */
  readonly index: number
}

/** An epoch of a plan: its first step, how many steps it has, and the size of its batches. */
interface Epoch {
  readonly epoch: number
  readonly first: number
  readonly steps: number
  readonly size: number
}

const sizeIn = (rows: number, size: MinibatchOptions['size'], epoch: number): number => {
  const found = typeof size === 'number' ? size : size(epoch)
  return Number.isInteger(found) && found >= 1 && found <= rows
    ? found
    : raise('InvalidArgument', `minibatches: expected a batch size from 1 to ${rows}, got ${found}.`)
}

const epochAt = ({ rows, size, remainder = 'drop' }: MinibatchOptions, epoch: number, first: number): Epoch => {
  const found = sizeIn(rows, size, epoch)
  const whole = rows / found
  return { epoch, first, steps: remainder === 'keep' ? Math.ceil(whole) : Math.floor(whole), size: found }
}

/** One thing that follows from its number, kept until another one is asked for: forgetting it changes nothing. */
const latest = <A>(make: (number: number) => A): ((number: number) => A) => {
  const kept = new Map<number, A>()
  return (number) => {
    const found = kept.get(number) ?? make(number)
    kept.clear()
    kept.set(number, found)
    return found
  }
}

/** Epochs of growing batches are found by walking there, from the one at hand where that is before. */
const epochOf = (options: MinibatchOptions): ((step: number) => Epoch) => {
  const first = epochAt(options, 0, 0)
  if (typeof options.size === 'number')
    return (step) => {
      const epoch = Math.floor(step / first.steps)
      return { ...first, epoch, first: epoch * first.steps }
    }
  const at = new Map<'hand', Epoch>()
  const after = ({ epoch, first: begun, steps }: Epoch): Epoch => epochAt(options, epoch + 1, begun + steps)
  const walked = (from: Epoch, step: number): Epoch => {
    const passed = RA.unfold(from, (each) => {
      if (step < each.first + each.steps) return O.none
      const next = after(each)
      return O.some([next, next] as const)
    })
    return passed[passed.length - 1] ?? from
  }
  return (step) => {
    const hand = at.get('hand') ?? first
    const found = walked(step < hand.first ? first : hand, step)
    at.set('hand', found)
    return found
  }
}

/**
 * The minibatch of each step, with its weight and its place in an epoch.
 *
 * **Shapes** indices `[size]`, or fewer in the last batch of an epoch with `remainder: 'keep'`; integers from 0 to rows − 1.
 *
 * **Laws** a function of key and step; without replacement the batches of an epoch are disjoint, and with `'keep'` they are all examples.
 *
 * **Fails** with a `Defect` for a size that is not an integer from 1 to rows.
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { batches } from 'gradus/optimize'
 * const batchAt = batches(randomKey(1))({ rows: 10, size: 4, remainder: 'keep' })
 * const weights = [0, 1, 2, 3].map((step) => batchAt(step).weight)
 * weights // => [1, 1, 0.5, 1]
 *
 * @since 0.1.0
 */
export const batches =
  (key: Key) =>
  (options: MinibatchOptions): ((step: number) => Batch) => {
    const { rows, replacement = false } = options
    const locate = epochOf(options)
    const orderOf = latest((epoch) => permutation(foldIn(key, epoch), rows))
    return (step) => {
      const { epoch, first, size } = locate(step)
      const index = step - first
      const [from, to] = [index * size, Math.min((index + 1) * size, rows)]
      const batch = replacement
        ? floor(mul(rows, uniform(foldIn(foldIn(key, epoch), index), [to - from])))
        : slice(orderOf(epoch), [from], [to])
      return { _tag: 'Batch', batch, weight: (to - from) / size, epoch, index }
    }
  }

/**
 * The indices of the minibatch of each step, drawn from the key: those of `batches` without the rest.
 *
 * **Shapes** `[size]`, integers from 0 to rows − 1.
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { minibatches } from 'gradus/optimize'
 * minibatches(randomKey(1))({ rows: 10, size: 4 })(0).shape // => [4]
 *
 * @since 0.1.0
 */
export const minibatches =
  (key: Key) =>
  (options: MinibatchOptions): ((step: number) => Tensor) => {
    const batchAt = batches(key)(options)
    return (step) => batchAt(step).batch
  }

/**
 * The first `size` examples of each batch: curvature from a part of what the gradient is taken from.
 *
 * @example
 * import { randomKey } from 'gradus'
 * import { batches, nested } from 'gradus/optimize'
 * const batchAt = batches(randomKey(1))({ rows: 100, size: 20 })
 * nested(batchAt, 5)(0).batch.shape // => [5]
 *
 * @since 0.1.0
 */
export const nested = (batchAt: (step: number) => Batch, size: number): ((step: number) => Batch) =>
  Number.isInteger(size) && size >= 1
    ? (step) => {
        const whole = batchAt(step)
        return { ...whole, batch: slice(whole.batch, [0], [Math.min(size, whole.batch.size)]) }
      }
    : raise('InvalidArgument', `nested: expected an integer size above 0, got ${size}.`)
