/** Programs made from programs: tangents, cotangents and batches, each made once and then kept with its source. */
import { zeros } from '../data/construct.js'
import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { spread } from '../primitive/structure.js'
import { type Subprogram, subprogram } from '../program/Subprogram.js'
import { stageFunction } from '../program/stage.js'
import { jvp } from '../transform/jvp.js'
import { vjp } from '../transform/vjp.js'
import { vmap } from '../transform/vmap.js'
import type { Tensors } from './Joint.js'

/** The program of a function of tensors of these shapes that closes over no traced value. */
export const programOf = (shapes: ReadonlyArray<Shape>, f: (inputs: Tensors) => Tensors): Subprogram =>
  subprogram(stageFunction((...inputs: Tensors) => f(inputs), shapes.map(zeros)).program)

const shapesOf = ({ program }: Subprogram): ReadonlyArray<Shape> => program.inputs

/** The shapes of the results of a program. */
export const resultShapes = ({ program }: Subprogram): ReadonlyArray<Shape> => {
  const { inputs, constants, instructions } = program
  const shapes = [...inputs, ...constants.map(({ shape }) => shape), ...instructions.map(({ shape }) => shape)]
  return program.outputs.map((ref) => shapes[ref] ?? [])
}

export const selected = <A>(all: ReadonlyArray<A>, indices: ReadonlyArray<number>): ReadonlyArray<A> =>
  indices.flatMap((i) => all.slice(i, i + 1))

/** The members with those at `indices` replaced. */
export const replaced = (members: Tensors, indices: ReadonlyArray<number>, by: Tensors): Tensors =>
  members.map((member, i) => by[indices.indexOf(i)] ?? member)

/** Values and tangents of a program, from its inputs and the tangents of the active ones. */
export const tangentsIn = (
  body: Subprogram,
  inputs: Tensors,
  active: ReadonlyArray<number>,
  tangents: Tensors,
): readonly [Tensors, Tensors] =>
  jvp((moving: Tensors): Tensors => body.run(replaced(inputs, active, moving)))(selected(inputs, active), tangents)

/** Cotangents of the active inputs of a program from those of its results. */
export const cotangentsIn = (
  body: Subprogram,
  inputs: Tensors,
  active: ReadonlyArray<number>,
  cotangents: Tensors,
): Tensors =>
  vjp((moving: Tensors): Tensors => body.run(replaced(inputs, active, moving)))(selected(inputs, active))[1](cotangents)

/** [...inputs, ...tangents of the active ones] ↦ tangents of the results. */
export const pushed = (body: Subprogram, active: ReadonlyArray<number>): Subprogram =>
  body.derived(`push ${active.join()}`, () => {
    const shapes = shapesOf(body)
    return programOf(
      [...shapes, ...selected(shapes, active)],
      (all) => tangentsIn(body, all.slice(0, shapes.length), active, all.slice(shapes.length))[1],
    )
  })

/** [...inputs, ...cotangents of the results] ↦ cotangents of the active inputs. */
export const pulled = (body: Subprogram, active: ReadonlyArray<number>): Subprogram =>
  body.derived(`pull ${active.join()}`, () => {
    const shapes = shapesOf(body)
    return programOf([...shapes, ...resultShapes(body)], (all) =>
      cotangentsIn(body, all.slice(0, shapes.length), active, all.slice(shapes.length)),
    )
  })

/** The same for each entry of a leading axis of the inputs that are `batched`; without one, results are repeated. */
export const mapped = (
  body: (inputs: Tensors) => Tensors,
  size: number,
  batched: ReadonlyArray<boolean>,
  inputs: Tensors,
): Tensors =>
  batched.includes(true)
    ? vmap((...each: Tensors): Tensors => body(each), { in: batched.map((is) => (is ? 0 : null)) })(...inputs)
    : body(inputs).map((x) => repeated(x, size))

export const repeated = (x: Tensor, size: number): Tensor => spread(x, [0], [size, ...x.shape])

export const batchedProgram = (body: Subprogram, size: number, batched: ReadonlyArray<boolean>): Subprogram =>
  body.derived(`batch ${size} ${batched.map(Number).join('')}`, () =>
    programOf(
      shapesOf(body).map((shape, i) => (batched[i] === true ? [size, ...shape] : shape)),
      (inputs) => mapped(body.run, size, batched, inputs),
    ),
  )
