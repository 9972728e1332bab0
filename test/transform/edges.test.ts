import {
  add,
  broadcastTo,
  concat,
  cumsum,
  dot,
  exp,
  fromFloat64Array,
  gaussNewtonProduct,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  norm,
  ones,
  permute,
  prod,
  reshape,
  scalar,
  sin,
  softmax,
  square,
  squeeze,
  stopGradient,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  toArray,
  toNumber,
  transpose,
  treeLeaves,
  valueAndGrad,
  variance,
  vjp,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { alongBy, gradientBy } from '../support/differences.js'
import { expectNear } from '../support/near.js'
import { defectOf, sizeOf } from '../support/points.js'

const x3 = tensor([1, -2, 3])

describe('repeated arguments', () => {
  it('add up', () => {
    expect(toArray(grad((x: Tensor) => sum(mul(x, x)))(x3))).toEqual([2, -4, 6])
    expect(toArray(grad((x: Tensor) => dot(x, x))(x3))).toEqual([2, -4, 6])
    expect(toArray(hessian((x: Tensor) => dot(x, x))(x3))).toEqual([
      [2, 0, 0],
      [0, 2, 0],
      [0, 0, 2],
    ])
    expect(toArray(grad((x: Tensor) => sum(concat([x, x, square(x)])))(x3))).toEqual([4, -2, 8])
    const m = tensor([
      [1, 2],
      [3, 4],
    ])
    expectNear(
      grad((a: Tensor) => sum(matmul(a, a)))(m),
      gradientBy((a: Tensor) => sum(matmul(a, a)), m),
      1e-9,
    )
  })

  it('are separate variables of a tree, even when they are one tensor', () => {
    const gradient = grad(({ a, b }: { a: Tensor; b: Tensor }) => sum(mul(a, mul(b, b))))({ a: x3, b: x3 })
    expect(toArray(gradient.a)).toEqual([1, 4, 9])
    expect(toArray(gradient.b)).toEqual([2, 8, 18])
    const [, tangent] = jvp(([a, b]: readonly [Tensor, Tensor]) => mul(a, b))([x3, x3], [ones([3]), zeros([3])])
    expect(toArray(tangent)).toEqual([1, -2, 3])
  })

  it('leave no trace in a tensor that is also closed over', () => {
    expect(toArray(grad((x: Tensor) => sum(mul(x, x3)))(x3))).toEqual([1, -2, 3])
  })
})

describe('what f does not depend on', () => {
  it('has a zero gradient of the right shape', () => {
    const p = { used: x3, unused: ones([2, 0, 3]), nested: [scalar(1), ones([2])] as const }
    const gradient = grad(({ used }: typeof p) => sum(square(used)))(p)
    expect(treeLeaves(gradient).map(toArray)).toEqual([[2, -4, 6], [[], []], 0, [0, 0]])
    expect(treeLeaves(gradient).map(({ shape }) => shape)).toEqual([[3], [2, 0, 3], [], [2]])
    const product = hvp(({ used }: typeof p) => sum(square(used)))(p)
    expect(treeLeaves(product({ ...p, used: ones([3]) })).map(toArray)).toEqual([[2, 2, 2], [[], []], 0, [0, 0]])
  })

  it('may be everything', () => {
    const constant = (): Tensor => scalar(4)
    const [value, gradient] = valueAndGrad<Tensor, []>(constant)(x3)
    expect([toNumber(value), toArray(gradient)]).toEqual([4, [0, 0, 0]])
    expect(jvp<Tensor, [], Tensor>(constant)(x3, x3).map(toArray)).toEqual([4, 0])
    expect(toArray(vjp<Tensor, [], Tensor>(constant)(x3)[1](scalar(1)))).toEqual([0, 0, 0])
    expect(toArray(hvp<Tensor, []>(constant)(x3)(x3))).toEqual([0, 0, 0])
    expect(toArray(hessian<Tensor, []>(constant)(x3))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(toArray(jacrev<Tensor, [], Tensor>(() => ones([2]))(x3))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(toArray(vmap<[Tensor], Tensor>(() => scalar(7))(x3))).toEqual([7, 7, 7])
  })

  it('may be part of the result', () => {
    const f = (x: Tensor): { readonly a: Tensor; readonly b: readonly [Tensor, Tensor] } => ({ a: x, b: [x3, sum(x)] })
    const [y, tangent] = jvp(f)(x3, ones([3]))
    expect(treeLeaves(y).map(toArray)).toEqual([[1, -2, 3], [1, -2, 3], 2])
    expect(treeLeaves(tangent).map(toArray)).toEqual([[1, 1, 1], [0, 0, 0], 3])
    expect(toArray(vjp(f)(x3)[1]({ a: x3, b: [x3, scalar(10)] }))).toEqual([11, 8, 13])
  })

  it('includes what stopGradient holds', () => {
    expect(toArray(grad((x: Tensor) => sum(mul(x, stopGradient(x))))(x3))).toEqual([1, -2, 3])
    expectNear(
      hessian((x: Tensor) => sum(mul(square(x), stopGradient(x))))(x3),
      [
        [2, 0, 0],
        [0, -4, 0],
        [0, 0, 6],
      ],
      0,
    )
    expect(jvp(stopGradient)(x3, x3).map(toArray)).toEqual([
      [1, -2, 3],
      [0, 0, 0],
    ])
  })

  it('includes the identity function, which returns its input', () => {
    expect(toArray(jacrev((x: Tensor) => x)(x3))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect(toArray(grad((x: Tensor) => x)(scalar(3)))).toBe(1)
    expect(toArray(jacfwd((x: Tensor) => [x, x] as const)(scalar(3))[1])).toBe(1)
  })
})

describe('integer-like values', () => {
  it('are numbers like others', () => {
    expect(toArray(grad((x: Tensor) => sum(mul(x, tensor([1, 2, 3]))))(tensor([1, 2, 3])))).toEqual([1, 2, 3])
    expect(toArray(grad((x: Tensor) => sum(take(x, tensor([0, 2, 2]))))(x3))).toEqual([1, 0, 2])
  })

  it('may be numbers of JavaScript in operations', () => {
    expect(toArray(grad((x: Tensor) => sum(add(mul(2, x), sub(1, x))))(x3))).toEqual([1, 1, 1])
  })
})

describe('no entries', () => {
  const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    sum: (x) => sum(square(x)),
    prod: (x) => prod(x),
    norm: (x) => norm(x),
    'sum of rows': (x) => sum(sin(sum(x, { axes: [0] }))),
    product: (x) => sum(matmul(x, transpose(x))),
    concat: (x) => sum(concat([x, x, exp(x)])),
    cumsum: (x) => sum(cumsum(x)),
    reshape: (x) => sum(reshape(square(x), [0, 1])),
  }

  it.each(Object.entries(functions))('%s passes through every transform', (_, f) => {
    for (const shape of [[0], [0, 3], [3, 0], [2, 0, 1]]) {
      const p = zeros(shape)
      expect(grad(f)(p).shape).toEqual(shape)
      expect(toNumber(jvp(f)(p, p)[1])).toBe(0)
      expect(vjp(f)(p)[1](scalar(1)).shape).toEqual(shape)
      expect(toNumber(linearize(f)(p)[1](p))).toBe(0)
      expect(hvp(f)(p)(p).shape).toEqual(shape)
      expect(hessian(f)(p).shape).toEqual([...shape, ...shape])
      expect(jacfwd(f)(p).shape).toEqual(shape)
      expect(jacrev(f)(p).shape).toEqual(shape)
      expect(gaussNewtonProduct(square, (y: Tensor) => sum(y))(p)(p).shape).toEqual(shape)
      expect(vmap(f)(zeros([4, ...shape])).shape).toEqual([4])
      expect(vmap(grad(f))(zeros([4, ...shape])).shape).toEqual([4, ...shape])
    }
  })

  it('an empty batch has empty results', () => {
    expect(vmap((x: Tensor) => sum(square(x)))(zeros([0, 3])).shape).toEqual([0])
    expect(vmap(grad((x: Tensor) => sum(square(x))))(zeros([0, 3])).shape).toEqual([0, 3])
    expect(vmap((x: Tensor) => matmul(x, ones([3, 2])))(zeros([0, 4, 3])).shape).toEqual([0, 4, 2])
    expect(vmap((x: Tensor) => softmax(x))(zeros([0, 3])).shape).toEqual([0, 3])
  })

  it('an empty tree is a point of a space without directions', () => {
    expect(grad<Record<string, never>, []>(() => scalar(1))({})).toEqual({})
    expect(toArray(jvp<ReadonlyArray<Tensor>, [], Tensor>(() => scalar(1))([], [])[1])).toBe(0)
  })

  it('reductions of nothing have their neutral elements', () => {
    const nothing = zeros([0])
    expect([sum(nothing), prod(nothing), max(nothing), logSumExp(nothing), mean(nothing)].map(toNumber)).toEqual([
      0,
      1,
      -Infinity,
      -Infinity,
      Number.NaN,
    ])
  })
})

describe('axes of length 1', () => {
  it('broadcast and come back summed', () => {
    const f = (x: Tensor): Tensor => sum(mul(x, tensor([[1, 2, 3]])))
    expect(toArray(grad(f)(tensor([[10], [20]])))).toEqual([[6], [6]])
    expect(toArray(grad(f)(tensor([[10]])))).toEqual([[6]])
    expect(toArray(grad(f)(scalar(10)))).toBe(6)
    expect(toArray(hessian((x: Tensor) => sum(square(broadcastTo(x, [2, 3]))))(tensor([[1]])))).toEqual([[[[12]]]])
  })

  it('survive reductions, products and squeezing', () => {
    const x = tensor([[[2]]])
    const f = (t: Tensor): Tensor =>
      add(squeeze(matmul(t, t)), sum(mul(max(t, { axes: [1] }), variance(t, { axes: [0], keepAxes: true }))))
    expectNear(grad(f)(x), [[[4]]], 0)
    expectNear(hessian(f)(x), [[[[[[2]]]]]], 0)
  })
})

describe('rank 8', () => {
  const shape = [1, 2, 1, 2, 1, 2, 1, 2]
  const x = fromFloat64Array(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
    shape,
  )
  const f = (t: Tensor): Tensor =>
    sum(mul(sin(permute(t, [7, 6, 5, 4, 3, 2, 1, 0])), sum(square(t), { axes: [1, 4], keepAxes: true })))

  it('differentiates', () => {
    const v = sin(mul(3, x))
    expectNear(grad(f)(x), gradientBy(f, x), 1e-9)
    expectNear(hvp(f)(x)(v), alongBy(grad(f), x, v), 1e-8)
  })

  it('is the limit: a batch needs one axis more', () => {
    expect(vmap((t: Tensor) => sum(sin(t)))(x).shape).toEqual([1])
    expect(defectOf(() => vmap((t: Tensor) => zeros([...t.shape, 2, 2]))(x))).toContain('rank 9')
  })
})

describe('arguments that are not differentiated', () => {
  interface Options {
    readonly power: 'square' | 'identity'
    readonly weights: Tensor
  }

  const loss = (p: Tensor, { power, weights }: Options, shift: number, skip: boolean): Tensor =>
    skip ? scalar(0) : sum(mul(weights, add(shift, power === 'square' ? square(p) : p)))

  it('go to f as they are, through every transform', () => {
    const options: Options = { power: 'square', weights: tensor([1, 10, 100]) }
    expect(toArray(grad(loss)(x3, options, 5, false))).toEqual([2, -40, 600])
    expect(toArray(grad(loss)(x3, { ...options, power: 'identity' }, 5, false))).toEqual([1, 10, 100])
    expect(toArray(grad(loss)(x3, options, 5, true))).toEqual([0, 0, 0])
    expect(toNumber(valueAndGrad(loss)(x3, options, 5, false)[0])).toBe(1 + 40 + 900 + 555)
    expect(toArray(hvp(loss)(x3, options, 5, false)(ones([3])))).toEqual([2, 20, 200])
    expect(toNumber(jvp(loss)(x3, ones([3]), options, 5, false)[1])).toBe(562)
    expect(toArray(vjp(loss)(x3, options, 5, false)[1](scalar(1)))).toEqual([2, -40, 600])
    expect(toNumber(linearize(loss)(x3, options, 5, false)[1](ones([3])))).toBe(562)
    expect(toArray(jacrev(loss)(x3, options, 5, false))).toEqual([2, -40, 600])
    expect(toArray(jacfwd(loss)(x3, options, 5, false))).toEqual([2, -40, 600])
    expect(toArray(hessian(loss)(x3, options, 5, false))).toEqual([
      [2, 0, 0],
      [0, 20, 0],
      [0, 0, 200],
    ])
  })

  it('may be strings, functions and null', () => {
    const f = (x: Tensor, name: string, g: ((t: Tensor) => Tensor) | null): Tensor =>
      name === 'other' && g !== null ? g(x) : x
    expect(toNumber(grad(f)(scalar(2), 'other', square))).toBe(4)
    expect(toNumber(grad(f)(scalar(2), 'one', null))).toBe(1)
  })

  it('may be traced by a transform outside', () => {
    const outer = (w: Tensor): Tensor => sum(grad((x: Tensor, weights: Tensor) => sum(mul(weights, square(x))))(x3, w))
    expect(toArray(grad(outer)(ones([3])))).toEqual([2, -4, 6])
  })
})

describe('mistakes', () => {
  it('a gradient of what is not a scalar', () => {
    expect(defectOf(() => grad((x: Tensor) => square(x))(x3))).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got shape [3]. Reduce it with sum or mean, or use jacrev."`,
    )
    expect(defectOf(() => grad((x: Tensor) => reshape(sum(x), [1]))(x3))).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got shape [1]. Reduce it with sum or mean, or use jacrev."`,
    )
    expect(defectOf(() => hvp((x: Tensor) => square(x))(x3))).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got shape [3]. Reduce it with sum or mean, or use jacrev."`,
    )
    expect(defectOf(() => hessian((x: Tensor) => square(x))(x3))).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got shape [3]. Reduce it with sum or mean, or use jacrev."`,
    )
  })

  it('tangents and cotangents of another structure', () => {
    const p = { w: ones([2, 3]), b: ones([3]) }
    const f = ({ w, b }: typeof p): Tensor => add(sum(w, { axes: [0] }), b)
    expect(defectOf(() => jvp(f)(p, { w: ones([2, 3]), b: ones([2]) }))).toMatchInlineSnapshot(
      `"StructureMismatch: jvp: at .b expected shape [3], got [2]."`,
    )
    expect(defectOf(() => vjp(f)(p)[1](ones([2])))).toMatchInlineSnapshot(
      `"StructureMismatch: vjp: at the root expected shape [3], got [2]."`,
    )
    expect(defectOf(() => linearize(f)(p)[1]({ w: ones([3, 2]), b: ones([3]) }))).toMatchInlineSnapshot(
      `"StructureMismatch: linearize: at .w expected shape [2,3], got [3,2]."`,
    )
    const g = (q: typeof p): Tensor => sum(f(q))
    expect(defectOf(() => hvp(g)(p)({ w: ones([2, 3]), b: scalar(1) }))).toMatchInlineSnapshot(
      `"StructureMismatch: hvp: at .b expected shape [3], got []."`,
    )
  })

  it('results that are not trees of tensors', () => {
    expect(defectOf(() => vjp((x: Tensor) => ({ x, name: 'x' }))(x3))).toMatchInlineSnapshot(
      `"NotATree: vjp: expected a tensor or a nesting of records and arrays of tensors at .name, got the string "x". Keep what is no tensor outside of trees: close over it."`,
    )
    expect(defectOf(() => vmap((x: Tensor) => [x, null])(x3))).toMatchInlineSnapshot(
      `"NotATree: vmap: expected a tensor or a nesting of records and arrays of tensors at [1], got null. Keep what is no tensor outside of trees: close over it."`,
    )
    expect(defectOf(() => jvp((x: Tensor) => [x, undefined])(x3, x3))).toMatchInlineSnapshot(
      `"NotATree: jvp: expected a tensor or a nesting of records and arrays of tensors at [1], got undefined. Is a name misspelled, or a return missing?"`,
    )
  })

  it('shapes that disagree inside a transform, in the shapes that the user wrote', () => {
    const message = defectOf(() => matmul(ones([3, 4]), ones([5, 2])))
    expect(message).toMatchInlineSnapshot(
      `"ShapeMismatch: matmul: inner dimensions differ: [3,4] · [5,2] (4 ≠ 5). Transpose the second argument?"`,
    )
    expect(defectOf(() => grad((x: Tensor) => sum(matmul(x, ones([5, 2]))))(ones([3, 4])))).toBe(message)
    expect(defectOf(() => vmap((x: Tensor) => matmul(x, ones([5, 2])))(ones([7, 3, 4])))).toBe(message)
    expect(defectOf(() => vmap((x: Tensor) => add(x, ones([5])))(ones([7, 3])))).toContain('shapes [3] and [5]')
  })
})
