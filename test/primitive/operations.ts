/**
 * test/primitive/: every public operation against fixtures, and laws of single operations.
 * operations.ts says which call of gradus a fixture of test/golden/primitives means, and which operations there are.
 * An operation is read with the options of its fixture, and the result is a function of the tensors alone.
 * May import: gradus, as a user does. May be imported by: the tests of this folder and test/laws.
 */

import type { Tensor } from 'gradus'
import * as gradus from 'gradus'
import { activationsOperations } from './activationsOperations.js'
import { convolutionOperations, type WindowOptions } from './convolutionOperations.js'
import { indexingOperations } from './indexingOperations.js'
import { type LinalgOptions, linalgOperations, linalgSet } from './linalgOperations.js'
import { type RarerOptions, rarerOperations, rarerSet } from './rarerOperations.js'
import { specialOperations, specialSet } from './specialOperations.js'

/** The options that fixtures carry; each operation reads its own. */
export interface Options extends LinalgOptions, RarerOptions, WindowOptions {
  readonly axes?: ReadonlyArray<number>
  readonly axis?: number
  readonly keepAxes?: boolean
  readonly correction?: number
  readonly exponent?: number
  readonly low?: number
  readonly high?: number
  readonly spec?: string
  readonly shape?: ReadonlyArray<number>
  readonly starts?: ReadonlyArray<number>
  readonly ends?: ReadonlyArray<number>
  readonly strides?: ReadonlyArray<number>
  readonly pads?: ReadonlyArray<readonly [number, number]>
  readonly value?: number
  readonly repeats?: ReadonlyArray<number>
  readonly depth?: number
  readonly reduction?: gradus.Reduction
  readonly approximation?: 'none' | 'tanh'
  readonly alpha?: number
  readonly slope?: number
  readonly delta?: number
  readonly heads?: number
}

/** A function of as many tensors as the fixture has inputs. */
export type Call = (...inputs: ReadonlyArray<Tensor>) => Tensor

const given = <A>(name: keyof Options, value: A | undefined): A => {
  if (value === undefined) throw new Error(`the fixture lacks the option ${name}`)
  return value
}

const one = (inputs: ReadonlyArray<Tensor>, index: number): Tensor => {
  const input = inputs[index]
  if (input === undefined) throw new Error(`the fixture lacks input ${index}`)
  return input
}

const unary =
  (f: (x: Tensor) => Tensor) =>
  (_options: Options): Call =>
  (...inputs) =>
    f(one(inputs, 0))

const binary =
  (f: (a: Tensor, b: Tensor) => Tensor) =>
  (_options: Options): Call =>
  (...inputs) =>
    f(one(inputs, 0), one(inputs, 1))

/** One tensor and an options object; without options the call is made without one, to meet the defaults. */
const withOptions =
  (f: (x: Tensor, options?: Options) => Tensor) =>
  (options: Options): Call =>
  (...inputs) =>
    Object.keys(options).length === 0 ? f(one(inputs, 0)) : f(one(inputs, 0), options)

/** One tensor and something else, which is read of the options. */
const also =
  (f: (x: Tensor, options: Options) => Tensor) =>
  (options: Options): Call =>
  (...inputs) =>
    f(one(inputs, 0), options)

const along = ({ axis }: Options): { readonly axis: number } => ({ axis: given('axis', axis) })

