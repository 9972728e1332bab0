/** The tape: a straight-line record of linear maps, written once and swept in either direction as often as asked. */
import { type LinearMap, transpose } from '../core/LinearMap.js'
import { type Primitive, ruleOf } from '../core/Primitive.js'
import { bind, type Trace, Traced, withLevel } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import type { Tensor } from '../data/Tensor.js'
import { alignedLeaves, leavesOf, withLeaves } from '../data/Tree.js'
import { add } from '../primitive/arithmetic.js'
import { applyLinear } from './applyLinear.js'

/** The tangent of a recorded value, as an unknown: Σ map · parent. */
export interface Node {
  readonly index: number
  readonly size: number
  readonly parents: ReadonlyArray<Node>
  readonly maps: ReadonlyArray<LinearMap>
}

class Recorded extends Traced {
  constructor(
    readonly trace: Trace,
    override readonly primal: Tensor,
    readonly node: Node,
  ) {
    super(primal.shape)
  }
}

/** What an onlooker is told of each node: enough to print the tape as equations. */
export interface Entry {
  readonly node: Node
  readonly primitive: string
  readonly inputs: ReadonlyArray<Tensor>
  readonly inputNodes: ReadonlyArray<Node | undefined>
  readonly output: Tensor
}

export type Onlooker = (entry: Entry) => void

const isRecorded = (trace: Trace, x: Tensor): x is Recorded => x instanceof Recorded && x.trace === trace

const tapeTrace = (level: number, transform: string, nodes: Array<Node>, onlooker: Onlooker | undefined): Trace => {
  const trace: Trace = {
    level,
    transform,
    process: <Params>(primitive: Primitive<Params>, params: Params, inputs: ReadonlyArray<Tensor>): Tensor => {
      const primals = inputs.map((input) => (isRecorded(trace, input) ? input.primal : input))
      const output = bind(primitive, params, primals)
      const parents: Array<Node> = []
      const maps: Array<LinearMap> = []
      inputs.forEach((input, i) => {
        const rule = ruleOf(primitive, i)
        if (rule === undefined || !isRecorded(trace, input)) return
        parents.push(input.node)
        maps.push(rule(params, primals, output, i))
      })
      if (parents.length === 0) return output
      const node: Node = { index: nodes.length, size: output.size, parents, maps }
      nodes.push(node)
      onlooker?.({
        node,
        primitive: primitive.name,
        inputs: primals,
        inputNodes: inputs.map((input) => (isRecorded(trace, input) ? input.node : undefined)),
        output,
      })
      return new Recorded(trace, output, node)
    },
  }
  return trace
}

/** A run of a function with its derivative as a linear map, in both directions. */
export interface Linearization<P, Y> {
  readonly primal: Y
  readonly pushforward: (v: P) => Y
  /** The pushforward of a tangent that is `tangent` in one leaf (counted in the order of the tree) and a structural zero in the others. */
  readonly pushLeaf: (leaf: number, tangent: Tensor) => Y
  readonly pullback: (yBar: Y) => P
  /** The number of entries of the largest intermediate value. */
  readonly largest: number
}

const accumulate = (totals: Totals, index: number, term: Tensor): void => {
  const total = totals[index]
  totals[index] = total === undefined ? term : add(total, term)
}

/** The nodes that lead from the inputs to an output: no other is ever swept. */
const reachable = (nodes: ReadonlyArray<Node>, outputs: ReadonlyArray<Node | undefined>): ReadonlyArray<Node> => {
  const wanted = new Set(outputs)
  for (const node of [...nodes].reverse()) if (wanted.has(node)) node.parents.forEach((parent) => wanted.add(parent))
  return nodes.filter((node) => wanted.has(node))
}

type Totals = Array<Tensor | undefined>

const forward = (nodes: ReadonlyArray<Node>, tangents: Totals): void => {
  for (const { index, parents, maps } of nodes)
    parents.forEach((parent, i) => {
      const [tangent, map] = [tangents[parent.index], maps[i]]
      if (tangent !== undefined && map !== undefined) accumulate(tangents, index, applyLinear(map, tangent))
    })
}

const backward = (nodes: ReadonlyArray<Node>, cotangents: Totals): void => {
  for (const { index, parents, maps } of [...nodes].reverse())
    parents.forEach((parent, i) => {
      const [cotangent, map] = [cotangents[index], maps[i]]
      if (cotangent !== undefined && map !== undefined)
        accumulate(cotangents, parent.index, applyLinear(transpose(map), cotangent))
    })
}

/** Runs `f` at `p` and keeps its tape. */
export const record = <P, Y>(transform: string, f: (p: P) => Y, p: P, onlooker?: Onlooker): Linearization<P, Y> =>
  withLevel((level) => {
    const nodes: Array<Node> = []
    const trace = tapeTrace(level, transform, nodes, onlooker)
    const inputs = leavesOf(transform, p).map(({ tensor }) => {
      const node: Node = { index: nodes.length, size: tensor.size, parents: [], maps: [] }
      nodes.push(node)
      return new Recorded(trace, tensor, node)
    })
    const y = f(withLeaves(p, inputs))
    const outputs = leavesOf(transform, y).map(({ tensor }) => tensor)
    const primals = outputs.map((output) => (isRecorded(trace, output) ? output.primal : output))
    const outputNodes = outputs.map((output) => (isRecorded(trace, output) ? output.node : undefined))
    const primal = withLeaves(y, primals)
    const swept = reachable(nodes, outputNodes)
    const push = (tangents: Totals): Y => {
      forward(swept, tangents)
      return withLeaves(
        primal,
        outputNodes.map((node, i) => (node && tangents[node.index]) ?? zeros(outputs[i]?.shape ?? [])),
      )
    }
    return {
      primal,
      pushforward: (v) => push([...alignedLeaves(transform, p, v)]),
      pushLeaf: (leaf, tangent) => push(inputs.map((_, i) => (i === leaf ? tangent : undefined))),
      pullback: (yBar) => {
        const cotangents: Totals = []
        alignedLeaves(transform, primal, yBar).forEach((cotangent, i) => {
          const node = outputNodes[i]
          if (node !== undefined) accumulate(cotangents, node.index, cotangent)
        })
        backward(swept, cotangents)
        return withLeaves(
          p,
          inputs.map(({ shape }, i) => cotangents[i] ?? zeros(shape)),
        )
      },
      largest: swept.reduce((most, { size }) => Math.max(most, size), 1),
    }
  })
