/*
 * What TensorFlow.js and jax-js say at kinks and singular points; as jax_cells.py. After `node bench/peers/setup.mjs javascript`:
 *   node test/golden/conventions/js_cells.mjs tfjs | jax-js
 */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(new URL('../../../node_modules/.cache/peers/javascript/package.json', import.meta.url))
if (!('Float16Array' in globalThis)) globalThis.Float16Array = class extends Uint16Array {}

/** Installed apart from the project's own dependencies. */
const peers = { tfjs: '@tensorflow/tfjs', 'jax-js': '@jax-js/jax' }

const cellOf = async (compute) => {
  try {
    const y = await compute()
    if (typeof y !== 'number') return 'error: no number'
    return Number.isFinite(y) ? y : Number.isNaN(y) ? 'NaN' : y > 0 ? '∞' : '-∞'
  } catch (error) {
    return `error: ${error instanceof Error ? error.message.split('\n')[0].slice(0, 60) : String(error)}`
  }
}

const print = async (system, version, cases, derivative) => {
  const cells = {}
  for (const [name, [f, x]] of Object.entries(cases))
    cells[name] = [
      await cellOf(() => derivative(f, x, 0)),
      await cellOf(() => derivative(f, x, 1)),
      await cellOf(() => derivative(f, x, 2)),
    ]
  console.log(JSON.stringify({ system, version, cells }))
}

const tfjs = async () => {
  const tf = require(peers.tfjs)
  await tf.setBackend('cpu')
  const s = (x) => tf.scalar(x)
  const stack = (...parts) => tf.stack(parts)
  const at = (x, i) => x.slice([i], [1]).sum()
  const cases = {
    'abs(x)': [tf.abs, 0],
    'relu(x)': [tf.relu, 0],
    'elu(x)': [tf.elu, 0],
    'maximum(x, 0)': [(x) => tf.maximum(x, s(0)), 0],
    'maximum(x, x)': [(x) => tf.maximum(x, x), 1],
    'max([x, 1])': [(x) => tf.max(stack(x, s(1))), 1],
    'clamp(x, -1, 1)': [(x) => tf.clipByValue(x, -1, 1), 1],
    'sign(x)': [tf.sign, 0],
    'floor(x)': [tf.floor, 1],
    'round(x)': [tf.round, 2.5],
    'remainder(x, 1)': [(x) => tf.mod(x, s(1)), 1],
    'sqrt(x)': [tf.sqrt, 0],
    'log(x)': [tf.log, 0],
    '1/x': [tf.reciprocal, 0],
    'x^0': [(x) => tf.pow(x, s(0)), 0],
    'x^1': [(x) => tf.pow(x, s(1)), 0],
    'x^2': [(x) => tf.pow(x, s(2)), 0],
    'x^3, x < 0': [(x) => tf.pow(x, s(3)), -2],
    'x^0.5': [(x) => tf.pow(x, s(0.5)), 0],
    '0^x': [(x) => tf.pow(s(0), x), 2],
    'x^x': [(x) => tf.pow(x, x), 0],
    'norm([x, 0])': [(x) => tf.norm(stack(x, s(0))), 0],
    'norm([x, 3])': [(x) => tf.norm(stack(x, s(3))), 0],
    'atan2(x, 0)': [(x) => tf.atan2(x, s(0)), 0],
    'std([x, 1])': [(x) => tf.sqrt(tf.moments(stack(x, s(1))).variance), 1],
    'prod([x, 0, 3])': [(x) => tf.prod(stack(x, s(0), s(3))), 2],
    'prod([x, x, 3])': [(x) => tf.prod(stack(x, x, s(3))), 0],
    'cumprod([x, x, 3]), last': [(x) => at(tf.cumprod(stack(x, x, s(3))), 2), 0],
    'where(x > 0, log x, 0)': [(x) => tf.where(tf.greater(x, 0), tf.log(x), s(0)), 0],
    'where(x > 0, sqrt x, 0)': [(x) => tf.where(tf.greater(x, 0), tf.sqrt(x), s(0)), 0],
    'where(x > 0, x/x², 0)': [(x) => tf.where(tf.greater(x, 0), tf.div(x, tf.square(x)), s(0)), 0],
    'logSumExp([x, -∞])': [(x) => tf.logSumExp(stack(x, s(-Infinity))), -Infinity],
    'logSumExp([x, x])': [(x) => tf.logSumExp(stack(x, x)), 1000],
    'softplus(x), far right': [tf.softplus, 1000],
    'softplus(x), far left': [tf.softplus, -1000],
    'sigmoid(x), far left': [tf.sigmoid, -700],
    'tanh(x), far right': [tf.tanh, 20],
    'log1p(x)': [tf.log1p, -1],
    'asin(x)': [tf.asin, 1],
    'acosh(x)': [tf.acosh, 1],
    'atanh(x)': [tf.atanh, 1],
    'sort([x, 1]), first': [(x) => at(tf.neg(tf.topk(tf.neg(stack(x, s(1))), 2).values), 0), 1],
  }
  const derivative = (f, x, order) => {
    const nested = Array.from({ length: order }).reduce((g) => tf.grad(g), f)
    return tf.tidy(() => nested(s(x)).dataSync()[0])
  }
  await print('TensorFlow.js', tf.version.tfjs, cases, derivative)
}

