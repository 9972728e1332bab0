/** Random data: trees of anything that can be written down, awkward keys and numbers included. */
import fc from 'fast-check'
import { fromFloat64Array, type Tensor } from 'gradus'
import type { Data } from 'gradus/codec'

const awkwardNumbers = [
  0,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  Number.MAX_VALUE,
  2 ** 53,
  0.1,
]

export const arbitraryNumbers: fc.Arbitrary<number> = fc.oneof(fc.double(), fc.constantFrom(...awkwardNumbers))

/** Entries by their bits, so that NaNs of every payload occur. */
const entries = (size: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(
      fc.oneof(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: 0x7ff8_0000_0000_0000n, max: 0x7fff_ffff_ffff_ffffn }),
        fc.constantFrom(0n, 1n, 1n << 63n, 0x7ff0_0000_0000_0000n),
      ),
      { minLength: size, maxLength: size },
    )
    .map((words) => new Float64Array(BigUint64Array.from(words).buffer))

export const arbitraryTensors: fc.Arbitrary<Tensor> = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
  .chain((shape) =>
    entries(shape.reduce((size, length) => size * length, 1)).map((all) => fromFloat64Array(all, shape)),
  )

const keys = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    'record',
    'tensor',
    'float64',
    'number',
    '0',
    '10',
    '',
    'length',
  ),
)

export const arbitraryData: fc.Arbitrary<Data> = fc.letrec<{ readonly data: Data }>((tie) => ({
  data: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    arbitraryNumbers,
    fc.string({ unit: 'binary' }),
    arbitraryTensors,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('data')), { maxLength: 4 }).map((all): Data => Object.fromEntries(all)),
  ),
})).data
