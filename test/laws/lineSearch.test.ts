import {
  armijo,
  directionLaws,
  flatEnough,
  lineSearchLaws,
  optimizerLaws,
  register,
  type SearchedStep,
} from 'gradus/laws'
import {
  along,
  backtracking,
  bfgs,
  bfgsDirection,
  conjugateDirection,
  exactNewtonDirection,
  hagerZhang,
  krylovDirection,
  lbfgs,
  lbfgsDirection,
  lowRankDirection,
  nelderMead,
  newtonCG,
  newtonDirection,
  newtonMR,
  nonconvexNewton,
  nonlinearCG,
  planeDirection,
  saddleFreeDirection,
  saddleFreeLowRank,
  saddleFreeSeries,
  seriesDirection,
  signed,
  signedWolfe,
  sr1,
  steepestDescent,
  strongWolfe,
  truncatedNewtonDirection,
} from 'gradus/optimize'
import { describe, it } from 'vitest'

const laws = register({ describe, it }, { instances: 100 })
const quick = register({ describe, it }, { instances: 30 })

for (const shrink of [0.5, 'quadratic', 'cubic'] as const)
  laws(
    lineSearchLaws({
      name: `backtracking, ${shrink}`,
      lineSearch: backtracking({ shrink, decrease: 0.1 }),
      conditions: { armijo: armijo(0.1) },
      trials: 60,
    }),
  )

for (const curvature of [0.9, 0.1, 0.01])
  laws(
    lineSearchLaws({
      name: `strong wolfe, ${curvature}`,
      lineSearch: strongWolfe({ curvature }),
      conditions: { armijo: armijo(1e-4), flat: flatEnough(curvature) },
      trials: 60,
    }),
  )

/** The Wolfe conditions or the approximate ones. */
const eitherWolfe = (step: SearchedStep): number => {
  const rounding = 4 * Number.EPSILON * Math.abs(step.slope)
  const steep = 0.9 * step.slope - step.reachedSlope - rounding
  const approximate = Math.max(
    step.reachedSlope - (2 * 0.1 - 1) * step.slope - rounding,
    step.reachedValue - step.value - 1e-6 * Math.abs(step.value),
  )
  return Math.max(steep, Math.min(armijo(0.1)(step), approximate))
}

laws(
  lineSearchLaws({
    name: 'hager-zhang',
    lineSearch: hagerZhang(),
    conditions: { 'wolfe or approximate wolfe': eitherWolfe },
    trials: 60,
  }),
)

laws(directionLaws({ name: 'steepest descent', direction: steepestDescent() }))
for (const variant of ['PR+', 'FR', 'HS+', 'DY', 'HZ'] as const)
  laws(directionLaws({ name: `conjugate ${variant}`, direction: conjugateDirection(variant) }))
laws(directionLaws({ name: 'bfgs', direction: bfgsDirection() }))
laws(directionLaws({ name: 'l-bfgs', direction: lbfgsDirection({ memory: 2 }) }))
laws(directionLaws({ name: 'newton', direction: newtonDirection() }))
laws(directionLaws({ name: 'saddle-free', direction: saddleFreeDirection({ damping: 1e-3 }) }))
laws(directionLaws({ name: 'truncated newton', direction: truncatedNewtonDirection() }))
laws(directionLaws({ name: 'low rank', direction: lowRankDirection({ rank: 2 }) }))
laws(directionLaws({ name: 'krylov', direction: krylovDirection({ damping: 1e-3 }) }))
laws(directionLaws({ name: 'series', direction: seriesDirection() }))
laws(directionLaws({ name: 'series in the plane', direction: planeDirection(seriesDirection(), { damping: 1e-3 }) }))

