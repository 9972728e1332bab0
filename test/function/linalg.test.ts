/** Laws of linear algebra: that factors multiply to what was factored, and that derivatives agree with differences. */
import fc from 'fast-check'
import {
  add,
  adjugate,
  cholesky,
  det,
  div,
  eigh,
  expm,
  eye,
  flip,
  grad,
  hvp,
  inv,
  jvp,
  kron,
  logdet,
  lstsq,
  lu,
  matmul,
  matrixNorm,
  matrixPower,
  mul,
  neg,
  ones,
  pinv,
  qr,
  reshape,
  slogdet,
  solve,
  square,
  sub,
  sum,
  svd,
  type Tensor,
  take,
  tensor,
  toArray,
  toFloat64Array,
  trace,
  transpose,
  triangularSolve,
  tril,
  triu,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import {
  lowRank,
  order,
  pairs,
  positives,
  rectangles,
  regular,
  rotation,
  squares,
  symmetrics,
  withSpectrum,
} from '../support/matrices.js'
import { expectNear, expectSameBits } from '../support/near.js'
import { arbitraryTensor, defectOf } from '../support/points.js'

/** Matrices of order 4 at most with entries below 40 and condition numbers below 100: a few hundred roundings. */
const TIGHT = 1e-11

const always = <A>(arbitrary: fc.Arbitrary<A>, check: (x: A) => void): void => fc.assert(fc.property(arbitrary, check))

const columnsOf = (x: Tensor): number => x.shape.at(-1) ?? 0

const identityLike = (x: Tensor): Tensor => eye(x.shape[0] ?? 0, x.shape[1])

const orthonormal = (q: Tensor): void => expectNear(matmul(transpose(q), q), eye(columnsOf(q)), 1e-14)

describe('factors', () => {
  it('cholesky: L Lᵀ = A, L lower with a positive diagonal', () => {
    always(positives, (a) => {
      const l = cholesky(a)
      expectNear(matmul(l, transpose(l)), a, TIGHT)
      expectSameBits(tril(l), l)
      expect(toFloat64Array(sum(mul(l, eye(columnsOf(l))), { axes: [1] })).every((x) => x > 0)).toBe(true)
    })
  })

  it('lu: P A = L U, with entries of L below 1', () => {
    always(
      fc.tuple(rectangles, fc.boolean()).map(([a, turn]) => (turn ? flip(a, [0]) : a)),
      (a) => {
        const { permutation, lower, upper } = lu(a)
        expectNear(matmul(lower, upper), take(a, permutation), TIGHT)
        expectSameBits(triu(upper), upper)
        expectSameBits(add(tril(lower, { offset: -1 }), identityLike(lower)), lower)
        expect(Math.max(...toFloat64Array(lower).map(Math.abs))).toBe(1)
      },
    )
  })

  it('qr: Q R = A, Qᵀ Q = I, R upper with a positive diagonal', () => {
    always(rectangles, (a) => {
      const { q, r } = qr(a)
      expectNear(matmul(q, r), a, TIGHT)
      orthonormal(q)
      expectSameBits(triu(r), r)
      expect(toFloat64Array(sum(mul(r, identityLike(r)), { axes: [1] })).every((x) => x > 0)).toBe(true)
    })
  })

  it('svd: U diag(s) Vᵀ = A with orthonormal U and V and s descending', () => {
    always(rectangles, (a) => {
      const { u, s, v } = svd(a)
      expectNear(matmul(mul(u, s), transpose(v)), a, TIGHT)
      orthonormal(u)
      orthonormal(v)
      const values = [...toFloat64Array(s)]
      expect(values).toEqual([...values].sort((x, y) => y - x))
    })
  })

  it('svd of any rank has orthonormal vectors', () => {
    always(lowRank, ([b, c]) => {
      const { u, s, v } = svd(matmul(b, c))
      expectNear(matmul(mul(u, s), transpose(v)), matmul(b, c), TIGHT)
      orthonormal(u)
      orthonormal(v)
    })
    const { u, s, v } = svd(zeros([3, 2]))
    orthonormal(u)
    orthonormal(v)
    expect(toArray(s)).toEqual([0, 0])
  })

  it('svd of extreme sizes neither overflows nor underflows', () => {
    const a = tensor([
      [3, 1],
      [1, 2],
    ])
    ;[1e300, 1e-300].forEach((unit) => {
      expectNear(div(svd(mul(a, unit)).s, unit), svd(a).s, 1e-14)
    })
  })

  it('eigh: V diag(w) Vᵀ = A with orthonormal V and w ascending', () => {
    always(symmetrics, (a) => {
      const { values, vectors } = eigh(a)
      expectNear(matmul(mul(vectors, values), transpose(vectors)), a, TIGHT)
      orthonormal(vectors)
    })
    expectNear(eigh(withSpectrum([5, -1, 2])).values, [-1, 2, 5], 1e-14)
  })

  it('eigh, svd and qr choose signs that do not depend on the sign of rounding', () => {
    const h = tensor([
      [2, 1],
      [1, 2],
    ])
    expectNear(
      eigh(h).vectors,
      mul(
        Math.SQRT1_2,
        tensor([
          [1, 1],
          [-1, 1],
        ]),
      ),
      1e-15,
    )
    expectNear(
      svd(neg(h)).u,
      mul(
        Math.SQRT1_2,
        tensor([
          [1, 1],
          [1, -1],
        ]),
      ),
      1e-15,
    )
  })
})

describe('equations', () => {
  it('solve: A solve(A, b) = b, for vectors and matrices, with exchanged rows', () => {
    always(
      order.chain((n) => fc.tuple(regular(n), arbitraryTensor([n, 2]), arbitraryTensor([n]))),
      ([a, b, c]) => {
        const turned = flip(a, [0])
        expectNear(matmul(turned, solve(turned, b)), b, TIGHT)
        expectNear(matmul(a, solve(a, c)), c, TIGHT)
      },
    )
  })

  it('triangularSolve reads one triangle', () => {
    always(
      order.chain((n) => fc.tuple(regular(n), arbitraryTensor([n, 2]))),
      ([a, b]) => {
        expectNear(matmul(tril(a), triangularSolve(a, b)), b, TIGHT)
        expectNear(matmul(transpose(triu(a)), triangularSolve(a, b, { upper: true, transposed: true })), b, TIGHT)
        const unit = add(tril(a, { offset: -1 }), eye(columnsOf(a)))
        expectNear(matmul(unit, triangularSolve(a, b, { unitDiagonal: true })), b, TIGHT)
      },
    )
  })

  it('large orders go the same way: 80 unknowns are solved in blocks', () => {
    const n = 80
    const a = add(reshape(tensor(Array.from({ length: n * n }, (_, i) => Math.sin(i * i))), [n, n]), mul(eye(n), 30))
    const b = reshape(tensor(Array.from({ length: 10 * n }, (_, i) => Math.cos(3 * i))), [n, 10])
    expectNear(matmul(a, solve(a, b)), b, 1e-12)
    expectNear(matmul(tril(a), triangularSolve(a, b)), b, 1e-12)
    expectNear(matmul(triu(a), triangularSolve(a, b, { upper: true })), b, 1e-12)
    expectNear(matmul(transpose(tril(a)), triangularSolve(a, b, { transposed: true })), b, 1e-12)
    expectNear(jvp((x: Tensor) => matmul(x, solve(x, b)))(a, mul(a, a))[1], zeros([n, 10]), 1e-9)
  })

  it('inv and pinv: A⁻¹ A = I, and the four equations of Penrose at any rank', () => {
    always(squares, (a) => expectNear(matmul(inv(a), a), eye(columnsOf(a)), TIGHT))
    always(
      fc.oneof(
        lowRank.map(([b, c]) => matmul(b, c)),
        rectangles,
      ),
      (a) => {
        const p = pinv(a)
        const [ap, pa] = [matmul(a, p), matmul(p, a)]
        expectNear(matmul(ap, a), a, TIGHT)
        expectNear(matmul(pa, p), p, TIGHT)
        expectNear(transpose(ap), ap, TIGHT)
        expectNear(transpose(pa), pa, TIGHT)
      },
    )
  })

  it('pinv of B C has the derivatives of C⁺ B⁺, of order 1 and 2, where the rank stays', () => {
    const right = (x: Tensor): Tensor => matmul(transpose(x), inv(matmul(x, transpose(x))))
    const left = (x: Tensor): Tensor => matmul(inv(matmul(transpose(x), x)), transpose(x))
    type Factors = readonly [Tensor, Tensor]
    const known = ([b, c]: Factors): Tensor => sum(square(matmul(right(c), left(b))))
    const ours = ([b, c]: Factors): Tensor => sum(square(pinv(matmul(b, c), { cutoff: 1e-10 })))
    always(lowRank, ([b, c]) => {
      const v: Factors = [mul(b, b), neg(c)]
      expectNear(grad(ours)([b, c]), grad(known)([b, c]), 1e-10)
      // The singular values that are 0 up to rounding are divided by nowhere, but 1/s of the others enters four times.
      expectNear(hvp(ours)([b, c])(v), hvp(known)([b, c])(v), 1e-8)
    })
  })

  it('lstsq: the residual is orthogonal to the columns, and the solution is the smallest', () => {
    always(
      rectangles.chain((a) => fc.tuple(fc.constant(a), arbitraryTensor([a.shape[0] ?? 0]))),
      ([a, b]) => {
        const x = lstsq(a, b)
        expectNear(matmul(transpose(a), sub(matmul(a, x), b)), zeros([columnsOf(a)]), TIGHT)
      },
    )
    expectNear(lstsq(ones([1, 4]), tensor([2])), [0.5, 0.5, 0.5, 0.5], 1e-14)
  })
})

describe('determinants and functions', () => {
  it('det(A B) = det A det B, slogdet and logdet say the same', () => {
    always(pairs, ([a, b]) => {
      const whole = det(matmul(a, flip(b, [0])))
      expectNear(div(whole, mul(det(a), det(flip(b, [0])))), 1, TIGHT)
      const { sign, logAbs } = slogdet(flip(b, [0]))
      expectNear(mul(sign, logAbs), mul(sign, logdet(b)), TIGHT)
    })
  })

  it('d log det A = tr(A⁻¹ dA), and A adj A = det A I', () => {
    always(pairs, ([a, b]) => {
      expectNear(jvp(logdet)(a, b)[1], trace(solve(a, b)), TIGHT)
      expectNear(div(matmul(a, adjugate(a)), det(a)), eye(columnsOf(a)), TIGHT)
    })
  })

  it('slogdet does not overflow', () => {
    const a = mul(eye(4), 1e200)
    expectNear(slogdet(a).logAbs, 4 * Math.log(1e200), 1e-13)
  })

  it('expm(A) expm(−A) = I, and commutes with similarity', () => {
    always(
      order.chain((n) => arbitraryTensor([n, n])),
      (a) => {
        // e⁶ in each factor.
        expectNear(matmul(expm(a), expm(neg(a))), eye(columnsOf(a)), 1e-8)
        const q = rotation(columnsOf(a))
        const turned = matmul(matmul(q, expm(a)), transpose(q))
        expectNear(expm(matmul(matmul(q, a), transpose(q))), turned, 1e-11)
      },
    )
  })

  it('expm of a skew matrix is a rotation', () => {
    const t = 1.25
    expectNear(
      expm(
        tensor([
          [0, -t],
          [t, 0],
        ]),
      ),
      [
        [Math.cos(t), -Math.sin(t)],
        [Math.sin(t), Math.cos(t)],
      ],
      1e-15,
    )
  })

  it('matrixPower: Aᵖ Aᑫ = Aᵖ⁺ᑫ', () => {
    always(fc.tuple(squares, fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })), ([a, p, q]) => {
      const [left, right] = [matmul(matrixPower(a, p), matrixPower(a, q)), matrixPower(a, p + q)]
      expectNear(div(left, matrixNorm(right)), div(right, matrixNorm(right)), 1e-9)
    })
  })

  it('(A ⊗ B)(C ⊗ D) = A C ⊗ B D, tr(A ⊗ B) = tr A tr B', () => {
    always(fc.tuple(pairs, pairs), ([[a, c], [b, d]]) => {
      expectNear(matmul(kron(a, b), kron(c, d)), kron(matmul(a, c), matmul(b, d)), TIGHT)
      expectNear(trace(kron(a, b)), mul(trace(a), trace(b)), TIGHT)
    })
  })

  it('norms: spectral ≤ frobenius ≤ nuclear, and that of a product is at most the product', () => {
    always(pairs, ([a, b]) => {
      const [spectral, frobenius, nuclear] = (['spectral', 'frobenius', 'nuclear'] as const).map((kind) =>
        Number(toArray(matrixNorm(a, kind))),
      )
      expect((spectral ?? 0) / (frobenius ?? 1)).toBeLessThan(1 + 1e-14)
      expect((frobenius ?? 0) / (nuclear ?? 1)).toBeLessThan(1 + 1e-14)
      ;(['spectral', 'frobenius', 'nuclear', 'columns', 'rows'] as const).forEach((kind) => {
        const whole = Number(toArray(matrixNorm(matmul(a, b), kind)))
        expect(whole).toBeLessThanOrEqual(Number(toArray(mul(matrixNorm(a, kind), matrixNorm(b, kind)))) * (1 + 1e-13))
      })
    })
  })
})

