/** The table is whole: every public constructor can be named in a configuration, or is listed with its reason; and its ranges hold. */
import * as E from 'fp-ts/lib/Either.js'
import { randomKey } from 'gradus'
import { decodeOptimizer, showMismatches } from 'gradus/codec'
import * as optimize from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { readAs } from '../../src/codec/configuration.js'
import { recipes } from '../../src/codec/recipes.js'
import type { Sort } from '../../src/optimize/option.js'
import { type Recipe, recipeOf } from '../../src/optimize/recipe.js'
import { rangeOf } from './recipeDraws.js'

const all: ReadonlyArray<Recipe> = Object.values(recipes).flatMap((named) => [...named.values()])

const tensors = 'holds tensors, for gradients through it'

/** What has no recipe, and why. */
const without: Readonly<Record<string, string>> = {
  chain: 'is written as the list of its parts',
  fromParts: 'is made of functions',
  partition: 'labels leaves by a function',
  measureBelow: 'measures by a function',
  stopScan: 'looks by a function',
  stopWhen: 'asks a function',
  timeAtMost: 'reads a clock',
  stopMonoid: 'makes what anyOf makes',
  scaleByTensor: tensors,
  traceByTensor: tensors,
  unroll: tensors,
  bfgsUpdate: tensors,
  symmetricRankOneUpdate: tensors,
  inverseHessianProduct: tensors,
}

/** What makes objectives, runs and observers, or words of them: no part of an optimizer. */
const others: ReadonlyArray<string> =
  'andThen averageObjective batchComposite batches batchLeastSquares batchObjective boundedIn boxLike certify clampInto collect compositeObjective drop elapsed escapeFrom evaluateEvery every exponential fitErrors freeVariables gradientEquivalents handOver hyperbolic keepBest last leastSquares logistic logLines map minibatches minimize nested objective observer observerMonoid projectedGradientNorm race resume scan showCertificate showOutcome showStepFailure showStopReason sine softplusMap stochastic take takeUntil takeWhile tap toArray trialDampings until withDrawnSquares withGradientSquares workMonoid zip'.split(
    ' ',
  )

describe('the table of recipes', () => {
  it('has every public constructor, or a reason', () => {
    const missing = Object.entries(optimize)
      .filter(([, value]) => recipeOf(value) === undefined)
      .map(([name]) => name)
      .filter((name) => !(name in without) && !others.includes(name))
    expect(missing).toEqual([])
  })

  it('lists nothing that has one, and nothing that is not there', () => {
    const known: Readonly<Record<string, unknown>> = { ...optimize }
    expect(
      [...Object.keys(without), ...others].filter((name) => !(name in known) || recipeOf(known[name]) !== undefined),
    ).toEqual([])
  })

  it('calls each by its public name', () => {
    const known: Readonly<Record<string, unknown>> = { ...optimize }
    expect(all.filter((recipe) => recipeOf(known[recipe.name])?.name !== recipe.name).map(({ name }) => name)).toEqual(
      [],
    )
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })
})

/** Options with which a recipe makes something: what is required, in range. */
const example = ({ fields }: Recipe): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.presence === 'required' ? [[name, exampleOf(name, field)]] : [],
    ),
  )

const exampleOf = (name: string, field: Recipe['fields'][string]): unknown => {
  const { nature } = field
  const taken = rangeOf(field)?.taken
  if (nature._tag === 'Made' && taken === undefined) return parts[nature.sort]
  if (nature._tag === 'Key') return [0, 1]
  if (name === 'steps') return 50
  if (taken !== undefined) return taken[taken.length - 1]
  if (nature._tag === 'Several' && nature.each.nature._tag === 'Fields')
    return [{ from: 0, peak: 1, warmup: 2, steps: 10 }]
  if (nature._tag === 'Several') return nature.each.nature._tag === 'Made' ? [parts[nature.each.nature.sort]] : []
  return []
}

const parts = {
  optimizer: { name: 'newton' },
  transformation: { name: 'unchanged' },
  schedule: { name: 'constant', value: 1 },
  search: { name: 'fixedStep' },
  direction: { name: 'steepestDescent' },
  selection: { name: 'named', leaf: 'bias' },
  stop: { name: 'stepsAtMost', steps: 3 },
  curvature: { name: 'hessianCurvature' },
  preconditioning: { name: 'gradientSquaresPreconditioning' },
}

