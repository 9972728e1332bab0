/** What laws of searches, models, schedules, lots, streams, certificates and checkpoints are asked of. */
import * as E from 'fp-ts/lib/Either.js'
import { matmul, mul, type Tensor, tensor } from 'gradus'
import { ball, exactModel, hessianOperator, minimizeModel } from 'gradus/curvature'
import {
  armijo,
  certificateLaws,
  directionLaws,
  escapeLaws,
  flatEnough,
  leastSquaresLaws,
  lineSearchLaws,
  maskLaws,
  perturbationLaws,
  type RuleSet,
  refusalLaws,
  regionLaws,
  resumeLaws,
  scheduledLaws,
  scheduleLaws,
  secantLaws,
  seedLaws,
  stopLaws,
  streamLaws,
} from 'gradus/laws'
import * as O from 'gradus/optimize'
import { gaussNewtonClaims, marquardtClaims } from '../laws/claims/fits.js'
import { solverOf } from '../laws/claims/parts.js'
import { perturbed } from '../laws/claims/perturbed.js'
import { schedules } from '../laws/claims/schedules.js'

const rate = 0.1
const noise = { radius: 1e-3, gradientBelow: 1e-2, wait: 50 }

const dense = ([{ inverse }]: readonly [{ readonly inverse: Tensor | null }, unknown], v: Tensor): Tensor | null =>
  inverse === null ? null : matmul(inverse, v)

const descent = O.minimize(
  O.gradientDescent({ learningRate: 0.1 }),
  O.objective((x: Tensor) => matmul(x, x)),
)(tensor([1, -2]))

const pace = ({ step, value }: { readonly step: number; readonly value: number }): readonly [number, number] => [
  step,
  value,
]

/** The directions that go down by themselves, under the name of each. */
const directions: ReadonlyArray<RuleSet> = [
  directionLaws({ name: 'steepest', direction: O.steepestDescent() }),
  directionLaws({ name: 'conjugate', direction: O.conjugateDirection('FR') }),
  directionLaws({ name: 'l-bfgs', direction: O.lbfgsDirection({ memory: 3 }) }),
  directionLaws({ name: 'newton', direction: O.newtonDirection() }),
  directionLaws({ name: 'saddle-free', direction: O.saddleFreeDirection({ damping: 0.1 }) }),
  directionLaws({ name: 'truncated', direction: O.truncatedNewtonDirection() }),
]

/** By the functions that make them; the number of instances is that of each law. */
export const optimizerSubjects: ReadonlyArray<
  readonly [set: string, instances: number, rules: ReadonlyArray<RuleSet>]
> = [
  ['scheduleLaws', 60, schedules.map(scheduleLaws)],
  ['scheduledLaws', 6, [scheduledLaws({ name: 'adam', make: (learningRate) => O.adam({ learningRate }) })]],
  [
    'seedLaws',
    4,
    [
      seedLaws({ name: 'noisy descent', make: (key) => O.noisySgd({ learningRate: rate, key }) }),
      seedLaws({ name: 'perturbed', make: perturbed.make }),
    ],
  ],
  [
    'perturbationLaws',
    4,
    [
      perturbationLaws({
        name: 'perturb',
        make: (key) => O.descend('perturbed', O.chain(O.scaleBy(-rate), O.perturb(key, noise))),
        constants: () => ({ rate, ...noise }),
      }),
      perturbationLaws(perturbed),
    ],
  ],
  [
    'secantLaws',
    8,
    [
      secantLaws({ name: 'bfgs', optimizer: O.bfgs(), product: dense }),
      secantLaws({ name: 'sr1', optimizer: O.sr1(), product: dense, positive: false }),
      secantLaws({
        name: 'l-bfgs',
        optimizer: O.lbfgs({ memory: 3 }),
        product: ([pairs], v) => O.inverseHessianProduct(pairs, v),
      }),
    ],
  ],
  ['maskLaws', 6, [maskLaws({ name: 'adam', transformation: O.chain(O.scaleByAdam(), O.scaleBy(-rate)) })]],
  [
    'leastSquaresLaws',
    8,
    [
      leastSquaresLaws({ name: 'Gauss-Newton', optimizer: O.gaussNewton(), claims: gaussNewtonClaims }),
      leastSquaresLaws({ name: 'Levenberg-Marquardt', optimizer: O.levenbergMarquardt(), claims: marquardtClaims }),
    ],
  ],
  [
    'lineSearchLaws',
    16,
    [
      lineSearchLaws({
        name: 'backtracking',
        lineSearch: O.backtracking({ decrease: 0.1 }),
        conditions: { armijo: armijo(0.1) },
        trials: 60,
      }),
      lineSearchLaws({
        name: 'strong Wolfe',
        lineSearch: O.strongWolfe({ decrease: 0.1, curvature: 0.5 }),
        conditions: { armijo: armijo(0.1), slope: flatEnough(0.5) },
        trials: 60,
      }),
    ],
  ],
  ['directionLaws', 16, directions],
  [
    'regionLaws',
    8,
    [
      regionLaws({
        name: 'trust region',
        region: 'ball',
        exact: true,
        solve: solverOf('ball', (radius) => O.trustRegion({ radius })),
      }),
      regionLaws({
        name: 'a model in a ball',
        region: 'ball',
        exact: true,
        solve: (entries, gradient, size) => {
          const operator = hessianOperator((x: Tensor) => mul(0.5, matmul(x, matmul(entries, x))))(mul(0, gradient))
          const found = exactModel(operator, gradient)
          return E.isRight(found)
            ? minimizeModel(ball(size))(found.right)
            : { step: mul(Number.NaN, gradient), predictedReduction: Number.NaN }
        },
      }),
      regionLaws({
        name: 'cubic',
        region: 'cubic',
        exact: true,
        solve: solverOf('cubic', (weight) => O.cubicNewton({ weight })),
      }),
    ],
  ],
  [
    'streamLaws',
    8,
    [
      streamLaws({ name: 'a run', stream: descent, essence: pace }),
      streamLaws({ name: 'its values', stream: O.map(pace)(descent), essence: (pair) => pair }),
    ],
  ],
  [
    'stopLaws',
    8,
    [
      stopLaws({ name: 'patience', rule: O.noImprovement(2, 0.5) }),
      stopLaws({ name: 'small changes', rule: O.valueChangeBelow(0.1) }),
    ],
  ],
  [
    'resumeLaws',
    4,
    [
      resumeLaws({ name: 'adam', optimizer: O.adam({ learningRate: 0.05 }) }),
      resumeLaws({ name: 'Levenberg-Marquardt', optimizer: O.levenbergMarquardt() }),
    ],
  ],
  [
    'refusalLaws',
    8,
    [
      refusalLaws({
        name: 'adam',
        options: {
          learningRate: (learningRate) => O.adam({ learningRate }),
          decay1: (decay1) => O.adam({ learningRate: 1, decay1 }),
        },
      }),
    ],
  ],
  ['certificateLaws', 24, [certificateLaws({ name: 'certify', certify: (objective) => O.certify(objective) })]],
  [
    'escapeLaws',
    12,
    [
      escapeLaws({
        name: 'escape',
        certify: (objective) => O.certify(objective),
        leave: (objective) => O.escapeFrom(objective),
      }),
    ],
  ],
]
