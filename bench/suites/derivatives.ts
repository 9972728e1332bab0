/** What derivatives of a network cost beside the function and beside each other. */
import { gaussNewtonProduct, grad, hvp, type Tensor } from '../../src/index.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { crossEntropy, loss, model, network, type Parameters } from '../network.js'
import { atMost, type Part, ratio, time } from '../report.js'

const gaussNewton = gaussNewtonProduct(
  (p: Parameters, inputs: Tensor, _labels: Tensor) => model(p, inputs),
  (logits: Tensor, _inputs: Tensor, labels: Tensor) => crossEntropy(logits, labels),
)

const ofNetwork = (rows: number, effort: Effort): Part => {
  return () => {
    const [p, inputs, labels] = network(100, 50, 10, rows)
    const v = grad(loss)(p, inputs, labels)
    const replay = hvp(loss)(p, inputs, labels)
    const replayGaussNewton = gaussNewton(p, inputs, labels)
    const timings = interleave(
      {
        function: { run: () => loss(p, inputs, labels) },
        gradient: { run: () => grad(loss)(p, inputs, labels) },
        once: { run: () => hvp(loss)(p, inputs, labels)(v) },
        replayed: { run: () => replay(v) },
        onceGaussNewton: { run: () => gaussNewton(p, inputs, labels)(v) },
        replayedGaussNewton: { run: () => replayGaussNewton(v) },
      },
      effort,
    )
    return {
      title: `a 100-50-10 network, tanh, softmax and cross-entropy, ${rows} rows`,
      figures: [
        ratio('gradient / function', ratiosOf(timings('gradient'), timings('function')), atMost(4)),
        ratio('hvp one-shot / gradient', ratiosOf(timings('once'), timings('gradient')), atMost(3)),
        ratio('hvp replayed / hvp one-shot', ratiosOf(timings('replayed'), timings('once')), atMost(0.75)),
        ratio('hvp replayed / gradient', ratiosOf(timings('replayed'), timings('gradient'))),
        ratio('Gauss-Newton one-shot / gradient', ratiosOf(timings('onceGaussNewton'), timings('gradient'))),
        ratio('Gauss-Newton replayed / hvp replayed', ratiosOf(timings('replayedGaussNewton'), timings('replayed'))),
        time('function', spreadOf(timings('function'))),
        time('gradient', spreadOf(timings('gradient'))),
        time('hvp one-shot', spreadOf(timings('once'))),
        time('hvp replayed', spreadOf(timings('replayed'))),
        time('Gauss-Newton one-shot', spreadOf(timings('onceGaussNewton'))),
        time('Gauss-Newton replayed', spreadOf(timings('replayedGaussNewton'))),
      ],
    }
  }
}

export const derivatives = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds, seconds: 0.04, samples: 3 }
  return [ofNetwork(500, effort), ofNetwork(32, effort)]
}
