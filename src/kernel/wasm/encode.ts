/*
 * The binary format of WebAssembly, as much of it as emitted modules need: function types, imports of one memory and of
 * functions, functions and their exports (WebAssembly Core Specification 2.0, chapter 5). Code is a tree of bytes that
 * is flattened once, so that whoever emits it composes expressions instead of appending to a buffer.
 */

/** A byte, bytes, or a sequence of code. */
export type Code = number | Uint8Array | ReadonlyArray<Code>

export const I32 = 0x7f
export const F64 = 0x7c
export const V128 = 0x7b

export interface FunctionType {
  readonly parameters: ReadonlyArray<number>
  readonly results: ReadonlyArray<number>
}

export interface FunctionImport {
  readonly module: string
  readonly name: string
  readonly type: FunctionType
}

export interface FunctionBody {
  /** The name of its export, if it has one. */
  readonly name?: string
  readonly type: FunctionType
  /** The types of the locals after the parameters, in order. */
  readonly locals: ReadonlyArray<number>
  readonly body: Code
}

export interface Module {
  /** Imported as `env.memory`. */
  readonly importsMemory: boolean
  /** Functions are numbered from 0: first these, then `functions`. */
  readonly imports: ReadonlyArray<FunctionImport>
  readonly functions: ReadonlyArray<FunctionBody>
}

/** Unsigned LEB128 of an integer below 2³². */
export const unsigned = (value: number): Code => {
  // Most numbers are small, and code is a tree with very many of them.
  if (value < 0x80) return value
  const bytes = []
  let rest = value >>> 0
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return bytes
}

/** Signed LEB128 of the 32 low bits of an integer. */
export const signed = (value: number): Code => {
  const bytes = []
  let rest = value | 0
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>= 7
  }
  bytes.push(rest & 0x7f)
  return bytes
}

/** The eight bytes of a double, least significant first. */
export const double = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value, true)
  return bytes
}

/** Where code is written before its length is known. */
let buffer = new Uint8Array(2 ** 14)

const room = (end: number): void => {
  if (end <= buffer.length) return
  const larger = new Uint8Array(2 * end)
  larger.set(buffer)
  buffer = larger
}

/** Writes code at a place of the buffer; the place after it. */
const append = (code: Code, at: number): number => {
  if (typeof code === 'number') {
    room(at + 1)
    buffer[at] = code
    return at + 1
  }
  if (code instanceof Uint8Array) {
    room(at + code.length)
    buffer.set(code, at)
    return at + code.length
  }
  let end = at
  for (let i = 0; i < code.length; i++) end = append(code[i], end)
  return end
}

/** Code as bytes. Flattened early, a tree is short-lived, which a collector takes at almost no cost. */
export const flatten = (code: Code): Uint8Array<ArrayBuffer> => {
  // The buffer may be another one afterwards.
  const end = append(code, 0)
  return buffer.slice(0, end)
}

const vector = (items: ReadonlyArray<Code>): Code => [unsigned(items.length), items]

/** Bytes after their number. */
const sized = (code: Code): Code => {
  const bytes = flatten(code)
  return [unsigned(bytes.length), bytes]
}

const text = (name: string): Code => sized(new TextEncoder().encode(name))

const section = (id: number, items: ReadonlyArray<Code>): Code => (items.length === 0 ? [] : [id, sized(vector(items))])

/** Runs of equal types: [count, type] each. */
const runs = (types: ReadonlyArray<number>): ReadonlyArray<Code> => {
  const found = []
  for (let i = 0, start = 0; i < types.length; i++) {
    if (types[i] !== types[i + 1]) {
      found.push([unsigned(i + 1 - start), types[i]])
      start = i + 1
    }
  }
  return found
}

const functionType = ({ parameters, results }: FunctionType): Code => [0x60, vector(parameters), vector(results)]

/** `encodeModule(m)` is the module in the binary format; equal types are written once. */
export const encodeModule = ({ importsMemory, imports, functions }: Module): Uint8Array<ArrayBuffer> => {
  const types = new Map<string, { readonly type: FunctionType; readonly index: number }>()
  const keyOf = ({ parameters, results }: FunctionType): string => `${parameters.join()}:${results.join()}`
  for (const { type } of [...imports, ...functions]) {
    const key = keyOf(type)
    if (!types.has(key)) types.set(key, { type, index: types.size })
  }
  const typeIndex = (type: FunctionType): Code => unsigned(types.get(keyOf(type))?.index ?? 0)
  return flatten([
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(
      1,
      [...types.values()].map(({ type }) => functionType(type)),
    ),
    section(2, [
      ...(importsMemory ? [[text('env'), text('memory'), 0x02, 0x00, 0x00]] : []),
      ...imports.map(({ module, name, type }) => [text(module), text(name), 0x00, typeIndex(type)]),
    ]),
    section(
      3,
      functions.map(({ type }) => typeIndex(type)),
    ),
    section(
      7,
      functions.flatMap(({ name }, i) =>
        name === undefined ? [] : [[text(name), 0x00, unsigned(imports.length + i)]],
      ),
    ),
    section(
      10,
      functions.map(({ locals, body }) => sized([vector(runs(locals)), body, 0x0b])),
    ),
  ])
}
