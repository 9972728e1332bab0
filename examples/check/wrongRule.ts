/**
 * A wrong custom rule: the derivative of log(1 + eˣ) is the sigmoid of x, and here it is that of −x.
 * `npx gradus check examples/check/wrongRule.ts` blames it by name.
 */
import { custom, linearMaps, mean, mul, neg, sigmoid, softplus, type Tensor, tensor } from 'gradus'

const smoothHinge = custom({
  name: 'smoothHinge',
  value: (x: Tensor) => softplus(x),
  differential: ([x]) => [linearMaps.scale(sigmoid(neg(x)))],
})

const margins = tensor([1.5, -0.5, 0.25])

export const loss = (weight: Tensor): Tensor => mean(smoothHinge(neg(mul(margins, weight))))

export const params = tensor(0.8)
