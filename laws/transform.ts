/** The calculus that transforms must obey, stated on random functions: rules of differentiation, levels, batches and replays. */
import * as fc from 'fast-check'
import {
  add,
  compile,
  grad,
  hessian,
  hvp,
  jvp,
  linearize,
  matmul,
  mul,
  ones,
  outer,
  stack,
  sum,
  type Tensor,
  tensor,
  toNumber,
  treeAxpy,
  treeDot,
  vjp,
  vmap,
} from '../src/index.js'
import { tensors } from './arbitrary.js'
import { all, because, close, type Evidence, same } from './close.js'
import { slopeByDifferences } from './differences.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { type RandomFunction, randomFunctions } from './programs.js'

/** A function of vectors. */
type Field = (x: Tensor) => Tensor

/**
 * Transforms of functions of vectors, those of the library or others that claim to be like them.
 *
 * @since 0.1.0
 */
export interface Transforms {
  readonly jvp: (f: (x: Tensor) => Tensor) => (x: Tensor, v: Tensor) => readonly [Tensor, Tensor]
  readonly vjp: (f: (x: Tensor) => Tensor) => (x: Tensor) => readonly [Tensor, (w: Tensor) => Tensor]
  readonly linearize: (f: (x: Tensor) => Tensor) => (x: Tensor) => readonly [Tensor, (v: Tensor) => Tensor]
  readonly grad: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor
  readonly hvp: (f: (x: Tensor) => Tensor) => (x: Tensor) => (v: Tensor) => Tensor
  readonly hessian: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor
  readonly vmap: (f: (x: Tensor) => Tensor) => (xs: Tensor) => Tensor
  readonly compile: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor
}

const own: Transforms = {
  jvp: (f) => (x, v) => jvp(f)(x, v),
  vjp: (f) => (x) => vjp(f)(x),
  linearize: (f) => (x) => linearize(f)(x),
  grad: (f) => (x) => grad(f)(x),
  hvp: (f) => (x) => hvp(f)(x),
  hessian: (f) => (x) => hessian(f)(x),
  vmap: (f) => (xs) => vmap(f)(xs),
  compile: (f) => compile(f),
}

/**
 * Transforms that claim to differentiate, batch and compile; those that are not given are the library's.
 *
 * @since 0.1.0
 */
export interface TransformClaim {
  readonly name: string
  readonly transforms?: Partial<Transforms>
  /** Entries of the vectors; default 3. */
  readonly width?: number
}

interface Instance {
  readonly f: RandomFunction
  readonly g: RandomFunction
  readonly x: Tensor
  readonly u: Tensor
  readonly v: Tensor
}

const instances = (width: number): fc.Arbitrary<Instance> => {
  const functions = randomFunctions({ width, depth: 3 })
  const vectors = tensors([width], { min: -1.5, max: 1.5 })
  return fc.record({ f: functions, g: functions, x: vectors, u: vectors, v: vectors })
}

const rounding = because('rounding along two ways to the same number')
const near = (left: unknown, right: unknown): Evidence => rounding(close(1e-9)(left, right))

const unit = (width: number, i: number): Tensor => tensor(Array.from({ length: width }, (_, j) => (i === j ? 1 : 0)))

