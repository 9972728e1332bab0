import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { eye, matmul, mul, normal, randomKey, type Tensor, tensor, toFloat64Array, transpose, zeros } from 'gradus'
import {
  choleskyPreconditioner,
  conjugateGradient,
  diagonalOperator,
  eigen,
  linearOperator,
  minres,
  nystromPreconditioner,
  operatorOf,
  type Preconditioner,
  shiftOperator,
} from 'gradus/curvature'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { counted, defectOf, ofSpectrum, withSpectrum } from '../support/operators.js'

const right = <A>(made: E.Either<unknown, A>): A => {
  if (E.isLeft(made)) throw new Error('no preconditioner')
  return made.right
}

/** A kernel matrix, whose eigenvalues fall fast. */
const kernel = (n: number): Tensor =>
  tensor(
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Math.exp(-0.5 * (((i - j) * 8) / n) ** 2))),
  )

const shift = 1e-4

const makers: ReadonlyArray<
  readonly [string, (operator: ReturnType<typeof counted<Tensor>>, rank: number) => Preconditioner<Tensor>]
> = [
  ['nystrom', (operator, rank) => right(nystromPreconditioner({ key: randomKey(1), rank, shift })(operator))],
  [
    'cholesky',
    (operator, rank) =>
      right(
        choleskyPreconditioner({ rank, shift, diagonal: tensor(Array.from({ length: operator.size }, () => 1)) })(
          operator,
        ),
      ),
  ],
]

describe.each(makers)('%s', (_, make) => {
  it('takes fewer iterations of conjugate gradients, and of minres, its own products included', () => {
    const operator = counted(operatorOf(kernel(150)))
    const made = make(operator, 25)
    expect(made.products).toBe(operator.products())
    expect(made.products).toBe(25)
    const system = shiftOperator(shift)(operator)
    const b = normal(randomKey(2), [150])
    const [plain, better] = [
      conjugateGradient({ tolerance: 1e-8, maximalIterations: 5000 })(system)(b),
      conjugateGradient({ tolerance: 1e-8, preconditioner: made.inverse })(system)(b),
    ]
    expect(better).toMatchObject({ _tag: 'Interior', converged: true })
    expect(3 * (better.iterations + made.products)).toBeLessThan(2 * plain.iterations)
    expectNear(better.solution, plain.solution, 1e-2)
    const residuals = minres({ tolerance: 1e-8, preconditioner: made.inverse })(system)(b)
    expect(residuals.converged).toBe(true)
    expect(residuals.iterations).toBeLessThan(better.iterations + 5)
  })

  it('is symmetric and positive definite, and its inverse is the inverse', () => {
    const made = make(counted(operatorOf(kernel(30))), 8)
    expectNear(matmul(made.operator.matrix(), made.inverse.matrix()), eye(30), 1e-8)
    for (const each of [made.operator, made.inverse]) {
      const found = right(eigen(each.matrix()))
      expect(toFloat64Array(found.values)[0]).toBeGreaterThan(0)
    }
    expect(made.values.every((value, i) => value <= (made.values[i - 1] ?? Infinity))).toBe(true)
  })

  it('is the system itself when the rank suffices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 999 }), (rank, seed) => {
        const factor = normal(randomKey(seed), [8, rank])
        const scaled = matmul(factor, transpose(factor))
        const d = toFloat64Array(scaled).filter((__, at) => at % 9 === 0)
        const made = [
          nystromPreconditioner({ key: randomKey(seed), rank: 8, shift })(operatorOf(scaled)),
          choleskyPreconditioner({ rank: 8, shift, diagonal: tensor([...d]) })(operatorOf(scaled)),
        ].map(right)
        for (const { operator } of made)
          expectNear(operator.matrix(), shiftOperator(shift)(operatorOf(scaled)).matrix(), 1e-9)
      }),
    )
  })
})

describe('preconditioners', () => {
  it('need a positive semidefinite operator, finite products, and a positive shift', () => {
    const bad = linearOperator(zeros([2]), (v: Tensor) => mul(v, tensor([1, Number.NaN])))
    expect(nystromPreconditioner({ key: randomKey(1), shift })(bad)).toMatchObject(E.left({ _tag: 'NoPreconditioner' }))
    expect(nystromPreconditioner({ key: randomKey(1), shift })(diagonalOperator(tensor([1, -1])))).toMatchObject(
      E.left({ _tag: 'NoPreconditioner' }),
    )
    expect(choleskyPreconditioner({ shift })(bad)).toMatchObject(E.left({ _tag: 'NoPreconditioner' }))
    expect(choleskyPreconditioner({ shift })(diagonalOperator(tensor([1, -1])))).toMatchObject(
      E.left({ _tag: 'NoPreconditioner' }),
    )
    expect(defectOf(() => nystromPreconditioner({ key: randomKey(1), shift: 0 }))).toMatch(/shift above 0, got 0/)
    expect(defectOf(() => choleskyPreconditioner({ shift, rank: 0 }))).toMatch(/rank to be an integer of 1 or more/)
  })

  it('read the diagonal off where it is not given', () => {
    const operator = ofSpectrum([4, 3, 2, 1], 1)
    const made = right(choleskyPreconditioner({ rank: 4, shift })(operator))
    expect([made.products, operator.products()]).toEqual([8, 8])
    expectNear(made.operator.matrix(), shiftOperator(shift)(operatorOf(withSpectrum([4, 3, 2, 1], 1))).matrix(), 1e-12)
  })
})

it('a column that shows the operator to be indefinite makes no preconditioner', () => {
  const indefinite = operatorOf(
    tensor([
      [1, 2],
      [2, 1],
    ]),
  )
  expect(choleskyPreconditioner({ rank: 1, shift: 1 })(indefinite)).toMatchObject({
    _tag: 'Left',
    left: { _tag: 'NoPreconditioner' },
  })
  // The same is seen of a diagonal that belongs to another operator, and of a column that is not finite.
  const covariance = operatorOf(
    tensor([
      [4, 2],
      [2, 2],
    ]),
  )
  expect(E.isRight(choleskyPreconditioner({ shift: 1, diagonal: tensor([4, 2]) })(covariance))).toBe(true)
  expect(E.isLeft(choleskyPreconditioner({ shift: 1, diagonal: tensor([4, 0.5]) })(covariance))).toBe(true)
  const broken = linearOperator(zeros([2]), (x: Tensor) => mul(x, tensor([1, Number.NaN])))
  expect(E.isLeft(choleskyPreconditioner({ shift: 1, diagonal: tensor([1, 1]) })(broken))).toBe(true)
})
