/** Compilation: a function that is staged, optimized and bound to WebAssembly once for each structure of its arguments. */
import { zeros } from '../data/construct.js'
import { sizeOf } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, matchingLeaves, treeMap } from '../data/Tree.js'
import { enterCompiled } from '../transform/throughCompilation.js'
import { isCompilationOff } from './compilation.js'
import type { Engine } from './execute.js'
import { prepared, runner } from './machine.js'
import { shapeAt } from './Program.js'
import { split } from './split.js'
import { stageFunction } from './stage.js'

/** Structure and shapes of arguments as text. */
const signature = (args: ReadonlyArray<unknown>): string =>
  leavesOf('compile', args)
    .map(({ path, tensor }) => `${path} ${tensor.shape.join()}`)
    .join('; ')

/** What is known for each signature of arguments. The one used last is tried first, since calls mostly repeat it. */
interface Signatures<K> {
  readonly find: (
    args: ReadonlyArray<unknown>,
  ) => { readonly known: K; readonly tensors: ReadonlyArray<Tensor> } | undefined
  readonly learn: (args: ReadonlyArray<unknown>, known: K) => void
}

const signatures = <K>(): Signatures<K> => {
  const bySignature = new Map<string, K>()
  const last = new Map<'last', { readonly like: ReadonlyArray<unknown>; readonly known: K }>()
  const remember = (args: ReadonlyArray<unknown>, known: K): void => {
    last.set('last', { like: args.map(shapesOf), known })
  }
  return {
    find: (args) => {
      const recent = last.get('last')
      const tensors = recent === undefined ? undefined : matchingLeaves(recent.like, args)
      if (recent !== undefined && tensors !== undefined) return { known: recent.known, tensors }
      const known = bySignature.get(signature(args))
      if (known === undefined) return undefined
      remember(args, known)
      return { known, tensors: tensorsIn(args) }
    },
    learn: (args, known) => {
      bySignature.set(signature(args), known)
      remember(args, known)
    },
  }
}

/** The same structure with tensors that hold nothing, so that remembering it keeps no data alive. */
const shapesOf = treeMap((leaf) => zeros(leaf.shape))

const tensorsIn = (args: ReadonlyArray<unknown>): ReadonlyArray<Tensor> =>
  leavesOf('compile', args).map(({ tensor }) => tensor)

/** What is known of a function for one signature: its program, or that it returns a function. */
type Known<Y> =
  | { readonly _tag: 'Function'; readonly call: (inputs: ReadonlyArray<Tensor>) => Y }
  | { readonly _tag: 'Curried' }

const learn = <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y, args: A, isStep: boolean): Known<Y> => {
  const returned = new Set<Y>()
  const { program, assemble } = stageFunction((...staged: A): Y | readonly [] => {
    const y = f(...staged)
    if (typeof y !== 'function') return y
    returned.add(y)
    return []
  }, args)
  if (returned.size > 0) return { _tag: 'Curried' }
  const { run } = runner(prepared(program), isStep)
  return { _tag: 'Function', call: (inputs) => assemble(run(inputs)) as Y }
}

/** A function of directions that can also run on vectors. */
export interface Directed<B extends ReadonlyArray<unknown>, Y> {
  (...directions: B): Y
  /**
   * For directions with the structure and shapes of `like`: reads the entries of their leaves, one leaf after another, from a vector of
   * which it keeps nothing, and writes those of the result. Undefined where nothing is compiled.
   */
  readonly write?: (like: B, x: Float64Array, into: Float64Array) => void
}

/** A vector cut into pieces of these sizes, without a copy. */
const pieces = (sizes: ReadonlyArray<number>, x: Float64Array): ReadonlyArray<Float64Array> =>
  sizes.reduce<{ readonly from: number; readonly found: ReadonlyArray<Float64Array> }>(
    ({ from, found }, size) => ({ from: from + size, found: [...found, x.subarray(from, from + size)] }),
    { from: 0, found: [] },
  ).found

/**
 * A compiled function of a point that returns a function of directions: what depends on the point alone is computed once for
 * it, and what depends on the directions for each of them.
 */
