import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  abs,
  add,
  exp,
  grad,
  log,
  logSumExp,
  matmul,
  mul,
  type Shape,
  scalar,
  sin,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  where,
} from 'gradus'
import {
  type Blame,
  blame,
  check,
  firstNonFinite,
  law,
  randomLosses,
  ruleSet,
  same,
  showBlame,
  showLawFailure,
  showNonFinite,
  tensors,
} from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { scale } from '../../src/core/LinearMap.js'
import type { Primitive } from '../../src/core/Primitive.js'
import { bind } from '../../src/core/Trace.js'
import { elementwise } from '../../src/primitive/define.js'
import { rightCube, wrongFactor, wrongSecond } from './wrongRecords.js'

const shape: Shape = [3]
const forgetful: Primitive<undefined> = {
  name: 'forgetful',
  formula: 'x',
  shape: () => shape,
  evaluate: (_, [x]) => x ?? scalar(0),
  differential: [() => ({ _tag: 'Compose', maps: [{ _tag: 'Flip', axes: [0] }] })],
  deepen: (params) => params,
  mixes: false,
  domain: { intervals: [[-Infinity, Infinity]], kinks: [] },
}

const point = tensor([0.3, -0.7, 1.2])

const around =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    sum(add(exp(mul(0.3, f(sin(x)))), tanh(x)))

const found = (blamed: O.Option<Blame>): Partial<Blame> => (O.isSome(blamed) ? blamed.value : {})

describe('blame', () => {
  it('finds nobody where every rule is right', () => {
    expect(blame(around(rightCube))(point)).toEqual(O.none)
    const network = (w: Tensor): Tensor =>
      sum(
        square(
          matmul(
            w,
            tanh(
              matmul(
                w,
                tensor([
                  [1, 2],
                  [3, 4],
                ]),
              ),
            ),
          ),
        ),
      )
    expect(
      blame(network)(
        tensor([
          [0.1, -0.4],
          [0.3, 0.2],
        ]),
      ),
    ).toEqual(O.none)
  })

  it('finds a wrong factor among right operations, with the line that called it', () => {
    const guilty = found(blame(around(wrongFactor))(point))
    expect(guilty).toMatchObject({ fault: 'its derivative is wrong', primitive: 'cubed', input: O.some(0) })
    expect(guilty.site).toEqual(O.some(expect.stringMatching(/test\/laws\/wrongRecords\.ts:\d+:\d+$/)))
  })

  it('finds a second derivative that is wrong where the first is right', () => {
    expect(found(blame(around(wrongSecond))(point))).toMatchObject({
      fault: 'its second derivative is wrong',
      primitive: 'cubed',
    })
  })

  it('finds a linear map that is not the derivative', () => {
    const f = (x: Tensor): Tensor => bind(forgetful, undefined, [x])
    expect(found(blame(around(f))(point))).toMatchObject({ primitive: 'forgetful', fault: 'its derivative is wrong' })
  })

  it('finds a value that is held constant', () => {
    expect(found(blame((x: Tensor) => sum(mul(x, stopGradient(exp(x)))))(point))).toMatchObject({
      primitive: 'stopGradient',
      fault: 'it holds constant what the result depends on',
    })
    // The maximum that logSumExp holds constant cancels; what the user holds constant does not.
    expect(blame((x: Tensor) => logSumExp(sin(x)))(point)).toEqual(O.none)
    const both = found(blame((x: Tensor) => add(logSumExp(x), sum(mul(x, stopGradient(exp(x))))))(point))
    expect(both).toMatchObject({ primitive: 'stopGradient' })
    expect(both.site).toEqual(O.some(expect.stringMatching(/blame\.test\.ts/)))
  })

  it('finds nobody in random functions, nor in their gradients', () => {
    fc.assert(
      fc.property(randomLosses({ depth: 3 }), tensors([3], { min: -1.5, max: 1.5 }), ({ loss }, x) => {
        expect(blame(loss)(x)).toEqual(O.none)
        expect(blame((p: Tensor) => sum(grad(loss)(p)))(x)).toEqual(O.none)
      }),
      { numRuns: 15 },
    )
  })

  it('finds a kink under the point only where nothing is wrong', () => {
    const kinked = (x: Tensor): Tensor => sum(abs(x))
    expect(found(blame(kinked)(tensor([0, 1])))).toMatchObject({
      primitive: 'abs',
      fault: 'the point lies at a kink of it',
    })
    expect(blame(kinked)(tensor([0.5, 1]))).toEqual(O.none)
    // The maximum that softmax subtracts has a kink where entries tie; it cancels.
    expect(blame((x: Tensor) => sum(square(softmax(x))))(tensor([0, 0, 0]))).toEqual(O.none)
    expect(found(blame((x: Tensor) => add(kinked(x), sum(wrongFactor(x))))(tensor([0, 1])))).toMatchObject({
      primitive: 'cubed',
    })
  })

  it('is not misled by choices, comparisons and indices', () => {
    const chosen = (x: Tensor): Tensor => sum(where(sub(x, 0.1), mul(x, x), exp(x)))
    expect(blame(chosen)(tensor([0.1, 0.7, -2]))).toEqual(O.none)
  })

  it('finds operations that are batched, compiled or repeated wrongly', () => {
    const doubled: Primitive<{ readonly factor: number }> = {
      name: 'doubled',
      formula: '2 x',
      mixes: false,
      domain: { intervals: [[-Infinity, Infinity]], kinks: [] },
      shape: (_, [x]) => x ?? [],
      evaluate: ({ factor }, [x]) => mul(factor, x ?? 0),
      differential: [({ factor }) => scale(tensor([factor, factor, factor]))],
      deepen: () => ({ factor: 3 }),
    }
    expect(
      found(
        blame(
          (x: Tensor) => bind(doubled, { factor: 2 }, [x]),
          ['a batch of inputs gives something else than each by itself'],
        )(point),
      ),
    ).toMatchObject({ primitive: 'doubled' })
    const counter = [0]
    const counting = elementwise({
      name: 'counting',
      formula: 'n',
      kernel: (x) => {
        counter[0] = (counter[0] ?? 0) + 1
        return x.map((entry) => entry + (counter[0] ?? 0))
      },
    })
    const blamed = blame((x: Tensor) => bind(counting, undefined, [x]), ['its result changes from call to call'])(point)
    expect(found(blamed)).toMatchObject({ primitive: 'counting' })
  })

  it('is told with the failure of a law', () => {
    const loss = around(wrongFactor)
    const rules = ruleSet(
      'given',
      [],
    )([
      law('fails', fc.constant(point), () => same(1, 2), blame(loss)),
      law('fails too', fc.constant(point), () => same(1, 2)),
    ])
    const outcome = check({ seed: 1 })(rules)
    const [first = '', second = ''] = E.isLeft(outcome) ? outcome.left.map(showLawFailure) : []
    expect(first).toMatch(
      /\n {2}blamed: cubed \(operation 1\) called at \S+wrongRecords\.ts:\d+:\d+: its derivative is wrong with respect to input 0: /,
    )
    expect(second).not.toContain('blamed')
  })

  it('is shown without what is not known', () => {
    const one = {
      fault: 'its derivative is wrong',
      primitive: 'f',
      index: 2,
      input: O.none,
      inputs: [],
      site: O.none,
    } as const
    expect(showBlame({ ...one, evidence: same(1, 2) })).toBe(
      'blamed: f (operation 2): its derivative is wrong: 1 = 2 (error 1, tolerance 0)',
    )
  })
})

