/** What sorting, scattering and their kin do at ties, with NaN and beyond the edges; and their defects. */
import fc from 'fast-check'
import {
  argsort,
  cumLogSumExp,
  cummax,
  cummin,
  cumprod,
  dynamicSlice,
  dynamicUpdateSlice,
  fromFloat64Array,
  grad,
  hvp,
  jvp,
  logSumExp,
  median,
  mul,
  ones,
  quantile,
  repeat,
  roll,
  scalar,
  scatterMax,
  scatterMin,
  scatterMul,
  scatterSet,
  searchSorted,
  segmentMax,
  segmentSum,
  sort,
  split,
  std,
  sum,
  type Tensor,
  take,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  topK,
  tril,
  triu,
  vjp,
  vmap,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

const gradient = (f: (x: Tensor) => Tensor, ...x: ReadonlyArray<number>): unknown =>
  toArray(grad((p: Tensor) => sum(f(p)))(tensor(x)))

const weighed =
  (f: (x: Tensor) => Tensor, ...weights: ReadonlyArray<number>) =>
  (x: Tensor): Tensor =>
    mul(f(x), tensor(weights))

describe('orders', () => {
  const entries = fc.array(fc.constantFrom(-Infinity, -2, -1, -0, 0, 0.5, 1, 2, Infinity, Number.NaN), {
    maxLength: 70,
  })

  it('are those of a stable sort with NaN last, in both directions', () => {
    fc.assert(
      fc.property(entries, fc.boolean(), (xs, descending) => {
        const x = fromFloat64Array(Float64Array.from(xs), [xs.length])
        const places = xs.map((_, i) => i)
        const numbers = places.filter((i) => !Number.isNaN(xs[i]))
        // Array.prototype.sort is stable; the difference of equal infinities is NaN, so numbers are compared.
        const below = (i: number, j: number): number => {
          const [a = 0, b = 0] = [xs[i], xs[j]]
          return a < b ? -1 : a > b ? 1 : 0
        }
        const expected = [
          ...numbers.toSorted((i, j) => (descending ? below(j, i) : below(i, j))),
          ...places.filter((i) => Number.isNaN(xs[i])),
        ]
        expect(toArray(argsort(x, { descending }))).toEqual(expected)
        expect(toArray(sort(x, { descending }))).toEqual(expected.map((i) => xs[i]))
      }),
    )
  })

  it('put the derivative where the entry goes; of equal entries the first is first', () => {
    expect(gradient(weighed(sort, 1, 10, 100), 2, 1, 2)).toEqual([10, 1, 100])
    expect(
      gradient(
        weighed((x) => sort(x, { descending: true }), 1, 10, 100),
        2,
        1,
        2,
      ),
    ).toEqual([1, 100, 10])
    expect(gradient((x) => topK(x, 1)[0], 1, 3, 3)).toEqual([0, 1, 0])
    expect(gradient(median, 2, 2, 2)).toEqual([0, 1, 0])
    expect(gradient(median, 4, 1, 1, 0)).toEqual([0, 0.5, 0.5, 0])
    expect(gradient((x) => quantile(x, 0.25), 3, 1, 2)).toEqual([0, 0.5, 0.5])
  })

  it('let quantiles pass over an infinite neighbour of weight 0, and keep NaN', () => {
    expect(toArray(quantile(tensor([-Infinity, 1, Infinity]), [0, 0.5, 1]))).toEqual([-Infinity, 1, Infinity])
    expect(toArray(median(tensor([1, Number.NaN, 2])))).toBeNaN()
  })

  it('find places by counting', () => {
    const numbers = fc.array(fc.constantFrom(-Infinity, -1, 0, 0.5, 1, Infinity, Number.NaN), { maxLength: 20 })
    const below = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a))
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom('left' as const, 'right' as const), (row, values, side) => {
        const sorted = toFloat64Array(sort(fromFloat64Array(Float64Array.from(row), [row.length])))
        const expected = values.map(
          (value) =>
            [...sorted].filter((entry) => (side === 'left' ? below(entry, value) : !below(value, entry))).length,
        )
        const found = searchSorted(
          fromFloat64Array(sorted, [row.length]),
          fromFloat64Array(Float64Array.from(values), [values.length]),
          { side },
        )
        expect(toArray(found)).toEqual(expected)
      }),
    )
  })
})

