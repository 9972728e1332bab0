/** Control flow and implicit functions against JAX (test/golden/control/make.py). */
import { readFileSync } from 'node:fs'
import {
  add,
  argmin,
  compile,
  cond,
  exp,
  fixedPoint,
  grad,
  greater,
  hvp,
  jvp,
  less,
  log,
  log1p,
  matmul,
  mul,
  neg,
  pow,
  scalar,
  scan,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  vmap,
  whileLoop,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear } from '../support/near.js'

type Nested = number | ReadonlyArray<Nested>

type Fixture = Readonly<Record<string, Nested>>

const fixtures = JSON.parse(
  readFileSync(new URL('../golden/control/control.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Fixture>>

const fixture = (name: string): ((key: string) => Tensor) => {
  const found = fixtures[name]
  expect(found).toBeDefined()
  return (key) => tensor(found?.[key] ?? 0)
}

/** Value, gradient and Hessian-vector product, eager and compiled. */
const expectSecond = (of: (key: string) => Tensor, loss: (p: Tensor) => Tensor): void => {
  const [p, v] = [of('p'), of('v')]
  for (const f of [loss, compile(loss)]) expectNear(f(p), of('value'), 1e-12)
  for (const f of [grad(loss), compile(grad(loss))]) expectNear(f(p), of('gradient'), 1e-11)
  for (const f of [hvp(loss), compile(hvp(loss))]) expectNear(f(p)(v), of('product'), 1e-10)
}

describe('as in JAX', () => {
  it('scan, value and both orders', () => {
    const of = fixture('recurrence')
    expectSecond(of, (w) => {
      const [last, ys] = scan((h: Tensor, x: Tensor) => {
        const next = tanh(add(matmul(w, h), x))
        return [next, sum(mul(sin(next), x))]
      })(of('h'), of('xs'))
      return add(sum(square(last)), sum(square(ys)))
    })
  })

  it('cond, in a batch', () => {
    const of = fixture('choice')
    const f = (x: Tensor): Tensor =>
      cond(
        (y: Tensor) => mul(log(y), sin(y)),
        (y: Tensor) => pow(y, 3),
      )(greater(x, 0.5), x)
    for (const through of [(g: (x: Tensor) => Tensor) => vmap(g), (g: (x: Tensor) => Tensor) => compile(vmap(g))]) {
      expectNear(through(f)(of('p')), of('value'), 1e-14)
      expectNear(through(grad(f))(of('p')), of('gradient'), 1e-13)
      expectNear(through(grad(grad(f)))(of('p')), of('second'), 1e-12)
    }
  })

  it('whileLoop, in a batch, forwards', () => {
    const of = fixture('growth')
    const f = (x: Tensor): Tensor =>
      whileLoop(
        (c: Tensor) => less(c, 50),
        (c: Tensor) => add(mul(c, x), mul(0.5, sin(c))),
      )(x)
    const slope = (g: (x: Tensor) => Tensor) => (x: Tensor) => jvp(g)(x, scalar(1))[1]
    expectNear(vmap(f)(of('p')), of('value'), 1e-13)
    expectNear(vmap(slope(f))(of('p')), of('slope'), 1e-12)
    expectNear(vmap(slope(slope(f)))(of('p')), of('second'), 1e-12)
  })

  it('fixedPoint beside custom_root', () => {
    const of = fixture('equilibrium')
    expectSecond(of, (w) =>
      sum(
        pow(
          fixedPoint((_: Tensor, x: Tensor) => tanh(add(matmul(w, x), of('b'))), { tolerance: 1e-14 })(w, zeros([4])),
          3,
        ),
      ),
    )
  })

  it('argmin beside custom_root of the gradient', () => {
    const of = fixture('regression')
    const loss = (rates: Tensor, x: Tensor): Tensor =>
      add(sum(log1p(exp(neg(mul(of('y'), matmul(of('a'), x)))))), sum(mul(exp(rates), square(x))))
    expectSecond(of, (rates) => sum(sin(argmin(loss)(rates, zeros([3])))))
  })
})
