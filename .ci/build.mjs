/*
 * The build: dist/ from nothing, so that no file of an earlier state is published.
 * Compiles src and laws (tsconfig.build.json), copies what is not TypeScript (data sets) beside it,
 * and makes the command line executable.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const sources = new Set(['.ts', '.mjs', '.wat', '.py'])

rmSync(dist, { recursive: true, force: true })

const { status } = spawnSync(process.execPath, [compiler, '-b', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const isAsset = (path) =>
  statSync(path).isDirectory() || !(sources.has(extname(path)) || basename(path) === 'tsconfig.json')
cpSync(join(root, 'src'), join(dist, 'src'), { recursive: true, filter: isAsset })

const command = join(dist, 'src', 'cli', 'main.js')
if (existsSync(command)) chmodSync(command, 0o755)
