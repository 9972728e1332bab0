/** Rows of what asks for more than a loss, residuals or a box, and of what asks for less. */
import { ravel, type Tensor, tensor } from 'gradus'
import { type LeastSquaresProperty, lawsNamed, leastSquaresLaws, type RuleSet } from 'gradus/laws'
import * as O from 'gradus/optimize'
import { learningRate } from '../../support/firstOrder.js'
import { gaussNewtonClaims, gaussNewtonDenials, marquardtClaims, marquardtDenials } from './fits.js'
import { measured } from './measured.js'
import { complete, denied, holds, type Named, type Row, restingAndRefusing, rowOf, type Told, titleOf } from './Row.js'

type Sums = keyof O.SumOfSquares<unknown>

const lawOf: Readonly<Record<LeastSquaresProperty['_tag'], 'O2' | 'O6' | 'O7'>> = {
  SolvesLinear: 'O7',
  Decreases: 'O2',
  SameSteps: 'O6',
  Equivariant: 'O6',
}

const wordsOf = (property: LeastSquaresProperty): string => {
  switch (property._tag) {
    case 'SolvesLinear':
      return `${property.steps} step${property.steps === 1 ? '' : 's'}, linear`
    case 'Decreases':
      return 'loss'
    case 'SameSteps':
      return `residuals: ${property.under}`
    case 'Equivariant':
      return property.under
  }
}

/** A row for an optimizer of least squares: its laws ask of residuals what others are asked of losses. */
const fitRow = <F extends O.StateType>(
  named: Named<F, Sums>,
  claims: ReadonlyArray<LeastSquaresProperty>,
  denials: ReadonlyArray<LeastSquaresProperty>,
): Row => {
  const { maker, setting = '', family, optimizer } = named
  const name = titleOf(named)
  const whole = leastSquaresLaws({ name, optimizer })
  const claimed = (property: LeastSquaresProperty, tolerance: number): RuleSet => {
    const all = leastSquaresLaws({ name, optimizer, claims: [property], tolerance })
    return all.parents.find((set) => set.name.endsWith('› claims')) ?? all
  }
  const told = (law: 'O2' | 'O6' | 'O7'): ReadonlyArray<Told> => [
    ...claims.filter(({ _tag }) => lawOf[_tag] === law).map((each) => holds(wordsOf(each), claimed(each, 1e-9))),
    ...denials.filter(({ _tag }) => lawOf[_tag] === law).map((each) => denied(wordsOf(each), claimed(each, 1e-4))),
  ]
  const resting = restingAndRefusing(named)
  const failures = whole.parents.find((set) => set.name.endsWith('› failures')) ?? whole
  return {
    maker,
    setting,
    family,
    standings: complete(
      name,
      {
        ...resting,
        O4: [
          ...resting.O4,
          holds('runs', lawsNamed('a run walked twice', 'a run that is resumed', 'work counts')(whole)),
        ],
        O1: [holds('', lawsNamed('where the residuals vanish')(whole))],
        O2: told('O2'),
        O6: told('O6'),
        O7: told('O7'),
        O8: [{ _tag: 'NotApplicable', words: '', reason: 'JᵀJ has no negative curvature' }],
        O16: [holds('', failures)],
      },
      named.parts ?? [],
    ),
    measured: () => measured(optimizer),
  }
}

const walls = (p: unknown, bound: number): Tensor => tensor(Array.from({ length: ravel(p)[0].size }, () => bound))

/** The objective in a box without walls. */
const freely = <P>(of: O.ObjectiveWith<O.Curved, P>, p: P): O.ObjectiveWith<O.Curved | 'bounds', P> => {
  const [, unravel] = ravel(p)
  return { ...of, bounds: () => ({ lower: unravel(walls(p, -Infinity)), upper: unravel(walls(p, Infinity)) }) }
}

/** An optimizer for boxes as one that knows of none. */
const free = <F extends O.StateType>(inner: O.Optimizer<F, O.Curved | 'bounds'>): O.Optimizer<F> => ({
  ...inner,
  step: (next) => (it) => inner.step(freely(next, it.params))({ ...it, objective: freely(it.objective, it.params) }),
})

const boxRow = <F extends O.StateType>(
  inner: O.Optimizer<F, O.Curved | 'bounds'>,
  spec: Omit<Parameters<typeof rowOf<F>>[0], 'optimizer' | 'family'>,
): Row => ({
  ...rowOf<F>({ ...spec, family: 'In a box', optimizer: free(inner), uncounted: true }),
  measured: () => measured(inner),
})

