import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type BoxClaim, type BoxProperty, boxLaws, check, type LawFailure, register } from 'gradus/laws'
import {
  adam,
  along,
  backtracking,
  type Curved,
  clampInto,
  cubicNewton,
  gradientDescent,
  hessianCurvature,
  type Iterate,
  lbfgs,
  lbfgsb,
  newton,
  newtonDirection,
  type ObjectiveWith,
  type Optimizer,
  projectedGradient,
  projectedTrustRegion,
  type StateOf,
  type StateType,
  saddleFreeNewton,
  trustRegion,
  within,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const quick = { instances: 40 }

const descending: ReadonlyArray<BoxProperty> = [
  { _tag: 'Decreases' },
  { _tag: 'IgnoresShift' },
  { _tag: 'IgnoresReflection' },
]

const held = <F extends StateType>(claim: BoxClaim<F>): void => register({ describe, it }, quick)(boxLaws(claim))

// Quadratics of up to four parameters with a condition of 100 at most.
held({
  name: 'projected gradient',
  optimizer: projectedGradient(),
  claims: [...descending, { _tag: 'Solves', steps: 400 }],
})
held({ name: 'l-bfgs-b', optimizer: lbfgsb(), claims: [...descending, { _tag: 'Solves', steps: 40 }] })
held({
  name: 'projected trust region',
  optimizer: projectedTrustRegion(hessianCurvature)({ radius: 100 }),
  claims: [...descending, { _tag: 'Solves', steps: 8 }],
})
held({
  name: 'projected trust region by Steihaug',
  optimizer: projectedTrustRegion(hessianCurvature)({ radius: 100, solver: 'steihaug' }),
  claims: [...descending, { _tag: 'Solves', steps: 30 }],
})
held({
  name: 'gradient descent',
  optimizer: within(gradientDescent({ learningRate: 0.05 })),
  claims: [{ _tag: 'Decreases' }, { _tag: 'IgnoresShift' }, { _tag: 'IgnoresReflection' }],
})
held({
  name: 'Adam',
  optimizer: within(adam({ learningRate: 0.05 })),
  claims: [{ _tag: 'IgnoresShift' }, { _tag: 'IgnoresReflection' }],
})
held({ name: 'l-bfgs', optimizer: within(lbfgs()), claims: [{ _tag: 'Decreases' }] })
held({
  name: 'newton with backtracking',
  optimizer: within(along(newtonDirection(), backtracking())),
  claims: [...descending, { _tag: 'Solves', steps: 30 }],
})
held({ name: 'newton', optimizer: within(newton()), claims: [] })
held({
  name: 'trust region',
  optimizer: within(trustRegion({ radius: 100 })),
  claims: [{ _tag: 'Decreases' }, { _tag: 'Solves', steps: 40 }],
})
held({ name: 'cubic newton', optimizer: within(cubicNewton()), claims: [{ _tag: 'Decreases' }] })
held({ name: 'saddle-free newton', optimizer: within(saddleFreeNewton()), claims: [{ _tag: 'Decreases' }] })

describe('what the laws refute', () => {
  /** The step of an optimizer that knows of no box, projected afterwards. */
  const projectedAfter = <F extends StateType>(optimizer: Optimizer<F, Curved>): Optimizer<F, Curved | 'bounds'> => ({
    name: `${optimizer.name}, projected afterwards`,
    init: optimizer.init,
    step:
      <P>(next: ObjectiveWith<Curved | 'bounds', P>) =>
      (it: Iterate<P, StateOf<F, P>, Curved | 'bounds'>) =>
        pipe(
          optimizer.step<P>(next)(it),
          E.map((reached) => {
            const params = clampInto(next.bounds())(reached.params)
            const [value, gradient] = next.valueAndGrad(params)
            return { ...reached, params, value, gradient }
          }),
        ),
  })

  const brokenBy = <F extends StateType>(optimizer: Optimizer<F, Curved | 'bounds'>): ReadonlyArray<string> =>
    pipe(
      check({ seed: 5 })(boxLaws({ name: 'afterwards', optimizer, claims: [{ _tag: 'Decreases' }] })),
      E.match(
        (failures: ReadonlyArray<LawFailure>) => failures.map(({ law }) => law),
        () => [],
      ),
    )

  it('steps beyond the box, projected afterwards', () => {
    // The loss is asked for outside of the box, where it is infinite: the run ends there, at rest where nothing holds it.
    for (const broken of [
      brokenBy(projectedAfter(gradientDescent({ learningRate: 0.05 }))),
      brokenBy(projectedAfter(newton())),
    ]) {
      expect(broken).toContain('afterwards › box › it never leaves the box, nor asks for the loss outside')
      expect(broken).toContain('afterwards › box › it rests nowhere else')
    }
  })

  it('claims that are false', () => {
    const claim = (property: BoxProperty, optimizer = within(gradientDescent({ learningRate: 0.05 }))) =>
      check({ seed: 5 })(boxLaws({ name: 'a claim', optimizer, claims: [property] }))
    expect(E.isLeft(claim({ _tag: 'Solves', steps: 3 }))).toBe(true)
    expect(E.isLeft(claim({ _tag: 'DependsOnShift' }))).toBe(true)
    expect(E.isLeft(claim({ _tag: 'Decreases' }, within(gradientDescent({ learningRate: 0.9 }))))).toBe(true)
  })
})
