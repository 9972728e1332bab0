/** The call that every matrix product answers. Offsets count doubles. */

/** C ← op(A)·op(B): A is m×k (k×m when transposeA), B is k×n (n×k when transposeB), all row-major; C (m×n) is overwritten. */
export type MatrixKernel = (
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  transposeA: boolean,
  b: Float64Array,
  bOffset: number,
  transposeB: boolean,
  c: Float64Array,
  cOffset: number,
) => void
