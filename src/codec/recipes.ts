/** The table of what configurations can name: every public constructor of gradus/optimize that has a recipe. */
import * as optimize from '../optimize/index.js'
import type { Sort } from '../optimize/option.js'
import { type Recipe, recipeOf } from '../optimize/recipe.js'

const all: ReadonlyArray<Recipe> = Object.values(optimize).flatMap((each: unknown) => {
  const recipe = recipeOf(each)
  return recipe === undefined ? [] : [recipe]
})

const named = (sort: Sort): ReadonlyMap<string, Recipe> =>
  new Map(all.filter((recipe) => recipe.sort === sort).map((recipe) => [recipe.name, recipe]))

/** By sort and name. */
export const recipes: Readonly<Record<Sort, ReadonlyMap<string, Recipe>>> = {
  optimizer: named('optimizer'),
  transformation: named('transformation'),
  schedule: named('schedule'),
  search: named('search'),
  direction: named('direction'),
  selection: named('selection'),
  stop: named('stop'),
  curvature: named('curvature'),
  preconditioning: named('preconditioning'),
}

const byName = new Map(all.map((recipe) => [recipe.name, recipe]))

/** Of whatever sort: no two public names are the same. */
export const recipeNamed = (name: string): Recipe | undefined => byName.get(name)
