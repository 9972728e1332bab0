import { describe, expect, it } from 'vitest'
import {
  add,
  div,
  matmul,
  mul,
  neg,
  permute,
  reshape,
  stopGradient,
  sub,
  type Tensor,
  tensor,
  toFloat64Array,
  transpose,
} from '../../src/index.js'
import { withoutDeadCode } from '../../src/program/deadCode.js'
import { interpret } from '../../src/program/interpret.js'
import { simplified } from '../../src/program/simplify.js'
import { stage } from '../../src/program/stage.js'

const special = [0, -0, 1, -1, 2.5, -1e300, 5e-324, Infinity, -Infinity, Number.NaN]

/** All pairs of special numbers, one in each argument. */
const a = tensor(special.flatMap((x) => special.map(() => x)))
const b = tensor(special.flatMap(() => special))

interface Rewrite {
  readonly f: (a: Tensor, b: Tensor) => Tensor
  /** Instructions that are left. */
  readonly left: number
}

const rewrites: Readonly<Record<string, Rewrite>> = {
  '1 · x is x': { f: (x) => mul(1, x), left: 1 },
  'x · 1 is x': { f: (x) => mul(x, 1), left: 1 },
  'x / 1 is x': { f: (x) => div(x, 1), left: 1 },
  '−1 · x is −x': { f: (x) => mul(-1, x), left: 2 },
  '−(−x) is x': { f: (x) => neg(neg(x)), left: 0 },
  'a + (−b) is a − b': { f: (x, y) => add(x, neg(y)), left: 1 },
  '(−a) + b is b − a': { f: (x, y) => add(neg(x), y), left: 1 },
  'a − (−b) is a + b': { f: (x, y) => sub(x, neg(y)), left: 1 },
  'a − 0 is a': { f: (x) => sub(x, 0), left: 1 },
  'stopGradient is its argument': { f: (x) => stopGradient(x), left: 0 },
  'reshapes meet': { f: (x) => reshape(reshape(x, [4, 25]), [10, 10]), left: 1 },
  'reshapes undo each other': { f: (x) => reshape(reshape(x, [4, 25]), [100]), left: 0 },
  'permutations meet': {
    f: (x) => permute(permute(reshape(x, [2, 5, 10]), [1, 2, 0]), [1, 0, 2]),
    left: 2,
  },
  'permutations undo each other': { f: (x) => transpose(transpose(reshape(x, [4, 25]))), left: 1 },
}

const bits = (x: Tensor | undefined): ReadonlyArray<number> => (x === undefined ? [] : [...toFloat64Array(x)])

describe('exact algebra', () => {
  for (const [name, { f, left }] of Object.entries(rewrites))
    it(name, () => {
      const program = stage(f)(a, b)
      const after = withoutDeadCode(simplified(program))
      expect(bits(interpret(after)([a, b])[0])).toEqual(bits(f(a, b)))
      // Spread constants stay until they are folded; they are not what is counted here.
      expect(after.instructions.filter(({ operation }) => operation.name !== 'spread').length).toBeLessThanOrEqual(left)
    })

  it('reads transposed operands of products by their labels', () => {
    const x = reshape(tensor(Array.from({ length: 12 }, (_, i) => Math.sin(i))), [3, 4])
    const y = reshape(tensor(Array.from({ length: 20 }, (_, i) => Math.cos(i))), [5, 4])
    const f = (p: Tensor, q: Tensor): Tensor => matmul(transpose(transpose(p)), transpose(q))
    const after = withoutDeadCode(simplified(withoutDeadCode(simplified(stage(f)(x, y)))))
    expect(after.instructions.map(({ operation }) => operation.name)).toEqual(['contract'])
    expect(bits(interpret(after)([x, y])[0])).toEqual(bits(f(x, y)))
  })

  it('does not take x + 0 for x, since −0 + 0 is 0', () => {
    const program = stage((x: Tensor) => add(x, 0))(a)
    expect(bits(interpret(simplified(program))([a])[0])).toEqual(bits(add(a, 0)))
  })
})
