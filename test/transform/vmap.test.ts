import {
  add,
  argmax,
  broadcastTo,
  categorical,
  clamp,
  concat,
  cumsum,
  diagonal,
  dot,
  einsum,
  expandDims,
  flip,
  gather,
  grad,
  greater,
  hessian,
  hvp,
  jacrev,
  jvp,
  log,
  logSumExp,
  matmul,
  max,
  mean,
  min,
  mul,
  norm,
  normal,
  oneHot,
  outer,
  pad,
  permute,
  pow,
  prod,
  randomKey,
  reshape,
  scalar,
  scatterAdd,
  sin,
  slice,
  softmax,
  square,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  tile,
  toArray,
  transpose,
  variance,
  vmap,
  where,
} from 'gradus'
import { describe, expect, it } from 'vitest'
import { expectNear, expectSameBits } from '../support/near.js'
import { defectOf } from '../support/points.js'

const rows = tensor([
  [1, 2],
  [3, 4],
  [5, 6],
])

/** Example i of a batch along an axis. */
const example = (x: Tensor, i: number, axis = 0): Tensor => {
  const starts = x.shape.map((_, at) => (at === axis ? i : 0))
  const ends = x.shape.map((length, at) => (at === axis ? i + 1 : length))
  return squeeze(slice(x, starts, ends), [axis])
}

const examples = (x: Tensor, axis = 0): ReadonlyArray<Tensor> =>
  Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => example(x, i, axis))

describe('batch axes', () => {
  const f = (a: Tensor, b: Tensor): Tensor => sub(mul(2, a), b)

  it('are the first by default, for arguments and results', () => {
    expect(toArray(vmap((x: Tensor) => sum(x))(rows))).toEqual([3, 7, 11])
    expect(toArray(vmap(f)(rows, rows))).toEqual(toArray(rows))
  })

  it('may be any, one for all arguments or one each, from either end', () => {
    expect(toArray(vmap((x: Tensor) => sum(x), { in: 1 })(rows))).toEqual([9, 12])
    expect(toArray(vmap((x: Tensor) => sum(x), { in: -1 })(rows))).toEqual([9, 12])
    expect(toArray(vmap(f, { in: [0, 1] })(rows, transpose(rows)))).toEqual(toArray(rows))
    expect(toArray(vmap((x: Tensor) => x, { in: 1, out: 1 })(rows))).toEqual(toArray(rows))
    expect(toArray(vmap((x: Tensor) => x, { in: 0, out: -1 })(rows))).toEqual(toArray(transpose(rows)))
    const cube = normal(randomKey(1), [2, 3, 4])
    expect(vmap((x: Tensor) => transpose(x), { in: 1, out: 2 })(cube).shape).toEqual([4, 2, 3])
  })

  it('are absent from shared arguments, which may be anything', () => {
    expect(toArray(vmap(dot, { in: [0, null] })(rows, tensor([1, 10])))).toEqual([21, 43, 65])
    const g = (x: Tensor, options: { readonly scale: number }, name: string): Tensor =>
      name === 'scaled' ? mul(options.scale, x) : x
    expect(toArray(vmap(g, { in: [0, null, null] })(rows, { scale: 2 }, 'scaled'))).toEqual([
      [2, 4],
      [6, 8],
      [10, 12],
    ])
  })

  it('go through trees', () => {
    const p = { w: rows, b: [tensor([1, 2, 3])] as const }
    const g = ({ w, b }: typeof p): { readonly y: Tensor; readonly both: readonly [Tensor, Tensor] } => ({
      y: mul(w, b[0]),
      both: [sum(w), scalar(5)],
    })
    const { y, both } = vmap(g)(p)
    expect(toArray(y)).toEqual([
      [1, 2],
      [6, 8],
      [15, 18],
    ])
    expect(both.map(toArray)).toEqual([
      [3, 7, 11],
      [5, 5, 5],
    ])
  })

  it('that differ are refused, with the arguments and paths', () => {
    expect(defectOf(() => vmap(f)(rows, transpose(rows)))).toMatchInlineSnapshot(
      `"ShapeMismatch: vmap: batch axes differ: 3 in argument 0 [3,2], 2 in argument 1 [2,3]."`,
    )
    expect(
      defectOf(() => vmap(({ a, b }: { a: Tensor; b: Tensor }) => add(a, b))({ a: rows, b: tensor([1]) })),
    ).toMatchInlineSnapshot(
      `"ShapeMismatch: vmap: batch axes differ: 3 in argument 0 at .a [3,2], 1 in argument 0 at .b [1]."`,
    )
    expect(defectOf(() => vmap((x: Tensor) => x)(scalar(1)))).toMatchInlineSnapshot(
      `"InvalidAxis: vmap: axis 0 asked of a scalar, which has no axes. Leave the axis out?"`,
    )
    expect(defectOf(() => vmap((x: Tensor) => x, { in: null })(rows))).toMatchInlineSnapshot(
      `"InvalidArgument: vmap: no argument has a batch axis."`,
    )
    expect(defectOf(() => vmap(f, { in: [0] })(rows, rows))).toMatchInlineSnapshot(
      `"InvalidArgument: vmap: no batch axis given for argument 1."`,
    )
    expect(defectOf(() => vmap((x: Tensor) => x, { in: 2 })(rows))).toMatchInlineSnapshot(
      `"InvalidAxis: vmap: axis 2 does not exist in rank 2; expected an integer from -2 to 1."`,
    )
    expect(defectOf(() => vmap((x: Tensor) => sum(x), { out: 1 })(rows))).toMatchInlineSnapshot(
      `"InvalidAxis: vmap: axis 1 does not exist in rank 1; expected an integer from -1 to 0."`,
    )
    expect(defectOf(() => vmap((x: Tensor) => toArray(x))(rows))).toContain('TracedRead')
    expect(defectOf(() => vmap((x: unknown) => x)('rows'))).toMatchInlineSnapshot(
      `"NotATree: vmap: expected a tensor or a nesting of records and arrays of tensors at the root, got the string "rows". Keep what is no tensor outside of trees: close over it."`,
    )
  })
})

