/** What a translated list is: names of another project's tests, each with cases to run here or the reason why there are none. */
import {
  broadcastTo,
  concat,
  foldIn,
  type Key,
  mul,
  permutation,
  reshape,
  scalar,
  sign,
  split,
  sub,
  type Tensor,
  uniform,
} from 'gradus'
import { sizeOf } from '../support/points.js'

export type Shape = ReadonlyArray<number>

/** How one argument is drawn. */
export type Draw =
  | { readonly _tag: 'Within'; readonly shape: Shape; readonly low: number; readonly high: number }
  /** Of either sign, with a size between two bounds. */
  | { readonly _tag: 'Around'; readonly shape: Shape; readonly low: number; readonly high: number }
  /** Entries of all such arguments of a case are half a unit apart, so that no step of differences changes their order. */
  | { readonly _tag: 'Apart'; readonly shape: Shape }
  | { readonly _tag: 'At'; readonly shape: Shape; readonly value: number }

export type Range = (shape: Shape) => Draw

export const within =
  (low: number, high: number): Range =>
  (shape) => ({ _tag: 'Within', shape, low, high })

export const around =
  (low: number, high: number): Range =>
  (shape) => ({ _tag: 'Around', shape, low, high })

export const apart: Range = (shape) => ({ _tag: 'Apart', shape })

export const at =
  (value: number): Range =>
  (shape) => ({ _tag: 'At', shape, value })

export interface Case {
  readonly label: string
  readonly inputs: ReadonlyArray<Draw>
  readonly apply: (...inputs: ReadonlyArray<Tensor>) => Tensor
  /** The largest step of differences; 0.1 where nothing nearby is singular. */
  readonly step?: number
  /** Moves drawn points off the kinks of the operation. */
  readonly settle?: (...inputs: ReadonlyArray<Tensor>) => ReadonlyArray<Tensor>
  /** At a kink the first derivative is the mean of both sides, which differences find; the second is that of the branches, 0. */
  readonly kink?: true
}

export interface List {
  readonly title: string
  /** Every name of the source. */
  readonly names: ReadonlyArray<string>
  readonly runs: Readonly<Record<string, ReadonlyArray<Case>>>
  /** Names without a counterpart, each with the reason. */
  readonly absent: Readonly<Record<string, string>>
}

export const show = (shape: Shape): string => `[${shape.join(', ')}]`

/** One argument of each shape. */
export const overShapes = (
  shapes: ReadonlyArray<Shape>,
  range: Range,
  apply: (x: Tensor) => Tensor,
  more: Partial<Case> = {},
): ReadonlyArray<Case> =>
  shapes.map((shape) => ({ label: show(shape), inputs: [range(shape)], apply: (x) => apply(x ?? scalar(0)), ...more }))

/** Cases of one argument, each with its own operation. */
export const each = (
  rows: ReadonlyArray<readonly [label: string, shape: Shape, apply: (x: Tensor) => Tensor]>,
  range: Range = within(-9, 9),
  more: Partial<Case> = {},
): ReadonlyArray<Case> =>
  rows.flatMap(([label, shape, f]) => overShapes([shape], range, f, { ...more, label: `${show(shape)} ${label}` }))

/** Two arguments, of each pair of shapes. */
export const overPairs = (
  pairs: ReadonlyArray<readonly [Shape, Shape]>,
  [first, second]: readonly [Range, Range],
  apply: (a: Tensor, b: Tensor) => Tensor,
  more: Partial<Case> = {},
): ReadonlyArray<Case> =>
  pairs.map(([a, b]) => ({
    label: `${show(a)} ${show(b)}`,
    inputs: [first(a), second(b)],
    apply: (x, y) => apply(x ?? scalar(0), y ?? scalar(0)),
    ...more,
  }))

export const product = <A, B>(as: ReadonlyArray<A>, bs: ReadonlyArray<B>): ReadonlyArray<readonly [A, B]> =>
  as.flatMap((a) => bs.map((b): readonly [A, B] => [a, b]))

const drawn = (key: Key, draw: Draw, ranks: Tensor): Tensor => {
  if (draw._tag === 'Apart') return reshape(ranks, draw.shape)
  if (draw._tag === 'At') return broadcastTo(scalar(draw.value), draw.shape)
  const { shape, low, high } = draw
  const size = uniform(foldIn(key, 0), shape, { low, high })
  return draw._tag === 'Within' ? size : mul(size, sign(uniform(foldIn(key, 1), shape, { low: -1, high: 1 })))
}

/** The arguments of a case, drawn with the key. */
export const argumentsOf = ({ inputs, settle }: Case, key: Key): ReadonlyArray<Tensor> => {
  const lengths = inputs.map((draw) => (draw._tag === 'Apart' ? sizeOf(draw.shape) : 0))
  const count = lengths.reduce((total, length) => total + length, 0)
  const ranks = split(mul(0.5, sub(permutation(foldIn(key, 100), count), (count - 1) / 2)), lengths)
  const points = inputs.map((draw, i) => drawn(foldIn(key, i), draw, ranks[i] ?? scalar(0)))
  return settle === undefined ? points : settle(...points)
}

/** A tensor for each axis list, and so on: several results of one operation as one vector. */
export const together = (parts: ReadonlyArray<Tensor>): Tensor =>
  concat(parts.map((part) => reshape(part, [part.size])))
