import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decodeOptimizerFor, decodeSchedule, encodeOptimizer, encodeSchedule, showMismatches } from 'gradus/codec'
import { codecLaws, register } from 'gradus/laws'
import { minimize } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { asksOf } from '../../src/codec/describe.js'
import { recipes } from '../../src/codec/recipes.js'
import { abilities, essence, objective, start } from './everyAbility.js'
import { configurationOf } from './recipeDraws.js'

const decodeAll = decodeOptimizerFor(abilities)

const rewritten = (data: unknown): E.Either<unknown, unknown> => pipe(decodeAll(data), E.chainW(encodeOptimizer))

describe('optimizers as data', () => {
  it.each([...recipes.optimizer.keys()])('%s is written as it was read, and steps alike', (name) => {
    fc.assert(
      fc.property(configurationOf('optimizer', name, 1), (data) => {
        const made = decodeAll(data)
        // Two options that do not go together are refused by the constructor, in words.
        if (E.isLeft(made)) {
          expect(showMismatches(made.left)).toMatch(
            /above decrease|more than warmup|boundaries that increase|a curvature with products|of heading|hessianCurvature or/,
          )
          return
        }
        const whole = encodeOptimizer(made.right)
        if (E.isLeft(whole)) throw new Error(showMismatches(whole.left))
        const again = decodeAll(JSON.parse(JSON.stringify(whole.right)))
        if (E.isLeft(again)) throw new Error(showMismatches(again.left))
        expect(encodeOptimizer(again.right)).toEqual(whole)
        expect(essence(minimize(again.right, objective)(start))).toEqual(
          essence(minimize(made.right, objective)(start)),
        )
      }),
      { numRuns: 12 },
    )
  })

  it.each([...recipes.optimizer.keys()])('%s asks an objective for no more than it says', (name) => {
    // The first whose options go together.
    const data = fc
      .sample(configurationOf('optimizer', name, 0), { numRuns: 40, seed: 1 })
      .find((each) => E.isRight(decodeAll(each)))
    // A part with abilities of its own, such as the curvature of these, tells of itself.
    const asked = [...asksOf(data, '').map(({ ability }) => ability)]
    const forbidden = Object.fromEntries(
      abilities.map((ability) => [
        ability,
        () => {
          throw new Error(`${name} asked for ${ability}`)
        },
      ]),
    )
    const made = decodeAll(data)
    const allowed = Object.fromEntries(
      Object.entries(objective).filter(([ability]) => asked.some((each) => each === ability)),
    )
    const run = (): unknown =>
      E.isRight(made) && essence(minimize(made.right, { ...objective, ...forbidden, ...allowed })(start))
    expect(E.isRight(made)).toBe(true)
    expect(run).not.toThrow()
  })
})

register({ describe, it })(
  codecLaws({
    name: 'configurations of optimizers',
    encode: (configuration) => configuration,
    decode: rewritten,
    values: fc
      .constantFrom('adam', 'adamw', 'lars', 'lbfgs', 'newtonCG', 'saddleFreeKrylov', 'levenbergMarquardt', 'noisySgd')
      .chain((name) => configurationOf('optimizer', name, 0))
      .map(rewritten)
      .filter(E.isRight)
      .map(({ right }) => right),
    wrong: fc.anything(),
  }),
)

register({ describe, it })(
  codecLaws({
    name: 'configurations of schedules',
    encode: (configuration) => configuration,
    decode: (data) => pipe(decodeSchedule(data), E.chain(encodeSchedule)),
    values: fc
      .constantFrom(
        'constant',
        'linear',
        'polynomial',
        'exponentialDecay',
        'cosineDecay',
        'warmUp',
        'piecewise',
        'linearOneCycle',
      )
      .chain((name) => configurationOf('schedule', name, 0))
      .map((data) => pipe(decodeSchedule(data), E.chain(encodeSchedule)))
      .filter(E.isRight)
      .map(({ right }) => right),
    wrong: fc.anything(),
  }),
)
