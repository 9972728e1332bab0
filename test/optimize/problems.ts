/** Losses with known minimizers (Moré, Garbow and Hillstrom 1981; Himmelblau 1972). */
import { add, mul, pow, scalar, slice, square, sub, sum, type Tensor, take, tensor } from 'gradus'

export interface Problem {
  readonly name: string
  readonly loss: (x: Tensor) => Tensor
  readonly start: Tensor
  readonly minimizers: ReadonlyArray<ReadonlyArray<number>>
  readonly minimum: number
  /** The value at the critical point that Newton's method, undamped, falls into from the start. */
  readonly newton: number
  /** How near an iterate comes to a minimizer; singular Hessians allow less. */
  readonly nearness: number
}

const at = (x: Tensor, i: number): Tensor => take(x, scalar(i))

const ends = (x: Tensor, from: number, to: number): Tensor => slice(x, [from], [to])

/** Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
export const rosenbrock = (x: Tensor): Tensor => {
  const [n = 0] = x.shape
  const [head, tail] = [ends(x, 0, n - 1), ends(x, 1, n)]
  return sum(add(mul(100, square(sub(tail, square(head)))), square(sub(1, head))))
}

const beale = (x: Tensor): Tensor => {
  const [a, b] = [at(x, 0), at(x, 1)]
  const term = (target: number, power: number): Tensor => square(sub(target, mul(a, sub(1, pow(b, power)))))
  return add(add(term(1.5, 1), term(2.25, 2)), term(2.625, 3))
}

const powellSingular = (x: Tensor): Tensor => {
  const [a, b, c, d] = [at(x, 0), at(x, 1), at(x, 2), at(x, 3)]
  return add(
    add(square(add(a, mul(10, b))), mul(5, square(sub(c, d)))),
    add(pow(sub(b, mul(2, c)), 4), mul(10, pow(sub(a, d), 4))),
  )
}

export const himmelblau = (x: Tensor): Tensor => {
  const [a, b] = [at(x, 0), at(x, 1)]
  return add(square(sub(add(square(a), b), 11)), square(sub(add(a, square(b)), 7)))
}

const wood = (x: Tensor): Tensor => {
  const [a, b, c, d] = [at(x, 0), at(x, 1), at(x, 2), at(x, 3)]
  return add(
    add(
      add(mul(100, square(sub(b, square(a)))), square(sub(1, a))),
      add(mul(90, square(sub(d, square(c)))), square(sub(1, c))),
    ),
    add(mul(10, square(sub(add(b, d), 2))), mul(0.1, square(sub(b, d)))),
  )
}

const tenDimensions = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? -1.2 : 1))

export const problems: ReadonlyArray<Problem> = [
  {
    name: 'Rosenbrock',
    loss: rosenbrock,
    start: tensor([-1.2, 1]),
    minimizers: [[1, 1]],
    minimum: 0,
    newton: 0,
    nearness: 1e-6,
  },
  {
    // From this start the descent ends in the second, local minimizer; its value is known from the literature.
    name: 'Rosenbrock in ten dimensions',
    loss: rosenbrock,
    start: tensor(tenDimensions),
    minimizers: [[-0.99326, 0.99661, 0.99824, 0.99899, 0.99923, 0.99907, 0.99845, 0.99706, 0.99418, 0.98839]],
    minimum: 3.98657911,
    newton: 0,
    nearness: 2e-5,
  },
  // Newton steps to the saddle at (0, 1) in one.
  {
    name: 'Beale',
    loss: beale,
    start: tensor([1, 1]),
    minimizers: [[3, 0.5]],
    minimum: 0,
    newton: 14.203125,
    nearness: 1e-6,
  },
  {
    // The Hessian at the minimizer is singular: convergence is linear, and the gradient is small long before.
    name: 'Powell singular',
    loss: powellSingular,
    start: tensor([3, -1, 0, 1]),
    minimizers: [[0, 0, 0, 0]],
    minimum: 0,
    newton: 0,
    nearness: 0.01,
  },
  {
    name: 'Himmelblau',
    loss: himmelblau,
    start: tensor([0.1, -0.2]),
    minimizers: [
      [3, 2],
      [-2.805118086952745, 3.131312518250573],
      [-3.779310253377747, -3.283185991286169],
      [3.584428340330492, -1.848126526964404],
    ],
    minimum: 0,
    // The maximum between the four minima.
    newton: 181.616522,
    nearness: 1e-6,
  },
  // The saddle near (−1, 1, −1, 1) is the famous trap of this function.
  {
    name: 'Wood',
    loss: wood,
    start: tensor([-3, -1, -3, -1]),
    minimizers: [[1, 1, 1, 1]],
    minimum: 0,
    newton: 7.876967,
    nearness: 1e-6,
  },
]