/** The operations of gradus by the names of the fixtures. */
export const operations: Readonly<Record<string, (options: Options) => Call>> = {
  add: binary(gradus.add),
  sub: binary(gradus.sub),
  mul: binary(gradus.mul),
  div: binary(gradus.div),
  neg: unary(gradus.neg),
  abs: unary(gradus.abs),
  sign: unary(gradus.sign),
  square: unary(gradus.square),
  reciprocal: unary(gradus.reciprocal),
  sqrt: unary(gradus.sqrt),
  exp: unary(gradus.exp),
  expm1: unary(gradus.expm1),
  log: unary(gradus.log),
  log1p: unary(gradus.log1p),
  pow: ({ exponent }) => (exponent === undefined ? binary(gradus.pow)({}) : unary((x) => gradus.pow(x, exponent))({})),
  sin: unary(gradus.sin),
  cos: unary(gradus.cos),
  tan: unary(gradus.tan),
  sinh: unary(gradus.sinh),
  cosh: unary(gradus.cosh),
  tanh: unary(gradus.tanh),
  atan: unary(gradus.atan),
  atan2: binary(gradus.atan2),
  sigmoid: unary(gradus.sigmoid),
  softplus: unary(gradus.softplus),
  relu: unary(gradus.relu),
  erf: unary(gradus.erf),
  maximum: binary(gradus.maximum),
  minimum: binary(gradus.minimum),
  clamp: also((x, { low, high }) => gradus.clamp(x, given('low', low), given('high', high))),
  where:
    () =>
    (...inputs) =>
      gradus.where(one(inputs, 0), one(inputs, 1), one(inputs, 2)),
  equal: binary(gradus.equal),
  notEqual: binary(gradus.notEqual),
  less: binary(gradus.less),
  lessEqual: binary(gradus.lessEqual),
  greater: binary(gradus.greater),
  greaterEqual: binary(gradus.greaterEqual),
  logicalAnd: binary(gradus.logicalAnd),
  logicalOr: binary(gradus.logicalOr),
  logicalNot: unary(gradus.logicalNot),
  sum: withOptions(gradus.sum),
  mean: withOptions(gradus.mean),
  prod: withOptions(gradus.prod),
  max: withOptions(gradus.max),
  min: withOptions(gradus.min),
  logSumExp: withOptions(gradus.logSumExp),
  softmax: withOptions(gradus.softmax),
  logSoftmax: withOptions(gradus.logSoftmax),
  norm: withOptions(gradus.norm),
  variance: withOptions(gradus.variance),
  argmax: also((x, options) => gradus.argmax(x, along(options))),
  cumsum: also((x, options) => gradus.cumsum(x, along(options))),
  matmul: binary(gradus.matmul),
  dot: binary(gradus.dot),
  outer: binary(gradus.outer),
  einsum:
    ({ spec }) =>
    (...inputs) =>
      gradus.einsum(given('spec', spec), ...inputs),
  reshape: also((x, { shape }) => gradus.reshape(x, given('shape', shape))),
  permute: also((x, { axes }) => gradus.permute(x, given('axes', axes))),
  transpose: unary(gradus.transpose),
  expandDims: also((x, { axis }) => gradus.expandDims(x, given('axis', axis))),
  squeeze: also((x, { axes }) => (axes === undefined ? gradus.squeeze(x) : gradus.squeeze(x, axes))),
  concat:
    (options) =>
    (...inputs) =>
      gradus.concat(inputs, along(options)),
  stack:
    (options) =>
    (...inputs) =>
      gradus.stack(inputs, along(options)),
  slice: also((x, { starts, ends, strides }) =>
    strides === undefined
      ? gradus.slice(x, given('starts', starts), given('ends', ends))
      : gradus.slice(x, given('starts', starts), given('ends', ends), strides),
  ),
  pad: also((x, { pads, value }) =>
    value === undefined ? gradus.pad(x, given('pads', pads)) : gradus.pad(x, given('pads', pads), value),
  ),
  flip: also((x, { axes }) => (axes === undefined ? gradus.flip(x) : gradus.flip(x, axes))),
  broadcastTo: also((x, { shape }) => gradus.broadcastTo(x, given('shape', shape))),
  tile: also((x, { repeats }) => gradus.tile(x, given('repeats', repeats))),
  take:
    (options) =>
    (...inputs) =>
      gradus.take(one(inputs, 0), one(inputs, 1), along(options)),
  gather:
    (options) =>
    (...inputs) =>
      gradus.gather(one(inputs, 0), one(inputs, 1), along(options)),
  scatterAdd:
    (options) =>
    (...inputs) =>
      gradus.scatterAdd(one(inputs, 0), one(inputs, 1), one(inputs, 2), along(options)),
  oneHot: also((x, { depth }) => gradus.oneHot(x, given('depth', depth))),
  diagonal: unary(gradus.diagonal),
  stopGradient: unary(gradus.stopGradient),
  ...specialOperations,
  ...rarerOperations,
  ...linalgOperations,
  ...indexingOperations,
  ...activationsOperations,
  ...convolutionOperations,
}

/** The operations of the first release, written out a second time so that none can go missing in silence. */
export const firstSet: ReadonlyArray<string> = `
  ${specialSet} ${rarerSet}
  conv1d conv2d convolve convTranspose1d convTranspose2d convolveTransposed maxPool avgPool sumPool
  fft ifft rfft irfft
  add sub mul div neg abs sign square reciprocal sqrt exp expm1 log log1p pow
  sin cos tan sinh cosh tanh atan atan2 sigmoid softplus relu erf maximum minimum clamp
  where equal notEqual less lessEqual greater greaterEqual logicalAnd logicalOr logicalNot
  sum mean prod max min logSumExp softmax logSoftmax norm variance argmax cumsum
  matmul dot outer einsum
  reshape permute transpose expandDims squeeze concat stack slice pad flip broadcastTo tile
  take gather scatterAdd oneHot diagonal stopGradient
  sort argsort sortKeyVal topK searchSorted quantile median
  cumprod cummax cummin cumLogSumExp std nanSum nanMean any all argminIndex
  scatterSet scatterMul scatterMax scatterMin segmentSum segmentMax dynamicSlice dynamicUpdateSlice
  split unstack meshgrid roll repeat moveAxis swapAxes tril triu diag trace kron
  asin acos asinh acosh atanh exp2 log2 log10 rsqrt cbrt logit logSigmoid gelu silu elu selu celu leakyRelu mish hardTanh
  sinc floor ceil round trunc heaviside isNaN isFinite hypot logAddExp logSubExp xlogy xlog1py remainder
  truncatedRemainder copySign meanSquaredError huber hinge binaryCrossEntropy crossEntropy klDivergence cosineSimilarity
  cosineDistance dense layerNorm rmsNorm attention multiHeadAttention rnnCell gruCell lstmCell
`
  .trim()
  .split(/\s+/)
  .concat(linalgSet)
