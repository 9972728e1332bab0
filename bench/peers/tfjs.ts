/** TensorFlow.js as a peer, in float32, the only floats it has. Argument: `cpu` or `wasm`. */
import { type Array64, type Computations, computation, importPeer, type Numbers, serve } from './serve.js'
import type { Model, Task } from './tasks.js'

/** What is used of a tensor of TensorFlow.js. */
interface TfTensor {
  readonly shape: ReadonlyArray<number>
  readonly add: (other: TfTensor) => TfTensor
  readonly sub: (other: TfTensor) => TfTensor
  readonly mul: (other: TfTensor) => TfTensor
  readonly matMul: (other: TfTensor) => TfTensor
  readonly sum: (axis?: number) => TfTensor
  readonly square: () => TfTensor
  readonly tanh: () => TfTensor
  readonly sigmoid: () => TfTensor
  readonly exp: () => TfTensor
  readonly log: () => TfTensor
  readonly reshape: (shape: ReadonlyArray<number>) => TfTensor
  readonly dataSync: () => Float32Array
}

type Tensors = ReadonlyArray<TfTensor>

interface Tf {
  readonly version: { readonly tfjs: string }
  readonly setBackend: (name: string) => Promise<boolean>
  readonly ready: () => Promise<void>
  readonly scalar: (x: number) => TfTensor
  readonly tensor: (entries: Float32Array, shape: ReadonlyArray<number>) => TfTensor
  readonly grads: (f: (...p: Tensors) => TfTensor) => (p: Tensors) => Tensors
  readonly addN: (parts: Tensors) => TfTensor
  readonly concat: (parts: Tensors, axis: number) => TfTensor
  readonly slice: (x: TfTensor, begin: ReadonlyArray<number>, size: ReadonlyArray<number>) => TfTensor
  readonly zeros: (shape: ReadonlyArray<number>) => TfTensor
  readonly softplus: (x: TfTensor) => TfTensor
  readonly customGrad: (
    f: (
      x: TfTensor,
      save: (saved: Tensors) => void,
    ) => { readonly value: TfTensor; readonly gradFunc: (dy: TfTensor, saved: Tensors) => TfTensor },
  ) => (x: TfTensor) => TfTensor
  readonly tidy: <A>(f: () => A) => A
}

const backend = process.argv[2] === 'wasm' ? 'wasm' : 'cpu'
const tf: Tf = await importPeer('@tensorflow/tfjs')
if (backend === 'wasm') await importPeer('@tensorflow/tfjs-backend-wasm')
await tf.setBackend(backend)
await tf.ready()

const toTensor = ({ shape, entries }: Array64): TfTensor => tf.tensor(Float32Array.from(entries), shape)

const [one, five, hundred] = [tf.scalar(1), tf.scalar(5), tf.scalar(100)]

/** Elementary functions whose gradients TensorFlow.js takes from their saved results. */
interface Functions {
  readonly tanh: (x: TfTensor) => TfTensor
  readonly sigmoid: (x: TfTensor) => TfTensor
  readonly exp: (x: TfTensor) => TfTensor
}

const once: Functions = { tanh: (x) => x.tanh(), sigmoid: (x) => x.sigmoid(), exp: (x) => x.exp() }

const custom = (value: (x: TfTensor) => TfTensor, slope: (x: TfTensor) => TfTensor) =>
  tf.customGrad((x, save) => {
    save([x])
    return { value: value(x), gradFunc: (dy, [saved = x]) => dy.mul(slope(saved)) }
  })

/** A saved result is a constant to a second differentiation, which then comes out wrong: these compute it again. */
const twice: Functions = {
  tanh: custom(once.tanh, (x) => one.sub(x.tanh().square())),
  sigmoid: custom(once.sigmoid, (x) => {
    const y = x.sigmoid()
    return y.mul(one.sub(y))
  }),
  exp: custom(once.exp, once.exp),
}

