/** `gradus check` as a user runs it: on the examples, and on modules with everything wrong that one can do. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { gradus, type Outcome, temporaryFolder } from './gradus.js'

const example = (name: string): string => fileURLToPath(new URL(`../../examples/check/${name}`, import.meta.url))

/** Writes a module into a folder of its own and checks it there. */
const checked = (text: string, name = 'my-loss.ts', ...options: ReadonlyArray<string>): Promise<Outcome> => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, name), text)
  return gradus(['check', name, '--seed', '1', '--runs', '20', ...options], folder)
}

const head = "import { log, mul, sin, sum, square, tensor, scalar, toNumber } from 'gradus'\n"
const params = 'export const params = tensor([0.3, -0.7])\n'

describe('gradus check on the examples', () => {
  it('passes a right loss, whatever it is asked', async () => {
    const { code, out } = await gradus(['check', example('right.ts'), '--runs', '20'])
    expect(out).toMatch(/All 27 laws hold\.\n$/)
    expect(out).toMatch(/✓ it lies below its chords/)
    expect(code).toBe(0)
  })

  it('names the logarithm of a masked NaN, and the line', async () => {
    const { code, out } = await gradus(['check', example('maskedNaN.ts'), '--runs', '20'])
    expect(out).toMatch(/✗ its value is finite\n +at +tensor\[3\] \[0\.5, 0\.25, 0\]/)
    expect(out).toMatch(
      /blamed: log \(operation 1\) called at .*maskedNaN\.ts:\d+:\d+: it makes a value that is not finite/,
    )
    expect(code).toBe(1)
  })
})

describe('gradus check on a wrong rule', () => {
  it('blames the custom function by its name and line, and fails no law beside', async () => {
    const { code, out } = await gradus(['check', example('wrongRule.ts'), '--runs', '20'])
    expect(out).toMatch(
      /blamed: custom smoothHinge \(operation \d+\) called at .*wrongRule\.ts:\d+:\d+: its derivative is wrong/,
    )
    expect(out).toMatch(/3 of 24 laws fail\./)
    expect(code).toBe(1)
  })
})

describe('gradus check on what is wrong by law', () => {
  it('a loss that changes from call to call', async () => {
    const { code, out } = await checked(
      `${head}${params}let n = 0\nexport const loss = (x) => mul(n += 1, sum(x))\n`,
      'a.mjs',
    )
    expect(out).toMatch(/✗ the same point gives the same bits twice/)
    expect(out).toMatch(/✗ it does not change from call to call/)
    expect(code).toBe(1)
  })

  it('a loss that is NaN at its example point', async () => {
    const { code, out } = await checked(`${head}${params}export const loss = (x: unknown) => sum(log(params))\n`)
    expect(out).toMatch(/at params › finiteness\n +✗ its value is finite/)
    expect(code).toBe(1)
  })

  it('points that are no numbers: the operation that meets them first, and no kink', async () => {
    const text = `import { constant } from 'fast-check'\n${head}export const arbitrary = constant(tensor([NaN, 1]))\nexport const loss = (x: any) => sum(x)\n`
    const { code, out } = await checked(text)
    expect(out).toMatch(
      /✗ its value is finite\n(.*\n){2} +blamed: sum \(operation 0\) .* it makes a value that is not finite/,
    )
    expect(out).toMatch(/– the remainder of the constant model is of first order/)
    expect(out).not.toMatch(/kink/)
    expect(code).toBe(1)
  })

  it('a claim that does not hold, of one loss of several; only the laws asked for', async () => {
    const text = `${head}${params}export const losses = { bowl: (x: any) => sum(square(x)), wave: (x: any) => sum(sin(x)) }
export const claims = { wave: { convex: true }, bowl: { homogeneous: 2 } }\n`
    const { code, out } = await checked(text, 'a.ts', '--laws', 'convexity|homogen')
    expect(out).toMatch(/wave › convexity\n +✗/)
    expect(out).toMatch(/bowl › homogen\S*\n +✓/)
    expect(out).not.toMatch(/purity/)
    expect(code).toBe(1)
  })

  it('as JSON, and again by seed and path', async () => {
    const text = `${head}${params}export const loss = (x: any) => sum(sin(x))\nexport const claims = { convex: true }\n`
    const first = await checked(text, 'a.ts', '--json', '--laws', 'chords')
    const found = JSON.parse(first.out)
    expect(found).toMatchObject({ schema: 'gradus/check', version: 1, file: 'a.ts', seed: 1, holds: false })
    const [law] = found.laws
    expect(law).toMatchObject({ outcome: 'fails', shrinks: expect.any(Number), sides: { relation: '≤' } })
    const again = JSON.parse((await checked(text, 'a.ts', '--json', '--laws', 'chords', '--path', law.path)).out)
    expect(again.laws[0].counterexample).toBe(law.counterexample)
  })
})

