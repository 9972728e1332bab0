import { type OptimizerProperty, optimizerLaws, register } from 'gradus/laws'
import {
  absoluteCurvature,
  cubicNewton,
  hessianCurvature,
  hessianFreeWith,
  trustRegion,
  trustRegionWith,
} from 'gradus/optimize'
import { describe, it } from 'vitest'

const quick = { instances: 30 }

const common: ReadonlyArray<OptimizerProperty> = [
  { _tag: 'Descends', spectrum: 'indefinite' },
  { _tag: 'Decreases', spectrum: 'indefinite' },
  { _tag: 'Decreases', spectrum: 'degenerate' },
  { _tag: 'Decreases', spectrum: 'ill conditioned' },
  { _tag: 'Equivariant', under: 'translations', generic: true },
  { _tag: 'Equivariant', under: 'rotations', generic: true },
  { _tag: 'Equivariant', under: 'permutations and signs', generic: true },
  { _tag: 'NotEquivariant', under: 'a common factor' },
  { _tag: 'NotEquivariant', under: 'linear changes' },
]

// A radius that no Newton step of these quadratics leaves, with eigenvalues of 0.1 or more and points and slopes up to 3.
const wide = { radius: 1e3 }

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'trust region',
    optimizer: trustRegion(),
    claims: [...common, { _tag: 'IgnoresScale' }],
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'trust region, wide',
    optimizer: trustRegion(wide),
    claims: [{ _tag: 'Solves', spectrum: 'positive', steps: 1 }],
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'trust region by Lanczos, wide',
    optimizer: trustRegion({ solver: 'lanczos', tolerance: 0, ...wide }),
    claims: [...common.slice(0, 7), { _tag: 'Solves', spectrum: 'positive', steps: 1 }],
    tolerance: 1e-7,
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'trust region by Steihaug',
    optimizer: trustRegion({ solver: 'steihaug', tolerance: 1e-12, dimension: 20, ...wide }),
    // Of four dimensions and condition 100, conjugate gradients leave rounding of that size.
    tolerance: 1e-7,
    claims: [...common.slice(0, 4), { _tag: 'Solves', spectrum: 'positive', steps: 1 }],
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'saddle-free trust region',
    optimizer: trustRegionWith(absoluteCurvature)(wide),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Decreases', spectrum: 'indefinite' },
      { _tag: 'Equivariant', under: 'rotations', generic: true },
      { _tag: 'NotEquivariant', under: 'linear changes' },
      { _tag: 'IgnoresScale' },
      { _tag: 'Multiplies', factor: (eigenvalue) => (eigenvalue > 0 ? 0 : 2) },
    ],
  }),
)

for (const solver of ['exact', 'krylov'] as const)
  register(
    { describe, it },
    quick,
  )(
    optimizerLaws({
      name: `cubic newton, ${solver}`,
      optimizer: cubicNewton({ solver, tolerance: 0 }),
      claims: [...common, { _tag: 'DependsOnScale' }],
      tolerance: 1e-7,
    }),
  )

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'hessian-free',
    optimizer: hessianFreeWith(hessianCurvature)({ tolerance: 1e-12 }),
    claims: [...common, { _tag: 'DependsOnScale' }],
    // Of four dimensions and condition 100, conjugate gradients leave rounding of that size.
    tolerance: 1e-7,
  }),
)

register(
  { describe, it },
  quick,
)(
  optimizerLaws({
    name: 'hessian-free, hardly damped',
    optimizer: hessianFreeWith(hessianCurvature)({ damping: 1e-13, tolerance: 1e-12 }),
    claims: [{ _tag: 'Solves', spectrum: 'positive', steps: 1 }],
    tolerance: 1e-7,
  }),
)
