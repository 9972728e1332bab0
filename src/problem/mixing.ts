/** Rotations without a matrix: a few random reflections, so that a problem of a thousand variables costs a few dot products. */
import type { Tensor } from '../data/Tensor.js'
import { foldIn, type Key, normal } from '../function/random.js'
import { norm } from '../function/statistics.js'
import { div, mul, sub } from '../primitive/arithmetic.js'
import { dot } from '../primitive/contraction.js'

/** How many reflections: with three, no variable is left nearly alone. */
const reflections = 3

/** x ↦ (I − 2u₃u₃ᵀ)(I − 2u₂u₂ᵀ)(I − 2u₁u₁ᵀ) x for random unit vectors: orthogonal, its inverse is the other order. */
export const mixing = (
  key: Key,
  n: number,
): { readonly mix: (x: Tensor) => Tensor; readonly unmix: (x: Tensor) => Tensor } => {
  const units = Array.from({ length: reflections }, (_, k) => {
    const direction = normal(foldIn(key, k), [n])
    return div(direction, norm(direction))
  })
  const reflected = (x: Tensor, u: Tensor): Tensor => sub(x, mul(mul(2, dot(u, x)), u))
  return {
    mix: (x) => units.reduce(reflected, x),
    unmix: (x) => units.reduceRight(reflected, x),
  }
}
