/**
 * transform/: interpreters of the records in primitive/. Each reads the same `differential`: forward (jvp), backward
 * (vjp), recorded and replayed (linearize), batched (vmap); the rest (grad, hvp, hessian, jacobians) is composed of them.
 * applyLinear.ts is the only place where a linear map becomes operations.
 * May import: data, kernel, core, primitive, function, transform. May be imported by: everything above.
 */
import type { Equation, LinearMap } from '../core/LinearMap.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { add, neg, product } from '../primitive/arithmetic.js'
import { productSumP } from '../primitive/contraction.js'
import { fourierP } from '../primitive/fourier.js'
import { gatherP, scatterP } from '../primitive/indexing.js'
import { commutatorP } from '../primitive/linalgEigen.js'
import { functionAlong } from '../primitive/linalgFunction.js'
import { solveP } from '../primitive/linalgLu.js'
import { triangularSolveP } from '../primitive/linalgTriangular.js'
import { cumsumP } from '../primitive/reduction.js'
import { permuteP, reshapeP, spreadP, sumP } from '../primitive/structure.js'
import { foldP, slidingOf, unfoldP } from '../primitive/unfold.js'
import { flipP, padP, sliceP } from '../primitive/window.js'

const solution = (equation: Equation, by: ReadonlyArray<Tensor>, transposed: boolean, t: Tensor): Tensor => {
  switch (equation) {
    case 'matrix':
      return bind(solveP, { transposed }, [...by, t])
    case 'commutator':
    case 'strictCommutator':
      return bind(commutatorP, { strict: equation === 'strictCommutator' }, [...by, t])
    default: {
      const upper = equation === 'upper' || equation === 'unitUpper'
      const unit = equation === 'unitLower' || equation === 'unitUpper'
      return bind(triangularSolveP, { upper, transposed, unit }, [...by, t])
    }
  }
}

/** L t. */
export const applyLinear = (map: LinearMap, t: Tensor): Tensor => {
  switch (map._tag) {
    case 'Identity':
      return t
    case 'Negate':
      return neg(t)
    case 'Scale':
      return product(map.by, t)
    case 'Sum':
      return bind(sumP, { axes: map.axes }, [t])
    case 'Spread':
      return bind(spreadP, { axes: map.axes, outer: map.outer }, [t])
    case 'Permute':
      return bind(permuteP, { permutation: map.permutation }, [t])
    case 'Reshape':
      return bind(reshapeP, { to: map.to }, [t])
    case 'Flip':
      return bind(flipP, { axes: map.axes }, [t])
    case 'Slice':
      return bind(sliceP, { window: map.window }, [t])
    case 'Pad':
      return bind(padP, { window: map.window }, [t])
    case 'Unfold':
      return bind(unfoldP, slidingOf(map), [t])
    case 'Fold':
      return bind(foldP, slidingOf(map), [t])
    case 'Fourier':
      return bind(fourierP, { conjugate: map.transposed }, [t])
    case 'Cumulate':
      return bind(cumsumP, { axis: map.axis, reverse: map.reverse }, [t])
    case 'Gather':
      return bind(gatherP, { axis: map.axis, batch: map.batch, outer: map.outer }, [t, map.indices])
    case 'Scatter':
      return bind(scatterP, { axis: map.axis, batch: map.batch, outer: map.outer }, [t, map.indices])
    case 'Contract':
      return bind(productSumP, map.labels, map.side === 'left' ? [t, map.by] : [map.by, t])
    case 'Custom':
      return map.apply(t)
    case 'Solve':
      return solution(map.equation, map.by, map.transposed, t)
    case 'MatrixFunction':
      return functionAlong(map.of, map.by, t, map.transposed)
    case 'Plus':
      return map.maps.map((each) => applyLinear(each, t)).reduce((a, b) => add(a, b))
    case 'Compose':
      return map.maps.reduce((image, each) => applyLinear(each, image), t)
  }
}
