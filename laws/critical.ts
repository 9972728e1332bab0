/** What a certificate of a critical point must be right about, and what a way out of a saddle owes to it. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  type Loss,
  matmul,
  mul,
  square,
  sum,
  type Tensor,
  tensor,
  toNumber,
  treeAxpy,
  treeDot,
  treeNorm,
} from '../src/index.js'
import {
  type Certificate,
  type Escaped,
  type EscapeFailure,
  type Objective,
  objective,
  type Verdict,
} from '../src/optimize/index.js'
import { type Spectrum, type Symmetric, symmetricMatrices, tensors } from './arbitrary.js'
import { all, atMost, because, close, same } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { quadratic } from './step.js'

/**
 * What certifies points, and where it is told to draw the line.
 *
 * @since 0.1.0
 */
export interface CertificateClaim {
  readonly name: string
  readonly certify: (objective: Objective<Tensor>) => (p: Tensor) => Certificate<Tensor>
  /** Curvature of this size counts as zero; default 1e-3. Below 0.1. */
  readonly curvatureTolerance?: number
}

const spectra: ReadonlyArray<Spectrum> = ['positive', 'negative', 'indefinite', 'degenerate', 'repeated']

const symmetrics: fc.Arbitrary<Symmetric> = fc
  .tuple(fc.constantFrom(...spectra), fc.integer({ min: 1, max: 5 }))
  .chain(([spectrum, n]) => symmetricMatrices(spectrum, n))

const zeroOf = ({ eigenvalues }: Symmetric): Tensor => tensor(eigenvalues.map(() => 0))

/** From the eigenvalues by which the matrix was made; none is near the tolerance. */
const verdictOf = ({ eigenvalues }: Symmetric, tolerance: number): Verdict => {
  const [least, greatest] = [Math.min(...eigenvalues), Math.max(...eigenvalues)]
  if (least > tolerance) return 'minimum'
  if (greatest < -tolerance) return 'maximum'
  return least < -tolerance && greatest > tolerance ? 'saddle' : 'degenerate'
}

const plain = (loss: Loss<Tensor>): Objective<Tensor> => objective(loss, { compilation: 'never' })

/**
 * The laws of certificates: at the critical point of a quadratic the verdict is that of its eigenvalues, which lie in the intervals that are
 * told; away from it the point is not critical; second-order stationary is what has no gradient and no negative curvature; and an escape
 * is a unit direction that goes down and is curved as is told.
 *
 * **References** Nocedal and Wright, *Numerical Optimization* (2006), §2.1.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { certificateLaws, check } from 'gradus/laws'
 * import { certify } from 'gradus/optimize'
 * const rules = certificateLaws({ name: 'certify', certify: (objective) => certify(objective) })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const certificateLaws = ({ name, certify, curvatureTolerance = 1e-3 }: CertificateClaim): RuleSet => {
  const at = (symmetric: Symmetric, p: Tensor): Certificate<Tensor> => certify(plain(quadratic(symmetric.matrix)))(p)
  const points = symmetrics.chain((symmetric) => tensors([symmetric.eigenvalues.length]).map((p) => ({ symmetric, p })))
  const rounded = because('rounding beside the largest eigenvalue')
  return ruleSet(
    name,
    [],
  )([
    law('the verdict is that of the eigenvalues', symmetrics, (symmetric) =>
      same(at(symmetric, zeroOf(symmetric)).verdict, verdictOf(symmetric, curvatureTolerance)),
    ),
    law('the ends of the spectrum lie in their intervals', points, ({ symmetric, p }) => {
      const { least, greatest } = at(symmetric, p)
      const [low, high] = [Math.min(...symmetric.eigenvalues), Math.max(...symmetric.eigenvalues)]
      const inside = atMost(1e-12 * Math.max(1, -low, high))
      return rounded(
        all(
          inside(least.lower, low),
          inside(low, least.upper),
          inside(greatest.lower, high),
          inside(high, greatest.upper),
        ),
      )
    }),
    law('where there is a gradient the point is not critical', points, ({ symmetric, p }) => {
      fc.pre(toNumber(treeNorm(matmul(symmetric.matrix, p))) > 1e-3)
      const { verdict, secondOrderStationary } = at(symmetric, p)
      return same([verdict, secondOrderStationary], ['not critical', 'no'])
    }),
    law('second-order stationary is what has no negative curvature', symmetrics, (symmetric) =>
      same(
        at(symmetric, zeroOf(symmetric)).secondOrderStationary,
        Math.min(...symmetric.eigenvalues) < -curvatureTolerance ? 'no' : 'yes',
      ),
    ),
    law('an escape is there where curvature is negative, and goes down', points, ({ symmetric, p }) => {
      const { escape: way } = at(symmetric, p)
      const least = Math.min(...symmetric.eigenvalues)
      if (O.isNone(way)) return same(least < -curvatureTolerance, false)
      const { direction, slope, curvature } = way.value
      const along = toNumber(treeDot(direction, matmul(symmetric.matrix, direction)))
      const gradient = matmul(symmetric.matrix, p)
      return rounded(
        all(
          close(1e-9)(toNumber(treeNorm(direction)), 1),
          close(1e-9)(toNumber(treeDot(direction, gradient)), slope),
          atMost()(slope, 0),
          atMost(1e-9 * Math.max(1, Math.abs(least)))(along, curvature),
          atMost()(curvature, -curvatureTolerance),
        ),
      )
    }),
  ])
}

/**
 * What leaves critical points by their certificates.
 *
 * @since 0.1.0
 */
