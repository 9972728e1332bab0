import type { ResultIterate, ResultRun, Results } from '../../src/codec/results.js'

// Results made up to look like those of the experiments, by formulas: nothing was trained for them.

const range = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => i)

// A number of 0..1 that looks random but depends on its arguments alone.
const jitter = (...keys: ReadonlyArray<number>): number => {
  const x = Math.sin(keys.reduce((sum, key, i) => sum + key * (12.9898 + 65.2 * i), 0.5)) * 43_758.5453
  return x - Math.floor(x)
}

interface Behavior {
  readonly optimizer: string
  readonly floor: (width: number) => number
  readonly rate: number
  readonly work: (width: number) => number
  readonly curvature: (progress: number) => number
}

const parameters = (width: number): number => 75 * width + 10

const behaviors: ReadonlyArray<Behavior> = [
  {
    optimizer: 'minibatch SGD',
    floor: (width) => 0.6 / width,
    rate: 0.12,
    work: () => 1,
    curvature: (progress) => 0.4 - 0.2 * progress,
  },
  {
    optimizer: 'damped Newton',
    floor: (width) => 0.45 / width,
    rate: 0.3,
    work: (width) => 2 * parameters(width),
    curvature: (progress) => 0.4 * Math.exp(-2 * progress),
  },
  {
    optimizer: 'saddle-free Newton',
    floor: (width) => 0.9 / width ** 2.4,
    rate: 0.55,
    work: (width) => 2 * parameters(width) + 12,
    curvature: (progress) => 0.4 * Math.exp(-7 * progress),
  },
]

const trained =
  (behavior: Behavior, width: number, seed: number) =>
  (epoch: number): ResultIterate => {
    const noise = 0.7 + 0.6 * jitter(width, seed, behavior.rate)
    const loss = behavior.floor(width) * noise + 2.3 * Math.exp(-behavior.rate * noise * epoch)
    const wiggle = 1 + 0.15 * (jitter(epoch, seed, width, behavior.rate) - 0.5)
    return {
      epoch,
      loss: epoch === 0 ? 2.32 + 0.02 * seed : loss * wiggle,
      error: epoch === 0 ? 0.9 : Math.max(0, Math.round(loss * 0.3 * wiggle * 1797 - 4) / 1797),
      lambdaMin: -behavior.curvature(epoch / 30) * noise * wiggle,
      gradientEquivalents: epoch * behavior.work(width) * (1 + 0.05 * noise),
      gradientNorm: loss / 10,
    }
  }

const spectrum = (behavior: Behavior, width: number, seed: number): ReadonlyArray<number> =>
  range(parameters(width)).map((i) => {
    const size = 10 ** (1.2 - 6 * jitter(i, seed, width))
    return jitter(i, width, behavior.rate) < behavior.curvature(1) / 2 ? -size / 40 : size
  })

const header = {
  schema: 'gradus/results',
  version: 1,
  environment: { gradus: '0.1.0', node: 'v20.20.2', platform: 'linux x64', kernels: 'wasm' },
  startedAt: '2026-01-15T09:30:00.000Z',
  interrupted: false,
} as const

/** Results of a training experiment on images, with the given widths, seeds and epochs. */
export const madeTraining = (widths: ReadonlyArray<number> = [5, 10, 25], seeds = 3, epochs = 30): Results => ({
  ...header,
  experiment: 'digits',
  title: 'Escaping saddles on handwritten digits',
  command: 'gradus run digits --seed 1',
  settings: {
    images: 1797,
    pixels: 64,
    widths,
    seeds,
    epochs,
    'batch size': 50,
    'learning rate': 0.1,
    damping: 'trial set',
  },
  seconds: 47.3,
  runs: widths.flatMap((width) =>
    behaviors.flatMap((behavior) =>
      range(seeds).map(
        (seed): ResultRun => ({
          optimizer: behavior.optimizer,
          width,
          seed,
          iterates: range(epochs + 1).map(trained(behavior, width, seed)),
          spectrum: spectrum(behavior, width, seed),
          reason: 'all epochs done',
        }),
      ),
    ),
  ),
})

type Point = readonly [number, number]

const surfaces = {
  classical: {
    value: ([x, y]: Point) => 5 * x * x - y * y,
    gradient: ([x, y]: Point): Point => [10 * x, -2 * y],
    hessian: (): readonly [number, number, number] => [10, 0, -2],
    start: [1, 0.05],
  },
  monkey: {
    value: ([x, y]: Point) => x ** 3 - 3 * x * y * y,
    gradient: ([x, y]: Point): Point => [3 * x * x - 3 * y * y, -6 * x * y],
    hessian: ([x, y]: Point): readonly [number, number, number] => [6 * x, -6 * y, -6 * x],
    start: [0.8, 0.35],
  },
} as const

