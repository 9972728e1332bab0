/** Programs as parameters of operations: the body of a loop, the branches of a choice. */
import { Traced } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import type { Executable } from './execute.js'
import { interpret } from './interpret.js'
import { lazily } from './lazily.js'
import { prepared, runner } from './machine.js'
import { constantKey, type Program, paramsKey } from './Program.js'

/** A program without values of any transform in it, with ways to run it and a memory for programs made from it. */
export interface Subprogram {
  readonly program: Program
  /** Instruction by instruction: the bits of an eager run, with traced inputs those of its derivatives too. */
  readonly run: Executable
  /** By the machine that a compiled function would use. */
  readonly execute: Executable
  /** What `make` gives, made once for each key. */
  readonly derived: <A extends object>(key: string, make: () => A) => A
  /** Text that equal programs share, so that equal operations are recognized. */
  readonly toJSON: () => string
}

/** Constants that are too long to compare are known by a number of their own. */
const numbers = new WeakMap<Tensor, number>()
const given = new Set<number>()

const numberOf = (x: Tensor): number => {
  const known = numbers.get(x)
  if (known !== undefined) return known
  const next = given.add(given.size).size
  numbers.set(x, next)
  return next
}

const textOf = ({ inputs, constants, instructions, outputs }: Program): string =>
  [
    inputs.map((shape) => shape.join()).join(';'),
    constants.map((constant) => constantKey(constant) ?? `#${numberOf(constant)}`).join(';'),
    ...instructions.map(
      ({ operation, inputs: refs, shape }) =>
        `${operation.name} ${paramsKey(operation.params)} ${refs.join()} ${shape.join()}`,
    ),
    outputs.join(),
  ].join('\n')

export const subprogram = (program: Program): Subprogram => {
  const short = lazily(() => prepared(program))
  const machine = lazily(() => runner(short()))
  const memory = new Map<string, object>()
  const text = lazily(() => textOf(program))
  return {
    program,
    // Passes keep the bits of values. They share subexpressions, and then cotangents would be added in another order.
    run: (inputs) => interpret(inputs.some((x) => x instanceof Traced) ? program : short())(inputs),
    execute: (inputs) => machine().run(inputs),
    derived: <A extends object>(key: string, make: () => A): A => {
      const value = memory.get(key) ?? make()
      memory.set(key, value)
      return value as A
    },
    toJSON: text,
  }
}

export const isSubprogram = (value: unknown): value is Subprogram =>
  typeof value === 'object' && value !== null && 'program' in value && 'derived' in value

/** The programs among the parameters of an operation, with the names under which it knows them. */
export const subprogramsOf = (params: unknown): ReadonlyArray<readonly [string, Subprogram]> =>
  typeof params !== 'object' || params === null
    ? []
    : Object.entries(params).flatMap(
        ([name, value]): ReadonlyArray<readonly [string, Subprogram]> =>
          isSubprogram(value)
            ? [[name, value]]
            : Array.isArray(value)
              ? value.flatMap(
                  (each: unknown, i): ReadonlyArray<readonly [string, Subprogram]> =>
                    isSubprogram(each) ? [[`${name}[${i}]`, each]] : [],
                )
              : [],
      )
