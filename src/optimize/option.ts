/**
 * What an option may be, written once: the constructor that takes it refuses the rest, and the codec of configurations reads the same
 * table. So ranges, defaults and the words for them stand in one place, beside the constructor.
 */
import { raise } from '../data/Defect.js'
import type { Key } from '../function/random.js'
import type { Heading } from './Direction.js'
import type { Rate, Schedule } from './transformation/ranges.js'

/** What configurations may name. */
export type Sort =
  | 'optimizer'
  | 'transformation'
  | 'schedule'
  | 'search'
  | 'direction'
  | 'selection'
  | 'stop'
  | 'curvature'
  | 'preconditioning'

/** How a reader makes an option from data. */
export type Nature =
  /** Data is the option itself. */
  | { readonly _tag: 'Plain' }
  /** A record with the name of what makes it; other data is the option itself. */
  | { readonly _tag: 'Made'; readonly sort: Sort }
  | { readonly _tag: 'Several'; readonly each: Field<unknown> }
  | { readonly _tag: 'Fields'; readonly fields: Readonly<Record<string, Field<unknown>>> }
  | { readonly _tag: 'Key' }
  /** A function of the user's: code, which is no data. */
  | { readonly _tag: 'Code' }

/** What an option may be. */
export interface Field<A> {
  /** What is expected, as it stands in messages. */
  readonly words: string
  readonly holds: (value: unknown) => value is A
  readonly nature: Nature
  readonly presence: 'required' | 'optional' | 'derived' | 'defaulted'
  /** What it is where nothing was said. */
  readonly otherwise?: unknown
}

/** An option that need not be given. */
export interface Defaulted<A> extends Field<A> {
  readonly presence: 'defaulted'
}

/** An option whose absence means something of its own. */
export interface Optional<A> extends Field<A> {
  readonly presence: 'optional'
}

/** An option whose default depends on others. */
export interface Derived<A> extends Field<A> {
  readonly presence: 'derived'
}

/** A required field, or with an argument one with this default. */
export interface FieldOf<A> {
  (): Field<A>
  (otherwise: A): Defaulted<A>
}

const plain: Nature = { _tag: 'Plain' }

const fieldOf = <A>(words: string, holds: (value: unknown) => value is A, nature: Nature = plain): FieldOf<A> => {
  const required: Field<A> = { words, holds, nature, presence: 'required' }
  function field(): Field<A>
  function field(otherwise: A): Defaulted<A>
  function field(...given: ReadonlyArray<A>): Field<A> {
    return given.length === 0 ? required : { ...required, presence: 'defaulted', otherwise: given[0] }
  }
  return field
}

/** The same field, which may be left out. */
export const optional = <A>(field: Field<A>): Optional<A> => ({ ...field, presence: 'optional' })

/** The same field, with a default that the recipe makes of other options. */
export const derived = <A>(field: Field<A>): Derived<A> => ({ ...field, presence: 'derived' })

const numberThat = (words: string, holds: (value: number) => boolean): FieldOf<number> =>
  fieldOf(words, (value): value is number => typeof value === 'number' && holds(value))

export const finite = /* @__PURE__ */ numberThat('a finite number', Number.isFinite)
export const positive = /* @__PURE__ */ numberThat('a finite number above 0', (x) => x > 0 && x < Infinity)
export const notNegative = /* @__PURE__ */ numberThat('a finite number of 0 or more', (x) => x >= 0 && x < Infinity)
export const notZero = /* @__PURE__ */ numberThat('a finite number other than 0', (x) => x !== 0 && Number.isFinite(x))
/** β of a running mean: with 1 nothing would ever come in. */
export const fraction = /* @__PURE__ */ numberThat('a number from 0 to below 1', (x) => x >= 0 && x < 1)
export const share = /* @__PURE__ */ numberThat('a number from 0 to 1', (x) => x >= 0 && x <= 1)
export const count = /* @__PURE__ */ numberThat('an integer of 1 or more', (x) => Number.isSafeInteger(x) && x >= 1)
export const countOrNone = /* @__PURE__ */ numberThat(
  'an integer of 0 or more',
  (x) => Number.isSafeInteger(x) && x >= 0,
)
export const countOrAll = /* @__PURE__ */ numberThat(
  'an integer of 1 or more, or Infinity',
  (x) => x === Infinity || (Number.isSafeInteger(x) && x >= 1),
)
export const limit = /* @__PURE__ */ numberThat('a number above 0, or Infinity', (x) => x > 0)
export const tolerance = /* @__PURE__ */ numberThat('a number of 0 or more', (x) => x >= 0)
export const target = /* @__PURE__ */ numberThat('a number', (x) => !Number.isNaN(x))

