/** Linear systems inside derivatives: by elimination where they are small, by Krylov iterations where they are not. */
import { eye, zeros } from '../data/construct.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { conjugateGradients, gmres, type Iterated } from '../kernel/reference/iterative.js'
import { normOf } from '../kernel/reference/magnitude.js'
import { neg, sub } from '../primitive/arithmetic.js'
import { solve } from '../primitive/linalgLu.js'
import { transpose } from '../primitive/structure.js'
import type { Subprogram } from '../program/Subprogram.js'
import { mapped, pulled, pushed, selected } from './derived.js'
import { type Engine, type Joint, perform, type Tensors } from './Joint.js'
import { inTurn } from './loop.js'
import { packed, unpacked } from './packing.js'

/**
 * How a linear system is solved that is known by its products.
 *
 * @since 0.1.0
 */
export interface LinearSolveOptions {
  /**
   * `'dense'` forms the matrix and eliminates; `'iterative'` needs products only: GMRES, or conjugate gradients where the matrix is
   * symmetric and positive definite. Default: dense up to 64 unknowns.
   */
  readonly method?: 'dense' | 'iterative'
  /** Whether the function is its own transpose; default no. */
  readonly symmetric?: boolean
  /** Of iterations: the residual relative to the right side; default 1e-12. */
  readonly tolerance?: number
  /** Of iterations: the largest number of products; default 10 n, at least 100. */
  readonly steps?: number
}

/** A x = b for A that depends on `params`. Both programs take `[...params, ...vector]`. */
export interface System {
  readonly forward: Subprogram
  readonly transposed: Subprogram
  readonly options: LinearSolveOptions
}

const mostDense = 64

/** The largest Krylov space that is kept. */
const width = 100

const total = (shapes: ReadonlyArray<Shape>): number => shapes.reduce((n, shape) => n + sizeOf(shape), 0)

const shapesOf = (tensors: Tensors): ReadonlyArray<Shape> => tensors.map(({ shape }) => shape)

const swapped = ({ forward, transposed, options }: System): System => ({
  forward: transposed,
  transposed: forward,
  options,
})

const dense = ({ forward }: System, params: Tensors, b: Tensors): Tensors => {
  const shapes = shapesOf(b)
  const n = total(shapes)
  const [columns] = mapped(
    (inputs) => [packed(forward.run([...inputs.slice(1), ...unpacked(inputs[0] ?? eye(n), shapes)]))],
    n,
    [true, ...params.map(() => false)],
    [eye(n), ...params],
  )
  return columns === undefined ? [] : unpacked(solve(transpose(columns), packed(b)), shapes)
}

/** An iteration on tensors with numbers, with what it took. */
export const iterated = (
  { forward, options }: System,
  params: Tensors,
  b: Tensors,
  engine: Engine = 'run',
): Iterated & { readonly converged: boolean } => {
  const shapes = shapesOf(b)
  const n = total(shapes)
  const { symmetric = false, tolerance = 1e-12, steps = Math.max(100, 10 * n) } = options
  const multiply = (v: Float64Array): Float64Array =>
    bufferOf(packed(forward[engine]([...params, ...unpacked(adopt(v.slice(), [n]), shapes)])))
  const right = bufferOf(packed(b)).slice()
  const size = normOf(right)
  // What rounding leaves of A x, unless x is so large that there is nothing right about it.
  const rounding = ({ x, scale }: Iterated): number =>
    Math.min(16 * Number.EPSILON * scale * normOf(x), Math.sqrt(Number.EPSILON) * size)
  const reached = (found: Iterated): boolean => found.residual <= Math.max(tolerance * size, rounding(found))
  const first = symmetric ? conjugateGradients(multiply, right, tolerance, steps) : undefined
  const found = first !== undefined && reached(first) ? first : gmres(multiply, right, tolerance, steps, width)
  return { ...found, steps: found.steps + (first === found ? 0 : (first?.steps ?? 0)), converged: reached(found) }
}

export const systemJ: Joint<System> = {
  name: 'linearSolve',
  formula: 'A^{-1} b',
  inert: 0,
  shapes: ({ forward }, members) => members.slice(forward.program.inputs.length - forward.program.outputs.length),
  run: (own, members, engine) => {
    const { params, right } = partsOf(own, members)
    const { x, converged } = iterated(own, params, right, engine)
    return unpacked(adopt(converged ? x : x.map(() => Number.NaN), [x.length]), shapesOf(right))
  },
  // A ẋ = ḃ − Ȧ x.
  pushforward: (own, members, results, active, tangents) => {
    const { params, right } = partsOf(own, members)
    const moved = active.filter((i) => i < params.length)
    const change =
      moved.length === 0
        ? []
        : pushed(own.forward, moved).run([...params, ...results, ...tangents.slice(0, moved.length)])
    const rightChange = right.map((_, i) => tangents[active.indexOf(params.length + i)])
    return perform(systemJ, own, [...params, ...right.map((b, i) => difference(rightChange[i], change[i], b))])
  },
  // b̄ = A⁻ᵀ x̄, and p̄ = −(∂A x / ∂p)ᵀ b̄.
  pullback: (own, members, results, active, cotangents) => {
    const { params } = partsOf(own, members)
    const back = perform(systemJ, swapped(own), [...params, ...cotangents])
    const moved = active.filter((i) => i < params.length)
    const change =
      moved.length === 0
        ? []
        : pulled(own.forward, moved)
            .run([...params, ...results, ...back])
            .map(neg)
    return [
      ...change,
      ...selected(
        back,
        active.filter((i) => i >= params.length).map((i) => i - params.length),
      ),
    ]
  },
  batch: (own, size, batched, members) => inTurn((each) => perform(systemJ, own, each), size, batched, members),
}

/** a − b, where one that is missing is zero. */
const difference = (a: Tensor | undefined, b: Tensor | undefined, like: Tensor): Tensor =>
  a === undefined ? (b === undefined ? zeros(like.shape) : neg(b)) : b === undefined ? a : sub(a, b)

const partsOf = ({ forward }: System, members: Tensors): { readonly params: Tensors; readonly right: Tensors } => {
  const count = forward.program.inputs.length - forward.program.outputs.length
  return { params: members.slice(0, count), right: members.slice(count) }
}

/** A⁻¹ b, with a derivative for everything that A and b depend on. */
export const solvedSystem = (system: System, params: Tensors, b: Tensors): Tensors => {
  const { method = total(shapesOf(b)) <= mostDense ? 'dense' : 'iterative' } = system.options
  return method === 'dense' ? dense(system, params, b) : perform(systemJ, system, [...params, ...b])
}

export const transposedSystem = swapped
