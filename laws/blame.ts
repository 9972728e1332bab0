/**
 * Who is guilty: the operations of a run are examined one by one, each against differences of itself, so that a law which fails
 * for a loss can name the operation whose rule is wrong and the line that called it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  compile,
  jvp,
  type Loss,
  normal,
  randomKey,
  scalar,
  stack,
  type TapeEntry,
  type Tensor,
  tapeOf,
  toFloat64Array,
  toNumber,
  treeAxpy,
  treeDot,
  vjp,
  vmap,
} from '../src/index.js'
import { because, close, type Evidence, same, showEvidence } from './close.js'
import { isSmoothAt, type Slope, sideSlopes, steadySlope } from './differences.js'
import { firstNonFinite, showNonFinite } from './nonFinite.js'

/**
 * What is wrong with an operation.
 *
 * @since 0.1.0
 */
export type Fault =
  | 'its derivative is wrong'
  | 'its derivative and the transpose of it disagree'
  | 'its second derivative is wrong'
  | 'it holds constant what the result depends on'
  | 'a batch of inputs gives something else than each by itself'
  | 'compiled it gives something else'
  | 'its result changes from call to call'
  | 'it makes a value that is not finite'
  | 'its derivative is not finite'
  | 'the point lies at a kink of it'

/**
 * An operation that was found guilty, with the evidence from that operation alone.
 *
 * @since 0.1.0
 */
export interface Blame {
  readonly fault: Fault
  /** The name of the record. */
  readonly primitive: string
  /** Its number in the tape, from 0; `tapeOf` gives the tape. */
  readonly index: number
  /** The input with respect to which the derivative is wrong, from 0, where it is one. */
  readonly input: O.Option<number>
  readonly inputs: ReadonlyArray<Tensor>
  readonly site: O.Option<string>
  readonly evidence: Evidence
}

/**
 * A blame in one line.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { scalar, sum, stopGradient, type Tensor } from 'gradus'
 * import { blame, showBlame } from 'gradus/laws'
 * const found = blame((x: Tensor) => sum(stopGradient(x)))(scalar(1))
 * O.isSome(found) && showBlame(found.value).startsWith('blamed: stopGradient (operation 0)') // => true
 *
 * @since 0.1.0
 */
export const showBlame = ({ fault, primitive, index, input, site, evidence }: Blame): string => {
  const where = O.isSome(site) ? ` called at ${site.value}` : ''
  const which = O.isSome(input) ? ` with respect to input ${input.value}` : ''
  return `blamed: ${primitive} (operation ${index})${where}: ${fault}${which}: ${showEvidence(evidence)}`
}

/** An operation and the tape that it stands in. */
interface Examined {
  readonly entry: TapeEntry
  readonly index: number
  readonly tape: ReadonlyArray<TapeEntry>
}

type Verdict = O.Option<{ readonly evidence: Evidence; readonly input: O.Option<number> }>

const innocent: Verdict = O.none

const guilty = (evidence: Evidence, input: O.Option<number> = O.none): Verdict =>
  evidence.holds ? innocent : O.some({ evidence, input })

/** What throws is another matter than what is wrong: it is not examined further. */
const quietly = (verdict: () => Verdict): Verdict => E.getOrElse(() => innocent)(E.tryCatch(verdict, () => innocent))

const numberOr = (value: () => Tensor): number =>
  E.getOrElse(() => Number.NaN)(E.tryCatch(() => toNumber(value()), String))

const direction = (seed: number, like: Tensor): Tensor => normal(randomKey(seed), like.shape)

const weighted = (weights: Tensor, y: Tensor): Tensor => treeDot(weights, y)

/** Inputs that depend on the parameters; what is wrong with the others cannot be seen in a gradient. */
const activeInputs = ({ entry }: Examined): ReadonlyArray<number> =>
  entry.sources.flatMap(({ _tag }, i) => (_tag === 'Constant' ? [] : [i]))

const withInput = (inputs: ReadonlyArray<Tensor>, index: number, x: Tensor): ReadonlyArray<Tensor> =>
  inputs.map((input, i) => (i === index ? x : input))

const reach = (x: Tensor): number => Math.max(1e-3, ...[...toFloat64Array(x)].map(Math.abs).filter(Number.isFinite))

/** Differences that are worse than this judge nobody: a rule that is wrong by a part in 10⁵ is left to smoother points. */
const roughness = 1e-5

const reasonOf = ({ error }: Slope): string =>
  `differences of the operation itself are good to ${error.toExponential(1)}`

const against = (found: number, reference: Slope): Evidence =>
  because(reasonOf(reference))(close(Math.max(1e-7, 10 * reference.error))(found, reference.value))

const isJudge = ({ value, error }: Slope): boolean => error <= roughness * Math.max(1, Math.abs(value))

/** One input of an operation, moved along a direction and watched through random weights. */
interface Probe {
  readonly input: number
  readonly at: Tensor
  readonly along: Tensor
  readonly weights: Tensor
  readonly call: (x: Tensor) => Tensor
  readonly phi: (t: number) => number
}

