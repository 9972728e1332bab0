/** Functions whose derivative their author gives. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { compose, identity, negate, scale, transpose, type LinearMap as Vocabulary } from '../core/LinearMap.js'
import { Traced } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { Defect, raise } from '../data/Defect.js'
import { type Shape, sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, treeMap, withLeaves } from '../data/Tree.js'
import { add } from '../primitive/arithmetic.js'
import { sum } from '../primitive/structure.js'
import { stageFunction } from '../program/stage.js'
import { applyLinear } from '../transform/applyLinear.js'
import { tensorsIn } from './closure.js'
import { mapped, replaced, selected } from './derived.js'
import { type Joint, perform, type Tensors } from './Joint.js'
import { inTurn } from './loop.js'

/**
 * A linear map of the library, as `linearMaps` makes them: data that is applied, transposed and printed.
 *
 * @since 0.1.0
 */
export type LinearMap = Vocabulary

/**
 * A linear function from tangents of the arguments to tangents of the result, and its adjoint.
 *
 * @since 0.1.0
 */
export interface LinearPair<A, Y> {
  readonly apply: (tangents: A) => Y
  readonly transpose: (cotangent: Y) => A
}

/**
 * A function with a derivative of its author's.
 *
 * @since 0.1.0
 */
export interface CustomOptions<A extends ReadonlyArray<unknown>, Y> {
  /** What `explain` and `show` call it. */
  readonly name: string
  /** Made of operations; or of plain numbers, if `like` is given. */
  readonly value: (...args: A) => Y
  /**
   * The differential at the arguments, where the result is `y`: a pair of functions made of operations, or, for a function from
   * tensors to a tensor, one linear map of the library for each argument (see `linearMaps`).
   */
  readonly differential: (args: A, y: Y) => LinearPair<A, Y> | ReadonlyArray<LinearMap>
  /** For a `value` that reads numbers: a result with the right structure and shapes, from arguments whose numbers mean nothing. */
  readonly like?: (...args: A) => Y
}

/** A function of tensors with its differential; functions are known by their number. */
interface Rule {
  readonly id: string
  readonly shapes: (members: ReadonlyArray<Shape>) => ReadonlyArray<Shape>
  readonly value: (members: Tensors) => Tensors
  readonly pushforward: (
    members: Tensors,
    results: Tensors,
    active: ReadonlyArray<number>,
    tangents: Tensors,
  ) => Tensors
  readonly pullback: (members: Tensors, results: Tensors, active: ReadonlyArray<number>, cotangents: Tensors) => Tensors
  /** Whether the value is made of operations, and so runs in batches. */
  readonly isOpen: boolean
}

/** The same rule for each example of a batch. */
const batchedRule = (joint: Joint<Rule>, rule: Rule, size: number, batched: ReadonlyArray<boolean>): Rule => ({
  id: `${rule.id} of ${size} ${batched.map(Number).join('')}`,
  shapes: (members) =>
    rule
      .shapes(members.map((shape, i) => (batched[i] === true ? shape.slice(1) : shape)))
      .map((shape) => [size, ...shape]),
  value: (members) =>
    rule.isOpen
      ? mapped(rule.value, size, batched, members)
      : inTurn((each) => perform(joint, rule, each), size, batched, members),
  pushforward: (members, results, active, tangents) =>
    eachOf(
      size,
      [batched, results.map(() => true), selected(batched, active)],
      [members, results, tangents],
      (m, r, t) => rule.pushforward(m, r, active, t),
    ),
  pullback: (members, results, active, cotangents) =>
    eachOf(
      size,
      [batched, results.map(() => true), cotangents.map(() => true)],
      [members, results, cotangents],
      (m, r, c) => rule.pullback(m, r, active, c),
    ).map((x, i) => (batched[active[i] ?? 0] === true ? x : sum(x, { axes: [0] }))),
  isOpen: rule.isOpen,
})

