/** Loops that color sparsity patterns: which columns of a matrix may share one product and still be told apart. */

/** A pattern by rows: row i has the columns others[starts[i] … starts[i + 1]), ascending. */
export interface Rows {
  readonly count: number
  readonly starts: Int32Array
  readonly others: Int32Array
}

/** Rows from lists of their columns. */
export const rowsOf = (lists: ReadonlyArray<Int32Array>): Rows => {
  const starts = new Int32Array(lists.length + 1)
  for (let i = 0; i < lists.length; i++) starts[i + 1] = starts[i] + lists[i].length
  const others = new Int32Array(starts[lists.length])
  for (let i = 0; i < lists.length; i++) others.set(lists[i], starts[i])
  return { count: lists.length, starts, others }
}

/** The transposed pattern, which has `columns` rows. */
export const transposeRows = ({ count, starts, others }: Rows, columns: number): Rows => {
  const across = new Int32Array(columns + 1)
  for (const column of others) across[column + 1]++
  for (let j = 0; j < columns; j++) across[j + 1] += across[j]
  const filled = across.slice(0, columns)
  const found = new Int32Array(others.length)
  for (let i = 0; i < count; i++) for (let at = starts[i]; at < starts[i + 1]; at++) found[filled[others[at]]++] = i
  return { count: columns, starts: across, others: found }
}

/** The union of a square pattern and its transpose. */
export const symmetricRows = (rows: Rows): Rows => {
  const back = transposeRows(rows, rows.count)
  const starts = new Int32Array(rows.count + 1)
  const others = new Int32Array(2 * rows.others.length)
  let size = 0
  for (let i = 0; i < rows.count; i++) {
    let p = rows.starts[i]
    let q = back.starts[i]
    while (p < rows.starts[i + 1] || q < back.starts[i + 1]) {
      const a = p < rows.starts[i + 1] ? rows.others[p] : rows.count
      const b = q < back.starts[i + 1] ? back.others[q] : rows.count
      others[size++] = Math.min(a, b)
      if (a <= b) p++
      if (b <= a) q++
    }
    starts[i + 1] = size
  }
  return { count: rows.count, starts, others: others.slice(0, size) }
}

/** The row number of every entry. */
export const rowNumbers = ({ count, starts, others }: Rows): Float64Array => {
  const out = new Float64Array(others.length)
  for (let i = 0; i < count; i++) out.fill(i, starts[i], starts[i + 1])
  return out
}

/** The color of each column, −1 for one without entries, and how many colors there are. */
export interface Coloring {
  readonly colorOf: Int32Array
  readonly colors: number
}

/** Vertices of degree > −1, largest first; equal degrees keep their order. */
const largestFirst = (degrees: Int32Array): ReadonlyArray<number> => {
  const order: Array<number> = []
  for (let v = 0; v < degrees.length; v++) if (degrees[v] >= 0) order.push(v)
  return order.sort((a, b) => degrees[b] - degrees[a] || a - b)
}

/** The least color that vertex v does not find forbidden. */
const leastAllowed = (forbidden: Int32Array, v: number): number => {
  let color = 0
  while (forbidden[color] === v) color++
  return color
}

const colorsIn = (colorOf: Int32Array): number => {
  let most = -1
  for (const color of colorOf) if (color > most) most = color
  return most + 1
}

/** A color for each column that has entries. */
const allDifferent = (columns: Rows): Coloring => {
  const colorOf = new Int32Array(columns.count).fill(-1)
  let colors = 0
  for (let j = 0; j < columns.count; j++) if (columns.starts[j + 1] > columns.starts[j]) colorOf[j] = colors++
  return { colorOf, colors }
}

/** The entries of the fullest row: no coloring of columns has fewer colors. */
export const longestRow = ({ count, starts }: Rows): number => {
  let longest = 0
  for (let i = 0; i < count; i++) longest = Math.max(longest, starts[i + 1] - starts[i])
  return longest
}

/**
 * Columns of one color have no row in common: greedy coloring of the column intersection graph, columns with the most
 * entries in their rows first. Curtis, Powell and Reid, J. Inst. Maths Applics 13 (1974); the order of Welsh and Powell.
 */
export const colorColumns = (rows: Rows, columns: Rows): Coloring => {
  const distinct = allDifferent(columns)
  if (longestRow(rows) === distinct.colors) return distinct
  const degrees = new Int32Array(columns.count).fill(-1)
  for (let j = 0; j < columns.count; j++)
    for (let at = columns.starts[j]; at < columns.starts[j + 1]; at++) {
      const i = columns.others[at]
      degrees[j] += rows.starts[i + 1] - rows.starts[i] + (degrees[j] < 0 ? 1 : 0)
    }
  const colorOf = new Int32Array(columns.count).fill(-1)
  const forbidden = new Int32Array(columns.count + 1).fill(-1)
  for (const j of largestFirst(degrees)) {
    for (let at = columns.starts[j]; at < columns.starts[j + 1]; at++) {
      const i = columns.others[at]
      for (let p = rows.starts[i]; p < rows.starts[i + 1]; p++) {
        const color = colorOf[rows.others[p]]
        if (color >= 0) forbidden[color] = j
      }
    }
    colorOf[j] = leastAllowed(forbidden, j)
  }
  return { colorOf, colors: colorsIn(colorOf) }
}

