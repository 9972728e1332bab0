/** What an optimizer of least squares owes to the residuals, which the loss alone does not tell. */
import * as fc from 'fast-check'
import {
  add,
  diag,
  greater,
  matmul,
  mul,
  sin,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  where,
} from '../src/index.js'
import {
  leastSquares,
  minimize,
  type Optimizer,
  resume,
  type StateType,
  type SumOfSquares,
} from '../src/optimize/index.js'
import { evenly, orthogonalMatrices, tensors } from './arbitrary.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { isFiniteTree } from './nonFinite.js'
import { type Change, type ChangeOfVariables, changesOf } from './optimizerClaims.js'
import { essence, iterates, path } from './walk.js'

/**
 * What an optimizer of least squares may be said to do.
 *
 * @since 0.1.0
 */
export type LeastSquaresProperty =
  /** So many steps solve linear residuals whose columns are independent. */
  | { readonly _tag: 'SolvesLinear'; readonly steps: number }
  /** The loss never increases, also where the residuals are not linear. */
  | { readonly _tag: 'Decreases' }
  /** The same steps for residuals that are turned, multiplied by one number, or weighed one by one. */
  | { readonly _tag: 'SameSteps'; readonly under: 'rotations' | 'a common factor' | 'weights of single residuals' }
  /** In other variables the same steps. */
  | { readonly _tag: 'Equivariant'; readonly under: ChangeOfVariables }

/**
 * An optimizer of least squares and what is said of it.
 *
 * @since 0.1.0
 */
export interface LeastSquaresClaim<F extends StateType> {
  readonly name: string
  readonly optimizer: Optimizer<F, keyof SumOfSquares<unknown>>
  readonly claims?: ReadonlyArray<LeastSquaresProperty>
  /** Allowed error of a step, relative to its size or to 1; default 1e-9. */
  readonly tolerance?: number
}

/** A x − b, with waves of A x on it. */
interface Case {
  readonly matrix: Tensor
  readonly target: Tensor
  readonly at: Tensor
  readonly waves: number
}

/** Matrices of m rows and n columns whose singular values lie between ½ and 2; no fewer rows than columns. */
const tall = (m: number, n: number): fc.Arbitrary<Tensor> =>
  fc
    .tuple(orthogonalMatrices(m), fc.array(evenly(0.5, 2), { minLength: n, maxLength: n }), orthogonalMatrices(n))
    .map(([left, sizes, right]) => matmul(mul(slice(left, [0, 0], [m, n]), tensor(sizes)), right))

const cases = (waves: number, least = 1): fc.Arbitrary<Case> =>
  fc.tuple(fc.integer({ min: least, max: 3 }), fc.integer({ min: 0, max: 2 })).chain(([n, more]) =>
    fc.record({
      matrix: tall(n + more, n),
      target: tensors([n + more]),
      at: tensors([n]),
      waves: fc.constant(waves),
    }),
  )

const residualsOf =
  ({ matrix, target, waves }: Case) =>
  (x: Tensor): Tensor => {
    const line = matmul(matrix, x)
    return sub(add(line, mul(waves, sin(line))), target)
  }

/** Waves whose slope stays below that of the line: J keeps its columns independent. */
const gentle = 0.3

type Residual = (x: Tensor) => Tensor

/** Each instance has residuals of its own, which are not worth a program. */
const squares = (residuals: Residual): SumOfSquares<Tensor> => leastSquares(residuals, { compilation: 'never' })

type Asked = keyof SumOfSquares<unknown>

/** Where two steps lead. */
const after = <F extends StateType>(optimizer: Optimizer<F, Asked>, residuals: Residual, at: Tensor): unknown =>
  iterates(minimize(optimizer, squares(residuals))(at), 2).map(({ params }) => params)

/** At a start from which no step leads, both runs have one iterate, and are alike. */
const compared = (left: unknown, right: unknown, tolerance: number): Evidence =>
  because('asked for by the claim')(close(tolerance)(left, right))

