/** Objectives through a map of parameters that works entry by entry: every ability follows from two derivatives of the map. */
import type { Lazy } from 'fp-ts/lib/function.js'
import { raise } from '../../data/Defect.js'
import type { Tensor } from '../../data/Tensor.js'
import { treeZip } from '../../data/Tree.js'
import { ravel, treeAdd } from '../../function/tree.js'
import { diag } from '../../function/triangle.js'
import { imagesOf } from '../../operator/flat.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { linearOperator } from '../../operator/linear.js'
import { add, mul } from '../../primitive/arithmetic.js'
import { outer } from '../../primitive/contraction.js'
import { reshape } from '../../primitive/structure.js'
import type { ObjectiveWith, Residuals, Smooth, SomeObjective } from '../Objective.js'

/** Where a map leads from a point, with its derivatives entry by entry. */
export interface EntrywiseAt<P> {
  readonly params: P
  /** T′. */
  readonly slope: Lazy<P>
  /** T″; none of a map that is linear around the point. */
  readonly bend?: Lazy<P>
  /** What is added to the diagonal of curvatures: 1 for entries that do not count, so that they can be solved for. */
  readonly still?: Lazy<P>
}

/** Objectives may come with another one for steps inside of a subspace. */
export type MaybeInside<P> = SomeObjective<P> & { readonly inside?: ObjectiveWith<Smooth, P> }

const times = treeZip(mul)

/** D A D + E with diagonal D and E. */
export const congruent = <P>(inner: LinearOperator<P>, slope: P, extra: P | undefined): LinearOperator<P> => {
  const d = ravel(slope)[0]
  const e = extra === undefined ? undefined : ravel(extra)[0]
  const over = (rows: Tensor): Tensor => mul(rows, reshape(d, [1, d.size]))
  const beside = (v: P, product: P): P => (extra === undefined ? product : treeAdd(product, times(extra, v)))
  return linearOperator(slope, (v) => beside(v, times(slope, inner.apply(times(slope, v)))), {
    matrix: () => {
      const matrix = mul(outer(d, d), inner.matrix())
      return e === undefined ? matrix : add(matrix, diag(e))
    },
    ...(inner.applyMany === undefined
      ? {}
      : {
          applyMany: (rows: Tensor) => {
            const images = over(imagesOf(inner)(over(rows)))
            return e === undefined ? images : add(images, mul(rows, reshape(e, [1, e.size])))
          },
        }),
  })
}

const residualsThrough = <P>({ values, product, transposed, matrix }: Residuals<P>, slope: P): Residuals<P> => ({
  values,
  product: (v) => product(times(slope, v)),
  transposed: (u) => times(slope, transposed(u)),
  matrix: () => {
    const d = ravel(slope)[0]
    return mul(matrix(), reshape(d, [1, d.size]))
  },
})

/** What was seen at a point of the objective itself. */
export interface SeenThrough<P> {
  readonly params: P
  readonly value: number
  readonly gradient: P
}

/**
 * f ∘ T with all that f can be asked: ∇ = T′ ∘ ∇f, ∇² = T′ ∇²f T′ + diag(T″ ∘ ∇f), and J T′ of residuals J. Gradients are kept by the
 * identity of points, since curvature needs that of f again; `seen` hands them out.
 */
export const through = <P, O extends MaybeInside<P>>(
  objective: O,
  at: (free: P) => EntrywiseAt<P>,
): { readonly objective: O; readonly seen: (free: P) => SeenThrough<P> | undefined } => {
  const { valueAndGrad, hessian, gaussNewton, residuals, inside } = objective
  const last = new Map<'last', readonly [P, SeenThrough<P>]>()
  const seen = (free: P): SeenThrough<P> | undefined => {
    const [at, found] = last.get('last') ?? []
    return at === free ? found : undefined
  }
  const valueThrough =
    (value: (p: P) => number) =>
    (free: P): number =>
      value(at(free).params)
  const gradientThrough =
    (of: (p: P) => readonly [number, P], keep: boolean) =>
    (free: P): readonly [number, P] => {
      const { params, slope } = at(free)
      const [value, gradient] = of(params)
      if (keep) last.set('last', [free, { params, value, gradient }])
      return [value, times(slope(), gradient)]
    }
  const gradientAt = (free: P, params: P): P =>
    seen(free)?.gradient ??
    (valueAndGrad === undefined
      ? raise('InvalidArgument', 'freeVariables: expected an objective with valueAndGrad beside its hessian.')
      : valueAndGrad(params)[1])
  return {
    seen,
    objective: {
      ...objective,
      value: valueThrough(objective.value),
      ...(valueAndGrad === undefined ? {} : { valueAndGrad: gradientThrough(valueAndGrad, true) }),
      ...(hessian === undefined
        ? {}
        : {
            hessian: (free: P): LinearOperator<P> => {
              const { params, slope, bend, still } = at(free)
              const bent = bend === undefined ? undefined : times(bend(), gradientAt(free, params))
              return congruent(hessian(params), slope(), bent ?? still?.())
            },
          }),
      ...(gaussNewton === undefined
        ? {}
        : {
            gaussNewton: (free: P): LinearOperator<P> => {
              const { params, slope, still } = at(free)
              return congruent(gaussNewton(params), slope(), still?.())
            },
          }),
      ...(residuals === undefined
        ? {}
        : {
            residuals: (free: P): Residuals<P> => {
              const { params, slope } = at(free)
              return residualsThrough(residuals(params), slope())
            },
          }),
      ...(inside === undefined
        ? {}
        : { inside: { value: valueThrough(inside.value), valueAndGrad: gradientThrough(inside.valueAndGrad, false) } }),
    },
  }
}