const probesOf = (examined: Examined): ReadonlyArray<Probe> =>
  activeInputs(examined).flatMap((input) => {
    const { entry } = examined
    const at = entry.inputs[input]
    if (at === undefined) return []
    const [along, weights] = [direction(2 * input + 1, at), direction(2 * input + 2, entry.output)]
    const call = (x: Tensor): Tensor => entry.call(withInput(entry.inputs, input, x))
    return [
      { input, at, along, weights, call, phi: (t) => numberOr(() => weighted(weights, call(treeAxpy(t, along, at)))) },
    ]
  })

const hasRule = ({ entry }: Examined, { input }: Probe): boolean => entry.hasDerivative[input] === true

const firstOf = (verdicts: ReadonlyArray<() => Verdict>): Verdict =>
  verdicts.reduce<Verdict>((found, verdict) => (O.isSome(found) ? found : quietly(verdict)), innocent)

const derivative = (examined: Examined): Verdict =>
  firstOf(
    probesOf(examined)
      .filter((probe) => hasRule(examined, probe))
      .map(({ phi, at, along, weights, call, input }) => () => {
        const reference = steadySlope(phi, reach(at))
        if (!isJudge(reference) || !isSmoothAt(phi, reach(at))) return innocent
        return guilty(against(toNumber(weighted(weights, jvp(call)(at, along)[1])), reference), O.some(input))
      }),
  )

const transposed = (examined: Examined): Verdict =>
  firstOf(
    probesOf(examined)
      .filter((probe) => hasRule(examined, probe))
      .map(({ at, along, weights, call, input }) => () => {
        const forward = weighted(weights, jvp(call)(at, along)[1])
        const backward = treeDot(along, vjp(call)(at)[1](weights))
        return guilty(because('rounding of two inner products')(close(1e-9)(forward, backward)), O.some(input))
      }),
  )

/** What the results are when one operation gives something else. */
const downstream = ({ tape, index }: Examined, output: Tensor): ReadonlyArray<Tensor> => {
  const outputs = tape.slice(index + 1).reduce<ReadonlyMap<number, Tensor>>(
    (known, { inputs, sources, call }, i) => {
      const moved = sources.map((source) => (source._tag === 'Operation' ? known.get(source.index) : undefined))
      return moved.every((input) => input === undefined)
        ? known
        : new Map([...known, [index + 1 + i, call(inputs.map((input, j) => moved[j] ?? input))]])
    },
    new Map([[index, output]]),
  )
  return [...outputs].flatMap(([i, value]) => (tape[i]?.isResult === true ? [value] : []))
}

/** What the whole tape makes of one moved input, watched through random weights. */
const wholeTape =
  (examined: Examined, { call, at, along }: Probe): ((t: number) => number) =>
  (t) =>
    numberOr(() =>
      downstream(examined, call(treeAxpy(t, along, at))).reduce(
        (total, y, i) => add(total, weighted(direction(200 + i, y), y)),
        scalar(0),
      ),
    )

/**
 * An input without a derivative that the result of the whole tape depends on all the same. A stable composite may hold constant
 * what cancels, as logSumExp does with its maximum: the result does not depend on that, and nobody is blamed.
 */
const held = (examined: Examined): Verdict =>
  firstOf(
    probesOf(examined)
      .filter((probe) => !hasRule(examined, probe))
      .map((probe) => () => {
        const { at, input, phi: own } = probe
        // Most operations without a derivative are constant nearly everywhere, and are done with here.
        const locally = steadySlope(own, reach(at))
        if (!isJudge(locally) || against(0, locally).holds) return innocent
        const phi = wholeTape(examined, probe)
        const reference = steadySlope(phi, reach(at))
        return !isJudge(reference) || !isSmoothAt(phi, reach(at))
          ? innocent
          : guilty(against(0, reference), O.some(input))
      }),
  )

/** The derivative with respect to one input, differentiated with respect to each. */
const second = (examined: Examined): Verdict => {
  const { inputs, call } = examined.entry
  const smooth = probesOf(examined).filter((probe) => hasRule(examined, probe))
  return firstOf(
    smooth.flatMap(({ input, at, weights }) => {
      const other = direction(100 + input, at)
      const slopeAt = (moved: ReadonlyArray<Tensor>): Tensor =>
        treeDot(other, vjp((x: Tensor) => call(withInput(moved, input, x)))(moved[input] ?? at)[1](weights))
      return smooth.map((by) => () => {
        const along = (x: Tensor): Tensor => slopeAt(withInput(inputs, by.input, x))
        const phi = (t: number): number => numberOr(() => along(treeAxpy(t, by.along, by.at)))
        const reference = steadySlope(phi, reach(by.at))
        if (!isJudge(reference) || !isSmoothAt(phi, reach(by.at))) return innocent
        return guilty(against(toNumber(jvp(along)(by.at, by.along)[1]), reference), O.some(input))
      })
    }),
  )
}

