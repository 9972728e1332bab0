import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  add,
  compile,
  hvp,
  matmul,
  mul,
  ones,
  square,
  stage,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  toNumber,
  zeros,
} from '../../src/index.js'
import { machineFor } from '../../src/program/machine.js'

const ramp = (length: number, step: number): Tensor => tensor(Array.from({ length }, (_, i) => Math.sin(i * step)))

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the arena', () => {
  /** How often as many numbers as given were copied into another array while `body` ran. */
  const copies = (size: number, body: () => void): number => {
    const counted = vi.spyOn(Object.getPrototypeOf(Float64Array.prototype), 'set')
    body()
    const own = counted.mock.calls.filter(([from]) => from instanceof Float64Array && from.length === size)
    counted.mockRestore()
    return own.length
  }

  it('takes a tensor in once, and again only when another was there', () => {
    const fast = compile((x: Tensor, v: Tensor) => sum(mul(tanh(x), v)))
    const [x, y] = [ramp(1201, 0.1), ramp(1201, 0.2)]
    const v = ramp(1201, 0.3)
    fast(x, v)
    expect(copies(1201, () => fast(x, v))).toBe(0)
    expect(copies(1201, () => fast(y, v))).toBe(1)
    expect(copies(1201, () => fast(y, v))).toBe(0)
    expect(copies(1201, () => fast(x, v))).toBe(1)
    // The same numbers in another tensor are not known to be the same.
    expect(copies(1201, () => fast(ramp(1201, 0.1), v))).toBe(1)
  })

  it('keeps what depends on the point in place while directions change', () => {
    const product = compile(hvp((x: Tensor) => sum(square(tanh(x)))))(ramp(1301, 0.1))
    const directions = [ramp(1301, 0.3), ramp(1301, 0.4)]
    for (const v of directions) product(v)
    // One copy in for each direction; results are copied out by slice.
    for (const v of directions) expect(copies(1301, () => product(v))).toBe(1)
  })
})

describe('where WebAssembly has too little memory', () => {
  const refuse = (): void => {
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded')
    })
  }

  it('programs are interpreted, and one warning says so, with sizes and advice', () => {
    refuse()
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const x = ramp(1_000_000, 0.1)
    const f = (y: Tensor): Tensor => sum(mul(tanh(y), y))
    expect(toNumber(compile(f)(x))).toBe(toNumber(f(x)))
    expect(toNumber(compile((y: Tensor) => add(1, f(y)))(x))).toBe(1 + toNumber(f(x)))
    expect(warned.mock.calls).toEqual([
      [
        expect.stringMatching(/needs \d+\.\d MiB of WebAssembly memory, more than there is.*4096 MiB.*Smaller batches/),
        { type: 'GradusWarning', code: 'GRADUS_ARENA' },
      ],
    ])
  })

  it('a program that no memory can hold is found out beforehand', () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    // Staged with shapes only: each value would have 7 GB.
    const program = stage((v: Tensor) => sum(tanh(mul(tanh(matmul(v, mul(2, v))), 2))))(zeros([30_000, 30_000]))
    const { engine, why } = machineFor(program)
    expect(engine).toBe('interpreter')
    expect(why()).toMatch(/^its arena needs \d{5,}\.\d MiB/)
  })

  it('what fits still runs in an arena afterwards', () => {
    refuse()
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    machineFor(stage((x: Tensor) => tanh(x))(zeros([3_000_000])))
    vi.restoreAllMocks()
    const { engine, run } = machineFor(stage((x: Tensor) => tanh(x))(zeros([3_000_000])))
    expect(engine).toBe('arena')
    expect(toFloat64Array(run([zeros([3_000_000])])[0] ?? zeros([]))[2_999_999]).toBe(0)
  })
})

it('what passes through a program is the tensor that was given', () => {
  const x = ones([64, 64])
  const [same, other] = machineFor(stage((a: Tensor) => [a, tanh(a)] as const)(x)).run([x])
  expect(same).toBe(x)
  expect(other).not.toBe(x)
})