const turned = ['translations', 'permutations and signs', 'rotations'] as const

const everyDescent = ['first step, convex', 'first step', 'loss, convex', 'loss'] as const

const noSlope = 'it compares values, and knows no slope'

const solves: LeastSquaresProperty = { _tag: 'SolvesLinear', steps: 1 }

const rotated: LeastSquaresProperty = { _tag: 'SameSteps', under: 'rotations' }

const weighed: LeastSquaresProperty = { _tag: 'SameSteps', under: 'weights of single residuals' }

export const others: ReadonlyArray<Row> = [
  fitRow(
    {
      maker: 'gaussNewton',
      family: 'Least squares',
      optimizer: O.gaussNewton(),
      refuses: { stepLength: (stepLength) => O.gaussNewton({ stepLength }) },
    },
    gaussNewtonClaims,
    gaussNewtonDenials,
  ),
  fitRow(
    {
      maker: 'levenbergMarquardt',
      family: 'Least squares',
      optimizer: O.levenbergMarquardt(),
      refuses: { damping: (damping) => O.levenbergMarquardt({ damping }) },
    },
    marquardtClaims,
    marquardtDenials,
  ),
  fitRow(
    {
      maker: 'trustRegionWith',
      setting: 'gaussNewtonCurvature',
      family: 'Least squares',
      optimizer: O.trustRegionWith(O.gaussNewtonCurvature)(),
      refuses: {},
    },
    [{ _tag: 'Decreases' }, rotated, { _tag: 'Equivariant', under: 'rotations' }],
    [solves, weighed, { _tag: 'Equivariant', under: 'linear changes' }],
  ),
  fitRow(
    {
      maker: 'along',
      setting: 'naturalDirection, backtracking',
      family: 'Least squares',
      optimizer: O.along(O.naturalDirection(), O.backtracking()),
      refuses: { damping: (damping) => O.naturalDirection({ damping }) },
    },
    [{ _tag: 'Decreases' }],
    [solves, weighed, { _tag: 'SameSteps', under: 'a common factor' }],
  ),
  fitRow(
    {
      maker: 'hessianFree',
      family: 'Least squares',
      optimizer: O.hessianFree(),
      refuses: { damping: (damping) => O.hessianFree({ damping }) },
    },
    [{ _tag: 'Decreases' }],
    [solves, weighed],
  ),
  fitRow(
    {
      maker: 'hessianFreeWith',
      setting: 'gaussNewtonCurvature',
      family: 'Least squares',
      optimizer: O.hessianFreeWith(O.gaussNewtonCurvature)({ damping: 10 }),
      refuses: {},
    },
    [{ _tag: 'Decreases' }],
    [solves, weighed],
  ),
  boxRow(O.projectedGradient(), {
    maker: 'projectedGradient',
    refuses: { stepLength: (stepLength) => O.projectedGradient({ stepLength }) },
    descends: everyDescent,
    equivariant: [...turned, 'a factor of the loss'],
    solves: [],
  }),
  boxRow(O.projectedTrustRegion(O.hessianCurvature)(), {
    maker: 'projectedTrustRegion',
    refuses: { radius: (radius) => O.projectedTrustRegion(O.hessianCurvature)({ radius }) },
    descends: everyDescent,
    equivariant: [...turned, 'a factor of the loss'],
    generic: true,
    solves: [],
  }),
  boxRow(O.lbfgsb(), {
    maker: 'lbfgsb',
    refuses: { memory: (memory) => O.lbfgsb({ memory }) },
    descends: ['first step, convex', 'loss, convex', 'loss'],
    equivariant: turned,
    solves: [],
  }),
  boxRow(O.within(O.gradientDescent({ learningRate })), {
    maker: 'within',
    setting: 'gradientDescent',
    refuses: {},
    descends: everyDescent,
    equivariant: turned,
    solves: [],
  }),
  rowOf({
    maker: 'nelderMead',
    family: 'Values alone',
    optimizer: O.nelderMead(),
    refuses: {},
    descends: ['loss, convex', 'loss'],
    open: { 'first step, convex': noSlope, 'first step': noSlope },
    equivariant: ['a factor of the loss'],
    solves: [],
  }),
]
