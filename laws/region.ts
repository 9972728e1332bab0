/** What a step in a region must satisfy to be the global minimizer of a quadratic model there, and what any step owes to the gradient. */
import * as fc from 'fast-check'
import { add, matmul, mul, type Tensor, toNumber, treeAxpy, treeDot, treeNorm } from '../src/index.js'
import { evenly, type Spectrum, type Symmetric, symmetricMatrices } from './arbitrary.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { type Law, law, type RuleSet, ruleSet } from './Law.js'
import { along, fromAlong } from './step.js'

/**
 * A step with what is said of it.
 *
 * @since 0.1.0
 */
export interface ClaimedStep {
  readonly step: Tensor
  /** By how much the model falls. */
  readonly predictedReduction: number
  /** λ with (B + λI) s = −g, of a solver that claims to be exact. */
  readonly multiplier?: number
}

/**
 * A solver of min gᵀs + ½ sᵀBs over ‖s‖ ≤ Δ, or of the same with (σ/3) ‖s‖³ added and no ball.
 *
 * @since 0.1.0
 */
export interface RegionClaim {
  readonly name: string
  readonly region: 'ball' | 'cubic'
  /** `size` is Δ or σ. */
  readonly solve: (matrix: Tensor, gradient: Tensor, size: number) => ClaimedStep
  /** Whether the step is the global minimizer, or only falls as much as the Cauchy point. */
  readonly exact: boolean
  /** Spectra that it can do with; default all of them. */
  readonly spectra?: ReadonlyArray<Spectrum>
  /** Allowed error relative to the size of the terms or to 1; default 1e-9. */
  readonly tolerance?: number
  /** Whether steps of a convex model do not jump where the ball begins to hold them; default as `exact`. */
  readonly continuous?: boolean
}

interface Instance {
  readonly symmetric: Symmetric
  readonly gradient: Tensor
  readonly size: number
}

type Kind = 'easy' | 'hard' | 'zero'

const spectraOf: ReadonlyArray<Spectrum> = [
  ...(['positive', 'negative', 'indefinite', 'moderate'] as const),
  ...(['degenerate', 'repeated', 'ill conditioned'] as const),
]

/** Gradients with a part along each eigenvector, with none along those of the least eigenvalue, and with none at all. */
const gradientOf = (kind: Kind, { basis, eigenvalues }: Symmetric, parts: ReadonlyArray<number>): Tensor => {
  const least = Math.min(...eigenvalues)
  return fromAlong(
    basis,
    parts.map((part, i) => (kind === 'zero' || (kind === 'hard' && eigenvalues[i] === least) ? 0 : part)),
  )
}

const instances = (kind: Kind, spectra: ReadonlyArray<Spectrum>): fc.Arbitrary<Instance> =>
  fc.tuple(fc.constantFrom(...spectra), fc.integer({ min: 2, max: 5 })).chain(([spectrum, n]) =>
    fc
      .record({
        symmetric: symmetricMatrices(spectrum, n),
        parts: fc.array(evenly(-3, 3), { minLength: n, maxLength: n }),
        size: fc.oneof(evenly(0.05, 0.5), evenly(0.5, 5)),
      })
      .map(({ symmetric, parts, size }) => ({ symmetric, gradient: gradientOf(kind, symmetric, parts), size })),
  )

/** By how much the model falls along s, from the numbers of the instance alone. */
const fallOf = (claim: RegionClaim, { symmetric, gradient, size }: Instance, step: Tensor): number => {
  const length = toNumber(treeNorm(step))
  return (
    -toNumber(treeDot(gradient, step)) -
    0.5 * toNumber(treeDot(step, matmul(symmetric.matrix, step))) -
    (claim.region === 'cubic' ? (size / 3) * length ** 3 : 0)
  )
}

/** The fall to the Cauchy point: the minimizer of the model along −g, in the region. */
const cauchyFall = (claim: RegionClaim, { symmetric, gradient, size }: Instance): number => {
  const length = toNumber(treeNorm(gradient))
  if (length === 0) return 0
  const curvature = toNumber(treeDot(gradient, matmul(symmetric.matrix, gradient))) / length ** 2
  const distance =
    claim.region === 'cubic'
      ? curvature > 0
        ? (2 * length) / (curvature + Math.sqrt(curvature ** 2 + 4 * size * length))
        : (Math.sqrt(curvature ** 2 + 4 * size * length) - curvature) / (2 * size)
      : curvature > 0
        ? Math.min(size, length / curvature)
        : size
  return (
    length * distance - 0.5 * curvature * distance ** 2 - (claim.region === 'cubic' ? (size / 3) * distance ** 3 : 0)
  )
}

const largest = ({ eigenvalues }: Symmetric): number => Math.max(...eigenvalues.map(Math.abs))

