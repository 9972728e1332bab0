/**
 * test/conformance/: gradus held to the numbers that other projects publish for their own tests.
 * What the tables of test/golden/conformance/tables.json claim of which operation, and how near it must come.
 * Source of the numbers: github.com/scipy/scipy scipy/special/tests/data/boost at SciPy 1.17.1, made by github.com/boostorg/math,
 * licence BSL-1.0; numbers only, picked by test/golden/conformance/tables.py.
 * May import: gradus. May be imported by: tables.test.ts.
 */
import { readFileSync } from 'node:fs'
import {
  add,
  beta,
  betainc,
  cbrt,
  digamma,
  erf,
  erfc,
  erfinv,
  expm1,
  gamma,
  grad,
  i0,
  i1,
  igamma,
  igammac,
  j0,
  j1,
  lbeta,
  lgamma,
  log1p,
  mul,
  neg,
  sub,
  sum,
  type Tensor,
  zeta,
} from 'gradus'

type Row = ReadonlyArray<number>

interface Golden {
  readonly source: string
  readonly tables: Readonly<Record<string, ReadonlyArray<Row>>>
}

const golden: Golden = JSON.parse(readFileSync(new URL('../golden/conformance/tables.json', import.meta.url), 'utf8'))

/** The rows of a table by name. */
export const rowsOf = (name: string): ReadonlyArray<Row> => {
  const rows = golden.tables[name]
  if (rows === undefined) throw new Error(`tables.json lacks the table ${name}`)
  return rows
}

/** The number in a column, which every row has. */
export const at = (row: Row, column: number): number => {
  const number = row[column]
  if (number === undefined) throw new Error(`a row of ${row.length} numbers lacks column ${column}`)
  return number
}

export interface Claim {
  readonly title: string
  readonly table: string
  /** The operation on whole columns of the table. */
  readonly actual: (...columns: ReadonlyArray<Tensor>) => Tensor
  readonly expected: (row: Row) => number
  /** The greatest allowed |actual − expected|. */
  readonly bound: (expected: number, row: Row) => number
  /** The rows that the claim is about; all where it is absent. */
  readonly rows?: (row: Row) => boolean
  /** The rows that are known to miss their bound; a row that no longer does is reported, as one that newly does is. */
  readonly misses?: (row: Row) => boolean
}

const ulp = 2 ** -52

/** n ulp, and the half ulp by which the table itself is rounded. Below the normal numbers an ulp is 2⁻¹⁰⁷⁴. */
const ulps =
  (n: number) =>
  (y: number): number =>
    (n + 0.5) * Math.max(ulp * Math.abs(y), 2 ** -1074)

/** Near zeros the error is that of numbers of size 1. */
const ulpsOfOne =
  (n: number) =>
  (y: number): number =>
    (n + 0.5) * ulp * Math.max(1, Math.abs(y))

/** Relative; results below the normal numbers have fewer digits. */
const relative =
  (r: number) =>
  (y: number): number =>
    Math.max(r * Math.abs(y), 2 ** -1074)

/** Jₙ is measured by what it swings between, √(2/π|x|), and by numbers of size 1 around 0. */
const ofSwing =
  (n: number) =>
  (y: number, row: Row): number =>
    (n + 0.5) * ulp * Math.max(Math.abs(y), Math.min(1, Math.sqrt(2 / (Math.PI * Math.abs(at(row, 0))))))

const column =
  (i: number) =>
  (row: Row): number =>
    at(row, i)

const one = (columns: ReadonlyArray<Tensor>, i = 0): Tensor => {
  const c = columns[i]
  if (c === undefined) throw new Error(`the table lacks column ${i}`)
  return c
}

const value =
  (f: (x: Tensor) => Tensor, i = 0) =>
  (...columns: ReadonlyArray<Tensor>): Tensor =>
    f(one(columns, i))

/** f′ entry by entry, as the gradient of a sum. */
const slope =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    grad((at: Tensor) => sum(f(at)))(x)

const pair =
  (f: (a: Tensor, b: Tensor) => Tensor) =>
  (...columns: ReadonlyArray<Tensor>): Tensor =>
    f(one(columns), one(columns, 1))

const ofThree =
  (f: (a: Tensor, b: Tensor, x: Tensor) => Tensor) =>
  (...columns: ReadonlyArray<Tensor>): Tensor =>
    f(one(columns), one(columns, 1), one(columns, 2))

const errorFunctions: ReadonlyArray<Claim> = [
  ...['erf', 'erfSmall', 'erfLarge'].flatMap(
    (table): ReadonlyArray<Claim> => [
      { title: 'erf', table, actual: value(erf), expected: column(1), bound: ulps(1) },
      { title: 'erfc', table, actual: value(erfc), expected: column(2), bound: ulps(4) },
    ],
  ),
  { title: 'erfinv', table: 'erfInverse', actual: value(erfinv), expected: column(1), bound: ulps(4) },
  {
    // (erf⁻¹)′(y) = √π/2 · exp(x²) at x = erf⁻¹(y), where 4 ulp of x are 8 x² ulp of exp(x²); the table's half adds x².
    title: 'erfinv′ by erfinv',
    table: 'erfInverse',
    actual: value(slope(erfinv)),
    expected: (row) => (Math.sqrt(Math.PI) / 2) * Math.exp(at(row, 1) ** 2),
    bound: (y, row) => ulps(4 + 9 * at(row, 1) ** 2)(y),
  },
]

