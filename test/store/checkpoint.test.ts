import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { scalar } from 'gradus'
import { checkpointOf, printCheckpoint } from 'gradus/codec'
import { adam, type Iterate, minimize, type Run, resume } from 'gradus/optimize'
import { readCheckpoint, showStoreFailure, writeCheckpoint } from 'gradus/store'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { example, firstKey, objectives, optimizer, start } from './interrupted.js'

const folder = mkdtempSync(join(tmpdir(), 'gradus-store-'))
const script = join(folder, 'process.mjs')
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

beforeAll(async () => {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {
      alias: [
        { find: /^gradus$/, replacement: path('../../src/index.ts') },
        { find: /^gradus\/(optimize|codec|store)$/, replacement: path('../../src/$1/index.ts') },
      ],
    },
    ssr: { noExternal: true, external: ['koffi'] },
    build: { ssr: path('process.ts'), write: false, minify: true, target: 'node20' },
  })
  const [result] = Array.isArray(output) ? output : [output]
  const chunks = result !== undefined && 'output' in result ? result.output : []
  for (const chunk of chunks)
    if (chunk.type === 'chunk') writeFileSync(chunk.isEntry ? script : join(folder, chunk.fileName), chunk.code)
}, 60_000)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Iterates of the run that nobody interrupts, as far as they are asked for. */
const uninterrupted = (() => {
  const iterator = minimize(optimizer, objectives(firstKey))(start)[Symbol.iterator]()
  const known: Array<string> = []
  return (step: number): string => {
    while (known.length <= step) {
      const next = iterator.next()
      if (next.done === true) throw new Error('the run ended')
      known.push(essence(next.value))
    }
    return known[step] ?? ''
  }
})()

/** An iterate to the bit, without the work, which counts the gradients that were asked again. */
const essence = <P, S>(it: Iterate<P, S>): string => {
  const { work: _, ...rest } = JSON.parse(
    printCheckpoint({ optimizer: { name: '', configuration: null }, keys: {}, ...it, state: [it.state, it.value] }),
  )
  const { checksum: __, ...content } = rest
  return JSON.stringify(content)
}

const taken = <P, S>(run: Run<P, S>, count: number): ReadonlyArray<Iterate<P, S>> => {
  const iterator = run[Symbol.iterator]()
  return Array.from({ length: count }, () => iterator.next()).flatMap((next) =>
    next.done === true ? [] : [next.value],
  )
}

/** Numbers from 0 to 1 that follow from a seed. */
const randomFrom = (seed: number): (() => number) => {
  const state = { word: seed >>> 0 }
  return () => {
    state.word = (Math.imul(state.word, 1664525) + 1013904223) >>> 0
    return state.word / 2 ** 32
  }
}

/** How a life ends: so many milliseconds after its start, or after so many checkpoints and a while more. */
interface End {
  readonly checkpoints: number
  readonly delay: number
}

const endFrom = (random: () => number): End =>
  random() < 0.25
    ? { checkpoints: 0, delay: 200 * random() }
    : { checkpoints: 1 + Math.floor(4 * random()), delay: 6 * random() }

const killed = (file: string, { checkpoints, delay }: End): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'pipe'] })
    const heard: { errors: string; checkpoints: number } = { errors: '', checkpoints: 0 }
    const killLater = () => setTimeout(() => child.kill('SIGKILL'), delay)
    if (checkpoints === 0) killLater()
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      heard.errors += text
    })
    child.stdout.setEncoding('utf8').on('data', (dots: string) => {
      const before = heard.checkpoints
      heard.checkpoints += dots.length
      if (before < checkpoints && heard.checkpoints >= checkpoints) killLater()
    })
    child.on('error', reject)
    child.on('close', () => resolve(heard.errors))
  })

