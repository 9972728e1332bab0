/** What the fixtures of sorting, running, scattering and arranging call; see operations.ts. */
import type { Tensor } from 'gradus'
import * as gradus from 'gradus'
import type { Call, Options } from './operations.js'

/** What these fixtures say beside the options of the others. */
interface MoreOptions extends Omit<Options, 'part'> {
  readonly descending?: boolean
  readonly reverse?: boolean
  readonly offset?: number
  readonly q?: number | ReadonlyArray<number>
  readonly side?: 'left' | 'right'
  readonly count?: number
  readonly counts?: number | ReadonlyArray<number>
  readonly lengths?: number | ReadonlyArray<number>
  readonly sizes?: ReadonlyArray<number>
  readonly shift?: number
  /** Which of several results is meant. */
  readonly part?: number
}

const given = <A>(value: A | undefined): A => {
  if (value === undefined) throw new Error('the fixture lacks an input or an option')
  return value
}

/** One tensor and an options object; without options the call is made without one, to meet the defaults. */
const withOptions =
  (f: (x: Tensor, options?: MoreOptions) => Tensor) =>
  (options: MoreOptions): Call =>
  (x) =>
    Object.keys(options).length === 0 ? f(given(x)) : f(given(x), options)

type Scatter = (x: Tensor, indices: Tensor, updates: Tensor, options: MoreOptions) => Tensor

const scattering =
  (f: Scatter) =>
  (options: MoreOptions): Call =>
  (x, indices, updates) =>
    f(given(x), given(indices), given(updates), options)

export const indexingOperations: Readonly<Record<string, (options: MoreOptions) => Call>> = {
  sort: withOptions(gradus.sort),
  argsort: withOptions(gradus.argsort),
  sortKeyVal:
    ({ part, ...options }) =>
    (keys, values) =>
      given(gradus.sortKeyVal(given(keys), given(values), options)[given(part)]),
  topK:
    ({ part, count, axis }) =>
    (x) =>
      given(gradus.topK(given(x), given(count), { axis: given(axis) })[given(part)]),
  searchSorted: (options) => (sorted, values) => gradus.searchSorted(given(sorted), given(values), options),
  quantile:
    ({ q, ...options }) =>
    (x) =>
      gradus.quantile(given(x), given(q), options),
  median: withOptions(gradus.median),
  cumprod: withOptions(gradus.cumprod),
  cummax: withOptions(gradus.cummax),
  cummin: withOptions(gradus.cummin),
  cumLogSumExp: withOptions(gradus.cumLogSumExp),
  std: withOptions(gradus.std),
  nanSum: withOptions(gradus.nanSum),
  nanMean: withOptions(gradus.nanMean),
  any: withOptions(gradus.any),
  all: withOptions(gradus.all),
  argminIndex: withOptions(gradus.argminIndex),
  scatterSet: scattering(gradus.scatterSet),
  scatterMul: scattering(gradus.scatterMul),
  scatterMax: scattering(gradus.scatterMax),
  scatterMin: scattering(gradus.scatterMin),
  segmentSum:
    ({ count, ...options }) =>
    (x, segments) =>
      gradus.segmentSum(given(x), given(segments), given(count), options),
  segmentMax:
    ({ count, ...options }) =>
    (x, segments) =>
      gradus.segmentMax(given(x), given(segments), given(count), options),
  dynamicSlice:
    ({ sizes }) =>
    (x, starts) =>
      gradus.dynamicSlice(given(x), given(starts), given(sizes)),
  dynamicUpdateSlice: () => (x, update, starts) => gradus.dynamicUpdateSlice(given(x), given(update), given(starts)),
  split:
    ({ lengths, part, ...options }) =>
    (x) =>
      given(gradus.split(given(x), given(lengths), options)[given(part)]),
  unstack:
    ({ part, ...options }) =>
    (x) =>
      given(gradus.unstack(given(x), options)[given(part)]),
  meshgrid:
    ({ part }) =>
    (...vectors) =>
      given(gradus.meshgrid(vectors)[given(part)]),
  roll:
    ({ shift, ...options }) =>
    (x) =>
      gradus.roll(given(x), given(shift), options),
  repeat:
    ({ counts, ...options }) =>
    (x) =>
      gradus.repeat(given(x), given(counts), options),
  moveAxis:
    ({ axes }) =>
    (x) =>
      gradus.moveAxis(given(x), given(axes?.[0]), given(axes?.[1])),
  swapAxes:
    ({ axes }) =>
    (x) =>
      gradus.swapAxes(given(x), given(axes?.[0]), given(axes?.[1])),
  tril: withOptions(gradus.tril),
  triu: withOptions(gradus.triu),
  diag: () => (x) => gradus.diag(given(x)),
  trace: () => (x) => gradus.trace(given(x)),
  kron: () => (a, b) => gradus.kron(given(a), given(b)),
}
