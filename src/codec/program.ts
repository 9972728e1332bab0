/** Programs as documents: every operation by its name and parameters, constants bit for bit. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type Shape, sameShape, showShape } from '../data/Shape.js'
import type { Tensor } from '../data/Tensor.js'
import type { Instruction, Program } from '../program/Program.js'
import { isSubprogram, subprogram } from '../program/Subprogram.js'
import { CountCodec, DataCodec, encodeData, isPlainRecord, ShapeCodec, TensorCodec, validateRecord } from './data.js'
import {
  type Body,
  type DocumentFailure,
  type Format,
  parsed,
  printed,
  sealed,
  showDocumentFailure,
  unsealed,
} from './document.js'
import { type Mismatch, mismatchesOf, showMismatches, within } from './mismatch.js'
import { operationRows, type Read } from './operations.js'

/**
 * Why a program cannot be written down, or a value is no program.
 *
 * @since 0.1.0
 */
export type ProgramFailure =
  | DocumentFailure
  /** It holds functions of the user, which are code and not data. */
  | { readonly _tag: 'HoldsCode'; readonly mismatches: ReadonlyArray<Mismatch> }

/** Operations of a later version are unknown to an earlier one, which says so; a change of meaning is a migration. */
const format: Format = { name: 'gradus program', migrations: [] }

const encodeParams = (params: unknown): unknown => {
  if (params === undefined) return null
  if (isSubprogram(params)) return { program: bodyOf(params.program) }
  if (Array.isArray(params)) return params.map(encodeParams)
  return isPlainRecord(params)
    ? { record: Object.fromEntries(Object.entries(params).map(([key, each]) => [key, encodeParams(each)])) }
    : encodeData(params)
}

const bodyOf = ({ inputs, constants, instructions, outputs }: Program): Body => ({
  inputs,
  constants: constants.map(encodeData),
  instructions: instructions.map(({ operation, inputs: refs, shape }) => ({
    operation: operation.name,
    params: encodeParams(operation.params),
    inputs: refs,
    shape,
  })),
  outputs,
})

/** The places of operations without a row, those inside of programs included. */
const codeIn = (program: Program, path: string): ReadonlyArray<Mismatch> =>
  program.instructions.flatMap(({ operation: { name, params } }, i) => {
    const place = within(within(path, 'instructions'), String(i))
    return operationRows.has(name)
      ? codeInParams(params, `${place}.params`)
      : [{ path: `${place}.operation`, expected: 'an operation of the library', found: name }]
  })

const codeInParams = (params: unknown, path: string): ReadonlyArray<Mismatch> =>
  isSubprogram(params)
    ? codeIn(params.program, path)
    : Array.isArray(params)
      ? params.flatMap((each: unknown, i) => codeInParams(each, within(path, String(i))))
      : isPlainRecord(params)
        ? Object.entries(params).flatMap(([key, each]) => codeInParams(each, within(path, key)))
        : []

const documentOf = (program: Program): E.Either<ProgramFailure, Body> => {
  const mismatches = codeIn(program, '')
  return mismatches.length > 0 ? E.left({ _tag: 'HoldsCode', mismatches }) : E.right(sealed(format)(bodyOf(program)))
}

/**
 * Writes a program as JSON.
 *
 * **Fails** `HoldsCode` where an operation is made of functions of the user: `custom`, and equations with their solver.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad, interpret, scalar, sin, stage, type Tensor, toNumber } from 'gradus'
 * import { decodeProgram, encodeProgram } from 'gradus/codec'
 * const program = stage((x: Tensor) => grad(sin)(x))(scalar(0))
 * const read = pipe(encodeProgram(program), E.chain(decodeProgram))
 * pipe(read, E.map((again) => interpret(again)([scalar(0)]).map(toNumber))) // => E.right([1])
 *
 * @since 0.1.0
 */
export const encodeProgram = (program: Program): E.Either<ProgramFailure, unknown> => documentOf(program)

/**
 * Writes a program as JSON text, one line for each field.
 *
 * **Fails** `HoldsCode`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { custom, linearMaps, neg, scalar, stage, type Tensor } from 'gradus'
 * import { printProgram } from 'gradus/codec'
 * const own = custom({ name: 'own', value: (x: Tensor) => neg(x), differential: () => [linearMaps.negate] })
 * pipe(printProgram(stage(own)(scalar(0))), E.mapLeft(({ _tag }) => _tag)) // => E.left('HoldsCode')
 *
 * @since 0.1.0
 */
export const printProgram = (program: Program): E.Either<ProgramFailure, string> =>
  pipe(documentOf(program), E.map(printed))

const ParamsCodec: t.Type<unknown, unknown, unknown> = new t.Type<unknown, unknown, unknown>(
  'parameters',
  t.unknown.is,
  (u, context): t.Validation<unknown> => {
    if (Array.isArray(u)) return Items.validate(u, context)
    if (!isPlainRecord(u) || Object.keys(u).length !== 1) return DataCodec.validate(u, context)
    const { record, program } = u
    if (program !== undefined)
      return pipe(
        ProgramCodec.validate(program, t.appendContext(context, 'program', ProgramCodec, program)),
        E.map(subprogram),
      )
    return isPlainRecord(record)
      ? validateRecord(record, (each, key) =>
          ParamsCodec.validate(each, t.appendContext(context, key, ParamsCodec, each)),
        )
      : DataCodec.validate(u, context)
  },
  encodeParams,
)

const Items = t.readonlyArray(ParamsCodec, 'parameters')

