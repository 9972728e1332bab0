import {
  add,
  cumsum,
  div,
  dot,
  exp,
  flip,
  grad,
  greater,
  hvp,
  log,
  matmul,
  mul,
  neg,
  ones,
  pow,
  scalar,
  sin,
  slice,
  softmax,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  take,
  tanh,
  tensor,
  transpose,
  vmap,
  where,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/transform/explain.js'
import { defectOf } from '../support/points.js'

const lines = (text: string): ReadonlyArray<string> =>
  text.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '))

describe('explain', () => {
  it('prints the tape as equations and the transposed list', () => {
    expect(explain((x: Tensor) => mul(x, sin(x)))(scalar(2))).toMatchInlineSnapshot(`
      "2 recorded operations

      inputs
        p  []    2

      forward, with the derivative of each operation
        x1 = sin(p)  []  dx1 = cos(p) ⊙ dp        0.9093
        x2 = p ⊙ x1  []  dx2 = x1 ⊙ dp + p ⊙ dx1  1.819

      result
        f = x2  []    1.819

      backward: the transposed maps, from the result to the inputs
        x̄2 = 1            []
        p̄ = x1 ⊙ x̄2       []    0.9093
        x̄1 = p ⊙ x̄2       []    2
        p̄ += cos(p) ⊙ x̄1  []    0.077"
    `)
  })

  it('explains a layer of a network', () => {
    const inputs = tensor([
      [1, 0],
      [0, 2],
      [1, 1],
    ])
    const layer = ({ w, b }: { w: Tensor; b: Tensor }): Tensor =>
      sum(square(sub(tanh(add(matmul(inputs, transpose(w)), b)), 0.5)))
    expect(explain(layer)({ w: tensor([[0.5, -1]]), b: tensor([0.25]) })).toMatchInlineSnapshot(`
      "8 recorded operations

      inputs
        p.w  [1,2]    [[0.5, −1]]
        p.b  [1]      [0.25]

      constants
        c1  [3,2]    [[1, 0], [0, 2], [1, 1]]

      forward, with the derivative of each operation
        x1 = p.wᵀ                   [2,1]  dx1 = dp.wᵀ                   [[0.5], [−1]]
        x2 = c1 · x1                [3,1]  dx2 = c1 · dx1                [[0.5], [−2], [−0.5]]
        x3 = spread(p.b, axes [0])  [3,1]  dx3 = spread(dp.b, axes [0])  [[0.25], [0.25], [0.25]]
        x4 = x2 + x3                [3,1]  dx4 = dx2 + dx3               [[0.75], [−1.75], [−0.25]]
        x5 = tanh(x4)               [3,1]  dx5 = sech²(x4) ⊙ dx4         [[0.6351], [−0.9414], [−0.2449]]
        x6 = x5 − 0.5               [3,1]  dx6 = dx5                     [[0.1351], [−1.441], [−0.7449]]
        x7 = x6²                    [3,1]  dx7 = (2 ⊙ x6) ⊙ dx6          [[0.01827], [2.078], [0.5549]]
        x8 = sum(x7)                []     dx8 = sum(dx7)                2.651

      result
        f = x8  []    2.651

      backward: the transposed maps, from the result to the inputs
        x̄8 = 1                   []
        x̄7 = spread(x̄8)          [3,1]    [[1], [1], [1]]
        x̄6 = (2 ⊙ x6) ⊙ x̄7       [3,1]    [[0.2703], [−2.883], [−1.49]]
        x̄5 = x̄6                  [3,1]    [[0.2703], [−2.883], [−1.49]]
        x̄4 = sech²(x4) ⊙ x̄5      [3,1]    [[0.1613], [−0.3281], [−1.4]]
        x̄2 = x̄4                  [3,1]    [[0.1613], [−0.3281], [−1.4]]
        x̄3 = x̄4                  [3,1]    [[0.1613], [−0.3281], [−1.4]]
        p̄.b = sum(x̄3, axes [0])  [1]      [−1.567]
        x̄1 = c1ᵀ · x̄2            [2,1]    [[−1.239], [−2.057]]
        p̄.w = x̄1ᵀ                [1,2]    [[−1.239, −2.057]]"
    `)
  })

  it('names inputs by their path and shows large ones by their range', () => {
    const text = lines(
      explain((p: readonly [{ readonly w: Tensor }, Tensor]) => sum(mul(p[0].w, p[1])))([
        { w: ones([3, 4]) },
        scalar(-2),
      ]),
    )
    expect(text).toContain('p[0].w  [3,4]  all 1')
    expect(text).toContain('p[1]  []  −2')
    expect(text).toContain('x2 = p[0].w ⊙ x1  [3,4]  dx2 = x1 ⊙ dp[0].w + p[0].w ⊙ dx1  all −2')
    expect(text).toContain('p̄[1] = sum(x̄1)  []  12')
  })

  it('shows that a choice masks the branch that was not taken, and names the first value that is not finite', () => {
    const text = lines(explain((x: Tensor) => sum(where(greater(x, 0), mul(log(x), sqrt(x)), 0)))(tensor([1, 0])))
    expect(text).toContain('x4 = [p > 0]  [2]  dx4 = 0  [1, 0]')
    expect(text).toContain('x̄3 = [x4 ≠ 0] ⊙ x̄5  [2]  [1, 0]')
    expect(text).toContain('first value that is not finite, forward: x1 = log(p) is −∞ at [1], from p = [1, 0]')
    expect(text.some((line) => line.includes('backward: x'))).toBe(false)
  })

  it('names the first cotangent that is not finite', () => {
    const text = explain((x: Tensor) => sqrt(sum(square(x))))(zeros([2]))
    expect(text).toContain(
      'first value that is not finite, backward: x̄2 = (0.5 / x3) ⊙ x̄3 is ∞, from x̄3 = 1, 0.5 / x3 = ∞',
    )
    expect(text).not.toContain('not finite, forward')
  })

  it('names an input that is not finite', () => {
    expect(
      explain((x: Tensor) => sum(x))(
        tensor([
          [1, 2],
          [Number.NaN, 3],
        ]),
      ),
    ).toContain('first value that is not finite, forward: p is NaN at [1,0]')
  })

  it('prints operands with the parentheses that they need', () => {
    const f = (x: Tensor): Tensor => {
      const constant = stopGradient(x)
      return mul(div(sub(constant, sub(constant, neg(constant))), exp(neg(x))), pow(x, -2))
    }
    const text = lines(explain(f)(scalar(2))).map((line) => line.split('  ').slice(0, 3).join('  '))
    expect(text).toContain('x2 = exp(x1)  []  dx2 = x2 ⊙ dx1')
    expect(text).toContain('x7 = x6 / x2  []  dx7 = (−x7 / x2) ⊙ dx2')
    expect(text).toContain('x8 = p^(−2)  []  dx8 = ((−2) ⊙ p^(−3)) ⊙ dp')
  })

  it('prints moves of entries as the maps that they are', () => {
    const f = (x: Tensor): Tensor =>
      sum(mul(take(flip(x), tensor([0, 0])), dot(cumsum(slice(x, [1], [3])), tensor([1, 2]))))
    const text = lines(explain(f)(tensor([1, 2, 3])))
    for (const equation of [
      'x1 = flip(p, axes [0])  [3]  dx1 = flip(dp, axes [0])  [3, 2, 1]',
      'x2 = gather(x1, 0, axis 0)  [2]  dx2 = gather(dx1, 0, axis 0)  [3, 3]',
      'x3 = p[1:3]  [2]  dx3 = dp[1:3]  [2, 3]',
      'x4 = cumsum(x3, axis 0)  [2]  dx4 = cumsum(dx3, axis 0)  [2, 5]',
      'x5 = ⟨x4, c1⟩  []  dx5 = ⟨dx4, c1⟩  12',
    ])
      expect(text).toContain(equation)
    expect(text).toContain('x̄3 = cumsum(x̄4, axis 0, from the end)  [2]  [18, 12]')
    expect(text).toContain('x̄1 = scatter(x̄2, 0, axis 0)  [3]  [24, 0, 0]')
    expect(text.some((line) => /^p̄ (=|\+=) pad\(x̄3 at \[1:3\] of \[3\]\)/.test(line))).toBe(true)
  })

  it('explains functions that differentiate and batch inside', () => {
    const inner = explain((x: Tensor) => sum(grad((y: Tensor) => sum(pow(y, 3)))(x)))(tensor([2, 3]))
    expect(lines(inner)).toContain('p̄ = (2 ⊙ p) ⊙ x̄2  [2]  [12, 18]')
    const batch = explain((x: Tensor) => sum(vmap((row: Tensor) => dot(row, tensor([1, 2])))(x)))(
      tensor([
        [2, 3],
        [3, 4],
      ]),
    )
    expect(lines(batch)).toContain('x1 = p · c1  [2]  dx1 = dp · c1  [8, 11]')
    expect(explain((x: Tensor) => sum(hvp((y: Tensor) => sum(sin(y)))(x)(x)))(tensor([1]))).toContain('sin(p)')
  })

  it('leaves the numbers out of the backward sweep of a vector function', () => {
    const text = lines(explain((x: Tensor) => softmax(x))(tensor([1, 1])))
    expect(text.some((line) => /^x̄\d+ = given {2}\[2\]$/.test(line))).toBe(true)
  })

  it('explains trees of results, constants and identities', () => {
    const text = lines(explain((x: Tensor) => ({ same: x, constant: scalar(3), twice: add(x, x) }))(scalar(2)))
    expect(text).toContain('f.same = p  []  2')
    expect(text).toContain('f.constant = 3  []  3')
    expect(text).toContain('f.twice = x1  []  4')
    expect(explain((x: Tensor) => x)(scalar(2))).toContain('0 recorded operations')
  })

  it('passes further arguments, and refuses to read numbers that are being differentiated', () => {
    expect(explain((x: Tensor, n: number) => pow(x, n))(scalar(2), 3)).toContain('x1 = p^3')
    expect(
      defectOf(() =>
        grad((x: Tensor) => {
          explain(sin)(x)
          return x
        })(scalar(1)),
      ),
    ).toContain('TracedRead')
  })

  it('returns the same text each time', () => {
    const f = explain((x: Tensor) => mul(x, exp(x)))
    expect(f(scalar(1))).toBe(f(scalar(1)))
  })
})
