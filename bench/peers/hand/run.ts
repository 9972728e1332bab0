/** Hand-written steps in one WebAssembly memory: the product kernel owns it, the loops and softmax.wat import it. */
// `WebAssembly` is declared by this library only.
/// <reference lib="webworker" />
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import wabt from 'wabt'
import { raise } from '../../../src/data/Defect.js'
import { provider } from '../../../src/kernel/provider.js'
import { instantiateLoops } from '../../../src/kernel/wasm/emitLoop.js'
import { instantiate } from '../../../src/kernel/wasm/instance.js'
import { mathFunctions } from '../../../src/kernel/wasm/math.js'
import { matmulBytes } from '../../../src/kernel/wasm/matmul.bytes.js'
import type { Hand, Step } from './steps.js'

export interface Running {
  readonly view: Float64Array
  /** One function for each list of steps. */
  readonly runs: ReadonlyArray<() => void>
}

type Row = (...args: ReadonlyArray<number>) => void

const isRow = (value: unknown): value is Row => typeof value === 'function'

const none = (): never => raise('InvalidArgument', 'hand: WebAssembly with SIMD is missing')

const text = readFileSync(join(process.cwd(), 'bench/peers/hand/softmax.wat'), 'utf8')

const { parseWat } = await wabt()

/** The rows of softmax.wat over a memory. */
const softmaxOver = (memory: WebAssembly.Memory): ((name: string) => Row) => {
  const binary = parseWat('softmax.wat', text, { simd: true }).toBinary({}).buffer
  const module = new WebAssembly.Module(Uint8Array.from(binary))
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, math: mathFunctions() ?? {} })
  return (name) => {
    const found = exports[name]
    return isRow(found) ? found : none()
  }
}

/** Kernels read a little beyond their operands. */
const slack = 16_384

export const start = (hand: Hand, lists: ReadonlyArray<ReadonlyArray<Step>>): Running => {
  const instance = instantiate(matmulBytes) ?? none()
  const view = instance.reserve(hand.end + slack) ?? none()
  for (const { at, entries } of hand.holds) view.set(entries, at)
  const multiply = instance.kernel('matmul')
  const softmax = softmaxOver(instance.memory)
  const loops = new Map<Step, () => void>()
  const loopSteps = [...new Set(lists.flat())].flatMap((step) => (step._tag === 'Loop' ? [step] : []))
  const emitted = instantiateLoops(
    loopSteps.map((step) => step.loop),
    instance.memory,
  )
  loopSteps.forEach((step, i) => loops.set(step, emitted?.[i] ?? none()))

  const bound = (step: Step): (() => void) => {
    if (step._tag === 'Loop') return loops.get(step) ?? none()
    if (step._tag === 'Softmax') {
      const { rows, columns, reads, scale, rest } = step
      const run = softmax(step.name)
      const [first, second, third] = reads.map((at) => 8 * at)
      // With three addresses before the factor and at most three after it.
      const after = rest.map((at) => 8 * at)
      return () => run(rows, 8 * columns, first ?? 0, second ?? 0, third ?? 0, scale, ...after)
    }
    const { rows, columns, inner, a, transposeA, b, transposeB, c } = step
    const { overtakes, matmul } = provider()
    if (overtakes?.(rows, columns, inner))
      return () => matmul(rows, columns, inner, view, a, transposeA, view, b, transposeB, view, c)
    const [flagA, flagB] = [transposeA ? 1 : 0, transposeB ? 1 : 0]
    return () => {
      multiply(rows, columns, inner, 8 * a, flagA, 8 * b, flagB, 8 * c, 0)
    }
  }

  const ready = new Map([...new Set(lists.flat())].map((step) => [step, bound(step)]))
  return {
    view,
    runs: lists.map((steps) => {
      const calls = steps.map((step) => ready.get(step) ?? none())
      return () => {
        for (const call of calls) call()
      }
    }),
  }
}