describe('running extrema', () => {
  it('belong to the entry that attains them first', () => {
    expect(gradient(cummax, 1, 3, 3, 2)).toEqual([1, 3, 0, 0])
    expect(gradient((x) => cummax(x, { reverse: true }), 1, 3, 3, 2)).toEqual([0, 0, 3, 1])
    expect(gradient(cummin, 0, -0, 1)).toEqual([3, 0, 0])
  })

  it('stay NaN once NaN', () => {
    expect(toArray(cummax(tensor([1, Number.NaN, 3])))).toEqual([1, Number.NaN, Number.NaN])
    expect(toArray(cummin(tensor([1, Number.NaN, 3]), { reverse: true }))).toEqual([Number.NaN, Number.NaN, 3])
  })
})

describe('running sums of exponentials', () => {
  const last = (x: Tensor): Tensor => take(cumLogSumExp(x), scalar(2))

  it('have the gradient 0 while nothing but −∞ was met, and that of logSumExp at the end', () => {
    expect(gradient((x) => take(cumLogSumExp(x), scalar(1)), -Infinity, -Infinity, 1)).toEqual([0, 0, 0])
    for (const x of [
      [-Infinity, 0.5, 1],
      [0.5, -Infinity, 1],
      [-1000, 1000, 1000],
      [700, -700, -Infinity],
    ]) {
      expectNear(
        gradient(last, ...x),
        gradient((p) => logSumExp(p), ...x),
        1e-15,
      )
      const direction = tensor([1, -2, 3])
      expectNear(hvp(last)(tensor(x))(direction), hvp((p: Tensor) => logSumExp(p))(tensor(x))(direction), 1e-15)
    }
  })

  it('keep entries that later ones dwarf', () => {
    expect(toArray(cumLogSumExp(tensor([-1000, -1000, 1000])))).toEqual([-1000, -1000 + Math.LN2, 1000])
    expect(gradient((x) => take(cumLogSumExp(x), scalar(1)), -1000, -1000, 1000)).toEqual([0.5, 0.5, 0])
  })
})

describe('std', () => {
  it('is exactly 0 with gradient 0 where all entries are equal, though their mean is rounded', () => {
    for (const x of [[0.1, 0.1, 0.1], [1e200, 1e200, 1e200, 1e200, 1e200], [7]]) {
      expect(toArray(std(tensor(x)))).toBe(0)
      expect(gradient(std, ...x)).toEqual(x.map(() => 0))
    }
    const rows = tensor([
      [0.1, 0.1, 0.1],
      [1, 2, 6],
    ])
    const mixed = grad((x: Tensor) => sum(std(x, { axes: [1] })))(rows)
    expect(toFloat64Array(mixed).slice(0, 3)).toEqual(Float64Array.of(0, 0, 0))
    expect(toFloat64Array(mixed).every(Number.isFinite)).toBe(true)
  })

  it('neither overflows nor underflows', () => {
    for (const unit of [1e200, 1e-200]) expect(toNumber(std(tensor([unit, 3 * unit]))) / unit).toBeCloseTo(1, 14)
  })

  it('has no finite second derivative there', () => {
    const bend = hvp((x: Tensor) => std(x))(tensor([2, 2]))(tensor([1, 0]))
    expect(toFloat64Array(bend).some(Number.isFinite)).toBe(false)
  })
})

