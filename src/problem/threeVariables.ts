/** The problems 7 to 12 of Moré, Garbow and Hillstrom (1981), which have three variables. */
import type { Tensor } from '../data/Tensor.js'
import { abs, add, div, mul, neg, square, sub } from '../primitive/arithmetic.js'
import { greater, where } from '../primitive/choice.js'
import { hypot } from '../primitive/distance.js'
import { exp, pow } from '../primitive/elementary.js'
import { atan2 } from '../primitive/trigonometric.js'
import { at, plus, point, tabulated, vector } from './entries.js'
import { mgh } from './mgh.js'
import { fixed, globally, locally, type ProblemFamily, squaresOf } from './Problem.js'

/** The angle of (x₁, x₂) in turns, from −1/4 to 3/4, with its jump where x₁ = 0 and x₂ < 0. */
export const turns = (x: Tensor): Tensor => {
  const right = greater(at(x, 1), 0)
  const side = where(right, 1, -1)
  return div(add(atan2(mul(side, at(x, 2)), mul(side, at(x, 1))), where(right, 0, Math.PI)), 2 * Math.PI)
}

export const radius = (x: Tensor): Tensor => hypot(at(x, 1), at(x, 2))

const helicalValley = fixed(
  {
    name: 'helical-valley',
    title: 'Helical valley',
    source: mgh(7, 'Fletcher and Powell (1963)'),
    kinds: ['sum of squares'],
  },
  3,
  () =>
    squaresOf({
      residuals: (x) => vector(mul(10, sub(at(x, 3), mul(10, turns(x)))), mul(10, sub(radius(x), 1)), at(x, 3)),
      starts: [point(-1, 0, 0)],
      minima: [globally(0, point(1, 0, 0))],
    }),
)

const bard = fixed(
  {
    name: 'bard',
    title: 'Bard',
    source: mgh(8, 'Bard (1970)'),
    kinds: ['sum of squares', 'measured data', 'minimum at infinity'],
  },
  3,
  () => {
    const y = point(0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39)
    const u = tabulated(15, (i) => i)
    const v = tabulated(15, (i) => 16 - i)
    const w = tabulated(15, (i) => Math.min(i, 16 - i))
    return squaresOf({
      residuals: (x) => sub(y, add(at(x, 1), div(u, add(mul(v, at(x, 2)), mul(w, at(x, 3)))))),
      starts: [point(1, 1, 1)],
      minima: [
        globally(0.00821487730657898, point(0.08241055974978899, 1.1330360920297224, 2.343695178642536)),
        // At (0.8406…, −∞, −∞).
        locally(17.42869333333333),
      ],
    })
  },
)

const gaussian = fixed(
  {
    name: 'gaussian',
    title: 'Gaussian',
    source: mgh(9, 'unpublished'),
    kinds: ['sum of squares', 'measured data'],
  },
  3,
  () => {
    const half = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521]
    const y = point(...half, 0.3989, ...[...half].reverse())
    const t = tabulated(15, (i) => (8 - i) / 2)
    return squaresOf({
      residuals: (x) => sub(mul(at(x, 1), exp(mul(mul(-0.5, at(x, 2)), square(sub(t, at(x, 3)))))), y),
      starts: [point(0.4, 1, 0)],
      minima: [globally(1.1279327696190113e-8, point(0.39895613783875666, 1.0000190844878056, 0))],
    })
  },
)

const meyer = fixed(
  {
    name: 'meyer',
    title: 'Meyer',
    source: mgh(10, 'Meyer (1970)'),
    kinds: ['sum of squares', 'measured data', 'badly scaled'],
  },
  3,
  () => {
    const y = point(
      ...[34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872],
    )
    const t = tabulated(16, (i) => 45 + 5 * i)
    return squaresOf({
      residuals: (x) => sub(mul(at(x, 1), exp(div(at(x, 2), add(t, at(x, 3))))), y),
      starts: [point(0.02, 4000, 250)],
      minima: [globally(87.94585517085112, point(0.005609636471028053, 6181.346346286372, 345.2236346241365))],
    })
  },
)

const gulf = fixed(
  {
    name: 'gulf',
    title: 'Gulf research and development',
    // The printed formula has a misprint in the exponent: the factor m·i there is a minus sign.
    source: mgh(11, 'Cox (1969), 99 residuals'),
    kinds: ['sum of squares'],
  },
  3,
  () => {
    const t = tabulated(99, (i) => i / 100)
    const y = tabulated(99, (i) => 25 + Math.cbrt(-50 * Math.log(i / 100)) ** 2)
    return squaresOf({
      residuals: (x) => sub(exp(neg(div(pow(abs(sub(y, at(x, 2))), at(x, 3)), at(x, 1)))), t),
      starts: [point(5, 2.5, 0.15)],
      minima: [globally(0, point(50, 25, 1.5))],
    })
  },
)

const boxThreeDimensional = fixed(
  {
    name: 'box-three-dimensional',
    title: 'Box, three-dimensional',
    source: mgh(12, 'Box (1966), 10 residuals'),
    kinds: ['sum of squares', 'several minima'],
  },
  3,
  () => {
    const t = tabulated(10, (i) => i / 10)
    const falls = tabulated(10, (i) => Math.exp(-i / 10) - Math.exp(-i))
    return squaresOf({
      residuals: (x) => plus(exp(mul(neg(t), at(x, 1))), neg(exp(mul(neg(t), at(x, 2)))), neg(mul(at(x, 3), falls))),
      starts: [point(0, 10, 20)],
      // And wherever x₁ = x₂ and x₃ = 0.
      minima: [globally(0, point(1, 10, 1), point(10, 1, -1), point(1, 1, 0))],
    })
  },
)

export const threeVariables: ReadonlyArray<ProblemFamily> = [
  helicalValley,
  bard,
  gaussian,
  meyer,
  gulf,
  boxThreeDimensional,
]
