import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitLoops, instantiateLoops } from '../../../src/kernel/wasm/emitLoop.js'
import {
  type Access,
  binaryNames,
  type Loop,
  type LoopStep,
  type LoopStore,
  type StepName,
  unaryNames,
} from '../../../src/kernel/wasm/Loop.js'
import { arityOf, interpretLoop, lengthOf, meaningOf, scalarBinary, scalarUnary, termsOf } from './interpretLoop.js'
import { lanewise } from './lanewise.js'

const GUARD = 3
const UNTOUCHED = 12345.678

interface Placed {
  readonly loop: Loop
  readonly numbers: ReadonlyArray<ReadonlyArray<number>>
  readonly size: number
}

interface StoreWish {
  readonly value: number
  readonly keep: LoopStore['keep']
  readonly inPlace: boolean
}

const storedLength = ({ rows, columns }: Pick<Loop, 'rows' | 'columns'>, keep: LoopStore['keep']): number =>
  keep === 'entry' ? rows * columns : keep === 'total' ? 1 : keep.startsWith('row') ? rows : columns

/** Gives every operand and store a place with guards around it; stores of entries that wish so get an operand's. */
const place = (
  shape: Pick<Loop, 'rows' | 'columns'>,
  accesses: ReadonlyArray<Access>,
  steps: ReadonlyArray<LoopStep>,
  wishes: ReadonlyArray<StoreWish>,
  draw: (i: number) => number,
): Placed => {
  const bare: Loop = { ...shape, operands: [], steps: [], stores: [] }
  let end = GUARD
  const take = (length: number): number => {
    const at = end
    end += length + GUARD
    return at
  }
  const operands = accesses.map((access) => ({ at: take(lengthOf(bare, access)), access }))
  const free = operands.filter(({ access }) => access === 'entry').map(({ at }) => at)
  const stores = wishes.map(({ value, keep, inPlace }) => ({
    value: value % (operands.length + steps.length),
    keep,
    at: (keep === 'entry' && inPlace ? free.pop() : undefined) ?? take(storedLength(shape, keep)),
  }))
  let drawn = 0
  const numbers = accesses.map((access) => Array.from({ length: lengthOf(bare, access) }, () => draw(drawn++)))
  return { loop: { ...shape, operands, steps, stores }, numbers, size: end }
}

const memoryOf = ({ loop, numbers, size }: Placed): { memory: WebAssembly.Memory; view: Float64Array } => {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((size * 8) / 65536) })
  const view = new Float64Array(memory.buffer)
  view.fill(UNTOUCHED)
  loop.operands.forEach(({ at }, i) => {
    view.set(numbers[i] ?? [], at)
  })
  return { memory, view }
}

const run = (placed: Placed, math?: WebAssembly.ModuleImports): Float64Array => {
  const { memory, view } = memoryOf(placed)
  const [loop0] = instantiateLoops([placed.loop], memory, math) ?? []
  expect(loop0).toBeDefined()
  loop0?.()
  return view
}

const ulps = (a: number, b: number): number => {
  if (Object.is(a, b)) return 0
  // Zeros of different signs are different values.
  if (a === b) return Infinity
  const ordered = (x: number): bigint => {
    const bits = new BigInt64Array(Float64Array.of(x).buffer)[0] ?? 0n
    return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
  }
  const distance = ordered(a) - ordered(b)
  return Number.isNaN(a) || Number.isNaN(b) ? Infinity : Math.abs(Number(distance))
}

/** NaN where a term is or ∞ meets −∞, ∞ where a term is; within n·ε·Σ|x| otherwise. Sums that overflow are left open. */
const expectSum = (actual: number, terms: ReadonlyArray<number>): void => {
  const finite = terms.filter(Number.isFinite)
  const scale = finite.reduce((sum, x) => sum + Math.abs(x), 0)
  if (!Number.isFinite(scale)) return
  if (finite.length < terms.length) expect(actual).toBe(terms.reduce((sum, x) => sum + x, 0))
  else {
    const sum = finite.reduce((partial, x) => partial + x, 0)
    expect(Math.abs(actual - sum)).toBeLessThanOrEqual(2 * terms.length * Number.EPSILON * scale)
  }
}

