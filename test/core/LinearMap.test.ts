import fc from 'fast-check'
import {
  add,
  dot,
  eye,
  flip,
  fromFloat64Array,
  mul,
  reshape,
  scalar,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import {
  type Contraction,
  compose,
  type Equation,
  identity,
  type LinearMap,
  negate,
  scale,
  transpose,
  type Window,
} from '../../src/core/LinearMap.js'
import type { Sliding } from '../../src/data/Sliding.js'
import { luFactorOf } from '../../src/primitive/linalgLu.js'
import { unfoldedShape } from '../../src/primitive/unfold.js'
import { applyLinear } from '../../src/transform/applyLinear.js'
import { expectNear, expectSameBits } from '../support/near.js'
import { arbitraryTensor, sizeOf } from '../support/points.js'

/** A map with the shape of what it takes. */
interface Case {
  readonly map: LinearMap
  readonly from: ReadonlyArray<number>
}

const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
const lengthsUpTo2 = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 1 })
const someLengths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 })

const axesOf = (rank: number): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.subarray(Array.from({ length: rank }, (_, axis) => axis))

const without = (shape: ReadonlyArray<number>, axes: ReadonlyArray<number>): ReadonlyArray<number> =>
  shape.filter((_, axis) => !axes.includes(axis))

const reduced = lengths.chain((outer) => fc.tuple(fc.constant(outer), axesOf(outer.length)))

const windows: fc.Arbitrary<Window> = fc
  .array(
    fc.record({
      start: fc.integer({ min: 0, max: 2 }),
      stride: fc.integer({ min: 1, max: 3 }),
      length: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 3 },
  )
  .map((axes) => ({
    starts: axes.map(({ start }) => start),
    strides: axes.map(({ stride }) => stride),
    inner: axes.map(({ length }) => length),
    outer: axes.map(({ start, stride, length, after }) => start + Math.max(0, (length - 1) * stride + 1) + after),
  }))

const slidings: fc.Arbitrary<Sliding> = fc
  .record({
    lead: lengthsUpTo2,
    between: lengthsUpTo2,
    axes: fc.array(
      fc.record({
        window: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        length: fc.integer({ min: 0, max: 6 }),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ lead, between, axes }) => ({
    lead: lead.length,
    size: axes.map(({ window }) => window),
    strides: axes.map(({ stride }) => stride),
    dilation: axes.map(({ dilation }) => dilation),
    outer: [...lead, ...between, ...axes.map(({ length }) => length)],
  }))

interface Place {
  readonly axis: number
  readonly batch: number
  readonly outer: ReadonlyArray<number>
  readonly indices: Tensor
  readonly taken: ReadonlyArray<number>
}

const places: fc.Arbitrary<Place> = fc
  .record({
    batch: fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }),
    between: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }),
    n: fc.integer({ min: 1, max: 4 }),
    after: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }),
    counted: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
  })
  .chain(({ batch, between, n, after, counted }) => {
    const shape = [...batch, ...counted]
    const size = sizeOf(shape)
    return fc.array(fc.integer({ min: 0, max: n - 1 }), { minLength: size, maxLength: size }).map((indices) => ({
      axis: batch.length + between.length,
      batch: batch.length,
      outer: [...batch, ...between, n, ...after],
      indices: fromFloat64Array(Float64Array.from(indices), shape),
      taken: [...batch, ...between, ...counted, ...after],
    }))
  })

/** Labels of a contraction: each lies in two or three of the lists, in any order. */
const contractions: fc.Arbitrary<{ readonly labels: Contraction; readonly lengths: ReadonlyArray<number> }> = fc
  .array(
    fc.record({
      length: fc.integer({ min: 0, max: 3 }),
      where: fc.constantFrom('left right', 'left out', 'right out', 'left right out'),
    }),
    { maxLength: 5 },
  )
  .chain((kinds) => {
    const held = (list: string): ReadonlyArray<number> =>
      kinds.flatMap(({ where }, label) => (where.includes(list) ? [label] : []))
    const shuffled = (list: string): fc.Arbitrary<ReadonlyArray<number>> =>
      fc.shuffledSubarray([...held(list)], { minLength: held(list).length })
    return fc.tuple(shuffled('left'), shuffled('right'), shuffled('out')).map(([left, right, out]) => ({
      labels: { left, right, out },
      lengths: kinds.map(({ length }) => length),
    }))
  })

const lengthsOf = (labels: ReadonlyArray<number>, all: ReadonlyArray<number>): ReadonlyArray<number> =>
  labels.map((label) => all[label] ?? 0)

