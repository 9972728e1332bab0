/*
 * A module over a memory that threads share: the same code, with its memory imported as `env.memory` and declared shared
 * (WebAssembly threads proposal: limits with flag 3 and a maximum). Modules that have a memory of their own and modules
 * that import one are both turned into that form, section by section, so that there is one source of every kernel.
 */
import { type Code, flatten, unsigned } from './encode.js'

const HEADER = 8
const IMPORTS = 2
const MEMORY = 5
/** 4 GiB, the most that there can be: an imported memory may be smaller. */
const MOST_PAGES = 65_536
const PAGE = 65_536

/** [value, place after it] of an unsigned LEB128 number. */
const number = (bytes: Uint8Array, at: number): readonly [number, number] => {
  let [value, shift, next] = [0, 0, at]
  while (bytes[next] > 0x7f) {
    value |= (bytes[next++] & 0x7f) << shift
    shift += 7
  }
  return [value | (bytes[next] << shift), next + 1]
}

interface Section {
  readonly id: number
  readonly content: Uint8Array
}

const sections = (bytes: Uint8Array): ReadonlyArray<Section> => {
  const found: Array<Section> = []
  for (let at = HEADER; at < bytes.length; ) {
    const [length, start] = number(bytes, at + 1)
    found.push({ id: bytes[at], content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return found
}

const name = (text: string): Code => [unsigned(text.length), new TextEncoder().encode(text)]

const memoryImport = (flags: Code): Code => [name('env'), name('memory'), 0x02, flags]

/** How `encodeModule` imports a memory, always first. */
const unshared = flatten(memoryImport([0x00, 0x00]))
const shared = flatten(memoryImport([0x03, 0x00, unsigned(MOST_PAGES)]))

/** The imports with the shared memory as the first of them, in place of one that is not shared. */
const withMemory = (content: Uint8Array): Code => {
  const [count, start] = number(content, 0)
  const isFirst = unshared.every((byte, i) => content[start + i] === byte)
  return isFirst
    ? [unsigned(count), shared, content.subarray(start + unshared.length)]
    : [unsigned(count + 1), shared, content.subarray(start)]
}

/** The same module over a shared memory. */
export const overSharedMemory = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const all = sections(bytes)
  const imports = all.find(({ id }) => id === IMPORTS)?.content ?? new Uint8Array(1)
  const written = ({ id, content }: { readonly id: number; readonly content: Uint8Array }): Code => [
    id,
    unsigned(content.length),
    content,
  ]
  const rest = all.filter(({ id }) => id !== IMPORTS && id !== MEMORY)
  const before = rest.filter(({ id }) => id !== 0 && id < IMPORTS)
  return flatten([
    bytes.subarray(0, HEADER),
    before.map(written),
    written({ id: IMPORTS, content: flatten(withMemory(imports)) }),
    rest.filter((section) => !before.includes(section)).map(written),
  ])
}

/** A shared memory of at least `doubles` that never grows, or undefined where there is no more. */
export const sharedMemory = (doubles: number): WebAssembly.Memory | undefined => {
  const pages = Math.ceil((doubles * 8) / PAGE)
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch {
    return undefined
  }
}
