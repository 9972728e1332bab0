import { describe, expect, it } from 'vitest'
import {
  escapeHtml,
  formatDate,
  formatList,
  formatNumber,
  formatPercent,
  formatRound,
  formatSeconds,
} from '../../src/report/format.js'

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.0123456, '0.0123'],
    [0.1, '0.100'],
    [-2.3456, '−2.35'],
    [9.999, '10.0'],
    [99.96, '100'],
    [1234.5, '1\u202f235'],
    [56_000, '56\u202f000'],
    [-118_824.4, '−118\u202f824'],
    [1.234e-7, '1.23·10⁻⁷'],
    [-4.2e12, '−4.20·10¹²'],
    [Number.NaN, 'n/a'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('formatRound', () => {
  it.each([
    [0.5, '0.5'],
    [0.30000000000000004, '0.3'],
    [0.001, '0.001'],
    [0.0001, '10⁻⁴'],
    [0.0005, '5·10⁻⁴'],
    [100, '100'],
    [1000, '1\u202f000'],
    [100_000, '10⁵'],
    [-100_000, '−10⁵'],
    [1797, '1\u202f797'],
    [0, '0'],
    [-1.5, '−1.5'],
  ])('%d is %s', (value, text) => expect(formatRound(value)).toBe(text))
})

describe('other words', () => {
  it.each([
    [0, '0\u00a0%'],
    [0.0028, '0.28\u00a0%'],
    [0.234, '23.4\u00a0%'],
    [1, '100\u00a0%'],
    [Number.NaN, 'n/a'],
  ])('a share of %d is %s', (share, text) => expect(formatPercent(share)).toBe(text))

  it.each([
    [0.44, '0.4\u00a0s'],
    [59.6, '1\u00a0min 0\u00a0s'],
    [185, '3\u00a0min 5\u00a0s'],
    [7790, '2\u00a0h 10\u00a0min'],
    [7199.9, '2\u00a0h 0\u00a0min'],
    [Number.NaN, 'n/a'],
  ])('%d seconds are %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text))

  it('dates are given in UTC, to the minute', () => {
    expect(formatDate('2014-06-10T14:30:59+02:00')).toBe('2014-06-10 12:30 UTC')
  })

  it('lists end in and', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(formatList)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  })

  it('nothing of HTML is left in text', () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
    )
  })
})
