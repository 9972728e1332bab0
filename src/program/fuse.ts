/** Fusion: elementwise chains, with the broadcasts they read and the sums they end in, become loops. */
import { type Shape, sizeOf } from '../data/Shape.js'
import { periodOf } from '../data/Tensor.js'
import { type Access, isStepName, type LoopStore, type StepName } from '../kernel/wasm/Loop.js'
import { matrixForm } from '../primitive/contractionPlan.js'
import { movesOf } from './moves.js'
import { constantAt, firstResult, type Instruction, type Program, type Ref, shapeAt } from './Program.js'
import { exponentOf, isAxes, isContraction, isPlace } from './params.js'
import type { LoopTask, Schedule, Task } from './Schedule.js'
import { areIndices, walkOf } from './walks.js'

/** A read-only use of a value within loops of a certain shape; no rows and columns means any. */
interface Use {
  readonly ref: Ref
  readonly access: Access
  readonly rows?: number
  readonly columns?: number
}

/** A loop while it grows. Its place in time is its position among the tasks. */
interface Group {
  readonly at: number
  readonly size: number
  rows: number | undefined
  columns: number | undefined
  readonly uses: Map<string, Use>
  /** Values computed in the loop, in order. */
  readonly members: Map<
    Ref,
    { readonly name: StepName; readonly exponent?: number; readonly inputs: ReadonlyArray<Ref | string> }
  >
  readonly sums: Array<{
    readonly value: Ref | string
    readonly ref: Ref
    readonly keep: Exclude<LoopStore['keep'], 'entry'>
  }>
}

const useKey = ({ ref, access }: Use): string => `${ref} ${access}`

const leading = (axes: Shape): boolean => axes.every((axis, i) => axis === i)

const trailing = (axes: Shape, rank: number): boolean => axes.every((axis, i) => axis === rank - axes.length + i)

/** What a loop keeps for a reduction over trailing axes, over leading ones, and over all where that is another thing. */
interface Kept {
  readonly row: Exclude<LoopStore['keep'], 'entry'>
  readonly column: Exclude<LoopStore['keep'], 'entry'>
  readonly all?: Exclude<LoopStore['keep'], 'entry'>
}

const reductions: Readonly<Record<string, Kept>> = {
  sum: { row: 'rowSum', column: 'columnSum', all: 'total' },
  max: { row: 'rowMax', column: 'columnMax' },
  min: { row: 'rowMin', column: 'columnMin' },
}

