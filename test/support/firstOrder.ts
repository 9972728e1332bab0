/** What first-order methods claim, and their steps as functions of the gradients so far: for their laws, and for mutants of them. */
import type { OptimizerProperty } from 'gradus/laws'

export const learningRate = 0.05

export const firstOrder: ReadonlyArray<OptimizerProperty> = [
  { _tag: 'Descends', spectrum: 'indefinite' },
  { _tag: 'Equivariant', under: 'translations' },
  { _tag: 'Equivariant', under: 'permutations and signs' },
]

/** A mean of what was, each older by a step and so of less weight, as Kingma and Ba correct it. */
const corrected = (decay: number, past: ReadonlyArray<number>): number =>
  past.reduce((mean, each) => decay * mean + (1 - decay) * each, 0) / (1 - decay ** past.length)

export const heavyBall = (gradients: ReadonlyArray<number>): number =>
  -learningRate * gradients.reduce((velocity, gradient) => 0.9 * velocity + gradient, 0)

/** Adam ignores the scale of a loss but for this, which is nothing beside any gradient that is not 0. */
export const epsilon = 1e-100

export const adamStep = (gradients: ReadonlyArray<number>): number => {
  const squares = gradients.map((gradient) => gradient ** 2)
  return (-learningRate * corrected(0.9, gradients)) / (Math.sqrt(corrected(0.999, squares)) + epsilon)
}
