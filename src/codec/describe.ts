/** Values that tell how they were made, written as data; what holds code is told by its place. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isTensor } from '../data/Tensor.js'
import type { Ability } from '../optimize/Objective.js'
import { configurationOf } from '../optimize/recipe.js'
import { type Data, encodeNumber, isPlainRecord } from './data.js'
import { type Mismatch, within } from './mismatch.js'
import { recipeNamed } from './recipes.js'

const deepest = 64

type Written = E.Either<ReadonlyArray<Mismatch>, Data>

const isCode = (value: unknown): boolean =>
  typeof value === 'function' ||
  (isPlainRecord(value) && Object.values(value).some((each) => typeof each === 'function'))

const together = <A>(
  parts: ReadonlyArray<E.Either<ReadonlyArray<Mismatch>, A>>,
): E.Either<ReadonlyArray<Mismatch>, ReadonlyArray<A>> => {
  const wrong = parts.flatMap((part) => (E.isLeft(part) ? part.left : []))
  return wrong.length > 0 ? E.left(wrong) : E.right(parts.flatMap((part) => (E.isRight(part) ? [part.right] : [])))
}

const recordOf = (value: Readonly<Record<string, unknown>>, path: string, depth: number): Written =>
  pipe(
    Object.entries(value).map(([name, each]) =>
      pipe(
        written(each, within(path, name), depth + 1),
        E.map((data): readonly [string, Data] => [name, data]),
      ),
    ),
    together,
    E.map((entries) => Object.fromEntries(entries)),
  )

/** JSON and nothing else, so that a configuration may stand in any document. */
export const written = (value: unknown, path: string, depth = 0): Written => {
  const refused = (found: string): Written =>
    E.left([
      {
        path,
        expected: 'what data can say: numbers, text, lists, and what functions of gradus/optimize with a recipe make',
        found,
      },
    ])
  if (depth > deepest) return refused(`something deeper than ${deepest} levels`)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return E.right(value)
  if (typeof value === 'number') return E.right(encodeNumber(value))
  if (Array.isArray(value))
    return pipe(
      value.map((each: unknown, i) => written(each, within(path, String(i)), depth + 1)),
      together,
    )
  if (isPlainRecord(value) && value._tag === 'Key') return written(value.words, path, depth + 1)
  const told = configurationOf(value)
  // A configuration is a record of options, some of which may be functions that tell of themselves.
  if (told !== undefined) return isPlainRecord(told) ? recordOf(told, path, depth + 1) : written(told, path, depth + 1)
  if (isCode(value)) return refused(typeof value === 'function' ? 'a function' : 'a record of functions')
  return isPlainRecord(value)
    ? recordOf(value, path, depth)
    : refused(
        isTensor(value) ? 'a tensor' : value === undefined ? 'nothing' : `an instance of a class, or ${typeof value}`,
      )
}

/** What the makers that a configuration names ask of an objective beside values and gradients, and where. */
export const asksOf = (
  value: unknown,
  path: string,
): ReadonlyArray<{ readonly path: string; readonly name: string; readonly ability: Ability }> => {
  if (Array.isArray(value)) return value.flatMap((each: unknown, i) => asksOf(each, within(path, String(i))))
  if (!isPlainRecord(value)) return []
  const recipe = typeof value.name === 'string' ? recipeNamed(value.name) : undefined
  const own = (recipe?.asks ?? []).map((ability) => ({ path: within(path, 'name'), name: recipe?.name ?? '', ability }))
  return [...own, ...Object.entries(value).flatMap(([key, each]) => asksOf(each, within(path, key)))]
}
