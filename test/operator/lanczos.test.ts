import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  eye,
  matmul,
  mul,
  normal,
  randomKey,
  ravel,
  stack,
  sub,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeNorm,
  zeros,
} from 'gradus'
import { eigen, type LinearOperator, lanczos, type Subspace } from 'gradus/curvature'
import { orthogonalMatrices, symmetricMatrices, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

interface Watched extends LinearOperator<Tensor> {
  readonly products: () => number
}

const operatorOf = (matrix: Tensor): Watched => {
  const seen: Array<Tensor> = []
  const size = matrix.shape[0] ?? 0
  return {
    like: zeros([size]),
    size,
    apply: (v) => {
      seen.push(v)
      return matmul(matrix, v)
    },
    matrix: () => matrix,
    products: () => seen.length,
  }
}

/** V, one basis vector in each column. */
const basisOf = ({ dimension, expand }: Subspace<Tensor>): Tensor =>
  transpose(stack(Array.from({ length: dimension }, (_, j) => expand(unit(dimension, j)))))

const unit = (n: number, j: number): Tensor => tensor(Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)))

const wigner = (n: number, seed: number): Tensor => {
  const square = normal(randomKey(seed), [n, n])
  return mul(1 / Math.sqrt(2 * n), add(square, transpose(square)))
}

const valuesOf = (matrix: Tensor): ReadonlyArray<number> => {
  const found = eigen(matrix)
  if (E.isLeft(found)) throw new Error(found.left.advice)
  return [...toFloat64Array(found.right.values)]
}

const largest = (matrix: Tensor): number => Math.max(...toFloat64Array(ravel(matrix)[0]).map(Math.abs))

describe('on a random symmetric matrix of 300 rows, after 150 steps', () => {
  const matrix = wigner(300, 1)
  const operator = operatorOf(matrix)
  const subspace = lanczos({ start: normal(randomKey(2), [300]), dimension: 150 })(operator)
  const basis = basisOf(subspace)

  it('the basis is orthonormal to rounding, which the three-term recurrence alone has lost long before', () => {
    expect(largest(sub(matmul(transpose(basis), basis), eye(150)))).toBeLessThan(5e-15)
  })

  it('A V = V T up to a remainder in the last column, which is orthogonal to V', () => {
    const remainder = sub(matmul(matrix, basis), matmul(basis, subspace.restricted))
    const columns = Array.from({ length: 150 }, (_, j) => toNumber(treeNorm(matmul(remainder, unit(150, j)))))
    expect(Math.max(...columns.slice(0, -1))).toBeLessThan(1e-13)
    expect(columns[149]).toBeGreaterThan(1e-3)
    expect(largest(matmul(transpose(basis), remainder))).toBeLessThan(1e-13)
  })

  it('T is tridiagonal to rounding', () => {
    const entries = toFloat64Array(subspace.restricted)
    const outside = entries.filter((_, at) => Math.abs(Math.floor(at / 150) - (at % 150)) > 1)
    expect(Math.max(...outside.map(Math.abs))).toBeLessThan(1e-13)
  })

  it('Ritz values lie within the spectrum, and its ends are found', () => {
    const [ritz, exact] = [valuesOf(subspace.restricted), valuesOf(matrix)]
    expect(ritz[0]).toBeGreaterThanOrEqual((exact[0] ?? Number.NaN) - 1e-13)
    expect(ritz[149]).toBeLessThanOrEqual((exact[299] ?? Number.NaN) + 1e-13)
    expectNear([ritz[0], ritz[149]], [exact[0], exact[299]], 1e-10)
  })

  it('cost one product for each vector', () => {
    expect(operator.products()).toBe(150)
    expect(subspace.products).toBe(150)
  })

  it('project and expand are adjoint, and inverse on the subspace', () => {
    const y = normal(randomKey(3), [150])
    expectNear(subspace.project(subspace.expand(y)), y, 1e-13)
    const x = normal(randomKey(4), [300])
    expectNear(subspace.project(x), matmul(transpose(basis), x), 1e-13)
    expectNear(subspace.expand(y), matmul(basis, y), 1e-13)
  })
})