/** Three lists of tensors, batched together. */
const eachOf = (
  size: number,
  batched: readonly [ReadonlyArray<boolean>, ReadonlyArray<boolean>, ReadonlyArray<boolean>],
  lists: readonly [Tensors, Tensors, Tensors],
  f: (a: Tensors, b: Tensors, c: Tensors) => Tensors,
): Tensors => {
  const [first, second] = [lists[0].length, lists[0].length + lists[1].length]
  return mapped(
    (all) => f(all.slice(0, first), all.slice(first, second), all.slice(second)),
    size,
    batched.flat(),
    lists.flat(),
  )
}

const jointOf = (name: string): Joint<Rule> => {
  const joint: Joint<Rule> = {
    // No pass knows an operation of such a name.
    name: `custom ${name}`,
    formula: 'f(x)',
    inert: 0,
    shapes: (rule, members) => rule.shapes(members),
    run: (rule, members) => rule.value(members),
    pushforward: (rule, members, results, active, tangents) => rule.pushforward(members, results, active, tangents),
    pullback: (rule, members, results, active, cotangents) => rule.pullback(members, results, active, cotangents),
    batch: (rule, size, batched, members) => perform(joint, batchedRule(joint, rule, size, batched), members),
  }
  return joint
}

/** How many there are: each is an operation of its own. */
const made = new Set<number>()

const applied = (name: string, map: LinearMap, t: Tensor | undefined, like: Tensors): Tensor => {
  const [expected] = like
  if (t === undefined || expected === undefined || like.length !== 1)
    return raise('InvalidArgument', `custom ${name}: linear maps serve functions with one tensor as their result.`)
  const image = applyLinear(map, t)
  return sameShape(image.shape, expected.shape)
    ? image
    : raise(
        'ShapeMismatch',
        `custom ${name}: a linear map gives ${showShape(image.shape)}, expected ${showShape(expected.shape)}.`,
      )
}

const isPair = <A, Y>(differential: LinearPair<A, Y> | ReadonlyArray<LinearMap>): differential is LinearPair<A, Y> =>
  'apply' in differential

/** Structure and shapes of the result for arguments of these shapes. */
const exampleOf = <A extends ReadonlyArray<unknown>, Y>({ name, value, like }: CustomOptions<A, Y>, args: A): Y => {
  const blank = treeMap((x) => zeros(x.shape))(args)
  if (like !== undefined) return like(...blank)
  return pipe(
    E.tryCatch(
      () => treeMap((x) => zeros(x.shape))(stageFunction(value, blank).example),
      (thrown) => thrown,
    ),
    E.getOrElseW((thrown) =>
      raise(
        thrown instanceof Defect ? thrown._tag : 'InvalidArgument',
        `custom ${name}: the value cannot be staged to learn the shape of its result. Where it reads numbers, give \`like\`, ` +
          `an example of the result. (${thrown instanceof Error ? thrown.message : String(thrown)})`,
      ),
    ),
  )
}

const ruleOf = <A extends ReadonlyArray<unknown>, Y>(
  options: CustomOptions<A, Y>,
  examples: Map<string, Y>,
  like: A,
  id: string,
): Rule => {
  const { name, value, differential } = options
  const exampleFor = (args: A): Y => {
    const key = leavesOf(name, args)
      .map(({ path, tensor }) => `${path} ${tensor.shape.join()}`)
      .join(';')
    const example = examples.get(key) ?? exampleOf(options, args)
    examples.set(key, example)
    return example
  }
  const at = (members: Tensors, results: Tensors): LinearPair<A, Y> | ReadonlyArray<LinearMap> => {
    const args = withLeaves(like, members)
    const found = differential(args, withLeaves(exampleFor(args), results))
    return isPair(found) || found.length === members.length
      ? found
      : raise(
          'InvalidArgument',
          `custom ${name}: expected one linear map for each of ${members.length} tensors, got ${found.length}.`,
        )
  }
  const added = (terms: Tensors): Tensors => [terms.reduce((a, b) => add(a, b))]
  return {
    id,
    isOpen: options.like === undefined,
    shapes: (members) => tensorsIn(name, exampleFor(withLeaves(like, members.map(zeros)))).map(({ shape }) => shape),
    value: (members) => {
      const args = withLeaves(like, members)
      const results = alignedLeaves(`custom ${name}: the value`, exampleFor(args), value(...args))
      const isClosed = members.some((x) => x instanceof Traced) || !results.some((x) => x instanceof Traced)
      return isClosed
        ? results
        : raise(
            'InvalidArgument',
            `custom ${name}: the value reads a tensor of an enclosing transform, for which the differential gives no derivative. Pass it as an argument.`,
          )
    },
    pushforward: (members, results, active, tangents) => {
      const pair = at(members, results)
      if (!isPair(pair))
        return added(
          active.flatMap((i, k) => pair.slice(i, i + 1).map((map) => applied(name, map, tangents[k], results))),
        )
      const blank = members.map((x) => zeros(x.shape))
      const image = pair.apply(withLeaves(like, replaced(blank, active, tangents)))
      return alignedLeaves(
        `custom ${name}: what apply returns`,
        withLeaves(exampleFor(withLeaves(like, members)), results),
        image,
      )
    },
    pullback: (members, results, active, cotangents) => {
      const pair = at(members, results)
      if (!isPair(pair))
        return active.flatMap((i) =>
          pair.slice(i, i + 1).map((map) => applied(name, transpose(map), cotangents[0], members.slice(i, i + 1))),
        )
      const args = withLeaves(like, members)
      const image = pair.transpose(withLeaves(exampleFor(args), cotangents))
      return selected(alignedLeaves(`custom ${name}: what transpose returns`, args, image), active)
    },
  }
}

