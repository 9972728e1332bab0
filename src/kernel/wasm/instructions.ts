/*
 * The instructions of WebAssembly that emitted loops use, as functions from code to code: operands first, in the order of
 * the stack, so that an expression reads like the formula it computes. Opcodes: WebAssembly Core Specification 2.0, §5.4.
 */
import { type Code, double, signed, unsigned } from './encode.js'

/** The number of a local variable. */
export type Local = number

const EMPTY = 0x40

export const get = (local: Local): Code => [0x20, unsigned(local)]
export const set = (local: Local, value: Code): Code => [value, 0x21, unsigned(local)]
/** The two results of code, in order. */
export const setBoth = (first: Local, second: Local, values: Code): Code => [
  ...[values, 0x21, unsigned(second)],
  ...[0x21, unsigned(first)],
]
export const tee = (local: Local, value: Code): Code => [value, 0x22, unsigned(local)]
export const call = (index: number, ...args: ReadonlyArray<Code>): Code => [args, 0x10, unsigned(index)]
export const select = (holds: Code, a: Code, b: Code): Code => [a, b, holds, 0x1b]

export const leave = (result: Code): Code => [result, 0x0f]

/** do { body } while (condition) */
export const loopWhile = (body: Code, condition: Code): Code => [0x03, EMPTY, body, condition, 0x0d, 0, 0x0b]
export const when = (condition: Code, body: Code): Code => [condition, 0x04, EMPTY, body, 0x0b]
export const ifElse = (condition: Code, body: Code, otherwise: Code): Code => [
  condition,
  [0x04, EMPTY, body],
  [0x05, otherwise, 0x0b],
]

const binary =
  (...opcode: ReadonlyArray<Code>) =>
  (a: Code, b: Code): Code => [a, b, opcode]

export const i32 = {
  const: (value: number): Code => [0x41, signed(value)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  shiftRight: binary(0x76),
  less: binary(0x49),
  isZero: (a: Code): Code => [a, 0x45],
  /** Of a double that is an integer from 0 to 2³² − 1: the low bits of its sum with 2⁵². */
  ofInteger: (a: Code): Code => [a, 0x44, double(2 ** 52), 0xa0, 0xbd, 0xa7],
}

/** Adds a constant to a local. */
export const advance = (local: Local, bytes: number): Code => set(local, i32.add(get(local), i32.const(bytes)))

/** Sets that many bytes to zero. */
export const clear = (address: Code, bytes: number): Code => [
  ...[address, i32.const(0), i32.const(bytes)],
  ...[0xfc, unsigned(11), 0],
]

/** Copies that many bytes; the two ranges may overlap. */
export const copy = (to: Code, from: Code, bytes: number): Code => [
  ...[to, from, i32.const(bytes)],
  ...[0xfc, unsigned(10), 0, 0],
]

/** Doubles are aligned to 8 bytes; vectors of two, no better. */
const memory = (offset: number): Code => [3, unsigned(offset)]

const simd = (opcode: number): Code => [0xfd, unsigned(opcode)]
const simd1 =
  (opcode: number) =>
  (a: Code): Code => [a, simd(opcode)]
const simd2 = (opcode: number): ((a: Code, b: Code) => Code) => binary(simd(opcode))

export const v128 = {
  /** Whether all bits of both lanes of a mask are set. */
  allTrue: (mask: Code): Code => [mask, simd(0xc3)],
  load: (address: Code, offset: number): Code => [address, simd(0x00), memory(offset)],
  /** One double into both lanes. */
  loadSplat: (address: Code, offset: number): Code => [address, simd(0x0a), memory(offset)],
  store: (address: Code, offset: number, value: Code): Code => [address, value, simd(0x0b), memory(offset)],
  /** The first lane only. */
  storeFirst: (address: Code, offset: number, value: Code): Code => [address, value, simd(0x5b), memory(offset), 0],
  and: simd2(0x4e),
  /** a and not b */
  andNot: simd2(0x4f),
  or: simd2(0x50),
  /** Bits of a where those of the mask are set, of b elsewhere. */
  select: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(0x52)],
}

export const f64x2 = {
  /** The same double in both lanes. */
  const: (value: number): Code => [simd(0x0c), double(value), double(value)],
  splat: simd1(0x14),
  lane: (a: Code, lane: 0 | 1): Code => [a, simd(0x21), lane],
  equal: simd2(0x47),
  notEqual: simd2(0x48),
  less: simd2(0x49),
  greater: simd2(0x4a),
  lessEqual: simd2(0x4b),
  greaterEqual: simd2(0x4c),
  abs: simd1(0xec),
  neg: simd1(0xed),
  sqrt: simd1(0xef),
  trunc: simd1(0x7a),
  add: simd2(0xf0),
  sub: simd2(0xf1),
  mul: simd2(0xf2),
  div: simd2(0xf3),
  min: simd2(0xf4),
  max: simd2(0xf5),
}

/** All bits of the first lane. */
export const firstLane: Code = [simd(0x0c), Array.from({ length: 16 }, (_, i) => (i < 8 ? 0xff : 0))]

export const f64 = {
  const: (value: number): Code => [0x44, double(value)],
  ofUnsigned: (a: Code): Code => [a, 0xb8],
  equal: binary(0x61),
  lessEqual: binary(0x65),
  add: binary(0xa0),
  min: binary(0xa4),
  max: binary(0xa5),
  load: (address: Code, offset: number): Code => [address, 0x2b, memory(offset)],
  store: (address: Code, offset: number, value: Code): Code => [address, value, 0x39, memory(offset)],
}
