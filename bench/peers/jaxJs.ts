/** jax-js as a peer: everything under its jit, in float64. Arrays are counted references: each use but the last is a `.ref`. */
import { type Array64, type Computations, computation, importPeer, type Numbers, serve } from './serve.js'
import type { Model, Task } from './tasks.js'

/** What is used of an array of jax-js. */
interface JaxArray {
  readonly ref: JaxArray
  readonly add: (other: JaxArray | number) => JaxArray
  readonly sub: (other: JaxArray | number) => JaxArray
  readonly mul: (other: JaxArray | number) => JaxArray
  readonly sum: (axis?: number) => JaxArray
  readonly reshape: (shape: ReadonlyArray<number>) => JaxArray
  /** Rows from … to − 1. */
  readonly slice: (rows: [number, number]) => JaxArray
  readonly dataSync: () => Float64Array
}

type Arrays = Array<JaxArray>

type JaxLoss = (p: Arrays, ...data: Arrays) => JaxArray

interface Jax {
  readonly init: (...devices: ReadonlyArray<string>) => Promise<unknown>
  readonly defaultDevice: (device: string) => unknown
  readonly grad: (f: JaxLoss) => (p: Arrays, ...data: Arrays) => Arrays
  readonly jvp: (f: (p: Arrays) => Arrays, primals: [Arrays], tangents: [Arrays]) => [Arrays, Arrays]
  readonly jit: <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y) => (...args: A) => Y
  readonly nn: { readonly logSoftmax: (x: JaxArray, axis: number) => JaxArray }
  readonly numpy: {
    readonly array: (entries: Float64Array, options: { readonly dtype: string }) => JaxArray
    readonly matmul: (a: JaxArray, b: JaxArray) => JaxArray
    readonly tanh: (x: JaxArray) => JaxArray
    readonly square: (x: JaxArray) => JaxArray
    readonly concatenate: (parts: Arrays, axis: number) => JaxArray
  }
}

// Node 20 has no Float16Array; jax-js names it, and nothing here uses it.
if (!('Float16Array' in globalThis)) Reflect.set(globalThis, 'Float16Array', class extends Uint16Array {})

const jax: Jax = await importPeer('@jax-js/jax')
await jax.init('wasm')
jax.defaultDevice('wasm')

const { numpy, nn } = jax

const toArray = ({ shape, entries }: Array64): JaxArray =>
  numpy.array(Float64Array.from(entries), { dtype: 'float64' }).reshape(shape)

const again = (arrays: Arrays): Arrays => arrays.map(({ ref }) => ref)

const pairs = (p: Arrays): Array<[JaxArray, JaxArray]> =>
  p.flatMap((weights, i): Array<[JaxArray, JaxArray]> => {
    const bias = p[i + 1]
    return i % 2 === 0 && bias !== undefined ? [[weights, bias]] : []
  })

const losses: Partial<Readonly<Record<Model, (task: Task) => JaxLoss>>> = {
  saddle:
    () =>
    ([x, y]) =>
      x === undefined || y === undefined ? none() : numpy.square(x).mul(5).sub(numpy.square(y)),
  rosenbrock:
    () =>
    ([x, y]) =>
      x === undefined || y === undefined
        ? none()
        : numpy.square(x.ref.mul(-1).add(1)).add(numpy.square(y.sub(numpy.square(x))).mul(100)),
  classifier:
    ({ data }) =>
    (p, inputs = none(), labels = none()) => {
      const layers = pairs(p)
      const logits = layers.reduce((x, [weights, bias], i) => {
        const z = numpy.matmul(x, weights).add(bias)
        return i === layers.length - 1 ? z : numpy.tanh(z)
      }, inputs)
      const rows = data['inputs.f64']?.[0] ?? 1
      return labels
        .mul(nn.logSoftmax(logits, 1))
        .sum()
        .mul(-1 / rows)
    },
  recurrent:
    ({ data }) =>
    (p, inputs = none(), labels = none()) => {
      const [toHidden = none(), within = none(), bias = none(), toOutput = none(), outputBias = none()] = p
      const [steps = 1, rows = 1, symbols = 1] = data['inputs.f64'] ?? []
      const heard = numpy.matmul(inputs.reshape([steps * rows, symbols]), toHidden).add(bias)
      const states = Array.from({ length: steps }).reduce<Arrays>((hs, _, step) => {
        const now = heard.ref.slice([step * rows, (step + 1) * rows])
        const before = hs.at(-1)
        return [...hs, numpy.tanh(before === undefined ? now : now.add(numpy.matmul(before.ref, within.ref)))]
      }, [])
      const logits = numpy.matmul(numpy.concatenate(states, 0), toOutput).add(outputBias)
      return labels
        .reshape([steps * rows, symbols])
        .mul(nn.logSoftmax(logits, 1))
        .sum()
        .mul(-1 / (steps * rows))
    },
}

const none = (): JaxArray => numpy.array(new Float64Array(1), { dtype: 'float64' }).reshape([])

const readAll = (arrays: ReadonlyArray<Float64Array>): ReadonlyArray<Float64Array> => arrays

const prepare = (task: Task, numbers: Numbers): Partial<Computations> => {
  const loss = losses[task.model]?.(task)
  if (loss === undefined) return {}
  const [p, v, data] = [numbers.p.map(toArray), numbers.v.map(toArray), numbers.data.map(toArray)]
  const product = (at: Arrays, direction: Arrays, ...rest: Arrays): Arrays =>
    jax.jvp((q) => jax.grad(loss)(q, ...again(rest)), [at], [direction])[1]
  const compiledProduct = () => {
    const f = jax.jit(product)
    return computation(() => f(again(p), again(v), ...again(data)).map((leaf) => leaf.dataSync()), readAll)
  }
  return {
    function: () => {
      const f = jax.jit(loss)
      return computation(() => [f(again(p), ...again(data)).dataSync()], readAll)
    },
    gradient: () => {
      const f = jax.jit(jax.grad(loss))
      return computation(() => f(again(p), ...again(data)).map((leaf) => leaf.dataSync()), readAll)
    },
    product: compiledProduct,
    'new product': compiledProduct,
  }
}

await serve({ name: 'jax-js', version: '0.1.25' }, prepare)