// Both Hessians here are [[a, b], [b, −a]] or diagonal; |H| of the first is √(a² + b²) times the identity.
const moves: Readonly<Record<string, (g: Point, h: readonly [number, number, number]) => Point>> = {
  'gradient descent': ([u, v]) => [-0.08 * u, -0.08 * v],
  Newton: ([u, v], [a, b, c]) => {
    const determinant = a * c - b * b
    return [-(c * u - b * v) / determinant, -(a * v - b * u) / determinant]
  },
  'saddle-free Newton': ([u, v], [a, b, c]) =>
    b === 0 ? [-u / Math.abs(a), -v / Math.abs(c)] : [-u / Math.hypot(a, b), -v / Math.hypot(a, b)],
}

const steps = 14

const trail = (surface: 'classical' | 'monkey', move: string, start: Point): ReadonlyArray<Point> => {
  const { gradient, hessian } = surfaces[surface]
  return range(steps).reduce<ReadonlyArray<Point>>(
    (points) => {
      const last = points[points.length - 1] ?? start
      const [dx, dy] = moves[move]?.(gradient(last), hessian(last)) ?? [0, 0]
      return [...points, [last[0] + dx, last[1] + dy]]
    },
    [start],
  )
}

/** Results of the two toy surfaces, computed by closed forms. */
export const madeSaddles = (): Results => ({
  ...header,
  experiment: 'saddles',
  title: 'Two saddles, three optimizers',
  command: 'gradus run saddles',
  settings: { steps, 'learning rate': 0.08 },
  seconds: 0.4,
  runs: (['classical', 'monkey'] as const).flatMap((surface) =>
    Object.keys(moves).map((optimizer): ResultRun => {
      const path = trail(surface, optimizer, surfaces[surface].start)
      return {
        optimizer,
        width: 0,
        seed: 1,
        surface,
        path,
        iterates: path.map((point, epoch) => ({
          epoch,
          loss: surfaces[surface].value(point),
          error: Number.NaN,
          lambdaMin: surface === 'classical' ? -2 : -6 * Math.hypot(...point),
          gradientEquivalents: optimizer === 'gradient descent' ? epoch : 3 * epoch,
          gradientNorm: Math.hypot(...surfaces[surface].gradient(point)),
        })),
        reason: 'all steps done',
      }
    }),
  ),
})

/** Results of an autoencoder that saddle-free Newton in a Krylov subspace takes over from SGD. */
export const madeAutoencoder = (): Results => ({
  ...header,
  experiment: 'autoencoder',
  title: 'A deep autoencoder in a Krylov subspace',
  command: 'gradus run autoencoder --seed 1',
  settings: { images: 1797, layers: [64, 32, 16, 6, 16, 32, 64], 'Krylov dimension': 40 },
  seconds: 58,
  runs: ['minibatch SGD', 'saddle-free Krylov'].map((optimizer, k) => ({
    optimizer,
    width: 6,
    seed: 1,
    iterates: range(41).map((epoch) => ({
      epoch,
      loss: 14 + 30 * Math.exp(-epoch / (k === 0 ? 12 : 5)) - 4 * k * (epoch / 40),
      error: 1.5 + 6 * Math.exp(-epoch / (k === 0 ? 12 : 5)) - 0.8 * k * (epoch / 40),
      lambdaMin: epoch % 5 === 0 ? -0.8 * Math.exp(-epoch / (k === 0 ? 40 : 8)) : Number.NaN,
      gradientEquivalents: epoch * (k === 0 ? 1 : 90),
    })),
    reason: k === 0 ? 'all epochs done' : 'gradient below 1e-5',
  })),
})

/** Results of leaving saddles: one optimizer by the law of doubling, one that creeps, one that never leaves. */
export const madeEscape = (): Results => ({
  ...header,
  experiment: 'escape',
  title: 'The way out of a saddle',
  command: 'gradus run escape',
  settings: {
    'distance from the quadratic saddles': 1e-6,
    'learning rate of gradient descent': 1,
    'most negative eigenvalue': -0.01,
  },
  seconds: 12,
  runs: [2, 10, 100].flatMap((width) =>
    [1, 2].flatMap((seed) =>
      (['saddle-free Newton', 'gradient descent', 'Newton'] as const).flatMap((optimizer) =>
        ([undefined, 1e-3] as const).map((distance): ResultRun => {
          const steps = { 'saddle-free Newton': 20 + seed, 'gradient descent': 1400 + 10 * width, Newton: 60 }[
            optimizer
          ]
          return {
            optimizer,
            width: distance === undefined ? width : 2,
            seed,
            index: 1,
            distance: distance ?? 1e-6,
            ...(distance === undefined ? {} : { surface: 'monkey' as const }),
            iterates: [
              {
                epoch: steps,
                loss: -0.5,
                error: Number.NaN,
                lambdaMin: Number.NaN,
                gradientEquivalents: optimizer === 'gradient descent' ? steps + 1 : steps * (width + 1),
                gradientNorm: 0.1,
              },
            ],
            reason: optimizer === 'Newton' ? 'all steps taken' : 'left the saddle',
          }
        }),
      ),
    ),
  ),
})