const matrix = tensor([
  [1, -2],
  [0.5, 3],
])

/** Functions of a [2, 3] example, one or more for each way of moving entries about. */
const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  sum: (x) => sum(x, { axes: [0] }),
  'sum of all': (x) => sum(x),
  'sum keeping axes': (x) => sum(x, { axes: [1], keepAxes: true }),
  mean: (x) => mean(x, { axes: [-1] }),
  max: (x) => max(x, { axes: [1] }),
  min: (x) => min(x),
  prod: (x) => prod(x, { axes: [1] }),
  norm: (x) => norm(x, { axes: [0] }),
  variance: (x) => variance(x),
  logSumExp: (x) => logSumExp(x, { axes: [1] }),
  softmax: (x) => softmax(x, { axes: [0] }),
  argmax: (x) => argmax(x, { axis: 1 }),
  'argmax of all': (x) => argmax(x),
  cumsum: (x) => cumsum(x, { axis: 0, reverse: true }),
  permute: (x) => permute(x, [1, 0]),
  reshape: (x) => reshape(x, [3, -1]),
  expandDims: (x) => expandDims(x, 1),
  squeeze: (x) => squeeze(expandDims(x, 0)),
  broadcastTo: (x) => broadcastTo(expandDims(x, 1), [4, 2, 5, 3]),
  broadcast: (x) => add(x, tensor([1, 2, 3])),
  'broadcast of a result': (x) => mul(sum(x, { axes: [1], keepAxes: true }), x),
  slice: (x) => slice(x, [0, 1], [2, 3], [1, 2]),
  pad: (x) =>
    pad(
      x,
      [
        [1, 0],
        [0, 2],
      ],
      7,
    ),
  flip: (x) => flip(x, [1]),
  tile: (x) => tile(x, [2, 3]),
  concat: (x) => concat([x, mul(2, x)], { axis: 1 }),
  'concat with a constant': (x) => concat([tensor([[9, 9, 9]]), x]),
  stack: (x) => stack([x, x], { axis: 1 }),
  take: (x) => take(x, tensor([2, 0, 2]), { axis: 1 }),
  'take from a constant': (x) =>
    take(
      transpose(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
      argmax(x, { axis: 1 }),
    ),
  gather: (x) =>
    gather(
      x,
      tensor([
        [0, 2],
        [1, 1],
      ]),
      { axis: 1 },
    ),
  'gather at batched places': (x) => gather(x, expandDims(argmax(x, { axis: 1 }), 1), { axis: 1 }),
  scatterAdd: (x) => scatterAdd(x, tensor([1, 1]), mul(2, x)),
  'scatterAdd to a constant': (x) => scatterAdd(tensor([1, 2, 3]), argmax(x, { axis: 1 }), sum(x, { axes: [1] })),
  oneHot: (x) => oneHot(argmax(x, { axis: 1 }), 3),
  diagonal: (x) => diagonal(matmul(x, transpose(x))),
  matmul: (x) => matmul(x, transpose(x)),
  'matmul with a constant on the left': (x) => matmul(matrix, x),
  'matmul with a constant on the right': (x) => matmul(x, transpose(x)),
  'matrix times vector': (x) => matmul(x, tensor([1, 2, 3])),
  'vector times matrix': (x) => matmul(tensor([1, 2]), x),
  'matrix times its own row': (x) => matmul(x, example(x, 0)),
  outer: (x) => outer(example(x, 0), example(x, 1)),
  dot: (x) => dot(example(x, 0), tensor([1, 2, 3])),
  einsum: (x) => einsum('ij,kj,k->i', x, x, tensor([1, 2])),
  'einsum with a trace': (x) => einsum('ii->', matmul(x, transpose(x))),
  where: (x) => where(greater(x, 0), log(x), 0),
  'where with a constant condition': (x) => where(tensor([1, 0, 1]), x, square(x)),
  clamp: (x) => clamp(x, -0.5, 0.5),
  pow: (x) => pow(square(x), tensor([0.5, 1, 2])),
  'a constant': () => tensor([1, 2]),
}

