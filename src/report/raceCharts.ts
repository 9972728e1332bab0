/** The charts of a race: values against what was spent, paths over the plane, spectra at the ends, profiles over many races. */
import * as Plot from '@observablehq/plot'
import type { PerformanceProfile } from '../experiment/profile.js'
import type { Figures, RaceFigures } from '../experiment/raceFigures.js'
import { type Axis, logAxis, signedAxis, workAxis } from './axis.js'
import { colorOf, horizontalAxis, type Panel, symbolOf, verticalAxis } from './figure.js'
import { formatNumber, formatRound } from './format.js'

/** Runs that share a chart: each has its color there, and the others are drawn in the color of rules behind them. */
export interface Group {
  readonly heading: string
  readonly runs: ReadonlyArray<Figures>
}

/** As many lines as a chart can tell apart by colors. */
const together = 6

/** All runs in one group where they are few, else those of each family. */
export const groupsOf = (runs: ReadonlyArray<Figures>): ReadonlyArray<Group> => {
  const families = [...new Set(runs.map(({ family }) => family))]
  return runs.length <= together
    ? [{ heading: '', runs }]
    : families.map((heading) => ({ heading, runs: runs.filter(({ family }) => family === heading) }))
}

const faint = 'var(--rule)'

interface Quantity {
  readonly label: string
  readonly of: (lap: Figures['course'][number]) => number
}

const spent = {
  steps: { label: 'steps', of: (lap) => lap.step },
  work: { label: 'gradient equivalents', of: (lap) => lap.work },
} as const satisfies Record<string, Quantity>

const dots = (index: number, xs: Axis, ys: Axis, points: ReadonlyArray<readonly [number, number]>) => {
  const at = {
    x: ([x]: readonly [number, number]) => xs.place(x),
    y: ([, y]: readonly [number, number]) => ys.place(y),
  }
  return [
    Plot.line(points, { ...at, stroke: colorOf(index), strokeWidth: 2 }),
    Plot.dot(points.slice(-1), { ...at, symbol: symbolOf(index), fill: colorOf(index), r: 4.5 }),
  ]
}

const progressPanel = (race: RaceFigures, { runs }: Group, quantity: Quantity): Panel => {
  const { reference } = race
  const height = (value: number): number => (reference === null ? value : Math.max(0, value - reference))
  const lineOf = (run: Figures) =>
    run.course
      .map((lap) => [quantity.of(lap), height(lap.value)] as const)
      .filter((point) => point.every(Number.isFinite))
  const all = race.runs.map(lineOf)
  // Of all runs, so that charts of one race can be compared.
  const xs = workAxis(all.flatMap((line) => line.map(([x]) => x)))
  const values = all.flatMap((line) => line.map(([, y]) => y))
  const first = Math.max(...all.flatMap((line) => line.slice(0, 1).map(([, y]) => Math.abs(y))), 0)
  const ys =
    reference === null
      ? signedAxis(values.filter((value) => Math.abs(value) <= 100 * Math.max(1, first)))
      : logAxis(values, { decades: 16, cap: 100 * first || 1 })
  const label = reference === null ? 'f' : 'f − f*'
  const behind = race.runs.filter((run) => !runs.includes(run)).map(lineOf)
  return {
    heading: '',
    description: `${label} against ${quantity.label}: ${runs.map((run) => `${run.title} ends at ${formatNumber(height(run.value))}`).join('; ')}.`,
    options: {
      height: 300,
      x: xs.scale,
      y: ys.scale,
      marks: [
        ...verticalAxis(ys, label),
        ...horizontalAxis(xs, quantity.label),
        ...behind.map((line) =>
          Plot.line(line, {
            x: ([x]: readonly [number, number]) => xs.place(x),
            y: ([, y]: readonly [number, number]) => ys.place(y),
            stroke: faint,
          }),
        ),
        ...runs.flatMap((run, i) => dots(i, xs, ys, lineOf(run))),
      ],
    },
  }
}

/** The same runs in equal steps, and in equal gradient equivalents. */
export const progressPanels = (race: RaceFigures, group: Group): ReadonlyArray<Panel> => [
  progressPanel(race, group, spent.steps),
  progressPanel(race, group, spent.work),
]

type Pair = readonly [number, number]

