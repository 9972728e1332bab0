/** Which call of gradus a fixture of linear algebra means. */

import type { MatrixNorm, Tensor } from 'gradus'
import * as gradus from 'gradus'

/** The options of these fixtures. */
export interface LinalgOptions {
  /** One of several results, or how the matrix is given. */
  readonly part?: string
  readonly upper?: boolean
  readonly transposed?: boolean
  readonly unitDiagonal?: boolean
  readonly exponent?: number
  readonly kind?: MatrixNorm
}

type Call = (...inputs: ReadonlyArray<Tensor>) => Tensor

const at = (inputs: ReadonlyArray<Tensor>, index: number): Tensor => {
  const found = inputs[index]
  if (found === undefined) throw new Error(`the fixture lacks input ${index}`)
  return found
}

const unary =
  (f: (a: Tensor, options: LinalgOptions) => Tensor) =>
  (options: LinalgOptions): Call =>
  (...inputs) =>
    f(at(inputs, 0), options)

const binary =
  (f: (a: Tensor, b: Tensor, options: LinalgOptions) => Tensor) =>
  (options: LinalgOptions): Call =>
  (...inputs) =>
    f(at(inputs, 0), at(inputs, 1), options)

const partOf =
  (f: (a: Tensor) => Readonly<Record<string, Tensor>>) =>
  ({ part = '' }: LinalgOptions): Call =>
  (...inputs) => {
    const found = f(at(inputs, 0))[part]
    if (found === undefined) throw new Error(`there is no result ${part}`)
    return found
  }

/** With its rows in the other order, so that pivots must be exchanged. */
const given = (a: Tensor, { part }: LinalgOptions): Tensor => (part === 'reversed' ? gradus.flip(a, [0]) : a)

export const linalgOperations: Readonly<Record<string, (options: LinalgOptions) => Call>> = {
  triangularSolve: binary((a, b, options) => gradus.triangularSolve(a, b, options)),
  cholesky: unary(gradus.cholesky),
  solve: binary((a, b, options) => gradus.solve(given(a, options), b)),
  lu: partOf((a) => ({ ...gradus.lu(a) })),
  qr: partOf((a) => ({ ...gradus.qr(a) })),
  svd: partOf((a) => ({ ...gradus.svd(a) })),
  eigh: partOf((a) => ({ ...gradus.eigh(a) })),
  pinv: unary((a) => gradus.pinv(a)),
  lstsq: binary((a, b) => gradus.lstsq(a, b)),
  det: unary(gradus.det),
  adjugate: unary(gradus.adjugate),
  slogdet: (options) =>
    options.part === 'sign'
      ? unary((a) => gradus.slogdet(a).sign)(options)
      : unary((a) => gradus.slogdet(given(a, options)).logAbs)(options),
  logdet: unary(gradus.logdet),
  inv: unary(gradus.inv),
  expm: unary(gradus.expm),
  matrixPower: unary((a, { exponent = 1 }) => gradus.matrixPower(a, exponent)),
  matrixNorm: unary((a, { kind }) => gradus.matrixNorm(a, kind)),
}

export const linalgSet: ReadonlyArray<string> = `
  triangularSolve cholesky solve lu qr svd eigh pinv lstsq det adjugate slogdet logdet inv expm matrixPower
  matrixNorm
`
  .trim()
  .split(/\s+/)
