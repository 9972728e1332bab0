/** Products of a native provider against the embedded ones: of a library in TypeScript, and of this machine's where it has one. */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loss, network } from '../../../bench/network.js'
import {
  compile,
  Defect,
  grad,
  hvp,
  loadBlas,
  matmul,
  normal,
  randomKey,
  showBlasFailure,
  stage,
  type Tensor,
  toFloat64Array,
  treeLeaves,
} from '../../../src/index.js'
import { findBlas } from '../../../src/kernel/native/blas.js'
import { type Provider, provider, reference, useProvider } from '../../../src/kernel/provider.js'
import { executable } from '../../../src/program/execute.js'
import { dgemm, openblas, opening } from './fake.js'

const initial = provider()
afterEach(() => {
  useProvider(initial)
})

const calls = vi.fn(dgemm)
const inTypeScript = findBlas({ threads: 1, path: 'fake', open: opening({ fake: openblas(calls) }) })
const here = loadBlas()

const providers: ReadonlyArray<readonly [string, Provider]> = [
  ...(inTypeScript._tag === 'Found' ? [['a library in TypeScript', inTypeScript.provider] as const] : []),
  ...(E.isRight(here) ? [[here.right.name, here.right] as const] : []),
]

describe('a library in TypeScript', () => {
  it('passes the self-test', () => {
    expect(inTypeScript._tag).toBe('Found')
  })
})

describe('this machine', () => {
  it('has a BLAS with a name, or a reason for each one tried', () => {
    if (E.isRight(here)) expect(here.right.name).toMatch(/^(openblas|blis|mkl|accelerate)/)
    else {
      expect(here.left.tried.length).toBeGreaterThan(0)
      expect(here.left.tried.every(({ reason }) => reason.length > 0)).toBe(true)
      expect(showBlasFailure(here.left).split('\n')).toHaveLength(here.left.tried.length)
    }
  })

  it('is not asked for half a thread', () => {
    ;[0, -1, 1.5, Number.NaN].forEach((threads) => expect(() => loadBlas({ threads })).toThrow(Defect))
  })

  it('keeps the embedded kernels until another is chosen', () => {
    loadBlas()
    expect(provider()).toBe(initial)
  })

  it('has no BLAS in a file that is none', () => {
    expect(E.isLeft(loadBlas({ path: import.meta.filename }))).toBe(true)
  })
})

const entries = (length: number, seed: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin((i + seed) * (i + 1)) * 10 ** ((i + seed) % 4))

const shape = (size: number) => fc.record({ m: fc.nat(size), n: fc.nat(size), k: fc.nat(size) })
const thin = fc.oneof(
  fc.record({ m: fc.integer({ min: 1, max: 3 }), n: fc.nat(200), k: fc.nat(300) }),
  fc.record({ m: fc.nat(200), n: fc.integer({ min: 1, max: 3 }), k: fc.nat(300) }),
  fc.record({ m: fc.nat(100), n: fc.nat(100), k: fc.integer({ min: 0, max: 3 }) }),
)
const offsets = fc.record({ aOffset: fc.nat(3), bOffset: fc.nat(3), cOffset: fc.nat(3), seed: fc.nat(1000) })
const transposes = fc.record({ transposeA: fc.boolean(), transposeB: fc.boolean() })