describe('subspaces', () => {
  const symmetric = fc
    .integer({ min: 1, max: 6 })
    .chain((n) =>
      fc.tuple(symmetricMatrices('indefinite', n), tensors([n]), tensors([n]), fc.integer({ min: 1, max: 8 })),
    )

  it('are orthonormal, restrict the operator, and interlace, of any dimension and with an appended vector', () => {
    fc.assert(
      fc.property(symmetric, ([{ matrix }, start, extra, dimension]) => {
        const subspace = lanczos({ start, dimension, append: [extra] })(operatorOf(matrix))
        fc.pre(subspace.dimension > 0)
        const basis = basisOf(subspace)
        const { dimension: k } = subspace
        expect(k).toBeLessThanOrEqual(Math.min(dimension + 1, start.size))
        expectNear(matmul(transpose(basis), basis), eye(k), 1e-13)
        expectNear(subspace.restricted, matmul(transpose(basis), matmul(matrix, basis)), 1e-12)
        expectNear(transpose(subspace.restricted), subspace.restricted, 0)
        const [ritz, exact] = [valuesOf(subspace.restricted), valuesOf(matrix)]
        ritz.forEach((value, i) => {
          // Cauchy: λᵢ ≤ θᵢ ≤ λᵢ₊ₙ₋ₖ.
          expect(value).toBeGreaterThanOrEqual((exact[i] ?? Number.NaN) - 1e-12)
          expect(value).toBeLessThanOrEqual((exact[i + exact.length - k] ?? Number.NaN) + 1e-12)
        })
      }),
    )
  })

  it('contain the start and the appended vectors', () => {
    fc.assert(
      fc.property(symmetric, ([{ matrix }, start, extra, dimension]) => {
        const subspace = lanczos({ start, dimension, append: [extra] })(operatorOf(matrix))
        // A direction of less than 1e-10 of its length outside counts as inside.
        for (const x of [start, extra]) expectNear(subspace.expand(subspace.project(x)), x, 1e-9)
      }),
    )
  })

  it('end early when they are invariant: as many vectors as eigenvalues that the start has a part in', () => {
    fc.assert(
      fc.property(orthogonalMatrices(6), (q) => {
        const matrix = matmul(mul(q, tensor([1, 1, 1, -2, -2, 5])), transpose(q))
        const operator = operatorOf(mul(0.5, add(matrix, transpose(matrix))))
        const all = lanczos({ start: matmul(q, tensor([1, 2, 3, 1, 2, 1])), dimension: 6 })(operator)
        expect(all.dimension).toBe(3)
        expectNear(valuesOf(all.restricted), [-2, 1, 5], 1e-12)
        expect(lanczos({ start: matmul(q, tensor([1, 2, 3, 0, 0, 0])), dimension: 6 })(operator).dimension).toBe(1)
        expect(operator.products()).toBe(4)
      }),
    )
  })

  it('have dimension 0 for a start of zeros, and then only what is appended', () => {
    const operator = operatorOf(eye(3))
    const none = lanczos({ start: zeros([3]), dimension: 3 })(operator)
    expect([none.dimension, none.products, operator.products()]).toEqual([0, 0, 0])
    expect(none.restricted.shape).toEqual([0, 0])
    expectNear(none.expand(none.project(tensor([1, 2, 3]))), [0, 0, 0], 0)
    expect(lanczos({ start: zeros([3]), dimension: 3, append: [tensor([1, 0, 0])] })(operator).dimension).toBe(1)
  })

  it('take in appended directions only as far as they are new, and never more than there is room for', () => {
    const operator = operatorOf(
      tensor([
        [1, 0, 0],
        [0, 2, 0],
        [0, 0, 3],
      ]),
    )
    const start = tensor([1, 0, 0])
    expect(lanczos({ start, dimension: 1, append: [tensor([2, 0, 0]), zeros([3])] })(operator).dimension).toBe(1)
    expect(lanczos({ start, dimension: 1, append: [tensor([1, 1, 0]), tensor([3, 1, 0])] })(operator).dimension).toBe(2)
    const crowd = [1, 2, 3, 4, 5].map((x) => tensor([x, x * x, 1]))
    expect(lanczos({ start, dimension: 1, append: crowd })(operator).dimension).toBe(3)
  })

  it('do not depend on the length of the start, tiny or huge', () => {
    const matrix = wigner(8, 5)
    const start = normal(randomKey(6), [8])
    const restricted = (factor: number): Tensor =>
      lanczos({ start: mul(factor, start), dimension: 4 })(operatorOf(matrix)).restricted
    for (const factor of [1e-200, 1e-8, 1e8, 1e200]) expectNear(restricted(factor), restricted(1), 1e-13)
  })

  it('keep a NaN that a product gives for whoever looks at the restriction', () => {
    const operator = operatorOf(
      tensor([
        [Number.NaN, 1],
        [1, 1],
      ]),
    )
    const { restricted } = lanczos({ start: tensor([1, 1]), dimension: 2 })(operator)
    expect(E.isLeft(eigen(restricted))).toBe(true)
  })
})

describe('trees', () => {
  it('are seen as one vector', () => {
    interface Pair {
      readonly a: Tensor
      readonly b: readonly [Tensor]
    }
    const matrix = wigner(3, 7)
    const [, unravel] = ravel<Pair>({ a: zeros([2]), b: [zeros([])] })
    const trees: LinearOperator<Pair> = {
      like: unravel(zeros([3])),
      size: 3,
      apply: (v) => unravel(matmul(matrix, ravel(v)[0])),
      matrix: () => matrix,
    }
    const start = tensor([1, 2, 3])
    const subspace = lanczos({ start: unravel(start), dimension: 2 })(trees)
    const flat = lanczos({ start, dimension: 2 })(operatorOf(matrix))
    expectNear(subspace.restricted, flat.restricted, 0)
    expectNear(ravel(subspace.expand(tensor([1, -1])))[0], flat.expand(tensor([1, -1])), 0)
  })
})
