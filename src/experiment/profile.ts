/** Performance profiles (Dolan and Moré 2002): which share of problems a solver solves within a factor of the best. */

/** A solver's costs, one for each problem in the same order; `Infinity` where it has no solution. */
export interface Costs {
  readonly solver: string
  readonly costs: ReadonlyArray<number>
}

/** A step function: from each ratio on, its share of the problems is solved. Before the first ratio the share is 0. */
export interface PerformanceProfile {
  readonly solver: string
  readonly steps: ReadonlyArray<{ readonly ratio: number; readonly share: number }>
}

/** Costs as a factor of the least; a free solution is as good as the best, and nothing is when nobody has one. */
const ratioOf = (cost: number, least: number): number => (cost === least && cost < Infinity ? 1 : cost / least)

/**
 * The profiles of solvers on the same problems:
 *
 *     ρ_s(τ) = |{p : t_{p,s} ≤ τ min_s t_{p,s}}| / |problems|
 *
 * Problems that no solver solves count as unsolved by all. References: Dolan and Moré, Benchmarking optimization software with
 * performance profiles, Mathematical Programming 91 (2002).
 */
export const performanceProfile = (table: ReadonlyArray<Costs>): ReadonlyArray<PerformanceProfile> => {
  const problems = table[0]?.costs.length ?? 0
  const least = Array.from({ length: problems }, (_, p) =>
    table.reduce((lowest, { costs }) => Math.min(lowest, costs[p] ?? Infinity), Infinity),
  )
  return table.map(({ solver, costs }) => {
    const ratios = costs
      .map((cost, p) => ratioOf(cost, least[p] ?? Infinity))
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
    // Where ratios are equal the last of them says how many there are.
    const steps = ratios.flatMap((ratio, i) => (ratios[i + 1] === ratio ? [] : [{ ratio, share: (i + 1) / problems }]))
    return { solver, steps }
  })
}

/** ρ(τ). */
export const shareWithin =
  (factor: number) =>
  ({ steps }: PerformanceProfile): number =>
    steps.reduce((share, step) => (step.ratio <= factor ? step.share : share), 0)
