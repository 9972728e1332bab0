import { describe, expect, it } from 'vitest'
import { atan2, mul, scalar, sum, type Tensor, tensor, zeros } from '../../src/index.js'
import { withSharedSubexpressions } from '../../src/program/commonSubexpressions.js'
import { constantKey, paramsKey } from '../../src/program/Program.js'
import { stage } from '../../src/program/stage.js'

const numbers = [0, -0, 1, NaN, Infinity, -Infinity, 5e-324]

describe('parameters and constants as text', () => {
  it('are equal for equal ones only, zeros of both signs and what is not finite included', () => {
    const keys = [
      ...numbers.map((exponent) => paramsKey({ exponent })),
      ...numbers.map((entry) => constantKey(scalar(entry))),
      ...numbers.map((entry) => constantKey(tensor([entry]))),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(numbers.map((exponent) => paramsKey({ exponent }))).toEqual(keys.slice(0, numbers.length))
    expect(paramsKey(undefined)).toBe('')
  })

  it('leave long constants to be compared by identity', () => {
    expect(constantKey(tensor(Array.from({ length: 17 }, (_, i) => i)))).toBeUndefined()
    // One number is stored, however often it is repeated.
    expect(constantKey(zeros([100]))).toBe('100|0')
  })

  it('keep operations on −0 and on 0 apart', () => {
    const program = stage((x: Tensor) => sum(mul(atan2(x, -0), atan2(x, 0))))(tensor([0, 1]))
    const names = withSharedSubexpressions(program).instructions.map(({ operation }) => operation.name)
    expect(names.filter((name) => name === 'atan2')).toHaveLength(2)
  })
})