export interface EscapeClaim extends CertificateClaim {
  readonly leave: (
    objective: Objective<Tensor>,
  ) => (certificate: Certificate<Tensor>) => E.Either<EscapeFailure, Escaped<Tensor>>
  /** The part of the predicted decrease that it promises; default 0.25. */
  readonly share?: number
}

/** A saddle in a bowl of fourth order, which bounds it from below. */
const bounded =
  (matrix: Tensor): Loss<Tensor> =>
  (x) =>
    add(quadratic(matrix)(x), mul(0.1, square(sum(square(x)))))

/**
 * The laws of a way out of saddles: from the critical point itself, and from points beside it, the loss falls by the promised share of what
 * the curvature predicts, along the direction of the certificate; where there is nothing to escape it says so; and it counts its values.
 *
 * **References** Moré and Sorensen, *On the use of directions of negative curvature in a modified Newton method* (1979).
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, escapeLaws } from 'gradus/laws'
 * import { certify, escapeFrom } from 'gradus/optimize'
 * const rules = escapeLaws({
 *   name: 'escape',
 *   certify: (objective) => certify(objective),
 *   leave: (objective) => escapeFrom(objective),
 * })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const escapeLaws = ({ name, certify, leave, share = 0.25 }: EscapeClaim): RuleSet => {
  const saddles = fc
    .integer({ min: 1, max: 4 })
    .chain((n) => fc.tuple(symmetricMatrices('indefinite', n), tensors([n]), fc.constantFrom(0, 1e-6, 0.01)))
    .map(([symmetric, way, size]) => ({ symmetric, at: mul(size, way) }))
  const left = ({ symmetric, at }: { readonly symmetric: Symmetric; readonly at: Tensor }) => {
    const asked = new Map<'value', number>()
    const of = plain(bounded(symmetric.matrix))
    const certificate = certify(of)(at)
    const watched: Objective<Tensor> = {
      ...of,
      value: (p) => {
        asked.set('value', (asked.get('value') ?? 0) + 1)
        return of.value(p)
      },
    }
    return { of, certificate, outcome: leave(watched)(certificate), asked }
  }
  return ruleSet(
    name,
    [],
  )([
    law('the loss falls by its share of what the curvature predicts', saddles, (each) => {
      const { of, certificate, outcome } = left(each)
      if (E.isLeft(outcome) || O.isNone(certificate.escape)) return same('no way', 'a way out')
      const { params, value, actualDecrease, length } = outcome.right
      const { slope, curvature } = certificate.escape.value
      const predicted = -slope * Math.abs(length) - (curvature / 2) * length ** 2
      const slack = 1e-14 * (1 + Math.abs(certificate.value))
      return because('rounding of the loss')(
        all(
          same(value, of.value(params)),
          same(actualDecrease, certificate.value - value),
          atMost(slack)(share * predicted, actualDecrease),
          same(actualDecrease > 0, true),
        ),
      )
    }),
    law('it goes along the direction of the certificate', saddles, (each) => {
      const { certificate, outcome } = left(each)
      if (E.isLeft(outcome) || O.isNone(certificate.escape)) return same('no way', 'a way out')
      const { params, length } = outcome.right
      return close(0)(params, treeAxpy(length, certificate.escape.value.direction, each.at))
    }),
    law('it counts the values that it asks', saddles, (each) => {
      const { outcome, asked } = left(each)
      return E.isRight(outcome)
        ? same(outcome.right.work.evaluations, asked.get('value'))
        : same(outcome.left._tag, 'a way out')
    }),
    law('where no curvature is negative there is nothing to escape', fc.tuple(symmetrics), ([symmetric]) => {
      fc.pre(Math.min(...symmetric.eigenvalues) > 0)
      const { outcome } = left({ symmetric, at: zeroOf(symmetric) })
      return same(E.isLeft(outcome) ? outcome.left._tag : 'a way out', 'NothingToEscape')
    }),
  ])
}