const gammaFunctions: ReadonlyArray<Claim> = [
  ...['digamma', 'digammaRoot', 'digammaSmall'].flatMap(
    (table): ReadonlyArray<Claim> => [
      { title: 'ψ', table, actual: value(digamma), expected: column(1), bound: ulps(4) },
      { title: '(log Γ)′ by ψ', table, actual: value(slope(lgamma)), expected: column(1), bound: ulps(4) },
    ],
  ),
  { title: 'ψ', table: 'digammaNegative', actual: value(digamma), expected: column(1), bound: ulpsOfOne(6) },
  {
    title: '(log |Γ|)′ by ψ',
    table: 'digammaNegative',
    actual: value(slope(lgamma)),
    expected: column(1),
    bound: ulpsOfOne(6),
  },
  ...['gammaFactorials', 'gammaNear0', 'gammaNear1', 'gammaNear2', 'gammaNearMinus10', 'gammaNearMinus55'].flatMap(
    (table): ReadonlyArray<Claim> => [
      { title: 'Γ', table, actual: value(gamma), expected: column(1), bound: ulps(6) },
      {
        title: 'log |Γ|',
        table,
        actual: value(lgamma),
        expected: column(2),
        bound: (y, row) => (at(row, 0) > 0 ? ulps(6)(y) : ulpsOfOne(6)(y)),
      },
    ],
  ),
  // At integers Γ is the nearest double to the factorial.
  {
    title: 'Γ, exactly',
    table: 'gammaFactorials',
    actual: value(gamma),
    expected: column(1),
    bound: () => 0,
    rows: (row) => Number.isInteger(at(row, 0)),
  },
  ...['betaMedium', 'betaExponents'].flatMap(
    (table): ReadonlyArray<Claim> => [
      { title: 'B', table, actual: pair(beta), expected: column(2), bound: relative(1e-13) },
      {
        // Documented as 6e-15 where both parameters are below 10.
        title: 'log B',
        table,
        actual: pair(lbeta),
        expected: (row) => Math.log(at(row, 2)),
        bound: ulpsOfOne(27),
        rows: (row) => at(row, 2) > 2 ** -1022,
      },
    ],
  ),
]

/** ∂P/∂x = x^(a − 1) e⁻ˣ / Γ(a), where Γ(a) is the table's Γ(a, x) over its Q. */
const density = (row: Row): number => at(row, 1) ** (at(row, 0) - 1) * Math.exp(-at(row, 1)) * (at(row, 3) / at(row, 2))

/** Whether the factors of the density are normal numbers: none overflows, and none loses digits below them. */
const hasDensity = (row: Row): boolean => {
  const [a, x] = [at(row, 0), at(row, 1)]
  const factors = [x ** (a - 1), Math.exp(-x), x ** (a - 1) * Math.exp(-x), at(row, 2), at(row, 3)]
  return factors.every((f) => f > 2 ** -1000 && f < 2 ** 1000)
}

const incompleteGamma: ReadonlyArray<Claim> = [
  ...['igammaSmall', 'igammaMedium', 'igammaBig', 'igammaInteger'].flatMap(
    (table): ReadonlyArray<Claim> => [
      { title: 'P', table, actual: pair(igamma), expected: column(4), bound: relative(1e-13) },
      { title: 'Q', table, actual: pair(igammac), expected: column(3), bound: relative(1e-13) },
    ],
  ),
  // Not igammaBig: its column Γ(a, x) lacks exponents.
  ...['igammaSmall', 'igammaMedium', 'igammaInteger'].flatMap(
    (table): ReadonlyArray<Claim> => [
      {
        title: '∂P/∂x by Γ(a, x) / Q',
        table,
        actual: pair((a, x) => slope((at) => igamma(a, at))(x)),
        expected: density,
        bound: relative(1e-13),
        rows: hasDensity,
      },
      {
        title: '−∂Q/∂x by Γ(a, x) / Q',
        table,
        actual: pair((a, x) => slope((at) => neg(igammac(a, at)))(x)),
        expected: density,
        bound: relative(1e-13),
        rows: hasDensity,
      },
    ],
  ),
]

