/**
 * The problems on which Optim.jl holds its solvers to a minimum (OptimTestProblems.jl, MIT license, and its tests of BFGS, L-BFGS and
 * NewtonTrustRegion, which leave out the trigonometric function, where they end in a local minimum, and allow 1,000 steps).
 */
import { collectedProblems, mghProblems, problemOfDimension } from 'gradus/problem'
import { expect, it } from 'vitest'
import { contenders } from '../../src/experiment/contenders.js'
import { raceOn } from '../../src/experiment/race.js'

const shared = ['rosenbrock', 'beale', 'powell-singular', 'extended-rosenbrock', 'extended-powell', 'penalty-1']

const problems = [...collectedProblems, ...mghProblems.filter(({ name }) => shared.includes(name))].map(
  problemOfDimension(),
)

const solvers = contenders.filter(({ name }) => ['trust-region', 'cubic-newton', 'lbfgs', 'newton-cg'].includes(name))

it.each(problems.map((problem) => [problem.name, problem] as const))('%s is solved', (name, problem) => {
  const { standings } = raceOn(problem, solvers, { steps: 1000, gradientEquivalents: Infinity })
  expect(standings.map(({ contender, ending }) => [name, contender.name, ending._tag])).toEqual(
    solvers.map((solver) => [name, solver.name, 'Reached']),
  )
})
