import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { treeScale } from 'gradus'
import { badBatchLaws, check, register } from 'gradus/laws'
import {
  accumulate,
  average,
  chain,
  clipByGlobalNorm,
  freeze,
  linear,
  lookahead,
  named,
  partition,
  type Stateless,
  type StateType,
  scaleBy,
  scaleByAdam,
  skipNonFinite,
  type Transformation,
  trace,
  unchanged,
  zeroNonFinite,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const registered = register({ describe, it }, { instances: 40 })
const adam = chain(scaleByAdam(), scaleBy(-0.05))
/** A schedule inside does not see what was skipped. */
const annealed = chain(trace(0.5), scaleBy(linear({ from: -0.1, to: -0.01, steps: 5 })))
const inner = <S>({ inner }: { readonly inner: S }): S => inner

registered(badBatchLaws({ name: 'Adam', transformation: skipNonFinite(3)(adam), leavesOut: inner }))
registered(badBatchLaws({ name: 'annealed', transformation: skipNonFinite(3)(annealed), leavesOut: inner }))
registered(
  badBatchLaws({
    name: 'behind what passes',
    transformation: chain(unchanged, clipByGlobalNorm(1), skipNonFinite(1)(adam)),
    most: 1,
    leavesOut: ([, , state]) => state.inner,
  }),
)
registered(
  badBatchLaws({
    name: 'around large batches',
    transformation: pipe(adam, accumulate(2), skipNonFinite(3)),
    leavesOut: inner,
  }),
)
// One bad batch spoils all that are gathered with it, so that there are more of these in a row.
registered(badBatchLaws({ name: 'inside large batches', transformation: pipe(adam, skipNonFinite(20), accumulate(2)) }))
registered(badBatchLaws({ name: 'lookahead', transformation: pipe(adam, skipNonFinite(3), lookahead({ period: 2 })) }))
registered(badBatchLaws({ name: 'averaged', transformation: pipe(adam, skipNonFinite(3), average()) }))
registered(badBatchLaws({ name: 'frozen', transformation: pipe(adam, skipNonFinite(3), freeze(named('bias'))) }))
registered(
  badBatchLaws({
    name: 'in parts',
    transformation: partition({ all: skipNonFinite(3)(adam), none: zeroNonFinite })(() => 'all'),
  }),
)
registered(badBatchLaws({ name: 'zeros', transformation: chain(zeroNonFinite, adam) }))

const failedOf = <F extends StateType>(transformation: Transformation<F>): ReadonlyArray<string> => {
  const checked = check({ seed: 1, instances: 20 })(badBatchLaws({ name: 'x', transformation }))
  return E.isLeft(checked) ? checked.left.map(({ law }) => law) : []
}

describe('bad batches are not survived', () => {
  const through = 'a run comes through bad batches'

  it('by who says nothing of them', () => {
    expect(failedOf(adam)[0]).toContain(through)
  })

  it('behind what would remember them', () => {
    expect(failedOf(chain(scaleByAdam(), skipNonFinite(3)(scaleBy(-0.05))))[0]).toContain(through)
  })

  it('by some of the leaves', () => {
    expect(failedOf(partition({ all: adam, none: zeroNonFinite })(() => 'all'))[0]).toContain(through)
  })

  it('by more in a row than were promised', () => {
    expect(failedOf(skipNonFinite(1)(adam))[0]).toContain(through)
  })

  it('by who says so and does not', () => {
    const boasting: Transformation<Stateless> = {
      nonFinite: 'taken',
      init: () => null,
      update: (updates) => (state) => [treeScale(-0.05, updates), state],
    }
    expect(failedOf(boasting)[0]).toContain(through)
  })
})