const incompleteBeta: ReadonlyArray<Claim> = ['ibeta', 'ibetaSmall', 'ibetaInteger'].flatMap(
  (table): ReadonlyArray<Claim> => [
    { title: 'I', table, actual: ofThree(betainc), expected: column(4), bound: relative(1e-13) },
    {
      // 1 − I_x(a, b) = I_(1 − x)(b, a); 1 − x is exact unless x has bits below 2⁻⁵³.
      title: '1 − I by its mirror',
      table,
      actual: ofThree((a, b, x) => betainc(b, a, sub(1, x))),
      expected: column(5),
      bound: relative(1e-13),
      rows: (row) => 1 - (1 - at(row, 2)) === at(row, 2),
    },
    {
      // ∂I/∂x = x^(a − 1) (1 − x)^(b − 1) / B(a, b), where B(a, b) is the table's B_x(a, b) over its I.
      title: '∂I/∂x by B_x / I',
      table,
      actual: ofThree((a, b, x) => slope((at) => betainc(a, b, at))(x)),
      expected: (row) =>
        (at(row, 2) ** (at(row, 0) - 1) * (1 - at(row, 2)) ** (at(row, 1) - 1) * at(row, 4)) / at(row, 3),
      bound: relative(1e-13),
      rows: (row) =>
        1 - (1 - at(row, 2)) === at(row, 2) &&
        [at(row, 3), at(row, 4), at(row, 2) ** (at(row, 0) - 1), (1 - at(row, 2)) ** (at(row, 1) - 1)].every(
          (f) => f > 2 ** -500 && f < 2 ** 500,
        ),
    },
  ],
)

const zetaFunction: ReadonlyArray<Claim> = [
  ...['zeta', 'zetaAbove1'].map(
    (table): Claim => ({
      title: 'ζ(s, 1)',
      table,
      actual: value((s) => zeta(s, 1)),
      expected: column(1),
      bound: relative(1e-13),
    }),
  ),
  {
    // ∂ζ(s − 1, q)/∂q at q = 1 is −(s − 1) ζ(s); s − 1 is exact since s has the 24 bits of a float.
    title: '∂ζ(s − 1, q)/∂q by ζ(s)',
    table: 'zeta',
    actual: value((s) => slope((q) => zeta(sub(s, 1), q))(add(mul(0, s), 1))),
    expected: (row) => -(at(row, 0) - 1) * at(row, 1),
    bound: relative(1e-13),
    rows: (row) => at(row, 0) > 2,
  },
]

const besselFunctions: ReadonlyArray<Claim> = [
  { title: 'J₀', table: 'j0', actual: value(j0), expected: column(1), bound: ofSwing(6) },
  { title: 'J₁', table: 'j1', actual: value(j1), expected: column(1), bound: ofSwing(6) },
  { title: 'J₀′', table: 'j0Slope', actual: value(slope(j0)), expected: column(1), bound: ofSwing(6) },
  { title: 'J₁′', table: 'j1Slope', actual: value(slope(j1)), expected: column(1), bound: ofSwing(6) },
  {
    title: 'J₀″ by −J₁′',
    table: 'j1Slope',
    actual: value(slope(slope(j0))),
    expected: (row) => -at(row, 1),
    bound: ofSwing(6),
  },
  { title: 'I₀', table: 'i0', actual: value(i0), expected: column(1), bound: ulps(6) },
  { title: 'I₁', table: 'i1', actual: value(i1), expected: column(1), bound: ulps(6) },
  { title: 'I₀′', table: 'i0Slope', actual: value(slope(i0)), expected: column(1), bound: ulps(6) },
  { title: 'I₁′', table: 'i1Slope', actual: value(slope(i1)), expected: column(1), bound: ulps(6) },
  {
    title: 'I₀″ by I₁′',
    table: 'i1Slope',
    actual: value(slope(slope(i0))),
    expected: column(1),
    bound: ulps(6),
  },
]

const elementary: ReadonlyArray<Claim> = [
  { title: 'log1p', table: 'log1pExpm1', actual: value(log1p), expected: column(1), bound: ulps(1) },
  { title: 'expm1', table: 'log1pExpm1', actual: value(expm1), expected: column(2), bound: ulps(1) },
  {
    // log1p′ = exp(−log1p), whose argument is known to half an ulp of itself.
    title: 'log1p′ by log1p',
    table: 'log1pExpm1',
    actual: value(slope(log1p)),
    expected: (row) => Math.exp(-at(row, 1)),
    bound: (y, row) => ulps(2 + Math.abs(at(row, 1)) / 2)(y),
  },
  {
    // 1 + expm1 loses what cancels where expm1 is near −1.
    title: 'expm1′ by 1 + expm1',
    table: 'log1pExpm1',
    actual: value(slope(expm1)),
    expected: (row) => 1 + at(row, 2),
    bound: (y) => ulps(1)(Math.max(1, y)),
  },
  { title: 'cbrt', table: 'cbrt', actual: value(cbrt, 1), expected: column(0), bound: ulps(1) },
  {
    title: 'cbrt′ by 1/(3 root²)',
    table: 'cbrt',
    actual: value(slope(cbrt), 1),
    expected: (row) => 1 / (3 * at(row, 0) ** 2),
    bound: ulps(5),
    rows: (row) => at(row, 0) !== 0,
  },
]

export const claims: ReadonlyArray<Claim> = [
  ...errorFunctions,
  ...gammaFunctions,
  ...incompleteGamma,
  ...incompleteBeta,
  ...zetaFunction,
  ...besselFunctions,
  ...elementary,
]
