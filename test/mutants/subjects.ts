/** What the published laws are asked of: the library's own operations, transforms, losses, optimizers, trees and codecs. */
import * as fc from 'fast-check'
import {
  add,
  cumsum,
  exp,
  flip,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  pad,
  permute,
  primitives,
  reshape,
  sin,
  slice,
  softplus,
  solve,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tapeOf,
  tensor,
  transpose,
  treeNorm,
  where,
} from 'gradus'
import { decodeResults, type Results, ResultsCodec } from 'gradus/codec'
import { gaussNewtonOperator, hessianOperator, type LinearOperator, linearOperator } from 'gradus/curvature'
import {
  codecLaws,
  linearMapLaws,
  linearMapsOf,
  lossLaws,
  newtonLaws,
  operatorLaws,
  optimizerLaws,
  orthogonalMatrices,
  primitiveLaws,
  type RuleSet,
  saddleFreeLaws,
  symmetricMatrices,
  tensors,
  transformationLaws,
  transformLaws,
  treeLaws,
} from 'gradus/laws'
import {
  adam,
  dampedNewton,
  gradientDescent,
  momentum,
  newton,
  saddleFreeKrylov,
  saddleFreeNewton,
  scaleBy,
  scaleByAdam,
  trace,
  unchanged,
} from 'gradus/optimize'
import { arbitraryResults } from '../report/arbitraryResults.js'
import { adamStep, epsilon, firstOrder, heavyBall, learningRate } from '../support/firstOrder.js'
import { optimizerSubjects } from './optimizerSubjects.js'

/** A rule set under the name of the function that makes it. */
export interface Subject {
  readonly set: string
  readonly rules: RuleSet
  readonly instances: number
}

const all = (set: string, instances: number, rules: ReadonlyArray<RuleSet>): ReadonlyArray<Subject> =>
  rules.map((each) => ({ set, rules: each, instances }))

/** Special functions of several parameters take long and add no law. */
const slow = /^(beta|igamma|gammaDensity|lbeta|zeta|polygamma|logNdtr|ndtri|erfinv|erfc)/

const operations = Object.values(primitives).filter(({ name }) => !slow.test(name))

const matrix = tensor([
  [2, -1, 0.5],
  [0.25, 3, -1],
  [1, 0.5, -2],
])

/** Every kind of map that differentials are written in. */
const structural = (x: Tensor): Tensor => {
  const cube = permute(reshape(take(x, tensor([2, 0, 2, 1]), { axis: 0 }), [2, 2, 3]), [2, 0, 1])
  const rows = pad(reshape(cube, [3, 4]), [
    [1, 0],
    [0, 2],
  ])
  const solved = solve(matrix, slice(flip(cumsum(rows, { axis: 1 }), [1]), [1, 0], [4, 3]))
  return sum(where(tensor([1, 0, 1]), mul(solved, matmul(x, transpose(matrix))), max(matmul(matrix, x), { axes: [0] })))
}

const infinite = tensor([
  [Infinity, Number.NaN, 1],
  [0, 1, Infinity],
  [1, 2, 3],
])

const rulesOfMaps = (f: (x: Tensor) => Tensor): ReadonlyArray<RuleSet> =>
  tapeOf(f)(matrix).flatMap(linearMapsOf).map(linearMapLaws)

/** Of coefficients that are not finite one law speaks. */
const quietAtZero = (rules: RuleSet): RuleSet => ({
  ...rules,
  laws: rules.laws.filter(({ name }) => name === 'zeros go to zeros'),
})

const maps: ReadonlyArray<RuleSet> = [
  ...rulesOfMaps(structural),
  ...[mul, matmul].flatMap((product) => rulesOfMaps((x) => product(x, infinite)).map(quietAtZero)),
]

const inputs = tensor([
  [0.3, -1.2],
  [0.8, 0.5],
  [-0.4, 1.1],
])

interface Network {
  readonly weights: Tensor
  readonly bias: Tensor
}

const networks: fc.Arbitrary<Network> = fc.record({ weights: tensors([2, 3]), bias: tensors([3]) })

const network = ({ weights, bias }: Network): Tensor => logSumExp(tanh(add(matmul(inputs, weights), bias)))

const targets = [0.5, -1, 2, 0.25]

