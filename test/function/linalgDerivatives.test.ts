/** Every result of linear algebra with its derivatives of order 1 and 2: against differences, compiled, and in a batch. */
import fc from 'fast-check'
import {
  add,
  adjugate,
  cholesky,
  compile,
  det,
  div,
  eigh,
  expm,
  eye,
  grad,
  hvp,
  inv,
  kron,
  logdet,
  lstsq,
  lu,
  matrixNorm,
  matrixPower,
  mul,
  pinv,
  qr,
  reshape,
  solve,
  square,
  sum,
  svd,
  type Tensor,
  take,
  tensor,
  toFloat64Array,
  triangularSolve,
  vmap,
  zeros,
} from 'gradus'
import { describe, it } from 'vitest'
import { alongBy, gradientBy } from '../support/differences.js'
import { regular } from '../support/matrices.js'
import { expectNear } from '../support/near.js'
import { arbitraryTensor } from '../support/points.js'

/** Scalar functions through every result, at matrices of order 3. */
const weighted = (f: (a: Tensor) => Tensor) => {
  const g = (a: Tensor): Tensor => {
    const y = f(a)
    const w = reshape(tensor(Array.from({ length: y.size }, (_, i) => Math.cos(1 + 3 * i))), y.shape)
    return sum(mul(w, mul(y, y)))
  }
  return g
}

const losses: ReadonlyArray<readonly [string, (a: Tensor) => Tensor]> = (
  [
    ['cholesky', cholesky],
    ['triangularSolve', (a: Tensor) => triangularSolve(a, a, { upper: true, transposed: true })],
    ['solve', (a: Tensor) => solve(a, square(a))],
    ['lower of lu', (a: Tensor) => lu(a).lower],
    ['upper of lu', (a: Tensor) => lu(a).upper],
    ['q of qr', (a: Tensor) => qr(a).q],
    ['r of qr', (a: Tensor) => qr(a).r],
    ['values of eigh', (a: Tensor) => eigh(a).values],
    ['vectors of eigh', (a: Tensor) => eigh(a).vectors],
    ['u of svd', (a: Tensor) => svd(a).u],
    ['s of svd', (a: Tensor) => svd(a).s],
    ['v of svd', (a: Tensor) => svd(a).v],
    ['det', det],
    ['adjugate', adjugate],
    ['logdet', logdet],
    ['inv', inv],
    ['pinv', (a: Tensor) => pinv(a)],
    ['lstsq', (a: Tensor) => lstsq(a, square(a))],
    ['expm', (a: Tensor) => expm(div(a, 4))],
    ['matrixPower', (a: Tensor) => matrixPower(a, -2)],
    ['kron', (a: Tensor) => kron(a, a)],
    ['nuclear norm', (a: Tensor) => matrixNorm(a, 'nuclear')],
  ] as const
).map(([name, f]) => [name, weighted(f)] as const)

describe.each(losses)('%s', (_, loss) => {
  it('has the gradient and the Hessian of differences', () => {
    fc.assert(
      fc.property(regular(3), arbitraryTensor([3, 3]), (a, v) => {
        const direction = div(v, 3)
        // Differences with steps of 0.1 and less, extrapolated: eight digits are left of them, and six of steep functions.
        const size = 1 + Math.max(...toFloat64Array(grad(loss)(a)).map(Math.abs))
        expectNear(div(grad(loss)(a), size), div(gradientBy(loss, a, 0.05), size), 1e-7)
        const bend = hvp(loss)(a)(direction)
        const scale = 1 + Math.max(...toFloat64Array(bend).map(Math.abs))
        expectNear(div(bend, scale), div(alongBy(grad(loss), a, direction, 0.05), scale), 1e-6)
      }),
      { numRuns: 20 },
    )
  })

  it('is the same compiled, with both derivatives', () => {
    const a = tensor([
      [3, 0.5, -0.25],
      [0.125, 4, 1],
      [-0.5, 0.75, 5.5],
    ])
    const all = (x: Tensor): ReadonlyArray<Tensor> => [loss(x), grad(loss)(x), hvp(loss)(x)(square(x))]
    // Fused loops add in another order at most.
    const size = Math.max(...all(a).flatMap((y) => [...toFloat64Array(y)].map(Math.abs)))
    expectNear(
      all(a).map((y) => div(y, size)),
      compile(all)(a).map((y) => div(y, size)),
      1e-14,
    )
  })

  it('is batched matrix by matrix, with both derivatives', () => {
    const batch = add(
      reshape(tensor(Array.from({ length: 18 }, (_, i) => Math.sin(i) / 3)), [2, 3, 3]),
      mul(eye(3), tensor([3, 4, 5.5])),
    )
    const all = (x: Tensor): ReadonlyArray<Tensor> => [loss(x), grad(loss)(x), hvp(loss)(x)(square(x))]
    const whole = vmap(all)(batch)
    ;[0, 1].forEach((i) => {
      const one = all(reshape(take(batch, tensor([i])), [3, 3]))
      const size = Math.max(...one.flatMap((y) => [...toFloat64Array(y)].map(Math.abs)))
      whole.forEach((y, k) => {
        const theirs = one[k] ?? zeros([])
        expectNear(div(reshape(take(y, tensor([i])), theirs.shape), size), div(theirs, size), 1e-14)
      })
    })
  })
})
