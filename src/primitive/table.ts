/** The table: every record by its name. Documentation and tests walk it; the library itself never looks anything up. */
import type { Domain } from '../core/Primitive.js'
import { absP, addP, divP, mulP, negP, productP, reciprocalP, signP, squareP, subP } from './arithmetic.js'
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
import { expm1P, expP, log1pP, logP, powerP, powP, sqrtP } from './elementary.js'
import { fourierP } from './fourier.js'
import { gatherP, scatterP } from './indexing.js'
import { argmaxP, cumsumP, maxP, minP } from './reduction.js'
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
})

const elementwiseEntries = [
  ...[addP, subP, mulP, productP, divP, negP, squareP, reciprocalP, signP, absP],
  ...[sqrtP, expP, expm1P, logP, log1pP, powP],
  ...[sinP, cosP, tanP, sinhP, coshP, tanhP, sechSquaredP, atanP, atan2P],
  ...[sigmoidP, softplusP, erfP],
  ...[equalP, notEqualP, lessP, lessEqualP, greaterP, greaterEqualP, logicalAndP, logicalOrP, logicalNotP],
  ...[whereP, maximumP, minimumP, reluP, stopGradientP],
].map(entry)

const structuralEntries = [
  entry(powerP),
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
  [...elementwiseEntries, ...structuralEntries].map((each) => [each.name, each]),
)
