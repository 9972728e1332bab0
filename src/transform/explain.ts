/** The tape as equations: what a run recorded, line by line, forwards as it was written and backwards as it is swept. */
import { transpose } from '../core/LinearMap.js'
import { withLevel } from '../core/Trace.js'
import { ones } from '../data/construct.js'
import { showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import { leavesOf, treeMap } from '../data/Tree.js'
import { add } from '../primitive/arithmetic.js'
import { applyLinear } from './applyLinear.js'
import {
  definitionOf,
  factorOf,
  firstNonFinite,
  formulaOf,
  inputOf,
  Named,
  namingTrace,
  numbersOf,
  showNumbers,
} from './notation.js'
import { showLinearMap } from './showLinearMap.js'
import { type Entry, record } from './tape.js'

/** One equation: what is defined, as what, of which shape, with what derivative, and its numbers. */
type Line = readonly [equation: string, shape: string, derivative: string, numbers: string]

/** Names as they are given out while the tape is read: x1, x2, … to values and c1, c2, … to constants. */
interface Names {
  readonly of: (x: Tensor) => string | undefined
  readonly give: (x: Tensor, name: string) => string
  readonly constant: (x: Tensor) => string
  readonly constants: () => ReadonlyArray<Line>
}

const namebook = (): Names => {
  const values = new Map<Tensor, string>()
  const constants = new Map<Tensor, string>()
  const keep = (book: Map<Tensor, string>, x: Tensor, name: string): string => book.set(x, name).get(x) ?? name
  return {
    of: (x) => values.get(x),
    give: (x, name) => keep(values, x, name),
    constant: (x) => constants.get(x) ?? keep(constants, x, `c${constants.size + 1}`),
    constants: () => [...constants].map(([x, name]) => [name, showShape(x.shape), '', showNumbers(x)]),
  }
}

const cotangentOf = (name: string): string => `${name.slice(0, 1)}̄${name.slice(1)}`

const wide = 52

/** Code points that occupy a column of a terminal. */
const columnsOf = (text: string): number => [...text.replaceAll('̄', '')].length

const padTo = (width: number, text: string): string => `${text}${' '.repeat(Math.max(0, width - columnsOf(text)))}`

/** Lines with their columns aligned; a long equation does not push the others away. */
const table = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const width = (column: 0 | 1 | 2): number =>
    lines
      .map((line) => columnsOf(line[column]))
      .reduce((widest, own) => (own > wide ? widest : Math.max(widest, own)), 0)
  const [equations, shapes, derivatives] = [width(0), width(1), width(2)]
  return lines.map(([equation, shape, derivative, numbers]) =>
    `  ${padTo(equations, equation)}  ${padTo(shapes, shape)}  ${padTo(derivatives, derivative)}  ${numbers}`.trimEnd(),
  )
}

