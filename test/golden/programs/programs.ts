/** Random programs as lines of JSON, for oracles in other languages, and what gradus makes of them. */
import fc from 'fast-check'
import { fromFloat64Array, hvp, sum, type Tensor, toFloat64Array, toNumber, valueAndGrad } from 'gradus'
import { type Expression, expressions, run } from '../../../laws/programs.js'

/** The same as an `Expression`, shorter. */
export type Program =
  | 'x'
  | ReadonlyArray<number>
  | readonly [name: string, of: Program]
  | readonly [name: string, left: Program, right: Program]

/** A program, a point and a direction. */
export type Task = readonly [program: Program, x: ReadonlyArray<number>, v: ReadonlyArray<number>]

/** The sum of the program's entries, its gradient, and its Hessian times the direction. */
export type Answer = readonly [value: number, gradient: ReadonlyArray<number>, product: ReadonlyArray<number>]

const programOf = (expression: Expression): Program => {
  switch (expression._tag) {
    case 'Variable':
      return 'x'
    case 'Constant':
      return expression.numbers
    case 'Unary':
      return [expression.name, programOf(expression.of)]
    case 'Binary':
      return [expression.name, programOf(expression.left), programOf(expression.right)]
  }
}

const isConstant = (program: Program): program is ReadonlyArray<number> => typeof program[0] === 'number'

const isUnary = (program: Program): program is readonly [name: string, of: Program] => program.length === 2

export const expressionOf = (program: Program): Expression => {
  if (program === 'x') return { _tag: 'Variable' }
  if (isConstant(program)) return { _tag: 'Constant', numbers: program }
  if (isUnary(program)) return { _tag: 'Unary', name: program[0], of: expressionOf(program[1]) }
  const [name, left, right] = program
  return { _tag: 'Binary', name, left: expressionOf(left), right: expressionOf(right) }
}

/** Hundredths, so that lines stay short and both sides read the same number. */
const hundredths = (bound: number, width: number): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.array(
    fc.integer({ min: -100 * bound, max: 100 * bound }).map((n) => n / 100),
    { minLength: width, maxLength: width },
  )

const depth = 5

const tasks: fc.Arbitrary<Task> = fc
  .integer({ min: 2, max: 4 })
  .chain((width) => fc.tuple(expressions(width, depth).map(programOf), hundredths(3, width), hundredths(1, width)))

/** Programs without x have no derivatives to compare, and x alone says nothing. */
const isWorthwhile = ([program]: Task): boolean => program !== 'x' && JSON.stringify(program).includes('"x"')

/** The first `count` programs of a seed. */
export const drawn = (count: number, seed: number): ReadonlyArray<Task> =>
  fc.sample(tasks.filter(isWorthwhile), { numRuns: count, seed })

const vector = (entries: ReadonlyArray<number>): Tensor =>
  fromFloat64Array(Float64Array.from(entries), [entries.length])

export const answerOf = ([program, x, v]: Task): Answer => {
  const expression = expressionOf(program)
  const loss = (p: Tensor): Tensor => sum(run(expression, p))
  const [value, gradient] = valueAndGrad(loss)(vector(x))
  const product = hvp(loss)(vector(x))(vector(v))
  return [toNumber(value), [...toFloat64Array(gradient)], [...toFloat64Array(product)]]
}
