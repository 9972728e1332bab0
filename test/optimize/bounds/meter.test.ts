import { pipe } from 'fp-ts/lib/function.js'
import { matmul, mean, randomKey, square, sub, sum, type Tensor, tensor } from 'gradus'
import { gaussianLikelihood } from 'gradus/curvature'
import { leastSquares, withDrawnSquares, withGradientSquares } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { meter } from '../../../src/optimize/bounds/meter.js'

const rows = tensor([
  [1, 0],
  [0, 2],
  [1, 1],
])
const target = tensor([1, 2, 3])
const at = tensor([0, 1])
const along = tensor([1, 0])

const model = (p: Tensor): Tensor => matmul(rows, p)

/** An objective that can be asked everything. */
const fit = pipe(
  leastSquares((p: Tensor) => sub(model(p), target)),
  withGradientSquares((p: Tensor, example: Tensor) => sum(square(sub(p, example))), tensor([[1, 2]])),
  withDrawnSquares(model, gaussianLikelihood()),
)

const inner = { ...fit, inside: leastSquares((p: Tensor) => sub(mean(p), 1)) }

type Asked = typeof inner

describe('a meter counts what is asked', () => {
  it.each<readonly [string, (of: Asked) => unknown, object]>([
    ['values', (of) => of.value(at), { evaluations: 1 }],
    ['gradients', (of) => of.valueAndGrad(at), { gradients: 1 }],
    ['products', (of) => of.hessian(at).apply(along), { products: 1 }],
    [
      'products of several directions',
      (of) =>
        of.hessian(at).applyMany?.(
          tensor([
            [1, 0],
            [0, 1],
            [1, 1],
          ]),
        ),
      { products: 3 },
    ],
    ['matrices by their columns', (of) => of.gaussNewton(at).matrix(), { products: 2 }],
    ['residuals as a value', (of) => of.residuals(at).values, { evaluations: 1 }],
    ['products with their derivative', (of) => of.residuals(at).product(along), { evaluations: 1, products: 1 }],
    ['and with its transpose', (of) => of.residuals(at).transposed(target), { evaluations: 1, products: 1 }],
    ['the derivative by columns or rows', (of) => of.residuals(at).matrix(), { evaluations: 1, products: 2 }],
    ['squares of gradients as a gradient', (of) => of.gradientSquares(at), { gradients: 1 }],
    ['and those for drawn targets', (of) => of.drawnSquares(at, randomKey(1)), { gradients: 1 }],
    ['values inside a subspace', (of) => of.inside.value(at), { evaluations: 1 }],
    ['gradients there', (of) => of.inside.valueAndGrad(at), { gradients: 1 }],
  ])('%s', (_, ask, spent) => {
    const { metered, spent: told } = meter<Tensor>()
    ask(metered(inner))
    expect(told()).toEqual(spent)
  })

  it('and knows whether curvature was among it', () => {
    const { metered, isCurved } = meter<Tensor>()
    metered(inner).value(at)
    expect(isCurved()).toBe(false)
    metered(inner).residuals(at)
    expect(isCurved()).toBe(true)
  })
})