const losses: ReadonlyArray<RuleSet> = [
  lossLaws({ name: 'a network', loss: network, params: networks }),
  lossLaws({
    name: 'a bowl',
    loss: (x: Tensor) => sum(square(matmul(matrix, x))),
    params: tensors([3]),
    claims: { convex: true, homogeneous: 2 },
  }),
  lossLaws({ name: 'far away', loss: (x: Tensor) => sum(softplus(x)), params: tensors([3], { min: -900, max: 900 }) }),
  lossLaws({
    name: 'soft',
    loss: (x: Tensor) => add(sum(softplus(x)), add(logSumExp(x), mul(0.1, sum(exp(x))))),
    params: tensors([3]),
    claims: { convex: true },
  }),
  lossLaws({
    name: 'a distance',
    loss: (x: Tensor) => treeNorm(x),
    params: tensors([3], { min: 0.5, max: 3 }),
    claims: {
      convex: true,
      homogeneous: 1,
      lipschitz: 1,
      invariant: orthogonalMatrices(3).map((rotation) => (x: Tensor) => matmul(rotation, x)),
    },
  }),
  lossLaws({
    name: 'examples',
    loss: (x: Tensor) => mean(square(sub(x, tensor(targets)))),
    params: tensors([]),
    claims: {
      batch: {
        reduction: 'mean',
        examples: targets.length,
        lossOf: (numbers) => (x) => mean(square(sub(x, tensor(numbers.map((example) => targets[example] ?? 0))))),
      },
    },
  }),
]

const optimizers: ReadonlyArray<RuleSet> = [
  optimizerLaws({
    name: 'gradient descent',
    optimizer: gradientDescent({ learningRate }),
    claims: [
      ...firstOrder,
      { _tag: 'Multiplies', factor: (eigenvalue) => 1 - learningRate * eigenvalue },
      { _tag: 'Decreases', spectrum: 'indefinite' },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'NotEquivariant', under: 'linear changes' },
      { _tag: 'DependsOnScale' },
    ],
  }),
  // Its steps leave the range of numbers.
  optimizerLaws({ name: 'gradient descent, far', optimizer: gradientDescent({ learningRate: 1e200 }), claims: [] }),
  optimizerLaws({
    name: 'momentum',
    optimizer: momentum({ learningRate }),
    claims: [
      ...firstOrder,
      { _tag: 'Follows', step: heavyBall },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'DependsOnScale' },
    ],
  }),
  optimizerLaws({
    name: 'Adam',
    optimizer: adam({ learningRate, epsilon }),
    claims: [
      ...firstOrder,
      { _tag: 'Follows', step: adamStep },
      { _tag: 'NotEquivariant', under: 'rotations' },
      { _tag: 'IgnoresScale' },
    ],
    tolerance: 1e-7,
  }),
  optimizerLaws({
    name: 'Newton',
    optimizer: newton(),
    claims: [
      { _tag: 'Solves', spectrum: 'indefinite', steps: 1 },
      { _tag: 'Multiplies', factor: () => 0 },
      { _tag: 'Equivariant', under: 'linear changes' },
      { _tag: 'IgnoresScale' },
    ],
  }),
  optimizerLaws({
    name: 'damped Newton',
    optimizer: dampedNewton({ damping: 1 }),
    claims: [
      { _tag: 'Multiplies', factor: (eigenvalue) => 1 - eigenvalue / (eigenvalue + 1) },
      { _tag: 'Descends', spectrum: 'positive' },
      { _tag: 'NotEquivariant', under: 'linear changes' },
      { _tag: 'DependsOnScale' },
    ],
    tolerance: 1e-7,
  }),
  optimizerLaws({
    name: 'saddle-free Newton',
    optimizer: saddleFreeNewton({ damping: 0 }),
    claims: [
      { _tag: 'Multiplies', factor: (eigenvalue) => (eigenvalue > 0 ? 0 : 2) },
      { _tag: 'Descends', spectrum: 'negative' },
      { _tag: 'Equivariant', under: 'rotations' },
      { _tag: 'Equivariant', under: 'a common factor' },
      { _tag: 'NotEquivariant', under: 'linear changes' },
    ],
  }),
  optimizerLaws({
    name: 'saddle-free Newton with dampings to try',
    optimizer: saddleFreeNewton(),
    claims: [{ _tag: 'Decreases', spectrum: 'indefinite' }],
  }),
]

