/** Whether two implementations found the same: within rounding of the terms, at every entry. */
import { type Answer, answerOf, type Task } from './programs.js'
import { roundingOf } from './rounding.js'

/**
 * Roundings of every named operation, both implementations together. An operation is up to some ten roundings of its terms, but
 * they seldom add up and bounds are seldom met: the largest difference of 10 000 programs was 1.0 roundings.
 */
const roundings = 2

/** Programs whose terms are so large that an error of this size would be rounding are not compared: they can tell nothing. */
export const useless = 1e-6

/** The largest difference as a part of what is allowed, for value, gradient and product; 0 where nothing can be told. */
const apart = (task: Task, expected: Answer): ReadonlyArray<number> => {
  const actual = answerOf(task)
  return roundingOf(task).map((unit, order) => {
    const allowed = roundings * unit
    const [a, b] = [[actual[order] ?? []].flat(), [expected[order] ?? []].flat()]
    if (a.length !== b.length) return Number.POSITIVE_INFINITY
    const most = a.reduce((worst, entry, i) => {
      const difference = Math.abs(entry - (b[i] ?? Number.NaN))
      return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference)
    }, 0)
    return allowed > useless ? 0 : most === 0 ? 0 : most / allowed
  })
}

/** How much of the allowed difference is used at most. */
export const worst = (tasks: ReadonlyArray<Task>, answers: ReadonlyArray<Answer>): number =>
  tasks.reduce((most, task, i) => Math.max(most, ...apart(task, answers[i] ?? [0, [], []])), 0)

/** The tasks that came out differently, with both answers. */
export const disagreements = (tasks: ReadonlyArray<Task>, answers: ReadonlyArray<Answer>): ReadonlyArray<unknown> =>
  tasks.flatMap((task, i) => {
    const expected = answers[i] ?? [0, [], []]
    const parts = apart(task, expected)
    return Math.max(...parts) > 1 ? [{ task: JSON.stringify(task), parts, expected, actual: answerOf(task) }] : []
  })

/** For how many tasks value, gradient and product are compared at all. */
export const compared = (tasks: ReadonlyArray<Task>): ReadonlyArray<number> =>
  [0, 1, 2].map((order) => tasks.filter((task) => roundings * (roundingOf(task)[order] ?? 0) <= useless).length)
