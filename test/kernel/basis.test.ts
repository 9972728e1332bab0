/** Rows of Krylov methods: WebAssembly against the plain loops, to the bit; orthogonality; memory by count. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Basis } from '../../src/kernel/Basis.js'
import { openBasis, provider, reference, useProvider, wasm } from '../../src/kernel/provider.js'
import { referenceBasis } from '../../src/kernel/reference/basis.js'
import { combineInto, coordinatesIn, separate, settle, toleratedIn } from '../../src/kernel/reference/gramSchmidt.js'
import { type LanczosRun, type LanczosSettings, lanczosRun, ritzOf } from '../../src/kernel/reference/lanczosRun.js'
import { basisWasm } from '../../src/kernel/wasm/basis.js'

const wasmBasis = (size: number): Basis => {
  const basis = basisWasm(size)
  if (basis === undefined) throw new Error('this engine has no SIMD')
  return basis
}

const fill = (basis: Basis, rows: ReadonlyArray<ArrayLike<number>>): Basis => {
  basis.room(rows.length)
  rows.forEach((row, i) => {
    basis.row(i).set(row)
  })
  return basis
}

/** Numbers between −1 and 1, the same on every machine. */
const numbers = (seed: number, n: number): Float64Array => {
  let state = seed >>> 0
  return Float64Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

const rowsOf = (basis: Basis, count: number): ReadonlyArray<Float64Array> =>
  Array.from({ length: count }, (_, i) => basis.row(i).slice())

/** ⟨a, b⟩ by compensated sums. */
const product = (a: Float64Array, b: Float64Array): number => {
  let [sum, lost] = [0, 0]
  a.forEach((x, i) => {
    const term = x * (b[i] ?? Number.NaN)
    const next = sum + term
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum
    sum = next
  })
  return sum + lost
}

/** Where lists of numbers differ, −0 from 0 included, and how; NaN is one number. */
const differences = (
  all: ReadonlyArray<ArrayLike<number>>,
  others: ReadonlyArray<ArrayLike<number>>,
): ReadonlyArray<string> =>
  all.flatMap((list, i) => {
    const other = others[i] ?? []
    const at = Array.from(list).findIndex((x, j) => !Object.is(x, other[j]))
    return at < 0 && list.length === other.length ? [] : [`list ${i} at ${at}: ${list[at]} and ${other[at]}`]
  })

/** The largest entry of VᵀV − I. */
const offIdentity = (rows: ReadonlyArray<Float64Array>): number =>
  Math.max(...rows.flatMap((a, i) => rows.slice(0, i + 1).map((b, j) => Math.abs(product(a, b) - (i === j ? 1 : 0)))))

const run = (
  basis: Basis,
  multiply: (v: Float64Array, into: Float64Array) => void,
  start: Float64Array,
  most: number,
  settings: Partial<LanczosSettings> = {},
): LanczosRun => {
  fill(basis, [start])
  return lanczosRun(basis, multiply, { most, novelty: 1e-13, against: 'longest', ...settings })
}

/** The operator diag(d). */
const scaled =
  (d: ArrayLike<number>) =>
  (v: Float64Array, into: Float64Array): void => {
    v.forEach((x, i) => {
      into[i] = x * (d[i] ?? Number.NaN)
    })
  }

describe('rows in WebAssembly', () => {
  // Around pieces of 512 entries, fillings of four, and rows of a multiple of 4 kB, which are spaced.
  const sizes = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(511, 512, 513, 1024, 4095, 4096, 4100, 9001))
  const special = fc.constantFrom(0, -0, 1e-300, 1e300, 5e-324, Number.POSITIVE_INFINITY, Number.NaN)
  const draws = fc.record({
    size: sizes,
    count: fc.integer({ min: 1, max: 9 }),
    columns: fc.constantFrom(1, 2),
    seed: fc.integer(),
    odd: fc.option(fc.tuple(fc.nat(), special)),
    factors: fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true })),
  })

  it('give the bits of the plain loops in everything they do, whatever was in the memory before', () => {
    fc.assert(
      fc.property(draws, ({ size, count, columns, seed, odd, factors: [first, second] }) => {
        const rows = Array.from({ length: count + columns }, (_, i) => numbers(seed + i, size))
        if (odd !== null) rows[odd[0] % rows.length]?.fill(odd[1], odd[0] % size, (odd[0] % size) + 1)
        const made = [referenceBasis(size), wasmBasis(size)].map((basis) => {
          fill(basis, rows)
          const into = new Float64Array(count * columns)
          basis.dots(0, count, count, columns, into)
          const all = Array.from({ length: 4 }, (_, i) => i % count)
          basis.subtract(
            all,
            [first, second, -first, 0.5, -0.25, first, 2, second].slice(0, 4 * columns),
            count,
            columns,
          )
          const recurred = basis.recur(count, 0, count - 1, second)
          const advanced = basis.advance(count, 0, first, second)
          const seen = [into, [...recurred, advanced], ...rowsOf(basis, count + columns)]
          basis.release()
          return seen
        })
        expect(differences(made[0] ?? [], made[1] ?? [])).toEqual([])
      }),
    )
  })

  it('take more rows than are named in one call', () => {
    const rows = Array.from({ length: 1030 }, (_, i) => numbers(i, 6))
    const [plain, fast] = [referenceBasis(6), wasmBasis(6)].map((basis) => {
      fill(basis, rows)
      const found = coordinatesIn(basis, 1029, 1029)
      combineInto(basis, found, 1029)
      return [found, basis.row(1029).slice()]
    })
    expect(fast).toEqual(plain)
  })

  it('run Lanczos to the bits of the plain loops', () => {
    const n = 1500
    const d = Float64Array.from({ length: n }, (_, i) => (i < 5 ? 10 * (i + 1) : Math.sin(i)))
    const [plain, fast] = [referenceBasis(n), wasmBasis(n)].map((basis) => {
      const { diagonal, couplings, count } = run(basis, scaled(d), numbers(3, n), 40)
      return [diagonal, couplings, ...rowsOf(basis, count)]
    })
    expect(fast).toEqual(plain)
  })

  it('move to ordinary arrays, with what they hold, where memory is out', () => {
    const [n, limit] = [2000, 40_000]
    const start = numbers(5, n)
    const d = numbers(6, n)
    const moved = basisWasm(n, false, limit)
    const [plain, fast] = [referenceBasis(n), moved].map((basis) => {
      if (basis === undefined) throw new Error('this engine has no SIMD')
      const { diagonal, couplings, count } = run(basis, scaled(d), start, 30)
      return [diagonal, couplings, ...rowsOf(basis, count)]
    })
    expect(fast).toEqual(plain)
  })

  it('leave what is kept for others where they last', () => {
    const first = fill(wasmBasis(8), [numbers(1, 8)])
    const kept = first.row(0).buffer
    first.release()
    const lasting = basisWasm(8, true)
    lasting?.room(1)
    expect(lasting?.row(0).buffer === kept).toBe(false)
    expect(fill(wasmBasis(8), [numbers(2, 8)]).row(0).buffer === kept).toBe(true)
  })

  it('are what a provider gives', () => {
    const before = provider()
    const seen = [reference, wasm ?? reference, before].map((chosen) => {
      useProvider(chosen)
      const basis = fill(openBasis(2000), [numbers(1, 2000), numbers(2, 2000)])
      return coordinatesIn(basis, 2, 1)
    })
    useProvider(before)
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })
})

