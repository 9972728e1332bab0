/** When functions compile themselves: the thresholds, the decision by them, and the switch for the whole process. */
import * as E from 'fp-ts/lib/Either.js'
import { sizeOf } from '../data/Shape.js'
import type { Program } from './Program.js'
import { subprogramsOf } from './Subprogram.js'

/**
 * `'auto'` compiles a loss that can be staged and that is large enough for it to pay; the same loss always gets the same answer.
 *
 * @since 0.1.0
 */
export type Compilation = 'auto' | 'always' | 'never'

/** A function whose run touches fewer numbers than this is faster eagerly than staged, compiled and called through an arena. */
export const worthCompiling = 4096

/**
 * Rows of a Hessian that touch fewer numbers than this are found sooner by replaying their tape than by compiling the replay:
 * rows × entries of the largest value. Measured for 34 leaves of networks (Zen 4, Node 20.20), eager time / compiled time with
 * compilation included: 0.1-1.2 up to 2^18.8, 1.5-2.8 from 2^19.2 on. See docs/decisions/0011.
 */
export const worthReplaying = 2 ** 19

const chosen = new Map<'mode', 'auto' | 'never'>()

/**
 * Switches compilation for the whole process: with `'never'` everything runs eagerly, `compile(f)` calls `f`, and what is
 * compiled already rests; `'auto'`, the default, takes it back. For one objective there is `objective(loss, { compilation })`.
 *
 * @example
 * import { compile, scalar, square, type Tensor, toNumber, useCompilation } from 'gradus'
 * const fast = compile((x: Tensor) => square(x))
 * useCompilation('never')
 * toNumber(fast(scalar(3))) // => 9
 * useCompilation('auto')
 *
 * @since 0.1.0
 */
export const useCompilation = (mode: 'auto' | 'never'): void => {
  chosen.set('mode', mode)
}

export const isCompilationOff = (): boolean => chosen.get('mode') === 'never'

/** Numbers that one run reads and writes; what a loop does counts for each step, and of branches the longest. */
export const numbersIn = ({ instructions }: Program): number =>
  instructions.reduce((total, { operation, shape }) => {
    const inside = subprogramsOf(operation.params).map(([, { program }]) => numbersIn(program))
    return total + sizeOf(shape) + stepsOf(operation.params) * Math.max(0, ...inside)
  }, 0)

const stepsOf = (params: unknown): number =>
  typeof params === 'object' && params !== null && 'length' in params && typeof params.length === 'number'
    ? params.length
    : 1

/** Whether an objective runs as a program, and why. */
export interface Decision {
  readonly compiled: boolean
  readonly why: string
}

const count = (n: number): string => n.toLocaleString('en-US')

/** Decides from the program of a loss, or from what it said when it was staged. */
export const decide = (compilation: Compilation, staged: () => E.Either<string, Program>): Decision => {
  if (isCompilationOff()) return { compiled: false, why: "useCompilation('never') is in force" }
  if (compilation !== 'auto') return { compiled: compilation === 'always', why: `compilation: '${compilation}'` }
  const program = staged()
  if (E.isLeft(program)) return { compiled: false, why: 'it cannot be staged' }
  const numbers = numbersIn(program.right)
  return {
    compiled: numbers >= worthCompiling,
    why: `one value touches ${count(numbers)} numbers, and compiling pays from ${count(worthCompiling)}`,
  }
}
