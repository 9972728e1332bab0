import fc from 'fast-check'
import {
  add,
  arange,
  grad,
  jvp,
  mul,
  ravel,
  scalar,
  square,
  sum,
  type Tensor,
  tensor,
  toArray,
  toNumber,
  treeAdd,
  treeAxpy,
  treeDot,
  treeLeaves,
  treeMap,
  treeNorm,
  treeScale,
  treeZip,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { arbitraryTree, defectOf } from '../support/points.js'

interface Layer {
  readonly w: Tensor
  readonly b: Tensor
}

interface Network {
  readonly layers: readonly [Layer, Layer]
  readonly scale: Tensor
}

const network: Network = {
  layers: [
    { w: tensor([[1, 2]]), b: tensor([3]) },
    { w: tensor([[4]]), b: tensor([5]) },
  ],
  scale: scalar(6),
}

describe('trees', () => {
  it('may be tensors, records, tuples and arrays, declared by interfaces', () => {
    expect(treeLeaves(network).map(toArray)).toEqual([[[1, 2]], [3], [[4]], [5], 6])
    const doubled: Network = treeMap((t) => mul(2, t))(network)
    expect(toArray(doubled.layers[1].w)).toEqual([[8]])
    expect(toNumber(treeMap((t) => mul(2, t))(scalar(4)))).toBe(8)
    expect(treeLeaves([])).toEqual([])
    expect(treeLeaves({})).toEqual([])
    expect(treeLeaves(Object.assign(Object.create(null), { a: scalar(1) })).map(toArray)).toEqual([1])
  })

  it('tell the function the path of each leaf', () => {
    const paths = new Set<string>()
    treeMap((t, path) => {
      paths.add(path)
      return t
    })(network)
    expect([...paths]).toEqual(['.layers[0].w', '.layers[0].b', '.layers[1].w', '.layers[1].b', '.scale'])
  })

  it('match records by key, whatever the order of keys', () => {
    const a = { x: tensor([1]), y: tensor([2]) }
    const b = { y: tensor([20]), x: tensor([10]) }
    expect(toArray(treeAdd(a, b).x)).toEqual([11])
    expect(toArray(treeAdd(b, a).x)).toEqual([11])
    const [, tangent] = jvp(({ x, y }: { x: Tensor; y: Tensor }) => add(mul(2, x), y))(a, b)
    expect(toArray(tangent)).toEqual([40])
  })

  it('add, scale, multiply and measure', () => {
    const one = treeMap((t) => add(1, mul(0, t)))(network)
    expect(toNumber(treeDot(network, one))).toBe(21)
    expect(toNumber(treeNorm(network))).toBeCloseTo(Math.sqrt(1 + 4 + 9 + 16 + 25 + 36), 14)
    expect(toArray(treeAxpy(10, network, one).layers[0].w)).toEqual([[11, 21]])
    expect(toArray(treeScale(-1, network).scale)).toBe(-6)
    expect(toArray(treeZip((a, b) => mul(a, b))(network, network).layers[0].b)).toEqual([9])
  })
})

describe('ravel', () => {
  it('is undone by unravel, and keeps inner products', () => {
    fc.assert(
      fc.property(arbitraryTree, (tree) => {
        const [flat, unravel] = ravel(tree)
        const back = unravel(flat)
        expect(flat.rank).toBe(1)
        expect(flat.size).toBe(treeLeaves(tree).reduce((n, { size }) => n + size, 0))
        expect(treeLeaves(back).map(({ shape }) => shape)).toEqual(treeLeaves(tree).map(({ shape }) => shape))
        expectSameBits(back, tree)
        expectNear(treeDot(tree, back), sum(square(flat)), 1e-13)
        expectSameBits(ravel(back)[0], flat)
      }),
    )
  })

  it('keeps the order of leaves', () => {
    const [flat, unravel] = ravel(network)
    expect(toArray(flat)).toEqual([1, 2, 3, 4, 5, 6])
    expect(toArray(unravel(arange(6)).layers[0].w)).toEqual([[0, 1]])
    expect(defectOf(() => unravel(zeros([5])))).toMatchInlineSnapshot(
      `"ShapeMismatch: unravel: expected a vector of 6 entries, got shape [5]."`,
    )
  })

  it('differentiates', () => {
    const f = (p: Network): Tensor => sum(square(ravel(p)[0]))
    expect(toArray(grad(f)(network).layers[0].w)).toEqual([[2, 4]])
  })
})

describe('what is not a tree', () => {
  class Model {
    constructor(readonly w: Tensor) {}
  }

  it('is refused with its path', () => {
    const leaves = (tree: unknown): string => defectOf(() => treeLeaves(tree))
    expect(leaves({ a: [scalar(1), 2] })).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at .a[1], got the number 2. Wrap it: scalar(2)?"`,
    )
    expect(leaves({ a: { b: null } })).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at .a.b, got null. Keep what is no tensor outside of trees: close over it."`,
    )
    expect(leaves([undefined])).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at [0], got undefined. Is a name misspelled, or a return missing?"`,
    )
    expect(leaves({ model: new Model(scalar(1)) })).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at .model, got an instance of Model."`,
    )
    expect(leaves({ f: () => 1 })).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at .f, got a function. Transforms are curried: grad(f)(x)."`,
    )
    expect(leaves('text')).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at the root, got the string "text". Keep what is no tensor outside of trees: close over it."`,
    )
    expect(leaves({ when: new Date(0) })).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at .when, got an instance of Date."`,
    )
    expect(leaves({ raw: Float64Array.of(1) })).toMatchInlineSnapshot(
      `"NotATree: treeLeaves: expected a tensor or a nesting of records and arrays of tensors at .raw, got an instance of Float64Array. Make one of it with fromFloat64Array(Float64Array.from(…), shape)?"`,
    )
  })

  it('cannot be a parameter or a result of a transform', () => {
    expect(defectOf(() => grad((m: Model) => m.w)(new Model(scalar(1))))).toMatchInlineSnapshot(
      `"NotATree: grad: expected a tensor or a nesting of records and arrays of tensors at the root, got an instance of Model."`,
    )
    expect(defectOf(() => jvp((x: Tensor) => ({ x, n: 1 }))(scalar(1), scalar(1)))).toMatchInlineSnapshot(
      `"NotATree: jvp: expected a tensor or a nesting of records and arrays of tensors at .n, got the number 1. Wrap it: scalar(1)?"`,
    )
  })
})

