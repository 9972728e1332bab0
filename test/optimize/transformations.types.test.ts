/** What compiles of transformations, and what does not; at run time there is nothing to see. */
import { pipe } from 'fp-ts/lib/function.js'
import { add, square, sum, type Tensor, tensor } from 'gradus'
import {
  accumulate,
  type Both,
  type Chained,
  chain,
  clipByNorm,
  compositeObjective,
  descend,
  type Leaves,
  lookahead,
  type MaskedState,
  type Moments,
  masked,
  minimize,
  named,
  type ObjectiveWith,
  type Optimizer,
  objective,
  partition,
  type Run,
  type SophiaState,
  type Stateless,
  scaleBy,
  scaleByAdam,
  scaleByBartlettSophia,
  scaleByGaussNewtonSophia,
  scaleBySophia,
  skipNonFinite,
  stepsAtMost,
  type TraceState,
  type Transformation,
  takeUntil,
  trace,
  unchanged,
} from 'gradus/optimize'
import { describe, expect, expectTypeOf, it } from 'vitest'

interface Params {
  readonly weights: Tensor
  readonly layers: readonly [{ readonly bias: Tensor }, Tensor]
}

const start: Params = { weights: tensor([1, 2]), layers: [{ bias: tensor(1) }, tensor(2)] }
const loss = ({ weights, layers: [{ bias }, scale] }: Params): Tensor =>
  add(sum(square(weights)), add(square(bias), square(scale)))

const states = <S>(run: Run<Params, S>): S => takeUntil(stepsAtMost(0))(run).last.state

describe('without an annotation', () => {
  it('a chain has the list of the states of its parts', () => {
    const two = chain(clipByNorm(1), scaleByAdam())
    const three = chain(clipByNorm(1), scaleByAdam(), scaleBy(-0.1))
    const four = chain(trace(0.9), unchanged, scaleByAdam(), scaleBy(-0.1))
    expectTypeOf(states(minimize(descend('', two), objective(loss))(start))).toEqualTypeOf<
      readonly [null, Moments<Params>]
    >()
    expectTypeOf(states(minimize(descend('', three), objective(loss))(start))).toEqualTypeOf<
      readonly [null, Moments<Params>, null]
    >()
    expectTypeOf(states(minimize(descend('', four), objective(loss))(start))).toEqualTypeOf<
      readonly [Params, null, Moments<Params>, null]
    >()
  })

  it('what is put around a transformation keeps the type of what is inside', () => {
    const adam = chain(scaleByAdam(), scaleBy(-0.1))
    const patient = pipe(adam, skipNonFinite(5), lookahead({ period: 5 }), accumulate(2))
    const state = states(minimize(descend('', patient), objective(loss))(start))
    expectTypeOf(state.mean).toEqualTypeOf<Params>()
    expectTypeOf(state.inner.slow).toEqualTypeOf<Params>()
    expectTypeOf(state.inner.inner.inRow).toEqualTypeOf<number>()
    expectTypeOf(state.inner.inner.inner).toEqualTypeOf<readonly [Moments<Params>, null]>()
  })

  it('one transformation serves parameters of any type', () => {
    const transformation = scaleByAdam()
    expectTypeOf(transformation.init(start)).toEqualTypeOf<Moments<Params>>()
    expectTypeOf(transformation.init(tensor([1]))).toEqualTypeOf<Moments<Tensor>>()
  })
})

describe('labels of parts', () => {
  it('are those that have a transformation', () => {
    const parts = partition({ body: scaleByAdam(), head: scaleBy(-1) })
    expectTypeOf(parts((path) => (path === '.weights' ? 'body' : 'head')).init(start).body).toEqualTypeOf<
      Moments<Leaves>
    >()
    // @ts-expect-error a slip of the pen would add the gradient itself
    const slip = parts(() => 'haed')
    expect(() => slip.init(start)).toThrow('partition: expected a label of .weights among body, head, got "haed".')
  })
})

