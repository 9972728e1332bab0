import * as E from 'fp-ts/lib/Either.js'
import { treeScale } from 'gradus'
import { decodeOptimizer, showMismatches, withConfiguration } from 'gradus/codec'
import { check, register, resumeLaws } from 'gradus/laws'
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

const composed = descend('composed', chain(trace(0.5), chain(scaleByAdam(), scaleBy(-0.05))))

/** That every optimizer is written and read to the bit is tested elsewhere; here those that come from data rest and go on. */
const fromData: ReadonlyArray<unknown> = [
  { name: 'gradientDescent', learningRate: { name: 'cosineDecay', from: 0.1, steps: 20 } },
  { name: 'adam', learningRate: 0.1 },
  { name: 'noisySgd', learningRate: 0.1, key: 3 },
  { name: 'newton', stepLength: 0.5 },
  { name: 'dampedNewton' },
  { name: 'saddleFreeNewton', damping: 0.1 },
  { name: 'saddleFreeKrylov', dimension: 3, innerSteps: 2, damping: [0.1, 1] },
  { name: 'along', direction: { name: 'lbfgsDirection', memory: 2 }, lineSearch: { name: 'hagerZhang' } },
  {
    name: 'descend',
    label: 'around',
    transformation: [
      { name: 'lookahead', period: 2, transformation: [{ name: 'scaleByAdam' }, { name: 'scaleBy', factor: -0.05 }] },
      { name: 'masked', selection: { name: 'inside', keys: ['weights'] }, transformation: { name: 'normalize' } },
    ],
  },
]

for (const data of fromData) {
  const made = decodeOptimizer(data)
  if (E.isLeft(made)) throw new Error(showMismatches(made.left))
  register({ describe, it })(resumeLaws({ name: `${made.right.name}, from data`, optimizer: made.right }))
}

register({ describe, it })(
  resumeLaws({ name: 'with a configuration of its own', optimizer: withConfiguration({ decay: 0.5 })(composed) }),
)
register({ describe, it })(resumeLaws({ name: 'composed in code', optimizer: composed }))

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
