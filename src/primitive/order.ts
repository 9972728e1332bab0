/** Positions found by comparing. They are whole numbers and carry no derivative: gathering by them is what does. */

import type { Kink, Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { optionsFrom, sortNames } from '../data/options.js'
import { axisFrom, type Shape, showShape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { allocate } from '../kernel/reference/allocate.js'
import { argsortAxis, placesIn, runningExtremumAxis } from '../kernel/reference/order.js'
import { everywhere, only, splitAround } from './structure.js'

/** A record that gives each entry along an axis a position on that axis. */
const positions = <Params extends { readonly axis: number }>(
  name: string,
  formula: string,
  kernel: (params: Params, outer: number, n: number, inner: number, x: Float64Array, out: Float64Array) => void,
  deepen: (params: Params) => Params,
  kinks: ReadonlyArray<Kink>,
): Primitive<Params> => ({
  name,
  formula,
  shape: (_, inputs) => inputs[0] ?? [],
  evaluate: (params, inputs, shape) => {
    const out = allocate(sizeOf(shape))
    const [outer, n, inner] = splitAround(shape, params.axis, params.axis)
    kernel(params, outer, n, inner, bufferOf(only(inputs)), out)
    return adopt(out, shape)
  },
  differential: [undefined],
  deepen,
  mixes: false,
  domain: { ...everywhere, kinks },
})

interface Order {
  readonly axis: number
  readonly descending: boolean
}

export const argsortP: Primitive<Order> = positions(
  'argsort',
  '\\pi : x_{\\pi_0} \\le x_{\\pi_1} \\le \\dots',
  ({ descending }, outer, n, inner, x, out) => argsortAxis(outer, n, inner, x, out, descending),
  ({ axis, descending }) => ({ axis: axis + 1, descending }),
  [
    {
      at: 'ties',
      convention: 'equal entries keep their order, and each place has the derivative of the entry put there',
    },
  ],
)

/**
 * Along which axis to sort (default: the last), and whether the largest come first.
 *
 * @since 0.1.0
 */
export interface SortOptions {
  readonly axis?: number
  readonly descending?: boolean
}

/**
 * The positions that put an axis in order, ascending or with `descending` the other way. Its derivative is a structural zero.
 *
 * **Shapes** that of `x`.
 *
 * **Special values** equal entries keep their order in both directions (−0 equals 0), and NaN comes last in both.
 *
 * @example
 * import { argsort, tensor, toArray } from 'gradus'
 * toArray(argsort(tensor([3, 1, 2]))) // => [1, 2, 0]
 * toArray(argsort(tensor([1, NaN, 1, 2]), { descending: true })) // => [3, 0, 2, 1]
 *
 * @since 0.1.0
 */
export const argsort = (x: Tensor, options: SortOptions = {}): Tensor =>
  bind(
    argsortP,
    {
      axis: axisFrom('argsort', optionsFrom('argsort', options, sortNames).axis ?? -1, x.rank),
      descending: options.descending ?? false,
    },
    [x],
  )

interface Running {
  readonly axis: number
  readonly reverse: boolean
}

const runningExtremum = (name: string, formula: string, largest: boolean): Primitive<Running> =>
  positions(
    name,
    formula,
    ({ reverse }, outer, n, inner, x, out) => runningExtremumAxis(outer, n, inner, x, out, largest, reverse),
    ({ axis, reverse }) => ({ axis: axis + 1, reverse }),
    [{ at: 'ties', convention: 'the derivative goes to the entry that attains the extremum first' }],
  )

/** Where the running maximum is attained first. */
export const cumArgmaxP: Primitive<Running> = runningExtremum(
  'cumArgmax',
  'k_i = \\operatorname{argmax}_{j \\le i} x_j',
  true,
)

/** Where the running minimum is attained first. */
export const cumArgminP: Primitive<Running> = runningExtremum(
  'cumArgmin',
  'k_i = \\operatorname{argmin}_{j \\le i} x_j',
  false,
)

interface Search {
  /** How many leading axes the sorted rows share with the values. */
  readonly batch: number
  readonly afterEqual: boolean
}

export const searchSortedP: Primitive<Search> = {
  name: 'searchSorted',
  formula: 'y_j = \\#\\{i : s_i < v_j\\}',
  shape: ({ batch }, [sorted = [], values = []]) =>
    sorted.length === batch + 1
      ? values
      : raise(
          'ShapeMismatch',
          `searchSorted: expected a vector in ascending order, got shape ${showShape(sorted.slice(batch))}. For rows, use vmap.`,
        ),
  evaluate: ({ batch, afterEqual }, [sorted, values], shape: Shape) => {
    if (sorted === undefined || values === undefined)
      return raise('InvalidArgument', 'searchSorted: expected a sorted vector and values.')
    const [rows, n] = [sizeOf(shape.slice(0, batch)), sorted.shape[batch] ?? 0]
    return adopt(placesIn(rows, n, sizeOf(shape.slice(batch)), bufferOf(sorted), bufferOf(values), afterEqual), shape)
  },
  differential: [undefined],
  deepen: ({ batch, afterEqual }) => ({ batch: batch + 1, afterEqual }),
  mixes: false,
  domain: everywhere,
}

/**
 * Where values belong in a vector that is in ascending order: how many of its entries are below each value, or with
 * `side: 'right'` not above it. Its derivative is a structural zero.
 *
 * **Shapes** that of the values.
 *
 * **Special values** NaN counts as larger than every number, as it does in `sort`. A vector out of order is not noticed.
 *
 * @example
 * import { searchSorted, tensor, toArray } from 'gradus'
 * const edges = tensor([0, 1, 1, 2])
 * toArray(searchSorted(edges, tensor([-1, 1, 5]))) // => [0, 1, 4]
 * toArray(searchSorted(edges, tensor([1]), { side: 'right' })) // => [3]
 *
 * @since 0.1.0
 */
export const searchSorted = (
  sorted: Tensor,
  values: Tensor,
  options: { readonly side?: 'left' | 'right' } = {},
): Tensor =>
  bind(
    searchSortedP,
    { batch: 0, afterEqual: optionsFrom('searchSorted', options, { side: "'left' or 'right'" }).side === 'right' },
    [sorted, values],
  )
