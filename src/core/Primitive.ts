/** Everything the library knows about one operation is one record of this type. */
import type { Domain } from '../data/Domain.js'
import type { Shape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import type { LinearMap } from './LinearMap.js'

export type { Domain, Interval, Kink } from '../data/Domain.js'

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
  /** Batching in place of `deepen` where it is another operation: from inputs with one more leading axis where `batched` says so. */
  readonly batch?: (
    params: Params,
    size: number,
    batched: ReadonlyArray<boolean>,
    inputs: ReadonlyArray<Tensor>,
  ) => Tensor
  /** How a compiled program evaluates it, in place of `evaluate`: a record that holds programs runs them compiled. */
  readonly execute?: (params: Params, inputs: ReadonlyArray<Tensor>) => Tensor
}

export const ruleOf = <Params>(primitive: Primitive<Params>, index: number): Differential<Params> | undefined =>
  primitive.differential[Math.min(index, primitive.differential.length - 1)]
