/** Counts what an objective is asked, for steps whose cost nobody else reports: those of a method that failed. */
import type { LinearOperator } from '../../operator/LinearOperator.js'
import type { Residuals, SomeObjective } from '../Objective.js'
import type { Work } from '../Optimizer.js'

/** What is asked of an objective, as `Work` counts it; decompositions it cannot see. */
export interface Meter<P> {
  readonly spent: () => Partial<Work>
  /** Whether it was asked for curvature or residuals. */
  readonly isCurved: () => boolean
  readonly metered: <O extends SomeObjective<P>>(objective: O) => O
}

export const meter = <P>(): Meter<P> => {
  const counts = new Map<keyof Work, number>()
  const count = (what: keyof Work, by = 1): void => {
    counts.set(what, (counts.get(what) ?? 0) + by)
  }
  const seen = new Set<'curvature'>()
  const watched = (operator: LinearOperator<P>): LinearOperator<P> => {
    seen.add('curvature')
    return {
      ...operator,
      apply: (v) => {
        count('products')
        return operator.apply(v)
      },
      matrix: () => {
        count('products', operator.size)
        return operator.matrix()
      },
    }
  }
  const watchedResiduals = (found: Residuals<P>): Residuals<P> => {
    seen.add('curvature')
    return {
      ...found,
      matrix: () => {
        const matrix = found.matrix()
        count('products', Math.min(...matrix.shape))
        return matrix
      },
    }
  }
  return {
    spent: () => Object.fromEntries(counts),
    isCurved: () => seen.has('curvature'),
    metered: (objective) => {
      const { value, valueAndGrad, hessian, gaussNewton, residuals } = objective
      return {
        ...objective,
        value: (p) => {
          count('evaluations')
          return value(p)
        },
        ...(valueAndGrad === undefined
          ? {}
          : {
              valueAndGrad: (p) => {
                count('gradients')
                return valueAndGrad(p)
              },
            }),
        ...(hessian === undefined ? {} : { hessian: (p) => watched(hessian(p)) }),
        ...(gaussNewton === undefined ? {} : { gaussNewton: (p) => watched(gaussNewton(p)) }),
        ...(residuals === undefined ? {} : { residuals: (p) => watchedResiduals(residuals(p)) }),
      }
    },
  }
}
