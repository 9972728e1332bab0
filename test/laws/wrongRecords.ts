/** Records that are wrong in one way each, for laws to find. */
import { mul, square, stopGradient, type Tensor } from 'gradus'
import { type LinearMap, scale } from '../../src/core/LinearMap.js'
import type { Primitive } from '../../src/core/Primitive.js'
import { bind } from '../../src/core/Trace.js'
import { elementwise, elementwise2 } from '../../src/primitive/define.js'

/** x³ entry by entry, with whatever rule it is given. */
export const cubeRecord = (partial: (x: Tensor, y: Tensor) => LinearMap): Primitive<undefined> =>
  elementwise({ name: 'cubed', formula: 'x^3', kernel: (x) => x.map((entry) => entry ** 3), partial })

export const operationOf =
  (record: Primitive<undefined>) =>
  (x: Tensor): Tensor =>
    bind(record, undefined, [x])

export const rightCube = operationOf(cubeRecord((x) => scale(mul(3, square(x)))))
export const wrongFactor = operationOf(cubeRecord((x) => scale(mul(2, square(x)))))
export const wrongSecond = operationOf(cubeRecord((x) => scale(mul(3, mul(x, stopGradient(x))))))

/** Its value is that of x; entries that are not numbers are refused. */
export const strict = operationOf(
  elementwise({
    name: 'strict',
    formula: 'x',
    kernel: (x) => {
      if (x.some(Number.isNaN)) throw new Error('a number was expected')
      return x
    },
    partial: () => ({ _tag: 'Identity' }),
  }),
)

const product = elementwise2({
  name: 'lopsided',
  formula: 'a b',
  kernel: (a, b) => a.map((entry, i) => entry * (b[i] ?? Number.NaN)),
  partials: [(_, b) => scale(b), (a) => scale(stopGradient(a))],
})

/** a b, with derivatives of which one forgets that it depends on the other factor. */
export const lopsided = (a: Tensor, b: Tensor): Tensor => bind(product, undefined, [a, b])
