/** An objective that can be asked everything, and runs on it to the bit. */
import { pipe } from 'fp-ts/lib/function.js'
import { add, concat, matmul, mul, reshape, square, sub, sum, type Tensor, tensor } from 'gradus'
import { encodeData } from 'gradus/codec'
import { gaussianLikelihood } from 'gradus/curvature'
import { type Ability, boundedIn, leastSquares, type Run, withDrawnSquares, withGradientSquares } from 'gradus/optimize'

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

const outputs = ({ weight, bias }: Params): Tensor => add(matmul(inputs, weight), bias)

export const objective = pipe(
  leastSquares((p: Params) => {
    const { weight, bias } = p
    return concat([reshape(sub(outputs(p), 0.5), [8]), mul(0.1, reshape(weight, [4])), mul(0.1, bias)])
  }),
  boundedIn(box),
  withGradientSquares(
    ({ weight, bias }: Params, row: Tensor) => sum(square(sub(add(matmul(row, weight), bias), 0.5))),
    inputs,
  ),
  withDrawnSquares(outputs, gaussianLikelihood()),
)

export const abilities: ReadonlyArray<Ability> = [
  'hessian',
  'gaussNewton',
  'residuals',
  'gradientSquares',
  'drawnSquares',
  'bounds',
]

/** Four iterates to the bit, and how it ended. */
export const essence = <P, S>(run: Run<P, S>): unknown => {
  const iterator = run[Symbol.iterator]()
  return Array.from({ length: 4 }, () => iterator.next()).map((next) =>
    next.done === true
      ? (next.value?._tag ?? 'ended')
      : encodeData([next.value.step, next.value.params, next.value.state, next.value.value]),
  )
}
