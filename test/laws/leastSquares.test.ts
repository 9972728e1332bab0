/** The laws of least squares hold for the library's optimizers, and find what is not one. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { abs, add, mul, type Tensor, treeAxpy, treeMap, treeScale } from 'gradus'
import {
  check,
  type LeastSquaresClaim,
  type LeastSquaresProperty,
  leastSquaresLaws,
  type RuleSet,
  register,
} from 'gradus/laws'
import {
  gaussNewton,
  gaussNewtonCurvature,
  gradientDescent,
  type Iterate,
  levenbergMarquardt,
  type Optimizer,
  type Stateless,
  type StateType,
  type SumOfSquares,
  trustRegionWith,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { gaussNewtonClaims, marquardtClaims, unscaledClaims } from './claims/fits.js'

register(
  { describe, it },
  { instances: 30 },
)(leastSquaresLaws({ name: 'gauss-newton', optimizer: gaussNewton(), claims: gaussNewtonClaims }))
register(
  { describe, it },
  { instances: 30 },
)(leastSquaresLaws({ name: 'levenberg-marquardt', optimizer: levenbergMarquardt(), claims: marquardtClaims }))
register(
  { describe, it },
  { instances: 30 },
)(
  leastSquaresLaws({
    name: 'levenberg-marquardt, D = I',
    optimizer: levenbergMarquardt({ scaling: 'none' }),
    claims: unscaledClaims,
  }),
)
register(
  { describe, it },
  { instances: 30 },
)(
  leastSquaresLaws({
    name: 'trust region on the Gauss-Newton matrix',
    optimizer: trustRegionWith(gaussNewtonCurvature)({ radius: 100 }),
    claims: [{ _tag: 'SolvesLinear', steps: 1 }, { _tag: 'Decreases' }, { _tag: 'SameSteps', under: 'rotations' }],
  }),
)

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, shrink: false, instances: 30 })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(/^.*› /, '')) : []
}

const lies = <F extends StateType>(
  optimizer: LeastSquaresClaim<F>['optimizer'],
  property: LeastSquaresProperty,
): ReadonlyArray<string> => failedOf(leastSquaresLaws({ name: 'x', optimizer, claims: [property] }))

type Asked = keyof SumOfSquares<unknown>

/** Gauss-Newton whose steps are changed on the way. */
const altered = (
  change: <P>(it: Iterate<P, null, Asked>, reached: Iterate<P, null>) => Iterate<P, null>,
): Optimizer<Stateless, Asked> => {
  const inner = gaussNewton()
  return {
    ...inner,
    step: (next) => (it) =>
      pipe(
        inner.step(next)(it),
        E.map((reached) => change(it, reached)),
      ),
  }
}

describe('the laws of least squares find', () => {
  it('what does not solve lines, and what climbs', () => {
    expect(lies(levenbergMarquardt(), { _tag: 'SolvesLinear', steps: 1 })).toEqual(['1 steps solve linear residuals'])
    expect(lies(gaussNewton(), { _tag: 'Decreases' })).toEqual(['the loss never increases'])
  })

  it('steps that follow weights, scales and variables', () => {
    expect(lies(gaussNewton(), { _tag: 'SameSteps', under: 'weights of single residuals' })).toHaveLength(1)
    expect(lies(gradientDescent({ learningRate: 0.1 }), { _tag: 'SameSteps', under: 'a common factor' })).toHaveLength(
      1,
    )
    expect(lies(levenbergMarquardt(), { _tag: 'Equivariant', under: 'rotations' })).toHaveLength(1)
    expect(
      lies(levenbergMarquardt({ scaling: 'none' }), { _tag: 'Equivariant', under: 'factors of single variables' }),
    ).toHaveLength(1)
    expect(lies(levenbergMarquardt(), { _tag: 'Equivariant', under: 'linear changes' })).toHaveLength(1)
  })

  it('a step that looks at a single residual', () => {
    const first: Optimizer<Stateless, Asked> = {
      ...gaussNewton(),
      step: (next) => (it) => {
        const { values, transposed } = it.objective.residuals(it.params)
        const bent = transposed(mul(1e-3, abs(values)))
        return gaussNewton().step(next)({ ...it, params: treeAxpy(1, bent, it.params) })
      },
    }
    expect(lies(first, { _tag: 'SameSteps', under: 'rotations' })).toEqual(['residuals may change by rotations'])
  })

  it('what moves at a solution, does not count, and is no function', () => {
    const restless = altered((_, reached) => ({
      ...reached,
      params: treeMap((leaf: Tensor) => add(leaf, 1e-3))(reached.params),
    }))
    expect(failedOf(leastSquaresLaws({ name: 'x', optimizer: restless }))).toContain(
      'where the residuals vanish it stays',
    )
    const forgetful = altered((it, reached) => ({ ...reached, work: it.work }))
    expect(failedOf(leastSquaresLaws({ name: 'x', optimizer: forgetful }))).toContain(
      'work counts the values and gradients that were asked for',
    )
    const careless = altered((_, reached) => ({
      ...reached,
      params: treeScale(Number.NaN, reached.params),
      value: Number.NaN,
    }))
    expect(failedOf(leastSquaresLaws({ name: 'x', optimizer: careless }))).toContain(
      'where residuals stop being numbers no iterate does',
    )
    const random = altered((_, reached) => ({
      ...reached,
      params: treeScale(1 + 1e-9 * Math.random(), reached.params),
    }))
    expect(failedOf(leastSquaresLaws({ name: 'x', optimizer: random }))).toContain(
      'a run walked twice has the same bits',
    )
  })
})
