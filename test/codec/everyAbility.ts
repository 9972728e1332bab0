/** An objective that can be asked everything, and runs on it to the bit. */
import { add, concat, matmul, mul, reshape, sub, type Tensor, tensor } from 'gradus'
import { encodeData } from 'gradus/codec'
import { type Ability, boundedIn, leastSquares, type Run } from 'gradus/optimize'

export interface Params {
  readonly weight: Tensor
  readonly bias: Tensor
}

export const start: Params = {
  weight: tensor([
    [0.5, -1],
    [1.5, 0.25],
  ]),
  bias: tensor([0.1, -0.2]),
}

const inputs = tensor([
  [1, 2],
  [-1, 0.5],
  [0.5, 1],
  [2, -1],
])

/** A sum of squares in a box: every ability that an optimizer can ask for. */
const box = {
  lower: {
    weight: mul(
      -9,
      tensor([
        [1, 1],
        [1, 1],
      ]),
    ),
    bias: tensor([-9, -9]),
  },
  upper: {
    weight: mul(
      9,
      tensor([
        [1, 1],
        [1, 1],
      ]),
    ),
    bias: tensor([9, 9]),
  },
}
export const objective = boundedIn(box)(
  leastSquares(({ weight, bias }: Params) => {
    const out = add(matmul(inputs, weight), bias)
    return concat([reshape(sub(out, 0.5), [8]), mul(0.1, reshape(weight, [4])), mul(0.1, bias)])
  }),
)
export const abilities: ReadonlyArray<Ability> = ['hessian', 'gaussNewton', 'residuals', 'bounds']

/** Four iterates to the bit, and how it ended. */
export const essence = <P, S>(run: Run<P, S>): unknown => {
  const iterator = run[Symbol.iterator]()
  return Array.from({ length: 4 }, () => iterator.next()).map((next) =>
    next.done === true
      ? (next.value?._tag ?? 'ended')
      : encodeData([next.value.step, next.value.params, next.value.state, next.value.value]),
  )
}
