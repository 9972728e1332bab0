/** The meaning of a loop, entry by entry, in plain TypeScript: the oracle of the emitted code. */
import { absorb } from '../../../src/kernel/reference/pointwise.js'
import { erf, sechSquared, sigmoid, softplus } from '../../../src/kernel/reference/special.js'
import type { Access, Loop, LoopStep, LoopStore, StepName } from '../../../src/kernel/wasm/Loop.js'

type Scalar = (...inputs: ReadonlyArray<number>) => number

/** What emitted code imports, on one number. */
export const scalarUnary: Readonly<Record<string, (x: number) => number>> = {
  ...{ exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos },
  ...{ tan: Math.tan, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, atan: Math.atan },
  ...{ sigmoid, softplus, erf, sechSquared },
}
export const scalarBinary: Readonly<Record<string, (a: number, b: number) => number>> = {
  pow: (a, b) => a ** b,
  atan2: Math.atan2,
}

const truth = (holds: boolean): number => (holds ? 1 : 0)

const unary: Readonly<Record<string, (x: number) => number>> = {
  ...scalarUnary,
  neg: (x) => -x,
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
  sign: Math.sign,
  abs: Math.abs,
  sqrt: Math.sqrt,
  relu: (x) => (x <= 0 ? 0 : x),
  logicalNot: (x) => truth(x === 0),
  stopGradient: (x) => x,
}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  ...scalarBinary,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  product: absorb,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  sechSquared: (x) => sechSquared(x),
  equal: (a, b) => truth(a === b),
  notEqual: (a, b) => truth(a !== b),
  less: (a, b) => truth(a < b),
  lessEqual: (a, b) => truth(a <= b),
  greater: (a, b) => truth(a > b),
  greaterEqual: (a, b) => truth(a >= b),
  logicalAnd: (a, b) => truth(a !== 0 && b !== 0),
  logicalOr: (a, b) => truth(a !== 0 || b !== 0),
}

export const arityOf = (name: StepName): number => (name === 'where' ? 3 : binary[name] ? 2 : 1)

/** The step on numbers, or undefined for a name without a meaning. */
export const meaningOf = ({ name, exponent = 1 }: LoopStep): Scalar | undefined => {
  if (name === 'where') return (c = 0, a = 0, b = 0) => (c !== 0 ? a : b)
  if (name === 'power') return (x = 0) => x ** exponent
  const two = binary[name]
  if (two !== undefined) return (a = 0, b = 0) => two(a, b)
  const one = unary[name]
  return one && ((x = 0) => one(x))
}

/** How many numbers an operand of that access has. */
export const lengthOf = ({ rows, columns }: Loop, access: Access): number =>
  ({ entry: rows * columns, row: rows, column: columns, scalar: 1 })[access]

const indexOf = ({ columns }: Loop, access: Access, row: number, column: number): number =>
  ({ entry: row * columns + column, row, column, scalar: 0 })[access]

/** Every value of the loop at every entry, in row-major order: `interpretLoop(loop, numbers)[ref][entry]`. */
export const interpretLoop = (
  loop: Loop,
  operands: ReadonlyArray<ReadonlyArray<number>>,
): ReadonlyArray<ReadonlyArray<number>> => {
  const entries = Array.from({ length: loop.rows * loop.columns }, (_, i) => i)
  const values: Array<ReadonlyArray<number>> = loop.operands.map(({ access }, ref) =>
    entries.map(
      (i) =>
        operands[ref]?.[indexOf(loop, access, Math.floor(i / loop.columns), i % loop.columns)] ??
        Number.POSITIVE_INFINITY,
    ),
  )
  loop.steps.forEach((step) => {
    const meaning = meaningOf(step)
    values.push(entries.map((i) => meaning?.(...step.inputs.map((input) => values[input]?.[i] ?? 0)) ?? 0))
  })
  return values
}

/** The terms of each number that a store writes; a store of entries has one term each. */
export const termsOf = (
  { rows, columns }: Loop,
  keep: LoopStore['keep'],
  value: ReadonlyArray<number>,
): ReadonlyArray<ReadonlyArray<number>> => {
  const row = (i: number): ReadonlyArray<number> => value.slice(i * columns, (i + 1) * columns)
  if (keep === 'entry') return value.map((entry) => [entry])
  if (keep === 'total') return [value]
  if (keep.startsWith('row')) return Array.from({ length: rows }, (_, i) => row(i))
  return Array.from({ length: columns }, (_, j) => Array.from({ length: rows }, (__, i) => value[i * columns + j] ?? 0))
}
