/** What came instead of a tensor, and what to do about it: the words of messages about foreign values, said in one place. */
import { raise } from './Defect.js'
import { showShape } from './Shape.js'
import { isTensor } from './Tensor.js'

/** Records are what object literals make; instances of classes are not. */
export const isRecord = (node: unknown): node is Readonly<Record<string, unknown>> => {
  if (typeof node !== 'object' || node === null) return false
  const prototype: unknown = Object.getPrototypeOf(node)
  return prototype === Object.prototype || prototype === null
}

export const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const articled = (noun: string): string => `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`

/** A noun phrase for any value: `the number 3`, `an array of 2`, `a tensor [2,3]`. */
export const describe = (value: unknown): string => {
  if (isTensor(value)) return `a tensor ${showShape(value.shape)}`
  if (isList(value)) return `an array of ${value.length}`
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 20 ? `${value.slice(0, 19)}…` : value)}`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return `the ${typeof value} ${value}`
  if (typeof value !== 'object') return articled(typeof value)
  if (isRecord(value)) return `a record with the keys ${Object.keys(value).join(', ')}`
  const name: unknown = value.constructor?.name
  return `an instance of ${typeof name === 'string' && name !== '' ? name : 'a class without a name'}`
}

const adviceOf = (value: unknown): string => {
  if (isList(value))
    return value.some(isTensor) ? ' Join the tensors with stack or concat?' : ' Make one of it with tensor(…)?'
  if (ArrayBuffer.isView(value)) return ' Make one of it with fromFloat64Array(Float64Array.from(…), shape)?'
  if (value instanceof Promise) return ' Await it first: functions that are differentiated cannot be async.'
  switch (typeof value) {
    case 'number':
      return ` Wrap it: scalar(${value})?`
    case 'boolean':
      return ' Comparisons of tensors give tensors of 0 and 1: greater(a, b); a choice that is known before needs no tensor: c ? a : b.'
    case 'function':
      return ' Transforms are curried: grad(f)(x).'
    case 'undefined':
      return ' Is a name misspelled, or a return missing?'
    default:
      return ''
  }
}

/** What came, as the end of a message, with what to try. */
export const told = (value: unknown): string => `${describe(value)}.${adviceOf(value)}`

/** What is wrong and what to try, where a tensor was expected. */
export const expectedTensor = (operation: string, value: unknown, expected = 'a tensor'): never =>
  raise('InvalidArgument', `${operation}: expected ${expected}, got ${told(value)}`)

/** A tensor as it is; anything else is a mistake. */
export const requireTensor = (operation: string, value: unknown): void => {
  if (!isTensor(value)) expectedTensor(operation, value)
}

/** A function as it is; anything else is a mistake. */
export const requireFunction = (operation: string, value: unknown): void => {
  if (typeof value !== 'function')
    raise('InvalidArgument', `${operation}: expected a function, got ${describe(value)}. Write ${operation}(f)(x)?`)
}

/** Tensors in an array; one beside the other is the usual mistake. */
export const requireList = <A>(operation: string, parts: ReadonlyArray<A>): ReadonlyArray<A> =>
  isList(parts)
    ? parts
    : raise(
        'InvalidArgument',
        `${operation}: expected an array of tensors, got ${describe(parts)}. Write ${operation}([a, b])?`,
      )
