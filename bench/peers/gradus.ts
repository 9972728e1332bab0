/** gradus as a peer among peers. Arguments: `eager` or `compiled`, and the threads of a BLAS where one is to be used. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { raise } from '../../src/data/Defect.js'
import {
  add,
  compile,
  concat,
  div,
  fromFloat64Array,
  grad,
  hvp,
  type Loss,
  loadBlas,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  reshape,
  showBlasFailure,
  sigmoid,
  slice,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  toFloat64Array,
  useProvider,
  zeros,
} from '../../src/index.js'
import { minimize, objective, saddleFreeNewton, stepsAtMost, takeUntil } from '../../src/optimize/index.js'
import { type Array64, type Computations, computation, type Numbers, serve } from './serve.js'
import type { Model, Task } from './tasks.js'

type Parameters = ReadonlyArray<Tensor>

/** Parameters, then inputs and labels, of which not every model has both. */
type PeerLoss = Loss<Parameters, ReadonlyArray<Tensor>>

const none = zeros([])

const affine = (x: Tensor, p: Parameters, layer: number): Tensor =>
  add(matmul(x, p[2 * layer] ?? none), p[2 * layer + 1] ?? none)

const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  neg(mean(sum(mul(labels, logSoftmax(logits)), { axes: [1] })))

const layersOf = (p: Parameters): ReadonlyArray<number> => Array.from({ length: p.length / 2 }, (_, layer) => layer)

const classifier = (p: Parameters, inputs: Tensor = none, labels: Tensor = none): Tensor => {
  const last = p.length / 2 - 1
  const signal = layersOf(p)
    .slice(0, -1)
    .reduce((x, layer) => tanh(affine(x, p, layer)), inputs)
  return crossEntropy(affine(signal, p, last), labels)
}

const autoencoder = (p: Parameters, inputs: Tensor = none): Tensor => {
  const layers = p.length / 2
  const z = layersOf(p).reduce((x, layer) => {
    const y = affine(x, p, layer)
    return layer === layers - 1 || layer === layers / 2 - 1 ? y : sigmoid(y)
  }, inputs)
  return div(sum(sub(softplus(z), mul(inputs, z))), inputs.shape[0] ?? 1)
}

const recurrent = (p: Parameters, inputs: Tensor = none, labels: Tensor = none): Tensor => {
  const [toHidden = none, within = none, bias = none, toOutput = none, outputBias = none] = p
  const [steps = 0, rows = 0, symbols = 0] = inputs.shape
  const width = within.shape[0] ?? 0
  const flat = (x: Tensor): Tensor => reshape(x, [steps * rows, symbols])
  const heard = add(matmul(flat(inputs), toHidden), bias)
  const states = Array.from({ length: steps }).reduce<ReadonlyArray<Tensor>>((hs, _, step) => {
    const before = hs.at(-1) ?? zeros([rows, width])
    const now = slice(heard, [step * rows, 0], [(step + 1) * rows, width])
    return [...hs, tanh(add(now, matmul(before, within)))]
  }, [])
  return crossEntropy(add(matmul(concat(states), toOutput), outputBias), flat(labels))
}

const losses: Readonly<Record<Model, PeerLoss>> = {
  saddle: ([x = none, y = none]) => sub(mul(5, square(x)), square(y)),
  rosenbrock: ([x = none, y = none]) => add(square(sub(1, x)), mul(100, square(sub(y, square(x))))),
  classifier,
  autoencoder,
  recurrent,
}

const mode = process.argv[2] === 'eager' ? 'eager' : 'compiled'

const threads = process.argv[3] === undefined ? 0 : Number(process.argv[3])

/** The kernels that are used, by name. */
const kernels = (): string => {
  if (threads === 0) return 'embedded kernels'
  const found = loadBlas({ threads })
  if (E.isLeft(found)) return raise('InvalidArgument', `no BLAS: ${showBlasFailure(found.left)}`)
  useProvider(found.right)
  return found.right.name
}

const toTensor = ({ shape, entries }: Array64): Tensor => fromFloat64Array(entries, [...shape])

const readAll = (tensors: ReadonlyArray<Tensor>): ReadonlyArray<Float64Array> => tensors.map(toFloat64Array)

const prepare = ({ model, damping }: Task, numbers: Numbers): Computations => {
  const [p, v, data] = [numbers.p.map(toTensor), numbers.v.map(toTensor), numbers.data.map(toTensor)]
  const loss = losses[model]
  const made = <A extends ReadonlyArray<unknown>, Y>(f: (...args: A) => Y): ((...args: A) => Y) =>
    mode === 'compiled' ? compile(f) : f
  const whole = objective((at: Parameters) => loss(at, ...data), {
    compilation: mode === 'compiled' ? 'always' : 'never',
  })
  return {
    function: () => {
      const f = made(loss)
      return computation(
        () => f(p, ...data),
        (y) => readAll([y]),
      )
    },
    gradient: () => {
      const f = made(grad(loss))
      return computation(() => f(p, ...data), readAll)
    },
    product: () => {
      const at = made(hvp(loss))(p, ...data)
      return computation(() => at(v), readAll)
    },
    'new product': () => {
      const f = made(hvp(loss))
      return computation(() => f(p, ...data)(v), readAll)
    },
    hessian: () =>
      computation(
        () => whole.hessian(p).matrix(),
        (matrix) => readAll([matrix]),
      ),
    step: () =>
      computation(
        () => pipe(p, minimize(saddleFreeNewton({ damping }), whole), takeUntil(stepsAtMost(1))),
        ({ last, reason }) => (E.isRight(reason) ? readAll(last.params) : []),
      ),
  }
}

await serve({ name: `gradus ${mode}`, version: kernels() }, prepare)
