/**
 * Buffers for results. A fresh Float64Array of more than 8 numbers lives off the JavaScript heap and costs a quarter of
 * a microsecond or more; medium ones are therefore carved from slabs, each region of which is handed out once.
 */

const slabLength = 8192
const largestCarved = 1024
const largestOnHeap = 8

let slab = new ArrayBuffer(0)
let used = 0

/** A buffer of `n` zeros. */
export const allocate = (n: number): Float64Array => {
  // Written so that a length that is not a number is refused by the constructor and never reaches the slab.
  if (!(n > largestOnHeap && n <= largestCarved)) return new Float64Array(n)
  if (used + n > slab.byteLength / 8) {
    slab = new ArrayBuffer(slabLength * 8)
    used = 0
  }
  const carved = new Float64Array(slab, used * 8, n)
  used += n
  return carved
}
