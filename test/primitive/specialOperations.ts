/** What fixtures of the family `special` mean. */
import type { Tensor } from 'gradus'
import * as gradus from 'gradus'
import type { Call, Options } from './operations.js'

type Named = Readonly<Record<string, (options: Options) => Call>>

const at = (inputs: ReadonlyArray<Tensor>, index: number): Tensor => {
  const input = inputs[index]
  if (input === undefined) throw new Error(`the fixture lacks input ${index}`)
  return input
}

const {
  erfc,
  erfcx,
  erfinv,
  ndtr,
  logNdtr,
  ndtri,
  lgamma,
  gamma,
  digamma,
  j0,
  j1,
  i0,
  i1,
  i0e,
  i1e,
  lbeta,
  beta,
  zeta,
  igamma,
  igammac,
} = gradus

const unaries = { erfc, erfcx, erfinv, ndtr, logNdtr, ndtri, lgamma, gamma, digamma, j0, j1, i0, i1, i0e, i1e }

const binaries = { lbeta, beta, zeta, igamma, igammac }

export const specialOperations: Named = {
  ...Object.fromEntries(
    Object.entries(unaries).map(([name, f]) => [
      name,
      () =>
        (...inputs: ReadonlyArray<Tensor>) =>
          f(at(inputs, 0)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(binaries).map(([name, f]) => [
      name,
      () =>
        (...inputs: ReadonlyArray<Tensor>) =>
          f(at(inputs, 0), at(inputs, 1)),
    ]),
  ),
  betainc:
    () =>
    (...inputs) =>
      gradus.betainc(at(inputs, 0), at(inputs, 1), at(inputs, 2)),
  polygamma:
    ({ depth = 0 }) =>
    (...inputs) =>
      gradus.polygamma(depth, at(inputs, 0)),
}

export const specialSet = `erfc erfcx erfinv ndtr logNdtr ndtri lgamma gamma digamma polygamma j0 j1 i0 i1 i0e i1e
  lbeta beta zeta igamma igammac betainc`
