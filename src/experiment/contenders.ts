/** The optimizers that race on test problems, by name. A new optimizer joins with one entry. */
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Tensor } from '../data/Tensor.js'
import { randomKey } from '../function/random.js'
import { adam } from '../optimize/adamFamily.js'
import { nonlinearCG } from '../optimize/conjugateDirection.js'
import { gradientDescent, momentum } from '../optimize/firstOrder.js'
import { minimize, type Run } from '../optimize/iterate.js'
import { leastSquares } from '../optimize/leastSquares.js'
import { nelderMead } from '../optimize/nelderMead.js'
import { dampedNewton, newton, saddleFreeNewton } from '../optimize/newton.js'
import { nonconvexNewton } from '../optimize/newtonDirections.js'
import type { Objective } from '../optimize/Objective.js'
import type { Optimizer, StateType } from '../optimize/Optimizer.js'
import { saddleFreeKrylov } from '../optimize/saddleFreeKrylov.js'
import { saddleFreeLowRank } from '../optimize/saddleFreeLowRank.js'
import { saddleFreeSeries } from '../optimize/saddleFreeSeries.js'
import { bfgs, lbfgs, sr1 } from '../optimize/secantDirections.js'
import { newtonCG, newtonMR } from '../optimize/truncatedNewton.js'
import { cubicNewton } from '../optimize/trust/cubicNewton.js'
import { absoluteCurvature } from '../optimize/trust/curvature.js'
import { levenbergMarquardt } from '../optimize/trust/levenbergMarquardt.js'
import { trustRegion, trustRegionWith } from '../optimize/trust/trustRegion.js'
import { mul } from '../primitive/arithmetic.js'
import type { Problem } from '../problem/Problem.js'
import { ritzValues } from './measure.js'

/** What an optimizer starts with: the problem, its objective (one for all) and the point. */
export interface Entrance {
  readonly problem: Problem
  readonly objective: Objective<Tensor>
  readonly start: Tensor
}

/** What kind of method it is: pages compare within families. */
export const families = [
  'first order',
  'secants and simplices',
  'Newton',
  'saddle-free',
  'regions',
  'configured',
] as const

export type Family = (typeof families)[number] | 'from a file'

/** An optimizer that can be sent into a race. */
export interface Contender {
  readonly name: string
  readonly title: string
  readonly family: Family
  /** Its constants, and what they come from. */
  readonly setting: string
  /** First-order methods take many cheap steps. */
  readonly isFirstOrder: boolean
  /** None where the optimizer does not serve such problems, least squares for example where there are no residuals. */
  readonly run: (entrance: Entrance) => O.Option<Run<Tensor, unknown>>
}

/** A contender with constants that are the same for every problem. */
const always = <F extends StateType>(
  named: Omit<Contender, 'run' | 'isFirstOrder'>,
  optimizer: Optimizer<F>,
): Contender => ({
  ...named,
  isFirstOrder: false,
  run: ({ objective, start }) => O.some(minimize(optimizer, objective)(start)),
})

/** Products with which the greatest curvature at a start is found; they are not counted as work. */
const measured = 20

/** The longest step that is safe on a quadratic with the curvature of the start; 1 where there is none. */
const safeRate = ({ objective, start }: Entrance): number => {
  const sizes = ritzValues(randomKey(0), measured)(objective.hessian(start)).map(Math.abs)
  const rate = 1 / Math.max(...sizes)
  return rate > 0 && rate < Infinity ? rate : 1
}

/** A contender whose learning rate comes from the curvature at the start. */
const scaled = <F extends StateType>(
  named: Omit<Contender, 'run' | 'isFirstOrder'>,
  optimizer: (learningRate: number) => Optimizer<F>,
): Contender => ({
  ...named,
  isFirstOrder: true,
  run: (entrance) => O.some(minimize(optimizer(safeRate(entrance)), entrance.objective)(entrance.start)),
})

const tried = 'the best of 7 dampings in each step, or a larger one'

