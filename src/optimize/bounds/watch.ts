/** Whether a method asks for curvature or residuals: its steps are made of all parameters together, and not entry by entry. */
import type { SomeObjective } from '../Objective.js'

/** What was asked of objectives that are watched. */
export interface Watch<P> {
  readonly isCurved: () => boolean
  readonly watched: <O extends SomeObjective<P>>(objective: O) => O
}

export const watch = <P>(): Watch<P> => {
  const asked = new Set<'curvature'>()
  const noting =
    <A>(of: (p: P) => A) =>
    (p: P): A => {
      asked.add('curvature')
      return of(p)
    }
  return {
    isCurved: () => asked.has('curvature'),
    watched: (objective) => {
      const { hessian, gaussNewton, residuals } = objective
      return {
        ...objective,
        ...(hessian === undefined ? {} : { hessian: noting(hessian) }),
        ...(gaussNewton === undefined ? {} : { gaussNewton: noting(gaussNewton) }),
        ...(residuals === undefined ? {} : { residuals: noting(residuals) }),
      }
    },
  }
}
