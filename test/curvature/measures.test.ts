/** Index, sharpness, top subspaces and the flatness audit, on matrices whose spectrum is given. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  diag,
  grad,
  matmul,
  mul,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  treeScale,
  zeros,
} from 'gradus'
import {
  flatness,
  gradientInTopSubspace,
  hessianOperator,
  indexOf,
  type LinearOperator,
  linearOperator,
  sharpness,
  subspaceOverlap,
  type TopSubspace,
  topSubspace,
} from 'gradus/curvature'
import { orthogonalMatrices } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { ofSpectrum } from '../support/operators.js'

const right = <A>(outcome: E.Either<unknown, A>): A =>
  E.getOrElseW((failure) => expect.fail(`a failure: ${JSON.stringify(failure)}`))(outcome)

const operatorOf = (matrix: Tensor): LinearOperator<Tensor> => ({
  like: zeros([matrix.shape[0] ?? 0]),
  size: matrix.shape[0] ?? 0,
  apply: (v) => matmul(matrix, v),
  matrix: () => matrix,
})

const n = 8
/** Integers, so that an eigenvalue of 0 is one. */
const spectra = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: n, maxLength: n })
const rotated = (q: Tensor, values: ReadonlyArray<number>): Tensor =>
  matmul(matmul(q, diag(tensor(values))), transpose(q))
const column = (q: Tensor, i: number): Tensor =>
  matmul(q, tensor(Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))))

const drawn = fc.record({ q: orthogonalMatrices(n), values: spectra, dimension: fc.integer({ min: 1, max: n - 1 }) })

describe('indexOf', () => {
  it('counts the negative eigenvalues, and bounds them from any Krylov space', () => {
    fc.assert(
      fc.property(drawn, ({ q, values, dimension }) => {
        const operator = operatorOf(rotated(q, values))
        const truth = values.filter((value) => value < 0).length
        expect(right(indexOf({ tolerance: 1e-9 })(operator))).toEqual({
          atLeast: truth,
          atMost: truth,
          share: [truth / n, truth / n],
          products: n,
        })
        const { atLeast, atMost } = right(indexOf({ dimension, tolerance: 1e-9 })(operator))
        expect(atLeast).toBeLessThanOrEqual(truth)
        expect(atMost).toBeGreaterThanOrEqual(truth)
        expect(atMost - atLeast).toBeGreaterThanOrEqual(n - dimension)
      }),
    )
  })

  it('takes rounding for zero by default', () => {
    const values = tensor([1e6, -1e-7, -1e-3])
    expect(right(indexOf()(operatorOf(diag(values)))).atLeast).toBe(1)
    expect(right(indexOf()(operatorOf(zeros([3, 3])))).atLeast).toBe(0)
    expect(right(indexOf()(operatorOf(zeros([0, 0]))))).toEqual({ atLeast: 0, atMost: 0, share: [0, 0], products: 0 })
  })

  it('says when the matrix is not finite, and refuses what cannot be', () => {
    const broken = operatorOf(tensor([[Number.NaN]]))
    expect(E.isLeft(indexOf()(broken))).toBe(true)
    expect(E.isLeft(flatness()(broken, tensor([1])))).toBe(true)
    expect(() => indexOf({ tolerance: -1 })(broken)).toThrow(/tolerance of 0 or more/)
    expect(() => indexOf({ dimension: 0 })(broken)).toThrow(/dimension to be an integer of 1 or more/)
    expect(() => topSubspace({ count: 0 })(broken)).toThrow(/count to be an integer of 1 or more/)
  })
})

describe('sharpness', () => {
  it('is the largest eigenvalue, and never more in a Krylov space, which knows how near it is', () => {
    fc.assert(
      fc.property(drawn, ({ q, values, dimension }) => {
        const operator = operatorOf(rotated(q, values))
        const truth = Math.max(...values)
        expectNear(right(sharpness()(operator)).value, truth, 1e-12)
        const { value, error } = right(sharpness({ dimension })(operator))
        expect(value).toBeLessThanOrEqual(truth + 1e-12)
        expect(Math.min(...values.map((each) => Math.abs(each - value)))).toBeLessThanOrEqual(error + 1e-12)
      }),
    )
  })
})

