/**
 * Ten thousand random programs through every way to run them. Eager and interpreted are the same to the bit. Elsewhere each operation
 * is held against itself, run eagerly on what the program made of its inputs, so that the bounds are those of one operation and
 * nothing is amplified.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import type { Contraction } from '../../src/core/LinearMap.js'
import { sizeOf } from '../../src/data/Shape.js'
import {
  fromFloat64Array,
  grad,
  loadBlas,
  type Shape,
  scalar,
  sum,
  type Tensor,
  toFloat64Array,
} from '../../src/index.js'
import { type Provider, provider, useProvider } from '../../src/kernel/provider.js'
import { interpret } from '../../src/program/interpret.js'
import { optimized } from '../../src/program/optimize.js'
import { firstResult, type Instruction, type Program, shapeAt } from '../../src/program/Program.js'
import { isContraction } from '../../src/program/params.js'
import { scalarExecutable } from '../../src/program/scalarCode.js'
import { stageFunction } from '../../src/program/stage.js'
import { graphs, inputsOf, runGraph } from '../support/graphs.js'
import { byVectors, inArena } from './engines.js'

const initial = provider()
afterEach(() => {
  useProvider(initial)
})

const found = loadBlas()

/** The terms of an entry of a product. */
const summedBy = ({ left, out }: Contraction, shape: Shape): number =>
  left.reduce((n, label, axis) => (out.includes(label) ? n : n * (shape[axis] ?? 1)), 1)

const isProduct = ({ operation }: Instruction): boolean =>
  operation.name === 'contract' || operation.name === 'productSum'

/** Multiplications of a product of matrices. */
const workOf = (program: Program, instruction: Instruction): number => {
  const { params } = instruction.operation
  return isProduct(instruction) && isContraction(params)
    ? sizeOf(instruction.shape) * summedBy(params, shapeAt(program, instruction.inputs[0] ?? 0))
    : 0
}

/** The same run under a provider; nothing where there is none, or where every product is too small for it. */
const under =
  (chosen: Provider | undefined) =>
  (program: Program): ReturnType<typeof inArena> => {
    if (chosen === undefined || program.instructions.every((each) => workOf(program, each) < 2048)) return undefined
    useProvider(chosen)
    const run = inArena(program)
    useProvider(initial)
    return run === undefined
      ? undefined
      : (inputs) => {
          useProvider(chosen)
          const results = run(inputs)
          useProvider(initial)
          return results
        }
  }

const engines = {
  arena: inArena,
  'scalar code': scalarExecutable,
  native: under(E.isRight(found) ? found.right : undefined),
}

/** Each way is within 2 ulp of the real value. */
const elementary: ReadonlySet<string> = new Set(
  'exp expm1 log log1p sin cos sinh cosh tanh sigmoid softplus erf sechSquared'.split(' '),
)
const ulps = 4

/** Operations that add terms, in an order that is free. */
const adding: ReadonlySet<string> = new Set(['sum', 'contract', 'productSum', 'cumsum', 'scatter'])

const spacing = (x: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -1022) - 52)

const image = (x: Tensor, of: (entry: number) => number): Tensor => fromFloat64Array(toFloat64Array(x).map(of), x.shape)

/** How many terms there are at most behind an entry. */
const termsOf = (instruction: Instruction, [first]: ReadonlyArray<Tensor>, result: Tensor): number => {
  const { name, params } = instruction.operation
  if (first === undefined) return 0
  if (isProduct(instruction) && isContraction(params)) return summedBy(params, first.shape)
  return name === 'sum' ? first.size / Math.max(1, result.size) : first.size
}

/** The largest difference of each entry from `expected`: 0 means the same bits. */
const boundsOf = (instruction: Instruction, inputs: ReadonlyArray<Tensor>, expected: Tensor): ReadonlyArray<number> => {
  const { name, run } = instruction.operation
  if (elementary.has(name))
    return [...toFloat64Array(expected)].map((entry) => (Number.isFinite(entry) ? ulps * spacing(entry) : 0))
  if (!adding.has(name)) return [...toFloat64Array(expected)].map(() => 0)
  const sizes = run(inputs.map((x) => image(x, (entry) => Math.abs(entry))))
  const n = termsOf(instruction, inputs, expected)
  return [...toFloat64Array(sizes)].map((size) => n * Number.EPSILON * size)
}

