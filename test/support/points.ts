/** Arbitrary shapes, tensors and trees, and the text of a Defect. */
import fc from 'fast-check'
import { Defect, fromFloat64Array, type Tensor } from 'gradus'

/** The message of the Defect that `body` throws; any other outcome is told apart. */
export const defectOf = (body: () => unknown): string => {
  try {
    body()
  } catch (thrown) {
    return thrown instanceof Defect ? `${thrown._tag}: ${thrown.message}` : `not a Defect: ${String(thrown)}`
  }
  return 'no Defect'
}

export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((n, length) => n * length, 1)

/** Shapes of few entries; axes of length 0 and 1 are frequent. */
export const arbitraryShape = (maxRank = 4): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: maxRank })

/** Evenly spread: fc.double is uniform over bit patterns, so nearly all of its draws are tiny. */
const moderate = fc.integer({ min: -3000, max: 3000 }).map((n) => n / 1000)

export const arbitraryTensor = (shape: ReadonlyArray<number>): fc.Arbitrary<Tensor> =>
  fc
    .array(moderate, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((entries) => fromFloat64Array(Float64Array.from(entries), shape))

/** A tree of tensors of any depth, with records, tuples and empty tensors. */
export const arbitraryTree: fc.Arbitrary<unknown> = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    arbitraryShape(3).chain(arbitraryTensor),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('w', 'b', 'weights', 'bias'), tie('tree'), { maxKeys: 3 }),
  ),
})).tree