const batched = ({ entry }: Examined): Verdict =>
  quietly(() => {
    const near = entry.inputs.map((x, i) => (entry.hasDerivative[i] === true ? treeAxpy(1e-3, direction(i, x), x) : x))
    const whole = vmap((...inputs: ReadonlyArray<Tensor>) => entry.call(inputs))(
      ...entry.inputs.map((x, i) => stack([x, near[i] ?? x])),
    )
    const each = stack([entry.call(entry.inputs), entry.call(near)])
    return guilty(because('batches may round their sums in another order')(close(1e-10)(whole, each)))
  })

const compiled = ({ entry }: Examined): Verdict =>
  quietly(() => {
    const run = compile((...inputs: ReadonlyArray<Tensor>) => entry.call(inputs))
    return guilty(
      because('compiled elementary functions are within 2 ulp')(
        close(1e-10)(run(...entry.inputs), entry.call(entry.inputs)),
      ),
    )
  })

const repeated = ({ entry }: Examined): Verdict =>
  quietly(() => guilty(because('the same inputs')(same(entry.call(entry.inputs), entry.output))))

/** A kink that cancels, as that of the maximum in softmax where entries tie, is none of the whole. */
const kinked = (examined: Examined): Verdict =>
  firstOf(
    probesOf(examined)
      .filter((probe) => hasRule(examined, probe))
      .map((probe) => () => {
        const { phi, at, input } = probe
        // Where there is no value there is no kink either.
        if (!Number.isFinite(phi(0))) return innocent
        if (isSmoothAt(phi, reach(at)) || isSmoothAt(wholeTape(examined, probe), reach(at))) return innocent
        const [left, right] = sideSlopes(phi, reach(at))
        return guilty(
          because('one-sided differences from the left and from the right')({
            ...close(roughness)(left.value, right.value),
            holds: false,
          }),
          O.some(input),
        )
      }),
  )

/** Faults that an operation is examined for by itself. */
type Examinable = Exclude<Fault, 'it makes a value that is not finite' | 'its derivative is not finite'>

const examinations: Readonly<Record<Examinable, (examined: Examined) => Verdict>> = {
  'its result changes from call to call': repeated,
  'its derivative is wrong': derivative,
  'its derivative and the transpose of it disagree': transposed,
  'its second derivative is wrong': second,
  'it holds constant what the result depends on': held,
  'a batch of inputs gives something else than each by itself': batched,
  'compiled it gives something else': compiled,
  'the point lies at a kink of it': kinked,
}

/** Faults of a rule, the most telling first; a kink explains what is left. */
const faultsOfRules: ReadonlyArray<Examinable> = [
  'its derivative is wrong',
  'its derivative and the transpose of it disagree',
  'its second derivative is wrong',
  'it holds constant what the result depends on',
  'the point lies at a kink of it',
]

/**
 * The operation of `f` at `p` that is guilty of a law that fails there: each operation of the run is called by itself, and its
 * derivative, the transpose of that and its second derivative are held against differences of the operation, without any
 * other. The first one with the first of the faults is blamed; none when every operation does what it should.
 *
 * **Cost** some hundred calls of each operation, so it is meant for a failure that has been found and shrunk.
 *
 * @example
 * import * as O from 'fp-ts/lib/Option.js'
 * import { exp, mul, scalar, stopGradient, type Tensor } from 'gradus'
 * import { blame } from 'gradus/laws'
 * const found = blame((x: Tensor) => mul(exp(x), stopGradient(x)))(scalar(1))
 * O.isSome(found) && found.value.primitive // => 'stopGradient'
 * O.isNone(blame((x: Tensor) => mul(exp(x), x))(scalar(1))) // => true
 *
 * @since 0.1.0
 */
export const blame =
  <P>(f: (p: P) => unknown, faults: ReadonlyArray<Examinable> = faultsOfRules) =>
  (p: P): O.Option<Blame> => {
    const tape = E.getOrElse((): ReadonlyArray<TapeEntry> => [])(E.tryCatch(() => tapeOf(f)(p), String))
    return faults.reduce<O.Option<Blame>>(
      (found, fault) =>
        tape.reduce<O.Option<Blame>>((known, entry, index) => {
          if (O.isSome(known)) return known
          const verdict = examinations[fault]({ entry, index, tape })
          return O.isNone(verdict)
            ? O.none
            : O.some({
                fault,
                primitive: entry.primitive,
                index,
                input: verdict.value.input,
                inputs: entry.inputs,
                site: entry.site,
                evidence: verdict.value.evidence,
              })
        }, found),
      O.none,
    )
  }

/** The operation with which a loss, or else its gradient, stops being finite. */
export const blameNonFinite =
  <P>(loss: Loss<P>) =>
  (p: P): O.Option<Blame> =>
    pipe(
      firstNonFinite(loss)(p),
      O.map((found) => ({
        fault: found.sweep === 'forward' ? 'it makes a value that is not finite' : 'its derivative is not finite',
        primitive: found.entry.primitive,
        index: found.index,
        input: O.none,
        inputs: found.entry.inputs,
        site: found.entry.site,
        evidence: same(showNonFinite(found), 'finite'),
      })),
    )
