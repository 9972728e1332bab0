/** The laws of transformations and of operators: they hold for the library, and each rejects an impostor. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { add, matmul, mul, sin, square, sum, type Tensor, treeScale, zeros } from 'gradus'
import { hessianOperator, type LinearOperator, lanczos, type Subspace } from 'gradus/curvature'
import {
  type Compose,
  check,
  operatorLaws,
  type RuleSet,
  register,
  ruleSet,
  type Spectrum,
  symmetricMatrices,
  tensors,
  transformationLaws,
} from 'gradus/laws'
import { type Stateless, scaleBy, scaleByAdam, type Transformation, trace, unchanged } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 9, instances: 30, shrink: false })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

describe('transformations', () => {
  register(
    { describe, it },
    { instances: 20 },
  )(
    ruleSet('transformations of gradus', [
      transformationLaws({ name: 'unchanged', transformation: unchanged }),
      transformationLaws({ name: 'scaleBy', transformation: scaleBy(-0.1) }),
      transformationLaws({ name: 'trace', transformation: trace(0.9) }),
      transformationLaws({ name: 'scaleByAdam', transformation: scaleByAdam() }),
    ])([]),
  )

  it('that hide a state are found out', () => {
    const calls = [0]
    const counting: Transformation<Stateless> = {
      init: () => null,
      update: (updates) => (state) => {
        calls[0] = (calls[0] ?? 0) + 1
        return [treeScale(calls[0], updates), state]
      },
    }
    expect(failedOf(transformationLaws({ name: 'x', transformation: counting }))).toEqual(
      expect.arrayContaining(['it is a function, and leaves its state as it was', 'descend adds what it gives']),
    )
  })

  it('that look at the point they are at are held to what descend gives them', () => {
    const forgetful: Transformation<Stateless> = {
      init: () => null,
      update: (updates, it) => (state) => [it.step === 0 ? treeScale(it.work.gradients, updates) : updates, state],
    }
    expect(failedOf(transformationLaws({ name: 'x', transformation: forgetful }))).toEqual([])
  })

  it('are chained by chain: not in the other order, not with a factor, not without the second state', () => {
    const backwards: Compose = (first, then) => ({
      init: (p) => [first.init(p), then.init(p)],
      update:
        (updates, it) =>
        ([a, b]) => {
          const [halfway, nextB] = then.update(updates, it)(b)
          const [done, nextA] = first.update(halfway, it)(a)
          return [done, [nextA, nextB]]
        },
    })
    const adam = { name: 'x', transformation: scaleByAdam() }
    expect(failedOf(transformationLaws({ ...adam, compose: backwards }))).toEqual([
      'a chain gives to the second what the first made',
    ])
    const louder: Compose = (first, then) => ({
      init: (p) => [first.init(p), then.init(p)],
      update:
        (updates, it) =>
        ([a, b]) => {
          const [halfway, nextA] = first.update(updates, it)(a)
          const [done, nextB] = then.update(treeScale(2, halfway), it)(b)
          return [done, [nextA, nextB]]
        },
    })
    expect(failedOf(transformationLaws({ name: 'x', transformation: trace(0.9), compose: louder }))).toEqual(
      expect.arrayContaining(['nothing before it changes nothing', 'nothing after it changes nothing']),
    )
    const stale: Compose = (first, then) => ({
      init: (p) => [first.init(p), then.init(p)],
      update:
        (updates, it) =>
        ([a, b]) => {
          const [halfway, nextA] = first.update(updates, it)(a)
          return [then.update(halfway, it)(b)[0], [nextA, b]]
        },
    })
    expect(failedOf(transformationLaws({ ...adam, compose: stale }))).toEqual(
      expect.arrayContaining(['nothing before it changes nothing']),
    )
    const repeating: Compose = (first, then) => ({
      init: (p) => [first.init(p), then.init(p)],
      update:
        (updates, it) =>
        ([a, b]) => {
          const [once, between] = first.update(updates, it)(a)
          const [halfway, nextA] = first.update(once, it)(between)
          const [done, nextB] = then.update(halfway, it)(b)
          return [done, [nextA, nextB]]
        },
    })
    expect(failedOf(transformationLaws({ ...adam, compose: repeating }))).toEqual(
      expect.arrayContaining(['brackets change nothing']),
    )
  })
})

const operatorOf = (matrix: Tensor): LinearOperator<Tensor> => ({
  like: zeros([matrix.shape[0] ?? 0]),
  size: matrix.shape[0] ?? 0,
  apply: (v) => matmul(matrix, v),
  matrix: () => matrix,
})

const operators = (spectrum: Spectrum): fc.Arbitrary<LinearOperator<Tensor>> =>
  fc.integer({ min: 1, max: 6 }).chain((n) => symmetricMatrices(spectrum, n).map(({ matrix }) => operatorOf(matrix)))

const changedOperators = (
  change: (operator: LinearOperator<Tensor>) => Partial<LinearOperator<Tensor>>,
): fc.Arbitrary<LinearOperator<Tensor>> =>
  operators('indefinite').map((operator) => ({ ...operator, ...change(operator) }))

describe('operators', () => {
  for (const spectrum of ['positive', 'indefinite', 'moderate', 'degenerate', 'repeated', 'ill conditioned'] as const)
    register({ describe, it })(
      operatorLaws({ name: `matrices with a spectrum that is ${spectrum}`, operators: operators(spectrum) }),
    )

  const hessians = fc
    .record({ a: tensors([2]), b: tensors([2, 2]) })
    .map(hessianOperator(({ a, b }: { a: Tensor; b: Tensor }) => add(sum(sin(mul(a, b))), sum(square(square(a))))))
  register({ describe, it })(operatorLaws({ name: 'Hessians of trees', operators: hessians }))

  it.each<readonly [string, fc.Arbitrary<LinearOperator<Tensor>>, ReadonlyArray<string>]>([
    [
      'not symmetric',
      fc.integer({ min: 2, max: 5 }).chain((n) => tensors([n, n]).map(operatorOf)),
      ['operator › it is symmetric: ⟨u, A v⟩ = ⟨A u, v⟩'],
    ],
    [
      'not linear',
      changedOperators(({ apply }) => ({ apply: (v) => add(apply(v), 0.1) })),
      ['operator › it is linear'],
    ],
    [
      'of another size',
      changedOperators(({ size }) => ({ size: size + 1 })),
      ['operator › it has the size of what it acts on'],
    ],
    [
      'of another matrix',
      changedOperators(({ matrix }) => ({ matrix: () => mul(1.001, matrix()) })),
      ['operator › its matrix has the images of unit vectors for its columns'],
    ],
  ])('that are %s are found out', (_, wrong, laws) => {
    expect(failedOf(operatorLaws({ name: 'x', operators: wrong }))).toEqual(expect.arrayContaining([...laws]))
  })

  type Build = NonNullable<Parameters<typeof operatorLaws<Tensor>>[0]['subspace']>
  const changed =
    (change: (space: Subspace<Tensor>) => Partial<Subspace<Tensor>>): Build =>
    (options) =>
    (operator) => {
      const space = lanczos(options)(operator)
      return { ...space, ...change(space) }
    }

  it.each<readonly [string, Build, ReadonlyArray<string>]>([
    [
      'whose basis is not orthonormal',
      changed(({ expand }) => ({ expand: (y) => mul(1.01, expand(y)) })),
      ['Krylov subspaces › the basis is orthonormal'],
    ],
    [
      'that see another operator from inside',
      changed(({ restricted }) => ({ restricted: mul(1.5, restricted) })),
      [
        'Krylov subspaces › the operator seen from inside is Vᵀ A V',
        'Krylov subspaces › Ritz values interlace the eigenvalues',
      ],
    ],
    [
      'that start elsewhere',
      (options) => (operator) => lanczos({ ...options, start: add(options.start, 1) })(operator),
      ['Krylov subspaces › the start lies inside'],
    ],
    [
      'that are not those of the powers',
      ({ start, dimension }) =>
        (operator) =>
          lanczos({
            start,
            dimension: 1,
            append: Array.from({ length: dimension - 1 }, (_, i) => sin(add(start, i + 1))),
          })(operator),
      ['Krylov subspaces › all images but the last lie inside'],
    ],
    [
      'with a dimension that is not theirs',
      changed(({ dimension }) => ({ dimension: dimension - 1 })),
      ['Krylov subspaces › Ritz values interlace the eigenvalues'],
    ],
  ])('subspaces %s are found out', (_, subspace, laws) => {
    const rules = operatorLaws({ name: 'x', operators: operators('indefinite'), subspace })
    expect(failedOf(rules)).toEqual(expect.arrayContaining([...laws]))
  })
})
