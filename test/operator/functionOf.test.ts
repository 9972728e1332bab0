import fc from 'fast-check'
import {
  eigh,
  matmul,
  mul,
  normal,
  randomKey,
  sub,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeMap,
  treeNorm,
  zeros,
} from 'gradus'
import {
  absoluteOperator,
  applyFunction,
  diagonalOperator,
  functionOperator,
  linearOperator,
  operatorOf,
} from 'gradus/curvature'
import { operatorLaws, register, symmetricMatrices, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { counted, defectOf, ofSpectrum, withSpectrum } from '../support/operators.js'

const norm = (x: unknown): number => toNumber(treeNorm(x))

/** f(A) from the whole decomposition. */
const dense = (values: ReadonlyArray<number>, seed: number, f: (x: number) => number): Tensor =>
  withSpectrum(values.map(f), seed)

const functions: ReadonlyArray<readonly [string, (x: number) => number, ReadonlyArray<number>]> = [
  ['1/|x|', (x) => 1 / Math.abs(x), Array.from({ length: 60 }, (_, i) => (i < 20 ? -2 : 1) * (1 + i / 30))],
  ['√', Math.sqrt, Array.from({ length: 60 }, (_, i) => 0.5 + i / 10)],
  ['exp', Math.exp, Array.from({ length: 60 }, (_, i) => (i - 40) / 10)],
  ['sign', Math.sign, Array.from({ length: 60 }, (_, i) => (i < 20 ? -1 : 1) * (1 + i / 30))],
]

describe('functions of operators', () => {
  it.each(functions)('%s is that of the eigenvalues, with an honest estimate of the error', (_, f, values) => {
    const operator = ofSpectrum(values, 1)
    const v = normal(randomKey(2), [60])
    const exact = matmul(dense(values, 1, f), v)
    for (const tolerance of [1e-2, 1e-4, 1e-9]) {
      const found = applyFunction(f, { tolerance })(operator)(v)
      expect(found.converged).toBe(true)
      // The change of the last four vectors leaves out what those to come will change.
      expect(norm(sub(found.image, exact))).toBeLessThanOrEqual(20 * Math.max(found.error, 1e-12 * norm(exact)))
    }
    const before = operator.products()
    const early = applyFunction(f, { tolerance: 1e-2 })(operator)(v)
    expect(operator.products() - before).toBe(early.products)
    expect(early.products).toBeLessThan(60)
  })

  it('know how far they are from the end, also where it is reached slowly', () => {
    // Conditions of 1e4 and 1e6, and 1e2 where f has a pole inside of the spectrum: what four vectors change is up to 500 times less than
    // what is missing.
    const slow = [
      [4, 1],
      [6, 1],
      [2, -1],
    ].map(([digits = 0, sign = 1]) =>
      diagonalOperator(tensor(Array.from({ length: 800 }, (_, i) => (i % 2 ? sign : 1) * 10 ** ((-digits * i) / 800)))),
    )
    const v = normal(randomKey(3), [800])
    for (const operator of slow)
      for (const f of [(x: number) => 1 / Math.abs(x), (x: number) => Math.sqrt(Math.abs(x))]) {
        const ratios = [60, 100, 140, 180].map((dimension) => {
          const found = applyFunction(f, { dimension })(operator)(v)
          return (
            norm(sub(found.image, mul(v, treeMap((d) => tensor([...toFloat64Array(d)].map(f)))(operator.like)))) /
            found.error
          )
        })
        expect(Math.max(...ratios)).toBeLessThan(20)
      }
  })

  it('of small operators are exact, whatever the spectrum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }).chain((n) => fc.tuple(symmetricMatrices('indefinite', n), tensors([n]))),
        ([{ matrix }, v]) => {
          const { values: eigenvalues, vectors: eigenvectors } = eigh(matrix)
          const cubes = matmul(
            mul(eigenvectors, mul(eigenvalues, mul(eigenvalues, eigenvalues))),
            transpose(eigenvectors),
          )
          const found = applyFunction((x) => x ** 3)(operatorOf(matrix))(v)
          expect(found.converged).toBe(true)
          const scale = Math.max(1, norm(cubes) * norm(v))
          expectNear(mul(1 / scale, found.image), mul(1 / scale, matmul(cubes, v)), 1e-10)
        },
      ),
    )
  })

  it('are operators again', () => {
    const values = [3, -2, 0.5, -0.1]
    expectNear(absoluteOperator()(ofSpectrum(values, 3)).matrix(), dense(values, 3, Math.abs), 1e-12)
    expectNear(functionOperator(Math.exp)(ofSpectrum(values, 3)).matrix(), dense(values, 3, Math.exp), 1e-11)
  })

  register(
    { describe, it },
    { instances: 30 },
  )(
    operatorLaws({
      name: '|A|',
      operators: symmetricMatrices('indefinite', 4).map(({ matrix }) => absoluteOperator()(operatorOf(matrix))),
      tolerance: 1e-7,
    }),
  )

  it('say when the space was too small, and what is not finite', () => {
    const operator = ofSpectrum(
      Array.from({ length: 50 }, (_, i) => i - 24.5),
      4,
    )
    const v = normal(randomKey(5), [50])
    const found = applyFunction(Math.sign, { dimension: 6 })(operator)(v)
    expect(found).toMatchObject({ converged: false, products: 6 })
    expect(found.error).toBeGreaterThan(1e-3)
    const singular = applyFunction((x) => 1 / x)(
      operatorOf(
        tensor([
          [0, 0],
          [0, 1],
        ]),
      ),
    )(tensor([1, 0]))
    expect(singular.converged).toBe(false)
    // 0 is an eigenvalue here, and rounding decides on which side of it, or how near, it is found.
    for (const f of [Math.sign, (x: number) => 1 / x, (x: number) => 1 / Math.abs(x)]) {
      const blurred = applyFunction(f)(ofSpectrum([5, 0, 0, 0, 0], 1))(tensor([1, 2, 3, 4, 5]))
      expect(blurred.converged).toBe(false)
      expect(blurred.error).toBeGreaterThan(0.1)
    }
    const bad = linearOperator(zeros([2]), (x: Tensor) => mul(x, tensor([1, Number.NaN])))
    expect(applyFunction(Math.abs)(bad)(tensor([1, 1])).converged).toBe(false)
    // NaN in the fourth product, which was taken as well as the three before it.
    const late = counted(ofSpectrum([1, 2, 3, 4, 5, 6, 7, 8], 1))
    const spoiled = {
      ...late,
      apply: (x: Tensor): Tensor => {
        const image = late.apply(x)
        return late.products() === 4 ? mul(Number.NaN, image) : image
      },
    }
    expect(applyFunction(Math.abs)(spoiled)(normal(randomKey(1), [8]))).toMatchObject({ converged: false, products: 4 })
    expectNear(applyFunction(Math.exp)(operator)(zeros([50])).image, zeros([50]), 0)
    expect(defectOf(() => applyFunction(Math.abs, { dimension: 0 }))).toMatch(
      /dimension to be an integer of 1 or more, got 0/,
    )
  })
})
