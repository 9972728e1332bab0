/**
 * laws/command/: `gradus check`. The module of a user runs in a process of its own, since it may hang or end it; this one
 * waits, shows how far it is, and prints what was found. Reached from the command line by its address alone, since src does not
 * import laws. Exit codes: 0 all laws hold, 1 one fails, 2 the call or the module cannot be used.
 */
import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Message, Orders } from './message.js'
import { jsonOf, reportOf } from './report.js'
import type { Finding } from './verdict.js'

/** What `gradus check` was asked for. */
export interface CheckRequest {
  readonly file: string
  readonly seed: number | undefined
  readonly path: string | undefined
  readonly laws: ReadonlyArray<string>
  readonly runs: number
  /** Seconds. */
  readonly timeout: number
  readonly json: boolean
}

/** What is taken of the process around it. */
export interface CheckWorld {
  readonly out: { readonly write: (text: string) => unknown }
  readonly err: { readonly write: (text: string) => unknown }
  /** Shows a line in place of the one before, where there is a terminal. */
  readonly progress: (parts: ReadonlyArray<string>) => void
  readonly clear: () => void
  readonly signal: AbortSignal
}

type Ending =
  | { readonly _tag: 'Checked'; readonly findings: ReadonlyArray<Finding> }
  | { readonly _tag: 'Unusable'; readonly reason: string }
  | { readonly _tag: 'Interrupted' }

const watched = (orders: Orders, timeout: number, world: CheckWorld): Promise<Ending> =>
  new Promise((done) => {
    const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [], {
      execArgv: ['--import', new URL('./register.js', import.meta.url).href],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    // What the module prints is no part of the report.
    child.stdout?.on('data', (text: Buffer) => world.err.write(text.toString()))
    child.stderr?.on('data', (text: Buffer) => world.err.write(text.toString()))
    const standing: { asking: string; findings: ReadonlyArray<Finding>; ending: Ending | undefined } = {
      asking: 'while it was loaded',
      findings: [],
      ending: undefined,
    }
    const end = (ending: Ending): void => {
      standing.ending ??= ending
      child.kill('SIGKILL')
    }
    const timer = setTimeout(
      () =>
        end({
          _tag: 'Unusable',
          reason: `it did not end within ${timeout} seconds, and was stopped ${standing.asking}. --timeout allows more, --runs asks for fewer points.`,
        }),
      timeout * 1000,
    )
    world.signal.addEventListener('abort', () => end({ _tag: 'Interrupted' }))
    child.on('message', (message: Message) => {
      switch (message._tag) {
        case 'Asking':
          standing.asking = `at the law "${message.law}"`
          world.progress([`law ${message.done + 1} of ${message.total}`, message.law])
          return
        case 'Found':
          standing.findings = [...standing.findings, message.finding]
          return
        case 'Finished':
          end({ _tag: 'Checked', findings: standing.findings })
          return
        case 'Unusable':
          end({ _tag: 'Unusable', reason: message.reason })
      }
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      done(
        standing.ending ?? {
          _tag: 'Unusable',
          reason: `it ended the process ${standing.asking} (exit code ${code ?? 'none'}).`,
        },
      )
    })
    child.send(orders)
  })

/** Checks the losses of a module; the result is the exit code. */
export const checkModule = async (request: CheckRequest, world: CheckWorld): Promise<number> => {
  const complain = (text: string): number => {
    world.err.write(`gradus check: ${text}\n`)
    return 2
  }
  const file = resolve(request.file)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    return complain(`expected a file, and there is none at ${request.file}.`)
  if (!/\.m?[jt]s$/.test(file))
    return complain(`expected a module that ends in .ts, .mts, .js or .mjs, got ${request.file}.`)
  const isThere = await import('fast-check').then(
    () => true,
    () => false,
  )
  if (!isThere) return complain('the laws need fast-check, which is not installed. Try npm install fast-check.')
  const seed = request.seed ?? Math.floor(Math.random() * 2 ** 31)
  const { path, laws, runs, timeout, json } = request
  const ending = await watched({ file, seed, path, laws, runs }, timeout, world)
  world.clear()
  if (ending._tag === 'Interrupted') return 130
  if (ending._tag === 'Unusable') return complain(`${request.file} cannot be checked: ${ending.reason}`)
  const heading = { file: relative(process.cwd(), file) || request.file, seed, runs }
  // Call sites as a reader of this folder writes them.
  const text = (json ? jsonOf : reportOf)(heading, ending.findings).replaceAll(`${process.cwd()}/`, '')
  world.out.write(`${text}\n`)
  return ending.findings.some(({ outcome }) => outcome === 'fails') ? 1 : 0
}
