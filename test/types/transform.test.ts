import {
  add,
  explain,
  gaussNewtonProduct,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  type Key,
  linearize,
  matmul,
  type Outer,
  randomKey,
  ravel,
  scalar,
  sin,
  splitKey,
  square,
  sum,
  type Tensor,
  tensor,
  treeMap,
  treeZip,
  valueAndGrad,
  vjp,
  vmap,
} from 'gradus'
import { describe, expectTypeOf, it } from 'vitest'

interface Layer {
  readonly w: Tensor
  readonly b: Tensor
}

interface Model {
  readonly layers: readonly [Layer, Layer]
  readonly scale: Tensor
}

const layer: Layer = { w: tensor([[1]]), b: tensor([1]) }
const model: Model = { layers: [layer, layer], scale: scalar(2) }

const loss = (p: Model, x: Tensor, name: string): Tensor =>
  name === 'none' ? scalar(0) : sum(add(matmul(x, p.layers[0].w), p.scale))

const predict = (p: Model): { readonly y: Tensor; readonly parts: readonly [Tensor, Tensor] } => ({
  y: p.scale,
  parts: [p.layers[0].b, p.layers[1].b],
})

const x = tensor([[1]])

describe('types that users see', () => {
  it('a gradient has the type of the parameters, interfaces and tuples included', () => {
    expectTypeOf(grad(loss)).toEqualTypeOf<(p: Model, x: Tensor, name: string) => Model>()
    expectTypeOf(grad(loss)(model, x, 'sum').layers[1].w).toEqualTypeOf<Tensor>()
    expectTypeOf(valueAndGrad(loss)(model, x, 'sum')).toEqualTypeOf<readonly [Tensor, Model]>()
    expectTypeOf(hvp(loss)(model, x, 'sum')).toEqualTypeOf<(v: Model) => Model>()
  })

  it('further arguments are checked', () => {
    expectTypeOf(grad(loss)).parameters.toEqualTypeOf<[p: Model, x: Tensor, name: string]>()
    expectTypeOf(jvp(loss)).parameters.toEqualTypeOf<[p: Model, v: Model, x: Tensor, name: string]>()
    expectTypeOf(explain(loss)).toEqualTypeOf<(p: Model, x: Tensor, name: string) => string>()
  })

  it('a function with a result that is not a tensor has no gradient', () => {
    expectTypeOf(grad).parameter(0).not.toExtend<(p: Tensor) => number>()
    expectTypeOf<typeof predict>().not.toExtend<Parameters<typeof grad<Model, []>>[0]>()
  })

  it('operations are functions of tensors to transforms', () => {
    expectTypeOf(grad(sin)).returns.toEqualTypeOf<Tensor>()
    expectTypeOf(grad(grad(sin))(scalar(1))).toEqualTypeOf<Tensor>()
    expectTypeOf(vmap(square)(x)).toEqualTypeOf<Tensor>()
  })

  it('pushforwards and pullbacks go between the types of both sides', () => {
    type Y = ReturnType<typeof predict>
    expectTypeOf(jvp(predict)(model, model)).toEqualTypeOf<readonly [Y, Y]>()
    expectTypeOf(vjp(predict)(model)).toEqualTypeOf<readonly [Y, (yBar: Y) => Model]>()
    expectTypeOf(linearize(predict)(model)).toEqualTypeOf<readonly [Y, (v: Model) => Y]>()
    expectTypeOf(gaussNewtonProduct(predict, ({ y }: Y) => y)(model)).toEqualTypeOf<(v: Model) => Model>()
  })

  it('Jacobians and Hessians are trees of trees', () => {
    expectTypeOf(jacrev(predict)(model).parts[0].layers[1].w).toEqualTypeOf<Tensor>()
    expectTypeOf(jacfwd(predict)(model).y.scale).toEqualTypeOf<Tensor>()
    expectTypeOf(hessian(loss)(model, x, 'sum').scale.layers[0].b).toEqualTypeOf<Tensor>()
    expectTypeOf<Outer<Tensor, Model>>().toEqualTypeOf<Model>()
  })

  it('trees keep their type', () => {
    expectTypeOf(treeMap((t) => t)(model)).toEqualTypeOf<Model>()
    expectTypeOf(treeZip(add)(model, model)).toEqualTypeOf<Model>()
    expectTypeOf(ravel(model)).toEqualTypeOf<readonly [Tensor, (flat: Tensor) => Model]>()
  })

  it('batches keep arguments and results', () => {
    const f = (p: Model, at: Tensor): { readonly out: Tensor } => ({ out: matmul(p.layers[0].w, at) })
    expectTypeOf(vmap(f, { in: [null, 0] })).toEqualTypeOf<(p: Model, at: Tensor) => { readonly out: Tensor }>()
  })

  it('keys are not numbers, and cannot be written to', () => {
    expectTypeOf<number>().not.toExtend<Key>()
    expectTypeOf(splitKey(randomKey(1))).toEqualTypeOf<readonly [Key, Key]>()
    expectTypeOf(splitKey(randomKey(1), 3)).toEqualTypeOf<readonly [Key, Key, Key]>()
    expectTypeOf(splitKey(randomKey(1), Math.abs(3))).toEqualTypeOf<ReadonlyArray<Key>>()
    expectTypeOf<Key['words']>().toEqualTypeOf<readonly [number, number]>()
    expectTypeOf(x.shape).toEqualTypeOf<ReadonlyArray<number>>()
  })
})
