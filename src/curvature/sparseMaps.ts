/** What a linear map does to sparsity: the sets of inputs that each entry of its image may depend on, for any coefficients. */
import type { LinearMap } from '../core/LinearMap.js'
import { Traced } from '../core/Trace.js'
import { arange, fromFloat64Array } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import { broadcastShapes, type Shape, sameShape, sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { runningUnions, type SetTable, unionEntries, unionGroups } from '../kernel/reference/sets.js'
import { add, mul } from '../primitive/arithmetic.js'
import { notEqual } from '../primitive/choice.js'
import { broadcastTo, permute, reshape, spread } from '../primitive/structure.js'
import { slice } from '../primitive/window.js'
import { applyLinear } from '../transform/applyLinear.js'

/** A tensor of names of sets (see kernel/reference/sets.ts), or `undefined` where all are empty. */
export type Dependence = Tensor | undefined

/** Entrywise unions. */
export const united = (table: SetTable, a: Dependence, b: Dependence): Dependence =>
  a === undefined || b === undefined
    ? (a ?? b)
    : fromFloat64Array(unionEntries(table, toFloat64Array(a), toFloat64Array(b)), a.shape)

const axesBetween = (from: number, to: number): Shape =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

/** Unions over groups: entry i of x goes to entry `groups[i]` of the result. */
const gathered = (table: SetTable, x: Tensor, groups: Tensor, shape: Shape): Tensor =>
  fromFloat64Array(unionGroups(table, toFloat64Array(x), toFloat64Array(groups), sizeOf(shape)), shape)

const numbered = (shape: Shape): Tensor => reshape(arange(sizeOf(shape)), shape)

/** Unions over axes, which disappear. */
const unionOver = (table: SetTable, x: Tensor, axes: Shape): Tensor => {
  if (axes.length === 0) return x
  const shape = x.shape.filter((_, axis) => !axes.includes(axis))
  return gathered(table, x, spread(numbered(shape), axes, x.shape), shape)
}

/** Every entry of the image depends on all entries along these axes. */
const mixed = (table: SetTable, x: Tensor, axes: Shape): Tensor => spread(unionOver(table, x, axes), axes, x.shape)

/** Every entry of the image depends on everything. */
const everything = (table: SetTable, x: Tensor, shape: Shape): Tensor =>
  spread(unionOver(table, x, axesBetween(0, x.rank)), axesBetween(0, shape.length), shape)

/** A constant coefficient that is exactly zero makes a structural zero: zeros win over all numbers in linear maps. */
const scaled = (by: Tensor, x: Tensor): Tensor => {
  const shape = broadcastShapes('sparsity', by.shape, x.shape)
  return by instanceof Traced ? broadcastTo(x, shape) : mul(broadcastTo(x, shape), notEqual(by, 0))
}

type Contract = Extract<LinearMap, { readonly _tag: 'Contract' }>

/** x, whose axes have the labels `own`, with the axes of `all`; labels that it lacks repeat it. */
const placed = (x: Tensor, own: ReadonlyArray<number>, all: ReadonlyArray<number>, shape: Shape): Tensor => {
  const order = all.filter((label) => own.includes(label))
  const ordered = permute(
    x,
    order.map((label) => own.indexOf(label)),
  )
  return spread(
    ordered,
    all.flatMap((label, axis) => (own.includes(label) ? [] : [axis])),
    shape,
  )
}

/** The groups are where windows take their entries from, from 1 on, since their margins read 0. */
const folded = (
  table: SetTable,
  map: Extract<LinearMap, { readonly _tag: 'Fold' }>,
  x: Tensor,
  shape: Shape,
): Tensor => {
  const size = sizeOf(shape)
  const groups = applyLinear({ ...map, _tag: 'Unfold' }, add(1, numbered(shape)))
  return reshape(slice(gathered(table, x, groups, [size + 1]), [1], [size + 1]), shape)
}

/** Entries of the whole product up to which zeros of a constant factor are looked at: some 32 MB. */
const mostExamined = 2 ** 22

const contracted = (table: SetTable, map: Contract, x: Tensor, shape: Shape): Tensor => {
  const { out } = map.labels
  const own = map.labels[map.side]
  const others = map.labels[map.side === 'left' ? 'right' : 'left']
  const repeats = [own, others, out].some((labels) => new Set(labels).size !== labels.length)
  if (repeats) return everything(table, x, shape)
  const lengths = new Map([
    ...others.map((label, axis) => [label, map.by.shape[axis] ?? 0] as const),
    ...own.map((label, axis) => [label, x.shape[axis] ?? 0] as const),
  ])
  const all = [...out, ...[...lengths.keys()].filter((label) => !out.includes(label))]
  const whole = all.map((label) => lengths.get(label) ?? 0)
  const isExamined = !(map.by instanceof Traced) && sizeOf(whole) <= mostExamined && toFloat64Array(map.by).includes(0)
  if (isExamined) {
    const pairs = mul(placed(x, own, all, whole), placed(notEqual(map.by, 0), others, all, whole))
    return unionOver(table, pairs, axesBetween(out.length, all.length))
  }
  const kept = own.filter((label) => out.includes(label))
  const summed = unionOver(
    table,
    x,
    own.flatMap((label, axis) => (out.includes(label) ? [] : [axis])),
  )
  return placed(summed, kept, out, shape)
}

/**
 * The image of a dependence under a map, given the shape of the map's result. It holds whatever numbers the coefficients have:
 * those that are traced are taken to be anything, and constants count by which of their entries are zero.
 */
export const imageOf = (table: SetTable, map: LinearMap, x: Dependence, shapeOf: ShapeOf): Dependence => {
  if (x === undefined) return undefined
  switch (map._tag) {
    case 'Identity':
    case 'Negate':
      return x
    case 'Scale':
      return scaled(map.by, x)
    case 'Spread':
    case 'Permute':
    case 'Reshape':
    case 'Flip':
    case 'Slice':
    case 'Pad':
    case 'Unfold':
      return applyLinear(map, x)
    case 'Fold':
      return folded(table, map, x, shapeOf(map, x.shape))
    case 'Fourier':
      return mixed(table, x, [x.rank - 2, x.rank - 1])
    case 'Sum':
      return unionOver(table, x, map.axes)
    case 'Cumulate': {
      const [outer, n, inner] = [
        sizeOf(x.shape.slice(0, map.axis)),
        x.shape[map.axis] ?? 0,
        sizeOf(x.shape.slice(map.axis + 1)),
      ]
      return fromFloat64Array(runningUnions(table, outer, n, inner, toFloat64Array(x), map.reverse), x.shape)
    }
    case 'Gather': {
      if (!(map.indices instanceof Traced)) return applyLinear(map, x)
      const positions = map.axis + map.indices.rank - map.batch
      return spread(unionOver(table, x, [map.axis]), axesBetween(map.axis, positions), shapeOf(map, x.shape))
    }
    case 'Scatter': {
      if (!(map.indices instanceof Traced))
        return gathered(table, x, applyLinear({ ...map, _tag: 'Gather' }, numbered(map.outer)), map.outer)
      const positions = map.axis + map.indices.rank - map.batch
      return spread(unionOver(table, x, axesBetween(map.axis, positions)), [map.axis], map.outer)
    }
    case 'Contract':
      return contracted(table, map, x, shapeOf(map, x.shape))
    // A function instead of data: what it mixes is its own affair.
    case 'Custom':
      return everything(table, x, shapeOf(map, x.shape))
    case 'Solve': {
      const shape = shapeOf(map, x.shape)
      if (!sameShape(shape, x.shape) || x.rank < 2) return everything(table, x, shape)
      // Commutators with a diagonal are solved entry by entry, and the other equations column by column.
      return map.equation === 'commutator' || map.equation === 'strictCommutator' ? x : mixed(table, x, [x.rank - 2])
    }
    case 'MatrixFunction': {
      const shape = shapeOf(map, x.shape)
      return sameShape(shape, x.shape) && x.rank >= 2
        ? mixed(table, x, [x.rank - 2, x.rank - 1])
        : everything(table, x, shape)
    }
    case 'Plus':
      return map.maps
        .map((each) => imageOf(table, each, x, shapeOf))
        .reduce((total, each) => united(table, total, each), undefined)
    case 'Compose':
      return map.maps.reduce<Dependence>((image, each) => imageOf(table, each, image, shapeOf), x)
  }
}

/** The shape of a map's image. */
export type ShapeOf = (map: LinearMap, shape: Shape) => Shape
