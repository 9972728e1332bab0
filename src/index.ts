/** The public surface: tensors, operations and transforms. Optimizers are in gradus/optimize. */

export { type ArgminOptions, argmin, tryArgmin } from './control/argmin.js'
export { checkpoint } from './control/checkpoint.js'
export { cond, switchCase } from './control/cond.js'
export { type CustomOptions, custom, type LinearMap, type LinearPair, linearMaps } from './control/custom.js'
export { type FixedPointOptions, fixedPoint, tryFixedPoint } from './control/fixedPoint.js'
export type { IterationFailure } from './control/implicit.js'
export type { IterationOptions } from './control/iterations.js'
export { linearSolve, tryLinearSolve } from './control/linearSolve.js'
export { type RootOptions, root, tryRoot } from './control/root.js'
export { fori, type ScanOptions, scan } from './control/scan.js'
export type { LinearSolveOptions } from './control/system.js'
export { whileLoop } from './control/whileLoop.js'
export { hessian, hessianMatrix } from './curvature/hessian.js'
export { type Sparse, sparseHessian, sparseJacobian, toDense } from './curvature/sparse.js'
export {
  arange,
  eye,
  fromFloat64Array,
  full,
  linspace,
  type NestedArray,
  ones,
  scalar,
  tensor,
  zeros,
} from './data/construct.js'
export { Defect, type DefectTag } from './data/Defect.js'
export { toArray, toFloat64Array, toNumber } from './data/read.js'
export type { Shape } from './data/Shape.js'
export type { Tensor } from './data/Tensor.js'
export { isTensor } from './data/Tensor.js'
export { type Outer, treeLeaves, treeMap, treeZip } from './data/Tree.js'
export {
  celu,
  elu,
  type GeluOptions,
  gelu,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  selu,
  silu,
} from './function/activation.js'
export { meshgrid, moveAxis, repeat, roll, split, stack, swapAxes, unstack } from './function/arrange.js'
export { type AttentionOptions, attention, type MultiHeadParams, multiHeadAttention } from './function/attention.js'
export {
  type ConvolutionOptions,
  conv1d,
  conv2d,
  convolve,
  convolveTransposed,
  convTranspose1d,
  convTranspose2d,
  type TransposedConvolutionOptions,
} from './function/convolution.js'
export { dynamicSlice, dynamicUpdateSlice } from './function/dynamic.js'
export { diagonal, einsum } from './function/einsum.js'
export { type FourierOptions, fft, ifft, irfft, rfft } from './function/fourier.js'
export {
  type DenseParams,
  dense,
  dropout,
  layerNorm,
  type NormalizationOptions,
  type NormalizationParams,
  rmsNorm,
} from './function/layers.js'
export { inv, lstsq, type MatrixNorm, matrixNorm, matrixPower } from './function/linalg.js'
export {
  binaryCrossEntropy,
  cosineDistance,
  cosineSimilarity,
  crossEntropy,
  hinge,
  huber,
  klDivergence,
  type LossOptions,
  meanSquaredError,
  type Reduction,
} from './function/losses.js'
export { avgPool, maxPool, type PoolingOptions, sumPool } from './function/pooling.js'
export { cross, type TensordotOptions, tensordot } from './function/products.js'
export {
  categorical,
  foldIn,
  type Key,
  type Keys,
  normal,
  permutation,
  randomKey,
  splitKey,
  uniform,
} from './function/random.js'
export { type CellParams, type GruParams, gruCell, type LstmState, lstmCell, rnnCell } from './function/recurrent.js'
export { cumLogSumExp, cummax, cummin, cumprod, type RunningOptions } from './function/running.js'
export { scatterMul, scatterSet, segmentMax, segmentSum } from './function/scattering.js'
export { all, any, argminIndex, nanMean, nanSum } from './function/selective.js'
export { logSoftmax, logSumExp, type SoftmaxOptions, softmax } from './function/softmax.js'
export { median, quantile, sort, sortKeyVal, topK } from './function/sorting.js'
export { mean, norm, prod, std, variance } from './function/statistics.js'
export { ravel, treeAdd, treeAxpy, treeDot, treeNorm, treeScale } from './function/tree.js'
export { diag, kron, type TriangleOptions, trace, tril, triu } from './function/triangle.js'
export type { Padding } from './function/window.js'
export { type Provider, provider, useProvider } from './kernel/provider.js'
export { abs, add, div, mul, neg, reciprocal, sign, square, sub } from './primitive/arithmetic.js'
export { i0, i0e, i1, i1e, j0, j1 } from './primitive/bessel.js'
export {
  clamp,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  notEqual,
  relu,
  stopGradient,
  where,
} from './primitive/choice.js'
export { dot, matmul, outer } from './primitive/contraction.js'
export type { Operand } from './primitive/define.js'
export { hypot } from './primitive/distance.js'
export { exp, expm1, log, log1p, pow, sqrt } from './primitive/elementary.js'
export { beta, digamma, gamma, lbeta, lgamma, polygamma, zeta } from './primitive/gamma.js'
export { betainc, igamma, igammac } from './primitive/incomplete.js'
export { gather, oneHot, scatterAdd, take } from './primitive/indexing.js'
export { acos, acosh, asin, asinh, atanh } from './primitive/inverse.js'
export {
  type NotConverged,
  type NotPositiveDefinite,
  type Singular,
  tryCholesky,
  tryEigh,
  trySolve,
  trySvd,
} from './primitive/linalgAttempt.js'
export { adjugate, det, logdet, type SignedLogDet, slogdet } from './primitive/linalgDeterminant.js'
export { type Eigh, eigh } from './primitive/linalgEigen.js'
export { expm, sqrtm } from './primitive/linalgFunction.js'
export { type Lu, lu, solve } from './primitive/linalgLu.js'
export { type PseudoInverseOptions, pinv } from './primitive/linalgPseudoInverse.js'
export { type Qr, qr } from './primitive/linalgQr.js'
export { type Svd, svd } from './primitive/linalgSvd.js'
export { cholesky, type TriangularOptions, triangularSolve } from './primitive/linalgTriangular.js'
export { log1mexp, logAddExp, logSubExp, xlog1py, xlogy } from './primitive/logarithmic.js'
export { erfc, erfcinv, erfcx, erfinv, logNdtr, ndtr, ndtri } from './primitive/normal.js'
export { argsort, type SortOptions, searchSorted } from './primitive/order.js'
export { argmax, cumsum, max, min } from './primitive/reduction.js'
export { cbrt, exp2, ldexp, log2, log10, logit, rsqrt } from './primitive/root.js'
export {
  ceil,
  copySign,
  floor,
  heaviside,
  isFinite,
  isNaN,
  nextAfter,
  remainder,
  round,
  trunc,
  truncatedRemainder,
} from './primitive/rounding.js'
export { scatterMax, scatterMin } from './primitive/scatter.js'
export { sinc } from './primitive/sinc.js'
export { erf, sigmoid, softplus } from './primitive/special.js'
export {
  broadcastTo,
  expandDims,
  permute,
  type ReductionOptions,
  reshape,
  squeeze,
  sum,
  transpose,
} from './primitive/structure.js'
export { type Elementwise, type Entry as PrimitiveEntry, primitives } from './primitive/table.js'
export { atan, atan2, cos, cosh, sin, sinh, tan, tanh } from './primitive/trigonometric.js'
export { concat, flip, interleave, pad, slice, tile } from './primitive/window.js'
export { type BlasFailure, type BlasOptions, loadBlas, showBlasFailure } from './program/blas.js'
export { type Compilation, useCompilation } from './program/compilation.js'
export { compile } from './program/compile.js'
export { type ExplainCompilationOptions, explain, explainCompilation } from './program/explain.js'
export { interpret } from './program/interpret.js'
export type { Instruction, Operation, Program } from './program/Program.js'
export { show } from './program/show.js'
export { stage } from './program/stage.js'
export { loadThreads, showThreadsFailure, type ThreadsFailure, type ThreadsOptions } from './program/threads.js'
export { complexStep } from './transform/complexStep.js'
export { grad, type Loss, valueAndGrad } from './transform/grad.js'
export { gaussNewtonProduct, hvp } from './transform/hvp.js'
export { jacfwd, jacrev } from './transform/jacobian.js'
export { jvp } from './transform/jvp.js'
export { linearize } from './transform/linearize.js'
export { type TapeEntry, type TapeSource, tapeOf } from './transform/tapeOf.js'
export { taylor } from './transform/taylor.js'
export { vjp } from './transform/vjp.js'
export { type VmapOptions, vmap } from './transform/vmap.js'
