/** Right sides of linear systems on a scale on which their squares, and products of two of those, neither overflow nor vanish. */

/** A power of two that brings a length to about 1 where its fourth power is not safe; 1 elsewhere. */
export const evening = (length: number): number =>
  length === 0 || !(length < Infinity) || (length > 1e-70 && length < 1e70)
    ? 1
    : 2 ** -Math.max(-1000, Math.min(1000, Math.round(Math.log2(length))))

export const times = (factor: number, x: Float64Array): Float64Array => x.map((entry) => factor * entry)
