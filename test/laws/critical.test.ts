/** The laws of critical points hold for the library, and find certificates that are wrong and escapes that lead nowhere. */
import * as E from 'fp-ts/lib/Either.js'
import * as Op from 'fp-ts/lib/Option.js'
import { type Tensor, treeScale } from 'gradus'
import { certificateLaws, check, escapeLaws, type RuleSet, register } from 'gradus/laws'
import { type Certificate, certify, type Escaped, escapeFrom, type Objective } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const certifies = (objective: Objective<Tensor>) => certify(objective)

const escapes = (objective: Objective<Tensor>) => escapeFrom(objective)

register({ describe, it })(certificateLaws({ name: 'certify', certify: certifies }))
register({ describe, it })(
  certificateLaws({ name: 'by Lanczos', certify: (objective) => certify(objective, { decomposeUpTo: 0 }) }),
)
register({ describe, it })(escapeLaws({ name: 'escapeFrom', certify: certifies, leave: escapes }))

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, shrink: false })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

const altered = (change: (certificate: Certificate<Tensor>) => Certificate<Tensor>): ReadonlyArray<string> =>
  failedOf(certificateLaws({ name: 'x', certify: (objective) => (p) => change(certify(objective)(p)) }))

describe('the laws of certificates find', () => {
  it('nothing where nothing is wrong', () => {
    expect(altered((certificate) => certificate)).toEqual([])
  })

  it('a saddle that is called a minimum, and a point with a gradient that is called critical', () => {
    expect(altered((each) => ({ ...each, verdict: each.verdict === 'saddle' ? 'minimum' : each.verdict }))).toEqual([
      'the verdict is that of the eigenvalues',
    ])
    expect(
      altered((each) => ({ ...each, verdict: each.verdict === 'not critical' ? 'saddle' : each.verdict })),
    ).toEqual(['where there is a gradient the point is not critical'])
  })

  it('an interval that is too small, and stationarity that looks at the gradient alone', () => {
    expect(altered((each) => ({ ...each, least: { ...each.least, upper: each.least.lower - 1e-6 } }))).toContain(
      'the ends of the spectrum lie in their intervals',
    )
    expect(altered((each) => ({ ...each, secondOrderStationary: each.gradientNorm < 1e-6 ? 'yes' : 'no' }))).toEqual([
      'second-order stationary is what has no negative curvature',
    ])
  })

  it('an escape that goes up, and one that is hidden', () => {
    const turned = Op.map(
      <E extends { readonly direction: Tensor }>(way: E): E => ({
        ...way,
        direction: treeScale(-1, way.direction),
      }),
    )
    const law = 'an escape is there where curvature is negative, and goes down'
    expect(altered((each) => ({ ...each, escape: turned(each.escape) }))).toEqual([law])
    expect(altered((each) => ({ ...each, escape: Op.none }))).toEqual([law])
  })
})

const led = (change: (escaped: Escaped<Tensor>) => Escaped<Tensor>): ReadonlyArray<string> =>
  failedOf(
    escapeLaws({
      name: 'x',
      certify: certifies,
      leave: (objective) => (certificate) => E.map(change)(escapeFrom(objective)(certificate)),
    }),
  )

describe('the laws of escapes find', () => {
  it('nothing where nothing is wrong', () => {
    expect(led((escaped) => escaped)).toEqual([])
  })

  it('what goes elsewhere, boasts or does not count', () => {
    expect(led((each) => ({ ...each, length: -each.length }))).toContain(
      'it goes along the direction of the certificate',
    )
    expect(led((each) => ({ ...each, value: each.value - 1 }))).toContain(
      'the loss falls by its share of what the curvature predicts',
    )
    expect(led((each) => ({ ...each, work: { ...each.work, evaluations: 0 } }))).toEqual([
      'it counts the values that it asks',
    ])
  })

  it('a share that is not kept', () => {
    const rules = escapeLaws({
      name: 'x',
      certify: certifies,
      leave: (objective) => escapeFrom(objective, { share: 0.01, length: 4, doublings: 0 }),
      share: 0.9,
    })
    expect(failedOf(rules)).toEqual(['the loss falls by its share of what the curvature predicts'])
  })
})
