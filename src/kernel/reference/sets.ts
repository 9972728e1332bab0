/**
 * Sets of small integers, each stored once and named by a number, 0 being the empty set: what sparsity is propagated in.
 * An array of names moves like any array, so only unions need loops of their own.
 */
export interface SetTable {
  readonly universe: number
  /** The members of each set, ascending. */
  readonly members: Array<Int32Array>
  /** Sets by a hash of their members. */
  readonly byHash: Map<number, Array<number>>
  /** Unions that were asked for before. */
  readonly unions: Map<number, number>
  /** All zero between two calls. */
  readonly marks: Uint8Array
  readonly scratch: Int32Array
}

/** Names stay below this, so that two of them make one exact key. */
const mostSets = 2 ** 26

const hashOf = (members: Int32Array): number => {
  let hash = 0x811c9dc5
  for (const member of members) hash = Math.imul(hash ^ member, 0x01000193)
  return hash
}

const equalMembers = (a: Int32Array, b: Int32Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The name of a set; `members` must be ascending. */
const intern = (table: SetTable, members: Int32Array): number => {
  const hash = hashOf(members)
  const alike = table.byHash.get(hash)
  if (alike !== undefined) for (const name of alike) if (equalMembers(table.members[name], members)) return name
  const name = table.members.length
  table.members.push(members)
  if (alike === undefined) table.byHash.set(hash, [name])
  else alike.push(name)
  return name
}

/** A table with the empty set and, under the names 1 … n, the sets {0} … {n − 1}. */
export const setTable = (universe: number): SetTable => {
  const table: SetTable = {
    universe,
    members: [],
    byHash: new Map(),
    unions: new Map(),
    marks: new Uint8Array(universe),
    scratch: new Int32Array(universe),
  }
  intern(table, new Int32Array(0))
  for (let i = 0; i < universe; i++) intern(table, Int32Array.of(i))
  return table
}

/** Sets that fill less of their span than one in so many places are put in order by sorting, and others by walking along it. */
const sparseSpan = 16

/** The union of the sets names[0 … count). */
const unionOf = (table: SetTable, names: Int32Array, count: number): number => {
  const { members, marks, scratch } = table
  let total = 0
  let low = table.universe
  let high = -1
  for (let at = 0; at < count; at++)
    for (const member of members[names[at]]) {
      if (marks[member] === 1) continue
      marks[member] = 1
      scratch[total++] = member
      if (member < low) low = member
      if (member > high) high = member
    }
  const found = scratch.slice(0, total)
  if (high - low >= sparseSpan * total) {
    for (const member of found) marks[member] = 0
    return intern(table, found.sort())
  }
  for (let member = low, at = 0; member <= high; member++)
    if (marks[member] === 1) {
      found[at++] = member
      marks[member] = 0
    }
  return intern(table, found)
}

const pair = new Int32Array(2)

const unionOfTwo = (table: SetTable, a: number, b: number): number => {
  if (a === b || b === 0) return a
  if (a === 0) return b
  const key = a < b ? a * mostSets + b : b * mostSets + a
  const known = table.unions.get(key)
  if (known !== undefined) return known
  pair[0] = a
  pair[1] = b
  const name = unionOf(table, pair, 2)
  table.unions.set(key, name)
  return name
}

/** aᵢ ∪ bᵢ. */
export const unionEntries = (table: SetTable, a: Float64Array, b: Float64Array): Float64Array => {
  const out = new Float64Array(a.length)
  for (let i = 0; i < a.length; i++) out[i] = unionOfTwo(table, a[i], b[i])
  return out
}

/** out_g = the union of all x_i with groups_i = g, for g < count. */
export const unionGroups = (table: SetTable, x: Float64Array, groups: Float64Array, count: number): Float64Array => {
  const starts = new Int32Array(count + 1)
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) starts[groups[i] + 1]++
  for (let g = 0; g < count; g++) starts[g + 1] += starts[g]
  const filled = starts.slice(0, count)
  const sorted = new Int32Array(starts[count])
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) sorted[filled[groups[i]]++] = x[i]
  const out = new Float64Array(count)
  const distinct = new Int32Array(sorted.length)
  const lastSeen = new Int32Array(table.members.length).fill(-1)
  for (let g = 0; g < count; g++) {
    let many = 0
    for (let at = starts[g]; at < starts[g + 1]; at++) {
      const name = sorted[at]
      if (lastSeen[name] === g) continue
      lastSeen[name] = g
      distinct[many++] = name
    }
    if (many === 1) out[g] = distinct[0]
    else if (many === 2) out[g] = unionOfTwo(table, distinct[0], distinct[1])
    else if (many > 2) out[g] = unionOf(table, distinct, many)
  }
  return out
}

/** Running unions along the middle axis of [outer, n, inner]. */
export const runningUnions = (
  table: SetTable,
  outer: number,
  n: number,
  inner: number,
  x: Float64Array,
  reverse: boolean,
): Float64Array => {
  const out = new Float64Array(x.length)
  for (let block = 0; block < outer; block++)
    for (let j = 0; j < inner; j++)
      for (let step = 0, total = 0; step < n; step++) {
        const at = (block * n + (reverse ? n - 1 - step : step)) * inner + j
        total = unionOfTwo(table, total, x[at])
        out[at] = total
      }
  return out
}
