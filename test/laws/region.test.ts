import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { add, dot, matmul, mul, type Tensor, toNumber, treeNorm, zeros } from 'gradus'
import {
  ball,
  cubic,
  doglegStep,
  exactModel,
  krylovModel,
  type LinearOperator,
  minimizeModel,
  truncatedStep,
} from 'gradus/curvature'
import { type ClaimedStep, check, type RegionClaim, regionLaws, register } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

const operatorOf = (matrix: Tensor): LinearOperator<Tensor> => ({
  like: zeros([matrix.shape[0] ?? 0]),
  size: matrix.shape[0] ?? 0,
  apply: (v) => matmul(matrix, v),
  matrix: () => matrix,
})

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const exact =
  (region: RegionClaim['region'], change: (step: ClaimedStep) => ClaimedStep = (step) => step): RegionClaim['solve'] =>
  (matrix, gradient, size) =>
    change(
      pipe(
        exactModel(operatorOf(matrix), gradient),
        right,
        minimizeModel(region === 'ball' ? ball(size) : cubic(size)),
      ),
    )

const krylov =
  (region: RegionClaim['region']): RegionClaim['solve'] =>
  (matrix, gradient, size) => {
    const where = region === 'ball' ? ball(size) : cubic(size)
    return pipe(krylovModel(operatorOf(matrix), gradient, { dimension: 3, region: where }), right, minimizeModel(where))
  }

const all = { instances: 100 }

register(
  { describe, it },
  all,
)(regionLaws({ name: 'exact in a ball', region: 'ball', exact: true, solve: exact('ball') }))

register(
  { describe, it },
  all,
)(regionLaws({ name: 'exact cubic', region: 'cubic', exact: true, solve: exact('cubic') }))

register(
  { describe, it },
  all,
)(regionLaws({ name: 'Krylov in a ball', region: 'ball', exact: false, solve: krylov('ball') }))

register(
  { describe, it },
  all,
)(regionLaws({ name: 'Krylov cubic', region: 'cubic', exact: false, solve: krylov('cubic') }))

register(
  { describe, it },
  all,
)(
  regionLaws({
    name: 'Steihaug',
    region: 'ball',
    exact: false,
    continuous: true,
    solve: (matrix, gradient, size) => truncatedStep(operatorOf(matrix), gradient)(size),
  }),
)

register(
  { describe, it },
  all,
)(
  regionLaws({
    name: 'dogleg',
    region: 'ball',
    exact: false,
    continuous: true,
    spectra: ['positive'],
    solve: (matrix, gradient, size) => pipe(exactModel(operatorOf(matrix), gradient), right, doglegStep(size), right),
  }),
)

const verdict = (claim: RegionClaim): string =>
  pipe(
    regionLaws(claim),
    check({ seed: 1 }),
    E.match(
      () => 'broken',
      () => 'kept',
    ),
  )

describe('the laws of regions find', () => {
  const broken = (region: RegionClaim['region'], change: (step: ClaimedStep) => ClaimedStep): string =>
    verdict({ name: 'impostor', region, exact: true, solve: exact(region, change) })

  it('a step that is a little too long, a multiplier that is off, a prediction that boasts', () => {
    for (const region of ['ball', 'cubic'] as const) {
      expect(broken(region, (step) => step)).toBe('kept')
      expect(broken(region, (each) => ({ ...each, step: mul(1 + 1e-6, each.step) }))).toBe('broken')
      expect(broken(region, (each) => ({ ...each, multiplier: (each.multiplier ?? 0) + 1e-6 }))).toBe('broken')
      expect(broken(region, (each) => ({ ...each, predictedReduction: 1.001 * each.predictedReduction }))).toBe(
        'broken',
      )
    }
  })

  it('a step that jumps to the gradient as soon as it does not fit', () => {
    const cut: RegionClaim['solve'] = (matrix, gradient, size) => {
      const free = truncatedStep(operatorOf(matrix), gradient)(size)
      if (!free.onBoundary) return free
      const down = mul(-size / toNumber(treeNorm(gradient)), gradient)
      const fall = add(dot(gradient, down), mul(0.5, dot(down, matmul(matrix, down))))
      return { step: down, predictedReduction: -toNumber(fall) }
    }
    const spectra = ['positive'] as const
    const outcome = pipe(
      regionLaws({ name: 'x', region: 'ball', exact: false, continuous: true, spectra, solve: cut }),
      check({ seed: 1 }),
    )
    expect(E.isLeft(outcome) ? outcome.left.map(({ law }) => law) : []).toContain(
      'x › easy gradients: where the ball begins to hold a step it does not jump',
    )
  })

  it('a step that stays on the saddle where the gradient is 0', () => {
    const solve: RegionClaim['solve'] = (matrix, gradient, size) => truncatedStep(operatorOf(matrix), gradient)(size)
    expect(verdict({ name: 'inexact', region: 'ball', exact: true, solve })).toBe('broken')
  })
})