describe('trees that differ', () => {
  it('are told apart with the path', () => {
    const against = (other: unknown): string => defectOf(() => treeDot<unknown>(network, other))
    expect(against({ ...network, scale: tensor([6]) })).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at .scale expected shape [], got [1]."`,
    )
    expect(against({ ...network, layers: [network.layers[0]] })).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at .layers expected an array of 2, got an array of 1."`,
    )
    expect(against({ ...network, layers: [network.layers[0], { w: tensor([[4]]) }] })).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at .layers[1] expected a record with the keys w, b, got a record with the keys w."`,
    )
    expect(
      against({ ...network, layers: [network.layers[0], { w: tensor([[4]]), bias: tensor([5]) }] }),
    ).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at .layers[1] expected a record with the keys w, b, got a record with the keys w, bias."`,
    )
    expect(against({ ...network, scale: 6 })).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at .scale expected a tensor [], got the number 6. Wrap it: scalar(6)?"`,
    )
    expect(against({ ...network, extra: scalar(1) })).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at the root expected a record with the keys layers, scale, got a record with the keys layers, scale, extra."`,
    )
    expect(against(scalar(1))).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at the root expected a record with the keys layers, scale, got a tensor []."`,
    )
    expect(defectOf(() => treeDot<unknown>(scalar(1), [scalar(1)]))).toMatchInlineSnapshot(
      `"StructureMismatch: treeDot: at the root expected a tensor [], got an array of 1."`,
    )
  })
})
