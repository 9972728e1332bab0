import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { square, sum, type Tensor, tensor } from 'gradus'
import {
  andThen,
  drop,
  every,
  gradientDescent,
  handOver,
  last,
  map,
  minimize,
  momentum,
  newton,
  objective,
  race,
  resume,
  type Stream,
  scan,
  stepsAtMost,
  take,
  takeUntil,
  takeWhile,
  toArray,
  until,
  zip,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'
import { counted } from './counted.js'
import { rosenbrock } from './problems.js'

interface Ended<A> {
  readonly elements: ReadonlyArray<A>
  readonly end: unknown
}

const walk = <A>(stream: Stream<A, unknown>): Ended<A> => {
  const iterator = stream[Symbol.iterator]()
  const elements: Array<A> = []
  for (;;) {
    const next = iterator.next()
    if (next.done === true) return { elements, end: next.value }
    elements.push(next.value)
  }
}

/** A stream of numbers with an end of its own, and how many of them have been asked for. */
const numbers = (
  of: ReadonlyArray<number>,
  end = 'over',
): { readonly stream: Stream<number, string>; asked: number } => {
  const seen = {
    asked: 0,
    stream: {
      *[Symbol.iterator](): Generator<number, string> {
        for (const each of of) {
          seen.asked++
          yield each
        }
        return end
      },
    },
  }
  return seen
}

const exhausted = { _tag: 'Exhausted' }
const lists = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 12 })
const counts = fc.nat({ max: 14 })

