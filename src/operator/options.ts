/** What options of iterative methods must be, and the sentences that say so. */
import { raise } from '../data/Defect.js'

/** A number of 0 or more; ∞ is allowed. */
export const atLeastZero = (operation: string, option: string, value: number): number =>
  value >= 0 ? value : raise('InvalidArgument', `${operation}: expected ${option} of 0 or more, got ${value}.`)

/** A number above 0; ∞ is allowed. */
export const positive = (operation: string, option: string, value: number): number =>
  value > 0 ? value : raise('InvalidArgument', `${operation}: expected ${option} above 0, got ${value}.`)

/** The same without ∞. */
export const finitePositive = (operation: string, option: string, value: number): number =>
  value > 0 && value < Infinity
    ? value
    : raise('InvalidArgument', `${operation}: expected a finite ${option} above 0, got ${value}.`)

/** A whole number of at least `least`. */
export const count = (operation: string, option: string, value: number, least = 0): number =>
  Number.isSafeInteger(value) && value >= least
    ? value
    : raise('InvalidArgument', `${operation}: expected ${option} to be an integer of ${least} or more, got ${value}.`)

/** The part of a gradient of this norm that a solution may leave, so that Newton's method converges superlinearly (Dembo and Steihaug 1983). */
export const superlinear = (norm: number): number => Math.min(0.5, Math.sqrt(norm))
