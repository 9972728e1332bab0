/** Rates: numbers for every step. */

/**
 * A number for every step from 0 on.
 *
 * @since 0.1.0
 */
export type Schedule = (step: number) => number

/**
 * A number for every step, or a schedule.
 *
 * @since 0.1.0
 */
export type Rate = number | Schedule

/** The rate at a step; a schedule may give no number there. */
export const rateAt = (rate: Rate, step: number): number => (typeof rate === 'number' ? rate : rate(step))

/** Minus a rate: what updates are multiplied by to go down. */
export const minus = (rate: Rate): Rate => (typeof rate === 'number' ? -rate : (step) => -rate(step))