/**
 * A function with a derivative of its author's: for a value that is computed by other means than operations, or a derivative that
 * is better written by hand.
 *
 * The differential may be a pair of functions, each the adjoint of the other, or linear maps of the library. Where it is made of
 * operations it is differentiated like them, and so higher orders work. `customLaws` of gradus/laws test that it is the derivative
 * and that the pair are adjoint.
 *
 * **Shapes** arguments and result are trees of tensors.
 *
 * **Fails** with a `Defect` where the differential returns another structure or shape than it must, where the value reads tensors of
 * an enclosing transform that are not among its arguments, or where it reads numbers and `like` is missing.
 *
 * @example
 * import { custom, fromFloat64Array, grad, linearMaps, mul, neg, scalar, sin, cos, toFloat64Array, toNumber, type Tensor } from 'gradus'
 * const sine = custom({
 *   name: 'sine',
 *   value: (x: Tensor) => fromFloat64Array(toFloat64Array(x).map(Math.sin), x.shape),
 *   like: (x: Tensor) => x,
 *   differential: ([x]) => [linearMaps.scale(cos(x))],
 * })
 * toNumber(grad(sine)(scalar(0))) // => 1
 * toNumber(grad(grad(sine))(scalar(1))) // ≈ -0.8414709848078965
 *
 * @since 0.1.0
 */
export const custom = <A extends ReadonlyArray<unknown>, Y>(options: CustomOptions<A, Y>): ((...args: A) => Y) => {
  const joint = jointOf(options.name)
  const number = made.add(made.size).size
  const examples = new Map<string, Y>()
  return (...args) => {
    const leaves = leavesOf(options.name, args)
    const members = leaves.map(({ tensor }) => tensor)
    if (!members.some((x) => x instanceof Traced)) return options.value(...args)
    const rule = ruleOf(options, examples, args, `${number} ${leaves.map(({ path }) => path).join(' ')}`)
    const results = perform(joint, rule, members)
    const key = leaves.map(({ path, tensor }) => `${path} ${tensor.shape.join()}`).join(';')
    const example = examples.get(key)
    return example === undefined
      ? raise('InvalidArgument', `custom ${options.name}: there is no example of the result.`)
      : withLeaves(example, results)
  }
}

/**
 * Linear maps of the library for differentials in `custom`: t ↦ t, t ↦ −t, t ↦ by ⊙ t, and one after the other. Transposes are
 * the library's matter. An exact zero in `by` wins over an infinite or undefined t.
 *
 * @example
 * import { custom, linearMaps, neg, scalar, grad, toNumber, type Tensor } from 'gradus'
 * const minus = custom({ name: 'minus', value: (x: Tensor) => neg(x), differential: () => [linearMaps.negate] })
 * toNumber(grad(minus)(scalar(3))) // => -1
 *
 * @since 0.1.0
 */
export const linearMaps = { identity, negate, scale, compose } as const
