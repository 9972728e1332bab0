/** Batching: the same function over a leading axis, by asking each record for itself one axis deeper. */

import type { Primitive } from '../core/Primitive.js'
import { bind, type Trace, Traced, withLevel } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { optionsFrom } from '../data/options.js'
import { axisFrom, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, showPath, treeMap, withLeaves } from '../data/Tree.js'
import { permute, spread } from '../primitive/structure.js'
import { throughCompilation } from './throughCompilation.js'

class Batched extends Traced {
  constructor(
    readonly trace: Trace,
    readonly whole: Tensor,
  ) {
    super(whole.shape.slice(1))
  }

  override named(): string {
    return this.whole instanceof Traced ? this.whole.named() : super.named()
  }
}

const isBatched = (trace: Trace, x: Tensor): x is Batched => x instanceof Batched && x.trace === trace

/** An input that is the same for the whole batch, repeated along a leading axis: stored once. */
const shared = (x: Tensor, size: number): Tensor => spread(x, [0], [size, ...x.shape])

const batchTrace = (level: number, size: number): Trace => {
  const trace: Trace = {
    level,
    transform: 'vmap',
    process: <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>): Tensor => {
      // Asked for its defects only: they should speak of the shapes that the user wrote.
      primitive.shape(
        params,
        inputs.map(({ shape }) => shape),
      )
      const batched = inputs.map((input) => isBatched(trace, input))
      const wholes = inputs.map((input) =>
        isBatched(trace, input) ? input.whole : primitive.mixes ? input : shared(input, size),
      )
      return new Batched(
        trace,
        primitive.batch?.(params, size, batched, wholes) ??
          bind(primitive, primitive.deepen(params, size, batched), wholes),
      )
    },
  }
  return trace
}

const moved = (x: Tensor, from: number, to: number): Tensor => {
  const others = x.shape.flatMap((_, axis) => (axis === from ? [] : [axis]))
  return permute(x, [...others.slice(0, to), from, ...others.slice(to)])
}

/**
 * Where the batch axes of arguments and results are.
 *
 * @since 0.1.0
 */
export interface VmapOptions {
  /** The batch axis of each argument, `null` for one that is shared; one entry serves all arguments. */
  readonly in?: number | null | ReadonlyArray<number | null>
  /** Where the batch axis goes in the results. */
  readonly out?: number
}

const vmapNames = {
  in: 'the batch axis of each argument, null for a shared one',
  out: 'the batch axis of results',
} as const

const axisOfArgument = (options: VmapOptions, index: number): number | null => {
  const axes = options.in === undefined ? 0 : options.in
  if (axes === null || typeof axes === 'number') return axes
  const axis = axes[index]
  return axis === undefined ? raise('InvalidArgument', `vmap: no batch axis given for argument ${index}.`) : axis
}

const batchSize = (args: ReadonlyArray<unknown>, options: VmapOptions): number => {
  const lengths = args.flatMap((arg, i) => {
    const axis = axisOfArgument(options, i)
    return axis === null
      ? []
      : leavesOf('vmap', arg).map(({ tensor, path }) => ({
          length: tensor.shape[axisFrom('vmap', axis, tensor.rank)] ?? 0,
          where: `argument ${i}${path === '' ? '' : ` at ${showPath(path)}`} ${showShape(tensor.shape)}`,
        }))
  })
  const [first, ...rest] = lengths
  if (first === undefined) return raise('InvalidArgument', 'vmap: no argument has a batch axis.')
  const other = rest.find(({ length }) => length !== first.length)
  return other === undefined
    ? first.length
    : raise(
        'ShapeMismatch',
        `vmap: batch axes differ: ${first.length} in ${first.where}, ${other.length} in ${other.where}.`,
      )
}

/**
 * Turns a function of single examples into one of batches, without a loop: matrix products become larger ones.
 *
 *     vmap(f)(x)[b] = f(x[b])
 *
 * **Shapes** each tensor of an argument has the batch axis `in` (default 0; `null`: shared by all), which `f` does not see;
 * results have it at `out` (default 0). Arguments may be trees.
 *
 * **Fails** with a `Defect` when batch axes differ in length.
 *
 * @example
 * import { dot, tensor, toArray, vmap } from 'gradus'
 * const rows = tensor([[1, 2], [3, 4]])
 * toArray(vmap(dot, { in: [0, null] })(rows, tensor([1, 10]))) // => [21, 43]
 *
 * @since 0.1.0
 */
export const vmap = <A extends ReadonlyArray<unknown>, Y>(
  f: (...args: A) => Y,
  options: VmapOptions = {},
): ((...args: A) => Y) =>
  throughCompilation(`vmap ${JSON.stringify(optionsFrom('vmap', options, vmapNames))}`, f, (own) =>
    batched(own, options),
  )

const batched =
  <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y, options: VmapOptions) =>
  (...args: A): Y =>
    withLevel((level) => {
      const size = batchSize(args, options)
      const trace = batchTrace(level, size)
      const enter = (arg: unknown, i: number): unknown => {
        const axis = axisOfArgument(options, i)
        return axis === null
          ? arg
          : treeMap((leaf) => new Batched(trace, moved(leaf, axisFrom('vmap', axis, leaf.rank), 0)))(arg)
      }
      const leave = (leaf: Tensor): Tensor => {
        const whole = isBatched(trace, leaf) ? leaf.whole : shared(leaf, size)
        return moved(whole, 0, axisFrom('vmap', options.out ?? 0, whole.rank))
      }
      const entered: ReadonlyArray<unknown> = args.map(enter)
      const y = f(...(sameKind(args, entered) ? entered : args))
      return withLeaves(
        y,
        leavesOf('vmap', y).map(({ tensor }) => leave(tensor)),
      )
    })

/** Entering replaces tensors by tensors, so arguments keep their number and their types. */
const sameKind = <A extends ReadonlyArray<unknown>>(args: A, entered: ReadonlyArray<unknown>): entered is A =>
  entered.length === args.length
