/** The way in which a program runs: as generated code, in an arena, or interpreted, whichever serves first. */
import { Traced } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { arena, arenaBase } from '../kernel/wasm/arena.js'
import { byTensors, type Engine, executable, scheduleOf } from './execute.js'
import { interpret } from './interpret.js'
import { lazily } from './lazily.js'
import { optimized } from './optimize.js'
import type { Program } from './Program.js'
import { planMemory } from './plan.js'
import type { Schedule } from './Schedule.js'
import { scalarExecutable } from './scalarCode.js'
import { warnOnce } from './warning.js'

/** A program bound to an engine, with the reason when asked for it. */
export interface Machine extends Engine {
  readonly engine: 'scalar code' | 'arena' | 'interpreter'
  readonly why: () => string
}

const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

const tasksOf = ({ tasks }: Schedule): string =>
  [
    counted(tasks.filter(({ _tag }) => _tag === 'Loop').length, 'fused loop'),
    counted(tasks.filter(({ _tag }) => _tag === 'Product').length, 'matrix product'),
    `${counted(tasks.filter(({ _tag }) => _tag === 'Eager').length, 'operation')} without a kernel`,
  ].join(', ')

const memoryOf = (schedule: Schedule): string =>
  `${(planMemory(schedule, arenaBase).doubles / 2 ** 17).toFixed(1)} MiB of WebAssembly memory`

/**
 * What became of the first arena. Where not even an empty one was granted, none will be: each attempt would be one more report of a
 * violated policy. Where one was, it is memory that is missing, perhaps for a while.
 */
const experience = new Set<'granted' | 'refused'>()

const isRefused = (): boolean => {
  if (experience.size === 0) experience.add(arena(0) === undefined ? 'refused' : 'granted')
  return experience.has('refused')
}

const tooLarge = (program: Program): string => `its arena needs ${memoryOf(scheduleOf(program))}, more than there is`

export const machineFor = (program: Program, isStep = false): Machine => {
  const code = scalarExecutable(program)
  if (code !== undefined)
    return { engine: 'scalar code', why: () => 'so few numbers that each is a variable', ...byTensors(program, code) }
  const interpreted = (why: () => string): Machine => ({
    engine: 'interpreter',
    why,
    ...byTensors(program, interpret(program)),
  })
  const inArena = experience.has('refused') ? undefined : executable(program, isStep)
  if (inArena === undefined && isRefused()) return interpreted(() => 'WebAssembly with SIMD is missing or refused here')
  if (inArena === undefined) {
    warnOnce(
      'GRADUS_ARENA',
      `a program of ${counted(program.instructions.length, 'operation')} runs in the interpreter, slower: ${tooLarge(program)}. ` +
        'One program may have 4096 MiB at most. Smaller batches need less; so do fewer compiled functions at a time.',
    )
    return interpreted(() => tooLarge(program))
  }
  const why = (): string => {
    const schedule = scheduleOf(program)
    return `${tasksOf(schedule)}; ${memoryOf(schedule)}`
  }
  experience.add('granted')
  return { engine: 'arena', why, ...inArena }
}

const isTraced = (x: Tensor): boolean => x instanceof Traced

/** Programs that close over values of an enclosing transform have constants without numbers. */
const hasTracedConstants = ({ constants }: Program): boolean => constants.some(isTraced)

/** What passes make of a program, where they can read its constants. */
export const prepared = (program: Program): Program => (hasTracedConstants(program) ? program : optimized(program))

/**
 * Runs a program by its machine; traced inputs are interpreted, so that programs differentiate and batch. The outputs of a step are
 * the last inputs of the next one, mostly: tensors that are there already are not copied in.
 */
export const runner = (program: Program, isStep = false): Engine => {
  const isOpen = hasTracedConstants(program)
  const machine = lazily(() => machineFor(program, isStep))
  const engineFor = (inputs: ReadonlyArray<Tensor>): Engine =>
    isOpen || inputs.some(isTraced) ? byTensors(program, interpret(program)) : machine()
  return {
    run: (inputs) => engineFor(inputs).run(inputs),
    write: (vectors, others, into) => {
      engineFor(others).write(vectors, others, into)
    },
  }
}
