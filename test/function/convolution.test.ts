/** Laws of convolutions: bilinear, adjoint to their transposes, equivariant under translation; and a network of them. */
import fc from 'fast-check'
import {
  add,
  type ConvolutionOptions,
  compile,
  conv1d,
  conv2d,
  convolve,
  convolveTransposed,
  explainCompilation,
  gather,
  grad,
  hvp,
  jvp,
  logSoftmax,
  matmul,
  maxPool,
  mean,
  mul,
  neg,
  normal,
  pad,
  randomKey,
  relu,
  reshape,
  slice,
  splitKey,
  sum,
  type Tensor,
  tensor,
  toNumber,
  treeAxpy,
  treeDot,
  vjp,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { throughEngines } from '../program/engines.js'
import { expectNear } from '../support/near.js'
import { arbitraryTensor, defectOf } from '../support/points.js'

interface Case {
  readonly x: Tensor
  readonly kernel: Tensor
  readonly options: ConvolutionOptions
}

const axis = fc.record({
  window: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  before: fc.integer({ min: 0, max: 2 }),
  after: fc.integer({ min: 0, max: 2 }),
  more: fc.integer({ min: 0, max: 3 }),
})

/** Any convolution in one to three dimensions whose window fits. */
const arbitraryCase: fc.Arbitrary<Case> = fc
  .record({
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
    channels: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    batch: fc.integer({ min: 0, max: 2 }),
    named: fc.constantFrom('same', 'pairs'),
  })
  .chain(({ axes, groups, channels: [inner, outer], batch, named }) => {
    const reach = axes.map(({ window, dilation }) => (window - 1) * dilation + 1)
    const space = axes.map(({ before, after, more }, i) => Math.max(1, (reach[i] ?? 1) - before - after + more))
    const options: ConvolutionOptions = {
      groups,
      strides: axes.map(({ stride }) => stride),
      dilation: axes.map(({ dilation }) => dilation),
      padding: named === 'same' ? 'same' : axes.map(({ before, after }) => [before, after] as const),
    }
    return fc.record({
      x: arbitraryTensor([batch, inner * groups, ...space]),
      kernel: arbitraryTensor([outer * groups, inner, ...axes.map(({ window }) => window)]),
      options: fc.constant(options),
    })
  })

const like = (t: Tensor, seed: number): Tensor => normal(randomKey(seed), t.shape)

const dotted = (a: Tensor, b: Tensor): number => toNumber(sum(mul(a, b)))

describe('convolution', () => {
  it('is linear in the input and in the kernel', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.nat(), ({ x, kernel, options }, seed) => {
        const [x2, kernel2] = [like(x, seed), like(kernel, seed + 1)]
        const y = convolve(x, kernel, options)
        expectNear(convolve(add(mul(3, x), x2), kernel, options), add(mul(3, y), convolve(x2, kernel, options)), 1e-11)
        expectNear(
          convolve(x, add(mul(3, kernel), kernel2), options),
          add(mul(3, y), convolve(x, kernel2, options)),
          1e-11,
        )
      }),
    )
  })

  it('has the transposed convolution as its adjoint: ⟨conv(x, k), y⟩ = ⟨x, convᵀ(y, k)⟩', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.nat(), ({ x, kernel, options }, seed) => {
        const image = convolve(x, kernel, options)
        const y = like(image, seed)
        const back = convolveTransposed(y, kernel, { ...options, lengths: x.shape.slice(2) })
        expect(back.shape).toEqual(x.shape)
        expectNear(dotted(image, y), dotted(x, back), 1e-11)
        expectNear(vjp((t: Tensor) => convolve(t, kernel, options))(x)[1](y), back, 1e-11)
      }),
    )
  })

  it('moves with its input', () => {
    fc.assert(
      fc.property(
        arbitraryTensor([2, 2, 7]),
        arbitraryTensor([2, 2, 3]),
        fc.integer({ min: 0, max: 3 }),
        (x, k, by) => {
          const later = pad(x, [
            [0, 0],
            [0, 0],
            [by, 0],
          ])
          const places = conv1d(x, k)
          expectNear(slice(conv1d(later, k), [0, 0, by], [2, 2, by + 5]), places, 0)
        },
      ),
    )
  })

  it('with input dilation is the convolution of the entries with zeros between them', () => {
    const x = tensor([[[1, 2, 3]]])
    expectNear(
      conv1d(x, tensor([[[1, 10]]]), { inputDilation: 2 }),
      conv1d(tensor([[[1, 0, 2, 0, 3]]]), tensor([[[1, 10]]])),
      0,
    )
  })

  it('mapped over kernels and over inputs is a convolution of each', () => {
    const x = like(zeros([3, 1, 2, 5, 4]), 1)
    const k = like(zeros([3, 2, 2, 2, 3]), 2)
    const f = (a: Tensor, b: Tensor): Tensor => conv2d(a, b, { padding: 'same' })
    const at = (t: Tensor, i: number): Tensor =>
      reshape(slice(t, [i, 0, 0, 0, 0], [i + 1, ...t.shape.slice(1)]), t.shape.slice(1))
    const mapped = vmap(f)(x, k)
    for (const i of [0, 1, 2]) expectNear(at(mapped, i), f(at(x, i), at(k, i)), 1e-13)
    expectNear(at(vmap(f, { in: [null, 0] })(at(x, 0), k), 1), f(at(x, 0), at(k, 1)), 1e-13)
  })

  it('is the same in every engine that runs a program', () => {
    const f = (x: Tensor, k: Tensor): Tensor =>
      conv2d(x, k, {
        padding: [
          [1, 0],
          [2, 1],
        ],
        strides: [1, 2],
        dilation: 2,
      })
    const g = (x: Tensor, k: Tensor): Tensor => grad((t: Tensor) => sum(mul(f(t, k), f(t, k))))(x)
    const [x, k] = [like(zeros([2, 2, 7, 7]), 5), like(zeros([2, 2, 7, 7]), 6)]
    const small = (t: Tensor): Tensor => slice(t, [0, 0, 0, 0], [2, 2, 2, 3])
    for (const h of [f, g])
      for (const { engine, result } of throughEngines((a, b) => h(a, small(b)), x, k))
        expectNear({ [engine]: result }, { [engine]: h(x, small(k)) }, 1e-13)
  })

  it('compiles to moves and a product alone', () => {
    const k = like(zeros([4, 2, 3, 3]), 2)
    const f = (x: Tensor): Tensor => sum(conv2d(x, k, { padding: 'same' }))
    const told = explainCompilation(f)(like(zeros([4, 2, 16, 16]), 1))
    expect(told).toContain('1 matrix product, 0 operations without a kernel')
  })

  it('says what does not fit', () => {
    const x = zeros([1, 2, 5, 5])
    const told = (kernel: ReadonlyArray<number>, options?: ConvolutionOptions): string =>
      defectOf(() => conv2d(x, zeros(kernel), options))
    expect(told([1, 3, 2, 2])).toContain('takes 3 channels, the input [1,2,5,5] has 2')
    expect(told([1, 2, 6, 2])).toContain('do not fit into [5,5]')
    expect(told([1, 2, 2, 2], { strides: 0 })).toContain('expected strides of 2 positive integers')
    expect(told([3, 1, 2, 2], { groups: 2 })).toContain('groups that divide the 3 channels')
    expect(told([1, 2, 2, 2], { padding: [[1, 1]] })).toContain('2 pairs of non-negative integers')
    expect(defectOf(() => conv1d(x, zeros([1, 2, 2, 2])))).toContain('of rank 3')
    expect(
      defectOf(() => convolveTransposed(zeros([1, 1, 3]), zeros([1, 1, 2]), { strides: 2, lengths: [9] })),
    ).toContain('of [9] entries has [4] places, the input has [3]')
  })
})

