/**
 * Cross-entropy of a deep autoencoder with sigmoids but for the middle and the last layer, by hand. For each layer, with H₀ = X:
 *   Z = H·W + b, H' = σ(Z) or Z, and from the last layer D = (σ(Z) − X)/N down, E = G'·W'ᵀ, G = E∘S or E, with S = H'∘(1 − H')
 *   gradients: Hᵀ·G, Σ G; along (Ẇ, ḃ): Ż = Ḣ·W + H·Ẇ + ḃ, Ḣ' = S∘Ż, Ḋ = σ(Z)∘(1 − σ(Z))∘Ż/N,
 *   Ė = Ġ'·W'ᵀ + G'·Ẇ'ᵀ, Ġ = Ė∘S + E∘(1 − 2H')∘Ḣ'; products: Hᵀ·Ġ + Ḣᵀ·G, Σ Ġ
 * H lies above Ḣ and Ġ above G, so that the products of a layer are a single one of matrices with 2N rows.
 */
import { raise } from '../../../src/data/Defect.js'
import type { Numbers } from '../serve.js'
import type { Task } from '../tasks.js'
import {
  column,
  columnSum,
  entry,
  type Hand,
  loop,
  places,
  product,
  productNT,
  productTN,
  type Step,
  scalar,
  total,
} from './steps.js'

/** Layer number i reads `from` numbers a row and makes `to`. */
interface Layer {
  readonly from: number
  readonly to: number
  readonly isLinear: boolean
  /** Weights and biases, their directions, and their gradients or products. */
  readonly w: number
  readonly b: number
  readonly dw: number
  readonly db: number
  readonly gw: number
  readonly gb: number
  /** What it reads, above its tangent. */
  readonly h: number
  readonly dotH: number
  /** The gradient with respect to what it makes before the sigmoid, below its tangent. */
  readonly dotG: number
  readonly g: number
  /** The gradient after the sigmoid. */
  readonly e: number
}