describe('settled rows', () => {
  it('are orthonormal, however much of them was along others', () => {
    const n = 800
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1e-14, 1e-9, 1e-4, 0.5, 0.999), (seed, part) => {
        const basis = fill(
          referenceBasis(n),
          Array.from({ length: 6 }, (_, i) => numbers(seed + i, n)),
        )
        for (const i of [0, 1, 2, 3]) {
          const { length } = separate(basis, i, i)
          basis.advance(i, i, 0, 1 / length)
        }
        // Two unit vectors with that much of row 1 in them.
        for (const i of [4, 5]) {
          const { length } = separate(basis, i, i)
          basis.advance(i, i, 0, Math.sqrt(1 - part * part) / length)
          basis.subtract([1, 1, 1, 1], [-part, 0, 0, 0], i, 1)
        }
        settle(basis, 4, 6)
        // Lengths within 4 ε of 1 stay, whose squares are within 8 ε; and the rounding of the measurement.
        expect(offIdentity(rowsOf(basis, 6))).toBeLessThan(10 * Number.EPSILON)
      }),
      { numRuns: 30 },
    )
  })

  it('are rid of what is above rounding only where something is', () => {
    const n = 600
    const basis = fill(referenceBasis(n), [numbers(1, n), numbers(2, n), numbers(3, n)])
    for (const i of [0, 1, 2]) {
      const { length } = separate(basis, i, i)
      basis.advance(i, i, 0, 1 / length)
    }
    const before = rowsOf(basis, 3)
    const taken: Array<number> = []
    const watched: Basis = {
      ...basis,
      subtract: (indices, parts, w, columns) => {
        taken.push(w)
        basis.subtract(indices, parts, w, columns)
      },
    }
    expect(settle(watched, 1, 3).worst).toBeLessThan(4.5e-16)
    expect(taken).toEqual([])
    expect(rowsOf(basis, 3)).toEqual(before)
  })
})

