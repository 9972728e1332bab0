/** Linear systems known by their products: conjugate gradients and restarted GMRES on plain arrays. */
import { combination, divided, dotOf, projectOut } from './krylov.js'
import { normOf } from './magnitude.js'
import { plainCg, truncatedCg } from './truncatedCg.js'

/** The last iterate, how far its product is from the right side, and a lower bound of the norm of the matrix. */
export interface Iterated {
  readonly x: Float64Array
  readonly residual: number
  readonly steps: number
  readonly scale: number
}

type Multiply = (v: Float64Array) => Float64Array

const rest = (multiply: Multiply, b: Float64Array, x: Float64Array): Float64Array => {
  const image = multiply(x)
  return b.map((entry, i) => entry - image[i])
}

/**
 * Hestenes and Stiefel (1952) for positive definite matrices. Ends early where a direction of no positive curvature shows that
 * the matrix is none.
 */
export const conjugateGradients = (multiply: Multiply, b: Float64Array, tolerance: number, most: number): Iterated => {
  let scale = 0
  const watched = (d: Float64Array): Float64Array => {
    const image = multiply(d)
    const curvature = dotOf(d, image)
    if (curvature > 0) scale = Math.max(scale, curvature / dotOf(d, d))
    return image
  }
  const { x, products } = truncatedCg(watched, b, { ...plainCg, tolerance, most })
  return { x, residual: normOf(rest(multiply, b, x)), steps: products, scale }
}

/** Saad and Schultz (1986): the smallest residual in a Krylov space of at most `width` dimensions, again from what is left. */
export const gmres = (
  multiply: Multiply,
  b: Float64Array,
  tolerance: number,
  most: number,
  width: number,
): Iterated => {
  const n = b.length
  const goal = tolerance * normOf(b)
  const x = new Float64Array(n)
  let r: Float64Array = b.slice()
  let residual = normOf(r)
  let scale = 0
  let steps = 0
  let last = Infinity
  // A cycle that does not halve what is left will not do better from the same place.
  while (steps < most && residual > goal && residual < last / 2) {
    last = residual
    const basis = [divided(r, residual)]
    const columns: Array<Float64Array> = []
    const turns: Array<readonly [number, number]> = []
    const right = [residual]
    while (columns.length < Math.min(width, n) && steps < most && Math.abs(right[columns.length]) > goal) {
      const k = columns.length
      const image = multiply(basis[k])
      steps += 1
      scale = Math.max(scale, normOf(image))
      const column = new Float64Array(k + 2)
      for (let i = 0; i <= k; i++) column[i] = dotOf(basis[i], image)
      const left = projectOut(basis, image)
      const length = normOf(left)
      column[k + 1] = length
      for (let i = 0; i < k; i++) {
        const [c, s] = turns[i]
        const [a, d] = [column[i], column[i + 1]]
        column[i] = c * a + s * d
        column[i + 1] = c * d - s * a
      }
      const hypotenuse = Math.hypot(column[k], column[k + 1])
      const [c, s] = hypotenuse === 0 ? [1, 0] : [column[k] / hypotenuse, column[k + 1] / hypotenuse]
      turns.push([c, s])
      column[k] = hypotenuse
      right.push(-s * right[k])
      right[k] *= c
      columns.push(column)
      if (!(length > 0)) break
      basis.push(divided(left, length))
    }
    const y = new Float64Array(columns.length)
    for (let i = columns.length - 1; i >= 0; i--) {
      let total = right[i]
      for (let j = i + 1; j < columns.length; j++) total -= columns[j][i] * y[j]
      y[i] = columns[i][i] === 0 ? 0 : total / columns[i][i]
    }
    const step = combination(n, basis.slice(0, y.length), y)
    for (let i = 0; i < n; i++) x[i] += step[i]
    r = rest(multiply, b, x)
    residual = normOf(r)
  }
  return { x, residual, steps, scale }
}
