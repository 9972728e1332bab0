import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { square, sum, type Tensor, tensor } from 'gradus'
import { check, register, stopLaws, streamLaws } from 'gradus/laws'
import {
  adam,
  allOf,
  anyOf,
  collect,
  every,
  gradientBelow,
  gradientDescent,
  map,
  minimize,
  noImprovement,
  objective,
  relativeGradientBelow,
  type Stop,
  type Stream,
  stepBelow,
  stepsAtMost,
  tap,
  until,
  valueBelow,
  valueChangeBelow,
  workAtMost,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const quick = { instances: 30 }
const bowl = objective((x: Tensor) => sum(square(x)))
const run = minimize(adam({ learningRate: 0.1 }), bowl)(tensor([1, 2]))
const essence = ({
  step,
  params,
  value,
}: {
  readonly step: number
  readonly params: Tensor
  readonly value: number
}) => [step, params, value]

const registered = register({ describe, it }, quick)

registered(streamLaws({ name: 'a run', stream: run, essence }))
registered(streamLaws({ name: 'a run until its end', stream: until(stepsAtMost(3))(run), essence }))
registered(streamLaws({ name: 'every second iterate', stream: every(2)(run), essence }))
registered(streamLaws({ name: 'values', stream: map(essence)(run), essence: (a) => a }))
registered(
  streamLaws({
    name: 'an observed run',
    stream: tap({ values: collect(({ value }) => value) })(run),
    essence: ({ observed }) => observed.values,
  }),
)

const rules: ReadonlyArray<readonly [string, Stop]> = [
  ['gradient', gradientBelow(1)],
  ['relative gradient', relativeGradientBelow(0.9)],
  ['value', valueBelow(1)],
  ['value change', valueChangeBelow(0.1)],
  ['step', stepBelow(0.05)],
  ['patience', noImprovement(2, 0.1)],
  ['work', workAtMost(3)],
  ['any', anyOf(noImprovement(2, 0.1), stepsAtMost(4))],
  ['all', allOf(valueChangeBelow(0.1), stepsAtMost(2))],
]
for (const [name, rule] of rules) registered(stopLaws({ name, rule }))

describe('what breaks the laws is found', () => {
  it('a stream that remembers its walks', () => {
    const counter = { walks: 0 }
    const stream: Stream<number, string> = {
      *[Symbol.iterator](): Generator<number, string> {
        counter.walks++
        yield counter.walks
        return 'over'
      },
    }
    const found = check({ seed: 1, instances: 5 })(streamLaws({ name: 'counting', stream, essence: (a) => a }))
    expect(E.isLeft(found)).toBe(true)
  })

  it('a rule that remembers outside of itself', () => {
    const looks = { count: 0 }
    const rule: Stop = () => {
      looks.count++
      return looks.count % 4 === 0 ? O.some({ _tag: 'Met', condition: 'the fourth look' }) : O.none
    }
    expect(E.isLeft(check({ seed: 1, instances: 5 })(stopLaws({ name: 'impure', rule })))).toBe(true)
  })

  it('no stream that is one', () => {
    const stream = minimize(gradientDescent({ learningRate: 0.1 }), bowl)(tensor([1]))
    expect(E.isRight(check({ seed: 1, instances: 5 })(streamLaws({ name: 'descent', stream, essence })))).toBe(true)
  })
})
