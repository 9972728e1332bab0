/** The compiler's view of the documentation: do the examples type-check, and is every export documented? */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { Compiled } from './assertion.js'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where examples are written before they run; vitest.config.ts knows the name. */
export const exampleFolder = join(root, 'node_modules', '.cache', 'gradus-documentation')

/** What users import, by the name they import it under. */
export const entries: Readonly<Record<string, string>> = {
  gradus: join(root, 'src/index.ts'),
  'gradus/optimize': join(root, 'src/optimize/index.ts'),
  'gradus/curvature': join(root, 'src/curvature/index.ts'),
  'gradus/codec': join(root, 'src/codec/index.ts'),
  'gradus/store': join(root, 'src/store/index.ts'),
  'gradus/dataset': join(root, 'src/dataset/index.ts'),
  'gradus/report': join(root, 'src/report/index.ts'),
  'gradus/problem': join(root, 'src/problem/index.ts'),
  'gradus/laws': join(root, 'laws/index.ts'),
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  paths: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, [path]])),
}

/** A program over files on disk and, for tests of the tests, files in memory. */
export const programOf = (
  paths: ReadonlyArray<string>,
  memory: ReadonlyMap<string, string> = new Map(),
): ts.Program => {
  const host = ts.createCompilerHost(options, true)
  return ts.createProgram(paths, options, {
    ...host,
    getCurrentDirectory: () => root,
    fileExists: (path) => memory.has(path) || host.fileExists(path),
    readFile: (path) => memory.get(path) ?? host.readFile(path),
    getSourceFile: (path, version) => {
      const text = memory.get(path)
      return text === undefined ? host.getSourceFile(path, version) : ts.createSourceFile(path, text, version, true)
    },
  })
}

/** What the compiler says about an example that was written to `path`, at the lines where the reader sees it. */
export const diagnosticsOf = (program: ts.Program, path: string, { example }: Compiled): ReadonlyArray<string> => {
  const file = program.getSourceFile(path)
  if (file === undefined) return [`${path} is not part of the program`]
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ start = 0, messageText }) =>
      `${example.path}:${example.line + file.getLineAndCharacterOfPosition(start).line}: ` +
      ts.flattenDiagnosticMessageText(messageText, '\n'),
  )
}

/** Exports of an entry that lack a sentence, `@since` or, if they can be called, an `@example`. */
export const undocumented = (program: ts.Program, entry: string): ReadonlyArray<string> => {
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(entry)
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
  if (module === undefined) return [`${entry} exports nothing`]
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const declaration = symbol.declarations?.[0]
    const source = declaration?.getSourceFile()
    if (declaration === undefined || source === undefined || source.fileName.includes('/node_modules/')) return []
    const tags = symbol.getJsDocTags(checker).map(({ name }) => name)
    const isFunction =
      (symbol.flags & ts.SymbolFlags.Value) !== 0 &&
      checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures().length > 0
    const lacks = [
      ...(symbol.getDocumentationComment(checker).length === 0 ? ['a sentence'] : []),
      ...(tags.includes('since') ? [] : ['@since']),
      ...(isFunction && !tags.includes('example') ? ['@example'] : []),
    ]
    const line = source.getLineAndCharacterOfPosition(declaration.getStart()).line + 1
    const path = source.fileName.replace(root, '')
    return lacks.length === 0 ? [] : [`${path}:${line}: ${exported.name} lacks ${lacks.join(', ')}`]
  })
}
