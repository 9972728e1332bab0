/** Small pieces that formulas of test problems are written with. */
import { fromFloat64Array, tensor } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { stack } from '../function/arrange.js'
import { add } from '../primitive/arithmetic.js'
import { reshape } from '../primitive/structure.js'
import { slice } from '../primitive/window.js'

/** The entry i of a vector, from 1 as in the publications, as a scalar. */
export const at = (x: Tensor, i: number): Tensor => reshape(slice(x, [i - 1], [i]), [])

/** Every `step`-th entry, from the entry `first` (from 1). */
export const each = (x: Tensor, first: number, step: number): Tensor => slice(x, [first - 1], [x.shape[0] ?? 0], [step])

/** Scalars as a vector. */
export const vector = (...entries: ReadonlyArray<Tensor>): Tensor => stack(entries)

export const point = (...entries: ReadonlyArray<number>): Tensor => tensor([...entries])

/** f(1), …, f(n) as a vector. */
export const tabulated = (n: number, f: (i: number) => number): Tensor =>
  fromFloat64Array(
    Float64Array.from({ length: n }, (_, i) => f(i + 1)),
    [n],
  )

/** The sum of the terms. */
export const plus = (first: Tensor, ...rest: ReadonlyArray<Tensor>): Tensor =>
  rest.reduce((total, term) => add(total, term), first)
