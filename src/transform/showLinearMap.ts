/** Linear maps as formulas, for readers: `explain` prints a tape with them, forwards and transposed. */

import type { Contraction, Equation, LinearMap, Window } from '../core/LinearMap.js'
import { zeros } from '../data/construct.js'
import { type Shape, showShape } from '../data/Shape.js'
import type { Sliding } from '../data/Sliding.js'
import type { Tensor } from '../data/Tensor.js'

const letters = (labels: ReadonlyArray<number>): string =>
  labels.map((label) => String.fromCharCode(105 + label)).join('')

const inEinsum = ({ left, right, out }: Contraction, a: string, b: string): string => {
  const known = [...new Set([...left, ...right, ...out])]
  const code = (labels: ReadonlyArray<number>): string => letters(labels.map((label) => known.indexOf(label)))
  return `einsum('${code(left)},${code(right)}->${code(out)}', ${a}, ${b})`
}

const transposed = (name: string, labels: ReadonlyArray<number>, first: number | undefined): string =>
  labels.length === 2 && labels[0] !== first ? `${name}ᵀ` : name

/** A contraction as the products of linear algebra where it is one, as an einsum otherwise. */
const showContraction = (labels: Contraction, a: string, b: string): string => {
  const { left, right, out } = labels
  const summed = left.filter((label) => right.includes(label) && !out.includes(label))
  const [k] = summed
  const small = left.length <= 2 && right.length <= 2 && out.length === left.length + right.length - 2 * summed.length
  if (small && summed.length === 0 && left.length === 1 && right.length === 1)
    return out[0] === left[0] ? `${a} ⊗ ${b}` : `${b} ⊗ ${a}`
  if (small && summed.length === 0 && left.length * right.length === 0)
    return left.length === 0 ? `${a} ⊙ ${b}` : `${b} ⊙ ${a}`
  if (!small || summed.length !== 1) return inEinsum(labels, a, b)
  if (out.length === 0) return `⟨${a}, ${b}⟩`
  // The factor that holds the rows of the result stands first; a vector stands last.
  const leads = out.length === 2 ? left.includes(out[0] ?? -1) : left.length === 2
  const [first, then] = leads ? [left, right] : [right, left]
  const [x, y] = leads ? [a, b] : [b, a]
  return `${transposed(x, first, out[0])} · ${transposed(y, then, k)}`
}

const showWindow = ({ starts, strides, inner, outer }: Window): string =>
  inner
    .map((length, axis) => {
      const [start, stride] = [starts[axis] ?? 0, strides[axis] ?? 1]
      const end = length === 0 ? start : start + (length - 1) * stride + 1
      if (start === 0 && stride === 1 && length === outer[axis]) return ':'
      return `${start}:${end}${stride === 1 ? '' : `:${stride}`}`
    })
    .join(', ')

const showSliding = ({ size, strides, dilation }: Sliding): string =>
  [
    `windows ${showShape(size)}`,
    ...(strides.some((stride) => stride !== 1) ? [`strides ${showShape(strides)}`] : []),
    ...(dilation.some((step) => step !== 1) ? [`dilation ${showShape(dilation)}`] : []),
  ].join(', ')

const along = (axes: Shape, rank: number): string => (axes.length === rank ? '' : `, axes ${showShape(axes)}`)

const showSolve = (equation: Equation, a: string, transposed: boolean, t: string): string => {
  if (equation === 'commutator' || equation === 'strictCommutator') return `gaps(${a})⁻¹ ⊙ ${t}`
  const solved = equation === 'matrix' ? a : `${equation.replace('unit', 'unit ').toLowerCase()}(${a})`
  return `${solved}${transposed ? '⁻ᵀ' : '⁻¹'} · ${t}`
}

/** What stands outside all brackets. */
const bare = (text: string): string => {
  const less = text.replace(/[([][^()[\]]*[)\]]/g, '')
  return less === text ? text : bare(less)
}

/** An image as the operand of the next map, in brackets where it would be read otherwise. */
const operandOf = (map: LinearMap, image: string): string => {
  const misread =
    map._tag === 'Permute'
      ? /[ −]/
      : map._tag === 'Contract' || map._tag === 'Solve'
        ? / [⊙+] /
        : map._tag === 'Scale'
          ? / [·+] /
          : undefined
  return misread?.test(bare(image)) === true ? `(${image})` : image
}

/** L t in words, where `t` names the operand and `name` names a coefficient so that it can stand in a product. */
export const showLinearMap = (map: LinearMap, t: string, name: (coefficient: Tensor) => string): string => {
  switch (map._tag) {
    case 'Identity':
      return t
    case 'Negate':
      return `−${t}`
    case 'Scale':
      return `${name(map.by)} ⊙ ${t}`
    case 'Sum':
      return `sum(${t}${along(map.axes, map.outer.length)})`
    case 'Spread':
      return `spread(${t}${along(map.axes, map.outer.length)})`
    case 'Permute':
      return map.permutation.join() === '1,0' ? `${t}ᵀ` : `permute(${t}, ${showShape(map.permutation)})`
    case 'Reshape':
      return `reshape(${t}, ${showShape(map.to)})`
    case 'Flip':
      return `flip(${t}, axes ${showShape(map.axes)})`
    case 'Slice':
      return `${t}[${showWindow(map.window)}]`
    case 'Pad':
      return `pad(${t} at [${showWindow(map.window)}] of ${showShape(map.window.outer)})`
    case 'Unfold':
      return `unfold(${t}, ${showSliding(map)})`
    case 'Fold':
      return `fold(${t}, ${showSliding(map)})`
    case 'Fourier':
      return map.transposed ? `conj(F) ${t}` : `F ${t}`
    case 'Cumulate':
      return `cumsum(${t}, axis ${map.axis}${map.reverse ? ', from the end' : ''})`
    case 'Gather':
      return `gather(${t}, ${name(map.indices)}, axis ${map.axis})`
    case 'Scatter':
      return `scatter(${t}, ${name(map.indices)}, axis ${map.axis})`
    case 'Contract':
      return map.side === 'left'
        ? showContraction(map.labels, t, name(map.by))
        : showContraction(map.labels, name(map.by), t)
    case 'Custom':
      return `${map.name.replaceAll('ᵀᵀ', '')}(${t})`
    case 'Solve':
      return showSolve(map.equation, name(map.by[0] ?? zeros([])), map.transposed, t)
    case 'MatrixFunction':
      return `D${map.of}(${name(map.by)}${map.transposed ? 'ᵀ' : ''})[${t}]`
    case 'Plus':
      return `(${map.maps.map((each) => showLinearMap(each, t, name)).join(' + ')})`
    case 'Compose':
      return map.maps.reduce((image, each) => showLinearMap(each, operandOf(each, image), name), t)
  }
}
