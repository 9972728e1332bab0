/** The checks that examples call once their assertion comments are compiled. */
import { inspect } from 'node:util'
import { toArray } from '../../src/data/read.js'
import { isTensor } from '../../src/data/Tensor.js'

/** How near is near: explicit, in units in the last place, or half a unit of the last printed digit. */
export type Tolerance = { readonly within: number } | { readonly ulps: number } | { readonly printed: Printed }

/** Half a unit of the last digit of each literal, in the form of the expected value; undefined where too few digits are shown. */
export type Printed = number | undefined | ReadonlyArray<Printed>

/** Relative closeness asked for when neither a tolerance nor enough digits are printed. */
export const relativeTolerance = 1e-10

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !isList(value) && !ArrayBuffer.isView(value)

const readable = (value: unknown): unknown => (isTensor(value) ? toArray(value) : value)

type Leaf = (actual: number, expected: number, printed: Printed) => boolean

/** The path of the first difference, or undefined; tensors compare by shape and entries, or with nested arrays. */
const difference = (
  actual: unknown,
  expected: unknown,
  same: Leaf,
  printed: Printed,
  path: string,
): string | undefined => {
  if (isTensor(actual) && isTensor(expected) && actual.shape.join() !== expected.shape.join())
    return `${path}: shape [${actual.shape.join()}] instead of [${expected.shape.join()}]`
  const [a, e] = [readable(actual), readable(expected)]
  if (typeof a === 'number' && typeof e === 'number')
    return same(a, e, printed) ? undefined : `${path}: ${a} instead of ${e}`
  if (isList(a) && isList(e))
    return a.length === e.length
      ? first(e, (entry, i) => difference(a[i], entry, same, isList(printed) ? printed[i] : undefined, `${path}[${i}]`))
      : `${path}: ${a.length} entries instead of ${e.length}`
  if (a instanceof Float64Array && e instanceof Float64Array)
    return difference(Array.from(a), Array.from(e), same, printed, path)
  if (isRecord(a) && isRecord(e) && Object.getPrototypeOf(a) === Object.getPrototypeOf(e)) {
    const keys = Object.keys(e)
    return Object.keys(a).sort().join() === [...keys].sort().join()
      ? first(keys, (key) => difference(a[key], e[key], same, undefined, `${path}.${key}`))
      : `${path}: keys ${Object.keys(a)} instead of ${keys}`
  }
  return Object.is(a, e) ? undefined : `${path}: ${inspect(a)} instead of ${inspect(e)}`
}

const first = <A>(all: ReadonlyArray<A>, f: (a: A, i: number) => string | undefined): string | undefined =>
  all.map(f).find((found) => found !== undefined)

const complain = (site: string, actual: unknown, expected: unknown, found: string | undefined): void => {
  if (found === undefined) return
  const show = (value: unknown): string => inspect(readable(value), { depth: 6, breakLength: 100 })
  throw new Error(`${site}: the value ${found}\n  expected ${show(expected)}\n  actual   ${show(actual)}`)
}

/** `// => expected`: the same value; 0 equals -0 and NaN equals NaN. */
export const equal = (site: string, actual: unknown, expected: unknown): void => {
  const same: Leaf = (a, e) => a === e || Object.is(a, e)
  complain(site, actual, expected, difference(actual, expected, same, undefined, ''))
}

/** `// ≈ expected`: near it, and not exactly it. */
export const close = (site: string, actual: unknown, expected: unknown, tolerance: Tolerance): void => {
  const printed = 'printed' in tolerance ? tolerance.printed : undefined
  complain(site, actual, expected, difference(actual, expected, near(tolerance), printed, ''))
}

const near =
  (tolerance: Tolerance): Leaf =>
  (a, e, printed) => {
    if (a === e || Object.is(a, e)) return true
    const off = Math.abs(a - e)
    if ('within' in tolerance) return off <= tolerance.within
    if ('ulps' in tolerance) return off <= tolerance.ulps * ulp(e)
    return typeof printed === 'number'
      ? off <= printed + ulp(e)
      : off <= relativeTolerance * (e === 0 ? 1 : Math.abs(e))
  }

/** The distance from |x| to the next larger double. */
const ulp = (x: number): number => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, Math.abs(x))
  bits.setBigInt64(0, bits.getBigInt64(0) + 1n)
  return bits.getFloat64(0) - Math.abs(x)
}

/** `// throws text`: fails, with a message that contains the text. */
export const throws = async (site: string, run: () => unknown, text: string): Promise<void> => {
  const outcome = await attempt(run)
  if (outcome === undefined) throw new Error(`${site}: expected to fail with "${text}", but returned`)
  if (!outcome.includes(text)) throw new Error(`${site}: expected to fail with "${text}"\n  actual   ${outcome}`)
}

const attempt = async (run: () => unknown): Promise<string | undefined> => {
  try {
    await run()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
