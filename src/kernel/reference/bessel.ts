/*
 * Bessel functions of integer order. Below 22 by Miller's backward recurrence, normalized by J₀ + 2 Σ J₂ₖ = 1 and
 * I₀ + 2 Σ Iₖ = eˣ; beyond by Hankel's asymptotic expansions (DLMF 3.6, 10.17.3, 10.40.1).
 */

const FAR = 22

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

/**
 * Mₙ(x) = 1/π ∫₀^π (1 − cos θ)ⁿ e^(−|x| (1 − cos θ)) dθ, so that M₀ = e^(−|x|) I₀(x), M₀ − M₁ = e^(−|x|) I₁(|x|) and Mₙ′ = −Mₙ₊₁ on
 * the right: the derivatives of the scaled functions without the cancellation of their recurrence. By Kummer's functions (DLMF
 * 13.4.1, 13.2.39, 13.7.2) it is e^(−2x) Σ (½)ₖ (2x)ᵏ/((n + 1)ₖ k!), or far out (2x)^(−n − ½) Σ (n + ½)ₖ (½)ₖ/(k! (2x)ᵏ), up to a factor.
 */
export const besselMoment = (n: number, x: number): number => {
  const z = 2 * Math.abs(x)
  if (z === Infinity) return 0
  let term = 1
  let sum = 1
  if (z > 2 * FAR + 2 * n * n) {
    for (let k = 1; k < 60 && term > sum * 1e-17; k++) {
      term *= ((n + k - 0.5) * (k - 0.5)) / (k * z)
      sum += term
    }
    // Γ(n + ½) 2ⁿ/π
    let factor = 1 / Math.sqrt(Math.PI)
    for (let k = 1; k <= n; k++) factor *= (2 * k - 1) / z
    return (factor * sum) / Math.sqrt(z)
  }
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= ((k - 0.5) * z) / ((n + k) * k)
    sum += term
  }
  // (2n)!/(2ⁿ n!²)
  let factor = 1
  for (let k = 1; k <= n; k++) factor *= (2 * k - 1) / k
  return factor * Math.exp(-z) * sum
}

/** Iₙ(x). */
export const besselI = (order: number, x: number): number =>
  Math.abs(x) > 700
    ? besselIe(order, x) * Math.exp(Math.abs(x) / 2) * Math.exp(Math.abs(x) / 2)
    : besselIe(order, x) * Math.exp(Math.abs(x))
