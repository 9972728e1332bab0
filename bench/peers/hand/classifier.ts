/**
 * Softmax cross-entropy of a network with one hidden layer, by hand:
 *   H = tanh(X·W + b), Z = H·U + c, P = softmax(Z), D = (P − Y)/N, E = D·Uᵀ, G = E∘(1 − H²)
 *   gradients: Xᵀ·G, Σ G, Hᵀ·D, Σ D; along (Ẇ, ḃ, U̇, ċ), with S = 1 − H²:
 *   Ḣ = S∘(X·Ẇ + ḃ), Ż = Ḣ·U + H·U̇ + ċ, Ḋ = P∘(Ż − Σ P∘Ż)/N, Ġ = (Ḋ·Uᵀ + D·U̇ᵀ)∘S − 2·E∘H∘Ḣ
 *   products: Xᵀ·Ġ, Σ Ġ, Hᵀ·Ḋ + Ḣᵀ·D, Σ Ḋ
 * H lies above Ḣ and Ḋ above D, so that the third product is a single one of matrices with 2N rows.
 */
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
  scalar,
  softmax,
} from './steps.js'

export const classifier = ({ shapes, data }: Task, { p, v, data: numbers }: Numbers, base: number): Hand => {
  const [n = 0, inputs = 0] = data['inputs.f64'] ?? []
  const [hidden = 0, classes = 0] = shapes[2] ?? []
  const { matrix, vector, end } = places(base)
  const leavesOf = (): readonly [number, number, number, number] => [
    matrix(inputs, hidden),
    vector(hidden),
    matrix(hidden, classes),
    vector(classes),
  ]
  const [w, b, u, c] = leavesOf()
  const [dw, db, du, dc] = leavesOf()
  const [gw, gb, gu, gc] = leavesOf()
  const [x, y] = [matrix(n, inputs), matrix(n, classes)]
  const h = matrix(2 * n, hidden)
  const dotH = h + n * hidden
  const dotD = matrix(2 * n, classes)
  const d = dotD + n * classes
  const [z, q, probability] = [matrix(n, classes), matrix(n, classes), matrix(n, classes)]
  const [e, g, f] = [matrix(n, hidden), matrix(n, hidden), matrix(n, hidden)]
  const [value, one, minusTwo] = [vector(1), vector(1), vector(1)]
  const scale = 1 / n

  const forward = [
    product(n, hidden, inputs, x, w, h),
    loop(n, hidden, { z: entry(h), b: column(b) }, { s: ['add', 'z', 'b'], h: ['tanh', 's'] }, [['h', entry(h)]]),
    product(n, classes, hidden, h, u, z),
  ]
  const point = [
    ...forward,
    softmax('point', n, classes, [z, c, y], scale, probability, d, gc),
    productNT(n, hidden, classes, d, u, e),
  ]
  const span = (at: number, i: number) => ({ at, length: (shapes[i] ?? []).reduce((size, side) => size * side, 1) })
  return {
    end: end(),
    holds: [
      ...[w, b, u, c].map((at, i) => ({ at, entries: p[i]?.entries ?? [] })),
      ...[dw, db, du, dc].map((at, i) => ({ at, entries: v[i]?.entries ?? [] })),
      ...[x, y].map((at, i) => ({ at, entries: numbers[i]?.entries ?? [] })),
      { at: one, entries: [1] },
      { at: minusTwo, entries: [-2] },
    ],
    value: { at: value, length: 1 },
    leaves: [gw, gb, gu, gc].map(span),
    directions: [dw, db, du, dc].map(span),
    loss: [...forward, softmax('loss', n, classes, [z, c, y], scale, probability, value)],
    gradient: [
      ...point,
      productTN(hidden, classes, n, h, d, gu),
      loop(
        n,
        hidden,
        { e: entry(e), h: entry(h), one: scalar(one) },
        { square: ['mul', 'h', 'h'], s: ['sub', 'one', 'square'], g: ['mul', 'e', 's'] },
        [
          ['g', entry(g)],
          ['g', columnSum(gb)],
        ],
      ),
      productTN(inputs, hidden, n, x, g, gw),
    ],
    point,
    product: [
      product(n, hidden, inputs, x, dw, dotH),
      loop(
        n,
        hidden,
        { z: entry(dotH), b: column(db), h: entry(h), one: scalar(one) },
        { a: ['add', 'z', 'b'], square: ['mul', 'h', 'h'], s: ['sub', 'one', 'square'], dotH: ['mul', 'a', 's'] },
        [['dotH', entry(dotH)]],
      ),
      product(n, classes, hidden, dotH, u, z),
      product(n, classes, hidden, h, du, q),
      softmax('tangent', n, classes, [z, q, dc], scale, probability, dotD, gc),
      productTN(hidden, classes, 2 * n, h, dotD, gu),
      productNT(n, hidden, classes, dotD, u, g),
      productNT(n, hidden, classes, d, du, f),
      loop(
        n,
        hidden,
        {
          ...{ g: entry(g), f: entry(f), e: entry(e), h: entry(h), dotH: entry(dotH) },
          ...{ one: scalar(one), minusTwo: scalar(minusTwo) },
        },
        {
          sum: ['add', 'g', 'f'],
          square: ['mul', 'h', 'h'],
          s: ['sub', 'one', 'square'],
          first: ['mul', 'sum', 's'],
          bent: ['mul', 'h', 'dotH'],
          twice: ['mul', 'minusTwo', 'bent'],
          second: ['mul', 'e', 'twice'],
          dotG: ['add', 'first', 'second'],
        },
        [
          ['dotG', entry(g)],
          ['dotG', columnSum(gb)],
        ],
      ),
      productTN(inputs, hidden, n, x, g, gw),
    ],
  }
}
