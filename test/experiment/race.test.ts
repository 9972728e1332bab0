/** Races: how runs end, what they cost, and that a verdict is about the problem and not about what an optimizer says. */
import * as O from 'fp-ts/lib/Option.js'
import { mul, type Tensor, tensor } from 'gradus'
import { gradientDescent, minimize, newton } from 'gradus/optimize'
import { type Problem, problemOfDimension, randomSaddle, testProblems } from 'gradus/problem'
import { describe, expect, it } from 'vitest'
import { type Contender, contenderNames, contenders } from '../../src/experiment/contenders.js'
import { type Budget, costOf, isSolved, raceOn, reachedMinimum, showEnding } from '../../src/experiment/race.js'

const problem = (name: string): Problem => {
  const family = testProblems.find((each) => each.name === name)
  if (family === undefined) throw new Error(`no problem is called ${name}`)
  return problemOfDimension()(family)
}

const named = (...names: ReadonlyArray<string>): ReadonlyArray<Contender> =>
  contenders.filter(({ name }) => names.includes(name))

const generous: Budget = { steps: 500, gradientEquivalents: 5000 }

const endOf = (which: string, contender: Contender | undefined, budget = generous) => {
  const [standing] = contender === undefined ? [] : raceOn(problem(which), [contender], budget).standings
  if (standing === undefined) throw new Error('nobody ran')
  return standing
}

const [newtonAlone] = named('newton')

describe('how a run ends', () => {
  it('at a minimum that is known', () => {
    const { ending, last } = endOf('rosenbrock', newtonAlone)
    expect(ending).toMatchObject({ _tag: 'Reached', minimum: { value: 0, global: true } })
    expect(last.value).toBeLessThanOrEqual(1e-12)
  })

  it('at a local minimum, which is told apart', () => {
    const { ending } = endOf('freudenstein-roth', newtonAlone)
    expect(showEnding(ending)).toBe('reached the local minimum 48.9843')
  })

  it('at a saddle, where Newton’s method says that it is done', () => {
    const { ending } = endOf('wood', newtonAlone)
    expect(ending).toEqual({ _tag: 'Stationary' })
    expect(endOf('biggs-exp6', newtonAlone).ending._tag).toBe('Stationary')
  })

  it('below a saddle of a loss without minimum', () => {
    const [free] = named('saddle-free-newton')
    expect(endOf('classical-saddle', free).ending).toEqual({ _tag: 'Escaped' })
    expect(endOf('monkey-saddle', free).ending).toEqual({ _tag: 'Escaped' })
    expect(endOf('classical-saddle', newtonAlone).ending._tag).toBe('Stationary')
  })

  it('when the steps or the gradients are spent, whichever comes first', () => {
    const [descent] = named('gradient-descent')
    const steps = endOf('rosenbrock', descent, { steps: 10, gradientEquivalents: Infinity })
    expect([steps.ending, steps.last.step]).toEqual([{ _tag: 'Spent', what: 'steps' }, 10])
    const gradients = endOf('rosenbrock', descent, { steps: Infinity, gradientEquivalents: 10 })
    expect([gradients.ending, gradients.last.work.gradients]).toEqual([
      { _tag: 'Spent', what: 'gradientEquivalents' },
      10,
    ])
  })

  it('in a failure that the optimizer gives reasons for', () => {
    const wild: Contender = {
      name: 'wild',
      title: 'wild',
      family: 'Newton',
      setting: '',
      isFirstOrder: true,
      run: ({ objective, start }) => O.some(minimize(gradientDescent({ learningRate: 1e10 }), objective)(start)),
    }
    const { ending, laps } = endOf('rosenbrock', wild)
    expect(ending).toMatchObject({ _tag: 'Failed', failure: 'NonFinite' })
    expect(laps.length).toBeGreaterThan(1)
  })

  it('without a standing where an optimizer does not serve the problem', () => {
    const shy: Contender = {
      name: 'shy',
      title: 'shy',
      family: 'Newton',
      setting: '',
      isFirstOrder: false,
      run: () => O.none,
    }
    expect(
      raceOn(problem('wood'), [shy, ...named('newton')], generous).standings.map((each) => each.contender.name),
    ).toEqual(['newton'])
  })
})

