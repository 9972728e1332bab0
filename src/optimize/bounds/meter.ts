/** Counts what an objective is asked, for steps whose cost nobody else reports: those of a method that failed. */
import type { LinearOperator } from '../../operator/LinearOperator.js'
import type { ObjectiveWith, Residuals, Smooth } from '../Objective.js'
import type { Work } from '../Optimizer.js'
import type { MaybeInside } from './through.js'

/** What is asked of an objective, as `Work` counts it; decompositions it cannot see. */
export interface Meter<P> {
  readonly spent: () => Partial<Work>
  /** Whether it was asked for curvature or residuals. */
  readonly isCurved: () => boolean
  readonly metered: <O extends MaybeInside<P>>(objective: O) => O
}

export const meter = <P>(): Meter<P> => {
  const counts = new Map<keyof Work, number>()
  const count = (what: keyof Work, by = 1): void => {
    counts.set(what, (counts.get(what) ?? 0) + by)
  }
  /** The same function, each of whose calls counts. */
  const counting =
    (what: keyof Work) =>
    <A extends ReadonlyArray<unknown>, R>(ask: (...given: A) => R): ((...given: A) => R) =>
    (...given) => {
      count(what)
      return ask(...given)
    }
  const [evaluation, gradient, product] = [counting('evaluations'), counting('gradients'), counting('products')]
  const seen = new Set<'curvature'>()
  const watched = (operator: LinearOperator<P>): LinearOperator<P> => {
    seen.add('curvature')
    const { applyMany } = operator
    return {
      ...operator,
      apply: product(operator.apply),
      matrix: () => {
        count('products', operator.size)
        return operator.matrix()
      },
      ...(applyMany === undefined
        ? {}
        : {
            applyMany: (rows) => {
              count('products', rows.shape[0])
              return applyMany(rows)
            },
          }),
    }
  }
  const watchedResiduals = (found: Residuals<P>): Residuals<P> => {
    seen.add('curvature')
    return {
      values: found.values,
      product: product(found.product),
      transposed: product(found.transposed),
      matrix: () => {
        const matrix = found.matrix()
        count('products', Math.min(...matrix.shape))
        return matrix
      },
    }
  }
  const smooth = ({ value, valueAndGrad }: ObjectiveWith<Smooth, P>): ObjectiveWith<Smooth, P> => ({
    value: evaluation(value),
    valueAndGrad: gradient(valueAndGrad),
  })
  return {
    spent: () => Object.fromEntries(counts),
    isCurved: () => seen.has('curvature'),
    metered: (objective) => {
      const { value, valueAndGrad, hessian, gaussNewton, residuals, gradientSquares, drawnSquares, inside } = objective
      return {
        ...objective,
        value: evaluation(value),
        ...(valueAndGrad === undefined ? {} : { valueAndGrad: gradient(valueAndGrad) }),
        ...(hessian === undefined ? {} : { hessian: (p: P) => watched(hessian(p)) }),
        ...(gaussNewton === undefined ? {} : { gaussNewton: (p: P) => watched(gaussNewton(p)) }),
        ...(residuals === undefined ? {} : { residuals: (p: P) => watchedResiduals(evaluation(residuals)(p)) }),
        ...(gradientSquares === undefined ? {} : { gradientSquares: gradient(gradientSquares) }),
        ...(drawnSquares === undefined ? {} : { drawnSquares: gradient(drawnSquares) }),
        ...(inside === undefined ? {} : { inside: smooth(inside) }),
      }
    },
  }
}
