import {
  add,
  dot,
  exp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  log,
  matmul,
  mul,
  neg,
  norm,
  pow,
  scalar,
  sin,
  slice,
  square,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  toArray,
  toNumber,
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

/** The derivative of a scalar function in either mode; an inner and an outer one may differ. */
const modes: Readonly<Record<string, (f: Scalar) => Scalar>> = { forward, reverse: grad, jacfwd, jacrev }

const pairs = Object.keys(modes).flatMap((outer) => Object.keys(modes).map((inner) => [outer, inner] as const))

const modeOf = (name: string): ((f: Scalar) => Scalar) => modes[name] ?? grad

const entry = (x: Tensor, i: number): Tensor => squeeze(slice(x, [i], [i + 1]))

describe.each(pairs)('%s outside, %s inside', (outerName, innerName) => {
  const [outer, inner] = [modeOf(outerName), modeOf(innerName)]

  // Siskind and Pearlmutter, Perturbation confusion and referential transparency (IFL 2005), §2.
  it('d/dx x · (d/dy (x + y)) at 1 is 1, not 2', () => {
    expect(toNumber(outer((x) => mul(x, inner((y) => add(x, y))(scalar(1))))(scalar(1)))).toBe(1)
  })

  it('d/dx x · (d/dy x·y) at 3 is 2x = 6', () => {
    expect(toNumber(outer((x) => mul(x, inner((y) => mul(x, y))(scalar(2))))(scalar(3)))).toBe(6)
  })

  it('d/dx (d/dy x²y³) at (3, 2) is 2x · 3y² = 72', () => {
    expect(toNumber(outer((x) => inner((y) => mul(square(x), pow(y, 3)))(scalar(2)))(scalar(3)))).toBe(72)
  })

  it('the inner variable may be the outer one', () => {
    // d/dx (d/dy x·y² at y = x) = d/dx 2x² = 4x.
    expect(toNumber(outer((x) => inner((y) => mul(x, square(y)))(x))(scalar(5)))).toBe(20)
  })

  it('a constant inside a constant has the derivative 0', () => {
    expect(toNumber(outer((x) => inner(() => scalar(1))(x))(scalar(1)))).toBe(0)
    expect(toNumber(outer(() => inner((y) => y)(scalar(1)))(scalar(1)))).toBe(0)
    expect(toNumber(outer((x) => inner(() => x)(scalar(1)))(scalar(1)))).toBe(0)
  })

  it('a constant of the inner derivative is a variable of the outer one', () => {
    // d/dx x·(d/dy x) + x = 1.
    expect(toNumber(outer((x) => add(mul(x, inner(() => x)(x)), x))(scalar(4)))).toBe(1)
  })

  it('three levels keep apart', () => {
    // ∂x∂y∂z x²y³z⁴ = 2x · 3y² · 4z³ at (1, 2, 3).
    const f = outer((x) => inner((y) => outer((z) => mul(square(x), mul(pow(y, 3), pow(z, 4))))(scalar(3)))(scalar(2)))
    expect(toNumber(f(scalar(1)))).toBe(2 * 12 * 108)
  })

  // Manzyuk, Pearlmutter, Radul, Rush and Siskind, Perturbation confusion in forward AD of higher-order functions (JFP 2019).
  it('a derivative operator made by a derivative can be applied twice', () => {
    const operator =
      (f: Scalar): Scalar =>
      (x) =>
        outer((u) => f(add(x, u)))(scalar(0))
    expectNear(operator(operator(exp))(scalar(1)), Math.E, 1e-15)
    const mixed =
      (f: Scalar): Scalar =>
      (x) =>
        inner((u) => f(add(x, u)))(scalar(0))
    expectNear(operator(mixed(sin))(scalar(1)), -Math.sin(1), 1e-15)
  })
})

// The cases of the test of the same name in ForwardDiff.jl, rebuilt.
describe('vectors', () => {
  const v = tensor([0.3, -1.2, 2])

  it('∇ Σv · (d/dy y‖v‖) is ∇ Σv ‖v‖', () => {
    const nested = (x: Tensor): Tensor => mul(sum(x), forward((y) => mul(y, norm(x)))(scalar(1)))
    const plain = (x: Tensor): Tensor => mul(sum(x), norm(x))
    expectNear(grad(nested)(v), grad(plain)(v), 1e-15)
    expectNear(grad(nested)(v), gradientBy(plain, v), 1e-10)
    expectNear(jacfwd(nested)(v), grad(plain)(v), 1e-15)
  })

  it('the Jacobian of an inner gradient of a bilinear form is its matrix', () => {
    const a = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const inner = (x: Tensor): Tensor => grad((y: Tensor) => dot(y, matmul(a, x)))(tensor([7, -2]))
    expect(toArray(jacfwd(inner)(v))).toEqual(toArray(a))
    expect(toArray(jacrev(inner)(v))).toEqual(toArray(a))
  })

  it('the mixed derivative of a Lagrangian without mixed terms is 0', () => {
    const lagrangian = (q: Tensor, velocity: Tensor): Tensor => sub(mul(0.5, sum(square(velocity))), sum(square(q)))
    const mixed = (q: Tensor, velocity: Tensor): Tensor =>
      jacfwd((at: Tensor) => grad((w: Tensor) => lagrangian(at, w))(velocity))(q)
    expect(toArray(mixed(tensor([1, 2]), tensor([3, 4])))).toEqual(toArray(zeros([2, 2])))
  })

  it('a Legendre transform gives the forces: ∇H = (0, g)', () => {
    const g = 9.8
    const lagrangian = (q: Tensor, velocity: Tensor): Tensor =>
      sub(mul(0.5, dot(velocity, velocity)), mul(g, entry(q, 1)))
    /** p·v − F(v) where ∇F(v) = p, for a quadratic F in the plane. */
    const legendre = (f: Scalar, p: Tensor): Tensor => {
      const m = hessian(f)(zeros([2]))
      const at = (i: number, j: number): Tensor => squeeze(slice(m, [i, j], [i + 1, j + 1]))
      const right = sub(p, grad(f)(zeros([2])))
      const determinant = sub(mul(at(0, 0), at(1, 1)), mul(at(0, 1), at(1, 0)))
      const velocity = stack([
        sub(mul(at(1, 1), entry(right, 0)), mul(at(0, 1), entry(right, 1))),
        sub(mul(at(0, 0), entry(right, 1)), mul(at(1, 0), entry(right, 0))),
      ])
      const solved = mul(velocity, pow(determinant, -1))
      return sub(dot(p, solved), f(solved))
    }
    const hamiltonian = (q: Tensor, p: Tensor): Tensor => legendre((velocity) => lagrangian(q, velocity), p)
    const [q, p] = [tensor([1, 2]), tensor([0.5, -0.25])]
    expectNear(grad((at: Tensor) => hamiltonian(at, p))(q), [0, g], 1e-15)
    expectNear(jacfwd((at: Tensor) => hamiltonian(at, p))(q), [0, g], 1e-15)
    // Hamilton's other equation: ∂H/∂p is the velocity, here p itself.
    expectNear(grad((momentum: Tensor) => hamiltonian(q, momentum))(p), [0.5, -0.25], 1e-15)
  })

  it('the Hessian of an entry, taken through closures, is 0', () => {
    const first = (x: Tensor): Tensor => {
      const read = (): Tensor => entry(x, 0)
      return ((): Tensor => read())()
    }
    expect(toArray(hessian(first)(v))).toEqual(toArray(zeros([3, 3])))
    const throughGradient = (x: Tensor): Tensor => dot(grad((y: Tensor) => mul(entry(x, 0), sum(y)))(v), zeros([3]))
    expect(toArray(hessian(throughGradient)(v))).toEqual(toArray(zeros([3, 3])))
  })

  it('the Hessian of a function that takes a Hessian inside', () => {
    // tr ∇² Σ y⁴ at y = x is 12 Σ x², with the Hessian 24 I.
    const trace = (x: Tensor): Tensor => {
      const h = hessian((y: Tensor) => sum(pow(y, 4)))(x)
      return sum(take(sum(h, { axes: [0] }), tensor([0, 1])))
    }
    expect(toArray(hessian(trace)(tensor([1, 2])))).toEqual([
      [24, 0],
      [0, 24],
    ])
  })

  it('a gradient step inside the loss (learning to learn)', () => {
    // f(x) = ½ a x² after one step from x: a (1 − ηa)² x; as a function of η: −a² x² (1 − ηa).
    const [a, x] = [3, 2]
    const inner = (at: Tensor): Tensor => mul(a / 2, square(at))
    const after = (rate: Tensor): Tensor => inner(sub(x, mul(rate, grad(inner)(scalar(x)))))
    expectNear(grad(after)(scalar(0.1)), -a * a * x * x * (1 - 0.1 * a), 1e-14)
    expectNear(grad(grad(after))(scalar(0.1)), a ** 3 * x * x, 1e-13)
  })

  it('log, −log and exp as functions of a closed-over outer variable', () => {
    const f = (x: Tensor): Tensor => grad((y: Tensor) => neg(log(add(exp(mul(x, y)), 1))))(scalar(0.5))
    // −x σ(x/2), differentiated.
    const s = 1 / (1 + Math.exp(-1))
    expectNear(grad(f)(scalar(2)), -(s + 2 * 0.5 * s * (1 - s)), 1e-15)
  })
})
