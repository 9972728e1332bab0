/** The Hessian of a chain of 1000 parameters: by three products against all of them. */
import { raise } from '../../src/data/Defect.js'
import {
  add,
  arange,
  hessianMatrix,
  mul,
  sin,
  slice,
  sparseHessian,
  square,
  sub,
  sum,
  type Tensor,
  toDense,
  toFloat64Array,
} from '../../src/index.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { atLeast, type Part, ratio, time } from '../report.js'

const chain = (x: Tensor): Tensor => {
  const [a, b] = [slice(x, [0], [x.size - 1]), slice(x, [1], [x.size])]
  return sum(add(mul(100, square(sub(b, square(a)))), square(sub(1, a))))
}

/** Both ways must find the same numbers, or their times mean nothing. */
const requireEqual = (a: Tensor, b: Tensor): void => {
  const expected = toFloat64Array(b)
  if (!toFloat64Array(a).every((entry, i) => Math.abs(entry - (expected[i] ?? Number.NaN)) < 1e-9))
    raise('InvalidArgument', 'bench: the sparse Hessian and the dense one differ.')
}

const ofChain = (n: number, effort: Effort): Part => {
  return () => {
    const p = sin(add(1, mul(1.7, arange(n))))
    const known = sparseHessian(chain)
    requireEqual(toDense(known(p)), hessianMatrix(chain)(p))
    const timings = interleave(
      {
        dense: { run: () => hessianMatrix(chain)(p) },
        first: { run: () => sparseHessian(chain)(p) },
        again: { run: () => known(p) },
      },
      effort,
    )
    return {
      title: `the Hessian of a chain of ${n} parameters, ${known(p).colors} colors`,
      figures: [
        ratio('dense / sparse', ratiosOf(timings('dense'), timings('again')), atLeast(5)),
        ratio('dense / sparse with its pattern', ratiosOf(timings('dense'), timings('first')), atLeast(1)),
        time('dense', spreadOf(timings('dense'))),
        time('sparse', spreadOf(timings('again'))),
        time('sparse with its pattern', spreadOf(timings('first'))),
      ],
    }
  }
}

export const sparse = (rounds: number): ReadonlyArray<Part> => [
  ofChain(1000, { rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 }),
]
