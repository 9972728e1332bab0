/**
 * Cross-entropy of a recurrent network over T steps of r texts, by hand; M are its weights from state to state:
 *   Hₜ = tanh(Xₜ·W + b + Hₜ₋₁·M), Z = H·U + c for all steps at once, P = softmax(Z), D = (P − Y)/(T·r)
 *   down from the last step: Aₜ = (D·Uᵀ)ₜ + Gₜ₊₁·Mᵀ, Gₜ = Aₜ∘Sₜ with S = 1 − H²
 *   gradients: Xᵀ·G, H₋ᵀ·G with the states a step before, Σ G, Hᵀ·D, Σ D; along a direction
 *   Ḣₜ = Sₜ∘((X·Ẇ + ḃ + H₋·Ṁ)ₜ + Ḣₜ₋₁·M), Ḋ as for the classifier, Ȧₜ = (Ḋ·Uᵀ + D·U̇ᵀ + G₊·Ṁᵀ)ₜ + Ġₜ₊₁·Mᵀ, Ġₜ = Ȧₜ∘Sₜ − 2·(A∘H∘Ḣ)ₜ
 *   products: Xᵀ·Ġ, H₋ᵀ·Ġ + Ḣ₋ᵀ·G, Σ Ġ, Hᵀ·Ḋ + Ḣᵀ·D, Σ Ḋ
 * Only Hₜ₋₁·M, Ḣₜ₋₁·M, Gₜ₊₁·Mᵀ and Ġₜ₊₁·Mᵀ go step by step. States have r rows of zeros before them, and their gradients behind, so
 * that H₋ and G₊ are the same numbers read a step away; with the zeros, sums of two products are single ones of matrices above each other.
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
  type Step,
  scalar,
  softmax,
} from './steps.js'

export const recurrent = ({ shapes, data }: Task, { p, v, data: numbers }: Numbers, base: number): Hand => {
  const [time = 0, texts = 0, symbols = 0] = data['inputs.f64'] ?? []
  const width = shapes[2]?.[0] ?? 0
  const all = time * texts
  const { matrix, vector, end } = places(base)
  const leavesOf = (): readonly [number, number, number, number, number] => [
    matrix(symbols, width),
    matrix(width, width),
    vector(width),
    matrix(width, symbols),
    vector(symbols),
  ]
  const [w, m, b, u, c] = leavesOf()
  const [dw, dm, db, du, dc] = leavesOf()
  const [gw, gm, gb, gu, gc] = leavesOf()
  const [x, y] = [matrix(all, symbols), matrix(all, symbols)]
  /** From a matrix to its tangent, or back: all steps, and one of zeros. */
  const far = all + texts
  // Zeros, H, zeros, Ḣ; and H₋, Ḣ₋ begin at the zeros.
  const hBefore = matrix(2 * far, width)
  const [h, dotHBefore] = [hBefore + texts * width, hBefore + far * width]
  const dotH = dotHBefore + texts * width
  // Ġ, zeros, G, zeros; and Ḋ, zeros, D.
  const dotG = matrix(2 * far, width)
  const g = dotG + far * width
  const dotD = matrix(2 * far, symbols)
  const d = dotD + far * symbols
  const [heard, e, a, f, f2] = [
    matrix(all, width),
    matrix(all, width),
    matrix(all, width),
    matrix(all, width),
    matrix(all, width),
  ]
  const [z, q, probability] = [matrix(all, symbols), matrix(all, symbols), matrix(all, symbols)]
  const one = vector(1)
  const [step, minusTwo, value] = [matrix(texts, width), vector(1), vector(1)]
  const scale = 1 / all
  const steps = Array.from({ length: time }, (_, t) => t * texts * width)
  const upward = [...steps].reverse()

  const forward = [
    product(all, width, symbols, x, w, heard),
    ...steps.flatMap((t): ReadonlyArray<Step> => {
      const reads = { x: entry(heard + t), b: column(b) }
      const keeps = [['h', entry(h + t)]] as const
      return t === 0
        ? [loop(texts, width, reads, { s: ['add', 'x', 'b'], h: ['tanh', 's'] }, keeps)]
        : [
            product(texts, width, width, hBefore + t, m, step),
            loop(
              texts,
              width,
              { ...reads, y: entry(step) },
              { xy: ['add', 'x', 'y'], s: ['add', 'xy', 'b'], h: ['tanh', 's'] },
              keeps,
            ),
          ]
    }),
    product(all, symbols, width, h, u, z),
  ]

  const point = [
    ...forward,
    softmax('point', all, symbols, [z, c, y], scale, probability, d, gc),
    productNT(all, width, symbols, d, u, e),
    ...upward.flatMap((t, i): ReadonlyArray<Step> => {
      const reads = { e: entry(e + t), h: entry(h + t), one: scalar(one) }
      const bend = { square: ['mul', 'h', 'h'], s: ['sub', 'one', 'square'] } as const
      return i === 0
        ? [
            loop(texts, width, reads, { ...bend, g: ['mul', 'e', 's'] }, [
              ['g', entry(g + t)],
              ['e', entry(a + t)],
            ]),
          ]
        : [
            productNT(texts, width, width, g + t + texts * width, m, step),
            loop(texts, width, { ...reads, y: entry(step) }, { a: ['add', 'e', 'y'], ...bend, g: ['mul', 'a', 's'] }, [
              ['g', entry(g + t)],
              ['a', entry(a + t)],
            ]),
          ]
    }),
  ]

  const tangents = [
    product(all, width, symbols, x, dw, f),
    product(all, width, width, hBefore, dm, f2),
    ...steps.flatMap((t): ReadonlyArray<Step> => {
      const reads = { x: entry(f + t), y: entry(f2 + t), b: column(db), h: entry(h + t), one: scalar(one) }
      const bend = { square: ['mul', 'h', 'h'], s: ['sub', 'one', 'square'] } as const
      const keeps = [['dotH', entry(dotH + t)]] as const
      return t === 0
        ? [
            loop(
              texts,
              width,
              reads,
              { xy: ['add', 'x', 'y'], a: ['add', 'xy', 'b'], ...bend, dotH: ['mul', 'a', 's'] },
              keeps,
            ),
          ]
        : [
            product(texts, width, width, dotHBefore + t, m, step),
            loop(
              texts,
              width,
              { ...reads, z: entry(step) },
              {
                ...{ xy: ['add', 'x', 'y'], yb: ['add', 'xy', 'b'], a: ['add', 'yb', 'z'] },
                ...{ ...bend, dotH: ['mul', 'a', 's'] },
              },
              keeps,
            ),
          ]
    }),
    product(all, symbols, width, dotH, u, z),
    product(all, symbols, width, h, du, q),
    softmax('tangent', all, symbols, [z, q, dc], scale, probability, dotD, gc),
    productTN(width, symbols, far + all, h, dotD, gu),
  ]

  const productSteps = [
    ...tangents,
    productNT(all, width, symbols, dotD, u, e),
    productNT(all, width, symbols, d, du, f),
    productNT(all, width, width, g + texts * width, dm, f2),
    ...upward.flatMap((t, i): ReadonlyArray<Step> => {
      const reads = {
        ...{ e: entry(e + t), f: entry(f + t), f2: entry(f2 + t), a: entry(a + t), h: entry(h + t) },
        ...{ dotH: entry(dotH + t), one: scalar(one), minusTwo: scalar(minusTwo) },
      }
      const before = { ef: ['add', 'e', 'f'], eff: ['add', 'ef', 'f2'] } as const
      const after = (sum: string) =>
        ({
          square: ['mul', 'h', 'h'],
          s: ['sub', 'one', 'square'],
          first: ['mul', sum, 's'],
          bent: ['mul', 'h', 'dotH'],
          twice: ['mul', 'minusTwo', 'bent'],
          second: ['mul', 'a', 'twice'],
          g: ['add', 'first', 'second'],
        }) as const
      const keeps = [['g', entry(dotG + t)]] as const
      return i === 0
        ? [loop(texts, width, reads, { ...before, ...after('eff') }, keeps)]
        : [
            productNT(texts, width, width, dotG + t + texts * width, m, step),
            loop(
              texts,
              width,
              { ...reads, z: entry(step) },
              { ...before, sum: ['add', 'eff', 'z'], ...after('sum') },
              keeps,
            ),
          ]
    }),
    productTN(width, width, far + all, hBefore, dotG, gm),
    loop(all, width, { g: entry(dotG) }, {}, [['g', columnSum(gb)]]),
    productTN(symbols, width, all, x, dotG, gw),
  ]

  const span = (at: number, i: number) => ({ at, length: (shapes[i] ?? []).reduce((size, side) => size * side, 1) })
  return {
    end: end(),
    holds: [
      ...[w, m, b, u, c].map((at, i) => ({ at, entries: p[i]?.entries ?? [] })),
      ...[dw, dm, db, du, dc].map((at, i) => ({ at, entries: v[i]?.entries ?? [] })),
      ...[x, y].map((at, i) => ({ at, entries: numbers[i]?.entries ?? [] })),
      { at: one, entries: [1] },
      { at: minusTwo, entries: [-2] },
    ],
    value: { at: value, length: 1 },
    leaves: [gw, gm, gb, gu, gc].map(span),
    directions: [dw, dm, db, du, dc].map(span),
    loss: [...forward, softmax('loss', all, symbols, [z, c, y], scale, probability, value)],
    gradient: [
      ...point,
      productTN(width, symbols, all, h, d, gu),
      productTN(width, width, all, hBefore, g, gm),
      loop(all, width, { g: entry(g) }, {}, [['g', columnSum(gb)]]),
      productTN(symbols, width, all, x, g, gw),
    ],
    point,
    product: productSteps,
  }
}
