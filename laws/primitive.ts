/**
 * The laws of a single operation that goes entry by entry, drawn from the domain of its record: derivatives of both orders against
 * differences, agreement of the modes, batches and programs, silence where it is masked, and its kinks as it states them.
 */
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import {
  compile,
  type Elementwise,
  full,
  grad,
  jvp,
  normal,
  type PrimitiveEntry,
  randomKey,
  scalar,
  stack,
  sum,
  type Tensor,
  tensor,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeDot,
  vjp,
  vmap,
  where,
  zeros,
} from '../src/index.js'
import { evenly } from './arbitrary.js'
import { all, because, close, type Evidence, same } from './close.js'
import { type Slope, steadySlope } from './differences.js'
import { seeds } from './direction.js'
import { kinksOf } from './kink.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'

const width = 3

/** How far from the ends of an interval, and from kinks, points are drawn; differences reach less far. */
const margin = 0.1

type Interval = PrimitiveEntry['domain']['intervals'][number]

const intervalOf = ({ domain: { intervals } }: PrimitiveEntry, index: number): Interval =>
  intervals[Math.min(index, intervals.length - 1)] ?? [-Infinity, Infinity]

/** A moderate piece of an interval, away from its ends. */
const insideOf = ([low, high]: Interval): Interval => {
  const from = Number.isFinite(low) ? low + margin : Math.min(-3, high - 6)
  const to = Number.isFinite(high) ? high - margin : Math.max(3, from + 6)
  return from < to ? [from, to] : [(low + high) / 2, (low + high) / 2]
}

type Inputs = ReadonlyArray<Tensor>

interface Instance {
  readonly inputs: Inputs
  readonly u: Inputs
  readonly v: Inputs
  readonly weights: Tensor
}

const directions = (count: number, seed: number): Inputs =>
  Array.from({ length: count }, (_, i) => normal(randomKey((seed + i) % 2 ** 31), [width]))

/** Whether a kink is near: a number that it lies at, or two inputs that are equal there. */
const isNearKink = (entry: PrimitiveEntry, inputs: Inputs): boolean => {
  const rows = inputs.map((x) => [...toFloat64Array(x)])
  const [first = [], second] = rows
  return kinksOf(entry).some(({ place }) =>
    place === 'equal inputs'
      ? first.some((x, i) => Math.abs(x - (second?.[i] ?? Infinity)) < margin)
      : first.some((x) => Math.abs(x - place) < margin),
  )
}

const instancesOf = (entry: PrimitiveEntry, arity: number): fc.Arbitrary<Instance> =>
  fc
    .record({
      rows: fc.tuple(
        ...Array.from({ length: arity }, (_, i) => {
          const [from, to] = insideOf(intervalOf(entry, i))
          return fc.array(evenly(from, to), { minLength: width, maxLength: width })
        }),
      ),
      seed: seeds,
    })
    .map(({ rows, seed }) => ({
      inputs: rows.map((row) => tensor(row)),
      u: directions(arity, seed),
      v: directions(arity, seed + arity),
      weights: normal(randomKey((seed + 2 * arity) % 2 ** 31), [width]),
    }))
    .filter(({ inputs }) => !isNearKink(entry, inputs))

/** The inputs that have a derivative, as one tree; the others are held. */
interface Smooth {
  readonly of: (inputs: Inputs) => Inputs
  readonly call: (held: Inputs) => (moved: Inputs) => Tensor
}

const smoothPart = ({ hasDerivative, call }: Elementwise): Smooth => {
  const places = hasDerivative.flatMap((has, i) => (has ? [i] : []))
  return {
    of: (inputs) => places.flatMap((place) => inputs.slice(place, place + 1)),
    call: (held) => (moved) => call(held.map((x, i) => moved[places.indexOf(i)] ?? x)),
  }
}

const against = (found: number, reference: Slope, tolerance: number): Evidence => {
  fc.pre(reference.error <= 1e-5 * Math.max(1, Math.abs(reference.value)))
  return because(`differences are good to ${reference.error.toExponential(1)}`)(
    close(Math.max(tolerance, 10 * reference.error))(found, reference.value),
  )
}

const rounding = because('rounding along two ways to the same number')

const derivativeLaws = (drawn: fc.Arbitrary<Instance>, { of, call }: Smooth): ReadonlyArray<Law> => {
  const lossOf =
    ({ inputs, weights }: Instance) =>
    (moved: Inputs): Tensor =>
      treeDot(weights, call(inputs)(moved))
  return [
    law('its derivative is what differences find', drawn, (instance) => {
      const [loss, at, v] = [lossOf(instance), of(instance.inputs), of(instance.v)]
      const phi = (t: number): number => toNumber(loss(treeAxpy(t, v, at)))
      return against(toNumber(jvp(loss)(at, v)[1]), steadySlope(phi, margin), 1e-7)
    }),
    law('its second derivative is what differences of the first find', drawn, (instance) => {
      const [loss, at] = [lossOf(instance), of(instance.inputs)]
      const [u, v] = [of(instance.u), of(instance.v)]
      const along = (moved: Inputs): Tensor => treeDot(u, grad(loss)(moved))
      const phi = (t: number): number => toNumber(along(treeAxpy(t, v, at)))
      return against(toNumber(jvp(along)(at, v)[1]), steadySlope(phi, margin), 1e-6)
    }),
    law('forward and reverse agree', drawn, (instance) => {
      const { inputs, weights } = instance
      const [at, v] = [of(inputs), of(instance.v)]
      const pulled = vjp(call(inputs))(at)[1](weights)
      return rounding(close(1e-11)(treeDot(weights, jvp(call(inputs))(at, v)[1]), treeDot(pulled, v)))
    }),
    law('second derivatives are the same in all four orders of the modes', drawn, (instance) => {
      const [loss, at] = [lossOf(instance), of(instance.inputs)]
      const [u, v] = [of(instance.u), of(instance.v)]
      const along = (moved: Inputs): Tensor => jvp(loss)(moved, u)[1]
      const pulled = (moved: Inputs): Tensor => treeDot(u, vjp(loss)(moved)[1](scalar(1)))
      const expected = jvp(along)(at, v)[1]
      return all(
        rounding(close(1e-9)(jvp(pulled)(at, v)[1], expected)),
        rounding(close(1e-9)(treeDot(v, grad(along)(at)), expected)),
        rounding(close(1e-9)(treeDot(v, grad(pulled)(at)), expected)),
      )
    }),
  ]
}

