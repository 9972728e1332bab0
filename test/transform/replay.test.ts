import {
  add,
  gaussNewtonProduct,
  grad,
  hessian,
  hvp,
  jacfwd,
  linearize,
  matmul,
  mul,
  normal,
  randomKey,
  scalar,
  sin,
  softmax,
  square,
  sum,
  type Tensor,
  tanh,
  toArray,
  toFloat64Array,
  valueAndGrad,
  vjp,
  vmap,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { scale } from '../../src/core/LinearMap.js'
import { elementwise, unaryOperation } from '../../src/primitive/define.js'
import { expectSameBits } from '../support/near.js'

const at = normal(randomKey(1), [4, 3])
const v = normal(randomKey(2), [4, 3])
const w = normal(randomKey(3), [4, 3])
const inputs = normal(randomKey(4), [9, 4])

/** A function that counts how often it runs. */
const counted = (): {
  readonly f: (x: Tensor) => Tensor
  readonly loss: (x: Tensor) => Tensor
  readonly runs: () => number
} => {
  const runs = new Set<number>()
  const f = (x: Tensor): Tensor => {
    runs.add(runs.size)
    return tanh(matmul(inputs, x))
  }
  return { f, loss: (x) => sum(mul(softmax(f(x)), sin(f(x)))), runs: () => runs.size }
}

describe('a function is run', () => {
  it('once for a gradient and twice for a loss that calls it twice', () => {
    const { f, loss, runs } = counted()
    grad((x: Tensor) => sum(f(x)))(at)
    expect(runs()).toBe(1)
    valueAndGrad(loss)(at)
    expect(runs()).toBe(3)
  })

  it('once for any number of pushforwards, pullbacks and products', () => {
    const { f, runs } = counted()
    const [, pushforward] = linearize(f)(at)
    const [y, pullback] = vjp(f)(at)
    const product = hvp((x: Tensor) => sum(square(f(x))))(at)
    const gauss = gaussNewtonProduct(f, (z: Tensor) => sum(square(z)))(at)
    expect(runs()).toBe(4)
    for (const direction of [v, w, at]) {
      pushforward(direction)
      pullback(y)
      product(direction)
      gauss(direction)
      grad((u: Tensor) => sum(mul(u, product(u))))(direction)
    }
    expect(runs()).toBe(4)
  })

  it('once for a Hessian, a Jacobian and a batch', () => {
    const { f, runs } = counted()
    hessian((x: Tensor) => sum(square(f(x))))(at)
    jacfwd(f)(at)
    vmap(f)(normal(randomKey(5), [6, 4, 3]))
    expect(runs()).toBe(3)
  })
})

describe('a replay', () => {
  /** The exponential, which tells of each evaluation. */
  const watched = (): { readonly exponential: (x: Tensor) => Tensor; readonly evaluations: () => number } => {
    const evaluations = new Set<number>()
    const primitive = elementwise({
      name: 'watched',
      formula: 'e^x',
      kernel: (x) => {
        evaluations.add(evaluations.size)
        return x.map(Math.exp)
      },
      partial: (_, y) => scale(y),
    })
    return { exponential: unaryOperation(primitive), evaluations: () => evaluations.size }
  }

  it('evaluates no operation of the function again', () => {
    const { exponential, evaluations } = watched()
    const f = (x: Tensor): Tensor => sum(exponential(sin(x)))
    const product = hvp(f)(at)
    const [, pushforward] = linearize(f)(at)
    const [, pullback] = vjp(f)(at)
    expect(evaluations()).toBe(3)
    for (const direction of [v, w]) {
      product(direction)
      pushforward(direction)
      pullback(scalar(1))
    }
    vmap(product)(normal(randomKey(6), [5, 4, 3]))
    expect(evaluations()).toBe(3)
    hessian(f)(at)
    expect(evaluations()).toBe(4)
  })
})

describe('a recorded tape', () => {
  const { f, loss } = counted()

  it('gives the same bits each time, whatever was asked in between', () => {
    const product = hvp(loss)(at)
    const first = product(v)
    product(w)
    product(first)
    expectSameBits(product(v), first)
    expectSameBits(hvp(loss)(at)(v), first)
    const [y, pullback] = vjp(f)(at)
    const back = pullback(y)
    pullback(sin(y))
    expectSameBits(pullback(y), back)
    const [, pushforward] = linearize(f)(at)
    const ahead = pushforward(v)
    pushforward(w)
    expectSameBits(pushforward(v), ahead)
  })

  it('leaves the point, the direction and the constants as they were', () => {
    const before = [at, v, inputs].map(toFloat64Array)
    const product = hvp(loss)(at)
    product(v)
    hessian(loss)(at)
    grad(loss)(at)
    expect([at, v, inputs].map(toFloat64Array)).toEqual(before)
  })

  it('is not disturbed by a later transform of the same function', () => {
    const product = hvp(loss)(at)
    const first = toArray(product(v))
    grad(loss)(w)
    hvp(loss)(w)(v)
    expect(toArray(product(v))).toEqual(first)
  })

  it('is deterministic over runs', () => {
    expectSameBits(grad(loss)(at), grad(loss)(at))
    expectSameBits(hessian(loss)(at), hessian(loss)(at))
  })

  it('returns the value that f returns', () => {
    expectSameBits(valueAndGrad(loss)(at)[0], loss(at))
    expectSameBits(linearize(f)(at)[0], f(at))
    expectSameBits(vjp(f)(at)[0], f(at))
  })

  it('does not sweep what leads to no result', () => {
    // A dead branch with an infinite slope would spoil the gradient if it were swept.
    const g = (x: Tensor): Tensor => {
      mul(x, scalar(Number.NaN))
      return add(x, 1)
    }
    expect(toArray(grad(g)(scalar(2)))).toBe(1)
  })
})
