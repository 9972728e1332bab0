/** Rows of what divides by moments of gradients, entry by entry or layer by layer. */
import * as O from 'gradus/optimize'
import { adamStep, epsilon, learningRate } from '../../support/firstOrder.js'
import { chainOf, rateOf } from './parts.js'
import { type Change, type Part, type Row, rowOf, type Spec } from './Row.js'

const down = O.scaleBy(-learningRate)

const entrywise: ReadonlyArray<Change> = ['translations', 'permutations and signs']

const ignoring: ReadonlyArray<Change> = [...entrywise, 'a factor of the loss']

/** What nearly all of them say: the first step goes down, nothing is solved, and entries are on their own. */
const common: Pick<Spec<O.StateType>, 'family' | 'descends' | 'equivariant' | 'solves' | 'tolerance'> = {
  family: 'Adaptive rates',
  descends: ['first step, convex', 'first step'],
  equivariant: ignoring,
  solves: [],
  tolerance: 1e-7,
}

const atZero = 'it is, but at 0, where a leaf has no size'

/** ε is nothing beside any gradient, so that the scale of the loss is ignored. */
const tiny = { epsilon }

const row = <F extends O.StateType, G extends O.StateType>(
  maker: string,
  make: (rate: O.Rate) => O.Optimizer<F>,
  chain: O.Transformation<G>,
  refuses: Spec<F>['refuses'],
  more: Partial<Omit<Spec<F>, 'optimizer' | 'maker'>> & { readonly apart?: boolean; readonly rate?: number } = {},
): Row => {
  const { apart = false, rate = learningRate, ...rest } = more
  return rowOf({
    ...common,
    ...rest,
    maker,
    optimizer: make(rate),
    refuses: { learningRate: make, ...refuses },
    parts: [chainOf(make(rate), chain, { apart }), rateOf(make)],
  })
}

const asksProducts = 'asks for products inside its chain, which the laws of chains do not have'

const productsInChain: Part = {
  O5: () => [{ _tag: 'NotApplicable', words: '', reason: asksProducts }],
  O14: () => [{ _tag: 'NotApplicable', words: '', reason: asksProducts }],
}