const Fields = t.type(
  {
    inputs: t.readonlyArray(ShapeCodec, 'shapes'),
    constants: t.readonlyArray(TensorCodec, 'tensors'),
    instructions: t.readonlyArray(
      t.type(
        {
          operation: t.string,
          params: ParamsCodec,
          inputs: t.readonlyArray(CountCodec, 'numbers of values'),
          shape: ShapeCodec,
        },
        'an instruction',
      ),
      'instructions',
    ),
    outputs: t.readonlyArray(CountCodec, 'numbers of values'),
  },
  'a program',
)

type Written = t.TypeOf<typeof Fields>['instructions'][number]

const expectedAt = (context: t.Context, key: string, value: unknown, expected: string): t.Errors => [
  { value, context: t.appendContext(context, key, t.unknown, value), message: expected },
]

/** Values exist before they are used, operations are known, and shapes follow from those of the inputs. */
const instructionAt = (
  { operation: name, params, inputs, shape }: Written,
  shapes: ReadonlyArray<Shape>,
  known: number,
  context: t.Context,
): t.Validation<Instruction> => {
  const found = operationRows.get(name)
  if (found === undefined) return E.left(expectedAt(context, 'operation', name, 'an operation of the library'))
  const early = inputs.findIndex((ref) => ref >= known)
  if (early !== -1)
    return E.left(
      expectedAt(
        t.appendContext(context, 'inputs', t.unknown, inputs),
        String(early),
        inputs[early],
        `the number of a value that is there before, below ${known}`,
      ),
    )
  if (found.arity !== undefined && found.arity !== inputs.length)
    return E.left(expectedAt(context, 'inputs', inputs, `${found.arity} inputs for ${name}`))
  return pipe(
    found.read(
      params,
      inputs.flatMap((ref) => shapes.slice(ref, ref + 1)),
      context,
    ),
    E.filterOrElse(
      (read: Read) => sameShape(read.shape, shape),
      ({ shape: own }) => expectedAt(context, 'shape', shape, `${showShape(own)}, the shape of ${name} of its inputs`),
    ),
    E.map(({ operation }) => ({ operation, inputs, shape })),
  )
}

const programFrom = (
  { inputs, constants, instructions, outputs }: t.TypeOf<typeof Fields>,
  context: t.Context,
): t.Validation<Program> => {
  const place = t.appendContext(context, 'instructions', t.unknown, instructions)
  const before = [...inputs, ...constants.map((constant: Tensor) => constant.shape)]
  // Shapes are known from what is written, which each instruction is then held to.
  const shapes = [...before, ...instructions.map(({ shape }) => shape)]
  const read = instructions.map((each, i) =>
    instructionAt(each, shapes, before.length + i, t.appendContext(place, String(i), t.unknown, each)),
  )
  const lost = outputs.findIndex((ref) => ref >= shapes.length)
  const errors = [
    ...read.flatMap((each) => (E.isLeft(each) ? each.left : [])),
    ...(lost === -1
      ? []
      : expectedAt(
          t.appendContext(context, 'outputs', t.unknown, outputs),
          String(lost),
          outputs[lost],
          `the number of a value, below ${shapes.length}`,
        )),
  ]
  return errors.length > 0
    ? t.failures(errors)
    : t.success({
        inputs,
        constants,
        instructions: read.flatMap((each) => (E.isRight(each) ? [each.right] : [])),
        outputs,
      })
}

const ProgramCodec: t.Type<Program, unknown, unknown> = new t.Type<Program, unknown, unknown>(
  'a program',
  (u): u is Program => isPlainRecord(u) && 'instructions' in u && 'outputs' in u,
  (u, context) =>
    pipe(
      Fields.validate(u, context),
      E.chain((fields) => programFrom(fields, context)),
    ),
  bodyOf,
)

/**
 * Reads a program from a value, such as parsed JSON: it interprets and compiles to the same bits as the one that was written.
 *
 * **Fails** `OtherFormat`, `FutureVersion`, `Corrupt`; `Mismatched` where an operation is unknown, a value is used before it is there,
 * or a shape is not that of the operation.
 *
 * @example
 * import { decodeProgram } from 'gradus/codec'
 * decodeProgram({ format: 'gradus program', version: 2 })._tag // => 'Left'
 *
 * @since 0.1.0
 */
export const decodeProgram = (value: unknown): E.Either<ProgramFailure, Program> =>
  pipe(
    unsealed(format)(value),
    E.chainW((body) =>
      pipe(
        ProgramCodec.decode(body),
        E.mapLeft((errors): ProgramFailure => ({ _tag: 'Mismatched', mismatches: mismatchesOf(errors) })),
      ),
    ),
  )

/**
 * Reads a program from JSON text.
 *
 * **Fails** `NotJson`, and as `decodeProgram` does.
 *
 * @example
 * import { parseProgram } from 'gradus/codec'
 * const read = parseProgram('{ "format"')
 * read._tag === 'Left' && read.left._tag // => 'NotJson'
 *
 * @since 0.1.0
 */
export const parseProgram = (text: string): E.Either<ProgramFailure, Program> =>
  pipe(parsed(text), E.chainW(decodeProgram))

/**
 * Says why a program could not be written or read.
 *
 * @example
 * import { decodeProgram, showProgramFailure } from 'gradus/codec'
 * const read = decodeProgram(7)
 * read._tag === 'Left' && showProgramFailure(read.left) // => "format: expected 'gradus program', got 7"
 *
 * @since 0.1.0
 */
export const showProgramFailure = (failure: ProgramFailure): string =>
  failure._tag === 'HoldsCode'
    ? `${showMismatches(failure.mismatches)}\nFunctions of your own cannot be written down: leave them out of what is staged.`
    : showDocumentFailure(failure)