export const autoencoder = ({ shapes, data }: Task, { p, v, data: numbers }: Numbers, base: number): Hand => {
  const [n = 0] = data['inputs.f64'] ?? []
  const count = shapes.length / 2
  const { matrix, vector, end } = places(base)
  const layers = Array.from({ length: count }, (_, i): Layer => {
    const [from = 0, to = 0] = shapes[2 * i] ?? []
    const h = matrix(2 * n, from)
    const dotG = matrix(2 * n, to)
    return {
      ...{ from, to, isLinear: i === count / 2 - 1 },
      ...{
        w: matrix(from, to),
        b: vector(to),
        dw: matrix(from, to),
        db: vector(to),
        gw: matrix(from, to),
        gb: vector(to),
      },
      ...{ h, dotH: h + n * from, dotG, g: dotG + n * to, e: matrix(n, to) },
    }
  })
  const layer = (i: number): Layer => layers[i] ?? raise('InvalidArgument', `hand: no layer ${i}`)
  const widest = Math.max(...layers.map(({ to }) => to))
  const [first, last] = [layer(0), layer(count - 1)]
  const [forth, back, slope] = [matrix(n, widest), matrix(n, widest), matrix(n, last.to)]
  const [value, one, two, scale] = [vector(1), vector(1), vector(1), vector(1)]
  const upward = Array.from({ length: count - 1 }, (_, i) => i)
  const downward = [...upward].reverse()

  const forward = [
    ...upward.flatMap((i): ReadonlyArray<Step> => {
      const { from, to, isLinear, w, b, h } = layer(i)
      const next = layer(i + 1).h
      const reads = { z: entry(next), b: column(b) }
      return [
        product(n, to, from, h, w, next),
        isLinear
          ? loop(n, to, reads, { s: ['add', 'z', 'b'] }, [['s', entry(next)]])
          : loop(n, to, reads, { s: ['add', 'z', 'b'], h: ['sigmoid', 's'] }, [['h', entry(next)]]),
      ]
    }),
    product(n, last.to, last.from, last.h, last.w, forth),
  ]

  const atLast = { z: entry(forth), b: column(last.b), x: entry(first.h), scale: scalar(scale) }

  /** From D down to the gradients with respect to the parameters, or only to what a product needs. */
  const backward = (withGradients: boolean): ReadonlyArray<Step> => {
    const weightsOf = ({ from, to, h, g, gw }: Layer): ReadonlyArray<Step> =>
      withGradients ? [productTN(from, to, n, h, g, gw)] : []
    return [
      loop(
        n,
        last.to,
        { ...atLast, one: scalar(one) },
        {
          s: ['add', 'z', 'b'],
          h: ['sigmoid', 's'],
          apart: ['sub', 'h', 'x'],
          d: ['mul', 'scale', 'apart'],
          ...(withGradients
            ? {}
            : { rest: ['sub', 'one', 'h'], slope: ['mul', 'h', 'rest'], scaled: ['mul', 'scale', 'slope'] }),
        },
        [['d', entry(last.g)], withGradients ? ['d', columnSum(last.gb)] : ['scaled', entry(slope)]],
      ),
      ...weightsOf(last),
      ...downward.flatMap((i): ReadonlyArray<Step> => {
        const [here, above] = [layer(i), layer(i + 1)]
        const { to, isLinear, e, g, gb } = here
        const into = isLinear ? g : e
        return [
          productNT(n, to, above.to, above.g, above.w, into),
          ...(isLinear
            ? withGradients
              ? [loop(n, to, { g: entry(g) }, {}, [['g', columnSum(gb)]])]
              : []
            : [
                loop(
                  n,
                  to,
                  { e: entry(e), h: entry(above.h), one: scalar(one) },
                  { rest: ['sub', 'one', 'h'], s: ['mul', 'h', 'rest'], g: ['mul', 'e', 's'] },
                  [['g', entry(g)], ...(withGradients ? [['g', columnSum(gb)] as const] : [])],
                ),
              ]),
          ...weightsOf(here),
        ]
      }),
    ]
  }

  const tangents = [
    product(n, first.to, first.from, first.h, first.dw, forth),
    ...upward.flatMap((i): ReadonlyArray<Step> => {
      const { to, isLinear, db } = layer(i)
      const next = layer(i + 1)
      const reads = { z: entry(forth), b: column(db), ...(i === 0 ? {} : { y: entry(back) }) }
      const a =
        i === 0 ? ({ a: ['add', 'z', 'b'] } as const) : ({ zy: ['add', 'z', 'y'], a: ['add', 'zy', 'b'] } as const)
      return [
        isLinear
          ? loop(n, to, reads, a, [['a', entry(next.dotH)]])
          : loop(
              n,
              to,
              { ...reads, h: entry(next.h), one: scalar(one) },
              { ...a, rest: ['sub', 'one', 'h'], s: ['mul', 'h', 'rest'], dotH: ['mul', 'a', 's'] },
              [['dotH', entry(next.dotH)]],
            ),
        product(n, next.to, next.from, next.dotH, next.w, forth),
        product(n, next.to, next.from, next.h, next.dw, back),
      ]
    }),
  ]

  const productSteps = [
    ...tangents,
    loop(
      n,
      last.to,
      { z: entry(forth), y: entry(back), b: column(last.db), slope: entry(slope) },
      { zy: ['add', 'z', 'y'], a: ['add', 'zy', 'b'], d: ['mul', 'a', 'slope'] },
      [
        ['d', entry(last.dotG)],
        ['d', columnSum(last.gb)],
      ],
    ),
    productTN(last.from, last.to, 2 * n, last.h, last.dotG, last.gw),
    ...downward.flatMap((i): ReadonlyArray<Step> => {
      const [here, above] = [layer(i), layer(i + 1)]
      const { from, to, isLinear, e, h, dotG, gw, gb } = here
      const reads = { z: entry(forth), y: entry(back) }
      const keeps = [
        ['g', entry(dotG)],
        ['g', columnSum(gb)],
      ] as const
      return [
        productNT(n, to, above.to, above.dotG, above.w, forth),
        productNT(n, to, above.to, above.g, above.dw, back),
        isLinear
          ? loop(n, to, reads, { g: ['add', 'z', 'y'] }, keeps)
          : loop(
              n,
              to,
              {
                ...reads,
                ...{ e: entry(e), h: entry(above.h), dotH: entry(above.dotH), one: scalar(one), two: scalar(two) },
              },
              {
                zy: ['add', 'z', 'y'],
                rest: ['sub', 'one', 'h'],
                s: ['mul', 'h', 'rest'],
                first: ['mul', 'zy', 's'],
                twice: ['mul', 'two', 'h'],
                bend: ['sub', 'one', 'twice'],
                along: ['mul', 'bend', 'dotH'],
                second: ['mul', 'e', 'along'],
                g: ['add', 'first', 'second'],
              },
              keeps,
            ),
        // What the first layer reads has no tangent.
        productTN(from, to, i === 0 ? n : 2 * n, h, dotG, gw),
      ]
    }),
  ]

  const span = (at: number, i: number) => ({ at, length: (shapes[i] ?? []).reduce((size, side) => size * side, 1) })
  return {
    end: end(),
    holds: [
      ...layers.flatMap(({ w, b }) => [w, b]).map((at, i) => ({ at, entries: p[i]?.entries ?? [] })),
      ...layers.flatMap(({ dw, db }) => [dw, db]).map((at, i) => ({ at, entries: v[i]?.entries ?? [] })),
      { at: first.h, entries: numbers[0]?.entries ?? [] },
      { at: one, entries: [1] },
      { at: two, entries: [2] },
      { at: scale, entries: [1 / n] },
    ],
    value: { at: value, length: 1 },
    leaves: layers.flatMap(({ gw, gb }) => [gw, gb]).map(span),
    directions: layers.flatMap(({ dw, db }) => [dw, db]).map(span),
    loss: [
      ...forward,
      loop(
        n,
        last.to,
        atLast,
        {
          s: ['add', 'z', 'b'],
          soft: ['softplus', 's'],
          xs: ['mul', 'x', 's'],
          apart: ['sub', 'soft', 'xs'],
          scaled: ['mul', 'scale', 'apart'],
        },
        [['scaled', total(value)]],
      ),
    ],
    gradient: [...forward, ...backward(true)],
    point: [...forward, ...backward(false)],
    product: productSteps,
  }
}
