/** Operations by name and parameters: one row for each primitive, with the codec of its parameters. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { checkpointJ } from '../control/checkpoint.js'
import { condJ } from '../control/cond.js'
import { type Joint, type Params as JointParams, recordOf } from '../control/Joint.js'
import { scanJ } from '../control/loop.js'
import { systemJ } from '../control/system.js'
import { whileJ } from '../control/whileLoop.js'
import type { Primitive } from '../core/Primitive.js'
import type { Shape } from '../data/Shape.js'
import { besselIeP, besselIP, besselJP, besselMomentP } from '../primitive/bessel.js'
import { contractP, productSumP } from '../primitive/contraction.js'
import { constantPowerP, powerP } from '../primitive/elementary.js'
import { fourierP } from '../primitive/fourier.js'
import { polygammaP, polygammaRiseP } from '../primitive/gamma.js'
import { gatherP, scatterP } from '../primitive/indexing.js'
import { cofactorP, detP, detSignP, logAbsDetP, orientationP } from '../primitive/linalgDeterminant.js'
import { commutatorP, eigenFactorP, eigenvaluesP, eigenvectorsP } from '../primitive/linalgEigen.js'
import { expmP, sqrtmP } from '../primitive/linalgFunction.js'
import { luFactorP, luP, solveP } from '../primitive/linalgLu.js'
import { pinvP } from '../primitive/linalgPseudoInverse.js'
import { qrFactorP, qrP } from '../primitive/linalgQr.js'
import { singularValuesP, singularVectorsP, svdFactorP } from '../primitive/linalgSvd.js'
import { choleskyP, triangularSolveP } from '../primitive/linalgTriangular.js'
import { erfcxP } from '../primitive/normal.js'
import { argsortP, cumArgmaxP, cumArgminP, searchSortedP } from '../primitive/order.js'
import { argmaxP, cumsumP, maxP, minP } from '../primitive/reduction.js'
import { lastWriterP, scatterMaxP, scatterMinP } from '../primitive/scatter.js'
import { sincP } from '../primitive/sinc.js'
import { permuteP, reshapeP, spreadP, sumP } from '../primitive/structure.js'
import { elementwiseRecords, endingRecords } from '../primitive/table.js'
import { foldP, unfoldP } from '../primitive/unfold.js'
import { concatP, flipP, padP, sliceP } from '../primitive/window.js'
import { type Operation, operationOf } from '../program/Program.js'
import { isSubprogram, type Subprogram } from '../program/Subprogram.js'
import { CountCodec, ShapeCodec } from './data.js'

type Codec<A> = t.Type<A, unknown, unknown>

/** An operation that was read, with the shape of its result. */
export interface Read {
  readonly operation: Operation
  readonly shape: Shape
}

export interface OperationRow {
  readonly name: string
  /** How many inputs it takes; `undefined` for any number. */
  readonly arity: number | undefined
  readonly read: (params: unknown, inputs: ReadonlyArray<Shape>, context: t.Context) => t.Validation<Read>
}

const row = <Params>(
  primitive: Primitive<Params>,
  params: Codec<Params>,
  {
    arity,
    of = () => primitive,
  }: { readonly arity?: number | 'any'; readonly of?: (params: Params) => Primitive<Params> } = {},
): OperationRow => ({
  name: primitive.name,
  arity: arity === 'any' ? undefined : (arity ?? primitive.differential.length),
  read: (u, inputs, context) =>
    pipe(
      params.validate(u, t.appendContext(context, 'params', params, u)),
      E.chain((read) =>
        E.tryCatch(
          (): Read => ({ operation: operationOf(of(read), read), shape: of(read).shape(read, inputs) }),
          (thrown): t.Errors => [
            {
              value: u,
              context,
              message: `inputs that fit (${thrown instanceof Error ? thrown.message : String(thrown)})`,
            },
          ],
        ),
      ),
    ),
})

const nothing = new t.Type<undefined, unknown, unknown>(
  'null',
  t.undefined.is,
  (u, context) => (u === null ? t.success(undefined) : t.failure(u, context)),
  () => null,
)
const Axis = CountCodec
const Flag: Codec<boolean> = t.boolean
const Num: Codec<number> = t.number
const Axes = t.type({ axes: ShapeCodec }, '{ axes }')
const Order = t.type({ order: CountCodec }, '{ order }')
const Running = t.type({ axis: Axis, reverse: Flag }, '{ axis, reverse }')
const Strictness = t.type({ strict: Flag }, '{ strict }')
const Place = t.type({ axis: Axis, batch: Axis, outer: ShapeCodec }, '{ axis, batch, outer }')
const Lengths = t.readonlyArray(Num, 'numbers')
const Window = t.type({ starts: Lengths, strides: Lengths, inner: ShapeCodec, outer: ShapeCodec }, 'a window')
const Windowed = t.type({ window: Window }, '{ window }')
const Labels = t.type({ left: ShapeCodec, right: ShapeCodec, out: ShapeCodec }, '{ left, right, out }')
const Sliding = t.type(
  { lead: Axis, size: ShapeCodec, strides: ShapeCodec, dilation: ShapeCodec, outer: ShapeCodec },
  '{ lead, size, strides, dilation, outer }',
)

