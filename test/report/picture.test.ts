/** Pictures of landscapes and densities: what is drawn, where, and that nothing in them is no number. */
import fc from 'fast-check'
import { square, sub, type Tensor, tensor } from 'gradus'
import { landscapePlane } from 'gradus/curvature'
import { densityPicture, planePicture, slicePicture } from 'gradus/report'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'

interface Node {
  readonly textContent: string | null
  readonly getAttribute: (name: string) => string | null
  readonly querySelectorAll: (selector: string) => Iterable<Node>
}

const read = (svg: string): Node => parseHTML(`<html><body>${svg}</body></html>`).document.documentElement
const all = (svg: string, selector: string): ReadonlyArray<Node> => [...read(svg).querySelectorAll(selector)]
const textsOf = (svg: string): ReadonlyArray<string> => all(svg, 'text').map((node) => node.textContent ?? '')
const labelOf = (svg: string): string => all(svg, 'svg')[0]?.getAttribute('aria-label') ?? ''
const pathsOf = (svg: string, label: string): ReadonlyArray<string> =>
  all(svg, `g[aria-label="${label}"] path`).map((node) => node.getAttribute('d') ?? '')

/** A file that stands alone, in numbers. */
const soundness = (svg: string): void => {
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  expect(svg.endsWith('</g></svg>\n')).toBe(true)
  expect(svg.replace(/aria-label="[^"]*"/g, '').replace(/>[^<]*</g, '><')).not.toMatch(/NaN|Infinity|undefined/)
  expect(all(svg, 'script, image, style[src]')).toHaveLength(0)
  expect(labelOf(svg)).not.toBe('')
  // Every color that is used is there.
  for (const [, name = ''] of svg.matchAll(/var\((--[\w-]+)\)/g)) expect(svg).toContain(`${name}:#`)
}

const numbers = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE),
)

describe('slicePicture', () => {
  const line = (values: ReadonlyArray<number>) => ({ coordinates: values.map((_, i) => i - 1), values })

  it('draws a line for each slice under its name, with a gap where there is no number', () => {
    const svg = slicePicture([
      { name: 'whole', slice: line([1, 0, 1, 4]) },
      { name: 'torn', slice: line([1, 2, Number.NaN, 2, 3]) },
    ])
    soundness(svg)
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['whole', 'torn']))
    const [whole = '', torn = ''] = pathsOf(svg, 'line')
    expect([whole, torn].map((d) => d.match(/M/g)?.length)).toEqual([1, 2])
    expect(labelOf(svg)).toContain('torn: loss from 1 to 3, 1 of 5 values not finite')
  })

  it('takes a logarithm where losses are positive over more than two powers of ten', () => {
    const ticks = (values: ReadonlyArray<number>) => textsOf(slicePicture([{ name: 'a', slice: line(values) }]))
    expect(ticks([1e-4, 1, 10])).toEqual(expect.arrayContaining(['0.001', '0.1']))
    expect(ticks([0, 1, 10])).toEqual(expect.arrayContaining(['0', '2', '10']))
  })

  it('is sound for any numbers', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 2, maxLength: 6 }), (values) => {
        soundness(slicePicture([{ name: 'a', slice: line(values) }]))
      }),
    )
  })
})

describe('planePicture', () => {
  const saddle = ({ x, y }: { readonly x: Tensor; readonly y: Tensor }): Tensor => sub(square(x), square(y))
  const [zero, one] = [tensor(0), tensor(1)]
  const plane = landscapePlane(saddle, { x: { from: -1, to: 3, points: 9 } })({ x: zero, y: zero }, [
    { x: one, y: zero },
    { x: zero, y: one },
  ])

  it('draws levels and named points at their places, and the same text for the same plane', () => {
    const points = [
      { name: 'saddle', at: [0, 0] },
      { name: 'corner', at: [3, -1] },
    ] as const
    const svg = planePicture({ plane, points })
    soundness(svg)
    expect(planePicture({ plane, points })).toBe(svg)
    expect(pathsOf(svg, 'contour').length).toBeGreaterThan(8)
    const [saddlePoint, corner] = all(svg, 'g[aria-label="dot"] circle')
    // A quarter of the width from the left edge at 52 to the right one at 344, and in the corner at the lower right.
    expect(Number(saddlePoint?.getAttribute('cx'))).toBeCloseTo(52 + 292 / 4, 6)
    expect(Number(corner?.getAttribute('cx'))).toBeCloseTo(344, 6)
    expect(Number(corner?.getAttribute('cy'))).toBeCloseTo(300, 6)
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['saddle', 'corner', '3']))
  })

  it('has its levels where the values are: x = 1 is in the middle of a slope from −1 to 3', () => {
    const slope = { x: [-1, 0, 1, 2, 3], y: [0, 1], values: [0, 1].map(() => [-1, 0, 1, 2, 3]) }
    const svg = planePicture({ plane: slope })
    // Of 14 equal levels from −1 to 3 the seventh after the first begins at 1, in the middle of 52 … 344.
    const inner = pathsOf(svg, 'contour')[7] ?? ''
    const lefts = [...inner.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x]) => Number(x))
    expect(Math.min(...lefts)).toBeCloseTo(198, 0)
  })

  it('leaves cells blank that have no number', () => {
    const values = [
      [1, Number.NaN, 3],
      [2, 3, Infinity],
      [3, 4, 5],
    ]
    const svg = planePicture({ plane: { x: [0, 1, 2], y: [0, 1, 2], values } })
    soundness(svg)
    expect(all(svg, 'g[aria-label="rect"] rect')).toHaveLength(2)
    expect(labelOf(svg)).toContain('2 of 9 values not finite')
  })

  it('is sound for any numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(numbers, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
        (values) => {
          soundness(planePicture({ plane: { x: [-1, 0, 1], y: [0, 1], values } }))
        },
      ),
    )
  })
})

describe('densityPicture', () => {
  it('draws the mass of the nodes, a tick for each Ritz value, and says how much is negative', () => {
    const svg = densityPicture({ nodes: [-1, 0.5, 4], weights: [1, 2, 1], ritz: [-1, 0.5, 4] })
    soundness(svg)
    expect(textsOf(svg).some((text) => text.startsWith('25') && text.includes('below zero'))).toBe(true)
    expect(all(svg, 'g[aria-label="rule"] line')).toHaveLength(4)
    expect(pathsOf(svg, 'area')).toHaveLength(2)
    expect(labelOf(svg)).toContain('Spectral density of 3 points from −1 to 4')
  })

  it('has its peak where the mass is', () => {
    const [d = ''] = pathsOf(densityPicture({ nodes: [1, 2], weights: [1, 1e-4], width: 0.02 }), 'line')
    const points = [...d.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
    const [peak] = [...points].sort((a, b) => a[1] - b[1])
    // The axis goes from 0.9 to 2.1 over 52 … 344.
    expect(peak?.[0]).toBeCloseTo(52 + (0.1 / 1.2) * 292, 0)
  })

  it.each([
    ['nothing', [], []],
    ['one value', [2], [1]],
    ['zero alone', [0], [1]],
    ['equal values', [3, 3], [1, 1]],
    ['masses that are none', [1, 2, 3], [Number.NaN, -1, 0]],
  ])('is sound for %s', (_, nodes, weights) => {
    soundness(densityPicture({ nodes, weights, ritz: nodes }))
  })

  it('is sound for any numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, numbers), { maxLength: 5 }), (pairs) => {
        soundness(densityPicture({ nodes: pairs.map(([node]) => node), weights: pairs.map(([, weight]) => weight) }))
      }),
      { numRuns: 60 },
    )
  })
})
