/** The memory plan: every stored value gets a place in one arena, and places are used again when their value is dead. */
import { sizeOf } from '../data/Shape.js'
import { periodOf } from '../data/Tensor.js'
import { firstConstant, firstResult, type Ref, shapeAt } from './Program.js'
import { type LoopTask, readBy, type Schedule, type Task, writtenBy } from './Schedule.js'

/** Places are multiples of this many doubles, so that every value is aligned for SIMD. */
const grain = 4

const aligned = (doubles: number): number => Math.ceil(doubles / grain) * grain

export interface Plan {
  /** Where a value begins, in doubles. */
  readonly placeOf: (ref: Ref) => number
  /** Numbers of a constant that are stored: one period, unless somebody reads all of it. */
  readonly lengthOf: (ref: Ref) => number
  readonly doubles: number
  /** Inputs that lie where an output is written, by the places of both in their lists. */
  readonly replaced: ReadonlyMap<number, number>
}

/** What a matrix product may write: its kernel rounds both sides up to tiles of four. */
const room = (task: Task, length: number): number =>
  task._tag === 'Product' ? (task.batch - 1) * task.m * task.n + aligned(task.m) * aligned(task.n) : length

/** A free stretch: where it begins and its length. */
type Gap = readonly [number, number]

/** First fit into gaps, which are kept in order, none touching the next. */
interface Gaps {
  readonly gaps: ReadonlyArray<Gap>
  readonly end: number
}

const take = ({ gaps, end }: Gaps, length: number): { readonly place: number; readonly rest: Gaps } => {
  const found = gaps.findIndex(([, free]) => free >= length)
  const gap = gaps[found]
  if (gap === undefined) return { place: end, rest: { gaps, end: end + length } }
  const [place, free] = gap
  const left: ReadonlyArray<Gap> = free === length ? [] : [[place + length, free - length]]
  return { place, rest: { gaps: gaps.toSpliced(found, 1, ...left), end } }
}

/** How many gaps begin before a place, by bisection: every value is given back once, so this must not cost all gaps. */
const before = (gaps: ReadonlyArray<Gap>, place: number, low = 0, high = gaps.length): number => {
  const middle = (low + high) >> 1
  const [at] = gaps[middle] ?? [place]
  if (low >= high) return low
  return at < place ? before(gaps, place, middle + 1, high) : before(gaps, place, low, middle)
}

const give = ({ gaps, end }: Gaps, place: number, length: number): Gaps => {
  const at = before(gaps, place)
  const [left, right] = [gaps[at - 1], gaps[at]]
  const joinsLeft = left !== undefined && left[0] + left[1] === place
  const joinsRight = right !== undefined && place + length === right[0]
  const start = joinsLeft ? left[0] : place
  const free = (joinsRight ? right[0] + right[1] : place + length) - start
  const joined = (joinsLeft ? 1 : 0) + (joinsRight ? 1 : 0)
  return { gaps: gaps.toSpliced(joinsLeft ? at - 1 : at, joined, [start, free]), end }
}

/** What a loop reads as it writes: entry by entry, and in no other way. */
const readByEntry = ({ operands }: LoopTask): ReadonlyArray<Ref> => {
  const otherwise = new Set(operands.flatMap(({ ref, access }) => (access === 'entry' ? [] : [ref])))
  return operands.map(({ ref }) => ref).filter((ref) => !otherwise.has(ref))
}

/**
 * Entries that a loop stores over a value which nobody reads afterwards, with that value: each is read before it is written. Those that
 * have their places already are left out.
 */
const inPlace = (task: Task, dying: ReadonlySet<Ref>, placed: ReadonlyMap<Ref, unknown>): ReadonlyMap<Ref, Ref> => {
  if (task._tag !== 'Loop') return new Map()
  const free = readByEntry(task).filter((ref) => dying.has(ref))
  const entries = task.stores.filter(({ ref, keep }) => keep === 'entry' && !placed.has(ref))
  return new Map(
    entries.flatMap(({ ref }, i) => {
      const below = free[i]
      return below === undefined ? [] : [[ref, below] as const]
    }),
  )
}

/** An output and the input that it is going to be, by their places in their lists. */
interface Successor {
  readonly input: number
  readonly output: number
}