const Body = new t.Type<Subprogram, unknown, unknown>(
  'a program',
  isSubprogram,
  (u, context) => (isSubprogram(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

/** How inputs travel in an operation of several tensors. */
const Places = t.type(
  { places: t.type({ groups: t.readonlyArray(ShapeCodec), members: t.readonlyArray(ShapeCodec) }, 'places') },
  '{ places }',
)

const joint = <Own extends object>(each: Joint<Own>, own: Codec<Own>): OperationRow => {
  const params: Codec<JointParams<Own>> = t.intersection([own, Places], own.name)
  return row(recordOf(each), params, { arity: 'any' })
}

const plain = [...elementwiseRecords, ...endingRecords].map((primitive) => row(primitive, nothing))

const parameterized: ReadonlyArray<OperationRow> = [
  row(powerP, t.type({ exponent: Num }, '{ exponent }'), {
    of: ({ exponent }) => (exponent === 0 ? constantPowerP : powerP),
  }),
  ...[erfcxP, polygammaP, polygammaRiseP, sincP].map((each) => row(each, Order)),
  ...[besselJP, besselIP, besselIeP, besselMomentP].map((each) => row(each, Order)),
  ...[sumP, maxP, minP, argmaxP, flipP].map((each) => row(each, Axes)),
  row(spreadP, t.type({ axes: ShapeCodec, outer: ShapeCodec }, '{ axes, outer }')),
  row(permuteP, t.type({ permutation: ShapeCodec }, '{ permutation }')),
  row(reshapeP, t.type({ to: ShapeCodec }, '{ to }')),
  ...[sliceP, padP].map((each) => row(each, Windowed)),
  ...[unfoldP, foldP].map((each) => row(each, Sliding)),
  row(fourierP, t.type({ conjugate: Flag }, '{ conjugate }')),
  row(concatP, t.type({ axis: Axis }, '{ axis }'), { arity: 'any' }),
  row(cumsumP, Running),
  ...[cumArgmaxP, cumArgminP].map((each) => row(each, Running)),
  row(argsortP, t.type({ axis: Axis, descending: Flag }, '{ axis, descending }')),
  row(searchSortedP, t.type({ batch: Axis, afterEqual: Flag }, '{ batch, afterEqual }'), { arity: 2 }),
  ...[gatherP, scatterP, scatterMaxP, scatterMinP].map((each) => row(each, Place)),
  row(lastWriterP, t.type({ batch: Axis, length: Axis, operation: t.string }, '{ batch, length, operation }')),
  ...[contractP, productSumP].map((each) => row(each, Labels)),
]

const linalg: ReadonlyArray<OperationRow> = [
  ...[choleskyP, luFactorP, detP, cofactorP, orientationP, logAbsDetP, detSignP].map((each) => row(each, nothing)),
  ...[qrFactorP, eigenFactorP, eigenvaluesP, svdFactorP, singularValuesP, expmP, sqrtmP].map((each) =>
    row(each, nothing),
  ),
  row(triangularSolveP, t.type({ upper: Flag, transposed: Flag, unit: Flag }, '{ upper, transposed, unit }')),
  row(luP, t.type({ part: t.keyof({ lower: null, upper: null }, "'lower' or 'upper'") }, '{ part }')),
  row(solveP, t.type({ transposed: Flag }, '{ transposed }')),
  row(qrP, t.type({ part: t.keyof({ q: null, r: null }, "'q' or 'r'") }, '{ part }')),
  ...[eigenvectorsP, commutatorP].map((each) => row(each, Strictness)),
  row(
    singularVectorsP,
    t.type({ side: t.keyof({ left: null, right: null }, "'left' or 'right'"), strict: Flag }, '{ side, strict }'),
  ),
  row(pinvP, t.type({ cutoff: Num }, '{ cutoff }')),
]

/** Operations that hold programs. */
const joints: ReadonlyArray<OperationRow> = [
  joint(condJ, t.type({ branches: t.readonlyArray(Body) }, '{ branches }')),
  joint(scanJ, t.type({ length: Axis, carries: Axis, slices: Axis, body: Body }, '{ length, carries, slices, body }')),
  joint(whileJ, t.type({ carries: Axis, condition: Body, body: Body }, '{ carries, condition, body }')),
  joint(checkpointJ, t.type({ body: Body }, '{ body }')),
  joint(
    systemJ,
    t.type(
      {
        forward: Body,
        transposed: Body,
        options: t.partial(
          { method: t.keyof({ dense: null, iterative: null }), symmetric: Flag, tolerance: Num, steps: Num },
          'options of a system',
        ),
      },
      '{ forward, transposed, options }',
    ),
  ),
]

/** The rows by name. A function that its author differentiates, or an equation with its solver, is code and has no row. */
export const operationRows: ReadonlyMap<string, OperationRow> = new Map(
  [...plain, ...parameterized, ...linalg, ...joints].map((each) => [each.name, each]),
)
