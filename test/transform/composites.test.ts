import {
  add,
  atan2,
  concat,
  cos,
  cumsum,
  div,
  dot,
  einsum,
  erf,
  exp,
  gaussNewtonProduct,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  norm,
  normal,
  outer,
  pow,
  prod,
  randomKey,
  ravel,
  sigmoid,
  sin,
  slice,
  softplus,
  splitKey,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  toNumber,
  transpose,
  treeDot,
  treeMap,
  valueAndGrad,
  variance,
  vjp,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { alongBy, gradientBy } from '../support/differences.js'
import { expectNear, expectSameBits } from '../support/near.js'

type Tree = Readonly<Record<string, Tensor>>

interface Composite {
  readonly f: (p: Tree) => Tensor
  readonly at: Tree
}

const drawn = (seed: number, shapes: Readonly<Record<string, ReadonlyArray<number>>>): Tree => {
  const keys = splitKey(randomKey(seed), Object.keys(shapes).length)
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, mul(0.6, normal(keys[i] ?? randomKey(seed), shape))]),
  )
}

const need = (p: Tree, name: string): Tensor => p[name] ?? tensor([])

const inputs = normal(randomKey(101), [7, 3])
const classes = tensor([0, 2, 1, 1, 0, 2, 2])
const targets = normal(randomKey(102), [7])

const crossEntropy = (logits: Tensor): Tensor =>
  neg(mean(mul(logSoftmax(logits), tensor([0, 2, 1, 1, 0, 2, 2].map((k) => [0, 1, 2].map((j) => (j === k ? 1 : 0)))))))

const network = (p: Tree): Tensor =>
  add(matmul(tanh(add(matmul(inputs, need(p, 'w1')), need(p, 'b1'))), need(p, 'w2')), need(p, 'b2'))

const composites: Readonly<Record<string, Composite>> = {
  'a network with cross-entropy': {
    f: (p) => crossEntropy(network(p)),
    at: drawn(1, { w1: [3, 4], b1: [4], w2: [4, 3], b2: [3] }),
  },
  'a network with weight decay and square loss': {
    f: (p) => add(mean(square(sub(sum(network(p), { axes: [1] }), targets))), mul(0.01, treeDot(p, p))),
    at: drawn(2, { w1: [3, 4], b1: [4], w2: [4, 3], b2: [3] }),
  },
  'logistic regression': {
    f: (p) => mean(softplus(neg(mul(sub(mul(2, classes), 1), add(matmul(inputs, need(p, 'w')), need(p, 'c')))))),
    at: drawn(3, { w: [3], c: [] }),
  },
  'a normal log-likelihood': {
    f: (p) => add(mul(7, need(p, 's')), sum(mul(0.5, square(mul(sub(targets, need(p, 'm')), exp(neg(need(p, 's')))))))),
    at: drawn(4, { m: [], s: [] }),
  },
  'a Rayleigh quotient': {
    f: (p) => {
      const x = need(p, 'x')
      return div(dot(x, matmul(transpose(inputs), matmul(inputs, x))), dot(x, x))
    },
    at: { x: tensor([1.1, -0.7, 0.4]) },
  },
  'a soft minimum of distances': {
    f: (p) => neg(logSumExp(neg(norm(sub(inputs, need(p, 'x')), { axes: [1] })))),
    at: { x: tensor([2.5, -0.7, 0.4]) },
  },
  'a quartic form by einsum': {
    f: (p) => einsum('ij,jk,kl,li->', need(p, 'a'), need(p, 'b'), need(p, 'a'), need(p, 'b')),
    at: drawn(5, { a: [2, 3], b: [3, 2] }),
  },
  'products and variances': {
    f: (p) => add(prod(add(1, square(need(p, 'x')))), variance(mul(need(p, 'x'), need(p, 'y')), { correction: 1 })),
    at: drawn(6, { x: [4], y: [4] }),
  },
  'the energy of a path': {
    f: (p) => {
      const path = cumsum(need(p, 'steps'), { axis: 0 })
      const [head, tail] = [slice(path, [0, 0], [3, 2]), slice(path, [1, 0], [4, 2])]
      return sum(sqrt(add(0.1, sum(square(sub(tail, head)), { axes: [1] }))))
    },
    at: drawn(7, { steps: [4, 2] }),
  },
  embeddings: {
    f: (p) => {
      const rows = take(need(p, 'table'), tensor([0, 2, 2, 1]))
      return logSumExp(matmul(rows, transpose(rows)))
    },
    at: drawn(8, { table: [3, 2] }),
  },
  'a normalized batch': {
    f: (p) => {
      const x = matmul(inputs, need(p, 'w'))
      const centred = sub(x, mean(x, { axes: [0], keepAxes: true }))
      const scaled = div(centred, sqrt(add(0.01, variance(x, { axes: [0], keepAxes: true }))))
      return sum(mul(erf(add(mul(scaled, need(p, 'gamma')), need(p, 'beta'))), normal(randomKey(9), [7, 2])))
    },
    at: drawn(9, { w: [3, 2], gamma: [2], beta: [2] }),
  },
  'powers and angles': {
    f: (p) => sum(mul(pow(add(1, square(need(p, 'x'))), need(p, 'y')), atan2(need(p, 'y'), add(2, sin(need(p, 'x')))))),
    at: drawn(10, { x: [3], y: [3] }),
  },
  'outer products and gates': {
    f: (p) => {
      const a = outer(sigmoid(need(p, 'x')), cos(need(p, 'y')))
      return sum(log(add(1, square(matmul(a, transpose(a))))))
    },
    at: drawn(11, { x: [3], y: [2] }),
  },
}

