/** The memory plan: every stored value gets a place in one arena, and places are used again when their value is dead. */
import { sizeOf } from '../data/Shape.js'
import { periodOf } from '../data/Tensor.js'
import { firstConstant, firstResult, type Ref, shapeAt } from './Program.js'
import { readBy, type Schedule, type Task, writtenBy } from './Schedule.js'

/** Places are multiples of this many doubles, so that every value is aligned for SIMD. */
const grain = 4

const aligned = (doubles: number): number => Math.ceil(doubles / grain) * grain

export interface Plan {
  /** Where a value begins, in doubles. */
  readonly placeOf: (ref: Ref) => number
  /** Numbers of a constant that are stored: one period, unless somebody reads all of it. */
  readonly lengthOf: (ref: Ref) => number
  readonly doubles: number
}

/** What a matrix product may write: its kernel rounds both sides up to tiles of four. */
const room = (task: Task, length: number): number =>
  task._tag === 'Product' ? (task.batch - 1) * task.m * task.n + aligned(task.m) * aligned(task.n) : length

/** First fit into gaps, which are kept as [place, length] in order. */
interface Gaps {
  readonly gaps: ReadonlyArray<readonly [number, number]>
  readonly end: number
}

const take = ({ gaps, end }: Gaps, length: number): { readonly place: number; readonly rest: Gaps } => {
  const found = gaps.findIndex(([, free]) => free >= length)
  const gap = gaps[found]
  if (gap === undefined) return { place: end, rest: { gaps, end: end + length } }
  const [place, free] = gap
  const left: ReadonlyArray<readonly [number, number]> = free === length ? [] : [[place + length, free - length]]
  return { place, rest: { gaps: [...gaps.slice(0, found), ...left, ...gaps.slice(found + 1)], end } }
}

const give = ({ gaps, end }: Gaps, place: number, length: number): Gaps => {
  const merged = [...gaps, [place, length] as const]
    .sort(([a], [b]) => a - b)
    .reduce<ReadonlyArray<readonly [number, number]>>((done, [at, free]) => {
      const last = done[done.length - 1]
      return last !== undefined && last[0] + last[1] === at
        ? [...done.slice(0, -1), [last[0], last[1] + free]]
        : [...done, [at, free]]
    }, [])
  return { gaps: merged, end }
}

/** Places for the inputs and constants, which stay, and for results, which live from their task to their last reader. */
export const planMemory = ({ program, tasks, storage }: Schedule, base: number): Plan => {
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
  const permanent = Array.from({ length: results }, (_, ref) => ref)
  const starts = permanent.reduce<ReadonlyArray<number>>(
    (places, ref) => [...places, (places[places.length - 1] ?? base) + aligned(lengthOf(ref))],
    [base],
  )
  const places = new Map<Ref, number>(permanent.map((ref) => [ref, starts[ref] ?? base]))

  const lastRead = new Map<Ref, number>()
  tasks.forEach((task, at) => {
    for (const ref of readBy(task)) lastRead.set(ref, at)
  })
  const dying = new Map<number, ReadonlyArray<readonly [number, number]>>()
  const { end } = tasks.reduce<Gaps>(
    (gaps, task, at) => {
      const placed = writtenBy(task).reduce<Gaps>((free, ref) => {
        const length = aligned(room(task, size(ref)) + grain)
        const { place, rest } = take(free, length)
        places.set(ref, place)
        const death = outputs.has(ref) ? undefined : (lastRead.get(ref) ?? at)
        if (death !== undefined) dying.set(death, [...(dying.get(death) ?? []), [place, length]])
        return rest
      }, gaps)
      return (dying.get(at) ?? []).reduce<Gaps>((free, [place, length]) => give(free, place, length), placed)
    },
    { gaps: [], end: starts[results] ?? base },
  )
  return { placeOf: (ref) => places.get(storage(ref)) ?? 0, lengthOf: (ref) => lengthOf(storage(ref)), doubles: end }
}