const calculus = ({ jvp, vjp, linearize, grad }: Transforms, drawn: fc.Arbitrary<Instance>): ReadonlyArray<Law> => [
  law('a derivative is what differences find', drawn, ({ f: { f }, x, u, v }) => {
    const reference = slopeByDifferences((t) => toNumber(treeDot(u, f(treeAxpy(t, v, x)))))
    fc.pre(reference.error <= 1e-5 * Math.max(1, Math.abs(reference.value)))
    return because(`differences are good to ${reference.error.toExponential(1)}`)(
      close(Math.max(1e-7, 10 * reference.error))(treeDot(u, jvp(f)(x, v)[1]), reference.value),
    )
  }),
  law('the value beside a derivative is the value', drawn, ({ f: { f }, x, v }) =>
    all(same(jvp(f)(x, v)[0], f(x)), same(vjp(f)(x)[0], f(x)), same(linearize(f)(x)[0], f(x))),
  ),
  law('chain rule: (g ∘ f)′ v = g′ (f′ v)', drawn, ({ f: { f }, g: { f: g }, x, v }) => {
    const [y, direction] = jvp(f)(x, v)
    return near(jvp((z) => g(f(z)))(x, v)[1], jvp(g)(y, direction)[1])
  }),
  law('the derivative of a f + g is a f′ + g′', drawn, ({ f: { f }, g: { f: g }, x, v }) =>
    near(jvp((z) => treeAxpy(-1.5, f(z), g(z)))(x, v)[1], treeAxpy(-1.5, jvp(f)(x, v)[1], jvp(g)(x, v)[1])),
  ),
  law('product rule: (f g)′ = f′ g + f g′', drawn, ({ f: { f }, g: { f: g }, x, v }) => {
    const [[y, dy], [z, dz]] = [jvp(f)(x, v), jvp(g)(x, v)]
    return near(jvp((p) => mul(f(p), g(p)))(x, v)[1], add(mul(dy, z), mul(y, dz)))
  }),
  law('forward and reverse are adjoint: ⟨u, f′ v⟩ = ⟨f′ᵀ u, v⟩', drawn, ({ f: { f }, x, u, v }) =>
    near(treeDot(u, jvp(f)(x, v)[1]), treeDot(vjp(f)(x)[1](u), v)),
  ),
  law('the gradient of a sum is the pullback of ones', drawn, ({ f: { f }, x }) =>
    near(grad((z) => sum(f(z)))(x), vjp(f)(x)[1](ones(x.shape))),
  ),
  law('the derivative of a linear function is the function', drawn, ({ f: { f }, x, u, v }) => {
    const linear = (z: Tensor): Tensor => matmul(outer(f(x), u), z)
    return near(jvp(linear)(x, v)[1], linear(v))
  }),
]

const levels = ({ jvp, vjp, grad }: Transforms, drawn: fc.Arbitrary<Instance>): ReadonlyArray<Law> => {
  const slopes = (f: Field): Field => grad((z) => sum(f(z)))
  return [
    // The inner derivative is 1 whatever f is; a derivative that takes the outer tangent for its own finds f′ in it as well.
    law('an inner derivative does not see the outer variable', drawn, ({ f: { f }, x, v }) =>
      near(jvp((z) => mul(f(z), jvp((y) => add(f(z), y))(z, ones(z.shape))[1]))(x, v)[1], jvp(f)(x, v)[1]),
    ),
    law('an inner gradient does not see the outer variable', drawn, ({ f: { f }, x }) =>
      near(slopes((z) => mul(f(z), slopes((y) => add(f(z), y))(z)))(x), slopes(f)(x)),
    ),
    law('second derivatives are the same in all four orders of the modes', drawn, ({ f: { f }, x, u, v }) => {
      const s = (z: Tensor): Tensor => sum(f(z))
      const along = (z: Tensor): Tensor => jvp(s)(z, u)[1]
      const forwardOverForward = jvp(along)(x, v)[1]
      const pulled = (z: Tensor): Tensor => treeDot(u, vjp(s)(z)[1](tensor(1)))
      return all(
        near(treeDot(u, jvp(grad(s))(x, v)[1]), forwardOverForward),
        near(treeDot(v, grad(along)(x)), forwardOverForward),
        near(treeDot(v, grad(pulled)(x)), forwardOverForward),
      )
    }),
  ]
}

const curvature = ({ jvp, grad, hvp, hessian }: Transforms, drawn: fc.Arbitrary<Instance>): ReadonlyArray<Law> => [
  law('the Hessian is the forward Jacobian of the gradient', drawn, ({ f: { f }, x }) => {
    const s = (z: Tensor): Tensor => sum(f(z))
    return near(hessian(s)(x), stack(Array.from({ length: x.size }, (_, i) => jvp(grad(s))(x, unit(x.size, i))[1])))
  }),
  law('Hessian-vector products are products with the Hessian', drawn, ({ f: { f }, x, v }) => {
    const s = (z: Tensor): Tensor => sum(f(z))
    return near(hvp(s)(x)(v), matmul(hessian(s)(x), v))
  }),
]

