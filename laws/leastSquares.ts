/** What optimizers of residuals must do: solve linear fits, rest at their solutions, and not mind how residuals are turned. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  concat,
  lstsq,
  matmul,
  mul,
  sub,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  treeNorm,
} from '../src/index.js'
import {
  leastSquares,
  minimize,
  type Optimizer,
  type Smooth,
  type StateType,
  stepsAtMost,
  takeUntil,
} from '../src/optimize/index.js'
import { evenly, invertibleMatrices, orthogonalMatrices, tensors } from './arbitrary.js'
import { all, apart, atMost, because, close, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

/**
 * What an optimizer of residuals may be said to do, or not to do. A denial is refuted too: a law fails when the property holds after all.
 *
 * @since 0.1.0
 */
export type LeastSquaresProperty =
  /** So many steps lead to the solution of a linear fit, up to this relative error (default 1e-9). */
  | { readonly _tag: 'Solves'; readonly steps: number; readonly tolerance?: number }
  /** The sum of squares never increases, on fits that bend too. */
  | { readonly _tag: 'Decreases' }
  /** Parameters in other units, each in its own, have the same steps. */
  | { readonly _tag: 'IgnoresUnits' }
  | { readonly _tag: 'DependsOnUnits' }

/**
 * An optimizer of residuals, and what is said of it.
 *
 * @since 0.1.0
 */
export interface LeastSquaresClaim<F extends StateType> {
  readonly name: string
  readonly optimizer: Optimizer<F, Smooth | 'residuals'>
  readonly claims?: ReadonlyArray<LeastSquaresProperty>
  /** Allowed error of a step, relative to its size or to 1; default 1e-9. */
  readonly tolerance?: number
}

/** Residuals A x − b + c (A x)³ with more rows than columns, and columns that are independent. */
interface Fit {
  readonly matrix: Tensor
  readonly target: Tensor
  readonly bend: number
  readonly at: Tensor
}

const fits = (bends: fc.Arbitrary<number>): fc.Arbitrary<Fit> =>
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 })).chain(([n, more]) =>
    fc
      .tuple(invertibleMatrices(n), tensors([more, n]), tensors([n + more]), tensors([n]), bends)
      .map(([square, rows, target, at, bend]) => ({
        matrix: more === 0 ? square : concat([square, rows]),
        target,
        at,
        bend,
      })),
  )

const linearFits = fits(fc.constant(0))

const bentFits = fits(evenly(0, 0.3))

const residualsOf =
  ({ matrix, target, bend }: Omit<Fit, 'at'>) =>
  (x: Tensor): Tensor => {
    const y = matmul(matrix, x)
    return sub(bend === 0 ? y : add(y, mul(bend, mul(y, mul(y, y)))), target)
  }

const walk = <F extends StateType>(
  optimizer: Optimizer<F, Smooth | 'residuals'>,
  residuals: (x: Tensor) => Tensor,
  at: Tensor,
  steps: number,
) => {
  const iterator = minimize(optimizer, leastSquares(residuals, { compilation: 'never' }))(at)[Symbol.iterator]()
  return Array.from({ length: steps + 1 }, () => iterator.next()).flatMap((next) =>
    next.done === true ? [] : [next.value],
  )
}

const lengthOf = (x: Tensor): number => toNumber(treeNorm(x))

const solutionOf = ({ matrix, target }: Fit): Tensor => lstsq(matrix, target)

const alwaysLaws = <F extends StateType>(
  optimizer: Optimizer<F, Smooth | 'residuals'>,
  tolerance: number,
): ReadonlyArray<Law> => [
  law('it rests at the solution of a linear fit', linearFits, (fit) => {
    const solution = solutionOf(fit)
    const reached = walk(optimizer, residualsOf(fit), solution, 1).at(-1)
    return because('rounding of the residuals')(close(tolerance)(reached?.params, solution))
  }),
  law('its first step goes down', bentFits, (fit) => {
    const its = walk(optimizer, residualsOf(fit), fit.at, 1)
    const [start, next] = its
    fc.pre(start !== undefined && start.gradientNorm > 1e-6)
    const step = sub(next?.params ?? fit.at, fit.at)
    const slope = [...toFloat64Array(mul(step, start?.gradient ?? step))].reduce((total, x) => total + x, 0)
    return because('below 0')(atMost()(slope, -1e-15 * lengthOf(step) * (start?.gradientNorm ?? 0)))
  }),
  law(
    'residuals that are turned have the same steps',
    bentFits.chain((fit) => fc.tuple(fc.constant(fit), orthogonalMatrices(fit.target.size))),
    ([fit, turn]) => {
      const residuals = residualsOf(fit)
      const [plain, turned] = [residuals, (x: Tensor) => matmul(turn, residuals(x))].map((each) =>
        walk(optimizer, each, fit.at, 1).at(-1),
      )
      return close(tolerance)(turned?.params, plain?.params)
    },
  ),
  law('work counts a gradient for each step, and the products of its matrices', linearFits, (fit) => {
    const last = walk(optimizer, residualsOf(fit), fit.at, 2).at(-1)
    fc.pre(last?.step === 2)
    return all(same(last?.work.gradients, 3), atMost()(1, last?.work.products ?? 0))
  }),
]

