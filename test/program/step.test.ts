import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  compile,
  mul,
  normal,
  randomKey,
  scalar,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
} from '../../src/index.js'
import { compileStep } from '../../src/program/compile.js'

/** A step of a made-up method: updates from a gradient, and two states, of which one has another shape. */
const step = (rate: Tensor, gradient: Tensor, p: Tensor, m: Tensor, n: Tensor): readonly [Tensor, Tensor, Tensor] => {
  const next = add(mul(0.9, m), gradient)
  return [add(p, mul(rate, tanh(next))), next, add(n, sum(next))]
}

const tensors = [0, 1, 2, 3].map((seed) => normal(randomKey(seed), [33, 31]))
const [first = tensor(0), second = tensor(0), third = tensor(0), fourth = tensor(0)] = tensors

const same = (a: ReadonlyArray<Tensor>, b: ReadonlyArray<Tensor>): void => {
  expect(a.map(toFloat64Array)).toEqual(b.map(toFloat64Array))
}

describe('compiled steps', () => {
  it('are compiled functions, to the bit, whatever they are given after what', () => {
    const [plain, kept] = [compile(step), compileStep(step)]
    const start = { p: second, m: third, n: tensor([1, 2, 3]) }
    fc.assert(
      fc.property(fc.array(fc.constantFrom('on', 'back', 'mixed', 'again', 'fresh'), { maxLength: 12 }), (moves) => {
        moves.reduce(
          ({ now, before }, move, i) => {
            const at =
              move === 'on'
                ? now
                : move === 'back'
                  ? before
                  : move === 'mixed'
                    ? { p: before.p, m: now.m, n: now.n }
                    : move === 'again'
                      ? { p: now.p, m: now.p, n: before.n }
                      : { p: fourth, m: now.m, n: now.n }
            const rate = scalar(1 / (i + 1))
            const expected = plain(rate, first, at.p, at.m, at.n)
            const found = kept(rate, first, at.p, at.m, at.n)
            same(found, expected)
            // What a step was given is as it was.
            same(
              [first, second, third, fourth],
              [0, 1, 2, 3].map((seed) => normal(randomKey(seed), [33, 31])),
            )
            const [p, m, n] = found
            return { now: { p, m, n }, before: now }
          },
          { now: start, before: start },
        )
      }),
    )
  })
})
