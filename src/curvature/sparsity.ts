/** Which entries of a result can depend on which entries of the parameters, found from the operations alone. */
import { type Primitive, ruleOf } from '../core/Primitive.js'
import { type Trace, Traced, withLevel } from '../core/Trace.js'
import { arange } from '../data/construct.js'
import { toFloat64Array } from '../data/read.js'
import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, withLeaves } from '../data/Tree.js'
import { type Rows, rowsOf } from '../kernel/reference/coloring.js'
import { type SetTable, setTable } from '../kernel/reference/sets.js'
import { add } from '../primitive/arithmetic.js'
import { reshape } from '../primitive/structure.js'
import { applyLinear } from '../transform/applyLinear.js'
import { type Dependence, imageOf, type ShapeOf, united } from './sparseMaps.js'

/** A value without numbers that knows which entries of the parameters its own entries depend on. */
class Spotted extends Traced {
  constructor(
    readonly trace: Trace,
    shape: Shape,
    readonly dependence: Dependence,
  ) {
    super(shape)
  }
}

const isSpotted = (trace: Trace, x: Tensor): x is Spotted => x instanceof Spotted && x.trace === trace

/**
 * Runs operations on shapes and dependences. Rules are asked for their maps with inputs that depend on nothing, since only the
 * structure of the maps is wanted; the coefficients of derivatives inside of `f` are values of `f` and are watched like others.
 */
const sparsityTrace = (level: number, transform: string, table: SetTable): Trace => {
  const trace: Trace = {
    level,
    transform,
    process: <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>): Tensor => {
      const shape = primitive.shape(
        params,
        inputs.map((input) => input.shape),
      )
      const output = new Spotted(trace, shape, undefined)
      const dependences = inputs.map((input) => (isSpotted(trace, input) ? input.dependence : undefined))
      if (dependences.every((dependence) => dependence === undefined)) return output
      const bare = inputs.map((input) => (input instanceof Traced ? new Spotted(trace, input.shape, undefined) : input))
      const dependence = dependences.reduce((total, given, i) => {
        const rule = given === undefined ? undefined : ruleOf(primitive, i)
        return rule === undefined
          ? total
          : united(table, total, imageOf(table, rule(params, bare, output, i), given, shapeOf))
      }, undefined)
      return new Spotted(trace, shape, dependence)
    },
  }
  const shapeOf: ShapeOf = (map, shape) => applyLinear(map, new Spotted(trace, shape, undefined)).shape
  return trace
}

/**
 * The pattern of the Jacobian of `f` over raveled parameters and results: entries outside of it are zero at every point and for
 * all further arguments of these shapes. Numbers that `f` brings along itself are constants, and their zeros are seen.
 */
export const sparsityOf = <P, R extends ReadonlyArray<unknown>, Y>(
  transform: string,
  f: (p: P, ...rest: R) => Y,
  p: P,
  rest: R,
): { readonly rows: Rows; readonly columns: number } =>
  withLevel((level) => {
    const leaves = leavesOf(transform, p).map(({ tensor }) => tensor)
    const columns = leaves.reduce((total, { size }) => total + size, 0)
    const table = setTable(columns)
    const trace = sparsityTrace(level, transform, table)
    const inputs = leaves.map(({ shape, size }, i) => {
      const start = leaves.slice(0, i).reduce((total, leaf) => total + leaf.size, 0)
      // Name k + 1 is the set {k}.
      return new Spotted(trace, shape, reshape(add(arange(size), start + 1), shape))
    })
    const data = leavesOf(transform, rest).map(({ tensor }) => new Spotted(trace, tensor.shape, undefined))
    const y = f(withLeaves(p, inputs), ...withLeaves(rest, data))
    const lists = leavesOf(transform, y).flatMap(({ tensor }) =>
      isSpotted(trace, tensor) && tensor.dependence !== undefined
        ? Array.from(toFloat64Array(tensor.dependence), (name) => table.members[name] ?? empty)
        : Array.from({ length: tensor.size }, () => empty),
    )
    return { rows: rowsOf(lists), columns }
  })

const empty = new Int32Array(0)
