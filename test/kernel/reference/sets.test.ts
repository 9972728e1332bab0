import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runningUnions, setTable, unionEntries, unionGroups } from '../../../src/kernel/reference/sets.js'

const universe = 200

/** Small and large sets, near together and far apart: both ways of putting members in order are taken. */
const sets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: universe - 1 }), { maxLength: 20 }), {
  minLength: 1,
  maxLength: 12,
})

const sorted = (members: Iterable<number>): ReadonlyArray<number> => [...new Set(members)].sort((a, b) => a - b)

/** A table with these sets, and their names. */
const named = (lists: ReadonlyArray<ReadonlyArray<number>>) => {
  const table = setTable(universe)
  const names = Float64Array.from(lists, (list) => {
    const singletons = Float64Array.from(list, (member) => member + 1)
    return unionGroups(table, singletons, new Float64Array(list.length), 1)[0] ?? 0
  })
  const listOf = (name: number): ReadonlyArray<number> => [...(table.members[name] ?? [])]
  return { table, names, listOf }
}

describe('sets', () => {
  it('have one name each, and 0 is the empty one', () => {
    fc.assert(
      fc.property(sets, (lists) => {
        const { names, listOf } = named([...lists, ...lists.map((list) => [...list].reverse())])
        lists.forEach((list, i) => {
          expect(listOf(names[i] ?? 0)).toEqual(sorted(list))
          expect(names[i + lists.length]).toBe(names[i])
          expect(names[i] === 0).toBe(list.length === 0)
        })
      }),
    )
  })

  it('are united entry by entry, by groups, and along an axis', () => {
    fc.assert(
      fc.property(sets, fc.boolean(), (lists, reverse) => {
        const { table, names, listOf } = named(lists)
        const mirrored = names.slice().reverse()
        const n = lists.length
        expect(Array.from(unionEntries(table, names, mirrored), listOf)).toEqual(
          lists.map((list, i) => sorted([...list, ...(lists[n - 1 - i] ?? [])])),
        )
        const groups = Float64Array.from(lists, (_, i) => i % 3)
        expect(Array.from(unionGroups(table, names, groups, 4), listOf)).toEqual(
          [0, 1, 2, 3].map((group) => sorted(lists.filter((_, i) => i % 3 === group).flat())),
        )
        expect(Array.from(runningUnions(table, 1, n, 1, names, reverse), listOf)).toEqual(
          lists.map((_, i) => sorted((reverse ? lists.slice(i) : lists.slice(0, i + 1)).flat())),
        )
      }),
      { numRuns: 300 },
    )
  })
})
