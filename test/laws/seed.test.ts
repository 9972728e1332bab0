/** The laws of lots hold for the library, and find keys that are not used, noise that leans, and noise of the wrong shape. */
import * as E from 'fp-ts/lib/Either.js'
import {
  abs,
  foldIn,
  type Key,
  normal,
  randomKey,
  type Tensor,
  toNumber,
  treeAdd,
  treeMap,
  treeNorm,
  treeScale,
  uniform,
} from 'gradus'
import { check, perturbationLaws, type RuleSet, register, seedLaws } from 'gradus/laws'
import {
  type Both,
  chain,
  descend,
  noisySgd,
  type Optimizer,
  perturb,
  type Stateless,
  scaleBy,
  type Transformation,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { perturbed } from './claims/perturbed.js'

const few = { instances: 10 }
const rate = 0.1
const noise = { radius: 1e-3, gradientBelow: 1e-2, wait: 50 }

const perturbing = (key: Key) => descend('perturbed', chain(scaleBy(-rate), perturb(key, noise)))

register(
  { describe, it },
  few,
)(seedLaws({ name: 'noisy descent', make: (key) => noisySgd({ learningRate: rate, key }) }))
register({ describe, it }, few)(seedLaws({ name: 'perturb', make: perturbing }))
register({ describe, it }, few)(seedLaws({ name: 'perturbed gradient descent', make: perturbed.make }))
register(
  { describe, it },
  few,
)(perturbationLaws({ name: 'perturb', make: perturbing, constants: () => ({ rate, ...noise }) }))
register({ describe, it }, few)(perturbationLaws(perturbed))

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, shrink: false, instances: 10 })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

type Draw = (key: Key, like: Tensor) => Tensor

const leafwise =
  (draw: Draw) =>
  <P>(key: Key, like: P): P =>
    treeMap((leaf: Tensor) => draw(key, leaf))(like)

const direction: Draw = (key, { shape }) => {
  const drawn = normal(foldIn(key, 1), shape)
  return treeScale(1 / toNumber(treeNorm(drawn)), drawn)
}

const share = (key: Key): number => toNumber(uniform(foldIn(key, 0), []))

/** Evenly in the ball, as it should be. */
const evenly: Draw = (key, like) => treeScale(noise.radius * share(key) ** (1 / like.size), direction(key, like))

const impostor =
  (draw: Draw, { below = noise.gradientBelow, wait = noise.wait } = {}) =>
  (key: Key): Optimizer<Both<Stateless, Stateless>> => {
    const drawn = leafwise(draw)
    const transformation: Transformation<Stateless> = {
      init: () => null,
      update: (updates, it) => (state) => [
        it.step % (wait + 1) === 0 && it.gradientNorm <= below
          ? treeAdd(updates, drawn(foldIn(key, it.step), updates))
          : updates,
        state,
      ],
    }
    return descend('x', chain(scaleBy(-rate), transformation))
  }

const lots = (draw: Draw): ReadonlyArray<string> => failedOf(seedLaws({ name: 'x', make: impostor(draw) }))

const balls = (make: ReturnType<typeof impostor>): ReadonlyArray<string> =>
  failedOf(perturbationLaws({ name: 'x', make, constants: () => ({ rate, ...noise }) }))

describe('the laws of lots find', () => {
  it('nothing where nothing is wrong', () => {
    expect(lots(evenly)).toEqual([])
  })

  it('a key that is not used, and lots from elsewhere', () => {
    expect(lots((_, like) => evenly(randomKey(1), like))).toEqual(
      expect.arrayContaining(['another key makes another step off a critical point']),
    )
    expect(lots((key, like) => treeScale(Math.random(), evenly(key, like)))).toContain(
      'the same key makes the same run, to the bit',
    )
  })

  it('noise that leans to one side, or is none', () => {
    expect(lots((key, like) => abs(evenly(key, like)))).toEqual(['over many keys steps have no direction in common'])
    expect(lots((key, like) => treeScale(0, evenly(key, like)))).toContain(
      'another key makes another step off a critical point',
    )
  })
})

describe('the laws of perturbations find', () => {
  it('nothing where nothing is wrong', () => {
    expect(balls(impostor(evenly))).toEqual([])
  })

  it('noise on the sphere, and noise that is crowded in the middle', () => {
    const half = 'half of the noise lies in half of the ball'
    expect(balls(impostor((key, like) => treeScale(noise.radius, direction(key, like))))).toContain(half)
    expect(balls(impostor((key, like) => treeScale(noise.radius * share(key), direction(key, like))))).toContain(half)
  })

  it('noise beyond the ball, and none', () => {
    expect(balls(impostor((key, like) => treeScale(1.01, evenly(key, like))))).toContain('noise lies in the ball')
    expect(balls(impostor((key, like) => treeScale(0, evenly(key, like))))).toEqual(
      expect.arrayContaining(['noise lies in the ball', 'it leaves a strict saddle, from the saddle itself']),
    )
  })

  it('noise where the gradient is large, and noise again too soon', () => {
    expect(balls(impostor(evenly, { below: 1e9 }))).toContain('where the gradient is not small it is gradient descent')
    expect(balls(impostor(evenly, { wait: 1 }))).toContain('after noise it waits')
  })
})