describe.each(Object.entries(composites))('%s', (_, { f, at }) => {
  const direction = treeMap((leaf) => normal(randomKey(50 + leaf.size), leaf.shape))(at)
  const other = treeMap((leaf) => normal(randomKey(90 + leaf.size), leaf.shape))(at)
  // Differences over steps of 0.05 and less agree to about 10⁻¹⁰ of the largest value.
  const step = 0.05

  it('has the gradient that differences find', () => {
    expectNear(grad(f)(at), gradientBy(f, at, step), 1e-9)
    const [value, gradient] = valueAndGrad(f)(at)
    expectSameBits(value, f(at))
    expectSameBits(gradient, grad(f)(at))
  })

  it('has the directional derivative that differences find, in either mode', () => {
    const [value, slope] = jvp(f)(at, direction)
    expectSameBits(value, f(at))
    expectNear(slope, alongBy(f, at, direction, step), 1e-9)
    const [, pullback] = vjp(f)(at)
    expectNear(treeDot(pullback(tensor(1)), direction), slope, 1e-12)
  })

  it('has the second derivatives that differences of gradients find', () => {
    expectNear(hvp(f)(at)(direction), alongBy(grad(f), at, direction, step), 1e-8)
  })

  it('has products that are symmetric and linear', () => {
    const product = hvp(f)(at)
    expectNear(treeDot(other, product(direction)), treeDot(direction, product(other)), 1e-11)
    const both = product(treeMap((leaf, path) => add(leaf, mul(2, leafAt(other, path))))(direction))
    expectNear(
      both,
      treeMap((leaf, path) => add(leaf, mul(2, leafAt(product(other), path))))(product(direction)),
      1e-11,
    )
  })

  it('has the same Hessian in every composition of modes', () => {
    const [flat, unravel] = ravel(at)
    const g = (x: Tensor): Tensor => f(unravel(x))
    const h = hessian(g)(flat)
    for (const other of [
      jacfwd(grad(g))(flat),
      jacrev(grad(g))(flat),
      jacfwd(jacrev(g))(flat),
      jacrev(jacfwd(g))(flat),
      jacfwd(jacfwd(g))(flat),
      transpose(h),
    ])
      expectNear(other, h, 1e-11)
    expectNear(matmul(h, ravel(direction)[0]), ravel(hvp(f)(at)(direction))[0], 1e-11)
    // Third order: the derivative of v ᵀ∇²f v along v, against differences of products.
    const curvature = (p: Tree): Tensor => treeDot(direction, hvp(f)(p)(direction))
    expectNear(jvp(curvature)(at, direction)[1], alongBy(curvature, at, direction, step), 1e-7)
    expectNear(treeDot(grad(curvature)(at), direction), jvp(curvature)(at, direction)[1], 1e-10)
  })
})

const leafAt = (p: Tree, path: string): Tensor => need(p, path.slice(1))

describe('the Gauss-Newton matrix', () => {
  const at = drawn(21, { w1: [3, 4], b1: [4], w2: [4, 3], b2: [3] })
  const v = drawn(22, { w1: [3, 4], b1: [4], w2: [4, 3], b2: [3] })
  const u = drawn(23, { w1: [3, 4], b1: [4], w2: [4, 3], b2: [3] })
  const product = gaussNewtonProduct(network, crossEntropy)(at)

  it('is Jᵀ H J', () => {
    const [flat, unravel] = ravel(at)
    const model = (x: Tensor): Tensor => ravel(network(unravel(x)))[0]
    const j = jacrev(model)(flat)
    const y = network(at)
    const h = hessian((z: Tensor) => crossEntropy(ravel(y)[1](z)))(ravel(y)[0])
    const matrix = matmul(transpose(j), matmul(h, j))
    expectNear(ravel(product(v))[0], matmul(matrix, ravel(v)[0]), 1e-12)
  })

  it('is symmetric and, for a convex loss, positive semidefinite', () => {
    expectNear(treeDot(u, product(v)), treeDot(v, product(u)), 1e-13)
    for (const w of [u, v]) expect(toNumber(treeDot(w, product(w)))).toBeGreaterThan(0)
  })

  it('is the Hessian where the model is linear, and where the loss has no slope', () => {
    const linear = (p: Tree): Tensor => matmul(inputs, need(p, 'w'))
    const weights = drawn(24, { w: [3, 3] })
    const along = drawn(25, { w: [3, 3] })
    expectNear(
      gaussNewtonProduct(linear, crossEntropy)(weights)(along),
      hvp((p: Tree) => crossEntropy(linear(p)))(weights)(along),
      1e-13,
    )
    const y = network(at)
    const loss = (z: Tensor): Tensor => sum(square(sub(z, y)))
    expectNear(gaussNewtonProduct(network, loss)(at)(v), hvp((p: Tree) => loss(network(p)))(at)(v), 1e-12)
  })

  it('takes models with trees as results, and arguments for both', () => {
    const model = (x: Tensor, factor: number): { readonly a: Tensor; readonly b: Tensor } => ({
      a: mul(factor, square(x)),
      b: concat([x, x]),
    })
    const loss = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }, factor: number): Tensor =>
      add(mul(factor, sum(square(a))), sum(square(b)))
    // J = [2·3x; 1; 1], ∇²loss = diag(2·3, 2, 2).
    expectNear(gaussNewtonProduct(model, loss)(tensor([2]), 3)(tensor([1])), [144 * 6 + 4], 1e-15)
  })
})
