/** What must hold of a rule that somebody wrote by hand: that it is a derivative, in both modes the same one, and to second order. */
import * as fc from 'fast-check'
import {
  compile,
  grad,
  jvp,
  ravel,
  stack,
  type Tensor,
  toNumber,
  treeAxpy,
  treeDot,
  treeNorm,
  treeZip,
  vjp,
  vmap,
} from '../src/index.js'
import { all, because, close, type Evidence } from './close.js'
import { slopeByDifferences } from './differences.js'
import { directed, directionLike } from './direction.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

/**
 * A function with a derivative of its author's, and where it is to be looked at.
 *
 * @since 0.1.0
 */
export interface CustomClaim<P, Y> {
  readonly name: string
  /** What `custom` made, or any function made with it. */
  readonly f: (p: P) => Y
  /** Points inside the domain, away from kinks by more than `step`. */
  readonly params: fc.Arbitrary<P>
  /** 2 where second derivatives are meant to be right; 1 where the differential is a constant on purpose. Default 2. */
  readonly order?: 1 | 2
  /** The largest step of differences; default 0.1. */
  readonly step?: number
  /** Allowed error of a derivative relative to its size or to 1, where differences are better than that; default 1e-7. */
  readonly tolerance?: number
}

const size = (tree: unknown): number => toNumber(treeNorm(tree))

/** Near each other beside the sizes of what was multiplied, which rounding is relative to. */
const beside = (left: unknown, right: unknown, ...sizes: ReadonlyArray<number>): Evidence =>
  because('rounding of sums and products')(
    close(
      1e-11,
      sizes.filter(Number.isFinite).reduce((most, each) => Math.max(most, each), 1),
    )(left, right),
  )

/**
 * The law of a pair: the forward rule and the backward rule are adjoint, ⟨u, f′ v⟩ = ⟨f′ᵀ u, v⟩.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { custom, mul, type Tensor } from 'gradus'
 * import { adjointLaw, check, ruleSet, tensors } from 'gradus/laws'
 * const f = custom({
 *   name: 'double',
 *   value: (x: Tensor) => mul(2, x),
 *   differential: () => ({ apply: ([v]) => mul(2, v), transpose: (u) => [mul(3, u)] as [Tensor] }),
 * })
 * E.isRight(check({ seed: 1 })(ruleSet('double', [])([adjointLaw({ name: 'double', f, params: tensors([3]) })]))) // => false
 *
 * @since 0.1.0
 */
export const adjointLaw = <P, Y>({ f, params }: CustomClaim<P, Y>): Law =>
  law('forward and backward are adjoint: ⟨u, f′ v⟩ = ⟨f′ᵀ u, v⟩', directed(params), ({ p, v }) => {
    const [y, image] = jvp(f)(p, v)
    const u = directionLike(y, 1)
    const back = vjp(f)(p)[1](u)
    return beside(treeDot(u, image), treeDot(back, v), size(image), size(back))
  })

/**
 * The laws of a function with a rule of its author's: the derivative is what differences of the value find, it is linear, forward
 * and backward are adjoint; the second derivative is what differences of the first find, and symmetric; compiling and batching
 * change nothing.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { cos, custom, linearMaps, sin, type Tensor } from 'gradus'
 * import { check, customLaws, tensors } from 'gradus/laws'
 * const claim = (by: (x: Tensor) => Tensor) => ({
 *   name: 'sine',
 *   f: custom({ name: 'sine', value: (x: Tensor) => sin(x), differential: ([x]) => [linearMaps.scale(by(x))] }),
 *   params: tensors([3]),
 * })
 * E.isRight(check({ seed: 1, instances: 10 })(customLaws(claim(cos)))) // => true
 * E.isRight(check({ seed: 1, instances: 10 })(customLaws(claim(sin)))) // => false
 *
 * @since 0.1.0
 */
