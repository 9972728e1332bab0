/** The picture of performance profiles: a chart for each heat, a color for each library, lines with their names at their ends. */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { type Costs, performanceProfile } from '../../src/experiment/profile.js'

export type Contestant = Costs

/** Solvers that ask the same of a problem. */
export interface Heat {
  readonly title: string
  readonly contestants: ReadonlyArray<Contestant>
}

const libraries = [
  { name: 'gradus', color: '#0072b2' },
  { name: 'SciPy', color: '#c25400' },
  { name: 'Optax', color: '#00805b' },
  { name: 'Optimistix', color: '#8e4585' },
] as const

const dashes: ReadonlyArray<string> = ['', '7 3', '2 2.5', '9 3 2 3', '14 4', '4 2 1 2', '1 4']

const [width, height, head] = [940, 340, 64]
const [left, right, top, bottom] = [60, 298, 34, 42]
const ink = '#1d2328'
const soft = '#59636e'
const most = 128
const font = `system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif`

interface Line {
  readonly name: string
  readonly color: string
  readonly dash: string
  readonly end: number
  readonly points: ReadonlyArray<{ readonly ratio: number; readonly share: number }>
}

const libraryOf = (solver: string): (typeof libraries)[number] =>
  libraries.find(({ name }) => solver.startsWith(name)) ?? libraries[0]

const linesOf = ({ contestants }: Heat): ReadonlyArray<Line> =>
  performanceProfile(contestants).map(({ solver, steps }, i, all) => {
    const library = libraryOf(solver)
    const shown = steps.filter(({ ratio }) => ratio <= most)
    const end = shown[shown.length - 1]?.share ?? 0
    const before = all.slice(0, i).filter((each) => libraryOf(each.solver) === library).length
    const first = shown[0]?.ratio === 1 ? [] : [{ ratio: 1, share: 0 }]
    return {
      name: solver,
      color: library.color,
      dash: dashes[before] ?? '',
      end,
      points: [...first, ...shown, { ratio: most, share: end }],
    }
  })

/** Heights of labels near their own, at least a distance apart, the highest first; all of them within 0 and 1. */
const apart = (wanted: ReadonlyArray<number>, distance: number): ReadonlyArray<number> => {
  const down = wanted.reduce<ReadonlyArray<number>>(
    (placed, each) => [...placed, Math.min(each, (placed[placed.length - 1] ?? Infinity) - distance)],
    [],
  )
  return down.reduceRight<ReadonlyArray<number>>(
    (placed, each) => [Math.max(each, (placed[0] ?? -Infinity) + distance), ...placed],
    [],
  )
}

const chart = (heat: Heat): string => {
  const lines = linesOf(heat)
  const ordered = [...lines].sort((a, b) => b.end - a.end)
  const places = apart(
    ordered.map(({ end }) => end),
    16 / (height - top - bottom),
  )
  const labels = ordered.map((line, i) => ({ ...line, place: places[i] ?? 0 }))
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  return Plot.plot({
    ...{ width, height, marginLeft: left, marginRight: right, marginTop: top, marginBottom: bottom, document },
    style: { background: 'none', color: ink, fontSize: '12.5px', overflow: 'visible', fontFamily: font },
    x: { type: 'log', base: 2, domain: [1, most], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.gridY([0, 0.25, 0.5, 0.75, 1], { stroke: '#dcdfe3', strokeOpacity: 1 }),
      Plot.text([0, 0.25, 0.5, 0.75, 1], {
        ...{ x: null, y: (share: number) => share, text: (share: number) => `${100 * share} %` },
        ...{ frameAnchor: 'left', textAnchor: 'end', dx: -8, fill: soft },
      }),
      Plot.text([1, 2, 4, 8, 16, 32, 64, 128], {
        ...{ x: (ratio: number) => ratio, text: (ratio: number) => (ratio === 1 ? 'least' : `${ratio}×`) },
        ...{ frameAnchor: 'bottom', dy: 18, fill: soft },
      }),
      Plot.text(['cost of a solution, as a factor of the least'], { frameAnchor: 'bottom', dy: 36, fill: soft }),
      Plot.text([heat.title], {
        ...{ frameAnchor: 'top-left', dx: 8 - left, dy: 10 - top, textAnchor: 'start', fontSize: 15, fontWeight: 700 },
      }),
      ...lines.map(({ points, color, dash }) =>
        Plot.line(points, {
          ...{ x: 'ratio', y: 'share', curve: 'step-after', stroke: color, strokeWidth: 2, strokeOpacity: 0.9 },
          ...(dash === '' ? {} : { strokeDasharray: dash }),
        }),
      ),
      ...labels.map(({ end, place, color, dash }) =>
        Plot.link([0], {
          ...{ x1: most, x2: most, y1: end, y2: place, stroke: color, strokeWidth: 0, dx: 0 },
          ...(dash === '' ? {} : { strokeDasharray: dash }),
        }),
      ),
      Plot.text(labels, {
        ...{ x: most, y: 'place', text: ({ name, end }: Line) => `${name} · ${Math.round(100 * end)} %` },
        ...{ fill: ({ color }: Line) => color, textAnchor: 'start', dx: 50, fontWeight: 500 },
      }),
      // A piece of the line before its name.
      ...labels.map(({ place, color, dash }) =>
        Plot.vector([0], {
          ...{ x: most, y: place, length: 34, rotate: 90, anchor: 'start', shape: stroke, dx: 10, stroke: color },
          ...{ strokeWidth: 2, strokeLinecap: 'butt' },
          ...(dash === '' ? {} : { strokeDasharray: dash }),
        }),
      ),
    ],
    color: { type: 'identity' },
  }).outerHTML
}

/** A vector without its head. */
const stroke: Plot.VectorShapeImplementation = {
  draw: (context, length) => {
    context.moveTo(0, 0)
    context.lineTo(0, -length)
  },
}

/** All heats below each other, on a white card. */
export const asProfileSvg = (heats: ReadonlyArray<Heat>): string => {
  const whole = head + heats.length * (height + 12) + 8
  const title = 'Share of 35 test problems that an optimizer solves within a factor of the least cost'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${whole}" viewBox="0 0 ${width} ${whole}" role="img" aria-label="${title}" font-family='${font}'>`,
    `<rect width="${width}" height="${whole}" rx="10" fill="#ffffff"/>`,
    `<text x="24" y="36" font-size="18" font-weight="700" fill="${ink}">${title}</text>`,
    ...heats.map((heat, i) => chart(heat).replace('<svg', `<svg y="${head + i * (height + 12)}"`)),
    '</svg>\n',
  ].join('\n')
}
