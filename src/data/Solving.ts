/** Which linear equation a map solves, or of which function of matrices it is the derivative. */
import type { Tensor } from './Tensor.js'

/** A X = T with A, or one triangle of it; X D − D X = T with a diagonal D. See primitive/linalg*.ts. */
export type Equation = 'matrix' | 'lower' | 'upper' | 'unitLower' | 'unitUpper' | 'commutator' | 'strictCommutator'

export interface Solving {
  readonly equation: Equation
  readonly by: ReadonlyArray<Tensor>
  readonly transposed: boolean
}

export interface MatrixFunction {
  /** The name of its record. */
  readonly of: 'expm' | 'sqrtm'
  readonly by: Tensor
  readonly transposed: boolean
}
