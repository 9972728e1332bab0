import { pipe } from 'fp-ts/lib/function.js'
import type { Option } from 'fp-ts/lib/Option.js'
import { add, mul, neg, randomKey, scalar, square, sum, type Tensor, tensor } from 'gradus'
import {
  adam,
  andThen,
  anyOf,
  type Certificate,
  certify,
  chain,
  collect,
  drop,
  type Escaped,
  type EscapeFailure,
  type Exhausted,
  escapeFrom,
  every,
  gradientBelow,
  gradientDescent,
  handOver,
  type Iterate,
  type KrylovMemory,
  keepBest,
  last,
  logLines,
  map,
  minibatches,
  minimize,
  type Outcome,
  objective,
  race,
  type StepFailure,
  type StopReason,
  type Stream,
  saddleFreeKrylov,
  scaleByTensor,
  scan,
  stepsAtMost,
  stochastic,
  stopWhen,
  take,
  takeUntil,
  takeWhile,
  tap,
  toArray,
  traceByTensor,
  unroll,
  until,
  zip,
} from 'gradus/optimize'
import { describe, expectTypeOf, it } from 'vitest'

interface Params {
  readonly weights: Tensor
  readonly bias: readonly [Tensor]
}

const start: Params = { weights: tensor([1, 2]), bias: [tensor(1)] }
const loss = ({ weights, bias: [bias] }: Params): Tensor => add(sum(square(weights)), square(bias))
const descent = minimize(gradientDescent({ learningRate: 0.1 }), objective(loss))
const krylov = minimize(saddleFreeKrylov(), objective(loss))

/** These hold when the tests compile. */
describe('without an annotation', () => {
  it('combinators of runs keep parameters, states and ends', () => {
    const cut = pipe(start, krylov, drop(1), every(2), take(2))
    expectTypeOf(cut).toEqualTypeOf<
      Stream<Iterate<Params, KrylovMemory<Params>>, StepFailure<Params, KrylovMemory<Params>> | Exhausted>
    >()
    const values = pipe(
      start,
      krylov,
      takeWhile((it) => it.state.damping === null || it.value > 0),
      map((it) => it.state.ritzValues),
      take(1),
      toArray,
    )
    expectTypeOf(values).toEqualTypeOf<ReadonlyArray<ReadonlyArray<number>>>()
    expectTypeOf(
      pipe(
        start,
        descent,
        scan((total, it) => total + it.value, 0),
        take(2),
        last,
      ),
    ).toEqualTypeOf<Option<number>>()
    const [pair] = pipe(start, descent, zip(krylov(start)), take(1), toArray)
    if (pair !== undefined) expectTypeOf(pair[1].state).toEqualTypeOf<KrylovMemory<Params>>()
  })

  it('rules, ends and outcomes are typed', () => {
    const outcome = pipe(start, descent, until(gradientBelow(1e-8)), takeUntil(anyOf(stepsAtMost(1), gradientBelow(1))))
    expectTypeOf(outcome).toExtend<Outcome<Params, null>>()
    expectTypeOf(outcome.last.params).toEqualTypeOf<Params>()
    if (outcome.reason._tag === 'Right') expectTypeOf(outcome.reason.right).toEqualTypeOf<StopReason>()
    const flat = stopWhen('flat', ({ state }: Iterate<unknown, KrylovMemory<unknown>>) => state.ritzValues.length > 0)
    expectTypeOf(pipe(start, krylov, takeUntil(flat)).last.state).toEqualTypeOf<KrylovMemory<Params>>()
    // @ts-expect-error gradient descent has no such state
    const wrong = (): unknown => pipe(start, descent, takeUntil(flat))
    expectTypeOf(wrong).toBeFunction()
  })

  it('observers show what they have seen under their names', () => {
    const watched = pipe(
      start,
      descent,
      tap({ values: collect((it) => it.value), log: logLines() }),
      tap({ best: keepBest() }),
      takeUntil(stepsAtMost(1)),
    )
    expectTypeOf(watched.last.observed.values).toEqualTypeOf<ReadonlyArray<number>>()
    expectTypeOf(watched.last.observed.log).toEqualTypeOf<ReadonlyArray<string>>()
    expectTypeOf(watched.last.observed.best).toExtend<Option<Iterate<unknown, unknown>>>()
    expectTypeOf(watched.last.params).toEqualTypeOf<Params>()
    // @ts-expect-error a number is no observer
    pipe(start, descent, tap({ wrong: 3 }))
    const other = tap({ wrong: collect((it: Iterate<Tensor, unknown>) => it.params.shape) })
    // @ts-expect-error it wants parameters of another type
    pipe(start, descent, other)
  })

  it('phases and races keep their types apart', () => {
    const phases = pipe(
      start,
      minimize(adam({ learningRate: 0.1 }), objective(loss)),
      take(2),
      andThen((it) => handOver(saddleFreeKrylov(), objective(loss))(it)),
      take(3),
      toArray,
    )
    const [first] = phases
    if (first !== undefined) expectTypeOf(first.params).toEqualTypeOf<Params>()
    const rows = toArray(take(1)(race({ descent: descent(start), krylov: krylov(start) }, { by: 'steps' })))
    const [row] = rows
    if (row === undefined) return
    expectTypeOf(row.lanes.descent.it.state).toEqualTypeOf<null>()
    expectTypeOf(row.lanes.krylov.it.state).toEqualTypeOf<KrylovMemory<Params>>()
    // @ts-expect-error nobody of that name runs
    row.lanes.newton
  })

  it('certificates, ways out, batches and hypergradients follow the parameters', () => {
    const certificate = certify(objective(loss))(start)
    expectTypeOf(certificate).toEqualTypeOf<Certificate<Params>>()
    const away = escapeFrom(objective(loss))(certificate)
    if (away._tag === 'Right') expectTypeOf(away.right).toEqualTypeOf<Escaped<Params>>()
    else expectTypeOf(away.left).toEqualTypeOf<EscapeFailure>()
    const batchAt = minibatches(randomKey(1))({ rows: 4, size: 2 })
    const on = stochastic((p: Params, batch: Tensor) => mul(loss(p), sum(batch)), {
      gradient: batchAt,
      curvature: batchAt,
    })
    expectTypeOf(minimize(saddleFreeKrylov(), on)(start)).toEqualTypeOf<ReturnType<typeof krylov>>()
    const trained = unroll(
      ({ rate, decay }: { readonly rate: Tensor; readonly decay: Tensor }) =>
        chain(traceByTensor(decay), scaleByTensor(neg(rate))),
      loss,
      { steps: 1 },
    )
    expectTypeOf(trained({ rate: scalar(0.1), decay: scalar(0.9) }, start)).toEqualTypeOf<Params>()
  })
})
