/** What programs that nobody has type-checked hand over is refused in words. */
import { square, sum, type Tensor, tensor } from 'gradus'
import {
  adam,
  certify,
  gradientDescent,
  minimize,
  objective,
  saddleFreeKrylov,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'

/** A call as JavaScript makes it. */
const unchecked = (f: (...args: ReadonlyArray<never>) => unknown, ...args: ReadonlyArray<unknown>): string =>
  defectOf(() => Reflect.apply(f, undefined, args))

const loss = (x: Tensor): Tensor => sum(square(x))
const run = minimize(adam({ learningRate: 0.1 }), objective(loss))(tensor([1]))

describe('mistakes', () => {
  it('in the names of options', () => {
    expect(unchecked(adam, { lr: 0.1 })).toBe(
      'InvalidArgument: adam: there is no option lr; expected learningRate, decay1, decay2, epsilon, epsilonRoot, nesterov.',
    )
    expect(unchecked(saddleFreeKrylov, { dim: 5 })).toContain('there is no option dim')
    expect(unchecked(certify, objective(loss), { tolerance: 1 })).toContain('certify: there is no option tolerance')
  })

  it('in place of options', () => {
    expect(unchecked(gradientDescent, 0.1)).toBe(
      'InvalidArgument: gradientDescent: expected a record of learningRate, got 0.1.',
    )
    expect(unchecked(adam)).toContain('expected learningRate to be')
  })

  it('in what is minimized, by what, and for how long', () => {
    const walk = (optimizer: unknown, of: unknown) => () => [...minimize(optimizer as never, of as never)(tensor([1]))]
    expect(defectOf(walk(gradientDescent({ learningRate: 0.1 }), loss))).toContain('Wrap a loss: objective(loss)?')
    expect(defectOf(walk(adam, objective(loss)))).toContain('expected an optimizer such as')
    expect(defectOf(walk(undefined, objective(loss)))).toContain('got undefined')
    expect(defectOf(() => Reflect.apply(takeUntil, undefined, [5])(run))).toContain('expected a rule such as')
    expect(takeUntil(stepsAtMost(1))(run).last.step).toBe(1)
  })
})