/** Numbers that operations are seldom asked for, the ends of the domain among them. */
const edgesOf = (entry: PrimitiveEntry, arity: number): fc.Arbitrary<Inputs> =>
  fc
    .tuple(
      ...Array.from({ length: arity }, (_, i) =>
        fc.constantFrom(...new Set([...intervalOf(entry, i), 0, -1, Infinity, -Infinity, Number.NaN])),
      ),
    )
    .map((numbers) => numbers.map((x) => full([width], x)))

const maskingLaw = (entry: PrimitiveEntry, arity: number, { of, call }: Smooth): Law =>
  law('masked by where it leaves no trace, at the edges of its domain and beyond', edgesOf(entry, arity), (inputs) => {
    const masked = (moved: Inputs): Tensor => sum(where(0, call(inputs)(moved), 1))
    const [at, none] = [of(inputs), of(inputs).map(() => zeros([width]))]
    return all(
      close(0)(masked(at), width),
      close(0)(grad(masked)(at), none),
      close(0)(
        jvp(grad(masked))(
          at,
          at.map(() => full([width], 1)),
        )[1],
        none,
      ),
    )
  })

const kinkLaws = (entry: PrimitiveEntry, { call, hasDerivative }: Elementwise): ReadonlyArray<Law> => {
  const stated = kinksOf(entry).filter(({ derivative }) => derivative !== undefined)
  if (stated.length === 0 || !hasDerivative.includes(true)) return []
  return [
    law(
      'at its kinks it gives what its record states',
      fc.tuple(fc.constantFrom(...stated), evenly(-2, 2)),
      ([kink, x]) => {
        const at = hasDerivative.map(() => scalar(kink.place === 'equal inputs' ? x : kink.place))
        const found = grad((inputs: Inputs) => call(inputs))(at)
        const values = kink.value === undefined ? [] : [same(toNumber(call(at)), kink.value)]
        return all(
          close(0)(
            found,
            at.map(() => kink.derivative),
          ),
          ...values,
        )
      },
    ),
  ]
}

const placeLaws = (drawn: fc.Arbitrary<Instance>, { call }: Elementwise): ReadonlyArray<Law> => {
  const fast = compile((inputs: Inputs) => call(inputs))
  return [
    law('it goes entry by entry', drawn, ({ inputs }) => {
      const rows = inputs.map((x) => [...toFloat64Array(x)])
      const alone = Array.from({ length: width }, (_, i) => toNumber(call(rows.map((row) => scalar(row[i] ?? 0)))))
      return same([...toFloat64Array(call(inputs))], alone)
    }),
    law('a batch is the map over its examples', drawn, ({ inputs, u }) => {
      const near = inputs.map((x, i) => treeAxpy(1e-3, u[i] ?? x, x))
      const whole = vmap((rows: Inputs) => call(rows))(inputs.map((x, i) => stack([x, near[i] ?? x])))
      return same(toFloat64Array(whole), toFloat64Array(stack([call(inputs), call(near)])))
    }),
    law('compiled it is the same', drawn, ({ inputs }) =>
      because('compiled elementary functions are within 2 ulp')(close(1e-14)(fast(inputs), call(inputs))),
    ),
  ]
}

/**
 * The laws of an operation that goes entry by entry, from its entry in the table of primitives: inputs are drawn from the domain
 * of the record, away from its kinks. An entry without a function (its `elementwise` is none) has no laws here.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { primitives } from 'gradus'
 * import { check, primitiveLaws, ruleSet } from 'gradus/laws'
 * const { tanh, pow, maximum } = primitives
 * const some = [tanh, pow, maximum].flatMap((entry) => (entry === undefined ? [] : [primitiveLaws(entry)]))
 * E.isRight(check({ seed: 1, instances: 20 })(ruleSet('some primitives', some)([]))) // => true
 *
 * @since 0.1.0
 */
export const primitiveLaws = (entry: PrimitiveEntry): RuleSet => {
  const laws = (elementwise: Elementwise): ReadonlyArray<Law> => {
    const arity = elementwise.hasDerivative.length
    const [drawn, smooth] = [instancesOf(entry, arity), smoothPart(elementwise)]
    const places = placeLaws(drawn, elementwise)
    return entry.isDifferentiable
      ? [...derivativeLaws(drawn, smooth), ...places, maskingLaw(entry, arity, smooth), ...kinkLaws(entry, elementwise)]
      : places
  }
  return ruleSet(entry.name, [])(O.isSome(entry.elementwise) ? laws(entry.elementwise.value) : [])
}
