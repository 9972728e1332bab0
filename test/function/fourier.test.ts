/** Laws of Fourier transforms: Parseval, the convolution theorem, shifts, adjoints, and axes. */
import fc from 'fast-check'
import {
  compile,
  concat,
  conv1d,
  fft,
  flip,
  grad,
  hvp,
  ifft,
  irfft,
  mul,
  pad,
  reshape,
  rfft,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toNumber,
  vjp,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { arbitraryTensor, defectOf } from '../support/points.js'

const lengths = fc.integer({ min: 1, max: 80 })
const pairs = lengths.chain((n) => arbitraryTensor([n, 2]))
const reals = lengths.chain((n) => arbitraryTensor([n]))

const part = (z: Tensor, i: number): Tensor => slice(z, [0, i], [z.shape[0] ?? 0, i + 1])

/** The product of complex numbers, pair by pair. */
const times = (a: Tensor, b: Tensor): Tensor => {
  const [ar, ai, br, bi] = [part(a, 0), part(a, 1), part(b, 0), part(b, 1)]
  return concat([sub(mul(ar, br), mul(ai, bi)), sub(mul(ar, bi), mul(-1, mul(ai, br)))], { axis: 1 })
}

/** Of at most 80 entries up to 3, so that sums stay below 1e3 and their errors below 1e-12. */
const tolerance = 1e-12

describe('Fourier transforms', () => {
  it('keep the norm: Σ|y|² = n Σ|x|² (Parseval)', () => {
    fc.assert(
      fc.property(pairs, (x) => {
        const [before, after] = [toNumber(sum(square(x))), toNumber(sum(square(fft(x))))]
        expectNear(after / (x.shape[0] ?? 1), before, tolerance)
      }),
    )
  })

  it('are undone by their inverses', () => {
    fc.assert(fc.property(pairs, (x) => expectNear(ifft(fft(x)), x, tolerance)))
    fc.assert(
      fc.property(reals, (x) => {
        const length = x.size
        expectNear(irfft(rfft(x), { length }), x, tolerance)
      }),
    )
  })

  it('turn convolution into products', () => {
    fc.assert(
      fc.property(reals, reals, (x, k) => {
        const n = x.size + k.size - 1
        const spectrum = (t: Tensor): Tensor => rfft(pad(t, [[0, n - t.size]]))
        const widths = [
          [0, 0],
          [0, 0],
          [k.size - 1, k.size - 1],
        ] as const
        // conv1d does not reverse its kernel, a convolution does.
        const direct = conv1d(pad(reshape(x, [1, 1, x.size]), widths), reshape(flip(k), [1, 1, k.size]))
        expectNear(irfft(times(spectrum(x), spectrum(k)), { length: n }), reshape(direct, [n]), tolerance)
      }),
    )
  })

  it('turn a step around the circle into a phase', () => {
    fc.assert(
      fc.property(pairs, (x) => {
        const n = x.shape[0] ?? 1
        const turned = concat([slice(x, [n - 1, 0], [n, 2]), slice(x, [0, 0], [n - 1, 2])])
        const phase = tensor(
          Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), -Math.sin((2 * Math.PI * k) / n)]),
        )
        expectNear(fft(turned), times(phase, fft(x)), tolerance)
      }),
    )
  })

  it('have the conjugate transform as their transpose', () => {
    fc.assert(
      fc.property(pairs, (y) => {
        const n = y.shape[0] ?? 1
        expectNear(vjp((x: Tensor) => fft(x))(zeros([n, 2]))[1](y), mul(n, ifft(y)), tolerance)
      }),
    )
  })

  it('along several axes are transforms along each', () => {
    fc.assert(
      fc.property(arbitraryTensor([3, 4, 2]), (x) => {
        expectNear(fft(x, { axes: [0, 1] }), fft(fft(x), { axes: [0] }), tolerance)
        expectNear(ifft(fft(x, { axes: [-1, -2] }), { axes: [0, 1] }), x, tolerance)
      }),
      { numRuns: 20 },
    )
  })

  it('compiled are those of eager calls, also in a Hessian-vector product', () => {
    const target = tensor([3, 1, 4, 1, 5, 9])
    const loss = (x: Tensor): Tensor => sum(square(square(rfft(sub(x, target)))))
    const x = tensor([2, 7, 1, 8, 2, 8])
    expectNear(compile(grad(loss))(x), grad(loss)(x), tolerance)
    const product = (t: Tensor): Tensor => hvp(loss)(t)(x)
    expectNear(compile(product)(x), product(x), tolerance)
  })

  it('say what does not fit', () => {
    expect(defectOf(() => fft(zeros([4])))).toContain('expected pairs (real, imaginary)')
    expect(defectOf(() => fft(zeros([0, 2])))).toContain('with n above 0')
    expect(defectOf(() => irfft(zeros([3, 2]), { length: 6 }))).toContain('those of 4 or 5 real numbers, got length 6')
  })
})