export const compileCurried = <A extends ReadonlyArray<unknown>, B extends ReadonlyArray<unknown>, Y>(
  f: (...point: A) => (...directions: B) => Y,
): ((...point: A) => Directed<B, Y>) => {
  const known = signatures<Halves<Y>>()
  const learnHalves = (point: A, directions: B): Halves<Y> => {
    const { program, assemble } = stageFunction((p: A, v: B) => f(...p)(...v), [point, directions])
    const fixed = tensorsIn(point).length
    const { before, after } = split(prepared(program), (input) => input >= fixed)
    return {
      before: runner(before),
      after: runner(after),
      results: after.outputs.map((ref) => sizeOf(shapeAt(after, ref))),
      assemble,
    }
  }
  return (...point) => {
    if (isCompilationOff()) return f(...point)
    // Halves differ with the shapes of directions, and each computes its own part of the point.
    const here = signatures<AtPoint<Y>>()
    const learnHere = (directions: B): AtPoint<Y> => {
      const both = [point, directions]
      const recent = known.find(both)
      const halves = recent?.known ?? learnHalves(point, directions)
      if (recent === undefined) known.learn(both, halves)
      const atPoint = { halves, fixed: halves.before.run(tensorsIn(point)) }
      here.learn(directions, atPoint)
      return atPoint
    }
    const apply = (...directions: B): Y => {
      const recent = here.find(directions)
      const { halves, fixed } = recent?.known ?? learnHere(directions)
      return halves.assemble(halves.after.run([...(recent?.tensors ?? tensorsIn(directions)), ...fixed]))
    }
    const write = (like: B, x: Float64Array, into: Float64Array): void => {
      const recent = here.find(like)
      const { halves, fixed } = recent?.known ?? learnHere(like)
      const sizes = (recent?.tensors ?? tensorsIn(like)).map(({ size }) => size)
      halves.after.write(pieces(sizes, x), fixed, pieces(halves.results, into))
    }
    return Object.assign(apply, { write })
  }
}

/** The halves for directions of one shape, and what the first of them found at a point. */
interface AtPoint<Y> {
  readonly halves: Halves<Y>
  readonly fixed: ReadonlyArray<Tensor>
}

/** What depends on the point, and what then depends on the directions. */
interface Halves<Y> {
  readonly before: Engine
  readonly after: Engine
  /** The sizes of the results of `after`. */
  readonly results: ReadonlyArray<number>
  readonly assemble: (outputs: ReadonlyArray<Tensor>) => Y
}

/**
 * The same function, faster: for each structure and shapes of its arguments it is staged to a program once, simplified, fused
 * into SIMD loops and matrix products over one arena of WebAssembly memory, and kept. A function that returns a function, such
 * as `hvp(loss)`, is compiled in two parts: what depends on the point is computed once for each point.
 *
 * **Shapes** as for `f`, whose arguments and result are trees of tensors.
 *
 * **Laws** equal to `f` up to rounding: elementary functions within 2 ulp, sums in another order. `grad`, `valueAndGrad`, `hvp` and
 * `vmap` of a compiled function are compiled too, so that `hvp(compile(f))` is `compile(hvp(f))`; other transforms run its program
 * operation by operation.
 *
 * **Cost** the first call stages and compiles (some milliseconds); the others allocate nothing but their results.
 *
 * **Fails** with a `Defect` when `f` reads the numbers of a value. Where WebAssembly is missing or refused, or has too little memory
 * (one warning, `GRADUS_ARENA`), the program is interpreted. `useCompilation('never')` calls `f` itself.
 *
 * @example
 * import { compile, grad, hvp, square, sum, type Tensor, tensor, toArray } from 'gradus'
 * const loss = (x: Tensor) => sum(square(x))
 * toArray(compile(grad(loss))(tensor([1, 2]))) // => [2, 4]
 * toArray(compile(hvp(loss))(tensor([1, 2]))(tensor([1, 0]))) // => [2, 0]
 *
 * @since 0.1.0
 */
export const compile = <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y): ((...args: A) => Y) =>
  compiled(f, false)

/** The same for a step, whose results, leaf by leaf, are going to be its last arguments: they are kept where those are read. */
export const compileStep = <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y): ((...args: A) => Y) =>
  compiled(f, true)

const compiled = <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y, isStep: boolean): ((...args: A) => Y) => {
  const known = signatures<Known<Y>>()
  // Called only where `f` was seen to return a function.
  const curried = compileCurried((...args: A) => f(...args) as Y & ((...directions: ReadonlyArray<unknown>) => unknown))
  const fast = (...args: A): Y => {
    if (isCompilationOff()) return f(...args)
    const found = known.find(args)
    if (found?.known._tag === 'Function') return found.known.call(found.tensors)
    if (found === undefined) {
      const learnt = learn(f, args, isStep)
      known.learn(args, learnt)
      if (learnt._tag === 'Function') return learnt.call(tensorsIn(args))
    }
    return curried(...args) as Y
  }
  return enterCompiled(fast, f, (own) => (isFunction(own) ? compile(own) : own))
}

const isFunction = (value: unknown): value is (...args: ReadonlyArray<unknown>) => unknown =>
  typeof value === 'function'
