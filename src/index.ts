/** The public surface: tensors, operations and transforms. Optimizers are in gradus/optimize. */

export { checkpoint } from './control/checkpoint.js'
export { cond, switchCase } from './control/cond.js'
export { type CustomOptions, custom, type LinearMap, type LinearPair, linearMaps } from './control/custom.js'
export { fori, type ScanOptions, scan } from './control/scan.js'
export { whileLoop } from './control/whileLoop.js'
export { hessian, hessianMatrix } from './curvature/hessian.js'
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
export { stack } from './function/arrange.js'
export { diagonal, einsum } from './function/einsum.js'
export { categorical, foldIn, type Key, normal, permutation, randomKey, splitKey, uniform } from './function/random.js'
export { logSoftmax, logSumExp, type SoftmaxOptions, softmax } from './function/softmax.js'
export { mean, norm, prod, variance } from './function/statistics.js'
export { ravel, treeAdd, treeAxpy, treeDot, treeNorm, treeScale } from './function/tree.js'
export { type Provider, provider, useProvider } from './kernel/provider.js'
export { abs, add, div, mul, neg, reciprocal, sign, square, sub } from './primitive/arithmetic.js'
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
export { exp, expm1, log, log1p, pow, sqrt } from './primitive/elementary.js'
export { gather, oneHot, scatterAdd, take } from './primitive/indexing.js'
export { argmax, cumsum, max, min } from './primitive/reduction.js'
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
export { type Entry as PrimitiveEntry, primitives } from './primitive/table.js'
export { atan, atan2, cos, cosh, sin, sinh, tan, tanh } from './primitive/trigonometric.js'
export { concat, flip, pad, slice, tile } from './primitive/window.js'
export { type BlasFailure, type BlasOptions, loadBlas, showBlasFailure } from './program/blas.js'
export { type Compilation, useCompilation } from './program/compilation.js'
export { compile } from './program/compile.js'
export { type ExplainCompilationOptions, explain, explainCompilation } from './program/explain.js'
export { interpret } from './program/interpret.js'
export type { Instruction, Operation, Program } from './program/Program.js'
export { show } from './program/show.js'
export { stage } from './program/stage.js'
export { loadThreads, showThreadsFailure, type ThreadsFailure, type ThreadsOptions } from './program/threads.js'
export { grad, type Loss, valueAndGrad } from './transform/grad.js'
export { gaussNewtonProduct, hvp } from './transform/hvp.js'
export { jacfwd, jacrev } from './transform/jacobian.js'
export { jvp } from './transform/jvp.js'
export { linearize } from './transform/linearize.js'
export { vjp } from './transform/vjp.js'
export { type VmapOptions, vmap } from './transform/vmap.js'