export const adaptive: ReadonlyArray<Row> = [
  row(
    'adam',
    (rate) => O.adam({ learningRate: rate, ...tiny }),
    O.chain(O.scaleByAdam(tiny), down),
    {
      decay1: (decay1) => O.adam({ learningRate, decay1 }),
      decay2: (decay2) => O.adam({ learningRate, decay2 }),
      epsilon: (small) => O.adam({ learningRate, epsilon: small }),
    },
    { setting: 'ε ≈ 0', claims: { 'm̂ / √v̂': { _tag: 'Follows', step: adamStep } } },
  ),
  row(
    'adam',
    (rate) => O.adam({ learningRate: rate, epsilon: 1 }),
    O.chain(O.scaleByAdam({ epsilon: 1 }), down),
    {},
    {
      setting: 'ε = 1',
      equivariant: entrywise,
    },
  ),
  row(
    'nadam',
    (rate) => O.nadam({ learningRate: rate, ...tiny }),
    O.chain(O.scaleByAdam({ ...tiny, nesterov: true }), down),
    { decay2: (decay2) => O.nadam({ learningRate, decay2 }) },
  ),
  row(
    'adamw',
    (rate) => O.adamw({ learningRate: rate, ...tiny, weightDecay: 2 }),
    O.chain(O.scaleByAdam(tiny), O.addWeightDecay(2), down),
    { weightDecay: (weightDecay) => O.adamw({ learningRate, weightDecay }) },
    { setting: 'weightDecay 2', descends: [], equivariant: ['permutations and signs', 'a factor of the loss'] },
  ),
  row(
    'nadamw',
    (rate) => O.nadamw({ learningRate: rate, ...tiny, weightDecay: 2 }),
    O.chain(O.scaleByAdam({ ...tiny, nesterov: true }), O.addWeightDecay(2), down),
    { weightDecay: (weightDecay) => O.nadamw({ learningRate, weightDecay }) },
    { setting: 'weightDecay 2', descends: [], equivariant: ['permutations and signs', 'a factor of the loss'] },
  ),
  row('amsgrad', (rate) => O.amsgrad({ learningRate: rate, ...tiny }), O.chain(O.scaleByAmsgrad(tiny), down), {
    decay2: (decay2) => O.amsgrad({ learningRate, decay2 }),
  }),
  row('adamax', (rate) => O.adamax({ learningRate: rate, ...tiny }), O.chain(O.scaleByAdamax(tiny), down), {
    decay2: (decay2) => O.adamax({ learningRate, decay2 }),
  }),
  row(
    'adamaxw',
    (rate) => O.adamaxw({ learningRate: rate, ...tiny, weightDecay: 2 }),
    O.chain(O.scaleByAdamax(tiny), O.addWeightDecay(2), down),
    { weightDecay: (weightDecay) => O.adamaxw({ learningRate, weightDecay }) },
    { setting: 'weightDecay 2', descends: [], equivariant: ['permutations and signs', 'a factor of the loss'] },
  ),
  row(
    'adabelief',
    (rate) => O.adabelief({ learningRate: rate, ...tiny, epsilonRoot: 0 }),
    O.chain(O.scaleByBelief({ ...tiny, epsilonRoot: 0 }), down),
    { decay1: (decay1) => O.adabelief({ learningRate, decay1 }) },
  ),
  row(
    'yogi',
    (rate) => O.yogi({ learningRate: rate, initialFirst: 0 }),
    O.chain(O.scaleByYogi({ initialFirst: 0 }), down),
    { decay1: (decay1) => O.yogi({ learningRate, decay1 }) },
    { setting: 'initialFirst 0', equivariant: entrywise },
  ),
  row(
    'radam',
    (rate) => O.radam({ learningRate: rate }),
    O.chain(O.scaleByRadam(), down),
    { decay1: (decay1) => O.radam({ learningRate, decay1 }) },
    { equivariant: entrywise, open: { rotations: 'its first steps are those of momentum, which turn' } },
  ),
  row(
    'adan',
    (rate) => O.adan({ learningRate: rate }),
    O.chain(O.scaleByAdan({ epsilonRoot: 1e-8 }), O.addWeightDecay(0), down),
    { decay3: (decay3) => O.adan({ learningRate, decay3 }) },
    { equivariant: entrywise },
  ),
  row(
    'rmsprop',
    (rate) => O.rmsprop({ learningRate: rate, epsilon: 0, epsilonInRoot: false, initial: 1e-300 }),
    O.chain(O.scaleByRms({ epsilon: 0, epsilonInRoot: false, initial: 1e-300 }), down, O.trace(0)),
    { decay: (decay) => O.rmsprop({ learningRate, decay }) },
    { setting: 'ε = 0' },
  ),
  row(
    'adagrad',
    (rate) => O.adagrad({ learningRate: rate, initial: 0, epsilon: 0 }),
    O.chain(O.scaleByAdagrad({ initial: 0, epsilon: 0 }), down),
    { initial: (initial) => O.adagrad({ learningRate, initial }) },
    { setting: 'ε = 0, initial 0' },
  ),
  row(
    'adadelta',
    (rate) => O.adadelta({ learningRate: rate }),
    O.chain(O.addWeightDecay(0), O.scaleByAdadelta(), O.scaleBy(-1000)),
    { decay: (decay) => O.adadelta({ decay }) },
    { setting: 'learningRate 1000', rate: 1000, equivariant: entrywise },
  ),
  row(
    'sm3',
    (rate) => O.sm3({ learningRate: rate }),
    O.chain(O.scaleBySm3({ decay1: 0.9 }), down),
    { momentum: (momentum) => O.sm3({ learningRate, momentum }) },
    { equivariant: entrywise },
  ),
  rowOf({
    ...common,
    maker: 'sophia',
    setting: 'weightDecay 0',
    optimizer: O.sophia({ learningRate, weightDecay: 0 }),
    refuses: {
      learningRate: (rate) => O.sophia({ learningRate: rate }),
      decay1: (decay1) => O.sophia({ learningRate, decay1 }),
    },
    parts: [rateOf((rate) => O.sophia({ learningRate: rate })), productsInChain],
  }),
  row(
    'novograd',
    (rate) => O.novograd({ learningRate: rate, ...tiny }),
    O.chain(O.scaleByNovograd(tiny), down),
    { decay1: (decay1) => O.novograd({ learningRate, decay1 }) },
    { setting: 'ε ≈ 0', family: 'Rates of layers', equivariant: [...ignoring, 'rotations'] },
  ),
  row(
    'lamb',
    (rate) => O.lamb({ learningRate: rate, ...tiny }),
    O.chain(O.scaleByAdam(tiny), O.addWeightDecay(0), O.scaleByTrustRatio(), O.scaleBy(-0.5)),
    { decay1: (decay1) => O.lamb({ learningRate, decay1 }) },
    {
      setting: 'learningRate 0.5, ε ≈ 0',
      rate: 0.5,
      family: 'Rates of layers',
      equivariant: ['permutations and signs', 'a factor of the loss'],
      open: { 'a common factor': atZero },
    },
  ),
  row(
    'lars',
    (rate) => O.lars({ learningRate: rate }),
    O.chain(
      O.addWeightDecay(0),
      O.masked(() => true)(O.scaleByTrustRatio({ trustCoefficient: 1e-3, epsilon: 0 })),
      O.scaleBy(-1000),
      O.trace(0.9),
    ),
    { momentum: (momentum) => O.lars({ learningRate, momentum }) },
    {
      setting: 'learningRate 1000',
      rate: 1000,
      family: 'Rates of layers',
      equivariant: ['permutations and signs', 'rotations'],
      open: { 'a common factor': atZero, 'a factor of the loss': atZero },
    },
  ),
  row(
    'adafactor',
    (rate) => O.adafactor({ learningRate: rate }),
    O.chain(
      O.scaleByFactoredRms(),
      O.clipByRms(1),
      O.scaleBy(learningRate),
      O.scaleByParameterSize(),
      O.meanOfUpdates(0, { corrected: false }),
      O.addWeightDecay(0),
      O.scaleBy(-1),
    ),
    { momentum: (momentum) => O.adafactor({ learningRate, momentum }) },
    { family: 'Rates of layers', equivariant: ['permutations and signs', 'a factor of the loss'] },
  ),
]
