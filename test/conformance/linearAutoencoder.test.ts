/** Loss, gradient and index at every class of critical points of a deep linear autoencoder, against the closed form. */
import * as E from 'fp-ts/lib/Either.js'
import { eye, foldIn, normal, qr, randomKey, ravel, type Tensor, toFloat64Array } from 'gradus'
import { flatness, indexOf } from 'gradus/curvature'
import { objective } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import {
  type Autoencoder,
  type Class,
  classes,
  criticalPoint,
  indexInClosedForm,
  lossInClosedForm,
  lossOf,
} from './linearAutoencoder.js'

interface Found {
  readonly loss: number
  readonly slope: number
  readonly atLeast: number
  readonly atMost: number
  readonly verdict: string
}

const ascending = (k: number): ReadonlyArray<number> => Array.from({ length: k }, (_, j) => j + 1)

const examine = (eigenvalues: ReadonlyArray<number>, basis: Tensor, p: number): ((set: Class, i: number) => Found) => {
  const { valueAndGrad, hessian } = objective(lossOf(eigenvalues, basis), { compilation: 'always' })
  return (set, i) => {
    const point: Autoencoder = criticalPoint(foldIn(randomKey(11), i), basis, p, set)
    const [loss, gradient] = valueAndGrad(point)
    const operator = hessian(point)
    const matrix = operator.matrix()
    const curvature = { ...operator, matrix: () => matrix }
    // The p² directions in the coordinates of the code, and others, are flat; the least that counts is about 1 / k.
    const index = indexOf({ tolerance: 1e-9 })(curvature)
    const audit = flatness()(curvature, gradient)
    return E.isRight(index) && E.isRight(audit)
      ? {
          loss,
          slope: toFloat64Array(ravel(gradient)[0]).reduce((most, g) => Math.max(most, Math.abs(g)), 0),
          atLeast: index.right.atLeast,
          atMost: index.right.atMost,
          verdict: audit.right.verdict,
        }
      : expect.fail('no eigenvalues')
  }
}

/** What does not agree, in words, so that one look shows which classes. */
const disagreements = (
  eigenvalues: ReadonlyArray<number>,
  basis: Tensor,
  p: number,
  sets: ReadonlyArray<Class>,
): ReadonlyArray<string> => {
  const found = examine(eigenvalues, basis, p)
  return sets.flatMap((set, i) => {
    const { loss, slope, atLeast, atMost, verdict } = found(set, i)
    const [wanted, index] = [lossInClosedForm(eigenvalues, set), indexInClosedForm(eigenvalues, p, set)]
    // Sums of k² squares of size 16 at most: rounding is far below 10⁻¹².
    const agrees =
      Math.abs(loss - wanted) < 1e-12 &&
      slope < 1e-12 &&
      atLeast === index &&
      atMost === index &&
      verdict === 'critical'
    return agrees
      ? []
      : [`{${set.join()}}: ${JSON.stringify({ loss, wanted, slope, atLeast, atMost, index, verdict })}`]
  })
}

describe('the classes', () => {
  it('are as many as there are sets', () => {
    expect(classes(6, 3)).toHaveLength(42)
    expect(classes(16, 4)).toHaveLength(2517)
    expect(new Set(classes(16, 4).map((set) => set.join())).size).toBe(2517)
  })

  it('have their extremes where the literature has them', () => {
    const eigenvalues = ascending(16)
    expect(lossInClosedForm(eigenvalues, [])).toBe(8.5)
    expect(indexInClosedForm(eigenvalues, 4, []) / (2 * 16 * 4)).toBe(0.5)
    expect(indexInClosedForm(eigenvalues, 4, [12, 13, 14, 15])).toBe(0)
    expect(indexInClosedForm(eigenvalues, 4, [0, 1, 2, 3])).toBe(48)
  })
})

describe('our Hessian agrees with the closed form', () => {
  it('at all 42 classes of k = 6 and p = 3, in rotated coordinates', () => {
    const { q: basis } = qr(normal(randomKey(5), [6, 6]))
    expect(disagreements(ascending(6), basis, 3, classes(6, 3))).toEqual([])
  })

  it('at all 2,517 classes of k = 16 and p = 4', () => {
    expect(disagreements(ascending(16), eye(16), 4, classes(16, 4))).toEqual([])
  }, 300_000)
})
