import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contenderNames } from '../../src/experiment/contenders.js'
import { gradus, temporaryFolder } from './gradus.js'

const quick = '--steps 40 --budget 200'.split(' ')

describe('gradus race', () => {
  it('shows who went where, in equal steps and in equal work, and writes a page', async () => {
    const folder = temporaryFolder()
    const { code, out, err } = await gradus(['race', 'rosenbrock', ...quick], folder)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Rosenbrock, 2 variables$/m)
    expect(out).toMatch(/^Newton +reached the minimum +6 +0 +7 +12 +6 +19 /m)
    expect(out).toMatch(/^f − f\* after steps +1 +3 +10 +30$/m)
    expect(out).toMatch(/^f − f\* after gradient equivalents +1 +3 +10 +30 +100$/m)
    expect(readFileSync(join(folder, 'report/index.html'), 'utf8')).toContain('The race on Rosenbrock')
    const figures = JSON.parse(readFileSync(join(folder, 'report/results.json'), 'utf8'))
    expect(figures.races[0].runs.map((run: { readonly name: string }) => run.name)).toEqual(contenderNames)
  })

  it('takes a dimension and some optimizers, and prints JSON alone', async () => {
    const { code, out, err } = await gradus(
      'race chebyquad --dimension 5 --optimizers newton,saddle-free-newton --json --steps 5'.split(' '),
    )
    expect([code, err]).toEqual([0, ''])
    const { races, command } = JSON.parse(out)
    expect(command).toBe('gradus race chebyquad --dimension 5 --steps 5 --optimizers newton,saddle-free-newton')
    expect([races[0].dimension, races[0].runs.length]).toEqual([5, 2])
  })

  it('takes an optimizer from a file, also one that asks for residuals', async () => {
    const folder = temporaryFolder()
    const write = (name: string, optimizer: unknown): void =>
      writeFileSync(join(folder, name), JSON.stringify({ format: 'gradus optimizer', version: 1, optimizer }))
    write('mine.json', { name: 'lbfgs', memory: 3, lineSearch: { name: 'hagerZhang' } })
    write('fit.json', { name: 'gaussNewton' })
    for (const [file, name] of [
      ['mine.json', 'mine'],
      ['fit.json', 'fit'],
    ] as const) {
      const { code, out, err } = await gradus(
        `race rosenbrock --optimizers newton --optimizer ${file} --json --steps 60`.split(' '),
        folder,
      )
      expect([code, err]).toEqual([0, ''])
      const { races, command } = JSON.parse(out)
      expect(command).toBe(`gradus race rosenbrock --steps 60 --optimizers newton --optimizer ${file}`)
      expect(races[0].runs.map((run: { readonly name: string }) => run.name)).toEqual(['newton', name])
      expect(races[0].runs[1].solved).toBe(true)
    }
  })

  it.each<[string, string]>([
    ['{ "format"', 'NotJson'],
    [
      '{ "format": "gradus optimizer", "version": 1, "optimizer": { "name": "adam", "learningrate": 1 } }',
      'gradus: mine.json: optimizer.learningrate: expected one of the options learningRate, decay1, decay2, epsilon, epsilonRoot, nesterov, got 1. Did you mean learningRate?',
    ],
  ])('refuses a bad file: %s', async (text, told) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'mine.json'), text)
    const { code, out, err } = await gradus('race rosenbrock --optimizer mine.json'.split(' '), folder)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(told === 'NotJson' ? 'gradus: mine.json: expected JSON text, got "{ \\"format\\""' : told)
    expect(existsSync(join(folder, 'report'))).toBe(false)
  })

  it('refuses a file that is not there', async () => {
    const { code, err } = await gradus('race rosenbrock --optimizer nowhere.json'.split(' '))
    expect([code, err.split('\n').length]).toEqual([2, 2])
    expect(err).toMatch(/^gradus: nowhere\.json could not be read: ENOENT/)
  })

  it('races on all problems', async () => {
    const { code, out } = await gradus('race all --optimizers newton --steps 8 --budget 100'.split(' '))
    expect(code).toBe(0)
    expect(out).toMatch(/^rosenbrock +19$/m)
    expect(out).toMatch(/^chebyquad +–$/m)
    expect(out).toMatch(/^solved +\d+\/35$/m)
  })

  it.each([
    ['race', 'gradus race: expected all or a problem first, got nothing. Try gradus race rosenbrock.'],
    [
      'race rosenbrok',
      'gradus race: expected all or one of 79 problems (gradus race --help), got "rosenbrok". Try gradus race rosenbrock.',
    ],
    ['race wood --dimension 3', 'gradus: --dimension: expected 4 for wood, got 3. Try gradus race wood.'],
    [
      'race extended-powell --dimension 6',
      'gradus: --dimension: expected any multiple of 4 of variables from 4 for extended-powell, got 6. Try --dimension 12.',
    ],
    [
      'race all --dimension 6',
      'gradus: --dimension: expected one problem, got all. Try gradus race chebyquad --dimension 20.',
    ],
    ['race wood --budget nothing', 'gradus: --budget: expected a number above 0, got "nothing". Try --budget 500.'],
    ['race wood --steps', 'gradus: --steps: expected a whole number from 0 to 1000000, got nothing. Try --steps 100.'],
    ['race wood --seed 3', 'gradus: expected an option of the command, got "--seed". Try gradus --help.'],
  ])('refuses "%s" in one line', async (line, complaint) => {
    const folder = temporaryFolder()
    const { code, out, err } = await gradus(line.split(' '), folder)
    expect([code, out, err]).toEqual([2, '', `${complaint}\n`])
    expect(existsSync(join(folder, 'report'))).toBe(false)
  })

  it('helps', async () => {
    const { code, out } = await gradus(['race', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('freudenstein-roth')
    expect(out).toContain('--budget <n>')
  })
})