/** Logits are small here, so that no maximum is taken out of the exponents: less work than the others do. */
const crossEntropy = ({ exp }: Functions, logits: TfTensor, labels: TfTensor): TfTensor => {
  const total = exp(logits).sum(1).log().sum()
  return total.sub(logits.mul(labels).sum()).mul(tf.scalar(1 / (logits.shape[0] ?? 1)))
}

const affine = (x: TfTensor, p: Tensors, layer: number): TfTensor => {
  const [weights = one, bias = one] = p.slice(2 * layer)
  return x.matMul(weights).add(bias)
}

type TfLoss = (functions: Functions, p: Tensors, inputs: TfTensor, labels: TfTensor) => TfTensor

const recurrent: TfLoss = (functions, p, inputs, labels) => {
  const [toHidden = one, within = one, bias = one, toOutput = one, outputBias = one] = p
  const [steps = 0, rows = 0, symbols = 0] = inputs.shape
  const width = within.shape[0] ?? 0
  const heard = inputs
    .reshape([steps * rows, symbols])
    .matMul(toHidden)
    .add(bias)
  const states = Array.from({ length: steps }).reduce<Tensors>((hs, _, step) => {
    const before = hs.at(-1) ?? tf.zeros([rows, width])
    const now = tf.slice(heard, [step * rows, 0], [rows, width])
    return [...hs, functions.tanh(now.add(before.matMul(within)))]
  }, [])
  const logits = tf.concat(states, 0).matMul(toOutput).add(outputBias)
  return crossEntropy(functions, logits, labels.reshape([steps * rows, symbols]))
}

const classifier: TfLoss = (functions, p, inputs, labels) => {
  const last = p.length / 2 - 1
  const signal = Array.from({ length: last }).reduce<TfTensor>(
    (x, _, layer) => functions.tanh(affine(x, p, layer)),
    inputs,
  )
  return crossEntropy(functions, affine(signal, p, last), labels)
}

const autoencoder: TfLoss = (functions, p, inputs) => {
  const layers = p.length / 2
  const z = Array.from({ length: layers }).reduce<TfTensor>((x, _, layer) => {
    const y = affine(x, p, layer)
    return layer === layers - 1 || layer === layers / 2 - 1 ? y : functions.sigmoid(y)
  }, inputs)
  const total = tf.softplus(z).sub(inputs.mul(z)).sum()
  return total.mul(tf.scalar(1 / (inputs.shape[0] ?? 1)))
}

const losses: Readonly<Record<Model, TfLoss>> = {
  saddle: (_, [x = one, y = one]) => five.mul(x.square()).sub(y.square()),
  rosenbrock: (_, [x = one, y = one]) => {
    const [a, b] = [one.sub(x).square(), y.sub(x.square()).square()]
    return a.add(hundred.mul(b))
  },
  classifier,
  autoencoder,
  recurrent,
}

const prepare = ({ model }: Task, numbers: Numbers): Partial<Computations> => {
  const [p, v, data] = [numbers.p.map(toTensor), numbers.v.map(toTensor), numbers.data.map(toTensor)]
  const [inputs = one, labels = one] = data
  const loss =
    (functions: Functions) =>
    (...at: Tensors): TfTensor =>
      losses[model](functions, at, inputs, labels)
  const gradient = tf.grads(loss(once))
  const inner = tf.grads(loss(twice))
  const product = tf.grads((...at) =>
    inner(at)
      .map((leaf, i) => leaf.mul(v[i] ?? one).sum())
      .reduce((total, part) => total.add(part)),
  )
  const evaluated = (f: () => Tensors) => () =>
    computation(
      () => tf.tidy(() => f().map((leaf) => leaf.dataSync())),
      (parts) => parts,
    )
  return {
    function: evaluated(() => [loss(once)(...p)]),
    gradient: evaluated(() => gradient(p)),
    product: evaluated(() => product(p)),
    'new product': evaluated(() => product(p)),
  }
}

await serve({ name: `TensorFlow.js ${backend}`, version: tf.version.tfjs }, prepare)