/** The schedule of a program. A visitor with state: tasks and groups are appended as instructions come. */
export const fuse = (program: Program): Schedule => {
  const first = firstResult(program)
  const sharing = new Map<Ref, Ref>()
  const storage = (ref: Ref): Ref => {
    const shared = sharing.get(ref)
    return shared === undefined ? ref : storage(shared)
  }
  /** Broadcasts that nobody has had to write out yet. */
  const spreads = new Map<Ref, Use>()
  const slots: Array<Group | Task> = []
  /** The loops of each size in order, so that looking for one to join does not visit all tasks. */
  const groupsOf = new Map<number, Array<Group>>()
  /** When a value is there: the position of the task that stores it; inputs and constants always are. */
  const ready = new Map<Ref, number>()
  const memberOf = new Map<Ref, Group>()
  /** Members that somebody outside their loop reads. */
  const wanted = new Set<Ref>()

  const size = (ref: Ref): number => sizeOf(shapeAt(program, ref))
  const readyAt = (ref: Ref): number => ready.get(ref) ?? -1

  const useOf = (input: Ref, n: number): Use => {
    const ref = storage(input)
    const broadcast = spreads.get(ref)
    if (broadcast !== undefined) return broadcast
    if (size(ref) === 1 && n !== 1) return { ref, access: 'scalar' }
    const constant = constantAt(program, ref)
    const period = constant === undefined ? n : periodOf(constant).length
    if (period === 1) return { ref, access: 'scalar' }
    return period < n && n % period === 0
      ? { ref, access: 'column', rows: n / period, columns: period }
      : { ref, access: 'entry' }
  }

  const fits = (group: Group, rows: number | undefined, columns: number | undefined): boolean =>
    rows === undefined || group.rows === undefined || (group.rows === rows && group.columns === columns)

  /** Whether a group can take a value that reads these uses: all must be there before it starts, or be computed in it. */
  const takes = (group: Group, n: number, uses: ReadonlyArray<Use>): boolean => {
    const layouts = uses.filter(({ rows }) => rows !== undefined)
    const [layout] = layouts
    return (
      group.size === n &&
      layouts.every(
        ({ rows, columns }) => rows === layout?.rows && columns === layout?.columns && fits(group, rows, columns),
      ) &&
      uses.every((use) => (use.access === 'entry' && memberOf.get(use.ref) === group) || readyAt(use.ref) < group.at)
    )
  }

  const openGroup = (n: number): Group => {
    const group: Group = {
      at: slots.length,
      size: n,
      rows: undefined,
      columns: undefined,
      uses: new Map(),
      members: new Map(),
      sums: [],
    }
    slots.push(group)
    const alike = groupsOf.get(n)
    if (alike === undefined) groupsOf.set(n, [group])
    else alike.push(group)
    return group
  }

  const isGroup = (slot: Group | Task): slot is Group => 'members' in slot

  const groupFor = (n: number, uses: ReadonlyArray<Use>): Group => {
    // No loop that starts before one of its values is there can take them.
    const earliest = uses.reduce((latest, { ref }) => Math.max(latest, readyAt(ref)), 0)
    const alike = groupsOf.get(n) ?? []
    for (let i = alike.length - 1; i >= 0; i--) {
      const group = alike[i]
      if (group === undefined || group.at < earliest) break
      if (takes(group, n, uses)) return group
    }
    return openGroup(n)
  }

  /** Notes a use in a group, and says how the group's steps name it. */
  const read = (group: Group, use: Use): Ref | string => {
    if (use.access === 'entry' && memberOf.get(use.ref) === group) return use.ref
    if (use.rows !== undefined) {
      group.rows = use.rows
      group.columns = use.columns
    }
    wanted.add(use.ref)
    group.uses.set(useKey(use), use)
    return useKey(use)
  }

  /** Stores a value for readers that are no loops: a broadcast is written out. */
  const materialize = (input: Ref): Ref => {
    const ref = storage(input)
    const broadcast = spreads.get(ref)
    if (broadcast !== undefined) {
      spreads.delete(ref)
      const group = groupFor(size(ref), [broadcast])
      group.members.set(ref, { name: 'stopGradient', inputs: [read(group, broadcast)] })
      memberOf.set(ref, group)
      ready.set(ref, group.at)
    }
    wanted.add(ref)
    return ref
  }

  /** Indices that are right for an axis of that length by the time a task reads them: looked at once, here or in a walk before. */
  const looked = new Set<string>()

  const areRight = (indices: Ref, n: number): boolean => {
    const constant = constantAt(program, indices)
    return looked.has(`${indices} ${n}`) || (constant !== undefined && areIndices(constant, n))
  }

  const walk = (
    ref: Ref,
    instruction: Instruction,
    sources: ReadonlyArray<Ref>,
    shapes: ReadonlyArray<Shape>,
  ): boolean => {
    const [, indices] = sources
    const place = instruction.operation.params
    const n = isPlace(place) ? (place.outer[place.axis] ?? 0) : 0
    const isKnown = indices !== undefined && areRight(indices, n)
    const kind = walkOf(instruction, shapes, isKnown)
    if (kind === undefined) return false
    if (indices !== undefined) looked.add(`${indices} ${n}`)
    slots.push({ _tag: 'Walk', ref, kind, inputs: sources })
    return true
  }

  /** What is no loop: numbers are moved, an axis is walked along, or the operation itself is run. */
  const elsewhere = (ref: Ref, instruction: Instruction): void => {
    const { operation, inputs } = instruction
    const sources = inputs.map(materialize)
    ready.set(ref, slots.length)
    // The operation sees the shapes that the program gave its inputs, whatever they share their storage with.
    const shapes = inputs.map((input) => shapeAt(program, input))
    const moves = size(ref) > 0 ? movesOf(instruction, shapes) : undefined
    if (moves === undefined) {
      if (walk(ref, instruction, sources, shapes)) return
      slots.push({ _tag: 'Eager', ref, operation, inputs: sources, shapes })
      return
    }
    const { boxes, ...how } = moves
    slots.push({
      _tag: 'Move',
      ref,
      ...how,
      boxes: boxes
        .filter(({ shape }) => sizeOf(shape) > 0)
        .map(({ input, ...box }) => ({ ...box, ref: sources[input] ?? 0 })),
    })
  }

  const spread = (ref: Ref, instruction: Instruction): void => {
    const { params } = instruction.operation
    const [input = 0] = instruction.inputs
    const n = size(ref)
    const source = storage(input)
    if (!isAxes(params) || n === 0 || spreads.has(source)) {
      elsewhere(ref, instruction)
      return
    }
    const own = size(source)
    const rank = params.outer?.length ?? 0
    if (own === 1) spreads.set(ref, { ref: source, access: 'scalar' })
    else if (leading(params.axes)) spreads.set(ref, { ref: source, access: 'column', rows: n / own, columns: own })
    else if (trailing(params.axes, rank)) spreads.set(ref, { ref: source, access: 'row', rows: own, columns: n / own })
    else elsewhere(ref, instruction)
  }

  /** A reduction of leading, trailing or all axes ends the loop that computes its terms; others are walks along an axis. */
  const reduction = (ref: Ref, { row, column, all }: Kept, instruction: Instruction): void => {
    const { params } = instruction.operation
    const [input = 0] = instruction.inputs
    const shape = shapeAt(program, input)
    const [n, left] = [sizeOf(shape), size(ref)]
    const isTotal = isAxes(params) && all !== undefined && params.axes.length === shape.length
    const isRow = isAxes(params) && trailing(params.axes, shape.length)
    if (!isAxes(params) || n === 0 || !(isTotal || isRow || leading(params.axes))) {
      elsewhere(ref, instruction)
      return
    }
    const [rows, columns] = isTotal ? [undefined, undefined] : isRow ? [left, n / left] : [n / left, left]
    const natural = useOf(input, n)
    const isOther =
      natural.rows !== undefined && rows !== undefined && (natural.rows !== rows || natural.columns !== columns)
    // What repeats its numbers in another layout is read as if they were all different.
    const use: Use = isOther ? { ref: materialize(input), access: 'entry' } : natural
    const layout: Use = rows === undefined || columns === undefined ? use : { ...use, rows, columns }
    const group = groupFor(n, [layout])
    const value = read(group, layout)
    if (rows !== undefined) {
      group.rows = rows
      group.columns = columns
    }
    group.sums.push({ value, ref, keep: isTotal ? (all ?? row) : isRow ? row : column })
    ready.set(ref, group.at)
  }

  const product = (ref: Ref, instruction: Instruction): void => {
    const { params, name } = instruction.operation
    const [left = 0, right = 0] = instruction.inputs
    const form = isContraction(params) ? matrixForm(params, shapeAt(program, left), shapeAt(program, right)) : undefined
    if (form === undefined || form.batch * form.m * form.n * form.k === 0) {
      elsewhere(ref, instruction)
      return
    }
    const { batch, m, n, k, transposeFirst, transposeSecond, strideFirst, strideSecond } = form
    const [a, b] = (form.swapped ? [right, left] : [left, right]).map(materialize)
    ready.set(ref, slots.length)
    slots.push({
      _tag: 'Product',
      ref,
      batch,
      m,
      n,
      k,
      a: a ?? 0,
      b: b ?? 0,
      transposeA: transposeFirst,
      transposeB: transposeSecond,
      strideA: strideFirst,
      strideB: strideSecond,
      absorbing: name === 'productSum',
    })
  }

  const pointwise = (ref: Ref, name: StepName, { operation, inputs }: Instruction): void => {
    const n = size(ref)
    const uses = inputs.map((input) => useOf(input, n))
    const group = groupFor(n, uses)
    const exponent = exponentOf(operation.params)
    group.members.set(ref, {
      name,
      ...(exponent === undefined ? {} : { exponent }),
      inputs: uses.map((use) => read(group, use)),
    })
    memberOf.set(ref, group)
    ready.set(ref, group.at)
  }

  program.instructions.forEach((instruction, i) => {
    const ref = first + i
    const { name } = instruction.operation
    const conflicting = (): boolean => {
      const layouts = instruction.inputs
        .map((input) => useOf(input, size(ref)))
        .filter(({ rows }) => rows !== undefined)
      return layouts.some(({ rows, columns }) => rows !== layouts[0]?.rows || columns !== layouts[0]?.columns)
    }
    const kept = reductions[name]
    if (name === 'reshape') sharing.set(ref, instruction.inputs[0] ?? 0)
    else if (name === 'spread') spread(ref, instruction)
    else if (kept !== undefined) reduction(ref, kept, instruction)
    else if (name === 'contract' || name === 'productSum') product(ref, instruction)
    else if (isStepName(name) && size(ref) > 0) {
      // Two broadcasts of different layout cannot be read by one loop; the second is written out first.
      if (conflicting()) for (const input of instruction.inputs.slice(1)) materialize(input)
      pointwise(ref, name, instruction)
    } else elsewhere(ref, instruction)
  })
  for (const output of program.outputs) materialize(output)

  return { program, storage, tasks: slots.map((slot) => (isGroup(slot) ? closed(slot, wanted) : slot)) }
}

/** A finished group as a loop: operands numbered first, then steps. */
const closed = (group: Group, wanted: ReadonlySet<Ref>): LoopTask => {
  const uses = [...group.uses.values()]
  const names: ReadonlyArray<Ref | string> = [...uses.map(useKey), ...group.members.keys()]
  const number = new Map(names.map((name, i) => [name, i]))
  const steps = [...group.members.values()].map(({ inputs, ...step }) => ({
    ...step,
    inputs: inputs.map((input) => number.get(input) ?? 0),
  }))
  return {
    _tag: 'Loop',
    rows: group.rows ?? 1,
    columns: group.columns ?? group.size,
    operands: uses.map(({ ref, access }) => ({ ref, access })),
    steps,
    stores: [
      ...[...group.members.keys()]
        .filter((ref) => wanted.has(ref))
        .map((ref) => ({ value: number.get(ref) ?? 0, ref, keep: 'entry' as const })),
      ...group.sums.map(({ value, ref, keep }) => ({ value: number.get(value) ?? 0, ref, keep })),
    ],
  }
}
