/** What a transform makes of a compiled function is compiled too. Compilation stands above: it enters its functions here. */
import { requireFunction } from '../data/describe.js'

/** The function behind a compiled one, how to compile another, and what transforms have made of it so far, by their names. */
interface Compiled {
  readonly source: object
  readonly compile: (f: object) => object
  readonly made: Map<string, object>
}

const known = new WeakMap<object, Compiled>()

/** Says that `fast` computes what `source` does. */
export const enterCompiled = <F extends object>(fast: F, source: F, compile: Compiled['compile']): F => {
  known.set(fast, { source, compile, made: new Map() })
  return fast
}

/**
 * `transform(f)`; of a compiled function the compiled transform of its source, the same one each time, since it remembers its
 * programs. The name says everything that `transform` depends on.
 */
export const throughCompilation = <F extends object, G extends object>(
  name: string,
  f: F,
  transform: (f: F) => G,
): G => {
  requireFunction(name, f)
  const compiled = known.get(f)
  if (compiled === undefined) return transform(f)
  // A compiled function has the type of its source, and so has what is made of either.
  const made = compiled.made.get(name) ?? compiled.compile(transform(compiled.source as F))
  compiled.made.set(name, made)
  return made as G
}
