/** Rows of what searches along a line: conjugate gradients, secants, truncated and modified Newton directions, and pairs of one's own. */
import { matmul, type Tensor } from 'gradus'
import { armijo, flatEnough, type SearchedStep } from 'gradus/laws'
import * as O from 'gradus/optimize'
import { sameKeyOf, secantOf } from './parts.js'
import { type Change, type Row, rowOf, saddleStep } from './Row.js'

const turned: ReadonlyArray<Change> = ['translations', 'permutations and signs', 'rotations']

/** Where the loss falls without end along a line, no step meets the conditions of Wolfe. */
const notWithoutEnd = ['first step, convex', 'loss, convex', 'loss'] as const

const overInOne = 'it is over after one step, and what follows is rounding'

const everyDescent = ['first step, convex', 'first step', 'loss, convex', 'loss'] as const

/** What strong Wolfe conditions ask, with the constants of the search. */
const wolfe = (decrease: number, curvature: number): Readonly<Record<string, (step: SearchedStep) => number>> => ({
  decrease: armijo(decrease),
  slope: flatEnough(curvature),
})

const dense = ([{ inverse }]: readonly [{ readonly inverse: Tensor | null }, unknown], v: Tensor): Tensor | null =>
  inverse === null ? null : matmul(inverse, v)

const bfgs = O.bfgs()
const lbfgs = O.lbfgs()
const sr1 = O.sr1()

