/** Where progress is shown: one line that is drawn again in place on a terminal, a plain line now and then elsewhere. */
import { newIORef } from 'fp-ts/lib/IORef.js'
import { fitted } from './progress.js'

/** What is needed of a stream. */
export interface Output {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly write: (text: string) => unknown
}

export interface Screen {
  /** Shows the parts of a line, if it is time to. */
  readonly show: (parts: ReadonlyArray<string>) => void
  /** Takes the line away, so that other text can be written. */
  readonly clear: () => void
}

/** Milliseconds between two lines. */
const pauses = { terminal: 100, plain: 5000 }

const eraseLine = '\r\u001b[2K'
const faint = (text: string): string => `\u001b[2m${text}\u001b[22m`
const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`

export const silent: Screen = { show: () => undefined, clear: () => undefined }

/** Draws the first part bold and the others faint, where colors are wanted. */
const painted = (line: string, colors: boolean): string => {
  const [head = '', ...rest] = line.split(' · ')
  return colors ? [bold(head), ...(rest.length === 0 ? [] : [faint(rest.join(' · '))])].join(faint(' · ')) : line
}

export const screenOn = (
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
  clock: () => number,
): Screen => {
  const isTerminal = output.isTTY === true && environment.TERM !== 'dumb'
  const colors = isTerminal && (environment.NO_COLOR ?? '') === ''
  const pause = isTerminal ? pauses.terminal : pauses.plain
  // Elsewhere than on a terminal the first line comes after a pause too: a quick run stays quiet.
  const shown = newIORef(isTerminal ? Number.NEGATIVE_INFINITY : clock())()
  return {
    show: (parts) => {
      if (clock() - shown.read() < pause) return
      shown.write(clock())()
      if (isTerminal) output.write(`${eraseLine}${painted(fitted(parts, (output.columns ?? 80) - 1), colors)}`)
      else output.write(`${parts.join(' · ')}\n`)
    },
    clear: () => {
      if (isTerminal) output.write(eraseLine)
    },
  }
}
