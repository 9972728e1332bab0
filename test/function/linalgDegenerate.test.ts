/**
 * Where rules of spectra usually fail: repeated eigenvalues and singular values, and matrices that have no factor. The
 * oracles are formulas for the same functions that know no spectrum.
 */
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cholesky,
  compile,
  eigh,
  eye,
  grad,
  hvp,
  inv,
  jvp,
  logdet,
  matmul,
  mul,
  ones,
  reshape,
  slice,
  slogdet,
  solve,
  square,
  stack,
  sub,
  sum,
  svd,
  type Tensor,
  take,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  trace,
  transpose,
  triangularSolve,
  tryCholesky,
  tryEigh,
  trySolve,
  trySvd,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { rotation, withSpectrum } from '../support/matrices.js'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'

/** A direction without symmetry of its own. */
const direction = (n: number, seed: number): Tensor =>
  reshape(tensor(Array.from({ length: n * n }, (_, i) => Math.sin(seed + i * i))), [n, n])

const symmetric = (x: Tensor): Tensor => mul(0.5, add(x, transpose(x)))

/** The projector onto the eigenvectors with eigenvalues below `level`, by Newton's iteration for the sign of A − level. */
const projectorBelow = (a: Tensor, level: number): Tensor => {
  const n = a.shape[0] ?? 0
  const signOf = (x: Tensor, steps: number): Tensor => (steps === 0 ? x : signOf(mul(0.5, add(x, inv(x))), steps - 1))
  return mul(0.5, sub(eye(n), signOf(sub(symmetric(a), mul(eye(n), level)), 12)))
}

const projectorOf = (a: Tensor, count: number): Tensor => {
  const { vectors } = eigh(a)
  const first = slice(vectors, [0, 0], [vectors.shape[0] ?? 0, count])
  return matmul(first, transpose(first))
}

describe('eigh with equal eigenvalues', () => {
  const a = withSpectrum([1, 1, 3, 4])
  const [v, w] = [direction(4, 1), direction(4, 2)]
  const weights = direction(4, 3)

  it.each<readonly [string, ReadonlyArray<number>]>([
    ['two pairs', [1, 1, 3, 3]],
    ['three alike', [2, 2, 2, 5]],
    ['all alike', [2, 2, 2, 2]],
    ['exact ties', [0, 0, 0, 0]],
  ])('Σ w³ has its gradient 3 A²: %s', (_, spectrum) => {
    const b = withSpectrum(spectrum)
    const cubes = (x: Tensor): Tensor => {
      const { values } = eigh(x)
      return sum(mul(values, square(values)))
    }
    expectNear(grad(cubes)(b), mul(3, matmul(b, b)), 1e-12)
  })

  it('the projector onto a group has its derivatives of order 1 and 2 in every composition', () => {
    const ours = (x: Tensor): Tensor => sum(mul(weights, projectorOf(x, 2)))
    const theirs = (x: Tensor): Tensor => sum(mul(weights, projectorBelow(x, 2)))
    expectNear(projectorOf(a, 2), projectorBelow(a, 2), 1e-13)
    expectNear(grad(ours)(a), grad(theirs)(a), 1e-12)
    expectNear(hvp(ours)(a)(v), hvp(theirs)(a)(v), 1e-11)
    const bend = (f: (x: Tensor) => Tensor) => jvp((x: Tensor) => jvp(f)(x, v)[1])(a, w)[1]
    expectNear(bend(ours), bend(theirs), 1e-11)
    const reversed = (f: (x: Tensor) => Tensor) => grad((x: Tensor) => sum(mul(w, grad(f)(x))))(a)
    expectNear(reversed(ours), reversed(theirs), 1e-11)
    const pushed = (f: (x: Tensor) => Tensor) => grad((x: Tensor) => jvp(f)(x, w)[1])(a)
    expectNear(pushed(ours), pushed(theirs), 1e-11)
  })

  it('a simple eigenvalue beside equal ones has its Hessian, and its projector too', () => {
    const largest = (x: Tensor): Tensor => reshape(slice(eigh(x).values, [3], [4]), [])
    // w = tr(A P) for its projector P.
    const known = (x: Tensor): Tensor => trace(matmul(symmetric(x), sub(eye(4), projectorBelow(x, 3.5))))
    expectNear(grad(largest)(a), grad(known)(a), 1e-12)
    expectNear(hvp(largest)(a)(v), hvp(known)(a)(v), 1e-11)
    const bend = (f: (x: Tensor) => Tensor) => jvp((x: Tensor) => jvp(f)(x, v)[1])(a, w)[1]
    expectNear(bend(largest), bend(known), 1e-11)
    const beside = (x: Tensor): Tensor => sum(mul(weights, sub(eye(4), projectorOf(x, 3))))
    const besideKnown = (x: Tensor): Tensor => sum(mul(weights, sub(eye(4), projectorBelow(x, 3.5))))
    expectNear(hvp(beside)(a)(v), hvp(besideKnown)(a)(v), 1e-11)
  })

  it('second derivatives that nothing can give are NaN, and never a number', () => {
    // The Hessian of Σ w² = tr A² is 2 I, but no function of the values knows what happens between equal ones.
    const squares = (x: Tensor): Tensor => sum(square(eigh(x).values))
    expect([...toFloat64Array(hvp(squares)(mul(2, eye(3)))(direction(3, 1)))].some(Number.isNaN)).toBe(true)
    const second = jvp((x: Tensor) => jvp(squares)(x, v)[1])(a, w)[1]
    expect(toNumber(second)).toBeNaN()
    // Away from ties it is there.
    expectNear(hvp(squares)(withSpectrum([1, 2, 3, 4]))(v), add(v, transpose(v)), 1e-11)
  })
})

