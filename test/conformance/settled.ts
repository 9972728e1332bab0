/** Points off the jumps of remainders. */
import { abs, add, clamp, div, mul, sign, sub, type Tensor, trunc } from 'gradus'

/** The quotient with its fraction moved into [0.3, 0.7]. */
export const inside = (quotient: Tensor): Tensor => {
  const whole = trunc(quotient)
  return add(whole, mul(sign(quotient), clamp(abs(sub(quotient, whole)), 0.3, 0.7)))
}

/** Moves whichever argument has as many entries as the result, so that no quotient is near a whole number. */
export const betweenJumps = (a: Tensor, b: Tensor): ReadonlyArray<Tensor> => {
  const quotient = inside(div(a, b))
  return a.size === quotient.size ? [mul(quotient, b), b] : [a, div(a, quotient)]
}
