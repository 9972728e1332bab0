/** What an export is, for those who read exports and for the sentences in which they complain. */
import type * as fc from 'fast-check'
import { isTensor } from '../../src/index.js'

export type AnyFunction = (...args: ReadonlyArray<unknown>) => unknown

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

export const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function'

export const isArbitrary = (value: unknown): value is fc.Arbitrary<unknown> =>
  isRecord(value) && isFunction(value.generate) && isFunction(value.shrink)

export const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (isTensor(value)) return `a tensor of shape [${value.shape.join(', ')}]`
  if (value instanceof Promise) return 'a promise, for which laws do not wait: await at the top of the module instead'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'number' || typeof value === 'boolean' ? `the ${typeof value} ${value}` : `a ${typeof value}`
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
