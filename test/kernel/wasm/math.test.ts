import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import wabt from 'wabt'
import {
  binaryNames,
  mapMath,
  mapMath2,
  mathFunctions,
  mathLoops,
  type UnaryName,
  unaryNames,
} from '../../../src/kernel/wasm/math.js'

/** Points and correctly rounded values of each function, packed by test/golden/kernel/elementary.py. */
const fixture: Readonly<Record<string, readonly [string, string]>> = JSON.parse(
  readFileSync(new URL('../../golden/kernel/elementary.json', import.meta.url), 'utf8'),
)

const doubles = (base64: string): Float64Array => {
  const bytes = Buffer.from(base64, 'base64')
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i))
}

const points = (name: UnaryName): Float64Array => doubles(fixture[name]?.[0] ?? '')
const values = (name: UnaryName): Float64Array => doubles(fixture[name]?.[1] ?? '')

const apply = (name: UnaryName, x: ArrayLike<number>): Float64Array => {
  const found = mapMath(name, Float64Array.from(x))
  if (found === undefined) throw new Error('this engine has no SIMD')
  return found
}

const bits = (x: Float64Array): BigUint64Array => new BigUint64Array(x.buffer, x.byteOffset, x.length)

/** The spacing of doubles at x (of subnormals below 2⁻¹⁰²²), from the exponent. */
const ulp = (x: number): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(x))
  const exponent = Math.max(Number(view.getBigUint64(0) >> 52n), 1)
  return 2 ** (exponent - 1075)
}

const distance = (found: number, expected: number): number =>
  Object.is(found, expected) || (found === expected && found !== 0) ? 0 : Math.abs(found - expected) / ulp(expected)

/**
 * Largest error allowed against the correctly rounded value. An error of r ulp against the real number shows as at most
 * r + ½; the bounds are 2 ulp or less, so each is what was measured (head of math.wat) rounded up to a whole number.
 */
const bounds: Partial<Record<UnaryName, number>> = {
  exp: 1,
  expm1: 2,
  tanh: 2,
  sechSquared: 2,
  sigmoid: 2,
  erf: 1,
  sinh: 1,
  cosh: 1,
  log: 1,
  log1p: 2,
  softplus: 2,
  sin: 1,
  cos: 1,
}

const named = (names: ReadonlyArray<UnaryName>): ReadonlyArray<readonly [UnaryName]> => names.map((name) => [name])
const measured = unaryNames.filter((name) => bounds[name] !== undefined)

describe('vector functions against mpmath at hard points', () => {
  it.each(named(measured))('%s has a fixture of its own', (name) => {
    expect(points(name).length).toBeGreaterThan(1500)
    expect(values(name).length).toBe(points(name).length)
  })
  it.each(named(measured))('%s is within its bound, signs of zeros included', (name) => {
    const x = points(name)
    const expected = values(name)
    const worst = apply(name, x).reduce(
      (found, y, i) => {
        const ulps = distance(y, expected[i] ?? Number.NaN)
        return ulps <= found.ulps ? found : { ulps, x: x[i] }
      },
      { ulps: 0, x: 0 as number | undefined },
    )
    expect(worst.ulps, `at ${worst.x}`).toBeLessThanOrEqual(bounds[name] ?? 0)
  })
  it.each(named(measured))('%s gives a lane the same bits whatever stands beside it', (name) => {
    const x = points(name)
    const straight = bits(apply(name, x))
    expect(bits(apply(name, [7e300, ...x])).subarray(1)).toEqual(straight)
    expect(bits(apply(name, [...x].reverse())).reverse()).toEqual(straight)
    expect(
      bits(
        apply(
          name,
          [...x].flatMap((entry) => [entry, Number.NaN]),
        ),
      ).filter((_, i) => i % 2 === 0),
    ).toEqual(straight)
  })
})

const { PI, E } = Math
const MAX = Number.MAX_VALUE

