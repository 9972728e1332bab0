/** Where an operation is defined and smooth, as data: what law tests draw from and documentation prints. */

/** Where an input may lie, as [low, high]. */
export type Interval = readonly [number, number]

/** A point where the operation is not differentiable, and the value that the library gives there. */
export interface Kink {
  readonly at: string
  readonly convention: string
}

export interface Domain {
  /** One interval per input; the last serves all further inputs. */
  readonly intervals: ReadonlyArray<Interval>
  readonly kinks: ReadonlyArray<Kink>
}
