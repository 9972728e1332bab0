/** A loss in other hands: compiled, batched, masked by `where`, seen in other variables, and finite in all of them. */
import * as fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import {
  compile,
  fromFloat64Array,
  grad,
  hvp,
  type Loss,
  log,
  matmul,
  mul,
  ravel,
  stack,
  sub,
  type Tensor,
  toFloat64Array,
  treeAxpy,
  treeDot,
  treeLeaves,
  treeMap,
  vmap,
  where,
} from '../src/index.js'
import { type Blame, blame, blameNonFinite } from './blame.js'
import { all, because, close, type Evidence, same } from './close.js'
import { directed } from './direction.js'
import { law, type RuleSet, ruleSet } from './Law.js'
import { firstNonFinite, isFiniteTree, showNonFinite } from './nonFinite.js'

/** What these laws need to know of a loss. */
interface Looked<P> {
  readonly name: string
  readonly loss: Loss<P>
  readonly params: fc.Arbitrary<P>
}

const zerosLike = <P>(p: P): P => treeMap((leaf) => fromFloat64Array(new Float64Array(leaf.size), leaf.shape))(p)

/** The first operation that makes what is not finite, as one side of a comparison whose other side is that all is well. */
const finite = <P>(what: unknown, scalarOf: Loss<P>, p: P): Evidence => {
  if (isFiniteTree(what)) return same('finite', 'finite')
  const found = firstNonFinite(scalarOf)(p)
  return same(O.isSome(found) ? showNonFinite(found.value) : 'not finite', 'finite')
}

/** Values, gradients and products with the Hessian are numbers at the points that the loss is meant for. */
export const finitenessLaws = <P>({ name, loss, params }: Looked<P>): RuleSet => {
  const slopeAlong =
    (v: P): Loss<P> =>
    (p) =>
      treeDot(grad(loss)(p), v)
  return ruleSet(
    `${name} › finiteness`,
    [],
  )([
    law('its value is finite', params, (p) => finite(loss(p), loss, p), blameNonFinite(loss)),
    law(
      'its gradient is finite where its value is',
      params,
      (p) => {
        fc.pre(isFiniteTree(loss(p)))
        return finite(grad(loss)(p), loss, p)
      },
      blameNonFinite(loss),
    ),
    law(
      'products with its Hessian are finite where its gradient is',
      directed(params),
      ({ p, v }) => {
        fc.pre(isFiniteTree(grad(loss)(p)))
        return finite(hvp(loss)(p)(v), slopeAlong(v), p)
      },
      ({ p, v }) => blameNonFinite(slopeAlong(v))(p),
    ),
  ])
}

/** I − 2 v vᵀ for a unit vector, times a factor: a change of variables with a known inverse. */
const changed = (v: Tensor, factor: number, x: Tensor): Tensor => mul(factor, sub(x, mul(2, mul(v, treeDot(v, x)))))

const compiledReason = because('compiled elementary functions are within 2 ulp, and sums are reordered')

const batchReason = because('products of batches round their sums in another order')

/** The same numbers whatever way the loss is run. */
export const agreementLaws = <P>({ name, loss, params }: Looked<P>): RuleSet => {
  const [fast, fastGradient] = [compile(loss), compile(grad(loss))]
  const points = directed(params)
  const guilty =
    (...faults: NonNullable<Parameters<typeof blame<P>>[1]>) =>
    ({ p }: { readonly p: P }): O.Option<Blame> =>
      blame(loss, faults)(p)
  return ruleSet(
    `${name} › agreement`,
    [],
  )([
    law(
      'compiled, it has the same value and gradient',
      points,
      ({ p }) =>
        all(
          compiledReason(close(1e-10)(fast(p), loss(p))),
          compiledReason(close(1e-10)(treeLeaves(fastGradient(p)), treeLeaves(grad(loss)(p)))),
        ),
      guilty('compiled it gives something else'),
    ),
    law(
      'a batch of points gives what each gives by itself',
      points,
      ({ p, u, v }) => {
        const [, unravel] = ravel(p)
        const rows = [p, treeAxpy(1e-2, u, p), treeAxpy(-1e-2, v, p)].map((each) => ravel(each)[0])
        const value = (row: Tensor): Tensor => loss(unravel(row))
        const gradient = (row: Tensor): Tensor => ravel(grad(loss)(unravel(row)))[0]
        return all(
          batchReason(close(1e-10)(vmap(value)(stack(rows)), stack(rows.map(value)))),
          batchReason(close(1e-10)(vmap(gradient)(stack(rows)), stack(rows.map(gradient)))),
        )
      },
      guilty('a batch of inputs gives something else than each by itself'),
    ),
    law('gradients and Hessian products follow a change of variables', points, ({ p, u, v }) => {
      const [[x, unravel], [w], [direction]] = [ravel(p), ravel(u), ravel(v)]
      const factor = 1.5
      const center = sub(x, changed(w, factor, x))
      // θ = c + B φ with B = Bᵀ, seen from φ = x, where θ is p up to rounding.
      const seen = (y: Tensor): Tensor => loss(unravel(treeAxpy(1, center, changed(w, factor, y))))
      const product = ravel(hvp(loss)(p)(unravel(changed(w, factor, direction))))[0]
      return all(
        because('the point moves by a rounding')(
          close(1e-8)(grad(seen)(x), changed(w, factor, ravel(grad(loss)(p))[0])),
        ),
        because('the point moves by a rounding')(close(1e-8)(hvp(seen)(x)(direction), changed(w, factor, product))),
      )
    }),
  ])
}

/** A point of which some entries are replaced by a number that losses are seldom asked for. */
const spoiled = <P>(p: P, special: number, every: number): P =>
  treeMap((leaf) =>
    fromFloat64Array(
      toFloat64Array(leaf).map((entry, i) => (i % every === 0 ? special : entry)),
      leaf.shape,
    ),
  )(p)

/** `where` takes one branch, and the other leaves no trace: not in the value, not in the gradient, not in the curvature. */
export const maskingLaws = <P>({ name, loss, params }: Looked<P>): RuleSet => {
  const masked: Loss<P> = (p) => where(0, loss(p), 1)
  const pole = (p: P): Tensor => log(matmul(ravel(p)[0], mul(0, ravel(p)[0])))
  const chosen: Loss<P> = (p) => where(1, loss(p), pole(p))
  return ruleSet(
    `${name} › masking`,
    [],
  )([
    law(
      'where it is not taken it leaves no trace, whatever its value is there',
      fc.tuple(directed(params), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0), fc.constantFrom(1, 2)),
      ([{ p, v }, special, every]) => {
        const at = spoiled(p, special, every)
        return all(
          close(0)(masked(at), 1),
          close(0)(treeLeaves(grad(masked)(at)), treeLeaves(zerosLike(p))),
          close(0)(treeLeaves(hvp(masked)(at)(v)), treeLeaves(zerosLike(p))),
        )
      },
    ),
    law('where it is taken nothing is seen of a pole beside it', directed(params), ({ p, v }) =>
      all(
        close(0)(chosen(p), loss(p)),
        close(0)(treeLeaves(grad(chosen)(p)), treeLeaves(grad(loss)(p))),
        because('terms may be added in another order')(
          close(1e-12)(treeLeaves(hvp(chosen)(p)(v)), treeLeaves(hvp(loss)(p)(v))),
        ),
      ),
    ),
  ])
}
