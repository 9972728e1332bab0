import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  log,
  matmul,
  mul,
  pow,
  randomKey,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  toNumber,
  treeDot,
  treeNorm,
  zeros,
} from 'gradus'
import { gradientFlat, monkeySaddle, planePoint, symmetricMatrices } from 'gradus/laws'
import {
  type Certificate,
  type CertifyOptions,
  certify,
  escapeFrom,
  minimize,
  objective,
  saddleFreeNewton,
  showCertificate,
  stepsAtMost,
  takeUntil,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'
import { counted, workOf } from './counted.js'

/** ½ Σ λᵢ xᵢ² with its critical point at the origin: every saddle of it lies along the axes. */
const along =
  (values: ReadonlyArray<number>) =>
  (x: Tensor): Tensor =>
    mul(0.5, sum(mul(tensor(values), square(x))))

const lanczosOnly: CertifyOptions = { decomposeUpTo: 0 }

const at = (values: ReadonlyArray<number>, options: CertifyOptions = {}): Certificate<Tensor> =>
  certify(objective(along(values), { compilation: 'never' }), options)(zeros([values.length]))

/** What the eigenvalues say themselves, with a tolerance of 1e-3. */
const truth = (values: ReadonlyArray<number>): string => {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  return least > 1e-3
    ? 'minimum'
    : greatest < -1e-3
      ? 'maximum'
      : least < -1e-3 && greatest > 1e-3
        ? 'saddle'
        : 'degenerate'
}

describe('certify', () => {
  const spectra = fc
    .integer({ min: 1, max: 30 })
    .chain((n) => fc.array(fc.constantFrom(-2, -1, -0.01, 0, 0.01, 1, 2, 5), { minLength: n, maxLength: n }))

  it('says by decomposition what the eigenvalues are', () => {
    fc.assert(
      fc.property(spectra, (values) => {
        const certificate = at(values)
        expect(certificate.verdict).toBe(truth(values))
        expect(certificate.secondOrderStationary).toBe(Math.min(...values) < -1e-3 ? 'no' : 'yes')
        expect(O.isSome(certificate.escape)).toBe(Math.min(...values) < -1e-3)
        expect(certificate.failure).toBe(0)
      }),
    )
  })

  it('by Lanczos never says what is not so', () => {
    fc.assert(
      fc.property(spectra, fc.integer({ min: 1, max: 12 }), fc.nat({ max: 1e6 }), (values, dimension, seed) => {
        // With a probability of 1e-12 to be wrong no draw of a test is.
        const certificate = at(values, { ...lanczosOnly, dimension, key: randomKey(seed), failure: 1e-12 })
        expect([truth(values), 'undecided']).toContain(certificate.verdict)
        expect([Math.min(...values) < -1e-3 ? 'no' : 'yes', 'undecided']).toContain(certificate.secondOrderStationary)
      }),
    )
  })

  it('never takes one of 300 saddles along the axes for a minimum, and finds the way down of each', () => {
    // One negative eigenvalue among many positive ones: what a fixed probe, an axis or the gradient, misses.
    for (const seed of Array.from({ length: 300 }, (_, i) => i)) {
      const n = 2 + (seed % 60)
      const values = Array.from({ length: n }, (_, i) => (i === seed % n ? -0.5 : 1 + i / n))
      const certificate = at(values, { ...lanczosOnly, dimension: 20, key: randomKey(seed) })
      expect(certificate.verdict).toBe('saddle')
      expect(certificate.secondOrderStationary).toBe('no')
      expect(certificate.least.lower).toBeLessThanOrEqual(-0.5)
      if (O.isNone(certificate.escape)) throw new Error('expected a way down')
      expect(certificate.escape.value.curvature).toBeLessThan(-0.4)
    }
  })

  it('knows saddles across the axes as well', () => {
    fc.assert(
      fc.property(symmetricMatrices('indefinite', 6), ({ matrix, eigenvalues }) => {
        const loss = (x: Tensor): Tensor => mul(0.5, sum(mul(x, matmul(matrix, x))))
        for (const options of [{}, lanczosOnly]) {
          const certificate = certify(objective(loss, { compilation: 'never' }), options)(zeros([6]))
          expect(certificate.verdict).toBe('saddle')
          expect(certificate.least.upper).toBeCloseTo(Math.min(...eigenvalues), 7)
        }
      }),
    )
  })

  it('calls a monkey saddle degenerate, and its slopes not critical', () => {
    const monkey = objective(monkeySaddle)
    expect(certify(monkey)(planePoint(0, 0)).verdict).toBe('degenerate')
    expect(certify(monkey, lanczosOnly)(planePoint(0, 0)).verdict).toBe('degenerate')
    expect(certify(monkey)(planePoint(0.1, 0)).verdict).toBe('not critical')
  })

  it('does not take a gradient-flat point for a critical one', () => {
    const flat = objective(gradientFlat)
    for (const sign of [1, -1]) {
      const certificate = certify(flat)(planePoint(sign * Math.SQRT2, 0))
      expect(certificate.verdict).toBe('not critical')
      expect(certificate.secondOrderStationary).toBe('no')
      expect(certificate.curvatureAlongGradient).toBeLessThan(1e-12)
    }
    expect(certify(flat)(planePoint(-3, 0)).verdict).toBe('minimum')
  })

  it('certifies nothing where something is not a number', () => {
    const cases: ReadonlyArray<readonly [(x: Tensor) => Tensor, number]> = [
      [(x) => sum(log(x)), -1],
      [(x) => sum(sqrt(x)), 0],
      // x² √x has a gradient at 0 and no third derivative; x √x no second one.
      [(x) => sum(mul(x, sqrt(x))), 0],
      [(x) => sum(mul(0, x)), Infinity],
      [(x) => sum(mul(Number.NaN, x)), 1],
    ]
    for (const [loss, x] of cases)
      for (const options of [{}, lanczosOnly]) {
        const certificate = certify(objective(loss), options)(tensor([x]))
        expect(certificate.verdict).toBe('not finite')
        expect(certificate.secondOrderStationary).toBe('no')
        expect(O.isNone(certificate.escape)).toBe(true)
      }
  })

  it('is undecided rather than wrong where one vector is all it has', () => {
    const values = Array.from({ length: 50 }, () => 1)
    expect(at([...values, -1e-2], { ...lanczosOnly, dimension: 1 }).verdict).toBe('undecided')
    expect(at([...values, 2], { ...lanczosOnly, dimension: 30 }).verdict).toBe('minimum')
  })

  it('counts its work', () => {
    for (const [options, x] of [
      [{}, [0, 0, 0]],
      [{}, [1, 0, 0]],
      [lanczosOnly, [0, 0, 0]],
      [lanczosOnly, [1, 0, 0]],
    ] as const) {
      const watched = counted(along([1, 2, -1]))
      const { work } = certify(watched.objective, options)(tensor(x))
      expect({ ...work, solves: 0 }).toEqual({ ...workOf(watched, 3), solves: 0 })
    }
  })

  it('is the same every time, and another with another key', () => {
    const values = Array.from({ length: 20 }, (_, i) => i - 3)
    const options = { ...lanczosOnly, dimension: 4 }
    expect(at(values, options)).toEqual(at(values, options))
    expect(at(values, { ...options, key: randomKey(9) }).least).not.toEqual(at(values, options).least)
  })

  it.each<readonly [string, CertifyOptions]>([
    ['gradientTolerance', { gradientTolerance: Number.NaN }],
    ['curvatureTolerance', { curvatureTolerance: 0 }],
    ['dimension', { dimension: 0 }],
  ])('refuses a wrong %s', (name, options) => {
    expect(defectOf(() => certify(objective(monkeySaddle), options))).toMatch(new RegExp(`^InvalidArgument: .*${name}`))
  })

  it('shows itself in a few lines', () => {
    expect(showCertificate(at([1, -4], {}))).toBe(
      [
        'saddle: gradient norm 0.000, value 0',
        'curvature from -4.000 to -4.000 at the least, from 1.000 to 1.000 at the greatest',
        'bounds up to rounding: the Hessian was decomposed',
        'not second-order stationary to (0.000001, 0.001000)',
        'escape: curvature -4.000, slope 0.000 along a unit direction',
        'work 1 gradients, 2 products, 1 solves',
      ].join('\n'),
    )
    expect(showCertificate(at([1, -4], lanczosOnly))).toContain('wrong with probability 0.000001 at most')
  })
})

describe('escapeFrom', () => {
  /** Wells along every axis whose eigenvalue is negative. */
  const wells =
    (values: ReadonlyArray<number>) =>
    (x: Tensor): Tensor =>
      add(along(values)(x), mul(0.25, sum(pow(x, 4))))

  it('leaves every saddle along the axes for a lower point, from which a run ends in a minimum', () => {
    for (const seed of Array.from({ length: 60 }, (_, i) => i)) {
      const n = 2 + (seed % 12)
      const values = Array.from({ length: n }, (_, i) => (i === seed % n ? -0.5 : 1 + i / n))
      const loss = objective(wells(values), { compilation: 'never' })
      const certificate = certify(loss, { ...lanczosOnly, key: randomKey(seed) })(zeros([n]))
      const away = escapeFrom(loss)(certificate)
      if (E.isLeft(away)) throw new Error('expected to get away')
      expect(away.right.value).toBeLessThan(0)
      expect(away.right.actualDecrease).toBeGreaterThanOrEqual(0.25 * away.right.predictedDecrease)
      expect(loss.value(away.right.params)).toBe(away.right.value)
      const { last } = takeUntil(stepsAtMost(30))(
        minimize(saddleFreeNewton({ damping: 1e-9 }), loss)(away.right.params),
      )
      expect(certify(loss)(last.params).verdict).toBe('minimum')
      // ±√½ along the one axis.
      expect(toNumber(treeNorm(last.params))).toBeCloseTo(Math.SQRT1_2, 9)
    }
  })

  it('predicts what a quadratic does exactly', () => {
    const loss = objective(along([2, -3]))
    const certificate = certify(loss)(tensor([0, 0.2]))
    const away = escapeFrom(loss, { doublings: 0, length: 0.5 })(certificate)
    if (E.isLeft(away) || O.isNone(certificate.escape)) throw new Error('expected to get away')
    const { direction, slope, curvature, predictedDecrease } = certificate.escape.value
    expect(slope).toBeCloseTo(-0.6, 12)
    expect(curvature).toBeCloseTo(-3, 12)
    expect(predictedDecrease).toBeCloseTo(0.6 + 1.5, 12)
    expect(toNumber(treeDot(direction, tensor([0, 1])))).toBeCloseTo(1, 12)
    expect(away.right.length).toBe(0.5)
    expect(away.right.actualDecrease).toBeCloseTo(0.3 + 0.375, 12)
    expect(away.right.predictedDecrease).toBeCloseTo(0.3 + 0.375, 12)
    expect(away.right.work.evaluations).toBe(1)
  })

  it('shortens where the loss turns up soon, and goes on where it falls', () => {
    const steep = objective((x: Tensor) => sum(sub(mul(1e4, pow(x, 4)), square(x))))
    const near = escapeFrom(steep)(certify(steep)(tensor([0])))
    expect(E.isRight(near) && Math.abs(near.right.length)).toBeLessThan(0.01)
    const wide = objective((x: Tensor) => sum(sub(mul(1e-4, pow(x, 4)), square(x))))
    const far = escapeFrom(wide)(certify(wide)(tensor([0])))
    expect(E.isRight(far) && Math.abs(far.right.length)).toBeGreaterThan(16)
  })

  it('takes the lower side where the gradient has no say', () => {
    // Down on the right further than on the left.
    const tilted = objective((x: Tensor) => sum(sub(sub(mul(0.25, pow(x, 4)), square(x)), mul(0.3, pow(x, 3)))))
    const away = escapeFrom(tilted)(certify(tilted)(scalar(0)))
    expect(E.isRight(away) && toNumber(away.right.params)).toBeGreaterThan(0)
  })

  it('counts its work', () => {
    const watched = counted((x: Tensor) => sum(sub(mul(100, pow(x, 4)), square(x))))
    const certificate = certify(watched.objective)(tensor([0]))
    const away = escapeFrom(watched.objective)(certificate)
    expect(E.isRight(away) && away.right.work.evaluations).toBe(watched.count('value'))
  })

  it('tells why it cannot', () => {
    const bowl = objective((x: Tensor) => sum(square(x)))
    expect(escapeFrom(bowl)(certify(bowl)(tensor([0])))).toMatchObject(E.left({ _tag: 'NothingToEscape' }))
    const saddle = objective(along([1, -1]))
    const certificate = certify(saddle)(tensor([0, 0]))
    const stays = { value: () => 0 }
    expect(escapeFrom(stays, { halvings: 6 })(certificate)).toMatchObject(
      E.left({ _tag: 'NoDecrease', tried: 14, best: 0 }),
    )
    // Without halvings the first length is all, on either side.
    expect(escapeFrom(stays, { halvings: 0 })(certificate)).toMatchObject(E.left({ _tag: 'NoDecrease', tried: 2 }))
    const lost = { value: () => Number.NaN }
    expect(escapeFrom(lost)(certificate)).toMatchObject(E.left({ _tag: 'NoDecrease' }))
    const abyss = { value: () => -Infinity }
    expect(escapeFrom(abyss)(certificate)).toMatchObject(E.left({ _tag: 'NoDecrease' }))
  })

  it.each([{ length: 0 }, { share: 1 }, { halvings: -1 }, { doublings: Number.NaN }])('refuses %j', (options) => {
    expect(defectOf(() => escapeFrom(objective(along([1])), options))).toMatch(/^InvalidArgument: escapeFrom: expected/)
  })
})
