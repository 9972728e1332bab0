/** Staging: a run of a function with abstract values, written down. */
import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import { capturing, type Trace, Traced, withLevel } from '../core/Trace.js'
import { raise } from '../data/Defect.js'
import { type Shape, showShape } from '../data/Shape.js'
import { periodOf, type Tensor } from '../data/Tensor.js'
import { type Leaf, leavesOf, withLeaves } from '../data/Tree.js'
import { callSite } from '../transform/callSite.js'
import { type Instruction, operationOf, type Program, type Ref } from './Program.js'

/** Where an abstract value comes from; numbered when the program is complete. */
type Source = { readonly _tag: 'Input'; readonly index: number } | { readonly _tag: 'Result'; readonly index: number }

class Staged extends Traced {
  constructor(
    readonly trace: StageTrace,
    readonly source: Source,
    shape: Shape,
  ) {
    super(shape)
  }

  override named(): string {
    return this.trace.nameOf(this)
  }

  protected override unreadable(): never {
    return raise(
      'TracedRead',
      `stage: the numbers of ${this.named()} cannot be read while a function is staged or compiled: it runs once, with ` +
        'shapes only, for all numbers. Use where(condition, a, b) or cond(f, g)(predicate, …) for a choice by value, scan or whileLoop ' +
        'for a loop, stage a part without the choice, or run it ' +
        "eagerly (objective(loss, { compilation: 'never' })).",
    )
  }
}

/** A trace that tells what its values are and where they were made. */
interface StageTrace extends Trace {
  readonly nameOf: (x: Staged) => string
}

/** An instruction before numbering: its inputs are abstract values or constants. */
interface Draft {
  readonly operation: Instruction['operation']
  readonly inputs: ReadonlyArray<Tensor>
  readonly shape: Shape
  /** Where the operation was called, where it was asked for and is known. */
  readonly site: string | undefined
}

const isStaged = (trace: Trace, x: Tensor): x is Staged => x instanceof Staged && x.trace === trace

const stageTrace = (
  level: number,
  drafts: Array<Draft>,
  leaves: ReadonlyArray<Leaf>,
  siteOf: () => string | undefined,
): StageTrace => {
  const trace: StageTrace = {
    level,
    transform: 'stage',
    process: (primitive, params, inputs) => {
      const shape = primitive.shape(
        params,
        inputs.map((input) => input.shape),
      )
      drafts.push({ operation: operationOf(primitive, params), inputs, shape, site: siteOf() })
      return new Staged(trace, { _tag: 'Result', index: drafts.length - 1 }, shape)
    },
    nameOf: (x) => nameIn(trace, drafts, leaves, x),
  }
  return trace
}

/** A value as an expression of arguments and constants, a few operations deep. */
const expressionOf = (
  trace: StageTrace,
  drafts: ReadonlyArray<Draft>,
  leaves: ReadonlyArray<Leaf>,
  x: Tensor,
  depth: number,
): string => {
  if (!isStaged(trace, x))
    return x instanceof Traced || periodOf(x).length !== 1 ? 'a constant' : String(periodOf(x)[0])
  if (x.source._tag === 'Input') return `args${leaves[x.source.index]?.path ?? ''}`
  const { operation, inputs } = drafts[x.source.index] ?? { operation: { name: 'value' }, inputs: [] }
  const operands = depth === 0 ? ['…'] : inputs.map((input) => expressionOf(trace, drafts, leaves, input, depth - 1))
  return `${operation.name}(${operands.join(', ')})`
}

const nameIn = (trace: StageTrace, drafts: ReadonlyArray<Draft>, leaves: ReadonlyArray<Leaf>, x: Staged): string => {
  const site = x.source._tag === 'Result' ? drafts[x.source.index]?.site : undefined
  const name = `${expressionOf(trace, drafts, leaves, x, 3)}, shape ${showShape(x.shape)}`
  return site === undefined ? name : `${name}, made at ${site},`
}

/** A program with the structure of its result: `assemble` puts the outputs, in order, into it. */
export interface StagedFunction<Y> {
  readonly program: Program
  readonly assemble: (outputs: ReadonlyArray<Tensor>) => Y
  /** The result with abstract values: its structure and shapes. */
  readonly example: Y
}

/** The staging that is going on, by level: what loops and branches ask before they choose between a record and running at once. */
const staging = new Set<number>()

export const isStaging = (): boolean => staging.size > 0

/** Whether operations on values of enclosing transforms alone happen at once, outside the program, or in it. */
export type Closures = 'hoisted' | 'captured'

/** Runs `f` with abstract values of the shapes of `args`; again with call sites, which cost more, when it failed, to fail better. */
export const stageFunction = <A extends ReadonlyArray<unknown>, Y>(
  f: (...args: A) => Y,
  args: A,
  closures: Closures = 'hoisted',
): StagedFunction<Y> =>
  pipe(
    E.tryCatch(() => staged(f, args, closures, nowhere), identity),
    E.getOrElse(() => staged(f, args, closures, callSite)),
  )

const whileStaging = <A>(level: number, body: () => A): A => {
  staging.add(level)
  try {
    return body()
  } finally {
    staging.delete(level)
  }
}

const nowhere = (): undefined => undefined

const staged = <A extends ReadonlyArray<unknown>, Y>(
  f: (...args: A) => Y,
  args: A,
  closures: Closures,
  siteOf: () => string | undefined,
): StagedFunction<Y> =>
  withLevel((level) => {
    const drafts: Array<Draft> = []
    const found = leavesOf('stage', args)
    const trace = stageTrace(level, drafts, found, siteOf)
    const leaves = found.map(({ tensor }) => tensor)
    const inputs = withLeaves(
      args,
      leaves.map(({ shape }, index) => new Staged(trace, { _tag: 'Input', index }, shape)),
    )
    const y = whileStaging(level, () => (closures === 'captured' ? capturing(trace, () => f(...inputs)) : f(...inputs)))
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
      example: y,
    }
  })

/**
 * What a function does, as a straight-line program: the function runs once with abstract values that have shapes and no
 * numbers. Whatever runs eagerly can be staged, derivatives included.
 *
 * **Shapes** arguments serve as examples of structure and shape; their numbers are not read.
 *
 * **Fails** with a `Defect` when the function reads the numbers of a value: it names the operations that made the value and where
 * they were called. Use `where` for a choice by value.
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
