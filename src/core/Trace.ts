/** How a call finds its interpreter: a traced value carries the trace that watches it, and the newest trace is asked. */
import { raise, readWhileTraced } from '../data/Defect.js'
import { requireTensor } from '../data/describe.js'
import { type Shape, showShape } from '../data/Shape.js'
import { Tensor } from '../data/Tensor.js'
import type { Primitive } from './Primitive.js'

/** One run of a transform. Levels grow with nesting, so that a derivative inside a derivative is never confused with it. */
export interface Trace {
  readonly level: number
  /** The transform as its user wrote it, for messages. */
  readonly transform: string
  readonly process: <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>) => Tensor
}

/** A tensor that a trace watches. Each transform has its own kind: it says what is known beside the shape, and messages name its primal. */
export abstract class Traced extends Tensor {
  abstract readonly trace: Trace
  declare readonly primal?: Tensor

  constructor(shape: Shape) {
    super(shape, undefined)
  }

  named(): string {
    return this.primal instanceof Traced ? this.primal.named() : `this ${showShape(this.shape)} tensor`
  }

  protected override unreadable(): never {
    return readWhileTraced(this.named(), this.trace.transform)
  }

  override toString(): string {
    return `traced ${showShape(this.shape)} in ${this.trace.transform}`
  }
}

/** The only hidden state of the library: the number of traces begun, which of them are running, and which one captures. */
const levels: { begun: number; capturing: Trace | undefined } = { begun: 0, capturing: undefined }
const running = new Set<number>()
export const isTracing = (): boolean => running.size > 0

/** Runs `body` so that `trace` also sees operations on values of older traces alone: what a lazy branch does with its closure. */
export const capturing = <A>(trace: Trace, body: () => A): A => {
  const outer = levels.capturing
  levels.capturing = trace
  try {
    return body()
  } finally {
    levels.capturing = outer
  }
}

/** Runs `body` under a new level, which ends with it. */
export const withLevel = <A>(body: (level: number) => A): A => {
  levels.begun += 1
  const level = levels.begun
  running.add(level)
  try {
    return body(level)
  } finally {
    running.delete(level)
  }
}

/** A plain loop: it runs for every operation. */
const newest = (operation: string, inputs: ReadonlyArray<Tensor>): Trace | undefined => {
  let best: Trace | undefined
  for (const input of inputs)
    if (!(input instanceof Traced)) requireTensor(operation, input)
    else if (best === undefined || input.trace.level > best.level) best = input.trace
  return best
}

/** Applies a primitive: at once to plain tensors, otherwise through the newest trace among its inputs. */
export const bind = <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>): Tensor => {
  const own = newest(primitive.name, inputs)
  const { capturing } = levels
  const trace = own !== undefined && capturing !== undefined && own.level < capturing.level ? capturing : own
  if (trace === undefined) {
    const shapes = inputs.map(({ shape }) => shape)
    return primitive.evaluate(params, inputs, primitive.shape(params, shapes))
  }
  return running.has(trace.level)
    ? trace.process(primitive, params, inputs)
    : raise(
        'EscapedTrace',
        `${primitive.name}: a tensor traced by ${trace.transform} is used after that transform returned. ` +
          'Return it from the function instead of storing it outside.',
      )
}
