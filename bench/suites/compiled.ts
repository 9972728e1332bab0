/** What compilation gains: the derivatives of a network eagerly and compiled, and an optimizer's step. */
import { compile, grad, hvp, type Tensor, treeLeaves } from '../../src/index.js'
import { minimize, objective, saddleFreeNewton } from '../../src/optimize/index.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { loss, network, type Parameters } from '../network.js'
import { type Part, ratio, time } from '../report.js'

const ofNetwork = (rows: number, effort: Effort): Part => {
  return () => {
    const [p, inputs, labels] = network(100, 50, 10, rows)
    const v = grad(loss)(p, inputs, labels)
    const [fastLoss, fastGradient, fastProduct] = [compile(loss), compile(grad(loss)), compile(hvp(loss))]
    const replay = hvp(loss)(p, inputs, labels)
    const fastReplay = fastProduct(p, inputs, labels)
    const timings = interleave(
      {
        function: { run: () => loss(p, inputs, labels) },
        fastFunction: { run: () => fastLoss(p, inputs, labels) },
        gradient: { run: () => grad(loss)(p, inputs, labels) },
        fastGradient: { run: () => fastGradient(p, inputs, labels) },
        once: { run: () => hvp(loss)(p, inputs, labels)(v) },
        fastOnce: { run: () => fastProduct(p, inputs, labels)(v) },
        replayed: { run: () => replay(v) },
        fastReplayed: { run: () => fastReplay(v) },
      },
      effort,
    )
    return {
      title: `a 100-50-10 network, ${rows} rows, eager / compiled`,
      figures: [
        ratio('function', ratiosOf(timings('function'), timings('fastFunction'))),
        ratio('gradient', ratiosOf(timings('gradient'), timings('fastGradient'))),
        ratio('hvp one-shot', ratiosOf(timings('once'), timings('fastOnce'))),
        ratio('hvp replayed', ratiosOf(timings('replayed'), timings('fastReplayed'))),
        ratio('compiled: gradient / function', ratiosOf(timings('fastGradient'), timings('fastFunction'))),
        ratio('compiled: hvp replayed / gradient', ratiosOf(timings('fastReplayed'), timings('fastGradient'))),
        time('compiled function', spreadOf(timings('fastFunction'))),
        time('compiled gradient', spreadOf(timings('fastGradient'))),
        time('compiled hvp one-shot', spreadOf(timings('fastOnce'))),
        time('compiled hvp replayed', spreadOf(timings('fastReplayed'))),
      ],
    }
  }
}

/** One exact saddle-free step, with its start already looked at. */
const stepOf = (compilation: 'always' | 'never', p: Parameters, inputs: Tensor, labels: Tensor): (() => unknown) => {
  const run = minimize(
    saddleFreeNewton(),
    objective((q: Parameters) => loss(q, inputs, labels), { compilation }),
  )(p)
  return () => {
    const iterator = run[Symbol.iterator]()
    iterator.next()
    return iterator.next()
  }
}

const ofStep = (effort: Effort): Part => {
  return () => {
    const [p, inputs, labels] = network(16, 25, 10, 500)
    const n = treeLeaves(p).reduce((total, { size }) => total + size, 0)
    const timings = interleave(
      {
        eager: { run: stepOf('never', p, inputs, labels) },
        compiled: { run: stepOf('always', p, inputs, labels) },
      },
      effort,
    )
    return {
      title: `a saddle-free Newton step of a 16-25-10 network (${n} parameters), 500 rows`,
      figures: [
        ratio('eager / compiled', ratiosOf(timings('eager'), timings('compiled'))),
        time('eager', spreadOf(timings('eager'))),
        time('compiled', spreadOf(timings('compiled'))),
      ],
    }
  }
}

export const compiled = (rounds: number): ReadonlyArray<Part> => [
  ofNetwork(500, { rounds, seconds: 0.04, samples: 3 }),
  ofNetwork(32, { rounds, seconds: 0.04, samples: 3 }),
  ofStep({ rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 }),
]
