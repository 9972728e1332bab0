import {
  add,
  compile,
  cos,
  custom,
  exp,
  explain,
  fromFloat64Array,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearMaps,
  matmul,
  mul,
  neg,
  scalar,
  sin,
  square,
  stage,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  transpose,
  vjp,
  vmap,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

const x = tensor([0.3, -1.1, 2])

/** A black box with a linear map; operations with one; operations with a pair. */
const sines: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'numbers, linear map': custom({
    name: 'sine',
    value: (t: Tensor) => fromFloat64Array(toFloat64Array(t).map(Math.sin), t.shape),
    like: (t: Tensor) => t,
    differential: ([t]) => [linearMaps.scale(cos(t))],
  }),
  'operations, linear map': custom({
    name: 'sine',
    value: (t: Tensor) => sin(t),
    differential: ([t]) => [linearMaps.compose(linearMaps.negate, linearMaps.scale(neg(cos(t))))],
  }),
  'operations, pair': custom({
    name: 'sine',
    value: (t: Tensor) => sin(t),
    differential: ([t]) => ({ apply: ([v]) => mul(cos(t), v), transpose: (u) => [mul(cos(t), u)] as [Tensor] }),
  }),
}

describe.each(Object.entries(sines))('custom of %s', (_, f) => {
  const loss = (g: (t: Tensor) => Tensor) => (t: Tensor) => sum(mul(t, square(g(t))))

  it('has the derivatives that it was given, to any order', () => {
    expectNear(f(x), sin(x), 1e-15)
    expectNear(grad(loss(f))(x), grad(loss(sin))(x), 1e-14)
    expectNear(jvp(f)(x, x), jvp((t: Tensor) => sin(t))(x, x), 1e-14)
    expectNear(hvp(loss(f))(x)(x), hvp(loss(sin))(x)(x), 1e-14)
    expectNear(hessian(loss(f))(x), hessian(loss(sin))(x), 1e-14)
    expectNear(jacfwd(f)(x), jacfwd((t: Tensor) => sin(t))(x), 1e-14)
    expectNear(jacrev(f)(x), jacfwd((t: Tensor) => sin(t))(x), 1e-14)
    expectNear(grad(grad(grad(f)))(scalar(0.4)), -Math.cos(0.4), 1e-14)
    expectNear(jvp((t: Tensor) => jvp(f)(t, scalar(1))[1])(scalar(0.4), scalar(1))[1], -Math.sin(0.4), 1e-14)
  })

  it('stages, compiles and batches', () => {
    expectNear(compile(grad(loss(f)))(x), grad(loss(sin))(x), 1e-14)
    expectNear(compile(hvp(loss(f)))(x)(x), hvp(loss(sin))(x)(x), 1e-14)
    const rows = tensor([
      [0.3, -1.1, 2],
      [1, 2, 3],
    ])
    expectNear(vmap(f)(rows), sin(rows), 1e-15)
    expectNear(vmap(grad(loss(f)))(rows), vmap(grad(loss(sin)))(rows), 1e-14)
    expectNear(
      grad((t: Tensor) => sum(square(vmap(f)(t))))(rows),
      grad((t: Tensor) => sum(square(sin(t))))(rows),
      1e-14,
    )
    expectNear(compile(vmap(grad(loss(f))))(rows), vmap(grad(loss(sin)))(rows), 1e-14)
  })
})

