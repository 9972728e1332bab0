import {
  add,
  exp,
  grad,
  hessian,
  hvp,
  jvp,
  linearize,
  mul,
  scalar,
  sin,
  square,
  sum,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  vjp,
  vmap,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'

describe('traced values', () => {
  it('cannot be read while a transform watches them', () => {
    expect(defectOf(() => grad((x: Tensor) => mul(x, toNumber(x)))(scalar(2)))).toMatchInlineSnapshot(
      `"TracedRead: the numbers of this [] tensor are being differentiated or batched by grad and cannot be read inside it. Use where(…) or cond(…) for a choice by value, scan(…) or whileLoop(…) for a loop, stopGradient(x) for a constant, or read after the transform."`,
    )
    expect(defectOf(() => jvp((x: Tensor) => tensor(toArray(x)))(scalar(2), scalar(1)))).toMatchInlineSnapshot(
      `"TracedRead: the numbers of this [] tensor are being differentiated or batched by jvp and cannot be read inside it. Use where(…) or cond(…) for a choice by value, scan(…) or whileLoop(…) for a loop, stopGradient(x) for a constant, or read after the transform."`,
    )
    expect(defectOf(() => vmap((x: Tensor) => scalar(toFloat64Array(x)[0] ?? 0))(tensor([2])))).toMatchInlineSnapshot(
      `"TracedRead: the numbers of this [] tensor are being differentiated or batched by vmap and cannot be read inside it. Use where(…) or cond(…) for a choice by value, scan(…) or whileLoop(…) for a loop, stopGradient(x) for a constant, or read after the transform."`,
    )
  })

  it('can be printed', () => {
    const seen = new Set<string>()
    grad((x: Tensor) => {
      seen.add(String(x)).add(`${sum(x)}`)
      return sum(x)
    })(tensor([1, 2]))
    expect([...seen]).toEqual(['traced [2] in grad', 'traced [] in grad'])
  })

  it('know their shape', () => {
    const shapes = new Set<string>()
    vmap((x: Tensor) => {
      shapes.add(x.shape.join()).add(String(x.rank)).add(String(x.size))
      return x
    })(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    )
    expect([...shapes]).toEqual(['3', '1'])
  })
})

/** Runs a transform and keeps the value that its function saw. */
const leaked = (run: (keep: (x: Tensor) => void) => unknown): Tensor => {
  const kept = new Set<Tensor>()
  run((x) => kept.add(x))
  const [x] = kept
  if (x === undefined) throw new Error('nothing was kept')
  return x
}

describe('escaped values', () => {
  const escapes: Readonly<Record<string, (keep: (x: Tensor) => void) => unknown>> = {
    grad: (keep) =>
      grad((x: Tensor) => {
        keep(x)
        return square(x)
      })(scalar(2)),
    jvp: (keep) =>
      jvp((x: Tensor) => {
        keep(exp(x))
        return x
      })(scalar(2), scalar(1)),
    vjp: (keep) =>
      vjp((x: Tensor) => {
        keep(x)
        return x
      })(scalar(2)),
    linearize: (keep) =>
      linearize((x: Tensor) => {
        keep(x)
        return x
      })(scalar(2)),
    vmap: (keep) =>
      vmap((x: Tensor) => {
        keep(x)
        return x
      })(tensor([2])),
  }

  it.each(Object.entries(escapes))('of %s are refused by name', (name, run) => {
    const text = defectOf(() => sin(leaked(run)))
    expect(text).toBe(
      `EscapedTrace: sin: a tensor traced by ${name} is used after that transform returned. ` +
        'Return it from the function instead of storing it outside.',
    )
  })

  it('are refused even when another transform is running', () => {
    const old = leaked((keep) =>
      grad((x: Tensor) => {
        keep(x)
        return square(x)
      })(scalar(2)),
    )
    expect(defectOf(() => grad((x: Tensor) => mul(x, old))(scalar(3)))).toContain('EscapedTrace: mul')
    expect(defectOf(() => vmap((x: Tensor) => add(x, old))(tensor([3])))).toContain('EscapedTrace')
  })

  it('are refused after the function of a transform threw', () => {
    const kept = new Set<Tensor>()
    expect(
      defectOf(() =>
        grad((x: Tensor) => {
          kept.add(x)
          return toArray(x) === 1 ? x : x
        })(scalar(1)),
      ),
    ).toContain('TracedRead')
    const [x] = kept
    expect(defectOf(() => sin(x ?? 0))).toContain('EscapedTrace')
    expect(toNumber(grad(sin)(scalar(0)))).toBe(1)
  })
})

describe('levels', () => {
  it('keep pushforwards and products usable after their transform and inside another', () => {
    const product = hvp((x: Tensor) => sum(mul(x, mul(x, x))))(tensor([1, 2]))
    const quadratic = (v: Tensor): Tensor => sum(mul(v, product(v)))
    expect(toArray(grad(quadratic)(tensor([1, 1])))).toEqual([12, 24])
    expect(toArray(hessian(quadratic)(tensor([1, 1])))).toEqual([
      [12, 0],
      [0, 24],
    ])
    expect(
      toArray(
        vmap(product)(
          tensor([
            [1, 0],
            [0, 1],
          ]),
        ),
      ),
    ).toEqual([
      [6, 0],
      [0, 12],
    ])
  })

  it('refuse a pullback whose coefficients belong to a transform that ended', () => {
    const kept = new Set<(yBar: Tensor) => Tensor>()
    grad((x: Tensor) => {
      kept.add(vjp((y: Tensor) => mul(y, y))(x)[1])
      return x
    })(scalar(2))
    const [pullback] = kept
    expect(defectOf(() => pullback?.(scalar(1)))).toContain('EscapedTrace')
  })
})
