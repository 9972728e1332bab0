/** What the command and the process around it agree on. */
import type { Output } from './screen.js'

/** Exit codes: everything went well; something failed on the way; the command line was wrong; stopped by a signal. */
export const codes = { well: 0, failed: 1, misused: 2, interrupted: 130 } as const

/** Everything that a run takes from the process. */
export interface World {
  readonly out: Output
  readonly err: Output
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number
  readonly now: () => Date
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal
}

/** A line of standard error says who speaks. */
export const said = (line: string): string => (line.startsWith('gradus') ? line : `gradus: ${line}`)
