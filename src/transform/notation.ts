/**
 * Names for values: a trace that only remembers how each value came about. It runs outside a tape, so that the coefficients
 * in the tape's linear maps, which are values too, can be read as formulas.
 */
import { identity, type LinearMap } from '../core/LinearMap.js'
import { type Primitive, ruleOf } from '../core/Primitive.js'
import { bind, type Trace, Traced } from '../core/Trace.js'
import type { NestedArray } from '../data/construct.js'
import { toArray } from '../data/read.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { showLinearMap } from './showLinearMap.js'

/** How tightly a formula holds together: a sum needs parentheses inside a product, a call nowhere. */
type Binding = 'sum' | 'product' | 'prefix' | 'atom'

const order: ReadonlyArray<Binding> = ['sum', 'product', 'prefix', 'atom']

interface Formula {
  readonly text: string
  readonly binding: Binding
}

/** A value with the operation that made it; none for an input. */
export class Named extends Traced {
  constructor(
    readonly trace: Trace,
    readonly value: Tensor,
    readonly operands: ReadonlyArray<Tensor>,
    readonly write: (operands: ReadonlyArray<Formula>, name: (coefficient: Tensor) => string) => Formula,
  ) {
    super(value.shape)
  }
}

/** The numbers behind a name. */
export const numbersOf = (x: Tensor): Tensor => (x instanceof Named ? x.value : x)

const atom = (text: string): Formula => ({ text, binding: 'atom' })

/** The formula as an operand of something that binds this tightly. */
const within = (binding: Binding, { text, binding: own }: Formula): string =>
  order.indexOf(own) < order.indexOf(binding) ? `(${text})` : text

const infix =
  (sign: string, binding: Binding, right: Binding = binding) =>
  (a: Formula, b: Formula): Formula => ({ text: `${within(binding, a)} ${sign} ${within(right, b)}`, binding })

/** Iverson's bracket: 1 where the statement holds, otherwise 0. */
const bracket =
  (sign: string) =>
  (a: Formula, b: Formula): Formula =>
    atom(`[${a.text} ${sign} ${b.text}]`)

const infixes: Readonly<Record<string, (a: Formula, b: Formula) => Formula>> = {
  add: infix('+', 'sum'),
  sub: infix('−', 'sum', 'product'),
  mul: infix('⊙', 'product'),
  product: infix('⊙', 'product'),
  div: infix('/', 'product', 'prefix'),
  pow: (a, b) => ({ text: `${within('atom', a)}^${within('atom', b)}`, binding: 'prefix' }),
  equal: bracket('='),
  notEqual: bracket('≠'),
  less: bracket('<'),
  lessEqual: bracket('≤'),
  greater: bracket('>'),
  greaterEqual: bracket('≥'),
  logicalAnd: bracket('∧'),
  logicalOr: bracket('∨'),
}

const unaries: Readonly<Record<string, (x: Formula) => Formula>> = {
  neg: (x) => ({ text: `−${within('product', x)}`, binding: 'sum' }),
  square: (x) => ({ text: `${within('atom', x)}²`, binding: 'prefix' }),
  reciprocal: (x) => ({ text: `1 / ${within('prefix', x)}`, binding: 'product' }),
  abs: ({ text }) => atom(`|${text}|`),
  sechSquared: ({ text }) => atom(`sech²(${text})`),
  logicalNot: (x) => ({ text: `¬${within('atom', x)}`, binding: 'prefix' }),
}

/** Operations that are their own derivative are written as the linear map that they are. */
const linear = new Set([
  'sum',
  'spread',
  'permute',
  'reshape',
  'flip',
  'slice',
  'pad',
  'cumsum',
  'gather',
  'scatter',
  'contract',
])

const field = (params: unknown, key: string): unknown =>
  typeof params === 'object' && params !== null && key in params
    ? Object.entries(params).find(([k]) => k === key)?.[1]
    : undefined

const options = (params: unknown): string =>
  ['axis', 'axes']
    .flatMap((key) => (field(params, key) === undefined ? [] : [`, ${key} ${JSON.stringify(field(params, key))}`]))
    .join('')

