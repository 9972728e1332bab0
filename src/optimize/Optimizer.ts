/** The shape of an optimizer, of an iterate and of the ways in which a step can fail. */
import * as E from 'fp-ts/lib/Either.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { full } from '../data/construct.js'
import { treeMap } from '../data/Tree.js'
import { isFiniteTree, treeLength } from '../operator/length.js'
import type { Ability, Curved, ObjectiveWith, SomeObjective } from './Objective.js'

/**
 * What a run has cost. A monoid: costs of steps add up.
 *
 * @since 0.1.0
 */
export interface Work {
  /** Values of the loss alone. */
  readonly evaluations: number
  /** Gradients (each with its value). */
  readonly gradients: number
  /** Hessian-vector products; forming the Hessian counts one for each of its columns. */
  readonly products: number
  /** Factorizations, eigen-decompositions and singular value decompositions of matrices. */
  readonly solves: number
}

/**
 * The monoid of work: costs add up.
 *
 * @since 0.1.0
 */
export const workMonoid: Monoid<Work> = {
  empty: { evaluations: 0, gradients: 0, products: 0, solves: 0 },
  concat: (a, b) => ({
    evaluations: a.evaluations + b.evaluations,
    gradients: a.gradients + b.gradients,
    products: a.products + b.products,
    solves: a.solves + b.solves,
  }),
}

/** The sum of works that are told in part. */
export const sumOfWork = (...works: ReadonlyArray<Partial<Work> | undefined>): Work =>
  works.reduce<Work>((total, work) => workMonoid.concat(total, { ...workMonoid.empty, ...work }), workMonoid.empty)

/** What was spent from one sum to a later one. */
export const workBetween = (from: Work, to: Work): Work => ({
  evaluations: to.evaluations - from.evaluations,
  gradients: to.gradients - from.gradients,
  products: to.products - from.products,
  solves: to.solves - from.solves,
})

/** The same end, with what was spent before it. */
export const afterSpending =
  (...works: ReadonlyArray<Partial<Work> | undefined>) =>
  <F extends Spent>(failure: F): F => ({ ...failure, spent: sumOfWork(...works, failure.spent) })

/**
 * Work in units of one gradient: a value costs about a third of a gradient, a replayed product about one. Solves are not in it: what
 * they cost depends on the number of parameters alone.
 *
 * @example
 * import { gradientEquivalents } from 'gradus/optimize'
 * gradientEquivalents({ evaluations: 3, gradients: 1, products: 4 }) // => 6
 *
 * @since 0.1.0
 */
export const gradientEquivalents = ({ evaluations, gradients, products }: Omit<Work, 'solves'>): number =>
  evaluations / 3 + gradients + products

/**
 * A point that has been looked at: its value and gradient under the objective that the next step will use. Of an objective that has no
 * gradient it is NaN, and so it is after a step of a method that asks for values alone, whatever else the objective could tell.
 *
 * @since 0.1.0
 */
export interface Iterate<P, S, A extends Ability = never> {
  readonly step: number
  readonly params: P
  readonly state: S
  readonly objective: ObjectiveWith<A, P>
  readonly value: number
  readonly gradient: P
  readonly gradientNorm: number
  readonly work: Work
  /** Said where the optimizer of the run goes on from a value or a gradient that is not finite. */
  readonly nonFinite?: 'taken' | undefined
}

/**
 * What a step has cost that was not taken, beyond the work of the last iterate.
 *
 * @since 0.1.0
 */
export interface Spent {
  readonly spent?: Partial<Work>
}

/**
 * Why a step was not taken. Each case keeps the last good iterate and says what to try; and what was spent on the step, of which the last
 * iterate knows nothing.
 *
 * @since 0.1.0
 */