describe.each(providers)('products of %s', (_, chosen) => {
  const agree = (sizes: fc.Arbitrary<{ m: number; n: number; k: number }>, numRuns: number): void => {
    fc.assert(
      fc.property(
        sizes,
        offsets,
        transposes,
        ({ m, n, k }, { aOffset, bOffset, cOffset, seed }, { transposeA, transposeB }) => {
          const a = entries(aOffset + m * k + 2, seed)
          const b = entries(bOffset + k * n + 2, seed + 1)
          const run = ({ matmul: product }: Provider, x: Float64Array, y: Float64Array): Float64Array => {
            const c = new Float64Array(cOffset + m * n + 3).fill(-77)
            product(m, n, k, x, aOffset, transposeA, y, bOffset, transposeB, c, cOffset)
            return c
          }
          const [before, beforeB] = [a.slice(), b.slice()]
          const bounds = run(reference, a.map(Math.abs), b.map(Math.abs))
          const expected = run(reference, a, b)
          const wrong = run(chosen, a, b).findIndex(
            (x, i) =>
              !(
                Object.is(x, expected[i]) ||
                Math.abs(x - (expected[i] ?? NaN)) <= 4 * k * Number.EPSILON * (bounds[i] ?? 0)
              ),
          )
          expect(wrong).toBe(-1)
          expect(a).toEqual(before)
          expect(b).toEqual(beforeB)
        },
      ),
      { numRuns },
    )
  }

  it('agree on small sizes, zero included', () => agree(shape(20), 200))
  it('agree on medium sizes', () => agree(shape(70), 60))
  it('agree on vectors and thin matrices', () => agree(thin, 60))

  it('have the bits of the embedded kernels where the library is not worth its call', () => {
    const [a, b] = [entries(144, 1), entries(144, 2)]
    const run = ({ matmul: product }: Provider): Float64Array => {
      const c = new Float64Array(144)
      product(12, 12, 12, a, 0, false, b, 0, true, c, 0)
      return c
    }
    expect(chosen.overtakes?.(12, 12, 12)).toBe(false)
    expect(run(chosen)).toEqual(run(reference))
  })

  it('serve eager and compiled derivatives, within rounding', () => {
    const [p, inputs, labels] = network(20, 15, 5, 64)
    const v = grad(loss)(p, inputs, labels)
    const product = compile((point: typeof p, direction: typeof p) => hvp(loss)(point, inputs, labels)(direction))
    const numbers = (tree: typeof p): ReadonlyArray<number> =>
      treeLeaves(tree).flatMap((leaf) => [...toFloat64Array(leaf)])
    const expected = numbers(hvp(loss)(p, inputs, labels)(v))
    const embedded = numbers(product(p, v))
    useProvider(chosen)
    const eager = numbers(hvp(loss)(p, inputs, labels)(v))
    const compiled = numbers(product(p, v))
    const scale = Math.max(...expected.map(Math.abs))
    const far = (found: ReadonlyArray<number>): number =>
      Math.max(...found.map((x, i) => Math.abs(x - (expected[i] ?? NaN)))) / scale
    expect(far(eager)).toBeLessThan(1e-13)
    expect(far(compiled)).toBeLessThan(1e-13)
    expect(far(embedded)).toBeLessThan(1e-13)
    useProvider(initial)
    expect(numbers(product(p, v))).toEqual(embedded)
  })
})

describe('a program in its arena', () => {
  const square = (size: number): (() => void) => {
    const x = normal(randomKey(1), [size, size])
    const run = executable(stage((y: Tensor) => matmul(y, y))(x))?.run
    return () => {
      expect(run?.([x])).toHaveLength(1)
    }
  }
  const useFake = (): void => {
    if (inTypeScript._tag === 'Found') useProvider(inTypeScript.provider)
    calls.mockClear()
  }

  it('multiplies in the library, on views of its own memory, while that is in use', () => {
    const run = square(16)
    useFake()
    run()
    expect(calls).toHaveBeenCalledTimes(1)
    const operands = [7, 9, 12].map((i) => calls.mock.calls[0]?.[i])
    const buffers = operands.map((operand) => (operand instanceof Float64Array ? operand.buffer : undefined))
    expect(buffers[0]?.byteLength).toBeGreaterThan(16 * 16 * 8 * 2)
    expect(new Set(buffers).size).toBe(1)
    useProvider(initial)
    run()
    expect(calls).toHaveBeenCalledTimes(1)
  })

  it('keeps its own kernel for small products', () => {
    const run = square(12)
    useFake()
    run()
    expect(calls).not.toHaveBeenCalled()
  })
})
