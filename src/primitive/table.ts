/** The table: every record by its name. Documentation and tests walk it; the library itself never looks anything up. */
import * as O from 'fp-ts/lib/Option.js'
import type { Domain, Primitive } from '../core/Primitive.js'
import { bind } from '../core/Trace.js'
import type { Tensor } from '../data/Tensor.js'
import { absP, addP, divP, mulP, negP, productP, reciprocalP, signP, squareP, subP } from './arithmetic.js'
import { besselIeP, besselIP, besselJP, besselMomentP } from './bessel.js'
import {
  equalP,
  greaterEqualP,
  greaterP,
  lessEqualP,
  lessP,
  logicalAndP,
  logicalNotP,
  logicalOrP,
  maximumP,
  minimumP,
  notEqualP,
  reluP,
  stopGradientP,
  whereP,
} from './choice.js'
import { contractP, productSumP } from './contraction.js'
import { directionCosineP, hypotP } from './distance.js'
import { expm1P, expP, log1pP, logP, powerP, powP, sqrtP } from './elementary.js'
import { fourierP } from './fourier.js'
import {
  betaP,
  digammaP,
  gammaP,
  lbetaP,
  lgammaP,
  logOverDigammaP,
  polygammaP,
  polygammaRiseP,
  zetaP,
} from './gamma.js'
import { cubicGateP, mishGateP, mishRestP, normalDensityP } from './gate.js'
import {
  betaDensityP,
  betaincAAP,
  betaincABP,
  betaincAP,
  betaincBBP,
  betaincBP,
  betaincP,
  gammaDensityP,
  igammaBendP,
  igammacP,
  igammaP,
  igammaSlopeP,
} from './incomplete.js'
import { gatherP, scatterP } from './indexing.js'
import { acoshP, acosP, asinhP, asinP, atanhP, complementP } from './inverse.js'
import { linalgRecords } from './linalgTable.js'
import { logAddExpP, logSubExpP, shareOfDifferenceP, shareOfSumP, xlog1pyP, xlogyP } from './logarithmic.js'
import { erfcP, erfcxP, erfinvP, logNdtrP, ndtriP, ndtrP } from './normal.js'
import { argsortP, cumArgmaxP, cumArgminP, searchSortedP } from './order.js'
import { argmaxP, cumsumP, maxP, minP } from './reduction.js'
import { bernoulliVarianceP, cbrtP, exp2P, log2P, log10P, logitP } from './root.js'
import { ceilP, copySignP, floorP, nextAfterP, remainderP, roundP, truncatedRemainderP, truncP } from './rounding.js'
import { lastWriterP, scatterMaxP, scatterMinP } from './scatter.js'
import { sincP } from './sinc.js'
import { erfP, sigmoidP, softplusP } from './special.js'
import { permuteP, reshapeP, spreadP, sumP } from './structure.js'
import { atan2P, atanP, coshP, cosP, sechSquaredP, sinhP, sinP, tanhP, tanP } from './trigonometric.js'
import { foldP, unfoldP } from './unfold.js'
import { concatP, flipP, padP, sliceP } from './window.js'

/**
 * What can be said of a record without its parameters.
 *
 * @since 0.1.0
 */
export interface Entry {
  readonly name: string
  readonly formula: string
  readonly domain: Domain
  /** Whether any of its inputs has a derivative. */
  readonly isDifferentiable: boolean
  /** The operation itself, where it goes entry by entry, without parameters, and its inputs may be drawn independently. */
  readonly elementwise: O.Option<Elementwise>
}

/**
 * An operation entry by entry, on tensors of one shape.
 *
 * @since 0.1.0
 */
export interface Elementwise {
  /** Whether there is a derivative with respect to each input. */
  readonly hasDerivative: ReadonlyArray<boolean>
  readonly call: (inputs: ReadonlyArray<Tensor>) => Tensor
}

