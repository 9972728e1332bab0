/** Execution in an arena: tasks bound to addresses once, then run as often as asked. */
import { sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, periodOf, type Tensor } from '../data/Tensor.js'
import { provider } from '../kernel/provider.js'
import { absorbProducts } from '../kernel/reference/absorbing.js'
import { type Arena, arena, arenaBase } from '../kernel/wasm/arena.js'
import type { Loop } from '../kernel/wasm/Loop.js'
import type { Move } from '../kernel/wasm/Move.js'
import { isIndexed, type Walk, type WalkRun } from '../kernel/wasm/Walk.js'
import { gatherCaller, raiseOutside, scatterCaller } from '../primitive/indexing.js'
import { withSplitReductions } from './apart.js'
import { withAssembledSums } from './assemble.js'
import { fuse } from './fuse.js'
import { withFoldedProducts } from './layout.js'
import { firstConstant, type Program, shapeAt } from './Program.js'
import { type Plan, planMemory } from './plan.js'
import type { EagerTask, LoopTask, MoveTask, ProductTask, Schedule, Task, WalkTask } from './Schedule.js'

/** A program that is ready to run on tensors with numbers. */
export type Executable = (inputs: ReadonlyArray<Tensor>) => ReadonlyArray<Tensor>

/**
 * A run that makes no tensors: the first inputs are vectors, of which nothing is kept, so that their entries may change afterwards; the
 * others are tensors; and the results are written into vectors.
 */
export type Write = (
  vectors: ReadonlyArray<Float64Array>,
  others: ReadonlyArray<Tensor>,
  into: ReadonlyArray<Float64Array>,
) => void

/** Both ways to run. */
export interface Engine {
  readonly run: Executable
  readonly write: Write
}

/** Kernels may read a little beyond their operands: the end of the arena keeps this many rows of the largest product free. */
const slack = (tasks: ReadonlyArray<Task>): number =>
  tasks.reduce((most, task) => (task._tag === 'Product' ? Math.max(most, 4 * (task.m + task.n + task.k)) : most), 64)

/** Σ (x − x) over the entries of a product: 0 unless one of them is NaN or infinite. Where it is not, zeros may have to absorb. */
const checkOf = (plan: Plan, { ref, batch, m, n }: ProductTask, at: number): Loop => ({
  rows: 1,
  columns: batch * m * n,
  operands: [{ at: plan.placeOf(ref), access: 'entry' }],
  steps: [{ name: 'sub', inputs: [0, 0] }],
  stores: [{ value: 1, at, keep: 'total' }],
})

const productIn = (
  { view, multiply }: Arena,
  plan: Plan,
  task: ProductTask,
  check: Check | undefined,
): (() => void) => {
  const { batch, m, n, k, transposeA, transposeB, strideA, strideB } = task
  const [a, b, c] = [plan.placeOf(task.a), plan.placeOf(task.b), plan.placeOf(task.ref)]
  const indices = Array.from({ length: batch }, (_, i) => i)
  return () => {
    // In increasing order, since the kernel scribbles a little beyond each result before it is in place.
    for (const i of indices) multiply(m, n, k, a + i * strideA, transposeA, b + i * strideB, transposeB, c + i * m * n)
    if (check === undefined) return
    check.run()
    if (view[check.at] === 0) return
    for (const i of indices)
      absorbProducts(m, n, k, view, a + i * strideA, transposeA, view, b + i * strideB, transposeB, view, c + i * m * n)
  }
}

interface Check {
  readonly run: () => void
  readonly at: number
}

const eagerIn = ({ view }: Arena, plan: Plan, task: EagerTask): (() => void) => {
  const place = plan.placeOf(task.ref)
  // Views of the arena serve as operands of this one operation and are not seen by anybody else.
  const operands = task.inputs.map((ref, i) => {
    const shape = task.shapes[i] ?? []
    const at = plan.placeOf(ref)
    return adopt(view.subarray(at, at + sizeOf(shape)), shape)
  })
  const { execute } = task.operation
  return () => {
    view.set(bufferOf((execute ?? task.operation.run)(operands)), place)
  }
}