/** Where terms overflow, the order in which they are added decides whether their sum does. */
const agrees = (actual: number, expected: number, bound: number): boolean =>
  Object.is(actual, expected) || Math.abs(actual - expected) <= bound || bound === Infinity

/** The first entry that one operation of a program got wrong, in words. */
const wrong = (program: Program, values: ReadonlyArray<Tensor>): string | undefined => {
  const first = firstResult(program)
  const findings = program.instructions.flatMap((instruction, i) => {
    const inputs = instruction.inputs.flatMap((ref) => values[ref] ?? [])
    const [actual, expected] = [values[first + i], instruction.operation.run(inputs)]
    if (actual === undefined) return [`${instruction.operation.name} has no result`]
    const bounds = boundsOf(instruction, inputs, expected)
    const [a, e] = [toFloat64Array(actual), toFloat64Array(expected)]
    const at = e.findIndex((entry, j) => !agrees(a[j] ?? 7e77, entry, bounds[j] ?? 0))
    return at === -1 && a.length === e.length
      ? []
      : [`${instruction.operation.name}[${at}]: ${a[at]} for ${e[at]}, allowed ${bounds[at]}`]
  })
  return findings[0]
}

/** The same program with all that it computes before its results. */
const withAll = (program: Program): Program => ({
  ...program,
  outputs: [...program.instructions.map((_, i) => firstResult(program) + i), ...program.outputs],
})

const isSame = (a: Tensor | undefined, b: Tensor): boolean => {
  const [left, right] = [a === undefined ? [] : toFloat64Array(a), toFloat64Array(b)]
  return left.length === right.length && right.every((entry, i) => Object.is(entry, left[i]))
}

const instances = fc.record({
  graph: graphs,
  isGradient: fc.nat(3).map((n) => n === 0),
  seed: fc.nat(),
  /** Whether zeros, subnormal numbers, infinities and NaN are among the inputs. */
  hasCorners: fc.nat(3).map((n) => n === 0),
})

/** How many go through each way: a way that takes none would prove nothing. */
const taken = new Map<string, number>()

/** `RUNS=100000 npx vitest run test/program/random` looks longer. */
const runs = Number(process.env.RUNS ?? 10_000)

describe('random programs', () => {
  it(`${runs} of them: interpreted to the bit, compiled within the bound of each operation`, {
    timeout: 120 * runs,
  }, () => {
    fc.assert(
      fc.property(instances, ({ graph, isGradient, seed, hasCorners }) => {
        const inputs = inputsOf(graph, seed, hasCorners ? 8 : Infinity)
        const value = runGraph(graph)
        const f = isGradient
          ? (first: Tensor, ...rest: ReadonlyArray<Tensor>) => grad((x: Tensor) => sum(value(x, ...rest)))(first)
          : value
        const { program } = stageFunction(
          (...all: ReadonlyArray<Tensor>) => f(all[0] ?? scalar(0), ...all.slice(1)),
          inputs,
        )
        const small = optimized(program)
        const eager = f(inputs[0] ?? scalar(0), ...inputs.slice(1))
        expect(isSame(interpret(program)(inputs)[0], eager)).toBe(true)
        expect(isSame(interpret(small)(inputs)[0], eager)).toBe(true)
        const whole = withAll(small)
        const results = Object.entries(engines).flatMap(([name, make]) => {
          const made = make(whole)?.(inputs)
          if (made === undefined) return []
          taken.set(name, (taken.get(name) ?? 0) + 1)
          expect(wrong(whole, [...inputs, ...whole.constants, ...made]), name).toBeUndefined()
          return made.slice(-1)
        })
        // Where places are used again. The loop that a sum ends in decides its order, and what is kept decides the loop.
        const isOrdered = small.instructions.every(({ operation }) => !adding.has(operation.name))
        const make = seed % 8 === 0 ? inArena : byVectors(1)
        if (isOrdered && seed % 4 === 0 && results[0] !== undefined)
          expect(isSame(make(small)?.(inputs)[0], results[0])).toBe(true)
      }),
      { numRuns: runs },
    )
    expect(taken.get('arena')).toBeGreaterThanOrEqual(runs)
    expect(taken.get('scalar code')).toBeGreaterThan(runs / 4)
    if (E.isRight(found)) expect(taken.get('native')).toBeGreaterThan(runs / 1000)
  })
})
