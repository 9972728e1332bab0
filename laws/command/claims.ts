/** What a module claims of its losses, with what each property may be: a claim that says nothing would hold of everything. */
import * as E from 'fp-ts/lib/Either.js'
import type { LossProperties } from '../lossClaims.js'
import { isArbitrary, isFunction, isRecord, kindOf } from './kind.js'

interface Property {
  readonly name: string
  readonly is: (value: unknown) => boolean
  readonly expected: string
}

const properties: ReadonlyArray<Property> = [
  { name: 'convex', is: (value) => typeof value === 'boolean', expected: 'true or false' },
  { name: 'homogeneous', is: Number.isFinite, expected: 'a degree, which is a finite number' },
  { name: 'invariant', is: isArbitrary, expected: 'an arbitrary of fast-check that draws functions of the parameters' },
  { name: 'lipschitz', is: (value) => typeof value === 'number' && value >= 0, expected: 'a number of 0 or more' },
  {
    name: 'batch',
    is: (value) =>
      isRecord(value) &&
      (value.reduction === 'mean' || value.reduction === 'sum') &&
      isFunction(value.lossOf) &&
      Number.isSafeInteger(value.examples) &&
      Number(value.examples) > 0,
    expected: "{ reduction: 'mean' or 'sum', lossOf: (examples) => a loss, examples: how many there are }",
  },
]

const names = properties.map(({ name }) => name)

const isNamed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && Object.keys(value).every((key) => names.includes(key))

/** The first property with a value that it cannot have. */
const wrongOf = (claims: Readonly<Record<string, unknown>>): Property | undefined =>
  properties.find(({ name, is }) => claims[name] !== undefined && !is(claims[name]))

const areClaims = (claims: Readonly<Record<string, unknown>>): claims is LossProperties<unknown> & typeof claims =>
  wrongOf(claims) === undefined

/** Claims of one loss, or by the names of several. */
export const claimsOf = (claims: unknown, loss: string): E.Either<string, LossProperties<unknown>> => {
  if (claims === undefined) return E.right({})
  const own = isRecord(claims) && loss in claims ? claims[loss] : isNamed(claims) ? claims : undefined
  if (isNamed(own)) {
    if (areClaims(own)) return E.right(own)
    const { name, expected } = wrongOf(own) ?? { name: '', expected: '' }
    return E.left(`the claim ${name} of ${loss} must be ${expected}, and is ${kindOf(own[name])}.`)
  }
  return isRecord(claims) && Object.values(claims).every(isNamed)
    ? E.right({})
    : E.left(
        `the export claims may say ${names.join(', ')}, of one loss or by the names of the losses; it says ` +
          `${isRecord(claims) ? Object.keys(claims).join(', ') : kindOf(claims)}.`,
      )
}
