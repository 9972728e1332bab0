/** The calls of gradus that the fixtures of the family `activations` mean. */
import type { Tensor } from 'gradus'
import * as gradus from 'gradus'
import { binary, inputAt, unary } from './calls.js'
import type { Call, Options } from './operations.js'

/** Of as many tensors as come. */
const several =
  (f: (inputs: (index: number) => Tensor, options: Options, count: number) => Tensor) =>
  (options: Options): Call =>
  (...inputs) =>
    f((index) => inputAt(inputs, index), options, inputs.length)

/** Only the tensor, so that options of other operations are not read. */
const alone = (f: (x: Tensor) => Tensor): ((options: Options) => Call) => unary((x) => f(x))
const two = (f: (a: Tensor, b: Tensor) => Tensor): ((options: Options) => Call) => binary((a, b) => f(a, b))

export const activationsOperations: Readonly<Record<string, (options: Options) => Call>> = {
  asin: alone(gradus.asin),
  acos: alone(gradus.acos),
  asinh: alone(gradus.asinh),
  acosh: alone(gradus.acosh),
  atanh: alone(gradus.atanh),
  exp2: alone(gradus.exp2),
  log2: alone(gradus.log2),
  log10: alone(gradus.log10),
  rsqrt: alone(gradus.rsqrt),
  cbrt: alone(gradus.cbrt),
  logit: alone(gradus.logit),
  logSigmoid: alone(gradus.logSigmoid),
  gelu: unary(gradus.gelu),
  silu: alone(gradus.silu),
  elu: unary(gradus.elu),
  selu: alone(gradus.selu),
  celu: unary(gradus.celu),
  leakyRelu: unary(gradus.leakyRelu),
  mish: alone(gradus.mish),
  hardTanh: alone(gradus.hardTanh),
  sinc: alone(gradus.sinc),
  floor: alone(gradus.floor),
  ceil: alone(gradus.ceil),
  round: alone(gradus.round),
  trunc: alone(gradus.trunc),
  heaviside: alone((x) => gradus.heaviside(x)),
  isNaN: alone(gradus.isNaN),
  isFinite: alone(gradus.isFinite),
  hypot: two(gradus.hypot),
  logAddExp: two(gradus.logAddExp),
  logSubExp: two(gradus.logSubExp),
  xlogy: two(gradus.xlogy),
  xlog1py: two(gradus.xlog1py),
  remainder: two(gradus.remainder),
  truncatedRemainder: two(gradus.truncatedRemainder),
  copySign: two(gradus.copySign),
  meanSquaredError: binary(gradus.meanSquaredError),
  huber: binary(gradus.huber),
  hinge: binary(gradus.hinge),
  binaryCrossEntropy: binary(gradus.binaryCrossEntropy),
  crossEntropy: binary(gradus.crossEntropy),
  klDivergence: binary(gradus.klDivergence),
  cosineSimilarity: two(gradus.cosineSimilarity),
  cosineDistance: binary(gradus.cosineDistance),
  dense: several((x) => gradus.dense({ weights: x(0), bias: x(1) }, x(2))),
  layerNorm: several((x) => gradus.layerNorm({ scale: x(1), offset: x(2) }, x(0))),
  rmsNorm: several((x) => gradus.rmsNorm({ scale: x(1) }, x(0))),
  attention: several((x, _options, count) =>
    count === 4 ? gradus.attention(x(0), x(1), x(2), { mask: x(3) }) : gradus.attention(x(0), x(1), x(2)),
  ),
  multiHeadAttention: several((x, { heads = 1 }) =>
    gradus.multiHeadAttention(
      { query: { weights: x(2) }, keys: { weights: x(3) }, values: { weights: x(4) }, output: { weights: x(5) } },
      x(0),
      x(1),
      { heads },
    ),
  ),
  rnnCell: several((x) => gradus.rnnCell({ input: x(2), hidden: x(3), bias: x(4) }, x(0), x(1))),
  gruCell: several((x) => gradus.gruCell({ input: x(2), hidden: x(3), bias: x(4), hiddenBias: x(5) }, x(0), x(1))),
  lstmCell: several((x) => {
    const next = gradus.lstmCell({ input: x(3), hidden: x(4), bias: x(5) }, { hidden: x(0), cell: x(1) }, x(2))
    return gradus.concat([next.hidden, next.cell], { axis: -1 })
  }),
}
