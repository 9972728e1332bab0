/*
 * Fused loops as one WebAssembly module: a function `loop0`, `loop1`, … for each, without parameters, since sizes and
 * addresses are constants of the code. The memory is imported as `env.memory`, transcendental functions of two lanes as
 * `math.exp`, `math.tanh`, … where they are used. Nothing is ever text: bytes are written and given to the engine.
 */
import { type Code, encodeModule, flatten, V128 } from './encode.js'
import { DOUBLE, makeFrame } from './frame.js'
import { call, clear, i32 } from './instructions.js'
import type { Loop } from './Loop.js'
import { mathFunctions } from './math.js'
import { flattened } from './nest.js'
import { emitPanelNest, suitsPanels } from './panelNest.js'
import { emitRowNest } from './rowNest.js'
import { mathArity, type StepContext } from './step.js'

/** Vectors of a panel. */
const VECTORS = 2

interface Emitted {
  readonly locals: ReadonlyArray<number>
  readonly body: Code
}

/** No entries: sums are 0, nothing else is touched. */
const emitEmpty = ({ rows, columns, stores }: Loop): Emitted => {
  const lengths = { entry: 0, rowSum: rows, columnSum: columns, total: 1 }
  return {
    locals: [],
    body: stores.map(({ at, keep }) => clear(i32.const(at * DOUBLE), i32.const(lengths[keep] * DOUBLE))),
  }
}

const emitLoop = (loop: Loop, callMath: StepContext['call']): Emitted => {
  if (loop.rows === 0 || loop.columns === 0) return emitEmpty(loop)
  const frame = makeFrame(flattened(loop), VECTORS, callMath)
  const body = suitsPanels(frame) ? emitPanelNest(frame, VECTORS) : emitRowNest(frame, VECTORS)
  return { locals: frame.locals, body: flatten(body) }
}

const vectorFunction = (
  parameters: number,
): { readonly parameters: Array<number>; readonly results: Array<number> } => ({
  parameters: Array.from({ length: parameters }, () => V128),
  results: [V128],
})

/** The bytes of a module with an exported function for every loop. */
export const emitLoops = (loops: ReadonlyArray<Loop>): Uint8Array<ArrayBuffer> => {
  const used: Array<string> = []
  const callMath: StepContext['call'] = (name, ...args) => {
    const known = used.indexOf(name)
    return call(known === -1 ? used.push(name) - 1 : known, ...args)
  }
  const emitted = loops.map((loop) => emitLoop(loop, callMath))
  return encodeModule({
    importsMemory: true,
    imports: used.map((name) => ({ module: 'math', name, type: vectorFunction(mathArity(name)) })),
    functions: emitted.map(({ locals, body }, i) => ({
      name: `loop${i}`,
      type: { parameters: [], results: [] },
      locals,
      body,
    })),
  })
}

type Run = () => void

const isRun = (value: unknown): value is Run => typeof value === 'function'

/**
 * The loops as functions over that memory; undefined where the engine has no SIMD or refuses: a security policy without
 * wasm-unsafe-eval, a transcendental function that is missing.
 */
export const instantiateLoops = (
  loops: ReadonlyArray<Loop>,
  memory: WebAssembly.Memory,
  math: WebAssembly.ModuleImports = mathFunctions() ?? {},
): ReadonlyArray<Run> | undefined => {
  if (typeof WebAssembly === 'undefined') return undefined
  try {
    const module = new WebAssembly.Module(emitLoops(loops))
    const { exports } = new WebAssembly.Instance(module, { env: { memory }, math })
    return loops.map((_, i) => {
      const run = exports[`loop${i}`]
      return isRun(run) ? run : () => undefined
    })
  } catch {
    return undefined
  }
}
