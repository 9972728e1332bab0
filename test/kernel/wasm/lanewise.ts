/** Stands in for the vector functions: JavaScript's own, lane by lane, so that every step can be compared bit for bit. */
import { encodeModule, F64, type FunctionBody, type FunctionType, V128 } from '../../../src/kernel/wasm/encode.js'
import { call, f64x2, get } from '../../../src/kernel/wasm/instructions.js'
import { scalarBinary, scalarUnary } from './interpretLoop.js'

const scalars = { ...scalarUnary, ...scalarBinary }
const names = Object.keys(scalars)

const arity = (name: string): number => (name in scalarBinary ? 2 : 1)

const type = (kind: number, inputs: number): FunctionType => ({
  parameters: Array.from({ length: inputs }, () => kind),
  results: [kind],
})

const replaceSecond = [0xfd, 0x22, 1]

const ofLanes = (name: string, i: number): FunctionBody => {
  const lane = (which: 0 | 1) =>
    call(i, ...Array.from({ length: arity(name) }, (_, input) => f64x2.lane(get(input), which)))
  return { name, type: type(V128, arity(name)), locals: [], body: [f64x2.splat(lane(0)), lane(1), replaceSecond] }
}

const pair: FunctionBody = {
  name: 'tanhAndSechSquared',
  type: { parameters: [V128], results: [V128, V128] },
  locals: [],
  body: ['tanh', 'sechSquared'].map((name) => call(names.length + names.indexOf(name), get(0))),
}

const bytes = encodeModule({
  importsMemory: false,
  imports: names.map((name) => ({ module: 'js', name, type: type(F64, arity(name)) })),
  functions: [...names.map(ofLanes), pair],
})

export const lanewise: WebAssembly.Exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
  js: scalars,
}).exports
