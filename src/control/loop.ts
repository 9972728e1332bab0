/** The record of loops: forwards with tangents, backwards over segments, in batches; each of these is a loop again. */
import { zeros } from '../data/construct.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { add } from '../primitive/arithmetic.js'
import { permute, reshape } from '../primitive/structure.js'
import { concat, flip, slice } from '../primitive/window.js'
import type { Subprogram } from '../program/Subprogram.js'
import { batchedProgram, cotangentsIn, programOf, repeated, resultShapes, selected, tangentsIn } from './derived.js'
import { type Joint, perform, type Tensors } from './Joint.js'

/** A body `[...carries, ...slices, ...free] ↦ [...carries, ...results]`, run `length` times. */
export interface Loop {
  readonly length: number
  readonly carries: number
  readonly slices: number
  readonly body: Subprogram
}

/** Beyond this many steps a backward sweep keeps the carries of √n steps only, and finds the others again. */
export const mostKept = 16

const entryAt = (x: Tensor, i: number): Tensor => {
  const [, ...inner] = x.shape
  const size = sizeOf(inner)
  return adopt(bufferOf(x).subarray(i * size, (i + 1) * size), inner)
}

interface Parts {
  readonly inits: Tensors
  readonly sources: Tensors
  readonly free: Tensors
}

const partsOf = ({ carries, slices }: Loop, members: Tensors): Parts => ({
  inits: members.slice(0, carries),
  sources: members.slice(carries, carries + slices),
  free: members.slice(carries + slices),
})

export const loop = (own: Loop, members: Tensors): Tensors => perform(scanJ, own, members)

/** A buffer for results of steps behind each other. */
interface Rows {
  readonly shape: Shape
  readonly size: number
  readonly entries: Float64Array
}

const rowsOf =
  (length: number) =>
  (shape: Shape): Rows => ({ shape, size: sizeOf(shape), entries: new Float64Array(sizeOf(shape) * length) })

const run = (own: Loop, members: Tensors, step: (inputs: Tensors) => Tensors): Tensors => {
  const { inits, sources, free } = partsOf(own, members)
  const rows = resultShapes(own.body).slice(own.carries).map(rowsOf(own.length))
  const last = Array.from({ length: own.length }, (_, i) => i).reduce<Tensors>((carries, i) => {
    const results = step([...carries, ...sources.map((x) => entryAt(x, i)), ...free])
    rows.forEach(({ entries, size }, k) => {
      const result = results[own.carries + k]
      if (result !== undefined) entries.set(bufferOf(result), i * size)
    })
    return results.slice(0, own.carries)
  }, inits)
  return [...last, ...rows.map(({ entries, shape }) => adopt(entries, [own.length, ...shape]))]
}

const among = (active: ReadonlyArray<number>, from: number, count: number): ReadonlyArray<number> =>
  active.filter((i) => i >= from && i < from + count).map((i) => i - from)

/** The k-th list of tensors in all of them, whose lengths are those of the lists of shapes. */
const partition = (shapes: ReadonlyArray<ReadonlyArray<Shape>>, all: Tensors): ((k: number) => Tensors) => {
  const bounds = shapes.reduce<ReadonlyArray<number>>(
    (known, list) => [...known, (known.at(-1) ?? 0) + list.length],
    [0],
  )
  return (k) => all.slice(bounds[k], bounds[k + 1])
}

/** The loop of values and tangents: carries and tangents of all of them, slices and free values with those that are active. */
const tangentLoop = (own: Loop, active: ReadonlyArray<number>): Loop => {
  const { body, carries, slices, length } = own
  const inputs = body.program.inputs
  const [moved, given] = [among(active, carries, slices), among(active, carries + slices, inputs.length)]
  const program = body.derived(`scan push ${active.join()}`, () => {
    const [c, x, f] = [
      inputs.slice(0, carries),
      inputs.slice(carries, carries + slices),
      inputs.slice(carries + slices),
    ]
    const shapes = [c, c, x, moved.map((i) => x[i] ?? []), f, given.map((i) => f[i] ?? [])]
    return programOf(shapes.flat(), (all) => {
      const part = partition(shapes, all)
      const places = [...c.keys(), ...moved.map((i) => carries + i), ...given.map((i) => carries + slices + i)]
      const [values, tangents] = tangentsIn(body, [...part(0), ...part(2), ...part(4)], places, [
        ...part(1),
        ...part(3),
        ...part(5),
      ])
      return [...values.slice(0, carries), ...tangents.slice(0, carries), ...tangents.slice(carries)]
    })
  })
  return { length, carries: 2 * carries, slices: slices + moved.length, body: program }
}

