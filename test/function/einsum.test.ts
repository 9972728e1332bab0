import fc from 'fast-check'
import {
  diagonal,
  einsum,
  grad,
  matmul,
  outer,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  transpose,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { gradientBy } from '../support/differences.js'
import { expectNear } from '../support/near.js'
import { arbitraryTensor, defectOf, sizeOf } from '../support/points.js'

const lengths: Readonly<Record<string, number>> = { i: 2, j: 3, k: 1, l: 2 }

const lengthOf = (letter: string): number => lengths[letter] ?? 1

const strides = (letters: ReadonlyArray<string>): ReadonlyArray<number> =>
  letters.map((_, axis) => sizeOf(letters.slice(axis + 1).map(lengthOf)))

/** Every assignment of positions to letters. */
const assignments = (letters: ReadonlyArray<string>): ReadonlyArray<Readonly<Record<string, number>>> =>
  letters.reduce<ReadonlyArray<Readonly<Record<string, number>>>>(
    (all, letter) =>
      all.flatMap((known) => Array.from({ length: lengthOf(letter) }, (_, i) => ({ ...known, [letter]: i }))),
    [{}],
  )

/** The definition: a sum over all indices. */
const naive = (
  inputs: ReadonlyArray<string>,
  output: string,
  operands: ReadonlyArray<Tensor>,
): ReadonlyArray<number> => {
  const data = operands.map(toFloat64Array)
  const all = [...new Set([...inputs.join('')])]
  const out = [...output]
  const at = (letters: ReadonlyArray<string>, position: Readonly<Record<string, number>>): number =>
    strides(letters).reduce((offset, stride, axis) => offset + stride * (position[letters[axis] ?? ''] ?? 0), 0)
  const result = new Float64Array(sizeOf(out.map(lengthOf)))
  for (const position of assignments(all)) {
    const term = inputs.reduce((product, input, i) => product * (data[i]?.[at([...input], position)] ?? Number.NaN), 1)
    result[at(out, position)] = (result[at(out, position)] ?? 0) + term
  }
  return [...result]
}

const spec = fc
  .array(
    fc.array(fc.constantFrom('i', 'j', 'k', 'l'), { maxLength: 3 }).map((letters) => letters.join('')),
    { minLength: 1, maxLength: 3 },
  )
  .chain((inputs) =>
    fc
      .shuffledSubarray([...new Set(inputs.join(''))])
      .chain((output) =>
        fc.tuple(
          fc.constant(inputs),
          fc.constant(output.join('')),
          fc.tuple(...inputs.map((input) => arbitraryTensor([...input].map(lengthOf)))),
        ),
      ),
  )

describe('einsum', () => {
  it('is the sum over all indices that its definition says', () => {
    fc.assert(
      fc.property(spec, ([inputs, output, operands]) => {
        const actual = einsum(`${inputs.join(',')}->${output}`, ...operands)
        expect(actual.shape).toEqual([...output].map(lengthOf))
        expectNear([...toFloat64Array(actual)], naive(inputs, output, operands), 1e-12)
      }),
      { numRuns: 400 },
    )
  })

  it('differentiates in every operand', () => {
    fc.assert(
      fc.property(spec, ([inputs, output, operands]) => {
        const f = (p: ReadonlyArray<Tensor>): Tensor => sum(einsum(`${inputs.join(',')}->${output}`, ...p))
        // A polynomial of degree at most 3: differences are exact up to rounding.
        expectNear(grad(f)(operands), gradientBy(f, operands, 1), 1e-9)
      }),
      { numRuns: 60 },
    )
  })

  const a = tensor([
    [1, 2],
    [3, 4],
  ])

  it('knows the products that have names', () => {
    expect(toArray(einsum('ij,jk->ik', a, a))).toEqual(toArray(matmul(a, a)))
    expect(toArray(einsum('ij,jk', a, a))).toEqual(toArray(matmul(a, a)))
    expect(toArray(einsum('ij->ji', a))).toEqual(toArray(transpose(a)))
    expect(toArray(einsum('ba', a))).toEqual(toArray(transpose(a)))
    expect(toArray(einsum('ii', a))).toBe(5)
    expect(toArray(einsum(' i i -> i ', a))).toEqual(toArray(diagonal(a)))
    expect(toArray(einsum('i,j->ij', tensor([1, 2]), tensor([3, 4])))).toEqual(
      toArray(outer(tensor([1, 2]), tensor([3, 4]))),
    )
  })

  it('diagonals of matrices that are not square, or empty', () => {
    expect(
      toArray(
        diagonal(
          tensor([
            [1, 2, 3],
            [4, 5, 6],
          ]),
        ),
      ),
    ).toEqual([1, 5])
    expect(
      toArray(
        diagonal(
          tensor([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ),
      ),
    ).toEqual([1, 4])
    expect(diagonal(zeros([4, 0, 3])).shape).toEqual([4, 0])
  })

  it('says what is wrong with a specification', () => {
    expect(defectOf(() => einsum('ij,jk->ik', a))).toMatchInlineSnapshot(
      `"InvalidArgument: einsum 'ij,jk->ik': names 2 operands, got 1."`,
    )
    expect(defectOf(() => einsum('ij,jk->ik', a, zeros([3, 2])))).toMatchInlineSnapshot(
      `"ShapeMismatch: einsum 'ij,jk->ik': index j has lengths 2 and 3."`,
    )
    expect(defectOf(() => einsum('ijk->i', a))).toMatchInlineSnapshot(
      `"ShapeMismatch: einsum 'ijk->i': operand 0 has shape [2,2], expected 3 axes."`,
    )
    expect(defectOf(() => einsum('ij->k', a))).toMatchInlineSnapshot(
      `"InvalidArgument: einsum 'ij->k': result index k must occur once there and in an operand."`,
    )
    expect(defectOf(() => einsum('ij->ii', a))).toMatchInlineSnapshot(
      `"InvalidArgument: einsum 'ij->ii': result index i must occur once there and in an operand."`,
    )
    expect(defectOf(() => einsum('i1->i', a))).toMatchInlineSnapshot(
      `"InvalidArgument: einsum: expected letters, commas and at most one '->', got 'i1->i'."`,
    )
    expect(defectOf(() => einsum('ij->i->j', a))).toMatchInlineSnapshot(
      `"InvalidArgument: einsum: expected letters, commas and at most one '->', got 'ij->i->j'."`,
    )
    expect(defectOf(() => einsum('ii->i', zeros([2, 3])))).toMatchInlineSnapshot(
      `"ShapeMismatch: einsum 'ii->i': index i has lengths 2 and 3."`,
    )
    expect(defectOf(() => diagonal(zeros([2])))).toMatchInlineSnapshot(
      `"ShapeMismatch: diagonal: expected rank 2 or more, got shape [2]."`,
    )
  })
})
