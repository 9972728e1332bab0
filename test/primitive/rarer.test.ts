/** Corners of the operations of rarerOperations.ts that fixtures cannot hold: ends of ranges, matrices without a root, refusals. */
import fc from 'fast-check'
import {
  add,
  cross,
  einsum,
  erfcinv,
  eye,
  grad,
  interleave,
  jvp,
  ldexp,
  log1mexp,
  matmul,
  mul,
  nextAfter,
  ones,
  scalar,
  slice,
  sqrtm,
  sum,
  type Tensor,
  tensor,
  tensordot,
  toArray,
  toFloat64Array,
  toNumber,
  transpose,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { arbitraryTensor, defectOf } from '../support/points.js'

describe('ldexp', () => {
  it.each([
    [Number.MIN_VALUE, 2097, 2 ** 1023],
    [2 ** 1023, -2097, Number.MIN_VALUE],
    [3, -1e9, 0],
    [3, Infinity, Infinity],
    [0, 1e9, 0],
    [-1, 3, -8],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ])('of %d and %d is %d', (a, b, expected) => {
    expect(toNumber(ldexp(a, b))).toBe(expected)
  })

  it('is exact where the result is normal', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2, maxExcluded: true }), fc.integer({ min: -1022, max: 1023 }), (a, b) => {
        expect(toNumber(ldexp(a, b))).toBe(a * 2 ** b)
      }),
    )
  })
})

describe('nextAfter', () => {
  const number = fc.double({ noNaN: true })

  it('goes there and back, and nothing lies between', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const next = toNumber(nextAfter(a, b))
        const lies = a === b ? next === b : a < b ? a < next && next <= b : b <= next && next < a
        expect(lies && toNumber(nextAfter(next, a)) === a).toBe(true)
        const middle = a + (next - a) / 2
        expect(!Number.isFinite(a + next) || middle === a || middle === next).toBe(true)
      }),
    )
  })

  it('has no derivative, and NaN stays', () => {
    expect(toArray(grad((x: Tensor) => sum(nextAfter(x, 2)))(tensor([1, 0])))).toEqual([0, 0])
    expect([nextAfter(Number.NaN, 1), nextAfter(1, Number.NaN)].map(toNumber)).toEqual([Number.NaN, Number.NaN])
  })
})

describe('log1mexp and erfcinv', () => {
  it('at the ends of their domains', () => {
    expect(toArray(log1mexp(tensor([0, -Infinity, 1])))).toEqual([-Infinity, 0, Number.NaN])
    expect(toArray(erfcinv(tensor([0, 1, 2, -0.1, 2.1])))).toEqual([Infinity, 0, -Infinity, Number.NaN, Number.NaN])
  })
})

describe('sqrtm', () => {
  const dominant = fc
    .integer({ min: 1, max: 5 })
    .chain((n) => arbitraryTensor([n, n]).map((e) => add(e, mul(eye(n), 4 * n))))

  it('is a root of A, and commutes with transposition and with A', () => {
    fc.assert(
      fc.property(dominant, (a) => {
        const x = sqrtm(a)
        expectNear(matmul(x, x), a, 1e-12)
        expectNear(sqrtm(transpose(a)), transpose(x), 1e-13)
        expectNear(matmul(x, a), matmul(a, x), 1e-11)
      }),
    )
  })

  it('has the derivative that solves dX X + X dX = dA', () => {
    fc.assert(
      fc.property(
        dominant.chain((a) => arbitraryTensor(a.shape).map((e) => [a, e] as const)),
        ([a, e]) => {
          const [x, dx] = jvp(sqrtm)(a, e)
          expectNear(add(matmul(dx, x), matmul(x, dx)), e, 1e-12)
        },
      ),
    )
  })

  it('of a symmetric semidefinite matrix, singular or not, and of tiny and huge ones', () => {
    // An eigenvalue of 0 comes out as ε, whose root is 10⁻⁸: the condition of the root at 0 is infinite.
    expectNear(
      sqrtm(ones([2, 2])),
      [
        [Math.SQRT1_2, Math.SQRT1_2],
        [Math.SQRT1_2, Math.SQRT1_2],
      ],
      2e-8,
    )
    expect(toArray(sqrtm(zeros([2, 2])))).toEqual([
      [0, 0],
      [0, 0],
    ])
    for (const size of [1e-200, 1, 1e200]) {
      const a = mul(
        size,
        tensor([
          [4, 1],
          [0, 4],
        ]),
      )
      expectNear(
        mul(sqrtm(a), 1 / Math.sqrt(size)),
        [
          [2, 0.25],
          [0, 2],
        ],
        1e-14,
      )
      const slope = jvp(sqrtm)(
        a,
        mul(
          size,
          tensor([
            [0, 1],
            [0, 0],
          ]),
        ),
      )[1]
      expectNear(
        mul(slope, 1 / Math.sqrt(size)),
        [
          [0, 0.25],
          [0, 0],
        ],
        1e-14,
      )
    }
    expect(sqrtm(zeros([0, 0])).shape).toEqual([0, 0])
  })

  it.each([
    [
      'negative',
      [
        [-1, 1],
        [0, 2],
      ],
    ],
    [
      'negative and symmetric',
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      'zero in a Jordan block',
      [
        [0, 1],
        [0, 0],
      ],
    ],
    [
      'not a number',
      [
        [Number.NaN, 1],
        [0, 2],
      ],
    ],
  ])('is NaN throughout where an eigenvalue is %s', (_, a) => {
    expect(toFloat64Array(sqrtm(tensor(a))).every(Number.isNaN)).toBe(true)
  })
})

describe('products', () => {
  it('tensordot is einsum, whatever pairs are named', () => {
    fc.assert(
      fc.property(arbitraryTensor([2, 3, 4]), arbitraryTensor([4, 3, 2]), (a, b) => {
        expectNear(
          tensordot(a, b, {
            axes: [
              [0, -1],
              [2, 0],
            ],
          }),
          einsum('ijk,kli->jl', a, b),
          1e-13,
        )
        expectNear(tensordot(a, b, { axes: 1 }), einsum('ijk,klm->ijlm', a, b), 1e-13)
        expectNear(tensordot(a, b, { axes: 0 }), einsum('ijk,lmn->ijklmn', a, b), 1e-13)
      }),
    )
  })

  it('refuse what does not pair up', () => {
    expect(defectOf(() => tensordot(ones([2, 3]), ones([2, 3]), { axes: 1 }))).toMatch(/do not pair up/)
    expect(
      defectOf(() =>
        tensordot(ones([2, 2]), ones([2, 2]), {
          axes: [
            [0, 0],
            [0, 1],
          ],
        }),
      ),
    ).toMatch(/do not pair up/)
    expect(defectOf(() => tensordot(ones([2]), ones([2])))).toMatch(/expected 0 to 1 axes/)
    expect(defectOf(() => cross(ones([2]), ones([2])))).toMatch(/expected 3 entries along axis 0, got shape \[2\]/)
  })

  it('a cross product stands upright on both factors', () => {
    fc.assert(
      fc.property(arbitraryTensor([3]), arbitraryTensor([3]), (a, b) => {
        expectNear(sum(mul(a, cross(a, b))), scalar(0), 1e-12)
        expectNear(cross(a, b), mul(-1, cross(b, a)), 0)
      }),
    )
  })

  it('interleave is undone by a slice with strides', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const wide = interleave(x, [2, 3])
    expect(wide.shape).toEqual([3, 7])
    expect(toArray(slice(wide, [0, 0], [3, 7], [2, 3]))).toEqual(toArray(x))
  })
})
