/**
 * The landscape around a trained classifier as three pictures: a plane along filter-normalized random directions, slices along the most
 * and the least curved eigenvectors of the Hessian, and the density of its eigenvalues. docs/images/landscape.svg is the first.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  crossEntropy,
  type DenseParams,
  dense,
  greater,
  mul,
  normal,
  randomKey,
  slice,
  splitKey,
  sum,
  type Tensor,
  tanh,
  toFloat64Array,
  zeros,
} from 'gradus'
import {
  eigen,
  filterNormalized,
  hessianOperator,
  landscapePlane,
  landscapeSlice,
  randomDirection,
  topSubspace,
} from 'gradus/curvature'
import { adam, minimize, objective, stepsAtMost, takeUntil } from 'gradus/optimize'
import { densityPicture, planePicture, slicePicture } from 'gradus/report'

interface Classifier {
  readonly hidden: DenseParams
  readonly output: DenseParams
}

const [forData, forHidden, forOutput, forX, forY] = splitKey(randomKey(8), 5)

/** Points of the plane, labeled by the sign of x · y: the exclusive or, which no linear classifier learns. */
const inputs = normal(forData ?? randomKey(1), [120, 2])
const labels = greater(mul(slice(inputs, [0, 0], [120, 1]), slice(inputs, [0, 1], [120, 2])), 0)

const loss = ({ hidden, output }: Classifier): Tensor =>
  crossEntropy(dense(output, tanh(dense(hidden, inputs))), sum(labels, { axes: [1] }))

const start: Classifier = {
  hidden: { weights: normal(forHidden ?? randomKey(2), [2, 6]), bias: zeros([6]) },
  output: { weights: normal(forOutput ?? randomKey(3), [6, 2]), bias: zeros([2]) },
}

export interface Pictures {
  readonly plane: string
  readonly slices: string
  readonly density: string
}

/** The pictures after so many steps of Adam; `points` along each side of the plane. */
export const pictures = (steps: number, points: number): Pictures => {
  const { last } = pipe(start, minimize(adam({ learningRate: 0.05 }), objective(loss)), takeUntil(stepsAtMost(steps)))
  const trained = last.params
  const directions = [forX, forY].map((key) =>
    pipe(trained, randomDirection(key ?? randomKey(4)), filterNormalized({ biases: 'scaled' })(trained)),
  )
  const [first = trained, second = trained] = directions
  const plane = landscapePlane(loss, { x: { from: -1, to: 1, points } })(trained, [first, second])

  const hessian = hessianOperator(loss)(trained)
  const along = (which: 'largest' | 'smallest'): Classifier => {
    const found = topSubspace({ count: 1, which })(hessian)
    return E.isRight(found) ? (found.right.vectors[0] ?? trained) : trained
  }
  const sliced = landscapeSlice(loss, { range: { from: -3, to: 3, points: 4 * points + 1 } })
  const spectrum = eigen(hessian.matrix())
  const nodes = E.isRight(spectrum) ? [...toFloat64Array(spectrum.right.values)] : []
  return {
    plane: planePicture({ plane, points: [{ name: 'trained', at: [0, 0] }] }),
    slices: slicePicture([
      { name: 'most curved eigenvector', slice: sliced(trained, along('largest')) },
      { name: 'least curved eigenvector', slice: sliced(trained, along('smallest')) },
    ]),
    density: densityPicture({ nodes, weights: nodes.map(() => 1), ritz: nodes }),
  }
}