describe('gradus check on what cannot be used', () => {
  const cases: ReadonlyArray<readonly [string, string, RegExp]> = [
    ['no loss', params, /exports no loss\. Export loss, .* its exports are params/],
    ['no points', 'export const loss = (x: any) => sum(x)\n', /exports no points .* params, an example point/],
    [
      'points that are none',
      'export const params = { a: 3 }\nexport const loss = (x: any) => sum(x)\n',
      /params is not a tree of tensors: .*a/,
    ],
    [
      'a vector',
      `${params}export const loss = (x: any) => sin(x)\n`,
      /must return a scalar tensor, and returns a tensor of shape \[2\]\. Reduce it/,
    ],
    [
      'a number',
      `${params}export const loss = (x: any) => 3\n`,
      /must return a scalar tensor, and returns the number 3/,
    ],
    [
      'a loss that throws',
      `${params}export const loss = (x: any) => { throw new Error('no data') }\n`,
      /loss throws where it is called with a point: no data/,
    ],
    ['a module that throws', "throw new Error('no file')\n", /Error: no file/],
    ['wrong TypeScript', 'export const = 3\n', /my-loss\.ts:\d+:\d+: /],
    [
      'a promise',
      `${params}export const loss = async (x: any) => sum(x)\n`,
      /returns a promise, for which laws do not wait/,
    ],
    [
      'numbers that are read',
      `${params}export const loss = (x: any) => scalar(Math.exp(toNumber(sum(x))))\n`,
      /loss cannot be differentiated: the numbers of this \[\] tensor .* cannot be read inside it\. Use where/,
    ],
    [
      'an arbitrary that throws',
      "import * as fc from 'fast-check'\nexport const arbitrary = fc.nat().map(() => { throw new Error('no points') })\nexport const loss = (x: any) => sum(x)\n",
      /the export arbitrary throws where a point is drawn: no points/,
    ],
    [
      'an arbitrary of no tensors',
      "import * as fc from 'fast-check'\nexport const arbitrary = fc.nat()\nexport const loss = (x: any) => sum(x)\n",
      /what the export arbitrary draws is not a tree of tensors/,
    ],
    ...(
      [
        ["convex: 'yes'", /the claim convex of loss must be true or false, and is a string\./],
        ['homogeneous: NaN', /the claim homogeneous of loss must be a degree, .* and is the number NaN\./],
        ['invariant: (p: any) => p', /the claim invariant of loss must be an arbitrary .* and is a function\./],
        ['lipschitz: -1', /the claim lipschitz of loss must be a number of 0 or more, and is the number -1\./],
        ["batch: { reduction: 'max' }", /the claim batch of loss must be \{ reduction: .* and is an object\./],
      ] as const
    ).map(
      ([claim, expected]) =>
        [
          `a claim that says nothing: ${claim}`,
          `${params}export const loss = (x: any) => sum(x)\nexport const claims = { ${claim} }\n`,
          expected,
        ] as const,
    ),
    [
      'unknown claims',
      `${params}export const loss = (x: any) => sum(x)\nexport const claims = { concave: true }\n`,
      /claims may say convex, .* it says concave/,
    ],
    ['the end of the process', `${params}export const loss = (x: any) => process.exit(0)\n`, /it ended the process/],
    ['an unknown import', "import { x } from 'no-such-package'\n", /no-such-package/],
  ]
  it.each(cases)('%s', async (_, text, expected) => {
    const { code, out, err } = await checked(`${head}${text}`)
    expect(err).toMatch(/^gradus check: my-loss\.ts cannot be checked: /m)
    expect(err).toMatch(expected)
    expect([code, out]).toEqual([2, ''])
  })

  it('a module or a loss that never ends', async () => {
    const forever = await checked(
      `${head}${params}for (;;) {}\nexport const loss = (x: any) => sum(x)\n`,
      'a.ts',
      '--timeout',
      '2',
    )
    expect(forever.err).toMatch(/did not end within 2 seconds, and was stopped while it was loaded/)
    const later = `${head}${params}let n = 0\nexport const loss = (x: any) => { n += 1; while (n > 9); return sum(x) }\n`
    const second = await checked(later, 'a.ts', '--timeout', '3')
    expect(second.err).toMatch(/was stopped at the law "loss › /)
    expect([forever.code, second.code]).toEqual([2, 2])
  })

  it('no file, no module, a law that there is not, a wrong option', async () => {
    expect((await gradus(['check', 'nowhere.ts'])).err).toMatch(/none at nowhere\.ts/)
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a.ts'))
    expect((await gradus(['check', 'a.ts'], folder)).err).toMatch(/expected a file, and there is none at a\.ts/)
    expect((await checked('', 'a.txt')).err).toMatch(/ends in \.ts, \.mts, \.js or \.mjs/)
    const laws = await checked(`${head}${params}export const loss = (x: any) => sum(x)\n`, 'a.ts', '--laws', 'chess')
    expect(laws.err).toMatch(/no law's title contains "chess"\. Titles are:\n {2}loss › /)
    expect((await gradus(['check'])).err).toMatch(/expected a module first, got nothing/)
    expect((await gradus(['check', 'a.ts', '--runs', '0'])).err).toMatch(/--runs: expected a whole number/)
  })

  it('TypeScript with more than types, and files beside it', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'kind.ts'), 'export enum Kind { Half = 2 }\n')
    const text = `import { Kind } from './kind.js'\n${head}${params}export const loss = (x: any) => mul(1 / Kind.Half, sum(square(x)))\n`
    writeFileSync(join(folder, 'a.ts'), text)
    const { code, err } = await gradus(['check', 'a.ts', '--runs', '5'], folder)
    expect([code, err]).toEqual([0, ''])
  })
})
