import fc from 'fast-check'
import {
  add,
  checkpoint,
  concat,
  cond,
  conv1d,
  cumsum,
  diagonal,
  dot,
  einsum,
  exp,
  expm,
  eye,
  fromFloat64Array,
  grad,
  greater,
  hessianMatrix,
  jacrev,
  jvp,
  logSumExp,
  matmul,
  max,
  maxPool,
  mul,
  prod,
  reshape,
  rfft,
  type Sparse,
  scalar,
  scan,
  sin,
  slice,
  softmax,
  solve,
  sort,
  sparseHessian,
  sparseJacobian,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  toArray,
  toDense,
  toFloat64Array,
  transpose,
  where,
  zeros,
} from 'gradus'
import { randomFunctions, randomLosses, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

const wave = (n: number): Tensor =>
  fromFloat64Array(
    Float64Array.from({ length: n }, (_, i) => Math.sin(1 + 1.7 * i)),
    [n],
  )

/** Products of several columns add exact zeros to an entry, but batches of another size may sum in another order. */
const rounding = 1e-12

const agrees = (f: (x: Tensor) => Tensor, p: Tensor): Sparse => {
  const sparse = sparseHessian(f)(p)
  expectNear(toDense(sparse), hessianMatrix(f)(p), rounding)
  return sparse
}

const rosenbrock = (x: Tensor): Tensor => {
  const [a, b] = [slice(x, [0], [x.size - 1]), slice(x, [1], [x.size])]
  return sum(add(mul(100, square(sub(b, square(a)))), square(sub(1, a))))
}

/** Places of a matrix that are not zero. */
const nonZeros = (matrix: Tensor): ReadonlySet<number> =>
  new Set([...toFloat64Array(matrix)].flatMap((entry, at) => (entry === 0 ? [] : [at])))

const placesOf = ({ shape, rows, columns }: Sparse): ReadonlyArray<number> => {
  const across = toFloat64Array(columns)
  return [...toFloat64Array(rows)].map((row, k) => row * shape[1] + (across[k] ?? Number.NaN))
}

describe('sparseHessian', () => {
  it('of a chain takes 3 products', () => {
    const sparse = agrees(rosenbrock, wave(200))
    expect([sparse.colors, sparse.values.size]).toEqual([3, 598])
  })

  it('of an arrow takes 2 products', () => {
    const arrow = (x: Tensor): Tensor => mul(sin(take(x, tensor(0))), sum(square(x)))
    const sparse = agrees(arrow, wave(50))
    expect([sparse.colors, sparse.values.size]).toEqual([2, 148])
  })

  it('of blocks takes as many products as a block has columns', () => {
    const blocks = (x: Tensor): Tensor => sum(square(sum(exp(sin(reshape(x, [10, 4]))), { axes: [1] })))
    const sparse = agrees(blocks, wave(40))
    expect([sparse.colors, sparse.values.size]).toEqual([4, 160])
  })

  it('of a dense function takes as many products as columns', () => {
    const sparse = agrees(logSumExp, wave(20))
    expect([sparse.colors, sparse.values.size]).toEqual([20, 400])
  })

  it('of a band of five diagonals takes 5 products, or one more', () => {
    const band = (x: Tensor): Tensor =>
      sum(sin(mul(slice(x, [0], [x.size - 2]), mul(slice(x, [1], [x.size - 1]), slice(x, [2], [x.size])))))
    const sparse = agrees(band, wave(60))
    expect(sparse.values.size).toBe(60 + 2 * 59 + 2 * 58)
    expect(sparse.colors).toBeLessThanOrEqual(6)
    expect(sparse.colors).toBeGreaterThanOrEqual(5)
  })

  it('of a convolution is a band', () => {
    const sparse = agrees(
      (x) => sum(exp(sin(conv1d(reshape(x, [1, 1, 20]), tensor([[[1, -2, 3]]]), { padding: 'same' })))),
      wave(20),
    )
    expect(sparse.values.size).toBe(20 + 2 * 19 + 2 * 18)
    expect(sparse.colors).toBeLessThanOrEqual(7)
  })

  it('has nothing where nothing is curved', () => {
    const linear = (x: Tensor): Tensor => dot(x, wave(5))
    const sparse = agrees(linear, wave(5))
    expect([sparse.colors, sparse.values.size, toArray(sparse.rows)]).toEqual([0, 0, []])
    const corner = agrees((x) => add(sum(x), square(take(x, tensor(3)))), wave(5))
    expect([corner.colors, placesOf(corner)]).toEqual([1, [18]])
  })

  it('is in order, and exactly symmetric', () => {
    const sparse = sparseHessian((x: Tensor) => sum(exp(sin(matmul(reshape(x, [4, 3]), reshape(wave(6), [3, 2]))))))(
      wave(12),
    )
    const places = placesOf(sparse)
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
    const dense = toDense(sparse)
    expect(toFloat64Array(dense)).toEqual(toFloat64Array(transpose(dense)))
    expect([sparse.colors, sparse.values.size]).toEqual([3, 36])
  })

  it('keeps both branches of a choice, at every point', () => {
    const chosen = sparseHessian((x: Tensor) =>
      sum(where(greater(x, 0), square(x), mul(x, concat([slice(x, [1], [4]), slice(x, [0], [1])])))),
    )
    const [left, right] = [chosen(tensor([1, 2, 3, 4])), chosen(tensor([-1, -2, -3, -4]))]
    expect(placesOf(left)).toEqual(placesOf(right))
    expect(left.values.size).toBe(12)
  })

  it('sees zeros of constants, and not those of further arguments', () => {
    const mask = tensor([1, 0, 0, 1])
    expect(sparseHessian((x: Tensor) => square(dot(x, mask)))(wave(4)).values.size).toBe(4)
    expect(sparseHessian((x: Tensor, m: Tensor) => square(dot(x, m)))(wave(4), mask).values.size).toBe(16)
    const banded = sub(mul(2, eye(30)), fromFloat64Array(toFloat64Array(eye(30, 31)).slice(1, 901), [30, 30]))
    const sparse = agrees((x) => sum(exp(matmul(banded, x))), wave(30))
    expect(sparse.colors).toBeLessThan(8)
  })

  it('takes positions that are not constants for any', () => {
    const at = (x: Tensor, where: Tensor): Tensor => sum(square(mul(x, take(x, where))))
    const sparse = sparseHessian(at)(wave(4), tensor([0, 0, 2, 1]))
    expect(sparse.values.size).toBe(16)
    expectNear(toDense(sparse), hessianMatrix(at)(wave(4), tensor([0, 0, 2, 1])), rounding)
    expect(agrees((x) => sum(square(mul(x, take(x, tensor([0, 0, 2, 1]))))), wave(4)).values.size).toBe(8)
  })

  it.each<[string, (x: Tensor) => Tensor]>([
    ['sorting', (x) => dot(square(sort(x)), wave(9))],
    ['running sums', (x) => sum(sin(cumsum(x)))],
    ['matrix products', (x) => sum(exp(matmul(reshape(x, [3, 3]), transpose(reshape(x, [3, 3])))))],
    ['traces', (x) => sum(square(diagonal(reshape(x, [3, 3]))))],
    ['einsum', (x) => sum(sin(einsum('ij,jk->ik', reshape(x, [3, 3]), reshape(wave(9), [3, 3]))))],
    ['products', (x) => prod(reshape(x, [3, 3]))],
    ['solutions', (x) => sum(sin(solve(add(mul(4, eye(3)), reshape(x, [3, 3])), reshape(slice(x, [0], [3]), [3, 1]))))],
    ['exponentials', (x) => sum(square(expm(reshape(x, [3, 3]))))],
    ['softmax of rows', (x) => sum(square(softmax(reshape(x, [3, 3]))))],
    ['extrema', (x) => square(sum(max(reshape(x, [3, 3]), { axes: [1] })))],
    ['gradients inside', (x) => sum(square(grad((y: Tensor) => sum(sin(mul(y, square(y)))))(x)))],
    ['tangents inside', (x) => sum(square(jvp((y: Tensor) => tanh(cumsum(y)))(x, x)[1]))],
    [
      'convolutions',
      (x) => sum(sin(conv1d(reshape(x, [1, 1, 9]), tensor([[[1, -2, 3]]]), { padding: 'same', strides: 2 }))),
    ],
    ['pools', (x) => sum(square(maxPool(reshape(x, [1, 1, 9]), [3])))],
    ['Fourier transforms', (x) => sum(sin(rfft(square(x))))],
    ['loops', (x) => scan((total: Tensor, y: Tensor) => [sin(add(total, square(y))), []])(scalar(1), x)[0]],
    [
      'lazy choices',
      (x) =>
        cond(
          (y: Tensor) => sum(exp(y)),
          (y: Tensor) => square(sum(y)),
        )(greater(sum(x), 0), x),
    ],
    ['checkpoints', (x) => sum(square(checkpoint((y: Tensor) => sin(cumsum(y)))(x)))],
  ])('agrees with the dense matrix through %s', (_, f) => {
    agrees(f, wave(9))
  })

  it('of trees stands in the order of ravel', () => {
    const f = ({ a, b }: { readonly a: Tensor; readonly b: ReadonlyArray<Tensor> }): Tensor =>
      add(sum(mul(square(a), take(b[1] ?? a, tensor(0)))), sum(sin(b[0] ?? a)))
    const p = { a: wave(3), b: [reshape(wave(4), [2, 2]), tensor([5, 6])] }
    const sparse = sparseHessian(f)(p)
    expectNear(toDense(sparse), hessianMatrix(f)(p), rounding)
    expect([sparse.colors, sparse.values.size]).toEqual([2, 13])
  })

  it('finds its pattern once for each shape', () => {
    const runs: Array<number> = []
    const f = sparseHessian((x: Tensor) => {
      runs.push(x.size)
      return rosenbrock(x)
    })
    const results = [f(wave(6)), f(mul(2, wave(6))), f(wave(7)), f(wave(6))]
    // Two runs where a pattern is new, one where not.
    expect(runs).toEqual([6, 6, 6, 7, 7, 6])
    expect(results[0]?.rows).toBe(results[1]?.rows)
    expectNear(toDense(results[1] ?? f(wave(6))), hessianMatrix(rosenbrock)(mul(2, wave(6))), rounding)
  })

  it('has derivatives itself', () => {
    const third = (x: Tensor): Tensor => sum(square(sparseHessian(rosenbrock)(x).values))
    const dense = (x: Tensor): Tensor => sum(square(hessianMatrix(rosenbrock)(x)))
    const p = wave(6)
    expectNear(grad(third)(p), grad(dense)(p), 1e-6)
  })

  it('agrees with the dense matrix, which has nothing outside of the pattern, for random losses at random points', () => {
    fc.assert(
      fc.property(randomLosses({ width: 5 }), tensors([5]), tensors([5]), ({ loss }, p, q) => {
        const f = sparseHessian(loss)
        for (const x of [p, q]) {
          const [sparse, dense] = [f(x), hessianMatrix(loss)(x)]
          const scale = 1 + toFloat64Array(dense).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
          expectNear(toDense(sparse), dense, rounding * scale)
          const places = new Set(placesOf(sparse))
          expect([...nonZeros(dense)].filter((at) => !places.has(at))).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('sparseJacobian', () => {
  const matrixOf = (f: (x: Tensor) => Tensor, p: Tensor): Tensor => reshape(jacrev(f)(p), [-1, p.size])

  const check = (f: (x: Tensor) => Tensor, p: Tensor): Sparse => {
    const sparse = sparseJacobian(f)(p)
    expectNear(toDense(sparse), matrixOf(f, p), rounding)
    return sparse
  }

  it.each<[string, (x: Tensor) => Tensor, number, number, number]>([
    ['a diagonal', (x) => sin(x), 50, 1, 50],
    ['differences', (x) => square(sub(slice(x, [1], [50]), slice(x, [0], [49]))), 50, 2, 98],
    [
      'second differences',
      (x) => exp(add(slice(x, [0], [48]), mul(slice(x, [1], [49]), slice(x, [2], [50])))),
      50,
      3,
      144,
    ],
    ['a row', (x) => sum(square(x)), 50, 1, 50],
    ['a column', (x) => mul(take(x, tensor(7)), wave(50)), 50, 1, 50],
    ['running sums', (x) => cumsum(square(x)), 12, 12, 78],
    ['rows of a matrix', (x) => sum(square(reshape(x, [10, 5])), { axes: [1] }), 50, 1, 50],
    ['nothing', (x) => zeros([x.size]), 5, 0, 0],
    ['a choice', (x) => where(greater(x, 0), x, 0), 9, 1, 9],
  ])('of %s', (_, f, n, colors, entries) => {
    const sparse = check(f, wave(n))
    expect([sparse.colors, sparse.values.size]).toEqual([colors, entries])
  })

  it('of trees stands in the order of ravel on both sides', () => {
    const f = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }): ReadonlyArray<Tensor> => [
      mul(a, b),
      sin(b),
      sum(a),
    ]
    const sparse = sparseJacobian(f)({ a: tensor([1, 2]), b: tensor([3, 4]) })
    expectNear(
      toDense(sparse),
      tensor([
        [3, 0, 1, 0],
        [0, 4, 0, 2],
        [0, 0, Math.cos(3), 0],
        [0, 0, 0, Math.cos(4)],
        [1, 1, 0, 0],
      ]),
      rounding,
    )
  })

  it('agrees with the dense matrix, which has nothing outside of the pattern, for random functions at random points', () => {
    fc.assert(
      fc.property(randomFunctions({ width: 5 }), tensors([5]), ({ f }, p) => {
        const [sparse, dense] = [sparseJacobian(f)(p), matrixOf(f, p)]
        const scale = 1 + toFloat64Array(dense).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
        expectNear(toDense(sparse), dense, rounding * scale)
        const places = new Set(placesOf(sparse))
        expect([...nonZeros(dense)].filter((at) => !places.has(at))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
