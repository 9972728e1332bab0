import { formatRound } from './format.js'

/** How numbers are laid out along one side of a chart. `place` brings a number that the axis cannot show to its edge. */
export interface Axis {
  readonly scale: {
    readonly type: 'linear' | 'log' | 'symlog'
    readonly domain: readonly [number, number]
    readonly constant?: number
  }
  readonly ticks: ReadonlyArray<number>
  readonly tickFormat: (value: number) => string
  readonly place: (value: number) => number
}

// Nothing beyond these sizes: the arithmetic of a scale would overflow. Such numbers are drawn on the edge.
const largest = 1e150
const smallest = 1e-150

const bounded = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values
    .filter((value) => Number.isFinite(value))
    .map((value) => (Math.abs(value) < smallest ? 0 : Math.min(largest, Math.max(-largest, value))))

const clamp =
  (low: number, high: number) =>
  (value: number): number =>
    Number.isNaN(value) ? Number.NaN : Math.min(high, Math.max(low, value))

const integers = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)

const everyNth = (values: ReadonlyArray<number>, most: number): ReadonlyArray<number> => {
  const stride = Math.max(1, Math.ceil(values.length / most))
  return values.filter((_, i) => (values.length - 1 - i) % stride === 0)
}

// Powers of ten, or 1, 2, 5 times them where the axis spans less than two decades.
const logTicks = (low: number, high: number): ReadonlyArray<number> => {
  const inside = (value: number): boolean => value >= low * 0.999 && value <= high * 1.001
  const powers = integers(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))).map((k) => 10 ** k)
  const decades = powers.filter(inside)
  return decades.length > 2 ? everyNth(decades, 6) : powers.flatMap((p) => [p, 2 * p, 5 * p]).filter(inside)
}

const linearStep = (range: number, most: number): number => {
  const power = 10 ** Math.floor(Math.log10(range / most))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => range / step <= most) ?? 10 * power
}

/** An axis with equal steps from 0, or from the least value when there is a negative one. */
export const linearAxis = (values: ReadonlyArray<number>, most = 5): Axis => {
  const finite = bounded(values)
  const low = Math.min(0, ...finite)
  const high = Math.max(0, ...finite)
  const top = high > low ? high : 1
  const step = linearStep(top - low, most)
  return {
    scale: { type: 'linear', domain: [low, top] },
    ticks: integers(Math.ceil(low / step), Math.floor(top / step)).map((k) => k * step),
    tickFormat: formatRound,
    place: clamp(low, top),
  }
}

/**
 * A logarithmic axis over the positive values, at most `decades` deep. Zero, negative and smaller values are drawn on its
 * lower edge, which is then labeled 0; larger ones than `cap` on its upper edge.
 */
export const logAxis = (
  values: ReadonlyArray<number>,
  { decades = 14, cap = Number.POSITIVE_INFINITY }: { readonly decades?: number; readonly cap?: number } = {},
): Axis => {
  const positive = bounded(values).filter((value) => value > 0)
  if (positive.length === 0) return linearAxis([])
  const high = Math.min(cap, Math.max(...positive))
  const low = Math.min(Math.max(Math.min(...positive), high * 10 ** -decades), high)
  const hasFloor = values.some((value) => value < low)
  const floor = low / 10 ** (0.3 + 0.1 * Math.log10(high / low))
  const top = high === low ? high * 2 : high * 1.05
  const bottom = hasFloor ? floor : high === low ? low / 2 : low / 1.05
  return {
    scale: { type: 'log', domain: [bottom, top] },
    ticks: [
      ...(hasFloor ? [floor] : []),
      // The ticks may lie a rounding outside, the axis shows none there.
      ...logTicks(hasFloor ? low / 1.05 : bottom, top).filter((tick) => tick >= bottom && tick <= top),
    ],
    tickFormat: (value) => (hasFloor && value <= floor * 1.001 ? '0' : formatRound(value)),
    place: clamp(bottom, top),
  }
}

/** An axis for work: equal steps, or powers of ten that begin with a 0 where one optimizer costs far more than another. */
export const workAxis = (values: ReadonlyArray<number>): Axis => {
  const positive = bounded(values).filter((value) => value > 0)
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  if (positive.length === 0 || most / least < 50) return linearAxis(values)
  return {
    scale: { type: 'symlog', domain: [0, most], constant: Math.max(1, least) },
    ticks: [
      0,
      ...everyNth(
        logTicks(Math.max(1, least), most).filter((tick) => Number.isInteger(Math.log10(tick))),
        5,
      ),
    ],
    tickFormat: formatRound,
    place: clamp(0, most),
  }
}

/**
 * An axis of numbers of both signs over many powers of ten: the coordinate of x is sgn(x) log(1 + |x| / constant), where the
 * constant lies `decades` powers of ten below the largest number.
 */
export const signedAxis = (values: ReadonlyArray<number>, decades = 5): Axis & { readonly constant: number } => {
  const finite = bounded(values)
  const size = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const top = size > 0 ? Math.ceil(Math.log10(size)) : 0
  const constant = 10 ** (top - decades)
  const low = finite.reduce((least, value) => Math.min(least, 1.3 * value), -2 * constant)
  const high = finite.reduce((most, value) => Math.max(most, 1.3 * value), 2 * constant)
  const powers = integers(1, decades)
    .filter((k) => (decades - k) % 2 === 1)
    .map((k) => constant * 10 ** k)
  return {
    constant,
    scale: { type: 'symlog', domain: [low, high], constant },
    ticks: [...powers.map((tick) => -tick), 0, ...powers].filter((tick) => tick >= low && tick <= high),
    tickFormat: formatRound,
    place: clamp(low, high),
  }
}
