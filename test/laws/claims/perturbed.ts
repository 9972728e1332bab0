/** Perturbed gradient descent on quadratics of curvatures up to 2, with the constants of Jin et al. written out a second time. */
import type { PerturbationClaim } from 'gradus/laws'
import { type PerturbedState, perturbedGradientDescent } from 'gradus/optimize'

const known = { smoothness: 2, hessianSmoothness: 1, accuracy: 0.1, gap: 1, probability: 1e-9 }

/** Algorithm 3 for c = 1: χ = 3 max(log(n ℓ Δ / (ε² δ)), 4). */
const constantsOf = (size: number) => {
  const { smoothness: l, hessianSmoothness: rho, accuracy, gap, probability } = known
  const chi = 3 * Math.max(Math.log((size * l * gap) / (accuracy ** 2 * probability)), 4)
  return {
    rate: 1 / l,
    radius: accuracy / (chi ** 2 * l),
    gradientBelow: accuracy / chi ** 2,
    wait: Math.ceil((chi * l) / Math.sqrt(rho * accuracy)),
  }
}

export const perturbed: PerturbationClaim<PerturbedState> = {
  name: 'perturbed gradient descent',
  make: (key) => perturbedGradientDescent({ key, ...known }),
  constants: constantsOf,
}
