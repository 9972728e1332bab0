/** Threads: the bits of one thread for products, loops and programs, and words where a thread dies. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  add,
  compile,
  Defect,
  grad,
  hvp,
  loadThreads,
  logSoftmax,
  matmul,
  mul,
  normal,
  randomKey,
  showThreadsFailure,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  toFloat64Array,
  transpose,
} from '../../../src/index.js'
import { automatic, type Provider, provider, useProvider } from '../../../src/kernel/provider.js'
import { type Arena, arena, arenaBase } from '../../../src/kernel/wasm/arena.js'
import type { Access, Loop, LoopStep, LoopStore } from '../../../src/kernel/wasm/Loop.js'
import type { Team } from '../../../src/kernel/wasm/Team.js'
import { startTeam } from '../../../src/kernel/wasm/threads.js'
import { loopPieces, productPieces } from '../../../src/kernel/wasm/threadsPieces.js'
import { workerSource } from '../../../src/kernel/wasm/threadsWorker.js'

const loaded = loadThreads({ threads: 3 })
const three: Provider = loaded._tag === 'Right' ? loaded.right : automatic

const initial = provider()
afterEach(() => {
  useProvider(initial)
})

const under = <A>(chosen: Provider, run: () => A): A => {
  const before = provider()
  useProvider(chosen)
  try {
    return run()
  } finally {
    useProvider(before)
  }
}

/** Numbers of many magnitudes, so that another order of additions would show; some not finite where asked for. */
const number = (i: number, seed: number): number => Math.sin((i + seed) * 0.7) * 10 ** ((i * 7 + seed) % 5)
const special = (i: number, seed: number): number =>
  ({ 3: Number.NaN, 5: Number.POSITIVE_INFINITY, 11: -0, 17: 5e-324 })[(i + seed) % 1009] ?? number(i, seed)

/** The same, smaller and from a table. */
const entries = Float64Array.from({ length: 4093 }, (_, i) => number(i, 0) / 1000)

/** A copy of the bytes; compared whole, since there are millions. */
const bits = (x: Float64Array): Buffer => Buffer.from(x.slice().buffer)
const expectSame = (actual: Buffer | undefined, expected: Buffer | undefined): void => {
  expect(actual !== undefined && expected !== undefined && Buffer.compare(actual, expected) === 0).toBe(true)
}

const fill = ({ view }: Arena, entry: (i: number) => number): void => {
  for (let i = arenaBase; i < view.length; i++) view[i] = entry(i)
}

/** Arenas of the same size and content, for one thread and for three. */
const bothArenas = (doubles: number, entry: (i: number) => number): readonly [Arena, Arena] => {
  const [one, shared] = [automatic, three].map((chosen) => under(chosen, () => arena(arenaBase + doubles)))
  if (one === undefined || shared === undefined) throw new Error('no arena')
  fill(one, entry)
  fill(shared, entry)
  return [one, shared]
}

describe('threads', () => {
  it('start here, once for a number', () => {
    expect(loaded._tag === 'Left' ? showThreadsFailure(loaded.left) : loaded.right.name).toBe('3 threads')
    const again = loadThreads({ threads: 3 })
    expect(again._tag === 'Right' && again.right).toBe(three)
    expect(loadThreads({ threads: 1 })).toMatchObject({ right: automatic })
  })

  it('are a whole number', () => {
    ;[0, -1, 1.5, Number.NaN].forEach((threads) => expect(() => loadThreads({ threads })).toThrow(Defect))
  })

  it('keep the provider until it is chosen', () => {
    expect(provider()).toBe(initial)
  })
})

const side = fc.integer({ min: 1, max: 180 })
const products = fc
  .record({
    ...{ m: side, n: side, k: fc.integer({ min: 1, max: 700 }), seed: fc.nat(100) },
    ...{ transposeA: fc.boolean(), transposeB: fc.boolean(), entry: fc.constantFrom(number, special) },
  })
  .filter(({ m, n, k }) => productPieces(m, n, k, 3) !== undefined)

describe('a product', () => {
  it('has the bits of one thread in an arena', () => {
    fc.assert(
      fc.property(products, ({ m, n, k, seed, transposeA, transposeB, entry }) => {
        const b = (m + 4) * k + 4
        const c = (b + (n + 4) * k + 7) & -4
        const results = bothArenas(c + (m + 4) * (n + 4), (i) => entry(i, seed)).map(({ view, multiply }) => {
          multiply(m, n, k, arenaBase, transposeA, arenaBase + b, transposeB, arenaBase + c)
          return bits(view.subarray(arenaBase + c, arenaBase + c + m * n))
        })
        expectSame(results[1], results[0])
      }),
      { numRuns: 60 },
    )
  })

  it('has the bits of one thread eagerly', () => {
    fc.assert(
      fc.property(products, fc.nat(3), ({ m, n, k, seed, transposeA, transposeB, entry }, offset) => {
        const a = Float64Array.from({ length: m * k + offset }, (_, i) => entry(i, seed))
        const b = Float64Array.from({ length: k * n + offset }, (_, i) => entry(i, seed + 1))
        const results = [automatic, three].map(({ matmul: product }) => {
          const c = new Float64Array(m * n + 2 * offset).fill(-77)
          product(m, n, k, a, offset, transposeA, b, offset, transposeB, c, offset)
          return bits(c)
        })
        expectSame(results[1], results[0])
      }),
      { numRuns: 40 },
    )
  })
})

