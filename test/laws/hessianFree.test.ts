/** Hessian-free steps on Hessians themselves, which the table of all optimizers asks of residuals only. */
import { optimizerLaws, register } from 'gradus/laws'
import { hessianCurvature, hessianFreeWith } from 'gradus/optimize'
import { describe, it } from 'vitest'

// Of four dimensions and condition 100, conjugate gradients leave rounding of that size.
const tolerance = 1e-7

register(
  { describe, it },
  { instances: 30 },
)(
  optimizerLaws({
    name: 'hessian-free',
    optimizer: hessianFreeWith(hessianCurvature)({ tolerance: 1e-12 }),
    claims: [
      { _tag: 'Descends', spectrum: 'indefinite' },
      { _tag: 'Decreases', spectrum: 'indefinite' },
      { _tag: 'Decreases', spectrum: 'degenerate' },
      { _tag: 'Decreases', spectrum: 'ill conditioned' },
      { _tag: 'Equivariant', under: 'translations', generic: true },
      { _tag: 'Equivariant', under: 'rotations', generic: true },
      { _tag: 'Equivariant', under: 'permutations and signs', generic: true },
      { _tag: 'NotEquivariant', under: 'a common factor' },
      { _tag: 'NotEquivariant', under: 'linear changes' },
      { _tag: 'DependsOnScale' },
    ],
    tolerance,
  }),
)

register(
  { describe, it },
  { instances: 30 },
)(
  optimizerLaws({
    name: 'hessian-free, hardly damped',
    optimizer: hessianFreeWith(hessianCurvature)({ damping: 1e-13, tolerance: 1e-12 }),
    claims: [{ _tag: 'Solves', spectrum: 'positive', steps: 1 }],
    tolerance,
  }),
)
