/*
 * Vᵀ·Y for eight columns at a time, from the factors of V, by project.wat: how the full matrix of eigenvectors is made.
 */
import { workspaces } from './instance.js'
import { projectBytes } from './project.bytes.js'

const workspace = workspaces(projectBytes, 'project')

export interface Projection {
  /** n×8, row-major: to be filled before each call and read after it. */
  readonly block: Float64Array
  readonly run: () => void
}

/** The factors of V loaded into WebAssembly memory, or undefined where it cannot be had. `runs` has pairs of a first plane and a count. */
export const projection = (
  n: number,
  reflectors: Float64Array,
  tau: Float64Array,
  runs: Int32Array,
  angles: Float64Array,
): Projection | undefined => {
  const steps = runs.length / 2
  const atTau = n * n
  const atRuns = atTau + n
  const atAngles = atRuns + steps
  const atBlock = atAngles + angles.length
  const end = atBlock + 8 * n
  const found = workspace(end)
  if (found === undefined) return undefined
  const { memory, kernel } = found
  memory.set(reflectors)
  memory.set(tau, atTau)
  new Int32Array(memory.buffer).set(runs, 2 * atRuns)
  memory.set(angles, atAngles)
  return {
    block: memory.subarray(atBlock, end),
    run: () => {
      kernel(n, 0, atTau * 8, atRuns * 8, steps, atAngles * 8, atBlock * 8)
    },
  }
}