describe.each(Object.entries(functions))('%s', (_, f) => {
  const batch = normal(randomKey(7), [4, 2, 3])
  const one = (x: Tensor): Tensor => sum(square(f(x)))

  it('of a batch is the batch of results', () => {
    const expected = stack(examples(batch).map(f))
    const actual = vmap(f)(batch)
    expect(actual.shape).toEqual(expected.shape)
    expectNear(actual, expected, 1e-14)
    expectNear(vmap(f, { in: 1, out: 0 })(permute(batch, [1, 0, 2])), expected, 1e-14)
  })

  it('twice of a batch of batches is the batch of batches', () => {
    const batches = normal(randomKey(8), [2, 3, 2, 3])
    const expected = stack(examples(batches).map((inner) => stack(examples(inner).map(f))))
    expectNear(vmap(vmap(f))(batches), expected, 1e-14)
  })

  it('commutes with derivatives of orders 1 and 2', () => {
    expectNear(vmap(grad(one))(batch), stack(examples(batch).map(grad(one))), 1e-12)
    expectNear(grad((x: Tensor) => sum(vmap(one)(x)))(batch), vmap(grad(one))(batch), 1e-12)
    const direction = normal(randomKey(9), [4, 2, 3])
    const product = (x: Tensor, v: Tensor): Tensor => hvp(one)(x)(v)
    const each = stack(examples(batch).map((x, i) => product(x, example(direction, i))))
    expectNear(vmap(product)(batch, direction), each, 1e-11)
    expectNear(jvp(vmap(grad(one)))(batch, direction)[1], each, 1e-11)
    expectNear(hvp((x: Tensor) => sum(vmap(one)(x)))(batch)(direction), each, 1e-11)
  })
})

describe('nesting', () => {
  const a = normal(randomKey(11), [3, 4])
  const b = normal(randomKey(12), [5, 4])

  it('makes tables: every row of one against every row of the other', () => {
    const table = vmap((x: Tensor) => vmap((y: Tensor) => dot(x, y))(b))(a)
    expectNear(table, matmul(a, transpose(b)), 1e-14)
  })

  it('lets an inner function close over a value that an outer batch holds', () => {
    const f = (x: Tensor): Tensor => vmap((y: Tensor) => add(mul(sum(x), y), x))(b)
    const expected = stack(examples(a).map((x) => stack(examples(b).map((y) => add(mul(sum(x), y), x)))))
    expectNear(vmap(f)(a), expected, 1e-14)
  })

  it('lets an inner batch be made by the outer one', () => {
    const f = (x: Tensor): Tensor => vmap((y: Tensor) => mul(y, sum(x)))(outer(x, tensor([1, 2])))
    expectNear(vmap(f)(a), stack(examples(a).map(f)), 1e-14)
  })

  it('keeps a shared value shared', () => {
    const f = (x: Tensor, y: Tensor): Tensor => vmap((z: Tensor) => add(z, y))(x)
    expectNear(vmap(f, { in: [0, null] })(a, scalar(2)), add(a, 2), 0)
  })

  it('gives Jacobians and Hessians of each example', () => {
    const f = (x: Tensor): Tensor => mul(sin(x), sum(x))
    expectNear(vmap(jacrev(f))(a), stack(examples(a).map(jacrev(f))), 1e-14)
    const g = (x: Tensor): Tensor => sum(mul(f(x), x))
    expectNear(vmap(hessian(g))(a), stack(examples(a).map(hessian(g))), 1e-13)
  })

  it('gives the gradient for each example with shared parameters', () => {
    const loss = (w: Tensor, x: Tensor): Tensor => square(sub(dot(w, x), 1))
    const w = tensor([0.1, 0.2, 0.3, 0.4])
    const each = vmap(grad(loss), { in: [null, 0] })(w, a)
    expectNear(sum(each, { axes: [0] }), grad((p: Tensor) => sum(vmap((x: Tensor) => loss(p, x))(a)))(w), 1e-14)
  })

  it('takes a function of functions: gradients of gradients of batches', () => {
    const f = (x: Tensor): Tensor => sum(vmap((y: Tensor) => grad((z: Tensor) => dot(z, mul(z, z)))(y))(x))
    // Σ 3x², whose gradient is 6x and whose product with v is 6v.
    expectNear(grad(f)(a), mul(6, a), 1e-14)
    expectNear(hvp(f)(a)(a), mul(6, a), 1e-14)
  })

  it('draws the same numbers for each example from one key', () => {
    const logits = log(tensor([0.2, 0.8]))
    const f = (shift: Tensor): Tensor => categorical(randomKey(3), add(logits, shift), [5])
    expectSameBits(vmap(f)(tensor([0, 1])), stack([f(scalar(0)), f(scalar(1))]))
  })
})
