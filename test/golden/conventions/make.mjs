/*
 * Runs the peers at kinks and singular points and writes cells.json, which the page docs/guide/conventions.md and its test read.
 * After `node bench/peers/setup.mjs`:   node test/golden/conventions/make.mjs
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const python = here('../../../node_modules/.cache/peers/python/bin/python')

const systems = [
  [python, here('jax_cells.py')],
  [python, here('torch_cells.py')],
  [process.execPath, here('js_cells.mjs'), 'tfjs'],
  [process.execPath, here('js_cells.mjs'), 'jax-js'],
].map(([command, ...args]) => {
  const { stdout, status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args[0]} failed:\n${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1))
})

const line = ({ cells, ...system }) =>
  `{"system":${JSON.stringify(system.system)},"version":${JSON.stringify(system.version)},"cells":{\n${Object.entries(
    cells,
  )
    .map(([name, cell]) => `${JSON.stringify(name)}:${JSON.stringify(cell)}`)
    .join(',\n')}\n}}`
writeFileSync(here('cells.json'), `[\n${systems.map(line).join(',\n')}\n]\n`)
