/** The small models of the curvature fixtures, and the fixtures themselves. */
import { readFileSync } from 'node:fs'
import {
  add,
  crossEntropy,
  div,
  matmul,
  ravel,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  zeros,
} from 'gradus'
import { categoricalLikelihood, gaussianLikelihood, type Likelihood } from 'gradus/curvature'

export interface Layer {
  readonly weights: Tensor
  readonly bias: Tensor
}

/** Layers, first to last. */
export type Net = ReadonlyArray<Layer>

export interface Expected {
  readonly parameters: ReadonlyArray<number>
  readonly direction: ReadonlyArray<number>
  readonly vector: ReadonlyArray<number>
  readonly value: number
  readonly gradient: ReadonlyArray<number>
  readonly hessian: ReadonlyArray<ReadonlyArray<number>>
  readonly gaussNewton: ReadonlyArray<ReadonlyArray<number>>
  readonly gaussNewtonAlong: ReadonlyArray<number>
  readonly fisher: ReadonlyArray<ReadonlyArray<number>>
  readonly empirical: ReadonlyArray<ReadonlyArray<number>>
  readonly noise: ReadonlyArray<ReadonlyArray<number>>
}

const fixture: {
  readonly inputs: ReadonlyArray<ReadonlyArray<number>>
  readonly labels: ReadonlyArray<number>
  readonly targets: ReadonlyArray<ReadonlyArray<number>>
  readonly cases: Readonly<Record<string, Expected>>
} = JSON.parse(readFileSync(new URL('../golden/curvature/curvature.json', import.meta.url), 'utf8'))

export const inputs: Tensor = tensor(fixture.inputs)
export const labels: Tensor = tensor(fixture.labels)
export const targets: Tensor = tensor(fixture.targets)

const layer = (rows: number, columns: number): Layer => ({ weights: zeros([rows, columns]), bias: zeros([columns]) })

/** A tanh unit between layers, none behind the last. */
export const outputsOf =
  (x: Tensor) =>
  (net: Net): Tensor =>
    net.reduce((signal, { weights, bias }, i) => {
      const z = add(matmul(signal, weights), bias)
      return i === net.length - 1 ? z : tanh(z)
    }, x)

export interface Case {
  readonly name: string
  readonly isLinear: boolean
  readonly at: Net
  readonly treeOf: (flat: ReadonlyArray<number>) => Net
  readonly expected: Expected
  readonly likelihood: Likelihood
  readonly loss: (outputs: Tensor) => Tensor
  /** Of one example, [input, label, target]. */
  readonly lossOfOne: (net: Net, example: readonly [Tensor, Tensor, Tensor]) => Tensor
}

export const halfSquares = (outputs: Tensor, wanted: Tensor): Tensor => div(sum(square(sub(outputs, wanted))), 2)

const caseOf = ([name, expected]: readonly [string, Expected]): Case => {
  const isLinear = name.startsWith('linear')
  const isCategorical = name.endsWith('categorical')
  const [, unravel] = ravel<Net>(isLinear ? [layer(3, 3)] : [layer(3, 2), layer(2, 3)])
  const treeOf = (flat: ReadonlyArray<number>): Net => unravel(tensor(flat))
  return {
    name,
    isLinear,
    expected,
    treeOf,
    at: treeOf(expected.parameters),
    likelihood: isCategorical ? categoricalLikelihood : gaussianLikelihood(),
    loss: (outputs) =>
      isCategorical ? crossEntropy(outputs, labels) : div(halfSquares(outputs, targets), inputs.shape[0] ?? 1),
    lossOfOne: (net, [input, label, target]) => {
      const outputs = reshape(outputsOf(reshape(input, [1, 3]))(net), [3])
      return isCategorical ? crossEntropy(outputs, label) : halfSquares(outputs, target)
    },
  }
}

export const cases: ReadonlyArray<Case> = Object.entries(fixture.cases).map(caseOf)
