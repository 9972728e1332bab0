/** The problems 1 to 6 of Moré, Garbow and Hillstrom (1981), which have two variables. */
import { add, mul, square, sub } from '../primitive/arithmetic.js'
import { exp, pow } from '../primitive/elementary.js'
import { at, plus, point, tabulated, vector } from './entries.js'
import { mgh } from './mgh.js'
import { fixed, globally, locally, type ProblemFamily, squaresOf } from './Problem.js'

const rosenbrock = fixed(
  {
    name: 'rosenbrock',
    title: 'Rosenbrock',
    source: mgh(1, 'Rosenbrock (1960)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  2,
  () =>
    squaresOf({
      residuals: (x) => vector(mul(10, sub(at(x, 2), square(at(x, 1)))), sub(1, at(x, 1))),
      starts: [point(-1.2, 1)],
      minima: [globally(0, point(1, 1))],
    }),
)

const freudensteinRoth = fixed(
  {
    name: 'freudenstein-roth',
    title: 'Freudenstein and Roth',
    source: mgh(2, 'Freudenstein and Roth (1963)'),
    kinds: ['sum of squares', 'polynomial', 'several minima'],
  },
  2,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return vector(
          sub(add(a, mul(sub(mul(sub(5, b), b), 2), b)), 13),
          sub(add(a, mul(sub(mul(add(b, 1), b), 14), b)), 29),
        )
      },
      starts: [point(0.5, -2)],
      minima: [globally(0, point(5, 4)), locally(48.98425367924002, point(11.412778986902094, -0.8968052532744765))],
    }),
)

const powellBadlyScaled = fixed(
  {
    name: 'powell-badly-scaled',
    title: 'Powell, badly scaled',
    source: mgh(3, 'Powell (1970)'),
    kinds: ['sum of squares', 'badly scaled'],
  },
  2,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return vector(sub(mul(1e4, mul(a, b)), 1), sub(add(exp(mul(-1, a)), exp(mul(-1, b))), 1.0001))
      },
      starts: [point(0, 1)],
      minima: [globally(0, point(1.0981593296998053e-5, 9.106146739866624))],
    }),
)

const brownBadlyScaled = fixed(
  {
    name: 'brown-badly-scaled',
    title: 'Brown, badly scaled',
    source: mgh(4, 'unpublished'),
    kinds: ['sum of squares', 'polynomial', 'badly scaled'],
  },
  2,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return vector(sub(a, 1e6), sub(b, 2e-6), sub(mul(a, b), 2))
      },
      starts: [point(1, 1)],
      minima: [globally(0, point(1e6, 2e-6))],
    }),
)

const beale = fixed(
  { name: 'beale', title: 'Beale', source: mgh(5, 'Beale (1958)'), kinds: ['sum of squares', 'polynomial'] },
  2,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b] = [at(x, 1), at(x, 2)]
        return sub(point(1.5, 2.25, 2.625), mul(a, sub(1, vector(b, square(b), pow(b, 3)))))
      },
      starts: [point(1, 1)],
      minima: [globally(0, point(3, 0.5))],
    }),
)

const jennrichSampson = fixed(
  {
    name: 'jennrich-sampson',
    title: 'Jennrich and Sampson',
    source: mgh(6, 'Jennrich and Sampson (1968), 10 residuals'),
    kinds: ['sum of squares'],
  },
  2,
  () => {
    const i = tabulated(10, (k) => k)
    const sums = tabulated(10, (k) => 2 + 2 * k)
    const best = 0.2578252136703641
    return squaresOf({
      residuals: (x) => sub(sums, plus(exp(mul(i, at(x, 1))), exp(mul(i, at(x, 2))))),
      starts: [point(0.3, 0.4)],
      minima: [globally(124.36218235561485, point(best, best))],
    })
  },
)

export const twoVariables: ReadonlyArray<ProblemFamily> = [
  rosenbrock,
  freudensteinRoth,
  powellBadlyScaled,
  brownBadlyScaled,
  beale,
  jennrichSampson,
]