describe('streams', () => {
  it('take and drop part what is there, and ask for no more', () => {
    fc.assert(
      fc.property(lists, counts, (list, n) => {
        const source = numbers(list)
        const taken = walk(take(n)(source.stream))
        expect(taken.elements).toEqual(list.slice(0, n))
        expect(taken.end).toEqual(n <= list.length ? exhausted : 'over')
        expect(source.asked).toBe(Math.min(n, list.length))
        expect(walk(drop(n)(source.stream))).toEqual({ elements: list.slice(n), end: 'over' })
      }),
    )
  })

  it('take composes by the minimum, drop by the sum, and both in any order', () => {
    fc.assert(
      fc.property(lists, counts, counts, (list, m, n) => {
        const { stream } = numbers(list)
        expect(walk(take(m)(take(n)(stream))).elements).toEqual(walk(take(Math.min(m, n))(stream)).elements)
        expect(walk(drop(m)(drop(n)(stream)))).toEqual(walk(drop(m + n)(stream)))
        expect(toArray(take(m)(drop(n)(stream)))).toEqual(toArray(drop(n)(take(m + n)(stream))))
      }),
    )
  })

  it('what is taken and then what is dropped is all', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 14 }), (list, n) => {
        const { stream } = numbers(list)
        const rejoined = pipe(
          stream,
          take(n),
          andThen(() => drop(n)(stream)),
        )
        expect(toArray(rejoined)).toEqual(list)
      }),
    )
  })

  it('andThen sees the last element and the end, and a stream without elements has no second part', () => {
    const seen: Array<unknown> = []
    const next = (a: number, end: string): Stream<number, string> => {
      seen.push([a, end])
      return numbers([a + 1], 'second').stream
    }
    expect(walk(andThen(next)(numbers([1, 2], 'first').stream))).toEqual({ elements: [1, 2, 3], end: 'second' })
    expect(seen).toEqual([[2, 'first']])
    expect(walk(andThen(next)(numbers([], 'nothing').stream))).toEqual({ elements: [], end: 'nothing' })
  })

  it('andThen brackets as it likes', () => {
    fc.assert(
      fc.property(lists, lists, lists, (a, b, c) => {
        const to = (list: ReadonlyArray<number>) => (): Stream<number, string> => numbers(list, list.join()).stream
        // Without elements there is no next phase, so all three have one.
        const [first, second, third] = [
          [0, ...a],
          [1, ...b],
          [2, ...c],
        ]
        const left = andThen(to(third))(andThen(to(second))(to(first)()))
        const right = andThen(() => andThen(to(third))(to(second)()))(to(first)())
        expect(walk(left)).toEqual(walk(right))
      }),
    )
  })

  it('map, scan, takeWhile and zip are those of lists', () => {
    fc.assert(
      fc.property(lists, lists, (list, other) => {
        const { stream } = numbers(list)
        expect(walk(map((x: number) => x * x)(stream))).toEqual({ elements: list.map((x) => x * x), end: 'over' })
        expect(walk(scan((sum: number, x: number) => sum + x, 10)(stream)).elements).toEqual(
          list.map((_, i) => list.slice(0, i + 1).reduce((sum, x) => sum + x, 10)),
        )
        const stop = list.findIndex((x) => x > 2)
        expect(walk(takeWhile((x: number) => x <= 2)(stream))).toEqual(
          stop < 0 ? { elements: list, end: 'over' } : { elements: list.slice(0, stop), end: exhausted },
        )
        const zipped = walk(zip(numbers(other, 'other').stream)(stream))
        expect(zipped.elements).toEqual(list.slice(0, other.length).map((x, i) => [x, other[i]]))
        expect(zipped.end).toBe(list.length <= other.length ? 'over' : 'other')
        expect(last(stream)).toEqual(list.length === 0 ? O.none : O.some(list[list.length - 1]))
      }),
    )
  })

  it('map keeps identity and composition', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { stream } = numbers(list)
        const [f, g] = [(x: number) => x + 1, (x: number) => x * 3]
        expect(walk(map((x: number) => x)(stream))).toEqual(walk(stream))
        expect(walk(map(g)(map(f)(stream)))).toEqual(walk(map((x: number) => g(f(x)))(stream)))
      }),
    )
  })

  it('each can be walked again, and by two at once', () => {
    const { stream } = numbers([1, 2, 3, 4, 5])
    const stages: ReadonlyArray<Stream<unknown, unknown>> = [
      take(3)(stream),
      drop(2)(stream),
      map((x: number) => -x)(stream),
      scan((sum: number, x: number) => sum + x, 0)(stream),
      takeWhile((x: number) => x < 4)(stream),
      zip(stream)(stream),
      andThen(() => stream)(stream),
    ]
    for (const stage of stages) {
      expect(walk(stage)).toEqual(walk(stage))
      const [one, two] = [stage[Symbol.iterator](), stage[Symbol.iterator]()]
      const mixed = [one.next(), two.next(), two.next(), one.next()].map(({ value }) => value)
      expect([mixed[0], mixed[3]]).toEqual([mixed[1], mixed[2]])
    }
  })

  it('of ten thousands of elements are no matter of the stack', () => {
    const many = numbers(Array.from({ length: 50_000 }, (_, i) => i)).stream
    expect(
      pipe(
        many,
        drop(1),
        map((x) => x + 1),
        scan((_, x) => x, 0),
        take(40_000),
        last,
      ),
    ).toEqual(O.some(40_001))
  })

  it.each([-1, 1.5, Number.NaN, Infinity])('refuse a count of %d', (n) => {
    expect(defectOf(() => take(n))).toMatch(/^InvalidArgument: take: expected an integer of 0 or more/)
    expect(defectOf(() => drop(n))).toMatch(/^InvalidArgument: drop: expected an integer of 0 or more/)
  })
})

const loss = objective(rosenbrock)
const start = tensor([-1.2, 1])
const essence = ({
  step,
  params,
  value,
}: {
  readonly step: number
  readonly params: Tensor
  readonly value: number
}) => [step, params, value]

