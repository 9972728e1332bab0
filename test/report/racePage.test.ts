/** The page of races: what it holds, in the plane and in more dimensions, and where a run went wrong. */
import * as E from 'fp-ts/lib/Either.js'
import { tensor, toNumber } from 'gradus'
import { type Problem, problemNamed, problemOfDimension } from 'gradus/problem'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { contenders } from '../../src/experiment/contenders.js'
import { performanceProfile } from '../../src/experiment/profile.js'
import { raceOn } from '../../src/experiment/race.js'
import { raceFigures, valueAfter } from '../../src/experiment/raceFigures.js'
import { renderRaces } from '../../src/report/racePage.js'

const problem = (name: string): Problem => {
  const family = problemNamed(name)
  if (E.isLeft(family)) throw new Error(`no problem is called ${name}`)
  return problemOfDimension()(family.right)
}

const entered = contenders.filter(({ name }) => ['newton', 'saddle-free-newton', 'momentum'].includes(name))

const figuresOf = (name: string) => raceFigures(raceOn(problem(name), entered, { steps: 60, gradientEquivalents: 500 }))

const pageOf = (...names: ReadonlyArray<string>): Document => {
  const races = names.map(figuresOf)
  const [first = ''] = names
  const { loss } = problem(first)
  const page = renderRaces({
    command: `gradus race ${first}`,
    budget: 'Each may take 60 steps.',
    races,
    profiles: performanceProfile([
      { solver: 'Newton', costs: [1, 2] },
      { solver: 'saddle-free Newton', costs: [2, Infinity] },
    ]),
    value: (x, y) => toNumber(loss(tensor([x, y]))),
  })
  expect(page).not.toContain('NaN')
  expect(page).not.toContain('undefined')
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  return parseHTML(page).document
}

const headings = (page: Document): ReadonlyArray<string> =>
  [...page.querySelectorAll('h2')].map((each) => each.textContent ?? '')

const labels = (page: Document): ReadonlyArray<string> =>
  [...page.querySelectorAll('svg[role=img]')].map((svg) => svg.getAttribute('aria-label') ?? '')

describe('a race in the plane', () => {
  const page = pageOf('himmelblau')

  it('has its table, both ways to count, the paths and the curvature', () => {
    expect(headings(page)).toEqual([
      'What came out',
      'In equal steps, and in equal work',
      'The paths',
      'The curvature at the ends',
      'To repeat it',
    ])
    expect([...page.querySelectorAll('tbody tr')].map((row) => row.querySelector('th')?.textContent)).toEqual([
      'momentum',
      'Newton',
      'saddle-free Newton',
    ])
  })

  it('says in words what each chart shows', () => {
    const [steps = '', work = '', paths = '', ends = ''] = labels(page)
    expect(steps).toMatch(/^f − f\* against steps: momentum ends at/)
    expect(work).toMatch(/^f − f\* against gradient equivalents/)
    expect(paths).toContain('saddle-free Newton reached the minimum')
    expect(ends).toContain('Eigenvalues of the Hessian at the end')
  })
})

describe('races of other kinds', () => {
  it('have no paths beyond the plane', () => {
    expect(headings(pageOf('beale'))).toContain('The paths')
    expect(headings(pageOf('wood'))).not.toContain('The paths')
  })

  it('measure no distance to a minimum that is not there', () => {
    expect(figuresOf('classical-saddle').reference).toBe(null)
    expect(labels(pageOf('classical-saddle'))[0]).toMatch(/^f against steps/)
  })

  it('together have profiles, and a row for each problem', () => {
    const page = pageOf('beale', 'wood')
    expect(headings(page)).toEqual(['Performance profiles', 'Gradient equivalents until a minimum', 'To repeat it'])
    expect(labels(page)[0]).toBe('Performance profiles: Newton solves 100 %; saddle-free Newton solves 50 %.')
    expect(page.querySelectorAll('tbody tr').length).toBe(2)
  })
})

describe('figures', () => {
  const figures = figuresOf('himmelblau')

  it('keep the first and the last point of a run, and what it cost', () => {
    for (const run of figures.runs) {
      const [first, last] = [run.course[0], run.course[run.course.length - 1]]
      expect([first?.step, last?.step, last?.value]).toEqual([0, run.steps, run.value])
      expect(run.work).toBeCloseTo(run.evaluations / 3 + run.gradients + run.products, 12)
      expect(run.spectrum.length).toBe(2)
    }
  })

  it('give the value after so many steps or so much work', () => {
    const [run] = figures.runs
    if (run === undefined) throw new Error('nobody ran')
    expect(valueAfter(run, 'steps', 3)).toBe(run.course[3]?.value)
    expect(valueAfter(run, 'steps', 1e9)).toBe(run.value)
    // The first look is a gradient: nothing is known for less.
    expect(valueAfter(run, 'gradientEquivalents', 0.5)).toBeNaN()
  })

  it('are thinned where a run is long, and keep its order', () => {
    const long = raceFigures(
      raceOn(
        problem('rosenbrock'),
        contenders.filter(({ name }) => name === 'momentum'),
        {
          steps: 3000,
          gradientEquivalents: Infinity,
        },
      ),
    )
    const steps = long.runs[0]?.course.map(({ step }) => step) ?? []
    expect(steps.length).toBeGreaterThan(200)
    expect(steps.length).toBeLessThanOrEqual(402)
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b))
    expect(steps[steps.length - 1]).toBe(3000)
  })
})
