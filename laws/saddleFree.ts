/**
 * What an optimizer must do that claims to be saddle-free Newton, −(|H| + λI)⁻¹ ∇f: on quadratics with known spectra, where each
 * step has a closed form, and on losses of any shape. reparameterization.ts and surfaces.ts hold the laws of changes of
 * variables and of named surfaces.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cos,
  type Loss,
  logSumExp,
  matmul,
  mul,
  neg,
  square,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  treeDot,
  treeNorm,
} from '../src/index.js'
import { minimize, newton, objective, type StateType } from '../src/optimize/index.js'
import { evenly, nearSaddles, type Spectrum, type Symmetric, symmetricMatrices, tensors } from './arbitrary.js'
import { all, apart, atMost, close, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { reparameterizationLaws } from './reparameterization.js'
import {
  along,
  diagonalQuadratic,
  firstStep,
  ofStep,
  quadratic,
  type SaddleFreeClaim,
  spectralStep,
  stepsUntil,
} from './step.js'
import { surfaceLaws } from './surfaces.js'

/** ½ xᵀ A x + bᵀ x at a point. */
interface Case {
  readonly symmetric: Symmetric
  readonly linear: Tensor
  readonly at: Tensor
}

const cases = (spectrum: Spectrum): fc.Arbitrary<Case> =>
  fc
    .integer({ min: 1, max: 5 })
    .chain((n) => fc.record({ symmetric: symmetricMatrices(spectrum, n), linear: tensors([n]), at: tensors([n]) }))

const lossOf = ({ symmetric, linear }: Case): Loss<Tensor> => quadratic(symmetric.matrix, linear)

const gradientOf = ({ symmetric, linear, at }: Case): Tensor => add(matmul(symmetric.matrix, at), linear)

const dampings = evenly(1e-3, 10)

/** Waves in a wide bowl: bounded below, with saddles and maxima all over. */
interface Waves {
  readonly directions: Tensor
  readonly phases: Tensor
  readonly at: Tensor
}

const waves: fc.Arbitrary<Waves> = fc
  .integer({ min: 1, max: 4 })
  .chain((n) => fc.record({ directions: tensors([3, n]), phases: tensors([3]), at: tensors([n]) }))

const wavesLoss =
  ({ directions, phases }: Waves): Loss<Tensor> =>
  (x) =>
    add(sum(cos(add(matmul(directions, x), phases))), mul(0.05, sum(square(x))))

/** Convex and not quadratic: a soft maximum in a bowl. */
const softMaximum =
  ({ directions, phases }: Waves): Loss<Tensor> =>
  (x) =>
    add(logSumExp(add(matmul(directions, x), phases)), mul(0.1, sum(square(x))))

const descentLaws = <F extends StateType>({ name, make, tolerance = 1e-9 }: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › descent`,
    [],
  )([
    law('the undamped step descends, by gᵀ|H|⁻¹g at first order', cases('indefinite'), (each) => {
      const gradient = gradientOf(each)
      const slope = (step: Tensor): number => toNumber(treeDot(gradient, step))
      const expected = slope(spectralStep(each.symmetric, gradient, Math.abs))
      return ofStep(make(0), lossOf(each), each.at, (step) =>
        all(atMost()(slope(step), 0), close(tolerance)(slope(step), expected)),
      )
    }),
    law('the damped step descends, by gᵀ(|H| + λI)⁻¹g', fc.tuple(cases('indefinite'), dampings), ([each, damping]) => {
      const gradient = gradientOf(each)
      const slope = (step: Tensor): number => toNumber(treeDot(gradient, step))
      const expected = slope(spectralStep(each.symmetric, gradient, (value) => Math.abs(value) + damping))
      return ofStep(make(damping), lossOf(each), each.at, (step) =>
        all(atMost()(slope(step), 0), close(tolerance)(slope(step), expected)),
      )
    }),
    law('with dampings to try, the loss never increases', waves, (each) => {
      const iterator = minimize(
        make([0, 1e-3, 1e-2, 1e-1, 1, 10]),
        objective(wavesLoss(each)),
      )(each.at)[Symbol.iterator]()
      const values = Array.from({ length: 8 }, () => iterator.next()).flatMap(({ done, value }) =>
        done === true ? [] : [value.value],
      )
      const rises = values.slice(1).map((value, i) => value - (values[i] ?? Number.NaN))
      return atMost()(
        rises.reduce((most, rise) => Math.max(most, rise), -Infinity),
        0,
      )
    }),
  ])

const componentLaws = <F extends StateType>({ name, make, tolerance = 1e-9 }: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › components`,
    [],
  )([
    law('each component of the step is −gᵢ/|λᵢ|', cases('indefinite'), (each) => {
      const { basis, eigenvalues } = each.symmetric
      const expected = along(basis, gradientOf(each)).map((part, i) => -part / Math.abs(eigenvalues[i] ?? Number.NaN))
      return ofStep(make(0), lossOf(each), each.at, (step) => close(tolerance)(along(basis, step), expected))
    }),
    law("it is Newton's step where the Hessian is positive definite", cases('positive'), (each) =>
      ofStep(make(0), lossOf(each), each.at, (step) =>
        close(tolerance)(
          step,
          spectralStep(each.symmetric, gradientOf(each), (value) => value),
        ),
      ),
    ),
    law("it is minus Newton's step where the Hessian is negative definite", cases('negative'), (each) =>
      ofStep(make(0), lossOf(each), each.at, (step) =>
        close(tolerance)(
          step,
          spectralStep(each.symmetric, gradientOf(each), (value) => -value),
        ),
      ),
    ),
    law("it is Newton's step on a convex loss that is not quadratic", waves, (each) =>
      ofStep(newton(), softMaximum(each), each.at, (expected) =>
        ofStep(make(0), softMaximum(each), each.at, (step) => close(tolerance)(step, expected)),
      ),
    ),
  ])

