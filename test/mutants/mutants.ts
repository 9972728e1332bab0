/** All mutants, in the order of the layers. */
import { calculus } from './calculus.js'
import { lots } from './lots.js'
import type { Mutation } from './Mutation.js'
import { optimizers } from './optimizers.js'
import { runs } from './runs.js'
import { structures } from './structures.js'
import { transforms } from './transforms.js'

export const mutants: ReadonlyArray<Mutation> = [
  ...calculus,
  ...transforms,
  ...optimizers,
  ...lots,
  ...runs,
  ...structures,
]
