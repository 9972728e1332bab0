/** Trees of tensors as a functor and as a vector space with an inner product, and as vectors by `ravel`. */
import * as fc from 'fast-check'
import {
  add,
  mul,
  ravel,
  sin,
  type Tensor,
  toNumber,
  treeAdd,
  treeAxpy,
  treeDot,
  treeLeaves,
  treeMap,
  treeNorm,
  treeScale,
} from '../src/index.js'
import { evenly } from './arbitrary.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { directed } from './direction.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * Operations on trees, those of the library or others that claim to be like them.
 *
 * @since 0.1.0
 */
export interface TreeAlgebra {
  readonly ravel: <P>(tree: P) => readonly [Tensor, (flat: Tensor) => P]
  readonly map: (f: (leaf: Tensor) => Tensor) => <P>(tree: P) => P
  readonly add: <P>(a: P, b: P) => P
  readonly scale: <P>(s: number, a: P) => P
  readonly axpy: <P>(s: number, a: P, b: P) => P
  readonly dot: <P>(a: P, b: P) => Tensor
  readonly norm: (tree: unknown) => Tensor
}

/**
 * Trees, and operations on them if these are not the library's.
 *
 * @since 0.1.0
 */
export interface TreeClaim<P> {
  readonly name: string
  readonly trees: fc.Arbitrary<P>
  readonly algebra?: Partial<TreeAlgebra>
}

const own: TreeAlgebra = {
  ravel,
  map: treeMap,
  add: treeAdd,
  scale: treeScale,
  axpy: treeAxpy,
  dot: treeDot,
  norm: treeNorm,
}

/** The places of a tree: keys, lengths and shapes. */
const structureOf = (tree: unknown): string =>
  JSON.stringify(tree, (_, node: unknown) =>
    typeof node === 'object' && node !== null && 'shape' in node && 'size' in node
      ? `tensor ${String(node.shape)}`
      : node,
  )

const bits = (left: unknown, right: unknown): Evidence =>
  all(same(structureOf(left), structureOf(right)), same(treeLeaves(left), treeLeaves(right)))

const near = (left: unknown, right: unknown): Evidence =>
  because('rounding of a few operations')(close(1e-12)(treeLeaves(left), treeLeaves(right)))

/**
 * The laws of trees: `ravel` and back is the identity to the bit, in both directions; maps keep identity and composition; sums
 * and multiples obey the axioms of a vector space, and the inner product and norm those of a Euclidean one.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, tensors, treeLaws } from 'gradus/laws'
 * const trees = fc.record({ weights: tensors([2, 3]), bias: tensors([3]) })
 * E.isRight(check({ seed: 1 })(treeLaws({ name: 'layers', trees }))) // => true
 *
 * @since 0.1.0
 */
export const treeLaws = <P>({ name, trees, algebra = {} }: TreeClaim<P>): RuleSet => {
  const given = { ...own, ...algebra }
  const points = directed(trees)
  const numbers = evenly(-3, 3)
  const dot = (a: P, b: P): number => toNumber(given.dot(a, b))
  const norm = (a: P): number => toNumber(given.norm(a))
  const real = (left: number, right: number): Evidence =>
    because('rounding of a sum')(close(1e-12, Math.max(1, Math.abs(left)))(left, right))
  const set = (part: string, laws: RuleSet['laws']): RuleSet => ruleSet(`${name} › ${part}`, [])(laws)
  return ruleSet(name, [
    set('ravel', [
      law('back from its vector a tree is as it was, to the bit', trees, (p) => {
        const [flat, unravel] = given.ravel(p)
        return bits(unravel(flat), p)
      }),
      law('back from its tree a vector is as it was, to the bit', points, ({ p, v }) => {
        const [flat] = given.ravel(v)
        return same(given.ravel(given.ravel(p)[1](flat))[0], flat)
      }),
      law('the vector holds the leaves in their order', trees, (p) => same(given.ravel(p)[0], treeLeaves(p))),
    ]),
    set('map', [
      law('the identity changes nothing', trees, (p) => bits(given.map((leaf) => leaf)(p), p)),
      law('a map after a map is the map of the composition', trees, (p) => {
        const double = (leaf: Tensor): Tensor => mul(2, leaf)
        return bits(given.map(sin)(given.map(double)(p)), given.map((leaf) => sin(double(leaf)))(p))
      }),
      law('the structure is kept', trees, (p) =>
        same(structureOf(given.map((leaf) => add(leaf, 1))(p)), structureOf(p)),
      ),
    ]),
    set('vector space', [
      law('addition commutes', points, ({ u, v }) => bits(given.add(u, v), given.add(v, u))),
      law('addition is associative', points, ({ p, u, v }) =>
        near(given.add(given.add(p, u), v), given.add(p, given.add(u, v))),
      ),
      law('zero is neutral, and opposites cancel', points, ({ u, v }) =>
        all(near(given.add(given.scale(0, u), v), v), near(given.add(v, given.scale(-1, v)), given.scale(0, v))),
      ),
      law('one is neutral, and multiples multiply', fc.tuple(points, numbers, numbers), ([{ p }, s, t]) =>
        all(bits(given.scale(1, p), p), near(given.scale(s, given.scale(t, p)), given.scale(s * t, p))),
      ),
      law('multiples distribute', fc.tuple(points, numbers, numbers), ([{ u, v }, s, t]) =>
        all(
          near(given.scale(s, given.add(u, v)), given.add(given.scale(s, u), given.scale(s, v))),
          near(given.scale(s + t, u), given.add(given.scale(s, u), given.scale(t, u))),
        ),
      ),
      law('s a + b is the sum of the multiple', fc.tuple(points, numbers), ([{ u, v }, s]) =>
        bits(given.axpy(s, u, v), given.add(given.scale(s, u), v)),
      ),
    ]),
    set('inner product', [
      law('it is symmetric', points, ({ p, v }) => real(dot(p, v), dot(v, p))),
      law('it is linear', fc.tuple(points, numbers), ([{ p, u, v }, s]) =>
        real(dot(given.axpy(s, u, v), p), s * dot(u, p) + dot(v, p)),
      ),
      law('it is that of the vectors', points, ({ p, v }) =>
        real(dot(p, v), toNumber(treeDot(ravel(p)[0], ravel(v)[0]))),
      ),
      law('the norm is its root', points, ({ p }) => real(norm(p) ** 2, dot(p, p))),
      law('the norm of a sum is at most the sum of the norms', points, ({ p, v }) =>
        because('rounding of a root')(atMost(1e-12 * (1 + norm(p)))(norm(given.add(p, v)), norm(p) + norm(v))),
      ),
    ]),
  ])([])
}
