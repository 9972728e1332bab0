/** Peers as child processes, each asked in turn by lines of JSON, so that all of them can share the rounds of a comparison. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Command } from './serve.js'

export interface Peer {
  readonly id: string
  readonly name: string
  readonly precision: 'float64' | 'float32'
  /** How far its results may be from those of gradus eager, relative to the largest entry. */
  readonly tolerance: number
  readonly command: string
  readonly args: ReadonlyArray<string>
  /** How long an answer may take, in seconds. */
  readonly patience: number
  /** A file without which the peer is missing. */
  readonly needs: string
}

/** A started peer. Every answer is an object; one with `failed` says why there is none. */
export interface Started {
  readonly peer: Peer
  readonly version: string
  readonly ask: (command: Command, seconds: number) => Promise<Answer>
  readonly stop: () => void
}

export interface Answer {
  readonly failed?: string
  readonly version?: string
  readonly first?: number
  readonly samples?: ReadonlyArray<number>
  /** Of a peer with several ways to the same result: the fastest, seconds a call of each, and what failed. */
  readonly way?: string
  readonly ways?: Readonly<Record<string, number>>
  readonly failedWays?: ReadonlyArray<string>
}

const sources = join(process.cwd(), 'bench/peers')
const compiled = fileURLToPath(new URL('.', import.meta.url))
const installed = join(process.cwd(), 'node_modules/.cache/peers')
const python = join(installed, 'python/bin/python')
const javascript = join(installed, 'javascript/node_modules')

const inNode = (
  id: string,
  name: string,
  precision: Peer['precision'],
  tolerance: number,
  file: string,
  args: ReadonlyArray<string>,
  needs = compiled,
): Peer => ({
  id,
  name,
  precision,
  tolerance,
  command: process.execPath,
  args: [join(compiled, file), ...args],
  patience: 90,
  needs,
})

const inPython = (id: string, name: string, file: string, threads: number, patience: number): Peer => ({
  id,
  name,
  precision: 'float64',
  tolerance: 1e-8,
  command: python,
  args: [join(sources, file), String(threads)],
  patience,
  needs: python,
})

/** torch.compile takes minutes for the fifty steps of a recurrence. */
const compilation = 900

export const peers: ReadonlyArray<Peer> = [
  inNode('eager', 'gradus eager', 'float64', 1e-8, 'gradus.js', ['eager']),
  inNode('compiled', 'gradus compiled', 'float64', 1e-8, 'gradus.js', ['compiled']),
  inNode('blas-1', 'gradus compiled, BLAS, 1 thread', 'float64', 1e-8, 'gradus.js', ['compiled', '1']),
  inNode('blas-2', 'gradus compiled, BLAS, 2 threads', 'float64', 1e-8, 'gradus.js', ['compiled', '2']),
  inNode('hand', 'by hand', 'float64', 1e-8, 'hand.js', []),
  inNode('hand-blas-1', 'by hand, BLAS, 1 thread', 'float64', 1e-8, 'hand.js', ['1']),
  inPython('torch-1', 'PyTorch, 1 thread', 'torch_peer.py', 1, compilation),
  inPython('torch-2', 'PyTorch, 2 threads', 'torch_peer.py', 2, compilation),
  inPython('jax-1', 'JAX jit, 1 thread', 'jax_peer.py', 1, 90),
  inPython('jax-2', 'JAX jit, 2 threads', 'jax_peer.py', 2, 90),
  // Its float64 exp is as accurate as one of float32, and so is what is made of it.
  inNode('jax-js', 'jax-js jit', 'float64', 1e-5, 'jaxJs.js', [], join(javascript, '@jax-js/jax')),
  inNode('tfjs-wasm', 'TensorFlow.js wasm', 'float32', 1e-3, 'tfjs.js', ['wasm'], join(javascript, '@tensorflow/tfjs')),
  inNode('tfjs-cpu', 'TensorFlow.js cpu', 'float32', 1e-3, 'tfjs.js', ['cpu'], join(javascript, '@tensorflow/tfjs')),
]

/** Variables that would pick kernels or thread counts for the peers. */
const withheld = /^(OPENBLAS|MKL|OMP|BLIS|XLA|JAX)_/

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries([
    ...Object.entries(process.env).filter(([name]) => !withheld.test(name)),
    ['PYTHONDONTWRITEBYTECODE', '1'],
    ['TORCHINDUCTOR_CACHE_DIR', join(installed, 'inductor')],
  ])

const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null

const parseAnswer = (line: string): Answer => {
  try {
    const value: unknown = JSON.parse(line)
    return isAnswer(value) ? value : { failed: `answered ${line.slice(0, 200)}` }
  } catch {
    return { failed: `answered ${line.slice(0, 200)}` }
  }
}

/** Starts a peer, or says why it is missing. */
export const start = async (peer: Peer): Promise<Started | string> => {
  if (!existsSync(peer.needs)) return 'not installed (node bench/peers/setup.mjs)'
  const child = spawn(peer.command, peer.args, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting: Array<(answer: Answer) => void> = []
  const errors: Array<string> = []
  const give = (answer: Answer): void => waiting.shift()?.(answer)
  const ended = (why: string): void => {
    while (waiting.length > 0) give({ failed: why })
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) give(parseAnswer(line))
  })
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.splice(0, Math.max(0, errors.length - 4))
    errors.push(line)
  })
  child.stdin.on('error', () => {})
  child.on('error', (error) => ended(error.message))
  child.on('close', (code) => ended(`ended with status ${code}: ${errors.join(' ').slice(-300)}`))
  const next = (seconds: number): Promise<Answer> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        ended(`took more than ${seconds} s`)
      }, seconds * 1000)
      waiting.push((answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      if (child.exitCode !== null || child.signalCode !== null) ended('has ended')
    })
  const hello = await next(60)
  if (hello.failed !== undefined) return hello.failed
  return {
    peer,
    version: hello.version ?? 'unknown version',
    ask: (command, seconds) => {
      const answer = next(seconds)
      child.stdin.write(`${JSON.stringify(command)}\n`)
      return answer
    },
    stop: () => {
      child.stdin.end()
      child.kill('SIGKILL')
    },
  }
}
