/** What a suite has found, as data, and as lines of text. */
import type { Spread } from './measure.js'

/** A promise of the project about a figure. */
export interface Target {
  readonly is: 'at most' | 'at least'
  readonly bound: number
}

export const atMost = (bound: number): Target => ({ is: 'at most', bound })

export const atLeast = (bound: number): Target => ({ is: 'at least', bound })

export type Figure =
  | { readonly _tag: 'Ratio'; readonly name: string; readonly of: Spread; readonly target?: Target }
  /** Seconds. */
  | { readonly _tag: 'Time'; readonly name: string; readonly of: Spread; readonly target?: Target }
  | { readonly _tag: 'Count'; readonly name: string; readonly cells: ReadonlyArray<string> }

export interface Section {
  readonly title: string
  readonly figures: ReadonlyArray<Figure>
}

/** A part of a suite, measured when it is asked for. */
export type Part = () => Section

export const ratio = (name: string, of: Spread, target?: Target): Figure => ({
  _tag: 'Ratio',
  name,
  of,
  ...(target === undefined ? {} : { target }),
})

export const time = (name: string, of: Spread, target?: Target): Figure => ({
  _tag: 'Time',
  name,
  of,
  ...(target === undefined ? {} : { target }),
})

const units: ReadonlyArray<readonly [number, string]> = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
]

const digits = (value: number): string => value.toPrecision(Math.max(3, Math.ceil(Math.log10(Math.abs(value) + 1))))

export const showSeconds = (seconds: number): string => {
  const [unit, name] = units.find(([least]) => seconds >= least) ?? [1e-9, 'ns']
  return `${digits(seconds / unit)} ${name}`
}

const holds = (value: number, { is, bound }: Target): boolean => (is === 'at most' ? value <= bound : value >= bound)

const verdict = (value: number, least: number, target: Target | undefined, show: (value: number) => string): string => {
  if (target === undefined) return ''
  const promise = `${target.is === 'at most' ? '≤' : '≥'} ${show(target.bound)}`
  return holds(value, target)
    ? `${promise}: holds`
    : `${promise}: MISSED${holds(least, target) ? ' (holds in the quietest round)' : ''}`
}

/** A median, its quartiles, and for times the quietest round, which other programs have disturbed least. */
const showFigure = (figure: Figure): string => {
  if (figure._tag === 'Count')
    return `${figure.name.padEnd(44)} ${figure.cells.map((cell) => cell.padStart(13)).join('')}`
  const { name, of, target } = figure
  const [show, quietest] =
    figure._tag === 'Time' ? ([showSeconds, `least ${showSeconds(of.least)}`] as const) : ([digits, ''] as const)
  const least = figure._tag === 'Time' ? of.least : of.median
  return [
    name.padEnd(44),
    show(of.median).padStart(9),
    `[${show(of.low)} … ${show(of.high)}]`.padEnd(23),
    quietest.padEnd(15),
    verdict(of.median, least, target, show),
  ]
    .join(' ')
    .trimEnd()
}

export const showSection = ({ title, figures }: Section): string =>
  ['', title, ...figures.map((figure) => `  ${showFigure(figure)}`)].join('\n')
