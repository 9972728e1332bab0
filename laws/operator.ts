/** What makes a linear operator one, and what a Krylov subspace of it must know. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { eigen, type LinearOperator, lanczos, type Subspace } from '../src/curvature/index.js'
import {
  eye,
  ravel,
  type Tensor,
  tensor,
  toArray,
  toFloat64Array,
  toNumber,
  transpose,
  treeAxpy,
  treeDot,
  treeNorm,
} from '../src/index.js'
import { all, atMost, because, close, type Evidence, same } from './close.js'
import { directionLike, seeds } from './direction.js'
import { law, type RuleSet, ruleSet } from './Law.js'

/**
 * Operators that claim to be symmetric and linear, and what builds their Krylov subspaces if it is not `lanczos`.
 *
 * @since 0.1.0
 */
export interface OperatorClaim<P> {
  readonly name: string
  readonly operators: fc.Arbitrary<LinearOperator<P>>
  readonly subspace?: (options: {
    readonly start: P
    readonly dimension: number
  }) => (operator: LinearOperator<P>) => Subspace<P>
  /** Allowed error, relative to the sizes that are compared; default 1e-9. */
  readonly tolerance?: number
}

interface Instance<P> {
  readonly operator: LinearOperator<P>
  readonly u: P
  readonly v: P
  readonly dimension: number
}

const unit = (size: number, i: number): Tensor => tensor(Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)))

const columns = (size: number): ReadonlyArray<number> => Array.from({ length: size }, (_, i) => i)

const norm = (tree: unknown): number => toNumber(treeNorm(tree))

const spectrumOf = (matrix: Tensor): ReadonlyArray<number> => {
  const found = eigen(matrix)
  return E.isRight(found) ? [...toFloat64Array(found.right.values)] : []
}

/** The images of the first basis vectors lie in the space themselves. */
const imagesInside = <P>(
  { apply }: LinearOperator<P>,
  { dimension, expand, project }: Subspace<P>,
  count: number,
): Evidence => {
  const images = columns(count).map((i) => apply(expand(unit(dimension, i))))
  // A basis vector that is new by a little is known by a little only.
  return because('new directions are told from rounding at 10⁻¹⁰')(
    close(1e-6, Math.max(1, ...images.map(norm)))(
      images.map((image) => ravel(expand(project(image)))[0]),
      images.map((image) => ravel(image)[0]),
    ),
  )
}

/**
 * The laws of symmetric linear operators, and of the Krylov subspaces that are built of them: symmetry, linearity, the matrix by
 * its columns; an orthonormal basis, the operator as seen from inside, images that leave the basis in one direction only, as
 * many vectors as asked for, and Ritz values between the eigenvalues, interlacing.
 *
 * **References** Parlett, *The Symmetric Eigenvalue Problem* (1998), §10.1 (interlacing) and ch. 13.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { square, sum, type Tensor } from 'gradus'
 * import { hessianOperator } from 'gradus/curvature'
 * import { check, operatorLaws, tensors } from 'gradus/laws'
 * const hessians = tensors([3]).map(hessianOperator((x: Tensor) => sum(square(square(x)))))
 * E.isRight(check({ seed: 1 })(operatorLaws({ name: 'Hessians', operators: hessians }))) // => true
 *
 * @since 0.1.0
 */
export const operatorLaws = <P>({
  name,
  operators,
  subspace = lanczos,
  tolerance = 1e-9,
}: OperatorClaim<P>): RuleSet => {
  const drawn: fc.Arbitrary<Instance<P>> = fc
    .record({ operator: operators, seed: seeds, dimension: fc.integer({ min: 1, max: 6 }) })
    .map(({ operator, seed, dimension }) => ({
      operator,
      dimension,
      u: directionLike(operator.like, seed),
      v: directionLike(operator.like, (seed + 1) % 2 ** 31),
    }))
  const near = (left: unknown, right: unknown, size = 1): Evidence =>
    because('rounding beside the size of the operator')(close(tolerance, Math.max(1, size))(left, right))
  const spaceOf = ({ operator, u, dimension }: Instance<P>): Subspace<P> => subspace({ start: u, dimension })(operator)
  return ruleSet(name, [
    ruleSet(
      `${name} › operator`,
      [],
    )([
      law('it is symmetric: ⟨u, A v⟩ = ⟨A u, v⟩', drawn, ({ operator: { apply }, u, v }) =>
        near(treeDot(u, apply(v)), treeDot(apply(u), v), norm(apply(v))),
      ),
      law('it is linear', drawn, ({ operator: { apply }, u, v }) =>
        near(
          ravel(apply(treeAxpy(-2.5, u, v)))[0],
          treeAxpy(-2.5, ravel(apply(u))[0], ravel(apply(v))[0]),
          norm(apply(u)) + norm(apply(v)),
        ),
      ),
      law('it has the size of what it acts on', drawn, ({ operator: { like, size } }) =>
        same(size, ravel(like)[0].size),
      ),
      law(
        'its matrix has the images of unit vectors for its columns',
        drawn,
        ({ operator: { like, size, apply, matrix } }) => {
          const [, unravel] = ravel(like)
          const images = columns(size).map((i) => ravel(apply(unravel(unit(size, i))))[0])
          return near(
            toArray(transpose(matrix())),
            images.map((image) => toArray(image)),
            Math.max(0, ...images.map(norm)),
          )
        },
      ),
    ]),
    ruleSet(
      `${name} › Krylov subspaces`,
      [],
    )([
      law('the basis is orthonormal', drawn, (instance) => {
        const { dimension, expand, project } = spaceOf(instance)
        return close(1e-10)(
          columns(dimension).map((i) => toArray(project(expand(unit(dimension, i))))),
          toArray(eye(dimension)),
        )
      }),
      law('the operator seen from inside is Vᵀ A V', drawn, (instance) => {
        const { dimension, restricted, expand, project } = spaceOf(instance)
        const images = columns(dimension).map((i) => project(instance.operator.apply(expand(unit(dimension, i)))))
        return near(
          toArray(restricted),
          images.map((image) => toArray(image)),
          Math.max(0, ...images.map(norm)),
        )
      }),
      law('the start lies inside', drawn, (instance) => {
        const { expand, project } = spaceOf(instance)
        return near(ravel(expand(project(instance.u)))[0], ravel(instance.u)[0])
      }),
      law('all images but the last lie inside', drawn, (instance) => {
        const space = spaceOf(instance)
        return imagesInside(instance.operator, space, space.dimension - 1)
      }),
      law('it is as large as it was asked to be, or all images lie inside', drawn, (instance) => {
        const space = spaceOf(instance)
        const asked = Math.min(instance.dimension, instance.operator.size)
        return space.dimension === asked
          ? same(space.dimension, asked)
          : all(atMost()(space.dimension, asked), imagesInside(instance.operator, space, space.dimension))
      }),
      law('Ritz values interlace the eigenvalues', drawn, (instance) => {
        const { dimension, restricted } = spaceOf(instance)
        const [ritz, values] = [spectrumOf(restricted), spectrumOf(instance.operator.matrix())]
        const slack = tolerance * values.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
        const rises = ritz.flatMap((value, i) => [
          (values[i] ?? Number.NaN) - value,
          value - (values[values.length - dimension + i] ?? Number.NaN),
        ])
        return all(
          same(ritz.length, dimension),
          because('rounding beside the largest eigenvalue')(
            atMost(slack)(
              rises.reduce((most, rise) => Math.max(most, rise), -Infinity),
              0,
            ),
          ),
        )
      }),
    ]),
  ])([])
}
