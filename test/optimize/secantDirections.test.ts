import * as fs from 'node:fs'
import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  eye,
  matmul,
  mul,
  sub,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  transpose,
  treeAxpy,
  treeNorm,
} from 'gradus'
import { eigen } from 'gradus/curvature'
import { symmetricMatrices, tensors } from 'gradus/laws'
import {
  along,
  bfgs,
  bfgsDirection,
  bfgsUpdate,
  conjugateDirection,
  gradientBelow,
  inverseHessianProduct,
  lbfgs,
  lbfgsDirection,
  minimize,
  type Optimizer,
  objective,
  type StateType,
  sr1,
  strongWolfe,
  symmetricRankOneDirection,
  symmetricRankOneUpdate,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/points.js'
import { alternating, counted, take } from './counted.js'

interface Golden {
  readonly cases: ReadonlyArray<{
    readonly steps: ReadonlyArray<ReadonlyArray<number>>
    readonly positive: ReadonlyArray<ReadonlyArray<number>>
    readonly indefinite: ReadonlyArray<ReadonlyArray<number>>
    readonly matrices: ReadonlyArray<{
      readonly bfgs: ReadonlyArray<ReadonlyArray<number>>
      readonly sr1: ReadonlyArray<ReadonlyArray<number>>
    }>
    readonly changes: ReadonlyArray<ReadonlyArray<number>>
    readonly v: ReadonlyArray<number>
    readonly product: ReadonlyArray<number>
  }>
}

const golden: Golden = JSON.parse(fs.readFileSync(new URL('../golden/secant/secant.json', import.meta.url), 'utf8'))
const vector = (x: ReadonlyArray<number>): Tensor => tensor([...x])
const matrix = (x: ReadonlyArray<ReadonlyArray<number>>): Tensor => tensor(x.map((row) => [...row]))

describe('as SciPy', () => {
  it('updates of BFGS and SR1', () => {
    for (const { steps, positive, indefinite, matrices } of golden.cases) {
      const [spd, mixed] = [matrix(positive), matrix(indefinite)]
      steps.reduce(
        ({ one, two }, entries, i) => {
          const step = vector(entries)
          const next = {
            one: bfgsUpdate(one, { step, change: matmul(spd, step) }),
            two: symmetricRankOneUpdate(two, { step, change: matmul(mixed, step) }),
          }
          // Six updates of condition up to some hundreds.
          expectNear(next.one, matrices[i]?.bfgs, 1e-10)
          expectNear(next.two, matrices[i]?.sr1, 1e-8)
          return next
        },
        { one: eye(spd.shape[0] ?? 0), two: eye(spd.shape[0] ?? 0) },
      )
    }
  })

  it('the product of limited memory', () => {
    for (const { steps, changes, v, product } of golden.cases) {
      const pairs = steps.map((entries, i) => {
        const [step, change] = [vector(entries), vector(changes[i] ?? [])]
        return { step, change, curvature: toNumber(sum(mul(step, change))) }
      })
      expectNear(inverseHessianProduct(pairs, vector(v)), product, 1e-10)
    }
  })
})

describe('what an update teaches', () => {
  const cases = fc
    .integer({ min: 1, max: 5 })
    .chain((n) =>
      fc.record({ b: symmetricMatrices('positive', n), h: symmetricMatrices('positive', n), step: tensors([n]) }),
    )
  it('B y = s, symmetric to the bit, positive definite', () => {
    fc.assert(
      fc.property(cases, ({ b, h, step }) => {
        fc.pre(toNumber(treeNorm(step)) > 1e-3)
        const change = matmul(h.matrix, step)
        const updated = bfgsUpdate(b.matrix, { step, change })
        expectNear(matmul(updated, change), step, 1e-9)
        expect([...toFloat64Array(updated)]).toEqual([...toFloat64Array(transpose(updated))])
        const found = eigen(updated)
        expect(found._tag === 'Right' && (toFloat64Array(found.right.values)[0] ?? 0) > 0).toBe(true)
      }),
    )
  })
  it('rank one: pairs of any size are learned from alike', () => {
    for (const scale of [1e-90, 1e90]) {
      const pair = { step: tensor([scale, 0]), change: tensor([-2 * scale, 0]) }
      expectNear(symmetricRankOneUpdate(eye(2), pair), [-0.5, 0, 0, 1], 1e-14)
    }
  })

  it('rank one: B y = s unless the pair was skipped', () => {
    fc.assert(
      fc.property(cases, ({ b, h, step }) => {
        fc.pre(toNumber(treeNorm(step)) > 1e-3)
        const change = matmul(h.matrix, step)
        const updated = symmetricRankOneUpdate(b.matrix, { step, change })
        const isSkipped = updated === b.matrix
        // A quotient with a denominator of 1e-8 loses as many digits.
        if (!isSkipped) expect(toNumber(treeNorm(sub(matmul(updated, change), step)))).toBeLessThan(1e-6)
        expect([...toFloat64Array(updated)]).toEqual([...toFloat64Array(transpose(updated))])
      }),
    )
  })
  it('pairs without curvature are skipped', () => {
    const passage = {
      from: tensor([0, 0]),
      to: tensor([1, 0]),
      gradientFrom: tensor([0, 0]),
      gradientTo: tensor([0, 1]),
    }
    expect(bfgsDirection().learn?.(passage)({ inverse: null })).toEqual({ inverse: null })
    expect(lbfgsDirection().learn?.(passage)([])).toEqual([])
    const down = { ...passage, gradientTo: tensor([-1, 0]) }
    expect(lbfgsDirection().learn?.(down)([])).toEqual([])
    // Rank one learns from it, and becomes indefinite.
    expectNear(
      symmetricRankOneDirection().learn?.(down)({ inverse: eye(2) }).inverse,
      [
        [-1, 0],
        [0, 1],
      ],
      0,
    )
  })
})

/** ½ xᵀAx − Σ x with eigenvalues between 1 and 10. */
const eigenvalues = [1, 2.5, 4, 7, 10]
const bowl = objective((x: Tensor) => sum(sub(mul(tensor(eigenvalues.map((value) => value / 2)), mul(x, x)), x)))
const start = tensor([3, -2, 1, 0.5, -4])
const exactly = strongWolfe({ decrease: 1e-10, curvature: 1e-9 })
const pathOf = <F extends StateType>(optimizer: Optimizer<F>) => take(6)(minimize(optimizer, bowl)(start))

describe('with exact line searches on a convex quadratic', () => {
  const conjugate = pathOf(along(conjugateDirection('FR', Infinity), exactly))
  it('n steps lead to the minimum', () => {
    for (const path of [
      ...(['PR+', 'FR', 'HS+', 'DY', 'HZ'] as const).map((variant) =>
        pathOf(along(conjugateDirection(variant, Infinity), exactly)),
      ),
      pathOf(bfgs({ lineSearch: exactly })),
      pathOf(lbfgs({ lineSearch: exactly })),
    ])
      expect(path[5]?.gradientNorm).toBeLessThan(1e-7)
  })
  it('and not fewer', () => {
    expect(conjugate[4]?.gradientNorm).toBeGreaterThan(1e-3)
  })
  it('L-BFGS of any memory, and BFGS, take the steps of conjugate gradients', () => {
    for (const path of [1, 3, 10].map((memory) => pathOf(lbfgs({ memory, lineSearch: exactly }))))
      path.forEach(({ params }, i) => {
        expectNear(params, conjugate[i]?.params, 1e-6)
      })
    pathOf(bfgs({ lineSearch: exactly })).forEach(({ params }, i) => {
      expectNear(params, conjugate[i]?.params, 1e-6)
    })
  })
})

it('SR1 knows an indefinite Hessian after n steps', () => {
  const saddle = (x: Tensor): Tensor => mul(0.5, sum(mul(tensor([3, -1, 2]), mul(x, x))))
  const { learn } = symmetricRankOneDirection()
  const gradient = (x: Tensor): Tensor => mul(tensor([3, -1, 2]), x)
  const points = [tensor([0, 0, 0]), tensor([1, 0.2, 0]), tensor([0.5, 1, 0.3]), tensor([0.1, 0.4, 1])]
  const { inverse } = points.slice(1).reduce<{ readonly inverse: Tensor | null }>(
    (state, to, i) => {
      const from = points[i] ?? to
      return learn?.({ from, to, gradientFrom: gradient(from), gradientTo: gradient(to) })(state) ?? state
    },
    { inverse: null },
  )
  expectNear(
    inverse,
    [
      [1 / 3, 0, 0],
      [0, -1, 0],
      [0, 0, 1 / 2],
    ],
    1e-9,
  )
  expect(toNumber(saddle(tensor([0, 1, 0])))).toBeLessThan(0)
})

describe('what it costs', () => {
  const loss = (x: Tensor): Tensor => sum(mul(tensor([1, 5]), mul(x, x)))
  const counts = <F extends StateType>(optimizer: Optimizer<F>): void => {
    const watched = counted(loss)
    const path = take(4)(minimize(optimizer, watched.objective)(tensor([1, 1])))
    const last = path[path.length - 1]
    expect(last?.work.gradients).toBe(watched.count('gradient'))
    expect(watched.count('value')).toBe(0)
    expect(last?.step).toBe(3)
  }
  it('a gradient for each step length, and none besides', () => {
    counts(bfgs())
    counts(lbfgs())
    counts(sr1())
  })
  it('on minibatches both gradients of a pair are of one batch', () => {
    const other = (x: Tensor): Tensor => sum(mul(tensor([7, 2]), mul(sub(x, 1), sub(x, 1))))
    const path = take(3)(minimize(lbfgs(), alternating([loss, other]))(tensor([1, 1])))
    path.slice(1).forEach(({ state: [pairs] }, i) => {
      const pair = pairs[pairs.length - 1]
      const hessian = i % 2 === 0 ? tensor([2, 10]) : tensor([14, 4])
      if (pair === undefined) throw new Error('no pair')
      expectNear(pair.change, mul(hessian, pair.step), 1e-12)
    })
  })
})

it('memory forgets the oldest pairs; options out of range are refused', () => {
  const path = pipe(start, minimize(lbfgs({ memory: 2 }), bowl), takeUntil(gradientBelow(1e-9)))
  expect(path.last.state[0].length).toBe(2)
  expect(
    toNumber(treeNorm(treeAxpy(-1, path.last.params, tensor(eigenvalues.map((value) => 1 / value))))),
  ).toBeLessThan(1e-8)
  expect(defectOf(() => lbfgs({ memory: 0 }))).toContain('lbfgs: expected memory to be an integer of 1 or more, got 0.')
  expect(defectOf(() => bfgs({ skip: -1 }))).toContain('expected skip')
})
