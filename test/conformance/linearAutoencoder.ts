/**
 * The critical points of a deep linear autoencoder in closed form (Baldi & Hornik 1989; Frye et al. 2021, with k = 16 and p = 4):
 * for each set S of at most p eigenvectors of the covariance, the map that keeps them. Up to coordinates of the code these are all.
 *
 *     loss Σ_{j∉S} λⱼ / k,    index #{(i ∈ S, j ∉ S): λⱼ > λᵢ} + (p − |S|)(k − |S|)
 */
import {
  div,
  eye,
  foldIn,
  type Key,
  matmul,
  mul,
  normal,
  solve,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from 'gradus'

export interface Autoencoder {
  /** `[p, k]`. */
  readonly encoder: Tensor
  /** `[k, p]`. */
  readonly decoder: Tensor
}

export type Class = ReadonlyArray<number>

/** All sets of at most `most` of 0 … k − 1, in ascending order. */
export const classes = (k: number, most: number): ReadonlyArray<Class> =>
  Array.from({ length: k }, (_, j) => j).reduce<ReadonlyArray<Class>>(
    (found, j) => [...found, ...found.filter((set) => set.length < most).map((set) => [...set, j])],
    [[]],
  )

/** The mean squared error of an entry, E‖x − W₂ W₁ x‖² / k, for data with the covariance Q diag(λ) Qᵀ, which is all that counts. */
export const lossOf = (eigenvalues: ReadonlyArray<number>, basis: Tensor): ((p: Autoencoder) => Tensor) => {
  const k = eigenvalues.length
  const root = mul(basis, tensor(eigenvalues.map(Math.sqrt)))
  return ({ encoder, decoder }) => div(sum(square(sub(root, matmul(decoder, matmul(encoder, root))))), k)
}

/** The critical point of a class, with random coordinates C of the code: W₂ = Q_S C, W₁ = C⁻¹ Q_Sᵀ, where Q_S ends in zeros. */
export const criticalPoint = (key: Key, basis: Tensor, p: number, set: Class): Autoencoder => {
  const [k = 0] = basis.shape
  const chosen = tensor(
    Array.from({ length: k }, (_, j) => Array.from({ length: p }, (__, i) => (set[i] === j ? 1 : 0))),
  )
  const kept = matmul(basis, chosen)
  // Close enough to the identity to be invertible for certain: its deviation has norm below 1.
  const deviation = normal(foldIn(key, 1), [p, p])
  const coordinates = sub(eye(p), mul(deviation, 0.5 / Math.max(1, p * 4)))
  return { decoder: matmul(kept, coordinates), encoder: solve(coordinates, transpose(kept)) }
}

export const lossInClosedForm = (eigenvalues: ReadonlyArray<number>, set: Class): number =>
  eigenvalues.reduce((total, value, j) => (set.includes(j) ? total : total + value), 0) / eigenvalues.length

export const indexInClosedForm = (eigenvalues: ReadonlyArray<number>, p: number, set: Class): number => {
  const k = eigenvalues.length
  const better = set.reduce(
    (count, i) => count + eigenvalues.filter((value, j) => !set.includes(j) && value > (eigenvalues[i] ?? 0)).length,
    0,
  )
  return better + (p - set.length) * (k - set.length)
}
