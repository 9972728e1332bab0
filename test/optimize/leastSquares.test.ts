import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  grad,
  jacfwd,
  matmul,
  mul,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  transpose,
} from 'gradus'
import {
  batchComposite,
  batchLeastSquares,
  boundedIn,
  compositeObjective,
  fitErrors,
  lbfgsb,
  leastSquares,
  minimize,
  projectedGradientBelow,
  type SumOfSquares,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

const flatOf = (t: Tensor): ReadonlyArray<number> => [toArray(t)].flat(3).map(Number)

const weights = tensor([
  [1, 2],
  [0, -1],
  [3, 1],
])

const residuals = (x: Tensor): { readonly waves: Tensor; readonly size: Tensor } => ({
  waves: sin(matmul(weights, x)),
  size: sum(square(x)),
})

const inRow = (x: Tensor): Tensor =>
  add(
    matmul(
      tensor([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ]),
      sin(matmul(weights, x)),
    ),
    mul(tensor([0, 0, 0, 1]), sum(square(x))),
  )

const at = tensor([0.3, -0.7])
const v = tensor([2, 5])
const u = tensor([1, -2, 3, 4])

const both: ReadonlyArray<readonly [string, SumOfSquares<Tensor>]> = [
  ['eager', leastSquares(residuals, { compilation: 'never' })],
  ['compiled', leastSquares(residuals, { compilation: 'auto' })],
]

describe.each(both)('least squares, %s', (_, fit) => {
  const jacobian = jacfwd(inRow)(at)

  it('has the loss of its residuals and the gradient Jᵀr', () => {
    const [value, gradient] = fit.valueAndGrad(at)
    expect(value).toBe(fit.value(at))
    expect(value).toBeCloseTo(flatOf(inRow(at)).reduce((total, r) => total + r * r, 0) / 2, 14)
    expectNear(gradient, flatOf(grad((x: Tensor) => mul(0.5, sum(square(inRow(x)))))(at)), 1e-14)
  })

  it('has a tree of residuals in one row, with the derivative both ways and as a matrix', () => {
    const { values, product, transposed, matrix } = fit.residuals(at)
    expectNear(values, flatOf(inRow(at)), 1e-15)
    expectNear(product(v), flatOf(matmul(jacobian, v)), 1e-14)
    expectNear(transposed(u), flatOf(matmul(transpose(jacobian), u)), 1e-14)
    expectNear(matrix(), flatOf(jacobian), 1e-14)
  })

  it('has the Gauss-Newton matrix JᵀJ', () => {
    const curvature = fit.gaussNewton(at)
    expectNear(curvature.matrix(), flatOf(matmul(transpose(jacobian), jacobian)), 1e-13)
    expectNear(curvature.apply(v), flatOf(matmul(transpose(jacobian), matmul(jacobian, v))), 1e-13)
  })
})

it('a Jacobian with fewer rows than columns is the same', () => {
  const wide = leastSquares((x: Tensor) => sin(sum(square(x))))
  expectNear(wide.residuals(v).matrix(), flatOf(mul(2 * Math.cos(29), v)), 1e-13)
})

it('batches share one objective', () => {
  const on = batchLeastSquares((x: Tensor, batch: Tensor) => sub(batch, x))
  expect(on(tensor([1, 3])).value(tensor(2))).toBe(1)
  expect(on(tensor([2, 2])).value(tensor(2))).toBe(0)
  const composite = batchComposite(
    (x: Tensor, batch: Tensor) => mul(x, batch),
    (y: Tensor, batch: Tensor) => sum(square(sub(y, mul(2, batch)))),
  )
  expect(composite(tensor([1, 3])).value(tensor(2))).toBe(0)
  expectNear(
    composite(tensor([1, 3]))
      .gaussNewton(tensor(1))
      .apply(tensor(1)),
    [20],
    1e-14,
  )
})

it('the matrix of a composite is that of its model and loss', () => {
  const fit = compositeObjective(inRow, (y: Tensor) => mul(0.5, sum(square(y))))
  expectNear(fit.gaussNewton(at).matrix(), flatOf(leastSquares(inRow).gaussNewton(at).matrix()), 1e-13)
})

it('fits need more residuals than parameters', () => {
  const fit = leastSquares((x: Tensor) => sub(x, 1))
  expect(defectOf(() => fitErrors(fit.residuals(v), v))).toContain('more residuals than the 2 parameters')
})

describe('errors of a fit at bounds', () => {
  const rows = tensor([
    [1, 0, 2],
    [0, 3, 1],
    [1, 1, 1],
    [2, -1, 0],
    [1, 2, -1],
  ])
  const line = leastSquares((x: Tensor) => sub(matmul(rows, x), tensor([1, 2, 3, 4, 0])))

  it('are those of the fit in which what is held is known', () => {
    const bounds = { lower: tensor([-9, 0.7, -9]), upper: tensor([9, 9, 9]) }
    const { last } = pipe(
      tensor([1, 1, 1]),
      minimize(lbfgsb(), boundedIn(bounds)(line)),
      takeUntil(projectedGradientBelow(1e-10)),
    )
    expect(toFloat64Array(last.params)[1]).toBe(0.7)
    const found = fitErrors(line.residuals(last.params), last.params, { bounds })
    const known = leastSquares((x: Tensor) =>
      sub(
        matmul(
          rows,
          add(
            matmul(
              tensor([
                [1, 0],
                [0, 0],
                [0, 1],
              ]),
              x,
            ),
            tensor([0, 0.7, 0]),
          ),
        ),
        tensor([1, 2, 3, 4, 0]),
      ),
    )
    const [a = 0, , c = 0] = toFloat64Array(last.params)
    const at = tensor([a, c])
    const expected = fitErrors(known.residuals(at), at)
    const [first = 0, third = 0] = toFloat64Array(expected.standardErrors)
    expectNear(found.standardErrors, [first, 0, third], 1e-12)
    expect(found.estimated).toBe(2)
    expect(found.variance).toBeCloseTo(expected.variance, 12)
    const [aa = 0, ac = 0, ca = 0, cc = 0] = toFloat64Array(expected.covariance)
    expectNear(
      found.covariance,
      [
        [aa, 0, ac],
        [0, 0, 0],
        [ca, 0, cc],
      ],
      1e-12,
    )
  })

  it('are those without a box where no bound pushes', () => {
    const at = tensor([1.2, 0.3, 0.4])
    // On a bound that the gradient would rather leave, a parameter is free.
    const [, gradient] = line.valueAndGrad(at)
    const sign = Math.sign(toFloat64Array(gradient)[0] ?? 0)
    const bounds = {
      lower: tensor([sign < 0 ? 1.2 : -9, -9, -9]),
      upper: tensor([sign < 0 ? 9 : 1.2, 9, 9]),
    }
    const [plain, boxed] = [fitErrors(line.residuals(at), at), fitErrors(line.residuals(at), at, { bounds })]
    expectNear(boxed.covariance, toArray(plain.covariance), 1e-13)
    expect(boxed.estimated).toBe(3)
  })

  it('of a fit in which all is held there are none, and its variance has all residuals', () => {
    const bounds = { lower: tensor([1, 1, 1]), upper: tensor([1, 1, 1]) }
    const at = tensor([1, 1, 1])
    const found = fitErrors(line.residuals(at), at, { bounds })
    expectNear(found.standardErrors, [0, 0, 0])
    expect(found.variance).toBeCloseTo((2 * line.value(at)) / 5, 12)
  })
})