/** Between two numbers, which are left out. */
export const between = (low: number, high: number): FieldOf<number> =>
  numberThat(`a number above ${low} and below ${high}`, (x) => x > low && x < high)

/** From one number to below another. */
export const fromTo = (low: number, high: number): FieldOf<number> =>
  high === Infinity
    ? numberThat(`a finite number of ${low} or more`, (x) => x >= low && x < high)
    : numberThat(`a number from ${low} to below ${high}`, (x) => x >= low && x < high)

export const flag = /* @__PURE__ */ fieldOf('true or false', (value): value is boolean => typeof value === 'boolean')

export const text = /* @__PURE__ */ fieldOf('text', (value): value is string => typeof value === 'string')

/** One of some words. */
export const choice = <const W extends string>(...words: ReadonlyArray<W>): FieldOf<W> =>
  fieldOf(
    words.map((word) => `'${word}'`).join(' or '),
    (value): value is W => typeof value === 'string' && words.some((word) => word === value),
  )

/** One of two fields, both of them plain. */
export const either = <A, B>(one: Field<A>, other: Field<B>): FieldOf<A | B> =>
  fieldOf(`${one.words} or ${other.words}`, (value): value is A | B => one.holds(value) || other.holds(value))

export const none: Field<null> = /* @__PURE__ */ fieldOf('null', (value): value is null => value === null)()

/** A list, each of whose entries is such a field. */
export const list = <A>(each: Field<A>, words = `a list, each ${each.words}`): FieldOf<ReadonlyArray<A>> =>
  fieldOf(words, (value): value is ReadonlyArray<A> => Array.isArray(value) && value.every(each.holds), {
    _tag: 'Several',
    each,
  })

/** Two fields, one after the other. */
export const pair = <A, B>(first: Field<A>, second: Field<B>): Field<readonly [A, B]> =>
  fieldOf(
    `[${first.words}, ${second.words}]`,
    (value): value is readonly [A, B] =>
      Array.isArray(value) && value.length === 2 && first.holds(value[0]) && second.holds(value[1]),
  )()

/** A damping, or those that every step tries. */
export const damping: FieldOf<number | ReadonlyArray<number>> = /* @__PURE__ */ fieldOf(
  'a finite number of 0 or more, or a list of them',
  (value): value is number | ReadonlyArray<number> => {
    const { holds } = notNegative()
    return holds(value) || (Array.isArray(value) && value.length > 0 && value.every(holds))
  },
  { _tag: 'Several', each: notNegative() },
)

/** A record of fields. */
export const record = <O extends object>(fields: Fields<O>): FieldOf<O> =>
  fieldOf(
    `a record of ${Object.keys(fields).join(', ')}`,
    (value): value is O =>
      typeof value === 'object' && value !== null && firstWrong(fields, new Map(Object.entries(value))) === undefined,
    { _tag: 'Fields', fields },
  )

export const key: FieldOf<Key> = /* @__PURE__ */ fieldOf(
  'a random key',
  (value): value is Key => typeof value === 'object' && value !== null && '_tag' in value && value._tag === 'Key',
  { _tag: 'Key' },
)

/** A function of the user's. */
export const code = <A>(words: string): FieldOf<A> =>
  fieldOf(words, (value): value is A => typeof value === 'function', { _tag: 'Code' })

const made = <A>(sort: Sort, words: string, member: string): FieldOf<A> =>
  fieldOf(
    words,
    (value): value is A =>
      member === ''
        ? typeof value === 'function'
        : typeof value === 'object' && value !== null && Object.hasOwn(value, member),
    { _tag: 'Made', sort },
  )

const isSearch = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'search')

/** Whether a search takes directions that head so; one that does not tell is known by its type. */
export const takes = (lineSearch: object, heading: Heading): boolean =>
  !('takes' in lineSearch) || (Array.isArray(lineSearch.takes) && lineSearch.takes.includes(heading))

export const schedule = /* @__PURE__ */ made<Schedule>('schedule', 'a schedule', '')
export const optimizer = <A>(): FieldOf<A> => made<A>('optimizer', 'an optimizer', 'step')
export const transformation = <A>(): FieldOf<A> => made<A>('transformation', 'a transformation', 'update')
export const direction = <A>(): FieldOf<A> => made<A>('direction', 'a direction', 'propose')
/** A line search for directions that head so. */
export const search = <A>(heading?: Heading): FieldOf<A> =>
  fieldOf(
    heading === undefined ? 'a line search' : `a line search for directions of heading '${heading}'`,
    (value): value is A => isSearch(value) && (heading === undefined || takes(value, heading)),
    { _tag: 'Made', sort: 'search' },
  )
