/** The ways in which a program can be run; all must agree. */

import { sizeOf } from '../../src/data/Shape.js'
import { fromFloat64Array, interpret, type Tensor, toFloat64Array } from '../../src/index.js'
import { executable } from '../../src/program/execute.js'
import { optimized } from '../../src/program/optimize.js'
import { type Program, shapeAt } from '../../src/program/Program.js'
import { scalarExecutable } from '../../src/program/scalarCode.js'
import { stageFunction } from '../../src/program/stage.js'

type Run = (inputs: ReadonlyArray<Tensor>) => ReadonlyArray<Tensor>

export const inArena = (program: Program): Run | undefined => executable(program)?.run

/** With the first input, or all of them, as vectors that are overwritten afterwards. */
export const byVectors =
  (count: number) =>
  (program: Program): Run | undefined => {
    const engine = executable(program)
    if (engine === undefined) return undefined
    const shapes = program.outputs.map((ref) => shapeAt(program, ref))
    return (inputs) => {
      const vectors = inputs.slice(0, count).map(toFloat64Array)
      const into = shapes.map((shape) => new Float64Array(sizeOf(shape)).fill(Number.NaN))
      engine.write(vectors, inputs.slice(count), into)
      vectors.forEach((vector) => vector.fill(Number.NaN))
      return into.map((entries, i) => fromFloat64Array(entries, shapes[i] ?? []))
    }
  }

/** `undefined` where an engine does not take a program. */
export const engines: Readonly<Record<string, (program: Program) => Run | undefined>> = {
  interpreter: interpret,
  arena: inArena,
  'arena, a vector': byVectors(1),
  'arena, vectors': byVectors(Infinity),
  'scalar code': scalarExecutable,
}

/** The result of a function through each engine that takes its program, twice, with other arguments in between. */
export const throughEngines = (
  f: (x: Tensor, v: Tensor) => Tensor,
  x: Tensor,
  v: Tensor,
): ReadonlyArray<{ readonly engine: string; readonly result: Tensor }> => {
  const { program } = stageFunction(f, [x, v])
  const small = optimized(program)
  return Object.entries(engines).flatMap(([engine, make]) => {
    const run = make(small)
    if (run === undefined) return []
    const [first] = run([x, v])
    run([v, x])
    const [again] = run([x, v])
    return first === undefined || again === undefined
      ? []
      : [
          { engine, result: first },
          { engine: `${engine}, again`, result: again },
        ]
  })
}
