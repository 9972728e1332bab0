/** The tensors in the state of a transformation, for what goes through programs and derivatives: states are data. */
import { raise } from '../data/Defect.js'
import { isTensor, type Tensor } from '../data/Tensor.js'

/** What is in a record, by name: records with the same names may have them in another order. */
const inOrder = (data: object): ReadonlyArray<readonly [string, unknown]> =>
  Array.isArray(data) ? Object.entries(data) : Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))

/** The tensors in a state, in order; states are data, and so is all that is not a tensor. */
export const tensorsIn = (data: unknown): ReadonlyArray<Tensor> =>
  isTensor(data)
    ? [data]
    : typeof data === 'object' && data !== null
      ? inOrder(data).flatMap(([, each]) => tensorsIn(each))
      : []

const replaced = (data: unknown, tensors: Iterator<Tensor>): unknown => {
  if (isTensor(data)) return tensors.next().value
  if (Array.isArray(data)) return data.map((each: unknown) => replaced(each, tensors))
  if (typeof data !== 'object' || data === null) return data
  const found = new Map(inOrder(data).map(([key, each]) => [key, replaced(each, tensors)]))
  return Object.fromEntries(Object.keys(data).map((key) => [key, found.get(key)]))
}

/** The same state with other tensors, in the order of `tensorsIn`. */
export const withTensors = <S>(caller: string, state: S, tensors: ReadonlyArray<Tensor>): S => {
  const found = tensorsIn(state).length
  return found === tensors.length
    ? (replaced(state, tensors.values()) as S)
    : raise(
        'StructureMismatch',
        `${caller} went from a state with ${found} tensors to one with ${tensors.length}. Give only 'update'?`,
      )
}
