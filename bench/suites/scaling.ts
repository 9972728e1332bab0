/** How cost grows: compiled programs against rows, parameters and depth, and compilation against the size of the program. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compile, grad, hvp, stage, treeLeaves } from '../../src/index.js'
import { type Effort, interleave, spreadOf } from '../measure.js'
import {
  type Arguments,
  chain,
  chained,
  direction,
  layered,
  layers,
  type Model,
  type Parameters,
  recurrent,
  texts,
} from '../models.js'
import { atMost, type Figure, type Part, ratio, showSeconds, time } from '../report.js'
import { slopesOf } from '../slope.js'

const [linear, linearCompilation] = [atMost(1.05), atMost(1.1)]

/** Seconds. */
const [mostT2, mostT6] = [0.05, 0.3]

type Run = () => unknown

/** What is evaluated at each size. */
const quantities: Readonly<Record<string, (model: Model, args: Arguments, v: Parameters) => Run>> = {
  function: (model, args) => {
    const f = compile(model)
    return () => f(...args)
  },
  gradient: (model, args) => {
    const f = compile(grad(model))
    return () => f(...args)
  },
  'hvp replayed': (model, args, v) => {
    const product = compile(hvp(model))(...args)
    return () => product(v)
  },
}

const sizeOf = ([p]: Arguments): number => treeLeaves(p).reduce((total, { size }) => total + size, 0)

interface Axis {
  readonly title: string
  readonly model: Model
  /** The size that cost is held against, and the arguments of that size. */
  readonly points: ReadonlyArray<readonly [number, Arguments]>
}

/** All sizes of one quantity take turns, so that each round has a slope of its own. */
const grown = (
  sizes: ReadonlyArray<number>,
  runs: ReadonlyArray<Run>,
  effort: Effort,
  name: string,
  target = linear,
): ReadonlyArray<Figure> => {
  const timings = interleave(Object.fromEntries(runs.map((run, i) => [String(i), { run }])), effort)
  const all = sizes.map((_, i) => timings(String(i)))
  const medians = all.map((timing) => showSeconds(spreadOf(timing).median))
  return [
    ratio(`${name}: slope`, slopesOf(sizes, all), target),
    { _tag: 'Count', name: '  sizes', cells: sizes.map(String) },
    { _tag: 'Count', name: '  medians', cells: medians },
  ]
}

const costAlong = ({ title, model, points }: Axis, effort: Effort): Part => {
  return () => ({
    title: `cost against ${title}`,
    figures: Object.entries(quantities).flatMap(([name, quantity]) =>
      grown(
        points.map(([size]) => size),
        points.map(([, args]) => quantity(model, args, direction(args[0]))),
        effort,
        name,
      ),
    ),
  })
}

const rows: Axis = {
  title: 'rows, a 100-50-10 network',
  model: layered,
  points: [250, 500, 1000, 2000, 4000, 8000].map((count) => [count, layers([100, 50, 10], count)]),
}

/** With the rows fixed a weight costs one multiplication for each row, whatever the shape of the network. */
const byParameters = (title: string, all: ReadonlyArray<Arguments>): Axis => ({
  title: `parameters, ${title}`,
  model: layered,
  points: all.map((args) => [sizeOf(args), args]),
})

const hiddenUnits = byParameters(
  'one hidden layer of 25 to 800 units, 200 rows',
  [25, 50, 100, 200, 400, 800].map((units) => layers([100, units, 10], 200)),
)

const widths = byParameters(
  'three layers of equal width, 32 to 512, 200 rows',
  [32, 64, 128, 256, 512].map((width) => layers([width, width, width, width], 200)),
)

const depth: Axis = {
  title: 'depth, layers of width 32, 100 rows',
  model: layered,
  points: [2, 4, 8, 16, 32, 64].map((count) => [
    count,
    layers(
      Array.from({ length: count + 1 }, () => 32),
      100,
    ),
  ]),
}

/** A function compiled anew each time: staged, optimized, planned and instantiated, then run once on small tensors. */
const compilations: Readonly<Record<string, (model: Model) => (p: Parameters, ...data: Data) => unknown>> = {
  function: (model) => model,
  gradient: (model) => grad(model),
  'hvp one-shot': (model) => {
    const product = hvp(model)
    return (p, ...data) => product(p, ...data)(p)
  },
}

type Data = Arguments extends readonly [Parameters, ...infer Rest] ? Rest : never

const sizes = [10, 20, 40, 80, 160, 320]

const compilation = (title: string, model: Model, at: (size: number) => Arguments, effort: Effort): Part => {
  return () => ({
    title: `compile time against instructions, ${title} of ${sizes[0]} to ${sizes.at(-1)}`,
    figures: Object.entries(compilations).flatMap(([name, make]) => {
      const f = make(model)
      const all = sizes.map(at)
      return grown(
        all.map((args) => stage(f)(...args).instructions.length),
        all.map((args) => () => compile((...own: Arguments) => f(...own))(...args)),
        effort,
        name,
        linearCompilation,
      )
    }),
  })
}

const script = fileURLToPath(new URL('../firstCall.js', import.meta.url))

/** What the first call costs more than the second in a process that has compiled nothing before. */
const firstCalls = (task: string, quantity: string, processes: number): ReadonlyArray<number> =>
  Array.from({ length: processes }, () => Number(spawnSync(process.execPath, [script, task, quantity]).stdout))

const absolute = (processes: number): Part => {
  return () => ({
    title: 'compile time in a fresh process: first call less second',
    figures: [
      ...Object.keys(quantities).map((name) =>
        time(`T2, 100-50-10, 500 rows: ${name}`, spreadOf(firstCalls('T2', name, processes)), atMost(mostT2)),
      ),
      ...Object.keys(quantities).map((name) =>
        time(
          `T6, char RNN, 120 hidden, 50 steps: ${name}`,
          spreadOf(firstCalls('T6', name, processes)),
          atMost(mostT6),
        ),
      ),
    ],
  })
}

/** Seconds that compilation takes in this process, which should have done nothing before. */
export const firstCall = (task: string, quantity: string): number => {
  const [model, args]: readonly [Model, Arguments] =
    task === 'T2' ? [layered, layers([100, 50, 10], 500)] : [recurrent, texts(50, 120, 50, 10)]
  const v = direction(args[0])
  const start = performance.now()
  const run = quantities[quantity]?.(model, args, v)
  run?.()
  const between = performance.now()
  run?.()
  return (between - start - (performance.now() - between)) / 1000
}

export const scaling = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds, seconds: 0.02, samples: 1 }
  const slow: Effort = { rounds: Math.ceil(rounds / 2), seconds: 0.01, samples: 1 }
  return [
    ...[rows, hiddenUnits, widths, depth].map((axis) => costAlong(axis, effort)),
    compilation('a recurrence, steps', recurrent, (steps) => texts(steps, 8, 6, 2), slow),
    compilation(
      'layers',
      layered,
      (count) =>
        layers(
          Array.from({ length: count + 1 }, () => 8),
          4,
        ),
      slow,
    ),
    compilation('an elementwise chain, links', chained, chain, slow),
    absolute(Math.min(rounds, 7)),
  ]
}
