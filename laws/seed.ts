/** What draws lots must do: the same from the same key, something else from another, and no direction that it likes better. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  foldIn,
  type Key,
  matmul,
  randomKey,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeNorm,
  treeScale,
} from '../src/index.js'
import { minimize, type Optimizer, objective, type StateType } from '../src/optimize/index.js'
import { evenly, type Symmetric, symmetricMatrices, symmetricOf, tensors } from './arbitrary.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { seeds } from './direction.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { firstStep, quadratic } from './step.js'
import { essence, iterates } from './walk.js'

/**
 * An optimizer that draws lots, by its key.
 *
 * @since 0.1.0
 */
export interface SeedClaim<F extends StateType> {
  readonly name: string
  readonly make: (key: Key) => Optimizer<F>
}

interface Case {
  readonly symmetric: Symmetric
  readonly at: Tensor
  readonly seed: number
}

const cases = (least = 1): fc.Arbitrary<Case> =>
  fc
    .integer({ min: least, max: 4 })
    .chain((n) => fc.record({ symmetric: symmetricMatrices('moderate', n), at: tensors([n]), seed: seeds }))

/** The critical point of a quadratic, where whatever moves is lots. */
const criticalOf = ({ symmetric }: Pick<Case, 'symmetric'>): Tensor => tensor(symmetric.eigenvalues.map(() => 0))

const stepFrom = <F extends StateType>(optimizer: Optimizer<F>, matrix: Tensor, at: Tensor): Tensor => {
  const next = firstStep(optimizer, quadratic(matrix), at)
  return E.isRight(next) ? treeAxpy(-1, at, next.right.params) : treeScale(Number.NaN, at)
}

const lengthOf = (x: Tensor): number => toNumber(treeNorm(x))

/** First steps from the critical point, with so many keys made of one. */
const drawn = <F extends StateType>(
  make: (key: Key) => Optimizer<F>,
  { symmetric, seed }: Pick<Case, 'symmetric' | 'seed'>,
  count: number,
): ReadonlyArray<Tensor> =>
  Array.from({ length: count }, (_, i) =>
    stepFrom(make(foldIn(randomKey(seed), i)), symmetric.matrix, criticalOf({ symmetric })),
  )

/**
 * Of so many unit vectors that are drawn evenly the sum is longer than (1 + t) √m with a probability of exp(−t²/2) at most (a sum of
 * independent vectors changes by 2 at most with each, McDiarmid 1989, and has the mean length √m at most): for t = 8 that is 10⁻¹⁴.
 */
const directions = 200

const noDirection = (steps: ReadonlyArray<Tensor>): Evidence => {
  const sum = steps.map((step) => treeScale(1 / lengthOf(step), step)).reduce((total, each) => add(total, each))
  return because('a probability of 10⁻¹⁴')(atMost()(lengthOf(sum), 9 * Math.sqrt(directions)))
}

/**
 * The laws of an optimizer that draws lots: the same key makes the same run to the bit; from a critical point, where nothing else moves it,
 * another key makes another step; and over many keys the steps have no direction in common.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, seedLaws } from 'gradus/laws'
 * import { noisySgd } from 'gradus/optimize'
 * const rules = seedLaws({ name: 'noisy descent', make: (key) => noisySgd({ learningRate: 0.1, key }) })
 * E.isRight(check({ seed: 1, instances: 5 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const seedLaws = <F extends StateType>({ name, make }: SeedClaim<F>): RuleSet =>
  ruleSet(
    name,
    [],
  )([
    law('the same key makes the same run, to the bit', cases(), ({ symmetric, at, seed }) => {
      const run = (from: Tensor) => {
        const of = objective(quadratic(symmetric.matrix))
        return essence(iterates(minimize(make(randomKey(seed)), of)(from), 3))
      }
      return all(same(run(at), run(at)), same(run(criticalOf({ symmetric })), run(criticalOf({ symmetric }))))
    }),
    law('another key makes another step off a critical point', cases(), (each) => {
      const [one, other] = drawn(make, each, 2).map((step) => [...toFloat64Array(step)])
      return same(
        one?.every((entry, i) => Number.isFinite(entry) && entry !== 0 && entry !== other?.[i]),
        true,
      )
    }),
    law('over many keys steps have no direction in common', cases(), (each) =>
      noDirection(drawn(make, each, directions)),
    ),
  ])

/**
 * An optimizer that adds noise from a ball to the steps of gradient descent where the gradient is small.
 *
 * @since 0.1.0
 */
export interface PerturbationClaim<F extends StateType> {
  readonly name: string
  readonly make: (key: Key) => Optimizer<F>
  /** What it does for so many parameters: steps of −rate ∇f, noise of this radius where ‖∇f‖ is at most this, and steps without after it. */
  readonly constants: (size: number) => {
    readonly rate: number
    readonly radius: number
    readonly gradientBelow: number
    readonly wait: number
  }
  /** In so many steps it is ten radii away from a saddle whose curvatures lie between ½ and 2; default 700. */
  readonly leaves?: number
}

