/** Algebra that is exact in IEEE arithmetic: what is rewritten gives the same bits, NaN and signed zeros included. */
import type { Primitive } from '../core/Primitive.js'
import { type Shape, sameShape } from '../data/Shape.js'
import { periodOf, type Tensor } from '../data/Tensor.js'
import { addP, negP, subP } from '../primitive/arithmetic.js'
import { contractP, productSumP } from '../primitive/contraction.js'
import { permuteP, reshapeP } from '../primitive/structure.js'
import { type Instruction, operationOf, type Program, type Ref } from './Program.js'
import { isContraction, isPermutation } from './params.js'
import { type Fate, type Rebuilding, rebuild } from './rebuild.js'

type Rule = (instruction: Instruction, state: Rebuilding) => Fate | undefined

const alias = (ref: Ref): Fate => ({ _tag: 'Alias', ref })

const keep = <Params>(
  primitive: Primitive<Params>,
  params: Params,
  inputs: ReadonlyArray<Ref>,
  shape: Shape,
): Fate => ({
  _tag: 'Keep',
  instruction: { operation: operationOf(primitive, params), inputs, shape },
})

const isFilledWith = (value: number, tensor: Tensor | undefined): boolean =>
  tensor !== undefined && periodOf(tensor).length === 1 && Object.is(periodOf(tensor)[0], value)

/** The input of a value that is the result of the named operation. */
const under = (name: string, ref: Ref, { instructionAt }: Rebuilding): Ref | undefined => {
  const instruction = instructionAt(ref)
  return instruction?.operation.name === name ? instruction.inputs[0] : undefined
}

/** 1·x, x·1 and x/1 are x; −1·x is −x. */
const unitFactors: Rule = ({ operation: { name }, inputs, shape }, { constantAt }) => {
  const [a = 0, b = 0] = inputs
  if (name === 'mul' || name === 'product') {
    if (isFilledWith(1, constantAt(a))) return alias(b)
    if (isFilledWith(1, constantAt(b))) return alias(a)
    if (isFilledWith(-1, constantAt(a))) return keep(negP, undefined, [b], shape)
    if (isFilledWith(-1, constantAt(b))) return keep(negP, undefined, [a], shape)
  }
  return name === 'div' && isFilledWith(1, constantAt(b)) ? alias(a) : undefined
}

/** −(−x) is x, a + (−b) is a − b, (−a) + b is b − a, a − (−b) is a + b, and a − 0 is a. */
const signs: Rule = ({ operation: { name }, inputs, shape }, state) => {
  const [a = 0, b = 0] = inputs
  if (name === 'neg') {
    const inner = under('neg', a, state)
    return inner === undefined ? undefined : alias(inner)
  }
  if (name === 'add') {
    const [left, right] = [under('neg', a, state), under('neg', b, state)]
    if (right !== undefined) return keep(subP, undefined, [a, right], shape)
    if (left !== undefined) return keep(subP, undefined, [b, left], shape)
  }
  if (name === 'sub') {
    if (isFilledWith(0, state.constantAt(b))) return alias(a)
    const right = under('neg', b, state)
    if (right !== undefined) return keep(addP, undefined, [a, right], shape)
  }
  return undefined
}

const permutationOf = (ref: Ref, { instructionAt }: Rebuilding): Shape | undefined => {
  const params = instructionAt(ref)?.operation.params
  return instructionAt(ref)?.operation.name === 'permute' && isPermutation(params) ? params.permutation : undefined
}

/** Moves that undo or follow each other become one move, or none. */
const moves: Rule = ({ operation: { name, params }, inputs, shape }, state) => {
  const [x = 0] = inputs
  if (name === 'stopGradient') return alias(x)
  if (name === 'reshape') {
    const inner = under('reshape', x, state) ?? x
    if (sameShape(shape, state.shapeAt(inner))) return alias(inner)
    return inner === x ? undefined : keep(reshapeP, { to: shape }, [inner], shape)
  }
  if (name === 'permute' && isPermutation(params)) {
    const inner = permutationOf(x, state)
    const [source] = state.instructionAt(x)?.inputs ?? []
    if (inner === undefined || source === undefined) return undefined
    const both = params.permutation.map((axis) => inner[axis] ?? 0)
    return both.every((axis, i) => axis === i) ? alias(source) : keep(permuteP, { permutation: both }, [source], shape)
  }
  return undefined
}

/** A product reads a permuted operand by its labels. With one summed label the terms keep their order, and so the bits. */
const transposes: Rule = ({ operation: { name, params }, inputs, shape }, state) => {
  if ((name !== 'contract' && name !== 'productSum') || !isContraction(params)) return undefined
  const summed = params.left.filter((label) => params.right.includes(label) && !params.out.includes(label))
  const [a = 0, b = 0] = inputs
  const permuted = [permutationOf(a, state), permutationOf(b, state)]
  if (summed.length > 1 || permuted.every((each) => each === undefined)) return undefined
  const source = (ref: Ref, permutation: Shape | undefined): Ref =>
    permutation === undefined ? ref : (state.instructionAt(ref)?.inputs[0] ?? ref)
  const relabel = (labels: ReadonlyArray<number>, permutation: Shape | undefined): ReadonlyArray<number> =>
    permutation === undefined ? labels : labels.map((_, axis) => labels[permutation.indexOf(axis)] ?? 0)
  return keep(
    name === 'contract' ? contractP : productSumP,
    { left: relabel(params.left, permuted[0]), right: relabel(params.right, permuted[1]), out: params.out },
    [source(a, permuted[0]), source(b, permuted[1])],
    shape,
  )
}

const rules: ReadonlyArray<Rule> = [unitFactors, signs, moves, transposes]

/** Same outputs, bit for bit. One visit: run dead-code elimination after it, and both again until nothing changes. */
export const simplified = (program: Program): Program =>
  rebuild(
    program,
    (instruction, state) =>
      rules.reduce<Fate | undefined>((fate, rule) => fate ?? rule(instruction, state), undefined) ?? {
        _tag: 'Keep',
        instruction,
      },
  )
