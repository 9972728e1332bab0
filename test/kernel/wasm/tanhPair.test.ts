import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitLoops, instantiateLoops } from '../../../src/kernel/wasm/emitLoop.js'
import type { Access, Loop, LoopStep } from '../../../src/kernel/wasm/Loop.js'

const columns = 1024
const memory = new WebAssembly.Memory({ initial: 4 })
const view = new Float64Array(memory.buffer)

/** Of one row of numbers at 0: tanh at 2000 and sech² at 4000, or one of them. */
const loopOf = (
  steps: ReadonlyArray<LoopStep>,
  kept: ReadonlyArray<readonly [number, number]>,
  access: Access,
): Loop => ({
  rows: access === 'row' ? columns : 1,
  columns: access === 'row' ? 1 : columns,
  operands: [{ at: 0, access }],
  steps,
  stores: kept.map(([value, at]) => ({ value, at, keep: 'entry' })),
})

const tanh: LoopStep = { name: 'tanh', inputs: [0] }
const sechSquared: LoopStep = { name: 'sechSquared', inputs: [0, 0] }

const both = loopOf(
  [tanh, { name: 'sechSquared', inputs: [0, 1] }],
  [
    [1, 2000],
    [2, 4000],
  ],
  'entry',
)

const results = (x: ReadonlyArray<number>, loops: ReadonlyArray<Loop>): readonly [Float64Array, Float64Array] => {
  view.fill(7)
  view.set(x)
  for (const run of instantiateLoops(loops, memory) ?? []) run()
  return [view.slice(2000, 2000 + columns), view.slice(4000, 4000 + columns)]
}

const special = [
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  1e-308,
  1e308,
  354,
  -354,
  354.0001,
  355,
  372.5,
  -373,
  20,
  -19.5,
]

/** Arguments at every scale: bits of doubles, and where neither function is constant. */
const argument = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: -25, max: 25, noNaN: true }) },
  { weight: 2, arbitrary: fc.double({ min: -400, max: 400, noNaN: true }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(...special) },
)

describe('tanh and sech² of the same argument', () => {
  it('in one loop have the bits that they have in two', () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: columns, maxLength: columns }), (x) => {
        const alone = results(x, [loopOf([tanh], [[1, 2000]], 'entry'), loopOf([sechSquared], [[1, 4000]], 'entry')])
        const together = results(x, [both])
        for (const which of [0, 1] as const) {
          const other = alone[which].findIndex((each, i) => !Object.is(each, together[which][i]))
          expect([x[other], together[which][other]]).toEqual([x[other], alone[which][other]])
        }
      }),
      { numRuns: 200 },
    )
  })

  it('are one call, also where something else lies between them', () => {
    const text = (loop: Loop): string => new TextDecoder('latin1').decode(emitLoops([loop]))
    expect(text(both)).toContain('tanhAndSechSquared')
    const between = loopOf(
      [tanh, { name: 'mul', inputs: [1, 0] }, { name: 'sechSquared', inputs: [0, 1] }],
      [
        [2, 2000],
        [3, 4000],
      ],
      'entry',
    )
    expect(text(between)).toContain('tanhAndSechSquared')
    expect(text(loopOf([tanh], [[1, 2000]], 'entry'))).not.toContain('tanhAndSechSquared')
    // Of other arguments they are two calls.
    const apart = loopOf(
      [tanh, { name: 'sechSquared', inputs: [1, 1] }],
      [
        [1, 2000],
        [2, 4000],
      ],
      'entry',
    )
    expect(text(apart)).not.toContain('tanhAndSechSquared')
  })

  it('are chosen lane by lane: neither depends on its neighbor', () => {
    const x = Array.from({ length: columns }, (_, i) => (i % 2 === 0 ? i / 40 : (special[i % special.length] ?? 0)))
    const [t, s] = results(x, [both])
    const [swappedT, swappedS] = results(x.toReversed(), [both])
    expect(swappedT.toReversed()).toEqual(t)
    expect(swappedS.toReversed()).toEqual(s)
  })
})
