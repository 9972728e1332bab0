/** Each law of losses rejects at least one loss that is wrong in its way, and names who is guilty where an operation is. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  abs,
  add,
  cos,
  exp,
  flip,
  log,
  logSumExp,
  matmul,
  mean,
  mul,
  sin,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
} from 'gradus'
import { check, type LawFailure, type LossProperties, lossLaws, showLawFailure, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { lopsided, strict, wrongFactor, wrongSecond } from './wrongRecords.js'

const points = tensors([3], { min: 0.5, max: 2 })

const failuresOf = (
  loss: (x: Tensor) => Tensor,
  { params = points, claims = {} }: { params?: fc.Arbitrary<Tensor>; claims?: LossProperties<Tensor> } = {},
): ReadonlyArray<LawFailure> => {
  const outcome = check({ seed: 7, instances: 20 })(lossLaws({ name: 'loss', loss, params, claims }))
  return E.isLeft(outcome) ? outcome.left : []
}

const namesOf = (failures: ReadonlyArray<LawFailure>): ReadonlyArray<string> =>
  failures.map(({ law }) => law.replace('loss › ', ''))

/** Whether a transform is among those that watch a tensor. */
const isWatchedBy = (transform: string, x: unknown): boolean =>
  typeof x === 'object' &&
  x !== null &&
  (String(x).endsWith(`in ${transform}`) || isWatchedBy(transform, Reflect.get(x, 'primal')))

/** A loss that looks at who runs it. */
const spying =
  (transform: string) =>
  (x: Tensor): Tensor =>
    sum(mul(isWatchedBy(transform, x) ? 2 : 1, sin(x)))

describe('losses that are not functions', () => {
  it('change from call to call', () => {
    const calls = [0]
    const failed = namesOf(
      failuresOf((x) => {
        calls[0] = (calls[0] ?? 0) + 1
        return mul(calls[0], sum(sin(x)))
      }),
    )
    expect(failed).toEqual(
      expect.arrayContaining([
        'purity › the same point gives the same bits twice',
        'purity › it does not change from call to call',
        'agreement › compiled, it has the same value and gradient',
        'agreement › gradients and Hessian products follow a change of variables',
        'masking › where it is taken nothing is seen of a pole beside it',
      ]),
    )
  })

  it.each([
    ['stage', 'agreement › compiled, it has the same value and gradient'],
    ['vmap', 'agreement › a batch of points gives what each gives by itself'],
    ['linearize', 'gradient › the modes agree: jvp, linearize and vjp'],
    ['hessian', 'curvature › products are those of the matrix'],
  ])('behave differently under %s', (transform, law) => {
    expect(namesOf(failuresOf(spying(transform)))).toContain(law)
  })
})

describe('losses that are not finite', () => {
  it('have a value that is not a number, told with the operation that made it and the line', () => {
    const failures = failuresOf((x) => sum(mul(2, log(sub(x, 1)))), { params: tensors([2], { min: -2, max: 2 }) })
    const [first] = failures
    expect(first?.law).toBe('loss › finiteness › its value is finite')
    const text = first === undefined ? '' : showLawFailure(first)
    expect(text).toMatch(/log\(\[.*\]\) is (NaN|-Infinity), called at \S+lossImpostors\.test\.ts:\d+:\d+ = finite/)
    expect(text).toMatch(/blamed: log \(operation 1\)/)
  })

  it('have a gradient that is not finite where the value is', () => {
    const failures = failuresOf((x) => sqrt(sum(sub(x, x))))
    expect(namesOf(failures)).toContain('finiteness › its gradient is finite where its value is')
    const found = failures.find(({ law }) => law.endsWith('where its value is'))
    expect(found?.blame).toMatchObject(O.some({ primitive: 'sqrt', fault: 'its derivative is not finite' }))
  })

  it('have curvature that is not finite where the gradient is', () => {
    const failures = failuresOf((x) => sum(mul(sqrt(sub(x, x)), 1)), { params: fc.constant(tensor([1, 2])) })
    expect(namesOf(failures)).toContain('finiteness › its gradient is finite where its value is')
    const steep = failuresOf((x) => sum(mul(x, sqrt(x))), { params: fc.constant(tensor([0])) })
    expect(namesOf(steep)).toEqual(
      expect.arrayContaining(['finiteness › products with its Hessian are finite where its gradient is']),
    )
  })
})

