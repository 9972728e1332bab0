/** The laws of trees and of codecs: they hold for the library, and each rejects an impostor. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  flip,
  fromFloat64Array,
  mul,
  ravel,
  scalar,
  square,
  type Tensor,
  toFloat64Array,
  toNumber,
  treeAdd,
  treeAxpy,
  treeDot,
  treeMap,
  treeNorm,
  treeScale,
  zeros,
} from 'gradus'
import { parseResults, printResults } from 'gradus/codec'
import {
  type CodecClaim,
  check,
  codecLaws,
  type RuleSet,
  register,
  type TreeAlgebra,
  tensors,
  treeLaws,
} from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { arbitraryResults } from '../report/arbitraryResults.js'

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 9, instances: 30, shrink: false })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

interface Layers {
  readonly layers: ReadonlyArray<{ readonly weights: Tensor; readonly bias: Tensor }>
  readonly scale: Tensor
}

const layer = fc.record({ weights: tensors([2, 3]), bias: tensors([3]) })
const trees: fc.Arbitrary<Layers> = fc.record({ layers: fc.tuple(layer, layer), scale: tensors([]) })

describe('trees', () => {
  register({ describe, it })(treeLaws({ name: 'layers', trees }))
  register({ describe, it })(treeLaws({ name: 'tensors', trees: tensors([2, 2]) }))

  const failed = (algebra: Partial<TreeAlgebra>): ReadonlyArray<string> =>
    failedOf(treeLaws({ name: 'x', trees, algebra }))

  it.each<readonly [string, Partial<TreeAlgebra>, ReadonlyArray<string>]>([
    [
      'a vector in another order',
      {
        ravel: (tree) => {
          const [flat, unravel] = ravel(tree)
          return [flip(flat), (v) => unravel(flip(v))]
        },
      },
      ['ravel › the vector holds the leaves in their order'],
    ],
    [
      'a way back that rounds',
      {
        ravel: (tree) => {
          const [flat, unravel] = ravel(tree)
          return [flat, (v) => unravel(mul(1 + Number.EPSILON, v))]
        },
      },
      [
        'ravel › back from its vector a tree is as it was, to the bit',
        'ravel › back from its tree a vector is as it was, to the bit',
      ],
    ],
    [
      'a map that does more',
      { map: (f) => treeMap((leaf) => add(f(leaf), 1e-3)) },
      ['map › the identity changes nothing', 'map › a map after a map is the map of the composition'],
    ],
    ['a map that loses shapes', { map: (f) => treeMap((leaf) => ravel(f(leaf))[0]) }, ['map › the structure is kept']],
    [
      'a sum that is not symmetric',
      { add: (a, b) => treeAxpy(2, a, b) },
      [
        'vector space › addition commutes',
        'vector space › addition is associative',
        'vector space › s a + b is the sum of the multiple',
      ],
    ],
    [
      'a sum with something in it',
      { add: (a, b) => treeMap((leaf) => add(leaf, 1))(treeAdd(a, b)) },
      ['vector space › zero is neutral, and opposites cancel', 'vector space › multiples distribute'],
    ],
    [
      'multiples that do not multiply',
      { scale: (s, a) => treeScale(Math.abs(s), a) },
      ['vector space › zero is neutral, and opposites cancel', 'vector space › multiples distribute'],
    ],
    [
      'multiples by something near',
      { scale: (s, a) => treeScale(s + 1e-6, a) },
      ['vector space › one is neutral, and multiples multiply'],
    ],
    [
      'products that are not symmetric or not linear',
      { dot: (a, b) => add(treeDot(a, b), treeDot(a, a)) },
      ['inner product › it is symmetric', 'inner product › it is linear', 'inner product › it is that of the vectors'],
    ],
    ['a norm without a root', { norm: (a) => square(treeNorm(a)) }, ['inner product › the norm is its root']],
    [
      'a norm that grows too fast',
      { norm: (a) => scalar(toNumber(treeNorm(a)) ** 3) },
      ['inner product › the norm of a sum is at most the sum of the norms'],
    ],
  ])('%s is found out', (_, algebra, laws) => {
    expect(failed(algebra)).toEqual(expect.arrayContaining([...laws]))
  })
})

/** Numbers as their bits, in hexadecimal. */
const hexadecimal: CodecClaim<Tensor> = {
  name: 'bits',
  encode: (x) => [...toFloat64Array(x)].map((entry) => Buffer.from(Float64Array.of(entry).buffer).toString('hex')),
  decode: (u) =>
    Array.isArray(u) && u.every((entry) => typeof entry === 'string' && /^[0-9a-f]{16}$/.test(entry))
      ? E.right(
          fromFloat64Array(Float64Array.from(u.map((entry: string) => Buffer.from(entry, 'hex').readDoubleLE())), [
            u.length,
          ]),
        )
      : E.left('expected numbers in hexadecimal'),
  values: tensors([4], { among: [Number.NaN, -0, Infinity, Number.MIN_VALUE] }),
  wrong: fc.constantFrom<unknown>(null, 3, ['x'], [1], { a: 1 }, 'text'),
}

describe('codecs', () => {
  register({ describe, it })(codecLaws(hexadecimal))
  register({ describe, it })(
    codecLaws({
      name: 'results of experiments',
      encode: printResults,
      decode: (u) => (typeof u === 'string' ? parseResults(u) : E.left('expected a text')),
      values: arbitraryResults,
      wrong: fc.oneof(fc.string(), fc.json(), fc.constant('{ "schema": "gradus/results", "version": 2 }')),
    }),
  )

  it.each<readonly [string, Partial<CodecClaim<Tensor>>, ReadonlyArray<string>]>([
    [
      'lose NaN and the sign of zero',
      {
        encode: (x) => [...toFloat64Array(x)],
        decode: (u) =>
          Array.isArray(u) && u.every((entry) => typeof entry === 'number')
            ? E.right(fromFloat64Array(Float64Array.from(u), [u.length]))
            : E.left('numbers'),
        wrong: fc.constantFrom<unknown>(null, 3, ['x']),
      },
      ['it survives a file'],
    ],
    [
      'round',
      {
        decode: (u) =>
          E.isRight(hexadecimal.decode(u))
            ? E.map((x: Tensor) => mul(x, 1 + 2 ** -52))(hexadecimal.decode(u))
            : E.left('no'),
      },
      ['what was written is read again, to the bit', 'it survives a file'],
    ],
    [
      'write the time',
      (() => {
        const calls = [0]
        return {
          encode: (x: Tensor) => {
            calls[0] = (calls[0] ?? 0) + 1
            return { at: calls[0], x: hexadecimal.encode(x) }
          },
          decode: (u: unknown) => hexadecimal.decode(typeof u === 'object' && u !== null && 'x' in u ? u.x : u),
        }
      })(),
      ['writing twice gives the same'],
    ],
    ['read everything', { decode: () => E.right(zeros([4])) }, ['wrong data is refused, as a value']],
    [
      'refuse by an exception',
      {
        decode: (u) => {
          if (!Array.isArray(u)) throw new Error('no array')
          return hexadecimal.decode(u)
        },
      },
      ['wrong data is refused, as a value'],
    ],
  ])('that %s are found out', (_, change, laws) => {
    expect(failedOf(codecLaws({ ...hexadecimal, ...change }))).toEqual(expect.arrayContaining([...laws]))
  })
})
