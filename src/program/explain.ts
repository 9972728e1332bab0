/** What compilation makes of a function, in words, and the tape of `explain` with these words after it. */
import * as E from 'fp-ts/lib/Either.js'
import { explain as explainTape } from '../transform/explain.js'
import { type Compilation, decide } from './compilation.js'
import { machineFor, prepared } from './machine.js'
import { stage } from './stage.js'

/**
 * How the objective in question is computed.
 *
 * @since 0.1.0
 */
export interface ExplainCompilationOptions {
  readonly compilation?: Compilation
}

/**
 * Whether an objective with this loss runs as a compiled program at `p`, and why; and how `compile` runs it: as scalar code, in
 * an arena of WebAssembly memory, or in the interpreter.
 *
 * @example
 * import { explainCompilation, square, sum, type Tensor, zeros } from 'gradus'
 * const text = explainCompilation((x: Tensor) => sum(square(x)))(zeros([5000]))
 * text.split('\n')[0] // => 'objective  compiled: one value touches 5,001 numbers, and compiling pays from 4,096'
 *
 * @since 0.1.0
 */
export const explainCompilation =
  <P, R extends ReadonlyArray<unknown>>(
    f: (p: P, ...rest: R) => unknown,
    { compilation = 'auto' }: ExplainCompilationOptions = {},
  ) =>
  (p: P, ...rest: R): string => {
    const staged = E.tryCatch(() => stage((traced: P) => f(traced, ...rest))(p), messageOf)
    const { compiled, why } = decide(compilation, () => staged)
    const engine = E.match(
      (message: string) => `none: ${message}`,
      (program: ReturnType<ReturnType<typeof stage>>) => {
        const machine = machineFor(prepared(program))
        return `${machine.engine}: ${machine.why()}`
      },
    )
    return [
      `objective  ${compiled ? 'compiled' : 'eager'}: ${why}`,
      `compile    ${engine(staged)}`,
      "to switch  objective(loss, { compilation: 'never' }), or useCompilation('never') for all of the process",
    ].join('\n')
  }

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * What `f` did at `p`, as equations: one line for each recorded operation with its shape, its derivative as a linear map and
 * its numbers (all of a small tensor, the range of a large one), then the backward sweep, which is the transposed list. The
 * first values that are not finite are named with their operands. The last section is `explainCompilation`.
 *
 * Inputs are called by their path (`p.w`), values x1, x2, …, constants c1, c2, … (a constant number by its value); dx is a
 * tangent, x̄ a cotangent, and ⊙ the product entry by entry. Works for any function that can be differentiated, transforms
 * inside it included.
 *
 * @example
 * import { explain, mul, scalar, sin, type Tensor } from 'gradus'
 * const text = explain((x: Tensor) => mul(x, sin(x)))(scalar(2))
 * text.includes('x1 = sin(p)') // => true
 * text.includes('dx1 = cos(p) ⊙ dp') // => true
 * text.includes('objective  eager: one value touches 2 numbers') // => true
 *
 * @since 0.1.0
 */
export const explain =
  <P, R extends ReadonlyArray<unknown>>(f: (p: P, ...rest: R) => unknown) =>
  (p: P, ...rest: R): string =>
    [
      explainTape(f)(p, ...rest),
      '',
      'compilation',
      ...explainCompilation(f)(p, ...rest)
        .split('\n')
        .map((line) => `  ${line}`),
    ].join('\n')
