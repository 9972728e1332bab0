/**
 * test/optimize/: runs, optimizers and their laws.
 * counted.ts wraps objectives so that every question an optimizer asks is seen; problems.ts holds losses with known minimizers.
 * Each test file is about one file of src/optimize; saddleFree.laws.test.ts registers the laws of gradus/laws.
 * May import: gradus, as a user does. May be imported by: the tests of this folder.
 */
import type { Tensor } from 'gradus'
import { type Objective, type ObjectiveAt, objective, type Run, type Work } from 'gradus/optimize'

export type Question = 'value' | 'gradient' | 'hessian' | 'product' | 'matrix'

export interface Counted<P> {
  readonly objective: Objective<P>
  /** In the order in which they were asked. */
  readonly asked: ReadonlyArray<Question>
  readonly count: (question: Question) => number
}

/** An objective that remembers what it was asked. */
export const counted = <P>(loss: (p: P) => Tensor): Counted<P> => {
  const asked: Array<Question> = []
  const inner = objective(loss)
  return {
    asked,
    count: (question) => asked.filter((each) => each === question).length,
    objective: {
      value: (p) => {
        asked.push('value')
        return inner.value(p)
      },
      valueAndGrad: (p) => {
        asked.push('gradient')
        return inner.valueAndGrad(p)
      },
      hessian: (p) => {
        asked.push('hessian')
        const operator = inner.hessian(p)
        return {
          ...operator,
          apply: (v) => {
            asked.push('product')
            return operator.apply(v)
          },
          matrix: () => {
            asked.push('matrix')
            return operator.matrix()
          },
        }
      },
    },
  }
}

/** What was asked in the units in which runs account for it: forming a matrix counts a product for each column; solves are nobody's. */
export const workOf = <P>({ count }: Counted<P>, size: number): Omit<Work, 'solves'> => ({
  evaluations: count('value'),
  gradients: count('gradient'),
  products: count('product') + size * count('matrix'),
})

/** The first n iterates of a run, fewer if it ends before. */
export const take =
  (n: number) =>
  <P, S>(run: Run<P, S>) => {
    const iterator = run[Symbol.iterator]()
    return Array.from({ length: n }, () => iterator.next()).flatMap(({ done, value }) => (done === true ? [] : [value]))
  }

/** A loss that is another one at every step: for objectives that change. */
export const alternating =
  <P>(losses: ReadonlyArray<(p: P) => Tensor>): ObjectiveAt<P> =>
  (step) => {
    const loss = losses[step % losses.length]
    if (loss === undefined) throw new Error('expected at least one loss')
    return objective(loss)
  }
