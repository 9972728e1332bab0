/** What an optimizer asks of an objective, what it keeps and what its steps cost, as seen from outside. */
import { isTensor, mul, slice, square, sub, type Tensor, tensor } from 'gradus'

import {
  type Ability,
  boundedIn,
  leastSquares,
  minimize,
  type ObjectiveWith,
  type Optimizer,
  type StateType,
} from 'gradus/optimize'

/** A number of n variables: constant + linear · n + quadratic · n². */
export interface Growth {
  readonly constant: number
  readonly linear: number
  readonly quadratic: number
}

export interface Measured {
  readonly asks: ReadonlyArray<Ability>
  /** Numbers in the state after some steps. */
  readonly state: Growth
  /** For each step. */
  readonly evaluations: Growth
  readonly gradients: Growth
  readonly products: Growth
  readonly solves: Growth
}

/** The chained function of Rosenbrock as a sum of squares, from a start that is not special. */
const valley = (x: Tensor): unknown => {
  const n = x.size
  const [head, tail] = [slice(x, [0], [n - 1]), slice(x, [1], [n])]
  return [mul(10, sub(tail, square(head))), sub(head, 1)]
}

const startOf = (n: number): Tensor => tensor(Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1) + 0.01 * i))

/** An objective that can do everything, and remembers what it was asked. */
const watched = (
  n: number,
): { readonly objective: ObjectiveWith<Ability, Tensor>; readonly asked: () => ReadonlyArray<Ability> } => {
  const asked = new Set<Ability>()
  const of = boundedIn({
    lower: tensor(Array.from({ length: n }, () => -Infinity)),
    upper: tensor(Array.from({ length: n }, () => Infinity)),
  })(leastSquares(valley, { compilation: 'never' }))
  const seen =
    <A extends ReadonlyArray<unknown>, B>(name: Ability, f: (...args: A) => B) =>
    (...args: A): B => {
      asked.add(name)
      return f(...args)
    }
  return {
    objective: {
      value: seen('value', of.value),
      valueAndGrad: seen('valueAndGrad', of.valueAndGrad),
      hessian: seen('hessian', of.hessian),
      gaussNewton: seen('gaussNewton', of.gaussNewton),
      residuals: seen('residuals', of.residuals),
      bounds: seen('bounds', of.bounds),
    },
    asked: () => [...asked],
  }
}

/** All numbers in a state. */
const numbersIn = (state: unknown): number => {
  if (typeof state === 'number') return 1
  if (isTensor(state)) return state.size
  if (typeof state !== 'object' || state === null) return 0
  return Object.values(state).reduce<number>((total, each) => total + numbersIn(each), 0)
}

const sizes = [16, 24, 32] as const

/** Through three sizes that are equally far apart. */
const growth = ([a = 0, b = 0, c = 0]: ReadonlyArray<number>): Growth => {
  const [first, second] = sizes
  const gap = second - first
  const quadratic = (c - 2 * b + a) / (2 * gap ** 2)
  const linear = (b - a) / gap - quadratic * (first + second)
  return { quadratic, linear, constant: a - linear * first - quadratic * first ** 2 }
}

const steps = 12

export const measured = <F extends StateType>(optimizer: Optimizer<F, Ability>): Measured => {
  const seen = sizes.map((n) => {
    const { objective, asked } = watched(n)
    const iterator = minimize(optimizer, objective)(startOf(n))[Symbol.iterator]()
    const its = Array.from({ length: steps + 1 }, () => iterator.next()).flatMap((next) =>
      next.done === true ? [] : [next.value],
    )
    const last = its[its.length - 1]
    const taken = Math.max(1, its.length - 1)
    const first = its[0]
    const each = (of: 'evaluations' | 'gradients' | 'products' | 'solves'): number =>
      ((last?.work[of] ?? 0) - (first?.work[of] ?? 0)) / taken
    return {
      asks: asked(),
      state: numbersIn(last?.state),
      evaluations: each('evaluations'),
      gradients: each('gradients'),
      products: each('products'),
      solves: each('solves'),
    }
  })
  const of = (key: 'state' | 'evaluations' | 'gradients' | 'products' | 'solves'): Growth =>
    growth(seen.map((each) => each[key]))
  return {
    asks: seen[0]?.asks ?? [],
    state: of('state'),
    evaluations: of('evaluations'),
    gradients: of('gradients'),
    products: of('products'),
    solves: of('solves'),
  }
}
