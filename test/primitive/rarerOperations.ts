/** The calls of gradus that the fixtures of the family `rarer` mean. */
import * as gradus from 'gradus'
import { binary, unary } from './calls.js'
import type { Call, Options } from './operations.js'

/** The options of these fixtures: which axes of either side a product sums over. */
export interface RarerOptions {
  readonly left?: ReadonlyArray<number>
  readonly right?: ReadonlyArray<number>
}

export const rarerOperations: Readonly<Record<string, (options: Options) => Call>> = {
  log1mexp: unary((x) => gradus.log1mexp(x)),
  erfcinv: unary((x) => gradus.erfcinv(x)),
  ldexp: binary((a, b) => gradus.ldexp(a, b)),
  nextAfter: binary((a, b) => gradus.nextAfter(a, b)),
  tensordot: binary((a, b, { depth = 2, left, right }) =>
    gradus.tensordot(a, b, { axes: left === undefined || right === undefined ? depth : [left, right] }),
  ),
  cross: binary((a, b, { axis = -1 }) => gradus.cross(a, b, { axis })),
  interleave: unary((x, { strides = [] }) => gradus.interleave(x, strides)),
  sqrtm: unary((a) => gradus.sqrtm(a)),
}

export const rarerSet = Object.keys(rarerOperations).join(' ')
