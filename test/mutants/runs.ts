/** Defects of models in regions, fits, certificates, ways out of saddles, streams, rules and checkpoints. */
import type { Mutation } from './Mutation.js'

const trust = 'src/optimize/trust/trustRegion.ts'
const cubic = 'src/optimize/trust/cubicNewton.ts'
const model = 'src/operator/QuadraticModel.ts'
const marquardt = 'src/optimize/trust/levenbergMarquardt.ts'
const certify = 'src/optimize/certify.ts'
const escapes = 'src/optimize/escape.ts'
const stream = 'src/optimize/stream.ts'
const stop = 'src/optimize/stop.ts'
const checkpoint = 'src/codec/checkpoint.ts'

export const runs: ReadonlyArray<Mutation> = [
  {
    name: 'a trust region is twice as large as it says',
    kind: 'wrong factor',
    file: trust,
    text: 'attemptAt: (size) => attempt(ball(size)),',
    replacement: 'attemptAt: (size) => attempt(ball(2 * size)),',
  },
  {
    name: 'a trust region stops short of its edge',
    kind: 'wrong factor',
    file: trust,
    text: 'attemptAt: (size) => attempt(ball(size)),',
    replacement: 'attemptAt: (size) => attempt(ball(0.9 * size)),',
  },
  {
    name: 'a cubic model has half its weight',
    kind: 'wrong factor',
    file: cubic,
    text: 'attemptAt: (size) => attempt(cubic(size)),',
    replacement: 'attemptAt: (size) => attempt(cubic(0.5 * size)),',
  },
  {
    name: 'a model is minimized the wrong way',
    kind: 'no descent',
    file: model,
    text: 'step: expand([...found.coefficients]),',
    replacement: 'step: expand([...found.coefficients].map((part) => 0.5 * part)),',
  },
  {
    name: 'a model stays on a saddle without a gradient',
    kind: 'NaN called fine',
    file: model,
    text: 'step: expand([...found.coefficients]),',
    replacement: 'step: expand([...found.coefficients].map((part) => (found.hard ? 0 : part))),',
  },
  {
    name: 'a model boasts of what it will fall by',
    kind: 'wrong factor',
    file: model,
    text: 'predictedReduction: found.predicted,',
    replacement: 'predictedReduction: 1.01 * found.predicted,',
  },
  {
    name: 'what is not finite is called singular',
    kind: 'NaN called fine',
    file: 'src/optimize/Optimizer.ts',
    text: "? E.left({ _tag: 'NonFinite', quantity: 'value', last: it, advice: nonFiniteAdvice })",
    replacement: "? E.left({ _tag: 'Singular', eigenvalue: 0, last: it, advice: nonFiniteAdvice })",
  },
  {
    name: 'Gauss-Newton is damped',
    kind: 'wrong damping',
    file: marquardt,
    text: 'unravel(dampedSolution(kept, line.parts, 0))',
    replacement: 'unravel(dampedSolution(kept, line.parts, 1e-3))',
  },
  {
    name: 'Levenberg and Marquardt scale all columns alike',
    kind: 'wrong structure',
    file: marquardt,
    text: "const own = scaling === 'columns' ? lengths : lengths.map(() => first)",
    replacement: 'const own = lengths.map(() => first)',
  },
  {
    name: 'Levenberg and Marquardt damp by a fixed number',
    kind: 'wrong damping',
    file: marquardt,
    text: 'const scale = vector(Float64Array.from(scaleOf(columnLengths(jacobian))))',
    replacement: 'const scale = vector(Float64Array.from(scaleOf(columnLengths(jacobian)).map(() => 1)))',
  },
  {
    name: 'Levenberg and Marquardt do not count a gradient',
    kind: 'wrong count',
    file: 'src/optimize/Optimizer.ts',
    text: 'valueAndGrad === undefined ? { evaluations: 1 } : { gradients: 1 }',
    replacement: 'valueAndGrad === undefined ? { evaluations: 1 } : { gradients: 2 }',
  },
  {
    name: 'a step that the model predicts badly is taken',
    kind: 'no descent',
    file: 'src/optimize/trust/gainRatio.ts',
    text: 'if (gainRatio >= acceptance) return accept(gainRatio, spent)',
    replacement: 'if (gainRatio >= acceptance - 1e9) return accept(gainRatio, spent)',
  },
  {
    name: 'residuals are fitted from random places',
    kind: 'non-determinism',
    file: marquardt,
    text: 'return part === 0 || value === 0 ? 0 : (-value * part) / (value * value + damping)',
    replacement:
      'return part === 0 || value === 0 ? 0 : (-value * part * (1 - 1e-6 * Math.random())) / (value * value + damping)',
  },
  {
    name: 'a fit moves where nothing is left to fit',
    kind: 'no descent',
    file: marquardt,
    text: 'return part === 0 || value === 0 ? 0 : (-value * part) / (value * value + damping)',
    replacement: 'return value === 0 ? 0 : (-value * (part + 1e-6)) / (value * value + damping)',
  },
  {
    name: 'a saddle is called a minimum',
    kind: 'wrong sign',
    file: certify,
    text: "if (least.lower > tolerance) return 'minimum'",
    replacement: "if (greatest.lower > tolerance) return 'minimum'",
  },
  {
    name: 'intervals of the spectrum are too narrow',
    kind: 'wrong factor',
    file: certify,
    text: '      least,\n      greatest,\n      failure,\n      method,\n      secondOrderStationary',
    replacement:
      '      least: { ...least, upper: least.lower - 1e-3 },\n      greatest,\n      failure,\n      method,\n      secondOrderStationary',
  },
  {
    name: 'every point is critical',
    kind: 'NaN called fine',
    file: certify,
    text: 'const critical = gradientNorm <= gradientTolerance',
    replacement: 'const critical = gradientNorm <= 1e9 * gradientTolerance',
  },
  {
    name: 'saddles are second-order stationary',
    kind: 'missing term',
    file: certify,
    text: 'secondOrderStationary: !critical || falls ?',
    replacement: 'secondOrderStationary: !critical ?',
  },
  {
    name: 'a way out of a saddle goes up',
    kind: 'wrong sign',
    file: certify,
    text: 'const downwards = slope > 0 ? treeScale(-1, direction) : direction',
    replacement: 'const downwards = slope < 0 ? treeScale(-1, direction) : direction',
  },
  {
    name: 'a way out need not lower the loss',
    kind: 'no descent',
    file: escapes,
    text: 'from - value >= share * predicted && value < from && value > -Infinity',
    replacement: 'from - value >= -1e9 * share * predicted && value > -Infinity',
  },
  {
    name: 'a way out leads the other way',
    kind: 'wrong sign',
    file: escapes,
    text: 'length: taken.length,',
    replacement: 'length: -taken.length,',
  },
  {
    name: 'values on the way out are not counted',
    kind: 'wrong count',
    file: escapes,
    text: 'work: { ...workMonoid.empty, evaluations: tried },',
    replacement: 'work: { ...workMonoid.empty, evaluations: 1 },',
  },
  {
    name: 'there is always a way out',
    kind: 'NaN called fine',
    file: escapes,
    text: "_tag: 'NothingToEscape',\n        advice",
    replacement: "_tag: 'NoDecrease',\n        tried: 0,\n        best: 0,\n        advice",
  },
  {
    name: 'one element too many is taken',
    kind: 'wrong count',
    file: stream,
    text: 'staged(stream, 1, (seen, a) =>',
    replacement: 'staged(stream, 0, (seen, a) =>',
  },
  {
    name: 'one element too few is dropped',
    kind: 'wrong count',
    file: stream,
    text: '(seen < count ? { memory: seen + 1, given: [] }',
    replacement: '(seen < count - 1 ? { memory: seen + 1, given: [] }',
  },
  {
    name: 'a stream can be walked once',
    kind: 'stale value',
    file: stream,
    text: '): Stream<B, End | Stop> => ({ [Symbol.iterator]: () => turning(from, memory, turn) })',
    replacement:
      '): Stream<B, End | Stop> => { const once = turning(from, memory, turn); return { [Symbol.iterator]: () => once } }',
  },
  {
    name: 'the last of a stream is told again by the next',
    kind: 'wrong order',
    file: stream,
    text: 'const rest = next(last, following.value)[Symbol.iterator]()\n',
    replacement: 'const rest = next(last, following.value)[Symbol.iterator]()\n      yield last\n',
  },
  {
    name: 'the last reason to stop wins',
    kind: 'wrong order',
    file: stop,
    text: 'const whichever = both((first, then) => O.alt(then)(first))',
    replacement: 'const whichever = both((first, then) => O.alt(() => first)(then()))',
  },
  {
    name: 'a rule is forgotten beside one that remembers',
    kind: 'stale value',
    file: stop,
    text: 'const [[a, nextFirst], [b, nextThen]] = [look(first, it), look(then, it)]\n          return [join(a, () => b), both(join)(nextFirst, nextThen)]',
    replacement:
      'const [[a, nextFirst], [b]] = [look(first, it), look(then, it)]\n          return [join(a, () => b), both(join)(nextFirst, then)]',
  },
  {
    name: 'a run without rules stops',
    kind: 'wrong state',
    file: stop,
    text: '((): O.Option<StopReason> => O.none)',
    replacement: "((): O.Option<StopReason> => O.some({ _tag: 'Met', condition: 'always' }))",
  },
  {
    name: 'patience draws lots',
    kind: 'non-determinism',
    file: 'src/optimize/stopMemory.ts',
    text: 'step - memory.bestStep >= patience ?',
    replacement: 'step - memory.bestStep >= 2 * patience * Math.random() ?',
  },
  {
    name: 'a checkpoint begins its steps anew',
    kind: 'wrong count',
    file: checkpoint,
    text: '    optimizer: { name: optimizer.name, configuration: configurationOf(optimizer) },\n    step,\n',
    replacement: '    optimizer: { name: optimizer.name, configuration: configurationOf(optimizer) },\n    step: 0,\n',
  },
  {
    name: 'a checkpoint begins with a new state',
    kind: 'wrong state',
    file: checkpoint,
    text: '? E.right({ ...found, params, state })',
    replacement: '? E.right({ ...found, params, state: first })',
  },
  {
    name: 'a checkpoint is read with more work than was done',
    kind: 'wrong codec',
    file: checkpoint,
    text: '? E.right({ ...found, params, state })',
    replacement: '? E.right({ ...found, params, state, work: { ...found.work, gradients: found.work.gradients + 1 } })',
  },
]