describe('the verdict', () => {
  const two: Pick<Problem, 'minima'> = {
    minima: [
      { value: 1, points: [], global: true, tolerance: 1e-8 },
      { value: 2, points: [], global: false, tolerance: 1e-8 },
    ],
  }
  const at = (value: number, gradientNorm: number, first = 1) =>
    O.toNullable(reachedMinimum(two, { gradientNorm: first }, { value, gradientNorm }))?.value ?? null

  it('takes a value within the tolerance, from above and below a local minimum, and anything below the global one', () => {
    expect([at(1 + 1e-8, 0), at(1 + 2e-8, 0), at(0.5, 0)]).toEqual([1, null, 1])
    expect([at(2 + 1e-8, 0), at(2 - 1e-8, 0), at(2 - 2e-8, 0)]).toEqual([2, 2, null])
  })

  it('asks for a gradient of a millionth of that at the start, or of 1', () => {
    expect([at(1, 1e-6), at(1, 2e-6), at(1, 2e-6, 10), at(1, Number.NaN)]).toEqual([1, null, 1, null])
    expect(at(Number.NaN, 0)).toBe(null)
  })

  it('does not count a run that passes by', () => {
    // From here gradient descent crosses the value of the local minimum on its way to the global one.
    expect(at(2, 1)).toBe(null)
  })
})

describe('costs', () => {
  it('are steps or gradient equivalents of a solution, and infinite without one', () => {
    const solved = endOf('rosenbrock', newtonAlone)
    expect(isSolved(solved)).toBe(true)
    expect(costOf('steps')(solved)).toBe(solved.last.step)
    const { gradients, products } = solved.last.work
    expect(costOf('gradientEquivalents')(solved)).toBe(gradients + products)
    expect(costOf('steps')(endOf('wood', newtonAlone))).toBe(Infinity)
  })
})

describe('contenders', () => {
  it('have names of their own, and all run on a quadratic', () => {
    expect(new Set(contenderNames).size).toBe(contenderNames.length)
    const { standings } = raceOn(problem('linear-full-rank'), contenders, generous)
    // A simplex that shrinks by values alone is still on its way.
    const slow = ['nelder-mead']
    expect(standings.flatMap(({ ending, contender }) => (ending._tag === 'Reached' ? [] : [contender.name]))).toEqual(
      slow,
    )
  })

  it('reach the bottom from beside a random saddle when they are saddle-free', () => {
    const { standings } = raceOn(
      randomSaddle({ dimension: 12, index: 5 }),
      named('saddle-free-newton', 'newton'),
      generous,
    )
    expect(standings.map(({ ending }) => ending._tag)).toEqual(['Stationary', 'Reached'])
  })

  it('get a rate that is safe at the start', () => {
    const steep: Problem = { ...problem('parabola'), loss: (x: Tensor) => mul(1e6, problem('parabola').loss(x)) }
    const { standings } = raceOn(steep, named('gradient-descent'), generous)
    expect(standings.map(({ ending }) => ending._tag)).toEqual(['Reached'])
  })

  it('of others can be sent in too', () => {
    const other: Contender = {
      name: 'halves',
      title: 'half steps',
      family: 'Newton',
      setting: '',
      isFirstOrder: false,
      run: ({ objective, start }) => O.some(minimize(newton({ stepLength: 0.5 }), objective)(start)),
    }
    const { standings } = raceOn({ ...problem('parabola'), starts: [tensor([1, 1, 1, 1, 1])] }, [other], generous)
    expect(standings[0]?.last.step).toBeGreaterThan(10)
  })
})
