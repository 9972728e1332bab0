/**
 * test/package/: the package as a stranger gets it, from the tarball and outside this checkout.
 * installed.ts packs it and installs it into an empty folder, without a network: whatever it depends on is copied
 * from this checkout's node_modules first, so that npm finds everything in place.
 * Imported by tests only.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Run {
  readonly status: number | null
  readonly output: string
  readonly errors: string
}

export const run = (folder: string, command: string, ...words: ReadonlyArray<string>): Run => {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: 'utf8' })
  return { status, output: stdout ?? '', errors: stderr ?? '' }
}

const must = ({ status, output, errors }: Run): string => {
  if (status !== 0) throw new Error(`exit code ${status}\n${output}\n${errors}`)
  return output
}

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

const needsOf = ({ dependencies, peerDependencies, peerDependenciesMeta }: Manifest): ReadonlyArray<string> => [
  ...Object.keys(dependencies ?? {}),
  ...Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true),
]

/** Packages reachable from `names`, as folders directly below node_modules; nested ones travel with their owner. */
const closure = (names: ReadonlyArray<string>, found: ReadonlySet<string> = new Set()): ReadonlySet<string> =>
  names.reduce((known, name) => {
    const folder = join(root, 'node_modules', name)
    return known.has(name) || !existsSync(folder)
      ? known
      : closure(needsOf(manifestOf(folder)), new Set([...known, name]))
  }, found)

/** Without its command links npm takes a package for damaged and fetches it again. */
const linkCommands = (folder: string): void => {
  const [from, to] = [join(root, 'node_modules', '.bin'), join(folder, 'node_modules', '.bin')]
  mkdirSync(to, { recursive: true })
  for (const name of existsSync(from) ? readdirSync(from) : [])
    if (existsSync(join(to, readlinkSync(join(from, name)))))
      symlinkSync(readlinkSync(join(from, name)), join(to, name))
}

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'gradus-package-'))

/** The time of the last change below a folder, among files whose names match. */
const changedAt = (folder: string, name: RegExp): number =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }) : [])
    .filter((path) => name.test(path))
    .reduce((latest, path) => Math.max(latest, statSync(join(root, folder, path)).mtimeMs), 0)

/**
 * Packs what `npm run build` made, installs it, and returns the paths inside the package. Nothing is built here,
 * because tests that run beside this one use the compiled command.
 */
export const installPackage = (folder: string): ReadonlyArray<string> => {
  if (changedAt('dist', /\.tsbuildinfo$/) < Math.max(changedAt('src', /\.ts$/), changedAt('laws', /\.ts$/)))
    throw new Error('dist/ is older than the sources: npm run build')
  must(run(root, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder))
  const manifest = manifestOf(root)
  const peers = Object.keys(manifest.peerDependencies ?? {})
  for (const name of closure([...Object.keys(manifest.dependencies ?? {}), ...peers])) {
    const to = join(folder, 'node_modules', name)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(join(root, 'node_modules', name), to, { recursive: true })
  }
  linkCommands(folder)
  const versions = peers.map((name) => [name, manifestOf(join(root, 'node_modules', name)).version] as const)
  const user = { name: 'stranger', private: true, type: 'module', dependencies: Object.fromEntries(versions) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(user))
  const tarball = `./gradus-${manifest.version}.tgz`
  // Peers stand among the stranger's own dependencies; left to itself npm would ask the registry about them again.
  must(run(folder, 'npm', 'install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', tarball))
  return must(run(folder, 'tar', '-tzf', tarball))
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
}
