/** Sums of paddings that do not overlap, as cotangents of slices are, become one operation that lays the parts side by side. */
import type { Window } from '../core/LinearMap.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { add } from '../primitive/arithmetic.js'
import { padP } from '../primitive/window.js'
import { withoutDeadCode } from './deadCode.js'
import { firstResult, type Instruction, type Operation, type Program, type Ref } from './Program.js'
import { windowOf } from './params.js'

/** Each input fills its window of the result, with +0 in place of −0, and the rest is 0. */
const assemble = (windows: ReadonlyArray<Window>): Operation => ({
  name: 'assemble',
  params: { windows },
  run: (inputs) => {
    const [first, ...rest] = inputs.map((x, i) => {
      const window = windows[i]
      return window === undefined ? x : bind(padP, { window }, [x])
    })
    return rest.reduce<Tensor>((sum, each) => add(sum, each), first ?? add(0, 0))
  },
})

/** A part of a sum: the value that was padded, and where to. */
interface Part {
  readonly ref: Ref
  readonly window: Window
}

/** A sum of paddings as a tree, so that growing it costs nothing. */
type Parts = Part | { readonly left: Parts; readonly right: Parts }

/** The parts of a tree from the left, without recursion: sums in a loop make it as deep as the loop is long. */
const listed = (parts: Parts): ReadonlyArray<Part> => {
  const found: Array<Part> = []
  const waiting: Array<Parts> = [parts]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if ('window' in next) found.push(next)
    else waiting.push(next.right, next.left)
  return found
}

/** Where windows begin and end along an axis. */
const span = ({ starts, strides, inner }: Window, axis: number): readonly [number, number] => {
  const start = starts[axis] ?? 0
  return [start, start + ((inner[axis] ?? 1) - 1) * (strides[axis] ?? 1)]
}

/** Whether there is an axis along which each ends before the next begins. */
const areApart = (windows: ReadonlyArray<Window>): boolean =>
  (windows[0]?.outer ?? []).some((_, axis) => {
    const spans = windows.map((window) => span(window, axis)).sort(([a], [b]) => a - b)
    return spans.every(([start], i) => i === 0 || (spans[i - 1]?.[1] ?? 0) < start)
  })

/**
 * Same outputs, bit for bit: a number that is laid down is, in the sum, added to zeros only, and what is added to them is
 * never −0 afterwards. The costs of a sum of n paddings fall from n times the result to once the result.
 */
export const withAssembledSums = (program: Program): Program => {
  const first = firstResult(program)
  const uses = new Map<Ref, number>()
  for (const ref of [...program.instructions.flatMap(({ inputs }) => inputs), ...program.outputs])
    uses.set(ref, (uses.get(ref) ?? 0) + 1)
  const known = new Map<Ref, Parts>()
  /** Sums that are part of a larger one. */
  const inner = new Set<Ref>()
  const partsOf = ({ operation: { name, params }, inputs }: Instruction): Parts | undefined => {
    const [a = 0, b = 0] = inputs
    const window = name === 'pad' ? windowOf(params) : undefined
    if (window !== undefined) return { ref: a, window }
    const [left, right] = name === 'add' && a !== b ? [known.get(a), known.get(b)] : []
    return left !== undefined && right !== undefined && uses.get(a) === 1 && uses.get(b) === 1
      ? { left, right }
      : undefined
  }
  program.instructions.forEach((instruction, i) => {
    const parts = partsOf(instruction)
    if (parts === undefined) return
    known.set(first + i, parts)
    if ('left' in parts) for (const ref of instruction.inputs) inner.add(ref)
  })
  const instructions = program.instructions.map((instruction, i) => {
    const parts = known.get(first + i)
    if (parts === undefined || 'window' in parts || inner.has(first + i)) return instruction
    const list = listed(parts)
    const windows = list.map(({ window }) => window)
    return areApart(windows)
      ? { ...instruction, operation: assemble(windows), inputs: list.map(({ ref }) => ref) }
      : instruction
  })
  return instructions.every((each, i) => each === program.instructions[i])
    ? program
    : withoutDeadCode({ ...program, instructions })
}