describe('topSubspace', () => {
  const values = [3, -5, 1, 0.5, -1, 4, 2, -0.25]

  it('has the eigenpairs of the end that was asked for', () => {
    fc.assert(
      fc.property(orthogonalMatrices(n), (q) => {
        const operator = operatorOf(rotated(q, values))
        const ends = { largest: [5, 0], smallest: [1, 4], magnitude: [1, 5] } as const
        for (const which of ['largest', 'smallest', 'magnitude'] as const) {
          const top = right(topSubspace({ count: 2, which })(operator))
          expectNear(
            top.values,
            ends[which].map((i) => values[i] ?? Number.NaN),
          )
          const truth: Pick<TopSubspace<Tensor>, 'vectors'> = { vectors: ends[which].map((i) => column(q, i)) }
          expectNear(subspaceOverlap(top, truth), 1)
          expect(Math.max(...top.residuals)).toBeLessThan(1e-12)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is found by a Krylov space, with residuals that say how well', () => {
    const wide = operatorOf(diag(tensor(Array.from({ length: 60 }, (_, i) => (i < 3 ? 100 + 20 * i : i / 60)))))
    const top = right(topSubspace({ count: 3, dimension: 25 })(wide))
    expectNear(top.values, [140, 120, 100], 1e-9)
    expect(Math.max(...top.residuals)).toBeLessThan(1e-6)
    const rough = right(topSubspace({ count: 1, dimension: 2 })(wide))
    expect(rough.residuals[0]).toBeGreaterThan(1)
  })

  it('holds the share of a gradient that it was given', () => {
    fc.assert(
      fc.property(orthogonalMatrices(n), fc.integer({ min: -300, max: 300 }), (q, power) => {
        const top = right(topSubspace({ count: 2 })(operatorOf(rotated(q, values))))
        // In the subspace 3 and 4 along its vectors, outside of it 12.
        const inside = add(mul(3, column(q, 5)), mul(4, column(q, 0)))
        const gradient = treeScale(10 ** power, add(inside, mul(12, column(q, 1))))
        expectNear(gradientInTopSubspace(top)(gradient), 25 / 169, 1e-12)
      }),
    )
    const top = right(topSubspace({ count: 2 })(operatorOf(diag(tensor(values)))))
    expect(gradientInTopSubspace(top)(zeros([n]))).toBeNaN()
  })
})

describe('flatness', () => {
  it('is critical where the gradient is nothing, flat in the kernel of the Hessian, and neither elsewhere', () => {
    const h = operatorOf(diag(tensor([2, -1, 0])))
    const audit = (...g: ReadonlyArray<number>) => right(flatness()(h, tensor(g)))
    expect(audit(1e-6, 0, 0)).toMatchObject({ verdict: 'critical' })
    expect(audit(0, 0, 0)).toEqual({ verdict: 'critical', gradientSquared: 0, residual: 0, curvedResidual: 0 })
    expect(audit(0, 0, 1)).toEqual({ verdict: 'flat', gradientSquared: 1, residual: 1, curvedResidual: 0 })
    expect(audit(1, 1, 0)).toMatchObject({ verdict: 'neither', residual: 0 })
    // p = (−1/2, 1, 0): r = 1 / (√5 √1.25 + √3), where ‖H‖_F = √5.
    expectNear(audit(1, 1, 1).residual, 1 / (2.5 + Math.sqrt(3)))
    expect(audit(1, 1, 1)).toMatchObject({ verdict: 'neither', curvedResidual: 0 })
    expect(audit(Number.NaN, 0, 0).verdict).toBe('neither')
  })

  it('takes curvature below the cutoff for none, and what is left of it for curvature', () => {
    const weak = operatorOf(diag(tensor([1, 1e-5])))
    const g = tensor([0, 1])
    expect(right(flatness()(weak, g)).verdict).toBe('neither')
    const cut = right(flatness({ cutoff: 1e-4 })(weak, g))
    expect(cut.verdict).toBe('flat')
    expectNear(cut.curvedResidual, 1e-5 / Math.hypot(1, 1e-5), 1e-15)
    expect(right(flatness({ cutoff: 1e-4, curvedResidual: 1e-6 })(weak, g)).verdict).toBe('neither')
  })

  it('asks for two products and no matrix when the step is known', () => {
    const calls = { products: 0 }
    const h: LinearOperator<Tensor> = {
      ...operatorOf(diag(tensor([2, 0]))),
      apply: (v) => {
        calls.products += 1
        return mul(tensor([2, 0]), v)
      },
      matrix: () => expect.fail('the matrix was asked for'),
    }
    const known = { step: tensor([-0.5, 0]), frobenius: 2 }
    expect(right(flatness()(h, tensor([1, 10]), known))).toMatchObject({ verdict: 'flat', curvedResidual: 0 })
    expect(calls.products).toBe(2)
  })

  it('finds a region where the loss falls along a direction without curvature', () => {
    // The valley of x² − y: everywhere downhill in y, and the Hessian sees x alone.
    const loss = ({ x, y }: { readonly x: Tensor; readonly y: Tensor }): Tensor => sub(square(x), y)
    const p = { x: scalar(0.01), y: scalar(5) }
    const audit = right(flatness()(hessianOperator(loss)(p), grad(loss)(p)))
    expect(audit.verdict).toBe('flat')
    expectNear(audit.gradientSquared, 1.0004)
  })
})

describe('a start', () => {
  const h = hessianOperator((x: Tensor) => sum(mul(tensor([1, 3, -2, 5]), square(x))))(zeros([4]))

  it('of zeros, such as the gradient at a critical point, shows no less than none', () => {
    expect(sharpness({ dimension: 2 })(h, zeros([4]))).toEqual(sharpness({ dimension: 2 })(h))
    expect(indexOf({ dimension: 3 })(h, zeros([4]))).toEqual(indexOf({ dimension: 3 })(h))
  })

  it('that is not finite is told', () => {
    const start = tensor([1, Number.NaN, 0, 0])
    expect(E.isLeft(sharpness({ dimension: 2 })(h, start))).toBe(true)
    expect(E.isLeft(topSubspace({ count: 1, dimension: 2 })(h, start))).toBe(true)
  })
})

it('what was measured says what it took', () => {
  const values = Array.from({ length: 12 }, (_, i) => i - 4)
  for (const dimension of [undefined, 1, 5, 12]) {
    const options = dimension === undefined ? {} : { dimension }
    const spent = (measure: (operator: LinearOperator<Tensor>) => { readonly products: number }): void => {
      const operator = ofSpectrum(values, 3)
      // The matrix of this operator is at hand; its products are those that would have formed it.
      const watched = linearOperator(operator.like, operator.apply)
      expect(measure(watched).products).toBe(operator.products())
    }
    spent((operator) => right(indexOf(options)(operator)))
    spent((operator) => right(sharpness(options)(operator)))
    spent((operator) => right(topSubspace({ count: 3, ...options })(operator)))
  }
})
