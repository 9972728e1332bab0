/** Leaves that are held keep their bits, whatever the chain; and the laws find what moves them or looks at them. */
import * as E from 'fp-ts/lib/Either.js'
import { type Tensor, treeMap, treeScale, zeros } from 'gradus'
import { check, maskLaws, type RuleSet, register } from 'gradus/laws'
import {
  addWeightDecay,
  chain,
  clipByGlobalNorm,
  except,
  freeze,
  type MaskedState,
  masked,
  type Selection,
  type StateType,
  scaleBy,
  scaleByAdam,
  type Transformation,
  trace,
} from 'gradus/optimize'
import { describe, expect, it } from 'vitest'

const some = { instances: 30 }

register({ describe, it }, some)(maskLaws({ name: 'descent', transformation: scaleBy(-0.1) }))
register(
  { describe, it },
  some,
)(
  maskLaws({
    name: 'a clipped and decaying adam',
    transformation: chain(clipByGlobalNorm(1), scaleByAdam(), addWeightDecay(0.1), scaleBy(-0.1)),
  }),
)

const failedOf = (rules: RuleSet): ReadonlyArray<string> => {
  const outcome = check({ seed: 5, shrink: false, instances: 50 })(rules)
  return E.isLeft(outcome) ? outcome.left.map(({ law }) => law.replace(`${rules.name} › `, '')) : []
}

type Hold = typeof freeze

const impostor = (hold: Hold): ReadonlyArray<string> =>
  failedOf(maskLaws({ name: 'x', transformation: chain(clipByGlobalNorm(1), trace(0.5), scaleBy(-0.1)), hold }))

describe('the laws of held leaves find', () => {
  it('nothing where nothing is wrong', () => {
    expect(impostor(freeze)).toEqual([])
  })

  it('leaves that move after all', () => {
    const others: Hold = (selection: Selection) => masked(except(selection))
    expect(impostor(others)).toContain('held leaves keep their bits')
  })

  it('leaves that lose the sign of a zero', () => {
    const added: Hold =
      () =>
      <F extends StateType>(transformation: Transformation<F>) => {
        const { init, update } = freeze((path) => path.includes('held'))(transformation)
        const lossy: Transformation<MaskedState<F>> = {
          init,
          update: (updates, it) => (state) => {
            const [moved, next] = update(updates, it)(state)
            return [treeMap((leaf: Tensor) => (leaf.size === 3 ? zeros(leaf.shape) : leaf))(moved), next]
          },
        }
        return lossy
      }
    expect(impostor(added)).toEqual(['held leaves keep their bits'])
  })

  it('held leaves that count where the others are clipped', () => {
    const afterwards: Hold =
      (selection) =>
      <F extends StateType>(transformation: Transformation<F>) => {
        const { init, update } = freeze(selection)(transformation)
        const half: Transformation<MaskedState<F>> = {
          init,
          update: (updates, it) => update(treeScale(1 / (1 + it.gradientNorm), updates), it),
        }
        return half
      }
    expect(impostor(afterwards)).toEqual(['the others move as if there were no more'])
  })
})
