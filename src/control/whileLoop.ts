/** Loops whose end depends on what they compute. */
import { isTracing, Traced } from '../core/Trace.js'
import { zeros } from '../data/construct.js'
import { raise } from '../data/Defect.js'
import { toNumber } from '../data/read.js'
import { showShape } from '../data/Shape.js'
import { isTensor, type Tensor } from '../data/Tensor.js'
import { alignedLeaves, withLeaves } from '../data/Tree.js'
import { notEqual, where } from '../primitive/choice.js'
import { max } from '../primitive/reduction.js'
import { reshape } from '../primitive/structure.js'
import type { Subprogram } from '../program/Subprogram.js'
import { closed, tensorsIn } from './closure.js'
import { batchedProgram, mapped, programOf, repeated, tangentsIn } from './derived.js'
import { type Joint, perform, type Tensors } from './Joint.js'

/** Both programs take `[...carries, ...free]`. */
interface While {
  readonly carries: number
  readonly condition: Subprogram
  readonly body: Subprogram
}

/** Any number but 0 goes on; NaN too, as for `where`. */
const goesOn = (condition: Tensor | undefined): boolean => condition !== undefined && toNumber(condition) !== 0

const repeatedly = (
  condition: (inputs: Tensors) => Tensors,
  body: (inputs: Tensors) => Tensors,
  inits: Tensors,
  free: Tensors,
): Tensors => {
  let carries = inits
  while (goesOn(condition([...carries, ...free])[0])) carries = body([...carries, ...free])
  return carries
}

const tangentWhile = ({ carries, condition, body }: While, active: ReadonlyArray<number>): While => {
  const inputs = body.program.inputs
  const [own, free] = [inputs.slice(0, carries), inputs.slice(carries)]
  const given = active.filter((i) => i >= carries)
  const shapes = [...own, ...own, ...free, ...given.map((i) => inputs[i] ?? [])]
  const values = (all: Tensors): Tensors => [
    ...all.slice(0, carries),
    ...all.slice(2 * carries, carries + inputs.length),
  ]
  return {
    carries: 2 * carries,
    condition: condition.derived(`while condition ${active.join()}`, () =>
      programOf(shapes, (all) => condition.run(values(all))),
    ),
    body: body.derived(`while push ${active.join()}`, () =>
      programOf(shapes, (all) =>
        tangentsIn(
          body,
          values(all),
          [...own.keys(), ...given],
          [...all.slice(carries, 2 * carries), ...all.slice(carries + inputs.length)],
        ).flat(),
      ),
    ),
  }
}

export const whileJ: Joint<While> = {
  name: 'while',
  formula: 'c_{k+1} = f(c_k)',
  inert: 0,
  shapes: ({ carries }, members) => members.slice(0, carries),
  run: ({ carries, condition, body }, members, engine) =>
    repeatedly(condition[engine], body[engine], members.slice(0, carries), members.slice(carries)),
  pushforward: (own, members, _, active, tangents) => {
    const { carries } = own
    const tangentOf = (i: number): Tensors => tangents.slice(active.indexOf(i)).slice(0, 1)
    const inits = members.slice(0, carries)
    return perform(whileJ, tangentWhile(own, active), [
      ...inits,
      ...inits.flatMap((x, i) => (active.includes(i) ? tangentOf(i) : [zeros(x.shape)])),
      ...members.slice(carries),
      ...active.filter((i) => i >= carries).flatMap(tangentOf),
    ]).slice(carries)
  },
  pullback: () =>
    raise(
      'InvalidArgument',
      'whileLoop: it cannot be differentiated backwards, since a backward sweep needs the value before each step, and how many there ' +
        'will be is only known when the loop ends. Use scan or fori with a number of steps that is known before, fixedPoint where ' +
        'the loop goes on until it converges, or forward mode (jvp, jacfwd).',
    ),
  batch: ({ carries, condition, body }, size, batched, members) => {
    const flags = batched.map((is, i) => i < carries || is)
    const shapes = body.program.inputs.map((shape, i) => (flags[i] === true ? [size, ...shape] : shape))
    const key = `${size} ${flags.map(Number).join('')}`
    const goOn = (inputs: Tensors): Tensors => mapped(condition.run, size, flags, inputs)
    // Goes on while any example does; those that are done keep what they have.
    const own = {
      carries,
      condition: condition.derived(`while any ${key}`, () =>
        programOf(shapes, (inputs) => goOn(inputs).map((each) => max(notEqual(each, 0)))),
      ),
      body: body.derived(`while each ${key} ${condition.toJSON()}`, () =>
        programOf(shapes, (inputs) => {
          const [goes] = goOn(inputs)
          const next = batchedProgram(body, size, flags).run(inputs)
          return next.map((x, i) =>
            goes === undefined ? x : where(reshape(goes, [size, ...x.shape.slice(1).map(() => 1)]), x, inputs[i] ?? x),
          )
        }),
      ),
    }
    const start = members.map((x, i) => (i < carries && batched[i] !== true ? repeated(x, size) : x))
    return perform(whileJ, own, start)
  },
}

