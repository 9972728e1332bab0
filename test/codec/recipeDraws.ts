/** Draws from the table of recipes: configurations whose options are in range, and values that are out of it. */
import fc from 'fast-check'
import { recipes } from '../../src/codec/recipes.js'
import type { Field, Sort } from '../../src/optimize/option.js'

/** What each range refuses and takes, written down a second time: a range that is not here fails the tests. */
export const ranges: Readonly<
  Record<string, { readonly refused: ReadonlyArray<unknown>; readonly taken: ReadonlyArray<unknown> }>
> = {
  'a finite number': { refused: [Number.NaN, Infinity, -Infinity, '1', null], taken: [-2, 0, 1e-300, 3.5] },
  'a finite number above 0': { refused: [Number.NaN, Infinity, 0, -1, '1', null], taken: [1e-8, 0.5, 2] },
  'a finite number of 0 or more': { refused: [Number.NaN, Infinity, -1e-9, '1', null], taken: [0, 0.25, 3] },
  'a finite number of 4 or more': { refused: [Number.NaN, Infinity, 3.9, '4', null], taken: [4, 6.5] },
  'a finite number other than 0': { refused: [Number.NaN, Infinity, 0, '1', null], taken: [-0.1, 0.05] },
  'a number from 0 to below 1': { refused: [Number.NaN, Infinity, 1, 2, -0.1, '0', null], taken: [0, 0.5, 0.999] },
  'a number from 0 to below 0.25': { refused: [Number.NaN, 0.25, -0.1, '0', null], taken: [0, 1e-4, 0.2] },
  'a number from 0 to 1': { refused: [Number.NaN, Infinity, 1.1, -0.1, '0', null], taken: [0, 0.5, 1] },
  'a number above 0 and below 1': { refused: [Number.NaN, 0, 1, -1, Infinity, null], taken: [1e-3, 0.25] },
  'a number above 1 and below Infinity': { refused: [Number.NaN, 1, 0.5, Infinity, null], taken: [1.3, 2] },
  'a number above 0 and below 0.5': { refused: [Number.NaN, 0, 0.5, -1, Infinity, null], taken: [1e-3, 0.25] },
  'an integer of 1 or more': { refused: [Number.NaN, Infinity, 0, -1, 1.5, '1', null], taken: [1, 2, 5] },
  'an integer of 0 or more': { refused: [Number.NaN, Infinity, -1, 0.5, '1', null], taken: [0, 1, 4] },
  'an integer of 1 or more, or Infinity': { refused: [Number.NaN, 0, -1, 1.5, null], taken: [1, 20, Infinity] },
  'a number above 0, or Infinity': { refused: [Number.NaN, 0, -1, '1', null], taken: [0.1, 5, Infinity] },
  'a number of 0 or more': { refused: [Number.NaN, -1, '1', null], taken: [0, 1e-6, 100] },
  'a number': { refused: [Number.NaN, '1', null], taken: [-1, 0, 2] },
  'true or false': { refused: [0, 'true', null], taken: [true, false] },
  text: { refused: [1, null], taken: ['mine', ''] },
  'a finite number above 0 or null': { refused: [Number.NaN, 0, -1, 'x'], taken: [null, 0.5] },
  'a finite number above 0, or a schedule': { refused: [Number.NaN, Infinity, 0, -1, 'x', null], taken: [0.01, 0.1] },
  'a finite number of 0 or more, or a schedule': { refused: [Number.NaN, Infinity, -1, 'x', null], taken: [0, 0.1] },
  'a finite number, or a schedule': { refused: [Number.NaN, Infinity, 'x', null], taken: [-0.1, -0.01] },
  'a finite number of 0 or more, or a list of them': {
    refused: [Number.NaN, -1, Infinity, [], [1, -1], [Number.NaN], null],
    taken: [0.5, [1, 0.1], [1e-3]],
  },
  "a number above 0 and below 1 or 'quadratic' or 'cubic'": {
    refused: [Number.NaN, 0, 1, 'linear', null],
    taken: [0.5, 'cubic'],
  },
}

const words = (field: Field<unknown>): ReadonlyArray<string> =>
  [...field.words.matchAll(/'([^']*)'/g)].flatMap(([, word]) => (word === undefined ? [] : [word]))

/** Values that a plain option takes and refuses. */
export const rangeOf = (field: Field<unknown>): (typeof ranges)[string] | undefined => {
  const known = ranges[field.words]
  if (known !== undefined) return known
  return /^'[^']*'( or '[^']*')*$/.test(field.words) ? { refused: ['other', 1, null], taken: words(field) } : undefined
}

const few = <A>(of: fc.Arbitrary<A>): fc.Arbitrary<ReadonlyArray<A>> => fc.array(of, { minLength: 1, maxLength: 3 })

const optionFrom = (field: Field<unknown>, depth: number): fc.Arbitrary<unknown> => {
  const { nature } = field
  const plain = rangeOf(field)?.taken ?? []
  switch (nature._tag) {
    case 'Plain':
      return plain.length > 0
        ? fc.constantFrom(...plain)
        : // A step and a factor.
          fc.tuple(fc.nat(20), fc.constantFrom(0.5, 1, 2))
    case 'Made':
      return plain.length > 0 && depth === 0
        ? fc.constantFrom(...plain)
        : fc.oneof(...(plain.length > 0 ? [fc.constantFrom(...plain)] : []), configurationFrom(nature.sort, depth - 1))
    case 'Several':
      return plain.length > 0 ? fc.constantFrom(...plain) : few(optionFrom(nature.each, depth))
    case 'Fields':
      return optionsFrom(nature.fields, depth)
    case 'Key':
      return fc.oneof(fc.integer(), fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1)))
    case 'Code':
      return fc.constant(undefined)
  }
}

const optionsFrom = (
  fields: Readonly<Record<string, Field<unknown>>>,
  depth: number,
): fc.Arbitrary<Readonly<Record<string, unknown>>> => {
  const drawn = Object.entries(fields).filter(([, { nature }]) => nature._tag !== 'Code')
  return fc.record(Object.fromEntries(drawn.map(([key, field]) => [key, optionFrom(field, depth)])), {
    requiredKeys: drawn.filter(([, { presence }]) => presence === 'required').map(([key]) => key),
    noNullPrototype: true,
  })
}

/** The options of one maker, by its name. */
export const configurationOf = (sort: Sort, name: string, depth = 1): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  optionsFrom(recipes[sort].get(name)?.fields ?? {}, depth).map((options) => ({ name, ...options }))

/** Makers that hold others end the recursion where it is deep enough. */
const holdsOthers = (fields: Readonly<Record<string, Field<unknown>>>): boolean =>
  Object.values(fields).some(
    ({ nature, presence }) =>
      presence === 'required' &&
      ((nature._tag === 'Made' && nature.sort !== 'schedule') ||
        (nature._tag === 'Several' && nature.each.nature._tag === 'Made')),
  )

export const configurationFrom = (sort: Sort, depth: number): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc
    .constantFrom(
      ...[...recipes[sort].values()].filter(({ fields }) => depth > 0 || !holdsOthers(fields)).map(({ name }) => name),
    )
    .chain((name) => configurationOf(sort, name, Math.max(0, depth)))
