/** Rows of what goes along gradients: plain, with momentum, by signs, with noise. */
import { randomKey } from 'gradus'
import type { OptimizerProperty } from 'gradus/laws'
import * as O from 'gradus/optimize'
import { heavyBall, learningRate } from '../../support/firstOrder.js'
import { chainOf, lotsOf, rateOf } from './parts.js'
import { perturbed } from './perturbed.js'
import { type Change, type Row, rowOf } from './Row.js'

const down = O.scaleBy(-learningRate)

const turned: ReadonlyArray<Change> = ['translations', 'permutations and signs', 'rotations']

const entrywise: ReadonlyArray<Change> = ['translations', 'permutations and signs']

const key = randomKey(7)

const butForNoise = 'it is gradient descent, but for noise where the gradient is small'

const sign: OptimizerProperty = {
  _tag: 'Follows',
  step: (gradients) => -learningRate * Math.sign(gradients[gradients.length - 1] ?? Number.NaN),
}

const gradientDescent = O.gradientDescent({ learningRate })
const momentum = O.momentum({ learningRate })
const nesterov = O.momentum({ learningRate, nesterov: true })
/** Long enough to overshoot. */
const long = 4 * learningRate
const optimistic = O.optimisticGradientDescent({ learningRate: long })
const polyak = O.polyakSgd()
const normalized = O.chain(O.normalize({ epsilon: 1e-300 }), down)
const signSgd = O.signSgd({ learningRate })
const signum = O.signum({ learningRate })
const lion = O.lion({ learningRate, weightDecay: 0 })
const rprop = O.rprop({ learningRate, delayed: false })

