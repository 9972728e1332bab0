/**
 * MINRES (Paige and Saunders 1975) that turns into MINRES-QLP (Choi, Paige and Saunders 2011) where the condition demands it.
 * Lanczos makes A V = V T; T = Q R as it grows, and R = L Pᵀ from the right, so that x = (V P) t with L t = Qᵀ β₁ e₁. While the
 * condition is small, x is updated by D = V R⁻¹ instead, which takes one vector less; V P = D L changes from one to the other.
 */
import { evening, times } from './evened.js'
import { dotOf } from './krylov.js'
import { normOf } from './magnitude.js'
import type { Product } from './truncatedCg.js'

export interface MinresSettings {
  readonly tolerance: number
  readonly leastTolerance: number
  readonly most: number
  readonly largestNorm: number
  readonly largestCondition: number
  /** MINRES below this condition, MINRES-QLP from it on. */
  readonly transfer: number
  readonly precondition: Product | undefined
  readonly onCurvature: 'stop' | 'record' | 'ignore'
  /** Keep all Lanczos vectors and hold them orthogonal. */
  readonly orthogonal: boolean
}

export type MinresReason =
  | 'solved'
  | 'leastSquares'
  | 'curvature'
  | 'iterations'
  | 'norm'
  | 'condition'
  | 'nonFinite'
  | 'preconditioner'

export interface Curved {
  readonly direction: Float64Array
  readonly curvature: number
  readonly iteration: number
}

export interface MinresEnd {
  readonly reason: MinresReason
  readonly x: Float64Array
  readonly residualNorm: number
  /** ‖A r‖, of the last residual but one. */
  readonly normalResidualNorm: number
  readonly operatorNorm: number
  readonly condition: number
  readonly iterations: number
  /** One more than iterations where the last was not finite. */
  readonly products: number
  readonly curved: Curved | undefined
}

/** [c s; s −c] (a, b)ᵀ = (r, 0)ᵀ. */
const reflection = (a: number, b: number): readonly [c: number, s: number, r: number] => {
  const r = Math.hypot(a, b)
  return r === 0 ? [1, 0, 0] : [a / r, b / r, r]
}

const addTo = (x: Float64Array, factor: number, d: Float64Array): void => {
  if (factor !== 0) for (let i = 0; i < x.length; i++) x[i] += factor * d[i]
}

/** What is known of scale · x, as it is of x. */
const unevened = (scale: number, found: MinresEnd): MinresEnd => ({
  ...found,
  x: times(1 / scale, found.x),
  residualNorm: found.residualNorm / scale,
  normalResidualNorm: found.normalResidualNorm / scale,
  curved:
    found.curved === undefined
      ? undefined
      : {
          ...found.curved,
          direction: times(1 / scale, found.curved.direction),
          curvature: found.curved.curvature / scale / scale,
        },
})

/** Solves for a multiple of b by a power of two, which rounds nothing, where squares of b would overflow or vanish. */
export const minresQlp = (multiply: Product, b: Float64Array, settings: MinresSettings): MinresEnd => {
  const scale = evening(normOf(b))
  return scale === 1
    ? plainQlp(multiply, b, settings)
    : unevened(scale, plainQlp(multiply, times(scale, b), { ...settings, largestNorm: settings.largestNorm * scale }))
}