const lawsOf = (claim: RegionClaim, kind: Kind): ReadonlyArray<Law> => {
  const { spectra = spectraOf, tolerance = 1e-9, solve } = claim
  const drawn = instances(kind, spectra)
  const judged = (name: string, evidenceOf: (claimed: ClaimedStep, each: Instance) => Evidence): Law =>
    law(`${kind} gradients: ${name}`, drawn, (each) =>
      evidenceOf(solve(each.symmetric.matrix, each.gradient, each.size), each),
    )
  const near = (left: unknown, right: unknown): Evidence =>
    because('asked for by the claim')(close(tolerance)(left, right))
  const exact = [
    judged('(B + λI) s = −g', ({ step, multiplier = Number.NaN }, { symmetric, gradient }) =>
      near(add(matmul(symmetric.matrix, step), add(mul(multiplier, step), gradient)), mul(0, gradient)),
    ),
    judged('λ ≥ 0 and B + λI ⪰ 0', ({ multiplier = Number.NaN }, { symmetric }) =>
      all(
        atMost()(0, multiplier),
        atMost(tolerance * (1 + largest(symmetric)))(0, multiplier + Math.min(...symmetric.eigenvalues)),
      ),
    ),
    claim.region === 'ball'
      ? judged('λ (Δ − ‖s‖) = 0', ({ step, multiplier = Number.NaN }, { size }) =>
          near(multiplier * (size - toNumber(treeNorm(step))), 0),
        )
      : judged('λ = σ ‖s‖', ({ step, multiplier = Number.NaN }, { size }) =>
          near(multiplier, size * toNumber(treeNorm(step))),
        ),
    judged('no axis of the eigenvectors leads lower', ({ predictedReduction }, each) => {
      const { basis, eigenvalues } = each.symmetric
      const parts = along(basis, each.gradient)
      const radius = each.size
      const best = eigenvalues.flatMap((value, i) =>
        [-1, 1].map((sign) => {
          const distance = claim.region === 'ball' ? radius : Math.max(0, -value) / radius
          const unit = fromAlong(
            basis,
            parts.map((_, j) => (j === i ? sign * distance : 0)),
          )
          return fallOf(claim, each, unit)
        }),
      )
      return atMost(tolerance * (1 + largest(each.symmetric) * radius ** 2))(Math.max(...best), predictedReduction)
    }),
  ]
  return [
    judged('the step is finite and in the region', ({ step }, { size }) => {
      const length = toNumber(treeNorm(step))
      return all(
        same(Number.isFinite(length), true),
        claim.region === 'ball' ? atMost(tolerance * size)(length, size) : same('everywhere', 'everywhere'),
      )
    }),
    judged('the predicted reduction is what the model falls by', ({ step, predictedReduction }, each) =>
      near(predictedReduction, fallOf(claim, each, step)),
    ),
    judged('the model falls at least as much as to the Cauchy point', ({ predictedReduction }, each) =>
      atMost(tolerance * (1 + Math.abs(predictedReduction)))(cauchyFall(claim, each), predictedReduction),
    ),
    ...(claim.exact ? exact : []),
  ]
}

/** How near to the length of the free step the radius comes. */
const nearly = 1e-8

/**
 * How far a step may be from the free one in a ball that is smaller by this part. Steps in balls grow in length with the radius; where their
 * path meets the sphere at a right angle it goes √(2ε) along it, and less elsewhere: the minimizers of condition κ go (1 + κ) / (2√κ) ε.
 */
const steepest = 1.5 * Math.sqrt(nearly)

const continuityLaw = ({ solve }: RegionClaim): Law =>
  law(
    'easy gradients: where the ball begins to hold a step it does not jump',
    instances('easy', ['positive']),
    (each) => {
      const at = (size: number): Tensor => solve(each.symmetric.matrix, each.gradient, size).step
      const free = at(1e6)
      const length = toNumber(treeNorm(free))
      fc.pre(length > 1e-6)
      const gap = treeAxpy(-1, free, at(length * (1 - nearly)))
      return because('a path at a right angle to the radius')(
        all(
          atMost(steepest * length)(toNumber(treeNorm(gap)), 0),
          atMost(steepest * length)(toNumber(treeNorm(treeAxpy(-1, free, at(length * (1 + nearly))))), 0),
        ),
      )
    },
  )

/**
 * The laws of a step in a ball or under cubic regularization: it is in the region, the model falls by what is predicted and at least
 * as much as to the Cauchy point; an exact one satisfies the conditions that make it the global minimizer. For gradients of all
 * kinds: with a part along every eigenvector, without one along those of the least eigenvalue (the hard case), and 0.
 *
 * **References** Moré and Sorensen (1983); Conn, Gould and Toint, *Trust-Region Methods* (2000), Theorem 7.2.1 and §6.3; Cartis, Gould
 * and Toint (2011), Theorem 3.1.
 *
 * @example
 * import { mul, tensor, treeNorm, toNumber } from 'gradus'
 * import { check, regionLaws } from 'gradus/laws'
 * import * as E from 'fp-ts/lib/Either.js'
 * const solve = () => ({ step: tensor([0, 0]), predictedReduction: 1 })
 * E.isLeft(check({ seed: 1 })(regionLaws({ name: 'a lie', region: 'ball', exact: false, solve }))) // => true
 *
 * @since 0.1.0
 */
export const regionLaws = (claim: RegionClaim): RuleSet =>
  ruleSet(
    claim.name,
    (['easy', 'hard', 'zero'] as const).map((kind) => ruleSet(`${claim.name} › ${kind}`, [])(lawsOf(claim, kind))),
  )(claim.region === 'ball' && (claim.continuous ?? claim.exact) ? [continuityLaw(claim)] : [])
