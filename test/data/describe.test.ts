import {
  add,
  concat,
  cond,
  crossEntropy,
  eye,
  fromFloat64Array,
  grad,
  linspace,
  matmul,
  mean,
  meanSquaredError,
  normal,
  oneHot,
  ones,
  randomKey,
  reshape,
  scalar,
  scan,
  sort,
  splitKey,
  stack,
  std,
  sum,
  type Tensor,
  take,
  tensor,
  vmap,
  where,
  zeros,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { defectOf } from '../support/points.js'

/** Calls that a type checker refuses, and that reach the library from programs without one. */
const unchecked = (f: unknown, ...args: ReadonlyArray<unknown>): string =>
  defectOf(() => (typeof f === 'function' ? Reflect.apply(f, undefined, args) : undefined))

const x = tensor([1, 2])
const rows = ones([2, 3])

describe('what is no tensor', () => {
  it('is told with what came and what to try', () => {
    expect(unchecked(sum, [1, 2])).toMatchInlineSnapshot(
      `"InvalidArgument: sum: expected a tensor, got an array of 2. Make one of it with tensor(…)?"`,
    )
    expect(unchecked(sum, 3)).toMatchInlineSnapshot(
      `"InvalidArgument: sum: expected a tensor, got the number 3. Wrap it: scalar(3)?"`,
    )
    expect(unchecked(mean, undefined)).toMatchInlineSnapshot(
      `"InvalidArgument: mean: expected a tensor, got undefined. Is a name misspelled, or a return missing?"`,
    )
    expect(unchecked(add, [x], 1)).toMatchInlineSnapshot(
      `"InvalidArgument: add: expected a tensor or a number, got an array of 1. Join the tensors with stack or concat?"`,
    )
    expect(unchecked(add, grad, 1)).toMatchInlineSnapshot(
      `"InvalidArgument: add: expected a tensor or a number, got a function. Transforms are curried: grad(f)(x)."`,
    )
    expect(unchecked(add, 'one', 1)).toMatchInlineSnapshot(
      `"InvalidArgument: add: expected a tensor or a number, got the string "one"."`,
    )
    expect(unchecked(add, new Float64Array(2), 1)).toMatchInlineSnapshot(
      `"InvalidArgument: add: expected a tensor or a number, got an instance of Float64Array. Make one of it with fromFloat64Array(Float64Array.from(…), shape)?"`,
    )
    expect(unchecked(add, new Map(), 1)).toMatchInlineSnapshot(
      `"InvalidArgument: add: expected a tensor or a number, got an instance of Map."`,
    )
    expect(unchecked(add, { a: x }, 1)).toMatchInlineSnapshot(
      `"InvalidArgument: add: expected a tensor or a number, got a record with the keys a."`,
    )
    expect(unchecked(matmul, [[1]], rows)).toMatchInlineSnapshot(
      `"InvalidArgument: matmul: expected a tensor, got an array of 1. Make one of it with tensor(…)?"`,
    )
    expect(unchecked(reshape, null, [1])).toMatchInlineSnapshot(
      `"InvalidArgument: reshape: expected a tensor, got null."`,
    )
    expect(unchecked(take, x, [0, 1])).toMatchInlineSnapshot(
      `"InvalidArgument: take: expected a tensor, got an array of 2. Make one of it with tensor(…)?"`,
    )
    expect(unchecked(oneHot, [0, 1], 3)).toMatchInlineSnapshot(
      `"InvalidArgument: oneHot: expected a tensor, got an array of 2. Make one of it with tensor(…)?"`,
    )
    expect(unchecked(sort, [2, 1])).toMatchInlineSnapshot(
      `"InvalidAxis: sort: expected a tensor, got something without axes. Wrap numbers and arrays with tensor(…)?"`,
    )
    expect(unchecked(where, true, 1, 2)).toMatchInlineSnapshot(
      `"InvalidArgument: where: expected a tensor or a number, got the boolean true. Comparisons of tensors give tensors of 0 and 1: greater(a, b); a choice that is known before needs no tensor: c ? a : b."`,
    )
  })

  it('makes no tensor by itself', () => {
    expect(unchecked(tensor, ['1'])).toMatchInlineSnapshot(
      `"InvalidArgument: tensor: expected a number or nested arrays of numbers, got an array that begins with the string "1". Make numbers of them by Number?"`,
    )
    expect(unchecked(tensor, [[true]])).toMatchInlineSnapshot(
      `"InvalidShape: tensor: expected a number at [0][0], got true. All rows must have the same length."`,
    )
    expect(unchecked(tensor, null)).toMatchInlineSnapshot(
      `"InvalidArgument: tensor: expected a number or nested arrays of numbers, got null. Is something missing?"`,
    )
    expect(unchecked(tensor, new Int32Array(2))).toMatchInlineSnapshot(
      `"InvalidArgument: tensor: expected a number or nested arrays of numbers, got an instance of Int32Array. Copy it by fromFloat64Array(Float64Array.from(…), shape), or make arrays of it by Array.from?"`,
    )
    expect(unchecked(tensor, [x, x])).toMatchInlineSnapshot(
      `"InvalidArgument: tensor: expected a number or nested arrays of numbers, got an array that begins with a tensor [2]. Join tensors with stack or concat?"`,
    )
    expect(unchecked(tensor, x)).toMatchInlineSnapshot(
      `"InvalidArgument: tensor: expected a number or nested arrays of numbers, got a tensor [2]. It is a tensor already."`,
    )
    expect(unchecked(fromFloat64Array, new Float64Array(2))).toMatchInlineSnapshot(
      `"InvalidShape: fromFloat64Array: expected a shape such as [2, 3], got nothing."`,
    )
    expect(tensor([]).shape).toEqual([0])
    expect(tensor([[], []]).shape).toEqual([2, 0])
  })

  it('and what is no list, shape, count, key or function', () => {
    expect(unchecked(concat, x, x)).toMatchInlineSnapshot(
      `"InvalidArgument: concat: expected an array of tensors, got a tensor [2]. Write concat([a, b])?"`,
    )
    expect(unchecked(stack, x)).toMatchInlineSnapshot(
      `"InvalidArgument: stack: expected an array of tensors, got a tensor [2]. Write stack([a, b])?"`,
    )
    expect(unchecked(zeros, 3, 4)).toMatchInlineSnapshot(
      `"InvalidShape: zeros: expected a shape such as [2, 3], got 3. Write [3]?"`,
    )
    expect(unchecked(reshape, x, 2, 1)).toMatchInlineSnapshot(
      `"InvalidShape: reshape: expected a shape such as [2, 3], got 2. Write [2]?"`,
    )
    expect(unchecked(reshape, ones([6]), [-1, 4])).toMatchInlineSnapshot(
      `"ShapeMismatch: reshape: [6] holds 6 entries, which do not divide into [-1,4]."`,
    )
    expect(unchecked(eye, [3])).toMatchInlineSnapshot(
      `"InvalidArgument: eye: expected how many rows, an integer of 0 or more, got an array of 1."`,
    )
    expect(unchecked(linspace, 0, 1)).toMatchInlineSnapshot(
      `"InvalidArgument: linspace: expected how many numbers, an integer of 0 or more, got undefined."`,
    )
    expect(unchecked(normal, [2])).toMatchInlineSnapshot(
      `"InvalidArgument: normal: expected a key as its first argument, got an array of 1. Make one by randomKey(seed)?"`,
    )
    expect(unchecked(splitKey, 7)).toMatchInlineSnapshot(
      `"InvalidArgument: splitKey: expected a key as its first argument, got the number 7. Make one by randomKey(7)?"`,
    )
    expect(unchecked(grad, x)).toMatchInlineSnapshot(
      `"InvalidArgument: grad: expected a function, got a tensor [2]. Write grad(f)(x)?"`,
    )
    expect(
      defectOf(() => cond(...([scalar(1), (y: Tensor) => y] as unknown as [() => Tensor, () => Tensor]))(1)),
    ).toMatchInlineSnapshot(
      `"InvalidArgument: cond: expected functions first, got a tensor []. Write cond(f, g)(predicate, x)?"`,
    )
  })

  it('nor a result of a function under a transform', () => {
    expect(
      unchecked(
        grad((y: Tensor) => ({ loss: sum(y) }) as unknown as Tensor),
        x,
      ),
    ).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got a record with the keys loss. Return the loss alone; vjp and jvp take functions with several results."`,
    )
    expect(
      unchecked(
        grad(() => undefined as unknown as Tensor),
        x,
      ),
    ).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got undefined. Is a name misspelled, or a return missing?"`,
    )
    expect(unchecked(grad((async () => scalar(1)) as unknown as () => Tensor), x)).toMatchInlineSnapshot(
      `"NotScalar: grad: expected a function with a scalar result, got an instance of Promise. Await it first: functions that are differentiated cannot be async."`,
    )
    expect(
      unchecked(
        scan((c: Tensor) => c as unknown as readonly [Tensor, Tensor]),
        scalar(0),
        x,
      ),
    ).toMatchInlineSnapshot(
      `"StructureMismatch: scan: expected the body to return [carry, result of the step], got a tensor []. Without a result, return [carry, []]."`,
    )
  })
})