const section = (title: string, lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ['', title, ...table(lines)]

/** The operands of an equation with their numbers. */
const operandsOf = (names: Names, operands: ReadonlyArray<Tensor>): string =>
  [...new Set(operands)]
    .map((x) => {
      const text = formulaOf(names.of, names.constant, x).text
      const numbers = showNumbers(x)
      return text === numbers ? text : `${text} = ${numbers}`
    })
    .join(', ')

interface Step {
  readonly line: Line
  readonly trouble: string | undefined
}

const troubleOf = (equation: string, x: Tensor, operands: string): string | undefined => {
  const found = firstNonFinite(x)
  return found === undefined ? undefined : `${equation} is ${found}${operands === '' ? '' : `, from ${operands}`}`
}

/** Values that carry no derivative are met only as operands; they get lines of their own before they are used. */
const unnamedBefore = (names: Names, x: Tensor): ReadonlyArray<Named> =>
  x instanceof Named && names.of(x) === undefined
    ? [...x.operands.flatMap((operand) => unnamedBefore(names, operand)), x]
    : []

const define = (names: Names, count: () => number, x: Named, derivative: (name: string) => string): Step => {
  const name = `x${count()}`
  const equation = `${name} = ${definitionOf(names.of, names.constant, x)}`
  const operands = operandsOf(names, x.operands)
  names.give(x, name)
  return {
    line: [equation, showShape(x.shape), derivative(name), showNumbers(x)],
    trouble: troubleOf(equation, x, operands),
  }
}

const forwardSteps = (
  names: Names,
  entries: ReadonlyArray<Entry>,
  nodeNames: Map<number, string>,
): ReadonlyArray<Step> => {
  const counted = new Set<number>()
  const count = (): number => counted.add(counted.size).size
  return entries.flatMap(({ node, inputs, output }) => {
    const constants = [...new Set(inputs.flatMap((input) => unnamedBefore(names, input)))]
    const before = constants.map((x) => define(names, count, x, (name) => `d${name} = 0`))
    if (!(output instanceof Named)) return before
    const step = define(names, count, output, (name) => {
      const terms = node.maps.map((map, i) =>
        showLinearMap(map, `d${nodeNames.get(node.parents[i]?.index ?? -1)}`, (x) =>
          factorOf(x === output ? () => name : names.of, names.constant, x),
        ),
      )
      return `d${name} = ${terms.join(' + ').replaceAll('+ −', '− ')}`
    })
    nodeNames.set(node.index, names.of(output) ?? '')
    return [...before, step]
  })
}

/** The transposed maps from the results to the inputs; with numbers when the result is a scalar, whose cotangent is 1. */
const backwardSteps = (
  names: Names,
  entries: ReadonlyArray<Entry>,
  nodeNames: ReadonlyMap<number, string>,
  results: ReadonlyArray<Tensor>,
): ReadonlyArray<Step> => {
  const [result] = results
  const seeded = results.length === 1 && result?.rank === 0
  const outputs = entries.filter(({ output }) => results.includes(output))
  const cotangents = new Map<number, Tensor | undefined>(
    outputs.map(({ node }) => [node.index, seeded ? ones([]) : undefined]),
  )
  const seeds: ReadonlyArray<Step> = outputs.map(({ node, output }) => ({
    line: [
      `${cotangentOf(nodeNames.get(node.index) ?? '')} = ${seeded ? '1' : 'given'}`,
      showShape(output.shape),
      '',
      '',
    ],
    trouble: undefined,
  }))
  const swept = [...entries].reverse().flatMap(({ node }) =>
    cotangents.has(node.index)
      ? node.parents.flatMap((parent, i) => {
          const map = node.maps[i]
          if (map === undefined) return []
          const incoming = cotangents.get(node.index)
          const term = incoming === undefined ? undefined : applyLinear(transpose(map), incoming)
          const known = cotangents.get(parent.index)
          const total = term === undefined || known === undefined ? term : add(known, term)
          const [to, from] = [nodeNames.get(parent.index) ?? '', nodeNames.get(node.index) ?? ''].map(cotangentOf)
          const text = showLinearMap(transpose(map), from ?? '', (x) => factorOf(names.of, names.constant, x))
          const equation = `${to} ${cotangents.has(parent.index) ? '+=' : '='} ${text}`
          cotangents.set(parent.index, total)
          const coefficients = map._tag === 'Scale' || map._tag === 'Contract' ? operandsOf(names, [map.by]) : ''
          const upstream = incoming === undefined ? '' : `${from} = ${showNumbers(incoming)}`
          return [
            {
              line: [
                equation,
                total === undefined ? '' : showShape(total.shape),
                '',
                total === undefined ? '' : showNumbers(total),
              ],
              trouble:
                total === undefined
                  ? undefined
                  : troubleOf(equation, total, [upstream, coefficients].filter((s) => s !== '').join(', ')),
            } satisfies Step,
          ]
        })
      : [],
  )
  return [...seeds, ...swept]
}

const report = (direction: string, steps: ReadonlyArray<Step>): ReadonlyArray<string> => {
  const found = steps.find(({ trouble }) => trouble !== undefined)
  return found?.trouble === undefined ? [] : ['', `first value that is not finite, ${direction}: ${found.trouble}`]
}

/** What `f` did at `p`, as equations; the public `explain` (program/explain.ts) adds what compilation makes of it. */
export const explain =
  <P, R extends ReadonlyArray<unknown>>(f: (p: P, ...rest: R) => unknown) =>
  (p: P, ...rest: R): string =>
    withLevel((level) => {
      const names = namebook()
      const naming = namingTrace(level)
      const named = treeMap((leaf) => inputOf(naming, leaf))(p)
      const inputs = leavesOf('explain', named).map(({ path, tensor }) => ({
        name: names.give(tensor, `p${path}`),
        tensor,
      }))
      const nodeNames = new Map(inputs.map(({ name }, i) => [i, name]))
      const recorded = new Map<number, Entry>()
      const { primal } = record(
        'explain',
        (traced: P) => f(traced, ...rest),
        named,
        (entry) => recorded.set(entry.node.index, entry),
      )
      const entries = [...recorded.values()]
      const forward = forwardSteps(names, entries, nodeNames)
      const results = leavesOf('explain', primal)
      const backward = backwardSteps(
        names,
        entries,
        nodeNames,
        results.map(({ tensor }) => tensor),
      )
      const line = (name: string, x: Tensor): Line => [name, showShape(x.shape), '', showNumbers(x)]
      const given = inputs.map(({ name, tensor }) => ({
        line: line(name, tensor),
        trouble: troubleOf(name, tensor, ''),
      }))
      return [
        `${entries.length} recorded operation${entries.length === 1 ? '' : 's'}`,
        ...section(
          'inputs',
          given.map((step) => step.line),
        ),
        ...section('constants', names.constants()),
        ...section(
          'forward, with the derivative of each operation',
          forward.map((step) => step.line),
        ),
        ...section(
          'result',
          results.map(({ path, tensor }) =>
            line(`f${path} = ${formulaOf(names.of, names.constant, tensor).text}`, numbersOf(tensor)),
          ),
        ),
        ...section(
          'backward: the transposed maps, from the result to the inputs',
          backward.map((step) => step.line),
        ),
        ...report('forward', [...given, ...forward]),
        ...report('backward', backward),
      ].join('\n')
    })
