/** The problems 20 to 27 of Moré, Garbow and Hillstrom (1981): any number of variables, each residual sees many. */
import { fromFloat64Array, full, ones, zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { stack } from '../function/arrange.js'
import { prod } from '../function/statistics.js'
import { add, div, mul, square, sub } from '../primitive/arithmetic.js'
import { dot, matmul } from '../primitive/contraction.js'
import { exp } from '../primitive/elementary.js'
import { reshape, sum } from '../primitive/structure.js'
import { cos, sin } from '../primitive/trigonometric.js'
import { concat, slice, tile } from '../primitive/window.js'
import { at, each, point, tabulated } from './entries.js'
import { mgh } from './mgh.js'
import { globally, type KnownMinimum, locally, type ProblemFamily, squaresOf, variable } from './Problem.js'

const scalars = (...values: ReadonlyArray<Tensor>): Tensor => stack(values)

const watsonMinima: Readonly<Record<number, KnownMinimum>> = {
  6: globally(
    0.0022876700535524363,
    point(
      ...[-0.015725086401458456, 1.0124348693691099, -0.23299162595673767, 1.2604300877996082],
      ...[-1.5137289227222797, 0.9929964324311346],
    ),
  ),
  9: globally(
    1.3997601380990198e-6,
    point(
      ...[-1.5307036521394342e-5, 0.9997897039319483, 0.01476396369355696, 0.14634232829936222, 1.0008211030047092],
      ...[-2.617731140519015, 4.104403164478857, -3.143612278556442, 1.0526264080101668],
    ),
  ),
  12: globally(
    4.722381105891757e-10,
    point(
      ...[-6.638060464520687e-9, 1.000001644117862, -0.0005639322103423058, 0.34782054050404243],
      ...[-0.15673150409616513, 1.0528151772071779, -3.2472711534596677, 7.288434897938061],
      ...[-10.271848241321724, 9.074113647075317, -4.541375466692512, 1.0120118885528104],
    ),
  ),
}

const known = (minima: Readonly<Record<number, KnownMinimum>>, n: number): ReadonlyArray<KnownMinimum> => {
  const minimum = minima[n]
  return minimum === undefined ? [] : [minimum]
}

const watson = variable(
  {
    name: 'watson',
    title: 'Watson',
    source: mgh(20, 'Kowalik and Osborne (1968)'),
    kinds: ['sum of squares', 'polynomial', 'badly scaled'],
  },
  { least: 2, most: 31, standard: 6 },
  (n) => {
    const matrix = (entry: (t: number, j: number) => number): Tensor =>
      fromFloat64Array(
        Float64Array.from({ length: 29 * n }, (_, k) => entry((Math.floor(k / n) + 1) / 29, k % n)),
        [29, n],
      )
    const powers = matrix((t, j) => t ** j)
    const slopes = matrix((t, j) => (j === 0 ? 0 : j * t ** (j - 1)))
    return squaresOf({
      residuals: (x) =>
        concat([
          sub(sub(matmul(slopes, x), square(matmul(powers, x))), 1),
          scalars(at(x, 1), sub(sub(at(x, 2), square(at(x, 1))), 1)),
        ]),
      starts: [zeros([n])],
      minima: known(watsonMinima, n),
    })
  },
)

const extendedRosenbrock = variable(
  {
    name: 'extended-rosenbrock',
    title: 'Rosenbrock, extended',
    source: mgh(21, 'Spedicato (1975)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  { least: 2, multiple: 2, standard: 10 },
  (n) =>
    squaresOf({
      residuals: (x) => {
        const [odd, even] = [each(x, 1, 2), each(x, 2, 2)]
        return concat([mul(10, sub(even, square(odd))), sub(1, odd)])
      },
      starts: [tile(point(-1.2, 1), [n / 2])],
      minima: [globally(0, ones([n]))],
    }),
)

const extendedPowell = variable(
  {
    name: 'extended-powell',
    title: 'Powell, singular, extended',
    source: mgh(22, 'Spedicato (1975)'),
    kinds: ['sum of squares', 'polynomial', 'singular minimum'],
  },
  { least: 4, multiple: 4, standard: 12 },
  (n) =>
    squaresOf({
      residuals: (x) => {
        const [a, b, c, d] = [each(x, 1, 4), each(x, 2, 4), each(x, 3, 4), each(x, 4, 4)]
        return concat([
          add(a, mul(10, b)),
          mul(Math.sqrt(5), sub(c, d)),
          square(sub(b, mul(2, c))),
          mul(Math.sqrt(10), square(sub(a, d))),
        ])
      },
      starts: [tile(point(3, -1, 0, 1), [n / 4])],
      minima: [globally(0, zeros([n]))],
    }),
)

/** The square root of 10⁻⁵, the weight of both penalty functions. */
const small = Math.sqrt(1e-5)

/** By symmetry the variables agree at the minimum: the root of 10⁻⁵ (c − 1) + 2 c (n c² − 1/4), by Newton's method. */
const penalty1Root = (n: number): number =>
  Array.from({ length: 20 }).reduce<number>((c) => {
    const value = 1e-5 * (c - 1) + 2 * c * (n * c * c - 0.25)
    return c - value / (1e-5 + 6 * n * c * c - 0.5)
  }, 0.5 / Math.sqrt(n))

const penalty1 = variable(
  {
    name: 'penalty-1',
    title: 'Penalty function I',
    source: mgh(23, 'Gill, Murray and Pitfield (1972)'),
    kinds: ['sum of squares', 'polynomial', 'badly scaled'],
  },
  { standard: 10 },
  (n) => {
    const c = penalty1Root(n)
    return squaresOf({
      residuals: (x) => concat([mul(small, sub(x, 1)), reshape(sub(dot(x, x), 0.25), [1])]),
      starts: [tabulated(n, (i) => i)],
      minima: [globally(1e-5 * n * (c - 1) ** 2 + (n * c * c - 0.25) ** 2, full([n], c))],
    })
  },
)

const penalty2Minima: Readonly<Record<number, KnownMinimum>> = {
  4: globally(
    9.376293007355442e-6,
    point(0.1999993333503804, 0.19131670099277245, 0.48010148533262315, 0.5188454043902005),
  ),
  10: globally(
    0.00029366053745674594,
    point(
      ...[0.1999836051978236, 0.010350648471292297, 0.0196049344804384, 0.03208906722068565, 0.049932677399641294],
      ...[0.07651399515399361, 0.11862407286950417, 0.19214487233557667, 0.34732058694184365, 0.3691643741593508],
    ),
  ),
}

const penalty2 = variable(
  {
    name: 'penalty-2',
    title: 'Penalty function II',
    source: mgh(24, 'Gill, Murray and Pitfield (1972)'),
    kinds: ['sum of squares', 'badly scaled'],
  },
  { least: 2, standard: 10 },
  (n) => {
    const y = tabulated(n - 1, (i) => Math.exp((i + 1) / 10) + Math.exp(i / 10))
    const weights = tabulated(n, (j) => n - j + 1)
    return squaresOf({
      residuals: (x) => {
        const e = exp(div(x, 10))
        const [head, tail] = [slice(e, [0], [n - 1]), slice(e, [1], [n])]
        return concat([
          reshape(sub(at(x, 1), 0.2), [1]),
          mul(small, sub(add(tail, head), y)),
          mul(small, sub(tail, Math.exp(-0.1))),
          reshape(sub(dot(weights, square(x)), 1), [1]),
        ])
      },
      starts: [full([n], 0.5)],
      minima: known(penalty2Minima, n),
    })
  },
)

const variablyDimensioned = variable(
  {
    name: 'variably-dimensioned',
    title: 'Variably dimensioned',
    source: mgh(25, 'unpublished'),
    kinds: ['sum of squares', 'polynomial', 'badly scaled'],
  },
  { standard: 10 },
  (n) => {
    const j = tabulated(n, (i) => i)
    return squaresOf({
      residuals: (x) => {
        const off = sub(x, 1)
        const total = dot(j, off)
        return concat([off, scalars(total, square(total))])
      },
      starts: [tabulated(n, (i) => 1 - i / n)],
      minima: [globally(0, ones([n]))],
    })
  },
)

const trigonometric = variable(
  {
    name: 'trigonometric',
    title: 'Trigonometric',
    source: mgh(26, 'Spedicato (1975)'),
    kinds: ['sum of squares', 'several minima'],
  },
  { standard: 10 },
  (n) => {
    const i = tabulated(n, (k) => k)
    return squaresOf({
      residuals: (x) => {
        const c = cos(x)
        return sub(sub(add(n, mul(i, sub(1, c))), sum(c)), sin(x))
      },
      starts: [full([n], 1 / n)],
      minima: [
        globally(0, zeros([n])),
        ...(n === 10
          ? [
              locally(
                2.7950561218794563e-5,
                point(
                  ...[0.05515090398069129, 0.05684061679473856, 0.058764001762695084, 0.06099060865676081],
                  ...[0.06362621369585451, 0.06684317945275879, 0.20816151856988116, 0.16436309588564774],
                  ...[0.08500689568850744, 0.09143145071470794],
                ),
              ),
            ]
          : []),
      ],
    })
  },
)

const brownAlmostLinear = variable(
  {
    name: 'brown-almost-linear',
    title: 'Brown, almost linear',
    source: mgh(27, 'Brown (1969)'),
    kinds: ['sum of squares', 'polynomial', 'several minima'],
  },
  { least: 2, standard: 10 },
  (n) =>
    squaresOf({
      residuals: (x) => concat([sub(add(slice(x, [0], [n - 1]), sum(x)), n + 1), reshape(sub(prod(x), 1), [1])]),
      starts: [full([n], 0.5)],
      // With two variables the second is no minimum: the product is not flat there.
      minima: [
        globally(0, ones([n])),
        ...(n > 2
          ? [
              locally(
                1,
                tabulated(n, (i) => (i === n ? n + 1 : 0)),
              ),
            ]
          : []),
      ],
    }),
)

export const variableNonlinear: ReadonlyArray<ProblemFamily> = [
  watson,
  extendedRosenbrock,
  extendedPowell,
  penalty1,
  penalty2,
  variablyDimensioned,
  trigonometric,
  brownAlmostLinear,
]
