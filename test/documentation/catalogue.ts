/** What an entry exports, with the kind of value that each function makes and what its docstring says first: read from the sources. */
import { existsSync, readFileSync } from 'node:fs'
import ts from 'typescript'

export type Kind = 'optimizer' | 'transformation' | 'direction' | 'line search' | 'schedule' | 'stop'

export interface Entry {
  readonly name: string
  readonly kind: Kind
  /** Its first paragraph. */
  readonly summary: string
  /** Its references, if it has any. */
  readonly references: string
}

/** By how the type of a result begins: aliases of optimizers are among them. */
const kinds: ReadonlyArray<readonly [begins: RegExp, kind: Kind]> = [
  [/^(Optimizer|Scaled|Decayed)</, 'optimizer'],
  [/^Transformation</, 'transformation'],
  [/^Direction</, 'direction'],
  [/^LineSearch</, 'line search'],
  [/^Schedule$/, 'schedule'],
  [/^Stop$/, 'stop'],
]

const parsed = (url: URL): ts.SourceFile =>
  ts.createSourceFile(url.pathname, readFileSync(url, 'utf8'), ts.ScriptTarget.Latest, true)

/** The type that a function gives in the end, however many arguments it takes one after the other. */
const resultOf = (node: ts.Node | undefined): string => {
  if (node === undefined) return ''
  if (ts.isFunctionTypeNode(node)) return resultOf(node.type)
  if (ts.isArrowFunction(node))
    return ts.isArrowFunction(node.body) && node.type === undefined ? resultOf(node.body) : resultOf(node.type)
  return ts.isTypeNode(node) ? node.getText() : ''
}

const paragraphs = (node: ts.Node): ReadonlyArray<string> => {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  const text = doc === undefined ? '' : (ts.getTextOfJSDocComment(doc.comment) ?? '')
  return text.split(/\n\s*\n/).map((each) => each.replace(/\s+/g, ' ').trim())
}

const entryOf = (name: string, statement: ts.Node, type: string): ReadonlyArray<Entry> => {
  const kind = kinds.find(([begins]) => begins.test(type))?.[1]
  if (kind === undefined) return []
  const told = paragraphs(statement)
  const mark = '**References** '
  const references = told.find((each) => each.startsWith(mark))?.slice(mark.length) ?? ''
  return [{ name, kind, summary: told[0] ?? '', references }]
}

const declaredIn = (file: URL, names: ReadonlySet<string>): ReadonlyArray<Entry> =>
  parsed(file).statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap((each) =>
        ts.isIdentifier(each.name) && names.has(each.name.text)
          ? entryOf(each.name.text, statement, resultOf(each.type) || resultOf(each.initializer))
          : [],
      )
    // Of overloads the first has the docstring.
    return ts.isFunctionDeclaration(statement) && statement.name !== undefined && names.has(statement.name.text)
      ? entryOf(statement.name.text, statement, statement.type?.getText() ?? '')
      : []
  })

/** All that an index hands on, also through the index of a folder, each name once. */
export const catalogueOf = (index: URL): ReadonlyArray<Entry> => {
  const found = parsed(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return []
    const from = statement.moduleSpecifier.getText().slice(1, -1).replace(/\.js$/, '.ts')
    const file = new URL(from, index)
    if (!existsSync(file)) throw new Error(`expected ${from} beside the index`)
    const clause = statement.exportClause
    if (clause === undefined || !ts.isNamedExports(clause)) return catalogueOf(file)
    const names = new Set(clause.elements.map((each) => (each.propertyName ?? each.name).text))
    return file.pathname.endsWith('/index.ts')
      ? catalogueOf(file).filter(({ name }) => names.has(name))
      : declaredIn(file, names)
  })
  return found.filter(({ name }, i) => found.findIndex((each) => each.name === name) === i)
}

export const optimizeIndex = new URL('../../src/optimize/index.ts', import.meta.url)
