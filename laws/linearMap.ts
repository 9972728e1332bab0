/** What makes a linear map with its transpose one: a pair of functions that are linear, adjoint to each other, and quiet at zero. */
import * as fc from 'fast-check'
import {
  jvp,
  type Shape,
  type TapeEntry,
  type Tensor,
  toNumber,
  treeAxpy,
  treeDot,
  treeNorm,
  vjp,
  zeros,
} from '../src/index.js'
import { tensors } from './arbitrary.js'
import { all, because, close, type Evidence } from './close.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * A linear function of tensors with what claims to be its transpose.
 *
 * @since 0.1.0
 */
export interface LinearMapClaim {
  readonly name: string
  readonly from: Shape
  readonly to: Shape
  readonly apply: (t: Tensor) => Tensor
  readonly transpose: (u: Tensor) => Tensor
}

const size = (x: Tensor): number => toNumber(treeNorm(x))

/** Near each other beside the sizes of what was multiplied, which rounding is relative to. */
const beside = (left: unknown, right: unknown, ...sizes: ReadonlyArray<number>): Evidence =>
  because('rounding of sums and products')(
    close(
      1e-12,
      sizes.filter(Number.isFinite).reduce((most, each) => Math.max(most, each), 1),
    )(left, right),
  )

/**
 * The laws of a linear map and its transpose: both are linear; ⟨u, L t⟩ = ⟨Lᵀ u, t⟩; the transpose of the transpose, which is
 * the pullback of it, is the map; zeros go to zeros exactly, whatever the coefficients are.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { flip, type Tensor } from 'gradus'
 * import { check, linearMapLaws } from 'gradus/laws'
 * const map = { name: 'flip', from: [3], to: [3], apply: (t: Tensor) => flip(t), transpose: (u: Tensor) => flip(u) }
 * E.isRight(check({ seed: 1 })(linearMapLaws(map))) // => true
 * E.isRight(check({ seed: 1 })(linearMapLaws({ ...map, transpose: (u: Tensor) => u }))) // => false
 *
 * @since 0.1.0
 */
export const linearMapLaws = ({ name, from, to, apply, transpose }: LinearMapClaim): RuleSet => {
  const linear = (f: (x: Tensor) => Tensor, shape: Shape): fc.IRawProperty<unknown, false> =>
    law('', fc.tuple(tensors(shape), tensors(shape)), ([a, b]) => {
      const [left, right] = [f(treeAxpy(-2.5, a, b)), treeAxpy(-2.5, f(a), f(b))]
      return beside(left, right, size(f(a)), size(f(b)))
    }).property
  return ruleSet(
    name,
    [],
  )([
    { name: 'it is linear', property: linear(apply, from) },
    { name: 'its transpose is linear', property: linear(transpose, to) },
    law('⟨u, L t⟩ = ⟨Lᵀ u, t⟩', fc.tuple(tensors(from), tensors(to)), ([t, u]) => {
      const [image, back] = [apply(t), transpose(u)]
      return beside(treeDot(u, image), treeDot(back, t), size(u) * size(image), size(back) * size(t))
    }),
    law('the transpose of the transpose is the map', tensors(from), (t) =>
      beside(vjp(transpose)(zeros(to))[1](t), apply(t), size(apply(t))),
    ),
    law('zeros go to zeros', fc.constant(0), () =>
      all(close(0)(apply(zeros(from)), zeros(to)), close(0)(transpose(zeros(to)), zeros(from))),
    ),
  ])
}

/**
 * The differential of an operation of a tape with respect to each input that has one, as linear maps with their transposes.
 *
 * @example
 * import { mul, tapeOf, tensor, type Tensor } from 'gradus'
 * import { linearMapsOf } from 'gradus/laws'
 * const tape = tapeOf((x: Tensor) => mul(x, x))(tensor([1, 2]))
 * tape.flatMap(linearMapsOf).map(({ name }) => name) // => ['mul, input 0', 'mul, input 1']
 *
 * @since 0.1.0
 */
export const linearMapsOf = ({
  primitive,
  inputs,
  output,
  hasDerivative,
  call,
}: TapeEntry): ReadonlyArray<LinearMapClaim> =>
  inputs.flatMap((at, index) => {
    if (hasDerivative[index] !== true) return []
    const f = (x: Tensor): Tensor => call(inputs.map((input, i) => (i === index ? x : input)))
    return [
      {
        name: `${primitive}, input ${index}`,
        from: at.shape,
        to: output.shape,
        apply: (t: Tensor) => jvp(f)(at, t)[1],
        transpose: (u: Tensor) => vjp(f)(at)[1](u),
      },
    ]
  })
