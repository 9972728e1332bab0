/** Which BLAS a library is, told by the symbols that only it has, and the file names to look for. */
import type { Library } from './foreign.js'

/** What is known of a library once its vendor is. */
export interface Identity {
  readonly name: string
  /** Undefined where the vendor has no call for it and the environment decides. */
  readonly setThreads: ((count: number) => void) | undefined
  /** Whether it says that its integers have 64 bits (ILP64). */
  readonly wide: boolean
}

interface Vendor {
  readonly name: string
  /** The library is this vendor's if it has this function. */
  readonly mark: string
  readonly version?: string
  readonly setThreads?: string
  /** What the version's text has in a build whose integers have 64 bits. */
  readonly wide?: RegExp
}

const vendors: ReadonlyArray<Vendor> = [
  {
    name: 'openblas',
    mark: 'const char *openblas_get_config()',
    version: 'const char *openblas_get_config()',
    setThreads: 'void openblas_set_num_threads(int)',
    wide: /USE64BITINT/,
  },
  {
    name: 'blis',
    mark: 'const char *bli_info_get_version_str()',
    version: 'const char *bli_info_get_version_str()',
    setThreads: 'void bli_thread_set_num_threads(int64_t)',
  },
  { name: 'mkl', mark: 'void MKL_Set_Num_Threads(int)', setThreads: 'void MKL_Set_Num_Threads(int)' },
  // Its thread count is the environment variable VECLIB_MAXIMUM_THREADS, read when the process starts.
  { name: 'accelerate', mark: 'void vDSP_mmulD(void *, long, void *, long, void *, long, size_t, size_t, size_t)' },
]

/** Undefined for a BLAS of nobody known, which is most often the slow reference of Netlib. */
export const identify = (library: Library): Identity | undefined => {
  const vendor = vendors.find(({ mark }) => library.func(mark) !== undefined)
  if (vendor === undefined) return undefined
  const { name, version, setThreads, wide } = vendor
  const said = version === undefined ? undefined : library.func(version)?.()
  const number = typeof said === 'string' ? /\d+(\.\d+)+/.exec(said)?.[0] : undefined
  return {
    name: number === undefined ? name : `${name} ${number}`,
    setThreads: setThreads === undefined ? undefined : library.func(setThreads),
    wide: typeof said === 'string' && wide?.test(said) === true,
  }
}

/** File names by platform in the order of trial; the loader of the system knows where they lie. */
export const candidates = (platform: string | undefined): ReadonlyArray<string> => {
  switch (platform) {
    case 'darwin':
      return [
        '/System/Library/Frameworks/Accelerate.framework/Accelerate',
        ...['/opt/homebrew', '/usr/local'].map((prefix) => `${prefix}/opt/openblas/lib/libopenblas.dylib`),
        'libopenblas.dylib',
        'libblis.dylib',
        'libmkl_rt.dylib',
      ]
    case 'win32':
      return ['libopenblas.dll', 'openblas.dll', 'libblis.dll', 'mkl_rt.2.dll', 'mkl_rt.dll']
    default:
      return [
        'libopenblas.so.0',
        'libopenblas.so',
        'libblis.so.4',
        'libblis.so',
        'libmkl_rt.so.2',
        'libmkl_rt.so',
        'libcblas.so.3',
        'libblas.so.3',
      ]
  }
}
