/** Einstein summation: any product of tensors, named by its indices. */
import { raise } from '../data/Defect.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { contract } from '../primitive/contraction.js'
import { permute, reshape, sum } from '../primitive/structure.js'
import { slice } from '../primitive/window.js'

/** A tensor with a letter for each axis. */
interface Labelled {
  readonly tensor: Tensor
  readonly letters: ReadonlyArray<string>
}

/**
 * The diagonal of the last two axes.
 *
 * **Shapes** `[…, m, n] → […, min(m, n)]`.
 *
 * @example
 * import { diagonal, tensor, toArray } from 'gradus'
 * toArray(diagonal(tensor([[1, 2], [3, 4]]))) // => [1, 4]
 *
 * @since 0.1.0
 */
export const diagonal = (x: Tensor): Tensor => {
  if (x.rank < 2) return raise('ShapeMismatch', `diagonal: expected rank 2 or more, got shape ${showShape(x.shape)}.`)
  const [m = 0, n = 0] = x.shape.slice(-2)
  const batch = x.shape.slice(0, -2)
  const length = Math.min(m, n)
  // In the flattened matrix the diagonal is every (n + 1)-th entry.
  return slice(
    reshape(x, [...batch, m * n]),
    [...batch.map(() => 0), 0],
    [...batch, length === 0 ? 0 : (length - 1) * (n + 1) + 1],
    [...batch.map(() => 1), n + 1],
  )
}

const withoutRepeats = (spec: string, { tensor, letters }: Labelled): Labelled => {
  const first = letters.findIndex((letter, i) => letters.indexOf(letter) !== i)
  if (first === -1) return { tensor, letters }
  const letter = letters[first] ?? ''
  const pair = [letters.indexOf(letter), first]
  const others = letters.flatMap((_, axis) => (pair.includes(axis) ? [] : [axis]))
  const [i, j] = pair.map((axis) => tensor.shape[axis])
  if (i !== j) return raise('ShapeMismatch', `einsum '${spec}': index ${letter} has lengths ${i} and ${j}.`)
  return withoutRepeats(spec, {
    tensor: diagonal(permute(tensor, [...others, ...pair])),
    letters: [...others.map((axis) => letters[axis] ?? ''), letter],
  })
}

const sumOver = ({ tensor, letters }: Labelled, gone: (letter: string) => boolean): Labelled => {
  const axes = letters.flatMap((letter, axis) => (gone(letter) ? [axis] : []))
  return { tensor: sum(tensor, { axes }), letters: letters.filter((letter) => !gone(letter)) }
}

/** Contracts two operands, keeping the indices that are needed later. */
const pair = (spec: string, a: Labelled, b: Labelled, needed: (letter: string) => boolean): Labelled => {
  const left = sumOver(a, (letter) => !b.letters.includes(letter) && !needed(letter))
  const right = sumOver(b, (letter) => !a.letters.includes(letter) && !needed(letter))
  const all = [...new Set([...left.letters, ...right.letters])]
  const lengths = (x: Labelled, letter: string): number | undefined => x.tensor.shape[x.letters.indexOf(letter)]
  const clash = all.find((letter) => {
    const [p, q] = [lengths(left, letter), lengths(right, letter)]
    return p !== undefined && q !== undefined && p !== q
  })
  if (clash !== undefined)
    return raise(
      'ShapeMismatch',
      `einsum '${spec}': index ${clash} has lengths ${lengths(left, clash)} and ${lengths(right, clash)}.`,
    )
  const out = all.filter(needed)
  const code = (letters: ReadonlyArray<string>): ReadonlyArray<number> => letters.map((letter) => all.indexOf(letter))
  return {
    tensor: contract(
      { left: code(left.letters), right: code(right.letters), out: code(out) },
      left.tensor,
      right.tensor,
    ),
    letters: out,
  }
}

const parse = (
  spec: string,
  operands: ReadonlyArray<Tensor>,
): readonly [ReadonlyArray<ReadonlyArray<string>>, ReadonlyArray<string>] => {
  const [before = '', after, ...more] = spec.replaceAll(' ', '').split('->')
  const inputs = before.split(',').map((letters) => [...letters])
  const seen = inputs.flat()
  const once = [...new Set(seen)].filter((letter) => seen.indexOf(letter) === seen.lastIndexOf(letter)).sort()
  const output = after === undefined ? once : [...after]
  if (more.length > 0 || ![...seen, ...output].every((letter) => /^[a-zA-Z]$/.test(letter)))
    return raise('InvalidArgument', `einsum: expected letters, commas and at most one '->', got '${spec}'.`)
  if (inputs.length !== operands.length)
    return raise('InvalidArgument', `einsum '${spec}': names ${inputs.length} operands, got ${operands.length}.`)
  const rank = inputs.findIndex((letters, i) => letters.length !== operands[i]?.rank)
  if (rank !== -1)
    return raise(
      'ShapeMismatch',
      `einsum '${spec}': operand ${rank} has shape ${showShape(operands[rank]?.shape ?? [])}, expected ${inputs[rank]?.length} axes.`,
    )
  const unknown = output.find((letter, i) => !seen.includes(letter) || output.indexOf(letter) !== i)
  return unknown === undefined
    ? [inputs, output]
    : raise('InvalidArgument', `einsum '${spec}': result index ${unknown} must occur once there and in an operand.`)
}

/**
 * The sum over all indices that the result lacks of the product of the operands; a letter names an axis.
 *
 * **Shapes** `'ij,jk->ik'` is the matrix product, `'ii->i'` the diagonal, `'ij->ji'` the transpose, `'i,j->ij'` the outer
 * product. Without `->` the result has the indices that occur once, in alphabetical order.
 *
 * **Cost** operands are contracted in pairs from the left.
 *
 * **Fails** with a `Defect` that names the index on which operands disagree.
 *
 * @example
 * import { einsum, tensor, toArray } from 'gradus'
 * const a = tensor([[1, 2], [3, 4]])
 * toArray(einsum('ij,jk->ik', a, a)) // => [[7, 10], [15, 22]]
 * toArray(einsum('ii', a)) // => 5
 *
 * @since 0.1.0
 */
export const einsum = (spec: string, ...operands: ReadonlyArray<Tensor>): Tensor => {
  const [inputs, output] = parse(spec, operands)
  const labelled = operands.map((tensor, i) => withoutRepeats(spec, { tensor, letters: inputs[i] ?? [] }))
  const [first, ...rest] = labelled
  if (first === undefined) return raise('InvalidArgument', 'einsum: expected at least one operand.')
  const whole = rest.reduce((done, next, i) => {
    const later = new Set([...output, ...rest.slice(i + 1).flatMap(({ letters }) => letters)])
    return pair(spec, done, next, (letter) => later.has(letter))
  }, first)
  const { tensor, letters } = sumOver(whole, (letter) => !output.includes(letter))
  return permute(
    tensor,
    output.map((letter) => letters.indexOf(letter)),
  )
}
