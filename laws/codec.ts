/** What makes a codec one: what was written is read again to the bit, and what was not written is refused as a value. */
import type * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { isTensor } from '../src/index.js'
import { all, type Evidence, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * A way to write values down and to read them again.
 *
 * @since 0.1.0
 */
export interface CodecClaim<A> {
  readonly name: string
  readonly encode: (value: A) => unknown
  readonly decode: (written: unknown) => E.Either<unknown, A>
  readonly values: fc.Arbitrary<A>
  /** What must not be read. */
  readonly wrong: fc.Arbitrary<unknown>
}

/** The same value with its keys in one order: records are equal in any. */
const canonical = (value: unknown): unknown =>
  isTensor(value) || typeof value !== 'object' || value === null
    ? value
    : Array.isArray(value)
      ? value.map(canonical)
      : Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, canonical(inner)]),
        )

/** Keys, lengths and shapes, which `same` does not compare. */
const structureOf = (value: unknown): string =>
  JSON.stringify(value, (_, node: unknown) =>
    isTensor(node) ? `tensor ${node.shape.join()}` : typeof node === 'number' ? 0 : node,
  ) ?? String(value)

export const identical = (left: unknown, right: unknown): Evidence => {
  const [a, b] = [canonical(left), canonical(right)]
  return all(same(structureOf(a), structureOf(b)), same(a, b))
}

/** What was read, or why it was not. */
const outcome = <A>(read: E.Either<unknown, A>): unknown => (E.isRight(read) ? read.right : 'refused')

/**
 * The laws of a codec: decode ∘ encode is the identity, NaN and the sign of zero included; what is written is JSON, so that it
 * survives a file; writing twice gives the same; wrong data is a `Left` and never an exception.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, codecLaws } from 'gradus/laws'
 * const decode = (u: unknown) => (typeof u === 'string' ? E.right(Number(u)) : E.left('expected a string'))
 * const values = fc.double()
 * const rules = codecLaws({ name: 'numbers', encode: String, decode, values, wrong: fc.constant(null) })
 * const broken = check({ seed: 1 })(rules)
 * E.isLeft(broken) && broken.left[0]?.counterexample // => -0
 *
 * @since 0.1.0
 */
export const codecLaws = <A>({ name, encode, decode, values, wrong }: CodecClaim<A>): RuleSet =>
  ruleSet(
    name,
    [],
  )([
    law('what was written is read again, to the bit', values, (value) =>
      identical(outcome(decode(encode(value))), value),
    ),
    law('it survives a file', values, (value) => {
      const text = JSON.stringify(encode(value))
      return identical(outcome(decode(JSON.parse(text))), value)
    }),
    law('writing twice gives the same', values, (value) =>
      same(JSON.stringify(encode(value)), JSON.stringify(encode(value))),
    ),
    law('wrong data is refused, as a value', wrong, (written) =>
      same(E.isLeft(decode(written)) ? 'refused' : 'read', 'refused'),
    ),
  ])