const push = (own: Loop, members: Tensors, active: ReadonlyArray<number>, tangents: Tensors): Tensors => {
  const { carries, slices } = own
  const { inits, sources, free } = partsOf(own, members)
  const tangentOf = (i: number): Tensors => tangents.slice(active.indexOf(i), active.indexOf(i) + 1)
  const moving = (from: number, count: number): Tensors =>
    among(active, from, count).flatMap((i) => tangentOf(from + i))
  const starts = inits.map((x, i) => (active.includes(i) ? (tangentOf(i)[0] ?? x) : zeros(x.shape)))
  const results = loop(tangentLoop(own, active), [
    ...inits,
    ...starts,
    ...sources,
    ...moving(carries, slices),
    ...free,
    ...moving(carries + slices, free.length),
  ])
  return results.slice(carries)
}

/** The same loop, whose results are the carries before each step. */
const carriesLoop = (own: Loop): Loop => ({
  ...own,
  body: own.body.derived('scan carries', () =>
    programOf(own.body.program.inputs, (inputs) => [
      ...own.body.run(inputs).slice(0, own.carries),
      ...inputs.slice(0, own.carries),
    ]),
  ),
})

/**
 * One step backwards: carries are the cotangents of the carries and of the active free values, slices what the step read, free
 * values those of the loop; results are the cotangents of the active slices.
 */
const backwardLoop = (own: Loop, active: ReadonlyArray<number>): Loop => {
  const { body, carries, slices, length } = own
  const inputs = body.program.inputs
  const results = resultShapes(body)
  const [moved, given] = [among(active, carries, slices), among(active, carries + slices, inputs.length)]
  const free = inputs.slice(carries + slices)
  const sums = given.map((i) => free[i] ?? [])
  const program = body.derived(`scan pull ${active.join()}`, () => {
    const shapes = [inputs.slice(0, carries), sums, inputs.slice(0, carries + slices), results.slice(carries), free]
    return programOf(shapes.flat(), (all) => {
      const part = partition(shapes, all)
      const places = [
        ...Array.from({ length: carries }, (_, i) => i),
        ...moved.map((i) => carries + i),
        ...given.map((i) => carries + slices + i),
      ]
      const found = cotangentsIn(body, [...part(2), ...part(4)], places, [...part(0), ...part(3)])
      const [c, x, f] = [
        found.slice(0, carries),
        found.slice(carries, carries + moved.length),
        found.slice(carries + moved.length),
      ]
      return [...c, ...part(1).map((sum, i) => add(sum, f[i] ?? sum)), ...x]
    })
  })
  return {
    length,
    carries: carries + sums.length,
    slices: carries + slices + results.length - carries,
    body: program,
  }
}

const reversed = (x: Tensor): Tensor => flip(x, [0])

/** Cotangents on their way back: of the carries, then sums for the active free values; and those of the active slices. */
interface Swept {
  readonly carried: Tensors
  readonly slices: Tensors
}

/** Steps behind each other, backwards, from the carries before the first of them; all carries between are kept. */
const sweep = (
  own: Loop,
  active: ReadonlyArray<number>,
  carried: Tensors,
  members: Tensors,
  results: Tensors,
): Swept => {
  const { sources, free } = partsOf(own, members)
  const kept = loop(carriesLoop(own), members).slice(own.carries)
  const back = backwardLoop(own, active)
  const found = loop(back, [...carried, ...[...kept, ...sources, ...results].map(reversed), ...free])
  return { carried: found.slice(0, back.carries), slices: found.slice(back.carries).map(reversed) }
}

const cut = (x: Tensor, from: number, to: number): Tensor =>
  slice(x, [from, ...x.shape.slice(1).map(() => 0)], [to, ...x.shape.slice(1)])

/** The first count · size entries as count segments. */
const segmented = (x: Tensor, count: number, size: number): Tensor =>
  reshape(cut(x, 0, count * size), [count, size, ...x.shape.slice(1)])

const joined = (x: Tensor): Tensor => reshape(x, [(x.shape[0] ?? 0) * (x.shape[1] ?? 0), ...x.shape.slice(2)])

/** A loop over segments of the loop, whose results are the carries before each segment. */
const segmentLoop = (own: Loop, count: number, size: number): Loop => {
  const { carries, slices, body } = own
  const segment = { ...own, length: size }
  const inputs = body.program.inputs
  return {
    ...own,
    length: count,
    body: body.derived(`scan segment ${size}`, () =>
      programOf(
        inputs.map((shape, i) => (i >= carries && i < carries + slices ? [size, ...shape] : shape)),
        (members) => [...loop(segment, members).slice(0, carries), ...members.slice(0, carries)],
      ),
    ),
  }
}

/** A loop over segments backwards, each swept from the carries before it. */
const segmentSweep = (
  own: Loop,
  active: ReadonlyArray<number>,
  carried: Tensors,
  count: number,
  size: number,
): Loop => {
  const { carries, slices, body } = own
  const inputs = body.program.inputs
  const rows = (shape: Shape): Shape => [size, ...shape]
  const shapes = [
    carried.map(({ shape }) => shape),
    inputs.slice(0, carries),
    inputs.slice(carries, carries + slices).map(rows),
    resultShapes(body).slice(carries).map(rows),
    inputs.slice(carries + slices),
  ]
  return {
    length: count,
    carries: carried.length,
    slices: carries + slices + (shapes[3]?.length ?? 0),
    body: body.derived(`scan sweep ${size} ${active.join()}`, () =>
      programOf(shapes.flat(), (all) => {
        const part = partition(shapes, all)
        const swept = sweep({ ...own, length: size }, active, part(0), [...part(1), ...part(2), ...part(4)], part(3))
        return [...swept.carried, ...swept.slices]
      }),
    ),
  }
}