const saddles = fc.integer({ min: 2, max: 5 }).chain(nearSaddles)

const saddleLaws = <F extends StateType>({ name, make, tolerance = 1e-9 }: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › near a saddle`,
    [],
  )([
    law(
      'positive directions are left and negative ones double',
      saddles,
      ({ matrix, basis, eigenvalues, coordinates, start }) => {
        const expected = coordinates.map((x, i) => ((eigenvalues[i] ?? Number.NaN) > 0 ? 0 : 2 * x))
        // Relative to the coordinates, which may be tiny.
        return ofStep(make(0), quadratic(matrix), start, (_, { params }) =>
          close(tolerance, 0)([...along(basis, params), 0], [...expected, 0]),
        )
      },
    ),
    law(
      'damped, positive directions keep λ/(μ+λ) and negative ones grow by 1 + |μ|/(|μ|+λ)',
      fc.tuple(saddles, dampings),
      ([{ matrix, basis, eigenvalues, coordinates, start }, damping]) => {
        const expected = coordinates.map((x, i) => {
          const value = eigenvalues[i] ?? Number.NaN
          return x * (value > 0 ? damping / (value + damping) : 1 - value / (damping - value))
        })
        return ofStep(make(damping), quadratic(matrix), start, (_, { params }) =>
          close(tolerance, 0)(along(basis, params), expected),
        )
      },
    ),
    law('the loss falls by ½ Σ g²/λ over λ > 0 and by ³⁄₂ Σ g²/|λ| over λ < 0', cases('indefinite'), (each) => {
      const { basis, eigenvalues } = each.symmetric
      const fall = along(basis, gradientOf(each)).reduce((total, part, i) => {
        const value = eigenvalues[i] ?? Number.NaN
        return total + (value > 0 ? 0.5 : 1.5) * (part ** 2 / Math.abs(value))
      }, 0)
      const loss = lossOf(each)
      return ofStep(make(0), loss, each.at, (_, { value }) => close(tolerance)(toNumber(loss(each.at)) - value, fall))
    }),
    law(
      'it takes ⌈log₂ 1/ε⌉ steps to leave the unit box',
      fc.record({
        exponent: fc.integer({ min: 1, max: 30 }),
        factor: evenly(1.01, 1.99),
      }),
      ({ exponent, factor }) => {
        const start = factor * 2 ** -(exponent + 1)
        const outside = ({ params }: { readonly params: Tensor }): boolean =>
          Math.abs(toFloat64Array(params)[1] ?? 0) >= 1
        return same(
          stepsUntil(make(0), diagonalQuadratic([2, -3]), tensor([0.5, start]), outside, 60),
          Math.ceil(Math.log2(1 / start)),
        )
      },
    ),
    law('at an exact saddle it stays', saddles, ({ matrix, start }) =>
      ofStep(make(0), quadratic(matrix), mul(0, start), (step) => close(0)(step, mul(0, start))),
    ),
    law(
      'it gains nothing along an eigenvector on which the gradient has nothing',
      fc.tuple(saddles, fc.nat({ max: 4 })),
      ([{ eigenvalues, coordinates }, index]) => {
        const silent = index % eigenvalues.length
        const start = tensor(coordinates.map((x, i) => (i === silent ? 0 : x)))
        return ofStep(make(0), diagonalQuadratic(eigenvalues), start, (step) =>
          close(0)(toFloat64Array(step)[silent], 0),
        )
      },
    ),
  ])

/** A factor of the loss that is far from 1. */
const factors = fc.oneof(evenly(1e-3, 0.5), evenly(2, 1e3))

const scaled =
  (factor: number, loss: Loss<Tensor>): Loss<Tensor> =>
  (x) =>
    mul(factor, loss(x))

const scalingLaws = <F extends StateType>({ name, make, tolerance = 1e-9 }: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › scaling of the loss`,
    [],
  )([
    law('the undamped step does not change', fc.tuple(cases('indefinite'), factors), ([each, factor]) =>
      ofStep(make(0), lossOf(each), each.at, (expected) =>
        ofStep(make(0), scaled(factor, lossOf(each)), each.at, (step) => close(tolerance)(step, expected)),
      ),
    ),
    law('the step of the negated loss is the opposite one', fc.tuple(cases('indefinite'), factors), ([each, factor]) =>
      ofStep(make(0), lossOf(each), each.at, (expected) =>
        ofStep(make(0), scaled(-factor, lossOf(each)), each.at, (step) => close(tolerance)(step, neg(expected))),
      ),
    ),
    law(
      'a damped step does not change if the damping is scaled too, and does if it is not',
      fc.tuple(cases('indefinite'), factors, evenly(0.1, 10)),
      ([each, factor, damping]) =>
        ofStep(make(damping), lossOf(each), each.at, (expected) => {
          fc.pre(toNumber(treeNorm(expected)) > 1e-3)
          return ofStep(make(factor * damping), scaled(factor, lossOf(each)), each.at, (with_) =>
            ofStep(make(damping), scaled(factor, lossOf(each)), each.at, (without) =>
              // Not a tolerance but a refutation: the steps must differ by more than that.
              all(close(tolerance)(with_, expected), apart(1e-4)(without, expected)),
            ),
          )
        }),
    ),
  ])

