/** What records say of their kinks, read: where they lie, and what value and derivative are given there. */
import type { PrimitiveEntry } from '../src/index.js'

/** A kink at a number, or where two inputs are equal; what is not stated in a form that can be read is not given. */
export interface ReadKink {
  readonly place: number | 'equal inputs'
  readonly value: number | undefined
  readonly derivative: number | undefined
}

const names: Readonly<Record<string, number>> = { '½': 0.5, '∞': Infinity, '−∞': -Infinity }

const read = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const found = names[text] ?? Number(text.replace('−', '-'))
  return Number.isNaN(found) ? undefined : found
}

const number = '−?(?:∞|½|\\d+(?:\\.\\d+)?)'

const place = new RegExp(`^[a-z] = (${number})$`)

/** "value X, derivative Y", "derivative Y", with a remark behind a comma or "to each". */
const convention = new RegExp(`^(?:value (${number}), )?derivative (${number})(?:,.*| to each)?$`)

const placeOf = (at: string): number | 'equal inputs' | undefined =>
  at === 'a = b' ? 'equal inputs' : read(place.exec(at)?.[1])

/** The kinks of a record whose place can be read. */
export const kinksOf = ({ domain }: PrimitiveEntry): ReadonlyArray<ReadKink> =>
  domain.kinks.flatMap(({ at, convention: stated }) => {
    const where = placeOf(at)
    const found = convention.exec(stated)
    return where === undefined ? [] : [{ place: where, value: read(found?.[1]), derivative: read(found?.[2]) }]
  })
