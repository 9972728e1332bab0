/** Recurrent cells as pure functions from parameters, state and input to the next state: what a scan takes for its body. */
import type { Tensor } from '../data/Tensor.js'
import { add, mul, sub } from '../primitive/arithmetic.js'
import { matmul } from '../primitive/contraction.js'
import { sigmoid } from '../primitive/special.js'
import { tanh } from '../primitive/trigonometric.js'
import { slice } from '../primitive/window.js'

/**
 * The parameters of a recurrent cell of n units: input weights [in, g·n], hidden weights [n, g·n] and bias [g·n], where
 * g is the number of its gates (1, or 3 of a GRU, or 4 of an LSTM), which stand side by side.
 *
 * @since 0.1.0
 */
export interface CellParams {
  readonly input: Tensor
  readonly hidden: Tensor
  readonly bias: Tensor
}

/** Gate number `index` of `count`, which stand side by side on the last axis. */
const gate = (x: Tensor, index: number, count: number): Tensor => {
  const width = (x.shape[x.rank - 1] ?? 0) / count
  const lead = x.shape.slice(0, -1)
  return slice(x, [...lead.map(() => 0), index * width], [...lead, (index + 1) * width])
}

const total = ({ input, hidden, bias }: CellParams, state: Tensor, x: Tensor): Tensor =>
  add(add(matmul(x, input), matmul(state, hidden)), bias)

/**
 * The simple cell: the next state is tanh(x·W + h·U + b).
 *
 * **Shapes**: x [..., in], state [..., n]; the result is a state.
 *
 * @example
 * import { rnnCell, toArray, zeros } from 'gradus'
 * const params = { input: zeros([3, 2]), hidden: zeros([2, 2]), bias: zeros([2]) }
 * toArray(rnnCell(params, zeros([2]), zeros([3]))) // => [0, 0]
 *
 * @since 0.1.0
 */
export const rnnCell = (params: CellParams, state: Tensor, x: Tensor): Tensor => tanh(total(params, state, x))

/**
 * The parameters of `gruCell`: those of a cell with three gates, and the bias [n] of the hidden part of the candidate,
 * which the reset gate multiplies.
 *
 * @since 0.1.0
 */
export interface GruParams extends CellParams {
  readonly hiddenBias: Tensor
}

/**
 * The gated recurrent unit, with gates in the order reset r, update z, candidate c:
 * r, z = σ(x·W + h·U + b), c = tanh(x·W + b + r·(h·U + b′)); the next state is (1 − z)·c + z·h.
 *
 * **Shapes**: x [..., in], state [..., n]; the result is a state.
 *
 * **References**: Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder* (2014).
 *
 * @example
 * import { gruCell, ones, toArray, zeros } from 'gradus'
 * const params = { input: zeros([3, 6]), hidden: zeros([2, 6]), bias: zeros([6]), hiddenBias: zeros([2]) }
 * toArray(gruCell(params, ones([2]), zeros([3]))) // => [0.5, 0.5]
 *
 * @since 0.1.0
 */
export const gruCell = ({ input, hidden, bias, hiddenBias }: GruParams, state: Tensor, x: Tensor): Tensor => {
  const fromInput = add(matmul(x, input), bias)
  const fromState = matmul(state, hidden)
  const opened = (index: number): Tensor => sigmoid(add(gate(fromInput, index, 3), gate(fromState, index, 3)))
  const remembered = mul(opened(0), add(gate(fromState, 2, 3), hiddenBias))
  const candidate = tanh(add(gate(fromInput, 2, 3), remembered))
  const update = opened(1)
  return add(mul(sub(1, update), candidate), mul(update, state))
}

/**
 * What an LSTM hands on: its output and its memory.
 *
 * @since 0.1.0
 */
export interface LstmState {
  readonly hidden: Tensor
  readonly cell: Tensor
}

/**
 * The long short-term memory, with gates in the order input i, forget f, candidate g, output o:
 * i, f, o = σ(x·W + h·U + b), g = tanh(x·W + h·U + b); the next memory is c′ = f·c + i·g, the next output o·tanh(c′).
 *
 * **Shapes**: x [..., in], hidden and cell [..., n]; the result is a state.
 *
 * **References**: Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997); Gers et al., *Learning to Forget* (2000).
 *
 * @example
 * import { lstmCell, ones, toArray, zeros } from 'gradus'
 * const params = { input: zeros([3, 8]), hidden: zeros([2, 8]), bias: zeros([8]) }
 * toArray(lstmCell(params, { hidden: zeros([2]), cell: ones([2]) }, zeros([3])).cell) // => [0.5, 0.5]
 *
 * @since 0.1.0
 */
export const lstmCell = (params: CellParams, state: LstmState, x: Tensor): LstmState => {
  const gates = total(params, state.hidden, x)
  const opened = (index: number): Tensor => sigmoid(gate(gates, index, 4))
  const cell = add(mul(opened(1), state.cell), mul(opened(0), tanh(gate(gates, 2, 4))))
  return { hidden: mul(opened(3), tanh(cell)), cell }
}