const check = (placed: Placed): void => {
  const { loop, numbers } = placed
  const before = memoryOf(placed).view
  const after = run(placed, lanewise)
  const values = interpretLoop(loop, numbers)
  const written = new Set<number>()
  loop.stores.forEach(({ value, at, keep }) => {
    termsOf(loop, keep, values[value] ?? []).forEach((terms, i) => {
      written.add(at + i)
      const actual = after[at + i] ?? UNTOUCHED
      if (keep.endsWith('Max') || keep.endsWith('Min')) {
        const extremum = keep.endsWith('Max') ? Math.max(...terms) : Math.min(...terms)
        if (terms.length > 0 && !Object.is(actual, extremum)) expect([i, actual]).toEqual([i, extremum])
      } else if (keep !== 'entry') expectSum(actual, terms)
      else if (!Object.is(actual, terms[0])) expect([i, actual]).toEqual([i, terms[0]])
    })
  })
  const changed = [...after].flatMap((x, i) => (Object.is(x, before[i]) || written.has(i) ? [] : [i]))
  expect(changed).toEqual([])
}

const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 5e-324, -5e-324, 2.5e-310, 1e308, -1e308, 0.5, 3, 40, -710]

const number = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...special) },
  { weight: 3, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: fc.double() },
)

/** Exponents whose power is a call, or 1 rounding that every engine agrees on. */
const exponents = [0, 1, 2.5, -2, 7]

const step = fc.record({
  name: fc.constantFrom<StepName>(...unaryNames, ...binaryNames, 'where', 'power', 'product', 'mul', 'add', 'tanh'),
  exponent: fc.constantFrom(...exponents),
  picks: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
})

const extent = fc.oneof({ weight: 5, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constantFrom(10, 17, 33, 65) })

/** Small ones of every parity; long ones in one direction, for units of columns and blocks of rows. */
const shape = fc.oneof(
  { weight: 8, arbitrary: fc.record({ rows: extent, columns: extent }) },
  { weight: 1, arbitrary: fc.record({ rows: fc.nat(3), columns: fc.integer({ min: 255, max: 530 }) }) },
  { weight: 1, arbitrary: fc.record({ rows: fc.integer({ min: 255, max: 530 }), columns: fc.nat(5) }) },
)

const access = fc.constantFrom<Access>('entry', 'entry', 'row', 'column', 'scalar')
const keeps = ['rowSum', 'rowMax', 'rowMin', 'columnSum', 'columnMax', 'columnMin', 'total'] as const
const keep = fc.constantFrom<LoopStore['keep']>('entry', 'entry', 'entry', ...keeps)

