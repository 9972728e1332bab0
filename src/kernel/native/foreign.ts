/** Calls into shared libraries: the part of `koffi` that is needed, asked for at run time and never by an import. */

/** A C function, called as it is declared; arrays of doubles are passed without copies. */
export type ForeignFunction = (...args: ReadonlyArray<unknown>) => unknown

export interface Library {
  /** The function of a C prototype, or undefined where the library has no such symbol. */
  readonly func: (prototype: string) => ForeignFunction | undefined
}

/** Opens a library by file name or path, or says why not. */
export type OpenLibrary = (file: string) => Library | string

const isFunction = (value: unknown): value is ForeignFunction => typeof value === 'function'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const property = (object: unknown, name: string): unknown =>
  (typeof object === 'object' && object !== null) || isFunction(object) ? Reflect.get(object, name) : undefined

/** The method of a foreign object that is known by its name only. */
const method = (object: unknown, name: string): ForeignFunction | undefined => {
  const found = property(object, name)
  return isFunction(found) ? (...args) => found.apply(object, [...args]) : undefined
}

/** The platform's name as Node gives it; undefined in browsers. */
export const platformName = (): string | undefined => {
  const name = property(property(globalThis, 'process'), 'platform')
  return typeof name === 'string' ? name : undefined
}

const opener =
  (load: ForeignFunction): OpenLibrary =>
  (file) => {
    try {
      const library = load(file)
      const func = method(library, 'func')
      if (func === undefined) return 'koffi gave something that is not a library'
      return {
        func: (prototype) => {
          try {
            const found = func(prototype)
            return isFunction(found) ? found : undefined
          } catch {
            return undefined
          }
        },
      }
    } catch (error) {
      return messageOf(error)
    }
  }

/**
 * koffi's way to open libraries, or why there is none. `require` is made from what Node hands out at run time: an import,
 * even a late one, would make bundlers for browsers look for koffi and for Node's modules.
 */
export const foreignLibraries = (): OpenLibrary | string => {
  const builtin = method(property(globalThis, 'process'), 'getBuiltinModule')
  if (builtin === undefined) return 'native libraries need Node: here is no process.getBuiltinModule'
  try {
    const require = method(builtin('node:module'), 'createRequire')?.(import.meta.url)
    const koffi = isFunction(require) ? require('koffi') : undefined
    const load = method(koffi, 'load')
    return load === undefined ? 'koffi has no function load' : opener(load)
  } catch (error) {
    const missing = property(error, 'code') === 'MODULE_NOT_FOUND'
    return missing ? 'the optional package koffi is not installed: npm install koffi' : messageOf(error)
  }
}
