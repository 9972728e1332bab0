/** Steps of saddle-free Newton against what they are made of: the Hessian and one decomposition, or products and gradients. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../../src/data/Defect.js'
import type { Tensor } from '../../src/data/Tensor.js'
import { ravel } from '../../src/index.js'
import { eigen } from '../../src/operator/eigen.js'
import { lanczos, withLanczos } from '../../src/operator/lanczos.js'
import { saddleFreeNewton } from '../../src/optimize/newton.js'
import { batchObjective, type Objective } from '../../src/optimize/Objective.js'
import { evaluated, type Optimizer, type StateType, workMonoid } from '../../src/optimize/Optimizer.js'
import { saddleFreeKrylov } from '../../src/optimize/saddleFreeKrylov.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { direction, layered, layers } from '../models.js'
import { atMost, type Part, ratio, time } from '../report.js'

const objectiveOf = (
  widths: ReadonlyArray<number>,
  rows: number,
): readonly [Objective<ReadonlyArray<Tensor>>, ReadonlyArray<Tensor>] => {
  const [params, inputs, labels] = layers(widths, rows)
  const on = batchObjective((p: ReadonlyArray<Tensor>, [x, y]: readonly [Tensor, Tensor]) => layered(p, x, y))
  return [on([inputs, labels]), params]
}

const stepOf = <F extends StateType, P>(optimizer: Optimizer<F>, objective: Objective<P>, params: P) => {
  const first = evaluated(objective, { step: 0, params, state: optimizer.init(params), work: workMonoid.empty })
  return () => {
    const next = optimizer.step<P>(objective)(first)
    return E.isRight(next) ? next : raise('InvalidArgument', `bench: ${optimizer.name} made no step.`)
  }
}

const exact = (widths: ReadonlyArray<number>, rows: number, effort: Effort): Part => {
  return () => {
    const [objective, params] = objectiveOf(widths, rows)
    const n = ravel(params)[0].size
    const step = stepOf(saddleFreeNewton({ damping: 0.1 }), objective, params)
    const timings = interleave(
      { step: { run: step }, parts: { run: () => eigen(objective.hessian(params).matrix()) } },
      effort,
    )
    return {
      title: `an exact saddle-free step, ${widths.join('-')} (${n} parameters), ${rows} rows`,
      figures: [
        ratio('step / (Hessian and one decomposition)', ratiosOf(timings('step'), timings('parts')), atMost(1.5)),
        time('step', spreadOf(timings('step'))),
      ],
    }
  }
}

/** Each product of the last one, as in a Krylov space: a vector that was there before would not be copied again. */
const productsOf = (
  objective: Objective<ReadonlyArray<Tensor>>,
  params: ReadonlyArray<Tensor>,
  count: number,
): (() => unknown) => {
  const start = direction(params)
  return () => {
    const { apply } = objective.hessian(params)
    return Array.from({ length: count }).reduce<ReadonlyArray<Tensor>>((v) => apply(v), start)
  }
}

const basis = (widths: ReadonlyArray<number>, rows: number, dimension: number, effort: Effort): Part => {
  return () => {
    const [objective, params] = objectiveOf(widths, rows)
    const options = { start: direction(params), dimension }
    const timings = interleave(
      {
        kept: { run: () => withLanczos(options, objective.hessian(params), ({ dimension: found }) => found) },
        fresh: { run: () => lanczos(options)(objective.hessian(params)) },
        products: { run: productsOf(objective, params, dimension) },
      },
      effort,
    )
    return {
      title: `Lanczos, ${dimension} vectors, ${widths.join('-')} (${ravel(params)[0].size} parameters), ${rows} rows`,
      figures: [
        ratio('Lanczos / its products', ratiosOf(timings('kept'), timings('products')), atMost(1.2)),
        ratio('– in memory that was not used before', ratiosOf(timings('fresh'), timings('products'))),
        time('products', spreadOf(timings('products'))),
      ],
    }
  }
}

/** Gradients that a step may cost beside its products and inner steps. */
const allowance = 4

const krylov = (
  widths: ReadonlyArray<number>,
  rows: number,
  dimension: number,
  innerSteps: number,
  effort: Effort,
): Part => {
  return () => {
    const [objective, params] = objectiveOf(widths, rows)
    const n = ravel(params)[0].size
    const step = stepOf(saddleFreeKrylov({ dimension, innerSteps, damping: 0.1 }), objective, params)
    const products = productsOf(objective, params, dimension)
    const gradients = (count: number) => () =>
      Array.from({ length: count }, () => objective.valueAndGrad(params.map((leaf) => leaf)))
    const count = dimension + innerSteps + allowance
    const some = gradients(innerSteps + allowance)
    const timings = interleave(
      {
        step: { run: step },
        gradients: { run: gradients(count) },
        parts: { run: () => [products(), some()] },
        products: { run: products },
      },
      effort,
    )
    return {
      title: `a saddle-free step in a Krylov space of ${dimension}, ${innerSteps} inner steps, ${widths.join('-')} (${n} parameters), ${rows} rows`,
      figures: [
        ratio(`step / ${count} gradients`, ratiosOf(timings('step'), timings('gradients')), atMost(1.1)),
        ratio(
          `step / (${dimension} products and ${innerSteps + allowance} gradients)`,
          ratiosOf(timings('step'), timings('parts')),
        ),
        ratio('step / its products', ratiosOf(timings('step'), timings('products'))),
        time('step', spreadOf(timings('step'))),
      ],
    }
  }
}

/** These calls are long: one sample a round is one call. */
export const newton = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 }
  return [
    exact([100, 9, 10], 500, effort),
    basis([784, 128, 10], 128, 50, effort),
    krylov([784, 128, 10], 128, 20, 1, effort),
    krylov([784, 128, 10], 128, 50, 4, effort),
  ]
}
