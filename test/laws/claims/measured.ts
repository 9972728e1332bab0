/** What an optimizer asks of an objective, what it keeps and what its steps cost, as seen from outside. */
import { pipe } from 'fp-ts/lib/function.js'
import { isTensor, mul, ones, slice, square, sub, sum, type Tensor, tensor } from 'gradus'
import { gaussianLikelihood } from 'gradus/curvature'
import {
  type Ability,
  boundedIn,
  leastSquares,
  minimize,
  type ObjectiveWith,
  type Optimizer,
  type StateType,
  withDrawnSquares,
  withGradientSquares,
} from 'gradus/optimize'

/** What was counted with n variables. */
export interface Sized {
  readonly n: number
  readonly count: number
}

export interface Measured {
  readonly asks: ReadonlyArray<Ability>
  /** Numbers in the state after some steps. */
  readonly state: ReadonlyArray<Sized>
  /** For each step. */
  readonly evaluations: ReadonlyArray<Sized>
  readonly gradients: ReadonlyArray<Sized>
  readonly products: ReadonlyArray<Sized>
  readonly solves: ReadonlyArray<Sized>
}

/** The chained function of Rosenbrock as a sum of squares, from a start that is not special. */
const valley = (x: Tensor): readonly [Tensor, Tensor] => {
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
  const of = pipe(
    leastSquares(valley, { compilation: 'never' }),
    boundedIn({
      lower: tensor(Array.from({ length: n }, () => -Infinity)),
      upper: tensor(Array.from({ length: n }, () => Infinity)),
    }),
    withGradientSquares((x: Tensor, factor: Tensor) => mul(factor, sum(square(valley(x)[0]))), ones([3])),
    withDrawnSquares((x: Tensor) => valley(x)[0], gaussianLikelihood()),
  )
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
      gradientSquares: seen('gradientSquares', of.gradientSquares),
      drawnSquares: seen('drawnSquares', of.drawnSquares),
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

const sizes = [24, 32, 40] as const

/** Through three sizes that are equally far apart, c₂ n² + c₁ n + c₀. */
export const growth = ([a, b, c]: ReadonlyArray<Sized>): { readonly linear: number; readonly quadratic: number } => {
  if (a === undefined || b === undefined || c === undefined) return { linear: 0, quadratic: 0 }
  const gap = b.n - a.n
  const quadratic = (c.count - 2 * b.count + a.count) / (2 * gap ** 2)
  return { quadratic, linear: (b.count - a.count) / gap - quadratic * (a.n + b.n) }
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
  const of = (key: 'state' | 'evaluations' | 'gradients' | 'products' | 'solves'): ReadonlyArray<Sized> =>
    seen.map((each, i) => ({ n: sizes[i] ?? 0, count: each[key] }))
  return {
    asks: seen[0]?.asks ?? [],
    state: of('state'),
    evaluations: of('evaluations'),
    gradients: of('gradients'),
    products: of('products'),
    solves: of('solves'),
  }
}
