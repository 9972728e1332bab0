/** Everything the library knows about one operation is one record of this type. */
import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import type { LinearMap } from './LinearMap.js'

/** Where an input may lie, as [low, high]. */
export type Interval = readonly [number, number]

/** A point where the operation is not differentiable, and the value that the library gives there. */
export interface Kink {
  readonly at: string
  readonly convention: string
}

/** Where the operation is defined and smooth: what law tests draw from and documentation prints. */
export interface Domain {
  /** One interval per input; the last serves all further inputs. */
  readonly intervals: ReadonlyArray<Interval>
  readonly kinks: ReadonlyArray<Kink>
}

/** The partial differential with respect to input `index` at `inputs`, where the operation's result is `output`. */
export type Differential<Params> = (
  params: Params,
  inputs: ReadonlyArray<Tensor>,
  output: Tensor,
  index: number,
) => LinearMap

export interface Primitive<Params> {
  readonly name: string
  /** TeX. */
  readonly formula: string
  /** The only place where shapes are checked; throws a `Defect`. */
  readonly shape: (params: Params, inputs: ReadonlyArray<Shape>) => Shape
  readonly evaluate: (params: Params, inputs: ReadonlyArray<Tensor>, shape: Shape) => Tensor
  /** One rule per input; the last serves all further inputs, and `undefined` says that the result does not depend on it smoothly. */
  readonly differential: ReadonlyArray<Differential<Params> | undefined>
  /** The same operation with one more leading axis of length `size` on the inputs that `batched` marks and on the result. */
  readonly deepen: (params: Params, size: number, batched: ReadonlyArray<boolean>) => Params
  /** Whether `deepen` takes any mixture of batched inputs; otherwise the others are spread first (which costs nothing). */
  readonly mixes: boolean
  readonly domain: Domain
}

export const ruleOf = <Params>(primitive: Primitive<Params>, index: number): Differential<Params> | undefined =>
  primitive.differential[Math.min(index, primitive.differential.length - 1)]
