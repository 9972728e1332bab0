/** Reading the values of options: text to a number or a list, or what was expected instead. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { nearest } from '../codec/nearest.js'

/** `Left` says what was expected. */
export type Read<A> = (text: string) => E.Either<string, A>

/** A value as it came, in quotes and not too long. */
export const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const number = (text: string): number => (decimal.test(text.trim()) ? Number(text) : Number.NaN)

/** A whole number within bounds. */
export const whole =
  (least: number, most = Number.POSITIVE_INFINITY): Read<number> =>
  (text) => {
    const value = number(text)
    return Number.isSafeInteger(value) && value >= least && value <= most
      ? E.right(value)
      : E.left(
          most === Number.POSITIVE_INFINITY
            ? `a whole number of at least ${least}`
            : `a whole number from ${least} to ${most}`,
        )
  }

/** A finite number above 0. */
export const positive: Read<number> = (text) =>
  pipe(
    E.right(number(text)),
    E.filterOrElse(
      (value) => value > 0 && Number.isFinite(value),
      () => 'a number above 0',
    ),
  )

/** A finite number of 0 or more. */
export const nonNegative: Read<number> = (text) =>
  pipe(
    E.right(number(text)),
    E.filterOrElse(
      (value) => value >= 0 && Number.isFinite(value),
      () => 'a number of 0 or more',
    ),
  )

const unique = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]

/** Several values with commas between them (or another separator); repeated ones count once. */
export const list =
  <A>(read: Read<A>, what: string, { separator = /,/, repeats = false } = {}): Read<ReadonlyArray<A>> =>
  (text) =>
    pipe(
      text.split(separator).map((part) => part.trim()),
      E.traverseArray(read),
      E.mapLeft(() => what),
      E.map((values) => (repeats ? values : unique(values))),
    )

/** One of some words. */
export const word =
  <A extends string>(known: ReadonlyArray<A>): Read<A> =>
  (text) => {
    const found = known.find((each) => each === text)
    if (found !== undefined) return E.right(found)
    const near = nearest(text, known)
    return E.left(`one of ${known.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`)
  }

/** Words with commas between them; the first unknown one is named. */
export const words =
  <A extends string>(known: ReadonlyArray<A>): Read<ReadonlyArray<A>> =>
  (text) =>
    pipe(
      text.split(',').map((part) => part.trim()),
      E.traverseArray((part) =>
        pipe(
          word(known)(part),
          E.mapLeft(() => {
            const near = nearest(part, known)
            return `names of ${known.join(', ')}, separated by commas${near === undefined ? '' : ` (did you mean ${near}?)`}`
          }),
        ),
      ),
      E.map(unique),
    )

/** Any text that is not empty. */
export const filled: Read<string> = (text) => (text.trim() === '' ? E.left('a name') : E.right(text))

/** Parts of titles with bars between them. */
export const texts: Read<ReadonlyArray<string>> = (text) => {
  const parts = text.split('|').map((part) => part.trim())
  return parts.every((part) => part !== '') ? E.right(parts) : E.left('texts with | between them')
}
