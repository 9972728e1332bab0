/** Problems of OptimTestProblems.jl, the test set of Julia's Optim, that are not among the 35 of Moré, Garbow and Hillstrom. */
import { ones, zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { randomKey } from '../function/random.js'
import { add, mul, neg, square, sub } from '../primitive/arithmetic.js'
import { dot } from '../primitive/contraction.js'
import { exp, pow } from '../primitive/elementary.js'
import { sum } from '../primitive/structure.js'
import { concat, slice } from '../primitive/window.js'
import { at, plus, point, tabulated, vector } from './entries.js'
import { mixing } from './mixing.js'
import { fixed, globally, locally, lossOf, type ProblemFamily, squaresOf, variable } from './Problem.js'
import { radius, turns } from './threeVariables.js'

const collection = (origin: string): string => `OptimTestProblems.jl; ${origin}`

const exponential = fixed(
  { name: 'exponential', title: 'Exponential', source: collection('exponentials of squares'), kinds: ['badly scaled'] },
  2,
  () =>
    lossOf({
      loss: (x) => sum(exp(square(sub(point(2, 3), x)))),
      starts: [point(0, 0)],
      minima: [globally(2, point(2, 3))],
    }),
)

const fletcherPowell = fixed(
  {
    name: 'fletcher-powell',
    title: 'Fletcher and Powell',
    source: collection('Fletcher and Powell (1963), the helical valley with another weight'),
    kinds: ['sum of squares'],
  },
  3,
  () =>
    squaresOf({
      residuals: (x) => vector(mul(10, sub(at(x, 3), mul(10, turns(x)))), sub(radius(x), 1), at(x, 3)),
      starts: [point(-1, 0, 0)],
      minima: [globally(0, point(1, 0, 0))],
    }),
)

const himmelblau = fixed(
  {
    name: 'himmelblau',
    title: 'Himmelblau',
    source: collection('Himmelblau (1972)'),
    kinds: ['sum of squares', 'polynomial', 'several minima', 'saddle'],
  },
  2,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return vector(sub(add(square(a), b), 11), sub(add(a, square(b)), 7))
      },
      starts: [point(2, 2)],
      minima: [
        globally(
          0,
          point(3, 2),
          point(-2.805118086952745, 3.131312518250573),
          point(-3.779310253377747, -3.2831859912861696),
          point(3.5844283403304917, -1.8481265269644036),
        ),
      ],
      // And a maximum at (−0.27…, −0.92…).
      saddles: [
        { value: 67.71915008752615, point: point(0.08667750455539636, 2.884254701174776), index: 1 },
        { value: 104.0151629175581, point: point(-3.0730257507643897, -0.08135304428796751), index: 1 },
        { value: 178.33723920192747, point: point(-0.12796134673068008, -1.9537149802445763), index: 1 },
        { value: 13.31192627040559, point: point(3.385154183607021, 0.07385187983774928), index: 1 },
      ],
    }),
)

const hosaki = fixed(
  {
    name: 'hosaki',
    title: 'Hosaki',
    source: collection('Ali, Khompatraporn and Zabinsky (2005), problem 20'),
    kinds: ['several minima', 'saddle'],
  },
  2,
  () =>
    lossOf({
      loss: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        const quartic = plus(sub(1, mul(8, a)), mul(7, square(a)), mul(-7 / 3, pow(a, 3)), mul(0.25, pow(a, 4)))
        return mul(mul(quartic, square(b)), exp(neg(b)))
      },
      starts: [point(3.6, 1.9)],
      minima: [globally(-2.3458115761012865, point(4, 2)), locally(-1.1277940269717723, point(1, 2))],
      saddles: [{ value: -0.902235221577418, point: point(2, 2), index: 1 }],
    }),
)

const largePolynomial = variable(
  {
    name: 'large-polynomial',
    title: 'Large polynomial',
    source: collection('a sphere about (1, 2, …, n)'),
    kinds: ['sum of squares', 'quadratic', 'linear residuals'],
  },
  { standard: 250 },
  (n) => {
    const center = tabulated(n, (i) => i)
    return squaresOf({
      residuals: (x) => sub(center, x),
      starts: [zeros([n])],
      minima: [globally(0, center)],
    })
  },
)

const parabola = fixed(
  {
    name: 'parabola',
    title: 'Parabola',
    source: collection('a sphere about (1, 2, 3, 5, 8)'),
    kinds: ['sum of squares', 'quadratic', 'linear residuals'],
  },
  5,
  () => {
    const center = point(1, 2, 3, 5, 8)
    return squaresOf({ residuals: (x) => sub(center, x), starts: [zeros([5])], minima: [globally(0, center)] })
  },
)

const polynomial = fixed(
  {
    name: 'polynomial',
    title: 'Polynomial of degree 4',
    source: collection('a quadratic and two fourth powers'),
    kinds: ['sum of squares', 'polynomial', 'singular minimum'],
  },
  3,
  () =>
    squaresOf({
      residuals: (x) => vector(sub(10, at(x, 1)), square(sub(7, at(x, 2))), square(sub(108, at(x, 3)))),
      starts: [zeros([3])],
      minima: [globally(0, point(10, 7, 108))],
    }),
)

const halfForm = (weights: Tensor, x: Tensor): Tensor => mul(0.5, dot(weights, square(x)))

const quadraticDiagonal = variable(
  {
    name: 'quadratic-diagonal',
    title: 'Quadratic, diagonal',
    source: collection('De Sterck (2013), problem A'),
    kinds: ['quadratic'],
  },
  { standard: 100 },
  (n) => {
    const weights = tabulated(n, (i) => i)
    return lossOf({
      loss: (x) => halfForm(weights, sub(x, 1)),
      starts: [zeros([n])],
      minima: [globally(0, ones([n]))],
    })
  },
)

/** (y₁, y₂ − 10 y₁², …, yₙ − 10 y₁²) for y = x − 1. */
const bent = (x: Tensor): Tensor => {
  const y = sub(x, 1)
  const first = slice(y, [0], [1])
  return concat([first, sub(slice(y, [1], [y.shape[0] ?? 0]), mul(10, square(first)))])
}

const paraboloidDiagonal = variable(
  {
    name: 'paraboloid-diagonal',
    title: 'Paraboloid, diagonal',
    source: collection('De Sterck (2013), problem B'),
    kinds: ['polynomial', 'badly scaled'],
  },
  { standard: 100 },
  (n) => {
    const weights = tabulated(n, (i) => i)
    return lossOf({
      loss: (x) => halfForm(weights, bent(x)),
      starts: [zeros([n])],
      minima: [globally(0, ones([n]))],
    })
  },
)

const paraboloidRandom = variable(
  {
    name: 'paraboloid-random',
    title: 'Paraboloid, random axes',
    source: collection('De Sterck (2013), problem C, with axes turned by three random reflections'),
    kinds: ['polynomial', 'badly scaled'],
  },
  { standard: 100 },
  (n) => {
    const weights = tabulated(n, (i) => i)
    const { mix } = mixing(randomKey(0), n)
    return lossOf({
      loss: (x) => halfForm(weights, mix(bent(x))),
      starts: [zeros([n])],
      minima: [globally(0, ones([n]))],
    })
  },
)

export const collected: ReadonlyArray<ProblemFamily> = [
  exponential,
  fletcherPowell,
  himmelblau,
  hosaki,
  largePolynomial,
  parabola,
  polynomial,
  quadraticDiagonal,
  paraboloidDiagonal,
  paraboloidRandom,
]