export const customLaws = <P, Y>(claim: CustomClaim<P, Y>): RuleSet => {
  const { name, f, params, order = 2, step = 0.1, tolerance = 1e-7 } = claim
  const points = directed(params)
  const along = (at: P, u: Y): Tensor => treeDot(u, f(at))
  const agrees = (found: Tensor, of: (t: number) => Tensor): Evidence => {
    const reference = slopeByDifferences((t) => toNumber(of(t)), step)
    fc.pre(reference.error <= 1e-4 * Math.max(1, Math.abs(reference.value)))
    return because(`differences are good to ${reference.error.toExponential(1)}`)(
      close(Math.max(tolerance, 10 * reference.error))(found, reference.value),
    )
  }
  const first = ruleSet(
    `${name} › first derivative`,
    [],
  )([
    law('it is what differences find', points, ({ p, v }) => {
      const [y, image] = jvp(f)(p, v)
      const u = directionLike(y, 1)
      return agrees(treeDot(u, image), (t) => along(treeAxpy(t, v, p), u))
    }),
    law('it is linear', points, ({ p, u, v }) => {
      const push = (w: P): Y => jvp(f)(p, w)[1]
      const [left, right] = [push(treeAxpy(-2.5, u, v)), treeAxpy(-2.5, push(u), push(v))]
      return beside(left, right, size(left), size(push(u)), size(push(v)))
    }),
    adjointLaw(claim),
  ])
  const second = ruleSet(
    `${name} › second derivative`,
    [],
  )([
    law('it is what differences of the first find', points, ({ p, u, v }) => {
      const slope = (at: P): Y => jvp(f)(at, u)[1]
      const [image, bend] = jvp(slope)(p, v)
      const w = directionLike(image, 1)
      return agrees(treeDot(w, bend), (t) => treeDot(w, slope(treeAxpy(t, v, p))))
    }),
    law('the order of directions and of modes does not matter', points, ({ p, u, v }) => {
      const w = directionLike(f(p), 1)
      const pull = (at: P): P => vjp(f)(at)[1](w)
      const [, bend] = jvp(pull)(p, v)
      const [, other] = jvp(pull)(p, u)
      const forwards = jvp((at: P) => jvp(f)(at, u)[1])(p, v)[1]
      const backwards = grad((at: P) => treeDot(u, pull(at)))(p)
      const sizes = [size(bend), size(other), size(forwards)]
      return all(
        beside(treeDot(u, bend), treeDot(v, other), ...sizes),
        beside(treeDot(w, forwards), treeDot(u, bend), ...sizes),
        beside(treeDot(backwards, v), treeDot(u, bend), ...sizes),
      )
    }),
  ])
  const transforms = ruleSet(
    `${name} › transforms`,
    [],
  )([
    law('compiling changes nothing', points, ({ p, v }) => {
      const [y, image] = jvp(f)(p, v)
      return all(
        beside(compile(f)(p), y, size(y)),
        beside(compile((at: P, w: P) => jvp(f)(at, w)[1])(p, v), image, size(image)),
      )
    }),
    law('a batch is a map', points, ({ p, u, v }) => {
      const each = [p, treeAxpy(0.1 * step, u, p)]
      const whole = treeZip((a: Tensor, b: Tensor) => stack([a, b]))(p, treeAxpy(0.1 * step, u, p))
      const flat = (at: P): Tensor => ravel(f(at))[0]
      const slope = (at: P): Tensor => ravel(jvp(f)(at, v)[1])[0]
      const pull = (at: P): Tensor => ravel(vjp(f)(at)[1](directionLike(f(at), 1)))[0]
      const maps = (g: (at: P) => Tensor): Evidence => {
        const rows = stack(each.map(g))
        return beside(vmap(g)(whole), rows, size(rows))
      }
      return all(maps(flat), maps(slope), maps(pull))
    }),
  ])
  return ruleSet(name, [first, ...(order === 2 ? [second] : []), transforms])([])
}
