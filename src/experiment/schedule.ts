/** Which epochs of a run are looked at: all at first, then fewer and fewer, so that long runs make short tables. */

const leadingDigits = (digits: number) => (n: number) => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, n))) + 1 - digits)
  return n % unit === 0
}

const twoDigits = leadingDigits(2)

/** Epochs whose loss and error are noted: those of two significant digits (1 … 99, 100, 110, …), and the last. */
export const isNoted = (epoch: number, last: number): boolean => epoch === last || twoDigits(epoch)

/** Epochs whose curvature is measured: 0, 1, 2, 5, 10, 20, 50, …, and the last. */
export const isMeasured = (epoch: number, last: number): boolean =>
  epoch === last || epoch === 0 || /^[125]0*$/.test(String(epoch))