interface Parameters {
  readonly filters: Tensor
  readonly bias: Tensor
  readonly weights: Tensor
}

describe('a small convolutional classifier', () => {
  const [a, b, c] = splitKey(randomKey(7), 3)
  const images = normal(a, [6, 1, 8, 8])
  const labels = tensor([0, 1, 2, 0, 1, 2])
  const p: Parameters = {
    filters: mul(0.5, normal(b, [3, 1, 3, 3])),
    bias: tensor([[[0.1]], [[-0.2]], [[0.3]]]),
    weights: mul(0.3, normal(c, [27, 3])),
  }
  const v: Parameters = { filters: like(p.filters, 11), bias: like(p.bias, 12), weights: like(p.weights, 13) }
  const loss = ({ filters, bias, weights }: Parameters): Tensor => {
    const hidden = maxPool(relu(add(conv2d(images, filters), bias)), [2, 2])
    const scores = logSoftmax(matmul(reshape(hidden, [6, 27]), weights))
    return neg(mean(gather(scores, reshape(labels, [6, 1]), { axis: 1 })))
  }

  it('has a Hessian-vector product that equals differences of gradients', () => {
    // Between two kinks the loss is smooth; central differences of step 1e-5 leave h² and rounding, 1e-10 · |g| / h.
    const h = 1e-5
    const [ahead, behind] = [grad(loss)(treeAxpy(h, v, p)), grad(loss)(treeAxpy(-h, v, p))]
    const difference = treeAxpy(-1, behind, ahead)
    const product = hvp(loss)(p)(v)
    const scaled = (t: Tensor): Tensor => mul(t, 1 / (2 * h))
    expectNear(product.filters, scaled(difference.filters), 1e-7)
    expectNear(product.bias, scaled(difference.bias), 1e-7)
    expectNear(product.weights, scaled(difference.weights), 1e-7)
    expectNear(toNumber(treeDot(p, product)), toNumber(treeDot(v, hvp(loss)(p)(p))), 1e-13)
  })

  it('compiled has the loss, gradient and Hessian-vector product of eager calls', () => {
    const gradient = compile(grad(loss))
    const product = compile((q: Parameters, u: Parameters): Parameters => jvp(grad(loss))(q, u)[1])
    expectNear(compile(loss)(p), loss(p), 1e-13)
    for (const q of [p, v]) {
      expectNear(gradient(q), grad(loss)(q), 1e-12)
      expectNear(product(q, p), hvp(loss)(q)(p), 1e-12)
    }
  })
})