describe('what a transformation asks of an objective', () => {
  it('is nothing where it is made of gradients alone', () => {
    expectTypeOf(chain(clipByNorm(1), trace(0.9))).toExtend<Transformation<Both<Stateless, TraceState>>>()
    expectTypeOf(descend('', scaleBy(-1))).toExtend<Optimizer<Stateless, 'value' | 'valueAndGrad'>>()
    const { value, valueAndGrad } = objective(loss)
    minimize(descend('', chain(trace(0.9), scaleByAdam(), scaleBy(-1))), { value, valueAndGrad })(start)
    // @ts-expect-error a gradient it does need
    minimize(descend('', scaleBy(-1)), { value })(start)
  })

  it('adds up along a chain', () => {
    const curved = chain(scaleBySophia(), scaleBy(-1))
    const drawing = chain(scaleByBartlettSophia(), scaleByGaussNewtonSophia(), scaleBy(-1))
    expectTypeOf(curved).toExtend<Transformation<Both<SophiaState, Stateless>, 'hessian'>>()
    expectTypeOf(drawing).toExtend<
      Transformation<Chained<readonly [SophiaState, SophiaState, Stateless]>, 'drawnSquares' | 'gaussNewton'>
    >()
    expectTypeOf(curved).not.toExtend<Transformation<Both<SophiaState, Stateless>>>()
  })

  it('adds up along a chain of any length', () => {
    const five = chain(clipByNorm(1), scaleBySophia(), scaleByGaussNewtonSophia(), trace(0.9), scaleBy(-1))
    expectTypeOf(five).toEqualTypeOf<
      Transformation<
        Chained<readonly [Stateless, SophiaState, SophiaState, TraceState, Stateless]>,
        'hessian' | 'gaussNewton'
      >
    >()
    const seven = chain(
      unchanged,
      unchanged,
      scaleByAdam(),
      skipNonFinite(2)(scaleByBartlettSophia()),
      masked(named('bias'))(trace(0.9)),
      five,
      scaleBy(-1),
    )
    expectTypeOf(descend('', seven).step<Params>)
      .parameter(0)
      .toEqualTypeOf<ObjectiveWith<'value' | 'valueAndGrad' | 'hessian' | 'gaussNewton' | 'drawnSquares', Params>>()
    expectTypeOf(seven.init(start)[2]).toEqualTypeOf<Moments<Params>>()
    const plain = chain(clipByNorm(1), trace(0.9), scaleByAdam(), unchanged, scaleBy(-1))
    const { value, valueAndGrad } = objective(loss)
    expectTypeOf(states(minimize(descend('', plain), { value, valueAndGrad })(start))).toEqualTypeOf<
      readonly [null, Params, Moments<Params>, null, null]
    >()
    // @ts-expect-error the fourth of six asks for products
    minimize(descend('', chain(unchanged, trace(0.9), unchanged, scaleBySophia(), unchanged, scaleBy(-1))), {
      value,
      valueAndGrad,
    })(start)
    // @ts-expect-error a number is no transformation
    expect(() => chain(unchanged, unchanged, unchanged, unchanged, -1)).toThrow('expected part 5')
    // @ts-expect-error nor is an optimizer
    expect(() => chain(unchanged, unchanged, unchanged, unchanged, descend('', scaleBy(-1)))).toThrow('part 5')
  })

  it('a chain may be a list, one, or none', () => {
    const layers = ['a', 'b', 'c'].map((name) => masked(named(name))(trace(0.9)))
    const listed = chain(...layers)
    expectTypeOf(listed).toEqualTypeOf<Transformation<Chained<ReadonlyArray<MaskedState<TraceState>>>>>()
    expectTypeOf(chain(scaleBySophia())).toEqualTypeOf<Transformation<Chained<readonly [SophiaState]>, 'hessian'>>()
    expectTypeOf(chain()).toEqualTypeOf<Transformation<Chained<readonly []>>>()
  })

  it('is in the type of the optimizer, so that a wrong pairing does not compile', () => {
    const { value, valueAndGrad, hessian } = objective(loss)
    minimize(descend('', chain(scaleBySophia(), scaleBy(-1))), { value, valueAndGrad, hessian })(start)
    // @ts-expect-error without products there is no estimate of a diagonal
    minimize(descend('', chain(scaleBySophia(), scaleBy(-1))), { value, valueAndGrad })(start)
    const fit = compositeObjective(
      (p: Params) => p.weights,
      (y: Tensor) => sum(square(y)),
    )
    minimize(descend('', chain(scaleByGaussNewtonSophia(), scaleBy(-1))), fit)(start)
    // @ts-expect-error a loss alone has no Gauss-Newton matrix
    minimize(descend('', chain(scaleByGaussNewtonSophia(), scaleBy(-1))), objective(loss))(start)
    // @ts-expect-error a model has to say what it draws
    minimize(descend('', chain(scaleByBartlettSophia(), scaleBy(-1))), fit)(start)
    // @ts-expect-error also where it is inside of something
    minimize(descend('', pipe(scaleByBartlettSophia(), skipNonFinite(3))), fit)(start)
    // @ts-expect-error or serves some of the leaves only
    minimize(descend('', masked(named('bias'))(scaleByGaussNewtonSophia())), objective(loss))(start)
    minimize(
      descend(
        '',
        partition({ a: scaleByAdam(), b: scaleBy(-1) })(() => 'a'),
      ),
      { value, valueAndGrad },
    )(start)
  })
})
