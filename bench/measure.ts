/**
 * How things are timed. benchmark.js chooses how many calls fill one sample; the candidates of a comparison take turns,
 * round by round and in alternating order, so that whatever else the machine does meanwhile meets all of them. A ratio is
 * taken within each round, and what is reported is the median of these ratios with their quartiles.
 */
import Benchmark from 'benchmark'
import { raise } from '../src/data/Defect.js'

export interface Candidate {
  readonly name: string
  readonly run: () => unknown
  /** What one call counts as; its time is divided by it. */
  readonly operations?: number
}

export interface Effort {
  readonly rounds: number
  /** The least duration of one sample, in seconds. */
  readonly seconds: number
  /** Samples in a round, of which the median counts. */
  readonly samples: number
}

/** Seconds per operation in each round. */
export type Timing = ReadonlyArray<number>

export interface Spread {
  readonly median: number
  /** The quartiles. */
  readonly low: number
  readonly high: number
  readonly least: number
}

const quantile = (sorted: ReadonlyArray<number>, q: number): number => {
  const at = q * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return below + (at - Math.floor(at)) * (above - below)
}

export const spreadOf = (values: ReadonlyArray<number>): Spread => {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    least: quantile(sorted, 0),
  }
}

/** The ratios of two timings of the same rounds. */
export const ratiosOf = (over: Timing, under: Timing): Spread =>
  spreadOf(over.map((seconds, round) => seconds / (under[round] ?? Number.NaN)))

/** V8 optimizes what it has seen a few hundred times; what is slow enough to do without is called for a second. */
const warmUp = (run: () => unknown): void => {
  const [calls, milliseconds] = [500, 1000]
  const start = performance.now()
  for (const _ of Array.from({ length: calls })) {
    run()
    if (performance.now() - start > milliseconds) return
  }
}

/** Times all candidates once each round; the result is asked by name. */
export const interleave = <Name extends string>(
  candidates: Readonly<Record<Name, Omit<Candidate, 'name'>>>,
  effort: Effort,
): ((name: Name) => Timing) => {
  const names = Object.keys(candidates).filter((name): name is Name => name in candidates)
  const benchmarks = new Map(names.map((name) => [name, prepared({ name, ...candidates[name] }, effort)]))
  const rounds = Array.from({ length: effort.rounds }, (_, round) => {
    const order = round % 2 === 0 ? names : [...names].reverse()
    return new Map(order.map((name) => [name, benchmarks.get(name)?.() ?? Number.NaN]))
  })
  return (name) => rounds.map((seconds) => seconds.get(name) ?? Number.NaN)
}

/** One candidate, warmed up: each call times one round of it. */
const prepared = ({ name, run, operations = 1 }: Candidate, { seconds, samples }: Effort): (() => number) => {
  warmUp(run)
  const benchmark = new Benchmark(name, run, { minTime: seconds, minSamples: samples, maxTime: 0 })
  return () => {
    benchmark.run({ async: false })
    const failed: unknown = benchmark.error
    return failed === undefined || failed === null
      ? spreadOf(benchmark.stats.sample).median / operations
      : raise('InvalidArgument', `bench: ${name} failed: ${String(failed)}`)
  }
}
