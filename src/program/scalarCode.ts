/** Tiny programs as straight-line JavaScript: one variable for each entry, no loops and no arrays until the result. */

import { type Shape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { absorb } from '../kernel/reference/pointwise.js'
import { erf, sechSquared, sigmoid, softplus } from '../kernel/reference/special.js'
import type { Executable } from './execute.js'
import { lazily } from './lazily.js'
import { constantAt, firstConstant, firstResult, type Instruction, type Program, type Ref, shapeAt } from './Program.js'
import { exponentOf, isAxes, isContraction } from './params.js'

/** Beyond this many entries in all values, loops over an arena are faster, and code is long to compile. */
const mostEntries = 512

/** The same for the terms of a product: 4×4·4×4 has 64 and takes twice as long as in the arena. */
const mostTerms = 32

/** What generated code calls beside Math. */
const helpers = { absorb, erf, sechSquared, sigmoid, softplus }

type Code = string

/** An entry of an elementwise result from the entries of its inputs, by the name of the primitive: the same bits as eagerly. */
const formulas: Readonly<Record<string, (a: Code, b: Code, c: Code) => Code>> = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  product: (a, b) => `h.absorb(${a}, ${b})`,
  div: (a, b) => `${a} / ${b}`,
  neg: (a) => `-${a}`,
  square: (a) => `${a} * ${a}`,
  reciprocal: (a) => `1 / ${a}`,
  relu: (a) => `${a} <= 0 ? 0 : ${a}`,
  where: (c, a, b) => `${c} !== 0 ? ${a} : ${b}`,
  equal: (a, b) => `${a} === ${b} ? 1 : 0`,
  notEqual: (a, b) => `${a} !== ${b} ? 1 : 0`,
  less: (a, b) => `${a} < ${b} ? 1 : 0`,
  lessEqual: (a, b) => `${a} <= ${b} ? 1 : 0`,
  greater: (a, b) => `${a} > ${b} ? 1 : 0`,
  greaterEqual: (a, b) => `${a} >= ${b} ? 1 : 0`,
  logicalAnd: (a, b) => `${a} !== 0 && ${b} !== 0 ? 1 : 0`,
  logicalOr: (a, b) => `${a} !== 0 || ${b} !== 0 ? 1 : 0`,
  logicalNot: (a) => `${a} === 0 ? 1 : 0`,
  maximum: (a, b) => `Math.max(${a}, ${b})`,
  minimum: (a, b) => `Math.min(${a}, ${b})`,
  pow: (a, b) => `${a} ** ${b}`,
  atan2: (a, b) => `Math.atan2(${a}, ${b})`,
  sechSquared: (a) => `h.sechSquared(${a})`,
  sigmoid: (a) => `h.sigmoid(${a})`,
  softplus: (a) => `h.softplus(${a})`,
  erf: (a) => `h.erf(${a})`,
  ...Object.fromEntries(
    'sign abs sqrt exp expm1 log log1p sin cos tan sinh cosh tanh atan'
      .split(' ')
      .map((name) => [name, (a: Code) => `Math.${name}(${a})`]),
  ),
}

/** Primitives that only move entries, or put zeros between them. */
const moving: ReadonlySet<string> = new Set([
  'slice',
  'pad',
  'permute',
  'reshape',
  'spread',
  'flip',
  'concat',
  'stopGradient',
])

const literal = (value: number): Code =>
  Object.is(value, -0) || value < 0 ? `(${Object.is(value, -0) ? '-0' : value})` : String(value)

/** Every index into axes of the given lengths, row-major. */
const indices = (lengths: Shape): ReadonlyArray<ReadonlyArray<number>> =>
  lengths.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (heads, length) => heads.flatMap((head) => Array.from({ length }, (_, i) => [...head, i])),
    [[]],
  )

/** Where each entry of a moved tensor comes from, found by moving numbered entries: 0 is a zero, n + 1 the n-th entry of all inputs. */
const sources = ({ operation }: Instruction, shapes: ReadonlyArray<Shape>): ReadonlyArray<number> => {
  const starts = shapes.map((_, i) => shapes.slice(0, i).reduce((total, shape) => total + sizeOf(shape), 1))
  const numbered = shapes.map((shape, i) =>
    adopt(
      Float64Array.from({ length: sizeOf(shape) }, (_, entry) => entry + (starts[i] ?? 1)),
      shape,
    ),
  )
  return [...bufferOf(operation.run(numbered))]
}

