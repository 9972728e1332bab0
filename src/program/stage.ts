/** Staging: a run of a function with abstract values, written down. */
import { type Trace, Traced, withLevel } from '../core/Trace.js'
import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, withLeaves } from '../data/Tree.js'
import { type Instruction, operationOf, type Program, type Ref } from './Program.js'

/** Where an abstract value comes from; numbered when the program is complete. */
type Source = { readonly _tag: 'Input'; readonly index: number } | { readonly _tag: 'Result'; readonly index: number }

class Staged extends Traced {
  constructor(
    readonly trace: Trace,
    readonly source: Source,
    shape: Shape,
  ) {
    super(shape)
  }
}

/** An instruction before numbering: its inputs are abstract values or constants. */
interface Draft {
  readonly operation: Instruction['operation']
  readonly inputs: ReadonlyArray<Tensor>
  readonly shape: Shape
}

const isStaged = (trace: Trace, x: Tensor): x is Staged => x instanceof Staged && x.trace === trace

const stageTrace = (level: number, drafts: Array<Draft>): Trace => {
  const trace: Trace = {
    level,
    transform: 'stage',
    process: (primitive, params, inputs) => {
      const shape = primitive.shape(
        params,
        inputs.map((input) => input.shape),
      )
      drafts.push({ operation: operationOf(primitive, params), inputs, shape })
      return new Staged(trace, { _tag: 'Result', index: drafts.length - 1 }, shape)
    },
  }
  return trace
}

/** A program with the structure of its result: `assemble` puts the outputs, in order, into it. */
export interface StagedFunction<Y> {
  readonly program: Program
  readonly assemble: (outputs: ReadonlyArray<Tensor>) => Y
}

/** Runs `f` with abstract values of the shapes of `args`. */
export const stageFunction = <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y, args: A): StagedFunction<Y> =>
  withLevel((level) => {
    const drafts: Array<Draft> = []
    const trace = stageTrace(level, drafts)
    const leaves = leavesOf('stage', args).map(({ tensor }) => tensor)
    const y = f(
      ...withLeaves(
        args,
        leaves.map(({ shape }, index) => new Staged(trace, { _tag: 'Input', index }, shape)),
      ),
    )
    const results = leavesOf('stage', y).map(({ tensor }) => tensor)
    const constants = [
      ...new Set([...drafts.flatMap(({ inputs }) => inputs), ...results].filter((value) => !isStaged(trace, value))),
    ]
    const numbers = new Map(constants.map((constant, i) => [constant, leaves.length + i]))
    const refOf = (value: Tensor): Ref =>
      !isStaged(trace, value)
        ? (numbers.get(value) ?? 0)
        : value.source._tag === 'Input'
          ? value.source.index
          : leaves.length + constants.length + value.source.index
    return {
      program: {
        inputs: leaves.map(({ shape }) => shape),
        constants,
        instructions: drafts.map(({ operation, inputs, shape }) => ({ operation, inputs: inputs.map(refOf), shape })),
        outputs: results.map(refOf),
      },
      assemble: (outputs) => withLeaves(y, outputs),
    }
  })

/**
 * What a function does, as a straight-line program: the function runs once with abstract values that have shapes and no
 * numbers. Whatever runs eagerly can be staged, derivatives included.
 *
 * **Shapes** arguments serve as examples of structure and shape; their numbers are not read.
 *
 * **Fails** with a `Defect` when the function reads the numbers of a value: use `where` for a choice by value.
 *
 * @example
 * import { mul, scalar, sin, stage, type Tensor } from 'gradus'
 * const program = stage((x: Tensor) => mul(x, sin(x)))(scalar(0))
 * program.instructions.length // => 2
 *
 * @since 0.1.0
 */
export const stage =
  <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y) =>
  (...args: A): Program =>
    stageFunction(f, args).program
