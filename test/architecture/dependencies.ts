/** Rules about who imports whom: layers, entries, packages, buffers, cycles. */
import ts from 'typescript'
import { bufferFolders, bufferNames, closedLayers, entries, layers, outsideTheMainEntry, packages } from './policy.js'
import { type Import, importsOf, layerOf, type Rule, type Source, targetOf, violationAt } from './source.js'

type Judgement = (source: Source, imported: Import, target: string | undefined) => string | undefined

const eachImport =
  (judge: Judgement): Rule =>
  (sources) =>
    sources.flatMap((source) =>
      importsOf(source).flatMap((imported) => {
        const message = judge(source, imported, targetOf(source, imported.specifier))
        return message === undefined ? [] : [violationAt(source, imported.node, message)]
      }),
    )

/** Imports of src only go down, and every folder is a known layer. */
export const importsGoDown: Rule = eachImport((source, _, target) => {
  const [from, to] = [layerOf(source.path), target === undefined ? undefined : layerOf(target)]
  if (from !== undefined && !layers.includes(from)) return `src/${from} is not a layer; known: ${layers.join(' < ')}`
  if (!source.path.startsWith('src/') || target === undefined || from === to) return undefined
  if (source.path === 'src/index.ts')
    return to !== undefined && outsideTheMainEntry.includes(to) ? `the main entry must not import ${to}/` : undefined
  if (from === undefined) return 'src holds index.ts and the folders of the layers, nothing else'
  if (to === undefined) return `${from}/ must not import ${target}`
  if (closedLayers.includes(from)) return `${from}/ imports nothing outside its folder, but imports ${to}/`
  return layers.indexOf(to) < layers.indexOf(from) ? undefined : `${from}/ is below ${to}/ and must not import it`
})

/** Nothing in src knows the laws. */
export const sourceIgnoresLaws: Rule = eachImport((source, _, target) =>
  source.path.startsWith('src/') && target !== undefined && !target.startsWith('src/')
    ? `src must not import ${target}`
    : undefined,
)

/** Laws see what users see. */
export const lawsUsePublicEntries: Rule = eachImport((source, _, target) =>
  source.path.startsWith('laws/') && target?.startsWith('src/') === true && !entries.includes(target)
    ? `laws import public entries only, not ${target}`
    : undefined,
)

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:') ? 'node' : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** Each package is used only where it belongs; built-in modules count as the package `node`. */
export const packagesStayInTheirFolders: Rule = eachImport((source, { specifier }, target) => {
  if (target !== undefined) return undefined
  const folder = source.path.startsWith('laws/command/')
    ? 'laws/command'
    : source.path.startsWith('laws/')
      ? 'laws'
      : layerOf(source.path)
  const allowed = packages[packageOf(specifier)]
  return allowed === undefined
    ? `${specifier} is not a package this project may import`
    : folder !== undefined && allowed.includes(folder)
      ? undefined
      : `only ${allowed.join(', ')} may import ${specifier}`
})

/** `fp-ts/lib/X.js` is the only form that runs in plain Node, in a bundler and in the compiler. */
export const functionalImportsRunEverywhere: Rule = eachImport((_, { specifier }) =>
  specifier.startsWith('fp-ts') && !/^fp-ts\/lib\/\w+\.js$/.test(specifier)
    ? `write fp-ts/lib/X.js, not ${specifier}, which plain Node cannot resolve`
    : undefined,
)

/** Relative imports carry the extension of the compiled file. */
export const relativeImportsHaveExtensions: Rule = eachImport((_, { specifier }) =>
  specifier.startsWith('.') && !specifier.endsWith('.js') ? `${specifier} must end in .js` : undefined,
)

/** Buffers never leave the folders that call kernels, and never reach an entry. */
export const buffersStayInside: Rule = eachImport((source, { names, node }, target) => {
  const leaking = target?.startsWith('src/') === true ? names.filter((name) => bufferNames.includes(name)) : []
  const folder = layerOf(source.path)
  if (leaking.length > 0 && (folder === undefined || !bufferFolders.includes(folder)))
    return `${leaking.join(', ')}: only ${bufferFolders.join(', ')} may touch buffers`
  return entries.includes(source.path) && exportsTensorClass(node)
    ? 'Tensor is public as a type only: its class can hand out buffers'
    : undefined
})

const exportsTensorClass = (node: ts.Node): boolean =>
  ts.isExportDeclaration(node) &&
  !node.isTypeOnly &&
  node.exportClause !== undefined &&
  ts.isNamedExports(node.exportClause) &&
  node.exportClause.elements.some((element) => element.name.text === 'Tensor' && !element.isTypeOnly)

interface Edge {
  readonly target: string
  readonly imported: Import
}

/** No file reaches itself through imports, types included. */
export const noCycles: Rule = (sources) => {
  const edges = new Map(
    sources.map((source): [string, ReadonlyArray<Edge>] => [
      source.path,
      importsOf(source).flatMap((imported) => {
        const target = targetOf(source, imported.specifier)
        return target === undefined ? [] : [{ target, imported }]
      }),
    ]),
  )
  return sources.flatMap((source) =>
    (edges.get(source.path) ?? []).flatMap(({ target, imported }) => {
      const back = pathBetween(edges, target, source.path)
      // Each cycle is told once, at its first file by name.
      return back === undefined || back.some((path) => path < source.path)
        ? []
        : [violationAt(source, imported.node, `import cycle: ${[source.path, ...back].join(' → ')}`)]
    }),
  )
}

/** The shortest chain of imports, both ends included. */
const pathBetween = (
  edges: ReadonlyMap<string, ReadonlyArray<Edge>>,
  from: string,
  to: string,
): ReadonlyArray<string> | undefined => {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]])
  // A Map visits the keys that are added while it is walked: a breadth-first queue.
  for (const [path] of cameFrom) {
    if (path === to) return chain(cameFrom, to)
    for (const { target } of edges.get(path) ?? []) if (!cameFrom.has(target)) cameFrom.set(target, path)
  }
  return undefined
}

const chain = (cameFrom: ReadonlyMap<string, string | undefined>, end: string): ReadonlyArray<string> => {
  const before = cameFrom.get(end)
  return before === undefined ? [end] : [...chain(cameFrom, before), end]
}