const batches = ({ vmap, grad }: Transforms, drawn: fc.Arbitrary<Instance>): ReadonlyArray<Law> => {
  const alternating = because('products of batches round their sums in another order')
  return [
    law('a batch is the map over its examples', drawn, ({ f: { f }, x, u, v }) =>
      alternating(close(1e-11)(vmap(f)(stack([x, u, v])), stack([x, u, v].map(f)))),
    ),
    law('a batch of batches is the map over the batches', drawn, ({ f: { f }, x, u, v }) => {
      const [first, second] = [stack([x, u]), stack([v, x])]
      return alternating(
        close(1e-11)(
          vmap((rows) => vmap(f)(rows))(stack([first, second])),
          stack([stack([f(x), f(u)]), stack([f(v), f(x)])]),
        ),
      )
    }),
    law('gradients of a batch are a batch of gradients', drawn, ({ f: { f }, x, u, v }) => {
      const g = grad((z) => sum(f(z)))
      return alternating(close(1e-10)(vmap(g)(stack([x, u, v])), stack([x, u, v].map(g))))
    }),
  ]
}

const replays = (
  { jvp, vjp, linearize, grad, hvp, compile }: Transforms,
  drawn: fc.Arbitrary<Instance>,
): ReadonlyArray<Law> => [
  law('a linearization replays: each call is what one call alone gives', drawn, ({ f: { f }, x, u, v }) => {
    const [, push] = linearize(f)(x)
    return all(near(push(u), jvp(f)(x, u)[1]), near(push(v), jvp(f)(x, v)[1]), same(push(u), push(u)))
  }),
  law('a pullback replays: each call is what one call alone gives', drawn, ({ f: { f }, x, u, v }) => {
    const [, pull] = vjp(f)(x)
    return all(same(pull(u), vjp(f)(x)[1](u)), same(pull(v), vjp(f)(x)[1](v)), same(pull(u), pull(u)))
  }),
  law('Hessian-vector products replay', drawn, ({ f: { f }, x, u, v }) => {
    const product = hvp((z) => sum(f(z)))
    const once = product(x)
    return all(same(once(u), product(x)(u)), same(once(v), product(x)(v)), same(once(u), once(u)))
  }),
  law('compiled functions and gradients are the same, at more than one point', drawn, ({ f: { f }, x, u }) => {
    const g = grad((z) => sum(f(z)))
    const [fast, fastGradient] = [compile(f), compile(g)]
    const ulps = because('compiled elementary functions are within 2 ulp')
    return all(
      ulps(close(1e-10)(fast(x), f(x))),
      ulps(close(1e-10)(fast(u), f(u))),
      ulps(close(1e-10)(fastGradient(x), g(x))),
      ulps(close(1e-10)(fastGradient(u), g(u))),
    )
  }),
]

/**
 * The laws of transforms, on random functions of vectors: derivatives against differences; chain rule, product rule and linearity;
 * forward and reverse mode adjoint; nested levels kept apart; second derivatives in every order of the modes; the Hessian as
 * the Jacobian of the gradient; batches, and batches of batches, as maps; replays and compiled functions as one-time calls.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, transformLaws } from 'gradus/laws'
 * E.isRight(check({ seed: 1, instances: 10 })(transformLaws({ name: 'gradus' }))) // => true
 *
 * @since 0.1.0
 */
export const transformLaws = ({ name, transforms = {}, width = 3 }: TransformClaim): RuleSet => {
  const [given, drawn] = [{ ...own, ...transforms }, instances(width)]
  const set = (part: string, laws: ReadonlyArray<Law>): RuleSet => ruleSet(`${name} › ${part}`, [])(laws)
  return ruleSet(name, [
    set('calculus', calculus(given, drawn)),
    set('levels', levels(given, drawn)),
    set('curvature', curvature(given, drawn)),
    set('batches', batches(given, drawn)),
    set('replays', replays(given, drawn)),
  ])([])
}