describe('a Lanczos run', () => {
  const n = 3000
  const spectra: ReadonlyArray<readonly [string, Float64Array]> = [
    ['evenly spread', Float64Array.from({ length: n }, (_, i) => i / n - 0.3)],
    ['a few far outside', Float64Array.from({ length: n }, (_, i) => (i < 12 ? 3 ** i : 1e-3 * Math.sin(i)))],
    ['graded over twelve decades', Float64Array.from({ length: n }, (_, i) => 10 ** ((-12 * i) / n))],
    ['two clusters', Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -2) + 1e-7 * Math.cos(i))],
  ]

  it.each(spectra)('has an orthonormal basis, and T is the operator on it: %s', (_, d) => {
    const basis = wasmBasis(n)
    const { count, diagonal, couplings, finite } = run(basis, scaled(d), numbers(9, n), 60, { novelty: 1e-10 })
    expect(finite).toBe(true)
    const rows = rowsOf(basis, count)
    const scale = Math.max(...d.map(Math.abs))
    // What a basis may be off: the rounding of one product of n terms, and of the measurement.
    expect(offIdentity(rows)).toBeLessThan(1.5 * toleratedIn(n))
    const image = new Float64Array(n)
    rows.forEach((row, i) => {
      scaled(d)(row, image)
      rows.slice(0, i + 1).forEach((other, j) => {
        const entry = i === j ? diagonal[i] : i === j + 1 ? couplings[j] : 0
        // The rounding of an image, of length up to `scale`, along a unit vector; products of what is tolerated.
        expect(Math.abs(product(other, image) - (entry ?? Number.NaN))).toBeLessThan(scale * 3 * toleratedIn(n))
      })
    })
    basis.release()
  })

  it('finds eigenvalues outside of a cluster once, and not again as rounding brings them back', () => {
    const d = Float64Array.from({ length: n }, (_, i) => (i < 3 ? 5 + i : Math.sin(i)))
    const basis = wasmBasis(n)
    const found = run(basis, scaled(d), numbers(4, n), 120)
    const outside = [...ritzOf(found).values].filter((value) => value > 2)
    expect(outside).toHaveLength(3)
    outside.forEach((value, i) => {
      expect(Math.abs(value - (5 + i))).toBeLessThan(1e-12)
    })
    basis.release()
  })

  it('measures some of its vectors only, and reads each row once for two of them', () => {
    let [measured, images] = [0, 0]
    const basis = wasmBasis(n)
    const watched: Basis = {
      ...basis,
      dots: (from, rows, first, columns, into) => {
        if (rows > 1) measured += columns
        basis.dots(from, rows, first, columns, into)
      },
    }
    const d = Float64Array.from({ length: n }, (_, i) => Math.sin(i))
    run(
      watched,
      (v, into) => {
        images += 1
        scaled(d)(v, into)
      },
      numbers(2, n),
      60,
    )
    expect(images).toBe(60)
    expect(measured).toBeLessThan(30)
    basis.release()
  })

  it('has room for one vector more than its basis, and for nothing else', () => {
    let most = 0
    const basis = wasmBasis(n)
    const watched: Basis = {
      ...basis,
      room: (rows) => {
        most = Math.max(most, rows)
        return basis.room(rows)
      },
    }
    run(watched, scaled(numbers(1, n)), numbers(2, n), 25)
    expect(most).toBe(26)
    basis.release()
  })

  it('says NaN where an image was not finite', () => {
    const found = run(wasmBasis(n), (_, into) => into.fill(Number.POSITIVE_INFINITY), numbers(1, n), 3)
    expect(found.finite).toBe(false)
    expect(found.diagonal).toEqual([Number.NaN])
  })
})
