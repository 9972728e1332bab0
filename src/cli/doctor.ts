/** What `gradus doctor` says: versions, kernels and data sets. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DatasetFailure, loadDigits, loadMnist, showDatasetFailure } from '../dataset/index.js'
import { findBlas } from '../kernel/native/blas.js'
import { provider, wasm } from '../kernel/provider.js'
import { showBlasFailure } from '../program/blas.js'
import { worthCompiling, worthReplaying } from '../program/compilation.js'
import { loadThreads, showThreadsFailure } from '../program/threads.js'
import { cores, environment } from './environment.js'

const found = <A>(load: TE.TaskEither<DatasetFailure, A>, words: (data: A) => string): T.Task<string> =>
  pipe(load, TE.match(showDatasetFailure, words))

const WIDTH = 18

/** The kernels of this machine, which a program uses where it says so, and what was tried before them, a line each. */
const nativeWords = (): { readonly blas: string; readonly lapack: string } => {
  const search = findBlas({ threads: 1, path: undefined })
  const [refused, blas, lapack] =
    search._tag === 'Found'
      ? [
          search.refused,
          `${search.provider.name}, tested: useProvider takes it`,
          search.withoutLapack === undefined
            ? 'in the same library, tested: with the provider, eigen-decompositions of order 64 or more take it'
            : `none: ${search.withoutLapack}; eigen-decompositions run in the embedded kernels`,
        ]
      : [search.tried, 'none; products run in the embedded kernels', 'none']
  const reasons = showBlasFailure({ _tag: 'NoBlas', tried: refused }).split('\n')
  return { blas: [blas, ...(refused.length === 0 ? [] : reasons)].join(`\n${' '.repeat(WIDTH)}`), lapack }
}

/** When things compile by themselves, and how to prevent it. */
const compilationWords = [
  `objectives whose value touches ${worthCompiling.toLocaleString('en-US')} numbers or more;`,
  `Hessians with ${worthReplaying.toLocaleString('en-US')} numbers or more in the rows of one leaf;`,
  "useCompilation('never') or objective(loss, { compilation: 'never' }) switches it off, explain(loss)(p) tells the decision",
].join(`\n${' '.repeat(WIDTH)}`)

/** One line for each thing, its name first. */
export const doctorReport: T.Task<string> = pipe(
  T.Do,
  T.apS(
    'digits',
    found(loadDigits, ({ labels }) => `${labels.length} images, hash ok`),
  ),
  T.apS(
    'mnist',
    found(loadMnist({ size: 1 }), () => 'found, hashes ok'),
  ),
  T.map(({ digits, mnist }) => {
    const { gradus, node, platform } = environment()
    const { blas, lapack } = nativeWords()
    return [
      ['gradus', gradus],
      ['node', node],
      ['platform', platform],
      ['cores', String(cores())],
      ['kernels', provider().name],
      [
        'WebAssembly SIMD',
        wasm === undefined ? 'no: matrix products run in TypeScript, about four times slower' : 'yes',
      ],
      ['BLAS', blas],
      ['LAPACK', lapack],
      [
        'threads',
        pipe(
          loadThreads({ threads: Math.max(2, cores()) }),
          E.match(showThreadsFailure, ({ name }) => `${name}, started: useProvider takes them`),
        ),
      ],
      ['compilation', compilationWords],
      ['digits', digits],
      ['mnist', mnist],
    ]
      .map(([name = '', value = '']) => `${name.padEnd(WIDTH)}${value}`)
      .join('\n')
  }),
)
