/** The layout of matrix products: what is moved so that many small products become one large product. */
import type { Contraction } from '../core/LinearMap.js'
import { type Shape, sizeOf } from '../data/Shape.js'
import { contractP, productSumP } from '../primitive/contraction.js'
import { type FoldedForm, foldedForm, matrixForm } from '../primitive/contractionPlan.js'
import { permuteP } from '../primitive/structure.js'
import { firstResult, type Instruction, operationOf, type Program, type Ref, shapeAt } from './Program.js'
import { isContraction } from './params.js'

const tiled = (n: number): number => 4 * Math.ceil(n / 4)

/** Multiplications that take as long as moving one number from one order of axes to another. */
const MOVE = 8

/** Cost in multiplications: kernels round rows and columns up to tiles of four, and pack both operands. */
const costOf = ({ batch, m, n, k }: FoldedForm['sizes']): number => batch * (tiled(m) * tiled(n) * k + 2 * k * (m + n))

/** Whether moving pays; where the operands as they lie are no batch of matrices at all, they are moved in any case. */
const pays = (labels: Contraction, left: Shape, right: Shape, { sizes, ...folded }: FoldedForm): boolean => {
  const asTheyLie = matrixForm(labels, left, right)
  const moved =
    (folded.left === undefined ? 0 : sizeOf(left)) +
    (folded.right === undefined ? 0 : sizeOf(right)) +
    (folded.arrange === undefined ? 0 : sizes.batch * sizes.m * sizes.n)
  return asTheyLie === undefined || costOf(sizes) + MOVE * moved < costOf(asTheyLie)
}

/**
 * Same outputs, bit for bit where a product sums over one axis, as all products of matrices do; with several summed axes the
 * order of the terms may change. Permutations are put before and after a product where one product over all rows and columns,
 * with them, costs less than a batch that shares an operand.
 */
export const withFoldedProducts = (program: Program): Program => {
  const first = firstResult(program)
  const made: Array<Instruction> = []
  const renamed: Array<Ref> = Array.from({ length: first }, (_, ref) => ref)
  const append = (instruction: Instruction): Ref => first + made.push(instruction) - 1
  const permuted = (ref: Ref, shape: Shape, permutation: Shape | undefined): Ref =>
    permutation === undefined
      ? ref
      : append({
          operation: operationOf(permuteP, { permutation }),
          inputs: [ref],
          shape: permutation.map((axis) => shape[axis] ?? 0),
        })
  for (const { operation, inputs, shape } of program.instructions) {
    const [a = 0, b = 0] = inputs
    const [refA = 0, refB = 0] = inputs.map((ref) => renamed[ref] ?? ref)
    const [left, right] = [shapeAt(program, a), shapeAt(program, b)]
    const isProduct = operation.name === 'contract' || operation.name === 'productSum'
    const labels = isProduct && isContraction(operation.params) ? operation.params : undefined
    const form = labels && sizeOf(shape) > 0 ? foldedForm(labels, left, right) : undefined
    if (labels === undefined || form === undefined || !pays(labels, left, right, form)) {
      renamed.push(append({ operation, inputs: inputs.map((ref) => renamed[ref] ?? ref), shape }))
      continue
    }
    const primitive = operation.name === 'contract' ? contractP : productSumP
    const sources = [permuted(refA, left, form.left), permuted(refB, right, form.right)]
    const natural = naturalShape(shape, form.arrange)
    const result = append({ operation: operationOf(primitive, form.labels), inputs: sources, shape: natural })
    renamed.push(permuted(result, natural, form.arrange))
  }
  return {
    ...program,
    instructions: made,
    outputs: program.outputs.map((ref) => renamed[ref] ?? ref),
  }
}

/** The shape that the permutation turns into this one. */
const naturalShape = (shape: Shape, permutation: Shape | undefined): Shape =>
  permutation === undefined ? shape : shape.map((_, axis) => shape[permutation.indexOf(axis)] ?? 0)
