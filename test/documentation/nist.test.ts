/**
 * The page of NIST's regressions: the certified digits that Levenberg-Marquardt reaches from both starts.
 * `WRITE=1 npx vitest run test/documentation/nist` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { leastSquares } from 'gradus/optimize'
import { lre, nistRegressions } from 'gradus/problem'
import { expect, it } from 'vitest'
import { residualsOf, settled } from '../support/certifiedFit.js'

const file = new URL('../../docs/guide/nist.md', import.meta.url)

/** Whole digits: the tenths of them are rounding. */
const digits = (found: number): string => String(Math.floor(found))

const page = (): string =>
  [
    '# Certified digits',
    '',
    'The 27 nonlinear regressions of the Statistical Reference Datasets of NIST (www.itl.nist.gov/div898/strd, in the public domain) come',
    'with parameters that are certified to 11 digits and two starts each, one far and one near. `levenbergMarquardt()` fits all of them with its defaults;',
    'it stops when no parameter has moved in its last 14 digits. LRE is −log₁₀ of the largest relative error of a parameter: how many digits',
    'are right in all of them, at most 11. `lre` of `gradus/problem` computes it.',
    '',
    '| regression | difficulty | parameters | LRE from the far start | LRE from the near start |',
    '|---|---|--:|--:|--:|',
    ...nistRegressions().map((regression) => {
      const fit = leastSquares(residualsOf(regression))
      const [far = 0, near = 0] = regression.problem.starts.map((start) => lre(regression, settled(fit, start)).least)
      return `| ${regression.name} | ${regression.difficulty} | ${regression.certified.parameters.length} | ${digits(far)} | ${digits(near)} |`
    }),
    '',
    'From the far start of BoxBOD the first step leads to where the model is a constant, a stationary point; without scaling of the columns',
    "(`levenbergMarquardt({ scaling: 'none' })`) 11 digits are reached from there too. From the far start of MGH10 the first parameter falls towards",
    '0 at once, into a valley in which the others creep: after 20,000 steps they are still far off.',
    '',
  ].join('\n')

it("the page of NIST's regressions says what the fits give", () => {
  const text = page()
  if (process.env.WRITE === '1') writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
})
