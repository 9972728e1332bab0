/** What holding leaves fast must do: they keep their bits, and do not count where others move. */
import * as fc from 'fast-check'
import { add, type Loss, mul, square, sub, sum, type Tensor, tensor } from '../src/index.js'
import {
  descend,
  freeze,
  minimize,
  named,
  objective,
  type StateType,
  type Transformation,
} from '../src/optimize/index.js'
import { evenly, tensors } from './arbitrary.js'
import { all, because, close, same } from './close.js'
import { identical } from './codec.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { iterates } from './walk.js'

/**
 * A transformation of updates, the whole chain of an optimizer as a rule, and a way to hold leaves if it is not `freeze`.
 *
 * @since 0.1.0
 */
export interface MaskClaim<F extends StateType> {
  readonly name: string
  readonly transformation: Transformation<F>
  readonly hold?: typeof freeze
}

interface Params {
  readonly moved: Tensor
  readonly held: Tensor
}

/** Zeros of both signs, a subnormal number and the largest of those whose square is finite. */
const unusual: fc.Arbitrary<Tensor> = fc
  .array(fc.oneof(evenly(-3, 3), fc.constantFrom(0, -0, 5e-324, -5e-324, 1e150)), { minLength: 3, maxLength: 3 })
  .map((entries) => tensor(entries))

const starts: fc.Arbitrary<Params> = fc.record({ moved: tensors([2], { min: 0.5, max: 3 }), held: unusual })

const bowl: Loss<Params> = ({ moved, held }) => add(sum(square(moved)), mul(0.5, sum(square(sub(held, 1)))))

const rest: Loss<{ readonly moved: Tensor }> = ({ moved }) => sum(square(moved))

/**
 * The laws of leaves that are held: they keep their bits, −0 and subnormal numbers too, compiled or not; and the others move as they would
 * if the held ones were not there.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { check, maskLaws } from 'gradus/laws'
 * import { chain, scaleBy, scaleByAdam } from 'gradus/optimize'
 * const rules = maskLaws({ name: 'adam', transformation: chain(scaleByAdam(), scaleBy(-0.1)) })
 * E.isRight(check({ seed: 1, instances: 20 })(rules)) // => true
 *
 * @since 0.1.0
 */
export const maskLaws = <F extends StateType>({ name, transformation, hold = freeze }: MaskClaim<F>): RuleSet => {
  const held = hold(named('held'))(transformation)
  return ruleSet(
    name,
    [],
  )([
    law(
      'held leaves keep their bits',
      fc.tuple(starts, fc.constantFrom('always' as const, 'never' as const)),
      ([start, compilation]) => {
        const optimizer = descend(name, held, { compilation })
        const its = iterates(minimize(optimizer, objective(bowl, { compilation }))(start), 3)
        const last = its[its.length - 1]
        return all(same(its.length, 4), identical(last?.params.held, start.held))
      },
    ),
    law('the others move as if there were no more', starts, (start) => {
      const optimizer = descend(name, held, { compilation: 'never' })
      const own = descend(name, transformation, { compilation: 'never' })
      const whole = iterates(minimize(optimizer, objective(bowl))(start), 3)
      const alone = iterates(minimize(own, objective(rest))({ moved: start.moved }), 3)
      return because('sums over the leaves that are there')(
        close(1e-12)(
          whole.map(({ params }) => params.moved),
          alone.map(({ params }) => params.moved),
        ),
      )
    }),
  ])
}
