/**
 * Values and derivatives of order 1 and 2 of the elementwise functions beyond the first set, against correctly rounded
 * tables of mpmath (test/golden/kernel/activations.py), measured in units of the last place.
 */
import { readFileSync } from 'node:fs'
import * as gradus from 'gradus'
import { fromFloat64Array, grad, type Tensor, toFloat64Array } from 'gradus'
import { describe, expect, it } from 'vitest'

const tables: Readonly<Record<string, ReadonlyArray<string>>> = JSON.parse(
  readFileSync(new URL('../golden/kernel/activations.json', import.meta.url), 'utf8'),
)

const column = (name: string, index: number): Float64Array => {
  const text = tables[name]?.[index]
  if (text === undefined) throw new Error(`the tables lack column ${index} of ${name}`)
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return new Float64Array(bytes.buffer)
}

/** The spacing of doubles at x (of subnormals below 2⁻¹⁰²²). */
const ulp = (x: number): number => Math.max(2 ** (Math.floor(Math.log2(Math.abs(x))) - 52), 5e-324)

interface Miss {
  readonly ulps: number
  readonly at: ReadonlyArray<number>
  readonly found: number
  readonly wanted: number
}

/** The size of the terms that cancel at a point: an error is counted in units of the larger of this and the result. */
type Size = (...at: ReadonlyArray<number>) => number

const worst = (points: ReadonlyArray<Float64Array>, found: Tensor, wanted: Float64Array, size: Size): Miss => {
  const entries = toFloat64Array(found)
  return Array.from(wanted).reduce<Miss>(
    (most, theirs, i) => {
      const at = points.map((x) => x[i] ?? Number.NaN)
      const ours = entries[i] ?? Number.NaN
      const ulps = Object.is(ours, theirs) ? 0 : Math.abs(ours - theirs) / ulp(Math.max(Math.abs(theirs), size(...at)))
      return ulps <= most.ulps ? most : { ulps, at, found: ours, wanted: theirs }
    },
    { ulps: 0, at: [], found: 0, wanted: 0 },
  )
}

const none: Size = () => 0

/** Roots of the first and second derivative lie within 3.2; and what is x times a subnormal gate has few digits. */
const gated: Size = (x = 0) => (Math.abs(x) < 3.2 ? 0.3 : 1e-305)

const waves = (order: number): Size => {
  const height = Math.PI ** order
  return (x = 0) => (order === 0 ? 0 : Math.abs(x) < 0.3 ? 0 : height * Math.min(1, 1 / (Math.PI * Math.abs(x))))
}

const elementwise: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  asin: gradus.asin,
  acos: gradus.acos,
  asinh: gradus.asinh,
  acosh: gradus.acosh,
  atanh: gradus.atanh,
  exp2: gradus.exp2,
  log2: gradus.log2,
  log10: gradus.log10,
  rsqrt: gradus.rsqrt,
  cbrt: gradus.cbrt,
  logit: gradus.logit,
  logSigmoid: gradus.logSigmoid,
  gelu: (x) => gradus.gelu(x),
  geluTanh: (x) => gradus.gelu(x, { approximation: 'tanh' }),
  silu: gradus.silu,
  mish: gradus.mish,
  elu: (x) => gradus.elu(x),
  selu: gradus.selu,
  celu: (x) => gradus.celu(x),
  leakyRelu: (x) => gradus.leakyRelu(x, { slope: 0.125 }),
  sinc: gradus.sinc,
}

const sizes: Readonly<Record<string, readonly [Size, Size, Size]>> = {
  gelu: [() => 1e-306, gated, gated],
  geluTanh: [() => 1e-306, gated, gated],
  silu: [() => 1e-305, gated, gated],
  mish: [() => 1e-305, gated, gated],
  sinc: [waves(0), waves(1), waves(2)],
}

/** In units of the last place: values, first derivatives, second derivatives. */
const bounds = [2, 6, 12] as const

const summed =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    gradus.sum(f(x))

describe('functions of one argument against mpmath', () => {
  Object.entries(elementwise).forEach(([name, f]) => {
    const [value, slope, bend] = sizes[name] ?? [none, none, none]
    const points = (): Float64Array => column(name, 0)
    const at = (): Tensor => fromFloat64Array(points(), [points().length])
    it(`${name}: value`, () => {
      const miss = worst([points()], f(at()), column(name, 1), value)
      expect(miss.ulps, JSON.stringify(miss)).toBeLessThanOrEqual(bounds[0])
    })
    it(`${name}: first derivative`, () => {
      const miss = worst([points()], grad(summed(f))(at()), column(name, 2), slope)
      expect(miss.ulps, JSON.stringify(miss)).toBeLessThanOrEqual(bounds[1])
    })
    it(`${name}: second derivative`, () => {
      const miss = worst([points()], grad(summed(grad(summed(f))))(at()), column(name, 3), bend)
      expect(miss.ulps, JSON.stringify(miss)).toBeLessThanOrEqual(bounds[2])
    })
  })
})

const pairs: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  hypot: gradus.hypot,
  logAddExp: gradus.logAddExp,
  logSubExp: gradus.logSubExp,
  xlogy: gradus.xlogy,
  xlog1py: gradus.xlog1py,
  remainder: gradus.remainder,
  truncatedRemainder: gradus.truncatedRemainder,
}

/** What a sum in the logarithmic domain is added to. */
const larger: Size = (a = 0, b = 0) => Math.max(Math.abs(a), Math.abs(b))
const valueSizes: Readonly<Record<string, Size>> = { logAddExp: larger, logSubExp: larger }

describe('functions of two arguments against mpmath', () => {
  Object.entries(pairs).forEach(([name, f]) => {
    const points = (): readonly [Float64Array, Float64Array] => [column(name, 0), column(name, 1)]
    const at = (): readonly [Tensor, Tensor] => {
      const [a, b] = points()
      return [fromFloat64Array(a, [a.length]), fromFloat64Array(b, [b.length])]
    }
    const total = ([a, b]: readonly [Tensor, Tensor]): Tensor => gradus.sum(f(a, b))
    const expectWithin = (found: Tensor, index: number, size: Size, bound: number): void => {
      const miss = worst(points(), found, column(name, index), size)
      expect(miss.ulps, JSON.stringify(miss)).toBeLessThanOrEqual(bound)
    }
    it(`${name}: value`, () => {
      const [a, b] = at()
      expectWithin(f(a, b), 2, valueSizes[name] ?? none, bounds[0])
    })
    it(`${name}: first derivatives`, () => {
      const [toA, toB] = grad(total)(at())
      expectWithin(toA, 3, none, bounds[1])
      expectWithin(toB, 4, none, bounds[1])
    })
    it(`${name}: second derivatives`, () => {
      const alongA = grad((p: readonly [Tensor, Tensor]): Tensor => gradus.sum(grad(total)(p)[0]))(at())
      const alongB = grad((p: readonly [Tensor, Tensor]): Tensor => gradus.sum(grad(total)(p)[1]))(at())
      expectWithin(alongA[0], 5, none, bounds[2])
      expectWithin(alongA[1], 6, none, bounds[2])
      expectWithin(alongB[0], 6, none, bounds[2])
      expectWithin(alongB[1], 7, none, bounds[2])
    })
  })
})
