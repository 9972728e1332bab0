/** Configurations: data with a name and options, read by the recipes that stand beside the constructors, and written again. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type Key, randomKey } from '../function/random.js'
import type { Field, Sort } from '../optimize/option.js'
import type { Recipe } from '../optimize/recipe.js'
import { chain } from '../optimize/Transformation.js'
import { collected, isPlainRecord, specials } from './data.js'
import { type Advised, type Mismatch, mismatchesOf } from './mismatch.js'
import { nearest } from './nearest.js'
import { recipes } from './recipes.js'

/** Deeper configurations are refused, so that no file exhausts the stack. */
const deepest = 64

const sorts: Readonly<Record<Sort, string>> = {
  optimizer: 'an optimizer',
  transformation: 'a transformation',
  schedule: 'a schedule',
  search: 'a line search',
  direction: 'a direction',
  selection: 'a selection of leaves',
  stop: 'a stopping rule',
  curvature: 'a curvature',
  preconditioning: 'a preconditioner',
}

/** What others call it. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['lr', 'learningRate'],
  ['stepSize', 'learningRate'],
  ['beta1', 'decay1'],
  ['b1', 'decay1'],
  ['beta2', 'decay2'],
  ['b2', 'decay2'],
  ['beta', 'decay'],
  ['momentum', 'decay'],
  ['eps', 'epsilon'],
  ['search', 'lineSearch'],
])

const meant = (word: string, known: ReadonlyArray<string>): string | undefined => {
  const synonym = synonyms.get(word)
  return synonym !== undefined && known.includes(synonym) ? synonym : nearest(word, known)
}

/** An error of io-ts with what to do about it. */
const failed = (value: unknown, context: t.Context, message: string, advice?: string): t.Validation<never> => {
  const error: t.ValidationError & Advised = { value, context, message, ...(advice === undefined ? {} : { advice }) }
  return t.failures([error])
}

const under = (context: t.Context, key: string, actual: unknown): t.Context =>
  t.appendContext(context, key, t.unknown, actual)

const keyFrom = (value: unknown): Key | undefined => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return randomKey(value)
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [high, low]: ReadonlyArray<unknown> = value
  const isWord = (word: unknown): word is number =>
    typeof word === 'number' && Number.isInteger(word) && word >= 0 && word < 2 ** 32
  return isWord(high) && isWord(low) ? { _tag: 'Key', words: [high, low] } : undefined
}

/** Numbers that JSON does not have. */
const specialOf = (value: unknown): unknown =>
  isPlainRecord(value) && typeof value.number === 'string' && Object.hasOwn(specials, value.number)
    ? specials[value.number]
    : value

/** What a name and options of a sort make. */
export const made =
  (sort: Sort) =>
  (value: unknown, context: t.Context): t.Validation<unknown> => {
    if (context.length > deepest) return failed(value, context, `a configuration at most ${deepest} levels deep`)
    if (sort === 'transformation' && Array.isArray(value))
      return pipe(
        collected(value.map((each: unknown, i) => made(sort)(each, under(context, String(i), each)))),
        // A chain takes whatever its parts are; the types of a list in a row are lost in data.
        E.map((parts): unknown => Reflect.apply(chain, undefined, parts)),
      )
    if (!isPlainRecord(value)) return failed(value, context, `${sorts[sort]}: { name, … }`)
    const { name, ...options } = value
    const known = recipes[sort]
    const recipe = typeof name === 'string' ? known.get(name) : undefined
    if (recipe === undefined) {
      const names = [...known.keys()]
      const near = typeof name === 'string' ? meant(name, names) : undefined
      return failed(
        name,
        under(context, 'name', name),
        `the name of ${sorts[sort]}, one of ${names.join(', ')}`,
        near === undefined ? undefined : `Did you mean ${near}?`,
      )
    }
    return pipe(
      optionsOf(recipe.name, recipe.fields, options, context),
      E.chain((read) => making(recipe, read, value, context)),
    )
  }

/** What fields let pass, the constructor may still refuse: two options that do not go together. */
const making = (
  { make }: Recipe,
  options: Readonly<Record<string, unknown>>,
  value: unknown,
  context: t.Context,
): t.Validation<unknown> =>
  pipe(
    E.tryCatch(
      () => make(options),
      (thrown) => (thrown instanceof Error ? thrown.message : String(thrown)),
    ),
    E.match(
      (message): t.Validation<unknown> =>
        failed(value, context, message.replace(/^(InvalidArgument: )?(\w+: )?expected /, '').replace(/, got .*$/s, '')),
      (result) => t.success(result),
    ),
  )

const optionsOf = (
  name: string,
  fields: Readonly<Record<string, Field<unknown>>>,
  options: Readonly<Record<string, unknown>>,
  context: t.Context,
): t.Validation<Readonly<Record<string, unknown>>> => {
  const names = Object.keys(fields)
  const unknown = Object.keys(options).filter((key) => !names.includes(key))
  const list = names.length === 0 ? 'no options' : `one of the options ${names.join(', ')}`
  return pipe(
    collected([
      ...unknown.map((key) => {
        const near = meant(key, names)
        const value = options[key]
        const advice = near === undefined ? undefined : `Did you mean ${near}?`
        return failed(value, under(context, key, value), names.length === 0 ? `no options of ${name}` : list, advice)
      }),
      ...Object.entries(fields).map(([key, field]): t.Validation<ReadonlyArray<readonly [string, unknown]>> => {
        if (!Object.hasOwn(options, key))
          return field.presence === 'required'
            ? failed(undefined, under(context, key, undefined), field.words)
            : t.success([])
        const value = options[key]
        return pipe(
          optionOf(field)(value, under(context, key, value)),
          E.map((read) => [[key, read]]),
        )
      }),
    ]),
    E.map((entries) => Object.fromEntries(entries.flat())),
  )
}

const optionOf =
  (field: Field<unknown>) =>
  (value: unknown, context: t.Context): t.Validation<unknown> => {
    const { nature, words } = field
    const within = (read: unknown): t.Validation<unknown> =>
      field.holds(read) ? t.success(read) : failed(value, context, words)
    switch (nature._tag) {
      case 'Plain':
        return within(specialOf(value))
      case 'Made':
        // A number stands for itself; functions and instances are not data.
        return typeof value === 'object' && value !== null && !(isPlainRecord(value) && 'number' in value)
          ? pipe(made(nature.sort)(value, context), E.chain(within))
          : typeof value === 'function'
            ? failed('a function', context, words)
            : within(specialOf(value))
      case 'Several':
        return Array.isArray(value)
          ? pipe(
              collected(value.map((each: unknown, i) => optionOf(nature.each)(each, under(context, String(i), each)))),
              E.chain(within),
            )
          : within(specialOf(value))
      case 'Fields':
        return isPlainRecord(value)
          ? optionsOf('the record', nature.fields, value, context)
          : failed(value, context, words)
      case 'Key': {
        const key = keyFrom(value)
        return key === undefined ? failed(value, context, 'a seed, or the two words of a random key') : t.success(key)
      }
      case 'Code':
        return failed(value, context, `nothing here: ${words} is code`)
    }
  }

/** What a configuration of a sort makes, or where it is wrong. */
export const readAs =
  (sort: Sort) =>
  (value: unknown): E.Either<ReadonlyArray<Mismatch>, unknown> =>
    pipe(made(sort)(value, [{ key: '', type: t.unknown, actual: value }]), E.mapLeft(mismatchesOf))