describe('firstNonFinite', () => {
  const textOf = (loss: (x: Tensor) => Tensor, x: Tensor): string =>
    pipe(
      firstNonFinite(loss)(x),
      O.map(showNonFinite),
      O.map((text) => text.replace(/, called at .*$/, '')),
      O.getOrElse(() => 'finite'),
    )

  it('names the operation that makes a value of finite ones', () => {
    expect(textOf((x) => sum(mul(2, log(sub(x, 1)))), tensor([3, 0]))).toBe('log([2,-1]) is NaN')
    expect(textOf((x) => sum(exp(x)), tensor([3, 1000]))).toBe('exp([3,1000]) is Infinity')
  })

  it('passes over branches that are not taken', () => {
    const masked = (x: Tensor): Tensor => sum(where(sub(x, stopGradient(x)), log(sub(x, 5)), sqrt(x)))
    expect(textOf(masked, tensor([1, 4]))).toBe('finite')
    expect(textOf(masked, tensor([1, -4]))).toBe('sqrt([1,-4]) is NaN')
  })

  it('names the operation whose derivative is not finite where its value is', () => {
    expect(textOf((x) => sqrt(sum(sub(x, x))), tensor([1, 2]))).toMatch(
      /^sqrt\(0\) has a derivative that is not finite/,
    )
  })

  it('finds nothing where there is nothing', () => {
    expect(textOf((x) => sum(x), tensor([1, 2]))).toBe('finite')
    expect(textOf(() => scalar(1), tensor([1, 2]))).toBe('finite')
  })
})
