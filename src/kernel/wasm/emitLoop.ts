/*
 * Fused loops as one WebAssembly module: a function `loop0`, `loop1`, … for each, without parameters, since sizes and
 * addresses are constants of the code. Loops that differ in their addresses only, as the steps of a recurrence do, share
 * one body that takes the addresses. The memory is imported as `env.memory`, transcendental functions of two lanes as
 * `math.exp`, `math.tanh`, … where they are used. Nothing is ever text: bytes are written and given to the engine.
 */
import { type Code, encodeModule, type FunctionBody, flatten, I32, V128 } from './encode.js'
import { DOUBLE, makeFrame } from './frame.js'
import { call, clear, i32 } from './instructions.js'
import type { Loop } from './Loop.js'
import { mathFunctions } from './math.js'
import { flattened } from './nest.js'
import { emitPanelNest, suitsPanels } from './panelNest.js'
import { emitRowNest } from './rowNest.js'
import { runsOf } from './runs.js'
import { mathArity, mathResults, type StepContext } from './step.js'

/** Vectors of a panel. */
const VECTORS = 2

/** From so many equal loops on they share a body: less to compile, and hot sooner, for an addition at each access. */
const SHARED = 4

/** No entries: sums are 0, nothing else is touched. */
const emitEmpty = ({ rows, columns, stores }: Loop): Code => {
  const lengths = {
    entry: 0,
    rowMax: 0,
    rowMin: 0,
    columnMax: 0,
    columnMin: 0,
    rowSum: rows,
    columnSum: columns,
    total: 1,
  }
  return stores.map(({ at, keep }) => clear(i32.const(at * DOUBLE), lengths[keep] * DOUBLE))
}

const isEmpty = ({ rows, columns }: Loop): boolean => rows === 0 || columns === 0

/** The function of a loop; with parameters these are the addresses that its operands and stores name. */
const emitLoop = (loop: Loop, callMath: StepContext['call'], parameters: number): FunctionBody => {
  const type = { parameters: Array.from({ length: parameters }, () => I32), results: [] }
  if (isEmpty(loop)) return { type, locals: [], body: emitEmpty(loop) }
  const frame = makeFrame(flattened(loop), VECTORS, callMath, parameters)
  const body = suitsPanels(frame) ? emitPanelNest(frame, VECTORS) : emitRowNest(frame, VECTORS)
  // Flattened early, since the tree of a body is some hundred times as large as its bytes.
  return { type, locals: frame.locals, body: flatten(body) }
}

const addresses = ({ operands, stores }: Loop): ReadonlyArray<number> => [...operands, ...stores].map(({ at }) => at)

/** The loop with the addresses numbered through: equal for loops that can share a body. */
const numbered = (loop: Loop): Loop => ({
  ...loop,
  operands: loop.operands.map((operand, i) => ({ ...operand, at: i })),
  stores: loop.stores.map((store, i) => ({ ...store, at: loop.operands.length + i })),
})

/** Numbers as text, which JSON does not do for those that are not finite. */
const exactly = (_: string, value: unknown): unknown => (typeof value === 'number' ? String(value) : value)

/** The numbers of loops that can share a body. */
const grouped = (loops: ReadonlyArray<Loop>): ReadonlyMap<string, ReadonlyArray<number>> => {
  const groups = new Map<string, Array<number>>()
  loops.forEach((loop, i) => {
    const key = isEmpty(loop) ? String(i) : JSON.stringify(numbered(loop), exactly)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [i])
    else group.push(i)
  })
  return groups
}

const vectorFunction = (name: string): FunctionBody['type'] => ({
  parameters: Array.from({ length: mathArity(name) }, () => V128),
  results: Array.from({ length: mathResults(name) }, () => V128),
})

/** The bytes of a module with an exported function for every loop. */
export const emitLoops = (loops: ReadonlyArray<Loop>): Uint8Array<ArrayBuffer> => {
  const used: Array<string> = []
  const callMath: StepContext['call'] = (name, ...args) => {
    const known = used.indexOf(name)
    return call(known === -1 ? used.push(name) - 1 : known, ...args)
  }
  const bodies: Array<FunctionBody> = []
  const calls: Array<{ readonly loop: number; readonly body: number }> = []
  grouped(loops).forEach((group) => {
    if (group.length < SHARED)
      bodies.push(...group.map((i) => ({ ...emitLoop(loops[i], callMath, 0), name: `loop${i}` })))
    else {
      calls.push(...group.map((loop) => ({ loop, body: bodies.length })))
      bodies.push(emitLoop(numbered(loops[group[0]]), callMath, addresses(loops[group[0]]).length))
    }
  })
  return encodeModule({
    importsMemory: true,
    imports: used.map((name) => ({ module: 'math', name, type: vectorFunction(name) })),
    functions: [
      ...bodies,
      // Imported functions have the first numbers, and how many there are is known only now.
      ...calls.map(({ loop, body }) => ({
        name: `loop${loop}`,
        type: { parameters: [], results: [] },
        locals: [],
        body: call(used.length + body, ...addresses(loops[loop]).map((at) => i32.const(at * DOUBLE))),
      })),
    ],
  })
}

/** The loops as functions over that memory; undefined where the engine refuses, or a transcendental function is missing. */
export const instantiateLoops = (
  loops: ReadonlyArray<Loop>,
  memory: WebAssembly.Memory,
  math: WebAssembly.ModuleImports = mathFunctions() ?? {},
): ReadonlyArray<() => void> | undefined => runsOf(emitLoops(loops), 'loop', loops.length, { env: { memory }, math })
