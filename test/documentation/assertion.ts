/** Turns the assertion comments of an example into checks, without moving any line. */
import ts from 'typescript'
import type { Example } from './extract.js'

/** The module to run, or why an assertion could not be understood. */
export interface Compiled {
  readonly example: Example
  readonly module: string
  readonly problems: ReadonlyArray<string>
  readonly assertions: number
}

interface Assertion {
  readonly kind: '=>' | '≈' | 'throws'
  readonly text: string
  readonly start: number
  readonly end: number
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const names = { equal: '__equal', close: '__close', throws: '__throws' }

export const compileExample = (example: Example, comparePath: string): Compiled => {
  const tree = parse(example.code)
  const site = (offset: number): string => `${example.path}:${example.line + lineAt(tree, offset)}`
  const parts = assertionsOf(tree).map((assertion) => {
    const statement = tree.statements.findLast(({ end }) => end <= assertion.start)
    const edit =
      statement !== undefined && /^[; \t]*(\r?\n[ \t]*)?$/.test(example.code.slice(statement.end, assertion.start))
        ? checkOf(tree, statement, assertion, site(statement.getStart(tree)))
        : undefined
    return (
      edit ?? `${site(assertion.start)}: "// ${assertion.kind} ${assertion.text}" must follow an expression or a const`
    )
  })
  const edits = parts.filter((part) => typeof part !== 'string')
  const imports = Object.entries(names).map(([name, local]) => `${name} as ${local}`)
  return {
    example,
    module: `import { ${imports.join(', ')} } from ${JSON.stringify(comparePath)}; ${applied(example.code, edits)}\nexport {}\n`,
    problems: parts.filter((part) => typeof part === 'string'),
    assertions: edits.length,
  }
}

const parse = (code: string): ts.SourceFile => ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true)

const lineAt = (tree: ts.SourceFile, offset: number): number => tree.getLineAndCharacterOfPosition(offset).line

/** Line comments of the whole example that open with an assertion mark, each with the lines that continue it. */
const assertionsOf = (tree: ts.SourceFile): ReadonlyArray<Assertion> =>
  commentsOf(tree).flatMap(({ pos, end }, i, all) => {
    const [, kind, text] = /^\/\/\s*(=>|≈|throws(?=\s))\s*(.*)$/.exec(tree.text.slice(pos, end)) ?? []
    if (kind !== '=>' && kind !== '≈' && kind !== 'throws') return []
    const assertion = { kind, text: (text ?? '').trim(), start: pos, end } as const
    return [kind === 'throws' ? assertion : continued(tree, assertion, all.slice(i + 1))]
  })

/** Takes in following comment lines until the expected value is a whole expression. */
const continued = (tree: ts.SourceFile, assertion: Assertion, rest: ReadonlyArray<ts.CommentRange>): Assertion => {
  const [next, ...others] = rest
  if (next === undefined || isExpression(assertion.text)) return assertion
  if (lineAt(tree, next.pos) !== lineAt(tree, assertion.end) + 1) return assertion
  const line = tree.text.slice(next.pos, next.end).replace(/^\/\/ ?/, '')
  return continued(tree, { ...assertion, text: `${assertion.text}\n${line}`, end: next.end }, others)
}

const isExpression = (text: string): boolean => {
  const bare = text.replace(givenTolerance, '')
  return ts.transpileModule(`(${bare}\n)`, { reportDiagnostics: true }).diagnostics?.length === 0
}

const commentsOf = (tree: ts.SourceFile): ReadonlyArray<ts.CommentRange> => {
  const found = new Map<number, ts.CommentRange>()
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(tree.text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(tree.text, node.end) ?? []),
    ]
    for (const range of ranges) if (range.kind === ts.SyntaxKind.SingleLineCommentTrivia) found.set(range.pos, range)
    for (const child of node.getChildren(tree)) visit(child)
  }
  visit(tree)
  return [...found.values()].sort((a, b) => a.pos - b.pos)
}

