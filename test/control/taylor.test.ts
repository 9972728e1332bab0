/** Taylor mode reads the same custom maps. */
import {
  add,
  checkpoint,
  cond,
  cos,
  custom,
  fori,
  greater,
  less,
  linearMaps,
  mul,
  scalar,
  sin,
  type Tensor,
  taylor,
  whileLoop,
} from 'gradus'
import { describe, it } from 'vitest'
import { expectNear } from '../support/near.js'

const sine = custom({ name: 'sine', value: (t: Tensor) => sin(t), differential: ([t]) => [linearMaps.scale(cos(t))] })

const functions: Readonly<Record<string, readonly [(x: Tensor) => Tensor, (x: Tensor) => Tensor]>> = {
  custom: [(x) => mul(x, sine(x)), (x) => mul(x, sin(x))],
  checkpoint: [checkpoint((x: Tensor) => mul(x, sin(x))), (x) => mul(x, sin(x))],
  cond: [
    (x) =>
      cond(
        (y: Tensor) => mul(y, sin(y)),
        (y: Tensor) => y,
      )(greater(x, 0), x),
    (x) => mul(x, sin(x)),
  ],
  scan: [
    (x) => fori(20, (_, c: Tensor) => sin(add(c, mul(x, c))))(x),
    (x) => Array.from({ length: 20 }).reduce<Tensor>((c) => sin(add(c, mul(x, c))), x),
  ],
  while: [
    (x) =>
      whileLoop(
        (c: Tensor) => less(c, 20),
        (c: Tensor) => add(c, mul(c, x)),
      )(x),
    (x) => [1, 2, 3, 4, 5].reduce((c) => add(c, mul(c, x)), x),
  ],
}

describe.each(Object.entries(functions))('taylor through %s', (_, [f, g]) => {
  it('is that of the function without it', () => {
    expectNear(taylor(f, 4)(scalar(0.9))(scalar(0.7)), taylor(g, 4)(scalar(0.9))(scalar(0.7)), 1e-11)
  })
})