const singularLaws = <F extends StateType>({ name, make, tolerance = 1e-9 }: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › where curvature vanishes`,
    [],
  )([
    law('undamped it fails as Singular, and keeps the point', singularCases, ({ eigenvalues, linear, at }) => {
      const outcome = firstStep(make(0), diagonalQuadratic(eigenvalues, linear), at)
      return all(
        same(E.isLeft(outcome) ? outcome.left._tag : 'a step', 'Singular'),
        same(E.isLeft(outcome) ? outcome.left.last.params : undefined, at),
      )
    }),
    law(
      'damped it moves by −g/λ there',
      fc.tuple(singularCases, dampings),
      ([{ eigenvalues, linear, at }, damping]) => {
        const slopes = toFloat64Array(linear)
        const expected = [...toFloat64Array(at)].map((x, i) => {
          const value = eigenvalues[i] ?? Number.NaN
          return -(value * x + (slopes[i] ?? Number.NaN)) / (Math.abs(value) + damping)
        })
        return ofStep(make(damping), diagonalQuadratic(eigenvalues, linear), at, (step) =>
          close(tolerance)(step, expected),
        )
      },
    ),
  ])

interface SingularCase {
  readonly eigenvalues: ReadonlyArray<number>
  readonly linear: Tensor
  readonly at: Tensor
}

/** Quadratics with one eigenvalue 0, along which they have a slope. */
const singularCases: fc.Arbitrary<SingularCase> = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record({
    eigenvalues: symmetricMatrices('moderate', n).map(({ eigenvalues }) => [0, ...eigenvalues.slice(1)]),
    linear: tensors([n], { min: 0.5, max: 3 }),
    at: tensors([n]),
  }),
)

/**
 * The laws of saddle-free Newton for an optimizer that claims to be it.
 *
 * **Laws** descent; components −gᵢ/|λᵢ|; Newton's step on convex losses; the factor 2 away from a saddle; no motion at one;
 * invariance to the scaling of the loss; equivariance under rotations and its failure under shears; the closed forms of
 * the monkey saddle; no false convergence where the gradient is flat.
 *
 * **References** Dauphin et al. (2014), §5; the reference steps come from the eigenvectors by which the problems are made.
 *
 * @example
 * import { family, saddleFreeLaws } from 'gradus/laws'
 * import { saddleFreeNewton } from 'gradus/optimize'
 * const rules = saddleFreeLaws({ name: 'exact', make: (damping) => saddleFreeNewton({ damping }) })
 * family(rules).some(({ name }) => name === 'exact › near a saddle') // => true
 *
 * @since 0.1.0
 */
export const saddleFreeLaws = <F extends StateType>(claim: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(claim.name, [
    descentLaws(claim),
    componentLaws(claim),
    saddleLaws(claim),
    scalingLaws(claim),
    singularLaws(claim),
    reparameterizationLaws(claim),
    surfaceLaws(claim),
  ])([])
