/** Blocks of operators are blocks of their matrices. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { ravel, slice, type Tensor, tensor, toFloat64Array, treeMap, zeros } from 'gradus'
import {
  blockDiagonal,
  hessianOperator,
  leavesAt,
  type Part,
  restrictOperator,
  restrictToPaths,
} from 'gradus/curvature'
import { check, operatorLaws } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { cases, inputs, type Layer, type Net, outputsOf } from './models.js'

const [net] = cases.filter(({ name }) => name === 'net, categorical')

const whole = (p: Net): Tensor => net?.loss(outputsOf(inputs)(p)) ?? zeros([])
const at: Net = net?.at ?? []
const hessian = hessianOperator(whole)(at)
const matrix = hessian.matrix()

/** Layer 0 has the entries 0 … 7, six of them weights; layer 1 the entries 8 … 16. */
const block = (from: number, to: number): Tensor => slice(matrix, [from, from], [to, to])

const rowsOf = (m: Tensor): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: m.shape[0] ?? 0 }, (_, i) => [...toFloat64Array(slice(m, [i, 0], [i + 1, m.shape[1] ?? 0]))])

const layerLens = (i: number): Part<Net, Layer> => ({
  get: (p) => p[i] ?? { weights: zeros([0]), bias: zeros([0]) },
  set: (layer) => (p) => p.map((old, j) => (i === j ? layer : old)),
})

const bias: Part<Layer, Tensor> = { get: (layer) => layer.bias, set: (b) => (layer) => ({ ...layer, bias: b }) }

const composed = <A, B, C>(outer: Part<A, B>, inner: Part<B, C>): Part<A, C> => ({
  get: (a) => inner.get(outer.get(a)),
  set: (c) => (a) => outer.set(inner.set(c)(outer.get(a)))(a),
})

describe('restrictOperator', () => {
  it('is a block of the matrix', () => {
    const first = restrictOperator(layerLens(0))(hessian)
    expect(first.size).toBe(8)
    expect(Object.keys(first.like)).toEqual(['weights', 'bias'])
    expectNear(first.matrix(), block(0, 8))
    expectNear(restrictOperator(layerLens(1))(hessian).matrix(), block(8, 17))
  })

  it('of a part of a part is that of the part at once', () => {
    const lens = composed(layerLens(0), bias)
    const twice = restrictOperator(bias)(restrictOperator(layerLens(0))(hessian))
    expectSameBits(restrictOperator(lens)(hessian).matrix(), twice.matrix())
    expectNear(twice.matrix(), block(6, 8))
  })

  it('is a symmetric operator', () => {
    const operators = fc.constantFrom(restrictOperator(layerLens(0))(hessian), restrictOperator(layerLens(1))(hessian))
    expect(check({ seed: 2, instances: 10 })(operatorLaws({ name: 'blocks', operators }))._tag).toBe('Right')
  })

  it('of nothing is an empty operator', () => {
    const empty = restrictToPaths([])(hessian)
    expect(empty.size).toBe(0)
    expect(empty.matrix().shape).toEqual([0, 0])
  })
})

describe('paths', () => {
  it('stand for leaves and for all that is below', () => {
    expectNear(restrictToPaths(['[0].bias'])(hessian).matrix(), block(6, 8))
    expectNear(restrictToPaths(['[0]'])(hessian).matrix(), block(0, 8))
    expectNear(restrictToPaths(['[0]', '[1]'])(hessian).matrix(), matrix)
  })

  it('do not stand for what merely begins alike', () => {
    const tree = { w: tensor([1]), weights: tensor([2]) }
    expect(Object.keys(leavesAt(['.w'])(tree).get(tree))).toEqual(['.w'])
  })

  it('obey the laws of lenses', () => {
    const lens = leavesAt(['[1]'])(at)
    const part = treeMap(({ shape }) => zeros(shape))(lens.get(at))
    expectSameBits(lens.set(lens.get(at))(at), at)
    expectSameBits(lens.get(lens.set(part)(at)), part)
    expectSameBits(lens.set(part)(lens.set(lens.get(at))(at)), lens.set(part)(at))
  })

  it('of nothing are refused with what there is', () => {
    expect(() => restrictToPaths(['[2]'])(hessian)).toThrow(/nothing at '\[2\]'.*\[0\]\.weights/)
  })
})

describe('blockDiagonal', () => {
  const inside = (groups: ReadonlyArray<readonly [number, number]>): ReadonlyArray<ReadonlyArray<number>> =>
    rowsOf(matrix).map((row, i) =>
      row.map((entry, j) => (groups.some(([a, b]) => i >= a && i < b && j >= a && j < b) ? entry : 0)),
    )

  it('keeps the blocks of leaves, or of groups of them', () => {
    expectSameBits(
      blockDiagonal()(hessian).matrix(),
      inside([
        [0, 6],
        [6, 8],
        [8, 14],
        [14, 17],
      ]),
    )
    expectSameBits(
      blockDiagonal([['[1]'], ['[0]']])(hessian).matrix(),
      inside([
        [0, 8],
        [8, 17],
      ]),
    )
    expectSameBits(blockDiagonal([['[0]', '[1]']])(hessian).matrix(), matrix)
  })

  it('multiplies as its matrix does', () => {
    const operators = fc.constantFrom(blockDiagonal()(hessian), blockDiagonal([['[0]'], ['[1]']])(hessian))
    const outcome = check({ seed: 2, instances: 10 })(operatorLaws({ name: 'block diagonals', operators }))
    expect(E.isRight(outcome)).toBe(true)
    expect(ravel(blockDiagonal()(hessian).apply(at))[0].size).toBe(17)
  })

  it('refuses leaves in no group, and in two', () => {
    expect(() => blockDiagonal([['[0]']])(hessian)).toThrow(/\[1\]\.weights in 0/)
    expect(() => blockDiagonal([['[0]'], ['[0].bias', '[1]']])(hessian)).toThrow(/\[0\]\.bias in 2/)
  })
})