const pairsOf = (points: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<Pair> =>
  points.flatMap(([x, y]) => (x !== undefined && y !== undefined && Number.isFinite(x + y) ? [[x, y] as const] : []))

const extent = (values: ReadonlyArray<number>): Pair => [Math.min(...values), Math.max(...values)]

/** From the least to the greatest with a margin, of the landmarks and of what lies not too far from them. */
const spanOf = (landmarks: ReadonlyArray<number>, others: ReadonlyArray<number>, room: number): Pair => {
  const [low, high] = extent(landmarks)
  const [least, most] = extent([low, high, ...others.filter((value) => value >= low - room && value <= high + room)])
  const margin = 0.12 * Math.max(most - least, 1e-3)
  return [least - margin, most + margin]
}

/** Three quarters of the larger side of the landmarks' frame. */
const roomOf = (landmarks: ReadonlyArray<Pair>): number =>
  0.75 *
  ([0, 1] as const).reduce((most, axis) => {
    const [low, high] = extent(landmarks.map((point) => point[axis]))
    return Math.max(most, high - low)
  }, 0.5)

/** Levels are even in the logarithm of the height above the reference, or in that of the size where there is none. */
const heightOf =
  (value: (x: number, y: number) => number, reference: number | null, scale: number) =>
  (x: number, y: number): number => {
    const f = value(x, y)
    return reference === null ? Math.asinh(f / scale) : Math.log(Math.max(0, f - reference) + 1e-4 * scale)
  }

const pathOf = (run: Figures): ReadonlyArray<Pair> => pairsOf(run.course.map(({ point }) => point))

/** Contours of a loss over the plane with the paths of a group; nothing in other dimensions. */
export const planePanels = (
  race: RaceFigures,
  { heading, runs }: Group,
  value: (x: number, y: number) => number,
): ReadonlyArray<Panel> => {
  if (race.dimension !== 2) return []
  const all = race.runs.flatMap(pathOf)
  const paths = runs.map(pathOf)
  const [start] = all
  if (start === undefined) return []
  const marks = [start, ...pairsOf(race.minima), ...pairsOf(race.saddles)]
  const room = roomOf(marks)
  const along = (axis: 0 | 1): Pair =>
    spanOf(
      marks.map((point) => point[axis]),
      all.map((point) => point[axis]),
      room,
    )
  const [[x1, x2], [y1, y2]] = [along(0), along(1)]
  const f0 = Math.abs(value(...start) - (race.reference ?? 0))
  const inside = ([x, y]: Pair): boolean => x >= x1 && x <= x2 && y >= y1 && y <= y2
  const at = { x: '0', y: '1' }
  const clip = { ...at, clip: true }
  return [
    {
      heading: '',
      description: `Contours with the paths of the optimizers from (${start.map((entry) => formatRound(entry)).join(', ')}): ${runs.map((run) => `${run.title} ${run.outcome}`).join('; ')}.`,
      options: {
        width: 720,
        height: heading === '' ? 520 : 360,
        x: { domain: [x1, x2], label: 'x₁', ticks: 7, tickFormat: formatRound },
        y: { domain: [y1, y2], label: 'x₂', ticks: 7, tickFormat: formatRound },
        marks: [
          Plot.contour({
            x1,
            y1,
            x2,
            y2,
            pixelSize: 6,
            value: heightOf(value, race.reference, Math.max(1e-8, f0)),
            thresholds: 18,
            fill: 'var(--hill)',
            fillOpacity: 0.03,
            stroke: 'var(--hill)',
            strokeOpacity: 0.4,
            strokeWidth: 0.75,
          }),
          Plot.frame({ strokeOpacity: 0.4 }),
          ...paths.map((path) =>
            Plot.line(path, { ...clip, stroke: 'var(--paper)', strokeWidth: 5, strokeOpacity: 0.6 }),
          ),
          ...paths.flatMap((path, i) => [
            Plot.line(path, { ...clip, stroke: colorOf(i), strokeWidth: 1.8 }),
            Plot.dot(path.filter(inside).slice(0, 60), { ...clip, r: 1.8, fill: colorOf(i) }),
            Plot.dot(path.slice(-1).filter(inside), {
              ...at,
              symbol: symbolOf(i),
              r: 6,
              fill: colorOf(i),
              stroke: 'var(--paper)',
              strokeWidth: 1.5,
            }),
          ]),
          Plot.text(pairsOf(race.minima).filter(inside), {
            ...at,
            text: () => 'min',
            dy: 14,
            fontWeight: 600,
            stroke: 'var(--paper)',
            strokeWidth: 3,
            fill: 'currentColor',
          }),
          Plot.text(pairsOf(race.saddles).filter(inside), {
            ...at,
            text: () => 'saddle',
            dy: 14,
            fontWeight: 600,
            stroke: 'var(--paper)',
            strokeWidth: 3,
            fill: 'currentColor',
          }),
          Plot.dot([start], { ...at, r: 6, fill: 'var(--paper)', stroke: 'currentColor', strokeWidth: 2 }),
          Plot.text([start], {
            ...at,
            text: () => 'start',
            dy: -16,
            fontWeight: 600,
            stroke: 'var(--paper)',
            strokeWidth: 3,
            fill: 'currentColor',
          }),
        ],
      },
    },
  ]
}

/** The eigenvalues at the end of each run, one row for each; 0 is marked. */
export const endPanels = (race: RaceFigures): ReadonlyArray<Panel> => {
  const rows = groupsOf(race.runs)
    .flatMap(({ runs }) => runs.map((run, color) => ({ run, color })))
    .map(({ run, color }, index) => ({ run, color, index, eigenvalues: run.spectrum.filter(Number.isFinite) }))
    .filter(({ eigenvalues }) => eigenvalues.length > 0)
  if (rows.length === 0) return []
  const axis = signedAxis(
    rows.flatMap(({ eigenvalues }) => eigenvalues),
    10,
  )
  return [
    {
      heading: '',
      description: `Eigenvalues of the Hessian at the end: ${rows.map(({ run, eigenvalues }) => `${run.title} from ${formatNumber(eigenvalues[0] ?? Number.NaN)} to ${formatNumber(eigenvalues[eigenvalues.length - 1] ?? Number.NaN)}`).join('; ')}.`,
      options: {
        width: 720,
        height: 60 + 44 * rows.length,
        marginLeft: 16,
        x: axis.scale,
        fy: { axis: null, padding: 0.1 },
        marks: [
          ...horizontalAxis(axis, 'eigenvalue'),
          Plot.ruleX([0], { strokeOpacity: 0.6 }),
          ...rows.flatMap(({ run, color, index, eigenvalues }) => {
            const facet = { fy: () => index }
            return [
              Plot.tickX(eigenvalues, {
                ...facet,
                x: (value: number) => axis.place(value),
                stroke: colorOf(color),
                strokeWidth: 2,
                insetTop: 16,
              }),
              Plot.text([run.title], {
                ...facet,
                frameAnchor: 'top-left',
                dx: 4,
                fontWeight: 600,
                fill: colorOf(color),
              }),
            ]
          }),
        ],
      },
    },
  ]
}

/** The performance profiles of some solvers, in the order of their colors, those of others behind them. */
export const profilePanels = (
  profiles: ReadonlyArray<PerformanceProfile>,
  { heading, runs }: Group,
): ReadonlyArray<Panel> => {
  const most = Math.max(10, ...profiles.flatMap(({ steps }) => steps.map(({ ratio }) => ratio)).filter(Number.isFinite))
  const axis = logAxis([1, most])
  const lineOf = ({ steps }: PerformanceProfile) => {
    const last = steps[steps.length - 1]
    return [{ ratio: 1, share: 0 }, ...steps, ...(last === undefined ? [] : [{ ratio: most, share: last.share }])]
  }
  const chosen = runs.flatMap(({ title }) => profiles.filter(({ solver }) => solver === title))
  const stair = { x: 'ratio', y: 'share', curve: 'step-after' } as const
  return [
    {
      heading: '',
      description: `Performance profiles: ${chosen.map(({ solver, steps }) => `${solver} solves ${formatNumber(100 * (steps[steps.length - 1]?.share ?? 0))} %`).join('; ')}.`,
      options: {
        width: 720,
        height: heading === '' ? 380 : 300,
        x: axis.scale,
        y: { domain: [0, 1], grid: true, label: 'share of problems solved' },
        marks: [
          ...horizontalAxis(axis, 'factor of the least gradient equivalents'),
          ...profiles
            .filter((profile) => !chosen.includes(profile))
            .map((profile) => Plot.line(lineOf(profile), { ...stair, stroke: faint })),
          ...chosen.flatMap((profile, i) => {
            const line = lineOf(profile)
            return [
              Plot.line(line, { ...stair, stroke: colorOf(i), strokeWidth: 2 }),
              Plot.dot(line.slice(-1), { x: 'ratio', y: 'share', symbol: symbolOf(i), fill: colorOf(i), r: 4.5 }),
            ]
          }),
        ],
      },
    },
  ]
}