const checkOf = (
  tree: ts.SourceFile,
  statement: ts.Statement,
  assertion: Assertion,
  site: string,
): Edit | undefined => {
  const subject = subjectOf(tree, statement)
  if (subject === undefined) return undefined
  const quoted = JSON.stringify(site)
  const kept = subject.declaration === undefined ? '' : `${subject.declaration}; `
  const replacement =
    assertion.kind === 'throws'
      ? `await ${names.throws}(${quoted}, async () => (${subject.computed}), ${JSON.stringify(assertion.text)});`
      : assertion.kind === '=>'
        ? `${kept}${names.equal}(${quoted}, (${subject.value}), (${assertion.text}));`
        : `${kept}${names.close}(${quoted}, (${subject.value}), ${nearness(assertion.text)});`
  const start = statement.getStart(tree)
  const missing = linesIn(tree.text.slice(start, assertion.end)) - linesIn(replacement)
  return { start, end: assertion.end, text: replacement + '\n'.repeat(Math.max(0, missing)) }
}

const linesIn = (text: string): number => text.split('\n').length - 1

interface Subject {
  readonly declaration: string | undefined
  /** The expression that computes the value, and the one that names it afterwards. */
  readonly computed: string
  readonly value: string
}

/** An expression (what `console.log` prints, if that is it), or the one name or pattern of a `const`. */
const subjectOf = (tree: ts.SourceFile, statement: ts.Statement): Subject | undefined => {
  if (ts.isExpressionStatement(statement)) {
    const computed = printed(statement.expression).getText(tree)
    return { declaration: undefined, computed, value: computed }
  }
  if (!ts.isVariableStatement(statement)) return undefined
  const [declared, ...others] = statement.declarationList.declarations
  return declared?.initializer === undefined || others.length > 0
    ? undefined
    : {
        declaration: statement.getText(tree).replace(/;$/, ''),
        computed: declared.initializer.getText(tree),
        value: declared.name.getText(tree),
      }
}

const printed = (expression: ts.Expression): ts.Expression => {
  const [argument, ...others] = ts.isCallExpression(expression) ? expression.arguments : []
  return argument !== undefined &&
    others.length === 0 &&
    ts.isCallExpression(expression) &&
    expression.expression.getText() === 'console.log'
    ? argument
    : expression
}

const givenTolerance = /\s\(([^()\s]+)(\s+ulps?)?\)$/

/** `0.995 (1 ulp)`, `0.995 (1e-6)` or `0.995`, where the digits shown tell how near is meant. */
const nearness = (text: string): string => {
  const [whole = '', amount = '', unit] = givenTolerance.exec(text) ?? []
  if (whole !== '' && Number.isFinite(Number(amount)))
    return `(${text.slice(0, -whole.length)}), { ${unit === undefined ? 'within' : 'ulps'}: ${Number(amount)} }`
  return `(${text}), { printed: ${halfUnits(parse(`(${text})`).statements[0])} }`
}

const halfUnits = (node: ts.Node | undefined): string => {
  if (node === undefined) return 'undefined'
  if (ts.isExpressionStatement(node) || ts.isParenthesizedExpression(node)) return halfUnits(node.expression)
  if (ts.isPrefixUnaryExpression(node)) return halfUnits(node.operand)
  if (ts.isArrayLiteralExpression(node)) return `[${node.elements.map(halfUnits).join(', ')}]`
  return ts.isNumericLiteral(node) ? halfUnit(node.getText()) : 'undefined'
}

/** Fewer than three significant digits, or no decimal point, do not tell a precision. */
const halfUnit = (literal: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] = /^(\d*)\.(\d+)(?:e([+-]?\d+))?$/i.exec(literal) ?? []
  const significant = `${whole}${fraction}`.replace(/^0+/, '').length
  return significant < 3 ? 'undefined' : `${0.5 * 10 ** (Number(exponent) - fraction.length)}`
}

const applied = (code: string, edits: ReadonlyArray<Edit>): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: replacement }) => text.slice(0, start) + replacement + text.slice(end), code)