const moveAt = (plan: Plan, { ref, leavesGaps, addsZero, boxes }: MoveTask, length: number): Move => {
  const place = plan.placeOf(ref)
  return {
    zeros: leavesGaps ? { at: place, length } : undefined,
    addsZero,
    boxes: boxes.map(({ ref: source, ...box }) => ({
      ...box,
      from: box.from + plan.placeOf(source),
      to: box.to + place,
    })),
  }
}

const loopAt = (plan: Plan, { rows, columns, operands, steps, stores }: LoopTask): Loop => ({
  ...{ rows, columns, steps },
  operands: operands.map(({ ref, access }) => ({ at: plan.placeOf(ref), access })),
  stores: stores.map(({ value, ref, keep }) => ({ value, at: plan.placeOf(ref), keep })),
})

const walkAt = (plan: Plan, { kind, inputs, ref }: WalkTask): Walk => ({
  kind,
  places: [...inputs, ref].map(plan.placeOf),
})

const walkIn = ({ view }: Arena, plan: Plan, { kind, inputs }: WalkTask, run: WalkRun): (() => void) => {
  if (!isIndexed(kind) || !kind.checks) return run
  const caller = kind._tag === 'Gather' ? gatherCaller : scatterCaller
  const place = plan.placeOf(inputs[1] ?? 0)
  return () => {
    const wrong = run()
    if (wrong !== -1) raiseOutside(caller, view[place + wrong] ?? Number.NaN, wrong, kind.n)
  }
}

const isMove = (task: Task): task is MoveTask => task._tag === 'Move'

const isWalk = (task: Task): task is WalkTask => task._tag === 'Walk'

const isLoop = (task: Task): task is LoopTask => task._tag === 'Loop'

const isChecked = (task: Task): task is ProductTask => task._tag === 'Product' && task.absorbing

const bound = (
  { program, tasks }: Schedule,
  memory: Arena,
  plan: Plan,
  checksAt: number,
): ReadonlyArray<() => void> | undefined => {
  const checked = tasks.filter(isChecked)
  const places = checked.map((_, i) => checksAt + i * checkRoom)
  const loops = memory.loops([
    ...tasks.filter(isLoop).map((task) => loopAt(plan, task)),
    ...checked.map((task, i) => checkOf(plan, task, places[i] ?? checksAt)),
  ])
  const moves = memory.moves(tasks.filter(isMove).map((task) => moveAt(plan, task, sizeOf(shapeAt(program, task.ref)))))
  const walks = memory.walks(tasks.filter(isWalk).map((task) => walkAt(plan, task)))
  if (loops === undefined || moves === undefined || walks === undefined) return undefined
  const checks = new Map<Task, Check>(
    checked.map((task, i) => [
      task,
      { run: loops[loops.length - checked.length + i] ?? nothing, at: places[i] ?? checksAt },
    ]),
  )
  const [inOrder, movesInOrder, walksInOrder] = [loops.values(), moves.values(), walks.values()]
  const runOf = (task: Task): (() => void) => {
    switch (task._tag) {
      case 'Product':
        return productIn(memory, plan, task, checks.get(task))
      case 'Eager':
        return eagerIn(memory, plan, task)
      case 'Move':
        return movesInOrder.next().value ?? nothing
      case 'Walk':
        return walkIn(memory, plan, task, walksInOrder.next().value ?? noWrongIndex)
      case 'Loop':
        return inOrder.next().value ?? nothing
    }
  }
  return tasks.map(runOf)
}

const noWrongIndex: WalkRun = () => -1

const nothing = (): void => undefined

/** Doubles for the result of one check: aligned for SIMD. */
const checkRoom = 4

/** The tasks of a program, in order. */
export const scheduleOf = (program: Program): Schedule =>
  fuse(withSplitReductions(withFoldedProducts(withAssembledSums(program))))

/** A program in an arena: its tasks with what runs each, and what copies in and out. */
export interface InArena {
  readonly tasks: ReadonlyArray<Task>
  readonly runs: ReadonlyArray<() => void>
  readonly enter: (inputs: ReadonlyArray<Tensor>) => void
  readonly results: (inputs: ReadonlyArray<Tensor>) => ReadonlyArray<Tensor>
  /** The same with vectors, of which nothing is kept. */
  readonly enterVectors: (vectors: ReadonlyArray<Float64Array>, others: ReadonlyArray<Tensor>) => void
  readonly resultsInto: (into: ReadonlyArray<Float64Array>) => void
}