describe('scattering', () => {
  const k = tensor([1, 0, 1])

  it('sets what was written last, and gives what is covered no derivative', () => {
    expect(toArray(scatterSet(tensor([5, 6, 7]), k, tensor([1, 2, 3])))).toEqual([2, 3, 7])
    expect(gradient((x) => scatterSet(x, k, tensor([1, 2, 3])), 5, Number.NaN, 7)).toEqual([0, 0, 1])
    expect(gradient((u) => scatterSet(tensor([5, 6, 7]), k, u), 1, 2, 3)).toEqual([0, 1, 1])
  })

  it('shares extrema equally among all that attain them', () => {
    const [, pull] = vjp(([x, u]: readonly [Tensor, Tensor]) => scatterMax(x, k, u))([
      tensor([4, 3, 9]),
      tensor([3, 4, 3]),
    ])
    const [x, u] = pull(tensor([1, 1, 1]))
    expect(toArray(x)).toEqual([0.5, 1 / 3, 1])
    expect(toArray(u)).toEqual([1 / 3, 0.5, 1 / 3])
    expect(gradient((v) => scatterMin(tensor([0, 0, 0]), k, v), -1, 1, -1)).toEqual([0.5, 0, 0.5])
  })

  it('lets NaN win extrema', () => {
    expect(toArray(scatterMax(zeros([2]), k, tensor([Number.NaN, 1, 2])))).toEqual([1, Number.NaN])
  })

  it('leaves everything as it is without indices', () => {
    const none = zeros([0])
    for (const scatter of [scatterSet, scatterMul, scatterMax, scatterMin])
      expect(toArray(scatter(tensor([1, 2]), none, none))).toEqual([1, 2])
  })

  it('refuses indices outside and updates of another shape', () => {
    for (const scatter of [scatterSet, scatterMul, scatterMax, scatterMin]) {
      for (const wrong of [3, -1, 0.5])
        expect(() => scatter(zeros([3]), tensor([wrong]), tensor([1]))).toThrow(/is not an integer from 0 to 2/)
      expect(() => scatter(zeros([3]), tensor([1]), tensor([1, 2]))).toThrow(/updates must have the shape \[1\]/)
    }
    expect(() => segmentSum(zeros([3]), tensor([0, 1]), 2)).toThrow(/one segment for each of the 3 slices/)
    expect(() => segmentMax(zeros([2]), tensor([0, 5]), 2)).toThrow(/not an integer from 0 to 1/)
  })

  it('is batched with any of x, indices and updates shared', () => {
    const random = (seed: number, n: number): ReadonlyArray<number> =>
      Array.from({ length: n }, (_, i) => Math.round(1e3 * Math.sin(1 + seed + 12.9898 * i)) / 250)
    const of = (seed: number, shape: ReadonlyArray<number>): Tensor =>
      fromFloat64Array(
        Float64Array.from(
          random(
            seed,
            shape.reduce((n, length) => n * length, 1),
          ),
        ),
        shape,
      )
    const places = tensor([
      [2, 0, 2, 1],
      [1, 1, 1, 1],
      [0, 2, 2, 0],
    ])
    const flags = [true, false]
    for (const scatter of [scatterSet, scatterMul, scatterMax, scatterMin])
      for (const x of flags)
        for (const i of flags)
          for (const u of flags) {
            if (!x && !i && !u) continue
            const [xs, is, us] = [of(1, [3, 3, 2]), places, of(2, [3, 4, 2])]
            const row = (whole: Tensor, b: number): Tensor => take(whole, scalar(b))
            const f = vmap(scatter, { in: [x ? 0 : null, i ? 0 : null, u ? 0 : null] })
            const arg = (whole: Tensor, batched: boolean): Tensor => (batched ? whole : row(whole, 0))
            const [y, pull] = vjp(([p, q]: readonly [Tensor, Tensor]) => f(p, arg(is, i), q))([arg(xs, x), arg(us, u)])
            const bar = of(3, y.shape)
            const [px, pu] = pull(bar)
            const each = [0, 1, 2].map((b) => {
              const at = (whole: Tensor, batched: boolean): Tensor => row(whole, batched ? b : 0)
              const [value, back] = vjp(([p, q]: readonly [Tensor, Tensor]) => scatter(p, at(is, i), q))([
                at(xs, x),
                at(us, u),
              ])
              return { value, bars: back(row(bar, b)) }
            })
            const total = (of: (one: (typeof each)[number]) => Tensor, batched: boolean): ReadonlyArray<number> => {
              const parts = each.map((one) => toFloat64Array(of(one)))
              return batched
                ? parts.flatMap((part) => [...part])
                : [...(parts[0] ?? [])].map((_, n) => parts.reduce((s, part) => s + (part[n] ?? 0), 0))
            }
            expect([...toFloat64Array(y)]).toEqual(total(({ value }) => value, true))
            const close = (found: Tensor, wanted: ReadonlyArray<number>): void =>
              toFloat64Array(found).forEach((entry, n) => {
                expect(entry).toBeCloseTo(wanted[n] ?? Number.NaN, 10)
              })
            close(
              px,
              total(({ bars }) => bars[0], x),
            )
            close(
              pu,
              total(({ bars }) => bars[1], u),
            )
          }
  })
})

