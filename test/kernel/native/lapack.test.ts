/** The reduction of a LAPACK: of one in TypeScript, right and wrong, and of this machine's where it has one. */
import * as E from 'fp-ts/lib/Either.js'
import { tensor, toArray, toFloat64Array } from 'gradus'
import { eigen } from 'gradus/curvature'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Found, findBlas } from '../../../src/kernel/native/blas.js'
import type { ForeignFunction } from '../../../src/kernel/native/foreign.js'
import { reductionTest } from '../../../src/kernel/native/reductionTest.js'
import { type Provider, provider, useProvider } from '../../../src/kernel/provider.js'
import { symmetricEigen, symmetricEigenvalues } from '../../../src/kernel/reference/eigen.js'
import { type Tridiagonalize, tridiagonalize } from '../../../src/kernel/reference/tridiagonalize.js'
import { dsytrd, openblas, opening, type Symbols } from './fake.js'

const EPSILON = 2 ** -52
const at = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN

const find = (symbols: Symbols, threads = 1): Found =>
  findBlas({ threads, path: undefined, platform: 'linux', open: opening({ 'libopenblas.so.0': symbols }) })

const withLapack = (reduction: ForeignFunction): Found => find({ ...openblas(), dsytrd_: reduction })

const initial = provider()
afterEach(() => {
  useProvider(initial)
})

const numbers = (n: number): ((i: number, j: number) => number) => {
  return (i, j) => Math.sin(((Math.max(i, j) + 1) * (Math.min(i, j) + n)) % 1009) / Math.sqrt(n)
}
const matrix = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, ij) => entry(Math.floor(ij / n), ij % n))
/** Eigenvalues 0, 1, …, n − 1, well apart: H·diag·H with H = I − 2·x·xᵀ/xᵀx. */
const spaced = (n: number): Float64Array => {
  const x = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(i + 1))
  const square = x.reduce((sum, value) => sum + value * value, 0)
  const weighted = x.reduce((sum, value, i) => sum + i * value * value, 0)
  return matrix(n, (i, j) => {
    const [a, b] = [at(x, i), at(x, j)]
    return (i === j ? i : 0) - (2 * a * b * (i + j)) / square + (4 * weighted * a * b) / square ** 2
  })
}

/** Runs dsytrd and then does some harm; the arguments are a, d, e, tau and info. */
const after =
  (
    harm: (a: Float64Array, d: Float64Array, e: Float64Array, tau: Float64Array, info: Int32Array, n: number) => void,
    least = 0,
  ): ForeignFunction =>
  (...args) => {
    dsytrd(...args)
    const [, order, a, , d, e, tau, , , info] = args
    if (!(order instanceof Int32Array) || !(info instanceof Int32Array)) return undefined
    const [x, y, z, t] = [a, d, e, tau].map((array) => (array instanceof Float64Array ? array : new Float64Array()))
    if (x && y && z && t && at(order, 0) > least) harm(x, y, z, t, info, at(order, 0))
    return undefined
  }

const broken: ReadonlyArray<readonly [string, ForeignFunction, RegExp]> = [
  ['does nothing', () => undefined, /does not answer/],
  ['reports an illegal argument', after((_a, _d, _e, _t, info) => info.set([-4])), /does not answer/],
  ['has 64-bit integers', after((_a, _d, _e, _t, info) => info.fill(0)), /ILP64/],
  ['forgets the diagonal', after((_a, d) => d.fill(0), 1), /wrongly/],
  ['turns the signs of couplings', after((_a, _d, e) => e.set(e.map((x) => -x)), 1), /wrongly/],
  ['forgets the reflectors', after((_a, _d, _e, tau) => tau.fill(0), 1), /wrongly/],
  ['scales a reflector', after((_a, _d, _e, tau) => tau.set(tau.map((x) => x * (1 + 1e-10))), 1), /wrongly/],
  [
    'computes in single precision',
    after((a, d) => {
      a.set(new Float32Array(a))
      d.set(new Float32Array(d))
    }, 1),
    /wrongly/,
  ],
  ['is wrong by blocks only', after((_a, d) => d.set([at(d, 0) * (1 + 1e-10)]), 32), /order 97 wrongly/],
  ['leaves NaN', after((a, _d, _e, _t, _i, n) => a.fill(Number.NaN, 2 * n), 2), /wrongly/],
  [
    'reads the other triangle',
    (uplo, order, a, ...rest) => {
      const n = order instanceof Int32Array ? at(order, 0) : 0
      if (a instanceof Float64Array) a.set(a.map((_, ij) => at(a, (ij % n) * n + Math.floor(ij / n))))
      return dsytrd(uplo, order, a, ...rest)
    },
    /wrongly/,
  ],
]