describe('ranges', () => {
  it.each([['tanh'], ['sechSquared'], ['sigmoid'], ['erf'], ['sin'], ['cos']] as const)(
    '%s is never beyond 1',
    (name) => {
      expect(apply(name, points(name)).every((y) => Math.abs(y) <= 1)).toBe(true)
    },
  )
  it.each([['tanh'], ['erf'], ['expm1'], ['sinh'], ['log1p'], ['sin']] as const)('%s has the sign of x', (name) => {
    const x = points(name).filter((entry) => Math.abs(entry) < 3)
    expect(apply(name, x).every((y, i) => Object.is(Math.sign(y), Math.sign(x[i] ?? NaN)))).toBe(true)
  })
})

describe('special values', () => {
  it.each<readonly [UnaryName, ReadonlyArray<readonly [number, number]>]>([
    [
      'exp',
      [
        [0, 1],
        [-0, 1],
        [Infinity, Infinity],
        [-Infinity, 0],
        [NaN, NaN],
        [MAX, Infinity],
        [-MAX, 0],
      ],
    ],
    [
      'expm1',
      [
        [0, 0],
        [-0, -0],
        [Infinity, Infinity],
        [-Infinity, -1],
        [NaN, NaN],
        [MAX, Infinity],
        [-MAX, -1],
      ],
    ],
    [
      'tanh',
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
        [MAX, 1],
        [-5e-324, -5e-324],
      ],
    ],
    [
      'sechSquared',
      [
        [0, 1],
        [-0, 1],
        [Infinity, 0],
        [-Infinity, 0],
        [NaN, NaN],
        [MAX, 0],
        [-5e-324, 1],
      ],
    ],
    [
      'sigmoid',
      [
        [0, 0.5],
        [-0, 0.5],
        [Infinity, 1],
        [-Infinity, 0],
        [NaN, NaN],
        [-800, 0],
        [-745, 5e-324],
        [800, 1],
      ],
    ],
    [
      'erf',
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
        [MAX, 1],
        [-MAX, -1],
      ],
    ],
    [
      'sinh',
      [
        [0, 0],
        [-0, -0],
        [Infinity, Infinity],
        [-Infinity, -Infinity],
        [NaN, NaN],
        [-MAX, -Infinity],
      ],
    ],
    [
      'cosh',
      [
        [0, 1],
        [-0, 1],
        [Infinity, Infinity],
        [-Infinity, Infinity],
        [NaN, NaN],
        [-MAX, Infinity],
      ],
    ],
    [
      'log',
      [
        [0, -Infinity],
        [-0, -Infinity],
        [Infinity, Infinity],
        [-Infinity, NaN],
        [NaN, NaN],
        [-5e-324, NaN],
        [1, 0],
      ],
    ],
    [
      'log1p',
      [
        [0, 0],
        [-0, -0],
        [Infinity, Infinity],
        [-Infinity, NaN],
        [NaN, NaN],
        [-1, -Infinity],
        [-2, NaN],
      ],
    ],
    [
      'softplus',
      [
        [0, Math.LN2],
        [-0, Math.LN2],
        [Infinity, Infinity],
        [-Infinity, 0],
        [NaN, NaN],
        [MAX, MAX],
        [-800, 0],
      ],
    ],
    [
      'sin',
      [
        [0, 0],
        [-0, -0],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
        [MAX, Math.sin(MAX)],
        [-70000, Math.sin(-70000)],
      ],
    ],
    [
      'cos',
      [
        [0, 1],
        [-0, 1],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
        [MAX, Math.cos(MAX)],
        [-70000, Math.cos(-70000)],
      ],
    ],
  ])('%s', (name, table) => {
    expect(
      apply(
        name,
        table.map(([x]) => x),
      ),
    ).toEqual(Float64Array.from(table, ([, y]) => y))
  })
})

