import * as E from 'fp-ts/lib/Either.js'
import { treeScale } from 'gradus'
import { configured, decodeOptimizer, withConfiguration } from 'gradus/codec'
import { check, type RuleSet, register, resumeLaws } from 'gradus/laws'
import {
  chain,
  descend,
  type Optimizer,
  type Smooth,
  type Stateless,
  scaleBy,
  scaleByAdam,
  trace,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const decoded = decodeOptimizer({ optimizer: 'saddleFreeKrylov', options: { dimension: 3, damping: [0.1, 1] } })
const composed = descend('composed', chain(trace(0.5), chain(scaleByAdam(), scaleBy(-0.05))))

/** One line for each row of the table; that none is missing is tested below. */
const table: Readonly<Record<keyof typeof configured, RuleSet>> = {
  gradientDescent: resumeLaws({
    name: 'gradient descent',
    optimizer: configured.gradientDescent({ learningRate: 0.1 }),
  }),
  momentum: resumeLaws({ name: 'momentum', optimizer: configured.momentum({ learningRate: 0.1 }) }),
  adam: resumeLaws({ name: 'adam', optimizer: configured.adam({ learningRate: 0.1 }) }),
  newton: resumeLaws({ name: 'newton', optimizer: configured.newton({ stepLength: 0.5 }) }),
  dampedNewton: resumeLaws({ name: 'damped newton', optimizer: configured.dampedNewton() }),
  saddleFreeNewton: resumeLaws({
    name: 'saddle-free newton',
    optimizer: configured.saddleFreeNewton({ damping: 0.1 }),
  }),
  saddleFreeKrylov: resumeLaws({
    name: 'saddle-free krylov',
    optimizer: configured.saddleFreeKrylov({ dimension: 3, innerSteps: 2 }),
  }),
}

for (const rules of Object.values(table)) register({ describe, it })(rules)

register({ describe, it })(
  resumeLaws({ name: 'composed in code', optimizer: withConfiguration({ decay: 0.5 })(composed) }),
)
register({ describe, it })(resumeLaws({ name: 'without a configuration', optimizer: composed }))
if (E.isRight(decoded)) register({ describe, it })(resumeLaws({ name: 'made from data', optimizer: decoded.right }))

/** Remembers its steps outside its state, which a checkpoint cannot know. */
const secretive = (): Optimizer<Stateless, Smooth> => {
  const seen = new Map<string, number>()
  return descend<Stateless, never>('secretive', {
    init: () => null,
    update: (updates) => (state) => {
      const count = (seen.get('steps') ?? 0) + 1
      seen.set('steps', count)
      return [treeScale(-0.1 / count, updates), state]
    },
  })
}

describe('the laws of resuming', () => {
  it('refute an optimizer that keeps state elsewhere', () => {
    const outcome = check({ seed: 1, instances: 50 })(resumeLaws({ name: 'secretive', optimizer: secretive() }))
    expect(E.isLeft(outcome)).toBe(true)
  })
})
