/**
 * data/: immutable values that everything else is made of.
 * Shape is the algebra of dimension lists: sizes, axes and the broadcasting relation, on integers only.
 * Nothing here knows a number that a tensor holds, a derivative or a kernel.
 * May import: data/ only. May be imported by: everyone.
 */
import { raise } from './Defect.js'

/**
 * The lengths of a tensor's axes, outermost first; `[]` is a scalar.
 *
 * @since 0.1.0
 */
export type Shape = ReadonlyArray<number>

export const maximalRank = 8

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a === b || (a.length === b.length && (a.length === 0 || a.every((length, axis) => length === b[axis])))

export const showShape = (shape: Shape): string => `[${shape.join(',')}]`

/** A shape as it came, if it is a list. */
export const listed = (operation: string, lengths: ReadonlyArray<number>): Shape =>
  Array.isArray(lengths)
    ? lengths
    : raise(
        'InvalidShape',
        `${operation}: expected a shape such as [2, 3], got ${lengths === undefined ? 'nothing.' : `${lengths}. Write [${lengths}]?`}`,
      )

/** Copies and checks a shape that came from outside. */
export const shapeFrom = (operation: string, lengths: ReadonlyArray<number>): Shape => {
  const wrong = listed(operation, lengths).find((length) => !Number.isInteger(length) || length < 0)
  if (wrong !== undefined)
    return raise(
      'InvalidShape',
      `${operation}: a shape lists non-negative integers, but ${showShape(lengths)} holds ${wrong}.`,
    )
  return lengths.length > maximalRank
    ? raise('InvalidShape', `${operation}: rank ${lengths.length} exceeds the largest supported rank ${maximalRank}.`)
    : [...lengths]
}

const noRank = (operation: string): string =>
  `${operation}: expected a tensor, got something without axes. Wrap numbers and arrays with tensor(…)?`

/** Maps a possibly negative axis (−1 is the last) to 0 … rank − 1. */
export const axisFrom = (operation: string, axis: number, rank: number): number =>
  Number.isInteger(axis) && axis >= -rank && axis < rank
    ? axis < 0
      ? axis + rank
      : axis
    : raise(
        'InvalidAxis',
        !(rank >= 0)
          ? noRank(operation)
          : rank === 0
            ? `${operation}: axis ${axis} asked of a scalar, which has no axes. Leave the axis out?`
            : `${operation}: axis ${axis} does not exist in rank ${rank}; expected an integer from ${-rank} to ${rank - 1}.`,
      )

/** Sorted, distinct, non-negative axes; all of them when none are named. */
export const axesFrom = (operation: string, axes: ReadonlyArray<number> | undefined, rank: number): Shape => {
  if (!(rank >= 0)) return raise('InvalidArgument', noRank(operation))
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis)
  if (!Array.isArray(axes))
    return raise('InvalidAxis', `${operation}: expected a list of axes such as [0], got ${axes}.`)
  const found = axes.map((axis) => axisFrom(operation, axis, rank)).sort((a, b) => a - b)
  return found.some((axis, i) => axis === found[i - 1])
    ? raise('InvalidAxis', `${operation}: axes ${showShape(axes)} name the same axis twice (rank ${rank}).`)
    : found
}

export const withoutAxes = (shape: Shape, axes: ReadonlyArray<number>): Shape =>
  shape.filter((_, axis) => !axes.includes(axis))

export const withUnitAxes = (shape: Shape, axes: ReadonlyArray<number>): Shape =>
  shape.map((length, axis) => (axes.includes(axis) ? 1 : length))

/** NumPy's rule: shapes are aligned at the right, and an axis of length 1 or a missing one stretches. */
export const broadcastShapes = (operation: string, a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    return left === right || right === 1
      ? left
      : left === 1
        ? right
        : raise(
            'ShapeMismatch',
            `${operation}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast: ` +
              `axis ${axis - rank} has lengths ${left} and ${right}. Expected equal lengths or 1; try reshape or expandDims.`,
          )
  })
}

/** Row-major strides in entries. */
export const stridesOf = (shape: Shape): Shape => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