const entry = (record: {
  readonly name: string
  readonly formula: string
  readonly domain: Domain
  readonly differential: ReadonlyArray<unknown>
}): Entry => ({
  name: record.name,
  formula: record.formula,
  domain: record.domain,
  isDifferentiable: record.differential.some((rule) => rule !== undefined),
  elementwise: O.none,
})

/** Records one of whose inputs is a function of another, and so cannot be drawn: tanh x beside x. */
const companions: ReadonlySet<Primitive<undefined>> = new Set([sechSquaredP])

const elementwiseEntry = (record: Primitive<undefined>): Entry => ({
  ...entry(record),
  elementwise: companions.has(record)
    ? O.none
    : O.some({
        hasDerivative: record.differential.map((rule) => rule !== undefined),
        call: (inputs) => bind(record, undefined, inputs),
      }),
})

/** Records entry by entry, without parameters. */
export const elementwiseRecords: ReadonlyArray<Primitive<undefined>> = [
  ...[addP, subP, mulP, productP, divP, negP, squareP, reciprocalP, signP, absP],
  ...[sqrtP, expP, expm1P, logP, log1pP, powP],
  ...[sinP, cosP, tanP, sinhP, coshP, tanhP, sechSquaredP, atanP, atan2P],
  ...[sigmoidP, softplusP, erfP, erfcP, erfinvP, ndtrP, logNdtrP, ndtriP],
  ...[lgammaP, gammaP, digammaP, betaP, lbetaP, logOverDigammaP],
  ...[igammaP, igammacP, gammaDensityP, betaincP, betaDensityP],
  ...[equalP, notEqualP, lessP, lessEqualP, greaterP, greaterEqualP, logicalAndP, logicalOrP, logicalNotP],
  ...[asinP, acosP, asinhP, acoshP, atanhP, complementP, hypotP, directionCosineP],
  ...[exp2P, log2P, log10P, cbrtP, logitP, bernoulliVarianceP],
  ...[logAddExpP, logSubExpP, shareOfSumP, shareOfDifferenceP, xlogyP, xlog1pyP],
  ...[floorP, ceilP, roundP, truncP, remainderP, truncatedRemainderP, copySignP, nextAfterP],
  ...[normalDensityP, cubicGateP, mishGateP, mishRestP],
  ...[whereP, maximumP, minimumP, reluP, stopGradientP],
]

/** Derivatives in parameters, which end at second order, and zeta, which has none in s: laws cannot ask these for all derivatives. */
export const endingRecords: ReadonlyArray<Primitive<undefined>> = [
  ...[igammaSlopeP, igammaBendP, zetaP],
  ...[betaincAP, betaincBP, betaincAAP, betaincABP, betaincBBP],
]

const structuralEntries = [
  entry(powerP),
  entry(erfcxP),
  entry(polygammaP),
  entry(polygammaRiseP),
  entry(besselJP),
  entry(besselIP),
  entry(besselIeP),
  entry(sincP),
  entry(besselMomentP),
  entry(sumP),
  entry(spreadP),
  entry(permuteP),
  entry(reshapeP),
  entry(sliceP),
  entry(padP),
  entry(flipP),
  entry(unfoldP),
  entry(foldP),
  entry(fourierP),
  entry(concatP),
  entry(cumsumP),
  entry(maxP),
  entry(minP),
  entry(argmaxP),
  entry(gatherP),
  entry(scatterP),
  ...[entry(scatterMaxP), entry(scatterMinP), entry(lastWriterP)],
  ...[entry(argsortP), entry(cumArgmaxP), entry(cumArgminP), entry(searchSortedP)],
  entry(contractP),
  entry(productSumP),
]

/**
 * Every primitive of the library by its name.
 *
 * @example
 * import { primitives } from 'gradus'
 * primitives.tanh?.formula // => '\\tanh x'
 *
 * @since 0.1.0
 */
export const primitives: Readonly<Record<string, Entry>> = Object.fromEntries(
  [
    ...elementwiseRecords.map(elementwiseEntry),
    ...endingRecords.map(entry),
    ...structuralEntries,
    ...linalgRecords.map(entry),
  ].map((each) => [each.name, each]),
)
