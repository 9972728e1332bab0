/**
 * Constructors that tell what they make: a recipe is a name, the fields of its options and how it makes. What comes of it carries its
 * configuration, and a reader of configurations finds the recipe at the constructor itself.
 */
import type { Ability } from './Objective.js'
import { type Complete, type Field, type Fields, type Settled, type Sort, settled, transformation } from './option.js'

/** Of which kind, under which name, with which options, for objectives with which abilities beside values and gradients. */
export interface About<S> {
  readonly sort: Sort
  readonly name: string
  /** A thunk, so that a bundle drops what nobody imports. */
  readonly fields: () => S
  readonly asks?: ReadonlyArray<Ability>
}

/** A recipe as a reader sees it: options are checked by the fields, so that their types may be forgotten. */
export interface Recipe extends Omit<About<unknown>, 'fields'> {
  readonly fields: Readonly<Record<string, Field<unknown>>>
  readonly make: (options: Readonly<Record<string, unknown>>) => unknown
}

const recipeKey: unique symbol = Symbol('recipe')

const isNamed = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

/** As it is kept at the constructor. */
interface Kept extends Omit<Recipe, 'fields'> {
  readonly fields: () => Recipe['fields']
}

const keptAt = (maker: unknown): Kept | undefined =>
  isNamed(maker) && recipeKey in maker ? (maker[recipeKey] as Kept) : undefined

/** The recipe of a public constructor, if it has one. */
export const recipeOf = (maker: unknown): Recipe | undefined => {
  const kept = keptAt(maker)
  return kept === undefined ? undefined : { ...kept, fields: kept.fields() }
}

/** What a value tells of how it was made: a name and options, which may hold values that tell the same of themselves. */
export const configurationOf = (value: unknown): unknown =>
  isNamed(value) && 'configuration' in value ? value.configuration : undefined

/** The same value, which tells how it was made. A function has to be fresh: it is told in place. */
export const described =
  (configuration: unknown) =>
  <A extends object>(value: A): A =>
    typeof value === 'function' ? Object.assign(value, { configuration }) : { ...value, configuration }

/** A public constructor with its recipe, which takes all by name. */
export const withRecipe =
  <O extends object>() =>
  <S extends Fields<O>>(about: About<S>, make: (options: O) => unknown) =>
  <A extends object>(maker: A): A =>
    Object.assign(maker, { [recipeKey]: { ...about, make } })

/** A constructor by named options, which may be left out where there is a default for each. */
export type Maker<O extends object, R> = Record<never, never> extends O ? (options?: O) => R : (options: O) => R

/**
 * A constructor that checks its options, fills in defaults and describes what it makes. `complete` fills in what depends on other
 * options.
 */
export const recipe =
  <O extends object>() =>
  <S extends Fields<O>, R extends object>(
    about: About<S>,
    build: (options: Complete<O, S>) => R,
    complete?: (options: Settled<O, S>) => Partial<O>,
  ): Maker<O, R> => {
    const make = (options: Partial<O> = {}): R => {
      // Of options that are required, the fields say so.
      const said = settled<O, S>(about.name, about.fields(), options as O)
      const filled: unknown = { ...said, ...complete?.(said) }
      // What the fields call derived, `complete` gives.
      const all = filled as Complete<O, S>
      return described({ name: about.name, ...all })(build(all))
    }
    return withRecipe<O>()(about, make)(make) as Maker<O, R>
  }

/** The same for what goes around a transformation. */
export const wrapper =
  <O extends object>() =>
  <S extends Fields<O>, W extends (inner: never) => object>(
    about: Omit<About<S>, 'sort'>,
    build: (options: Settled<O, S>) => W,
  ): Maker<O, W> => {
    const wrap = (options: Partial<O> = {}): W => {
      const all = settled<O, S>(about.name, about.fields(), options as O)
      const around = build(all)
      // What is around keeps its type, and tells what it is around.
      return ((inner: never) => {
        settled(about.name, { transformation: transformation<never>()() }, { transformation: inner })
        return described({ name: about.name, ...all, transformation: inner })(around(inner))
      }) as W
    }
    const fields = () => ({ ...about.fields(), transformation: transformation<never>()() })
    return Object.assign(wrap, {
      [recipeKey]: {
        ...about,
        sort: 'transformation',
        fields,
        make: ({ transformation: inner, ...options }: O & { readonly transformation: never }) =>
          wrap(options as Partial<O>)(inner),
      },
    }) as Maker<O, W>
  }

/** Options as arguments in a row give them: what was left out is `undefined`. */
type Given<O> = { readonly [K in keyof O]: O[K] | undefined }

/** A value that shares the recipe of a constructor. */
export const sharing =
  (maker: object) =>
  <A extends object>(value: A): A =>
    Object.assign(value, { [recipeKey]: keptAt(maker) })

/** The same constructor with arguments in a row. */
export const byPosition = <A extends ReadonlyArray<unknown>, O extends object, R>(
  maker: (options: O) => R,
  optionsOf: (...given: A) => Given<O>,
): ((...given: A) => R) => sharing(maker)((...given: A) => maker(optionsOf(...given) as O))

/** A value that tells its own name. */
export const constantly = <A extends object>(about: Omit<About<unknown>, 'fields'>, value: A): A => {
  const told = described({ name: about.name })(value)
  return Object.assign(told, { [recipeKey]: { ...about, fields: () => ({}), make: () => told } })
}