const anyLoop = (accesses: fc.Arbitrary<Access>, keeps: fc.Arbitrary<LoopStore['keep']>): fc.Arbitrary<Placed> =>
  fc
    .record({
      size: shape,
      accesses: fc.array(accesses, { minLength: 1, maxLength: 4 }),
      steps: fc.array(step, { maxLength: 6 }),
      wishes: fc.array(fc.record({ value: fc.nat(), keep: keeps, inPlace: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
      draws: fc.array(number, { minLength: 37, maxLength: 37 }),
    })
    .map(({ size, accesses: chosen, steps, wishes, draws }) =>
      place(
        size,
        chosen,
        steps.map(({ name, exponent, picks }, i) => ({
          name,
          ...(name === 'power' ? { exponent } : {}),
          inputs: picks.slice(0, arityOf(name)).map((pick) => pick % (chosen.length + i)),
        })),
        wishes,
        (i) => draws[(i * 7 + (i >> 5)) % draws.length] ?? 0,
      ),
    )

describe('emitted loops', () => {
  it('compute what the steps mean, entry by entry and bit for bit, and write nothing else', () => {
    fc.assert(fc.property(anyLoop(access, fc.constant('entry')), check), { numRuns: 400 })
  })

  it('keep sums of rows, of columns and of everything', () => {
    fc.assert(fc.property(anyLoop(access, keep), check), { numRuns: 400 })
  })

  it('are the same for contiguous entries, one column and one row', () => {
    const flat = fc.constantFrom<Access>('entry', 'scalar')
    fc.assert(fc.property(anyLoop(flat, fc.constantFrom<LoopStore['keep']>('entry', 'total')), check), { numRuns: 200 })
  })
})

/** The loop with everything that many doubles further. */
const moved = (loop: Loop, by: number): Loop => ({
  ...loop,
  operands: loop.operands.map((operand) => ({ ...operand, at: operand.at + by })),
  stores: loop.stores.map((store) => ({ ...store, at: store.at + by })),
})

describe('loops that differ in their addresses', () => {
  it('share a body, with the same bits', () => {
    const copies = 5
    fc.assert(
      fc.property(anyLoop(access, keep), (placed) => {
        const expected = [...run(placed, lanewise).subarray(0, placed.size)]
        const before = [...memoryOf(placed).view.subarray(0, placed.size)]
        const memory = new WebAssembly.Memory({ initial: Math.ceil((copies * placed.size * 8) / 65536) })
        const view = new Float64Array(memory.buffer)
        const loops = Array.from({ length: copies }, (_, i) => moved(placed.loop, i * placed.size))
        loops.forEach((_, i) => {
          view.set(before, i * placed.size)
        })
        instantiateLoops(loops, memory, lanewise)?.forEach((each) => {
          each()
        })
        loops.forEach((_, i) => {
          expect([...view.subarray(i * placed.size, (i + 1) * placed.size)]).toEqual(expected)
        })
      }),
      { numRuns: 150 },
    )
  })

  it('are not taken for those with another exponent', () => {
    const loops = [NaN, Infinity, NaN, Infinity, NaN, Infinity, NaN, Infinity].map(
      (exponent, i): Loop => ({
        ...{ rows: 1, columns: 1, operands: [{ at: 0, access: 'entry' }] },
        steps: [{ name: 'power', exponent, inputs: [0] }],
        stores: [{ value: 1, at: 1 + i, keep: 'entry' }],
      }),
    )
    const memory = new WebAssembly.Memory({ initial: 1 })
    const view = new Float64Array(memory.buffer)
    view[0] = 2
    instantiateLoops(loops, memory)?.forEach((each) => {
      each()
    })
    expect([...view.subarray(1, 5)]).toEqual([NaN, Infinity, NaN, Infinity])
  })

  it('take little more room than one', () => {
    const loop: Loop = {
      rows: 8,
      columns: 9,
      operands: [
        { at: 0, access: 'entry' },
        { at: 100, access: 'row' },
      ],
      steps: [{ name: 'product', inputs: [0, 1] }],
      stores: [{ value: 2, at: 200, keep: 'rowSum' }],
    }
    const bytes = (count: number): number =>
      emitLoops(Array.from({ length: count }, (_, i) => moved(loop, i * 300))).length
    expect((bytes(104) - bytes(4)) / 100).toBeLessThan(40)
  })
})

const steps: ReadonlyArray<LoopStep> = [
  ...[...unaryNames, ...binaryNames, 'where' as const].map((name) => ({
    name,
    inputs: Array.from({ length: arityOf(name) }, (_, i) => i),
  })),
  ...exponents.map((exponent) => ({ name: 'power' as const, exponent, inputs: [0] })),
]

const triples: ReadonlyArray<readonly [number, number, number]> = special.flatMap((a) =>
  special.flatMap((b) => [0, NaN, 2].map((c) => [a, b, c] as const)),
)

const mapped = (
  one: LoopStep,
  inputs: ReadonlyArray<ReadonlyArray<number>>,
  math?: WebAssembly.ModuleImports,
): ReadonlyArray<number> => {
  const columns = inputs[0]?.length ?? 0
  const placed = place(
    { rows: 1, columns },
    inputs.map(() => 'entry'),
    [one],
    [{ value: inputs.length, keep: 'entry', inPlace: false }],
    (i) => inputs[Math.floor(i / columns)]?.[i % columns] ?? 0,
  )
  const at = placed.loop.stores[0]?.at ?? 0
  return [...run(placed, math).subarray(at, at + columns)]
}

describe('one step', () => {
  it.each(steps)('$name $exponent at every pair of special values', (one) => {
    const inputs = [0, 1, 2].map((i) => triples.map((triple) => triple[i] ?? 0))
    const meaning = meaningOf(one)
    expect(mapped(one, inputs, lanewise)).toEqual(triples.map((triple) => meaning?.(...triple)))
  })

  it.each(steps.filter(({ name }) => name in scalarUnary || name in scalarBinary))(
    '$name is within 3 ulp of JavaScript with the vector functions, and the same at special values',
    (one) => {
      const meaning = meaningOf(one)
      const usual = Array.from({ length: 501 }, (_, i) => [(i - 250) / 32, ((i * 7) % 100) / 16 - 3, 0] as const)
      const both = [...triples, ...usual]
      const actual = mapped(
        one,
        [0, 1, 2].map((i) => both.map((triple) => triple[i] ?? 0)),
      )
      both.forEach((triple, i) => {
        const expected = meaning?.(...triple) ?? 0
        if (ulps(actual[i] ?? 0, expected) > 3) expect([triple, actual[i]]).toEqual([triple, expected])
      })
    },
  )

  // Half an ulp for the last rounding, up to 1 for that of x² in x²·x and up to √2 in x²·x², and 0.7 for those of **
  // itself: whole ulps below 1.2, 2.2 and 2.6.
  it.each([
    [-1, 1],
    [0.5, 1],
    [2, 1],
    [3, 2],
    [4, 2],
  ])('x^%d is within %d ulp of **', (exponent, bound) => {
    const values = fc.array(fc.oneof(number, fc.double({ min: 0.5, max: 2, noNaN: true })), {
      minLength: 200,
      maxLength: 200,
    })
    fc.assert(
      fc.property(values, (x) => {
        mapped({ name: 'power', exponent, inputs: [0] }, [x]).forEach((actual, i) => {
          const expected = (x[i] ?? 0) ** exponent
          if (ulps(actual, expected) > bound) expect([x[i], actual]).toEqual([x[i], expected])
        })
      }),
      { numRuns: 50 },
    )
  })
})

describe('sums', () => {
  const sum = (rows: number, columns: number, kept: LoopStore['keep']): number => {
    const placed = place({ rows, columns }, ['entry', 'row'], [], [{ value: 0, keep: kept, inPlace: false }], () => 0.1)
    return run(placed)[placed.loop.stores[0]?.at ?? 0] ?? 0
  }
  // Adding 10⁵ times 0.1 one after the other is off by 1.9e-12. Sums over rows are blocked, the others pairwise.
  it.each([
    ['rowSum', 3, 100_003, 3e-15],
    ['total', 2, 50_001, 3e-15],
    ['total', 20_000, 5, 3e-15],
    ['total', 1, 100_003, 3e-15],
    ['columnSum', 100_003, 3, 2e-14],
    ['columnSum', 20_000, 30, 2e-14],
  ] as const)('%s of %d × %d keeps its digits', (kept, rows, columns, tolerance) => {
    const exact = { rowSum: columns, columnSum: rows, total: rows * columns }[kept] / 10
    expect(Math.abs(sum(rows, columns, kept) / exact - 1)).toBeLessThan(tolerance)
  })

  it('a total beside sums over rows is pairwise as well', () => {
    const placed = place(
      { rows: 30_000, columns: 5 },
      ['entry'],
      [],
      (['total', 'columnSum'] as const).map((kept) => ({ value: 0, keep: kept, inPlace: false })),
      () => 0.1,
    )
    expect(Math.abs((run(placed)[placed.loop.stores[0]?.at ?? 0] ?? 0) / 15_000 - 1)).toBeLessThan(3e-15)
  })
})

describe('where it cannot run', () => {
  it('is undefined when a function is missing', () => {
    const loop: Loop = {
      rows: 1,
      columns: 1,
      operands: [{ at: 0, access: 'entry' }],
      steps: [{ name: 'exp', inputs: [0] }],
      stores: [{ value: 1, at: 1, keep: 'entry' }],
    }
    expect(instantiateLoops([loop], new WebAssembly.Memory({ initial: 1 }), {})).toBeUndefined()
  })
})
