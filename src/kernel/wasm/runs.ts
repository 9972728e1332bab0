/* The functions without parameters that an emitted module exports. */

/** What it returns means something where its emitter says so. */
type Run = () => number

const isRun = (value: unknown): value is Run => typeof value === 'function'

/**
 * The exports `name0`, `name1`, …; undefined where the engine has no SIMD or refuses: a security policy without
 * wasm-unsafe-eval, an import that is missing.
 */
export const runsOf = (
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  count: number,
  imports: WebAssembly.Imports,
): ReadonlyArray<Run> | undefined => {
  if (typeof WebAssembly === 'undefined') return undefined
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
    return Array.from({ length: count }, (_, i) => {
      const run = exports[`${name}${i}`]
      return isRun(run) ? run : () => -1
    })
  } catch {
    return undefined
  }
}