const claimedLaw = <F extends StateType>(
  optimizer: Optimizer<F, Asked>,
  property: LeastSquaresProperty,
  tolerance: number,
): Law => {
  switch (property._tag) {
    case 'SolvesLinear':
      return law(`${property.steps} steps solve linear residuals`, cases(0), (each) => {
        const its = iterates(minimize(optimizer, squares(residualsOf(each)))(each.at), property.steps)
        const last = its[property.steps] ?? its[its.length - 1]
        const left = last === undefined ? each.at : residualsOf(each)(last.params)
        return compared(matmul(transpose(each.matrix), left), mul(0, each.at), tolerance)
      })
    case 'Decreases':
      return law('the loss never increases', cases(5), (each) => {
        const values = iterates(minimize(optimizer, squares(residualsOf(each)))(each.at), 5).map(({ value }) => value)
        const rises = values.slice(1).map((value, i) => value - (values[i] ?? Number.NaN))
        return because('rounding of the loss')(atMost(1e-14 * (values[0] ?? 0))(Math.max(0, ...rises), 0))
      })
    case 'SameSteps': {
      const changes: Readonly<Record<typeof property.under, (m: number) => fc.Arbitrary<Tensor>>> = {
        rotations: orthogonalMatrices,
        'a common factor': (m) =>
          evenly(0.1, 10).map((factor) => diag(tensor(Array.from({ length: m }, () => factor)))),
        'weights of single residuals': (m) =>
          fc.array(evenly(0.2, 5), { minLength: m, maxLength: m }).map((weights) => diag(tensor(weights))),
      }
      const drawn = cases(gentle).chain((each) =>
        changes[property.under](each.target.size).map((change) => ({ each, change })),
      )
      return law(`residuals may change by ${property.under}`, drawn, ({ each, change }) => {
        const residuals = residualsOf(each)
        return compared(
          after(optimizer, (x) => matmul(change, residuals(x)), each.at),
          after(optimizer, residuals, each.at),
          tolerance,
        )
      })
    }
    case 'Equivariant': {
      const drawn = cases(gentle, 2).chain((each) =>
        changesOf(property.under, each.at.size).map((change: Change) => ({ each, change })),
      )
      return law(`it is equivariant under ${property.under}`, drawn, ({ each, change: { matrix, shift } }) => {
        const residuals = residualsOf(each)
        const map = (y: Tensor): Tensor => add(matmul(matrix, y), shift)
        const mapped = iterates(
          minimize(
            optimizer,
            squares((y: Tensor) => residuals(map(y))),
          )(each.at),
          2,
        )
        return compared(
          mapped.map(({ params }) => map(params)),
          after(optimizer, residuals, map(each.at)),
          tolerance,
        )
      })
    }
  }
}

/** A sum of squares that knows how often it was asked for values and gradients. */
const counted = (
  residuals: Residual,
): { readonly objective: SumOfSquares<Tensor>; readonly counts: () => readonly [number, number] } => {
  const of = squares(residuals)
  const asked = new Map<string, number>()
  const bump = (what: string): void => {
    asked.set(what, (asked.get(what) ?? 0) + 1)
  }
  return {
    objective: {
      ...of,
      value: (p) => {
        bump('value')
        return of.value(p)
      },
      valueAndGrad: (p) => {
        bump('gradient')
        return of.valueAndGrad(p)
      },
    },
    counts: () => [asked.get('value') ?? 0, asked.get('gradient') ?? 0],
  }
}

/** Beyond this distance from the start the residuals are no numbers. */
const walled =
  (residuals: Residual, at: Tensor, reach: number): Residual =>
  (x) =>
    where(greater(sum(square(sub(x, at))), reach ** 2), Number.NaN, residuals(x))

