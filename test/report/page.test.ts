import fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import type { ResultRun, Results } from '../../src/codec/results.js'
import { renderReport } from '../../src/report/page.js'
import { arbitraryResults } from './arbitraryResults.js'
import { madeAutoencoder, madeEscape, madeSaddles, madeTraining } from './madeResults.js'

// As much of the DOM as is used here; the library types of browsers are not loaded.
interface Node {
  readonly id: string
  readonly textContent: string | null
  readonly outerHTML: string
  readonly getAttribute: (name: string) => string | null
  readonly querySelector: (selector: string) => Node | null
  readonly querySelectorAll: (selector: string) => Iterable<Node> & { readonly length: number }
}

const read = (html: string): Node => parseHTML(html).document.documentElement
const parsed = (results: Results): Node => read(renderReport(results))
const textOf = (page: Node): string => page.querySelector('main')?.textContent ?? ''
const all = (page: Node, selector: string): ReadonlyArray<Node> => Array.from(page.querySelectorAll(selector))

// What must hold for any results: a page that stands alone, and charts without numbers that are none.
const soundness = (html: string): void => {
  const page = read(html)
  expect(all(page, 'script, link, iframe, img, object, embed, [onload], [onclick]')).toHaveLength(0)
  expect(html).not.toMatch(/\b(?:src|href|xlink:href)="(?!results\.json)/)
  expect(html).not.toMatch(/url\((?!#)|@import/)
  expect(all(page, 'h1')).toHaveLength(1)
  for (const svg of all(page, 'figure svg')) {
    expect(svg.getAttribute('role')).toBe('img')
    expect(svg.getAttribute('aria-label')).not.toBe('')
    const drawn = svg.outerHTML.replace(/>[^<]*</g, '><').replace(/aria-label="[^"]*"/g, '')
    expect(drawn).not.toMatch(/NaN|Infinity|undefined/)
  }
  const ids = all(page, '[id]').map((element) => element.id)
  expect(new Set(ids).size).toBe(ids.length)
}

describe('renderReport', () => {
  it('stands alone, whatever the results are', () => {
    fc.assert(
      fc.property(arbitraryResults, (results) => soundness(renderReport(results))),
      { numRuns: 40 },
    )
  })

  it.each([
    ['training', madeTraining()],
    ['saddles', madeSaddles()],
    ['autoencoder', madeAutoencoder()],
    ['escape', madeEscape()],
  ])('gives the same sound page for the same results: %s', (_, results) => {
    const html = renderReport(results)
    soundness(html)
    expect(renderReport(results)).toBe(html)
    expect(html).not.toMatch(/https?:/)
    expect(html).toContain('prefers-color-scheme: dark')
  })

  it('shows every optimizer and width of a training, in charts and in the table', () => {
    const page = parsed(madeTraining())
    const headings = all(page, '.panel h4').map((heading) => heading.textContent)
    for (const width of [5, 10, 25]) {
      // Loss and error against epochs and work, curvature, spectrum.
      expect(headings.filter((heading) => heading === `${width} hidden units`)).toHaveLength(6)
    }
    const rows = all(page, '.wide tbody tr').map((row) => row.textContent)
    for (const optimizer of ['minibatch SGD', 'damped Newton', 'saddle-free Newton']) {
      expect(rows.filter((row) => row?.includes(optimizer))).toHaveLength(3)
      expect(all(page, '.legend li').some((entry) => entry.textContent === optimizer)).toBe(true)
      expect(all(page, 'figure svg').every((svg) => svg.getAttribute('aria-label')?.includes(optimizer))).toBe(true)
    }
    expect(all(page, 'figcaption').every((caption) => (caption.textContent ?? '').length > 40)).toBe(true)
  })

  it('prints medians over seeds, the best in bold, and the command that repeats the run', () => {
    const run = (optimizer: string, seed: number, loss: number): ResultRun => ({
      optimizer,
      width: 5,
      seed,
      iterates: [{ epoch: 1, loss, error: loss / 10, lambdaMin: -loss, gradientEquivalents: 2 }],
      reason: seed === 3 ? 'stalled' : 'all epochs done',
    })
    const runs = [
      run('A', 1, 0.1),
      run('A', 2, 0.5),
      run('A', 3, 0.2),
      run('B', 1, 0.4),
      run('B', 2, 0.3),
      run('B', 3, 0.9),
    ]
    const page = parsed({ ...madeTraining(), runs })
    expect(all(page, 'td.best').map((cell) => cell.textContent)).toEqual(['0.200', '2\u00a0%'])
    expect(all(page, '.wide tbody tr').map((row) => row.textContent)).toEqual([
      expect.stringMatching(/A0\.200.*−0\.20.*2 of 3/),
      expect.stringMatching(/B0\.400.*−0\.40.*2 of 3/),
    ])
    expect(page.querySelector('pre')?.textContent).toBe('gradus run digits --seed 1')
  })

  it('counts negative eigenvalues beyond rounding, in the median over seeds', () => {
    const spectra = [
      [-10, -1e-15, 0, 1e-15, 5],
      [-1, -0.1, -1e-12, 3, 4],
      [-100, -1, 1e-13, 1, 2],
    ]
    const results = madeTraining([5], 3, 2)
    const runs = results.runs.filter((run) => run.optimizer === 'damped Newton')
    const page = parsed({ ...results, runs: runs.map((run, i) => ({ ...run, spectrum: spectra[i] ?? [] })) })
    expect(textOf(page)).toContain('2 of 5 negative (40\u00a0%), least −10')
    // In full color: −100, −10, −1 and −0.1, each in a bar of its own.
    const bars = all(page, '[aria-label="rect"] rect').map((bar) => bar.getAttribute('fill-opacity'))
    expect(bars.filter((opacity) => opacity === '1').length).toBe(4)
  })

  it('tells where the paths went on both surfaces', () => {
    const page = parsed(madeSaddles())
    expect(all(page, '.panel h4').map((heading) => heading.textContent)).toEqual([
      'f(x, y) = 5x² − y²',
      'f(x, y) = x³ − 3xy²',
    ])
    expect(textOf(page)).toContain(
      'Newton ends on the saddle; saddle-free Newton leaves the picture at (0, 1.5) in step 5',
    )
  })

  it('counts how many runs left their saddles, and draws what theory says', () => {
    const page = parsed(madeEscape())
    const header = all(page, '.wide thead th').map((cell) => cell.textContent)
    expect(header).toContain('left')
    expect(header).not.toContain('seeds')
    const rows = all(page, '.wide tbody tr').map((row) => row.textContent)
    expect(rows.filter((row) => row?.includes('2 of 2left the saddle'))).toHaveLength(6)
    expect(rows.filter((row) => row?.includes('0 of 2all steps taken'))).toHaveLength(3)
    expect(all(page, '.wide tbody .key')).toHaveLength(12)
    const lines = all(page, 'figure svg text').map((text) => text.textContent)
    for (const law of ['doubling', '1 + η|λ|', 'growth by 3/2', '(1/r − 1) / 3η']) expect(lines).toContain(law)
  })

  it('puts both axes of an autoencoder side by side', () => {
    const page = parsed(madeAutoencoder())
    expect(all(page, 'figure').map((figure) => figure.querySelectorAll('.panel').length)).toEqual([2, 2, 1])
  })

  it('escapes what it is given', () => {
    const page = parsed({ ...madeTraining([5], 1, 2), title: '<script>alert("1")</script>', command: 'a && b < c' })
    expect(page.querySelector('h1')?.textContent).toBe('<script>alert("1")</script>')
    expect(page.querySelector('pre')?.textContent).toBe('a && b < c')
    expect(all(page, 'script')).toHaveLength(0)
  })

  it('says that a run was interrupted', () => {
    expect(textOf(parsed({ ...madeTraining([5], 1, 2), interrupted: true }))).toContain('interrupted')
    expect(textOf(parsed(madeTraining([5], 1, 2)))).not.toContain('interrupted')
  })
})

describe('renderReport at the edges', () => {
  const changed = (change: (run: ResultRun) => ResultRun): Results => {
    const results = madeTraining([5, 10], 2, 4)
    return { ...results, runs: results.runs.map(change) }
  }
  const everywhere = (figures: Partial<ResultRun['iterates'][number]>): Results =>
    changed((run) => ({ ...run, iterates: run.iterates.map((iterate) => ({ ...iterate, ...figures })) }))

  it.each<[string, Results]>([
    ['no run', { ...madeTraining(), runs: [] }],
    ['no iterates', changed((run) => ({ ...run, iterates: [] }))],
    ['one iterate', changed((run) => ({ ...run, iterates: run.iterates.slice(0, 1) }))],
    ['one seed', madeTraining([5], 1, 4)],
    ['λ_min unknown', everywhere({ lambdaMin: Number.NaN })],
    ['λ_min positive', everywhere({ lambdaMin: 0.1 })],
    ['error 0', everywhere({ error: 0 })],
    ['loss NaN', everywhere({ loss: Number.NaN })],
    ['loss ∞', everywhere({ loss: Number.POSITIVE_INFINITY })],
    ['loss negative', everywhere({ loss: -1 })],
    ['huge loss', everywhere({ loss: 1e308 })],
    ['work 0', everywhere({ gradientEquivalents: 0 })],
    ['empty spectra', changed((run) => ({ ...run, spectrum: [] }))],
    ['zero spectra', changed((run) => ({ ...run, spectrum: [0, 0] }))],
    ['no spectra', changed(({ spectrum: _, ...run }) => run)],
    [
      'paths that diverge',
      {
        ...madeSaddles(),
        runs: madeSaddles().runs.map((run) => ({
          ...run,
          path: [
            [1, 1],
            [Number.NaN, 1e300],
          ] as const,
        })),
      },
    ],
  ])('is sound with %s', (_, results) => soundness(renderReport(results)))

  it('leaves out the curvature when no eigenvalue is known, and the spectrum when there is none', () => {
    expect(textOf(parsed(madeTraining([5], 1, 4)))).toMatch(/way out of the saddles[\s\S]*whole spectrum/)
    expect(textOf(parsed(everywhere({ lambdaMin: Number.NaN })))).not.toContain('way out of the saddles')
    expect(textOf(parsed(changed(({ spectrum: _, ...run }) => run)))).not.toContain('whole spectrum')
  })

  it('draws a loss that ended in NaN as far as it goes, and says n/a in the table', () => {
    const results = changed((run) => ({
      ...run,
      iterates: run.iterates.map((iterate, i) => (i === 4 ? { ...iterate, loss: Number.NaN } : iterate)),
    }))
    expect(all(parsed(results), '.wide td').filter((cell) => cell.textContent === 'n/a')).toHaveLength(6)
  })
})
