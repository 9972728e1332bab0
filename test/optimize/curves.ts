/** Curves along which line searches are tried, and a search on one of them: functions of one number as objectives that count. */
import * as E from 'fp-ts/lib/Either.js'
import { scalar, type Tensor, toNumber } from 'gradus'
import type { LineSearch, SearchState, Smooth } from 'gradus/optimize'

export interface Curve {
  readonly name: string
  readonly value: (s: number) => number
  readonly slope: (s: number) => number
}

/** γ(β) of Yanai, Ozawa and Kaneko (1981), by which Moré and Thuente (1994) make their hardest curves. */
export const yanai = (b1: number, b2: number): Curve => {
  const gamma = (b: number) => Math.sqrt(1 + b * b) - b
  const [first, second] = [(a: number) => Math.hypot(1 - a, b2), (a: number) => Math.hypot(a, b1)]
  return {
    name: `Yanai ${b1} ${b2}`,
    value: (a) => gamma(b1) * first(a) + gamma(b2) * second(a),
    slope: (a) => (-gamma(b1) * (1 - a)) / first(a) + (gamma(b2) * a) / second(a),
  }
}

/** A search on a curve from 0, beginning with a step; with how often it looked. */
export const search = (
  lineSearch: LineSearch<SearchState, Smooth>,
  { value, slope }: Curve,
  natural: number,
  sign: 1 | -1 = 1,
) => {
  const looks: Array<number> = []
  const look = (x: Tensor): number => {
    const s = sign * toNumber(x)
    looks.push(s)
    return s
  }
  const objective = {
    value: (x: Tensor) => value(look(x)),
    valueAndGrad: (x: Tensor) => {
      const s = look(x)
      return [value(s), scalar(sign * slope(s))] as const
    },
  }
  const line = {
    objective,
    heading: 'down' as const,
    params: scalar(0),
    gradient: scalar(slope(0)),
    direction: scalar(1),
    value: value(0),
    slope: sign * slope(0),
    natural,
  }
  return { found: lineSearch.search(line)(lineSearch.init(scalar(0))), looks }
}

export const lengthOf = (found: ReturnType<typeof search>['found']): number => {
  if (E.isLeft(found)) throw new Error(found.left.advice)
  return found.right.stepLength
}
