/** Reductions that choose, and running sums. */

import { compose, type LinearMap, scale } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import { requireTensor } from '../data/describe.js'
import { keptAxisNames, optionsFrom, reductionNames, runningNames } from '../data/options.js'
import { axesFrom, axisFrom, type Shape, sizeOf, withoutAxes, withUnitAxes } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { allocate } from '../kernel/reference/allocate.js'
import { argmaxAxis, cumsumAxis, maxAxis, minAxis } from '../kernel/reference/reduce.js'
import { div } from './arithmetic.js'
import { equal } from './choice.js'
import {
  deeper,
  everywhere,
  keeping,
  linear,
  only,
  type ReductionOptions,
  reduceAxes,
  reshape,
  splitAround,
  spread,
  sum,
} from './structure.js'

interface Axes {
  readonly axes: Shape
}

/** The weight of each entry in an extremum: equal shares among the entries that attain it. */
const shares = (x: Tensor, y: Tensor, axes: Shape): LinearMap => {
  const attains = equal(x, spread(y, axes, x.shape))
  const count = spread(sum(attains, { axes }), axes, x.shape)
  return compose(scale(div(attains, count)), { _tag: 'Sum', axes, outer: x.shape })
}

const extremum = (
  name: string,
  formula: string,
  kernel: (outer: number, n: number, inner: number, x: Float64Array, out: Float64Array) => void,
): Primitive<Axes> => ({
  name,
  formula,
  shape: ({ axes }, inputs) => withoutAxes(inputs[0] ?? [], axes),
  evaluate: ({ axes }, inputs, shape) => reduceAxes(only(inputs), axes, kernel, shape),
  differential: [({ axes }, inputs, output) => shares(only(inputs), output, axes)],
  deepen: ({ axes }) => ({ axes: deeper(axes) }),
  mixes: false,
  domain: { ...everywhere, kinks: [{ at: 'ties', convention: 'equal shares among the entries that attain it' }] },
})

export const maxP: Primitive<Axes> = extremum('max', '\\max_i x_i', maxAxis)

export const minP: Primitive<Axes> = extremum('min', '\\min_i x_i', minAxis)

const reduce =
  (primitive: Primitive<Axes>) =>
  (x: Tensor, options: ReductionOptions = {}): Tensor => {
    requireTensor(primitive.name, x)
    const axes = axesFrom(primitive.name, optionsFrom(primitive.name, options, reductionNames).axes, x.rank)
    return axes.length === 0 ? x : keeping(x, bind(primitive, { axes }, [x]), axes, options.keepAxes)
  }

/**
 * The largest entry along axes, all of them by default; tied entries share the derivative equally. Of no entries: −∞.
 *
 * @example
 * import { max, tensor, toArray } from 'gradus'
 * toArray(max(tensor([[1, 4], [3, 2]]), { axes: [1] })) // => [4, 3]
 *
 * @since 0.1.0
 */
export const max: (x: Tensor, options?: ReductionOptions) => Tensor = reduce(maxP)

/**
 * The smallest entry along axes, all of them by default; tied entries share the derivative equally. Of no entries: +∞.
 *
 * @example
 * import { min, tensor, toArray } from 'gradus'
 * toArray(min(tensor([[1, 4], [3, 2]]), { axes: [1] })) // => [1, 2]
 *
 * @since 0.1.0
 */
export const min: (x: Tensor, options?: ReductionOptions) => Tensor = reduce(minP)

export const argmaxP: Primitive<Axes> = {
  ...extremum('argmax', '\\operatorname{argmax}_i x_i', argmaxAxis),
  differential: [undefined],
  domain: everywhere,
}

/**
 * The position of the largest entry along an axis (the first one at ties), or in the flattened tensor without one.
 * Its derivative is a structural zero.
 *
 * @example
 * import { argmax, tensor, toArray } from 'gradus'
 * toArray(argmax(tensor([[1, 4], [3, 2]]), { axis: 1 })) // => [1, 0]
 *
 * @since 0.1.0
 */
export const argmax = (x: Tensor, options: { readonly axis?: number; readonly keepAxes?: boolean } = {}): Tensor => {
  requireTensor('argmax', x)
  const { axis } = optionsFrom('argmax', options, keptAxisNames)
  if (axis === undefined) {
    const flat = bind(argmaxP, { axes: [0] }, [reshape(x, [x.size])])
    return options.keepAxes === true
      ? reshape(
          flat,
          x.shape.map(() => 1),
        )
      : flat
  }
  const axes = [axisFrom('argmax', axis, x.rank)]
  const found = bind(argmaxP, { axes }, [x])
  return options.keepAxes === true ? reshape(found, withUnitAxes(x.shape, axes)) : found
}

export const cumsumP: Primitive<{ readonly axis: number; readonly reverse: boolean }> = linear({
  name: 'cumsum',
  formula: 'y_i = \\sum_{j \\le i} x_j',
  shape: (_, inputs) => inputs[0] ?? [],
  evaluate: ({ axis, reverse }, inputs, shape) => {
    const out = allocate(sizeOf(shape))
    const [outer, n, inner] = splitAround(shape, axis, axis)
    cumsumAxis(outer, n, inner, bufferOf(only(inputs)), out, reverse)
    return adopt(out, shape)
  },
  map: ({ axis, reverse }) => ({ _tag: 'Cumulate', axis, reverse }),
  deepen: ({ axis, reverse }) => ({ axis: axis + 1, reverse }),
})

/**
 * Running sums along an axis (default: the last), from the end with `reverse`.
 *
 * @example
 * import { cumsum, tensor, toArray } from 'gradus'
 * toArray(cumsum(tensor([1, 2, 3]))) // => [1, 3, 6]
 *
 * @since 0.1.0
 */
export const cumsum = (x: Tensor, options: { readonly axis?: number; readonly reverse?: boolean } = {}): Tensor =>
  bind(
    cumsumP,
    {
      axis: axisFrom('cumsum', optionsFrom('cumsum', options, runningNames).axis ?? -1, x.rank),
      reverse: options.reverse ?? false,
    },
    [x],
  )
