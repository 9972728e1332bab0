/** What a module exports, as losses that laws can be asked of; or one sentence about what is wrong with it. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { abs, add, isTensor, maximum, mul, normal, randomKey, ravel, type Tensor, treeLeaves } from '../../src/index.js'
import type { LossProperties } from '../lossClaims.js'

/** One loss with the points at which it is looked at. */
export interface Subject {
  readonly name: string
  readonly loss: (p: unknown) => Tensor
  readonly params: fc.Arbitrary<unknown>
  /** The example point, where there is one. */
  readonly example: O.Option<unknown>
  readonly claims: LossProperties<unknown>
}

type AnyFunction = (...args: ReadonlyArray<unknown>) => unknown

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function'

const isArbitrary = (value: unknown): value is fc.Arbitrary<unknown> =>
  isRecord(value) && isFunction(value.generate) && isFunction(value.shrink)

const kindOf = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'an array'
        : isTensor(value)
          ? `a tensor of shape [${value.shape.join(', ')}]`
          : typeof value === 'object'
            ? 'an object'
            : `a ${typeof value}`

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Points about an example: it itself, and others at up to half of its size away (of 1, where an entry is smaller), nearer ones
 * when a counterexample shrinks.
 */
export const pointsNear = (example: unknown): fc.Arbitrary<unknown> =>
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
}

const pointsOf = (module: Readonly<Record<string, unknown>>): E.Either<string, Points> => {
  const { params, arbitrary } = module
  if (arbitrary !== undefined)
    return isArbitrary(arbitrary)
      ? E.right({ params: arbitrary, example: params === undefined ? O.none : O.some(params) })
      : E.left(
          `the export arbitrary must be an arbitrary of fast-check, such as tensors([3]) of gradus/laws, and is ${kindOf(arbitrary)}.`,
        )
  if (params === undefined)
    return E.left(
      'it exports no points to look at. Export params, an example point (a tensor, or records and arrays of tensors), or arbitrary, a ' +
        'fast-check arbitrary of such points.',
    )
  return pipe(
    E.tryCatch(
      () => treeLeaves(params),
      (error) => `the export params is not a tree of tensors: ${messageOf(error)}`,
    ),
    E.filterOrElse(
      (leaves) => leaves.length > 0,
      () => 'the export params holds no tensor.',
    ),
    E.map(() => ({ params: pointsNear(params), example: O.some(params) })),
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

const properties = ['convex', 'homogeneous', 'invariant', 'lipschitz', 'batch']

const isClaims = (value: unknown): value is LossProperties<unknown> =>
  isRecord(value) && Object.keys(value).every((key) => properties.includes(key))

/** Claims of one loss, or by the names of several. */
const claimsOf = (
  module: Readonly<Record<string, unknown>>,
  name: string,
): E.Either<string, LossProperties<unknown>> => {
  const { claims } = module
  if (claims === undefined) return E.right({})
  const own = isRecord(claims) && name in claims ? claims[name] : isClaims(claims) ? claims : undefined
  if (own !== undefined && isClaims(own)) return E.right(own)
  return isRecord(claims) && Object.values(claims).every(isClaims)
    ? E.right({})
    : E.left(
        `the export claims may say ${properties.join(', ')}, of one loss or by the names of the losses; it says ` +
          `${isRecord(claims) ? Object.keys(claims).join(', ') : kindOf(claims)}.`,
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

/** The losses of a module, each called once to see that it is one. */
export const subjectsOf = (module: Readonly<Record<string, unknown>>): E.Either<string, ReadonlyArray<Subject>> =>
  pipe(
    E.Do,
    E.apS('points', pointsOf(module)),
    E.apS('losses', lossesOf(module)),
    E.chain(({ points, losses }) =>
      pipe(
        losses,
        E.traverseArray(([name, f]) => {
          const first = O.getOrElse(() => fc.sample(points.params, { numRuns: 1, seed: 1 })[0])(points.example)
          const loss = (p: unknown): Tensor => {
            const y = f(p)
            // Whatever is no tensor, later on, is told as the operation that follows tells it.
            return isTensor(y) ? y : add(0, Number(y))
          }
          return pipe(
            scalarOf(name, f, first),
            E.chain(() => claimsOf(module, name)),
            E.map((claims): Subject => ({ name, loss, claims, ...points })),
          )
        }),
      ),
    ),
  )
