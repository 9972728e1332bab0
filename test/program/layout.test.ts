import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { einsum, normal, randomKey, type Tensor, tensor, toFloat64Array } from '../../src/index.js'
import { executable } from '../../src/program/execute.js'
import { interpret } from '../../src/program/interpret.js'
import { withFoldedProducts } from '../../src/program/layout.js'
import type { Program } from '../../src/program/Program.js'
import { stage } from '../../src/program/stage.js'

/** Contractions with one summed axis: batches that share an operand, batches that do not, and axes in any order. */
const formulas = [
  'ri,crj->cij',
  'ri,cij->crj',
  'crj,ri->cij',
  'cri,crj->cij',
  'irc,crj->jci',
  'abc,cde->adbe',
  'ab,cb->ca',
]

const instances = fc.record({
  formula: fc.constantFrom(...formulas),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 26, maxLength: 26 }),
  scale: fc.constantFrom(1, 6),
  seed: fc.nat(),
})

const operands = (
  formula: string,
  sizes: ReadonlyArray<number>,
  scale: number,
  seed: number,
): readonly [Tensor, Tensor] => {
  const [a = '', b = ''] = (formula.split('->')[0] ?? '').split(',')
  // One axis is long, so that moving pays for some of the instances.
  const shape = (labels: string): ReadonlyArray<number> =>
    [...labels].map((label) => (sizes[label.charCodeAt(0) - 97] ?? 1) * (label === 'r' ? scale * scale : 1))
  return [normal(randomKey(seed), shape(a)), normal(randomKey(seed + 1), shape(b))]
}

const permutations = ({ instructions }: Program): number =>
  instructions.filter(({ operation }) => operation.name === 'permute').length

const entries = (outputs: ReadonlyArray<Tensor> | undefined): ReadonlyArray<number> => [
  ...toFloat64Array(outputs?.[0] ?? tensor([])),
]

describe('the layout of matrix products', () => {
  it('leaves every bit as it was', () => {
    fc.assert(
      fc.property(instances, ({ formula, sizes, scale, seed }) => {
        const [x, y] = operands(formula, sizes, scale, seed)
        const program = stage((a: Tensor, b: Tensor) => einsum(formula, a, b))(x, y)
        const expected = entries(interpret(program)([x, y]))
        expect(entries(interpret(withFoldedProducts(program))([x, y]))).toEqual(expected)
        expect(entries(executable(program)?.run([x, y]))).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('makes one product of a batch of thin ones, where it is worth the moves', () => {
    const x = normal(randomKey(0), [6, 5])
    const staged = (rows: number, columns: number): Program =>
      stage((a: Tensor, b: Tensor) => einsum('ri,crj->cij', a, b))(
        normal(randomKey(1), [rows, 100]),
        normal(randomKey(2), [13, rows, columns]),
      )
    // Five columns of eight that a kernel computes, thirteen times; or 65 of 68.
    expect(permutations(withFoldedProducts(staged(500, 5)))).toBeGreaterThan(permutations(staged(500, 5)))
    const plain = stage((a: Tensor, b: Tensor) => einsum('ab,cb->ac', a, b))(x, x)
    expect(withFoldedProducts(plain).instructions).toHaveLength(plain.instructions.length)
  })
})