quick(
  optimizerLaws({
    name: 'bfgs',
    optimizer: bfgs(),
    claims: [
      { _tag: 'Descends', spectrum: 'positive' },
      { _tag: 'Decreases', spectrum: 'positive' },
      // Equivariance is compared in along.test.ts, on the way: at a minimum, which one step may reach, rounding decides how a run ends.
      // The first step is one along the gradient, which knows of no metric.
      { _tag: 'NotEquivariant', under: 'linear changes', spectrum: 'positive' },
    ],
    tolerance: 1e-6,
  }),
)
quick(
  optimizerLaws({
    name: 'l-bfgs',
    optimizer: lbfgs({ memory: 3 }),
    claims: [
      { _tag: 'Decreases', spectrum: 'positive' },
      { _tag: 'NotEquivariant', under: 'linear changes', spectrum: 'positive' },
    ],
    tolerance: 1e-6,
  }),
)
quick(
  optimizerLaws({
    name: 'conjugate gradients',
    optimizer: nonlinearCG(),
    claims: [{ _tag: 'Decreases', spectrum: 'positive' }],
    tolerance: 1e-6,
  }),
)
quick(
  optimizerLaws({
    name: 'newton with strong wolfe',
    optimizer: along(newtonDirection(), strongWolfe()),
    // One step solves, so that a second one starts from rounding, where a search may fail: newtonDirections.test.ts compares the first.
    claims: [{ _tag: 'Solves', spectrum: 'positive', steps: 1 }],
    tolerance: 1e-6,
  }),
)
quick(
  optimizerLaws({
    name: 'saddle-free with backtracking',
    optimizer: along(saddleFreeDirection(), backtracking()),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Descends', spectrum: 'negative' },
      { _tag: 'Decreases', spectrum: 'indefinite' },
      { _tag: 'Multiplies', factor: (eigenvalue) => (eigenvalue > 0 ? 0 : 2) },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'IgnoresScale' },
    ],
    tolerance: 1e-6,
  }),
)
quick(
  optimizerLaws({
    name: 'newton-mr',
    // Exactly solved, it is Newton's step on quadratics, to critical points of any kind.
    optimizer: newtonMR({ tolerance: 1e-12 }),
    claims: [{ _tag: 'Solves', spectrum: 'indefinite', steps: 1 }],
    tolerance: 1e-6,
  }),
)
quick(optimizerLaws({ name: 'sr1', optimizer: sr1(), claims: [{ _tag: 'Decreases', spectrum: 'positive' }] }))
quick(optimizerLaws({ name: 'exact newton, signed', optimizer: along(exactNewtonDirection(), signedWolfe()) }))
quick(optimizerLaws({ name: 'signed backtracking', optimizer: along(exactNewtonDirection(), signed(backtracking())) }))
quick(
  optimizerLaws({
    name: 'newton-cg',
    optimizer: newtonCG(),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Descends', spectrum: 'negative' },
      { _tag: 'Decreases', spectrum: 'indefinite' },
    ],
  }),
)
quick(
  optimizerLaws({
    name: 'nonconvex newton',
    optimizer: nonconvexNewton(),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Decreases', spectrum: 'indefinite' },
    ],
  }),
)
quick(
  optimizerLaws({
    name: 'low rank',
    optimizer: saddleFreeLowRank({ rank: 5, damping: 1e-9 }),
    claims: [
      { _tag: 'Multiplies', factor: (eigenvalue) => (eigenvalue > 0 ? 0 : 2) },
      { _tag: 'Descends', spectrum: 'indefinite' },
    ],
    tolerance: 1e-4,
  }),
)
quick(
  optimizerLaws({
    name: 'series',
    optimizer: saddleFreeSeries(),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Descends', spectrum: 'negative' },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'IgnoresScale' },
    ],
    tolerance: 1e-6,
  }),
)
quick(
  optimizerLaws({
    name: 'nelder-mead',
    optimizer: nelderMead(),
    claims: [
      { _tag: 'Decreases', spectrum: 'indefinite' },
      { _tag: 'NotEquivariant', under: 'rotations' },
    ],
  }),
)
quick(
  optimizerLaws({ name: 'steepest, nonmonotone', optimizer: along(steepestDescent(), backtracking({ memory: 5 })) }),
)
