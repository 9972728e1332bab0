/** A right loss: logistic regression with a ridge, which is convex. Every law holds: `npx gradus check examples/check/right.ts`. */
import { add, matmul, mean, mul, softplus, square, sum, type Tensor, tensor } from 'gradus'

const inputs = tensor([
  [0.5, -1.2],
  [1.5, 0.3],
  [-0.7, 0.9],
  [-1.1, -0.4],
])
const signs = tensor([1, 1, -1, -1])

export interface Weights {
  readonly slope: Tensor
  readonly bias: Tensor
}

export const loss = ({ slope, bias }: Weights): Tensor => {
  const margins = mul(signs, add(matmul(inputs, slope), bias))
  return add(mean(softplus(mul(-1, margins))), mul(0.05, sum(square(slope))))
}

export const params: Weights = { slope: tensor([0.2, -0.1]), bias: tensor(0) }

export const claims = { convex: true }
