/** Losses with a saddle, or with a place that looks like one: what saddle-free methods are for. */
import { scalar, zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import { foldIn, normal, randomKey, uniform } from '../function/random.js'
import { norm } from '../function/statistics.js'
import { add, div, mul, square, sub } from '../primitive/arithmetic.js'
import { where } from '../primitive/choice.js'
import { dot } from '../primitive/contraction.js'
import { pow, sqrt } from '../primitive/elementary.js'
import { at, plus, point, tabulated } from './entries.js'
import { mixing } from './mixing.js'
import { fixed, globally, lossOf, type Problem, type ProblemFamily, problemOf } from './Problem.js'

const classicalSaddle = fixed(
  {
    name: 'classical-saddle',
    title: 'Classical saddle 5x² − y²',
    source: 'Dauphin et al. (2014), Fig. 2(a)',
    kinds: ['quadratic', 'saddle', 'unbounded'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => dot(point(5, -1), square(x)),
      starts: [point(0.9, 0.15)],
      minima: [],
      saddles: [{ value: 0, point: zeros([2]), index: 1 }],
    }),
)

const monkeySaddle = fixed(
  {
    name: 'monkey-saddle',
    title: 'Monkey saddle x³ − 3xy²',
    source: 'Dauphin et al. (2014), Fig. 2(b)',
    kinds: ['polynomial', 'saddle', 'unbounded'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => mul(at(x, 1), dot(point(1, -3), square(x))),
      starts: [point(0.8, 0.25)],
      minima: [],
      saddles: [{ value: 0, point: zeros([2]), index: 0 }],
    }),
)

const gradientFlat = fixed(
  {
    name: 'gradient-flat',
    title: 'Two gradient-flat points',
    source: 'Frye, thesis (2020): the Hessian maps the gradient to 0 at (±√2, 0), far from the only critical point',
    kinds: ['polynomial', 'saddle'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return plus(
          mul(0.25, pow(a, 4)),
          mul(-3, square(a)),
          mul(9, a),
          mul(0.9, pow(b, 4)),
          mul(5, square(b)),
          scalar(40),
        )
      },
      starts: [point(1.5, 1)],
      minima: [globally(6.25, point(-3, 0))],
    }),
)

const twoValleys = fixed(
  {
    name: 'two-valleys',
    title: 'Saddle between two valleys ½x² − ½y² + ¼y⁴',
    source: 'the smallest bounded loss with a strict saddle; the start is 10⁻⁶ off its stable line',
    kinds: ['polynomial', 'saddle', 'several minima'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return plus(mul(0.5, square(a)), mul(-0.5, square(b)), mul(0.25, pow(b, 4)))
      },
      starts: [point(1, 1e-6)],
      minima: [globally(-0.25, point(0, 1), point(0, -1))],
      saddles: [{ value: 0, point: zeros([2]), index: 1 }],
    }),
)

const quarticSaddle = fixed(
  {
    name: 'quartic-saddle',
    title: 'Degenerate saddle x² − y⁴',
    source: 'the Hessian says nothing of the direction that falls',
    kinds: ['polynomial', 'saddle', 'unbounded'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => sub(square(at(x, 1)), pow(at(x, 2), 4)),
      starts: [point(1, 0.1)],
      minima: [],
      saddles: [{ value: 0, point: zeros([2]), index: 0 }],
    }),
)

const bentInflection = fixed(
  {
    name: 'bent-inflection',
    title: 'Degenerate critical point x² + y³',
    source: 'Newton’s method converges to it from every start',
    kinds: ['polynomial', 'saddle', 'unbounded'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => add(square(at(x, 1)), pow(at(x, 2), 3)),
      starts: [point(1, 1)],
      minima: [],
      saddles: [{ value: 0, point: zeros([2]), index: 0 }],
    }),
)

/**
 * What a random saddle is drawn from.
 *
 * @since 0.1.0
 */
export interface RandomSaddleOptions {
  readonly dimension: number
  /** How many eigenvalues are negative. */
  readonly index: number
  /** Default 0. */
  readonly seed?: number
  /** How far from the saddle the first start is; default 10⁻⁶. The second is at distance 1. */
  readonly distance?: number
}

/**
 * A quadratic with a saddle of a given index at the origin, its axes turned at random, with fourth powers along the axes
 * that fall, so that it is bounded:
 *
 *     ½ Σ λᵢ yᵢ² + ¼ Σ_{λᵢ < 0} yᵢ⁴,   y = Q x,   |λᵢ| uniform from ½ to 1
 *
 * Its minima have the value −¼ Σ_{λᵢ < 0} λᵢ², and there are 2 to the power of the index of them.
 *
 * **Fails** `InvalidArgument` where the index is not an integer from 0 to the dimension.
 *
 * @example
 * import { randomSaddle } from 'gradus/problem'
 * randomSaddle({ dimension: 10, index: 3 }).saddles[0]?.index // => 3
 *
 * @since 0.1.0
 */
export const randomSaddle = ({ dimension: n, index, seed = 0, distance = 1e-6 }: RandomSaddleOptions): Problem => {
  if (!Number.isInteger(n) || n < 1 || !Number.isInteger(index) || index < 0 || index > n)
    return raise(
      'InvalidArgument',
      `randomSaddle: expected a dimension of 1 or more and an index from 0 to it, got ${n} and ${index}.`,
    )
  const key = foldIn(foldIn(randomKey(seed), n), index)
  const { mix, unmix } = mixing(key, n)
  const sizes = add(0.5, mul(0.5, uniform(foldIn(key, 11), [n])))
  const falls = tabulated(n, (i) => (i <= index ? 1 : 0))
  const eigenvalues = mul(where(falls, -1, 1), sizes)
  const direction = normal(foldIn(key, 12), [n])
  const unit = div(direction, norm(direction))
  const depth = -0.25 * toNumber(dot(falls, square(sizes)))
  const named = {
    name: 'random-saddle',
    title: `Random saddle of index ${index}`,
    source: 'a quadratic with random eigenvalues and axes, bounded by fourth powers',
    kinds: ['polynomial', 'saddle', 'several minima'],
  } as const
  return problemOf(
    named,
    lossOf({
      loss: (x) => {
        const squares = square(mix(x))
        return add(mul(0.5, dot(eigenvalues, squares)), mul(0.25, dot(falls, square(squares))))
      },
      starts: [mul(distance, unit), unit],
      minima: [globally(depth, unmix(mul(falls, sqrt(sizes))))],
      saddles: index === 0 ? [] : [{ value: 0, point: zeros([n]), index }],
    }),
  )
}

const randomSaddles: ProblemFamily = {
  name: 'random-saddle',
  title: 'Random saddle, half of its directions falling',
  source: 'a quadratic with random eigenvalues and axes, bounded by fourth powers; the start is 10⁻⁶ off the saddle',
  kinds: ['polynomial', 'saddle', 'several minima'],
  dimension: { _tag: 'Variable', least: 2, most: Infinity, multiple: 1, standard: 10 },
  of: (n) => randomSaddle({ dimension: n, index: Math.floor(n / 2) }),
}

export const saddles: ReadonlyArray<ProblemFamily> = [
  classicalSaddle,
  monkeySaddle,
  gradientFlat,
  twoValleys,
  quarticSaddle,
  bentInflection,
  randomSaddles,
]