const steps: ReadonlyArray<LoopStep['name']> = ['add', 'mul', 'tanh', 'exp', 'sin', 'sigmoid', 'log1p', 'pow', 'where']
const inputsOf = (name: LoopStep['name']): number =>
  name === 'where' ? 3 : ['add', 'mul', 'pow'].includes(name) ? 2 : 1

const loopShapes = fc.record({
  shape: fc.oneof(
    fc.integer({ min: 2000, max: 60_000 }).map((columns) => [1, columns] as const),
    fc.integer({ min: 2000, max: 60_000 }).map((rows) => [rows, 1] as const),
    { weight: 4, arbitrary: fc.tuple(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 2, max: 300 })) },
  ),
  // An odd number of places between values: pieces must not rely on more alignment than there is.
  accesses: fc.array(fc.constantFrom<Access>('entry', 'row', 'column', 'scalar'), { minLength: 1, maxLength: 4 }),
  names: fc.array(fc.tuple(fc.constantFrom(...steps), fc.array(fc.nat(9), { minLength: 3, maxLength: 3 })), {
    minLength: 1,
    maxLength: 5,
  }),
  keeps: fc.array(
    fc.constantFrom<LoopStore['keep']>('entry', 'entry', 'rowSum', 'rowMax', 'columnSum', 'columnMax', 'total'),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  inPlace: fc.boolean(),
})

const lengths = (rows: number, columns: number) => ({
  ...{ entry: rows * columns, row: rows, column: columns, scalar: 1 },
  ...{ rowSum: rows, rowMax: rows, rowMin: rows, columnSum: columns, columnMax: columns, columnMin: columns, total: 1 },
})

interface Placed {
  readonly loop: Loop
  readonly doubles: number
}

const placedLoops = loopShapes
  .map(({ shape: [rows, columns], accesses, names, keeps, inPlace }): Placed => {
    const length = lengths(rows, columns)
    const room = rows * columns + 3
    const operands = accesses.map((access, i) => ({ at: arenaBase + i * room, access }))
    const taken = names.map(([name, inputs], i): LoopStep => {
      const known = operands.length + i
      return { name, inputs: inputs.slice(0, inputsOf(name)).map((input) => input % known) }
    })
    const last = operands.length + taken.length - 1
    const free = arenaBase + operands.length * room
    const reused = inPlace ? operands.findIndex(({ access }) => access === 'entry') : -1
    const stores = keeps.map((keep, i): LoopStore => {
      const at = free + keeps.slice(0, i).reduce((sum, each) => sum + length[each] + 1, 0)
      const first = i === keeps.indexOf('entry') ? operands[reused] : undefined
      return { value: Math.max(0, last - i), keep, at: first?.at ?? at }
    })
    return {
      loop: { rows, columns, operands, steps: taken, stores },
      doubles: (operands.length + keeps.length) * room + 8,
    }
  })
  .filter(({ loop }) => loop.rows * loop.columns > 20_000 || loopPieces(loop, 3).length > 1)

describe('a loop', () => {
  it('has the bits of one thread, in and out of place', () => {
    const cut = { yes: 0 }
    fc.assert(
      fc.property(placedLoops, fc.nat(100), ({ loop, doubles }, seed) => {
        if (loopPieces(loop, 3).length > 1) cut.yes += 1
        const results = bothArenas(doubles, (i) => entries[(i + seed) % entries.length] ?? 0).map(({ view, loops }) => {
          loops([loop])?.[0]?.()
          return bits(view.subarray(arenaBase, arenaBase + doubles))
        })
        expectSame(results[1], results[0])
      }),
      { numRuns: 60 },
    )
    // Or the property says little.
    expect(cut.yes).toBeGreaterThan(10)
  })

  it('stays whole where it is short, or where a sum joins what pieces have', () => {
    const loop = (columns: number, keep: LoopStore['keep']): Loop => ({
      ...{ rows: 300, columns, operands: [{ at: 0, access: 'entry' }] },
      ...{ steps: [{ name: 'tanh', inputs: [0] }], stores: [{ value: 1, at: 10 ** 6, keep }] },
    })
    const pieces = (columns: number, keep: LoopStore['keep']): number => loopPieces(loop(columns, keep), 2).length
    expect([pieces(2, 'entry'), pieces(300, 'total'), pieces(300, 'columnSum')]).toEqual([1, 1, 1])
    expect([pieces(300, 'entry'), pieces(300, 'rowSum')].every((count) => count >= 2)).toBe(true)
  })
})

