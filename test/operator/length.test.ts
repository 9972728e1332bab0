import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { full, grad, mul, scalar, sum, type Tensor, tensor, toArray } from '../../src/index.js'
import { isFiniteTree, treeLength } from '../../src/operator/length.js'
import { gradientDescent, minimize, objective, stepsAtMost, takeUntil } from '../../src/optimize/index.js'

describe('treeLength', () => {
  it('is that of all leaves together, repeated entries counted', () => {
    expect(treeLength({ a: full([2, 8], 1), b: [scalar(3)] })).toBe(5)
    expect(treeLength([])).toBe(0)
  })

  it('lets a run go on where the square of the gradient overflows', () => {
    const steep = objective((x: Tensor) => sum(mul(2 ** 600, x)))
    const { last, reason } = pipe(
      tensor([0, 0, 0, 0]),
      minimize(gradientDescent({ learningRate: 2 ** -600 }), steep),
      takeUntil(stepsAtMost(3)),
    )
    expect(E.isRight(reason)).toBe(true)
    expect(last.gradientNorm).toBe(2 ** 601)
    expect(toArray(last.params)).toEqual([-3, -3, -3, -3])
  })

  it('refuses what a transform watches', () => {
    expect(() => grad((x: Tensor) => scalar(treeLength(x)))(scalar(1))).toThrow('cannot be read')
  })
})

describe('isFiniteTree', () => {
  it('looks at every leaf', () => {
    expect(isFiniteTree({ a: tensor([1, 2]), b: [scalar(0)] })).toBe(true)
    expect(isFiniteTree({ a: tensor([1, 2]), b: [scalar(Number.NaN)] })).toBe(false)
    expect(isFiniteTree(full([3], Infinity))).toBe(false)
  })
})
