import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { mul, pow, square, sub, sum, type Tensor, tensor, toFloat64Array } from 'gradus'
import {
  absoluteCurvature,
  anyOf,
  boundedIn,
  gaussNewtonCurvature,
  gradientDescent,
  hessianCurvature,
  leastSquares,
  minimize,
  objective,
  projectedGradient,
  projectedGradientBelow,
  projectedTrustRegion,
  stepsAtMost,
  takeUntil,
  trustRegion,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../../support/near.js'
import { defectOf } from '../../support/points.js'
import { take } from '../counted.js'
import { rosenbrock } from '../problems.js'

const methods = [
  ['projected gradient', 20_000],
  ['projected trust region', 100],
  ['projected trust region by Steihaug', 100],
] as const

// Minimizers of Rosenbrock's function in boxes: on x₁ ≤ a < 1 at (a, a²), on x₂ ≥ b > 1 where ∂f/∂x₁ = 0, and so on; the values are
// those of SciPy's L-BFGS-B (ftol 1e-16, gtol 1e-12).
const boxes = [
  { lower: [-2, -2], upper: [0.5, 2], start: [-1.2, 1], at: [0.5, 0.25] },
  { lower: [-2, 1.5], upper: [2, 2], start: [0.2, 1.6], at: [1.2243707487363527, 1.5] },
  { lower: [1.5, -2], upper: [3, 0.5], start: [2, 0], at: [1.5, 0.5] },
]

const boxOf = ({ lower, upper }: { readonly lower: ReadonlyArray<number>; readonly upper: ReadonlyArray<number> }) => ({
  lower: tensor([...lower]),
  upper: tensor([...upper]),
})

describe.each(methods)('%s', (name, steps) => {
  it.each(boxes)('$lower to $upper', ({ start, at, ...bounds }) => {
    const inside = boundedIn(boxOf(bounds))(objective(rosenbrock))
    const { last, reason } =
      name === 'projected gradient'
        ? pipe(
            tensor(start),
            minimize(projectedGradient(), inside),
            takeUntil(anyOf(projectedGradientBelow(1e-7), stepsAtMost(steps))),
          )
        : pipe(
            tensor(start),
            minimize(
              projectedTrustRegion(hessianCurvature)({ solver: name.endsWith('Steihaug') ? 'steihaug' : 'exact' }),
              inside,
            ),
            takeUntil(anyOf(projectedGradientBelow(1e-7), stepsAtMost(steps))),
          )
    expect(E.isRight(reason) && reason.right._tag).toBe('GradientBelow')
    expectNear(last.params, at, 1e-6)
  })
})

it('every iterate is in the box, and the loss never increases', () => {
  const [box] = boxes
  if (box === undefined) throw new Error('no box')
  const inside = boundedIn(boxOf(box))(objective(rosenbrock))
  for (const its of [
    take(60)(minimize(projectedGradient(), inside)(tensor(box.start))),
    take(60)(minimize(projectedTrustRegion(hessianCurvature)(), inside)(tensor(box.start))),
  ])
    its.forEach(({ params, value }, i) => {
      const entries = [...toFloat64Array(params)]
      expect(entries.every((x, j) => x >= (box.lower[j] ?? 0) && x <= (box.upper[j] ?? 0))).toBe(true)
      expect(value).toBeLessThanOrEqual((its[i - 1]?.value ?? Infinity) * (1 + 1e-14))
    })
})

it('without bounds the projected trust region ends where the other one does', () => {
  const everywhere = { lower: tensor([-Infinity, -Infinity]), upper: tensor([Infinity, Infinity]) }
  const run = minimize(projectedTrustRegion(hessianCurvature)(), boundedIn(everywhere)(objective(rosenbrock)))
  const { last } = pipe(tensor([-1.2, 1]), run, takeUntil(anyOf(projectedGradientBelow(1e-9), stepsAtMost(100))))
  expectNear(last.params, [1, 1], 1e-8)
})

it('least squares in a box by the Gauss-Newton matrix', () => {
  const fit = leastSquares((x: Tensor) => sub(mul(tensor([1, 2]), x), tensor([3, 2])))
  const inside = boundedIn({ lower: tensor([0, 0]), upper: tensor([1, 9]) })(fit)
  const run = minimize(projectedTrustRegion(gaussNewtonCurvature)(), inside)
  expectNear(pipe(tensor([0.5, 5]), run, takeUntil(stepsAtMost(20))).last.params, [1, 1], 1e-12)
})

it('it leaves a saddle inside of the box for its edge', () => {
  const saddle = objective((p: Tensor) => sum(mul(tensor([1, -1]), square(p))))
  const inside = boundedIn({ lower: tensor([-1, -2]), upper: tensor([1, 2]) })(saddle)
  const run = minimize(projectedTrustRegion(hessianCurvature)(), inside)
  const { last } = pipe(tensor([0.5, 0]), run, takeUntil(stepsAtMost(20)))
  expect(last.value).toBeCloseTo(-4, 12)
})

describe('an objective in a box', () => {
  const box = { lower: tensor([0]), upper: tensor([Infinity]) }

  it('is refused by none, but whoever leaves the box ends in a failure', () => {
    const inside = boundedIn(box)(objective((x: Tensor) => sum(pow(sub(x, -1), 2))))
    const { reason } = pipe(
      tensor([1]),
      minimize(gradientDescent({ learningRate: 1 }), inside),
      takeUntil(stepsAtMost(9)),
    )
    expect(E.isLeft(reason) && reason.left._tag).toBe('NonFinite')
    const trusting = pipe(tensor([1]), minimize(trustRegion(), inside), takeUntil(stepsAtMost(99)))
    expect(toFloat64Array(trusting.last.params)[0]).toBeGreaterThanOrEqual(0)
  })

  it('is what optimizers for boxes ask for', () => {
    const plain = objective((x: Tensor) => sum(x))
    // @ts-expect-error: the objective has no box.
    minimize(projectedGradient(), plain)
  })

  it('has bounds in order, or is refused', () => {
    expect(defectOf(() => boundedIn({ lower: tensor([1]), upper: tensor([0]) }))).toContain('got 1 and 0')
    expect(defectOf(() => boundedIn({ lower: tensor([Number.NaN]), upper: tensor([0]) }))).toContain('NaN')
    expect(defectOf(() => boundedIn({ lower: tensor([1, 2]), upper: tensor([3]) }))).toContain('shape')
    expect(defectOf(() => projectedGradient({ stepLength: 0 }))).toContain('stepLength')
    expect(defectOf(() => projectedTrustRegion(hessianCurvature)({ radius: 0 }))).toContain('radius')
    expect(defectOf(() => projectedTrustRegion(absoluteCurvature)())).toContain('hessianCurvature')
  })
})
