/**
 * hand/: the limit that compiled programs are measured against, derivatives of three losses written by hand. steps.ts says what
 * hand-written code consists of, network by network it is in classifier.ts, autoencoder.ts and recurrent.ts, softmax.wat is the
 * loop that is not elementwise, and run.ts brings it all into one WebAssembly memory. No tape, no program, no general rules.
 * May import: the kernels in src, tasks.ts and serve.ts. Imported by hand.ts, the peer.
 */
import { raise } from '../../../src/data/Defect.js'
import type { Access, Loop, LoopStep, LoopStore, StepName } from '../../../src/kernel/wasm/Loop.js'

/** C ← op(A)·op(B), C of rows × columns, at addresses in doubles. */
export interface Product {
  readonly _tag: 'Product'
  readonly rows: number
  readonly columns: number
  readonly inner: number
  readonly a: number
  readonly transposeA: boolean
  readonly b: number
  readonly transposeB: boolean
  readonly c: number
}

/** A function of softmax.wat; addresses in doubles, and the factor of a mean. */
export interface Softmax {
  readonly _tag: 'Softmax'
  readonly name: 'loss' | 'point' | 'tangent'
  readonly rows: number
  readonly columns: number
  readonly reads: readonly [number, number, number]
  readonly scale: number
  readonly rest: ReadonlyArray<number>
}

export type Step = Product | Softmax | { readonly _tag: 'Loop'; readonly loop: Loop }

/** A place that is read or written, one number for each entry, row, column, or for all. */
type At<Kind> = readonly [Kind, number]

export const entry = (at: number): At<'entry'> => ['entry', at]
export const column = (at: number): At<'column'> => ['column', at]
export const scalar = (at: number): At<'scalar'> => ['scalar', at]
export const columnSum = (at: number): At<'columnSum'> => ['columnSum', at]
export const total = (at: number): At<'total'> => ['total', at]

/** A loop whose values have names: what is read, what is computed of it in order, and what is kept of which value. */
export const loop = (
  rows: number,
  columns: number,
  reads: Readonly<Record<string, At<Access>>>,
  steps: Readonly<Record<string, readonly [StepName, ...ReadonlyArray<string>]>>,
  keeps: ReadonlyArray<readonly [string, At<LoopStore['keep']>]>,
): Step => {
  const names = [...Object.keys(reads), ...Object.keys(steps)]
  const numberOf = (name: string): number => {
    const found = names.indexOf(name)
    return found >= 0 ? found : raise('InvalidArgument', `hand: no value ${name} among ${names.join()}`)
  }
  return {
    _tag: 'Loop',
    loop: {
      rows,
      columns,
      operands: Object.values(reads).map(([access, at]) => ({ access, at })),
      steps: Object.values(steps).map(([name, ...inputs]): LoopStep => ({ name, inputs: inputs.map(numberOf) })),
      stores: keeps.map(([name, [keep, at]]) => ({ value: numberOf(name), keep, at })),
    },
  }
}

/** C ← A·B, with A of rows × inner. */
export const product = (rows: number, columns: number, inner: number, a: number, b: number, c: number): Step => ({
  ...{ _tag: 'Product', rows, columns, inner, a, transposeA: false, b, transposeB: false, c },
})

/** C ← Aᵀ·B, with A of inner × rows. */
export const productTN = (rows: number, columns: number, inner: number, a: number, b: number, c: number): Step => ({
  ...{ _tag: 'Product', rows, columns, inner, a, transposeA: true, b, transposeB: false, c },
})

/** C ← A·Bᵀ, with B of columns × inner. */
export const productNT = (rows: number, columns: number, inner: number, a: number, b: number, c: number): Step => ({
  ...{ _tag: 'Product', rows, columns, inner, a, transposeA: false, b, transposeB: true, c },
})

export const softmax = (
  name: Softmax['name'],
  rows: number,
  columns: number,
  reads: Softmax['reads'],
  scale: number,
  ...rest: ReadonlyArray<number>
): Step => ({ _tag: 'Softmax', name, rows, columns, reads, scale, rest })

/** Numbers in the memory. */
export interface Span {
  readonly at: number
  readonly length: number
}

/** A network by hand: what its memory holds, and the steps of what is asked of it. */
export interface Hand {
  /** The end of the memory, in doubles. */
  readonly end: number
  /** Parameters, directions, data and constants, put there once. */
  readonly holds: ReadonlyArray<{ readonly at: number; readonly entries: ArrayLike<number> }>
  readonly value: Span
  /** Where gradients and products are left, a leaf each. */
  readonly leaves: ReadonlyArray<Span>
  /** Where the directions are, a leaf each. */
  readonly directions: ReadonlyArray<Span>
  readonly loss: ReadonlyArray<Step>
  readonly gradient: ReadonlyArray<Step>
  /** What a product needs of its point. */
  readonly point: ReadonlyArray<Step>
  readonly product: ReadonlyArray<Step>
}

/** Gives out places, each on a boundary of 32 bytes and with the room that a product writes: sides rounded up to four. */
export interface Places {
  readonly matrix: (rows: number, columns: number) => number
  readonly vector: (length: number) => number
  readonly end: () => number
}

const ceil4 = (n: number): number => Math.ceil(n / 4) * 4

export const places = (base: number): Places => {
  const given = [ceil4(base)]
  const take = (doubles: number): number => {
    const at = given.at(-1) ?? base
    given.push(at + doubles + 4)
    return at
  }
  return {
    matrix: (rows, columns) => take(ceil4(rows) * ceil4(columns)),
    vector: (length) => take(ceil4(length)),
    end: () => given.at(-1) ?? base,
  }
}
