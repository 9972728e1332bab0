/** Functions of the caller's as parameters of operations: known by a number, so that equal ones are recognized. */
const numbers = new WeakMap<object, number>()
const given = new Set<number>()

export const numberOf = (f: object | undefined): number => {
  if (f === undefined) return 0
  const known = numbers.get(f) ?? given.add(given.size).size
  numbers.set(f, known)
  return known
}
