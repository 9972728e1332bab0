import { describe, expect, it } from 'vitest'
import { add, concat, grad, mul, neg, pad, slice, sum, type Tensor, tensor, toFloat64Array } from '../../src/index.js'
import { withAssembledSums } from '../../src/program/assemble.js'
import { executable } from '../../src/program/execute.js'
import { interpret } from '../../src/program/interpret.js'
import { optimized } from '../../src/program/optimize.js'
import type { Program } from '../../src/program/Program.js'
import { stage } from '../../src/program/stage.js'

const names = ({ instructions }: Program): ReadonlyArray<string> => instructions.map(({ operation }) => operation.name)

const both = (f: (x: Tensor) => Tensor, x: Tensor): void => {
  const program = stage(f)(x)
  const expected = [...toFloat64Array(f(x))]
  for (const run of [interpret(withAssembledSums(program)), executable(program)?.run]) {
    const [y] = run?.([x]) ?? []
    expect([...toFloat64Array(y ?? tensor([]))]).toEqual(expected)
  }
}

const padded = (x: Tensor, before: number, after: number): Tensor => pad(x, [[before, after]])

describe('sums of paddings', () => {
  it('of the slices of a recurrence are one operation', () => {
    const steps = 20
    const loss = (x: Tensor): Tensor =>
      sum(
        Array.from({ length: steps }).reduce<Tensor>(
          (h, _, i) => mul(0.5, mul(h, add(h, slice(x, [i, 0], [i + 1, 4])))),
          tensor([[0.1, 0.2, 0.3, 0.4]]),
        ),
      )
    const x = tensor(Array.from({ length: steps }, (_, i) => [i / 7, -i / 9, 0.3, 1 / (i + 1)]))
    const program = optimized(stage(grad(loss))(x))
    expect(names(program).filter((name) => name === 'pad')).toHaveLength(steps)
    const found = names(withAssembledSums(program))
    expect(found).not.toContain('pad')
    expect(found.filter((name) => name === 'assemble')).toHaveLength(1)
    both(grad(loss), x)
  })

  it('keep the sign that a zero has in the sum', () => {
    // −0 + 0 is +0, so a part of a sum loses its sign, and a padding alone does not.
    both((x) => add(padded(neg(x), 0, 3), padded(x, 3, 0)), tensor([0, 1, -0]))
    both((x) => padded(neg(x), 1, 1), tensor([0, 1, -0]))
    both((x) => add(padded(neg(x), 0, 5), padded(x, 4, 1)), tensor([0, 1, -0]))
  })

  it('that overlap, or that somebody else reads too, stay sums', () => {
    const overlapping = (x: Tensor): Tensor => add(padded(x, 0, 1), padded(mul(2, x), 1, 0))
    const shared = (x: Tensor): Tensor => {
      const part = padded(x, 0, 3)
      return concat([add(part, padded(mul(2, x), 3, 0)), part])
    }
    for (const f of [overlapping, shared]) {
      const x = tensor([1, 2, 3])
      expect(names(withAssembledSums(stage(f)(x)))).not.toContain('assemble')
      both(f, x)
    }
  })

  it('along one axis among several, with strides in the windows', () => {
    const f = (x: Tensor): Tensor => {
      const loss = (y: Tensor): Tensor => sum(mul(slice(y, [0, 0], [3, 6], [1, 2]), slice(y, [0, 3], [3, 6], [1, 1])))
      return grad(loss)(x)
    }
    both(f, tensor([1, 2, 3].map((i) => [1, 2, 3, 4, 5, 6].map((j) => i / j))))
  })
})
