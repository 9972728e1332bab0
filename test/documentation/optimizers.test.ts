/**
 * The pages of optimizers and of refutations: what each asks, keeps and costs is measured, where each stands with the laws is the table of
 * test/laws/claims, and counterexamples are found again. `WRITE=1 npx vitest run test/documentation/optimizers` writes both pages.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { type Evidence, type LawFailure, verify } from 'gradus/laws'
import { describe, expect, it } from 'vitest'
import { growth, type Measured, type Sized } from '../laws/claims/measured.js'
import { type Family, type LawName, lawNames, type Row, type Told, titleOf } from '../laws/claims/Row.js'
import { refuting, seed, table } from '../laws/claims/table.js'
import { catalogueOf, type Entry, type Kind, optimizeIndex } from './catalogue.js'

const catalogue = catalogueOf(optimizeIndex)

const sentences: Readonly<Record<LawName, string>> = {
  O1: 'At a minimum it stays, and its state does not move it later. Least squares: where the residuals vanish.',
  O2: 'The first step goes down, ⟨∇f, s⟩ < 0; the loss never increases. Each for convex quadratics and for indefinite ones.',
  O3: 'Each step meets the conditions of its line search: a decrease (Armijo), and a slope that is flat enough (Wolfe).',
  O4: 'A run that rests as text in between goes on as if it had not, to the bit.',
  O5: 'It is the descent along a chain of transformations, and chains are a monoid.',
  O6: 'In other variables, x = B y + c, it takes the same steps; or for a multiple of the loss.',
  O7: 'On quadratics: it solves them in so many steps, or its steps are known in closed form.',
  O8: 'Its step is −|H|⁻¹ ∇f: away from saddles along negative curvature, Newton’s step along the rest.',
  O9: 'Its step lies in the ball of its radius, and the model falls as much as to the Cauchy point; or it is the minimizer in the ball.',
  O10: 'Its step minimizes the cubic model, or falls as much as to the Cauchy point.',
  O11: 'What it has learned of the inverse Hessian gives its last step back, B y = s; B is symmetric, and positive definite.',
  O12: 'The same key makes the same run, another key another one; lots have no direction in common, and lie in their ball.',
  O13: 'A checkpoint that was read is written again letter by letter; numbers out of range are refused by name.',
  O14: 'Leaves that are held keep their bits, and the others move as if there were no more.',
  O15: 'A schedule of its rate acts at its step, to the bit; or its step does not jump where the radius begins to hold it.',
  O16: 'Where the loss stops being a number, the run ends in a failure with the last point that was good, and never in NaN.',
}

const families: Readonly<Record<Family, string>> = {
  Descent: 'Along the gradient, plain or with what is left of earlier steps.',
  'Signs of gradients': 'Steps of one length for every parameter: only signs of gradients count.',
  'Adaptive rates': 'Each parameter is divided by a mean of its own gradients: scale-free, and bound to the axes.',
  'Rates of layers': 'Each leaf of the tree has a rate of its own, from its size and that of its updates.',
  Noise: 'Lots that are a function of key and step.',
  'Along a line': 'A direction, and a search that finds how far: whole batches, no learning rate.',
  Newton: 'The Hessian as it is: fast, and drawn to any critical point.',
  'Saddle-free Newton': 'The absolute value of the Hessian: as fast, and pushed off saddles.',
  'Trust regions and cubic models': 'A model of the loss, believed as far as it predicted well.',
  'Least squares': 'Sums of squares: the Jacobian of the residuals stands in for the Hessian.',
  'In a box': 'Parameters that must stay between bounds.',
  'Values alone': 'No derivative is asked for.',
}

/** What Optax calls them. */
const optax: Readonly<Record<string, string>> = {
  gradientDescent: 'sgd',
  momentum: 'sgd(momentum)',
  optimisticGradientDescent: 'optimistic_gradient_descent',
  polyakSgd: 'polyak_sgd',
  signSgd: 'sign_sgd',
  noisySgd: 'noisy_sgd',
  lbfgs: 'lbfgs',
  sophia: 'contrib.sophia',
  descend: 'chain',
  ...Object.fromEntries(
    [
      ...[
        'adabelief',
        'adadelta',
        'adafactor',
        'adagrad',
        'adam',
        'adamax',
        'adamaxw',
        'adamw',
        'adan',
        'amsgrad',
        'lamb',
      ],
      ...['lars', 'lion', 'nadam', 'nadamw', 'novograd', 'radam', 'rmsprop', 'rprop', 'signum', 'sm3', 'yogi'],
    ].map((name) => [name, name]),
  ),
}

const asked: Readonly<Record<string, string>> = {
  value: 'value',
  valueAndGrad: 'gradient',
  hessian: 'Hessian',
  gaussNewton: 'Gauss-Newton',
  residuals: 'residuals',
  bounds: 'bounds',
}

const rounded = (x: number): string => String(Number(x.toFixed(Math.abs(x) < 10 ? 1 : 0)))

const isSeen = (x: number): boolean => Math.abs(x) >= 0.05

const times = (factor: number, word: string): string => (rounded(factor) === '1' ? word : `${rounded(factor)}${word}`)

