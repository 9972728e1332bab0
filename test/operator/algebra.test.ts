import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  eye,
  matmul,
  mul,
  normal,
  randomKey,
  ravel,
  slice,
  stack,
  sub,
  type Tensor,
  tensor,
  toFloat64Array,
  zeros,
} from 'gradus'
import {
  addOperator,
  averageOperators,
  combineOperators,
  congruentOperator,
  diagonalOperator,
  identityOperator,
  type LinearOperator,
  linearOperator,
  operatorOf,
  type Part,
  powerOperator,
  restrictOperator,
  scaleOperator,
  shiftOperator,
  sumOperators,
  zeroOperator,
} from 'gradus/curvature'
import { check, operatorAlgebraLaws, operatorLaws, register, symmetricMatrices } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { imagesOf } from '../../src/operator/flat.js'
import { expectNear } from '../support/near.js'
import { defectOf } from '../support/operators.js'

interface Pair {
  readonly a: Tensor
  readonly b: readonly [Tensor]
}

const like: Pair = { a: zeros([2]), b: [zeros([2])] }

/** On trees, with products one by one or together. */
const onTrees = (matrix: Tensor, isTogether: boolean): LinearOperator<Pair> => {
  const [, unravel] = ravel(like)
  return linearOperator(
    like,
    (v) => unravel(matmul(matrix, ravel(v)[0])),
    isTogether ? { applyMany: (rows) => matmul(rows, matrix) } : {},
  )
}

const trees = fc
  .tuple(symmetricMatrices('indefinite', 4), fc.boolean())
  .map(([{ matrix }, isTogether]) => onTrees(matrix, isTogether))

register(
  { describe, it },
  { instances: 50 },
)(operatorAlgebraLaws({ name: 'the algebra of operators', operators: fc.tuple(trees, trees, trees) }))

describe('what is made by the algebra', () => {
  const made = fc.tuple(trees, trees).chain(([a, b]) =>
    fc.constantFrom(
      addOperator(b)(a),
      scaleOperator(-2)(a),
      shiftOperator(0.5)(a),
      congruentOperator(b)(a),
      powerOperator(3)(a),
      powerOperator(0)(a),
      averageOperators([
        { weight: 3, operator: a },
        { weight: 1, operator: b },
      ]),
      diagonalOperator<Pair>({ a: tensor([1, -2]), b: [tensor([0, 3])] }),
      identityOperator(like),
      zeroOperator(like),
    ),
  )
  register(
    { describe, it },
    { instances: 60 },
  )(operatorLaws({ name: 'made operators', operators: made, tolerance: 1e-8 }))

  it('takes many vectors together as it takes them one by one', () => {
    fc.assert(
      fc.property(made, fc.integer({ min: 0, max: 99 }), (operator, seed) => {
        const rows = normal(randomKey(seed), [3, 4])
        const { applyMany: _, ...alone } = operator
        expectNear(imagesOf(operator)(rows), imagesOf(alone)(rows), 1e-11)
      }),
    )
  })
})

describe('laws of the algebra', () => {
  it('find out a sum that forgets a half', () => {
    const rules = operatorAlgebraLaws({
      name: 'wrong',
      operators: fc.tuple(trees, trees, trees),
      add: (b) => (a) => linearOperator(a.like, (v) => addOperator(scaleOperator(0.5)(b))(a).apply(v)),
    })
    expect(check({ seed: 1, shrink: false })(rules)).toMatchObject({ _tag: 'Left' })
  })
})