/** Beyond this order a pattern that is more than half full is not searched: it would take long and save little. */
const searched = 512

/** For each vertex and color: the only neighbor of that color plus 1, or `several`, or 0; rows grow as colors are used. */
type Neighbors = Array<Int32Array>

const several = -1

const note = (neighbors: Neighbors, vertex: number, color: number, neighbor: number): number => {
  if (color >= neighbors[vertex].length) {
    const grown = new Int32Array(2 * color + 2)
    grown.set(neighbors[vertex])
    neighbors[vertex] = grown
  }
  const before = neighbors[vertex][color]
  neighbors[vertex][color] = before === 0 ? neighbor + 1 : several
  return before
}

export interface StarColoring extends Coloring {
  readonly neighbors: ReadonlyArray<Int32Array>
}

/**
 * A star coloring of the graph of a symmetric pattern: neighbors differ, and every path of four vertices has three colors.
 * Then of the two entries h_ij and h_ji one is alone in its row among the columns of its color. Greedy, largest degree first.
 * Coleman and Moré, Math. Programming 28 (1984); Gebremedhin, Manne and Pothen, SIAM Review 47 (2005), algorithm 4.1, where
 * each vertex keeps what it forbids its neighbors, so that a vertex of large degree is read once and not once for each of them.
 */
export const starColoring = (rows: Rows): StarColoring => {
  const { count, starts, others } = rows
  const neighbors: Neighbors = Array.from({ length: count }, () => new Int32Array(0))
  const colorOf = new Int32Array(count).fill(-1)
  // Without a color: the colors of its neighbors. With one: those of neighbors that have another neighbor of that color.
  const forbids: Array<Set<number>> = Array.from({ length: count }, () => new Set())
  const give = (v: number, color: number): void => {
    colorOf[v] = color
    forbids[v].clear()
    for (let at = starts[v]; at < starts[v + 1]; at++) {
      const x = others[at]
      if (x === v) continue
      const before = note(neighbors, x, color, v)
      if (colorOf[x] < 0) forbids[x].add(color)
      else if (before !== 0) {
        forbids[v].add(colorOf[x])
        if (before !== several) forbids[before - 1].add(colorOf[x])
      }
    }
  }
  if (count > searched && 2 * others.length > count * count) {
    const distinct = allDifferent(rows)
    for (let v = 0; v < count; v++)
      for (let at = starts[v]; at < starts[v + 1]; at++)
        if (others[at] !== v) note(neighbors, others[at], distinct.colorOf[v], v)
    return { ...distinct, neighbors }
  }
  const degrees = new Int32Array(count).fill(-1)
  for (let v = 0; v < count; v++) degrees[v] += starts[v + 1] - starts[v]
  const forbidden = new Int32Array(count + 1).fill(-1)
  for (const v of largestFirst(degrees)) {
    for (let at = starts[v]; at < starts[v + 1]; at++) {
      const w = others[at]
      if (w === v) continue
      if (colorOf[w] >= 0) forbidden[colorOf[w]] = v
      for (const color of forbids[w]) forbidden[color] = v
    }
    give(v, leastAllowed(forbidden, v))
  }
  return { colorOf, colors: colorsIn(colorOf), neighbors }
}

/** Row c has a 1 in every column of color c. */
export const seedRows = ({ colorOf, colors }: Coloring): Float64Array => {
  const out = new Float64Array(colors * colorOf.length)
  for (let j = 0; j < colorOf.length; j++) if (colorOf[j] >= 0) out[colorOf[j] * colorOf.length + j] = 1
  return out
}

/** Where entry (i, j) of each row stands in the products [colors, rows.count]: at (color of j, i). */
export const columnPlaces = (rows: Rows, { colorOf }: Coloring): Float64Array => {
  const out = new Float64Array(rows.others.length)
  for (let i = 0; i < rows.count; i++)
    for (let at = rows.starts[i]; at < rows.starts[i + 1]; at++) out[at] = colorOf[rows.others[at]] * rows.count + i
  return out
}

/** Where entry (i, j) stands in the products with rows, [colors, columns]: at (color of i, j). */
export const rowPlaces = (rows: Rows, columns: number, { colorOf }: Coloring): Float64Array => {
  const out = new Float64Array(rows.others.length)
  for (let i = 0; i < rows.count; i++)
    for (let at = rows.starts[i]; at < rows.starts[i + 1]; at++) out[at] = colorOf[i] * columns + rows.others[at]
  return out
}

/** The same for a symmetric matrix: entry (i, j) and its mirror image have one place, so that they are the same number. */
export const starPlaces = (rows: Rows, { colorOf, neighbors }: StarColoring): Float64Array => {
  const out = new Float64Array(rows.others.length)
  for (let i = 0; i < rows.count; i++)
    for (let at = rows.starts[i]; at < rows.starts[i + 1]; at++) {
      const low = Math.min(i, rows.others[at])
      const high = Math.max(i, rows.others[at])
      const isAlone = low === high || neighbors[low][colorOf[high]] === high + 1
      out[at] = isAlone ? colorOf[high] * rows.count + low : colorOf[low] * rows.count + high
    }
  return out
}
