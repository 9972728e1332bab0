/** One step of an optimizer as a value that laws compare, and the losses that have known steps. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  type Loss,
  matmul,
  mul,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  transpose,
  treeAxpy,
} from '../src/index.js'
import {
  type Damping,
  type Iterate,
  minimize,
  type Optimizer,
  objective,
  type StateOf,
  type StateType,
  type StepFailure,
  showStepFailure,
} from '../src/optimize/index.js'
import { type Evidence, same } from './close.js'

/**
 * An optimizer that claims to be saddle-free Newton, for problems of up to five parameters at least.
 *
 * @since 0.1.0
 */
export interface SaddleFreeClaim<F extends StateType> {
  readonly name: string
  readonly make: (damping: Damping) => Optimizer<F>
  /** Allowed error of a step, relative to its size or to 1; default 1e-9. */
  readonly tolerance?: number
}

/** ½ xᵀ A x + bᵀ x. */
export const quadratic =
  (matrix: Tensor, linear: Tensor | number = 0) =>
  (x: Tensor): Tensor =>
    sum(mul(add(mul(0.5, matmul(matrix, x)), linear), x))

/** ½ Σ λᵢ xᵢ², whose eigenvectors are exactly the axes. */
export const diagonalQuadratic =
  (eigenvalues: ReadonlyArray<number>, linear: Tensor | number = 0) =>
  (x: Tensor): Tensor =>
    sum(mul(add(mul(tensor(eigenvalues.map((value) => value / 2)), x), linear), x))

/** Where the first step from a point leads, or why it is not taken. */
export const firstStep = <F extends StateType, P>(
  optimizer: Optimizer<F>,
  loss: Loss<P>,
  at: P,
): E.Either<StepFailure<P, StateOf<F, P>>, Iterate<P, StateOf<F, P>>> => {
  const iterator = minimize(optimizer, objective(loss))(at)[Symbol.iterator]()
  const start = iterator.next()
  const next = iterator.next()
  return start.done === true ? E.left(start.value) : next.done === true ? E.left(next.value) : E.right(next.value)
}

/** The first of at most `most` steps at which something holds; `most` + 1 if none. */
export const stepsUntil = <F extends StateType, P>(
  optimizer: Optimizer<F>,
  loss: Loss<P>,
  at: P,
  holds: (it: Iterate<P, StateOf<F, P>>) => boolean,
  most: number,
): number => {
  for (const it of minimize(optimizer, objective(loss))(at)) {
    if (holds(it)) return it.step
    if (it.step >= most) return most + 1
  }
  return most + 1
}

/** The evidence of a step, what is added to the parameters; a step that is not taken fails the law. */
export const ofStep = <F extends StateType, P>(
  optimizer: Optimizer<F>,
  loss: Loss<P>,
  at: P,
  evidenceOf: (step: P, reached: Iterate<P, StateOf<F, P>>) => Evidence,
): Evidence =>
  pipe(
    firstStep(optimizer, loss, at),
    E.match(
      (failure) => same(showStepFailure(failure), 'a step'),
      (reached) => evidenceOf(treeAxpy(-1, at, reached.params), reached),
    ),
  )

/** Coordinates along the columns of an orthogonal matrix. */
export const along = (basis: Tensor, x: Tensor): ReadonlyArray<number> => [
  ...toFloat64Array(matmul(transpose(basis), x)),
]

/** The vector with these coordinates. */
export const fromAlong = (basis: Tensor, coordinates: ReadonlyArray<number>): Tensor =>
  matmul(basis, tensor(coordinates))

/** −V diag(1 / divisor(λᵢ)) Vᵀ g from the eigenvectors by which the matrix was made. */
export const spectralStep = (
  { basis, eigenvalues }: { readonly basis: Tensor; readonly eigenvalues: ReadonlyArray<number> },
  gradient: Tensor,
  divisor: (eigenvalue: number) => number,
): Tensor =>
  fromAlong(
    basis,
    along(basis, gradient).map((part, i) => -part / divisor(eigenvalues[i] ?? Number.NaN)),
  )
