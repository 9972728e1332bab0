import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  checkpoint,
  compile,
  cond,
  custom,
  eigh,
  fixedPoint,
  grad,
  greater,
  hvp,
  interpret,
  jvp,
  linearMaps,
  linearSolve,
  matmul,
  mul,
  neg,
  normal,
  pow,
  primitives,
  randomKey,
  scan,
  show,
  sin,
  softmax,
  stage,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  toFloat64Array,
  vjp,
  vmap,
  whileLoop,
  zeros,
} from 'gradus'
import { decodeProgram, encodeProgram, parseProgram, printProgram, showProgramFailure } from 'gradus/codec'
import { randomLosses, tensors } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { sealed } from '../../src/codec/document.js'
import { operationRows } from '../../src/codec/operations.js'
import { callOf, families, onlyOf, read, tensorOf } from '../primitive/fixtures.js'

type Program = ReturnType<ReturnType<typeof stage>>

const again = (program: Program): Program => {
  const outcome = pipe(printProgram(program), E.chain(parseProgram))
  return E.isRight(outcome) ? outcome.right : expect.fail(showProgramFailure(outcome.left))
}

const bits = (tensors: ReadonlyArray<Tensor>): unknown =>
  tensors.map((x) => [x.shape, [...new BigUint64Array(toFloat64Array(x).buffer)].join()])

/** What is read is the same text, gives the same bits by the interpreter, and is written letter by letter the same. */
const isFaithful = (program: Program, inputs: ReadonlyArray<Tensor>): void => {
  const other = again(program)
  expect(show(other)).toBe(show(program))
  expect(bits(interpret(other)(inputs))).toEqual(bits(interpret(program)(inputs)))
  expect(printProgram(other)).toEqual(printProgram(program))
}

const compiled = (program: Program, inputs: ReadonlyArray<Tensor>): unknown =>
  bits(compile((...xs: ReadonlyArray<Tensor>) => interpret(program)(xs))(...inputs))

describe('programs of every operation', () => {
  it.each(families.map((family) => [family.family, family.cases] as const))(
    '%s, with derivatives and batches',
    (_, cases) => {
      for (const fixture of cases) {
        const inputs = fixture.inputs.map(read)
        const call = callOf(fixture)
        isFaithful(stage((...xs: ReadonlyArray<Tensor>) => call(...xs))(...inputs), inputs)
        if (fixture.differentiable.length === 0) continue
        const f = onlyOf(call, inputs, fixture.differentiable)
        const moving = fixture.differentiable.flatMap((i) => inputs.slice(i, i + 1))
        const u = tensorOf(fixture.value.shape, fixture.cotangent)
        const back = (xs: ReadonlyArray<Tensor>): ReadonlyArray<Tensor> => vjp(f)(xs)[1](u)
        isFaithful(stage((...xs: ReadonlyArray<Tensor>) => back(xs))(...moving), moving)
        const tangents = moving.map((x, i) => tensorOf(x.shape, fixture.tangents[i] ?? 0))
        isFaithful(stage((...xs: ReadonlyArray<Tensor>) => jvp(back)(xs, tangents)[1])(...moving), moving)
      }
    },
    120_000,
  )

  it('has a row for each primitive of the table', () => {
    expect(Object.keys(primitives).filter((name) => !operationRows.has(name))).toEqual([])
  })
})

describe('programs of random losses', () => {
  it('gradients and Hessian-vector products have the same bits, interpreted and compiled', () => {
    fc.assert(
      fc.property(randomLosses(), tensors([3]), ({ loss }, at) => {
        const program = stage((x: Tensor, v: Tensor) => [loss(x), grad(loss)(x), hvp(loss)(x)(v)])(at, at)
        isFaithful(program, [at, at])
        expect(compiled(again(program), [at, at])).toEqual(compiled(program, [at, at]))
      }),
      { numRuns: 60 },
    )
  })

  it('a network in batches has the same bits, interpreted and compiled', () => {
    const [w, x] = [normal(randomKey(1), [5, 4]), normal(randomKey(2), [7, 5])]
    const loss = (weights: Tensor, row: Tensor): Tensor =>
      sum(mul(softmax(tanh(matmul(row, weights))), tensor([1, -2, 3, Number.MIN_VALUE])))
    const program = stage((weights: Tensor, rows: Tensor) =>
      vmap((p: Tensor, row: Tensor) => grad(loss)(p, row), { in: [null, 0] })(weights, rows),
    )(w, x)
    isFaithful(program, [w, x])
    expect(compiled(again(program), [w, x])).toEqual(compiled(program, [w, x]))
  })
})

describe('programs that hold programs', () => {
  const x = tensor([0.5, -1, 2])
  const body = (c: Tensor, row: Tensor): readonly [Tensor, Tensor] => [tanh(add(c, row)), mul(c, row)]
  const cases: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    scan: (y) =>
      sum(
        scan(body)(
          y,
          tensor([
            [1, 2, 3],
            [4, 5, 6],
          ]),
        )[1],
      ),
    cond: (y) =>
      sum(
        cond(
          (z: Tensor) => sin(z),
          (z: Tensor) => mul(2, z),
        )(greater(sum(y), 1), y),
      ),
    checkpoint: (y) => sum(checkpoint((z: Tensor) => sin(mul(z, z)))(y)),
    whileLoop: (y) =>
      sum(
        whileLoop(
          (z: Tensor) => greater(100, sum(mul(z, z))),
          (z: Tensor) => mul(2, z),
        )(y),
      ),
    linearSolve: (y) => sum(linearSolve((v: Tensor) => add(mul(3, v), mul(y, v)))(y)),
    powerZero: (y) => sum(pow(y, 0)),
    eigh: (y) =>
      sum(
        eigh(
          mul(
            tensor([
              [2, 1, 0],
              [1, 3, 1],
              [0, 1, 4],
            ]),
            y,
          ),
        ).values,
      ),
  }

  it.each(Object.keys(cases))('%s', (name) => {
    const f = cases[name]
    if (f === undefined) throw new Error(name)
    isFaithful(stage(f)(x), [x])
    expect(compiled(again(stage(f)(x)), [x])).toEqual(compiled(stage(f)(x), [x]))
    if (name === 'whileLoop') return
    isFaithful(stage((y: Tensor) => grad(f)(y))(x), [x])
    // The operation that was read has its derivatives too.
    const other = again(stage(f)(x))
    const whole = (y: Tensor): Tensor => interpret(other)([y])[0] ?? zeros([])
    expect(bits([grad(whole)(x)])).toEqual(bits([grad(f)(x)]))
  })
})

