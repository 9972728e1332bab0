import * as Plot from '@observablehq/plot'
import type { ResultRun, Results } from '../codec/results.js'
import { colorOf, type Panel, symbolOf } from './figure.js'
import { formatRound } from './format.js'
import { optimizersOf } from './statistics.js'

type Point = readonly [number, number]
type Surface = 'classical' | 'monkey'

interface Relief {
  readonly formula: string
  readonly value: (x: number, y: number) => number
}

const reliefs: Readonly<Record<Surface, Relief>> = {
  classical: { formula: 'f(x, y) = 5x² − y²', value: (x, y) => 5 * x * x - y * y },
  monkey: { formula: 'f(x, y) = x³ − 3xy²', value: (x, y) => x * x * x - 3 * x * y * y },
}

const isPoint = (point: Point): boolean => point.every(Number.isFinite)

// The picture reaches half as far again as the starts, around the saddle at the origin.
const reachOf = (runs: ReadonlyArray<ResultRun>): number => {
  const starts = runs.flatMap((run) => (run.path ?? []).slice(0, 1)).filter(isPoint)
  const most = Math.max(0, ...starts.flatMap((point) => point.map(Math.abs)))
  return most > 0 && Number.isFinite(1.5 * most) ? 1.5 * most : 1.5
}

interface Trail {
  readonly run: ResultRun
  readonly index: number
  readonly inside: ReadonlyArray<Point>
  readonly exit: Point | undefined
}

// Where the straight line from a point inside to one outside crosses the frame.
const crossing = (from: Point, to: Point, reach: number): Point => {
  const shares = from.map((start, axis) => {
    const move = (to[axis] ?? 0) - start
    return move === 0 ? 1 : (Math.sign(move) * reach - start) / move
  })
  const share = Math.min(1, ...shares)
  const at = (axis: 0 | 1): number => (share === 1 ? to[axis] : from[axis] + share * (to[axis] - from[axis]))
  return [at(0), at(1)]
}

const trailOf = (run: ResultRun, index: number, reach: number): Trail => {
  const path = (run.path ?? []).slice(0, 2000)
  const isInside = (point: Point): boolean => isPoint(point) && point.every((value) => Math.abs(value) <= reach)
  const left = path.findIndex((point) => !isInside(point))
  const inside = left < 0 ? path : path.slice(0, left)
  const [last, next] = [inside[inside.length - 1], path[inside.length]]
  const exit = last !== undefined && next !== undefined && isPoint(next) ? crossing(last, next, reach) : undefined
  return { run, index, inside, exit }
}

const levels = (reach: number, value: Relief['value']): ReadonlyArray<number> => {
  const top = Math.max(value(reach, 0), Math.abs(value(0, reach)))
  // Denser near the saddle, where the paths are: squares of equal steps.
  return Array.from({ length: 7 }, (_, k) => top * ((k + 0.35) / 7) ** 2)
}

const relief = (reach: number, { value }: Relief): ReadonlyArray<Plot.Markish> => {
  const frame = { x1: -reach, y1: -reach, x2: reach, y2: reach, pixelSize: 3 }
  const side = (sign: 1 | -1, color: string): Plot.Markish =>
    Plot.contour({
      ...frame,
      value: (x: number, y: number) => sign * value(x, y),
      thresholds: [...levels(reach, value)],
      fill: color,
      fillOpacity: 0.09,
      stroke: color,
      strokeOpacity: 0.45,
      strokeWidth: 0.75,
    })
  return [
    side(1, 'var(--hill)'),
    side(-1, 'var(--valley)'),
    Plot.contour({
      ...frame,
      value,
      thresholds: [0],
      fill: 'none',
      stroke: 'currentColor',
      strokeOpacity: 0.5,
      strokeWidth: 1,
    }),
  ]
}

const at = { x: '0', y: '1' }

const wholeOf = ({ inside, exit }: Trail): ReadonlyArray<Point> => (exit === undefined ? inside : [...inside, exit])

// Where paths coincide the later ones are thinner, so that all of them stay visible.
const trailMarks =
  (count: number) =>
  (trail: Trail, place: number): ReadonlyArray<Plot.Markish> => [
    Plot.line(wholeOf(trail), { ...at, stroke: colorOf(trail.index), strokeWidth: 2 + 1.6 * (count - 1 - place) }),
    Plot.dot(trail.inside, { ...at, r: 2.4, fill: colorOf(trail.index), stroke: 'var(--paper)', strokeWidth: 0.5 }),
  ]

