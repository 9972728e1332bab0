/**
 * control/: choices, loops, custom rules and implicit functions. What decides or iterates is a record that holds programs, so
 * that a staged function stays small and lazy, and every transform reads the record as it reads any other.
 * Joint.ts makes records of several tensors in and out: they travel packed, by one linear map for each group of inputs.
 * May import: data, kernel, core, primitive, function, transform, program, control. May be imported by: operator and above.
 */
import type { LinearMap } from '../core/LinearMap.js'
import type { Primitive } from '../core/Primitive.js'
import { bind, Traced } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import { adopt, periodOf, type Tensor } from '../data/Tensor.js'
import { reshape } from '../primitive/structure.js'
import { concat } from '../primitive/window.js'
import { groupsOf, packed, ungrouped, unpacked } from './packing.js'

export type Tensors = ReadonlyArray<Tensor>

/** How programs inside a record are run: with the bits of an eager run, or compiled. */
export type Engine = 'run' | 'execute'

/** An operation from tensors to tensors. `active` lists the members that have a tangent, in the order of `tangents`. */
export interface Joint<Own extends object> {
  readonly name: string
  readonly formula: string
  /** This many first members have no derivative. */
  readonly inert: number
  readonly shapes: (own: Own, members: ReadonlyArray<Shape>) => ReadonlyArray<Shape>
  readonly run: (own: Own, members: Tensors, engine: Engine) => Tensors
  readonly pushforward: (
    own: Own,
    members: Tensors,
    results: Tensors,
    active: ReadonlyArray<number>,
    tangents: Tensors,
  ) => Tensors
  /** Cotangents of the active members from those of all results. */
  readonly pullback: (
    own: Own,
    members: Tensors,
    results: Tensors,
    active: ReadonlyArray<number>,
    cotangents: Tensors,
  ) => Tensors
  /** Results with a leading axis, from members that have one where `batched` says so. */
  readonly batch: (own: Own, size: number, batched: ReadonlyArray<boolean>, members: Tensors) => Tensors
}

/** Where the members are: the first `inert` inputs one by one, then one packed vector for each group. */
interface Places {
  readonly groups: ReadonlyArray<ReadonlyArray<number>>
  readonly members: ReadonlyArray<Shape>
}

export type Params<Own> = Own & { readonly places: Places }

const shapesIn = ({ members }: Places, inert: number, group: ReadonlyArray<number>): ReadonlyArray<Shape> =>
  group.map((member) => members[member + inert] ?? [])

const unpackedAll = (places: Places, inert: number, inputs: Tensors): Tensors => [
  ...inputs.slice(0, inert),
  ...ungrouped(
    places.groups,
    places.groups.map((group, g) => {
      const whole = inputs[inert + g]
      return whole === undefined ? [] : unpacked(whole, shapesIn(places, inert, group))
    }),
  ),
]

/** Tensors of their own: a compiled program may write new numbers under the old identity of an operand. */
const renewed = (inputs: Tensors): Tensors => inputs.map((x) => adopt(periodOf(x), x.shape))

const records = new WeakMap<object, unknown>()

/** The record of a joint operation, one for each. */
export const recordOf = <Own extends object>(joint: Joint<Own>): Primitive<Params<Own>> => {
  const known = records.get(joint)
  if (known !== undefined) return known as Primitive<Params<Own>>
  const record = recordFor(joint)
  records.set(joint, record)
  return record
}

const recordFor = <Own extends object>(joint: Joint<Own>): Primitive<Params<Own>> => {
  const { inert } = joint
  const rule = (params: Params<Own>, inputs: Tensors, output: Tensor, index: number): LinearMap => {
    const { places } = params
    const group = places.groups[index - inert] ?? []
    const active = group.map((member) => member + inert)
    const members = (): Tensors => unpackedAll(places, inert, inputs)
    const outputs = joint.shapes(params, places.members)
    return {
      _tag: 'Custom',
      name: joint.name,
      apply: (t) =>
        packed(
          joint.pushforward(
            params,
            members(),
            unpacked(output, outputs),
            active,
            unpacked(t, shapesIn(places, inert, group)),
          ),
        ),
      transposed: (u) =>
        packed(joint.pullback(params, members(), unpacked(output, outputs), active, unpacked(u, outputs))),
    }
  }
  const evaluate = (params: Params<Own>, inputs: Tensors, engine: Engine): Tensor =>
    packed(joint.run(params, unpackedAll(params.places, inert, inputs), engine))
  return {
    name: joint.name,
    formula: joint.formula,
    shape: (params) => [joint.shapes(params, params.places.members).reduce((total, shape) => total + sizeOf(shape), 0)],
    evaluate: (params, inputs) => evaluate(params, inputs, 'run'),
    execute: (params, inputs) => evaluate(params, renewed(inputs), 'execute'),
    differential: [...Array.from({ length: inert }, () => undefined), rule],
    deepen: () => raise('InvalidArgument', `${joint.name}: a joint operation is batched by its own rule.`),
    batch: (params, size, batched, inputs) => {
      const { places } = params
      const flags = [
        ...batched.slice(0, inert),
        ...places.members
          .slice(inert)
          .map((_, member) => batched[inert + places.groups.findIndex((group) => group.includes(member))] ?? false),
      ]
      const results = joint.batch(params, size, flags, unpackedAll(places, inert, inputs))
      return results.length === 0
        ? raise('InvalidArgument', `${joint.name}: nothing to batch.`)
        : concat(
            results.map((x) => reshape(x, [size, sizeOf(x.shape.slice(1))])),
            { axis: 1 },
          )
    },
    mixes: true,
    domain: { intervals: [[-Infinity, Infinity]], kinks: [] },
  }
}

/** Runs a joint operation: at once on tensors with numbers, through its record where one of them is traced. */
export const perform = <Own extends object>(joint: Joint<Own>, own: Own, members: Tensors): Tensors => {
  if (!members.some((x) => x instanceof Traced)) return joint.run(own, members, 'run')
  const { inert } = joint
  const rest = members.slice(inert)
  const groups = groupsOf(rest)
  const inputs = groups.map((group) => packed(group.flatMap((member) => rest[member] ?? [])))
  const shapes = members.map(({ shape }) => shape)
  const params = { ...own, places: { groups, members: shapes } }
  return unpacked(bind(recordOf(joint), params, [...members.slice(0, inert), ...inputs]), joint.shapes(own, shapes))
}
