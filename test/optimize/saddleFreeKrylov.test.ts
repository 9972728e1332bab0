import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cos,
  dot,
  matmul,
  mul,
  normal,
  randomKey,
  sub,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeAxpy,
  treeDot,
  treeNorm,
  zeros,
} from 'gradus'
import { eigen } from 'gradus/curvature'
import { orthogonalMatrices, symmetricMatrices, tensors } from 'gradus/laws'
import {
  type KrylovOptions,
  minimize,
  objective,
  saddleFreeKrylov,
  saddleFreeNewton,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { counted, take } from './counted.js'
import { rosenbrock } from './problems.js'

const second = <P>(options: KrylovOptions, loss: (p: P) => Tensor, p: P) => {
  const [, next] = take(2)(minimize(saddleFreeKrylov(options), objective(loss))(p))
  if (next === undefined) throw new Error('no step was taken')
  return next
}

const quadratic =
  (matrix: Tensor, linear: Tensor) =>
  (x: Tensor): Tensor =>
    add(mul(0.5, dot(x, matmul(matrix, x))), dot(linear, x))

/** A smooth loss of n parameters with curvature of both signs and a coupling between neighbors. */
const waves = (x: Tensor): Tensor => add(sum(cos(mul(2, x))), mul(0.05, rosenbrock(x)))

describe('the step in a subspace', () => {
  it('is the exact one when the subspace is the whole space', () => {
    const start = normal(randomKey(4), [12])
    const exact = take(2)(minimize(saddleFreeNewton({ damping: 0.1 }), objective(waves))(start))[1]
    expectNear(second({ dimension: 12, damping: 0.1 }, waves, start).params, exact?.params, 1e-10)
  })

  it('is exact already when the subspace is invariant: as many vectors as distinct eigenvalues', () => {
    fc.assert(
      fc.property(orthogonalMatrices(6), tensors([6]), (basis, at) => {
        const values = tensor([2, 2, -1, -1, 0.5, 2])
        const loss = quadratic(matmul(mul(basis, values), transpose(basis)), zeros([6]))
        const exact = take(2)(minimize(saddleFreeNewton({ damping: 0 }), objective(loss))(at))[1]
        const next = second({ dimension: 3, damping: 0 }, loss, at)
        expectNear(next.params, exact?.params, 1e-9)
        expect(next.work.products).toBeLessThanOrEqual(3)
      }),
    )
  })

  it('descends for every dimension, and is exact at last', () => {
    const start = normal(randomKey(5), [40])
    const [first, exact] = take(2)(minimize(saddleFreeNewton({ damping: 0.5 }), objective(waves))(start))
    if (first === undefined || exact === undefined) throw new Error('no exact step')
    for (const dimension of [1, 2, 5, 10, 20, 40]) {
      const { params } = second({ dimension, damping: 0.5 }, waves, start)
      expect(toNumber(treeDot(first.gradient, treeAxpy(-1, start, params)))).toBeLessThan(0)
    }
    expectNear(second({ dimension: 40, damping: 0.5 }, waves, start).params, exact.params, 1e-9)
  })

  it('comes near the exact step as it grows: on a random symmetric matrix of 300 rows to 32 %, 9 % and 2.5 %', () => {
    // The figures of a computation with NumPy on other random matrices of this kind; they vary by a fifth or so.
    const n = 300
    const square = normal(randomKey(1), [n, n])
    const wigner = mul(1 / Math.sqrt(2 * n), add(square, transpose(square)))
    const loss = quadratic(wigner, normal(randomKey(2), [n]))
    const exact = take(2)(minimize(saddleFreeNewton({ damping: 0.1 }), objective(loss))(zeros([n])))[1]
    if (exact === undefined) throw new Error('no exact step')
    const errorAt = (dimension: number): number =>
      toNumber(treeNorm(sub(second({ dimension, damping: 0.1 }, loss, zeros([n])).params, exact.params))) /
      toNumber(treeNorm(exact.params))
    expect(errorAt(20) / 0.32).toBeCloseTo(1, 0)
    expect(errorAt(60) / 0.094).toBeCloseTo(1, 0)
    expect(errorAt(150) / 0.025).toBeCloseTo(1, 0)
  })

  it('is |VᵀHV| and not Vᵀ|H|V: the bound Vᵀ|H|V ⪰ |VᵀHV| is refuted, its scalar case is not', () => {
    const absolute = (matrix: Tensor): Tensor => {
      const found = eigen(matrix)
      if (E.isLeft(found)) throw new Error('no decomposition')
      const vectors = found.right.vectors()
      return matmul(mul(vectors, tensor([...toFloat64Array(found.right.values)].map(Math.abs))), transpose(vectors))
    }
    const least = (matrix: Tensor): number => {
      const found = eigen(matrix)
      return E.isRight(found) ? (toFloat64Array(found.right.values)[0] ?? Number.NaN) : Number.NaN
    }
    const gap = (h: Tensor, v: Tensor): number =>
      least(sub(matmul(transpose(v), matmul(absolute(h), v)), absolute(matmul(transpose(v), matmul(h, v)))))
    const columns =
      (count: number) =>
      (q: Tensor): Tensor =>
        matmul(
          q,
          tensor(Array.from({ length: 4 }, (_, i) => Array.from({ length: count }, (_, j) => (i === j ? 1 : 0)))),
        )
    const drawn = (count: number) =>
      fc.tuple(
        symmetricMatrices('indefinite', 4).map(({ matrix }) => matrix),
        orthogonalMatrices(4).map(columns(count)),
      )
    expect(
      fc.check(
        fc.property(drawn(2), ([h, v]) => gap(h, v) > -1e-9),
        { numRuns: 1000 },
      ).failed,
    ).toBe(true)
    fc.assert(fc.property(drawn(1), ([h, v]) => gap(h, v) > -1e-9))
  })
})

describe('what it asks for', () => {
  it('is never the Hessian: products only, as many as dimension + 1 at most', () => {
    for (const dimension of [1, 3, 7]) {
      const watched = counted(waves)
      const iterates = take(6)(
        minimize(saddleFreeKrylov({ dimension, damping: 1 }), watched.objective)(normal(randomKey(6), [9])),
      )
      expect(iterates.length).toBe(6)
      expect(watched.count('matrix')).toBe(0)
      expect(watched.count('product')).toBe(dimension + 4 * Math.min(9, dimension + 1))
    }
  })

  it('is one Hessian for each outer step, however many inner steps', () => {
    const watched = counted(waves)
    take(4)(
      minimize(
        saddleFreeKrylov({ dimension: 3, damping: 1, innerSteps: 4 }),
        watched.objective,
      )(normal(randomKey(6), [9])),
    )
    expect(watched.count('hessian')).toBe(3)
  })
})

describe('the previous step', () => {
  it('joins the next subspace: it is remembered, and there is one more Ritz value', () => {
    const start = normal(randomKey(7), [9])
    const [first, then, last] = take(3)(
      minimize(saddleFreeKrylov({ dimension: 3, damping: 1 }), objective(waves))(start),
    )
    expect(first?.state).toEqual({ previous: null, damping: null, ritzValues: [] })
    expectSameBits(then?.state.previous, then === undefined ? null : treeAxpy(-1, start, then.params))
    expect(then?.state.ritzValues.length).toBe(3)
    expect(last?.state.ritzValues.length).toBe(4)
  })

  it('makes a difference, with the same gradient and the same Hessian', () => {
    const start = normal(randomKey(7), [9])
    const loss = objective(waves)
    const [, reached] = take(2)(minimize(saddleFreeKrylov({ dimension: 3, damping: 1 }), loss)(start))
    if (reached === undefined) throw new Error('no step')
    const optimizer = saddleFreeKrylov({ dimension: 3, damping: 1 })
    const [from, step] = [{ ...reached, objective: loss }, optimizer.step(loss)]
    const withIt = step(from)
    const without = step({ ...from, state: { ...from.state, previous: null } })
    if (E.isLeft(withIt) || E.isLeft(without)) throw new Error('no step')
    expect(toNumber(treeNorm(treeAxpy(-1, withIt.right.params, without.right.params)))).toBeGreaterThan(1e-4)
  })
})

describe('inner steps', () => {
  /** x and y apart; x² is quadratic, so its curvature stays; the fourth power changes under way. */
  const quartic = (x: Tensor): Tensor => sum(add(mul(0.25, mul(mul(x, x), mul(x, x))), mul(0.5, mul(x, x))))

  it('keep the curvature of the outer step and take a fresh gradient', () => {
    // In one dimension: H = 3x² + 1 held fixed, g = x³ + x anew.
    const at = 1.5
    const curvature = 3 * at ** 2 + 1
    const expected = Array.from({ length: 3 }).reduce<number>((x) => x - (x ** 3 + x) / curvature, at)
    expectNear(second({ dimension: 1, innerSteps: 3, damping: 0 }, quartic, tensor([at])).params, [expected], 1e-14)
  })

  it('with dampings to try never raise the loss', () => {
    const run = minimize(saddleFreeKrylov({ dimension: 4, innerSteps: 3, damping: [10, 1, 0.1] }), objective(waves))
    const values = take(15)(run(normal(randomKey(8), [9]))).map(({ value }) => value)
    expect(values.length).toBeGreaterThan(5)
    values.slice(1).forEach((value, i) => {
      expect(value).toBeLessThan(values[i] ?? Number.NaN)
    })
  })

  it.each([0, 0.7])(
    'by default leave what is outside the subspace; on request it takes a gradient step (damping %d)',
    (damping) => {
      // One vector of two: the subspace of the first step is the span of the gradient (3, 1) at (1, 1).
      const matrix = tensor([
        [3, 0],
        [0, 1],
      ])
      const divisor = (3 * 9 + 1) / 10 + damping
      const [x, y] = [1 - 3 / divisor, 1 - 1 / divisor]
      const fresh = [3 * x, y]
      const inside = (3 * 3 * x + y) / 10
      const loss = quadratic(matrix, zeros([2]))
      const options = { dimension: 1, innerSteps: 2, damping }
      const ignoring = [x - (3 * inside) / divisor, y - inside / divisor]
      expectNear(second(options, loss, tensor([1, 1])).params, ignoring, 1e-13)
      expectNear(second({ ...options, outside: 'ignore' }, loss, tensor([1, 1])).params, ignoring, 1e-13)
      const complete = [x - (fresh[0] ?? 0) / divisor, y - (fresh[1] ?? 0) / divisor]
      expectNear(second({ ...options, outside: 'gradient' }, loss, tensor([1, 1])).params, complete, 1e-13)
    },
  )

  it('make no difference outside when there is nothing outside', () => {
    const start = normal(randomKey(9), [5])
    const options = { dimension: 5, innerSteps: 3, damping: 0.5 }
    expectNear(
      second({ ...options, outside: 'gradient' }, waves, start).params,
      second({ ...options, outside: 'ignore' }, waves, start).params,
      1e-12,
    )
  })
})

describe('failures', () => {
  const failureOf = (options: KrylovOptions, loss: (x: Tensor) => Tensor, x: Tensor) => {
    const { reason } = takeUntil(stepsAtMost(1))(minimize(saddleFreeKrylov(options), objective(loss))(x))
    return E.isLeft(reason) ? reason.left : undefined
  }

  it('are Singular for a Ritz value of 0 without damping', () => {
    const failure = failureOf({ damping: 0 }, (x) => sum(x), tensor([1, 2]))
    expect(failure).toMatchObject({ _tag: 'Singular', eigenvalue: 0 })
    expect(failure?.advice).toMatch(/positive damping/)
  })

  it('are NoDecrease when no damping serves in the first inner step', () => {
    expect(failureOf({ damping: [1, 2] }, (x) => mul(0, sum(x)), tensor([1, 2]))).toMatchObject({
      _tag: 'NoDecrease',
      tried: [1, 2],
    })
  })

  it('do not occur at a critical point with a fixed damping: it stays', () => {
    for (const outside of ['ignore', 'gradient'] as const)
      for (const damping of [0, 1])
        expectSameBits(
          second(
            { damping, outside },
            quadratic(
              tensor([
                [1, 0],
                [0, -1],
              ]),
              zeros([2]),
            ),
            zeros([2]),
          ).params,
          zeros([2]),
        )
  })
})

describe('invalid options are defects', () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity])('a dimension or a number of inner steps of %d', (count) => {
    expect(defectOf(() => saddleFreeKrylov({ dimension: count }))).toMatch(
      /^InvalidArgument: saddleFreeKrylov: .*dimension.*got/,
    )
    expect(defectOf(() => saddleFreeKrylov({ innerSteps: count }))).toMatch(
      /^InvalidArgument: saddleFreeKrylov: .*innerSteps.*got/,
    )
  })

  it('a damping that is negative, NaN, or none', () => {
    for (const damping of [-1, Number.NaN, []])
      expect(defectOf(() => saddleFreeKrylov({ damping }))).toMatch(/^InvalidArgument: saddleFreeKrylov: .*damping/)
  })
})

describe('trees of parameters', () => {
  interface Pair {
    readonly left: Tensor
    readonly right: ReadonlyArray<Tensor>
  }

  it('are one vector to the subspace', () => {
    const loss = ({ left, right: [right = left] }: Pair): Tensor =>
      rosenbrock(add(mul(tensor([1, 0]), left), mul(tensor([0, 1]), right)))
    const options = { dimension: 2, damping: 1 }
    const trees = take(6)(
      minimize(saddleFreeKrylov(options), objective(loss))({ left: tensor(-1.2), right: [tensor(1)] }),
    )
    const vectors = take(6)(minimize(saddleFreeKrylov(options), objective(rosenbrock))(tensor([-1.2, 1])))
    expectNear(
      trees.map(({ params: { left, right } }) => [left, right]),
      vectors.map(({ params }) => params),
      1e-9,
    )
  })
})