describe('a library', () => {
  it('without LAPACK is taken for products, and says what is missing', () => {
    const found = find(openblas())
    expect(found).toMatchObject({ _tag: 'Found', withoutLapack: 'it has no function dsytrd_' })
    expect(found._tag === 'Found' && found.provider.tridiagonalize).toBeUndefined()
  })

  it('with LAPACK has both', () => {
    const found = withLapack(dsytrd)
    expect(found).toMatchObject({ _tag: 'Found', withoutLapack: undefined, refused: [] })
  })

  it.each(broken)('whose LAPACK %s is taken for products alone', (_, reduction, reason) => {
    const found = withLapack(reduction)
    if (found._tag !== 'Found') throw new Error('it was refused')
    expect(found.withoutLapack).toMatch(reason)
    expect(found.provider.tridiagonalize).toBeUndefined()
  })

  it('with 64-bit integers is refused before anything is called', () => {
    const product = vi.fn()
    const config = { openblas_get_config: () => 'OpenBLAS 9.8.7  USE64BITINT DYNAMIC_ARCH' }
    const found = find({ ...openblas(product), ...config })
    expect(found._tag === 'NotFound' && found.tried[0]?.reason).toContain('ILP64')
    expect(product).not.toHaveBeenCalled()
  })

  it('is told with those refused before it', () => {
    const open = opening({ 'libopenblas.so.0': {}, 'libopenblas.so': openblas() })
    const found = findBlas({ threads: 1, path: undefined, platform: 'linux', open })
    expect(found).toMatchObject({
      refused: [{ library: 'libopenblas.so.0', reason: 'it has no function cblas_dgemm' }],
    })
  })

  it('keeps its threads for reductions too', () => {
    const heard = vi.fn()
    const [one, two] = [1, 2].map((threads) => find({ ...openblas(undefined, heard), dsytrd_: dsytrd }, threads))
    heard.mockClear()
    const reduce = (found: Found | undefined): void => {
      if (found?._tag === 'Found') found.provider.tridiagonalize?.(70, matrix(70, numbers(70)), 1)
    }
    ;[one, one, two].forEach(reduce)
    expect(heard.mock.calls).toEqual([[1], [2]])
  })
})

describe('the test of a reduction', () => {
  it('passes the embedded one', () => {
    expect(reductionTest(tridiagonalize)).toBeUndefined()
  })

  it('names what is wrong', () => {
    const unscaled: Tridiagonalize = (n, a) => tridiagonalize(n, a, 1)
    expect(reductionTest(unscaled)).toBe('it reduces full matrices of order 1 wrongly')
  })
})

const calls = vi.fn(dsytrd)
const here = findBlas({ threads: 1, path: undefined })
const providers: ReadonlyArray<readonly [string, Provider]> = [
  ['a library in TypeScript', withLapack(calls)] as const,
  ['this machine', here] as const,
].flatMap(([name, found]) =>
  found._tag === 'Found' && found.provider.tridiagonalize !== undefined ? [[name, found.provider] as const] : [],
)