export type StepFailure<P, S> = Spent &
  /** The value or the gradient at `last`, or of the step from it, is NaN or infinite. */
  (
    | {
        readonly _tag: 'NonFinite'
        readonly quantity: 'value' | 'gradient' | 'curvature' | 'step'
        readonly last: Iterate<P, S>
        readonly advice: string
      }
    /** The curvature has an eigenvalue that cannot be inverted. */
    | { readonly _tag: 'Singular'; readonly eigenvalue: number; readonly last: Iterate<P, S>; readonly advice: string }
    /** No damping of the trial set gives a smaller loss. */
    | {
        readonly _tag: 'NoDecrease'
        readonly tried: ReadonlyArray<number>
        readonly best: number
        readonly last: Iterate<P, S>
        readonly advice: string
      }
    /** Along the direction no step length was found that satisfies the conditions of the search. */
    | {
        readonly _tag: 'LineSearchFailed'
        /** The directional derivative ⟨∇f, direction⟩ at the start. */
        readonly slope: number
        /** How many step lengths were tried, and the least value among them. */
        readonly tried: number
        readonly best: number
        readonly last: Iterate<P, S>
        readonly advice: string
      }
    /** The direction does not go down, and the search cannot use it. */
    | { readonly _tag: 'NotDescent'; readonly slope: number; readonly last: Iterate<P, S>; readonly advice: string }
    /** No radius above rounding gives a step that the model predicts well. */
    | {
        readonly _tag: 'RadiusCollapsed'
        readonly radius: number
        readonly last: Iterate<P, S>
        readonly advice: string
      }
  )

/** Four digits; the failure itself has them all. */
const shown = (value: number): string => String(Number(value.toPrecision(4)))

/**
 * Says in a sentence why a step was not taken, and what to try.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { log, type Tensor, tensor } from 'gradus'
 * import { gradientDescent, minimize, objective, showStepFailure, stepsAtMost, takeUntil } from 'gradus/optimize'
 * const run = minimize(gradientDescent({ learningRate: 1 }), objective((x: Tensor) => log(x)))
 * const { reason } = pipe(tensor(-1), run, takeUntil(stepsAtMost(5)))
 * E.isLeft(reason) && showStepFailure(reason.left).startsWith('the value is not finite') // => true
 *
 * @since 0.1.0
 */
export const showStepFailure = <P, S>(failure: StepFailure<P, S>): string => {
  const where = `step ${failure.last.step} (value ${shown(failure.last.value)}, gradient norm ${shown(failure.last.gradientNorm)})`
  switch (failure._tag) {
    case 'NonFinite':
      return `the ${failure.quantity} is not finite at ${where}. ${failure.advice}`
    case 'Singular':
      return `the curvature has the eigenvalue ${shown(failure.eigenvalue)}, which cannot be inverted, at ${where}. ${failure.advice}`
    case 'NoDecrease':
      return `none of the dampings ${failure.tried.join(', ')} lowers the loss (best ${shown(failure.best)}) at ${where}. ${failure.advice}`
    case 'LineSearchFailed':
      return `none of ${failure.tried} step lengths serves along a direction of slope ${shown(failure.slope)} (best value ${shown(failure.best)}) at ${where}. ${failure.advice}`
    case 'NotDescent':
      return `the direction has the slope ${shown(failure.slope)} and does not go down at ${where}. ${failure.advice}`
    case 'RadiusCollapsed':
      return `no step within a radius of ${shown(failure.radius)} does what the model predicts at ${where}. ${failure.advice}`
  }
}

/**
 * The type of an optimizer's state, as a function of the type of parameters: an interface that extends this one describes
 * `state` by `this['params']`. So one optimizer serves parameters of every type, and its state stays typed.
 *
 * @since 0.1.0
 */
export interface StateType {
  readonly params: unknown
  readonly state: unknown
}

/**
 * The state that an optimizer of type F keeps for parameters of type P.
 *
 * @since 0.1.0
 */
export type StateOf<F extends StateType, P> = (F & { readonly params: P })['state']

/**
 * An optimizer is a way to begin and a pure step, for parameters of every type, on objectives that have the abilities A.
 *
 * @since 0.1.0
 */
export interface Optimizer<F extends StateType, A extends Ability = Curved> {
  readonly name: string
  /** Its hyperparameters as plain data, where it tells them: a checkpoint keeps them, and is resumed by an equal optimizer only. */
  readonly configuration?: unknown
  /** Said where it can step from a point whose value or gradient is not finite, such as one that was judged by a bad batch. */
  readonly nonFinite?: 'taken' | undefined
  readonly init: <P>(p: P) => StateOf<F, P>
  /** From an evaluated point to the next, which is evaluated under the given objective. */
  readonly step: <P>(
    next: ObjectiveWith<A, P>,
  ) => (it: Iterate<P, StateOf<F, P>, A>) => E.Either<StepFailure<P, StateOf<F, P>>, Iterate<P, StateOf<F, P>>>
}

