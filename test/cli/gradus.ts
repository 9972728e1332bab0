/** The command as a user runs it: the compiled file in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const commandFile = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'gradus-cli-'))

/** Starts the command; `outcome` waits for its end. */
export const start = (
  args: ReadonlyArray<string>,
  cwd: string = temporaryFolder(),
): { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } => {
  if (!existsSync(commandFile)) throw new Error(`${commandFile} is not there: run npm run build first`)
  const child = spawn(process.execPath, [commandFile, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const collected = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    collected.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    collected.err += text
  })
  return {
    child,
    outcome: new Promise((resolve) => child.on('close', (code) => resolve({ code, ...collected }))),
  }
}

export const gradus = (args: ReadonlyArray<string>, cwd?: string): Promise<Outcome> => start(args, cwd).outcome
