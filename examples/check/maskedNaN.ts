/**
 * A masked NaN: the entropy of unnormalized weights, with the terms of weights below 0 masked by a factor of 0 in place of `where`.
 * 0 · NaN is NaN in a value: `npx gradus check examples/check/maskedNaN.ts` names the logarithm.
 */
import { greater, log, mul, sum, type Tensor, tensor } from 'gradus'

export const loss = (weights: Tensor): Tensor => sum(mul(greater(weights, 0), mul(weights, log(weights))))

export const params = tensor([0.5, 0.25, 0])
