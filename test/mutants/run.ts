/** Runs the laws on the library as it is and with each defect, two at a time, and prints who found what. */
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.js'
import type { Mutation } from './Mutation.js'
import { mutants } from './mutants.js'
import { type Examined, pageOf, rowOf, useless } from './page.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Below the root, since the script looks for packages from where it lies. */
const folder = join(root, 'dist', 'mutants')

const usualSeconds = 180

interface Line {
  readonly broken?: string
  readonly asked?: ReadonlyArray<string>
}

/** Runs a script to its end or to the limit; what it wrote until then counts. */
const linesOf = (
  script: string,
  words: ReadonlyArray<string>,
  secondsAtMost: number,
): Promise<{ readonly lines: ReadonlyArray<Line>; readonly code: number | null }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...words], {
      timeout: secondsAtMost * 1000,
      killSignal: 'SIGKILL',
    })
    const chunks: Array<string> = []
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
    child.stderr.resume()
    child.on('close', (code) => {
      const lines = chunks
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line): Line => JSON.parse(line))
      resolve({ lines, code })
    })
  })

/** The laws that are broken by a defect, or by none: all, or those of some sets. */
export const examine = async (
  mutation: Mutation | undefined,
  script: string,
  sets: ReadonlyArray<string> = [],
  secondsAtMost = usualSeconds,
): Promise<Examined> => {
  const begun = performance.now()
  await bundle(root, folder, script, mutation)
  const { lines, code } = await linesOf(join(folder, `${script}.mjs`), [mutation?.file ?? '', ...sets], secondsAtMost)
  return {
    name: mutation?.name ?? 'none',
    kind: mutation?.kind ?? '',
    broken: lines.flatMap(({ broken }) => (broken === undefined ? [] : [broken])),
    asked: lines.flatMap(({ asked }) => asked ?? []),
    ended: code === 0 ? 'at its end' : code === null ? `after ${secondsAtMost} seconds` : 'in an error',
    seconds: (performance.now() - begun) / 1000,
  }
}

/** Applies an action to each, two at a time, in order. */
const inPairs = async <A, B>(all: ReadonlyArray<A>, action: (each: A, i: number) => Promise<B>): Promise<Array<B>> => {
  const results: Array<B> = []
  const rest = [...all.entries()]
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift())
      results[next[0]] = await action(next[1], next[0])
  }
  await Promise.all([work(), work()])
  return results
}

/**
 * With `--write` the table goes to docs/guide/mutants.md, `--seconds=600` gives a busy machine more time for each defect; other
 * words choose mutants by a part of their names.
 */
export const main = async (words: ReadonlyArray<string>): Promise<number> => {
  const parts = words.filter((word) => !word.startsWith('--'))
  const seconds = Number(
    words.find((word) => word.startsWith('--seconds='))?.slice('--seconds='.length) ?? usualSeconds,
  )
  const chosen = mutants.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const examined = await inPairs([undefined, ...chosen], async (mutation, i) => {
    const found = await examine(mutation, `${i}`, [], seconds)
    process.stdout.write(`${rowOf(found)} ${found.seconds.toFixed(1)} s\n`)
    return found
  })
  const [own, ...found] = examined
  const problems = [
    ...(own !== undefined && own.broken.length === 0 && own.asked.length > 0
      ? []
      : ['the library breaks its own laws']),
    ...found
      .filter(({ broken }) => broken.length === 0)
      .map(({ name, ended }) => `it lives: ${name} (the run ended ${ended})`),
    ...(parts.length === 0 ? useless(own?.asked ?? [], found).map((law) => `it kills nothing: ${law}`) : []),
  ]
  process.stdout.write(`${[`${found.length} mutants`, ...problems].join('\n')}\n`)
  if (words.includes('--write') && own !== undefined)
    writeFileSync(join(root, 'docs', 'guide', 'mutants.md'), pageOf(own, found))
  return problems.length === 0 ? 0 : 1
}
