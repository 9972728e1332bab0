/*
 * The fused rank-two update and matrix-vector product of sweep.wat. Unlike the matrix product it works in place: the
 * caller asks for memory, puts its matrix there and passes indices.
 */
import { workspaces } from './instance.js'
import { sweepBytes } from './sweep.bytes.js'

/** A pass over the lower triangle: A ← A − v·wᵀ − w·vᵀ, p ← p + A·u; the arguments are indices into one array. */
export type Sweep = (rows: number, a: number, stride: number, v: number, w: number, u: number, p: number) => void

export interface SweepMemory {
  readonly memory: Float64Array
  readonly sweep: Sweep
}

const workspace = workspaces(sweepBytes, 'sweep')

/** Memory of at least that many doubles with the kernel that works in it, or undefined where there is none. */
export const sweepMemory = (doubles: number): SweepMemory | undefined => {
  const found = workspace(doubles)
  return (
    found && {
      memory: found.memory,
      sweep: (rows, a, stride, v, w, u, p) => {
        found.kernel(rows, a * 8, stride * 8, v * 8, w * 8, u * 8, p * 8)
      },
    }
  )
}
