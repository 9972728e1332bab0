/** Matrix products of the two providers, and the symmetric eigenproblem and Cholesky in units that the machine does not decide. */

import { raise } from '../../src/data/Defect.js'
import { normal, randomKey, toFloat64Array } from '../../src/index.js'
import { choleskyFactor } from '../../src/kernel/blocked/cholesky.js'
import { solveLower } from '../../src/kernel/blocked/triangular.js'
import { findBlas } from '../../src/kernel/native/blas.js'
import { type Provider, reference, wasm } from '../../src/kernel/provider.js'
import { choleskyReference, solveLowerReference } from '../../src/kernel/reference/cholesky.js'
import { symmetricEigen, symmetricEigenvalues } from '../../src/kernel/reference/eigen.js'
import type { Tridiagonalize } from '../../src/kernel/reference/tridiagonalize.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { atMost, type Figure, type Part, ratio, time } from '../report.js'

const numbers = (seed: number, length: number): Float64Array => toFloat64Array(normal(randomKey(seed), [length]))

const product = (provider: Provider, m: number, k: number, n: number): (() => Float64Array) => {
  const [a, b, c] = [numbers(1, m * k), numbers(2, k * n), new Float64Array(m * n)]
  return () => {
    provider.matmul(m, n, k, a, 0, false, b, 0, false, c, 0)
    return c
  }
}

const shapes: ReadonlyArray<readonly [number, number, number]> = [
  [4, 4, 4],
  [8, 8, 8],
  [32, 32, 32],
  [500, 100, 5],
  [500, 100, 50],
  [500, 50, 10],
  [256, 256, 256],
  [512, 512, 512],
]

const flops = (operations: number, seconds: number): string => `${(operations / seconds / 1e9).toPrecision(3)} GFLOP/s`

const products = (fast: Provider, effort: Effort): Part => {
  return () => ({
    title: `matrix products m×k·k×n: ${fast.name} against ${reference.name}, copies included`,
    figures: shapes.flatMap(([m, k, n]): ReadonlyArray<Figure> => {
      const timings = interleave(
        { reference: { run: product(reference, m, k, n) }, fast: { run: product(fast, m, k, n) } },
        effort,
      )
      const [spread, work] = [spreadOf(timings('fast')), 2 * m * k * n]
      return [
        ratio(`${m}×${k}·${k}×${n}: ${reference.name} / ${fast.name}`, ratiosOf(timings('reference'), timings('fast'))),
        time(`  ${fast.name}, ${flops(work, spread.median)} (best ${flops(work, spread.least)})`, spread),
      ]
    }),
  })
}

/** (B + Bᵀ)/2 for normal B. */
const symmetric = (n: number): Float64Array => {
  const b = numbers(3, n * n)
  return b.map((entry, at) => (entry + (b[(at % n) * n + Math.floor(at / n)] ?? Number.NaN)) / 2)
}

const eigen = (n: number, effort: Effort): Part => {
  return () => {
    const a = symmetric(n)
    const timings = interleave(
      {
        product: { run: product(wasm ?? reference, n, n, n) },
        values: { run: () => symmetricEigenvalues(n, a) },
        factors: { run: () => symmetricEigen(n, a) },
        vectors: { run: () => symmetricEigen(n, a)?.vectors() ?? raise('InvalidArgument', 'bench: no convergence.') },
      },
      effort,
    )
    return {
      title: `the symmetric eigenproblem, n = ${n}`,
      figures: [
        ratio(`eigenvalues / product of n×n`, ratiosOf(timings('values'), timings('product'))),
        ratio(`with vectors in factors / product of n×n`, ratiosOf(timings('factors'), timings('product'))),
        ratio(`with the matrix of vectors / product of n×n`, ratiosOf(timings('vectors'), timings('product'))),
        time('product of n×n', spreadOf(timings('product'))),
        time('eigenvalues', spreadOf(timings('values'))),
        time('with vectors in factors', spreadOf(timings('factors'))),
        time('with the matrix of vectors', spreadOf(timings('vectors')), n === 300 ? atMost(0.06) : undefined),
      ],
    }
  }
}

/** Eigenvalues and vectors in factors, the reduction embedded and by the LAPACK of this machine. */
const lapack = (n: number, name: string, reduce: Tridiagonalize, effort: Effort): Part => {
  return () => {
    const a = symmetric(n)
    const timings = interleave(
      {
        embedded: { run: () => symmetricEigen(n, a) },
        native: { run: () => symmetricEigen(n, a, reduce) },
      },
      effort,
    )
    return {
      title: `the symmetric eigenproblem with ${name}, vectors in factors, n = ${n}`,
      figures: [
        ratio(`embedded / ${name}`, ratiosOf(timings('embedded'), timings('native'))),
        time('embedded', spreadOf(timings('embedded'))),
        time(name, spreadOf(timings('native'))),
      ],
    }
  }
}

/** A factorisation and the solution for n right-hand sides, by plain loops and by halves on the embedded product. */
const cholesky = (n: number, effort: Effort): Part => {
  return () => {
    const a = symmetric(n).map((entry, at) => entry + (at % (n + 1) === 0 ? 2 * n : 0))
    const [factor, out] = [choleskyReference(n, a), new Float64Array(n * n)]
    const lower = factor._tag === 'Factor' ? factor.lower : raise('InvalidArgument', 'bench: not positive definite.')
    const timings = interleave(
      {
        plain: { run: () => choleskyReference(n, a) },
        blocked: { run: () => choleskyFactor(n, a) },
        plainSolve: { run: () => solveLowerReference(n, n, lower, a, out) },
        blockedSolve: { run: () => solveLower(n, n, lower, a, out) },
      },
      effort,
    )
    return {
      title: `Cholesky, n = ${n}`,
      figures: [
        ratio('factors: plain / blocked', ratiosOf(timings('plain'), timings('blocked'))),
        ratio('n right-hand sides: plain / blocked', ratiosOf(timings('plainSolve'), timings('blockedSolve'))),
        time('factors, blocked', spreadOf(timings('blocked'))),
        time('n right-hand sides, blocked', spreadOf(timings('blockedSolve'))),
      ],
    }
  }
}

const native = (effort: Effort): ReadonlyArray<Part> => {
  const found = findBlas({ threads: 1, path: undefined })
  if (found._tag !== 'Found' || found.provider.tridiagonalize === undefined) return []
  const { name, tridiagonalize } = found.provider
  return [50, 100, 300, 700].map((n) => lapack(n, name, tridiagonalize, effort))
}

export const kernels = (rounds: number): ReadonlyArray<Part> => [
  ...(wasm === undefined ? [] : [products(wasm, { rounds, seconds: 0.02, samples: 3 })]),
  ...[100, 300, 700].map((n) => eigen(n, { rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 })),
  ...native({ rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 }),
  ...[100, 300, 700].map((n) => cholesky(n, { rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 })),
]
