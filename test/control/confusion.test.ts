/** Perturbation confusion (Siskind and Pearlmutter 2005; the test of that name in ForwardDiff.jl) with control flow inside. */
import {
  add,
  argmin,
  checkpoint,
  compile,
  cond,
  custom,
  dot,
  exp,
  fixedPoint,
  fori,
  grad,
  greater,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  less,
  linearMaps,
  linearSolve,
  matmul,
  mul,
  norm,
  pow,
  root,
  scalar,
  scan,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toArray,
  toNumber,
  vmap,
  whileLoop,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { gradientBy } from '../support/differences.js'
import { expectNear } from '../support/near.js'

type Scalar = (x: Tensor) => Tensor

const forward =
  (f: Scalar): Scalar =>
  (x) =>
    jvp(f)(x, scalar(1))[1]

const modes: Readonly<Record<string, (f: Scalar) => Scalar>> = { forward, reverse: grad, jacfwd, jacrev }

/** The same function of one number, by way of each kind of control flow; all of them close over what `f` closes over. */
const disguises: Readonly<Record<string, (f: Scalar) => Scalar>> = {
  cond: (f) => (y) =>
    cond(
      (z: Tensor) => f(z),
      (z: Tensor) => exp(z),
    )(greater(add(y, 100), 0), y),
  'the other branch': (f) => (y) =>
    cond(
      () => exp(y),
      () => f(y),
    )(greater(y, 100)),
  scan: (f) => (y) => scan((c: Tensor, k: Tensor) => [add(c, mul(k, f(y))), []])(scalar(0), tensor([0.25, 0.75]))[0],
  'long scan': (f) => (y) => mul(1 / 20, fori(20, (_, c: Tensor) => add(c, f(y)))(zeros([]))),
  checkpoint: (f) => checkpoint(f),
  linearSolve: (f) => (y) => linearSolve((z: Tensor) => mul(2, z))(mul(2, f(y))),
  fixedPoint: (f) => (y) => fixedPoint((p: Tensor, z: Tensor) => add(mul(0.5, z), mul(0.5, f(p))))(y, scalar(0)),
  root: (f) => (y) => root((p: Tensor, z: Tensor) => sub(z, f(p)))(y, scalar(0)),
  argmin: (f) => (y) => argmin((p: Tensor, z: Tensor) => square(sub(z, f(p))))(y, scalar(0)),
}

const square2 = custom({
  name: 'square',
  value: (t: Tensor) => square(t),
  differential: ([t]) => [linearMaps.scale(mul(2, t))],
})

const pairs = Object.keys(modes).flatMap((outer) => Object.keys(modes).map((inner) => [outer, inner] as const))

const modeOf = (name: string): ((f: Scalar) => Scalar) => modes[name] ?? grad

describe.each(Object.entries(disguises))('%s', (_, disguised) => {
  it.each(pairs)('keeps levels apart, %s outside, %s inside', (outerName, innerName) => {
    const outer = modeOf(outerName)
    const inner = (f: Scalar): Scalar => modeOf(innerName)(disguised(f))
    const at = (f: Scalar, x: number): number => toNumber(outer(f)(scalar(x)))
    const near = (found: number, wanted: number): void => expectNear(found, wanted, 1e-10)
    near(
      at((x) => mul(x, inner((y) => add(x, y))(scalar(1))), 1),
      1,
    )
    near(
      at((x) => mul(x, inner((y) => mul(x, y))(scalar(2))), 3),
      6,
    )
    near(
      at((x) => inner((y) => mul(square2(x), pow(y, 3)))(scalar(2)), 3),
      72,
    )
    near(
      at((x) => inner((y) => mul(x, square2(y)))(x), 5),
      20,
    )
    near(
      at((x) => inner(() => scalar(1))(x), 1),
      0,
    )
    near(
      at((x) => inner(() => x)(scalar(1)), 1),
      0,
    )
    near(
      at((x) => add(mul(x, inner(() => x)(x)), x), 4),
      1,
    )
    // Three levels, the control flow in the middle and outside too.
    const three: Scalar = (x) =>
      inner((y) => outer(disguised((z) => mul(square(x), mul(pow(y, 3), pow(z, 4)))))(scalar(1.5)))(scalar(2))
    near(at(disguised(three), 1.25), 2 * 1.25 * 12 * 4 * 1.5 ** 3)
  })

  it('serves vectors that both levels share', () => {
    const v = tensor([0.3, -1.2, 2])
    const nested = (x: Tensor): Tensor => mul(sum(x), forward(disguised((y) => mul(y, norm(x))))(scalar(1)))
    const plain = (x: Tensor): Tensor => mul(sum(x), norm(x))
    expectNear(grad(nested)(v), gradientBy(plain, v), 1e-9)
    expectNear(compile(grad(nested))(v), grad(plain)(v), 1e-10)
    expectNear(hessian(nested)(v), hessian(plain)(v), 1e-9)
    const across = (x: Tensor): Tensor =>
      vmap((y: Tensor) => forward(disguised((z) => mul(z, mul(x, y))))(y))(tensor([1, 2]))
    expectNear(jacfwd(across)(scalar(3)), [1, 2], 1e-10)
  })
})

describe('whileLoop', () => {
  it('keeps levels apart, forwards', () => {
    const thrice =
      (f: Scalar): Scalar =>
      (y) =>
        whileLoop(
          ([k]: readonly [Tensor, Tensor]) => less(k, 3),
          ([k, c]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => [add(k, 1), add(c, f(y))],
        )([scalar(0), scalar(0)])[1]
    const f: Scalar = (x) => mul(x, forward(thrice((y) => mul(sin(x), y)))(scalar(2)))
    // d/dx 3 x sin x.
    expectNear(forward(f)(scalar(0.7)), 3 * (Math.sin(0.7) + 0.7 * Math.cos(0.7)), 1e-14)
    expectNear(compile(forward(f))(scalar(0.7)), 3 * (Math.sin(0.7) + 0.7 * Math.cos(0.7)), 1e-14)
  })
})

describe('ForwardDiff’s other cases', () => {
  it('the Jacobian of an inner gradient of a bilinear form is its matrix, through a scan', () => {
    const a = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const inner = (x: Tensor): Tensor =>
      grad(
        (y: Tensor) =>
          scan((c: Tensor, [row, entry]: readonly [Tensor, Tensor]) => [add(c, mul(entry, dot(row, x))), []])(
            scalar(0),
            [a, y],
          )[0],
      )(tensor([7, -2]))
    expect(toArray(jacfwd(inner)(tensor([1, 2, 3])))).toEqual(toArray(a))
    expect(toArray(jacrev(inner)(tensor([1, 2, 3])))).toEqual(toArray(a))
    expect(toArray(compile(jacrev(inner))(tensor([1, 2, 3])))).toEqual(toArray(a))
  })

  it('a Legendre transform gives the forces, with argmin for the transform: ∇H = (0, g)', () => {
    const g = 9.8
    const m = tensor([
      [2, 0.5],
      [0.5, 1],
    ])
    const lagrangian = (q: Tensor, velocity: Tensor): Tensor =>
      sub(mul(0.5, dot(velocity, matmul(m, velocity))), mul(g, dot(tensor([0, 1]), q)))
    const hamiltonian = ({ q, p }: { readonly q: Tensor; readonly p: Tensor }): Tensor => {
      const gap = (at: typeof start, velocity: Tensor): Tensor => sub(lagrangian(at.q, velocity), dot(at.p, velocity))
      const velocity = argmin(gap)({ q, p }, zeros([2]))
      return sub(dot(p, velocity), lagrangian(q, velocity))
    }
    const start = { q: tensor([1, 2]), p: tensor([0.5, -0.25]) }
    expectNear(grad(hamiltonian)(start).q, [0, g], 1e-13)
    // Hamilton's other equation: ∂H/∂p is the velocity, M⁻¹ p.
    expectNear(matmul(m, grad(hamiltonian)(start).p), start.p, 1e-13)
    const inverse = hessian((p: Tensor) => hamiltonian({ q: start.q, p }))(start.p)
    expectNear(
      matmul(m, inverse),
      [
        [1, 0],
        [0, 1],
      ],
      1e-13,
    )
  })
})
