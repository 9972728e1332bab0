/** Solutions and eigenvalues of SciPy for matrices with known spectra; see test/golden/operators/make.py. */
import { readFileSync } from 'node:fs'
import { matmul, mul, type Tensor, tensor } from 'gradus'

export interface OperatorCase {
  readonly name: string
  readonly values: ReadonlyArray<number>
  readonly right: ReadonlyArray<number>
  /** The shortest least-squares solution of A x = right. */
  readonly shortest: ReadonlyArray<number>
  /** The first iterates from 0 for A x = right. */
  readonly cg?: ReadonlyArray<ReadonlyArray<number>>
  readonly minres: ReadonlyArray<ReadonlyArray<number>>
  /** The solution of A x = A right. */
  readonly solved: ReadonlyArray<number>
  readonly largest: ReadonlyArray<number>
  readonly smallest: ReadonlyArray<number>
  readonly magnitude: ReadonlyArray<number>
}

const file: { readonly cases: ReadonlyArray<OperatorCase> } = JSON.parse(
  readFileSync(new URL('../golden/operators/operators.json', import.meta.url), 'utf8'),
)

export const operatorCases: ReadonlyArray<OperatorCase> = file.cases

/** The sine transform: symmetric and orthogonal. */
const sines = (n: number): Tensor =>
  tensor(
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => Math.sqrt(2 / (n + 1)) * Math.sin((Math.PI * (i + 1) * (j + 1)) / (n + 1))),
    ),
  )

export const matrixOf = ({ values }: OperatorCase): Tensor => {
  const q = sines(values.length)
  return matmul(mul(q, tensor(values)), q)
}
