/** The derivatives of a case against differences, and all ways to compute them against each other, at orders 1 and 2. */
import {
  foldIn,
  grad,
  hvp,
  jvp,
  type Key,
  mul,
  randomKey,
  sum,
  type Tensor,
  toNumber,
  treeAxpy,
  treeDot,
  treeNorm,
  uniform,
  vjp,
} from 'gradus'
import { slopeByDifferences } from 'gradus/laws'
import { argumentsOf, type Case } from './listed.js'

type Point = ReadonlyArray<Tensor>

/** Two ways to one number that differ by more than `allowed`. */
export interface Disagreement {
  readonly what: string
  readonly left: number
  readonly right: number
  readonly allowed: number
}

const directionLike = (key: Key, point: Point): Point =>
  point.map((x, i) => uniform(foldIn(key, i), x.shape, { low: -1, high: 1 }))

const numberOf = (a: unknown, b: unknown): number => toNumber(treeDot(a, b))
const sizeOfProduct = (a: unknown, b: unknown): number => Math.max(1, toNumber(treeNorm(a)) * toNumber(treeNorm(b)))

const compare = (what: string, left: number, right: number, allowed: number): ReadonlyArray<Disagreement> =>
  Math.abs(left - right) <= allowed ? [] : [{ what, left, right, allowed }]

/** Two exact ways differ by rounding only: 1e-10 is that of a thousand operations on numbers of the given size. */
const exactly = (what: string, left: number, right: number, size: number): ReadonlyArray<Disagreement> =>
  compare(what, left, right, 1e-10 * size)

/** Differences that do not settle within 1e-5 say nothing, and so count as a disagreement. */
const differences = (
  what: string,
  exact: number,
  phi: (t: number) => number,
  step: number,
  size: number,
): ReadonlyArray<Disagreement> => {
  const { value, error } = slopeByDifferences(phi, step)
  return error <= 1e-5 * size
    ? compare(what, exact, value, Math.max(1e-7 * size, 10 * error))
    : [{ what: `${what}: unsettled`, left: exact, right: value, allowed: error }]
}

const firstOrder = (
  f: (p: Point) => Tensor,
  x: Point,
  v: Point,
  u: Tensor,
  step: number,
): ReadonlyArray<Disagreement> => {
  const [, tangent] = jvp(f)(x, v)
  const [, pullback] = vjp(f)(x)
  const gradient = pullback(u)
  const forward = numberOf(u, tangent)
  const size = sizeOfProduct(gradient, v)
  return [
    ...exactly('jvp = vjp', forward, numberOf(gradient, v), size),
    ...differences('gradient', forward, (t) => numberOf(u, f(treeAxpy(t, v, x))), step, size),
  ]
}

const secondOrder = (
  loss: (p: Point) => Tensor,
  x: Point,
  v: Point,
  w: Point,
  { step = 0.1, kink }: Case,
): ReadonlyArray<Disagreement> => {
  const product = hvp(loss)(x)(v)
  const found = numberOf(product, w)
  const size = sizeOfProduct(product, w)
  const slope = (p: Point): Tensor => jvp(loss)(p, v)[1]
  const reverse = grad((p: Point) => treeDot(grad(loss)(p), v))(x)
  return [
    ...exactly('forward over forward', toNumber(jvp(slope)(x, w)[1]), found, size),
    ...exactly('reverse over forward', numberOf(grad(slope)(x), w), found, size),
    ...exactly('reverse over reverse', numberOf(reverse, w), found, size),
    ...(kink === true
      ? compare('second derivative at a kink', found, 0, 0)
      : differences('Hessian-vector product', found, (t) => numberOf(grad(loss)(treeAxpy(t, w, x)), v), step, size)),
  ]
}

/** Whatever does not agree for a case at points drawn with the seed. */
export const disagreements = (each: Case, seed: number): ReadonlyArray<Disagreement> => {
  const key = randomKey(seed)
  const x = argumentsOf(each, foldIn(key, 1))
  const f = (p: Point): Tensor => each.apply(...p)
  const u = uniform(foldIn(key, 2), f(x).shape, { low: -1, high: 1 })
  const v = directionLike(foldIn(key, 3), x)
  const w = directionLike(foldIn(key, 4), x)
  const loss = (p: Point): Tensor => sum(mul(u, f(p)))
  return [...firstOrder(f, x, v, u, each.step ?? 0.1), ...secondOrder(loss, x, v, w, each)]
}
