/** The known word that was probably meant. */

/** Insertions, deletions and replacements that turn one word into another (Levenshtein 1966). */
export const distance = (a: string, b: string): number =>
  [...a].reduce<ReadonlyArray<number>>(
    (row, letter, i) =>
      [...b].reduce<ReadonlyArray<number>>(
        (next, other, j) => [
          ...next,
          Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
        ],
        [i + 1],
      ),
    Array.from({ length: b.length + 1 }, (_, j) => j),
  )[b.length] ?? a.length

/** The nearest of some words, if it is near: at most a third of its letters differ, or two, or it begins the same way. */
export const nearest = (word: string, known: ReadonlyArray<string>): string | undefined => {
  const [best] = known
    .map((candidate) => ({ candidate, apart: distance(word.toLowerCase(), candidate) }))
    .toSorted((a, b) => a.apart - b.apart)
  if (best !== undefined && best.apart <= Math.max(2, Math.floor(best.candidate.length / 3))) return best.candidate
  const begun = known.filter((candidate) => word.length > 1 && candidate.startsWith(word.toLowerCase()))
  return begun.length === 1 ? begun[0] : undefined
}