describe('arithmetic of JavaScript', () => {
  it('on a tensor is a mistake and not NaN', () => {
    const two = scalar(2) as unknown as number
    expect(defectOf(() => two * 2)).toMatchInlineSnapshot(
      `"InvalidArgument: JavaScript cannot calculate with tensor[] 2: expected a number beside *, +, <, Math.sin and the like. Use mul(x, 2), add(a, b), less(a, b), sin(x); String(x) for text; toNumber(x) for the number, outside of transforms."`,
    )
    expect(defectOf(() => two > 0)).toContain('less(a, b)')
    expect(defectOf(() => Math.sin(two))).toContain('sin(x)')
    expect(
      defectOf(() => grad((y: Tensor) => ((y as unknown as number) > 0 ? y : scalar(0)))(scalar(1))),
    ).toMatchInlineSnapshot(
      `"InvalidArgument: JavaScript cannot calculate with traced [] in grad: expected a number beside *, +, <, Math.sin and the like. Use mul(x, 2), add(a, b), less(a, b), sin(x); String(x) for text; toNumber(x) for the number, outside of transforms."`,
    )
  })

  it('while text is text', () => {
    expect(`${x}`).toBe('tensor[2] [1, 2]')
    expect(String(x)).toBe('tensor[2] [1, 2]')
  })
})

