/** The ranges of hyperparameters: one table by name, so that every optimizer refuses the same nonsense in the same words. */
import { raise } from '../../data/Defect.js'

interface Range {
  readonly holds: (value: number) => boolean
  readonly words: string
}

const positive: Range = { holds: (value) => value > 0 && value < Infinity, words: 'finite and above 0' }
const notNegative: Range = { holds: (value) => value >= 0 && value < Infinity, words: 'finite and 0 or more' }
const fraction: Range = { holds: (value) => value >= 0 && value < 1, words: 'from 0 to below 1' }
const share: Range = { holds: (value) => value >= 0 && value <= 1, words: 'from 0 to 1' }
const finite: Range = { holds: Number.isFinite, words: 'finite' }
const count: Range = { holds: (value) => Number.isInteger(value) && value >= 1, words: 'an integer of 1 or more' }
const countOrNone: Range = { holds: (value) => Number.isInteger(value) && value >= 0, words: 'an integer of 0 or more' }

const ranges: ReadonlyMap<string, Range> = new Map([
  ...['learningRate', 'maximalLearningRate', 'scaling', 'limit', 'threshold', 'growth'].map(
    (name): readonly [string, Range] => [name, positive],
  ),
  ...[
    'clipping',
    'trustCoefficient',
    'gamma',
    'smoothness',
    'hessianSmoothness',
    'gap',
    'accuracy',
    'probability',
    'constant',
    'minimalStep',
    'maximalStep',
  ].map((name): readonly [string, Range] => [name, positive]),
  ...[
    'epsilon',
    'epsilonRoot',
    'weightDecay',
    'initial',
    'minimal',
    'noise',
    'annealing',
    'radius',
    'gradientBelow',
  ].map((name): readonly [string, Range] => [name, notNegative]),
  ...['decay', 'decay1', 'decay2', 'decay3', 'momentum', 'exponent', 'relative'].map(
    (name): readonly [string, Range] => [name, fraction],
  ),
  ...['slowStep', 'shrink', 'factor'].map((name): readonly [string, Range] => [name, share]),
  ...['lower', 'alpha', 'beta', 'shift'].map((name): readonly [string, Range] => [name, finite]),
  ...['every', 'steps', 'period', 'least', 'patience', 'window'].map((name): readonly [string, Range] => [name, count]),
  ...['cooldown', 'most', 'from', 'wait'].map((name): readonly [string, Range] => [name, countOrNone]),
])

/** Hyperparameters as they came, or a `Defect` that names the first that is out of its range. Schedules are not asked beforehand. */
export const checked = <O extends object>(caller: string, options: O): O => {
  const wrong = Object.entries(options).find(
    ([name, value]: readonly [string, unknown]) =>
      typeof value === 'number' && ranges.get(name)?.holds(value) === false,
  )
  return wrong === undefined
    ? options
    : raise('InvalidArgument', `${caller}: expected ${wrong[0]} to be ${ranges.get(wrong[0])?.words}, got ${wrong[1]}.`)
}

/**
 * A number for every step from 0 on.
 *
 * @since 0.1.0
 */
export type Schedule = (step: number) => number

/**
 * A number for every step, or a schedule.
 *
 * @since 0.1.0
 */
export type Rate = number | Schedule

/** The rate at a step; a schedule may give no number there. */
export const rateAt = (rate: Rate, step: number): number => (typeof rate === 'number' ? rate : rate(step))

/** Minus a rate: what updates are multiplied by to go down. */
export const minus = (rate: Rate): Rate => (typeof rate === 'number' ? -rate : (step) => -rate(step))
