/*
 * The rows of a Krylov method in a WebAssembly memory of their own, worked on by basis.wat. Such a memory never shrinks: it belongs
 * to its basis and is collected with it, except for one, of a basis whose use has ended, that is kept for the next.
 */
import { type Basis, COLUMNS } from '../Basis.js'
import { referenceBasis, strideOf } from '../reference/basis.js'
import { basisBytes } from './basis.bytes.js'
import { instantiate, type WasmInstance } from './instance.js'

/** As many rows are named in one call; a multiple of four. */
const PANEL = 512
const atDots = 0
const atParts = atDots + COLUMNS * PANEL
const atList = atParts + COLUMNS * PANEL
const atPair = atList + PANEL / 2
/** Where the rows begin. */
const HEAD = atPair + 4
/** Memory beyond this many doubles (64 MiB) is not kept. */
const KEEP = 2 ** 23

let kept: WasmInstance | undefined
let refused = false

const opened = (lasting: boolean): WasmInstance | undefined => {
  if (refused) return undefined
  const instance = (lasting ? undefined : kept) ?? instantiate(basisBytes)
  if (!lasting) kept = undefined
  refused = instance === undefined
  return instance
}

const rowsIn = (size: number, instance: WasmInstance, limit: number): Basis => {
  const stride = strideOf(size)
  const [dots, subtract, recur, advance] = ['dots', 'subtract', 'recur', 'advance'].map(instance.kernel)
  const bytes = stride * 8
  const address = (row: number): number => (HEAD + row * stride) * 8
  let view: Float64Array = new Float64Array(0)
  let list: Int32Array = new Int32Array(0)
  let ready = 0
  return {
    size,
    room: (count) => {
      const needed = HEAD + count * stride
      const found = needed > limit ? undefined : instance.reserve(needed)
      if (found === undefined) return false
      view = found
      if (list.buffer !== found.buffer) list = new Int32Array(found.buffer, atList * 8, PANEL)
      // What another basis left between rows would enter every sum.
      for (; ready < count; ready++) found.fill(0, HEAD + ready * stride + size, HEAD + (ready + 1) * stride)
      return true
    },
    row: (i) => {
      const at = HEAD + i * stride
      view.fill(0, at + size, at + stride)
      return view.subarray(at, at + size)
    },
    dots: (from, count, first, columns, into) => {
      for (let start = 0; start < count; start += PANEL) {
        const some = Math.min(PANEL, count - start)
        const height = (some + 3) & -4
        view.fill(0, atDots, atDots + columns * height)
        dots(bytes, address(from + start), address(from + start + some - 1), address(first), columns, atDots * 8)
        for (let c = 0; c < columns; c++)
          for (let r = 0; r < some; r++) into[c * count + start + r] = view[atDots + c * height + r]
      }
    },
    subtract: (indices, parts, w, columns) => {
      for (let start = 0; start < indices.length; start += PANEL) {
        const some = Math.min(PANEL, indices.length - start)
        for (let i = 0; i < some; i++) {
          list[i] = address(indices[start + i])
          for (let c = 0; c < columns; c++) view[atParts + c * some + i] = parts[c * indices.length + start + i]
        }
        subtract(bytes, atList * 8, atParts * 8, some, address(w), columns)
      }
    },
    recur: (w, p, v, beta) => {
      view[atPair] = view[atPair + 1] = 0
      recur(bytes, address(w), address(p), address(v), beta, atPair * 8)
      return [view[atPair], view[atPair + 1]]
    },
    advance: (w, v, alpha, factor) => {
      view[atPair] = 0
      advance(bytes, address(w), address(v), alpha, factor, atPair * 8)
      return view[atPair]
    },
    release: () => {
      if (view.length <= KEEP) kept = instance
      view = new Float64Array(0)
    },
  }
}

/** The doubles of the largest memory, 4 GiB. */
const MOST = 2 ** 29

/** A basis in WebAssembly memory that moves to ordinary arrays when that memory is out; undefined where there is none at all. */
export const basisWasm = (size: number, lasting = false, limit: number = MOST): Basis | undefined => {
  const instance = opened(lasting)
  if (instance === undefined) return undefined
  let rows = rowsIn(size, instance, limit)
  let count = 0
  return {
    size,
    room: (wanted) => {
      if (!rows.room(wanted)) {
        const plain = referenceBasis(size)
        plain.room(wanted)
        for (let i = 0; i < count; i++) plain.row(i).set(rows.row(i))
        rows = plain
      }
      count = Math.max(count, wanted)
      return true
    },
    row: (i) => rows.row(i),
    dots: (from, some, first, columns, into) => {
      rows.dots(from, some, first, columns, into)
    },
    subtract: (indices, parts, w, columns) => {
      rows.subtract(indices, parts, w, columns)
    },
    recur: (w, p, v, beta) => rows.recur(w, p, v, beta),
    advance: (w, v, alpha, factor) => rows.advance(w, v, alpha, factor),
    release: () => {
      rows.release()
    },
  }
}
