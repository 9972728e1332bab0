/**
 * The immutable tensor: Float64, row-major, and the sole owner of its buffer.
 * The buffer is a private field: it is copied in by the constructors of `construct.ts`, copied out by the readers of
 * `read.ts`, and seen in between only through `bufferOf` and `periodOf`, which kernels read and never write.
 */
import { raise } from './Defect.js'
import { type Shape, showShape, sizeOf } from './Shape.js'

/**
 * An immutable array of Float64 numbers with a shape. While a transform runs, the tensors that it watches are *traced*:
 * they have a shape and take part in every operation, but their numbers cannot be read.
 *
 * **Storage** entry `i` (row-major) is `buffer[i mod period]`: a tensor that repeats along its leading axes stores one
 * period, so broadcasting a bias or a constant costs nothing.
 *
 * @since 0.1.0
 */
export class Tensor {
  readonly size: number
  #buffer: Float64Array | undefined

  constructor(
    readonly shape: Shape,
    buffer: Float64Array | undefined,
  ) {
    this.size = sizeOf(shape)
    this.#buffer = buffer
  }

  get rank(): number {
    return this.shape.length
  }

  /** One period of the entries. */
  static period(tensor: Tensor): Float64Array {
    return tensor.#buffer ?? tensor.unreadable()
  }

  /** All entries; a repeating tensor is written out once, on demand. */
  static entries(tensor: Tensor): Float64Array {
    const period = tensor.#buffer ?? tensor.unreadable()
    if (period.length === tensor.size) return period
    const whole = repeat(period, tensor.size)
    tensor.#buffer = whole
    return whole
  }

  /** What reading a tensor without numbers means; traced values say more. */
  protected unreadable(): never {
    return raise('TracedRead', `a tensor of shape ${showShape(this.shape)} has no numbers to read.`)
  }

  toString(): string {
    return `tensor${showShape(this.shape)} ${showEntries(this.shape, Tensor.entries(this))}`
  }

  /**
   * JavaScript's own arithmetic on a tensor is a mistake: `x * 2` would be NaN, `x > 0` false, `Math.sin(x)` NaN, and a derivative lost
   * without a word. Text is asked for by `${x}` or `String(x)`.
   */
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string'
      ? this.toString()
      : raise(
          'InvalidArgument',
          `JavaScript cannot calculate with ${this.toString()}: expected a number beside *, +, <, Math.sin and the like. ` +
            'Use mul(x, 2), add(a, b), less(a, b), sin(x); String(x) for text; toNumber(x) for the number, outside of transforms.',
        )
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Takes ownership of a buffer that nobody else holds: for kernels' results only. */
export const adopt = (buffer: Float64Array, shape: Shape): Tensor => new Tensor(shape, buffer)

export const bufferOf = Tensor.entries

export const periodOf = Tensor.period

/**
 * Whether a value is a tensor, traced ones included.
 *
 * @example
 * import { isTensor, scalar } from 'gradus'
 * isTensor(scalar(1)) // => true
 *
 * @since 0.1.0
 */
export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor

const repeat = (period: Float64Array, size: number): Float64Array => {
  const whole = new Float64Array(size)
  if (period.length === 1) return whole.fill(period[0] ?? 0)
  if (size > 0) whole.set(period)
  // Doubling: each copy reads what the copies before it wrote.
  const double = (done: number): Float64Array =>
    done >= size ? whole : double(copyWithin(whole, done, Math.min(done, size - done)))
  return size === 0 ? whole : double(period.length)
}

const copyWithin = (whole: Float64Array, done: number, length: number): number => {
  whole.copyWithin(done, 0, length)
  return done + length
}

const shownPerAxis = 6

const showEntries = (shape: Shape, entries: Float64Array, offset = 0): string => {
  const [length, ...inner] = shape
  if (length === undefined) return String(entries[offset])
  const stride = sizeOf(inner)
  const all = Array.from({ length: Math.min(length, shownPerAxis) }, (_, i) =>
    showEntries(inner, entries, offset + i * stride),
  )
  return `[${[...all, ...(length > shownPerAxis ? [`… ${length - shownPerAxis} more`] : [])].join(', ')}]`
}
