/** The problems 28 to 35 of Moré, Garbow and Hillstrom (1981): discretised equations, linear functions, quadrature. */
import { full } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { add, div, mul, square, sub } from '../primitive/arithmetic.js'
import { dot } from '../primitive/contraction.js'
import { pow } from '../primitive/elementary.js'
import { cumsum } from '../primitive/reduction.js'
import { expandDims, sum } from '../primitive/structure.js'
import { concat, flip, pad, slice } from '../primitive/window.js'
import { plus, point, tabulated } from './entries.js'
import { mgh } from './mgh.js'
import { globally, type KnownMinimum, type ProblemFamily, squaresOf, variable } from './Problem.js'

/** Each entry's neighbor `distance` places after it (before it where that is negative), 0 beyond the ends. */
const neighbor = (x: Tensor, distance: number): Tensor => {
  const [n = 0] = x.shape
  const far = Math.min(Math.abs(distance), n)
  return distance < 0 ? pad(slice(x, [0], [n - far]), [[far, 0]]) : pad(slice(x, [far], [n]), [[0, far]])
}

/** The inner points of n + 1 equal steps from 0 to 1. */
const mesh = (n: number): Tensor => tabulated(n, (i) => i / (n + 1))

const meshStart = (n: number): Tensor => tabulated(n, (i) => (i / (n + 1)) * (i / (n + 1) - 1))