const jaxJs = async () => {
  const jax = await import(pathToFileURL(require.resolve(peers['jax-js'])).href)
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  const { numpy: np, nn } = jax
  const s = (x) => np.array(Float64Array.of(x), { dtype: 'float64' }).reshape([])
  const stack = (...parts) => np.stack(parts)
  const cases = {
    'abs(x)': [np.abs, 0],
    'relu(x)': [nn.relu, 0],
    'elu(x)': [nn.elu, 0],
    'maximum(x, 0)': [(x) => np.maximum(x, s(0)), 0],
    'maximum(x, x)': [(x) => np.maximum(x.ref, x), 1],
    'max([x, 1])': [(x) => np.max(stack(x, s(1))), 1],
    'clamp(x, -1, 1)': [(x) => np.clip(x, -1, 1), 1],
    'sign(x)': [np.sign, 0],
    'floor(x)': [np.floor, 1],
    'round(x)': [np.round, 2.5],
    'remainder(x, 1)': [(x) => np.remainder(x, s(1)), 1],
    'sqrt(x)': [np.sqrt, 0],
    'cbrt(x)': [np.cbrt, 0],
    'log(x)': [np.log, 0],
    '1/x': [np.reciprocal, 0],
    'x^0': [(x) => np.pow(x, s(0)), 0],
    'x^1': [(x) => np.pow(x, s(1)), 0],
    'x^2': [(x) => np.pow(x, s(2)), 0],
    'x^3, x < 0': [(x) => np.pow(x, s(3)), -2],
    'x^0.5': [(x) => np.pow(x, s(0.5)), 0],
    '0^x': [(x) => np.pow(s(0), x), 2],
    'x^x': [(x) => np.pow(x.ref, x), 0],
    'norm([x, 0])': [(x) => np.sqrt(np.sum(np.square(stack(x, s(0))))), 0],
    'norm([x, 3])': [(x) => np.sqrt(np.sum(np.square(stack(x, s(3))))), 0],
    'hypot(x, 0)': [(x) => np.hypot(x, s(0)), 0],
    'atan2(x, 0)': [(x) => np.arctan2(x, s(0)), 0],
    'std([x, 1])': [(x) => np.std(stack(x, s(1))), 1],
    'prod([x, 0, 3])': [(x) => np.prod(stack(x, s(0), s(3))), 2],
    'prod([x, x, 3])': [(x) => np.prod(stack(x.ref, x, s(3))), 0],
    'where(x > 0, log x, 0)': [(x) => np.where(x.ref.greater(0), np.log(x), s(0)), 0],
    'where(x > 0, sqrt x, 0)': [(x) => np.where(x.ref.greater(0), np.sqrt(x), s(0)), 0],
    'where(x > 0, x/x², 0)': [(x) => np.where(x.ref.greater(0), x.ref.div(np.square(x)), s(0)), 0],
    'logSumExp([x, -∞])': [(x) => nn.logsumexp(stack(x, s(-Infinity))), -Infinity],
    'logSumExp([x, x])': [(x) => nn.logsumexp(stack(x.ref, x)), 1000],
    'softplus(x), far right': [nn.softplus, 1000],
    'softplus(x), far left': [nn.softplus, -1000],
    'sigmoid(x), far left': [nn.sigmoid, -700],
    'tanh(x), far right': [np.tanh, 20],
    'log1p(x)': [np.log1p, -1],
    'asin(x)': [np.arcsin, 1],
    'acosh(x)': [np.arccosh, 1],
    'atanh(x)': [np.arctanh, 1],
    'sinc(x)': [np.sinc, 0],
    'sort([x, 1]), first': [(x) => np.sort(stack(x, s(1))).slice(0), 1],
  }
  const derivative = (f, x, order) => {
    if (typeof f !== 'function') throw new Error('is not there')
    const nested = Array.from({ length: order }).reduce((g) => jax.grad(g), f)
    return nested(s(x)).dataSync()[0]
  }
  await print('jax-js', '0.1.25', cases, derivative)
}

await (process.argv[2] === 'tfjs' ? tfjs() : jaxJs())
process.exit(0)
