/*
 * Installs the peers of bench/peers outside of the project's own dependencies, under node_modules/.cache/peers:
 * a Python environment with JAX and PyTorch (about 5 GB), and the JavaScript libraries (about 300 MB).
 *   node bench/peers/setup.mjs [python] [javascript]      both where neither is named
 * PYTHON names the interpreter (default python3; JAX asks for 3.11 or later). What is missing afterwards is skipped.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const into = fileURLToPath(new URL('../../node_modules/.cache/peers', import.meta.url))
const javascript = ['@jax-js/jax@0.1.25', '@tensorflow/tfjs@4.22.0', '@tensorflow/tfjs-backend-wasm@4.22.0']

const run = (command, ...args) => {
  console.log(`$ ${command} ${args.join(' ')}`)
  const { status, error } = spawnSync(command, args, { cwd: into, stdio: 'inherit' })
  if (status !== 0) console.error(`failed: ${error?.message ?? `exit status ${status}`}`)
  return status === 0
}

/** torch.compile turns to the compiler of the machine; without one PyTorch is timed in its other ways. */
const findCompiler = () => {
  const names = [process.env.CXX, 'g++', 'clang++'].filter((name) => name !== undefined)
  const found = names.find((name) => spawnSync(name, ['--version']).status === 0)
  console.log(
    found === undefined
      ? `torch.compile cannot run: no C++ compiler (tried ${names.join(', ')}). PyTorch is timed without it.`
      : `torch.compile uses ${found}.`,
  )
}

const setUpPython = () => {
  findCompiler()
  const python = join(into, 'python', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const lines = readFileSync(join(here, 'requirements.txt'), 'utf8').split('\n')
  const [alone, others] = [/^torch==/, /^[a-z]/].map((form) => lines.filter((line) => form.test(line)))
  const rest = join(into, 'requirements.txt')
  writeFileSync(rest, others.filter((line) => !alone.includes(line)).join('\n'))
  return (
    run(process.env.PYTHON ?? 'python3', '-m', 'venv', join(into, 'python')) &&
    run(python, '-m', 'pip', 'install', '--quiet', '--no-deps', ...alone) &&
    run(python, '-m', 'pip', 'install', '--quiet', '-r', rest)
  )
}

const setUpJavaScript = () => {
  const folder = join(into, 'javascript')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  return run('npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', ...javascript)
}

mkdirSync(into, { recursive: true })
const asked = process.argv.slice(2)
const parts = [
  ['python', setUpPython],
  ['javascript', setUpJavaScript],
].filter(([name]) => asked.length === 0 || asked.includes(name))
const done = parts.map(([, setUp]) => setUp())
process.exitCode = done.every(Boolean) ? 0 : 1