export const selection = <A>(): FieldOf<A> => made<A>('selection', 'a selection', '')
export const stop = <A>(): FieldOf<A> => made<A>('stop', 'a stopping rule', '')
export const curvature = <A>(): FieldOf<A> => made<A>('curvature', 'a curvature', 'at')
export const preconditioning = <A>(): FieldOf<A> => made<A>('preconditioning', 'a preconditioner', 'inverseAt')

/** A number in a range for every step, or a schedule. */
export const rate = (number: FieldOf<number>): FieldOf<Rate> => {
  const { words, holds } = number()
  return fieldOf(`${words}, or a schedule`, (value): value is Rate => typeof value === 'function' || holds(value), {
    _tag: 'Made',
    sort: 'schedule',
  })
}

/** What the options of a constructor may be: one field for each, so that none is without a range. */
export type Fields<O> = {
  readonly [K in keyof O]-?: Record<never, never> extends Pick<O, K>
    ? Defaulted<Exclude<O[K], undefined>> | Derived<Exclude<O[K], undefined>> | Optional<Exclude<O[K], undefined>>
    : Field<O[K]>
}

/** Options with what was not said filled in, as far as it depends on nothing else. */
export type Settled<O, S extends Fields<O>, D = Defaulted<unknown>> = {
  readonly [K in keyof O as S[K] extends D ? K : never]-?: Exclude<O[K], undefined>
} & { readonly [K in keyof O as S[K] extends D ? never : K]: O[K] }

/** Options with all defaults. */
export type Complete<O, S extends Fields<O>> = Settled<O, S, Defaulted<unknown> | Derived<unknown>>

const nameOf = (configuration: unknown): unknown =>
  typeof configuration === 'object' && configuration !== null && 'name' in configuration
    ? configuration.name
    : undefined

/** A value in a message: what a constructor has made by the name of that. */
export const told = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'configuration' in value && nameOf(value.configuration) !== undefined
    ? `what ${String(nameOf(value.configuration))} makes`
    : typeof value === 'function'
      ? 'a function'
      : typeof value === 'number' || value === undefined
        ? String(value)
        : (JSON.stringify(value) ?? String(value))

interface Wrong {
  readonly name: string
  readonly expected: string
  readonly value: unknown
}

const optionNames = (fields: object): string => {
  const names = Object.keys(fields)
  return names.length === 0 ? 'no options' : names.join(', ')
}

const firstWrong = (fields: object, given: ReadonlyMap<string, unknown>): Wrong | undefined => {
  const known: ReadonlyArray<readonly [string, Field<unknown>]> = Object.entries(fields)
  const wrong = known.find(([name, { holds, presence }]) => {
    const value = given.get(name)
    return value === undefined ? presence === 'required' : !holds(value)
  })
  return wrong === undefined ? undefined : { name: wrong[0], expected: wrong[1].words, value: given.get(wrong[0]) }
}

/** Options with their defaults, or a `Defect` that names the first that is unknown or out of its range. Schedules are not asked beforehand. */
export const settled = <O extends object, S extends Fields<O>>(
  caller: string,
  fields: S,
  options: O,
): Settled<O, S> => {
  if (typeof options !== 'object' || options === null)
    return raise('InvalidArgument', `${caller}: expected a record of ${optionNames(fields)}, got ${told(options)}.`)
  const given = new Map(Object.entries(options).filter(([, value]: readonly [string, unknown]) => value !== undefined))
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined)
    return raise('InvalidArgument', `${caller}: there is no option ${unknown}; expected ${optionNames(fields)}.`)
  const wrong = firstWrong(fields, given)
  if (wrong !== undefined)
    return raise(
      'InvalidArgument',
      `${caller}: expected ${wrong.name} to be ${wrong.expected}, got ${wrong.value === undefined ? 'nothing' : told(wrong.value)}.`,
    )
  const known: ReadonlyArray<readonly [string, Field<unknown>]> = Object.entries(fields)
  // What was given, or the default, under the name of its own field: the type of that name.
  return Object.fromEntries(
    known.flatMap(([name, { presence, otherwise }]) =>
      given.has(name) ? [[name, given.get(name)]] : presence === 'defaulted' ? [[name, otherwise]] : [],
    ),
  ) as Settled<O, S>
}
