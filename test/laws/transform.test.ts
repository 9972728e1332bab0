import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  compile,
  grad,
  hessian,
  hvp,
  jvp,
  linearize,
  mul,
  stopGradient,
  sum,
  type Tensor,
  vjp,
  vmap,
} from 'gradus'
import { check, register, type Transforms, transformLaws } from 'gradus/laws'
import { describe, expect, it } from 'vitest'

register({ describe, it })(transformLaws({ name: 'the transforms of gradus' }))
register({ describe, it }, { instances: 20 })(transformLaws({ name: 'on vectors of one entry', width: 1 }))

const failedBy = (transforms: Partial<Transforms>): ReadonlyArray<string> => {
  const outcome = check({ seed: 3, instances: 30, shrink: false })(transformLaws({ name: 'impostor', transforms }))
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace('impostor › ', '')) : []
}

type Field = (x: Tensor) => Tensor

/** Forward mode by one forward difference: it is rounded, and its tangents live on no level. */
const stepped =
  (f: Field) =>
  (x: Tensor, v: Tensor): readonly [Tensor, Tensor] => [f(x), mul(1e5, add(f(add(x, mul(1e-5, v))), mul(-1, f(x))))]

describe('transforms that are not what they claim', () => {
  it('a derivative that misses a factor', () => {
    expect(failedBy({ jvp: (f) => (x, v) => [f(x), mul(2, jvp(f)(x, v)[1])] })).toEqual(
      expect.arrayContaining([
        'calculus › a derivative is what differences find',
        'calculus › chain rule: (g ∘ f)′ v = g′ (f′ v)',
        'calculus › forward and reverse are adjoint: ⟨u, f′ v⟩ = ⟨f′ᵀ u, v⟩',
        'calculus › the derivative of a linear function is the function',
        'levels › an inner derivative does not see the outer variable',
        'replays › a linearization replays: each call is what one call alone gives',
      ]),
    )
  })

  it('a derivative that is not linear in the function', () => {
    const squared: Transforms['jvp'] = (f) => (x, v) => [f(x), mul(jvp(f)(x, v)[1], jvp(f)(x, v)[1])]
    expect(failedBy({ jvp: squared })).toEqual(
      expect.arrayContaining([
        'calculus › the derivative of a f + g is a f′ + g′',
        'calculus › product rule: (f g)′ = f′ g + f g′',
      ]),
    )
  })

  it('derivatives by differences', () => {
    expect(failedBy({ jvp: stepped })).toContain('calculus › a derivative is what differences find')
  })

  it('a derivative whose levels are confused', () => {
    // What a global tangent does: the inner call adds the tangent of the outer one.
    const outer = [0]
    const confused: Transforms['jvp'] = (f) => (x, v) => {
      outer[0] = (outer[0] ?? 0) + 1
      const [y, dy] = jvp(f)(x, v)
      const depth = outer[0] ?? 1
      outer[0] = depth - 1
      return [y, depth > 1 ? mul(2, dy) : dy]
    }
    const failed = failedBy({ jvp: confused })
    expect(failed).toContain('levels › an inner derivative does not see the outer variable')
    expect(failed).not.toContain('calculus › a derivative is what differences find')
    const gradients: Transforms['grad'] = (f) => (x) => {
      outer[0] = (outer[0] ?? 0) + 1
      const g = grad(f)(x)
      const depth = outer[0] ?? 1
      outer[0] = depth - 1
      return depth > 1 ? mul(2, g) : g
    }
    expect(failedBy({ grad: gradients })).toContain('levels › an inner gradient does not see the outer variable')
  })

  it('a pullback that is not the transpose, or keeps what it was given before', () => {
    expect(failedBy({ vjp: (f) => (x) => [f(x), (w) => mul(-1, vjp(f)(x)[1](w))] })).toEqual(
      expect.arrayContaining([
        'calculus › forward and reverse are adjoint: ⟨u, f′ v⟩ = ⟨f′ᵀ u, v⟩',
        'calculus › the gradient of a sum is the pullback of ones',
      ]),
    )
    const accumulating: Transforms['vjp'] = (f) => (x) => {
      const [y, pull] = vjp(f)(x)
      const total = [mul(0, x)]
      return [
        y,
        (w) => {
          total[0] = add(total[0] ?? 0, pull(w))
          return total[0]
        },
      ]
    }
    expect(failedBy({ vjp: accumulating })).toEqual([
      'replays › a pullback replays: each call is what one call alone gives',
    ])
  })

  it('values that change beside derivatives, and gradients of which higher orders are lost', () => {
    expect(failedBy({ linearize: (f) => (x) => [mul(2, f(x)), linearize(f)(x)[1]] })).toEqual([
      'calculus › the value beside a derivative is the value',
    ])
    expect(failedBy({ grad: (f) => (x) => stopGradient(grad(f)(x)) })).toEqual(
      expect.arrayContaining([
        'levels › second derivatives are the same in all four orders of the modes',
        'curvature › the Hessian is the forward Jacobian of the gradient',
      ]),
    )
  })

  it('a Hessian, its products or their replay', () => {
    expect(failedBy({ hessian: (f) => (x) => mul(2, hessian(f)(x)) })).toEqual([
      'curvature › the Hessian is the forward Jacobian of the gradient',
      'curvature › Hessian-vector products are products with the Hessian',
    ])
    const stale: Transforms['hvp'] = (f) => (x) => {
      const product = hvp(f)(x)
      const seen: Array<Tensor> = []
      return (v) => {
        seen.push(v)
        return product(seen[0] ?? v)
      }
    }
    expect(failedBy({ hvp: stale })).toEqual(['replays › Hessian-vector products replay'])
  })

  it('batches that mix their examples', () => {
    const mixing: Transforms['vmap'] = (f) => (xs) => add(vmap(f)(xs), mul(1e-3, sum(xs)))
    expect(failedBy({ vmap: mixing })).toEqual([
      'batches › a batch is the map over its examples',
      'batches › a batch of batches is the map over the batches',
      'batches › gradients of a batch are a batch of gradients',
    ])
    const flat: Transforms['vmap'] = (f) => (xs) =>
      String(xs).includes('in vmap') ? add(vmap(f)(xs), 1e-3) : vmap(f)(xs)
    expect(failedBy({ vmap: flat })).toEqual(['batches › a batch of batches is the map over the batches'])
  })

  it('a compiler that keeps the first result', () => {
    const kept: Transforms['compile'] = (f) => {
      const results: Array<Tensor> = []
      return (x) => {
        results.push(compile(f)(x))
        return results[0] ?? x
      }
    }
    expect(failedBy({ compile: kept })).toEqual([
      'replays › compiled functions and gradients are the same, at more than one point',
    ])
  })
})
