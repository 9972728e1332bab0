import { newtonLaws, register, saddleFreeLaws } from 'gradus/laws'
import { newton, saddleFreeKrylov, saddleFreeNewton } from 'gradus/optimize'
import { describe, it } from 'vitest'

const laws = register({ describe, it })

laws(saddleFreeLaws({ name: 'saddle-free newton', make: (damping) => saddleFreeNewton({ damping }) }))

// The whole space is a Krylov space of its own, so the laws of the exact step hold, up to what Lanczos loses.
register(
  { describe, it },
  { instances: 50 },
)(
  saddleFreeLaws({
    name: 'saddle-free krylov',
    make: (damping) => saddleFreeKrylov({ damping, dimension: 5 }),
    tolerance: 1e-6,
  }),
)

laws(newtonLaws({ name: 'newton', optimizer: newton() }))
