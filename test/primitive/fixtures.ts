/** The fixtures of test/golden/primitives as typed values, and the functions of gradus that they speak of. */
import { readFileSync } from 'node:fs'
import { fromFloat64Array, type Tensor } from 'gradus'
import { type Call, type Options, operations } from './operations.js'

/** JSON has no NaN and no infinities, so they stand as strings; an array of zeros is written as 0. */
export type Entries = ReadonlyArray<number | 'NaN' | 'Infinity' | '-Infinity'> | 0

export interface Numbers {
  readonly shape: ReadonlyArray<number>
  readonly data: Entries
}

export interface Batch {
  readonly in: ReadonlyArray<0 | null>
  readonly inputs: ReadonlyArray<Numbers>
  readonly value: Numbers
  readonly cotangent: Entries
  readonly vjp: ReadonlyArray<Entries>
}

export interface Fixture {
  readonly operation: string
  readonly name: string
  readonly oracle: 'jax' | 'mpmath'
  readonly options?: Options
  /** The size of the terms that cancel, where the result is zero up to rounding. */
  readonly scale?: number
  readonly inputs: ReadonlyArray<Numbers>
  readonly differentiable: ReadonlyArray<number>
  readonly tangents: ReadonlyArray<Entries>
  readonly directions: ReadonlyArray<Entries>
  readonly cotangent: Entries
  readonly value: Numbers
  readonly jvp: Entries
  readonly vjp: ReadonlyArray<Entries>
  readonly jvpjvp: Entries
  readonly jvpvjp: ReadonlyArray<Entries>
  readonly vjpjvp: ReadonlyArray<Entries>
  readonly vjpvjp: ReadonlyArray<Entries>
  readonly vmap: ReadonlyArray<Batch>
}

export interface Family {
  readonly family: string
  readonly jax: string
  readonly command: string
  readonly cases: ReadonlyArray<Fixture>
}

const familyNamed = (name: string): Family => {
  const family: Family = JSON.parse(readFileSync(new URL(`../golden/primitives/${name}.json`, import.meta.url), 'utf8'))
  return family
}

/** One file of fixtures each; those after the first five came with families of operations of their own. */
const names = [
  ...['elementwise', 'reduction', 'contraction', 'structure', 'indexing', 'linalg', 'special'],
  ...['sorting', 'running', 'scattering', 'arranging', 'activations', 'convolution', 'rarer'],
]

export const families = names.map(familyNamed)

export const tensorOf = (shape: ReadonlyArray<number>, data: Entries): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1)
  return fromFloat64Array(data === 0 ? new Float64Array(size) : Float64Array.from(data, Number), shape)
}

export const read = ({ shape, data }: Numbers): Tensor => tensorOf(shape, data)

export const at = <A>(list: ReadonlyArray<A>, index: number): A => {
  const found = list[index]
  if (found === undefined) throw new Error(`nothing stands at ${index}`)
  return found
}

/** The call with its undifferentiated inputs filled in. */
export const onlyOf =
  (call: Call, inputs: ReadonlyArray<Tensor>, differentiable: ReadonlyArray<number>) =>
  (moving: ReadonlyArray<Tensor>): Tensor =>
    call(...inputs.map((x, i) => (differentiable.includes(i) ? at(moving, differentiable.indexOf(i)) : x)))

export const callOf = ({ operation, options }: Fixture): Call => {
  const operationFrom = operations[operation]
  if (operationFrom === undefined) throw new Error(`operations.ts does not know ${operation}`)
  return operationFrom(options ?? {})
}