/** The entries of an instruction's result as code, or `undefined` for an operation that has none. */
const entriesOf = (
  program: Program,
  instruction: Instruction,
  operands: ReadonlyArray<ReadonlyArray<Code>>,
): ReadonlyArray<Code> | undefined => {
  const { operation, inputs, shape } = instruction
  const { name, params } = operation
  const shapes = inputs.map((ref) => shapeAt(program, ref))
  const [first = [], second = [], third = []] = operands
  const formula = formulas[name]
  const exponent = exponentOf(params)
  if (formula !== undefined) return first.map((a, i) => formula(a, second[i] ?? '', third[i] ?? ''))
  if (name === 'power' && exponent !== undefined) return first.map((a) => `${a} ** ${literal(exponent)}`)
  if (moving.has(name)) {
    const all = operands.flat()
    return sources(instruction, shapes).map((source) => (source === 0 ? '0' : (all[source - 1] ?? '0')))
  }
  if (name === 'sum') {
    // Numbered groups: the transpose of a sum says for each entry which result it is added to.
    const [own = []] = shapes
    const axes = isAxes(params) ? params.axes : []
    const kept = own.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
    const places = indices(own).map((index) => kept.reduce((at, axis) => at * (own[axis] ?? 1) + (index[axis] ?? 0), 0))
    return Array.from({ length: sizeOf(shape) }, (_, at) => {
      const terms = first.filter((_, i) => places[i] === at)
      return terms.length === 0 ? '0' : terms.join(' + ')
    })
  }
  if ((name === 'contract' || name === 'productSum') && isContraction(params)) {
    const [left = [], right = []] = shapes
    const summed = params.left.filter((label) => params.right.includes(label) && !params.out.includes(label))
    const length = (label: number): number =>
      left[params.left.indexOf(label)] ?? right[params.right.indexOf(label)] ?? 1
    const at = (labels: ReadonlyArray<number>, own: Shape, index: ReadonlyMap<number, number>): number =>
      labels.reduce((place, label, axis) => place * (own[axis] ?? 1) + (index.get(label) ?? 0), 0)
    return indices(shape).map((outer) => {
      const terms = indices(summed.map(length)).map((inner) => {
        const index = new Map([
          ...params.out.map((label, axis) => [label, outer[axis] ?? 0] as const),
          ...summed.map((label, axis) => [label, inner[axis] ?? 0] as const),
        ])
        const [a, b] = [first[at(params.left, left, index)] ?? '0', second[at(params.right, right, index)] ?? '0']
        return name === 'contract' ? `${a} * ${b}` : `h.absorb(${a}, ${b})`
      })
      return terms.length === 0 ? '0' : terms.join(' + ')
    })
  }
  return undefined
}

const isAtom = (code: Code): boolean => /^[a-z]\d+_\d+$|^\d+(\.\d+)?$|^\(-[\d.]+\)$/.test(code)

/** What is written so far: the entries of each value as code, and the lines that compute them. */
interface Writing {
  readonly values: ReadonlyArray<ReadonlyArray<Code>>
  readonly lines: ReadonlyArray<string>
}

/** The body of the function, or `undefined` when an instruction has no code. */
const bodyOf = (program: Program): string | undefined => {
  const constants = firstConstant(program)
  const inputs = program.inputs.map((shape, i) => Array.from({ length: sizeOf(shape) }, (_, entry) => `p${i}_${entry}`))
  const reads = inputs.flatMap((names, i) => names.map((name, entry) => `const ${name} = i${i}[${entry}]`))
  const known = program.constants.map((_, i) =>
    [...bufferOf(constantAt(program, constants + i) ?? adopt(new Float64Array(0), [0]))].map(literal),
  )
  const done = program.instructions.reduce<Writing | undefined>(
    (state, instruction, i) => {
      if (state === undefined) return undefined
      const operands = instruction.inputs.map((ref) => state.values[ref] ?? [])
      const entries = entriesOf(program, instruction, operands)
      if (entries === undefined) return undefined
      const named = entries.map((code, entry) => (isAtom(code) ? code : `x${i}_${entry}`))
      const assignments = entries.flatMap((code, entry) => (isAtom(code) ? [] : [`const x${i}_${entry} = ${code}`]))
      return { values: [...state.values, named], lines: [...state.lines, ...assignments] }
    },
    { values: [...inputs, ...known], lines: reads },
  )
  if (done === undefined) return undefined
  const output = (ref: Ref): string => `Float64Array.of(${(done.values[ref] ?? []).join(', ')})`
  return `'use strict'\n${done.lines.join('\n')}\nreturn [${program.outputs.map(output).join(', ')}]`
}

/** Multiplications of a product that sums. */
const termsOf = (program: Program, { operation: { name, params }, inputs, shape }: Instruction): number =>
  (name === 'contract' || name === 'productSum') && isContraction(params)
    ? shapeAt(program, inputs[0] ?? 0).reduce(
        (terms, length, axis) => (params.out.includes(params.left[axis] ?? -1) ? terms : terms * length),
        sizeOf(shape),
      )
    : 0

const isTiny = (program: Program): boolean => {
  const values = Array.from({ length: firstResult(program) + program.instructions.length }, (_, ref) => ref)
  const entries = values.reduce((total, ref) => total + sizeOf(shapeAt(program, ref)), 0)
  return entries <= mostEntries && program.instructions.every((each) => termsOf(program, each) <= mostTerms)
}

type Generated = (...args: ReadonlyArray<Float64Array | typeof helpers>) => ReadonlyArray<Float64Array>

/** A function from source text, where that is allowed. */
const generated = (parameters: ReadonlyArray<string>, body: string): Generated | undefined => {
  try {
    const made: unknown = new Function(...parameters, body)
    return isGenerated(made) ? made : undefined
  } catch {
    return undefined
  }
}

/**
 * Not under a Content-Security-Policy without `unsafe-eval`. Asked once, since each attempt would be one more report of its
 * violation.
 */
const mayGenerate = lazily(() => generated([], '') !== undefined)

const isGenerated = (value: unknown): value is Generated => typeof value === 'function'

/** A tiny program as JavaScript; `undefined` where it is not tiny, has an operation without code, or text may not become code. */
export const scalarExecutable = (program: Program): Executable | undefined => {
  const body = isTiny(program) && mayGenerate() ? bodyOf(program) : undefined
  const run = body === undefined ? undefined : generated(['h', ...program.inputs.map((_, i) => `i${i}`)], body)
  if (run === undefined) return undefined
  const shapes = program.outputs.map((ref) => shapeAt(program, ref))
  return (inputs: ReadonlyArray<Tensor>) =>
    run(helpers, ...inputs.map(bufferOf)).map((entries, i) => adopt(entries, shapes[i] ?? []))
}
