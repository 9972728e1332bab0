import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Found, findBlas, type Search } from '../../../src/kernel/native/blas.js'
import { type ForeignFunction, foreignLibraries } from '../../../src/kernel/native/foreign.js'
import { selfTest } from '../../../src/kernel/native/selfTest.js'
import { candidates } from '../../../src/kernel/native/vendors.js'
import { automatic, type Provider, reference } from '../../../src/kernel/provider.js'
import { dgemm, openblas, opening, type Symbols } from './fake.js'

const find = (files: Readonly<Record<string, Symbols>>, search: Partial<Search> = {}): Found =>
  findBlas({ threads: 1, path: undefined, platform: 'linux', open: opening(files), ...search })

const nameOf = (found: Found): string => (found._tag === 'Found' ? found.provider.name : 'none')

const reasonOf = (found: Found, library: string): string | undefined =>
  found._tag === 'NotFound' ? found.tried.find((refusal) => refusal.library === library)?.reason : undefined

/** The same call with one argument changed. */
const changed =
  (index: number, change: (value: unknown, args: ReadonlyArray<unknown>) => unknown): ForeignFunction =>
  (...args) =>
    dgemm(...args.map((value, i) => (i === index ? change(value, args) : value)))

/** The right product, and then something done to C. */
const after =
  (harm: (c: Float64Array) => void): ForeignFunction =>
  (...args) => {
    dgemm(...args)
    if (args[12] instanceof Float64Array) harm(args[12])
  }

const broken: ReadonlyArray<readonly [string, ForeignFunction]> = [
  ['does nothing', () => undefined],
  ['reads columns as rows of A', changed(1, (value) => (value === 111 ? 112 : 111))],
  ['ignores that B is transposed', changed(2, () => 111)],
  ['forgets the last term', changed(5, (k) => Number(k) - 1)],
  ['adds to C', changed(11, () => 1)],
  ['computes in single precision', after((c) => c.set(new Float32Array(c)))],
  ['is wrong in one entry', after((c) => c.fill((c.at(-1) ?? 0) * (1 + 1e-12), -1))],
  [
    'writes beyond C',
    after((c) => {
      new Float64Array(c.buffer)[c.byteOffset / 8 + c.length] = 0
    }),
  ],
  ['changes NaN to zero', after((c) => c.set(c.map((x) => (Number.isNaN(x) ? 0 : x))))],
  ['saturates', after((c) => c.set(c.map((x) => Math.min(x, Number.MAX_VALUE))))],
]

describe('a library', () => {
  it('is named by its vendor, version and threads', () => {
    expect(nameOf(find({ 'libopenblas.so.0': openblas() }))).toBe('openblas 9.8.7 (1 thread)')
    expect(nameOf(find({ 'libblas.so.3': openblas() }, { threads: 2 }))).toBe('openblas 9.8.7 (2 threads)')
    expect(nameOf(find({ 'libmkl_rt.so': { cblas_dgemm: dgemm, MKL_Set_Num_Threads: () => 0 } }))).toBe(
      'mkl (1 thread)',
    )
    const accelerate = { cblas_dgemm: dgemm, vDSP_mmulD: () => 0 }
    expect(nameOf(find({ [candidates('darwin')[0] ?? '']: accelerate }, { platform: 'darwin' }))).toBe('accelerate')
  })

  it('is the first that passes', () => {
    const blis = { cblas_dgemm: dgemm, bli_info_get_version_str: () => '0.9.0', bli_thread_set_num_threads: () => 0 }
    const files = { 'libopenblas.so.0': openblas(() => 0), 'libblis.so.4': blis, 'libblas.so.3': openblas() }
    expect(nameOf(find(files))).toBe('blis 0.9.0 (1 thread)')
  })

  it('of nobody known is taken from a given path only', () => {
    const files = { 'libblas.so.3': { cblas_dgemm: dgemm } }
    expect(reasonOf(find(files), 'libblas.so.3')).toContain('none of OpenBLAS')
    expect(nameOf(find(files, { path: 'libblas.so.3' }))).toBe('libblas.so.3')
  })

  it('has the threads of the provider that multiplies, also where two share it', () => {
    const heard = vi.fn()
    const files = { 'libopenblas.so.0': openblas(dgemm, heard) }
    const [one, two] = [find(files), find(files, { threads: 2 })]
    expect(heard.mock.calls).toEqual([[1], [2]])
    const square = new Float64Array(256)
    ;[two, one, one, two].forEach((found) => {
      if (found._tag === 'Found')
        found.provider.matmul(16, 16, 16, square, 0, false, square, 0, false, new Float64Array(256), 0)
    })
    expect(heard.mock.calls.slice(2)).toEqual([[1], [2]])
  })

  it.each(broken)('that %s is refused with a reason', (_, product) => {
    const found = find({ 'libopenblas.so.0': openblas(product) })
    expect(reasonOf(found, 'libopenblas.so.0')).toMatch(/^it multiplies .* wrongly/)
  })
})