/** One run that is killed so often. */
const lifetimes = async (name: string, kills: number, random: () => number): Promise<void> => {
  const place = join(folder, name)
  mkdirSync(place)
  const file = join(place, 'run.json')
  const steps: Array<number> = []
  for (const kill of Array.from({ length: kills }, (_, i) => i)) {
    const told = `${name}, kill ${kill}`
    const end = endFrom(random)
    expect(await killed(file, end), told).toBe('')
    // Before its first checkpoint a run leaves nothing, and afterwards always something.
    if (!existsSync(file)) {
      expect(steps, told).toEqual([])
      continue
    }
    const read = await readCheckpoint(file)(optimizer, example)()
    if (E.isLeft(read)) expect.fail(`${told}: ${showStoreFailure(read.left)}`)
    const { step, keys } = read.right
    // A life begins by writing the step that it found; all that it wrote is kept.
    expect(step, told).toBeGreaterThanOrEqual((steps.at(-1) ?? 0) + Math.max(0, end.checkpoints - 1))
    steps.push(step)
    const rest = taken(resume(optimizer, objectives(keys.batches ?? firstKey))(read.right), 4)
    expect(rest.map(essence), told).toEqual(rest.map((_, i) => uninterrupted(step + i)))
  }
}

describe('a run that is killed', () => {
  it('goes on after each of 100 kills as if there had been none, to the bit', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    console.log(`seed of the kills: ${seed}`)
    await Promise.all(['a', 'b', 'c', 'd'].map((name, i) => lifetimes(name, 25, randomFrom(seed + i))))
  }, 120_000)
})

describe('writing', () => {
  const fresh = (): string => mkdtempSync(join(folder, 'case-'))
  const [first, second] = taken(minimize(optimizer, objectives(firstKey))(start), 2).map(checkpointOf(optimizer))
  if (first === undefined || second === undefined) throw new Error('the run ended')

  it('replaces the file and leaves nothing else', async () => {
    const file = join(fresh(), 'run.json')
    expect(await writeCheckpoint(file)(first)()).toEqual(E.right(undefined))
    expect(await writeCheckpoint(file)(second)()).toEqual(E.right(undefined))
    expect(readFileSync(file, 'utf8')).toBe(printCheckpoint(second))
    expect(readdirSync(join(file, '..'))).toEqual(['run.json'])
  })

  it('by two at once ends with one of them, whole', async () => {
    const file = join(fresh(), 'run.json')
    const tasks = Array.from({ length: 20 }, (_, i) => writeCheckpoint(file)(i % 2 === 0 ? first : second)())
    expect((await Promise.all(tasks)).every(E.isRight)).toBe(true)
    expect([printCheckpoint(first), printCheckpoint(second)]).toContain(readFileSync(file, 'utf8'))
    expect(readdirSync(join(file, '..'))).toEqual(['run.json'])
  })

  it('that fails keeps what was there, and says what to do', async () => {
    const place = fresh()
    mkdirSync(join(place, 'run.json', 'full'), { recursive: true })
    const outcome = await writeCheckpoint(join(place, 'run.json'))(first)()
    expect(E.isLeft(outcome) && showStoreFailure(outcome.left)).toMatch(
      /^cannot write .*run\.json \((EISDIR|ENOTEMPTY|EEXIST|EPERM)\)\. /,
    )
    expect(readdirSync(place)).toEqual(['run.json'])
    const missing = await writeCheckpoint(join(place, 'none', 'run.json'))(first)()
    expect(E.isLeft(missing) && missing.left).toMatchObject({ _tag: 'Unwritable', found: 'ENOENT' })
  })
})

describe('reading', () => {
  const file = join(folder, 'wrong.json')

  it('tells a damaged file, a foreign one and one of other parameters', async () => {
    const [only] = taken(minimize(optimizer, objectives(firstKey))(start), 1).map(checkpointOf(optimizer))
    if (only === undefined) throw new Error('the run ended')
    const text = printCheckpoint(only)
    const tagOf = async (written: string): Promise<string> => {
      writeFileSync(file, written)
      const outcome = await readCheckpoint(file)(optimizer, example)()
      return E.isLeft(outcome) && outcome.left._tag === 'WrongContent' ? outcome.left.failure._tag : outcome._tag
    }
    expect(await tagOf(text)).toBe('Right')
    expect(await tagOf(text.slice(0, -9))).toBe('NotJson')
    expect(await tagOf(text.replace('AAA', 'AAB'))).toBe('Corrupt')
    expect(await tagOf('{}')).toBe('OtherFormat')
    writeFileSync(file, text)
    const other = await readCheckpoint(file)(adam({ learningRate: 0.01 }), { weights: scalar(0) })()
    expect(E.isLeft(other) && showStoreFailure(other.left)).toContain(
      'wrong.json: params: expected a record with the keys weights',
    )
  })
})
