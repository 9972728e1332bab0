/** Products of arrays by a team: copied into a memory that the threads share and out of it, as matmul.ts does for one. */
import type { MatrixKernel } from '../MatrixKernel.js'
import { ceil4, KEEP, load, MAXIMUM, SCRATCH } from './matmul.js'
import type { Arena, Team } from './Team.js'
import { productPieces } from './threadsPieces.js'

/** C ← op(A)·op(B) by all threads; false, with C untouched, where it does not pay or the memory is missing. */
export type SharedProduct = (...operands: Parameters<MatrixKernel>) => boolean

export const sharedProduct = (team: Team): SharedProduct => {
  // A shared memory does not grow: a larger product takes a new one, and the old one is collected.
  let kept: Arena | undefined
  const memoryFor = (doubles: number): Arena | undefined => {
    if (kept !== undefined && kept.view.length >= doubles) return kept
    const opened = team.open(doubles)
    kept = doubles > KEEP ? undefined : opened
    return opened
  }
  return (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
    if (productPieces(m, n, k, team.threads) === undefined) return false
    const atA = SCRATCH
    const atB = atA + ceil4(m) * k + 4
    const atC = atB + k * ceil4(n) + 4
    const size = atC + ceil4(m) * ceil4(n)
    const memory = size > MAXIMUM ? undefined : memoryFor(size)
    if (memory === undefined) return false
    const { view, multiply } = memory
    load(view, atA, a, aOffset, m * k)
    load(view, atB, b, bOffset, k * n)
    multiply(m, n, k, atA, transposeA, atB, transposeB, atC)
    c.set(view.subarray(atC, atC + m * n), cOffset)
    return true
  }
}
