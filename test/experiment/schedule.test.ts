import { describe, expect, it } from 'vitest'
import { isMeasured, isNoted } from '../../src/experiment/schedule.js'

const upTo = (last: number): ReadonlyArray<number> => Array.from({ length: last + 1 }, (_, i) => i)

describe('the schedule', () => {
  it('notes every epoch up to a hundred, then every tenth, every hundredth', () => {
    expect(upTo(100).every((epoch) => isNoted(epoch, 1234))).toBe(true)
    expect(upTo(1234).filter((epoch) => epoch > 970 && isNoted(epoch, 1234))).toEqual([
      980, 990, 1000, 1100, 1200, 1234,
    ])
  })

  it('measures curvature at 1, 2, 5 and their multiples by ten, at the start and at the end', () => {
    expect(upTo(123).filter((epoch) => isMeasured(epoch, 123))).toEqual([0, 1, 2, 5, 10, 20, 50, 100, 123])
  })

  it('measures only what is noted', () => {
    expect(upTo(999).filter((epoch) => isMeasured(epoch, 999) && !isNoted(epoch, 999))).toEqual([])
  })
})
