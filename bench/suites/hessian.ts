/** The Hessian of a 565-parameter network: by chunks of products against one product at a time. */

import { compiledFunctions } from '../../src/curvature/lossFunctions.js'
import { raise } from '../../src/data/Defect.js'
import { eye, hessianMatrix, hvp, ravel, toFloat64Array } from '../../src/index.js'
import { reshape } from '../../src/primitive/structure.js'
import { slice } from '../../src/primitive/window.js'
import { type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { loss, network, type Parameters } from '../network.js'
import { atLeast, type Part, ratio, time } from '../report.js'

/** The rows of both ways must be the same numbers, or their times mean nothing. */
const requireEqual = (matrix: Float64Array, rows: ReadonlyArray<Float64Array>): void => {
  const n = rows.length
  const error = rows.reduce(
    (most, row, i) =>
      row.reduce((worst, h, j) => Math.max(worst, Math.abs(h - (matrix[i * n + j] ?? Number.NaN))), most),
    0,
  )
  if (!(error < 1e-12)) raise('InvalidArgument', `bench: the two Hessians differ by ${error}.`)
}

const ofNetwork = (rows: number, effort: Effort): Part => {
  return () => {
    const [p, inputs, labels] = network(100, 5, 10, rows)
    const [flat, unravel] = ravel(p)
    const n = flat.size
    const basis = eye(n)
    const units: ReadonlyArray<Parameters> = Array.from({ length: n }, (_, i) =>
      unravel(reshape(slice(basis, [i, 0], [i + 1, n]), [n])),
    )
    const chunks = () => hessianMatrix(loss)(p, inputs, labels)
    const functions = compiledFunctions(loss)
    const compiled = () => functions.hessian(p, [inputs, labels]).matrix()
    const replayed = () => {
      const product = hvp(loss)(p, inputs, labels)
      return units.map((unit) => product(unit))
    }
    const once = () => units.map((unit) => hvp(loss)(p, inputs, labels)(unit))
    requireEqual(
      toFloat64Array(chunks()),
      replayed().map((row) => toFloat64Array(ravel(row)[0])),
    )
    requireEqual(
      toFloat64Array(compiled()),
      replayed().map((row) => toFloat64Array(ravel(row)[0])),
    )
    const timings = interleave(
      { chunks: { run: chunks }, compiled: { run: compiled }, replayed: { run: replayed }, once: { run: once } },
      effort,
    )
    return {
      title: `the Hessian of a 100-5-10 network (${n} parameters), ${rows} rows`,
      figures: [
        ratio('one-shot products / chunks', ratiosOf(timings('once'), timings('chunks')), atLeast(5)),
        ratio('replayed products / chunks', ratiosOf(timings('replayed'), timings('chunks')), atLeast(5)),
        ratio('one-shot products / compiled chunks', ratiosOf(timings('once'), timings('compiled')), atLeast(5)),
        ratio('replayed products / compiled chunks', ratiosOf(timings('replayed'), timings('compiled'))),
        time('chunks', spreadOf(timings('chunks'))),
        time('compiled chunks', spreadOf(timings('compiled'))),
        time('replayed products', spreadOf(timings('replayed'))),
        time('one-shot products', spreadOf(timings('once'))),
      ],
    }
  }
}

/** These calls are long: one sample a round is one call. */
export const hessian = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds: Math.ceil(rounds / 2), seconds: 0.02, samples: 1 }
  return [32, 100, 500].map((rows) => ofNetwork(rows, effort))
}