const write = (
  primitive: string,
  params: unknown,
  map: LinearMap,
): ((operands: ReadonlyArray<Formula>, name: (coefficient: Tensor) => string) => Formula) => {
  const binary = infixes[primitive]
  const unary = unaries[primitive]
  const exponent = field(params, 'exponent')
  return (operands, name) => {
    const [a, b] = operands
    if (a !== undefined && linear.has(primitive)) {
      const factor = map._tag === 'Contract'
      return {
        text: showLinearMap(map, factor ? within('prefix', a) : a.text, name),
        binding: factor ? 'product' : 'atom',
      }
    }
    if (a !== undefined && typeof exponent === 'number')
      return {
        text: `${within('atom', a)}^${exponent < 0 ? `(${digits(exponent)})` : digits(exponent)}`,
        binding: 'prefix',
      }
    if (a !== undefined && unary !== undefined) return unary(a)
    if (a !== undefined && b !== undefined && binary !== undefined) return binary(a, b)
    return atom(`${primitive}(${operands.map(({ text }) => text).join(', ')}${options(params)})`)
  }
}

export const namingTrace = (level: number): Trace => {
  const trace: Trace = {
    level,
    transform: 'explain',
    process: <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>): Tensor => {
      const value = bind(primitive, params, inputs.map(numbersOf))
      const map = linear.has(primitive.name) ? ruleOf(primitive, 0)?.(params, inputs, value, 0) : undefined
      return new Named(trace, value, inputs, write(primitive.name, params, map ?? identity))
    },
  }
  return trace
}

/** An input: its name is given to it. */
export const inputOf = (trace: Trace, value: Tensor): Tensor =>
  new Named(trace, value, [], () => atom(showShape(value.shape)))

/** Up to this many entries are printed. */
const shown = 6

const digits = (x: number): string =>
  String(Number.isFinite(x) ? Number(x.toPrecision(4)) : x)
    .replaceAll('-', '−')
    .replace('Infinity', '∞')

const nested = (entries: NestedArray): string =>
  typeof entries === 'number' ? digits(entries) : `[${entries.map(nested).join(', ')}]`

const entriesOf = (entries: NestedArray): ReadonlyArray<number> =>
  typeof entries === 'number' ? [entries] : entries.flatMap(entriesOf)

/** The entries of a small tensor, the range of a large one. */
export const showNumbers = (x: Tensor): string => {
  const entries = toArray(numbersOf(x))
  if (x.size <= shown) return nested(entries)
  const flat = entriesOf(entries)
  const lowest = digits(flat.reduce((a, b) => Math.min(a, b), Infinity))
  const highest = digits(flat.reduce((a, b) => Math.max(a, b), -Infinity))
  return lowest === highest ? `all ${lowest}` : `${lowest} … ${highest}`
}

/** Where a tensor is not finite first, with the number there. */
export const firstNonFinite = (x: Tensor): string | undefined => {
  const flat = entriesOf(toArray(numbersOf(x)))
  const at = flat.findIndex((entry) => !Number.isFinite(entry))
  if (at === -1) return undefined
  const position = x.shape.map(
    (length, axis) => Math.floor(at / x.shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % length,
  )
  return x.rank === 0 ? digits(flat[at] ?? 0) : `${digits(flat[at] ?? 0)} at ${showShape(position)}`
}

/** One number for every entry: shown by its value wherever it stands. */
const constantEntry = (x: Tensor): number | undefined => {
  const flat = entriesOf(toArray(x))
  const [first] = flat
  return flat.every((entry) => Object.is(entry, first)) ? first : undefined
}

/** What a value is called: the given name, else the formula that made it, else its number or a name for a constant. */
export const formulaOf = (
  names: (x: Tensor) => string | undefined,
  constant: (x: Tensor) => string,
  x: Tensor,
): Formula => {
  const name = names(x)
  if (name !== undefined) return atom(name)
  const again = (operand: Tensor): Formula => formulaOf(names, constant, operand)
  if (x instanceof Named) return x.write(x.operands.map(again), (coefficient) => within('prefix', again(coefficient)))
  const entry = constantEntry(x)
  return entry === undefined ? atom(constant(x)) : { text: digits(entry), binding: entry < 0 ? 'sum' : 'atom' }
}

/** The formula by which a value was made, even if it has a name. */
export const definitionOf = (
  names: (x: Tensor) => string | undefined,
  constant: (x: Tensor) => string,
  x: Tensor,
): string => formulaOf((operand) => (operand === x ? undefined : names(operand)), constant, x).text

/** A formula that can stand in a product. */
export const factorOf = (
  names: (x: Tensor) => string | undefined,
  constant: (x: Tensor) => string,
  x: Tensor,
): string => within('prefix', formulaOf(names, constant, x))