describe.each(providers)('eigen-decompositions by %s', (_, { tridiagonalize: reduce = tridiagonalize }) => {
  it('have the bits of the embedded ones for small matrices', () => {
    const a = matrix(63, numbers(63))
    expect(symmetricEigen(63, a, reduce)?.vectors()).toEqual(symmetricEigen(63, a)?.vectors())
  })

  it.each([64, 65, 100, 161])('have the embedded eigenvalues at order %d, by rounding', (n) => {
    const a = matrix(n, numbers(n))
    const before = a.slice()
    const [found, expected] = [symmetricEigenvalues(n, a, reduce), symmetricEigenvalues(n, a)]
    // Both are exact for a matrix within 4·n·ε·‖A‖, and Weyl's theorem carries that over to eigenvalues.
    const norm = Math.max(Math.abs(at(expected ?? [], 0)), Math.abs(at(expected ?? [], n - 1)))
    expect(found?.findIndex((x, i) => !(Math.abs(x - at(expected ?? [], i)) <= 8 * n * EPSILON * norm))).toBe(-1)
    expect(a).toEqual(before)
    expect(symmetricEigen(n, a, reduce)?.values).toEqual(found)
  })

  it('have the embedded eigenvectors but for signs, where eigenvalues are well apart', () => {
    const n = 100
    const [found, expected] = [symmetricEigen(n, spaced(n), reduce), symmetricEigen(n, spaced(n))]
    const [v, w] = [found?.vectors() ?? [], expected?.vectors() ?? []]
    // sin θ ≤ ‖E‖ / gap (Davis and Kahan), with gap 1 and ‖E‖ ≤ 8·n·ε·‖A‖ between the two.
    const bound = 8 * n * EPSILON * n
    const wrong = Array.from({ length: n }, (__, i) => i).filter((i) => {
      const distance = (sign: number): number =>
        Math.hypot(...Array.from({ length: n }, (__, r) => at(v, r * n + i) - sign * at(w, r * n + i)))
      return !(Math.min(distance(1), distance(-1)) <= 2 * bound)
    })
    expect(wrong).toEqual([])
  })

  it.each<readonly [string, (i: number, j: number) => number]>([
    ['full', numbers(90)],
    ['zero', () => 0],
    ['of low rank', (i, j) => Math.sin(i + 1) * Math.sin(j + 1)],
    ['graded down', (i, j) => 10 ** (-(i + j) * 2) * Math.cos(i * j)],
    ['graded up', (i, j) => 10 ** ((i + j - 178) * 2) * Math.cos(i * j)],
    ['huge', (i, j) => 1e307 * Math.sin(i * j + i + j)],
    ['tiny', (i, j) => 1e-290 * Math.sin(i * j + i + j)],
  ])('are backward stable on matrices that are %s', (__, entry) => {
    const n = 90
    const a = matrix(n, entry)
    const scale = Math.max(...a.map(Math.abs)) || 1
    const found = symmetricEigen(n, a, reduce)
    const v = found?.vectors() ?? new Float64Array()
    const column = (i: number): Float64Array => Float64Array.from({ length: n }, (___, r) => at(v, r * n + i))
    const norm = Math.max(
      1,
      ...Array.from({ length: n }, (___, i) =>
        a.subarray(i * n, i * n + n).reduce((s, x) => s + Math.abs(x / scale), 0),
      ),
    )
    const defects = Array.from({ length: n }, (___, i) => {
      const x = column(i)
      const residual = Array.from(
        { length: n },
        (____, r) =>
          x.reduce((sum, value, c) => sum + (at(a, r * n + c) / scale) * value, 0) -
          (at(found?.values ?? [], i) / scale) * at(x, r),
      )
      const length = x.reduce((sum, value) => sum + value * value, 0) - 1
      const [y, last] = [found?.project(x) ?? [], i]
      const unit = Math.max(...Array.from({ length: n }, (____, c) => Math.abs(at(y, c) - (c === last ? 1 : 0))))
      return Math.max(...residual.map(Math.abs)) / norm + Math.abs(length) + unit
    })
    expect(Math.max(...defects)).toBeLessThanOrEqual(12 * n * EPSILON)
  })
})

describe('eigen', () => {
  const useFake = (): void => {
    const found = withLapack(calls)
    if (found._tag === 'Found') useProvider(found.provider)
    calls.mockClear()
  }
  const rows = (n: number): ReadonlyArray<ReadonlyArray<number>> =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => numbers(n)(i, j)))

  it('uses the LAPACK of the provider for large matrices, and no other', () => {
    calls.mockClear()
    eigen(tensor(rows(80)))
    expect(calls).not.toHaveBeenCalled()
    useFake()
    const found = eigen(tensor(rows(80)))
    expect(calls).toHaveBeenCalledTimes(1)
    eigen(tensor(rows(10)))
    expect(calls).toHaveBeenCalledTimes(1)
    useProvider(initial)
    const expected = eigen(tensor(rows(80)))
    if (E.isLeft(found) || E.isLeft(expected)) throw new Error('no convergence')
    expect(toFloat64Array(found.right.values)).toEqual(toFloat64Array(expected.right.values))
  })

  it('falls back to the embedded reduction where a call fails', () => {
    const failing = vi.fn<ForeignFunction>(after((_a, _d, _e, _t, info) => info.set([1]), 100))
    const found = withLapack(failing)
    if (found._tag === 'Found') useProvider(found.provider)
    const n = 101
    const diagonal = eigen(tensor(rows(n).map((row, i) => row.map((_, j) => (i === j ? i : 0)))))
    expect(failing.mock.lastCall?.[1]).toEqual(Int32Array.of(n, 0))
    expect(E.isRight(diagonal) && toArray(diagonal.right.values)).toEqual(Array.from({ length: n }, (_, i) => i))
  })

  it('is not asked about what is not finite', () => {
    useFake()
    const found = eigen(tensor(rows(70).map((row, i) => row.map((x, j) => (i === 69 && j === 3 ? Number.NaN : x)))))
    expect(E.isLeft(found)).toBe(true)
    expect(calls).not.toHaveBeenCalled()
  })
})