describe('operators', () => {
  const matrix = tensor([
    [2, 1, 0, 0.5],
    [1, -1, 3, 0],
    [0, 3, 4, 1],
    [0.5, 0, 1, 1],
  ])

  it('of a matrix take its symmetric part', () => {
    const lopsided = tensor([
      [1, 4],
      [0, 2],
    ])
    expectNear(operatorOf(lopsided).apply(tensor([1, 0])), [1, 2], 0)
    expect(defectOf(() => operatorOf(zeros([2, 3])))).toMatch(/^ShapeMismatch: operatorOf: expected a square/)
  })

  it('form their matrices by products where nothing better is known, in batches', () => {
    expectNear(onTrees(matrix, false).matrix(), matrix, 0)
    expectNear(onTrees(matrix, true).matrix(), matrix, 0)
    expect(linearOperator<ReadonlyArray<Tensor>>([], (v) => v).matrix().shape).toEqual([0, 0])
  })

  it('average over batches of unequal sizes as over all examples at once', () => {
    const examples = Array.from({ length: 7 }, (_, i) => normal(randomKey(i), [3, 3]))
    const mean = (some: ReadonlyArray<Tensor>): Tensor => mul(1 / some.length, some.reduce(add))
    const batches = [examples.slice(0, 4), examples.slice(4, 6), examples.slice(6)]
    const average = averageOperators(
      batches.map((batch) => ({ weight: batch.length, operator: operatorOf(mean(batch)) })),
    )
    expectNear(average.matrix(), operatorOf(mean(examples)).matrix(), 1e-14)
  })

  it('restrict to a part of the tree: the block of the matrix, alone and together', () => {
    const part: Part<Pair, readonly [Tensor]> = { get: ({ b }) => b, set: (b) => (whole) => ({ ...whole, b }) }
    for (const isTogether of [false, true]) {
      const block = restrictOperator(part)(onTrees(matrix, isTogether))
      expectNear(block.matrix(), slice(matrix, [2, 2], [4, 4]), 0)
      expect(block.size).toBe(2)
      expectNear(ravel(block.apply([tensor([1, -1])]))[0], [3, 0], 0)
    }
  })

  it('read trees whose keys come in another order', () => {
    const order: Pair = { b: [tensor([3, 4])], a: tensor([1, 2]) }
    const d = diagonalOperator<Pair>({ a: tensor([1, 10]), b: [tensor([100, 1000])] })
    const { a, b } = addOperator(d)(zeroOperator(like)).apply(order)
    expectNear([a, b[0]], [tensor([1, 20]), tensor([300, 4000])], 0)
  })

  it('sum up', () => {
    const three = [1, 2, 3].map((x) => diagonalOperator(tensor([x])))
    expectNear(sumOperators(three).apply(tensor([1])), [6], 0)
    expect(toFloat64Array(pipe(operatorOf(eye(2)), scaleOperator(3), shiftOperator(-1)).matrix())).toEqual(
      Float64Array.of(2, 0, 0, 2),
    )
    expectNear(stack([sub(matrix, matrix)]), zeros([1, 4, 4]), 0)
  })

  it('are refused where they do not fit', () => {
    const two = identityOperator(zeros([2]))
    expect(defectOf(() => addOperator(two)(identityOperator(zeros([3]))))).toMatch(/^StructureMismatch: addOperator: /)
    expect(defectOf(() => congruentOperator(two)(identityOperator(zeros([3]))))).toMatch(/^StructureMismatch: /)
    expect(defectOf(() => scaleOperator(Number.NaN))).toMatch(
      /^InvalidArgument: scaleOperator: .* finite factor, got NaN/,
    )
    expect(defectOf(() => shiftOperator(Infinity))).toMatch(/^InvalidArgument: shiftOperator: .* finite shift/)
    expect(defectOf(() => powerOperator(1.5))).toMatch(
      /^InvalidArgument: powerOperator: expected exponent to be an integer/,
    )
    expect(defectOf(() => combineOperators([]))).toMatch(/^InvalidArgument: combineOperators: expected one operator/)
    expect(defectOf(() => averageOperators([{ weight: 0, operator: two }]))).toMatch(/weights of 0 or more/)
    expect(defectOf(() => averageOperators([{ weight: -1, operator: two }]))).toMatch(/weights of 0 or more/)
    expect(defectOf(() => imagesOf(two)(zeros([3, 3])))).toMatch(/^ShapeMismatch: applyMany: expected rows of 2/)
  })
})