describe('runs are streams', () => {
  const run = minimize(momentum({ learningRate: 1e-4 }), loss)(start)

  it('a run that is cut and resumed is the run, to the bit', () => {
    const whole = toArray(take(9)(run)).map(essence)
    const cut = pipe(
      run,
      take(4),
      andThen((it) => drop(1)(resume(momentum({ learningRate: 1e-4 }), loss)(it))),
      take(9),
      toArray,
    )
    expect(cut.map(essence)).toEqual(whole)
  })

  it('every n-th is of the number of steps, whatever was dropped before', () => {
    fc.assert(
      fc.property(fc.nat({ max: 6 }), fc.integer({ min: 1, max: 5 }), (dropped, n) => {
        const steps = pipe(run, take(12), drop(dropped), every(n), toArray).map(({ step }) => step)
        expect(steps).toEqual(Array.from({ length: 12 }, (_, i) => i).filter((i) => i >= dropped && i % n === 0))
      }),
    )
  })

  it('evaluate nothing before they are asked, and one step for one', () => {
    const watched = counted(rosenbrock)
    const lazy = pipe(
      start,
      minimize(gradientDescent({ learningRate: 1e-3 }), watched.objective),
      drop(1),
      map(essence),
      take(2),
    )
    expect(watched.asked).toEqual([])
    expect(toArray(lazy).length).toBe(2)
    expect(watched.count('gradient')).toBe(3)
  })

  it('handed over, keep steps, work and point, and begin with a fresh state', () => {
    const { last: half } = takeUntil(stepsAtMost(3))(run)
    const [first, next] = toArray(take(2)(handOver(newton(), loss)(half)))
    expect([first?.step, first?.params, first?.state]).toEqual([3, half.params, newton().init(half.params)])
    expect(first?.work.gradients).toBe(half.work.gradients + 1)
    expect(next?.step).toBe(4)
  })
})

describe('a race', () => {
  const runs = {
    descent: minimize(gradientDescent({ learningRate: 1e-3 }), loss)(start),
    newton: until(stepsAtMost(4))(minimize(newton(), loss)(start)),
  }

  it('in steps shows all runs after equally many, and those that ended at their end', () => {
    const rows = toArray(take(4)(race(runs, { by: 'steps', every: 2 })))
    expect(rows.map(({ at }) => at)).toEqual([0, 2, 4, 6])
    expect(rows.map(({ lanes }) => [lanes.descent.it.step, lanes.newton.it.step])).toEqual([
      [0, 0],
      [2, 2],
      [4, 4],
      [6, 4],
    ])
    expect(rows.map(({ lanes }) => O.isSome(lanes.newton.end))).toEqual([false, false, false, true])
    expect(rows[3]?.lanes.newton.end).toEqual(O.some({ _tag: 'StepsReached', steps: 4 }))
  })

  it('in work shows the last iterate of each that has cost no more', () => {
    // Newton costs 1 gradient for the start, then 2 products and a gradient a step; descent one gradient a step.
    const rows = toArray(take(5)(race(runs, { by: 'work', every: 4 })))
    expect(rows.map(({ lanes }) => [lanes.descent.it.step, lanes.newton.it.step])).toEqual([
      [0, 0],
      [3, 1],
      [7, 2],
      [11, 3],
      [15, 4],
    ])
  })

  it('has the iterates that each run has alone', () => {
    const rows = toArray(take(6)(race(runs, { by: 'steps' })))
    expect(rows.map(({ lanes }) => essence(lanes.descent.it))).toEqual(toArray(take(6)(runs.descent)).map(essence))
  })

  it('ends when all have ended, can be walked again, and computes no step that no row shows', () => {
    const short = { one: until(stepsAtMost(2))(runs.descent), other: until(stepsAtMost(1))(runs.newton) }
    const rows = (): ReadonlyArray<unknown> =>
      toArray(race(short, { by: 'steps' })).map(({ lanes }) => [lanes.one.it.step, lanes.other.it.step])
    expect(rows()).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
      [2, 1],
    ])
    expect(rows()).toEqual(rows())
    const watched = counted((x: Tensor) => sum(square(x)))
    const lone = minimize(gradientDescent({ learningRate: 0.1 }), watched.objective)(start)
    toArray(take(3)(race({ lone }, { by: 'steps' })))
    expect(watched.count('gradient')).toBe(3)
  })

  it.each([0, -1, Number.NaN, Infinity])('refuses marks %d apart', (n) => {
    expect(defectOf(() => race(runs, { by: 'steps', every: n }))).toMatch(/^InvalidArgument: race/)
  })
})
