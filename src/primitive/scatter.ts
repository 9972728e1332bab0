/** Writing at positions other than by adding: who wrote last, and the extremum of all that was written. */

import { compose, type LinearMap, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { axisNames, optionsFrom } from '../data/options.js'
import { axisFrom, sameShape, showShape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { firstOutside } from '../kernel/reference/movement.js'
import { lastWriters, scatterExtremum } from '../kernel/reference/order.js'
import { add, div } from './arithmetic.js'
import { equal } from './choice.js'
import { type Along, blocks, deepenPlace, gatheredShape, gatherP, indicesOf, type Place, scatterP } from './indexing.js'
import { everywhere, only } from './structure.js'

interface Rows {
  readonly batch: number
  readonly length: number
  /** Whom a message should name. */
  readonly operation: string
}

/** y_i = the last j with k_j = i, or −1 where nobody writes. */
export const lastWriterP: Primitive<Rows> = {
  name: 'lastWriter',
  formula: 'y_i = \\max \\{j : k_j = i\\}',
  shape: ({ batch, length }, [indices = []]) => [...indices.slice(0, batch), length],
  evaluate: ({ batch, length, operation }, inputs, shape) => {
    const indices = bufferOf(only(inputs))
    const wrong = firstOutside(indices, length)
    const rows = sizeOf(shape.slice(0, batch))
    return wrong === -1
      ? adopt(lastWriters(rows, length, indices.length / Math.max(rows, 1), indices), shape)
      : raise('InvalidArgument', `${operation}: index ${indices[wrong]} is not an integer from 0 to ${length - 1}.`)
  },
  differential: [undefined],
  deepen: ({ batch, length, operation }) => ({ batch: batch + 1, length, operation }),
  mixes: false,
  domain: everywhere,
}

export const lastWriter = (operation: string, indices: Tensor, length: number): Tensor =>
  bind(lastWriterP, { batch: 0, length, operation }, [indices])

/** The three inputs are x, the indices and the updates, so that the indices stand where those of gather do. */
const operands = (name: string, inputs: ReadonlyArray<Tensor>): readonly [Tensor, Tensor, Tensor] => {
  const [x, indices, updates] = inputs
  return x === undefined || indices === undefined || updates === undefined
    ? raise('InvalidArgument', `${name}: expected a tensor, indices and updates.`)
    : [x, indices, updates]
}

/** What each written entry, and each entry of x, weighs: equal shares among all that attain the extremum. */
const shares = (name: string, place: Place, inputs: ReadonlyArray<Tensor>, y: Tensor): readonly [Tensor, LinearMap] => {
  const [x, indices, updates] = operands(name, inputs)
  const read = (from: Tensor): Tensor => bind(gatherP, place, [from, indices])
  const attains = equal(updates, read(y))
  const held = equal(x, y)
  const count = add(held, bind(scatterP, place, [attains, indices]))
  return [div(held, count), compose(scale(div(attains, read(count))), { _tag: 'Scatter', ...place, indices })]
}

const scatterExtremumP = (name: string, formula: string, largest: boolean): Primitive<Place> => ({
  name,
  formula,
  shape: (place, [x = [], indices = [], updates = []]) => {
    const expected = gatheredShape(place, indices)
    return sameShape(expected, updates)
      ? x
      : raise(
          'ShapeMismatch',
          `${name}: updates must have the shape ${showShape(expected)} (the tensor's ${showShape(place.outer)} with axis ` +
            `${place.axis} replaced by that of the indices), got ${showShape(updates)}.`,
        )
  },
  evaluate: (place, inputs, shape) => {
    const [x, , updates] = operands(name, inputs)
    const [batch, outer, n, inner] = blocks(place)
    const indices = indicesOf(name, inputs, n)
    const count = indices.length / Math.max(batch, 1)
    return adopt(
      scatterExtremum(batch, outer, n, inner, count, indices, bufferOf(x), bufferOf(updates), largest),
      shape,
    )
  },
  differential: [
    (place, inputs, y) => scale(shares(name, place, inputs, y)[0]),
    undefined,
    (place, inputs, y) => shares(name, place, inputs, y)[1],
  ],
  deepen: deepenPlace,
  mixes: false,
  domain: {
    ...everywhere,
    kinks: [{ at: 'ties', convention: 'equal shares among all that attain it, the entry of x included' }],
  },
})

export const scatterMaxP: Primitive<Place> = scatterExtremumP(
  'scatterMax',
  'y_i = \\max(x_i, \\max_{j : k_j = i} u_j)',
  true,
)

export const scatterMinP: Primitive<Place> = scatterExtremumP(
  'scatterMin',
  'y_i = \\min(x_i, \\min_{j : k_j = i} u_j)',
  false,
)

const scatterBy =
  (primitive: Primitive<Place>) =>
  (x: Tensor, indices: Tensor, updates: Tensor, options: Along = {}): Tensor =>
    bind(
      primitive,
      {
        axis: axisFrom(primitive.name, optionsFrom(primitive.name, options, axisNames).axis ?? 0, x.rank),
        batch: 0,
        outer: x.shape,
      },
      [x, indices, updates],
    )

/**
 * `x` with its slices at `indices` along an axis (default 0) raised to at least `updates`; repeated indices take the largest.
 *
 * **Shapes** the updates have the shape of `x` with the axis replaced by those of the indices.
 *
 * **Special values** entries that tie, that of `x` among them, share the derivative equally, as in `max`. NaN wins.
 *
 * **Fails** with a `Defect` that names the index when one is outside the axis.
 *
 * @example
 * import { scatterMax, tensor, toArray, zeros } from 'gradus'
 * toArray(scatterMax(zeros([3]), tensor([2, 0, 2]), tensor([1, -10, 100]))) // => [0, 0, 100]
 *
 * @since 0.1.0
 */
export const scatterMax: (x: Tensor, indices: Tensor, updates: Tensor, options?: Along) => Tensor =
  scatterBy(scatterMaxP)

/**
 * `x` with its slices at `indices` along an axis (default 0) lowered to at most `updates`; repeated indices take the smallest.
 *
 * **Shapes** the updates have the shape of `x` with the axis replaced by those of the indices.
 *
 * **Special values** entries that tie, that of `x` among them, share the derivative equally, as in `min`. NaN wins.
 *
 * **Fails** with a `Defect` that names the index when one is outside the axis.
 *
 * @example
 * import { scatterMin, tensor, toArray, zeros } from 'gradus'
 * toArray(scatterMin(zeros([3]), tensor([2, 0, 2]), tensor([-1, 10, -100]))) // => [0, 0, -100]
 *
 * @since 0.1.0
 */
export const scatterMin: (x: Tensor, indices: Tensor, updates: Tensor, options?: Along) => Tensor =
  scatterBy(scatterMinP)