/** r(D u) has its steps in the units of u: D times those are steps of x. */
const inUnits = <F extends StateType>(
  optimizer: Optimizer<F, Smooth | 'residuals'>,
  fit: Fit,
  units: Tensor,
): readonly [Tensor, Tensor] => {
  const residuals = residualsOf(fit)
  const plain = walk(optimizer, residuals, fit.at, 1).at(-1)?.params ?? fit.at
  const from = tensor([...toFloat64Array(fit.at)].map((x, i) => x / (toFloat64Array(units)[i] ?? 1)))
  const other = walk(optimizer, (u: Tensor) => residuals(mul(units, u)), from, 1).at(-1)?.params ?? from
  return [mul(units, other), plain]
}

const claimedLaw = <F extends StateType>(
  optimizer: Optimizer<F, Smooth | 'residuals'>,
  property: LeastSquaresProperty,
  tolerance: number,
): Law => {
  switch (property._tag) {
    case 'Solves':
      return law(`${property.steps} steps solve a linear fit`, linearFits, (fit) => {
        const run = minimize(optimizer, leastSquares(residualsOf(fit), { compilation: 'never' }))
        const { last } = pipe(fit.at, run, takeUntil(stepsAtMost(property.steps)))
        return because('asked for by the claim')(close(property.tolerance ?? 1e-9)(last.params, solutionOf(fit)))
      })
    case 'Decreases':
      return law('the sum of squares never increases', bentFits, (fit) => {
        const values = walk(optimizer, residualsOf(fit), fit.at, 5).map(({ value }) => value)
        return all(
          same(true, true),
          ...values.slice(1).map((value, i): Evidence => {
            const before = values[i] ?? Number.NaN
            return because('ten roundings of the loss')(atMost(1e-14 * (1 + before))(value, before))
          }),
        )
      })
    case 'IgnoresUnits':
      return law(
        'parameters in other units have the same steps',
        bentFits.chain((fit) =>
          fc.tuple(
            fc.constant(fit),
            fc.array(fc.constantFrom(1e-3, 0.1, 1, 7, 1e3), { minLength: fit.at.size, maxLength: fit.at.size }),
          ),
        ),
        ([fit, units]) => {
          const [turned, plain] = inUnits(optimizer, fit, tensor(units))
          return close(tolerance)(turned, plain)
        },
      )
    case 'DependsOnUnits':
      return law('parameters in other units have other steps', fc.constant(null), () => {
        const fit: Fit = {
          matrix: tensor([
            [1, 0],
            [0.5, 1],
            [0, 1],
          ]),
          target: tensor([1, 2, 3]),
          bend: 0.2,
          at: tensor([2, -1]),
        }
        const [turned, plain] = inUnits(optimizer, fit, tensor([1e-3, 1e3]))
        return apart(1e-6)(turned, plain)
      })
  }
}

/**
 * The laws of an optimizer of residuals: it rests at the solution of a linear fit, its first step goes down, residuals that are turned by an orthogonal
 * matrix have the same steps, and its work is counted. And those of the properties that it claims or denies.
 *
 * **References** Björck, *Numerical Methods for Least Squares Problems* (1996), §9.2.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, leastSquaresLaws } from 'gradus/laws'
 * import { gaussNewton } from 'gradus/optimize'
 * const claims = [{ _tag: 'Solves' as const, steps: 1 }, { _tag: 'IgnoresUnits' as const }]
 * E.isRight(check({ seed: 1, instances: 20 })(leastSquaresLaws({ name: 'gauss-newton', optimizer: gaussNewton(), claims }))) // => true
 *
 * @since 0.1.0
 */
export const leastSquaresLaws = <F extends StateType>({
  name,
  optimizer,
  claims = [],
  tolerance = 1e-9,
}: LeastSquaresClaim<F>): RuleSet =>
  ruleSet(
    `${name} › least squares`,
    [],
  )([...alwaysLaws(optimizer, tolerance), ...claims.map((property) => claimedLaw(optimizer, property, tolerance))])