describe('custom', () => {
  const product = custom({
    name: 'bilinear',
    value: (a: Tensor, { b }: { readonly b: Tensor }) => [matmul(a, b), sum(a)] as const,
    differential: ([a, { b }]) => ({
      apply: ([da, { b: db }]) => [add(matmul(da, b), matmul(a, db)), sum(da)] as const,
      transpose: ([u, s]) =>
        [add(matmul(u, transpose(b)), mul(s, add(1, mul(0, a)))), { b: matmul(transpose(a), u) }] as [
          Tensor,
          { readonly b: Tensor },
        ],
    }),
  })
  const a = tensor([
    [1, 2],
    [3, 4],
  ])
  const b = tensor([
    [0.5, -1],
    [2, 0.25],
  ])
  const through = (f: typeof product) => (p: { readonly a: Tensor; readonly b: Tensor }) => {
    const [c, s] = f(p.a, { b: p.b })
    return add(sum(square(c)), square(s))
  }
  const plain = through((p, { b: q }) => [matmul(p, q), sum(p)])

  it('takes trees, several arguments and several results', () => {
    expectNear(grad(through(product))({ a, b }), grad(plain)({ a, b }), 1e-14)
    expectNear(hvp(through(product))({ a, b })({ a: b, b: a }), hvp(plain)({ a, b })({ a: b, b: a }), 1e-14)
    expectNear(compile(grad(through(product)))({ a, b }), grad(plain)({ a, b }), 1e-14)
    const onlyB = (f: typeof plain) => (q: Tensor) => f({ a, b: q })
    expectNear(grad(onlyB(through(product)))(b), grad(onlyB(plain))(b), 1e-14)
    const batch = tensor([
      toArray(b) as ReadonlyArray<ReadonlyArray<number>>,
      toArray(a) as ReadonlyArray<ReadonlyArray<number>>,
    ])
    expectNear(vmap(grad(onlyB(through(product))))(batch), vmap(grad(onlyB(plain)))(batch), 1e-14)
    const sharedA = (f: typeof plain) => (p: Tensor) => sum(vmap((q: Tensor) => f({ a: p, b: q }))(batch))
    expectNear(grad(sharedA(through(product)))(a), grad(sharedA(plain))(a), 1e-14)
    expectNear(hessian(sharedA(through(product)))(a), hessian(sharedA(plain))(a), 1e-14)
  })

  it('is believed, right or wrong', () => {
    const wrong = custom({ name: 'wrong', value: (t: Tensor) => exp(t), differential: () => [linearMaps.identity] })
    expect(toNumber(grad(wrong)(scalar(3)))).toBe(1)
  })

  it('gives a second derivative of 0 where the differential is a constant, and rounds without one', () => {
    // A straight-through estimator.
    const round = custom({
      name: 'round',
      value: (t: Tensor) => fromFloat64Array(toFloat64Array(t).map(Math.round), t.shape),
      like: (t: Tensor) => t,
      differential: () => [linearMaps.identity],
    })
    expect(toArray(grad((t: Tensor) => sum(square(round(t))))(tensor([0.4, 1.6])))).toEqual([0, 4])
    expect(toNumber(grad(grad(round))(scalar(1.2)))).toBe(0)
  })

  it('is shown by name', () => {
    const sine = sines['operations, pair'] ?? sin
    expect(explain(sine)(scalar(1))).toMatch(/custom sine\(/)
    expect(stage(sine)(scalar(1)).instructions.map(({ operation }) => operation.name)).toContain('custom sine')
  })

  it('says what is missing', () => {
    const opaque = custom({
      name: 'opaque',
      value: (t: Tensor) => scalar(toNumber(t)),
      differential: () => [linearMaps.identity],
    })
    expect(toNumber(opaque(scalar(2)))).toBe(2)
    expect(() => stage(opaque)(scalar(2))).toThrow(/custom opaque: .* give `like`/)
    const short = custom({
      name: 'short',
      value: (s: Tensor, t: Tensor) => add(s, t),
      differential: () => [linearMaps.identity],
    })
    expect(() => grad((t: Tensor) => short(t, t))(scalar(1))).toThrow(/one linear map for each of 2 tensors, got 1/)
    const closing = (w: Tensor): Tensor =>
      custom({ name: 'closing', value: (t: Tensor) => mul(w, t), differential: () => [linearMaps.scale(w)] })(w)
    expect(() => grad(closing)(scalar(2))).toThrow(/closing: the value reads a tensor of an enclosing transform/)
    const bent = custom({ name: 'bent', value: (t: Tensor) => sum(t), differential: () => [linearMaps.identity] })
    expect(() => vjp(bent)(x)[1](scalar(1))).toThrow(/custom bent: a linear map gives \[\], expected \[3\]/)
  })
})
