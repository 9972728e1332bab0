/** How a contraction becomes matrix products: which axes are rows, columns, summed and batch, and what must be moved. */
import type { Contraction } from '../core/LinearMap.js'
import { raise } from '../data/Defect.js'
import { type Shape, showShape } from '../data/Shape.js'
import { adopt, bufferOf, type Tensor } from '../data/Tensor.js'
import { provider } from '../kernel/provider.js'
import { absorbProducts } from '../kernel/reference/absorbing.js'
import { allocate } from '../kernel/reference/allocate.js'
import { permuteEntries } from '../kernel/reference/movement.js'

type Labels = ReadonlyArray<number>

/** The length of each label; a `Defect` where the operands disagree. */
export const lengthsOf = ({ left, right }: Contraction, a: Shape, b: Shape): ReadonlyMap<number, number> => {
  const lengths = new Map(left.map((label, axis) => [label, a[axis] ?? 0]))
  right.forEach((label, axis) => {
    const length = b[axis] ?? 0
    const known = lengths.get(label)
    if (known !== undefined && known !== length)
      raise('ShapeMismatch', `contract: ${showShape(a)} and ${showShape(b)} disagree: ${known} ≠ ${length}.`)
    lengths.set(label, length)
  })
  return lengths
}

/** One operand as a batch of matrices: the axis order it needs, and whether the matrices are read transposed. */
interface Reading {
  readonly permutation: Labels | undefined
  readonly transposed: boolean
  /** How many of the looped batch labels it has: all, or none (it is shared by the batch). */
  readonly batched: boolean
}

interface Plan {
  readonly batch: Labels
  readonly rows: Labels
  readonly summed: Labels
  readonly columns: Labels
  readonly left: Reading
  readonly right: Reading
  /** Rows come from the right operand when that leaves the result in its own order. */
  readonly swapped: boolean
  /** From [batch, rows, columns] to the order of `out`, unless they agree. */
  readonly arrange: Labels | undefined
  readonly moves: number
}

const same = (a: Labels, b: Labels): boolean => a.length === b.length && a.every((label, i) => label === b[i])

const reading = (own: Labels, batch: Labels, first: Labels, then: Labels): Reading => {
  const batched = batch.length > 0 && batch.every((label) => own.includes(label))
  const lead = batched ? batch : []
  if (same(own, [...lead, ...first, ...then])) return { permutation: undefined, transposed: false, batched }
  if (same(own, [...lead, ...then, ...first])) return { permutation: undefined, transposed: true, batched }
  return { permutation: [...lead, ...first, ...then].map((label) => own.indexOf(label)), transposed: false, batched }
}

const count = (...moved: ReadonlyArray<unknown>): number => moved.filter((move) => move !== undefined).length

/** `shared` leading labels of the result that one operand lacks are looped over instead of becoming rows or columns. */
const planFor = ({ left, right, out }: Contraction, shared: number, swapped: boolean): Plan => {
  const [a, b] = swapped ? [right, left] : [left, right]
  const looped = out.slice(0, shared)
  const batch = shared > 0 ? looped : out.filter((label) => left.includes(label) && right.includes(label))
  const rows = out.filter((label) => a.includes(label) && !batch.includes(label))
  const columns = out.filter((label) => b.includes(label) && !batch.includes(label))
  const candidates = [a, b].map((order) =>
    order.filter((label) => left.includes(label) && right.includes(label) && !out.includes(label)),
  )
  const plans = candidates.map((summed): Plan => {
    const readA = reading(a, batch, rows, summed)
    const readB = reading(b, batch, summed, columns)
    const natural = [...batch, ...rows, ...columns]
    const arrange = same(natural, out) ? undefined : out.map((label) => natural.indexOf(label))
    return {
      batch,
      rows,
      summed,
      columns,
      left: readA,
      right: readB,
      swapped,
      arrange,
      moves: count(readA.permutation, readB.permutation, arrange),
    }
  })
  return plans.reduce((best, plan) => (plan.moves < best.moves ? plan : best))
}

interface Plans {
  /** One product over as many rows and columns as possible. */
  readonly folded: Plan
  /** A loop of products that share an operand, moving nothing; only where it exists. */
  readonly looped: Plan | undefined
}

const plansOf = (labels: Contraction): Plans => {
  const folded = [false, true]
    .map((swapped) => planFor(labels, 0, swapped))
    .reduce((best, plan) => (plan.moves < best.moves ? plan : best))
  const { left, right, out } = labels
  const lead = (own: Labels, other: Labels): number => {
    const end = out.findIndex((label, i) => own[i] !== label || other.includes(label))
    return end === -1 ? out.length : end
  }
  const shared = Math.max(lead(left, right), lead(right, left))
  const loops =
    shared === 0 || folded.moves === 0 ? [] : [false, true].map((swapped) => planFor(labels, shared, swapped))
  return { folded, looped: loops.find((plan) => plan.moves === 0) }
}

const plans = new WeakMap<Contraction, Plans>()

const remembered = (labels: Contraction): Plans => {
  const known = plans.get(labels)
  if (known !== undefined) return known
  const made = plansOf(labels)
  plans.set(labels, made)
  return made
}