const endMarks = ({ index, inside, exit }: Trail): ReadonlyArray<Plot.Markish> => {
  const end = inside[inside.length - 1]
  const color = colorOf(index)
  if (end === undefined) return []
  if (exit === undefined)
    return [
      Plot.dot([end], { ...at, symbol: symbolOf(index), r: 6, fill: color, stroke: 'var(--paper)', strokeWidth: 1.5 }),
    ]
  return [
    Plot.arrow([[...end, ...exit]], {
      x1: '0',
      y1: '1',
      x2: '2',
      y2: '3',
      stroke: color,
      strokeWidth: 3,
      headLength: 9,
    }),
  ]
}

const showPoint = (point: Point | undefined): string =>
  point === undefined ? 'nowhere' : `(${point.map((value) => formatRound(Number(value.toFixed(2)) + 0)).join(', ')})`

const ending = ({ run, inside, exit }: Trail): string => {
  const end = inside[inside.length - 1]
  const start = inside[0]
  if (end === undefined || start === undefined) return `${run.optimizer} has no path`
  if (exit !== undefined) return `${run.optimizer} leaves the picture at ${showPoint(exit)} in step ${inside.length}`
  if ((run.path ?? []).length > inside.length)
    return `${run.optimizer} jumps out of all bounds in step ${inside.length}`
  return Math.hypot(...end) < 1e-3 * Math.hypot(...start)
    ? `${run.optimizer} ends on the saddle`
    : `${run.optimizer} ends at ${showPoint(end)}`
}

interface Scene {
  readonly shape: Relief
  readonly reach: number
  readonly trails: ReadonlyArray<Trail>
}

const scenes = (results: Results): ReadonlyArray<Scene> => {
  const optimizers = optimizersOf(results)
  return (['classical', 'monkey'] as const).flatMap((surface) => {
    const runs = results.runs.filter((run) => run.surface === surface && (run.path ?? []).length > 0)
    const reach = reachOf(runs)
    const trails = runs.map((run) => trailOf(run, optimizers.indexOf(run.optimizer), reach))
    return runs.length === 0 ? [] : [{ shape: reliefs[surface], reach, trails }]
  })
}

const panelOf = ({ shape, reach, trails }: Scene): Panel => {
  const starts = trails.flatMap((trail) => trail.inside.slice(0, 1))
  const scale = { domain: [-reach, reach], ticks: 5, tickFormat: formatRound, tickSize: 4 }
  return {
    heading: shape.formula,
    description: `Contours of ${shape.formula} with the paths of the optimizers from ${showPoint(starts[0])}: ${trails.map(ending).join('; ')}.`,
    options: {
      height: 360,
      x: { ...scale, label: 'x' },
      y: { ...scale, label: 'y' },
      marks: [
        ...relief(reach, shape),
        Plot.frame({ strokeOpacity: 0.4 }),
        // A light edge keeps the paths readable above the contours.
        ...trails.map((trail) =>
          Plot.line(wholeOf(trail), { ...at, stroke: 'var(--paper)', strokeWidth: 8, strokeOpacity: 0.6 }),
        ),
        ...trails.flatMap(trailMarks(trails.length)),
        ...trails.flatMap(endMarks),
        Plot.dot(starts, { ...at, r: 6, fill: 'var(--paper)', stroke: 'currentColor', strokeWidth: 2 }),
        Plot.text(starts.slice(0, 1), {
          ...at,
          text: () => 'start',
          dx: 10,
          dy: -10,
          textAnchor: 'start',
          fontWeight: 600,
          stroke: 'var(--paper)',
          strokeWidth: 3,
          fill: 'currentColor',
        }),
      ],
    },
  }
}

/** One map for each surface that was run: contours, with hills and valleys in two colors, and the paths of the optimizers. */
export const contourPanels = (results: Results): ReadonlyArray<Panel> => scenes(results).map(panelOf)

/** Where the paths went, in a sentence for each surface. */
export const pathFindings = (results: Results): ReadonlyArray<string> =>
  scenes(results).map(({ shape, trails }) => `On ${shape.formula}: ${trails.map(ending).join('; ')}.`)

/** The formula of a surface, as the page prints it. */
export const formulaOf = (surface: Surface): string => reliefs[surface].formula
