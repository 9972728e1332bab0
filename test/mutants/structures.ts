/** Defects of trees and codecs. */
import type { Mutation } from './Mutation.js'

const tree = 'src/function/tree.ts'
const nodes = 'src/data/Tree.ts'
const codec = 'src/codec/results.ts'

export const structures: ReadonlyArray<Mutation> = [
  {
    name: 'ravel takes the last leaf first',
    kind: 'wrong order',
    file: tree,
    text: 'concat(leaves.map((leaf) => reshape(leaf, [leaf.size])))',
    replacement: 'concat([...leaves].reverse().map((leaf) => reshape(leaf, [leaf.size])))',
  },
  {
    name: 'unravel begins every leaf at the same entry',
    kind: 'wrong order',
    file: tree,
    text: 'const start = starts[i] ?? 0',
    replacement: 'const start = 0',
  },
  {
    name: 'a map over a tree is applied twice',
    kind: 'wrong structure',
    file: nodes,
    text: 'if (isTensor(node)) return f(node, path)\n',
    replacement: 'if (isTensor(node)) return f(f(node, path), path)\n',
  },
  {
    name: 'a map over a tree drops the first of an array',
    kind: 'wrong structure',
    file: nodes,
    text: 'return node.map((child, i) => walk(',
    replacement: 'return node.slice(1).map((child, i) => walk(',
  },
  {
    name: 'the second summand of trees counts twice',
    kind: 'wrong factor',
    file: tree,
    text: 'treeZip(add)(a, b)',
    replacement: 'treeAxpy(2, b, a)',
  },
  {
    name: 'multiples of trees are moved',
    kind: 'missing term',
    file: tree,
    text: 'treeMap((x) => mul(s, x))(a)',
    replacement: 'treeMap((x) => add(mul(s, x), 1e-3))(a)',
  },
  {
    name: 'multiples of trees have no sign',
    kind: 'wrong sign',
    file: tree,
    text: 'treeMap((x) => mul(s, x))(a)',
    replacement: "treeMap((x) => mul(typeof s === 'number' ? Math.abs(s) : s, x))(a)",
  },
  {
    name: 'an inner product squares its first factor',
    kind: 'not linear',
    file: tree,
    text: 'sum(mul(tensor, right[i] ?? tensor))',
    replacement: 'sum(mul(square(tensor), right[i] ?? tensor))',
  },
  {
    name: 'an inner product knows the last leaf only',
    kind: 'missing term',
    file: tree,
    text: '(total, { tensor }, i) => add(total, sum(mul(tensor, right[i] ?? tensor))),',
    replacement: '(_, { tensor }, i) => sum(mul(tensor, right[i] ?? tensor)),',
  },
  {
    name: 'a norm is not rooted',
    kind: 'wrong factor',
    file: tree,
    text: "sqrt(leavesOf('treeNorm', tree)",
    replacement: "(leavesOf('treeNorm', tree)",
  },
  {
    name: 'a norm begins at one',
    kind: 'missing term',
    file: tree,
    text: 'add(total, sum(square(tensor))), scalar(0)))',
    replacement: 'add(total, sum(square(tensor))), scalar(1)))',
  },
  {
    name: 'numbers are written with fifteen digits',
    kind: 'wrong codec',
    file: codec,
    text: '(Number.isFinite(value) ? value + 0 : String(value)),',
    replacement: '(Number.isFinite(value) ? Number(value.toPrecision(15)) : String(value)),',
  },
  {
    name: 'NaN is written as it is',
    kind: 'wrong codec',
    file: codec,
    text: '(Number.isFinite(value) ? value + 0 : String(value)),',
    replacement: '(value),',
  },
  {
    name: 'numbers are written with noise',
    kind: 'non-determinism',
    file: codec,
    text: '(Number.isFinite(value) ? value + 0 : String(value)),',
    replacement: '(Number.isFinite(value) ? value + Math.random() : String(value)),',
  },
  {
    name: 'everything is read as a number',
    kind: 'wrong codec',
    file: codec,
    text: "return typeof value === 'number' ? t.success(value) : t.failure(u, context)",
    replacement: 'return t.success(Number(value))',
  },
]
