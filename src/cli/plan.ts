/** From what was asked for to the settings of a run, or one line about why that cannot be. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AutoencoderSettings } from '../experiment/autoencoder.js'
import { type Entry, type ExperimentName, entryOf } from '../experiment/catalogue.js'
import type { ComparisonSettings } from '../experiment/comparison.js'
import type { Settings } from '../experiment/experiment.js'
import { classifierSize } from '../experiment/network.js'
import type { Wishes } from './arguments.js'
import { complaint } from './fields.js'

/** The most rows and the largest side of each data set. */
const limits = { digits: { rows: 1797, side: 8 }, mnist: { rows: 60_000, side: 28 } } as const

/** A Hessian of this many columns takes 800 MB. */
const mostColumns = 10_000

const heard: Readonly<Record<Settings['_tag'], ReadonlyArray<keyof Wishes>>> = {
  Comparison: [
    'seed',
    'seeds',
    'widths',
    'rows',
    'side',
    'steps',
    'epochs',
    'optimizers',
    'learningRate',
    'damping',
    'dimension',
  ],
  Saddles: ['steps', 'learningRate'],
  Escape: ['seed', 'seeds', 'widths', 'steps', 'epochs'],
  Autoencoder: [
    'seed',
    'seeds',
    'rows',
    'steps',
    'epochs',
    'optimizers',
    'learningRate',
    'damping',
    'dimension',
    'sizes',
  ],
}