const small = stage((x: Tensor, y: Tensor) => sum(matmul(x, sub(y, tensor([-0, 2])))))(zeros([2, 2]), zeros([2]))

/** The program as a document with one part changed, and a checksum that is right. */
const changed = (edit: (json: string) => string): unknown => {
  const written = encodeProgram(small)
  const {
    format: _,
    version: __,
    checksum: ___,
    ...body
  } = JSON.parse(JSON.stringify(E.isRight(written) ? written.right : {}))
  return sealed({ name: 'gradus program', migrations: [] })(JSON.parse(edit(JSON.stringify(body))))
}

const complaint = (value: unknown): string => {
  const outcome = decodeProgram(value)
  return E.isLeft(outcome) ? `${outcome.left._tag}: ${showProgramFailure(outcome.left)}` : 'accepted'
}

describe('a program is refused', () => {
  it('when nothing is changed: it is not', () => {
    expect(complaint(changed((json) => json))).toBe('accepted')
  })

  it.each([
    [
      'an unknown operation',
      '"operation":"sub"',
      '"operation":"subtract"',
      /^Mismatched: instructions\[0\]\.operation: expected an operation of the library, got "subtract"/,
    ],
    [
      'the order of operands',
      '"inputs":[0,3]',
      '"inputs":[3,0]',
      /^Mismatched: instructions\[1\]: expected inputs that fit/,
    ],
    [
      'a value that is not there yet',
      '"inputs":[1,2]',
      '"inputs":[1,4]',
      /^Mismatched: instructions\[0\]\.inputs\[1\]: expected the number of a value that is there before, below 3, got 4/,
    ],
    [
      'a value that is never there',
      '"outputs":[5]',
      '"outputs":[6]',
      /^Mismatched: outputs\[0\]: expected the number of a value, below 6, got 6/,
    ],
    [
      'a missing operand',
      '"inputs":[1,2]',
      '"inputs":[1]',
      /^Mismatched: instructions\[0\]\.inputs: expected 2 inputs for sub, got \[1\]/,
    ],
    ['a shape', '"shape":[]', '"shape":[2]', /\.shape: expected \[\], the shape of sum of its inputs, got \[2\]/],
    [
      'a shape of an input',
      '"inputs":[[2,2],[2]]',
      '"inputs":[[2,2],[3]]',
      /^Mismatched: instructions\[0\]: expected inputs that fit/,
    ],
    ['parameters', '"axes":[0]', '"axes":["0"]', /\.params\.axes\[0\]: expected an integer of 0 or more, got "0"/],
    ['parameters that are missing', '{"record":{"axes":[0]}}', 'null', /\.params: expected { axes }, got null/],
    [
      'a constant',
      'AAAAAAAAAIAAAAAAAAAAQA==',
      'AAAAAAAAAIA=',
      /^Mismatched: constants\[0\]\.float64: expected 2 numbers in base64/,
    ],
  ])('for %s', (_, from, to, told) => {
    expect(
      complaint(
        changed((json) => {
          expect(json).toContain(from)
          return json.replace(from, to)
        }),
      ),
    ).toMatch(told)
  })

  const text = pipe(
    printProgram(small),
    E.getOrElse(() => ''),
  )

  it('when a later version wrote it', () => {
    expect(
      pipe(
        parseProgram(text.replace('"version": 1', '"version": 2')),
        E.mapLeft(({ _tag }) => _tag),
      ),
    ).toEqual(E.left('FutureVersion'))
  })

  it('or is the same, whatever character is flipped, and wherever it is cut', () => {
    const isSafe = (written: string): boolean => {
      const outcome = parseProgram(written)
      return E.isLeft(outcome)
        ? showProgramFailure(outcome.left) !== ''
        : pipe(
            printProgram(outcome.right),
            E.getOrElse(() => ''),
          ) === text
    }
    for (const at of Array.from(text, (_, i) => i)) {
      expect(isSafe(text.slice(0, at))).toBe(true)
      expect(isSafe(text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1))).toBe(true)
    }
  })

  it('when one writes what is code', () => {
    const own = custom({
      name: 'own',
      value: (x: Tensor) => neg(x),
      differential: () => [linearMaps.negate],
    })
    const inside = (x: Tensor): Tensor => checkpoint((y: Tensor) => own(y))(x)
    const told = pipe(encodeProgram(stage(inside)(tensor([1]))), E.mapLeft(showProgramFailure))
    expect(told).toEqual(
      E.left(
        expect.stringMatching(
          /^instructions\[\d\]\.params\.body\.instructions\[\d\]\.operation: expected an operation of the library, got custom own/,
        ),
      ),
    )
    const equation = (p: Tensor): Tensor => fixedPoint((q: Tensor, x: Tensor) => mul(0.5, add(x, q)))(p, zeros([2]))
    expect(encodeProgram(stage(equation)(tensor([1, 2])))._tag).toBe('Left')
  })
})
