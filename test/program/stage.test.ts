import { describe, expect, it } from 'vitest'
import {
  add,
  compile,
  grad,
  hvp,
  jvp,
  mul,
  scalar,
  stage,
  sum,
  type Tensor,
  tensor,
  toArray,
  toNumber,
  vmap,
} from '../../src/index.js'
import { defectOf } from '../support/points.js'

/** The call of the operation that made the value. */
const site = /made at \S*test\/program\/stage\.test\.ts:\d+:\d+,/

interface Layer {
  readonly w: Tensor
  readonly b: Tensor
}

describe('control flow on values inside a staged function', () => {
  const layer = { w: tensor([1, 2]), b: scalar(0) }

  it('is a defect that names the value by the operations that made it, and where', () => {
    const branching = ({ w, b }: Layer): Tensor => {
      const total = add(sum(mul(w, 3)), b)
      return toNumber(total) > 0 ? total : b
    }
    const defect = defectOf(() => stage(branching)(layer))
    expect(defect).toContain('TracedRead: stage: the numbers of add(sum(mul(args[0].w, 3)), args[0].b), shape []')
    expect(defect).toMatch(site)
  })

  it('names an argument by its path, and its shape', () => {
    const reading = (first: Tensor, { w }: Layer): Tensor => mul(first, toArray(w) === 0 ? 1 : 2)
    expect(defectOf(() => stage(reading)(scalar(1), layer))).toContain('the numbers of args[1].w, shape [2] cannot')
  })

  it('says the same, and what to use instead, where the function is compiled, differentiated or batched', () => {
    const branching = ({ w }: Layer): Tensor => (toNumber(sum(mul(w, 3))) > 0 ? sum(w) : sum(mul(w, w)))
    const runs: Readonly<Record<string, () => unknown>> = {
      compile: () => compile(branching)(layer),
      grad: () => compile(grad(branching))(layer),
      hvp: () => compile(hvp(branching))(layer)(layer),
      jvp: () => compile(jvp(branching))(layer, layer),
      vmap: () => compile(vmap(branching, { in: 0 }))({ w: tensor([[1, 2]]), b: tensor([0]) }),
      'grad of a compiled function': () => grad(compile(branching))(layer),
    }
    for (const [name, run] of Object.entries(runs)) {
      const defect = defectOf(run)
      expect(defect, name).toMatch(/the numbers of sum\(mul\(args\[0\]\.w, 3\)\), shape \[1?\], made at/)
      expect(defect, name).toMatch(site)
      expect(defect, name).toMatch(/Use where\(.*cond\(.*scan\b.*whileLoop/)
    }
  })

  it('leaves other defects as they are', () => {
    const wrong = ({ w }: Layer): Tensor => add(w, tensor([1, 2, 3]))
    const [staged, eager] = [defectOf(() => stage(wrong)(layer)), defectOf(() => wrong(layer))]
    expect(staged).toContain('ShapeMismatch')
    expect(staged).toBe(eager)
  })

  it('shows no more than a few operations of a deep value', () => {
    const deep = (x: Tensor): Tensor => {
      const y = Array.from({ length: 50 }).reduce<Tensor>((sofar) => mul(sofar, sofar), x)
      return toNumber(y) > 0 ? x : y
    }
    expect(defectOf(() => stage(deep)(scalar(1))).length).toBeLessThan(700)
  })
})
