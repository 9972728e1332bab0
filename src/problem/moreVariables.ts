/** The problems 13 to 19 of Moré, Garbow and Hillstrom (1981), which have four to eleven variables. */
import type { Tensor } from '../data/Tensor.js'
import { add, div, mul, neg, square, sub } from '../primitive/arithmetic.js'
import { exp } from '../primitive/elementary.js'
import { at, plus, point, tabulated, vector } from './entries.js'
import { mgh } from './mgh.js'
import { fixed, globally, locally, type ProblemFamily, squaresOf } from './Problem.js'

const powellSingular = fixed(
  {
    name: 'powell-singular',
    title: 'Powell, singular',
    source: mgh(13, 'Powell (1962)'),
    kinds: ['sum of squares', 'polynomial', 'singular minimum'],
  },
  4,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b, c, d] = [at(x, 1), at(x, 2), at(x, 3), at(x, 4)]
        return vector(
          add(a, mul(10, b)),
          mul(Math.sqrt(5), sub(c, d)),
          square(sub(b, mul(2, c))),
          mul(Math.sqrt(10), square(sub(a, d))),
        )
      },
      starts: [point(3, -1, 0, 1)],
      minima: [globally(0, point(0, 0, 0, 0))],
    }),
)

const wood = fixed(
  {
    name: 'wood',
    title: 'Wood',
    source: mgh(14, 'Colville (1968)'),
    kinds: ['sum of squares', 'polynomial', 'saddle'],
  },
  4,
  () =>
    squaresOf({
      residuals: (x) => {
        const [a, b, c, d] = [at(x, 1), at(x, 2), at(x, 3), at(x, 4)]
        return vector(
          mul(10, sub(b, square(a))),
          sub(1, a),
          mul(Math.sqrt(90), sub(d, square(c))),
          sub(1, c),
          mul(Math.sqrt(10), sub(add(b, d), 2)),
          div(sub(b, d), Math.sqrt(10)),
        )
      },
      starts: [point(-3, -1, -3, -1)],
      minima: [globally(0, point(1, 1, 1, 1))],
      saddles: [
        {
          value: 7.876967165176867,
          point: point(-0.9679740249375931, 0.9471391408178418, -0.9695163103315911, 0.9512476657923252),
          index: 1,
        },
      ],
    }),
)

const kowalikOsborne = fixed(
  {
    name: 'kowalik-osborne',
    title: 'Kowalik and Osborne',
    source: mgh(15, 'Kowalik and Osborne (1968)'),
    kinds: ['sum of squares', 'measured data', 'minimum at infinity'],
  },
  4,
  () => {
    const y = point(0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246)
    const u = point(4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625)
    const uu = square(u)
    return squaresOf({
      residuals: (x) => {
        const above = add(uu, mul(u, at(x, 2)))
        const below = plus(uu, mul(u, at(x, 3)), at(x, 4))
        return sub(y, div(mul(at(x, 1), above), below))
      },
      starts: [point(0.25, 0.39, 0.415, 0.39)],
      minima: [
        globally(
          0.0003075056038492378,
          point(0.1928069345790379, 0.1912823287343668, 0.12305650692632074, 0.13606233068379475),
        ),
        // At (∞, −14.07…, −∞, −∞).
        locally(0.001027343048695458),
      ],
    })
  },
)

const brownDennis = fixed(
  {
    name: 'brown-dennis',
    title: 'Brown and Dennis',
    source: mgh(16, 'Brown and Dennis (1971), 20 residuals'),
    kinds: ['sum of squares', 'badly scaled'],
  },
  4,
  () => {
    const t = tabulated(20, (i) => i / 5)
    const [exponentials, sines, cosines] = [
      exp(t),
      tabulated(20, (i) => Math.sin(i / 5)),
      tabulated(20, (i) => Math.cos(i / 5)),
    ]
    return squaresOf({
      residuals: (x) =>
        add(
          square(sub(add(at(x, 1), mul(t, at(x, 2))), exponentials)),
          square(sub(add(at(x, 3), mul(sines, at(x, 4))), cosines)),
        ),
      starts: [point(25, 5, -5, -1)],
      minima: [
        globally(
          85822.20162635634,
          point(-11.594439904762165, 13.203630051207204, -0.40343948817685954, 0.2367787744557363),
        ),
      ],
    })
  },
)