describe('functions of the host, lane by lane', () => {
  const x = Float64Array.from([0, -0, 1, -E, PI, 1e5, 1e300, 5e-324, Infinity, -Infinity, NaN])
  it.each([
    ['tan', Math.tan],
    ['atan', Math.atan],
  ] as const)('%s', (name, scalar) => {
    expect(apply(name, x)).toEqual(x.map((entry) => scalar(entry)))
  })
  it.each([
    ['atan2', Math.atan2],
    ['pow', Math.pow],
  ] as const)('%s', (name, scalar) => {
    const pairs = [...x].flatMap((a) => [...x].map((b) => [a, b] as const))
    const first = Float64Array.from(pairs, ([a]) => a)
    const second = Float64Array.from(pairs, ([, b]) => b)
    expect(mapMath2(name, first, second)).toEqual(Float64Array.from(pairs, ([a, b]) => scalar(a, b)))
  })
})

describe('loops', () => {
  it.each([0, 1, 2, 3, 4095, 4096, 4097, 8193])('%i entries, in blocks', (n) => {
    const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i))
    const before = x.slice()
    const found = apply('exp', x)
    expect(x).toEqual(before)
    expect(found.length).toBe(n)
    expect(found.every((y, i) => distance(y, Math.exp(x[i] ?? NaN)) <= 2)).toBe(true)
    expect(
      mapMath2(
        'pow',
        x,
        x.map(() => 2),
      ),
    ).toEqual(x.map((entry) => entry ** 2))
  })
  it.each(unaryNames.map((name) => [name]))('%s touches nothing behind its last entry, and works in place', (name) => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const view = new Float64Array(memory.buffer)
    const loop = mathLoops(memory)?.(name)
    view.fill(0.25)
    loop?.(8, 80, 3)
    expect([...view.subarray(13, 15)]).toEqual([0.25, 0.25])
    loop?.(0, 0, 5)
    expect([...view.subarray(0, 5)]).toEqual([...apply(name, [0.25, 0.25, 0.25, 0.25, 0.25])])
    expect(view[5]).toBe(0.25)
    expect(view[10]).toBe(view[0])
  })
})

describe('imports of another module', () => {
  it('offer every name as a function of vectors', async () => {
    const { parseWat } = await wabt()
    const call = (name: string, inputs: number): string =>
      `(import "math" "${name}" (func $${name} (param ${'v128 '.repeat(inputs)}) (result v128)))
       (func (export "${name}") (param f64) (result f64)
         (f64x2.extract_lane 0 (call $${name} ${'(f64x2.splat (local.get 0))'.repeat(inputs)})))`
    const imports = [...unaryNames.map((name) => call(name, 1)), ...binaryNames.map((name) => call(name, 2))]
    const text = `(module ${imports.map((part) => part.split('\n')[0]).join('')} ${imports
      .map((part) => part.split('\n').slice(1).join(''))
      .join('')})`
    const { buffer } = parseWat('caller', text, { simd: true }).toBinary({})
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(buffer)), {
      math: mathFunctions() ?? {},
    })
    unaryNames.forEach((name) => {
      const f = exports[name]
      expect(typeof f === 'function' ? f(0.5) : undefined).toBe(apply(name, [0.5])[0])
    })
    const { pow } = exports
    expect(typeof pow === 'function' ? pow(0.5) : undefined).toBe(Math.SQRT1_2)
  })
})

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })
  it.each([
    ['no engine', undefined],
    [
      'a security policy that forbids it',
      {
        Memory: WebAssembly.Memory,
        Module: class {
          constructor() {
            throw new Error('wasm-unsafe-eval')
          }
        },
      },
    ],
  ])('%s: undefined, again and again', async (_, engine) => {
    vi.resetModules()
    vi.stubGlobal('WebAssembly', engine)
    const fresh = await import('../../../src/kernel/wasm/math.js')
    expect(fresh.mapMath('exp', Float64Array.of(1))).toBeUndefined()
    expect(fresh.mapMath('exp', Float64Array.of(1))).toBeUndefined()
    expect(fresh.mapMath2('pow', Float64Array.of(1), Float64Array.of(1))).toBeUndefined()
    expect(fresh.mathFunctions()).toBeUndefined()
  })
})