/** Whether half of the draws lie in half of the ball: of 1,000 others than 360 to 640 with a probability of 2 exp(−39) (Hoeffding 1963). */
const volumes = { draws: 1000, least: 360, most: 640 }

/** A spectrum of sizes ½ to 2, of which the first is negative. */
const saddles: fc.Arbitrary<Pick<Case, 'symmetric' | 'seed'>> = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record({
    symmetric: symmetricMatrices('moderate', n).map(({ basis, eigenvalues }) =>
      symmetricOf(
        basis,
        eigenvalues.map((value, i) => (i === 0 ? -Math.abs(value) : value)),
      ),
    ),
    seed: seeds,
  }),
)

/**
 * The laws of perturbed gradient descent: where the gradient is not small it is gradient descent; where it is, what is added lies in the
 * ball, as often in half of its volume as outside, and not again before the wait is over; and a strict saddle is left from the point
 * itself.
 *
 * **References** Jin, Ge, Netrapalli, Kakade and Jordan, *How to escape saddle points efficiently* (2017).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, perturbationLaws } from 'gradus/laws'
 * import { chain, descend, perturb, scaleBy } from 'gradus/optimize'
 * const noise = { radius: 1e-3, gradientBelow: 1e-2, wait: 50 }
 * const rules = perturbationLaws({
 *   name: 'perturbed',
 *   make: (key) => descend('perturbed', chain(scaleBy(-0.1), perturb(key, noise))),
 *   constants: () => ({ rate: 0.1, ...noise }),
 * })
 * E.isRight(check({ seed: 1, instances: 5 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const perturbationLaws = <F extends StateType>({
  name,
  make,
  constants,
  leaves = 700,
}: PerturbationClaim<F>): RuleSet => {
  /** What is added to −rate ∇f from a point. */
  const noiseAt = ({ symmetric, seed }: Pick<Case, 'symmetric' | 'seed'>, at: Tensor): Tensor => {
    const { rate } = constants(at.size)
    const step = stepFrom(make(randomKey(seed)), symmetric.matrix, at)
    return treeAxpy(rate, matmul(symmetric.matrix, at), step)
  }
  const laws: ReadonlyArray<Law> = [
    law('where the gradient is not small it is gradient descent', cases(), (each) => {
      const gradient = matmul(each.symmetric.matrix, each.at)
      fc.pre(lengthOf(gradient) > 1.001 * constants(each.at.size).gradientBelow)
      return because('some roundings')(close(1e-12)(add(noiseAt(each, each.at), each.at), each.at))
    }),
    law('noise lies in the ball', fc.tuple(cases(), evenly(0, 0.999)), ([each, part]) => {
      const { radius, gradientBelow } = constants(each.at.size)
      const gradient = lengthOf(matmul(each.symmetric.matrix, each.at))
      const near = gradient === 0 ? each.at : treeScale((part * gradientBelow) / gradient, each.at)
      const length = lengthOf(noiseAt(each, near))
      // The step is added to the point and taken away again.
      const rounding = 8 * Number.EPSILON * (lengthOf(near) + radius)
      return all(same(length > 0, true), because('rounding of the point')(atMost(rounding)(length, radius)))
    }),
    law('half of the noise lies in half of the ball', cases(2), (each) => {
      const { radius } = constants(each.at.size)
      const half = radius * 0.5 ** (1 / each.at.size)
      const inside = drawn(make, each, volumes.draws).filter((step) => lengthOf(step) <= half).length
      return because('a probability of 10⁻¹⁷')(all(atMost()(volumes.least, inside), atMost()(inside, volumes.most)))
    }),
    law('after noise it waits', saddles, (each) => {
      const { rate, wait } = constants(each.symmetric.eigenvalues.length)
      const steps = Math.min(wait, 5)
      const of = objective(quadratic(each.symmetric.matrix))
      const its = iterates(minimize(make(randomKey(each.seed)), of)(criticalOf(each)), steps + 1)
      const expected = its.slice(1, -1).map(({ params, gradient }) => treeAxpy(-rate, gradient, params))
      const { radius } = constants(each.symmetric.eigenvalues.length)
      return because('some roundings')(
        close(1e-12, radius)(
          its.slice(2).map(({ params }) => params),
          expected,
        ),
      )
    }),
    law('it leaves a strict saddle, from the saddle itself', saddles, (each) => {
      const { radius } = constants(each.symmetric.eigenvalues.length)
      const of = objective(quadratic(each.symmetric.matrix))
      const far = iterates(minimize(make(randomKey(each.seed)), of)(criticalOf(each)), leaves).some(
        ({ params, value }) => lengthOf(params) > 10 * radius && value < 0,
      )
      return because('a probability of 10⁻¹²')(same(far, true))
    }),
  ]
  return ruleSet(name, [])(laws)
}
