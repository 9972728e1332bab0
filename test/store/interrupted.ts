/** A run that writes a checkpoint after each step, in a process that others kill: shared by the process and by who judges it. */
import {
  add,
  foldIn,
  type Key,
  matmul,
  mean,
  normal,
  randomKey,
  square,
  sub,
  type Tensor,
  tanh,
  tensor,
  zeros,
} from 'gradus'
import { adam, batchObjective, type Objective } from 'gradus/optimize'

export interface Params {
  readonly weights: Tensor
  readonly bias: Tensor
}

export const optimizer = adam({ learningRate: 0.01 })
export const start: Params = {
  weights: tensor([
    [1, -1],
    [0.5, 2],
  ]),
  bias: tensor([0.25, -0.5]),
}
export const example: Params = { weights: zeros([2, 2]), bias: zeros([2]) }
export const firstKey = randomKey(5)

const on = batchObjective(
  ({ weights, bias }: Params, batch: Tensor) => mean(square(sub(tanh(add(matmul(batch, weights), bias)), batch))),
  { compilation: 'never' },
)

export const objectives =
  (key: Key) =>
  (step: number): Objective<Params> =>
    on(normal(foldIn(key, step), [4, 2]))
