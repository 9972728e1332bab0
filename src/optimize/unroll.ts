/** Training as a differentiable function: steps of a transformation of updates, on tensors throughout, under any transform. */
import { checkpoint } from '../control/checkpoint.js'
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import type { Tensor } from '../data/Tensor.js'
import { treeMap } from '../data/Tree.js'
import { treeAdd, treeAxpy, treeScale } from '../function/tree.js'
import { treeLength } from '../operator/length.js'
import { valueAndGrad } from '../transform/grad.js'
import { type Iterate, type Stateless, type StateOf, type StateType, workMonoid } from './Optimizer.js'
import { tensorsIn, withTensors } from './stateTensors.js'
import type { Transformation } from './Transformation.js'
import type { TraceState } from './transformation/trace.js'

/**
 * How long training is, and what a backward sweep keeps of it.
 *
 * @since 0.1.0
 */
export interface UnrollOptions {
  readonly steps: number
  /**
   * Keeps parameters and state at every so many steps, and computes what lies between again when a backward sweep comes there. Memory is
   * least at about √steps. Without it all steps are kept.
   */
  readonly checkpointEvery?: number
}

/**
 * Multiplies updates by a scalar tensor, which a hypergradient goes through: minus a learning rate.
 *
 * @example
 * import { scalar } from 'gradus'
 * import { descend, scaleByTensor } from 'gradus/optimize'
 * descend('gradient descent', scaleByTensor(scalar(-0.1))).name // => 'gradient descent'
 *
 * @since 0.1.0
 */
export const scaleByTensor = (factor: Tensor): Transformation<Stateless> => ({
  init: () => null,
  update: (updates) => (state) => [treeScale(factor, updates), state],
})

/**
 * Sums updates with a decay that is a scalar tensor, which a hypergradient goes through: u ← decay · u + update.
 *
 * @example
 * import { scalar } from 'gradus'
 * import { chain, descend, scaleByTensor, traceByTensor } from 'gradus/optimize'
 * descend('heavy ball', chain(traceByTensor(scalar(0.9)), scaleByTensor(scalar(-0.01)))).name // => 'heavy ball'
 *
 * @since 0.1.0
 */
export const traceByTensor = (decay: Tensor): Transformation<TraceState> => ({
  init: treeMap((leaf) => zeros(leaf.shape)),
  update: (updates) => (velocity) => {
    const next = treeAxpy(decay, velocity, updates)
    return [next, next]
  },
})

interface Place<P, S> {
  readonly params: P
  readonly state: S
}

/** What a transformation is shown: its numbers are read only if it asks, and cannot be where they are being differentiated. */
const shown = <P>(step: number, params: P, value: Tensor, gradient: P): Iterate<P, unknown> => ({
  step,
  params,
  state: null,
  objective: {},
  get value() {
    return toNumber(value)
  },
  gradient,
  get gradientNorm() {
    return treeLength(gradient)
  },
  work: workMonoid.empty,
})

const counted = (name: string, least: number, value: number): number =>
  Number.isInteger(value) && value >= least
    ? value
    : raise('InvalidArgument', `unroll: expected ${name} to be an integer of ${least} or more, got ${value}.`)

/**
 * The parameters after so many steps of training, as a function of hyperparameters and start that every transform goes through: its
 * gradient is a hypergradient. What `minimize` does for numbers this does for tensors: the transformation of updates is made of the
 * hyperparameters, and the loss may take them too.
 *
 *     θₖ₊₁ = θₖ + update(∇ℓ(θₖ, h)),   unroll(make, ℓ, { steps: n })(h, θ₀) = θₙ
 *
 * Without numbers there is no rule that stops and no failure: NaN comes out as NaN. For the limit of many steps `argmin` costs one linear
 * solve instead.
 *
 * **Shapes** hyperparameters, parameters and result are trees of tensors; the loss is a scalar.
 *
 * **Laws** on numbers the same bits as `minimize(descend(name, make(h)), objective(loss))`; with `checkpointEvery` the same value and
 * gradient as without.
 *
 * **Cost** a gradient for each step; a hypergradient some more and memory for all steps, or for `checkpointEvery` of them and the ends of
 * the others.
 *
 * **Fails** with a `Defect` when a transformation reads a number of a value under a transform.
 *
 * **References** Maclaurin, Duvenaud and Adams, *Gradient-based hyperparameter optimization through reversible learning* (2015).
 *
 * @example
 * import { grad, mul, neg, scalar, square, toNumber, type Tensor } from 'gradus'
 * import { scaleByTensor, unroll } from 'gradus/optimize'
 * // A step on x² multiplies x by 1 − 2 rate, so that three of them lead from 1 to (1 − 2 rate)³.
 * const trained = unroll((rate: Tensor) => scaleByTensor(neg(rate)), (x: Tensor) => square(x), { steps: 3 })
 * toNumber(trained(scalar(0.25), scalar(1))) // => 0.125
 * toNumber(grad((rate: Tensor) => trained(rate, scalar(1)))(scalar(0.25))) // ≈ -1.5
 *
 * @since 0.1.0
 */
export const unroll = <H, P, F extends StateType>(
  make: (hyper: H) => Transformation<F>,
  loss: (p: P, hyper: H) => Tensor,
  { steps, checkpointEvery }: UnrollOptions,
): ((hyper: H, start: P) => P) => {
  counted('steps', 0, steps)
  const length = checkpointEvery === undefined ? steps : counted('checkpointEvery', 1, checkpointEvery)
  type State = StateOf<F, P>
  const walked = (hyper: H, from: Place<P, State>, first: number, last: number): Place<P, State> => {
    const { update } = make(hyper)
    return Array.from({ length: last - first }, (_, i) => first + i).reduce<Place<P, State>>(
      ({ params, state }, step) => {
        const [value, gradient] = valueAndGrad((p: P) => loss(p, hyper))(params)
        const [updates, next] = update(gradient, shown(step, params, value, gradient))(state)
        return { params: treeAdd(params, updates), state: next }
      },
      from,
    )
  }
  /** As `walked`, with nothing but tensors going in and out; what else a state holds is a number of steps and follows from that of them. */
  const segment = (hyper: H, from: Place<P, State>, first: number, last: number): Place<P, State> => {
    const states = new Map<'last', State>()
    const [params, tensors] = checkpoint(
      (h: H, p: P, held: ReadonlyArray<Tensor>): readonly [P, ReadonlyArray<Tensor>] => {
        const reached = walked(h, { params: p, state: withTensors('unroll', from.state, held) }, first, last)
        states.set('last', reached.state)
        return [reached.params, tensorsIn(reached.state)]
      },
    )(hyper, from.params, tensorsIn(from.state))
    return { params, state: withTensors('unroll', states.get('last') as State, tensors) }
  }
  return (hyper, start) => {
    const begun: Place<P, State> = { params: start, state: make(hyper).init(start) }
    if (checkpointEvery === undefined) return walked(hyper, begun, 0, steps).params
    return Array.from({ length: Math.ceil(steps / length) }, (_, i) => i * length).reduce(
      (place, first) => segment(hyper, place, first, Math.min(first + length, steps)),
      begun,
    ).params
  }
}
