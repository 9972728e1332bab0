/** Operations that walk along an axis: running sums, reductions of an axis between others, gathers and scatters. */
import { type Shape, sizeOf } from '../data/Shape.js'
import { periodOf, type Tensor } from '../data/Tensor.js'
import { firstOutside } from '../kernel/reference/movement.js'
import type { AxisWalk, WalkKind } from '../kernel/wasm/Walk.js'
import { blocks } from '../primitive/indexing.js'
import { splitAround } from '../primitive/structure.js'
import type { Instruction } from './Program.js'
import { isAxes, isPlace, isRunning } from './params.js'

const along = (_tag: AxisWalk['_tag'], [outer, n, inner]: readonly [number, number, number]): AxisWalk => ({
  ...{ _tag, outer, n, inner },
})

/** Of no entries there is nothing to reduce, and axes that are apart are reduced one after the other: see apart.ts. */
const reduced = (_tag: AxisWalk['_tag'], params: unknown, input: Shape): AxisWalk | undefined => {
  if (!isAxes(params) || sizeOf(input) === 0) return undefined
  const [from = 0] = params.axes
  const last = from + params.axes.length - 1
  return params.axes.every((axis, i) => axis === from + i) ? along(_tag, splitAround(input, from, last)) : undefined
}

const indexed = (
  _tag: 'Gather' | 'Scatter',
  params: unknown,
  indices: Shape,
  isChecked: boolean,
): WalkKind | undefined => {
  if (!isPlace(params)) return undefined
  const [batch, outer, n, inner] = blocks(params)
  return { ...{ _tag, batch, outer, n, inner }, count: sizeOf(indices.slice(params.batch)), checks: !isChecked }
}

/** Whether all of a constant are integers from 0 to n − 1. */
export const areIndices = (constant: Tensor, n: number): boolean => firstOutside(periodOf(constant), n) === -1

/** The walk of an operation, whose indices, if it has any, may be known to be right; undefined for any other. */
export const walkOf = (
  { operation: { name, params } }: Instruction,
  [input = [], indices = []]: ReadonlyArray<Shape>,
  isChecked: boolean,
): WalkKind | undefined => {
  switch (name) {
    case 'sum':
      return reduced('Sum', params, input)
    case 'max':
      return reduced('Max', params, input)
    case 'min':
      return reduced('Min', params, input)
    case 'argmax':
      return reduced('Argmax', params, input)
    case 'cumsum':
      return isRunning(params)
        ? along(params.reverse ? 'CumulateBack' : 'Cumulate', splitAround(input, params.axis, params.axis))
        : undefined
    case 'gather':
      return indexed('Gather', params, indices, isChecked)
    case 'scatter':
      return indexed('Scatter', params, indices, isChecked)
    default:
      return undefined
  }
}
