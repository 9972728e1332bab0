/** What one operation on scalars costs: at once, recorded on a tape, and recorded and swept backward. */
import { add, grad, mul, scalar, sin, type Tensor, vjp } from '../../src/index.js'
import { type Candidate, type Effort, interleave, ratiosOf, spreadOf } from '../measure.js'
import { atMost, type Part, ratio, time } from '../report.js'

/** Operations in a recorded function: enough that what a transform costs by itself does not count. */
const length = 99

const step = scalar(0.1)

const repeat = (times: number, f: (x: Tensor) => Tensor, x: Tensor): Tensor =>
  times === 0 ? x : repeat(times - 1, f, f(x))

const chains = {
  add: (x: Tensor) => repeat(length, (y) => add(y, step), x),
  mul: (x: Tensor) => repeat(length, (y) => mul(y, step), x),
  sin: (x: Tensor) => repeat(length, sin, x),
  /** Both inputs of the product are recorded. */
  mixed: (x: Tensor) => repeat(length / 3, (y) => add(mul(sin(y), y), step), x),
}

const [x, y] = [scalar(0.7), scalar(1.3)]

const untraced = (effort: Effort): Part => {
  return () => {
    const timings = interleave(
      {
        add: { run: () => add(x, y) },
        mul: { run: () => mul(x, y) },
        sin: { run: () => sin(x) },
        number: { run: () => add(x, 2) },
        plain: { run: () => Math.sin(Math.random()) },
      },
      effort,
    )
    return {
      title: 'an operation on scalars, untraced',
      figures: [
        time('add(x, y)', spreadOf(timings('add')), atMost(1e-6)),
        time('mul(x, y)', spreadOf(timings('mul')), atMost(1e-6)),
        time('sin(x)', spreadOf(timings('sin')), atMost(1e-6)),
        time('add(x, 2)', spreadOf(timings('number')), atMost(1e-6)),
        ratio('sin(x) / Math.sin(Math.random())', ratiosOf(timings('sin'), timings('plain'))),
      ],
    }
  }
}

const recorded = (name: keyof typeof chains, effort: Effort): Part => {
  const f = chains[name]
  const whole = (run: () => unknown): Omit<Candidate, 'name'> => ({ run, operations: length })
  return () => {
    const timings = interleave(
      { untraced: whole(() => f(x)), tape: whole(() => vjp(f)(x)), gradient: whole(() => grad(f)(x)) },
      effort,
    )
    return {
      title: `an operation on scalars in a chain of ${length}: ${name}`,
      figures: [
        time('untraced', spreadOf(timings('untraced')), atMost(1e-6)),
        time('recorded', spreadOf(timings('tape'))),
        time('recorded and swept backward', spreadOf(timings('gradient')), atMost(2e-6)),
        ratio('recorded / untraced', ratiosOf(timings('tape'), timings('untraced'))),
        ratio('gradient / function', ratiosOf(timings('gradient'), timings('untraced'))),
      ],
    }
  }
}

export const eager = (rounds: number): ReadonlyArray<Part> => {
  const effort: Effort = { rounds, seconds: 0.02, samples: 3 }
  return [
    untraced(effort),
    recorded('add', effort),
    recorded('mul', effort),
    recorded('sin', effort),
    recorded('mixed', effort),
  ]
}
