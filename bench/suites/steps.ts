/** Steps of first-order optimizers on a network: what an update costs beside the gradient that it needs. */
import {
  adam,
  chain,
  descend,
  gradientDescent,
  minimize,
  type Optimizer,
  objective,
  type Smooth,
  type StateType,
  scaleBy,
  scaleByAdam,
} from '../../src/optimize/index.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { layered, layers } from '../models.js'
import { atMost, type Part, ratio, time } from '../report.js'

const [start, inputs, labels] = layers([784, 128, 10], 128)
const loss = objective((p: typeof start) => layered(p, inputs, labels))

/** One step of a run that goes on and on. */
const stepping = <F extends StateType>(optimizer: Optimizer<F, Smooth>): (() => unknown) => {
  const run = minimize(optimizer, loss)(start)[Symbol.iterator]()
  return () => run.next()
}

/** A step as one program, and leaf by leaf. */
export const steps = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds, seconds: 0.1, samples: 3 }
  return [
    () => {
      const timing = interleave(
        {
          gradient: { run: () => loss.valueAndGrad(start) },
          descent: { run: stepping(gradientDescent({ learningRate: 1e-3 })) },
          adam: { run: stepping(adam({ learningRate: 1e-4 })) },
          eager: { run: stepping(descend('adam', chain(scaleByAdam(), scaleBy(-1e-4)), { compilation: 'never' })) },
        },
        effort,
      )
      return {
        title: 'steps on 784-128-10, batch 128',
        figures: [
          time('gradient', spreadOf(timing('gradient'))),
          time('gradient descent', spreadOf(timing('descent'))),
          time('adam', spreadOf(timing('adam'))),
          ratio('adam / gradient descent', ratiosOf(timing('adam'), timing('descent')), atMost(1.3)),
          ratio('adam leaf by leaf / adam', ratiosOf(timing('eager'), timing('adam'))),
        ],
      }
    },
  ]
}
