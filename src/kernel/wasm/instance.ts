/*
 * Instantiates an embedded WebAssembly module synchronously (browsers allow it on the main thread below 4 kB) and keeps
 * a Float64Array view of its memory, renewed when the memory grows.
 */

const PAGE = 65_536

/** A kernel function: byte addresses, counts and flags in; nothing, or a number, out. */
export type Kernel = (...args: ReadonlyArray<number>) => number

export interface WasmInstance {
  readonly memory: WebAssembly.Memory
  readonly kernel: (name: string) => Kernel
  /** Memory as doubles, at least `doubles` long, or undefined when there is no more. Earlier views are dead once it has grown. */
  readonly reserve: (doubles: number) => Float64Array | undefined
}

export const isKernel = (value: unknown): value is Kernel => typeof value === 'function'

/** The bytes of an embedded module. */
export const decode = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

/** Whether the engine knows every instruction of the module (SIMD above all); cheaper than compiling it. */
export const supports = (base64: string): boolean =>
  typeof WebAssembly !== 'undefined' && WebAssembly.validate(decode(base64))

/** Compiled once: their code stays as fast as it has become. */
const modules = new Map<string, WebAssembly.Module>()

const moduleOf = (base64: string): WebAssembly.Module => {
  const made = modules.get(base64) ?? new WebAssembly.Module(decode(base64))
  modules.set(base64, made)
  return made
}

/** The running module, or undefined where the engine refuses: no SIMD, or a security policy without wasm-unsafe-eval. */
export const instantiate = (base64: string): WasmInstance | undefined => {
  if (typeof WebAssembly === 'undefined') return undefined
  try {
    const { exports } = new WebAssembly.Instance(moduleOf(base64))
    const { memory } = exports
    if (!(memory instanceof WebAssembly.Memory)) return undefined
    let view = new Float64Array(memory.buffer)
    return {
      memory,
      kernel: (name) => {
        const kernel = exports[name]
        return isKernel(kernel) ? kernel : () => Number.NaN
      },
      reserve: (doubles) => {
        if (view.length < doubles) {
          try {
            memory.grow(Math.ceil(((doubles - view.length) * 8) / PAGE))
          } catch {
            return undefined
          }
          view = new Float64Array(memory.buffer)
        }
        return view
      },
    }
  } catch {
    return undefined
  }
}

/** A kernel that works in place, and the memory where its caller puts the operands. */
export interface Workspace {
  readonly memory: Float64Array
  readonly kernel: Kernel
}

/** Workspaces beyond this many doubles (64 MiB) are not kept for the next caller. */
const KEEP = 2 ** 23

/** Workspaces of one module, instantiated at the first request; undefined where it cannot run or has not enough memory. */
export const workspaces = (base64: string, name: string): ((doubles: number) => Workspace | undefined) => {
  let running: WasmInstance | undefined
  let refused = false
  return (doubles) => {
    if (refused) return undefined
    const instance = running ?? instantiate(base64)
    refused = instance === undefined
    running = doubles > KEEP ? undefined : instance
    const memory = instance?.reserve(doubles)
    return instance && memory && { memory, kernel: instance.kernel(name) }
  }
}
