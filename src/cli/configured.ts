/** An optimizer from a file as one more contender of a race. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { parseOptimizer, parseOptimizerFor, showOptimizerFailure } from '../codec/configurationFile.js'
import type { Tensor } from '../data/Tensor.js'
import type { Contender } from '../experiment/contenders.js'
import { minimize } from '../optimize/iterate.js'
import { leastSquares } from '../optimize/leastSquares.js'
import { mul } from '../primitive/arithmetic.js'

const textOf = (file: string): E.Either<string, string> =>
  E.tryCatch(
    () => readFileSync(file, 'utf8'),
    (thrown) => `${file} could not be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
  )

/** Where the optimizer asks for residuals, it serves problems that have them: of Σ r², where that of least squares is ½ Σ r². */
const contenderOf = (text: string): E.Either<string, Contender['run']> => {
  const curved = parseOptimizer(text)
  if (E.isRight(curved)) return E.right(({ objective, start }) => O.some(minimize(curved.right, objective)(start)))
  return pipe(
    parseOptimizerFor(['hessian', 'gaussNewton', 'residuals'])(text),
    E.bimap(
      showOptimizerFailure,
      (optimizer): Contender['run'] =>
        ({ problem, start }) =>
          pipe(
            problem.residuals,
            O.map((residuals) =>
              minimize(
                optimizer,
                leastSquares((x: Tensor) => mul(Math.SQRT2, residuals(x))),
              )(start),
            ),
          ),
    ),
  )
}

/** The contender that a file describes; `Left` says in lines what is wrong with it. */
export const configured = (file: string): E.Either<string, Contender> =>
  pipe(
    textOf(file),
    E.chain((text) =>
      pipe(
        contenderOf(text),
        E.mapLeft((told) => told.replaceAll(/^/gm, `${file}: `)),
      ),
    ),
    E.map((run): Contender => {
      const name = basename(file).replace(/\.json$/, '')
      return { name, title: name, family: 'from a file', setting: `as ${file} says`, isFirstOrder: false, run }
    }),
  )
