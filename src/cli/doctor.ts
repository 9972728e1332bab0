/** What `gradus doctor` says: versions, kernels and data sets. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DatasetFailure, loadDigits, loadMnist, showDatasetFailure } from '../dataset/index.js'
import { provider, wasm } from '../kernel/provider.js'
import { loadBlas, showBlasFailure } from '../program/blas.js'
import { cores, environment } from './environment.js'

const found = <A>(load: TE.TaskEither<DatasetFailure, A>, words: (data: A) => string): T.Task<string> =>
  pipe(load, TE.match(showDatasetFailure, words))

const WIDTH = 18

/** The kernels of this machine, which a program uses where it says so; or what was tried, a line each. */
const blasWords = (): string =>
  pipe(
    loadBlas(),
    E.match(
      (failure) => ['none; products run in the embedded kernels', ...showBlasFailure(failure).split('\n')],
      ({ name }) => [`${name}, tested: useProvider takes it`],
    ),
    (lines) => lines.join(`\n${' '.repeat(WIDTH)}`),
  )

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
      ['BLAS', blasWords()],
      ['digits', digits],
      ['mnist', mnist],
    ]
      .map(([name = '', value = '']) => `${name.padEnd(WIDTH)}${value}`)
      .join('\n')
  }),
)