const cases: Readonly<Record<LinearMap['_tag'], fc.Arbitrary<Case>>> = {
  Identity: lengths.map((from) => ({ map: identity, from })),
  Negate: lengths.map((from) => ({ map: negate, from })),
  Scale: lengths.chain((from) => arbitraryTensor(from).map((by) => ({ map: scale(by), from }))),
  Sum: reduced.map(([outer, axes]) => ({ map: { _tag: 'Sum', axes, outer }, from: outer })),
  Spread: reduced.map(([outer, axes]) => ({ map: { _tag: 'Spread', axes, outer }, from: without(outer, axes) })),
  Permute: lengths.chain((from) =>
    fc
      .shuffledSubarray(
        from.map((_, axis) => axis),
        { minLength: from.length },
      )
      .map((permutation) => ({ map: { _tag: 'Permute', permutation } as const, from })),
  ),
  Reshape: lengths.map((from) => ({ map: { _tag: 'Reshape', from, to: [1, sizeOf(from)] }, from })),
  Flip: reduced.map(([from, axes]) => ({ map: { _tag: 'Flip', axes }, from })),
  Slice: windows.map((window) => ({ map: { _tag: 'Slice', window }, from: window.outer })),
  Pad: windows.map((window) => ({ map: { _tag: 'Pad', window }, from: window.inner })),
  Unfold: slidings.map((sliding) => ({ map: { _tag: 'Unfold', ...sliding }, from: sliding.outer })),
  Fold: slidings.map((sliding) => ({ map: { _tag: 'Fold', ...sliding }, from: unfoldedShape(sliding) })),
  Fourier: fc
    .tuple(lengthsUpTo2, fc.integer({ min: 1, max: 12 }), fc.boolean())
    .map(([lead, n, transposed]) => ({ map: { _tag: 'Fourier', transposed }, from: [...lead, n, 2] })),
  Cumulate: fc
    .tuple(someLengths, fc.nat(3), fc.boolean())
    .map(([from, axis, reverse]) => ({ map: { _tag: 'Cumulate', axis: axis % from.length, reverse }, from })),
  Gather: places.map(({ taken: _, ...place }) => ({ map: { _tag: 'Gather', ...place }, from: place.outer })),
  Scatter: places.map(({ taken, ...place }) => ({ map: { _tag: 'Scatter', ...place }, from: taken })),
  Contract: fc
    .tuple(contractions, fc.constantFrom('left' as const, 'right' as const))
    .chain(([{ labels, lengths: all }, side]) => {
      const [own, other] = side === 'left' ? [labels.left, labels.right] : [labels.right, labels.left]
      return arbitraryTensor(lengthsOf(other, all)).map((by) => ({
        map: { _tag: 'Contract', side, labels, by } as const,
        from: lengthsOf(own, all),
      }))
    }),
  Solve: fc
    .tuple(
      fc.constantFrom<Equation>('matrix', 'lower', 'upper', 'unitLower', 'unitUpper', 'commutator', 'strictCommutator'),
      fc.boolean(),
      fc.constantFrom([], [2]),
      fc.integer({ min: 1, max: 3 }),
    )
    .chain(([equation, transposed, batch, n]) =>
      arbitraryTensor([...batch, n, n]).map((entries) => {
        // Far from singular, with eigenvalues that differ: entries are at most 3.
        const by = add(entries, mul(eye(n), tensor(Array.from({ length: n }, (_, i) => 20 * (i + 1)))))
        const coefficients = equation === 'matrix' ? [by, luFactorOf(by)] : [by]
        const columns = equation.toLowerCase().includes('commutator') ? n : 2
        return { map: { _tag: 'Solve', equation, by: coefficients, transposed } as const, from: [...batch, n, columns] }
      }),
    ),
  MatrixFunction: fc
    .tuple(fc.constantFrom('expm', 'sqrtm'), fc.constantFrom([], [2]), fc.integer({ min: 0, max: 3 }), fc.boolean())
    .chain(([of, batch, n, transposed]) =>
      // Of norm 1 at most, as exp of a large one makes terms that are too large for the bound of these laws; with a root, since 2 I is near.
      arbitraryTensor([...batch, n, n]).map((by) => ({
        map: {
          _tag: 'MatrixFunction',
          of,
          by: add(mul(by, 0.1), mul(eye(n), of === 'sqrtm' ? 2 : 0)),
          transposed,
        } as const,
        from: by.shape,
      })),
    ),
  // Weights and then a flip, and back in the other order.
  Custom: lengths.chain((from) =>
    arbitraryTensor(from).map((by) => ({
      map: {
        _tag: 'Custom',
        name: 'weighted',
        apply: (t: Tensor) => flip(mul(by, t)),
        transposed: (u: Tensor) => mul(by, flip(u)),
      } as const,
      from,
    })),
  ),
  Plus: lengths.chain((from) =>
    arbitraryTensor(from).map((by) => ({ map: { _tag: 'Plus', maps: [scale(by), negate, scale(by)] }, from })),
  ),
  Compose: reduced.chain(([outer, axes]) =>
    fc.tuple(arbitraryTensor(outer), arbitraryTensor(without(outer, axes))).map(([by, weights]) => ({
      map: compose(scale(by), { _tag: 'Sum', axes, outer }, negate, scale(weights)),
      from: outer,
    })),
  ),
}