const osborne1 = fixed(
  {
    name: 'osborne-1',
    title: 'Osborne 1',
    source: mgh(17, 'Osborne (1972)'),
    kinds: ['sum of squares', 'measured data', 'badly scaled'],
  },
  5,
  () => {
    const y = point(
      ...[0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628],
      ...[0.603, 0.58, 0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42],
      ...[0.414, 0.411, 0.406],
    )
    const t = tabulated(33, (i) => -10 * (i - 1))
    return squaresOf({
      residuals: (x) =>
        sub(y, plus(at(x, 1), mul(at(x, 2), exp(mul(t, at(x, 4)))), mul(at(x, 3), exp(mul(t, at(x, 5)))))),
      starts: [point(0.5, 1.5, -1, 0.01, 0.02)],
      minima: [
        globally(
          5.4648946974829115e-5,
          point(
            0.37541005210695194,
            1.9358469127123559,
            -1.4646871366134115,
            0.012867534640057266,
            0.02212269966167266,
          ),
        ),
      ],
    })
  },
)

const biggsExp6 = fixed(
  {
    name: 'biggs-exp6',
    title: 'Biggs EXP6',
    source: mgh(18, 'Biggs (1971), 13 residuals'),
    kinds: ['sum of squares', 'several minima', 'saddle'],
  },
  6,
  () => {
    const t = tabulated(13, (i) => -i / 10)
    const y = tabulated(13, (i) => Math.exp(-i / 10) - 5 * Math.exp(-i) + 3 * Math.exp((-4 * i) / 10))
    const term = (height: Tensor, rate: Tensor): Tensor => mul(height, exp(mul(t, rate)))
    const [a, b, c, d] = [1.7114159947195875, 17.683198180949066, 1.1631436609188925, 5.186561551993452]
    return squaresOf({
      residuals: (x) => plus(term(at(x, 3), at(x, 1)), neg(term(at(x, 4), at(x, 2))), term(at(x, 6), at(x, 5)), neg(y)),
      starts: [point(1, 2, 1, 1, 1, 1)],
      minima: [globally(0, point(1, 10, 1, 5, 4, 3), point(4, 10, 3, 5, 1, 1))],
      // Published as a minimum; two exponentials are one there, and the Hessian has the eigenvalues −0.0098 and 0.
      saddles: [{ value: 0.005655649925499931, point: point(a, b, c, d, a, c), index: 1 }],
    })
  },
)

const osborne2 = fixed(
  {
    name: 'osborne-2',
    title: 'Osborne 2',
    source: mgh(19, 'Osborne (1972)'),
    kinds: ['sum of squares', 'measured data'],
  },
  11,
  () => {
    const y = point(
      ...[1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616],
      ...[0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495],
      ...[0.5, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672],
      ...[0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.71, 0.729, 0.72, 0.636, 0.581],
      ...[0.428, 0.292, 0.162, 0.098, 0.054],
    )
    const t = tabulated(65, (i) => (i - 1) / 10)
    const peak = (x: Tensor, k: number): Tensor =>
      mul(at(x, k), exp(mul(neg(square(sub(t, at(x, k + 7)))), at(x, k + 4))))
    return squaresOf({
      residuals: (x) => sub(y, plus(mul(at(x, 1), exp(mul(neg(t), at(x, 5)))), peak(x, 2), peak(x, 3), peak(x, 4))),
      starts: [point(1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5)],
      minima: [
        globally(
          0.04013773629354774,
          point(
            ...[1.3099771546273007, 0.431553794602989, 0.633661698960724, 0.5994305347859163],
            ...[0.7541832263280115, 0.9042885798596334, 1.3658118352370285, 4.8236988172271555],
            ...[2.3986848661317546, 4.568874597667672, 5.6753414705806415],
          ),
        ),
      ],
    })
  },
)

export const moreVariables: ReadonlyArray<ProblemFamily> = [
  powellSingular,
  wood,
  kowalikOsborne,
  brownDennis,
  osborne1,
  biggsExp6,
  osborne2,
]
