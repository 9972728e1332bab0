/** The example draws its pictures; with fewer steps and points here than it would take to look at them. */
import { expect, it } from 'vitest'
import { pictures } from './landscape.js'

it('draws the landscape around a trained classifier', () => {
  const { plane, slices, density } = pictures(60, 9)
  for (const svg of [plane, slices, density]) expect(svg).toMatch(/^<svg xmlns[\s\S]*<\/svg>\n$/)
  expect(plane).toContain('>trained</text>')
  expect(slices).toContain('>most curved eigenvector</text>')
  expect(density).toContain('32 Ritz values marked')
})
