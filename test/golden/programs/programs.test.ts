import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { binaries, unaries } from '../../../laws/programs.js'
import { compared, disagreements } from './agreement.js'
import type { Answer, Program, Task } from './programs.js'

const cases: ReadonlyArray<readonly [Task, Answer]> = JSON.parse(
  readFileSync(fileURLToPath(new URL('programs.json', import.meta.url)), 'utf8'),
)

const tasks = cases.map(([task]) => task)
const answers = cases.map(([, answer]) => answer)

const namesIn = (program: Program): ReadonlyArray<string> =>
  typeof program === 'string'
    ? []
    : program.flatMap((part, i) =>
        typeof part === 'number' ? [] : typeof part === 'string' && i === 0 ? [part] : namesIn(part as Program),
      )

describe('random programs in JAX', () => {
  it('have the same value, gradient and Hessian-vector product', () => {
    expect(disagreements(tasks, answers)).toEqual([])
  })

  it('use every operation, and nearly all of them are compared', () => {
    const used = new Set(tasks.flatMap(([program]) => namesIn(program)))
    expect([...Object.keys(unaries), ...Object.keys(binaries)].filter((name) => !used.has(name))).toEqual([])
    expect(cases.length).toBe(1000)
    expect(Math.min(...compared(tasks))).toBeGreaterThan(900)
  })

  it('would tell an error of a thousandth of a millionth', () => {
    const wrong = answers.map(
      ([value, gradient, product]): Answer => [value, gradient, product.map((entry) => entry * (1 + 1e-9) + 1e-9)],
    )
    expect(disagreements(tasks, wrong).length).toBeGreaterThan(500)
  })
})
