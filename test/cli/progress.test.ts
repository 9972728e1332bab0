import { describe, expect, it } from 'vitest'
import { begun, doneCount, fitted, parts, runsOf, secondsLeft, share, told } from '../../src/cli/progress.js'
import { screenOn } from '../../src/cli/screen.js'
import { entryOf } from '../../src/experiment/catalogue.js'
import { tasksOf } from '../../src/experiment/experiment.js'

const tasks = tasksOf(entryOf('digits').quick)
const iterate = { epoch: 3, loss: 0.25, error: 0.125, lambdaMin: -0.5, gradientEquivalents: 7 }
const reached = (fraction: number) => ({ _tag: 'Reached', iterate, fraction }) as const
const finished = {
  _tag: 'Finished',
  run: { optimizer: 'x', width: 5, seed: 1, iterates: [iterate], reason: 'all epochs done' },
} as const

describe('progress', () => {
  it('begins with nothing and ends with everything', () => {
    const start = begun(tasks)
    expect([share(start), doneCount(start), runsOf(start)]).toEqual([0, 0, []])
    const end = tasks.reduce((progress, _, place) => told(progress, place, finished), start)
    expect(share(end)).toBeCloseTo(1, 12)
    expect(doneCount(end)).toBe(tasks.length)
    expect(runsOf(end)).toHaveLength(tasks.length)
  })

  it('keeps what an unfinished run has told, and marks it', () => {
    const [run] = runsOf(told(told(begun(tasks), 2, reached(0.25)), 2, reached(0.5)))
    expect(run?.iterates).toEqual([iterate, iterate])
    expect(run?.reason).toBe('interrupted at 50 %')
  })

  it('says which run, its figures, and the time left', () => {
    const half = tasks.reduce((progress, _, place) => told(progress, place, reached(0.5)), begun(tasks))
    expect(secondsLeft(half, 10)).toBeCloseTo(10, 9)
    expect(parts('digits', half, 10)).toEqual([
      'digits 0/6 runs',
      'about 10\u00a0s left',
      'minibatch SGD, width 5, seed 1',
      'loss 0.250',
      'error 12.5\u00a0%',
      'λ_min −0.50',
    ])
  })

  it('follows one run until it ends', () => {
    const one = told(told(begun(tasks), 3, reached(0.1)), 1, reached(0.1))
    expect(one.followed).toBe(3)
    expect(told(told(one, 3, finished), 1, reached(0.2)).followed).toBe(1)
  })

  it('fits into narrow terminals by leaving out what does not', () => {
    const all = ['digits 0/6 runs', 'about 10 s left', 'a very long name of a run', 'loss 0.25']
    expect(fitted(all, 200)).toBe(all.join(' · '))
    expect(fitted(all, 50)).toBe('digits 0/6 runs · about 10 s left · loss 0.25')
    expect(fitted(all, 10)).toBe('digits 0/6')
    for (const columns of [0, 1, 5, 20, 40, 79]) expect(fitted(all, columns).length).toBeLessThanOrEqual(columns)
  })
})

describe('the screen', () => {
  const drawn = (output: object, environment: Record<string, string> = {}) => {
    const lines: Array<string> = []
    const clock = { ms: 0 }
    const screen = screenOn({ write: (text) => lines.push(text), ...output }, environment, () => clock.ms)
    return { lines, clock, screen }
  }
  const csi = '\u001b['

  it('redraws one line on a terminal, at most ten times a second', () => {
    const { lines, clock, screen } = drawn({ isTTY: true, columns: 80 })
    for (const ms of [0, 50, 99, 100, 150, 200]) {
      clock.ms = ms
      screen.show([`at ${ms}`, 'rest'])
    }
    expect(lines.map((line) => /at \d+/.exec(line)?.[0])).toEqual(['at 0', 'at 100', 'at 200'])
    expect(lines.every((line) => line.startsWith(`\r${csi}2K`) && !line.includes('\n'))).toBe(true)
    screen.clear()
    expect(lines[3]).toBe(`\r${csi}2K`)
  })

  it('never reaches the last column, where a terminal would wrap', () => {
    const { lines, screen } = drawn({ isTTY: true, columns: 10 }, { NO_COLOR: '1' })
    screen.show(['0123456789abc'])
    expect(lines).toEqual([`\r${csi}2K012345678`])
  })

  it('has no colors where NO_COLOR is set', () => {
    const { lines, screen } = drawn({ isTTY: true, columns: 80 }, { NO_COLOR: '1' })
    screen.show(['a', 'b'])
    expect(lines).toEqual([`\r${csi}2Ka · b`])
  })

  it.each([{ isTTY: false }, { isTTY: true, TERM: 'dumb' }])(
    'writes a plain line every five seconds elsewhere',
    ({ isTTY, TERM }) => {
      const { lines, clock, screen } = drawn({ isTTY }, TERM === undefined ? {} : { TERM })
      for (const ms of [0, 4999, 5000, 7000, 10_000]) {
        clock.ms = ms
        screen.show([`at ${ms}`])
      }
      screen.clear()
      expect(lines).toEqual(['at 5000\n', 'at 10000\n'])
    },
  )
})
