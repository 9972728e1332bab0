/*
 * The vector functions of math.wat, mathErf.wat, mathLog.wat and mathCircle.wat. JavaScript cannot pass a vector, so a
 * function of type (v128) → v128 is of use to other modules only: `mathFunctions` is their import object. `mapMath` runs
 * the loops of mathMap.wat over arrays, block by block through a small memory of its own.
 */
import { mathBytes } from './math.bytes.js'
import { mathCircleBytes } from './mathCircle.bytes.js'
import { mathErfBytes } from './mathErf.bytes.js'
import { mathLogBytes } from './mathLog.bytes.js'
import { mathMapBytes } from './mathMap.bytes.js'

/** Functions of one argument. */
export const unaryNames = [
  'exp',
  'expm1',
  'tanh',
  'sechSquared',
  'sigmoid',
  'erf',
  'sinh',
  'cosh',
  'log',
  'log1p',
  'softplus',
  'sin',
  'cos',
  'tan',
  'atan',
] as const

/** Functions of two arguments. */
export const binaryNames = ['atan2', 'pow'] as const

export type UnaryName = (typeof unaryNames)[number]
export type BinaryName = (typeof binaryNames)[number]

/** A loop of mathMap.wat: byte addresses of the operands and of the result, and the number of entries. */
export type MathLoop = (...addressesAndCount: ReadonlyArray<number>) => void

/** Doubles in a block; the memory holds two of them, and a second-level cache with room to spare. */
const BLOCK = 4096
const BYTES = BLOCK * 8

const isLoop = (value: unknown): value is MathLoop => typeof value === 'function'

const run = (base64: string, math: WebAssembly.ModuleImports): WebAssembly.Exports =>
  new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))),
    { math },
  ).exports

/** What the host computes itself, one lane after the other. */
const scalars: WebAssembly.ModuleImports = {
  scalarSin: Math.sin,
  scalarCos: Math.cos,
  scalarTan: Math.tan,
  scalarAtan: Math.atan,
  scalarAtan2: Math.atan2,
  scalarPow: Math.pow,
}

/** The modules in order: each imports functions of those before it, and of the host. */
export const mathModules: ReadonlyArray<string> = [mathBytes, mathErfBytes, mathLogBytes, mathCircleBytes]

const startFunctions = (): WebAssembly.ModuleImports =>
  mathModules.reduce((known, bytes) => ({ ...known, ...run(bytes, known) }), scalars)

let functions: WebAssembly.ModuleImports | undefined
let refused = false

/** The functions by name, (v128) → v128 or (v128, v128) → v128, as imports of another module; undefined where the engine has no SIMD or forbids WebAssembly. */
export const mathFunctions = (): WebAssembly.ModuleImports | undefined => {
  if (refused) return undefined
  try {
    functions ??= startFunctions()
  } catch {
    refused = true
  }
  return functions
}

/** The loops over one memory, whoever owns it. */
export const mathLoops = (memory: WebAssembly.Memory): ((name: UnaryName | BinaryName) => MathLoop) | undefined => {
  const imports = mathFunctions()
  if (imports === undefined) return undefined
  const loops = run(mathMapBytes, { ...imports, memory })
  return (name) => {
    const loop = loops[name]
    return isLoop(loop) ? loop : () => undefined
  }
}

interface Running {
  readonly loop: (name: UnaryName | BinaryName) => MathLoop
  readonly view: Float64Array
}

let running: Running | undefined

const start = (): Running | undefined => {
  if (running !== undefined || mathFunctions() === undefined) return running
  const memory = new WebAssembly.Memory({ initial: 1 })
  const loop = mathLoops(memory)
  running = loop && { loop, view: new Float64Array(memory.buffer) }
  return running
}

/** f(x[i]) for every entry, in a new array; undefined where the engine has no SIMD or forbids WebAssembly. */
export const mapMath = (name: UnaryName, x: Float64Array): Float64Array | undefined => {
  const module = start()
  if (module === undefined) return undefined
  const { view } = module
  const loop = module.loop(name)
  const out = new Float64Array(x.length)
  for (let at = 0; at < x.length; at += BLOCK) {
    const count = Math.min(BLOCK, x.length - at)
    view.set(count === x.length ? x : x.subarray(at, at + count))
    loop(0, 0, count)
    out.set(view.subarray(0, count), at)
  }
  return out
}

/** f(x[i], y[i]) for as many entries as x has; y has at least as many. */
export const mapMath2 = (name: BinaryName, x: Float64Array, y: Float64Array): Float64Array | undefined => {
  const module = start()
  if (module === undefined) return undefined
  const { view } = module
  const loop = module.loop(name)
  const out = new Float64Array(x.length)
  for (let at = 0; at < x.length; at += BLOCK) {
    const count = Math.min(BLOCK, x.length - at)
    view.set(x.subarray(at, at + count))
    view.set(y.subarray(at, at + count), BLOCK)
    loop(0, BYTES, 0, count)
    out.set(view.subarray(0, count), at)
  }
  return out
}
