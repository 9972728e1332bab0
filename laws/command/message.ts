/** What the process that runs the laws is told, and what it tells. */
import type { Finding } from './verdict.js'

/** What to check, and how. */
export interface Orders {
  readonly file: string
  readonly seed: number
  readonly path: string | undefined
  /** Parts of titles: laws whose titles hold one of them are asked; none means all. */
  readonly laws: ReadonlyArray<string>
  readonly runs: number
}

export type Message =
  | { readonly _tag: 'Asking'; readonly law: string; readonly done: number; readonly total: number }
  | { readonly _tag: 'Found'; readonly finding: Finding }
  | { readonly _tag: 'Finished' }
  | { readonly _tag: 'Unusable'; readonly reason: string }