/** The whole sweep: of n steps, the carries of √n segments are kept, and those inside a segment while it is swept. */
const sweepAll = (
  own: Loop,
  active: ReadonlyArray<number>,
  carried: Tensors,
  members: Tensors,
  results: Tensors,
): Swept => {
  const { length } = own
  if (length <= mostKept) return sweep(own, active, carried, members, results)
  const size = Math.ceil(Math.sqrt(length))
  const count = Math.floor(length / size)
  const [whole, rest] = [count * size, length - count * size]
  const { inits, sources, free } = partsOf(own, members)
  const segments = (xs: Tensors): Tensors => xs.map((x) => segmented(x, count, size))
  const ending = (xs: Tensors): Tensors => xs.map((x) => cut(x, whole, length))
  const there = loop(segmentLoop(own, count, size), [...inits, ...segments(sources), ...free])
  const [ends, starts] = [there.slice(0, own.carries), there.slice(own.carries)]
  const last =
    rest === 0
      ? undefined
      : sweep({ ...own, length: rest }, active, carried, [...ends, ...ending(sources), ...free], ending(results))
  const back = segmentSweep(own, active, carried, count, size)
  const found = loop(back, [
    ...(last?.carried ?? carried),
    ...[...starts, ...segments(sources), ...segments(results)].map(reversed),
    ...free,
  ])
  return {
    carried: found.slice(0, back.carries),
    slices: found.slice(back.carries).map((x, i) => {
      const main = joined(reversed(x))
      const end = last?.slices[i]
      return end === undefined ? main : concat([main, end])
    }),
  }
}

const pull = (own: Loop, members: Tensors, active: ReadonlyArray<number>, cotangents: Tensors): Tensors => {
  const { carries, slices } = own
  const { free } = partsOf(own, members)
  const given = among(active, carries + slices, free.length)
  const sums = given.map((i) => zeros(free[i]?.shape ?? []))
  const swept = sweepAll(own, active, [...cotangents.slice(0, carries), ...sums], members, cotangents.slice(carries))
  const moved = among(active, carries, slices)
  return active.flatMap((member) =>
    member < carries
      ? swept.carried.slice(member, member + 1)
      : member < carries + slices
        ? swept.slices.slice(moved.indexOf(member - carries)).slice(0, 1)
        : swept.carried.slice(carries + given.indexOf(member - carries - slices)).slice(0, 1),
  )
}

/** The first two axes exchanged: steps and examples. */
const exchanged = (x: Tensor): Tensor => permute(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)])

const batch = (own: Loop, size: number, batched: ReadonlyArray<boolean>, members: Tensors): Tensors => {
  const { carries, slices } = own
  const own1 = members.map((x, i) => {
    const is = batched[i] === true
    if (i < carries) return is ? x : repeated(x, size)
    return is && i < carries + slices ? exchanged(x) : x
  })
  const flags = batched.map((is, i) => i < carries || is)
  const results = loop({ ...own, body: batchedProgram(own.body, size, flags) }, own1)
  return [...results.slice(0, carries), ...results.slice(carries).map(exchanged)]
}

export const scanJ: Joint<Loop> = {
  name: 'scan',
  formula: '(c_{k+1}, y_k) = f(c_k, x_k)',
  inert: 0,
  shapes: ({ body, carries, length }) =>
    resultShapes(body).map((shape, i) => (i < carries ? shape : [length, ...shape])),
  run: (own, members, engine) => run(own, members, own.body[engine]),
  pushforward: (own, members, _, active, tangents) => push(own, members, active, tangents),
  pullback: (own, members, _, active, cotangents) => pull(own, members, active, cotangents),
  batch,
}

/** A function of tensors for each entry of the leading axis of the inputs that are `batched`, one after the other. */
export const inTurn = (
  f: (inputs: Tensors) => Tensors,
  size: number,
  batched: ReadonlyArray<boolean>,
  members: Tensors,
): Tensors => {
  const [moving, fixed] = [true, false].map((wanted) => members.flatMap((_, i) => (batched[i] === wanted ? [i] : [])))
  const order = [...(moving ?? []), ...(fixed ?? [])]
  const shapes = order.map((i) => (batched[i] === true ? members[i]?.shape.slice(1) : members[i]?.shape) ?? [])
  const body = programOf(shapes, (inputs) => f(members.flatMap((_, i) => inputs[order.indexOf(i)] ?? [])))
  return loop({ length: size, carries: 0, slices: moving?.length ?? 0, body }, selected(members, order))
}
