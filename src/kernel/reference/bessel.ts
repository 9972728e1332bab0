/*
 * Bessel functions of integer order. Below 30 by Miller's backward recurrence, normalized by J₀ + 2 Σ J₂ₖ = 1 and
 * I₀ + 2 Σ Iₖ = eˣ; beyond by Hankel's asymptotic expansions (DLMF 3.6, 10.17.3, 10.40.1).
 */

const FAR = 30

/** The sums P and Q of Hankel's expansion, signs as for J; `same` leaves the signs out, as for I. */
const hankel = (order: number, x: number, same: boolean): readonly [number, number] => {
  const mu = 4 * order * order
  let term = 1
  let [p, q] = [1, 0]
  for (let k = 1; k < 60; k++) {
    const next = (term * (mu - (2 * k - 1) ** 2)) / (8 * k * x)
    if (Math.abs(next) > Math.abs(term) || Math.abs(next) < 1e-18) break
    term = next
    if (same) p += k % 2 === 0 ? term : -term
    else if (k % 2 === 1) q += k % 4 === 1 ? term : -term
    else p += k % 4 === 0 ? term : -term
  }
  return [p, q]
}

/** Jₙ(x). */
export const besselJ = (order: number, x: number): number => {
  const size = Math.abs(x)
  const sign = x < 0 && order % 2 === 1 ? -1 : 1
  if (size === Infinity) return 0
  if (size !== size) return x
  if (size > FAR + order * order) {
    const [p, q] = hankel(order, size, false)
    const [sin, cos] = [Math.sin(size), Math.cos(size)]
    // cos and sin of x − nπ/2 − π/4, times √2.
    const [c, s] = [cos + sin, sin - cos]
    const quarter = order % 4
    const [cosine, sine] = quarter === 0 ? [c, s] : quarter === 1 ? [s, -c] : quarter === 2 ? [-c, -s] : [-s, c]
    return (sign * (p * cosine - q * sine)) / Math.sqrt(Math.PI * size)
  }
  if (size < 1e-8 * (order + 1)) {
    let value = 1
    for (let k = 1; k <= order; k++) value *= size / (2 * k)
    return sign * value
  }
  const start = 2 * Math.ceil((Math.max(order, size) + 30 + 6 * Math.cbrt(size)) / 2)
  let [above, current] = [0, 1e-300]
  let [norm, found] = [0, 0]
  for (let k = start; k >= 0; k--) {
    if (k === order) found = current
    norm += k === 0 ? current : k % 2 === 0 ? 2 * current : 0
    ;[above, current] = [current, ((2 * k) / size) * current - above]
    if (Math.abs(current) > 1e200) {
      ;[above, current, norm, found] = [above * 1e-200, current * 1e-200, norm * 1e-200, found * 1e-200]
    }
  }
  return (sign * found) / norm
}

/** e^(−|x|) Iₙ(x). */
export const besselIe = (order: number, x: number): number => {
  const size = Math.abs(x)
  const sign = x < 0 && order % 2 === 1 ? -1 : 1
  if (size === Infinity) return 0
  if (size !== size) return x
  if (size > FAR + order * order) return (sign * hankel(order, size, true)[0]) / Math.sqrt(2 * Math.PI * size)
  if (size < 1e-8 * (order + 1)) {
    let value = Math.exp(-size)
    for (let k = 1; k <= order; k++) value *= size / (2 * k)
    return sign * value
  }
  const start = Math.ceil(order + 20 + 9 * Math.sqrt(size) + 4 / (size + 0.1))
  let [above, current] = [0, 1e-300]
  let [norm, found] = [0, 0]
  for (let k = start; k >= 0; k--) {
    if (k === order) found = current
    norm += k === 0 ? current : 2 * current
    ;[above, current] = [current, ((2 * k) / size) * current + above]
    if (current > 1e200) {
      ;[above, current, norm, found] = [above * 1e-200, current * 1e-200, norm * 1e-200, found * 1e-200]
    }
  }
  return (sign * found) / norm
}

/** Iₙ(x). */
export const besselI = (order: number, x: number): number =>
  Math.abs(x) > 700
    ? besselIe(order, x) * Math.exp(Math.abs(x) / 2) * Math.exp(Math.abs(x) / 2)
    : besselIe(order, x) * Math.exp(Math.abs(x))
