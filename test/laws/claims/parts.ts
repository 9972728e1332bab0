/** Standings of laws that only some optimizers have a part in: chains, rates, regions, secants, lots. */
import { add, cosh, type Key, matmul, mul, sum, type Tensor, toFloat64Array, toNumber, treeDot, treeNorm } from 'gradus'
import {
  type ClaimedStep,
  law,
  lawsNamed,
  maskLaws,
  type PerturbationClaim,
  perturbationLaws,
  type RegionClaim,
  type RuleSet,
  regionLaws,
  ruleSet,
  type SaddleFreeClaim,
  type SecantClaim,
  saddleFreeLaws,
  same,
  scheduledLaws,
  secantLaws,
  seedLaws,
  tensors,
  transformationLaws,
} from 'gradus/laws'
import {
  descend,
  minimize,
  type Optimizer,
  objective,
  type Rate,
  type StateType,
  type Transformation,
} from 'gradus/optimize'
import { denied, holds, type Part } from './Row.js'

/** The points of a run on a bowl that is no quadratic. */
const points = <F extends StateType>(optimizer: Optimizer<F>, at: Tensor): ReadonlyArray<ReadonlyArray<number>> => {
  const of = objective((x: Tensor) => sum(cosh(x)), { compilation: 'never' })
  const iterator = minimize(optimizer, of)(at)[Symbol.iterator]()
  return Array.from({ length: 4 }, () => iterator.next()).flatMap((next) =>
    next.done === true ? [] : [[...toFloat64Array(next.value.params)]],
  )
}

/** An optimizer that is the descent along a chain: O5 and O14. */
export const chainOf = <F extends StateType, G extends StateType>(
  optimizer: Optimizer<F>,
  transformation: Transformation<G>,
  { apart = false }: { readonly apart?: boolean } = {},
): Part => ({
  O5: (name) => [
    holds(
      '',
      ruleSet(name, [transformationLaws({ name, transformation })])([
        law('it is the descent along its chain, to the bit', tensors([3]), (at) =>
          same(points(optimizer, at), points(descend(name, transformation), at)),
        ),
      ]),
    ),
  ],
  O14: (name) => {
    const rules = maskLaws({ name, transformation })
    return [
      holds('', lawsNamed('held leaves')(rules)),
      apart
        ? denied('for the others', lawsNamed('the others')(rules))
        : holds('for the others', lawsNamed('the others')(rules)),
    ]
  },
})

/** An optimizer whose rate may be a schedule: O15. */
export const rateOf = <F extends StateType>(make: (rate: Rate) => Optimizer<F>): Part => ({
  O15: (name) => [holds('schedules', scheduledLaws({ name, make }))],
})

/** The first step from 0 on gᵀx + ½ xᵀBx, where the model is the loss, as a solver of the model. */
export const solverOf =
  <F extends StateType>(region: RegionClaim['region'], make: (size: number) => Optimizer<F>): RegionClaim['solve'] =>
  (matrix, gradient, size): ClaimedStep => {
    const loss = (x: Tensor): Tensor => sum(mul(x, add(mul(0.5, matmul(matrix, x)), gradient)))
    const of = objective(loss, { compilation: 'never' })
    const zero = mul(0, gradient)
    const iterator = minimize(make(size), of)(zero)[Symbol.iterator]()
    const [, next] = [iterator.next(), iterator.next()]
    const step = next.done === true ? zero : next.value.params
    const length = toNumber(treeNorm(step))
    const slope = toNumber(treeDot(step, add(matmul(matrix, step), gradient)))
    const cube = region === 'cubic' ? (size / 3) * length ** 3 : 0
    // λ from (B + λI) s = −g along s; where the step is free it is 0 up to rounding.
    const multiplier = length === 0 ? 0 : -slope / length ** 2
    return {
      step,
      predictedReduction: -of.value(step) - cube,
      multiplier: Math.abs(multiplier) < 1e-10 ? 0 : multiplier,
    }
  }

/** Steps in a ball: O9, and of those that do not jump O15. */
export const ballOf = <F extends StateType>(
  make: (radius: number) => Optimizer<F>,
  claim: Pick<RegionClaim, 'exact' | 'continuous' | 'tolerance' | 'spectra'>,
): Part => {
  const all = (name: string): RuleSet => regionLaws({ name, region: 'ball', solve: solverOf('ball', make), ...claim })
  const kinds = ['easy', 'hard', 'zero'].map((kind) => `${kind} gradients: `)
  const ending = 'easy gradients: where the ball'
  return {
    O9: (name) => [
      holds(
        claim.exact ? 'exact' : 'Cauchy',
        ruleSet(name, [])(lawsNamed(...kinds)(all(name)).laws.filter((each) => !each.name.startsWith(ending))),
      ),
    ],
    ...((claim.continuous ?? claim.exact)
      ? { O15: (name: string) => [holds('radius', lawsNamed(ending)(all(name)))] }
      : {}),
  }
}

/** Steps of a cubic model: O10. */
export const cubicOf = <F extends StateType>(
  make: (weight: number) => Optimizer<F>,
  claim: Pick<RegionClaim, 'exact' | 'tolerance'>,
): Part => ({
  O10: (name) => [
    holds(
      claim.exact ? 'exact' : 'Cauchy',
      regionLaws({ name, region: 'cubic', solve: solverOf('cubic', make), ...claim }),
    ),
  ],
})

/** A matrix that is learned from steps: O11. */
export const secantOf = <F extends StateType>(claim: Omit<SecantClaim<F>, 'name'>): Part => ({
  O11: (name) => {
    const rules = secantLaws({ name, ...claim, positive: true })
    const positive = 'it is positive definite'
    return [
      holds('', lawsNamed('it knows', 'it is symmetric')(rules)),
      ((claim.positive ?? true) ? holds : denied)('positive', lawsNamed(positive)(rules)),
    ]
  },
})

/** What draws lots: O12. */
export const lotsOf = <F extends StateType>(
  make: (key: Key) => Optimizer<F>,
  perturbation?: Omit<PerturbationClaim<F>, 'name' | 'make'>,
): Part => ({
  O12: (name) => [
    holds('', seedLaws({ name, make })),
    ...(perturbation === undefined ? [] : [holds('noise', perturbationLaws({ name, make, ...perturbation }))]),
  ],
})

/** What draws lots in some places only, off saddles: O12, of the same key alone. */
export const sameKeyOf = <F extends StateType>(make: (key: Key) => Optimizer<F>): Part => ({
  O12: (name) => [holds('same key', lawsNamed('the same key')(seedLaws({ name, make })))],
})

/** Whose step is −(|H| + λI)⁻¹ ∇f: O8. */
export const saddleFreeOf = <F extends StateType>(claim: Omit<SaddleFreeClaim<F>, 'name'>): Part => ({
  O8: (name) => [holds('', saddleFreeLaws({ name, ...claim }))],
})
