import * as E from 'fp-ts/lib/Either.js'
import { type CheckOptions, check, newtonLaws, type RuleSet, saddleFreeLaws } from 'gradus/laws'
import {
  dampedNewton,
  gradientDescent,
  newton,
  type Optimizer,
  type StateType,
  saddleFreeKrylov,
  saddleFreeNewton,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

/** The laws that do not hold, without the name of the claim. */
const brokenOf = (rules: RuleSet, options: CheckOptions = {}): ReadonlyArray<string> => {
  const outcome = check({ seed: 4, instances: 8, shrink: false, ...options })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

const numberOf = (damping: number | ReadonlyArray<number>): number =>
  typeof damping === 'number' ? damping : (damping[0] ?? 1)

const impostor = <F extends StateType>(make: (damping: number) => Optimizer<F>): ReadonlyArray<string> =>
  brokenOf(saddleFreeLaws({ name: 'impostor', make: (damping) => make(numberOf(damping)) }))

describe('optimizers that are not saddle-free are found out', () => {
  it("Newton's method: it climbs where curvature is negative, and is equivariant where it should not be", () => {
    const broken = impostor((damping) => dampedNewton({ damping }))
    expect(broken).toEqual(
      expect.arrayContaining([
        'descent › the undamped step descends, by gᵀ|H|⁻¹g at first order',
        'components › each component of the step is −gᵢ/|λᵢ|',
        "components › it is minus Newton's step where the Hessian is negative definite",
        'near a saddle › positive directions are left and negative ones double',
        'near a saddle › it takes ⌈log₂ 1/ε⌉ steps to leave the unit box',
        'scaling of the loss › the step of the negated loss is the opposite one',
        'changes of variables › it is not equivariant under this shear',
        'changes of variables › it is not equivariant under most shears',
        'surfaces › in the valley of the monkey saddle it goes from r to 1.5 r',
      ]),
    )
    expect(broken).not.toContain("components › it is Newton's step where the Hessian is positive definite")
    expect(broken).not.toContain('near a saddle › at an exact saddle it stays')
  })

  it('gradient descent: it depends on the scale of the loss, and has no steps in closed form', () => {
    expect(impostor(() => gradientDescent({ learningRate: 0.1 }))).toEqual(
      expect.arrayContaining([
        'components › each component of the step is −gᵢ/|λᵢ|',
        'scaling of the loss › the undamped step does not change',
        'where curvature vanishes › undamped it fails as Singular, and keeps the point',
        'changes of variables › it is equivariant under a common factor of all variables',
        'surfaces › it leaves the unit ball of the monkey saddle from 10⁻³ within 31 steps',
      ]),
    )
  })

  it('one vector of the Krylov space: it descends, and is not the step', () => {
    const broken = impostor((damping) => saddleFreeKrylov({ damping, dimension: 1 }))
    expect(broken).toContain('near a saddle › positive directions are left and negative ones double')
    expect(broken).not.toContain('scaling of the loss › the undamped step does not change')
    expect(broken).not.toContain('changes of variables › it is equivariant under rotations and reflections')
  })

  it('a damping that is forgotten, or that is always there', () => {
    expect(impostor(() => saddleFreeNewton({ damping: 0 }))).toEqual(
      expect.arrayContaining([
        'descent › the damped step descends, by gᵀ(|H| + λI)⁻¹g',
        'scaling of the loss › a damped step does not change if the damping is scaled too, and does if it is not',
        'where curvature vanishes › damped it moves by −g/λ there',
      ]),
    )
    expect(impostor((damping) => saddleFreeNewton({ damping: damping + 1e-3 }))).toEqual(
      expect.arrayContaining([
        'scaling of the loss › the undamped step does not change',
        'where curvature vanishes › undamped it fails as Singular, and keeps the point',
      ]),
    )
  })

  it('a step that is shortened', () => {
    expect(impostor((damping) => saddleFreeNewton({ damping, stepLength: 0.9 }))).toEqual(
      expect.arrayContaining([
        "components › it is Newton's step where the Hessian is positive definite",
        'near a saddle › the loss falls by ½ Σ g²/λ over λ > 0 and by ³⁄₂ Σ g²/|λ| over λ < 0',
      ]),
    )
  })

  it('a first damping that is taken without trying the others', () => {
    const make = (damping: number | ReadonlyArray<number>) => saddleFreeNewton({ damping: numberOf(damping) + 1e-3 })
    const law = 'descent › with dampings to try, the loss never increases'
    const options = { only: `rash › ${law}`, instances: 50 }
    expect(brokenOf(saddleFreeLaws({ name: 'rash', make }), options)).toEqual([law])
  })
})

describe('the laws of Newton', () => {
  it('hold for Newton, and not for saddle-free Newton', () => {
    expect(brokenOf(newtonLaws({ name: 'newton', optimizer: newton() }))).toEqual([])
    expect(brokenOf(newtonLaws({ name: 'impostor', optimizer: saddleFreeNewton({ damping: 0 }) }))).toEqual([
      'one step reaches the critical point of a quadratic',
      'every multiple of the loss has the same step',
      'it is equivariant under every invertible change',
    ])
  })
})
