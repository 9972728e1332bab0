/** The optimizers whose way out of saddles is measured, each with constants that suit curvature of at most 1. */
import type { Tensor } from '../data/Tensor.js'
import { adam } from '../optimize/adamFamily.js'
import { gradientDescent, momentum } from '../optimize/firstOrder.js'
import { minimize, type Run } from '../optimize/iterate.js'
import { dampedNewton, newton, saddleFreeNewton } from '../optimize/newton.js'
import { nonconvexNewton } from '../optimize/newtonDirections.js'
import type { Objective } from '../optimize/Objective.js'
import { saddleFreeKrylov } from '../optimize/saddleFreeKrylov.js'
import { backtracking } from '../optimize/searches.js'
import { lbfgs } from '../optimize/secantDirections.js'
import { cubicNewton } from '../optimize/trust/cubicNewton.js'
import { trustRegion } from '../optimize/trust/trustRegion.js'

/** An optimizer by its title; the cost of a step decides how many it is given. */
export interface Escaper {
  readonly title: string
  readonly isFirstOrder: boolean
  readonly run: (objective: Objective<Tensor>) => (from: Tensor) => Run<Tensor, unknown>
}

/** Of gradient descent: the inverse of the greatest curvature, the longest that is safe. */
export const escapeLearningRate = 1

const krylovDimension = 20

export const escapers: ReadonlyArray<Escaper> = [
  {
    title: 'gradient descent',
    isFirstOrder: true,
    run: (f) => minimize(gradientDescent({ learningRate: escapeLearningRate }), f),
  },
  { title: 'momentum', isFirstOrder: true, run: (f) => minimize(momentum({ learningRate: 1, decay: 0.9 }), f) },
  { title: 'Adam', isFirstOrder: true, run: (f) => minimize(adam({ learningRate: 1e-3 }), f) },
  { title: 'Newton', isFirstOrder: false, run: (f) => minimize(newton(), f) },
  { title: 'damped Newton', isFirstOrder: false, run: (f) => minimize(dampedNewton(), f) },
  { title: 'saddle-free Newton', isFirstOrder: false, run: (f) => minimize(saddleFreeNewton({ damping: 0 }), f) },
  {
    title: 'saddle-free Krylov',
    isFirstOrder: false,
    run: (f) => minimize(saddleFreeKrylov({ dimension: krylovDimension, damping: 1e-9 }), f),
  },
  { title: 'L-BFGS', isFirstOrder: true, run: (f) => minimize(lbfgs({ lineSearch: backtracking() }), f) },
  { title: 'nonconvex Newton', isFirstOrder: false, run: (f) => minimize(nonconvexNewton(), f) },
  { title: 'trust region', isFirstOrder: false, run: (f) => minimize(trustRegion(), f) },
  { title: 'cubic Newton', isFirstOrder: false, run: (f) => minimize(cubicNewton(), f) },
]