describe('defects', () => {
  it('say what does not fit', () => {
    expect(defectOf(() => cholesky(zeros([2, 3])))).toMatch(/cholesky: expected square matrices, got shape \[2,3\]/)
    expect(defectOf(() => solve(eye(2), zeros([3, 1])))).toMatch(/solve: .* expected 2 rows/)
    expect(defectOf(() => eigh(zeros([3])))).toMatch(/eigh: expected a matrix/)
    expect(defectOf(() => lstsq(zeros([3, 2]), zeros([2])))).toMatch(/lstsq: .* expected 3 rows/)
    expect(defectOf(() => matrixPower(eye(2), 0.5))).toMatch(/integer exponent, got 0.5/)
    expect(defectOf(() => pinv(eye(2), { cutoff: 2 }))).toMatch(/cutoff from 0 to below 1/)
  })

  it('empty matrices have empty factors and the determinant 1', () => {
    expect(toArray(det(zeros([0, 0])))).toBe(1)
    expect(cholesky(zeros([0, 0])).shape).toEqual([0, 0])
    expect(svd(zeros([0, 3])).v.shape).toEqual([3, 0])
    expect(eigh(zeros([2, 0, 0])).values.shape).toEqual([2, 0])
    expect(solve(zeros([0, 0]), zeros([0, 2])).shape).toEqual([0, 2])
    expect(pinv(zeros([0, 3])).shape).toEqual([3, 0])
    expect(expm(zeros([0, 0])).shape).toEqual([0, 0])
  })
})