const discreteBoundaryValue = variable(
  {
    name: 'discrete-boundary-value',
    title: 'Discrete boundary value',
    source: mgh(28, 'Moré and Cosnard (1979)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  { standard: 10 },
  (n) => {
    const shifted = add(mesh(n), 1)
    const h = 1 / (n + 1)
    return squaresOf({
      residuals: (x) =>
        add(sub(sub(mul(2, x), neighbor(x, -1)), neighbor(x, 1)), mul((h * h) / 2, pow(add(x, shifted), 3))),
      starts: [meshStart(n)],
      minima: [globally(0)],
    })
  },
)

const discreteIntegralEquation = variable(
  {
    name: 'discrete-integral-equation',
    title: 'Discrete integral equation',
    source: mgh(29, 'Moré and Cosnard (1979)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  { standard: 10 },
  (n) => {
    const t = mesh(n)
    const [rest, shifted] = [sub(1, t), add(t, 1)]
    const h = 1 / (n + 1)
    return squaresOf({
      residuals: (x) => {
        const cubes = pow(add(x, shifted), 3)
        const left = cumsum(mul(t, cubes))
        // Strictly after i: the running sum from the end, moved by one.
        const right = neighbor(cumsum(mul(rest, cubes), { reverse: true }), 1)
        return add(x, mul(h / 2, add(mul(rest, left), mul(t, right))))
      },
      starts: [meshStart(n)],
      minima: [globally(0)],
    })
  },
)

const broydenTridiagonal = variable(
  {
    name: 'broyden-tridiagonal',
    title: 'Broyden, tridiagonal',
    source: mgh(30, 'Broyden (1965)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  { standard: 10 },
  (n) =>
    squaresOf({
      residuals: (x) => add(sub(sub(mul(sub(3, mul(2, x)), x), neighbor(x, -1)), mul(2, neighbor(x, 1))), 1),
      starts: [full([n], -1)],
      minima: [globally(0)],
    }),
)

const broydenBanded = variable(
  {
    name: 'broyden-banded',
    title: 'Broyden, banded',
    source: mgh(31, 'Broyden (1971)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  { standard: 10 },
  (n) =>
    squaresOf({
      residuals: (x) => {
        const bent = mul(x, add(1, x))
        const band = plus(neighbor(bent, 1), ...[-1, -2, -3, -4, -5].map((distance) => neighbor(bent, distance)))
        return sub(add(mul(x, add(2, mul(5, square(x)))), 1), band)
      },
      starts: [full([n], -1)],
      minima: [globally(0)],
    }),
)

const linearFullRank = variable(
  {
    name: 'linear-full-rank',
    title: 'Linear, full rank',
    source: mgh(32, 'unpublished, 2n residuals'),
    kinds: ['sum of squares', 'quadratic', 'linear residuals'],
  },
  { standard: 10 },
  (n) =>
    squaresOf({
      residuals: (x) => sub(sub(concat([x, full([n], 0)]), div(sum(x), n)), 1),
      starts: [full([n], 1)],
      minima: [globally(n, full([n], -1))],
    }),
)

const linearRank1 = variable(
  {
    name: 'linear-rank-1',
    title: 'Linear, rank 1',
    source: mgh(33, 'unpublished, 2n residuals'),
    kinds: ['sum of squares', 'quadratic', 'linear residuals', 'singular minimum'],
  },
  { standard: 10 },
  (n) => {
    const [i, j, m] = [tabulated(2 * n, (k) => k), tabulated(n, (k) => k), 2 * n]
    return squaresOf({
      residuals: (x) => sub(mul(i, dot(j, x)), 1),
      starts: [full([n], 1)],
      // Wherever Σ j xⱼ = 3 / (2m + 1).
      minima: [globally((m * (m - 1)) / (2 * (2 * m + 1)))],
    })
  },
)

const linearRank1Zeros = variable(
  {
    name: 'linear-rank-1-zeros',
    title: 'Linear, rank 1 with zero columns and rows',
    source: mgh(34, 'unpublished, 2n residuals'),
    kinds: ['sum of squares', 'quadratic', 'linear residuals', 'singular minimum'],
  },
  { least: 3, standard: 10 },
  (n) => {
    const m = 2 * n
    const i = tabulated(m, (k) => (k < m ? k - 1 : 0))
    const j = tabulated(n, (k) => (k === 1 || k === n ? 0 : k))
    return squaresOf({
      residuals: (x) => sub(mul(i, dot(j, x)), 1),
      starts: [full([n], 1)],
      minima: [globally((m * m + 3 * m - 6) / (2 * (2 * m - 3)))],
    })
  },
)

const chebyquadMinima: Readonly<Record<number, KnownMinimum>> = {
  8: globally(
    0.0035168737256779316,
    point(
      ...[0.04315276015101663, 0.1930908403841861, 0.26632870689027294, 0.5],
      ...[0.5, 0.7336712931097271, 0.8069091596158139, 0.9568472398489833],
    ),
  ),
  9: globally(
    0,
    point(
      ...[0.04420534613578276, 0.19949067230988096, 0.23561910847106, 0.416046907892598, 0.5],
      ...[0.583953092107402, 0.76438089152894, 0.8005093276901191, 0.9557946538642172],
    ),
  ),
  10: globally(
    0.006503954800882306,
    point(
      ...[0.0596199005358127, 0.16670828183586142, 0.2391706589426085, 0.3988842923060445, 0.3988842923060445],
      ...[0.6011157076939555, 0.6011157076939555, 0.7608293410573915, 0.8332917181641386, 0.9403800994641873],
    ),
  ),
}

/** T₁ … Tₙ of the entries of y in rows, doubled by Tₖ₊ⱼ = 2 Tₖ Tⱼ − Tₖ₋ⱼ: so few operations that n may be a thousand. */
const chebyshev = (y: Tensor, n: number): Tensor => {
  const grow = (rows: Tensor): Tensor => {
    const [k = 1] = rows.shape
    if (k >= n) return slice(rows, [0, 0], [n, y.shape[0] ?? 0])
    const highest = slice(rows, [k - 1, 0], [k, y.shape[0] ?? 0])
    // Tₖ₋₁ … T₀.
    const before = flip(concat([full([1, y.shape[0] ?? 0], 1), slice(rows, [0, 0], [k - 1, y.shape[0] ?? 0])]), [0])
    return grow(concat([rows, sub(mul(2, mul(highest, rows)), before)]))
  }
  return grow(expandDims(y, 0))
}

const chebyquad = variable(
  {
    name: 'chebyquad',
    title: 'Chebyquad',
    source: mgh(35, 'Fletcher (1965)'),
    kinds: ['sum of squares', 'polynomial'],
  },
  { standard: 8 },
  (n) => {
    const integrals = tabulated(n, (i) => (i % 2 === 0 ? -1 / (i * i - 1) : 0))
    return squaresOf({
      residuals: (x) => sub(div(sum(chebyshev(sub(mul(2, x), 1), n), { axes: [1] }), n), integrals),
      starts: [mesh(n)],
      // Quadrature with equal weights exists for up to 7 points, and for 9.
      minima: n <= 7 ? [globally(0)] : [chebyquadMinima[n]].flatMap((minimum) => minimum ?? []),
    })
  },
)

export const variableBanded: ReadonlyArray<ProblemFamily> = [
  discreteBoundaryValue,
  discreteIntegralEquation,
  broydenTridiagonal,
  broydenBanded,
  linearFullRank,
  linearRank1,
  linearRank1Zeros,
  chebyquad,
]
