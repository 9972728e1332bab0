/** Directions as laws draw them: of length 1, from a seed, in the structure of a point. */
import * as fc from 'fast-check'
import { normal, randomKey, ravel, toNumber, treeNorm, treeScale } from '../src/index.js'

/** A direction of length 1 with the structure of `p`. */
export const directionLike = <P>(p: P, seed: number): P => {
  const [flat, unravel] = ravel(p)
  const direction = normal(randomKey(seed), [flat.size])
  const length = toNumber(treeNorm(direction))
  return unravel(length === 0 ? direction : treeScale(1 / length, direction))
}

export const seeds: fc.Arbitrary<number> = fc.nat({ max: 2 ** 31 - 1 })

/** A point with two directions. */
export interface Directed<P> {
  readonly p: P
  readonly u: P
  readonly v: P
}

export const directed = <P>(params: fc.Arbitrary<P>): fc.Arbitrary<Directed<P>> =>
  fc.record({ params, seed: seeds }).map(({ params: p, seed }) => ({
    p,
    u: directionLike(p, seed),
    v: directionLike(p, (seed + 1) % 2 ** 31),
  }))