/** The same for code, where the parts are made already. */
const live = (recipe: Recipe): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(example(recipe)).map(([name, value]) => {
      const nature = recipe.fields[name]?.nature
      if (nature?._tag === 'Key') return [name, randomKey(1)]
      const make = (sort: Sort, data: unknown): unknown => {
        const read = readAs(sort)(data)
        return E.isRight(read) ? read.right : undefined
      }
      if (nature?._tag === 'Made' && typeof value === 'object') return [name, make(nature.sort, value)]
      if (nature?._tag === 'Several' && nature.each.nature._tag === 'Made' && Array.isArray(value)) {
        const { sort } = nature.each.nature
        return [name, value.map((each) => make(sort, each))]
      }
      return [name, value]
    }),
  )

const complaint = (recipe: Recipe, options: Readonly<Record<string, unknown>>): string => {
  const read = readAs(recipe.sort)({ name: recipe.name, ...options })
  return E.isLeft(read) ? showMismatches(read.left) : 'accepted'
}

describe.each(all.map((recipe) => [recipe.name, recipe] as const))('%s', (_, recipe) => {
  it('is made of what it requires', () => {
    expect(complaint(recipe, example(recipe))).toBe('accepted')
  })

  it('knows the range of every option that is a number or a word', () => {
    const unknown = Object.entries(recipe.fields).filter(
      ([, field]) => field.nature._tag === 'Plain' && rangeOf(field) === undefined && !field.words.startsWith('['),
    )
    expect(unknown.map(([name, { words }]) => `${name}: ${words}`)).toEqual([])
  })

  it('refuses what is out of range, in code and in data, and names the option', () => {
    for (const [name, field] of Object.entries(recipe.fields))
      for (const value of rangeOf(field)?.refused ?? []) {
        expect(complaint(recipe, { ...example(recipe), [name]: value }), `${name} ${String(value)}`).toMatch(
          new RegExp(`^${name}(\\[\\d+\\])?: expected `),
        )
        expect(() => recipe.make({ ...live(recipe), [name]: value }), `${name} ${String(value)}`).toThrowError(
          new RegExp(`: expected ${name} to be `),
        )
      }
  })

  it('takes what is in range', () => {
    for (const [name, field] of Object.entries(recipe.fields))
      for (const value of rangeOf(field)?.taken ?? []) {
        const told = complaint(recipe, { ...example(recipe), [name]: value })
        expect(
          told === 'accepted' ||
            /above decrease|more than warmup|boundaries that increase|a curvature with products/.test(told),
          `${name} ${String(value)}: ${told}`,
        ).toBe(true)
      }
  })

  it('refuses an option that it does not have', () => {
    expect(complaint(recipe, { ...example(recipe), zzz: 1 })).toMatch(/^zzz: expected (one of the|no) options/)
  })
})

describe('options by their meaning', () => {
  const of = (pattern: RegExp): ReadonlyArray<string> => [
    ...new Set(
      all.flatMap(({ name: maker, fields }) =>
        Object.entries(fields).flatMap(([name, { words }]) =>
          pattern.test(name) ? [`${maker}.${name}: ${words}`] : [],
        ),
      ),
    ),
  ]

  it('decays stay below 1', () => {
    expect(of(/^(decay\d?|momentum)$/).filter((line) => !line.endsWith('a number from 0 to below 1'))).toEqual([
      // The sum of AdaGrad, as in the paper.
      'sm3.decay2: a number from 0 to 1',
      // Not of a mean: the multiple of the last solution at which the next begins, all of it in Martens (2010).
      'hessianFree.decay: a number from 0 to 1',
      'hessianFreeWith.decay: a number from 0 to 1',
      'scaleBySm3.decay2: a number from 0 to 1',
    ])
  })

  it('learning rates are above 0', () => {
    expect(of(/^learningRate$/).filter((line) => !line.includes(': a finite number above 0'))).toEqual([])
  })

  it('counts are integers', () => {
    expect(
      of(
        /^(memory|trials|dimension|innerSteps|rank|terms|every|period|patience|window|warmup|maximalIterations)$/,
      ).filter((line) => !line.includes(': an integer of 1 or more')),
    ).toEqual([])
  })

  it('NaN is refused everywhere', () => {
    expect(decodeOptimizer({ name: 'adam', learningRate: Number.NaN })._tag).toBe('Left')
    const numbers = all.flatMap(({ name: maker, fields }) =>
      Object.entries(fields).flatMap(([name, { holds }]) => (holds(Number.NaN) ? [`${maker}.${name}`] : [])),
    )
    expect(numbers).toEqual([])
  })
})
