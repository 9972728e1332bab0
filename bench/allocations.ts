/**
 * Counts buffers while a computation runs: the constructors of typed arrays are replaced by ones that take note, and since
 * copies, parts and images of typed arrays are made by their constructor, `slice`, `map`, `subarray`, `of` and `from` are seen
 * as well. Views of a WebAssembly memory allocate nothing and are counted apart. No collector is asked, so counts are exact.
 * Not seen: small objects on the heap (suites/memory.ts measures those), and the methods `with`, `toSorted` and `toReversed`.
 */

export interface Allocations {
  /** Bytes of each buffer that was made, in order; a piece of a larger buffer counts like a buffer. */
  readonly buffers: ReadonlyArray<number>
  /** Views of memories of WebAssembly. */
  readonly views: number
  /** Modules instantiated and memories grown. */
  readonly instances: number
}

type Event =
  | { readonly _tag: 'Buffer'; readonly bytes: number }
  | { readonly _tag: 'View' }
  | { readonly _tag: 'Instance' }

type Note = (event: Event) => void

const constructors = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
]

/** Buffers that were seen to belong to a memory of WebAssembly. */
const memories = new WeakSet<object>()

const isMemory = (buffer: object): boolean => memories.has(buffer) || buffer instanceof SharedArrayBuffer

/** Changes a property for a while; the result puts it back. */
const changed = (
  owner: object,
  name: string,
  change: (before: PropertyDescriptor) => PropertyDescriptor,
): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(owner, name) ?? {}
  Object.defineProperty(owner, name, change(before))
  return () => {
    Object.defineProperty(owner, name, before)
  }
}

const noting = <F extends object>(maker: F, note: (made: object) => void): F => {
  const watched: F = new Proxy(maker, {
    construct: (target, args, newTarget) => {
      // Proxies are constructors of what they stand for.
      const made: unknown = Reflect.construct(
        target as F & (new (...all: ReadonlyArray<unknown>) => object),
        args,
        newTarget === watched ? (target as F & (new () => object)) : newTarget,
      )
      if (typeof made !== 'object' || made === null) return {}
      note(made)
      return made
    },
  })
  return watched
}

const watchArrays = (note: Note): ReadonlyArray<() => void> =>
  constructors.flatMap((maker) => {
    const watched = noting(maker, (made) => {
      if (!ArrayBuffer.isView(made)) return
      note(isMemory(made.buffer) ? { _tag: 'View' } : { _tag: 'Buffer', bytes: made.byteLength })
    })
    return [
      changed(globalThis, maker.name, (before) => ({ ...before, value: watched })),
      changed(maker.prototype, 'constructor', (before) => ({ ...before, value: watched })),
    ]
  })

const watchWebAssembly = (note: Note): ReadonlyArray<() => void> => [
  changed(WebAssembly, 'Instance', (before) => ({
    ...before,
    value: noting(WebAssembly.Instance, () => note({ _tag: 'Instance' })),
  })),
  changed(WebAssembly.Memory.prototype, 'grow', (before) => ({
    ...before,
    value(this: WebAssembly.Memory, pages: number): unknown {
      note({ _tag: 'Instance' })
      return Reflect.apply(before.value, this, [pages])
    },
  })),
  changed(WebAssembly.Memory.prototype, 'buffer', (before) => ({
    ...before,
    get(this: WebAssembly.Memory): unknown {
      const buffer: unknown = before.get?.call(this)
      if (typeof buffer === 'object' && buffer !== null) memories.add(buffer)
      return buffer
    },
  })),
]

/** Runs `body`; `count` tells what a part of it allocates. What uses WebAssembly should be made within `body` as well. */
export const watchingAllocations = <A>(body: (count: (part: () => unknown) => Allocations) => A): A => {
  const events: Array<Event> = []
  const note: Note = (event) => {
    events.push(event)
  }
  const restore = [...watchArrays(note), ...watchWebAssembly(note)]
  try {
    return body((part) => {
      const from = events.length
      part()
      const found = events.slice(from)
      return {
        buffers: found.flatMap((event) => (event._tag === 'Buffer' ? [event.bytes] : [])),
        views: found.filter(({ _tag }) => _tag === 'View').length,
        instances: found.filter(({ _tag }) => _tag === 'Instance').length,
      }
    })
  } finally {
    for (const undo of restore) undo()
  }
}