const plainQlp = (multiply: Product, b: Float64Array, settings: MinresSettings): MinresEnd => {
  const { tolerance, most, precondition, onCurvature } = settings
  const n = b.length
  const x = new Float64Array(n)
  // Dual vectors of the Lanczos process, M v, and the vector itself; the same without a preconditioner.
  let dualBefore: Float64Array = new Float64Array(n)
  let dual: Float64Array = b.slice()
  const primal = (p: Float64Array): Float64Array => (precondition === undefined ? p : precondition(p).slice())
  let v = primal(dual)
  const sizeOf = (p: Float64Array, q: Float64Array): number => (p === q ? normOf(p) : Math.sqrt(dotOf(p, q)))
  let β = sizeOf(dual, v)
  const goal = β
  const residual = v.slice()
  let curved: Curved | undefined
  const known: Array<readonly [Float64Array, Float64Array]> = []
  // The last two columns of V P, or of D while MINRES lasts.
  const wBefore: Float64Array = new Float64Array(n)
  const w: Float64Array = new Float64Array(n)
  let isQlp = settings.transfer <= 1
  let [cBefore, sBefore, c, s] = [-1, 0, -1, 0]
  let [τBefore, τ] = [0, 0]
  let [ξ, ψbar, μbis, μbar] = [0, 0, 0, 0]
  let ζbar = β
  let [settledNorm, least, largest, condition] = [0, Infinity, 0, 1]
  let [k, normal, products] = [0, 0, 0]
  const assembled = (last: boolean): Float64Array => {
    const sum = x.slice()
    if (isQlp) {
      addTo(sum, τBefore, wBefore)
      if (last) addTo(sum, τ, w)
    }
    return sum
  }
  const ended = (reason: MinresReason, solution: Float64Array): MinresEnd => ({
    reason,
    x: solution,
    residualNorm: Math.abs(ζbar),
    normalResidualNorm: normal,
    operatorNorm: largest,
    condition,
    iterations: k,
    products,
    curved,
  })
  if (!(β < Infinity)) return ended(normOf(b) < Infinity ? 'preconditioner' : 'nonFinite', x)
  if (β === 0) return ended(normOf(b) === 0 ? 'solved' : 'preconditioner', x)
  v = v.map((entry) => entry / β)
  dual = precondition === undefined ? v : dual.map((entry) => entry / β)
  while (true) {
    if (k >= most) return ended('iterations', assembled(true))
    const p = multiply(v).slice()
    products += 1
    if (k > 0) addTo(p, -β, dualBefore)
    const α = dotOf(v, p)
    addTo(p, -α, dual)
    if (settings.orthogonal) {
      known.push([v, dual])
      for (let pass = 0; pass < 2; pass++) for (const [each, itsDual] of known) addTo(p, -dotOf(each, p), itsDual)
    }
    const next = primal(p)
    const βNext = sizeOf(p, next)
    if (!(Math.abs(α) < Infinity && βNext < Infinity))
      return ended(Number.isNaN(βNext) && normOf(p) < Infinity ? 'preconditioner' : 'nonFinite', assembled(true))
    k += 1
    largest = Math.max(largest, Math.hypot(k === 1 ? 0 : β, α, βNext))
    // An invariant space: what is left is rounding.
    const coupling = βNext <= 4 * Number.EPSILON * largest ? 0 : βNext
    // The column of T behind the two reflections before: (ε, γ, λ̄).
    const γbar = k > 2 ? -cBefore * β : β
    const ε = k > 2 ? sBefore * β : 0
    const γ = k > 1 ? c * γbar + s * α : 0
    const λbar = k > 1 ? s * γbar - c * α : α
    normal = Math.abs(ζbar) * Math.hypot(λbar, c * coupling)
    // rᵀ A r of the residual before; the first is the right side itself.
    const curvature = -c * λbar * ζbar * ζbar
    // A residual that A maps to nothing, or to rounding, is what least squares leave: there A does not bend at all.
    const isBent = normal > 4 * Number.EPSILON * largest * goal
    if (curvature <= 0 && curved === undefined && onCurvature !== 'ignore' && isBent) {
      curved = { direction: residual.slice(), curvature, iteration: k }
      if (onCurvature === 'stop') return ended('curvature', assembled(true))
    }
    const isLeast = normal <= settings.leastTolerance * largest * Math.abs(ζbar)
    if (isLeast && settings.transfer === Infinity) return ended('leastSquares', assembled(true))
    if (!isQlp && (isLeast || condition >= settings.transfer)) {
      // V P = D L for the last two columns; what they bring to x comes out of it again, as it still changes.
      for (let i = 0; i < n; i++) {
        wBefore[i] = μbis * wBefore[i] + ψbar * w[i]
        w[i] *= μbar
        x[i] -= τBefore * wBefore[i] + τ * w[i]
      }
      isQlp = true
    }
    const [cNext, sNext, λ] = reflection(λbar, coupling)
    const ζ = cNext * ζbar
    const ζbarNext = sNext * ζbar
    if (onCurvature !== 'ignore' && curved === undefined)
      for (let i = 0; i < n; i++)
        residual[i] = sNext * sNext * residual[i] - (coupling === 0 ? 0 : (ζbarNext * cNext * next[i]) / βNext)
    // Reflections from the right: R P = L.
    let [μ, ψ, ρ] = [0, 0, 0]
    let [θ, η, cp, sp] = [γ, λ, 1, 0]
    if (k > 2) {
      ;[cp, sp, μ] = reflection(μbis, ε)
      ψ = cp * ψbar + sp * γ
      θ = sp * ψbar - cp * γ
      ρ = sp * λ
      η = -cp * λ
    }
    const [cd, sd, μbisNext] = k > 1 ? reflection(μbar, θ) : [1, 0, 0]
    const ψbarNext = sd * η
    const μbarNext = k > 1 ? -cd * η : λ
    const τSettled = k > 2 && μ !== 0 ? (τBefore * μbis) / μ : 0
    // The right side of the row before was left over from the last iteration.
    const τMiddle = k > 1 && μbisNext !== 0 ? (ξ - ψ * τSettled) / μbisNext : 0
    const ξNext = ζ - ρ * τSettled
    const τLast = μbarNext === 0 ? 0 : (ξNext - ψbarNext * τMiddle) / μbarNext
    if (k > 2) [least, largest] = [Math.min(least, μ), Math.max(largest, μ)]
    largest = Math.max(largest, μbisNext, Math.abs(μbarNext))
    const smallest = Math.min(least, k > 1 ? μbisNext : Infinity, Math.abs(μbarNext))
    condition = smallest === 0 ? Infinity : largest / smallest
    settledNorm = Math.hypot(settledNorm, τSettled)
    const norm = Math.hypot(settledNorm, τMiddle, τLast)
    // Before the last step, which is the one that went too far.
    if (norm >= settings.largestNorm) return ended('norm', assembled(true))
    const isDegenerate = Math.abs(μbarNext) * settings.largestCondition <= largest
    if (!isQlp && isDegenerate) return ended('condition', assembled(true))
    if (isQlp) {
      if (k === 1) w.set(v)
      else {
        for (let i = 0; i < n; i++) {
          const settled = cp * wBefore[i] + sp * v[i]
          const rest = k > 2 ? sp * wBefore[i] - cp * v[i] : v[i]
          if (k > 2) x[i] += τSettled * settled
          wBefore[i] = cd * w[i] + sd * rest
          w[i] = sd * w[i] - cd * rest
        }
      }
    } else {
      for (let i = 0; i < n; i++) {
        const d = (v[i] - γ * w[i] - ε * wBefore[i]) / λ
        wBefore[i] = w[i]
        w[i] = d
        x[i] += ζ * d
      }
    }
    ;[τBefore, τ, ξ, ψbar, μbis, μbar] = [τMiddle, τLast, ξNext, ψbarNext, μbisNext, μbarNext]
    ;[cBefore, sBefore, c, s] = [c, s, cNext, sNext]
    if (isLeast) return ended('leastSquares', assembled(false))
    if (!isDegenerate) ζbar = ζbarNext
    if (Math.abs(ζbar) <= tolerance * goal + 4 * Number.EPSILON * largest * norm)
      return ended('solved', assembled(true))
    if (condition >= settings.largestCondition) return ended('condition', assembled(!isDegenerate))
    ζbar = ζbarNext
    if (coupling === 0) return ended('solved', assembled(true))
    β = βNext
    dualBefore = precondition === undefined ? v : dual
    v = next.map((entry) => entry / βNext)
    dual = precondition === undefined ? v : p.map((entry) => entry / βNext)
  }
}
