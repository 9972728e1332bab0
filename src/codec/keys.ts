/** Keys that stand twice in one record of JSON: a parser takes the last and says nothing, people meant one of them. */

import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { within } from './mismatch.js'

/** A record or list that is open, with what was seen of it; lists count, records wait for the value of a key. */
interface Place {
  readonly path: string
  readonly keys: ReadonlySet<string> | undefined
  readonly current: string | undefined
  readonly index: number
}

interface Walk {
  readonly open: ReadonlyArray<Place>
  readonly twice: O.Option<string>
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

const pathOf = ({ path, keys, current, index }: Place): string =>
  keys === undefined ? within(path, String(index)) : current === undefined ? path : within(path, current)

const top = ({ open }: Walk): Place | undefined => open[open.length - 1]

const changed = (walk: Walk, change: Partial<Place>): Walk => {
  const place = top(walk)
  return place === undefined ? walk : { ...walk, open: [...walk.open.slice(0, -1), { ...place, ...change }] }
}

const entered = (walk: Walk, keys: ReadonlySet<string> | undefined): Walk => {
  const place = top(walk)
  const path = place === undefined ? '' : pathOf(place)
  return { ...walk, open: [...walk.open, { path, keys, current: undefined, index: 0 }] }
}

const told = (walk: Walk, text: string): Walk => {
  const place = top(walk)
  if (place?.keys === undefined || place.current !== undefined) return walk
  const key: string = JSON.parse(text)
  const next = changed(walk, { current: key, keys: new Set([...place.keys, key]) })
  return place.keys.has(key) ? { ...next, twice: O.some(within(place.path, key)) } : next
}

const step = (walk: Walk, text: string): Walk => {
  switch (text) {
    case '{':
      return entered(walk, new Set())
    case '[':
      return entered(walk, undefined)
    case '}':
    case ']':
      return { ...walk, open: walk.open.slice(0, -1) }
    case ',':
      return changed(walk, { current: undefined, index: (top(walk)?.index ?? 0) + 1 })
    case ':':
      return walk
    default:
      return told(walk, text)
  }
}

/** Deeper text and wider records are no configuration, and are refused as such; here they would only take time. */
const [deepest, widest] = [128, 1024] as const

const isTooMuch = ({ open }: Walk): boolean =>
  open.length > deepest || (open[open.length - 1]?.keys?.size ?? 0) > widest

/** The place of the first key that stands twice, in text that is JSON. */
export const repeatedKey = (json: string): O.Option<string> =>
  pipe(
    [...json.matchAll(token)].reduce<Walk>(
      (walk, [text]) => (O.isSome(walk.twice) || isTooMuch(walk) ? walk : step(walk, text)),
      {
        open: [],
        twice: O.none,
      },
    ),
    ({ twice }) => twice,
  )
