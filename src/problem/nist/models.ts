/** The models of NIST's nonlinear regressions: the response as a function of parameters b₁ … and of the predictors. */
import type { Tensor } from '../../data/Tensor.js'
import { add, div, mul, neg, square, sub } from '../../primitive/arithmetic.js'
import { exp, expm1, pow } from '../../primitive/elementary.js'
import { atan, cos, sin } from '../../primitive/trigonometric.js'
import { at, plus } from '../entries.js'

export type Model = (b: Tensor, predictors: ReadonlyArray<Tensor>) => Tensor

type Curve = (b: (i: number) => Tensor, x: Tensor) => Tensor

const curve =
  (of: Curve): Model =>
  (b, [x]) =>
    x === undefined ? b : of((i) => at(b, i), x)

const decay = (height: Tensor, rate: Tensor, x: Tensor): Tensor => mul(height, exp(neg(mul(rate, x))))

const peak = (height: Tensor, center: Tensor, width: Tensor, x: Tensor): Tensor =>
  mul(height, exp(neg(square(div(sub(x, center), width)))))

const polynomial = (x: Tensor, ...coefficients: ReadonlyArray<Tensor>): Tensor =>
  coefficients.reduceRight((total, coefficient) => add(coefficient, mul(x, total)), mul(0, x))

const rationalDecay = curve((b, x) => div(exp(neg(mul(b(1), x))), add(b(2), mul(b(3), x))))

const threeDecays = curve((b, x) => plus(decay(b(1), b(2), x), decay(b(3), b(4), x), decay(b(5), b(6), x)))

const twoPeaks = curve((b, x) => plus(decay(b(1), b(2), x), peak(b(3), b(4), b(5), x), peak(b(6), b(7), b(8), x)))

const saturation = curve((b, x) => neg(mul(b(1), expm1(neg(mul(b(2), x))))))

const cubics = curve((b, x) =>
  div(polynomial(x, b(1), b(2), b(3), b(4)), add(1, mul(x, polynomial(x, b(5), b(6), b(7))))),
)

const wave = (cosine: Tensor, sine: Tensor, angle: Tensor): Tensor =>
  add(mul(cosine, cos(angle)), mul(sine, sin(angle)))

/** The model of each regression, by its name. */
export const models: Readonly<Record<string, Model>> = {
  Bennett5: curve((b, x) => mul(b(1), pow(add(b(2), x), div(-1, b(3))))),
  BoxBOD: saturation,
  Chwirut1: rationalDecay,
  Chwirut2: rationalDecay,
  DanWood: curve((b, x) => mul(b(1), pow(x, b(2)))),
  ENSO: curve((b, x) => {
    const turn = mul(2 * Math.PI, x)
    return plus(
      b(1),
      wave(b(2), b(3), div(turn, 12)),
      wave(b(5), b(6), div(turn, b(4))),
      wave(b(8), b(9), div(turn, b(7))),
    )
  }),
  Eckerle4: curve((b, x) => mul(div(b(1), b(2)), exp(mul(-0.5, square(div(sub(x, b(3)), b(2))))))),
  Gauss1: twoPeaks,
  Gauss2: twoPeaks,
  Gauss3: twoPeaks,
  Hahn1: cubics,
  Kirby2: curve((b, x) => div(polynomial(x, b(1), b(2), b(3)), add(1, mul(x, polynomial(x, b(4), b(5)))))),
  Lanczos1: threeDecays,
  Lanczos2: threeDecays,
  Lanczos3: threeDecays,
  MGH09: curve((b, x) => div(mul(b(1), mul(x, add(x, b(2)))), add(mul(x, add(x, b(3))), b(4)))),
  MGH10: curve((b, x) => mul(b(1), exp(div(b(2), add(x, b(3)))))),
  MGH17: curve((b, x) => plus(b(1), decay(b(2), b(4), x), decay(b(3), b(5), x))),
  Misra1a: saturation,
  Misra1b: curve((b, x) => mul(b(1), sub(1, pow(add(1, mul(b(2), div(x, 2))), -2)))),
  Misra1c: curve((b, x) => mul(b(1), sub(1, pow(add(1, mul(b(2), mul(2, x))), -0.5)))),
  Misra1d: curve((b, x) => div(mul(mul(b(1), b(2)), x), add(1, mul(b(2), x)))),
  // The logarithm of the response is what is fitted.
  Nelson: (b, [x1, x2]) =>
    x1 === undefined || x2 === undefined ? b : sub(at(b, 1), decay(mul(at(b, 2), x1), at(b, 3), x2)),
  Rat42: curve((b, x) => div(b(1), add(1, exp(sub(b(2), mul(b(3), x)))))),
  Rat43: curve((b, x) => div(b(1), pow(add(1, exp(sub(b(2), mul(b(3), x)))), div(1, b(4))))),
  Roszman1: curve((b, x) => sub(sub(b(1), mul(b(2), x)), div(atan(div(b(3), sub(x, b(4)))), Math.PI))),
  Thurber: cubics,
}
