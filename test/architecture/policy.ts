/** What the rules are told: the order of the layers, who may use what, and every exception with its reason. */

/** Imports go from right to left only. */
export const layers: ReadonlyArray<string> = [
  'data',
  'kernel',
  'core',
  'primitive',
  'function',
  'transform',
  'program',
  'control',
  'operator',
  'curvature',
  'optimize',
  'codec',
  'store',
  'dataset',
  'problem',
  'experiment',
  'report',
  'cli',
]

/** Layers that import no other layer, not even one below. */
export const closedLayers: ReadonlyArray<string> = ['data', 'kernel']

/** Layers out of reach of `src/index.ts`, which must run anywhere and pull in neither io-ts nor files. */
export const outsideTheMainEntry: ReadonlyArray<string> = [
  'codec',
  'store',
  'dataset',
  'problem',
  'experiment',
  'report',
  'cli',
]

/** What users can import, and so all of the project that `laws/` may import. */
export const entries: ReadonlyArray<string> = [
  'src/index.ts',
  'src/optimize/index.ts',
  'src/curvature/index.ts',
  'src/codec/index.ts',
  'src/store/index.ts',
  'src/dataset/index.ts',
  'src/report/index.ts',
  'src/problem/index.ts',
  'laws/index.ts',
]

/** Which folders may import a package; packages that are not listed here may be imported by nobody. */
export const packages: Readonly<Record<string, ReadonlyArray<string>>> = {
  'fp-ts': [...layers.filter((layer) => layer !== 'kernel'), 'laws', 'laws/command'],
  'io-ts': ['codec', 'cli'],
  'cmd-ts': ['cli'],
  '@observablehq/plot': ['report'],
  linkedom: ['report'],
  'fast-check': ['laws', 'laws/command'],
  '@swc/wasm-typescript': ['laws/command'],
  vitest: ['laws'],
  node: ['store', 'dataset', 'report', 'cli', 'laws/command'],
}

/**
 * The names that hand a tensor's buffer in or out, and the folders that may use them: those that call kernels, and
 * the data sets, which fill whole image collections that should not be copied twice.
 */
export const bufferNames: ReadonlyArray<string> = ['adopt', 'bufferOf', 'periodOf']
export const bufferFolders: ReadonlyArray<string> = [
  'data',
  'core',
  'primitive',
  'operator',
  'program',
  'control',
  'dataset',
]

export const maximalLines = 400
export const medianLines = { least: 80, most: 220 }

/** The heart of the library, promised to be small. */
export const heart = { paths: /^src\/(core\/|transform\/(jvp|vjp|tape)\.ts$)/, lines: 500 }

/** Loops and writes belong here. */
export const imperativeFolders: ReadonlyArray<string> = ['src/kernel/']

export interface Allowance {
  readonly path: string
  readonly reason: string
}

/** Files outside the kernels that may reassign or write, each with its reason. */
export const mayMutate: ReadonlyArray<Allowance> = [
  { path: 'src/data/Tensor.ts', reason: 'the owner of buffers: fills them before anybody sees them' },
  { path: 'src/data/Tree.ts', reason: 'collects leaves into one array; concatenating per leaf would be quadratic' },
  { path: 'src/transform/tape.ts', reason: 'the tape: written while a function runs, swept once, seen by nobody else' },
  { path: 'src/transform/tapeOf.ts', reason: 'writes operations down while a function runs' },
  { path: 'src/optimize/iterate.ts', reason: 'the driver of a run: a generator keeps its place between two steps' },
  { path: 'src/optimize/stream.ts', reason: 'streams: generators keep their places between two elements' },
  { path: 'src/optimize/race.ts', reason: 'walks runs abreast: a generator keeps their places' },
  { path: 'src/program/stage.ts', reason: 'writes a program down while a function runs' },
  { path: 'src/program/rebuild.ts', reason: 'writes a program down while a pass reads another' },
  { path: 'src/program/apart.ts', reason: 'writes a program down that has more instructions than the one it reads' },
  { path: 'src/program/layout.ts', reason: 'writes a program down that has more instructions than the one it reads' },
  { path: 'src/program/assemble.ts', reason: 'walks trees as deep as a loop was long, with a stack of its own' },
  { path: 'src/program/fuse.ts', reason: 'a visitor of instructions that grows loops while it reads' },
  { path: 'src/program/execute.ts', reason: 'fills the arena, and remembers which tensors are in it' },
  { path: 'src/program/interpret.ts', reason: 'keeps the values of a run in one array' },
  { path: 'laws/command/check.ts', reason: 'watches another process: remembers what it heard last' },
  { path: 'src/control/scan.ts', reason: 'a loop that collects results: a list for each step would be quadratic' },
  { path: 'src/control/whileLoop.ts', reason: 'a loop as long as numbers say: recursion would be as deep' },
  { path: 'src/control/iterations.ts', reason: 'iterations on numbers, each as long as it takes' },
  { path: 'src/core/Trace.ts', reason: 'counts levels: the one hidden state of the library, documented there' },
]

/** Files that may throw: a defect is raised in one place, and a failing test in another. */
export const mayThrow: ReadonlyArray<Allowance> = [
  { path: 'src/data/Defect.ts', reason: 'raise, the one way to throw a Defect' },
  { path: 'laws/register.ts', reason: 'a failing test is an error, in every test framework' },
]
