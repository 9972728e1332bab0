/** What makes an optimizer resumable: a run that rests as text in between has the bits of one that did not. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Checkpoint,
  checkpointOf,
  parseCheckpoint,
  printCheckpoint,
  showCheckpointFailure,
} from '../src/codec/index.js'
import { gaussianLikelihood } from '../src/curvature/index.js'
import {
  add,
  foldIn,
  full,
  type Key,
  matmul,
  mul,
  normal,
  randomKey,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  treeMap,
  zeros,
} from '../src/index.js'
import {
  type Ability,
  batchLeastSquares,
  boundedIn,
  type Iterate,
  minimize,
  type ObjectiveAt,
  type ObjectiveWith,
  type Optimizer,
  type Run,
  resume,
  type StateOf,
  type StateType,
  withDrawnSquares,
  withGradientSquares,
} from '../src/optimize/index.js'
import { tensors } from './arbitrary.js'
import { all, type Evidence, same } from './close.js'
import { identical } from './codec.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

/**
 * An optimizer that is said to rest and to go on.
 *
 * @since 0.1.0
 */
export interface ResumeClaim<F extends StateType> {
  readonly name: string
  /** Whatever it asks; with its configuration, which its checkpoints carry. */
  readonly optimizer: Optimizer<F, Ability>
}

/** A tree of several leaves, of ranks 0 to 2, in records and arrays. */
interface Params {
  readonly weights: Tensor
  readonly rest: readonly [Tensor, { readonly bias: Tensor }]
}

interface Case {
  readonly at: Params
  readonly seed: number
  readonly before: number
  readonly after: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  at: fc
    .tuple(tensors([2, 2]), tensors([]), tensors([2]))
    .map(([weights, scale, bias]): Params => ({ weights, rest: [scale, { bias }] })),
  seed: fc.integer(),
  before: fc.integer({ min: 0, max: 4 }),
  after: fc.integer({ min: 0, max: 4 }),
})

/**
 * A small network on a batch that is drawn anew at each step: neither convex nor the same twice. A sum of squares in a box without walls,
 * so that it can do whatever an optimizer asks.
 */
const outputs = ({ weights, rest: [scale, { bias }] }: Params, batch: Tensor): Tensor =>
  mul(scale, tanh(add(matmul(batch, weights), bias)))

const on = batchLeastSquares((params: Params, batch: Tensor) => {
  const {
    weights,
    rest: [scale, { bias }],
  } = params
  return [
    mul(Math.sqrt(2 / 6), sub(outputs(params, batch), mul(0.5, batch))),
    mul(Math.sqrt(0.1), weights),
    mul(Math.sqrt(0.1), scale),
    mul(Math.sqrt(0.1), bias),
  ]
})

const boxed = (bound: number): Params => {
  const leaf = (shape: ReadonlyArray<number>): Tensor => full(shape, bound)
  return { weights: leaf([2, 2]), rest: [leaf([]), { bias: leaf([2]) }] }
}

const anywhere = boundedIn({ lower: boxed(-Infinity), upper: boxed(Infinity) })

const objectivesOf =
  (key: Key): ObjectiveAt<Params, ObjectiveWith<Ability, Params>> =>
  (step) => {
    const batch = normal(foldIn(key, step), [3, 2])
    return pipe(
      on(batch),
      anywhere,
      withGradientSquares((p: Params, row: Tensor) => sum(square(sub(outputs(p, row), mul(0.5, row)))), batch),
      withDrawnSquares((p: Params) => outputs(p, batch), gaussianLikelihood()),
    )
  }

/** The first n + 1 iterates and, if the run ends there, why. */
const walked = <P, S>(
  run: Run<P, S>,
  n: number,
): { readonly its: ReadonlyArray<Iterate<P, S>>; readonly end: string } => {
  const iterator = run[Symbol.iterator]()
  const results = Array.from({ length: n + 1 }, () => iterator.next())
  const ends = results.flatMap((result) => (result.done === true && result.value !== undefined ? [result.value] : []))
  return {
    its: results.flatMap((result) => (result.done === true ? [] : [result.value])),
    end: ends[0]?._tag ?? 'goes on',
  }
}

/**
 * All but the objective and the work, in which the gradient that is asked again is counted again; of the first point the gradient is left
 * out too, since who asks for values alone finds there what whoever evaluates it may know.
 */
const essence = <P, S>({ its, end }: { readonly its: ReadonlyArray<Iterate<P, S>>; readonly end: string }): unknown => [
  its.map(({ step, params, state, value }) => ({ step, params, state, value })),
  its.slice(1).map(({ gradient }) => gradient),
  end,
]

const rested = <F extends StateType>(
  optimizer: Optimizer<F, Ability>,
  it: Iterate<Params, StateOf<F, Params>>,
  key: Key,
): E.Either<string, Checkpoint<Params, StateOf<F, Params>>> => {
  const written = printCheckpoint(checkpointOf(optimizer, { keys: { batches: key } })(it))
  const example = treeMap(({ shape }) => zeros(shape))(it.params)
  return E.mapLeft(showCheckpointFailure)(parseCheckpoint(optimizer, example)(written))
}

const resumed = <F extends StateType>(
  optimizer: Optimizer<F, Ability>,
  { at, seed, before, after }: Case,
): Evidence => {
  const key = randomKey(seed)
  const whole = walked(minimize(optimizer, objectivesOf(key))(at), before + after)
  const from = whole.its[before]
  // A run that ends before the rest has nothing to resume.
  fc.pre(from !== undefined)
  const read = rested(optimizer, from, key)
  if (E.isLeft(read)) return same(read.left, 'a checkpoint')
  const { keys, ...rest } = read.right
  const run = resume(optimizer, objectivesOf(keys.batches ?? randomKey(0)))(rest)
  return all(
    identical(essence(walked(run, after)), essence({ ...whole, its: whole.its.slice(before) })),
    identical(rest.work, from.work),
  )
}

const resumesLaw = <F extends StateType>(optimizer: Optimizer<F, Ability>): Law =>
  law('a run that rests as text in between goes on as if it had not, to the bit', cases, (each) =>
    resumed(optimizer, each),
  )

const writesTwiceLaw = <F extends StateType>(optimizer: Optimizer<F, Ability>): Law =>
  law('a checkpoint that was read is written again letter by letter', cases, ({ at, seed, before }) => {
    const key = randomKey(seed)
    const from = walked(minimize(optimizer, objectivesOf(key))(at), before).its.at(-1)
    fc.pre(from !== undefined)
    const read = rested(optimizer, from, key)
    return E.isLeft(read)
      ? same(read.left, 'a checkpoint')
      : same(printCheckpoint(read.right), printCheckpoint(checkpointOf(optimizer, { keys: { batches: key } })(from)))
  })

/**
 * The laws of resuming: `run(n + m) = run(m) ∘ decode ∘ encode ∘ run(n)`, to the bit, on a tree of several leaves and batches drawn
 * from a key that is saved too.
 *
 * @example
 * import { momentum } from 'gradus/optimize'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, resumeLaws } from 'gradus/laws'
 * const optimizer = momentum({ learningRate: 0.1 })
 * E.isRight(check({ seed: 1, instances: 20 })(resumeLaws({ name: 'momentum', optimizer }))) // => true
 *
 * @since 0.1.0
 */
export const resumeLaws = <F extends StateType>({ name, optimizer }: ResumeClaim<F>): RuleSet =>
  ruleSet(name, [])([resumesLaw(optimizer), writesTwiceLaw(optimizer)])