const operatorOf = (entries: Tensor): LinearOperator<Tensor> =>
  hessianOperator((x: Tensor) => mul(0.5, sum(mul(x, matmul(entries, x)))))(
    mul(0, matmul(entries, max(entries, { axes: [0] }))),
  )

interface Pair {
  readonly a: Tensor
  readonly b: Tensor
}

const pairs: fc.Arbitrary<Pair> = fc.record({ a: tensors([2]), b: tensors([2, 2]) })

const operators: ReadonlyArray<RuleSet> = [
  operatorLaws({
    name: 'quadratics',
    operators: fc
      .tuple(fc.constantFrom('indefinite' as const, 'ill conditioned' as const), fc.integer({ min: 1, max: 5 }))
      .chain(([spectrum, n]) => symmetricMatrices(spectrum, n).map((found) => operatorOf(found.matrix))),
  }),
  operatorLaws({
    name: 'products',
    operators: fc
      .integer({ min: 1, max: 4 })
      .chain((n) => symmetricMatrices('indefinite', n))
      .map(({ matrix, eigenvalues }) =>
        linearOperator(tensor(eigenvalues.map(() => 0)), (v: Tensor) => matmul(matrix, v)),
      ),
  }),
  operatorLaws({
    name: 'Hessians of trees',
    operators: pairs.map(hessianOperator(({ a, b }: Pair) => add(sum(sin(mul(a, b))), sum(square(square(a)))))),
  }),
  operatorLaws({
    name: 'Gauss-Newton matrices',
    operators: pairs.map(
      gaussNewtonOperator(
        ({ a, b }: Pair) => tanh(matmul(b, a)),
        (y: Tensor) => sum(square(square(y))),
      ),
    ),
  }),
]

const layer = fc.record({ weights: tensors([2, 3]), bias: tensors([3]) })

const results: RuleSet = codecLaws<Results>({
  name: 'results',
  encode: ResultsCodec.encode,
  decode: decodeResults,
  values: arbitraryResults,
  wrong: fc.oneof(
    fc.constantFrom<unknown>(null, 3, 'text', [], {}),
    fc
      .tuple(arbitraryResults, fc.constantFrom<unknown>(null, 'many', true, []))
      .map(([right, wrong]) => ({ ...ResultsCodec.encode(right), seconds: wrong })),
  ),
})

/** In the order in which they are asked; the numbers of instances make one run some seconds long. */
export const subjects: ReadonlyArray<Subject> = [
  ...all('linearMapLaws', 6, maps),
  ...all('treeLaws', 12, [
    treeLaws({ name: 'layers', trees: fc.record({ layers: fc.tuple(layer, layer), scale: tensors([]) }) }),
  ]),
  ...all('codecLaws', 30, [results]),
  ...all('transformLaws', 16, [transformLaws({ name: 'transforms' })]),
  ...all('primitiveLaws', 4, operations.map(primitiveLaws)),
  ...all('lossLaws', 8, losses),
  ...all('transformationLaws', 8, [
    transformationLaws({ name: 'unchanged', transformation: unchanged }),
    transformationLaws({ name: 'scaleBy', transformation: scaleBy(-0.1) }),
    transformationLaws({ name: 'trace', transformation: trace(0.9) }),
    transformationLaws({ name: 'scaleByAdam', transformation: scaleByAdam() }),
  ]),
  ...all('optimizerLaws', 6, optimizers),
  ...all('newtonLaws', 6, [newtonLaws({ name: 'Newton', optimizer: newton() })]),
  ...all('saddleFreeLaws', 6, [
    saddleFreeLaws({ name: 'saddle-free Newton', make: (damping) => saddleFreeNewton({ damping }) }),
    saddleFreeLaws({
      name: 'in a Krylov space',
      make: (damping) => saddleFreeKrylov({ damping, dimension: 5 }),
      tolerance: 1e-6,
    }),
  ]),
  ...all('operatorLaws', 16, operators),
  ...optimizerSubjects.flatMap(([set, instances, rules]) => all(set, instances, rules)),
]