describe('svd with equal singular values', () => {
  /** U Vᵀ by Newton's iteration. */
  const polar = (a: Tensor, steps = 12): Tensor =>
    steps === 0 ? a : polar(mul(0.5, add(a, transpose(inv(a)))), steps - 1)
  const weights = direction(3, 3)
  const ours = (x: Tensor): Tensor => {
    const { u, v } = svd(x)
    return sum(mul(weights, matmul(u, transpose(v))))
  }
  const theirs = (x: Tensor): Tensor => sum(mul(weights, polar(x)))

  it.each<readonly [string, ReadonlyArray<number>]>([
    ['a pair', [2, 2, 1]],
    ['all alike', [2, 2, 2]],
  ])('the polar factor has its gradient: %s', (_, values) => {
    const a = matmul(mul(rotation(3, 0.3), tensor([...values])), rotation(3, 1.1))
    expectNear(grad(ours)(a), grad(theirs)(a), 1e-12)
    expectNear(jvp(ours)(a, direction(3, 1))[1], jvp(theirs)(a, direction(3, 1))[1], 1e-12)
    expect([...toFloat64Array(hvp(ours)(a)(direction(3, 1)))].some(Number.isNaN)).toBe(true)
  })

  it('the polar factor has its Hessian where singular values differ', () => {
    const a = matmul(mul(rotation(3, 0.3), tensor([3, 2, 1])), rotation(3, 1.1))
    expectNear(hvp(ours)(a)(direction(3, 1)), hvp(theirs)(a)(direction(3, 1)), 1e-11)
  })

  it('the nuclear norm of equal singular values has the gradient U Vᵀ', () => {
    const a = matmul(mul(rotation(3, 0.3), tensor([2, 2, 2])), rotation(3, 1.1))
    expectNear(grad((x: Tensor) => sum(svd(x).s))(a), polar(a), 1e-13)
  })
})

describe('matrices without a factor', () => {
  const good = tensor([
    [4, 1],
    [1, 3],
  ])
  const bad = tensor([
    [1, 2],
    [2, 4],
  ])
  const indefinite = tensor([
    [1, 2],
    [2, 1],
  ])
  const both = (other: Tensor): Tensor => stack([other, good])
  const bits = (x: Tensor): ReadonlyArray<number> => [...toFloat64Array(x)]

  it.each<readonly [string, (a: Tensor) => Tensor, Tensor]>([
    ['cholesky', cholesky, indefinite],
    ['solve', (a) => solve(a, ones([2, 2])), bad],
    [
      'triangularSolve',
      (a) => triangularSolve(a, ones([2, 2])),
      tensor([
        [0, 1],
        [1, 1],
      ]),
    ],
    ['inv', inv, bad],
    [
      'eigh',
      (a) => eigh(a).vectors,
      tensor([
        [Number.NaN, 1],
        [1, 1],
      ]),
    ],
    [
      'svd',
      (a) => svd(a).u,
      tensor([
        [Infinity, 1],
        [1, 1],
      ]),
    ],
  ])('%s is NaN for that matrix and right for the others, compiled too', (_, f, matrix) => {
    const [x, y] = [f(both(matrix)), compile(f)(both(matrix))]
    ;[x, y].forEach((result) => {
      expect(bits(result).slice(0, 4).every(Number.isNaN)).toBe(true)
      expectNear(take(result, tensor([1])), reshape(f(good), [1, 2, 2]), 1e-15)
    })
    const slope = grad((a: Tensor) => sum(f(a)))(both(matrix))
    expect(bits(slope).slice(0, 4).some(Number.isNaN)).toBe(true)
    expect(bits(slope).slice(4).every(Number.isFinite)).toBe(true)
  })

  it('log determinants say −∞ and NaN', () => {
    expect(toArray(slogdet(bad).sign)).toBe(0)
    expect(toArray(slogdet(bad).logAbs)).toBe(-Infinity)
    expect(toArray(logdet(bad))).toBe(-Infinity)
    expect(toArray(logdet(indefinite))).toBeNaN()
    expect(bits(grad(logdet)(indefinite)).every(Number.isNaN)).toBe(true)
    expect(bits(grad(logdet)(bad)).every(Number.isNaN)).toBe(true)
  })

  it('attempts name the matrix and the pivot', () => {
    const refused = tryCholesky(stack([good, indefinite]))
    expect(E.isLeft(refused) && refused.left).toMatchObject({
      _tag: 'NotPositiveDefinite',
      matrix: 1,
      pivot: 1,
      value: -3,
    })
    const lost = trySolve(stack([good, good, bad]), ones([2, 1]))
    expect(E.isLeft(lost) && lost.left).toMatchObject({ _tag: 'Singular', matrix: 2, pivot: 1 })
    const broken = tensor([
      [1, Number.NaN],
      [0, 1],
    ])
    expect(E.isLeft(tryEigh(broken)) && E.isLeft(trySvd(broken))).toBe(true)
    expect(E.getOrElse(() => zeros([0]))(tryCholesky(good)).toString()).toBe(cholesky(good).toString())
    expect(E.getOrElse(() => zeros([0]))(trySolve(good, ones([2, 1]))).toString()).toBe(
      solve(good, ones([2, 1])).toString(),
    )
    const [spectral, singular] = [tryEigh(good), trySvd(good)]
    expect(E.isRight(spectral) && spectral.right.values.toString()).toBe(eigh(good).values.toString())
    expect(E.isRight(singular) && singular.right.u.toString()).toBe(svd(good).u.toString())
  })

  it('attempts cannot be asked inside a transform, which says so', () => {
    expect(defectOf(() => grad((a: Tensor) => (E.isRight(tryCholesky(a)) ? sum(a) : sum(a)))(good))).toMatch(
      /^TracedRead/,
    )
  })
})