/** Binds a program to an arena of its own, shared with the threads of the provider if it has some. */
export const inArena = (source: Program, isStep = false): InArena | undefined => {
  const schedule = scheduleOf(source)
  const { program, tasks } = schedule
  const plan = planMemory(schedule, arenaBase, isStep)
  const checksAt = plan.doubles + slack(tasks)
  const memory = arena(checksAt + checkRoom * tasks.length)
  const runs = memory === undefined ? undefined : bound(schedule, memory, plan, checksAt)
  if (memory === undefined || runs === undefined) return undefined
  const { view } = memory
  program.constants.forEach((constant, i) => {
    const ref = firstConstant(program) + i
    const whole = plan.lengthOf(ref) === constant.size
    view.set(whole ? bufferOf(constant) : periodOf(constant), plan.placeOf(ref))
  })
  const places = program.inputs.map((_, ref) => plan.placeOf(ref))
  // Tensors are immutable, so the same tensor need not be copied in twice.
  const resident: Array<Tensor | undefined> = program.inputs.map(() => undefined)
  const enterFrom = (from: number, inputs: ReadonlyArray<Tensor>): void => {
    inputs.forEach((input, at) => {
      const i = from + at
      if (resident[i] === input) return
      view.set(bufferOf(input), places[i] ?? 0)
      resident[i] = input
    })
  }
  return {
    tasks,
    runs,
    enter: (inputs) => {
      enterFrom(0, inputs)
    },
    enterVectors: (vectors, others) => {
      vectors.forEach((vector, i) => {
        view.set(vector, places[i] ?? 0)
        resident[i] = undefined
      })
      enterFrom(vectors.length, others)
    },
    resultsInto: (into) => {
      program.outputs.forEach((ref, i) => {
        const at = plan.placeOf(ref)
        into[i]?.set(view.subarray(at, at + sizeOf(shapeAt(program, ref))))
      })
      for (const input of plan.replaced.keys()) resident[input] = undefined
    },
    results: (inputs) => {
      const results = program.outputs.map((ref) => {
        // An input that passes through is the same tensor: whoever has copied it need not do so again.
        const given = inputs[ref]
        if (given !== undefined) return given
        const shape = shapeAt(program, ref)
        const at = plan.placeOf(ref)
        return adopt(view.slice(at, at + sizeOf(shape)), shape)
      })
      // Where an input was, its successor is.
      for (const [input, output] of plan.replaced) resident[input] = results[output]
      return results
    },
  }
}

const running = ({ enter, enterVectors, runs, results, resultsInto }: InArena): Engine => ({
  run: (inputs) => {
    enter(inputs)
    for (const run of runs) run()
    return results(inputs)
  },
  write: (vectors, others, into) => {
    enterVectors(vectors, others)
    for (const run of runs) run()
    resultsInto(into)
  },
})

/** A way to run by tensors alone, and so with a copy of each vector. */
export const byTensors = ({ inputs }: Program, run: Executable): Engine => ({
  run,
  write: (vectors, others, into) => {
    const entering = vectors.map((vector, i) => adopt(vector.slice(), inputs[i] ?? []))
    run([...entering, ...others]).forEach((result, i) => {
      into[i]?.set(bufferOf(result))
    })
  },
})

/**
 * Binds a program to an arena, and to another one when other threads are to run it; undefined where WebAssembly does not serve,
 * and the interpreter must.
 */
export const executable = (program: Program, isStep = false): Engine | undefined => {
  const first = inArena(program, isStep)
  if (first === undefined) return undefined
  const current = { team: provider().team, engine: running(first) }
  const engine = (): Engine => {
    const { team } = provider()
    if (team !== current.team) {
      const next = inArena(program, isStep)
      // Where there is no memory for another one, the old one serves.
      Object.assign(current, { team, engine: next === undefined ? current.engine : running(next) })
    }
    return current.engine
  }
  return {
    run: (inputs) => engine().run(inputs),
    write: (vectors, others, into) => {
      engine().write(vectors, others, into)
    },
  }
}
