import { register, resumeLaws } from 'gradus/laws'
import {
  adamw,
  along,
  amsgrad,
  bfgs,
  chain,
  clipByGlobalNorm,
  cubicNewton,
  descend,
  gradientDescent,
  hagerZhang,
  hessianCurvature,
  hessianFreeWith,
  krylovDirection,
  lbfgs,
  lion,
  nelderMead,
  newtonCG,
  newtonMR,
  nonconvexNewton,
  nonlinearCG,
  type Optimizer,
  rmsprop,
  type StateType,
  saddleFreeDirection,
  saddleFreeLowRank,
  saddleFreeSeries,
  scaleBy,
  scaleByAdam,
  sr1,
  trustRegion,
} from 'gradus/optimize'
import { describe, it } from 'vitest'

const resumes = <F extends StateType>(name: string, optimizer: Optimizer<F>): void => {
  register({ describe, it })(resumeLaws({ name, optimizer }))
}

/** What has no row in the table of configurations goes on to the bit as well: states are data whoever keeps them. */
describe('optimizers made in code', () => {
  resumes('adamw', adamw({ learningRate: 0.05 }))
  resumes('amsgrad', amsgrad({ learningRate: 0.05 }))
  resumes('lion', lion({ learningRate: 0.01 }))
  resumes('rmsprop', rmsprop({ learningRate: 0.01 }))
  resumes('clipped adam', descend('clipped adam', chain(clipByGlobalNorm(1), chain(scaleByAdam(), scaleBy(-0.05)))))
  resumes('gradient descent', gradientDescent({ learningRate: 0.05 }))
  resumes('nonlinear conjugate gradients', nonlinearCG())
  resumes('bfgs', bfgs())
  resumes('lbfgs', lbfgs({ memory: 3 }))
  resumes('sr1', sr1())
  resumes('newton-cg', newtonCG())
  resumes('newton-mr', newtonMR())
  resumes('nonconvex newton', nonconvexNewton())
  resumes('saddle-free low rank', saddleFreeLowRank())
  resumes('saddle-free series', saddleFreeSeries())
  resumes('saddle-free newton along a line', along(saddleFreeDirection({ damping: 0.1 }), hagerZhang()))
  resumes('krylov direction along a line', along(krylovDirection({ damping: 0.1 }), hagerZhang()))
  resumes('trust region', trustRegion())
  resumes('trust region, lanczos', trustRegion({ solver: 'lanczos' }))
  resumes('trust region, steihaug', trustRegion({ solver: 'steihaug' }))
  resumes('cubic newton', cubicNewton())
  resumes('cubic newton, krylov', cubicNewton({ solver: 'krylov' }))
  resumes('hessian-free', hessianFreeWith(hessianCurvature)())
  resumes('nelder-mead', nelderMead())
})
