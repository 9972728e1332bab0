/** What the optimizers of least squares claim, and what they deny. */
import type { LeastSquaresProperty } from 'gradus/laws'

type Under<T extends LeastSquaresProperty['_tag']> = Extract<LeastSquaresProperty, { readonly _tag: T }>

const sameSteps = (...kinds: ReadonlyArray<Under<'SameSteps'>['under']>): ReadonlyArray<LeastSquaresProperty> =>
  kinds.map((under) => ({ _tag: 'SameSteps', under }))

const equivariant = (...kinds: ReadonlyArray<Under<'Equivariant'>['under']>): ReadonlyArray<LeastSquaresProperty> =>
  kinds.map((under) => ({ _tag: 'Equivariant', under }))

export const gaussNewtonClaims: ReadonlyArray<LeastSquaresProperty> = [
  { _tag: 'SolvesLinear', steps: 1 },
  ...sameSteps('rotations', 'a common factor'),
  ...equivariant('translations', 'rotations', 'linear changes'),
]

export const gaussNewtonDenials: ReadonlyArray<LeastSquaresProperty> = [
  { _tag: 'Decreases' },
  ...sameSteps('weights of single residuals'),
]

export const marquardtClaims: ReadonlyArray<LeastSquaresProperty> = [
  { _tag: 'Decreases' },
  ...sameSteps('rotations', 'a common factor'),
  ...equivariant('translations', 'permutations and signs', 'a common factor', 'factors of single variables'),
]

export const marquardtDenials: ReadonlyArray<LeastSquaresProperty> = [
  { _tag: 'SolvesLinear', steps: 1 },
  ...sameSteps('weights of single residuals'),
  ...equivariant('rotations', 'linear changes'),
]

export const unscaledClaims: ReadonlyArray<LeastSquaresProperty> = [
  { _tag: 'Decreases' },
  ...sameSteps('rotations', 'a common factor'),
  ...equivariant('translations', 'permutations and signs', 'a common factor'),
]
