/** Settings and compositions with laws of their own, beside the rows of the table of all optimizers. */
import { optimizerLaws, register, resumeLaws } from 'gradus/laws'
import {
  along,
  hagerZhang,
  hessianCurvature,
  hessianFreeWith,
  krylovDirection,
  saddleFreeDirection,
  trustRegion,
} from 'gradus/optimize'
import { describe, it } from 'vitest'

const runner = { describe, it }

// A radius that no Newton step of these quadratics leaves, with eigenvalues of 0.1 or more and points and slopes up to 3.
register(runner, { instances: 30 })(
  optimizerLaws({
    name: 'trust region, wide',
    optimizer: trustRegion({ radius: 1e3 }),
    claims: [{ _tag: 'Solves', spectrum: 'positive', steps: 1 }],
  }),
)

const searched = along(saddleFreeDirection({ damping: 0.1 }), hagerZhang())
const inKrylovSpace = along(krylovDirection({ damping: 0.1 }), hagerZhang())

register(runner)(resumeLaws({ name: 'saddle-free newton along a line', optimizer: searched }))
register(runner)(resumeLaws({ name: 'krylov direction along a line', optimizer: inKrylovSpace }))
register(runner)(resumeLaws({ name: 'hessian-free', optimizer: hessianFreeWith(hessianCurvature)() }))