const entries = Object.entries(cases)

const inner = (a: Tensor, b: Tensor): number => toNumber(dot(reshape(a, [a.size]), reshape(b, [b.size])))

const images: (arbitrary: fc.Arbitrary<Case>) => fc.Arbitrary<readonly [LinearMap, Tensor, Tensor, Tensor]> = (
  arbitrary,
) =>
  arbitrary.chain(({ map, from }) =>
    arbitraryTensor(from).chain((t) => {
      const image = applyLinear(map, t)
      return arbitraryTensor(image.shape).map((u) => [map, t, image, u] as const)
    }),
  )

describe.each(entries)('%s', (_, arbitrary) => {
  it('is the adjoint of its transpose: ⟨u, L t⟩ = ⟨Lᵀ u, t⟩', () => {
    fc.assert(
      fc.property(images(arbitrary), ([map, t, image, u]) => {
        const back = applyLinear(transpose(map), u)
        expect(back.shape).toEqual(t.shape)
        const [left, right] = [inner(u, image), inner(back, t)]
        // At most a few hundred terms below 27 each.
        expect(Math.abs(left - right)).toBeLessThan(1e-11)
      }),
      { numRuns: 200 },
    )
  })

  it('is its own transpose, transposed', () => {
    fc.assert(
      fc.property(images(arbitrary), ([map, t, image]) => {
        expectNear(applyLinear(transpose(transpose(map)), t), image, 1e-14)
      }),
    )
  })

  it('is linear', () => {
    fc.assert(
      fc.property(
        arbitrary.chain(({ map, from }) => fc.tuple(fc.constant(map), arbitraryTensor(from), arbitraryTensor(from))),
        ([map, s, t]) => {
          const sum = (a: Tensor, b: Tensor): ReadonlyArray<number> => flat(a).map((x, i) => 2 * x + (flat(b)[i] ?? 0))
          const combined = fromFloat64Array(Float64Array.from(sum(s, t)), s.shape)
          expectNear(flat(applyLinear(map, combined)), sum(applyLinear(map, s), applyLinear(map, t)), 1e-12)
        },
      ),
    )
  })
})

const flat = (t: Tensor): ReadonlyArray<number> => [...toFloat64Array(t)]

describe('every map', () => {
  it('is drawn', () => {
    expect(entries).toHaveLength(22)
  })

  it('reverses a composition when transposed', () => {
    const [a, b, c] = [scale(scalar(2)), negate, identity]
    expect(transpose(compose(a, b, c))).toEqual(compose(c, b, a))
  })
})

describe('exact zeros', () => {
  const wild = [Infinity, -Infinity, Number.NaN, 1e308, 0, -0]

  it.each(wild)('absorb %d in a Scale, on either side and either way', (entry) => {
    for (const zero of [0, -0]) {
      const byWild = scale(tensor([entry]))
      const byZero = scale(tensor([zero]))
      expectNear(applyLinear(byWild, tensor([zero])), [0], 0)
      expectNear(applyLinear(byZero, tensor([entry])), [0], 0)
      expectNear(applyLinear(transpose(byWild), tensor([zero])), [0], 0)
      expectNear(applyLinear(transpose(byZero), tensor([entry])), [0], 0)
    }
  })

  it('let everything else through', () => {
    expect(toArray(applyLinear(scale(tensor([Infinity, Number.NaN, 2])), tensor([1, 1, Infinity])))).toEqual([
      Infinity,
      Number.NaN,
      Infinity,
    ])
  })

  it('come of no terms', () => {
    expectSameBits(applyLinear({ _tag: 'Sum', axes: [0], outer: [0, 2] }, zeros([0, 2])), tensor([0, 0]))
    expectSameBits(
      applyLinear(
        { _tag: 'Contract', side: 'left', labels: { left: [0, 1], right: [1], out: [0] }, by: zeros([0]) },
        zeros([2, 0]),
      ),
      tensor([0, 0]),
    )
  })
})