describe('losses whose rules are wrong', () => {
  it('have an operation with a wrong factor, blamed by name at the shrunk counterexample', () => {
    const failures = failuresOf((x) => sum(add(exp(wrongFactor(x)), cos(x))))
    expect(namesOf(failures)).toEqual(
      expect.arrayContaining([
        'gradient › it is what differences find',
        'gradient › the remainder of the linear model is of second order',
      ]),
    )
    for (const { law, blame } of failures.filter(({ law }) => law.includes('› gradient ›')))
      expect([law, blame]).toMatchObject([law, O.some({ primitive: 'cubed', fault: 'its derivative is wrong' })])
  })

  it('have an operation with a wrong second derivative, blamed by name', () => {
    const failures = failuresOf((x) => sum(add(sin(wrongSecond(x)), cos(x))))
    expect(namesOf(failures)).toEqual(
      expect.arrayContaining([
        'curvature › products are what differences of the gradient find',
        'curvature › the remainder of the quadratic model is of third order',
      ]),
    )
    expect(namesOf(failures).filter((law) => law.startsWith('gradient'))).toEqual([])
    for (const { blame } of failures)
      expect(blame).toMatchObject(O.some({ primitive: 'cubed', fault: 'its second derivative is wrong' }))
  })

  it('have a Hessian that is not symmetric', () => {
    const failures = failuresOf((x) => sum(lopsided(take(x, tensor([0])), take(x, tensor([1])))))
    expect(namesOf(failures)).toContain('curvature › the Hessian is symmetric')
    for (const { blame } of failures) expect(blame).toMatchObject(O.some({ primitive: 'lopsided' }))
  })

  it('lie at a kink, which is told', () => {
    const failures = failuresOf((x) => sum(sqrt(abs(x))), { params: fc.constant(tensor([0, 0])) })
    const order = failures.find(({ law }) => law.endsWith('the constant model is of first order'))
    expect(order).toBeDefined()
    expect(order?.blame).toMatchObject(O.some({ fault: 'the point lies at a kink of it' }))
  })

  it('refuse what is masked', () => {
    expect(namesOf(failuresOf((x) => sum(square(strict(x)))))).toEqual([
      'masking › where it is not taken it leaves no trace, whatever its value is there',
    ])
  })
})

describe('claims', () => {
  const failedClaim = (
    loss: (x: Tensor) => Tensor,
    claims: LossProperties<Tensor>,
    params = tensors([3]),
  ): ReadonlyArray<string> => namesOf(failuresOf(loss, { claims, params }))

  const softMaximum = (x: Tensor): Tensor => add(logSumExp(x), mul(0.1, sum(square(x))))

  it('of convexity hold for a soft maximum, and not for waves', () => {
    expect(failedClaim(softMaximum, { convex: true })).toEqual([])
    expect(failedClaim((x) => sum(cos(x)), { convex: true })).toEqual([
      'convexity › it lies below its chords',
      'convexity › it lies above its tangents',
      'convexity › no direction has negative curvature',
    ])
  })

  it('of homogeneity hold for the degree, and for no other', () => {
    const cubic = (x: Tensor): Tensor => sum(mul(x, square(x)))
    expect(failedClaim(cubic, { homogeneous: 3 })).toEqual([])
    expect(failedClaim(cubic, { homogeneous: 2 })).toEqual([
      'homogeneity › f(s x) = s^2 f(x)',
      'homogeneity › ⟨∇f(x), x⟩ = 2 f(x), by Euler',
    ])
  })

  it('of invariance hold for what does not see the order, and not for what does', () => {
    const group = fc.constantFrom<(x: Tensor) => Tensor>(
      (x) => x,
      (x) => flip(x),
    )
    expect(failedClaim(softMaximum, { invariant: group })).toEqual([])
    expect(failedClaim((x) => sum(mul(tensor([1, 2, 3]), sin(x))), { invariant: group })).toEqual([
      'invariance › transformed parameters have the same loss',
      'invariance › the gradient there, pulled back, is the gradient here',
    ])
  })

  it('of a Lipschitz bound hold for one that is large enough', () => {
    const waves = (x: Tensor): Tensor => mean(sin(mul(2, x)))
    const steepest = 2 / Math.sqrt(3)
    expect(failedClaim(waves, { lipschitz: steepest })).toEqual([])
    expect(failedClaim(waves, { lipschitz: 0.2 * steepest })).toEqual([
      expect.stringMatching(/^Lipschitz bound › values differ by at most/),
      expect.stringMatching(/^Lipschitz bound › the gradient is not longer than/),
    ])
  })

  it('of batches hold for means of examples, and not for what mixes them', () => {
    const rows = tensor([
      [1, 2, 0],
      [0, -1, 1],
      [2, 0, 3],
    ])
    const lossOf = (of: (scores: Tensor) => Tensor) => (examples: ReadonlyArray<number>) => (x: Tensor) =>
      of(square(matmul(take(rows, tensor([...examples])), x)))
    expect(
      failedClaim(lossOf(mean)([0, 1, 2]), { batch: { reduction: 'mean', lossOf: lossOf(mean), examples: 3 } }),
    ).toEqual([])
    expect(
      failedClaim(lossOf(sum)([0, 1, 2]), { batch: { reduction: 'sum', lossOf: lossOf(sum), examples: 3 } }),
    ).toEqual([])
    const mixed = lossOf((scores) => logSumExp(scores))
    expect(failedClaim(mixed([0, 1]), { batch: { reduction: 'mean', lossOf: mixed, examples: 3 } })).toEqual([
      'batches › a batch has the mean of the losses of its examples',
      'batches › a batch has the mean of the gradients of its examples',
    ])
  })
})
