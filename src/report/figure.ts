import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { Axis } from './axis.js'
import { escapeHtml } from './format.js'

// Colors are variables of the style sheet, for light and dark. They follow Okabe and Ito's palette, which people with the
// usual kinds of color blindness can tell apart; the symbols tell the same without color.
const symbols = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye'] as const

// Fewer colors than symbols, so that the two together tell more optimizers apart than either.
const colors = 6

/** The color of an optimizer, by its place in the list. */
export const colorOf = (index: number): string => `var(--series-${index % colors})`

/** The symbol of an optimizer, by its place in the list. */
export const symbolOf = (index: number): (typeof symbols)[number] => symbols[index % symbols.length] ?? 'circle'

/** How the line of an optimizer is broken, by its place in the list: anew where colors begin anew. */
const dashOf = (index: number): string | undefined => [undefined, '7 3', '2 3'][Math.floor(index / colors) % 3]

/** The line of an optimizer, by its place in the list. */
export const lineOf = (index: number): Pick<Plot.LineOptions, 'stroke' | 'strokeWidth' | 'strokeDasharray'> => {
  const dash = dashOf(index)
  return { stroke: colorOf(index), strokeWidth: 2, ...(dash === undefined ? {} : { strokeDasharray: dash }) }
}

/** The natural width of a chart in pixels: what a phone shows without shrinking it. */
export const panelWidth = 360

/** One chart: its heading (may be empty), what a screen reader says in its place, and what Plot draws. */
export interface Panel {
  readonly heading: string
  readonly description: string
  readonly options: Plot.PlotOptions
}

// Plot passes the labels of a logarithmic axis through a filter that drops some; text given to the axis itself stays.
const labels = (axis: Axis) => ({ text: (tick: number) => axis.tickFormat(tick) })

/** The marks of a vertical axis: grid lines and labels at its ticks. */
export const verticalAxis = (axis: Axis, label: string): ReadonlyArray<Plot.Markish> => [
  Plot.gridY(axis.ticks),
  Plot.axisY(axis.ticks, { ...labels(axis), label, tickSize: 0 }),
]

/** The marks of a horizontal axis. */
export const horizontalAxis = (axis: Axis, label: string): ReadonlyArray<Plot.Markish> => [
  Plot.axisX(axis.ticks, { ...labels(axis), label, tickSize: 4 }),
]

/** A chart as SVG. */
export const panelSvg = ({ description, options }: Panel): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({
    width: panelWidth,
    marginLeft: 52,
    marginRight: 16,
    marginTop: 28,
    marginBottom: 40,
    style: { background: 'none', fontSize: '12px', fontFamily: 'inherit', overflow: 'visible' },
    ...options,
    document,
  })
  return svg.outerHTML.replace('<svg', `<svg role="img" aria-label="${escapeHtml(description)}"`)
}

const panelHtml = (panel: Panel): string =>
  `<div class="panel">${panel.heading === '' ? '' : `<h4>${escapeHtml(panel.heading)}</h4>`}${panelSvg(panel)}</div>`

/** Charts side by side, as many as there is room for, above one caption (HTML), if any. */
export const figure = (panels: ReadonlyArray<Panel>, caption: string): string =>
  panels.length === 0
    ? ''
    : `<figure><div class="panels">${panels.map(panelHtml).join('')}</div>${caption === '' ? '' : `<figcaption>${caption}</figcaption>`}</figure>`

// The outlines that Plot draws for the same symbols, in a box of −6..6.
const outlines: Readonly<Record<(typeof symbols)[number], string>> = {
  circle: '<circle r="4.5"/>',
  square: '<rect x="-4" y="-4" width="8" height="8"/>',
  triangle: '<path d="M0-5.2 4.9 3.4-4.9 3.4Z"/>',
  diamond: '<path d="M0-6 3.5 0 0 6-3.5 0Z"/>',
  star: '<path d="M0-6 1.4-1.9 5.7-1.9 2.2.7 3.5 4.9 0 2.3-3.5 4.9-2.2.7-5.7-1.9-1.4-1.9Z"/>',
  wye: '<path d="M1.5 1V5.5H-1.5V1L-5.3-1.2-3.8-3.8 0-1.6 3.8-3.8 5.3-1.2Z"/>',
  cross: '<path d="M-1.7-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z"/>',
}

/** A stroke of a line as the charts draw it, with its symbol. */
export const keyOf = (index: number): string =>
  `<svg class="key" viewBox="-14 -7 28 14" width="28" height="14" aria-hidden="true" style="color:${colorOf(index)}"><path d="M-14 0H14" stroke="currentColor" stroke-width="2"${dashOf(index) === undefined ? '' : ` stroke-dasharray="${dashOf(index)}"`}/><g fill="currentColor">${outlines[symbolOf(index)]}</g></svg>`

/** What the colors and symbols of the charts below it mean. */
export const legend = (entries: ReadonlyArray<{ readonly optimizer: string; readonly index: number }>): string =>
  `<ul class="legend">${entries
    .map(({ optimizer, index }) => `<li>${keyOf(index)}${escapeHtml(optimizer)}</li>`)
    .join('')}</ul>`