/** Numbers in a state, in vectors: n² of them are n. */
const vectors = (sizes: ReadonlyArray<Sized>): string => {
  const { linear, quadratic } = growth(sizes)
  const terms = [...(isSeen(quadratic) ? [times(quadratic, 'n')] : []), ...(isSeen(linear) ? [rounded(linear)] : [])]
  return terms.length === 0 ? '0' : terms.join(' + ')
}

/** What is asked for each variable is a multiple of n; of all else the mean is told. */
const perStep = (sizes: ReadonlyArray<Sized>): string => {
  const ratios = sizes.map(({ n, count }) => count / n)
  const [first = 0] = ratios
  const mean = sizes.reduce((total, { count }) => total + count, 0) / Math.max(1, sizes.length)
  return first > 0.5 && ratios.every((ratio) => Math.abs(ratio / first - 1) < 0.02)
    ? times(first, 'n')
    : isSeen(mean)
      ? rounded(mean)
      : ''
}

const cost = ({ gradients, evaluations, products, solves }: Measured): string => {
  const named: ReadonlyArray<readonly [ReadonlyArray<Sized>, string]> = [
    [gradients, 'gradient'],
    [evaluations, 'value'],
    [products, 'product'],
    [solves, 'solve'],
  ]
  return named
    .flatMap(([sizes, word]) => {
      const number = perStep(sizes)
      return number === '' ? [] : [`${number} ${word}${number === '1' ? '' : 's'}`]
    })
    .join(', ')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

const rowsOf = (maker: string): ReadonlyArray<Row> => table.filter((row) => row.maker === maker)

const familyLines = (family: Family): ReadonlyArray<string> => {
  const makers = [...new Set(table.filter((row) => row.family === family).map(({ maker }) => maker))]
  const lines = makers.flatMap((maker) => {
    const entry = catalogue.find(({ name, kind }) => name === maker && kind === 'optimizer')
    const row = table.find((each) => each.maker === maker && each.family === family)
    if (entry === undefined || row === undefined) return []
    const seen = row.measured()
    const setting =
      rowsOf(maker).length > 1 && row.setting !== '' && maker.match(/^(along|descend|trustRegionWith|cubicNewtonWith)$/)
        ? ` (${row.setting})`
        : ''
    return [
      `| \`${maker}\`${setting} | ${cell(entry.summary)} | ${optax[maker] === undefined ? '' : `\`${optax[maker]}\``} | ${seen.asks
        .map((ability) => asked[ability])
        .join(', ')} | ${vectors(seen.state)} | ${cost(seen)} | ${cell(entry.references)} |`,
    ]
  })
  return [
    `### ${family}`,
    '',
    families[family],
    '',
    '| optimizer | what it does | Optax | asks | state | cost of a step | reference |',
    '|---|---|---|---|--:|---|---|',
    ...lines,
    '',
  ]
}

const letters: Readonly<Record<string, string>> = {
  translations: 'T',
  'permutations and signs': 'P',
  rotations: 'R',
  'a common factor': 'c',
  'factors of single variables': 'D',
  'linear changes': 'A',
  'a factor of the loss': 's',
  'residuals: rotations': 'Rᵣ',
  'residuals: a common factor': 'sᵣ',
}

/** Of a claim and the weaker one for convex losses only the stronger is told. */
const strongest = (held: ReadonlyArray<string>): ReadonlyArray<string> =>
  held.filter((words) => !(words.endsWith(', convex') && held.includes(words.replace(', convex', ''))))

const standing = (name: LawName, told: ReadonlyArray<Told>): string => {
  const held = told.filter(({ _tag }) => _tag === 'Holds').map(({ words }) => words)
  const isDenied = told.some(({ _tag }) => _tag === 'Denied')
  if (held.length === 0) return isDenied ? '✗' : '–'
  if (name === 'O6') return held.map((words) => letters[words] ?? words).join(' ')
  if (name === 'O2' || name === 'O7') return strongest(held).join('; ')
  return isDenied ? `✓ but ${told.flatMap(({ _tag, words }) => (_tag === 'Denied' ? [words] : [])).join(', ')}` : '✓'
}

const listOf = (kind: Kind, title: string, words: string): ReadonlyArray<string> => [
  `### ${title}`,
  '',
  words,
  '',
  '| | |',
  '|---|---|',
  ...catalogue
    .filter((each: Entry) => each.kind === kind)
    .map(({ name, summary }) => `| \`${name}\` | ${cell(summary)} |`),
  '',
]

const count = (tag: Told['_tag']): number =>
  table.flatMap(({ standings }) => lawNames.flatMap((name) => standings[name])).filter(({ _tag }) => _tag === tag)
    .length

const page = (): string =>
  [
    '# Optimizers',
    '',
    'All optimizers of `gradus/optimize`, by family; then what they are made of; then the laws O1 to O16 and where each stands with them.',
    'Everything here is read from the sources or measured: `WRITE=1 npx vitest run test/documentation/optimizers` writes this page.',
    '',
    '**asks** what of an objective it asks for; a pairing with an objective that cannot answer does not compile. **state** in vectors of as many',
    'numbers as there are parameters, n (a matrix is n of them); a few single numbers are left out. **cost of a step** the mean of twelve steps on',
    'Rosenbrock’s function with 24 to 40 variables: gradients, values, Hessian-vector products, and solves or decompositions of a matrix.',
    '',
    '## By family',
    '',
    ...[...new Set(table.map(({ family }) => family))].flatMap(familyLines),
    '## What they are made of',
    '',
    ...listOf(
      'transformation',
      'Transformations of updates',
      '`chain` puts them in a row, `descend` makes an optimizer of them.',
    ),
    ...listOf(
      'schedule',
      'Schedules',
      'A rate may be a number or one of these; `join` and `scheduleMonoid` compose them.',
    ),
    ...listOf(
      'direction',
      'Directions',
      '`along` makes an optimizer of a direction and a line search that can use it.',
    ),
    ...listOf('line search', 'Line searches', 'How far along a direction.'),
    ...listOf('stop', 'Stopping rules', '`takeUntil` ends a run by one; they are a monoid, `anyOf` and `allOf`.'),
    '## The laws',
    '',
    '| | |',
    '|---|---|',
    ...lawNames.map((name) => `| ${name} | ${cell(sentences[name])} |`),
    '',
    'Each is a law of `gradus/laws` that can be asked of an optimizer of your own: `optimizerLaws`, `leastSquaresLaws`, `saddleFreeLaws`,',
    '`regionLaws`, `secantLaws`, `seedLaws`, `perturbationLaws`, `maskLaws`, `scheduledLaws`, `resumeLaws`, `transformationLaws`, `badBatchLaws`,',
    '`refusalLaws`.',
    'What is not claimed is denied, and `verify` finds a counterexample.',
    '',
    '## Where each stands',
    '',
    '✓ holds, ✗ is denied and refuted, – does not apply (it searches no line, draws no lots, …). O2 and O7 say what holds. In O6, T translations,',
    'P permutations and signs, R rotations, c a common factor, D factors of single variables, A linear changes, s a factor of the loss; of residuals',
    'Rᵣ rotations, sᵣ a common factor. What is not named there is denied, or open where the source says why.',
    `${count('Holds')} claims, ${count('Denied')} denials with [a refutation each](refutations.md).`,
    '',
    `| optimizer | ${lawNames.join(' | ')} |`,
    `|---|${lawNames.map(() => '---').join('|')}|`,
    ...table.map(
      (row) =>
        `| \`${row.maker}\`${row.setting === '' ? '' : ` (${cell(row.setting)})`} | ${lawNames
          .map((name) => cell(standing(name, row.standings[name])))
          .join(' | ')} |`,
    ),
    '',
  ].join('\n')

/** Three digits tell a counterexample from agreement, and do not depend on the last bit of a machine. */
const digits = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(digits).join(', ')}]`
  return typeof value === 'number' ? String(Number(value.toPrecision(3)) + 0) : String(value)
}

const clipped = (text: string): string => (text.length > 70 ? `${text.slice(0, 69)}…` : text)

const against: Readonly<Record<Evidence['relation'], string>> = { '≈': '≉', '≤': '>', '=': '≠', '≉': '≈' }

const counterexample = ({ evidence }: LawFailure): string => {
  if (E.isLeft(evidence)) return 'an error'
  const { left, relation, right } = evidence.right
  return `${clipped(digits(left))} ${against[relation]} ${clipped(digits(right))}`
}

const refutations = (): string =>
  [
    '# Refutations',
    '',
    'What optimizers do not do, with the first counterexample that was found: both sides of the law, to three digits. The laws are those of the',
    `[page of optimizers](optimizers.md). Seed ${seed}; \`WRITE=1 npx vitest run test/documentation/optimizers\` writes this page.`,
    '',
    '| optimizer | law | counterexample |',
    '|---|---|---|',
    ...table.flatMap((row) =>
      lawNames.flatMap((name) =>
        row.standings[name].flatMap((told) => {
          if (told._tag !== 'Denied') return []
          const found = verify(refuting)(told)
          if (E.isLeft(found) || found.right._tag !== 'Refuted')
            throw new Error(`${titleOf(row)} denies ${name} ${told.words}, and is not refuted`)
          return found.right.counterexamples.map(
            (failure) =>
              `| ${cell(titleOf(row))} | ${name}: ${cell(failure.law.replace(/^.*› /, ''))} | ${cell(counterexample(failure))} |`,
          )
        }),
      ),
    ),
    '',
  ].join('\n')

const expectPage = (name: string, wanted: string): void => {
  const file = new URL(`../../docs/guide/${name}`, import.meta.url)
  if (process.env.WRITE === '1') writeFileSync(file, wanted)
  expect(readFileSync(file, 'utf8')).toBe(wanted)
}

describe('the pages of optimizers', () => {
  it('hold every optimizer with what it asks, keeps and costs, and every law', { timeout: 120_000 }, () => {
    expectPage('optimizers.md', page())
  })

  it('hold a counterexample for every denial', { timeout: 120_000 }, () => {
    expectPage('refutations.md', refutations())
  })
})
