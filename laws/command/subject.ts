/** What a module exports, as losses that laws can be asked of; or one sentence about what is wrong with it. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  abs,
  add,
  grad,
  isTensor,
  maximum,
  mul,
  normal,
  randomKey,
  ravel,
  type Tensor,
  treeLeaves,
} from '../../src/index.js'
import type { LossProperties } from '../lossClaims.js'
import { claimsOf } from './claims.js'
import { type AnyFunction, isArbitrary, isFunction, isRecord, kindOf, messageOf } from './kind.js'

/** One loss with the points at which it is looked at. */
export interface Subject {
  readonly name: string
  readonly loss: (p: unknown) => Tensor
  readonly params: fc.Arbitrary<unknown>
  /** The example point, where there is one. */
  readonly example: O.Option<unknown>
  readonly claims: LossProperties<unknown>
}

/**
 * Points about an example: it itself, and others at up to half of its size away (of 1, where an entry is smaller), nearer ones
 * when a counterexample shrinks.
 */
const pointsNear = (example: unknown): fc.Arbitrary<unknown> =>
  fc
    .record({ distance: fc.integer({ min: 0, max: 10 }), seed: fc.nat({ max: 2 ** 31 - 1 }) })
    .map(({ distance, seed }) => {
      if (distance === 0) return example
      const [flat, unravel] = ravel(example)
      const steps = mul(normal(randomKey(seed), flat.shape), maximum(abs(flat), 1))
      return unravel(add(flat, mul(distance / 20, steps)))
    })

interface Points {
  readonly params: fc.Arbitrary<unknown>
  readonly example: O.Option<unknown>
  /** A point to see with whether a loss is one. */
  readonly first: unknown
}

const treeOf = (what: string, point: unknown): E.Either<string, unknown> =>
  pipe(
    E.tryCatch(
      () => treeLeaves(point),
      (error) => `${what} is not a tree of tensors: ${messageOf(error)}`,
    ),
    E.filterOrElse(
      (leaves) => leaves.length > 0,
      () => `${what} holds no tensor.`,
    ),
    E.map(() => point),
  )

const pointsOf = (module: Readonly<Record<string, unknown>>): E.Either<string, Points> => {
  const { params, arbitrary } = module
  if (params === undefined && arbitrary === undefined)
    return E.left(
      'it exports no points to look at. Export params, an example point (a tensor, or records and arrays of tensors), or arbitrary, a ' +
        'fast-check arbitrary of such points.',
    )
  if (arbitrary !== undefined && !isArbitrary(arbitrary))
    return E.left(
      `the export arbitrary must be an arbitrary of fast-check, such as tensors([3]) of gradus/laws, and is ${kindOf(arbitrary)}.`,
    )
  const drawn = (from: fc.Arbitrary<unknown>): E.Either<string, unknown> =>
    pipe(
      E.tryCatch(
        () => fc.sample(from, { numRuns: 1, seed: 1 })[0],
        (error) => `the export arbitrary throws where a point is drawn: ${messageOf(error)}`,
      ),
      E.chain((point) => treeOf('what the export arbitrary draws', point)),
    )
  return pipe(
    params === undefined ? E.right(O.none) : pipe(treeOf('the export params', params), E.map(O.some)),
    E.chain((example) =>
      arbitrary === undefined
        ? E.right({ params: pointsNear(params), example, first: params })
        : pipe(
            drawn(arbitrary),
            E.map((point) => ({ params: arbitrary, example, first: O.getOrElse(() => point)(example) })),
          ),
    ),
  )
}

const lossesOf = (
  module: Readonly<Record<string, unknown>>,
): E.Either<string, ReadonlyArray<readonly [string, AnyFunction]>> => {
  const { loss, losses } = module
  if (isFunction(loss)) return E.right([['loss', loss]])
  if (loss !== undefined) return E.left(`the export loss must be a function of the parameters, and is ${kindOf(loss)}.`)
  if (losses === undefined) {
    const found = Object.keys(module).filter((name) => name !== 'default')
    return E.left(
      `it exports no loss. Export loss, a function from parameters to a scalar tensor, or losses, a record of such functions by name; ` +
        `its exports are ${found.length === 0 ? 'none' : found.join(', ')}.`,
    )
  }
  const named = isRecord(losses) ? Object.entries(losses) : []
  const functions = named.filter((entry): entry is [string, AnyFunction] => isFunction(entry[1]))
  return named.length > 0 && functions.length === named.length
    ? E.right(functions)
    : E.left(
        `the export losses must be a record of functions by name, and is ${isRecord(losses) ? `a record with ${named.find(([, each]) => !isFunction(each))?.[0] ?? 'nothing'} in it` : kindOf(losses)}.`,
      )
}

const scalarOf = (name: string, f: AnyFunction, p: unknown): E.Either<string, void> =>
  pipe(
    E.tryCatch(
      () => f(p),
      (error) => `${name} throws where it is called with a point: ${messageOf(error)}`,
    ),
    E.chain((y) =>
      !isTensor(y)
        ? E.left(`${name} must return a scalar tensor, and returns ${kindOf(y)}.`)
        : y.shape.length === 0
          ? E.right(undefined)
          : E.left(`${name} must return a scalar tensor, and returns ${kindOf(y)}. Reduce it: sum(…) or mean(…)?`),
    ),
  )

/** What cannot be differentiated at all, as where a loss reads the numbers that it is given, breaks all laws and needs none. */
const differentiable = (name: string, loss: (p: unknown) => Tensor, p: unknown): E.Either<string, void> =>
  pipe(
    E.tryCatch(
      () => grad(loss)(p),
      (error) => `${name} cannot be differentiated: ${messageOf(error)}`,
    ),
    E.map(() => undefined),
  )

/** The losses of a module, each called and differentiated once to see that it is one. */
export const subjectsOf = (module: Readonly<Record<string, unknown>>): E.Either<string, ReadonlyArray<Subject>> =>
  pipe(
    E.Do,
    E.apS('points', pointsOf(module)),
    E.apS('losses', lossesOf(module)),
    E.chain(({ points: { params, example, first }, losses }) =>
      pipe(
        losses,
        E.traverseArray(([name, f]) => {
          const loss = (p: unknown): Tensor => {
            const y = f(p)
            // Whatever is no tensor, later on, is told as the operation that follows tells it.
            return isTensor(y) ? y : add(0, Number(y))
          }
          return pipe(
            scalarOf(name, f, first),
            E.chain(() => differentiable(name, loss, first)),
            E.chain(() => claimsOf(module.claims, name)),
            E.map((claims): Subject => ({ name, loss, claims, params, example })),
          )
        }),
      ),
    ),
  )
