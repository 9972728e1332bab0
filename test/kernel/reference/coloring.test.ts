import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  colorColumns,
  columnPlaces,
  longestRow,
  type Rows,
  rowPlaces,
  rowsOf,
  seedRows,
  starColoring,
  starPlaces,
  symmetricRows,
  transposeRows,
} from '../../../src/kernel/reference/coloring.js'

/** A pattern with about `density` of its places, as lists of columns. */
const patterns = (rows: number, columns: number): fc.Arbitrary<Rows> =>
  fc
    .tuple(
      fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([cells, density]) =>
      rowsOf(cells.map((row) => Int32Array.from(row.flatMap((cell, j) => (cell < density ? [j] : []))))),
    )

/** Distinct numbers for the places of a pattern, and the dense matrix of them. */
const matrixOf = (rows: Rows, columns: number, at: (i: number, j: number) => number): ReadonlyArray<Float64Array> =>
  Array.from({ length: rows.count }, (_, i) => {
    const row = new Float64Array(columns)
    for (const j of rows.others.slice(rows.starts[i], rows.starts[i + 1])) row[j] = at(i, j)
    return row
  })

/** The matrix times each seed, one product after the other. */
const products = (matrix: ReadonlyArray<Float64Array>, seeds: Float64Array, columns: number): ReadonlyArray<number> =>
  Array.from({ length: seeds.length / Math.max(columns, 1) }, (_, c) =>
    matrix.map((row) => row.reduce((total, entry, j) => total + entry * (seeds[c * columns + j] ?? 0), 0)),
  ).flat()

const entriesOf = (matrix: ReadonlyArray<Float64Array>): ReadonlyArray<number> =>
  matrix.flatMap((row) => [...row].filter((entry) => entry !== 0))

const always = fc.record({ pattern: patterns(9, 7) })

describe('coloring', () => {
  it('lets every entry be read from products with columns or with rows', () => {
    fc.assert(
      fc.property(always, ({ pattern }) => {
        const across = transposeRows(pattern, 7)
        const matrix = matrixOf(pattern, 7, (i, j) => 1 + 10 * i + j)
        const transposed = matrixOf(across, 9, (j, i) => 1 + 10 * i + j)
        const [byColumns, byRows] = [colorColumns(pattern, across), colorColumns(across, pattern)]
        const [forward, reverse] = [products(matrix, seedRows(byColumns), 7), products(transposed, seedRows(byRows), 9)]
        expect(Array.from(columnPlaces(pattern, byColumns), (at) => forward[at])).toEqual(entriesOf(matrix))
        expect(Array.from(rowPlaces(pattern, 7, byRows), (at) => reverse[at])).toEqual(entriesOf(matrix))
        expect(byColumns.colors).toBeGreaterThanOrEqual(longestRow(pattern))
      }),
      { numRuns: 500 },
    )
  })

  it('lets every entry of a symmetric matrix be read from products, or its mirror image', () => {
    fc.assert(
      fc.property(patterns(9, 9), (pattern) => {
        const symmetric = symmetricRows(pattern)
        const matrix = matrixOf(symmetric, 9, (i, j) => 1 + 10 * Math.min(i, j) + Math.max(i, j))
        const coloring = starColoring(symmetric)
        const found = products(matrix, seedRows(coloring), 9)
        expect(Array.from(starPlaces(symmetric, coloring), (at) => found[at])).toEqual(entriesOf(matrix))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives every column of a large full pattern a color of its own, and reads it', () => {
    const n = 600
    const full = rowsOf(Array.from({ length: n }, () => Int32Array.from({ length: n }, (_, j) => j)))
    const coloring = starColoring(full)
    expect(coloring.colors).toBe(n)
    const places = starPlaces(full, coloring)
    // The entry (2, 5) is in the product with column 5, at row 2.
    expect([places[2 * n + 5], places[5 * n + 2]]).toEqual([5 * n + 2, 5 * n + 2])
  })

  it('unites a pattern with its transpose', () => {
    fc.assert(
      fc.property(patterns(6, 6), (pattern) => {
        const [symmetric, back] = [symmetricRows(pattern), transposeRows(symmetricRows(pattern), 6)]
        expect(symmetric).toEqual(back)
        const own = entriesOf(matrixOf(pattern, 6, (i, j) => 1 + 6 * i + j))
        const united = new Set(entriesOf(matrixOf(symmetric, 6, (i, j) => 1 + 6 * i + j)))
        expect(own.filter((place) => !united.has(place))).toEqual([])
      }),
    )
  })
})