/** All contenders, by families. */
export const contenders: ReadonlyArray<Contender> = [
  scaled(
    {
      name: 'gradient-descent',
      title: 'gradient descent',
      family: 'first order',
      setting: 'rate 1 / κ, κ the largest curvature at the start',
    },
    (learningRate) => gradientDescent({ learningRate }),
  ),
  scaled(
    { name: 'momentum', title: 'momentum', family: 'first order', setting: 'rate 0.1 / κ, decay 0.9' },
    (learningRate) => momentum({ learningRate: 0.1 * learningRate, decay: 0.9 }),
  ),
  {
    ...always(
      { name: 'adam', title: 'Adam', family: 'first order', setting: 'rate 0.05' },
      adam({ learningRate: 0.05 }),
    ),
    isFirstOrder: true,
  },
  always(
    { name: 'nonlinear-cg', title: 'nonlinear CG', family: 'secants and simplices', setting: 'defaults' },
    nonlinearCG(),
  ),
  always({ name: 'bfgs', title: 'BFGS', family: 'secants and simplices', setting: 'strong Wolfe' }, bfgs()),
  always(
    { name: 'lbfgs', title: 'L-BFGS', family: 'secants and simplices', setting: 'strong Wolfe, 10 pairs' },
    lbfgs(),
  ),
  always({ name: 'sr1', title: 'SR1', family: 'secants and simplices', setting: 'signed Wolfe' }, sr1()),
  always(
    { name: 'nelder-mead', title: 'Nelder-Mead', family: 'secants and simplices', setting: 'values alone' },
    nelderMead(),
  ),
  always({ name: 'newton', title: 'Newton', family: 'Newton', setting: 'full steps' }, newton()),
  always({ name: 'damped-newton', title: 'damped Newton', family: 'Newton', setting: tried }, dampedNewton()),
  always({ name: 'newton-cg', title: 'Newton-CG', family: 'Newton', setting: 'defaults' }, newtonCG()),
  always({ name: 'newton-mr', title: 'Newton-MR', family: 'Newton', setting: 'any critical point' }, newtonMR()),
  always(
    { name: 'nonconvex-newton', title: 'nonconvex Newton', family: 'Newton', setting: 'defaults' },
    nonconvexNewton(),
  ),
  always(
    { name: 'saddle-free-newton', title: 'saddle-free Newton', family: 'saddle-free', setting: tried },
    saddleFreeNewton(),
  ),
  always(
    { name: 'saddle-free-krylov', title: 'saddle-free Krylov', family: 'saddle-free', setting: `20 vectors, ${tried}` },
    saddleFreeKrylov(),
  ),
  always(
    {
      name: 'saddle-free-trust-region',
      title: 'saddle-free trust region',
      family: 'saddle-free',
      setting: 'exact, absolute curvature',
    },
    trustRegionWith(absoluteCurvature)(),
  ),
  always(
    { name: 'saddle-free-low-rank', title: 'saddle-free low rank', family: 'saddle-free', setting: 'defaults' },
    saddleFreeLowRank(),
  ),
  always(
    { name: 'saddle-free-series', title: 'saddle-free series', family: 'saddle-free', setting: 'defaults' },
    saddleFreeSeries(),
  ),
  always({ name: 'trust-region', title: 'trust region', family: 'regions', setting: 'exact' }, trustRegion()),
  always(
    { name: 'trust-region-steihaug', title: 'trust region (Steihaug)', family: 'regions', setting: 'truncated CG' },
    trustRegion({ solver: 'steihaug' }),
  ),
  always({ name: 'cubic-newton', title: 'cubic Newton', family: 'regions', setting: 'exact' }, cubicNewton()),
  always(
    { name: 'cubic-newton-krylov', title: 'cubic Newton (Krylov)', family: 'regions', setting: 'Krylov space' },
    cubicNewton({ solver: 'krylov' }),
  ),
  {
    name: 'levenberg-marquardt',
    title: 'Levenberg-Marquardt',
    family: 'regions',
    setting: 'where there are residuals',
    isFirstOrder: false,
    // The loss of the problems is Σ r², that of least squares ½ Σ r².
    run: ({ problem, start }) =>
      pipe(
        problem.residuals,
        O.map((residuals) =>
          minimize(
            levenbergMarquardt(),
            leastSquares((x: Tensor) => mul(Math.SQRT2, residuals(x))),
          )(start),
        ),
      ),
  },
]

export const contenderNames: ReadonlyArray<string> = contenders.map(({ name }) => name)
