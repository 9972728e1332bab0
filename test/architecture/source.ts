/**
 * test/architecture/: the rules of the house, as functions from sources to violations.
 * A rule sees only paths and texts, so each is proved able to fail on sources in memory (rules.test.ts)
 * and then applied to the project (architecture.test.ts). policy.ts holds what the rules are told.
 * Imported by tests only.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** A file of the project; the path is relative to its root, with forward slashes. */
export interface Source {
  readonly path: string
  readonly text: string
}

export interface Violation {
  readonly path: string
  readonly line: number
  readonly message: string
}

export type Rule = (sources: ReadonlyArray<Source>) => ReadonlyArray<Violation>

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The TypeScript files below a folder, without generated ones (`*.bytes.ts`). */
export const readSources = (folder: string): ReadonlyArray<Source> =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }) : [])
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.bytes.ts'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

export const show = (violations: ReadonlyArray<Violation>): ReadonlyArray<string> =>
  violations.map(({ path, line, message }) => `${path}:${line}: ${message}`)

const trees = new WeakMap<Source, ts.SourceFile>()

/** The syntax tree, parsed once for each source. */
export const treeOf = (source: Source): ts.SourceFile => {
  const known = trees.get(source)
  if (known !== undefined) return known
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true)
  trees.set(source, tree)
  return tree
}

/** Every node below and including `node`, in source order. */
export const nodesOf = (node: ts.Node): ReadonlyArray<ts.Node> => {
  const found: Array<ts.Node> = []
  const visit = (child: ts.Node): void => {
    found.push(child)
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

export const violationAt = (source: Source, node: ts.Node, message: string): Violation => ({
  path: source.path,
  line: treeOf(source).getLineAndCharacterOfPosition(node.getStart()).line + 1,
  message,
})

/** What stands in `import … from`, `export … from`, `import(…)` and `import('…').T`. */
export interface Import {
  readonly specifier: string
  readonly names: ReadonlyArray<string>
  readonly node: ts.Node
}

export const importsOf = (source: Source): ReadonlyArray<Import> =>
  nodesOf(treeOf(source)).flatMap((node): ReadonlyArray<Import> => {
    if (ts.isImportDeclaration(node)) return literal(node.moduleSpecifier, namesOf(node.importClause), node)
    if (ts.isExportDeclaration(node)) return literal(node.moduleSpecifier, exportedNames(node), node)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      return literal(node.arguments[0], [], node)
    return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
      ? literal(node.argument.literal, [], node)
      : []
  })

const literal = (specifier: ts.Node | undefined, names: ReadonlyArray<string>, node: ts.Node): ReadonlyArray<Import> =>
  specifier !== undefined && ts.isStringLiteralLike(specifier) ? [{ specifier: specifier.text, names, node }] : []

const namesOf = (clause: ts.ImportClause | undefined): ReadonlyArray<string> =>
  clause?.namedBindings !== undefined && ts.isNamedImports(clause.namedBindings)
    ? clause.namedBindings.elements.map((element) => (element.propertyName ?? element.name).text)
    : []

const exportedNames = (node: ts.ExportDeclaration): ReadonlyArray<string> =>
  node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
    ? node.exportClause.elements.map((element) => (element.propertyName ?? element.name).text)
    : []

/** The project file that a relative specifier names, or nothing for a package. */
export const targetOf = (source: Source, specifier: string): string | undefined =>
  specifier.startsWith('.')
    ? join(dirname(source.path), specifier).split(sep).join('/').replace(/\.js$/, '.ts')
    : undefined

/** `src/optimize/newton.ts` → `optimize`; a file directly in `src` or outside it has no layer. */
export const layerOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1]
