/** That nothing is missing: no operation without a fixture, no primitive that no fixture reaches. */
import * as gradus from 'gradus'
import { jvp, primitives, type Tensor, vjp } from 'gradus'
import { describe, expect, it } from 'vitest'
import { bind, type Trace, Traced, withLevel } from '../../src/core/Trace.js'
import { at, callOf, type Fixture, families, onlyOf, read, tensorOf } from './fixtures.js'
import { firstSet, operations } from './operations.js'

/** A tensor whose primitives are noted by name; its numbers are computed as ever. */
class Watched extends Traced {
  constructor(
    readonly trace: Trace,
    override readonly primal: Tensor,
  ) {
    super(primal.shape)
  }
}

/** The names of the primitives that a function of tensors applies to its arguments. */
const namesIn = (f: (xs: ReadonlyArray<Tensor>) => unknown, xs: ReadonlyArray<Tensor>): ReadonlySet<string> => {
  const names = new Set<string>()
  withLevel((level) => {
    const trace: Trace = {
      level,
      transform: 'the watch of a test',
      process: (primitive, params, inputs) => {
        names.add(primitive.name)
        const primals = inputs.map((x) => (x instanceof Watched ? x.primal : x))
        return new Watched(trace, bind(primitive, params, primals))
      },
    }
    return f(xs.map((x) => new Watched(trace, x)))
  })
  return names
}

/** The primitives in the value of a fixture, in its pullback, and in the derivative of that. */
const reached = (fixture: Fixture): ReadonlyArray<string> => {
  const { differentiable } = fixture
  const inputs = fixture.inputs.map(read)
  const call = callOf(fixture)
  const p = differentiable.map((i) => at(inputs, i))
  const tangents = p.map(({ shape }, i) => tensorOf(shape, at(fixture.tangents, i)))
  const c = tensorOf(fixture.value.shape, fixture.cotangent)
  const f = onlyOf(call, inputs, differentiable)
  const pulled = (q: ReadonlyArray<Tensor>): ReadonlyArray<Tensor> => vjp(f)(q)[1](c)
  return [
    ...namesIn((xs) => call(...xs), inputs),
    ...(p.length === 0 ? [] : namesIn((q) => jvp(pulled)(q, tangents), p)),
  ]
}

describe('the fixtures', () => {
  const fixtures = families.flatMap(({ cases }) => cases)
  const covered = new Set(fixtures.map(({ operation }) => operation))

  it.each(firstSet)('know %s, and gradus exports it', (name) => {
    expect(Object.keys(gradus)).toContain(name)
    expect(Object.keys(operations)).toContain(name)
    expect([...covered]).toContain(name)
  })

  it('know no operation beyond the list', () => {
    expect([...covered].filter((name) => !firstSet.includes(name))).toEqual([])
  })

  /** Derivatives in parameters, which JAX refuses: test/primitive/incomplete.test.ts holds them against mpmath. */
  const elsewhere = 'logOverDigamma igammaSlope igammaBend betaincA betaincB betaincAA betaincAB betaincBB'.split(' ')

  it('reach every primitive of the table', () => {
    const names = new Set([...fixtures.flatMap(reached), ...elsewhere])
    expect(Object.keys(primitives).filter((name) => !names.has(name))).toEqual([])
  })

  it.each(families)('of the family $family say how they were made', ({ jax, command }) => {
    expect(jax).toMatch(/^\d+\.\d+/)
    expect(command).toBe('python test/golden/primitives/make.py')
  })
})