const requireCondition = (condition: unknown): Tensor =>
  isTensor(condition) && condition.rank === 0
    ? condition
    : raise(
        'NotScalar',
        `whileLoop: expected a scalar condition, got ${isTensor(condition) ? `shape ${showShape(condition.shape)}` : typeof condition}. Reduce it with max or min?`,
      )

const requireCarry = <C>(init: C, carry: C): C => {
  alignedLeaves('whileLoop: the carry that the body returns differs from the initial one', init, carry)
  return carry
}

/**
 * A loop that goes on while a condition on the carried value holds.
 *
 *     whileLoop(condition, body)(c₀) = the first cₖ with condition(cₖ) = 0,   cₖ₊₁ = body(cₖ)
 *
 * Staged or compiled it is one operation. Forward mode works to any order; backward mode does not, since the number of steps is not
 * known before. Under `vmap` it goes on until the last example is done; the others keep their values.
 *
 * **Shapes** `init` and the result are trees of the same structure; the condition is a scalar.
 *
 * **Special values** a condition that is NaN holds, as in `where`.
 *
 * **Fails** with a `Defect` where the condition is no scalar, the carry changes its structure, or a backward sweep meets the loop.
 *
 * @example
 * import { jvp, less, mul, scalar, toNumber, whileLoop, type Tensor } from 'gradus'
 * const grow = whileLoop((x: Tensor) => less(x, 100), (x: Tensor) => mul(3, x))
 * toNumber(grow(scalar(2))) // => 162
 * toNumber(jvp(grow)(scalar(2), scalar(1))[1]) // => 81
 *
 * @since 0.1.0
 */
export const whileLoop =
  <C>(condition: (carry: C) => Tensor, body: (carry: C) => C) =>
  (init: C): C => {
    const inits = tensorsIn('whileLoop', init)
    const atOnce = (): C =>
      withLeaves(
        init,
        repeatedly(
          (carry) => [requireCondition(condition(withLeaves(init, carry)))],
          (carry) => tensorsIn('whileLoop', requireCarry(init, body(withLeaves(init, carry)))),
          inits,
          [],
        ),
      )
    if (!isTracing()) return atOnce()
    const { bodies, free } = closed<readonly [C], ReadonlyArray<Tensor>>(
      [
        (carry) => [requireCondition(condition(carry))],
        (carry) => tensorsIn('whileLoop', requireCarry(carry, body(carry))),
      ],
      [init],
      'hoisted',
    )
    const [goes, step] = bodies
    const members = [...inits, ...free]
    return goes === undefined || step === undefined || !members.some((x) => x instanceof Traced)
      ? atOnce()
      : withLeaves(
          init,
          perform(whileJ, { carries: inits.length, condition: goes.program, body: step.program }, members),
        )
  }
