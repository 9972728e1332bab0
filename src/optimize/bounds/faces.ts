/** Quadratic models in a ball and a box: minimized on one face of the box after the other. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fromFloat64Array } from '../../data/construct.js'
import { toFloat64Array } from '../../data/read.js'
import type { Tensor } from '../../data/Tensor.js'
import { treeLeaves, treeMap, treeZip } from '../../data/Tree.js'
import { ravel, treeAxpy, treeScale } from '../../function/tree.js'
import { alongInBox, roomAlong } from '../../kernel/reference/compactSecant.js'
import type { LinearOperator } from '../../operator/LinearOperator.js'
import { treeLength } from '../../operator/length.js'
import { ball, exactModel, minimizeModel } from '../../operator/QuadraticModel.js'
import { truncatedStep } from '../../operator/truncated.js'
import { mul, sub } from '../../primitive/arithmetic.js'
import { greater, notEqual } from '../../primitive/choice.js'
import type { Box } from '../Objective.js'
import { sumOfWork } from '../Optimizer.js'
import type { Attempt } from '../trust/gainRatio.js'
import { clampInto, freeOf } from './Box.js'
import { congruent } from './through.js'

/**
 * An operator on what is free. In the rows and columns of all else it is the identity, and the gradient is 0: zeros on the diagonal would be
 * eigenvalues of rounding size, by which rounding would be divided.
 */
export const masked = <P>(operator: LinearOperator<P>, free: P): LinearOperator<P> =>
  congruent(operator, free, treeMap((mask: Tensor) => sub(1, mask))(free))

export interface Proposal<P> extends Attempt<P> {
  readonly onBoundary: boolean
}

/** The same operator, whose matrix is formed once for all faces. */
export const formedOnce = <P>(operator: LinearOperator<P>): LinearOperator<P> => {
  const formed = new Map<'matrix', Tensor>()
  return {
    ...operator,
    matrix: () => {
      const matrix = formed.get('matrix') ?? operator.matrix()
      formed.set('matrix', matrix)
      return matrix
    },
  }
}

/** A step to a point of the box. */
export interface Judged<P> extends Attempt<P> {
  readonly reached: P
}

export interface Model<P> {
  readonly box: Box<P>
  readonly at: P
  readonly gradient: P
  readonly operator: LinearOperator<P>
  readonly judged: (target: P) => Judged<P>
  readonly solver: 'exact' | 'steihaug'
}

interface Face<P> {
  readonly free: P
  /** Where the way has led so far: to bounds that were met, or to the minimizer on another face. */
  readonly point: P
  /** By how much the model falls on that way. */
  readonly gained: number
  readonly room: number
  readonly inner: InBall<P>
  readonly depth: number
}

/** The largest number of faces that one step looks at. */
const mostFaces = 30

/** The last point of a way that is in the box. */
const lastInside = <P>({ lower, upper }: Box<P>, base: P, step: P): P => {
  const [[at, unravel], [way]] = [ravel(base), ravel(step)]
  const bounds = { at: toFloat64Array(at), lower: flatOf(lower), upper: flatOf(upper) }
  const direction = toFloat64Array(way)
  const reached = alongInBox(direction, Math.min(1, roomAlong(direction, bounds)), bounds)
  return unravel(fromFloat64Array(reached, [reached.length]))
}

const flatOf = (tree: unknown): Float64Array => toFloat64Array(ravel(tree)[0])

/**
 * Where the model leads on a row of faces. Where its minimizer on one is beyond bounds, the step is projected, if the model falls so, or else goes
 * to the first bound, and what is at a bound then is held; where it is not, bounds that the model would rather leave are let go. The model
 * falls on all of the way, so that neither a bound that is near nor one that is met by mistake spoils the step of the others.
 */
export const onFaces = <P>(model: Model<P>, face: Face<P>, size: number): E.Either<unknown, Proposal<P>> => {
  const { box, at, gradient, operator, judged, solver } = model
  const { free, point: base, gained, room, inner, depth } = face
  return pipe(
    inner(room),
    E.chain(({ step: wished, onBoundary, work }): E.Either<unknown, Proposal<P>> => {
      // What is held stays on its bound to the bit.
      const step = treeZip(mul)(free, wished)
      const target = treeAxpy(1, step, base)
      const outward = (point: P): P => treeZip(mul)(free, treeZip(notEqual)(point, target))
      const projected = judged(target)
      const isMet = treeLength(outward(clampInto(box)(target))) > 0
      const isShort = isMet && !(projected.predictedReduction > gained)
      const reached = isShort ? judged(lastInside(box, base, step)) : projected
      const products = (work.products ?? 0) + (isShort ? 3 : 2)
      const here: Proposal<P> = { ...reached, onBoundary, work: { ...work, products } }
      // Beyond the ball the model is not believed.
      if (depth === mostFaces || !(reached.length < size) || (!isMet && onBoundary)) return E.right(here)
      const point = reached.reached
      const pulled = treeAxpy(1, operator.apply(reached.step), gradient)
      const left = isMet ? treeZip(mul)(free, freeOf(box, point, treeScale(-1, step))) : freeOf(box, point, pulled)
      const isNew = isMet || treeLeaves(treeZip(greater)(left, free)).some((leaf) => treeLength(leaf) > 0)
      if (!isNew || treeLength(left) === 0) return E.right(here)
      const next = solvedIn(solver, masked(operator, left), treeZip(mul)(left, pulled), treeLength(at))
      return pipe(
        onFaces(
          model,
          {
            free: left,
            point,
            gained: reached.predictedReduction,
            room: size - reached.length,
            inner: next,
            depth: depth + 1,
          },
          size,
        ),
        E.map((there) => ({
          ...(there.predictedReduction > here.predictedReduction ? there : here),
          onBoundary: here.onBoundary || there.onBoundary,
          // The matrix is formed already.
          work: sumOfWork(here.work, there.work, { products: solver === 'exact' ? -operator.size : 0 }),
        })),
      )
    }),
  )
}

/** The minimizer of a model in a ball. */
type InBall<P> = (
  radius: number,
) => E.Either<unknown, { readonly step: P; readonly onBoundary: boolean; readonly work: Attempt<P>['work'] }>

/** The solver in the space of what is free, paid for by the first radius. */
export const solvedIn = <P>(
  solver: 'exact' | 'steihaug',
  operator: LinearOperator<P>,
  gradient: P,
  length: number,
): InBall<P> => {
  if (solver === 'steihaug') {
    const stepIn = truncatedStep(operator, gradient)
    return (radius) => {
      const { step, onBoundary, products } = stepIn(radius)
      return Number.isFinite(treeLength(step))
        ? E.right({ step, onBoundary, work: { products } })
        : E.left('not finite')
    }
  }
  const made = new Map<'model', ReturnType<typeof exactModel<P>>>()
  return (radius) => {
    const known = made.get('model')
    const model = known ?? exactModel(operator, gradient, { length })
    made.set('model', model)
    return pipe(
      model,
      E.map((found) => {
        const { step, onBoundary } = minimizeModel(ball(radius))(found)
        return { step, onBoundary, work: known === undefined ? { products: found.products, solves: 1 } : {} }
      }),
    )
  }
}
