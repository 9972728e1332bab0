/** What Krylov methods and random estimators must find of an operator that is small enough to be decomposed. */
import type * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  conjugateGradient,
  eigen,
  eigenpairs,
  hutchinson,
  type LinearOperator,
  logDeterminant,
  minresQlp,
  powerOperator,
  shiftOperator,
  spectralDensity,
  xTrace,
} from '../src/curvature/index.js'
import {
  matmul,
  mul,
  randomKey,
  ravel,
  sub,
  type Tensor,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeDot,
  treeNorm,
} from '../src/index.js'
import { all, atMost, because, close, type Evidence } from './close.js'
import { directionLike, seeds } from './direction.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

/**
 * Symmetric operators of a few unknowns, positive definite or not.
 *
 * @since 0.1.0
 */
export interface KrylovClaim<P> {
  readonly name: string
  readonly operators: fc.Arbitrary<LinearOperator<P>>
  /** Allowed error, relative to the sizes that are compared; default 1e-7. */
  readonly tolerance?: number
}

const spectrumOf = (matrix: Tensor): ReadonlyArray<number> => {
  const found = eigen(matrix)
  return E.isRight(found) ? [...toFloat64Array(found.right.values)] : []
}

const total = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)

/**
 * The laws of solvers, eigenpairs, traces, densities and log-determinants, against the matrix of the operator: conjugate gradients on
 * A² + I have orthogonal residuals and a falling model; MINRES-QLP solves what has a solution; eigenpairs are those of the matrix;
 * XTrace is exact for as many vectors as unknowns; densities have mass 1 and the moments of their probes; log det is Σ log λ.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { diagonalOperator } from 'gradus/curvature'
 * import { check, krylovLaws, tensors } from 'gradus/laws'
 * const operators = tensors([3]).map(diagonalOperator)
 * E.isRight(check({ seed: 1 })(krylovLaws({ name: 'diagonals', operators }))) // => true
 *
 * @since 0.1.0
 */
export const krylovLaws = <P>({ name, operators, tolerance = 1e-7 }: KrylovClaim<P>): RuleSet => {
  const stated = (statement: string, evidenceOf: (a: LinearOperator<P>, v: P, seed: number) => Evidence): Law =>
    law(
      statement,
      seeds.chain((seed) => operators.map((a) => ({ a, seed }))),
      ({ a, seed }) => evidenceOf(a, directionLike(a.like, seed), seed),
    )
  const norm = (x: unknown): number => toNumber(treeNorm(x))
  const near = (left: unknown, right: unknown, size: number): Evidence =>
    because('rounding beside the size of the operator')(close(tolerance, Math.max(1, size))(left, right))
  const definite = (a: LinearOperator<P>): LinearOperator<P> => shiftOperator(1)(powerOperator(2)(a))
  return ruleSet(
    name,
    [],
  )([
    stated('residuals of conjugate gradients are orthogonal, and their model falls', (a, v) => {
      const system = definite(a)
      const { iterates, values } = conjugateGradient({ maximalIterations: 3, keepIterates: true })(system)(v)
      const residuals = iterates.map(({ solution }) => treeAxpy(-1, system.apply(solution), v))
      const products = residuals.flatMap((r, i) => residuals.slice(0, i).map((s) => toNumber(treeDot(r, s))))
      const rises = values.slice(1).map((value, i) => value - (values[i] ?? Number.NaN))
      return all(
        near(
          products,
          products.map(() => 0),
          norm(v) ** 2,
        ),
        atMost(1e-12 * (1 + norm(v) ** 2))(
          rises.reduce((most, rise) => Math.max(most, rise), 0),
          0,
        ),
      )
    }),
    stated('MINRES-QLP solves what has a solution, by a shortest vector', (a, v) => {
      const b = a.apply(v)
      const { solution, solutionNorm } = minresQlp({ transferCondition: 1, tolerance: 1e-13 })(a)(b)
      return all(
        near(ravel(a.apply(solution))[0], ravel(b)[0], norm(a.matrix()) * norm(v)),
        atMost(tolerance * (1 + norm(v)))(solutionNorm, norm(v)),
      )
    }),
    stated('eigenpairs are those of the matrix', (a) => {
      const { pairs } = eigenpairs({ count: a.size, which: 'smallest' })(a)
      const matrix = a.matrix()
      const errors = pairs.map(({ value, vector }) => {
        const flat = ravel(vector)[0]
        return norm(sub(matmul(matrix, flat), mul(value, flat)))
      })
      return all(
        near(
          pairs.map(({ value }) => value),
          spectrumOf(matrix),
          norm(matrix),
        ),
        near(
          errors,
          errors.map(() => 0),
          norm(matrix),
        ),
      )
    }),
    stated('XTrace is exact for as many vectors as unknowns', (a, _, seed) => {
      const matrix = a.matrix()
      return near(
        xTrace({ key: randomKey(seed), probes: Math.max(2, 2 * a.size) })(a).value,
        total(spectrumOf(matrix)),
        100 * norm(matrix),
      )
    }),
    stated('densities have mass 1, and the moments of their probes', (a, _, seed) => {
      const options = { key: randomKey(seed), probes: 4 }
      const density = spectralDensity(options)(a)
      const size = norm(a.matrix()) ** 2
      return all(
        near(total(density.weights), 1, 1),
        near(density.moment(1).value * a.size, hutchinson(options)(a).value, size * a.size),
        near(density.moment(2).value * a.size, hutchinson(options)(powerOperator(2)(a)).value, size * a.size),
      )
    }),
    stated('the log-determinant is the sum of the logarithms of the eigenvalues', (a, _, seed) => {
      const found = logDeterminant({ key: randomKey(seed) })(definite(a))
      const values = spectrumOf(definite(a).matrix())
      return near(E.isRight(found) ? found.right.value : Number.NaN, total(values.map(Math.log)), a.size)
    }),
  ])
}