const longOf = (wish: string): string => `--${wish.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The wishes that were uttered. */
const uttered = (wishes: Wishes): ReadonlyArray<readonly [string, number | string]> =>
  Object.entries(wishes).flatMap(([name, value]: [string, number | ReadonlyArray<number | string> | undefined]) =>
    value === undefined
      ? []
      : [[name, typeof value === 'number' ? value : value.join(name === 'sizes' ? '-' : ',')] as const],
  )

const onlyHeard = (entry: Entry, wishes: Wishes): E.Either<string, Wishes> => {
  const listening: ReadonlyArray<string> = heard[entry.settings._tag]
  const deaf = uttered(wishes).find(([name]) => !listening.includes(name))
  return deaf === undefined
    ? E.right(wishes)
    : E.left(
        complaint(
          `gradus run ${entry.name}`,
          `only options that it has (${listening.map(longOf).join(', ')})`,
          longOf(deaf[0]),
          `gradus run ${entry.name} without it`,
        ),
      )
}

const within = (option: string, value: number, most: number, what: string): E.Either<string, number> =>
  value <= most
    ? E.right(value)
    : E.left(complaint(option, `at most ${most}, which is all that ${what} has`, String(value), `${option} ${most}`))

const checkedComparison = (settings: ComparisonSettings): E.Either<string, Settings> => {
  const { rows, side } = limits[settings.data]
  const widest = Math.max(...settings.widths)
  const columns = classifierSize(settings.side ** 2, widest, 10)
  const exact = settings.optimizers.filter((name) => name === 'damped-newton' || name === 'saddle-free-newton')
  return pipe(
    within('--rows', settings.rows, rows, settings.data),
    E.chain(() => within('--side', settings.side, side, settings.data)),
    E.chain(() =>
      columns <= mostColumns || exact.length === 0
        ? E.right(settings)
        : E.left(
            complaint(
              '--widths',
              `networks of at most ${mostColumns} parameters, since ${exact.join(' and ')} form the Hessian`,
              `${columns} at width ${widest}`,
              'smaller widths, or --optimizers sgd,saddle-free-krylov',
            ),
          ),
    ),
  )
}

const checkedAutoencoder = (settings: AutoencoderSettings): E.Either<string, Settings> => {
  const { sizes } = settings
  const pixels = sizes[0] ?? 0
  const side = Math.sqrt(pixels)
  const data = side <= limits.digits.side ? 'digits' : 'mnist'
  const isMirrored =
    sizes.length % 2 === 1 && sizes.length >= 3 && sizes.every((n, i) => n === sizes[sizes.length - 1 - i])
  return !isMirrored
    ? E.left(
        complaint(
          '--sizes',
          'three or more layers, the same forwards and backwards, around one in the middle',
          sizes.join('-'),
          '--sizes 64-40-10-40-64',
        ),
      )
    : !Number.isInteger(side) || side > limits.mnist.side
      ? E.left(
          complaint(
            '--sizes',
            'a square number of pixels of at most 784 at both ends',
            String(pixels),
            '--sizes 64-40-10-40-64',
          ),
        )
      : pipe(
          within('--rows', settings.rows, limits[data].rows, data),
          E.map(() => ({ ...settings, data })),
        )
}

const checked = (settings: Settings): E.Either<string, Settings> => {
  switch (settings._tag) {
    case 'Comparison':
      return checkedComparison(settings)
    case 'Saddles':
      return E.right(settings)
    case 'Escape':
      return settings.widths.every((n) => n > 1)
        ? E.right(settings)
        : E.left(complaint('--widths', 'at least two variables', settings.widths.join(','), '--widths 2,10,100'))
    case 'Autoencoder':
      return checkedAutoencoder(settings)
  }
}

const wished = (settings: Settings, wishes: Wishes): Settings => {
  const { seed, seeds, widths, rows, side, steps, epochs, optimizers, learningRate, damping, dimension, sizes } = wishes
  switch (settings._tag) {
    case 'Comparison':
      return {
        ...settings,
        seed: seed ?? settings.seed,
        seeds: seeds ?? settings.seeds,
        widths: widths ?? settings.widths,
        rows: rows ?? settings.rows,
        side: side ?? settings.side,
        steps: steps ?? settings.steps,
        epochs: epochs ?? settings.epochs,
        optimizers: optimizers ?? settings.optimizers,
        learningRate: learningRate ?? settings.learningRate,
        learningRates: learningRate === undefined ? settings.learningRates : [],
        damping: damping ?? settings.damping,
        dimension: dimension ?? settings.dimension,
      }
    case 'Saddles':
      return { ...settings, steps: steps ?? settings.steps, learningRate: learningRate ?? settings.learningRate }
    case 'Escape':
      return {
        ...settings,
        seed: seed ?? settings.seed,
        seeds: seeds ?? settings.seeds,
        widths: widths ?? settings.widths,
        steps: steps ?? settings.steps,
        epochs: epochs ?? settings.epochs,
      }
    case 'Autoencoder':
      return {
        ...settings,
        seed: seed ?? settings.seed,
        seeds: seeds ?? settings.seeds,
        rows: rows ?? settings.rows,
        steps: steps ?? settings.steps,
        epochs: epochs ?? settings.epochs,
        optimizers: optimizers ?? settings.optimizers,
        learningRate: learningRate ?? settings.learningRate,
        damping: damping ?? settings.damping,
        dimension: dimension ?? settings.dimension,
        sizes: sizes ?? settings.sizes,
      }
  }
}

export interface Plan {
  readonly entry: Entry
  readonly settings: Settings
  /** The line that asks for the same numbers again. */
  readonly command: string
}

/** Joins what was asked for with what the catalogue holds. */
export const planOf = (experiment: ExperimentName, wishes: Wishes, quick: boolean): E.Either<string, Plan> => {
  const entry = entryOf(experiment)
  return pipe(
    onlyHeard(entry, wishes),
    E.map(() => wished(quick ? entry.quick : entry.settings, wishes)),
    E.chain(checked),
    E.map((settings) => ({
      entry,
      settings,
      command: [
        `gradus run ${experiment}`,
        ...(quick ? ['--quick'] : []),
        ...uttered(wishes).map(([name, value]) => `${longOf(name)} ${value}`),
      ].join(' '),
    })),
  )
}
