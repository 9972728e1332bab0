/** Operators with known spectra, and the message of a defect. */
import { Defect, matmul, mul, normal, qr, randomKey, type Tensor, tensor, transpose } from 'gradus'
import { type LinearOperator, operatorOf } from 'gradus/curvature'

export const defectOf = (run: () => unknown): string => {
  try {
    run()
    return 'no defect'
  } catch (thrown) {
    return thrown instanceof Defect ? `${thrown._tag}: ${thrown.message}` : `not a Defect: ${String(thrown)}`
  }
}

/** Q diag(values) Qᵀ with a random Q. */
export const withSpectrum = (values: ReadonlyArray<number>, seed: number): Tensor => {
  const { q } = qr(normal(randomKey(seed), [values.length, values.length]))
  return matmul(mul(q, tensor(values)), transpose(q))
}

export interface Counted<P> extends LinearOperator<P> {
  readonly products: () => number
}

/** The same operator, with its products counted; rows that are taken together count one by one. */
export const counted = <P>({ applyMany, ...operator }: LinearOperator<P>): Counted<P> => {
  const seen: Array<number> = []
  return {
    ...operator,
    apply: (v) => {
      seen.push(1)
      return operator.apply(v)
    },
    ...(applyMany === undefined
      ? {}
      : {
          applyMany: (rows: Tensor) => {
            seen.push(rows.shape[0] ?? 0)
            return applyMany(rows)
          },
        }),
    products: () => seen.reduce((sum, count) => sum + count, 0),
  }
}

export const ofSpectrum = (values: ReadonlyArray<number>, seed: number): Counted<Tensor> =>
  counted(operatorOf(withSpectrum(values, seed)))
