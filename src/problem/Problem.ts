/** What a test problem is: a loss with everything that is known of it, as data. */
import * as O from 'fp-ts/lib/Option.js'
import { raise } from '../data/Defect.js'
import type { Tensor } from '../data/Tensor.js'
import { square } from '../primitive/arithmetic.js'
import { sum } from '../primitive/structure.js'

/**
 * What makes a problem hard, or kind.
 *
 * @since 0.1.0
 */
export type ProblemKind =
  | 'sum of squares'
  | 'quadratic'
  | 'polynomial'
  | 'linear residuals'
  | 'measured data'
  /** Variables or residuals of very different sizes. */
  | 'badly scaled'
  /** The Hessian is singular at the minimum. */
  | 'singular minimum'
  | 'several minima'
  | 'minimum at infinity'
  /** There is a saddle where optimizers stop or slow down. */
  | 'saddle'
  | 'unbounded'

/**
 * A minimum that is known.
 *
 * @since 0.1.0
 */
export interface KnownMinimum<P = Tensor> {
  readonly value: number
  /** Where it is; none where only the value is known, or where it is approached at infinity. */
  readonly points: ReadonlyArray<P>
  readonly global: boolean
  /** A value is that of this minimum when it is so near: 10⁻¹² + 10⁻⁸ |value| unless more is known. */
  readonly tolerance: number
}

/**
 * A saddle that is known, with the number of directions in which the loss falls at second order.
 *
 * @since 0.1.0
 */
export interface KnownSaddle<P = Tensor> {
  readonly value: number
  readonly point: P
  readonly index: number
}

/**
 * A test problem.
 *
 * @since 0.1.0
 */
export interface Problem<P = Tensor> {
  /** One word for the command line, such as `powell-badly-scaled`. */
  readonly name: string
  readonly title: string
  /** Who stated it, and where. */
  readonly source: string
  readonly kinds: ReadonlyArray<ProblemKind>
  /** How many numbers there are to choose. */
  readonly dimension: number
  /** The standard starting point first. */
  readonly starts: readonly [P, ...ReadonlyArray<P>]
  readonly loss: (p: P) => Tensor
  /** The vector whose sum of squares the loss is. */
  readonly residuals: O.Option<(p: P) => Tensor>
  readonly minima: ReadonlyArray<KnownMinimum<P>>
  readonly saddles: ReadonlyArray<KnownSaddle<P>>
}

/**
 * Which dimensions a problem has.
 *
 * @since 0.1.0
 */
export type Dimension =
  | { readonly _tag: 'Fixed'; readonly n: number }
  /** Every multiple of `multiple` from `least` to `most`; `standard` when none is asked for. */
  | {
      readonly _tag: 'Variable'
      readonly least: number
      readonly most: number
      readonly multiple: number
      readonly standard: number
    }

/**
 * A problem for each dimension that it has.
 *
 * @since 0.1.0
 */
export interface ProblemFamily extends Pick<Problem, 'name' | 'title' | 'source' | 'kinds'> {
  readonly dimension: Dimension
  readonly of: (n: number) => Problem
}

/** How near a value must be to that of a minimum, where nothing else is said. */
export const toleranceOf = (value: number): number => 1e-12 + 1e-8 * Math.abs(value)

/** The global minimum, at these points. */
export const globally = (value: number, ...points: ReadonlyArray<Tensor>): KnownMinimum => ({
  value,
  points,
  global: true,
  tolerance: toleranceOf(value),
})

/** A minimum that is not the lowest. */
export const locally = (value: number, ...points: ReadonlyArray<Tensor>): KnownMinimum => ({
  ...globally(value, ...points),
  global: false,
})

/** What differs between the dimensions of a family. */
export interface Stated {
  readonly starts: Problem['starts']
  readonly minima: ReadonlyArray<KnownMinimum>
  readonly saddles?: ReadonlyArray<KnownSaddle>
}

type Named = Pick<Problem, 'name' | 'title' | 'source' | 'kinds'>

interface Body extends Stated {
  readonly loss: (x: Tensor) => Tensor
  readonly residuals: O.Option<(x: Tensor) => Tensor>
}

/** A body whose loss is the sum of squares of its residuals. */
export const squaresOf = ({ residuals, ...stated }: Stated & { readonly residuals: (x: Tensor) => Tensor }): Body => ({
  ...stated,
  residuals: O.some(residuals),
  loss: (x) => sum(square(residuals(x))),
})

/** A body with a loss of another form. */
export const lossOf = ({ loss, ...stated }: Stated & { readonly loss: (x: Tensor) => Tensor }): Body => ({
  ...stated,
  residuals: O.none,
  loss,
})

/** A problem from its name and its body. */
export const problemOf = (named: Named, body: Body): Problem => {
  const [{ shape }] = body.starts
  return { ...named, ...body, saddles: body.saddles ?? [], dimension: shape.reduce((size, length) => size * length, 1) }
}

/** A problem of one dimension. */
export const fixed = (named: Named, n: number, body: () => Body): ProblemFamily => ({
  ...named,
  dimension: { _tag: 'Fixed', n },
  of: () => problemOf(named, body()),
})

/** A problem of many dimensions. */
export const variable = (
  named: Named,
  { least = 1, most = Infinity, multiple = 1, standard }: Partial<Rule> & Pick<Rule, 'standard'>,
  body: (n: number) => Body,
): ProblemFamily => ({
  ...named,
  dimension: { _tag: 'Variable', least, most, multiple, standard },
  of: (n) => problemOf(named, body(n)),
})

type Rule = Omit<Extract<Dimension, { readonly _tag: 'Variable' }>, '_tag'>

/** Says which dimensions there are. */
export const showDimension = (dimension: Dimension): string =>
  dimension._tag === 'Fixed'
    ? `${dimension.n} variables`
    : `${dimension.multiple === 1 ? 'any number' : `any multiple of ${dimension.multiple}`} of variables ` +
      (dimension.most === Infinity ? `from ${dimension.least}` : `from ${dimension.least} to ${dimension.most}`)

const fits = (dimension: Dimension, n: number): boolean =>
  dimension._tag === 'Fixed'
    ? n === dimension.n
    : Number.isInteger(n) && n >= dimension.least && n <= dimension.most && n % dimension.multiple === 0

/** The number of variables when none is asked for. */
export const standardDimension = (dimension: Dimension): number =>
  dimension._tag === 'Fixed' ? dimension.n : dimension.standard

/**
 * A problem of a family, in its standard dimension or in another.
 *
 * **Fails** `InvalidArgument` where the family has no such dimension.
 *
 * @example
 * import { toArray } from 'gradus'
 * import { problemNamed, problemOfDimension } from 'gradus/problem'
 * import * as E from 'fp-ts/lib/Either.js'
 * const family = problemNamed('extended-rosenbrock')
 * E.isRight(family) && toArray(problemOfDimension(4)(family.right).starts[0]) // => [-1.2, 1, -1.2, 1]
 *
 * @since 0.1.0
 */
export const problemOfDimension =
  (n?: number) =>
  (family: ProblemFamily): Problem => {
    const size = n ?? standardDimension(family.dimension)
    return fits(family.dimension, size)
      ? family.of(size)
      : raise('InvalidArgument', `${family.name}: expected ${showDimension(family.dimension)}, got ${size}.`)
  }
