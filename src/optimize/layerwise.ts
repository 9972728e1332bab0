/** Optimizers whose layers move by a share of their own size. */
import { type Decaying, decayingFields, down, type Learning, learningFields } from './firstOrder.js'
import type { Smooth } from './Objective.js'
import type { Optimizer, Stateless } from './Optimizer.js'
import { flag, fraction, notNegative, optional, positive, selection } from './option.js'
import { recipe } from './recipe.js'
import { type Chained, chain, descend } from './Transformation.js'
import { type AdamState, type MomentOptions, momentFields, scaleByAdam } from './transformation/adam.js'
import { addWeightDecay } from './transformation/add.js'
import { scaleByTrustRatio } from './transformation/scale.js'
import { everything, type MaskedState, masked, type Selection } from './transformation/select.js'
import { type TraceState, trace } from './transformation/trace.js'

/**
 * The constants of LARS.
 *
 * @since 0.1.0
 */
export interface LarsOptions extends Learning, Decaying {
  /** Default 0.9. */
  readonly momentum?: number
  readonly nesterov?: boolean
  /** Default 1e-3. */
  readonly trustCoefficient?: number
  /** Default 0. */
  readonly epsilon?: number
  /** Leaves that move by a share of their size; default all. */
  readonly adapted?: Selection
}

const larsFields = () => ({
  ...learningFields(),
  ...decayingFields(0),
  momentum: fraction(0.9),
  nesterov: flag(false),
  trustCoefficient: positive(1e-3),
  epsilon: notNegative(0),
  adapted: optional(selection<Selection>()()),
})

/**
 * LARS: every layer moves by a share of its size, with momentum.
 *
 * **References** You, Gitman and Ginsburg (2017).
 *
 * @example
 * import { except, lars, named } from 'gradus/optimize'
 * lars({ learningRate: 1, weightDecay: 1e-4, adapted: except(named('bias')) }).name // => 'lars'
 *
 * @since 0.1.0
 */
export const lars: (
  options: LarsOptions,
) => Optimizer<Chained<readonly [Stateless, MaskedState<Stateless>, Stateless, TraceState]>, Smooth> =
  /* @__PURE__ */ recipe<LarsOptions>()(
    { sort: 'optimizer', name: 'lars', fields: larsFields },
    ({ learningRate, weightDecay, mask = everything, momentum: decay, adapted = everything, ...rest }) => {
      const { nesterov, trustCoefficient, epsilon } = rest
      return descend(
        'lars',
        chain(
          addWeightDecay(weightDecay, { mask }),
          masked(adapted)(scaleByTrustRatio({ trustCoefficient, epsilon })),
          down({ learningRate }),
          trace(decay, { nesterov }),
        ),
      )
    },
  )

/**
 * LAMB: Adam whose steps are a share of the size of each layer.
 *
 * **References** You et al. (2019). ε is 1e-6 by default.
 *
 * @example
 * import { lamb } from 'gradus/optimize'
 * lamb({ learningRate: 1e-3, weightDecay: 0.01 }).name // => 'lamb'
 *
 * @since 0.1.0
 */
export const lamb: (
  options: Learning & MomentOptions & Decaying,
) => Optimizer<Chained<readonly [AdamState, Stateless, Stateless, Stateless]>, Smooth> = /* @__PURE__ */ recipe<
  Learning & MomentOptions & Decaying
>()(
  {
    sort: 'optimizer',
    name: 'lamb',
    fields: () => ({ ...learningFields(), ...momentFields(), epsilon: notNegative(1e-6), ...decayingFields(0) }),
  },
  ({ learningRate, weightDecay, mask = everything, ...rest }) =>
    descend(
      'lamb',
      chain(scaleByAdam(rest), addWeightDecay(weightDecay, { mask }), scaleByTrustRatio(), down({ learningRate })),
    ),
)