/** What outputs replace in the next run: the last ones the last inputs, in order, where the sizes agree and both are values of their own. */
const successors = ({ program, storage }: Schedule, size: (ref: Ref) => number): ReadonlyMap<Ref, Successor> => {
  const { inputs, outputs } = program
  const stored = outputs.map(storage)
  const pairs = Array.from({ length: Math.min(inputs.length, outputs.length) }, (_, i) => ({
    input: inputs.length - 1 - i,
    output: outputs.length - 1 - i,
  }))
  return new Map(
    pairs.flatMap(({ input, output }) => {
      const ref = stored[output] ?? 0
      const isOwn = ref >= firstResult(program) && stored.indexOf(ref) === output && !stored.includes(input)
      return isOwn && size(ref) === size(input) ? [[ref, { input, output }] as const] : []
    }),
  )
}

/**
 * Places for the inputs and constants, which stay, and for results, which live from their task to their last reader. The outputs of a
 * step are what the last inputs will be next time: a loop that reads such an input, as the last to do so, writes the output over it.
 */
export const planMemory = (schedule: Schedule, base: number, isStep = false): Plan => {
  const { program, tasks, storage } = schedule
  const [constants, results] = [firstConstant(program), firstResult(program)]
  const size = (ref: Ref): number => sizeOf(shapeAt(program, ref))
  const isReadWhole = new Set(
    tasks.flatMap((task) =>
      task._tag === 'Loop'
        ? task.operands.flatMap(({ ref, access }) => (access === 'entry' ? [ref] : []))
        : readBy(task),
    ),
  )
  const outputs = new Set(program.outputs.map(storage))
  const lengthOf = (ref: Ref): number => {
    const constant = program.constants[ref - constants]
    return constant === undefined || isReadWhole.has(ref) || outputs.has(ref) ? size(ref) : periodOf(constant).length
  }
  const next = isStep ? successors(schedule, size) : new Map<Ref, Successor>()
  const places = new Map<Ref, number>()
  const free = Array.from({ length: results }, (_, ref) => ref).reduce((at, ref) => {
    places.set(ref, at)
    return at + aligned(lengthOf(ref) + (isStep && ref < constants ? grain : 0))
  }, base)

  const lastRead = new Map<Ref, number>()
  tasks.forEach((task, at) => {
    for (const ref of readBy(task)) lastRead.set(ref, at)
  })
  const stays = (ref: Ref): boolean => ref < results || outputs.has(ref)
  /** What nobody reads after a task: values read there for the last time, and written ones that are not read at all. */
  const dying = (task: Task, at: number): ReadonlySet<Ref> =>
    new Set([
      ...readBy(task).filter((ref) => lastRead.get(ref) === at && !stays(ref)),
      ...writtenBy(task).filter((ref) => !lastRead.has(ref) && !stays(ref)),
    ])
  /** Outputs that a task writes over the inputs which they replace. */
  const successorsIn = (task: Task, at: number): ReadonlyMap<Ref, Successor> => {
    if (task._tag !== 'Loop') return new Map()
    const free = new Set(readByEntry(task).filter((ref) => lastRead.get(ref) === at))
    return new Map(
      task.stores.flatMap(({ ref, keep }) => {
        const successor = next.get(ref)
        return keep === 'entry' && successor !== undefined && free.has(successor.input) ? [[ref, successor]] : []
      }),
    )
  }
  const replaced = new Map<number, number>()
  const taken = new Map<Ref, number>()
  const { end } = tasks.reduce<Gaps>(
    (gaps, task, at) => {
      const dead = dying(task, at)
      const ahead = successorsIn(task, at)
      const below = inPlace(task, dead, ahead)
      const inherited = new Set(below.values())
      const placed = writtenBy(task).reduce<Gaps>((left, ref) => {
        const successor = ahead.get(ref)
        if (successor !== undefined) {
          places.set(ref, places.get(successor.input) ?? base)
          replaced.set(successor.input, successor.output)
          return left
        }
        const old = below.get(ref)
        if (old !== undefined) {
          places.set(ref, places.get(old) ?? base)
          taken.set(ref, taken.get(old) ?? 0)
          return left
        }
        const length = aligned(room(task, size(ref)) + grain)
        const { place, rest } = take(left, length)
        places.set(ref, place)
        taken.set(ref, length)
        return rest
      }, gaps)
      return [...dead].reduce<Gaps>(
        (left, ref) => (inherited.has(ref) ? left : give(left, places.get(ref) ?? base, taken.get(ref) ?? 0)),
        placed,
      )
    },
    { gaps: [], end: free },
  )
  return {
    placeOf: (ref) => places.get(storage(ref)) ?? 0,
    lengthOf: (ref) => lengthOf(storage(ref)),
    doubles: end,
    replaced,
  }
}
