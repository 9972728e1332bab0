/** The ways in which a program can be run; all must agree. */
import type { Tensor } from '../../src/index.js'
import { interpret } from '../../src/index.js'
import { executable } from '../../src/program/execute.js'
import { optimized } from '../../src/program/optimize.js'
import type { Program } from '../../src/program/Program.js'
import { scalarExecutable } from '../../src/program/scalarCode.js'
import { stageFunction } from '../../src/program/stage.js'

type Engine = (program: Program) => ((inputs: ReadonlyArray<Tensor>) => ReadonlyArray<Tensor>) | undefined

/** `undefined` where an engine does not take a program. */
export const engines: Readonly<Record<string, Engine>> = {
  interpreter: interpret,
  arena: executable,
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
