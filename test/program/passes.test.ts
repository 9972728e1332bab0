import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, hessianMatrix, hvp, stack, sum, type Tensor, tensor, toFloat64Array, vmap } from '../../src/index.js'
import { withAssembledSums } from '../../src/program/assemble.js'
import { withSharedSubexpressions } from '../../src/program/commonSubexpressions.js'
import { withFoldedConstants } from '../../src/program/constants.js'
import { withoutDeadCode } from '../../src/program/deadCode.js'
import { interpret } from '../../src/program/interpret.js'
import { optimized } from '../../src/program/optimize.js'
import type { Program } from '../../src/program/Program.js'
import { simplified } from '../../src/program/simplify.js'
import { split } from '../../src/program/split.js'
import { stage } from '../../src/program/stage.js'
import { arbitraryProgram, arbitraryVector, type Program as Expression, runProgram } from '../support/programs.js'

/** What is staged from an expression: values and every kind of derivative, as functions of a point and a direction. */
const readings: Readonly<Record<string, (expression: Expression) => (x: Tensor, v: Tensor) => Tensor>> = {
  value: (expression) => (x) => runProgram(expression, x),
  gradient: (expression) => grad((x: Tensor) => sum(runProgram(expression, x))),
  product: (expression) => (x, v) => hvp((y: Tensor) => sum(runProgram(expression, y)))(x)(v),
  batched: (expression) => (x, v) => vmap((s: Tensor) => runProgram(expression, s))(stack([x, v])),
  hessian: (expression) => hessianMatrix((x: Tensor) => sum(runProgram(expression, x))),
}

const passes: Readonly<Record<string, (program: Program) => Program>> = {
  'dead code': withoutDeadCode,
  'common subexpressions': withSharedSubexpressions,
  'constant folding': withFoldedConstants,
  'exact algebra': simplified,
  'assembled sums': withAssembledSums,
  'all of them': (program) => optimized(program),
}

const bits = (tensors: ReadonlyArray<Tensor>): ReadonlyArray<ReadonlyArray<number>> =>
  tensors.map((each) => [...toFloat64Array(each)])

const instances = fc.tuple(
  arbitraryProgram,
  fc.constantFrom(...Object.keys(readings)),
  arbitraryVector,
  arbitraryVector,
)

describe('programs', () => {
  it('are what the eager function does, to the bit', () => {
    fc.assert(
      fc.property(instances, ([expression, reading, x, v]) => {
        const f = readings[reading]?.(expression) ?? (() => x)
        expect(bits(interpret(stage(f)(x, v))([x, v]))).toEqual(bits([f(x, v)]))
      }),
      { numRuns: 200 },
    )
  })

  for (const [name, pass] of Object.entries(passes))
    it(`keep their bits under ${name}`, () => {
      fc.assert(
        fc.property(instances, ([expression, reading, x, v]) => {
          const program = stage(readings[reading]?.(expression) ?? (() => x))(x, v)
          const after = pass(program)
          expect(after.instructions.length).toBeLessThanOrEqual(program.instructions.length)
          expect(bits(interpret(after)([x, v]))).toEqual(bits(interpret(program)([x, v])))
          expect(bits(interpret(after)([v, x]))).toEqual(bits(interpret(program)([v, x])))
        }),
        { numRuns: 150 },
      )
    })

  it('split into a half for the point and a half for the direction, to the bit', () => {
    fc.assert(
      fc.property(instances, ([expression, reading, x, v]) => {
        const program = optimized(stage(readings[reading]?.(expression) ?? (() => x))(x, v))
        const { before, after } = split(program, (input) => input === 1)
        const known = interpret(before)([x])
        expect(bits(interpret(after)([v, ...known]))).toEqual(bits(interpret(program)([x, v])))
        expect(bits(interpret(after)([x, ...known]))).toEqual(bits(interpret(program)([x, x])))
      }),
      { numRuns: 150 },
    )
  })

  it('are smaller after the passes where there is something to gain', () => {
    const f = (x: Tensor): Tensor => hvp((y: Tensor) => sum(runProgram(['tanh', ['linear', 'x']], y)))(x)(x)
    const program = stage(f)(tensor([1, 2, 3]))
    expect(optimized(program).instructions.length).toBeLessThan(0.8 * program.instructions.length)
  })
})
