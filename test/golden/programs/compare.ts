/**
 * Random programs in gradus against the same in JAX, for a night or as many as wanted. From the root of the project:
 *
 *     npm run nightly
 *     RUNS=3000 SEED=1 PYTHON=python3 npm run nightly
 *
 * RUNS is 100,000 unless given, SEED is the date as a number, PYTHON names an interpreter that has jax. With WRITE=1 the programs and
 * the answers of JAX become the fixture programs.json, which was made so with RUNS=1000 SEED=1. It takes 30 to 60 ms a program, and stops
 * at the first batch with a disagreement, which it shows with its program.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { disagreements, worst } from './agreement.js'
import { type Answer, drawn, type Task } from './programs.js'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const environment = process.env
const runs = Number(environment.RUNS ?? 100_000)
const seed = Number(environment.SEED ?? Number(new Date().toISOString().slice(0, 10).replaceAll('-', '')))

/** Programs that are drawn and sent at once: memory stays small however many there are. */
const batch = 10_000

const jax = async (tasks: ReadonlyArray<Task>): Promise<ReadonlyArray<Answer>> => {
  const child = spawn(environment.PYTHON ?? 'python3', [here('make.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(tasks.map((task) => `${JSON.stringify(task)}\n`).join(''))
  const lines: Array<Answer> = []
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line))
  return lines
}

it(`${runs} programs of seed ${seed} have the same value, gradient and Hessian-vector product in JAX`, async () => {
  for (let done = 0; done < runs; done += batch) {
    const tasks = drawn(Math.min(batch, runs - done), seed + done)
    const answers = await jax(tasks)
    expect(answers.length).toBe(tasks.length)
    const found = disagreements(tasks, answers)
    process.stdout.write(
      `${done + tasks.length} programs: ${found.length} disagreements here, largest difference ${worst(tasks, answers).toPrecision(3)} of what is allowed\n`,
    )
    if (environment.WRITE === '1')
      writeFileSync(
        here('programs.json'),
        `[\n${tasks.map((task, i) => JSON.stringify([task, answers[i]])).join(',\n')}\n]\n`,
      )
    expect(found).toEqual([])
  }
})
