/** Transforms of many lengths, smooth and prime, against extended precision (test/golden/kernel/fourier.py). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fourierEntries } from '../../../src/kernel/reference/fourier.js'

interface Golden {
  readonly cases: ReadonlyArray<{
    readonly n: number
    readonly at: ReadonlyArray<number>
    readonly values: ReadonlyArray<readonly [number, number]>
  }>
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/kernel/fourier.json', import.meta.url), 'utf8'))

const inputOf = (n: number): Float64Array =>
  Float64Array.from({ length: 2 * n }, (_, j) => ((7919 * j + 13) % 1009) / 1009 - 0.5)

const norm = (x: Float64Array): number => Math.sqrt(x.reduce((total, each) => total + each * each, 0))

/** Errors grow with the depth of the passes, here in units of the norm of the input, the size of a typical result. */
const allowed = (n: number): number => 2 ** -52 * (1 + Math.log2(n))

describe.each(golden.cases)('the Fourier transform of $n pairs', ({ n, at, values }) => {
  const x = inputOf(n)
  const scale = norm(x)

  it('has the values of extended precision', () => {
    const y = fourierEntries(1, n, -1, x)
    const errors = at.map((k, i) =>
      Math.hypot((y[2 * k] ?? 0) - (values[i]?.[0] ?? 0), (y[2 * k + 1] ?? 0) - (values[i]?.[1] ?? 0)),
    )
    expect(Math.max(...errors)).toBeLessThanOrEqual(2 * allowed(n) * scale)
  })

  it('is undone by the one with the other sign', () => {
    const back = fourierEntries(1, n, 1, fourierEntries(1, n, -1, x))
    const error = norm(back.map((each, i) => each / n - (x[i] ?? 0)))
    expect(error).toBeLessThanOrEqual(allowed(n) * scale)
  })

  it('of a row does not depend on the other rows, and leaves its input', () => {
    const two = new Float64Array(4 * n)
    two.set(x)
    two.set(
      x.map((each) => -3 * each),
      2 * n,
    )
    const before = two.slice()
    const y = fourierEntries(2, n, -1, two)
    expect(y.slice(0, 2 * n)).toEqual(fourierEntries(1, n, -1, x))
    expect(two).toEqual(before)
  })
})