/**
 * The laws of an optimizer of least squares: it stays at a solution; its runs are functions of their start, can be resumed and count the
 * gradients they ask; where residuals stop being numbers no iterate does; and those of the properties that it claims.
 *
 *     ½‖r(x)‖²,    r(x) = A x + ω sin(A x) − b
 *
 * **References** Dennis and Schnabel, *Numerical Methods for Unconstrained Optimization and Nonlinear Equations* (1983), chapter 10.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, leastSquaresLaws } from 'gradus/laws'
 * import { gaussNewton } from 'gradus/optimize'
 * const rules = leastSquaresLaws({
 *   name: 'gauss-newton',
 *   optimizer: gaussNewton(),
 *   claims: [
 *     { _tag: 'SolvesLinear', steps: 1 },
 *     { _tag: 'SameSteps', under: 'rotations' },
 *     { _tag: 'Equivariant', under: 'linear changes' },
 *   ],
 * })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const leastSquaresLaws = <F extends StateType>({
  name,
  optimizer,
  claims = [],
  tolerance = 1e-9,
}: LeastSquaresClaim<F>): RuleSet => {
  const walked = (residuals: Residual, at: Tensor, n: number) =>
    iterates(minimize(optimizer, squares(residuals))(at), n)
  const set = (part: string, laws: ReadonlyArray<Law>): RuleSet => ruleSet(`${name} › ${part}`, [])(laws)
  return ruleSet(name, [
    set('runs', [
      law('where the residuals vanish it stays', fc.tuple(cases(gentle)), ([each]) => {
        const residuals = residualsOf({ ...each, target: mul(0, each.target) })
        const zero = mul(0, each.at)
        const its = walked(residuals, zero, 3)
        return close(0)(
          its.map(({ params }) => params),
          its.map(() => zero),
        )
      }),
      law('a run walked twice has the same bits', cases(gentle), (each) => {
        const run = minimize(optimizer, squares(residualsOf(each)))(each.at)
        return same(essence(iterates(run, 3)), essence(iterates(run, 3)))
      }),
      law(
        'a run that is resumed goes on as if it had not been interrupted',
        fc.tuple(cases(gentle), fc.integer({ min: 1, max: 3 })),
        ([each, at]) => {
          const of = squares(residualsOf(each))
          const whole = iterates(minimize(optimizer, of)(each.at), 4)
          const from = whole[at]
          if (from === undefined) return same('an end', 'an end')
          const { step, params, state, work } = from
          const rest = iterates(resume(optimizer, of)({ step, params, state, work }), 4 - at)
          return same(path(rest), path(whole.slice(at)))
        },
      ),
      law('work counts the values and gradients that were asked for', cases(gentle), (each) => {
        const { objective, counts } = counted(residualsOf(each))
        const its = iterates(minimize(optimizer, objective)(each.at), 3)
        const last = its[its.length - 1]
        const [values, gradients] = counts()
        // Residuals that are looked at for themselves count as a value each; a run that ended has asked for more than it tells.
        return its.length === 4 && last !== undefined
          ? all(same(last.work.gradients, gradients), atMost()(values, last.work.evaluations))
          : same(last?.step, its.length - 1)
      }),
    ]),
    set('failures', [
      law(
        'where residuals stop being numbers no iterate does',
        fc.tuple(cases(gentle), evenly(0, 0.5)),
        ([each, reach]) => {
          const its = walked(walled(residualsOf(each), each.at, reach), each.at, 3)
          return same(
            its.every(({ params, value, gradient }) => Number.isFinite(value) && isFiniteTree([params, gradient])),
            true,
          )
        },
      ),
      law('from residuals that are no numbers no step is taken', fc.constantFrom(Number.NaN, Infinity), (wrong) => {
        const iterator = minimize(
          optimizer,
          squares((x: Tensor) => add(x, wrong)),
        )(tensor([1]))[Symbol.iterator]()
        const [, next] = [iterator.next(), iterator.next()]
        return same(next.done === true ? next.value?._tag : 'a step', 'NonFinite')
      }),
    ]),
    set(
      'claims',
      claims.map((property) => claimedLaw(optimizer, property, tolerance)),
    ),
  ])([])
}
