/**
 * The page of coverage: which operations are held against which outside system, in which compositions. It is counted from the
 * fixtures that the tests run; `WRITE=1 npx vitest run test/documentation/coverage` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { primitives } from 'gradus'
import { expect, it } from 'vitest'
import { type Fixture, families } from '../primitive/fixtures.js'

const count = (cases: ReadonlyArray<Fixture>, of: (fixture: Fixture) => boolean): number => cases.filter(of).length

const shapesOf = (cases: ReadonlyArray<Fixture>): number =>
  new Set(cases.map(({ inputs }) => inputs.map(({ shape }) => shape.join('×')).join(' '))).size

const rows = families.flatMap(({ family, cases }) =>
  [...new Set(cases.map(({ operation }) => operation))].map((operation) => {
    const own = cases.filter((fixture) => fixture.operation === operation)
    const differentiable = count(own, (fixture) => fixture.differentiable.length > 0)
    const exact = count(own, ({ oracle }) => oracle === 'mpmath')
    const batches = own.reduce((total, { vmap }) => total + vmap.length, 0)
    return { family, operation, own, differentiable, exact, batches, shapes: shapesOf(own) }
  }),
)

const total = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((sum, row) => sum + of(row), 0)

const page = (): string =>
  [
    '# Coverage',
    '',
    'Every operation is called with fixtures that other systems computed: JAX in float64, and mpmath with 50 digits where JAX cancels,',
    'refuses or is wrong (test/golden/primitives). Of each fixture the tests compare the value, and, where an input is differentiable, jvp,',
    'vjp, jvp of jvp, jvp of vjp, vjp of jvp and vjp of vjp, to 10⁻¹² at first order and 10⁻¹⁰ at second; vmap over each mixture of batched',
    'inputs with its vjp; Taylor mode to second order; and, compiled, the value, the pullback and its derivative. Special functions have their own',
    'tables (test/golden/kernel), and records that compute derivatives in parameters are held to mpmath (test/primitive/incomplete.test.ts).',
    '',
    `${rows.length} operations, ${total(({ own }) => own.length)} fixtures (${total(({ exact }) => exact)} by mpmath), ` +
      `${total(({ differentiable }) => differentiable)} of them differentiated in all six ways, ${total(({ batches }) => batches)} batched calls; ` +
      `${Object.keys(primitives).length} primitives, all reached.`,
    '',
    '| operation | family | fixtures | by mpmath | shapes | orders 1 and 2, six ways | vmap | compiled |',
    '|---|---|--:|--:|--:|--:|--:|---|',
    ...rows.map(
      ({ operation, family, own, exact, shapes, differentiable, batches }) =>
        `| \`${operation}\` | ${family} | ${own.length} | ${exact === 0 ? '' : exact} | ${shapes} | ${differentiable === 0 ? 'piecewise constant' : differentiable} | ${batches} | all |`,
    ),
    '',
  ].join('\n')

const file = new URL('../../docs/guide/coverage.md', import.meta.url)

it('the page of coverage says what the fixtures hold', () => {
  if (process.env.WRITE === '1') writeFileSync(file, page())
  expect(readFileSync(file, 'utf8')).toBe(page())
})
