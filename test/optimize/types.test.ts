import { pipe } from 'fp-ts/lib/function.js'
import { add, square, sum, type Tensor, tensor } from 'gradus'
import {
  adam,
  chain,
  descend,
  gradientDescent,
  type KrylovMemory,
  type Moments,
  minimize,
  momentum,
  type Optimizer,
  objective,
  type Run,
  resume,
  type SpectrumState,
  type Stateless,
  type StepFailure,
  saddleFreeKrylov,
  saddleFreeNewton,
  scaleBy,
  stepsAtMost,
  takeUntil,
  trace,
} from 'gradus/optimize'
import { describe, expectTypeOf, it } from 'vitest'

interface Params {
  readonly weights: Tensor
  readonly layers: readonly [{ readonly bias: Tensor }, Tensor]
}

const start: Params = { weights: tensor([1, 2]), layers: [{ bias: tensor(1) }, tensor(2)] }
const loss = ({ weights, layers: [{ bias }, scale] }: Params): Tensor =>
  add(sum(square(weights)), add(square(bias), square(scale)))

/** These hold when the tests compile; at run time there is nothing to see. */
describe('without an annotation', () => {
  it('parameters keep their type, interfaces included', () => {
    const { last, reason } = pipe(
      start,
      minimize(gradientDescent({ learningRate: 0.1 }), objective(loss)),
      takeUntil(stepsAtMost(1)),
    )
    expectTypeOf(last.params).toEqualTypeOf<Params>()
    expectTypeOf(last.gradient).toEqualTypeOf<Params>()
    expectTypeOf(last.state).toEqualTypeOf<null>()
    if (reason._tag === 'Left') expectTypeOf(reason.left).toEqualTypeOf<StepFailure<Params, null>>()
  })

  it('states are typed by the parameters', () => {
    const states = <S>(run: Run<Params, S>): S => takeUntil(stepsAtMost(0))(run).last.state
    expectTypeOf(states(minimize(momentum({ learningRate: 1 }), objective(loss))(start))).toEqualTypeOf<
      readonly [Params, null]
    >()
    expectTypeOf(states(minimize(adam({ learningRate: 1 }), objective(loss))(start))).toEqualTypeOf<
      readonly [Moments<Params>, null]
    >()
    expectTypeOf(states(minimize(saddleFreeKrylov(), objective(loss))(start))).toEqualTypeOf<KrylovMemory<Params>>()
    expectTypeOf(states(minimize(saddleFreeNewton(), objective(loss))(start)).eigenvalues).toEqualTypeOf<
      ReadonlyArray<number>
    >()
    expectTypeOf(
      states(minimize(descend('', chain(trace(0.9), chain(trace(0.5), scaleBy(-1)))), objective(loss))(start)),
    ).toEqualTypeOf<readonly [Params, readonly [Params, null]]>()
  })

  it('a state of another optimizer, or parameters of another loss, do not compile', () => {
    const fromAdam = pipe(start, minimize(adam({ learningRate: 1 }), objective(loss)), takeUntil(stepsAtMost(0)))
    // @ts-expect-error the state of Adam is not one of momentum
    resume(momentum({ learningRate: 1 }), objective(loss))(fromAdam.last)
    // @ts-expect-error a tensor is not Params
    minimize(momentum({ learningRate: 1 }), objective(loss))(tensor([1]))
  })

  it('an objective that cannot do what an optimizer asks does not compile', () => {
    const { value, valueAndGrad, hessian } = objective(loss)
    minimize(gradientDescent({ learningRate: 1 }), { value, valueAndGrad })(start)
    minimize(saddleFreeNewton(), { value, valueAndGrad, hessian })(start)
    // @ts-expect-error without products there is no Newton step
    minimize(saddleFreeNewton(), { value, valueAndGrad })(start)
    // @ts-expect-error without a gradient there is no descent
    minimize(gradientDescent({ learningRate: 1 }), { value })(start)
    const firstOrder: Optimizer<Stateless, 'value' | 'valueAndGrad'> = gradientDescent({ learningRate: 1 })
    // Whoever asks for less serves where more is there.
    expectTypeOf(firstOrder).toExtend<Optimizer<Stateless>>()
    expectTypeOf(saddleFreeNewton()).not.toExtend<Optimizer<SpectrumState, 'value' | 'valueAndGrad'>>()
  })

  it('an optimizer serves parameters of any type', () => {
    const optimizer = saddleFreeKrylov()
    expectTypeOf(optimizer.init(tensor([1])).previous).toEqualTypeOf<Tensor | null>()
    expectTypeOf(optimizer.init(start).previous).toEqualTypeOf<Params | null>()
  })
})