export const descents: ReadonlyArray<Row> = [
  rowOf({
    maker: 'gradientDescent',
    family: 'Descent',
    optimizer: gradientDescent,
    refuses: { learningRate: (rate) => O.gradientDescent({ learningRate: rate }) },
    descends: ['first step, convex', 'first step', 'loss, convex', 'loss'],
    equivariant: turned,
    solves: [],
    claims: { '1 − ηλ': { _tag: 'Multiplies', factor: (eigenvalue) => 1 - learningRate * eigenvalue } },
    parts: [chainOf(gradientDescent, down), rateOf((rate) => O.gradientDescent({ learningRate: rate }))],
  }),
  rowOf({
    maker: 'momentum',
    family: 'Descent',
    optimizer: momentum,
    refuses: {
      learningRate: (rate) => O.momentum({ learningRate: rate }),
      decay: (decay) => O.momentum({ learningRate, decay }),
    },
    descends: ['first step, convex', 'first step'],
    equivariant: turned,
    solves: [],
    claims: { 'Σ βᵏ ∇f': { _tag: 'Follows', step: heavyBall } },
    parts: [chainOf(momentum, O.chain(O.trace(0.9), down)), rateOf((rate) => O.momentum({ learningRate: rate }))],
  }),
  rowOf({
    maker: 'momentum',
    setting: 'nesterov',
    family: 'Descent',
    optimizer: nesterov,
    refuses: { learningRate: (rate) => O.momentum({ learningRate: rate, nesterov: true }) },
    descends: ['first step, convex', 'first step'],
    equivariant: turned,
    solves: [],
    parts: [
      chainOf(nesterov, O.chain(O.trace(0.9, { nesterov: true }), down)),
      rateOf((rate) => O.momentum({ learningRate: rate, nesterov: true })),
    ],
  }),
  rowOf({
    maker: 'optimisticGradientDescent',
    family: 'Descent',
    optimizer: optimistic,
    refuses: { learningRate: (rate) => O.optimisticGradientDescent({ learningRate: rate }) },
    descends: ['first step, convex', 'first step'],
    equivariant: turned,
    solves: [],
    parts: [
      chainOf(optimistic, O.chain(O.scaleByOptimism(), O.scaleBy(-long))),
      rateOf((rate) => O.optimisticGradientDescent({ learningRate: rate })),
    ],
  }),
  rowOf({
    maker: 'polyakSgd',
    family: 'Descent',
    optimizer: polyak,
    refuses: { maximalLearningRate: (rate) => O.polyakSgd({ maximalLearningRate: rate }) },
    descends: [],
    equivariant: turned,
    solves: [],
    parts: [
      chainOf(polyak, O.chain(O.scaleBy(-1), O.scaleByPolyak()), { apart: true }),
      rateOf((scaling) => O.polyakSgd({ scaling })),
    ],
  }),
  rowOf({
    maker: 'descend',
    setting: 'normalize',
    family: 'Descent',
    optimizer: O.descend('normalized', normalized),
    refuses: {},
    descends: ['first step, convex', 'first step'],
    equivariant: [...turned, 'a factor of the loss'],
    solves: [],
    parts: [
      chainOf(O.descend('normalized', normalized), normalized),
      rateOf((rate) => O.descend('normalized', O.chain(O.normalize(), O.scaleBy(-1), O.scaleBy(rate)))),
    ],
  }),
  rowOf({
    maker: 'signSgd',
    family: 'Signs of gradients',
    optimizer: signSgd,
    refuses: { learningRate: (rate) => O.signSgd({ learningRate: rate }) },
    descends: ['first step, convex', 'first step'],
    equivariant: [...entrywise, 'a factor of the loss'],
    solves: [],
    claims: { '−η sign ∇f': sign },
    parts: [chainOf(signSgd, O.chain(O.scaleBySign, down)), rateOf((rate) => O.signSgd({ learningRate: rate }))],
  }),
  rowOf({
    maker: 'signum',
    family: 'Signs of gradients',
    optimizer: signum,
    refuses: { decay: (decay) => O.signum({ learningRate, decay }) },
    descends: ['first step, convex', 'first step'],
    equivariant: [...entrywise, 'a factor of the loss'],
    solves: [],
    parts: [
      chainOf(signum, O.chain(O.meanOfUpdates(0.9, { corrected: false }), O.scaleBySign, down)),
      rateOf((rate) => O.signum({ learningRate: rate })),
    ],
  }),
  rowOf({
    maker: 'lion',
    setting: 'weightDecay 0',
    family: 'Signs of gradients',
    optimizer: lion,
    refuses: {
      learningRate: (rate) => O.lion({ learningRate: rate }),
      decay1: (decay1) => O.lion({ learningRate, decay1 }),
    },
    descends: ['first step, convex', 'first step'],
    equivariant: [...entrywise, 'a factor of the loss'],
    solves: [],
    parts: [
      chainOf(lion, O.chain(O.scaleByLion(), O.addWeightDecay(0), down)),
      rateOf((rate) => O.lion({ learningRate: rate })),
    ],
  }),
  rowOf({
    maker: 'rprop',
    setting: 'delayed false',
    family: 'Signs of gradients',
    optimizer: rprop,
    refuses: { learningRate: (rate) => O.rprop({ learningRate: rate }) },
    descends: ['first step, convex', 'first step'],
    equivariant: [...entrywise, 'a factor of the loss'],
    solves: [],
    parts: [chainOf(rprop, O.chain(O.scaleByRprop({ learningRate, delayed: false }), O.scaleBy(-1)))],
  }),
  rowOf({
    maker: 'noisySgd',
    family: 'Noise',
    optimizer: O.noisySgd({ learningRate, key }),
    refuses: { learningRate: (rate) => O.noisySgd({ learningRate: rate, key }) },
    restless: 'noise moves it off a minimum',
    descends: [],
    equivariant: ['translations'],
    solves: [],
    parts: [
      chainOf(O.noisySgd({ learningRate, key }), O.chain(O.addNoise(key), down)),
      rateOf((rate) => O.noisySgd({ learningRate: rate, key })),
      lotsOf((own) => O.noisySgd({ learningRate, key: own })),
    ],
  }),
  rowOf({
    maker: 'perturbedGradientDescent',
    family: 'Noise',
    optimizer: O.perturbedGradientDescent({ key, smoothness: 10, hessianSmoothness: 1, accuracy: 0.1, gap: 1 }),
    refuses: {
      smoothness: (smoothness) =>
        O.perturbedGradientDescent({ key, smoothness, hessianSmoothness: 1, accuracy: 0.1, gap: 1 }),
    },
    restless: 'noise tries whether it is one',
    descends: [],
    equivariant: ['translations'],
    open: {
      'first step, convex': butForNoise,
      'first step': butForNoise,
      'loss, convex': butForNoise,
      loss: butForNoise,
      'permutations and signs': butForNoise,
      rotations: butForNoise,
    },
    solves: [],
    parts: [lotsOf(perturbed.make, { constants: perturbed.constants })],
  }),
]
