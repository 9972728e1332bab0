/** What a quasi-Newton matrix must know after a step: the change of the gradient along it. */
import * as fc from 'fast-check'
import { add, type Loss, logSumExp, mul, type Tensor, toNumber, treeAxpy, treeDot, treeNorm } from '../src/index.js'
import { minimize, type Optimizer, objective, type StateOf, type StateType } from '../src/optimize/index.js'
import { type Symmetric, symmetricMatrices, tensors } from './arbitrary.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { quadratic } from './step.js'

/**
 * An optimizer that keeps an approximation B of the inverse Hessian.
 *
 * @since 0.1.0
 */
export interface SecantClaim<F extends StateType> {
  readonly name: string
  readonly optimizer: Optimizer<F>
  /** B v, from its state; `null` as long as it knows nothing. */
  readonly product: (state: StateOf<F, Tensor>, v: Tensor) => Tensor | null
  /** Whether B stays positive definite; default true. */
  readonly positive?: boolean
}

interface Case {
  readonly symmetric: Symmetric
  readonly linear: Tensor
  readonly at: Tensor
  readonly u: Tensor
  readonly v: Tensor
}

const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record({
    symmetric: symmetricMatrices('positive', n),
    linear: tensors([n]),
    at: tensors([n]),
    u: tensors([n]),
    v: tensors([n]),
  }),
)

/** Convex, and not quadratic. */
const lossOf =
  ({ symmetric, linear }: Case): Loss<Tensor> =>
  (x) =>
    add(quadratic(symmetric.matrix, linear)(x), logSumExp(mul(2, x)))

/** A step with the change of the gradient over it, and what is known after it. */
interface Pair {
  readonly step: Tensor
  readonly change: Tensor
  readonly apply: (v: Tensor) => Tensor | null
}

/**
 * The laws of a quasi-Newton method on convex losses, after each of its steps: B y = s for the last step s with the change of the gradient
 * y; B is symmetric; and positive definite, where that is claimed.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), chapter 6.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { matmul } from 'gradus'
 * import { check, secantLaws } from 'gradus/laws'
 * import { bfgs } from 'gradus/optimize'
 * const rules = secantLaws({
 *   name: 'bfgs',
 *   optimizer: bfgs(),
 *   product: ([{ inverse }], v) => (inverse === null ? null : matmul(inverse, v)),
 * })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const secantLaws = <F extends StateType>({
  name,
  optimizer,
  product,
  positive = true,
}: SecantClaim<F>): RuleSet => {
  const pairsOf = (each: Case): ReadonlyArray<Pair> => {
    const iterator = minimize(optimizer, objective(lossOf(each)))(each.at)[Symbol.iterator]()
    const its = Array.from({ length: 5 }, () => iterator.next()).flatMap((next) =>
      next.done === true ? [] : [next.value],
    )
    return its.slice(1).flatMap((to, i) => {
      const from = its[i]
      if (from === undefined) return []
      const step = treeAxpy(-1, from.params, to.params)
      const change = treeAxpy(-1, from.gradient, to.gradient)
      // Of steps of rounding size the change of the gradient is rounding.
      const isLong = toNumber(treeNorm(step)) > 1e-5 * (1 + toNumber(treeNorm(to.params)))
      return isLong ? [{ step, change, apply: (v: Tensor) => product(to.state, v) }] : []
    })
  }
  const judged = (title: string, evidenceOf: (pair: Pair, each: Case) => Evidence): Law =>
    law(title, cases, (each) => {
      const [first, ...others] = pairsOf(each).map((pair) => evidenceOf(pair, each))
      fc.pre(first !== undefined)
      return first === undefined ? same('no step', 'a step') : all(first, ...others)
    })
  const dotOf = (a: Tensor, b: Tensor | null): number => (b === null ? Number.NaN : toNumber(treeDot(a, b)))
  return ruleSet(
    name,
    [],
  )([
    judged('it knows the change of the gradient along its last step', ({ step, change, apply }) =>
      because('rounding of the change beside the step')(close(1e-6, 0)(apply(change), step)),
    ),
    judged('it is symmetric', ({ apply }, { u, v }) => {
      const [forth, back] = [dotOf(u, apply(v)), dotOf(v, apply(u))]
      return because('rounding beside the largest product')(close(1e-9)(forth, back))
    }),
    ...(positive
      ? [
          judged('it is positive definite', ({ apply, change }, { v }) => {
            const rounding = 1e-12 * toNumber(treeNorm(v)) * toNumber(treeNorm(v))
            return all(
              because('rounding')(atMost(rounding)(0, dotOf(v, apply(v)))),
              same(dotOf(change, apply(change)) > 0, true),
            )
          }),
        ]
      : []),
  ])
}
