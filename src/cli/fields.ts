/** The options of `gradus run`: how each is read, and what to try instead of a wrong value. */
import { option, optional, type Type } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { contenderNames } from '../experiment/contenders.js'
import { optimizerNames } from '../experiment/optimizers.js'
import { filled, list, nonNegative, positive, type Read, shown, texts, whole, words } from './values.js'

export interface Field<A> {
  readonly long: string
  readonly read: Read<A>
  readonly example: string
  readonly shows: string
  readonly description: string
}

/** What is wrong with the value of an option, in one line. */
export const complaint = (what: string, expected: string, came: string, attempt: string): string =>
  `${what}: expected ${expected}, got ${came}. Try ${attempt}.`

/** A parser for cmd-ts, which takes failures as rejections. */
const typed = <A>(name: string, { read, example, shows, description }: Omit<Field<A>, 'long'>): Type<string, A> => ({
  displayName: shows,
  description,
  from: (text) =>
    pipe(
      read(text),
      E.match(
        (expected) => Promise.reject(new Error(complaint(name, expected, shown(text), example))),
        (value) => Promise.resolve(value),
      ),
    ),
})

const field = <A>(long: string, shows: string, read: Read<A>, example: string, description: string): Field<A> => ({
  long,
  shows,
  read,
  example: `--${long} ${example}`,
  description,
})

export const fields = {
  seed: field('seed', 'n', whole(0, 2 ** 31 - 1), '1', 'the first seed'),
  seeds: field('seeds', 'count', whole(1, 1000), '3', 'how many seeds'),
  widths: field(
    'widths',
    'n,n,…',
    list(whole(1, 1000), 'whole numbers from 1 to 1000, separated by commas'),
    '5,10,25',
    'hidden units of the networks (digits, mnist)',
  ),
  rows: field('rows', 'n', whole(1), '500', 'how many images to train on'),
  side: field('side', 'pixels', whole(1, 28), '4', 'average images to side × side pixels (digits, mnist)'),
  steps: field('steps', 'n', whole(1, 100_000), '15', 'steps of second-order methods'),
  epochs: field('epochs', 'n', whole(1, 100_000), '300', 'epochs of first-order methods'),
  optimizers: field(
    'optimizers',
    'a,b,…',
    words(optimizerNames),
    'sgd,saddle-free-newton',
    `which of ${optimizerNames.join(', ')}`,
  ),
  learningRate: field('learning-rate', 'x', positive, '0.1', 'of SGD; of gradient descent (saddles)'),
  damping: field(
    'damping',
    'x,x,…',
    list(nonNegative, 'numbers of 0 or more, separated by commas'),
    '1,0.1,0.01',
    'of second-order methods: one number, or those that every step tries',
  ),
  dimension: field('dimension', 'n', whole(1, 10_000), '30', 'Krylov vectors of saddle-free-krylov'),
  sizes: field(
    'sizes',
    'n-n-…',
    list(whole(1, 100_000), 'whole numbers above 0 with dashes between them', { separator: /[-,]/, repeats: true }),
    '64-40-10-40-64',
    'units of each layer of the autoencoder; 8 × 8 digits have 64 pixels, MNIST has 784',
  ),
  out: field('out', 'folder', filled, 'report', 'where the report is written; default report'),
  workers: field('workers', 'n', whole(0, 64), '2', 'threads; 0 for none beside the main one'),
} as const

/** The options of `gradus check`. */
export const checkFields = {
  seed: field('seed', 'n', whole(0, 2 ** 31 - 1), '1', 'the seed of all points; another one each time by default'),
  path: field('path', 'a:b:…', filled, '0:1', 'where a counterexample lies, as a report gives it'),
  laws: field('laws', 'text', texts, 'curvature', 'only laws whose titles contain this; several with | between them'),
  runs: field('runs', 'n', whole(1, 1_000_000), '1000', 'points for each law; default 100'),
  timeout: field('timeout', 'seconds', whole(1, 86_400), '600', 'when to give up; default 120'),
} as const

/** The options of `gradus race` beside those that `run` has too. */
export const raceFields = {
  dimension: field(
    'dimension',
    'n',
    whole(1, 100_000),
    '20',
    'variables, where the problem has more than one number of them',
  ),
  steps: field('steps', 'n', whole(0, 1_000_000), '100', 'steps that each may take; default 1000'),
  budget: field('budget', 'n', positive, '500', 'gradient equivalents that each may spend; default 2000'),
  optimizers: field(
    'optimizers',
    'a,b,…',
    words(contenderNames),
    'newton,saddle-free-newton',
    `which of ${contenderNames.join(', ')}`,
  ),
  optimizer: field('optimizer', 'file', filled, 'mine.json', 'one more, from a file of a configuration'),
} as const

export const optionOf = <A>({ long, ...rest }: Field<A>) =>
  option({ long, type: optional(typed(`--${long}`, rest)), description: rest.description })
