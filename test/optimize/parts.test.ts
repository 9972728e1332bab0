import { pipe } from 'fp-ts/lib/function.js'
import { add, mean, mul, normal, randomKey, square, sub, type Tensor, tanh, treeLeaves } from 'gradus'
import * as O from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'
import { take } from './counted.js'

interface Params {
  readonly weights: Tensor
  readonly bias: Tensor
}

const start: Params = { weights: normal(randomKey(1), [7, 5]), bias: normal(randomKey(2), [5]) }
const target = normal(randomKey(3), [7, 5])

const loss = ({ weights, bias }: Params): Tensor => mean(square(sub(tanh(mul(add(weights, bias), weights)), target)))

const stepsOf = <F extends O.StateType>(
  transformation: O.Transformation<F>,
  compilation: 'always' | 'never',
): ReadonlyArray<unknown> =>
  take(8)(O.minimize(O.descend('', transformation, { compilation }), O.objective(loss))(start)).map(
    ({ params, state }) => [params, state],
  )

const rate = O.scaleBy(O.cosineDecay({ from: -0.05, steps: 6 }))

const same = <F extends O.StateType>(name: string, transformation: O.Transformation<F>): void => {
  it(name, () => {
    expect(transformation.parts).toBeDefined()
    const [fused, eager] = [stepsOf(transformation, 'always'), stepsOf(transformation, 'never')]
    expect(fused.length).toBe(8)
    // Sums in another order, a few ulp in each of 7 steps.
    fused.forEach((each, i) => expectNear(treeLeaves(onlyTensors(each)), treeLeaves(onlyTensors(eager[i])), 1e-10))
    expect(fused.map(withoutTensors)).toEqual(eager.map(withoutTensors))
  })
}

const byName = (data: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))

const isTensorLike = (data: unknown): data is Tensor => typeof data === 'object' && data !== null && 'shape' in data

/** By name: records may have their names in another order. */
const tensorsOf = (data: unknown): ReadonlyArray<Tensor> =>
  isTensorLike(data)
    ? [data]
    : typeof data === 'object' && data !== null
      ? byName(data).flatMap(([, each]) => tensorsOf(each))
      : []

const onlyTensors = (data: unknown): ReadonlyArray<Tensor> => tensorsOf(data)

/** The numbers of a state, which no program may hold fast. */
const withoutTensors = (data: unknown): unknown =>
  isTensorLike(data)
    ? 'a tensor'
    : typeof data === 'object' && data !== null
      ? byName(data).map(([key, each]) => [key, withoutTensors(each)])
      : data

describe('a step as one program is the step leaf by leaf', () => {
  same('a rate by a schedule', rate)
  same('momentum', O.chain(O.trace(0.9, { nesterov: true }), rate))
  same(
    'adam',
    O.chain(
      O.clipByGlobalNorm(0.1),
      O.scaleByAdam({ nesterov: true }),
      O.addWeightDecay(() => 0.1),
      rate,
    ),
  )
  same('amsgrad', O.chain(O.scaleByAmsgrad(), rate))
  same('radam', O.chain(O.scaleByRadam({ decay2: 0.9, threshold: 4 }), rate))
  same('adan', O.chain(O.scaleByAdan(), rate))
  same('novograd', O.chain(O.scaleByNovograd(), rate))
  same('adopt', O.chain(O.scaleByAdopt(), rate))
  same('rms', O.chain(O.scaleByRms({ corrected: true }), rate))
  same('adadelta', O.chain(O.scaleByAdadelta(), rate))
  same('adafactor', O.chain(O.scaleByFactoredRms({ least: 2 }), O.clipByRms(1), O.scaleByParameterSize(), rate))
  same('sm3', O.chain(O.scaleBySm3(), rate))
  same('lars', O.chain(O.scaleByTrustRatio(), rate))
  same('optimism', O.chain(O.scaleByOptimism(), rate))
  same('polyak', O.chain(O.scaleBy(-1), O.scaleByPolyak()))
  same('plateau', O.chain(O.reduceOnPlateau({ patience: 1, relative: 0.5, factor: 0.5 }), rate))
  same('lookahead', pipe(O.chain(O.scaleByAdam(), rate), O.lookahead({ period: 3 })))
  same('average', pipe(O.chain(O.scaleByAdam(), rate), O.average({ from: 2 })))
  same('moving average', pipe(O.chain(O.scaleByAdam(), rate), O.average({ decay: 0.7 })))
  same('masked', O.chain(O.masked(O.named('bias'))(O.scaleByAdam()), rate))
  same('frozen', O.freeze(O.named('bias'))(O.chain(O.scaleByAdam(), rate)))
  same(
    'partition',
    O.partition({ w: O.chain(O.scaleByAdam(), rate), b: rate })((path) => (path === '.bias' ? 'b' : 'w')),
  )
})
