/**
 * test/documentation/: what the documentation shows is run and checked.
 * extract.ts finds examples in docstrings and Markdown, assertion.ts turns their comments into checks, compare.ts is
 * what those checks call, program.ts type-checks them and finds exports without documentation.
 * Imported by tests only.
 */

/** A program shown to the reader; line 1 of `code` stands at `line` of the file. */
export interface Example {
  readonly path: string
  readonly line: number
  readonly title: string
  readonly code: string
}

interface Text {
  readonly path: string
  readonly text: string
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

const isFence = (line: string): boolean => /^\s*```/.test(line)

/** Every `@example` of every docstring: the lines up to the next tag. Fences around the code are optional. */
export const examplesOfSource = ({ path, text }: Text): ReadonlyArray<Example> =>
  [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const lines = comment[0]
      .replace(/\*\/$/, '')
      .split('\n')
      .map((line) => line.replace(/^\s*(\/\*\*|\*) ?/, '').trimEnd())
    const first = lineOf(text, comment.index)
    const title = nameAfter(text.slice(comment.index + comment[0].length))
    return lines.flatMap((line, i) => {
      if (!line.startsWith('@example')) return []
      const after = lines.slice(i + 1)
      const end = after.findIndex((next) => /^@\w+(\s|$)/.test(next))
      const code = after.slice(0, end === -1 ? undefined : end).map((shown) => (isFence(shown) ? '' : shown))
      return [{ path, line: first + i + 1, title, code: code.join('\n').trimEnd() }]
    })
  })

const nameAfter = (text: string): string =>
  /^\s*(?:export\s+)?(?:declare\s+|abstract\s+)?(?:const|function\*?|class|interface|type)\s+(\w+)/.exec(text)?.[1] ??
  ''

interface Block {
  readonly line: number
  readonly info: string
  readonly code: ReadonlyArray<string>
}

/**
 * Every block fenced as `ts` of a Markdown page. A block fenced as `ts continued` goes on in the module of the block
 * before it, so that a chapter can be told in pieces.
 */
export const examplesOfMarkdown = ({ path, text }: Text): ReadonlyArray<Example> =>
  blocksOf(text.split('\n'))
    .filter(({ info }) => /^(ts|typescript)\b/.test(info))
    .reduce((pages: ReadonlyArray<Example>, { line, info, code }) => {
      const before = pages.at(-1)
      if (!/\bcontinued\b/.test(info) || before === undefined)
        return [...pages, { path, line, title: '', code: code.join('\n') }]
      // The prose between the blocks becomes empty lines, so that positions stay those of the page.
      const gap = '\n'.repeat(line - before.line - before.code.split('\n').length + 1)
      return [...pages.slice(0, -1), { ...before, code: before.code + gap + code.join('\n') }]
    }, [])

const blocksOf = (lines: ReadonlyArray<string>): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', fence, info = ''] = /^(\s*)(`{3,})\s*(.*)$/.exec(lines[at] ?? '') ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, i) => i > at && line.trim() === fence)
    const code = lines.slice(at + 1, end === -1 ? undefined : end)
    const shown = code.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    blocks.push({ line: at + 2, info, code: shown })
    at = end === -1 ? lines.length : end
  }
  return blocks
}