describe('options', () => {
  it('with names that nobody reads are refused', () => {
    expect(unchecked(sum, rows, { axis: 1 })).toMatchInlineSnapshot(
      `"InvalidArgument: sum: there is no option axis; expected axes (a list of axes such as [0]), keepAxes (true: the axes stay, with length 1)."`,
    )
    expect(unchecked(mean, rows, { axes: [1], keepdims: true })).toContain('there is no option keepdims')
    expect(unchecked(sum, rows, 1)).toMatchInlineSnapshot(
      `"InvalidArgument: sum: expected options as a record with axes (a list of axes such as [0]), keepAxes (true: the axes stay, with length 1), got the number 1."`,
    )
    expect(unchecked(sum, rows, [1])).toContain('got an array of 1')
    expect(unchecked(sum, rows, { axes: 1 })).toMatchInlineSnapshot(
      `"InvalidAxis: sum: expected a list of axes such as [0], got 1."`,
    )
    expect(unchecked(sort, x, { ascending: true })).toContain('descending (true: the largest first)')
    expect(unchecked(vmap, sum, { inAxes: [0] })).toContain('there is no option inAxes')
    expect(unchecked(crossEntropy, rows, rows, { reduce: 'sum' })).toContain('there is no option reduce')
    expect(unchecked(meanSquaredError, x, x, { reduction: 'avg' })).toMatchInlineSnapshot(
      `"InvalidArgument: meanSquaredError: expected reduction to be 'mean', 'sum' or 'none', got the string "avg"."`,
    )
    expect(unchecked(normal, randomKey(1), [2], { std: 2 })).toContain('deviation (the standard deviation)')
  })

  it('with names that are read go through', () => {
    expect(std(rows, { axes: [1], keepAxes: true, correction: 1 }).shape).toEqual([2, 1])
    expect(sum(rows, {}).shape).toEqual([])
  })
})
