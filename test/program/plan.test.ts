import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sizeOf } from '../../src/data/Shape.js'
import { add, grad, matmul, mul, stage, sum, type Tensor, tanh, zeros } from '../../src/index.js'
import { arenaBase } from '../../src/kernel/wasm/arena.js'
import { scheduleOf } from '../../src/program/execute.js'
import { optimized } from '../../src/program/optimize.js'
import { firstResult, type Program, shapeAt } from '../../src/program/Program.js'
import { planMemory } from '../../src/program/plan.js'
import { readBy, writtenBy } from '../../src/program/Schedule.js'
import { graphs, inputsOf, runGraph } from '../support/graphs.js'

/**
 * Runs a plan with the names of values in place of numbers: each task must find, in every place it reads, the value that it wants.
 * The result is what went wrong.
 */
const overwritten = (program: Program, isStep = false): ReadonlyArray<string> => {
  const schedule = scheduleOf(program)
  const { placeOf, lengthOf, doubles, replaced } = planMemory(schedule, arenaBase, isStep)
  const owners = new Map<number, number>()
  const own = schedule.program
  const write = (ref: number, length: number): void => {
    for (let at = placeOf(ref); at < placeOf(ref) + length; at++) owners.set(at, ref)
  }
  const lost = (ref: number, reader: string): ReadonlyArray<string> => {
    const length = ref < firstResult(own) ? lengthOf(ref) : sizeOf(shapeAt(own, ref))
    const at = Array.from({ length }, (_, i) => placeOf(ref) + i).find((each) => owners.get(each) !== ref)
    return at === undefined ? [] : [`${reader} finds ${owners.get(at)} in place of ${ref}`]
  }
  for (let ref = 0; ref < firstResult(own); ref++) write(ref, lengthOf(ref))
  const inTasks = schedule.tasks.flatMap((task, i) => {
    const before = readBy(task).flatMap((ref) => lost(ref, `${task._tag} ${i}`))
    for (const ref of writtenBy(task)) write(ref, sizeOf(shapeAt(own, ref)))
    // What a task writes must not lie on what it still reads, but for entries over entries; nor on its other results.
    const after = writtenBy(task).flatMap((ref) => lost(ref, `after ${task._tag} ${i}, a reader`))
    const covered = readBy(task).filter((ref) => lost(ref, '').length > 0)
    const allowed = new Set(
      task._tag === 'Loop'
        ? task.operands.flatMap(({ ref, access }) =>
            access === 'entry' &&
            task.stores.some((store) => store.keep === 'entry' && placeOf(store.ref) === placeOf(ref))
              ? [ref]
              : [],
          )
        : [],
    )
    const otherwise = task._tag === 'Loop' ? task.operands.filter(({ access }) => access !== 'entry') : []
    const bad = covered.filter((ref) => !allowed.has(ref) || otherwise.some((each) => each.ref === ref))
    return [...before, ...after, ...bad.map((ref) => `${task._tag} ${i} writes over ${ref}, which it reads`)]
  })
  const kept = own.outputs.map(schedule.storage).flatMap((ref) => lost(ref, 'the end'))
  const wrong = [...replaced].flatMap(([input, output]) =>
    placeOf(input) === placeOf(own.outputs[output] ?? -1) ? [] : [`output ${output} is not where input ${input} was`],
  )
  // An input that is not said to be replaced is where it was.
  const inputs = own.inputs.flatMap((_, ref) => (replaced.has(ref) ? [] : lost(ref, 'the next run')))
  const outside = [...owners.keys()].filter((at) => at < arenaBase || at >= doubles)
  return [...inTasks, ...kept, ...wrong, ...inputs, ...outside.map((at) => `${at} is outside`)]
}

describe('the memory plan', () => {
  it('keeps every value until its last reader has it', () => {
    fc.assert(
      fc.property(graphs, fc.boolean(), (graph, isGradient) => {
        const [first = zeros([]), ...rest] = inputsOf(graph, 1, Infinity)
        const value = (...all: ReadonlyArray<Tensor>): Tensor => sum(runGraph(graph)(...all))
        const f = isGradient ? grad((x: Tensor, ...others: ReadonlyArray<Tensor>) => value(x, ...others)) : value
        expect(overwritten(optimized(stage(f)(first, ...rest)))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('keeps every value of a step, and its other inputs', () => {
    fc.assert(
      fc.property(graphs, fc.integer(), (graph, seed) => {
        const [first = zeros([]), ...rest] = inputsOf(graph, seed, Infinity)
        const like = [first, ...rest]
        const step = (...all: ReadonlyArray<Tensor>): ReadonlyArray<Tensor> => {
          const y = sum(runGraph(graph)(...all))
          return all.map((x, i) => [mul(tanh(x), add(x, y)), add(x, sum(all.at(-1 - i) ?? x)), x][i % 3] ?? x)
        }
        const program = optimized(stage(step)(...like))
        expect(overwritten(program, true)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  const side = 40
  const entries = side * side
  const square = zeros([side, side])

  /** Places of results in units of one matrix, what is rounded up left out. */
  const matrices = (f: (x: Tensor) => Tensor): number => {
    const schedule = scheduleOf(optimized(stage(f)(square)))
    return Math.floor((planMemory(schedule, arenaBase).doubles - arenaBase) / entries) - 1
  }

  it('writes entries over a product that nobody reads again', () => {
    // x·x, and over it tanh(x·x).
    expect(matrices((x) => tanh(matmul(x, x)))).toBe(1)
    // Two products, and over the first of them their sum.
    expect(matrices((x) => add(matmul(x, x), matmul(x, tanh(x))))).toBe(3)
    expect(matrices((x) => mul(tanh(matmul(x, x)), tanh(matmul(x, mul(x, 2)))))).toBe(3)
  })

  it('needs no more room for more layers', () => {
    const layers =
      (count: number) =>
      (x: Tensor): Tensor =>
        Array.from({ length: count }).reduce<Tensor>((h) => tanh(matmul(h, x)), x)
    expect(matrices(layers(20))).toBe(matrices(layers(3)))
    expect(matrices(layers(20))).toBe(2)
  })
})