describe('dynamic blocks', () => {
  const x = tensor([1, 2, 3, 4])

  it('stay inside', () => {
    expect([-3, 0, 2, 9].map((start) => toArray(dynamicSlice(x, tensor([start]), [2])))).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 4],
    ])
    expect([-3, 9].map((start) => toArray(dynamicUpdateSlice(x, tensor([7, 8]), tensor([start]))))).toEqual([
      [7, 8, 3, 4],
      [1, 2, 7, 8],
    ])
  })

  it('follow batched starts, and whole blocks need none', () => {
    const starts = tensor([[0], [2], [5]])
    expect(toArray(vmap((s: Tensor) => dynamicSlice(x, s, [2]))(starts))).toEqual([
      [1, 2],
      [3, 4],
      [3, 4],
    ])
    expect(toArray(vmap((s: Tensor) => dynamicUpdateSlice(zeros([3]), tensor([9]), s))(starts))).toEqual([
      [9, 0, 0],
      [0, 0, 9],
      [0, 0, 9],
    ])
    expect(toArray(dynamicSlice(x, tensor([3]), [4]))).toEqual([1, 2, 3, 4])
    expect(toArray(dynamicUpdateSlice(zeros([2]), tensor([5, 6]), tensor([1])))).toEqual([5, 6])
    expect(toArray(dynamicUpdateSlice(x, zeros([0]), tensor([1])))).toEqual([1, 2, 3, 4])
  })

  it('take no derivative from their starts, and hide what they cover', () => {
    const [, tangent] = jvp((s: Tensor) => dynamicSlice(x, s, [2]))(tensor([1]), tensor([1]))
    expect(toArray(tangent)).toEqual([0, 0])
    const poisoned = tensor([Number.NaN, 1, Infinity])
    const covered = grad((p: Tensor) => sum(dynamicUpdateSlice(p, ones([2]), tensor([1]))))(poisoned)
    expect(toArray(covered)).toEqual([1, 0, 0])
  })

  it('refuse starts between places, blocks too large and too few starts', () => {
    expect(() => dynamicSlice(x, tensor([0.5]), [2])).toThrow(/not an integer/)
    expect(() => dynamicSlice(x, tensor([0]), [5])).toThrow(/does not fit into shape \[4\]/)
    expect(() => dynamicUpdateSlice(x, ones([1]), tensor([0, 0]))).toThrow(/a vector of 1 starts/)
  })
})

describe('triangles', () => {
  it('cut off infinities and NaN, with derivative 0', () => {
    const x = tensor([
      [1, Infinity],
      [Number.NaN, 2],
    ])
    expect(toArray(tril(triu(x)))).toEqual([
      [1, 0],
      [0, 2],
    ])
    expect(toArray(grad((p: Tensor) => sum(mul(p, tril(p))))(x))).toEqual([
      [2, 0],
      [Number.NaN, 4],
    ])
  })
})

describe('mistakes', () => {
  it('are told with what was expected', () => {
    expect(() => quantile(tensor([1, 2]), 50)).toThrow(/q from 0 to 1, got 50/)
    expect(() => median(zeros([0]))).toThrow(/median: shape \[0\] has no entries/)
    expect(() => topK(tensor([1, 2]), 3)).toThrow(/a count from 0 to 2/)
    expect(() => split(ones([5]), 2)).toThrow(/length 5; expected a number of parts that divides it/)
    expect(() => split(ones([5]), [2, 2])).toThrow(/got \[2,2\]/)
    expect(() => roll(ones([2]), 0.5)).toThrow(/a whole shift/)
    expect(() => repeat(ones([2]), [1])).toThrow(/expected 2 counts/)
    expect(() => cumprod(tensor(1))).toThrow(/asked of a scalar/)
    expect(() => searchSorted(ones([2, 2]), ones([1]))).toThrow(/a vector in ascending order, got shape \[2,2\]/)
  })
})
