import fc from 'fast-check'
import {
  abs,
  add,
  compile,
  Defect,
  div,
  fori,
  grad,
  greater,
  jacfwd,
  jvp,
  less,
  linearize,
  mul,
  scalar,
  show,
  sin,
  stage,
  sub,
  type Tensor,
  tensor,
  toArray,
  toNumber,
  vmap,
  whileLoop,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'

/** Newton's iteration for √a, until a step is small. */
const root = (a: Tensor): Tensor =>
  whileLoop(
    ([x, step]: readonly [Tensor, Tensor]) => greater(abs(step), mul(1e-14, x)),
    ([x]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => {
      const next = mul(0.5, add(x, div(a, x)))
      return [next, sub(next, x)]
    },
  )([add(1, mul(0, a)), scalar(1)])[0]

const grow = (x: Tensor): Tensor =>
  whileLoop(
    (c: Tensor) => less(c, 50),
    (c: Tensor) => add(mul(c, x), mul(0.5, sin(c))),
  )(x)

const written = (x: Tensor): Tensor => {
  const from = (c: Tensor): Tensor => (toNumber(c) < 50 ? from(add(mul(c, x), mul(0.5, sin(c)))) : c)
  return from(x)
}

/** The steps that the loop takes at x, as a function that is differentiated there. */
const writtenAt = (x: number): ((y: Tensor) => Tensor) => {
  const count = (c: Tensor, n: number): number =>
    toNumber(c) < 50 ? count(add(mul(c, x), mul(0.5, sin(c))), n + 1) : n
  const steps = count(scalar(x), 0)
  return (y) => Array.from({ length: steps }).reduce<Tensor>((c) => add(mul(c, y), mul(0.5, sin(c))), y)
}

describe('whileLoop', () => {
  it('is the loop written out, bit for bit, with its derivatives forwards', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.6, max: 4, noNaN: true }), (x) => {
        const [p, f] = [scalar(x), writtenAt(x)]
        expectSameBits(grow(p), written(p))
        const along = (g: (y: Tensor) => Tensor) => (y: Tensor) => jvp(g)(y, scalar(1))[1]
        expectSameBits(jvp(grow)(p, scalar(1)), jvp(f)(p, scalar(1)))
        expectNear(along(along(grow))(p), along(along(f))(p), 1e-14)
        expectNear(along(along(along(grow)))(p), along(along(along(f)))(p), 1e-14)
        expectNear(linearize(grow)(p)[1](scalar(2)), jvp(f)(p, scalar(2))[1], 1e-14)
        expectNear(compile(along(along(grow)))(p), along(along(f))(p), 1e-13)
      }),
      { numRuns: 10 },
    )
  })

  it('batches: each example takes its own number of steps', () => {
    const points = [1.7, 3, 60, 2]
    expectNear(
      vmap(grow)(tensor(points)),
      points.map((x) => toNumber(written(scalar(x)))),
      1e-15,
    )
    const slope = (x: Tensor): Tensor => jvp(grow)(x, scalar(1))[1]
    expectNear(
      vmap(slope)(tensor(points)),
      points.map((x) => toNumber(jvp(writtenAt(x))(scalar(x), scalar(1))[1])),
      1e-14,
    )
    expectNear(compile(vmap(slope))(tensor(points)), vmap(slope)(tensor(points)), 1e-13)
    expectNear(
      jacfwd((x: Tensor) => vmap(root)(x))(tensor([4, 9])),
      [
        [0.25, 0],
        [0, 1 / 6],
      ],
      1e-14,
    )
  })

  it('converges where nobody knows the number of steps', () => {
    const f = compile(root)
    expectNear(f(scalar(2)), Math.SQRT2, 1e-15)
    expectNear(f(scalar(1e6)), 1000, 1e-15)
    expectNear(compile((a: Tensor) => jvp(root)(a, scalar(1))[1])(scalar(2)), 0.5 / Math.SQRT2, 1e-14)
  })

  it('does not grow with its steps, and prints', () => {
    const program = stage(grow)(scalar(0))
    expect(program.instructions.length).toBeLessThan(6)
    expect(show(program)).toMatch(/while\(x2\) \{carries: 1\}[\s\S]*condition:[\s\S]*less[\s\S]*body:[\s\S]*sin/)
  })

  it('refuses backward mode and says what to use', () => {
    for (const run of [
      () => grad(grow)(scalar(2)),
      () => compile(grad(grow))(scalar(2)),
      () => grad(compile(grow))(scalar(2)),
    ]) {
      expect(run).toThrow(Defect)
      expect(run).toThrow(/backward sweep needs the value before each step[\s\S]*scan[\s\S]*fixedPoint/)
    }
    // Counting loops whose number of steps is unknown are such loops.
    expect(() => compile(grad((n: Tensor) => fori(n, (_, c: Tensor) => mul(c, n))(n)))(scalar(2))).toThrow(/scan/)
  })

  it('does nothing where the condition does not hold, and is checked', () => {
    expect(toNumber(grow(scalar(51)))).toBe(51)
    expect(() =>
      whileLoop(
        () => zeros([2]),
        (c: Tensor) => c,
      )(scalar(1)),
    ).toThrow(/expected a scalar condition, got shape \[2\]/)
    expect(() =>
      stage(
        whileLoop(
          (c: Tensor) => c,
          () => zeros([2]),
        ),
      )(scalar(1)),
    ).toThrow(/carry that the body returns differs/)
    expect(
      toArray(
        vmap(
          whileLoop(
            (c: Tensor) => less(c, 0),
            (c: Tensor) => add(c, 1),
          ),
        )(tensor([-2, 1])),
      ),
    ).toEqual([0, 1])
  })
})