/** A contraction that is a batch of matrix products of its operands as they lie, C = op(first)·op(second). */
export interface MatrixForm {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  /** The first operand is the right one. */
  readonly swapped: boolean
  readonly transposeFirst: boolean
  readonly transposeSecond: boolean
  /** Entries from one matrix of the batch to the next; 0 for an operand that the batch shares. */
  readonly strideFirst: number
  readonly strideSecond: number
}

/** One product over as many rows and columns as possible, and what has to be moved for it. */
export interface FoldedForm {
  /** The order of axes in which it reads each operand, unless as they lie. */
  readonly left: Labels | undefined
  readonly right: Labels | undefined
  /** The labels of what was moved, with a result of batch, rows, columns. */
  readonly labels: Contraction
  /** From that result to the one asked for, unless it is the same. */
  readonly arrange: Labels | undefined
  readonly sizes: { readonly batch: number; readonly m: number; readonly n: number; readonly k: number }
}

/** The folded form of a contraction that moves something; undefined where nothing has to be moved. */
export const foldedForm = (labels: Contraction, left: Shape, right: Shape): FoldedForm | undefined => {
  const { folded } = remembered(labels)
  if (folded.moves === 0) return undefined
  const lengths = lengthsOf(labels, left, right)
  const extent = (group: Labels): number => group.reduce((size, label) => size * (lengths.get(label) ?? 0), 1)
  const { batch, rows, summed, columns, swapped, arrange } = folded
  const [ofLeft, ofRight] = swapped ? [folded.right, folded.left] : [folded.left, folded.right]
  const moved = (own: Labels, permutation: Labels | undefined): Labels =>
    permutation === undefined ? own : permutation.map((axis) => own[axis] ?? 0)
  return {
    left: ofLeft.permutation,
    right: ofRight.permutation,
    labels: {
      left: moved(labels.left, ofLeft.permutation),
      right: moved(labels.right, ofRight.permutation),
      out: [...batch, ...rows, ...columns],
    },
    arrange,
    sizes: { batch: extent(batch), m: extent(rows), n: extent(columns), k: extent(summed) },
  }
}

/** The matrix form of a contraction, where it has one: nothing to move. */
export const matrixForm = (labels: Contraction, left: Shape, right: Shape): MatrixForm | undefined => {
  const { folded, looped } = remembered(labels)
  const plan = folded.moves === 0 ? folded : looped
  if (plan === undefined) return undefined
  const lengths = lengthsOf(labels, left, right)
  const extent = (group: Labels): number => group.reduce((size, label) => size * (lengths.get(label) ?? 0), 1)
  const [m, k, n] = [extent(plan.rows), extent(plan.summed), extent(plan.columns)]
  return {
    batch: extent(plan.batch),
    m,
    n,
    k,
    swapped: plan.swapped,
    transposeFirst: plan.left.transposed,
    transposeSecond: plan.right.transposed,
    strideFirst: plan.left.batched ? m * k : 0,
    strideSecond: plan.right.batched ? k * n : 0,
  }
}

/** Below this many columns or rows a product is too thin for its kernel, and moving entries to widen it pays. */
const thin = 16

/** With `absorbing`, an exact zero wins over ∞ and NaN in every product. */
export const contractTensors = (
  labels: Contraction,
  x: Tensor,
  y: Tensor,
  shape: Shape,
  absorbing: boolean,
): Tensor => {
  const lengths = lengthsOf(labels, x.shape, y.shape)
  const extent = (group: Labels): number => group.reduce((size, label) => size * (lengths.get(label) ?? 0), 1)
  const { folded, looped } = remembered(labels)
  const plan = looped !== undefined && Math.min(extent(looped.rows), extent(looped.columns)) >= thin ? looped : folded
  const [a, b] = plan.swapped ? [y, x] : [x, y]
  const [batch, m, k, n] = [extent(plan.batch), extent(plan.rows), extent(plan.summed), extent(plan.columns)]
  const entries = (read: Reading, t: Tensor): Float64Array =>
    read.permutation === undefined ? bufferOf(t) : permuteEntries(t.shape, read.permutation, bufferOf(t))
  const [p, q] = [entries(plan.left, a), entries(plan.right, b)]
  const out = allocate(batch * m * n)
  const { matmul } = provider()
  const [strideA, strideB] = [plan.left.batched ? m * k : 0, plan.right.batched ? k * n : 0]
  const [transposeA, transposeB] = [plan.left.transposed, plan.right.transposed]
  for (const i of Array.from({ length: out.length === 0 ? 0 : batch }, (_, index) => index)) {
    matmul(m, n, k, p, i * strideA, transposeA, q, i * strideB, transposeB, out, i * m * n)
    if (absorbing) absorbProducts(m, n, k, p, i * strideA, transposeA, q, i * strideB, transposeB, out, i * m * n)
  }
  if (plan.arrange === undefined) return adopt(out, shape)
  const natural = [...plan.batch, ...plan.rows, ...plan.columns].map((label) => lengths.get(label) ?? 0)
  return adopt(permuteEntries(natural, plan.arrange, out), shape)
}
