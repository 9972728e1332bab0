/** Rules about one file or folder by itself: size, purity, types, names, headers. */
import ts from 'typescript'
import { type Allowance, heart, imperativeFolders, maximalLines, medianLines } from './policy.js'
import { layerOf, nodesOf, type Rule, type Source, treeOf, type Violation, violationAt } from './source.js'

export const linesOf = ({ text }: Source): number => text.replace(/\n$/, '').split('\n').length

/** A file has one reason, and so a bounded length. */
export const filesAreShort: Rule = (sources) =>
  sources
    .filter((source) => linesOf(source) > maximalLines)
    .map((source) => ({ path: source.path, line: maximalLines + 1, message: `${linesOf(source)} lines (at most 400)` }))

/** The typical file is neither a fragment nor a heap. */
export const medianIsModerate: Rule = (sources) => {
  const lengths = sources.map(linesOf).sort((a, b) => a - b)
  const median = lengths[Math.floor(lengths.length / 2)] ?? medianLines.least
  return median < medianLines.least || median > medianLines.most
    ? [
        {
          path: 'src',
          line: 0,
          message: `median length ${median} lines; expected ${medianLines.least} to ${medianLines.most}`,
        },
      ]
    : []
}

/** The idea of the library fits on a few pages: records, values, linear maps and both modes. */
export const heartIsSmall: Rule = (sources) => {
  const parts = sources.filter(({ path }) => heart.paths.test(path))
  const total = parts.reduce((sum, source) => sum + linesOf(source), 0)
  const listed = parts.map((source) => `${source.path} ${linesOf(source)}`).join(', ')
  return total > heart.lines
    ? [{ path: 'src/core', line: 0, message: `core + jvp + vjp: ${total} lines (at most ${heart.lines}): ${listed}` }]
    : []
}

const eachNode =
  (judge: (node: ts.Node, source: Source) => string | undefined): Rule =>
  (sources) =>
    sources.flatMap((source) =>
      nodesOf(treeOf(source)).flatMap((node) => {
        const message = judge(node, source)
        return message === undefined ? [] : [violationAt(source, node, message)]
      }),
    )

/** Applies a rule except in the imperative folders and the files that are allowed by name. */
export const exceptIn =
  (allowances: ReadonlyArray<Allowance>, rule: Rule): Rule =>
  (sources) =>
    rule(
      sources.filter(
        ({ path }) =>
          !imperativeFolders.some((folder) => path.startsWith(folder)) &&
          !allowances.some((allowance) => allowance.path === path),
      ),
    )

/** An allowance that nothing needs any more is itself a violation. */
export const allowancesAreNeeded = (
  allowances: ReadonlyArray<Allowance>,
  rule: Rule,
  sources: ReadonlyArray<Source>,
): ReadonlyArray<Violation> =>
  allowances
    .filter(({ path }) => rule(sources.filter((source) => source.path === path)).length === 0)
    .map(({ path }) => ({ path, line: 0, message: 'is allowed an exception that it does not use; remove it' }))

/** Names are bound once. */
export const noLet: Rule = eachNode((node) =>
  ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped & ~ts.NodeFlags.Let) === 0
    ? `${(node.flags & ts.NodeFlags.Let) === 0 ? 'var' : 'let'}: bind with const`
    : undefined,
)

const changing = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin'])

/** Values are not written into once somebody can see them; a fresh array may be sorted where it is made. */
export const noMutation: Rule = eachNode((node) => {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind))
    return insideConstructor(node) ? undefined : `assignment to ${node.left.getText()}`
  if (
    (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
  )
    return `${node.getText()} changes its operand`
  if (ts.isDeleteExpression(node)) return node.getText()
  return ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    changing.has(node.expression.name.text) &&
    !isFresh(node.expression.expression)
    ? `.${node.expression.name.text}() changes ${node.expression.expression.getText()}`
    : undefined
})

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment

const insideConstructor = (node: ts.Node): boolean => ts.findAncestor(node, ts.isConstructorDeclaration) !== undefined

const isFresh = (receiver: ts.Expression): boolean =>
  ts.isCallExpression(receiver) ||
  ts.isNewExpression(receiver) ||
  ts.isArrayLiteralExpression(receiver) ||
  (ts.isParenthesizedExpression(receiver) && isFresh(receiver.expression))

/** Failures are values; only defects are thrown, and only by `raise`. */
export const noThrow: Rule = eachNode((node) =>
  ts.isThrowStatement(node) ? `${node.getText()}: return a Failure, or raise a Defect` : undefined,
)

/** The file that is allowed to throw throws defects only. */
export const throwsDefectsOnly: Rule = eachNode((node) =>
  ts.isThrowStatement(node) &&
  !(ts.isNewExpression(node.expression) && node.expression.expression.getText() === 'Defect')
    ? `${node.getText()}: only a Defect is thrown`
    : undefined,
)

/** Types are not escaped from: no `any`, no double assertion, no `!`, no silenced error. */
export const noTypeEscapes: Rule = (sources) => [
  ...eachNode((node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any'
    if (ts.isNonNullExpression(node)) return `${node.getText()}: handle the missing value`
    return ts.isAsExpression(node) && ts.isAsExpression(node.expression)
      ? `${node.getText()}: a double assertion tells the compiler nothing`
      : undefined
  })(sources),
  ...sources.flatMap((source) =>
    source.text
      .split('\n')
      .flatMap((line, i) =>
        /@ts-(ignore|expect-error|nocheck)/.test(line)
          ? [{ path: source.path, line: i + 1, message: 'a silenced compiler error' }]
          : [],
      ),
  ),
]

/** Every export has a name of its own. */
export const noDefaultExports: Rule = eachNode((node) =>
  (ts.isExportAssignment(node) && node.isExportEquals !== true) || node.kind === ts.SyntaxKind.DefaultKeyword
    ? ts.isDefaultClause(node.parent)
      ? undefined
      : 'default export'
    : undefined,
)

const vagueName = /(^|\/)(utils?|helpers?|misc|common|shared|stuff)(\/|\.|$)/i

/** A file is named after what it holds. */
export const namesSaySomething: Rule = (sources) =>
  sources
    .filter(({ path }) => vagueName.test(path))
    .map(({ path }) => ({ path, line: 1, message: 'a name that says nothing about what is inside' }))

const opening = /^(?:#![^\n]*\n)?\/\*([\s\S]*?)\*\//

const isHeader = ({ text }: Source): boolean => {
  const comment = opening.exec(text)?.[1]
  return comment !== undefined && comment.trim().split('\n').length >= 3 && /\bimport/i.test(comment)
}

/** One file of every layer opens with why the folder exists and who may import it. */
export const foldersAreIntroduced: Rule = (sources) => {
  const folderOf = ({ path }: Source): string | undefined =>
    path.startsWith('laws/') ? 'laws' : layerOf(path) === undefined ? undefined : `src/${layerOf(path)}`
  const folders = [...new Set(sources.flatMap((source) => folderOf(source) ?? []))]
  return folders
    .filter((folder) => !sources.some((source) => folderOf(source) === folder && isHeader(source)))
    .map((path) => ({
      path,
      line: 1,
      message: 'no file opens with three lines or more on why it exists and who may import it',
    }))
}
