/**
 * Changes of variables θ = Bφ: a step is equivariant under B when the step of f∘B at φ, mapped by B, is the step of f at θ.
 * Newton's method is equivariant under every B. Saddle-free Newton is under rotations, and is not under shears: this file
 * asserts the failure as well, so that nobody comes to rely on what is not there.
 */
import * as fc from 'fast-check'
import { eye, type Loss, matmul, mul, neg, type Tensor, tensor } from '../src/index.js'
import type { Optimizer, StateType } from '../src/optimize/index.js'
import {
  evenly,
  invertibleMatrices,
  orthogonalMatrices,
  type Spectrum,
  type Symmetric,
  symmetricMatrices,
  symmetricOf,
  tensors,
} from './arbitrary.js'
import { apart, atMost, close, type Evidence } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { ofStep, quadratic, type SaddleFreeClaim } from './step.js'

interface Change {
  readonly symmetric: Symmetric
  readonly linear: Tensor
  readonly change: Tensor
  /** In the new variables. */
  readonly at: Tensor
}

const changes = (spectrum: Spectrum, change: (n: number) => fc.Arbitrary<Tensor>): fc.Arbitrary<Change> =>
  fc.integer({ min: 2, max: 4 }).chain((n) =>
    fc.record({
      symmetric: symmetricMatrices(spectrum, n),
      linear: tensors([n]),
      change: change(n),
      at: tensors([n]),
    }),
  )

/** Both steps in the old variables, compared. */
const compared = <F extends StateType>(
  optimizer: Optimizer<F>,
  { symmetric, linear, change, at }: Change,
  compare: (mapped: unknown, direct: unknown) => Evidence,
): Evidence => {
  const loss = quadratic(symmetric.matrix, linear)
  const changed: Loss<Tensor> = (x) => loss(matmul(change, x))
  return ofStep(optimizer, changed, at, (step) =>
    ofStep(optimizer, loss, matmul(change, at), (direct) => compare(matmul(change, step), direct)),
  )
}

const sizes = (n: number): fc.Arbitrary<ReadonlyArray<number>> =>
  fc.array(evenly(0.5, 2), { minLength: n, maxLength: n })

const diagonals = (n: number): fc.Arbitrary<Tensor> => sizes(n).map((entries) => symmetricOf(eye(n), entries).matrix)

const uniform = (n: number): fc.Arbitrary<Tensor> => evenly(0.1, 10).map((factor) => mul(factor, eye(n)))

/** The identity and one entry beside the diagonal that is not small. */
const shear = (amount: number): Tensor =>
  tensor([
    [1, amount],
    [0, 1],
  ])

/** Indefinite problems of two variables in general position, with a shear. */
const shears: fc.Arbitrary<Change> = fc.noBias(
  fc.record({
    symmetric: symmetricMatrices('indefinite', 2),
    linear: tensors([2], { min: 0.5, max: 3 }),
    change: evenly(0.5, 2).map(shear),
    at: tensors([2]),
  }),
)

/** x² − y² without a linear part, seen from (1, 2) in sheared variables. */
const concreteShear: Change = {
  symmetric: symmetricOf(eye(2), [2, -2]),
  linear: tensor([0, 0]),
  change: shear(1),
  at: tensor([1, 2]),
}

const shearsPerInstance = 10

export const reparameterizationLaws = <F extends StateType>({
  name,
  make,
  tolerance = 1e-9,
}: SaddleFreeClaim<F>): RuleSet =>
  ruleSet(
    `${name} › changes of variables`,
    [],
  )([
    law('it is equivariant under rotations and reflections', changes('indefinite', orthogonalMatrices), (each) =>
      compared(make(0), each, close(tolerance)),
    ),
    law(
      'damped, it is equivariant under rotations and reflections',
      fc.tuple(changes('indefinite', orthogonalMatrices), evenly(1e-3, 10)),
      ([each, damping]) => compared(make(damping), each, close(tolerance)),
    ),
    law('it is equivariant under a common factor of all variables', changes('indefinite', uniform), (each) =>
      compared(make(0), each, close(tolerance)),
    ),
    law(
      'it is equivariant under every change where the Hessian is definite',
      changes('positive', invertibleMatrices),
      (each) => compared(make(0), each, close(tolerance)),
    ),
    law(
      'it is equivariant under factors of single variables where the Hessian is diagonal',
      changes('indefinite', diagonals),
      (each) =>
        compared(
          make(0),
          { ...each, symmetric: symmetricOf(eye(each.at.size), each.symmetric.eigenvalues) },
          close(tolerance),
        ),
    ),
    law('it is not equivariant under this shear', fc.constant(concreteShear), (each) =>
      compared(make(0), each, apart(0.1)),
    ),
    law(
      'it is not equivariant under most shears',
      fc.array(shears, { minLength: shearsPerInstance, maxLength: shearsPerInstance }),
      (many) =>
        // Steps that differ by less than 10⁻⁴ of their size do not count as a failure of equivariance.
        atMost()(0.9 * shearsPerInstance, many.filter((each) => compared(make(0), each, apart(1e-4)).holds).length),
    ),
  ])

/**
 * The laws of Newton's method for an optimizer that claims to be it: the critical point of a quadratic in one step, whatever
 * its kind; the same step for every multiple of the loss; equivariance under every invertible change of variables.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, newtonLaws } from 'gradus/laws'
 * import { newton } from 'gradus/optimize'
 * E.isRight(check({ seed: 1, instances: 10 })(newtonLaws({ name: 'newton', optimizer: newton() }))) // => true
 *
 * @since 0.1.0
 */
export const newtonLaws = <F extends StateType>({
  name,
  optimizer,
  tolerance = 1e-9,
}: {
  readonly name: string
  readonly optimizer: Optimizer<F>
  readonly tolerance?: number
}): RuleSet =>
  ruleSet(
    name,
    [],
  )([
    law('one step reaches the critical point of a quadratic', changes('indefinite', uniform), ({ symmetric, at }) =>
      ofStep(optimizer, quadratic(symmetric.matrix), at, (step) => close(tolerance)(step, neg(at))),
    ),
    law(
      'every multiple of the loss has the same step',
      fc.tuple(changes('indefinite', uniform), fc.constantFrom(-100, -1, -0.01, 0.01, 100)),
      ([{ symmetric, linear, at }, factor]) => {
        const loss = quadratic(symmetric.matrix, linear)
        return ofStep(optimizer, loss, at, (expected) =>
          ofStep(
            optimizer,
            (x: Tensor) => mul(factor, loss(x)),
            at,
            (step) => close(tolerance)(step, expected),
          ),
        )
      },
    ),
    law('it is equivariant under every invertible change', changes('indefinite', invertibleMatrices), (each) =>
      compared(optimizer, each, close(tolerance)),
    ),
  ])