const unaries: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  tanh: (x) => tanh(x),
  wave: (x) => sin(mul(3, x)),
  square: (x) => mul(0.02, matmul(x, matmul(transpose(x), tanh(x)))),
  rows: (x) => mul(x, tanh(sum(x, { axes: [1], keepAxes: true }))),
  columns: (x) => sub(x, mul(0.01, sum(x, { axes: [0], keepAxes: true }))),
  softmax: (x) => mul(0.1, logSoftmax(x)),
  flipped: (x) => transpose(tanh(transpose(x))),
}
const names = fc.array(fc.constantFrom(...Object.keys(unaries)), { minLength: 1, maxLength: 4 })
const functions = {
  value: (f: (x: Tensor) => Tensor) => f,
  gradient: (f: (x: Tensor) => Tensor) => grad((x: Tensor) => sum(square(f(x)))),
  product: (f: (x: Tensor) => Tensor) => (x: Tensor) => hvp((y: Tensor) => sum(square(f(y))))(x)(tanh(x)),
}
const readings = fc.constantFrom(...Object.values(functions))

const apply = (path: ReadonlyArray<string>, x: Tensor): Tensor =>
  path.reduce((y, name) => add(y, unaries[name]?.(y) ?? y), x)

describe('a compiled program', () => {
  it('has the bits of one thread, and goes on when threads come and go', () => {
    fc.assert(
      fc.property(
        ...[names, readings, fc.integer({ min: 40, max: 150 }), fc.integer({ min: 40, max: 150 }), fc.nat(1000)],
        (path, reading, rows, columns, seed) => {
          const fast = compile(reading((x: Tensor) => apply(path, x)))
          const x = mul(0.1, normal(randomKey(seed), [rows, columns]))
          const alone = bits(toFloat64Array(fast(x)))
          const shared = under(three, () => bits(toFloat64Array(fast(x))))
          const again = bits(toFloat64Array(fast(x)))
          expectSame(shared, alone)
          expectSame(again, alone)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('has the bits of one thread when it is compiled under threads', () => {
    const f = grad((x: Tensor) => sum(tanh(matmul(x, transpose(x)))))
    const x = normal(randomKey(5), [120, 90])
    const shared = under(three, () => bits(toFloat64Array(compile(f)(x))))
    expectSame(shared, bits(toFloat64Array(compile(f)(x))))
  })
})

/** Products until the others have taken part in one, and what was said then. */
const untilLost = (team: Team): string | undefined => {
  const n = 128
  const opened = team.open(arenaBase + 4 * n * n)
  if (opened === undefined) return undefined
  for (let i = 0; i < 2000; i++) {
    try {
      opened.multiply(n, n, n, arenaBase, false, arenaBase + n * n, false, arenaBase + 2 * n * n)
    } catch (error) {
      return String(error)
    }
  }
  return undefined
}

const lost = (words: string): never => {
  throw new Error(words)
}

describe('a thread that dies', () => {
  it('is told at the start, with what it said', () => {
    const source = workerSource().replace('scalarSin: Math.sin', 'scalarSin: 1')
    expect(source).not.toBe(workerSource())
    expect(startTeam({ threads: 2, lost, source })).toMatch(/failed at its start: .*scalarSin/)
  })

  it('over a piece ends the computation with what it said; later ones run on one thread', () => {
    const source = workerSource(() => {
      JSON.parse('')
    })
    const team = startTeam({ threads: 2, lost, source })
    if (typeof team === 'string') throw new Error(team)
    expect(untilLost(team)).toMatch(/thread 2 of 2 failed: SyntaxError/)
    expect(team.isWhole()).toBe(false)
    expect(untilLost(team)).toBeUndefined()
  })

  it('is not waited for without end', () => {
    const source = workerSource(() => {
      for (;;);
    })
    const team = startTeam({ threads: 2, lost, source, patience: 200 })
    if (typeof team === 'string') throw new Error(team)
    expect(untilLost(team)).toMatch(/of 8 pieces did not come back within 0.2 s/)
    expect(untilLost(team)).toBeUndefined()
  })

  it('while it has nothing to do is not missed', () => {
    const team = startTeam({ threads: 2, lost })
    if (typeof team === 'string') throw new Error(team)
    team.end()
    expect(untilLost(team)).toBeUndefined()
  })
})