/**
 * The state of an optimizer that remembers nothing.
 *
 * @since 0.1.0
 */
export interface Stateless extends StateType {
  readonly state: null
}

/** What it costs to look at a point. */
const costOf = <P>({ valueAndGrad }: SomeObjective<P>): Partial<Work> =>
  valueAndGrad === undefined ? { evaluations: 1 } : { gradients: 1 }

/** Looks at a point: one gradient, or one value where the objective has no gradient. */
export const evaluated = <P, S, O extends SomeObjective<P>>(
  objective: O,
  at: Pick<Iterate<P, S>, 'step' | 'params' | 'state' | 'work' | 'nonFinite'>,
): Iterate<P, S> & { readonly objective: O } => {
  const { valueAndGrad } = objective
  const [value, gradient] =
    valueAndGrad === undefined
      ? [objective.value(at.params), treeMap((leaf) => full(leaf.shape, Number.NaN))(at.params)]
      : valueAndGrad(at.params)
  return {
    ...at,
    objective,
    value,
    gradient,
    gradientNorm: treeLength(gradient),
    work: sumOfWork(at.work, costOf<P>(objective)),
  }
}

const nonFiniteAdvice =
  'Try a smaller learning rate, a larger damping or another start, and explain(loss)(params) to see where it begins.'

/** An iterate from which a step can be taken, or the reason why not. */
export const finite = <P, S, A extends Ability>(it: Iterate<P, S, A>): E.Either<StepFailure<P, S>, Iterate<P, S, A>> =>
  !Number.isFinite(it.value)
    ? E.left({ _tag: 'NonFinite', quantity: 'value', last: it, advice: nonFiniteAdvice })
    : !Number.isFinite(it.gradientNorm) && 'valueAndGrad' in it.objective
      ? E.left({ _tag: 'NonFinite', quantity: 'gradient', last: it, advice: nonFiniteAdvice })
      : E.right(it)

/** The same for an optimizer that says what it takes. */
export const startable =
  (nonFinite: 'taken' | undefined) =>
  <P, S, A extends Ability>(it: Iterate<P, S, A>): E.Either<StepFailure<P, S>, Iterate<P, S, A>> =>
    nonFinite === 'taken' ? E.right(it) : finite(it)

/** A value and a gradient that are known already, and of which objective they are. */
export interface Known<P> {
  readonly objective: unknown
  readonly value: number
  readonly gradient: P
}

/**
 * The next iterate, or a failure that keeps the one before it when the step left the finite numbers. What is known of the next
 * objective at the new point is not asked again.
 */
export const advance = <P, S>(
  next: SomeObjective<P>,
  from: Iterate<P, S>,
  to: Pick<Iterate<P, S>, 'params' | 'state' | 'nonFinite'> & {
    readonly work: Partial<Work>
    readonly known?: Known<P> | undefined
  },
): E.Either<StepFailure<P, S>, Iterate<P, S>> => {
  // A loss that saturates has a finite value and gradient even at infinity.
  if (!isFiniteTree(to.params))
    return E.left({ _tag: 'NonFinite', quantity: 'step', last: from, advice: nonFiniteAdvice, spent: to.work })
  const at = {
    step: from.step + 1,
    params: to.params,
    state: to.state,
    work: sumOfWork(from.work, to.work),
    ...(to.nonFinite === undefined ? {} : { nonFinite: to.nonFinite }),
  }
  const { known } = to
  const isKnown = known !== undefined && known.objective === next
  const reached: Iterate<P, S, 'value'> = isKnown
    ? {
        ...at,
        objective: next,
        value: known.value,
        gradient: known.gradient,
        gradientNorm: treeLength(known.gradient),
      }
    : evaluated(next, at)
  const spent = sumOfWork(to.work, isKnown ? {} : costOf(next))
  return E.mapLeft((failure: StepFailure<P, S>): StepFailure<P, S> => ({ ...failure, last: from, spent }))(
    startable(to.nonFinite)<P, S, 'value'>(reached),
  )
}
