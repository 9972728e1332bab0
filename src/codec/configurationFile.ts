/** Configurations as files that people write: JSON under the name of a format, with its version and without a checksum. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Ability, Curved, Smooth } from '../optimize/Objective.js'
import { type DocumentFailure, type Format, open, opened, parsed, showDocumentFailure } from './document.js'
import { repeatedKey } from './keys.js'
import { type Mismatch, within } from './mismatch.js'
import { type DecodedOptimizer, decodeOptimizerFor, encodeOptimizer } from './optimizers.js'

const format: Format = { name: 'gradus optimizer', migrations: [] }

const under = (mismatch: Mismatch): Mismatch => ({
  ...mismatch,
  path:
    mismatch.path === ''
      ? 'optimizer'
      : /^\[/.test(mismatch.path)
        ? `optimizer${mismatch.path}`
        : within('optimizer', mismatch.path),
})

const wrong = (mismatches: ReadonlyArray<Mismatch>): DocumentFailure => ({ _tag: 'Mismatched', mismatches })

/**
 * Writes an optimizer as a file to read and to change: `{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": … } }`.
 *
 * **Fails** as `encodeOptimizer` does, with the place of what is code.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseOptimizer, printOptimizer } from 'gradus/codec'
 * import { momentum } from 'gradus/optimize'
 * const text = printOptimizer(momentum({ learningRate: 0.1 }))
 * E.isRight(text) && E.isRight(parseOptimizer(text.right)) // => true
 *
 * @since 0.1.0
 */
export const printOptimizer = (optimizer: {
  readonly name: string
  readonly configuration?: unknown
}): E.Either<ReadonlyArray<Mismatch>, string> =>
  pipe(
    encodeOptimizer(optimizer),
    E.map((configuration) => `${JSON.stringify(open(format)({ optimizer: configuration }), null, 2)}\n`),
  )

/**
 * Makes an optimizer from the text of a file, for objectives with these abilities beside values and gradients.
 *
 * **Fails** `NotJson`, `OtherFormat`, `FutureVersion`, and `Mismatched` with the places where an option is out of range, missing,
 * unknown or said twice.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseOptimizerFor } from 'gradus/codec'
 * const text = '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "gaussNewton" } }'
 * E.isRight(parseOptimizerFor(['residuals'])(text)) // => true
 *
 * @since 0.1.0
 */
export const parseOptimizerFor =
  <A extends Ability>(abilities: ReadonlyArray<A>) =>
  (text: string): E.Either<DocumentFailure, DecodedOptimizer<A | Smooth>> =>
    pipe(
      parsed(text),
      E.chainFirst(() =>
        pipe(
          repeatedKey(text),
          O.match(
            () => E.right(null),
            (path) => E.left(wrong([{ path, expected: 'this key once', found: 'it twice' }])),
          ),
        ),
      ),
      E.chain(opened(format)),
      E.chain(({ optimizer, ...others }) => {
        const unknown = Object.keys(others)
        return unknown.length > 0
          ? E.left(
              wrong(unknown.map((path) => ({ path, expected: 'format, version and optimizer alone', found: 'more' }))),
            )
          : pipe(
              decodeOptimizerFor(abilities)(optimizer),
              E.mapLeft((mismatches) => wrong(mismatches.map(under))),
            )
      }),
    )

/**
 * Makes an optimizer from the text of a file, for objectives with a Hessian.
 *
 * **Fails** as `parseOptimizerFor` does.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseOptimizer, showOptimizerFailure } from 'gradus/codec'
 * const text = '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "adam", "learningRate": -1 } }'
 * const read = parseOptimizer(text)
 * const told = 'optimizer.learningRate: expected a finite number above 0, or a schedule, got -1'
 * E.isLeft(read) && showOptimizerFailure(read.left) === told // => true
 *
 * @since 0.1.0
 */
export const parseOptimizer: (text: string) => E.Either<DocumentFailure, DecodedOptimizer<Curved>> =
  parseOptimizerFor<Curved>(['value', 'valueAndGrad', 'hessian'])

/**
 * Says what is wrong with a file of an optimizer: one line for each place, at most five, and what to do.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseOptimizer, showOptimizerFailure } from 'gradus/codec'
 * const read = parseOptimizer('{ "format": "other" }')
 * E.isLeft(read) && showOptimizerFailure(read.left) // => "format: expected 'gradus optimizer', got \"other\""
 *
 * @since 0.1.0
 */
export const showOptimizerFailure = (failure: DocumentFailure): string => showDocumentFailure(failure)
