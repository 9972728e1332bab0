/** Updates kept within bounds. */
import type { Tensor } from '../../data/Tensor.js'
import { treeMap, treeZip } from '../../data/Tree.js'
import { mean } from '../../function/statistics.js'
import { treeNorm } from '../../function/tree.js'
import { div, mul, square } from '../../primitive/arithmetic.js'
import { clamp, less, maximum, where } from '../../primitive/choice.js'
import { sqrt } from '../../primitive/elementary.js'
import { sum } from '../../primitive/structure.js'
import type { Stateless } from '../Optimizer.js'
import { notNegative, positive } from '../option.js'
import { byPosition, recipe } from '../recipe.js'
import type { Transformation } from '../Transformation.js'
import { stateless } from './scale.js'

interface Limit {
  readonly limit: number
}

const limitFields = () => ({ limit: positive() })

/**
 * Brings every entry of updates between −limit and limit.
 *
 * @example
 * import { chain, clipByValue, descend, scaleBy } from 'gradus/optimize'
 * descend('clipped', chain(clipByValue(1), scaleBy(-0.1))).name // => 'clipped'
 *
 * @since 0.1.0
 */
export const clipByValue: (limit: number) => Transformation<Stateless> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Limit>()({ sort: 'transformation', name: 'clipByValue', fields: limitFields }, ({ limit }) => {
    return stateless(treeMap((u) => clamp(u, -limit, limit)))
  }),
  (limit: number) => ({ limit }),
)

const clippedTo = (limit: number, size: Tensor, u: Tensor): Tensor => {
  const within = less(size, limit)
  return where(within, u, mul(limit, div(u, where(within, 1, size))))
}

/**
 * Shortens the updates of each leaf whose norm is above the limit to that norm.
 *
 * @example
 * import { chain, clipByNorm, descend, scaleBy } from 'gradus/optimize'
 * descend('clipped', chain(clipByNorm(1), scaleBy(-0.1))).name // => 'clipped'
 *
 * @since 0.1.0
 */
export const clipByNorm: (limit: number) => Transformation<Stateless> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Limit>()({ sort: 'transformation', name: 'clipByNorm', fields: limitFields }, ({ limit }) => {
    return stateless(treeMap((u) => clippedTo(limit, treeNorm(u), u)))
  }),
  (limit: number) => ({ limit }),
)

/**
 * Shortens updates whose norm over all leaves is above the limit to that norm; the direction stays.
 *
 * **References** Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks* (2013).
 *
 * @example
 * import { chain, clipByGlobalNorm, descend, scaleBy } from 'gradus/optimize'
 * descend('clipped', chain(clipByGlobalNorm(1), scaleBy(-0.1))).name // => 'clipped'
 *
 * @since 0.1.0
 */
export const clipByGlobalNorm: (limit: number) => Transformation<Stateless> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Limit>()(
    { sort: 'transformation', name: 'clipByGlobalNorm', fields: limitFields },
    ({ limit }) => {
      return stateless((updates) => {
        const size = treeNorm(updates)
        return treeMap((u) => clippedTo(limit, size, u))(updates)
      })
    },
  ),
  (limit: number) => ({ limit }),
)

/**
 * Divides the updates of each leaf by max(1, their root mean square / limit).
 *
 * **References** Shazeer and Stern (2018), §6.
 *
 * @example
 * import { chain, clipByRms, descend, scaleBy } from 'gradus/optimize'
 * descend('clipped', chain(clipByRms(1), scaleBy(-0.1))).name // => 'clipped'
 *
 * @since 0.1.0
 */
export const clipByRms: (limit: number) => Transformation<Stateless> = /* @__PURE__ */ byPosition(
  /* @__PURE__ */ recipe<Limit>()({ sort: 'transformation', name: 'clipByRms', fields: limitFields }, ({ limit }) => {
    return stateless(treeMap((u) => div(u, maximum(1, div(sqrt(mean(square(u))), limit)))))
  }),
  (limit: number) => ({ limit }),
)

/** Norms of the weights that go into one unit: of a matrix its columns, of convolution kernels all axes but the last. */
const unitNorms = (x: Tensor): Tensor => {
  const long = x.shape.filter((n) => n !== 1).length
  const axes =
    long <= 1
      ? x.shape.map((_, axis) => axis)
      : x.rank <= 3
        ? [0]
        : Array.from({ length: x.rank - 1 }, (_, axis) => axis)
  return sqrt(sum(square(x), { axes, keepAxes: true }))
}

/**
 * Adaptive clipping: shortens the updates of each unit to a share of the norm of its weights, ε (default 1e-3) at least.
 *
 * **Shapes** a unit is a column of a matrix; all of a vector; of a tensor of rank 4 or more all but its last axis.
 *
 * **References** Brock et al., *High-performance large-scale image recognition without normalization* (2021).
 *
 * @example
 * import { chain, clipAdaptively, descend, scaleBy } from 'gradus/optimize'
 * descend('clipped', chain(clipAdaptively(0.01), scaleBy(-0.1))).name // => 'clipped'
 *
 * @since 0.1.0
 */
export const clipAdaptively: (clipping: number, options?: { readonly epsilon?: number }) => Transformation<Stateless> =
  /* @__PURE__ */ byPosition(
    /* @__PURE__ */ recipe<{ readonly clipping: number; readonly epsilon?: number }>()(
      {
        sort: 'transformation',
        name: 'clipAdaptively',
        fields: () => ({ clipping: positive(), epsilon: notNegative(1e-3) }),
      },
      ({ clipping, epsilon }) => {
        return stateless(
          treeZip((u, p) => {
            const [size, limit] = [unitNorms(u), mul(clipping, maximum(unitNorms(p), epsilon))]
            return where(less(size, limit), u, mul(u, div(limit, maximum(size, 1e-6))))
          }),
        )
      },
    ),
    (clipping: number, { epsilon }: { readonly epsilon?: number } = {}) => ({ clipping, epsilon }),
  )