describe('where there is none', () => {
  it('every name was tried, in order, and has its reason', () => {
    const found = find({ 'libopenblas.so.0': {} })
    const tried = found._tag === 'NotFound' ? found.tried : []
    expect(tried.map(({ library }) => library)).toEqual(candidates('linux'))
    expect(tried[0]?.reason).toBe('it has no function cblas_dgemm')
    expect(tried.slice(1).every(({ reason }) => reason === 'no such file')).toBe(true)
  })

  it.each(['linux', 'darwin', 'win32', undefined])('there are names to try on %s', (platform) => {
    expect(new Set(candidates(platform)).size).toBe(candidates(platform).length)
    expect(candidates(platform).length).toBeGreaterThan(3)
  })
})

describe('koffi', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  const withModule = (createRequire: () => unknown): string => {
    vi.stubGlobal('process', { getBuiltinModule: () => ({ createRequire }) })
    const found = findBlas({ threads: 1, path: undefined, platform: 'linux' })
    return reasonOf(found, 'koffi') ?? 'found'
  }

  it('is not looked for outside Node', () => {
    vi.stubGlobal('process', undefined)
    expect(foreignLibraries()).toContain('native libraries need Node')
  })

  it('may not be installed, or be damaged', () => {
    const fail = (message: string, code: string): never => {
      throw Object.assign(new Error(message), { code })
    }
    expect(withModule(() => () => fail('Cannot find module', 'MODULE_NOT_FOUND'))).toContain('npm install koffi')
    expect(withModule(() => () => fail('bad ELF', 'ERR_DLOPEN_FAILED'))).toBe('bad ELF')
    expect(withModule(() => () => ({}))).toBe('koffi has no function load')
  })

  it('tells why a file is not a library', () => {
    const file = 'no-such-library-anywhere'
    const found = findBlas({ threads: 1, path: file })
    const reason = reasonOf(found, file) ?? reasonOf(found, 'koffi') ?? ''
    expect(reason.length).toBeGreaterThan(10)
  })
})

describe('the self-test', () => {
  it.each<readonly [string, Provider]>([
    ['reference', reference],
    ['automatic', automatic],
  ])('passes the %s kernel', (_, { matmul }) => {
    expect(selfTest(matmul)).toBeUndefined()
  })

  it('says which product, and whether special values matter', () => {
    const zeroing: Provider['matmul'] = (m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset) => {
      reference.matmul(m, n, k, a, aOffset, transposeA, b, bOffset, transposeB, c, cOffset)
      if (transposeB)
        c.set(
          c.subarray(cOffset, cOffset + m * n).map((x) => (Number.isNaN(x) ? 0 : x)),
          cOffset,
        )
    }
    expect(selfTest(zeroing)).toMatch(/\(transposed\) wrongly where NaN/)
  })
})