export const searched: ReadonlyArray<Row> = [
  rowOf({
    maker: 'along',
    setting: 'steepestDescent, strongWolfe',
    family: 'Along a line',
    optimizer: O.along(O.steepestDescent(), O.strongWolfe()),
    refuses: {
      decrease: (decrease) => O.strongWolfe({ decrease }),
      curvature: (curvature) => O.strongWolfe({ curvature }),
    },
    descends: notWithoutEnd,
    search: wolfe(1e-4, 0.9),
    equivariant: turned,
    solves: [],
  }),
  rowOf({
    maker: 'along',
    setting: 'steepestDescent, backtracking',
    family: 'Along a line',
    optimizer: O.along(O.steepestDescent(), O.backtracking()),
    refuses: { shrink: (shrink) => O.backtracking({ shrink }) },
    descends: everyDescent,
    search: { decrease: armijo(1e-4) },
    equivariant: turned,
    solves: [],
  }),
  rowOf({
    maker: 'nonlinearCG',
    family: 'Along a line',
    optimizer: O.nonlinearCG(),
    refuses: {},
    descends: notWithoutEnd,
    equivariant: turned,
    open: { 'a factor of the loss': 'it is, as far as lines are searched exactly' },
    solves: [],
  }),
  rowOf({
    maker: 'nonlinearCG',
    setting: 'PR+',
    family: 'Along a line',
    optimizer: O.nonlinearCG({ variant: 'PR+' }),
    refuses: {},
    descends: notWithoutEnd,
    search: wolfe(1e-4, 0.1),
    equivariant: turned,
    open: { 'a factor of the loss': 'it is, as far as lines are searched exactly' },
    solves: [],
  }),
  rowOf({
    maker: 'bfgs',
    family: 'Along a line',
    optimizer: bfgs,
    refuses: { skip: (skip) => O.bfgs({ skip }) },
    descends: notWithoutEnd,
    search: wolfe(1e-4, 0.9),
    equivariant: turned,
    solves: [],
    parts: [secantOf({ optimizer: bfgs, product: dense })],
  }),
  rowOf({
    maker: 'lbfgs',
    family: 'Along a line',
    optimizer: lbfgs,
    refuses: { memory: (memory) => O.lbfgs({ memory }) },
    descends: notWithoutEnd,
    search: wolfe(1e-4, 0.9),
    equivariant: turned,
    solves: [],
    parts: [secantOf({ optimizer: lbfgs, product: ([pairs], v) => O.inverseHessianProduct(pairs, v) })],
  }),
  rowOf({
    maker: 'sr1',
    family: 'Along a line',
    optimizer: sr1,
    refuses: { decrease: (decrease) => O.signedWolfe({ decrease }) },
    descends: notWithoutEnd,
    search: { decrease: armijo(1e-4) },
    equivariant: turned,
    solves: [],
    parts: [secantOf({ optimizer: sr1, product: dense, positive: false })],
  }),
  rowOf({
    maker: 'newtonCG',
    family: 'Along a line',
    optimizer: O.newtonCG(),
    refuses: { maximalIterations: (maximalIterations) => O.newtonCG({ maximalIterations }) },
    descends: everyDescent,
    search: { decrease: armijo(1e-4) },
    equivariant: turned,
    solves: [],
  }),
  rowOf({
    maker: 'newtonMR',
    family: 'Newton',
    optimizer: O.newtonMR({ tolerance: 0 }),
    setting: 'tolerance 0',
    refuses: { tolerance: (tolerance) => O.newtonMR({ tolerance }) },
    descends: ['first step, convex', 'loss, convex'],
    equivariant: [],
    open: {
      translations: overInOne,
      'permutations and signs': overInOne,
      rotations: overInOne,
      'a common factor': overInOne,
      'factors of single variables': overInOne,
      'linear changes': overInOne,
      'a factor of the loss': overInOne,
    },
    tolerance: 1e-6,
    solves: ['1 step, convex', '1 step', '4 steps, convex'],
  }),
  rowOf({
    maker: 'along',
    setting: 'newtonDirection, strongWolfe',
    family: 'Newton',
    optimizer: O.along(O.newtonDirection(), O.strongWolfe()),
    refuses: {},
    descends: notWithoutEnd,
    search: wolfe(1e-4, 0.9),
    equivariant: [...turned, 'a common factor', 'a factor of the loss'],
    solves: ['1 step, convex', '4 steps, convex'],
  }),
  rowOf({
    maker: 'nonconvexNewton',
    family: 'Saddle-free Newton',
    optimizer: O.nonconvexNewton(),
    refuses: { floor: (floor) => O.nonconvexNewton({ floor }), noise: (noise) => O.nonconvexNewton({ noise }) },
    descends: everyDescent,
    search: { decrease: armijo(1e-4) },
    equivariant: turned,
    open: {
      'a common factor': 'it is equivariant where no curvature falls below the floor',
      [saddleStep]: 'it is, but for noise at the saddle itself',
    },
    solves: ['1 step, convex', '4 steps, convex'],
    parts: [sameKeyOf((key) => O.nonconvexNewton({ key }))],
  }),
  rowOf({
    maker: 'along',
    setting: 'saddleFreeDirection, hagerZhang',
    family: 'Saddle-free Newton',
    optimizer: O.along(O.saddleFreeDirection({ damping: 0.1 }), O.hagerZhang()),
    refuses: { damping: (damping) => O.saddleFreeDirection({ damping }) },
    descends: notWithoutEnd,
    equivariant: turned,
    solves: [],
  }),
  rowOf({
    maker: 'saddleFreeLowRank',
    family: 'Saddle-free Newton',
    optimizer: O.saddleFreeLowRank(),
    refuses: { rank: (rank) => O.saddleFreeLowRank({ rank }) },
    descends: everyDescent,
    search: { decrease: armijo(1e-4) },
    equivariant: turned,
    open: {
      'a common factor': 'it is, as far as γ is small beside every curvature',
      'a factor of the loss': 'it is, as far as γ is small beside every curvature',
    },
    // γ = 1e-8 beside curvatures of 0.1 and more.
    tolerance: 1e-6,
    leavesSaddles: true,
    solves: ['1 step, convex', '4 steps, convex'],
  }),
  rowOf({
    maker: 'saddleFreeSeries',
    family: 'Saddle-free Newton',
    optimizer: O.saddleFreeSeries(),
    refuses: { terms: (terms) => O.saddleFreeSeries({ terms }) },
    descends: everyDescent,
    search: { decrease: armijo(1e-4) },
    equivariant: [...turned, 'a common factor', 'a factor of the loss'],
    solves: [],
  }),
  rowOf({
    maker: 'along',
    setting: 'planeDirection(steepestDescent), backtracking',
    family: 'Saddle-free Newton',
    optimizer: O.along(O.planeDirection(O.steepestDescent()), O.backtracking()),
    refuses: { damping: (damping) => O.planeDirection(O.steepestDescent(), { damping }) },
    descends: everyDescent,
    search: { decrease: armijo(1e-4) },
    equivariant: [...turned, 'a common factor', 'a factor of the loss'],
    solves: ['4 steps, convex'],
  }),
]
