"""Prints the coefficients in src/kernel/reference/gamma.ts and incompleteGamma.ts: python gammaCoefficients.py (mpmath, 60 digits)."""

import mpmath as mp

mp.mp.dps = 60


def double(x) -> str:
    return repr(float(x))


def table(name, values) -> None:
    print(f"const {name} = [{', '.join(double(x) for x in values)}]\n")


# log Γ(2 + z) = (1 − γ) z + Σ_{k ≥ 2} (−1)^k (ζ(k) − 1) z^k / k
table("LOG_GAMMA", [1 - mp.euler] + [(-1) ** k * (mp.zeta(k) - 1) / k for k in range(2, 30)])

# ψ(x) about its positive root, which stands as a sum of two doubles.
root = mp.findroot(mp.digamma, mp.mpf("1.4616321449683623"))
high = mp.mpf(float(root))
print(f"const ROOT_HIGH = {double(high)}\nconst ROOT_LOW = {double(root - high)}\n")
table("DIGAMMA", [mp.polygamma(k, root) / mp.factorial(k) for k in range(1, 36)])

# B_2k
table("BERNOULLI", [mp.bernoulli(2 * k) for k in range(1, 16)])


# Temme's c₀ = 1/μ − 1/η and c₁ = 1/η³ − 1/μ³ − 1/μ² − 1/(12 μ) as series in η, where μ − log(1 + μ) = η²/2: the polynomial through
# 24 points about 0, with digits enough that neither the points nor the cancellation are seen.
def series(f, count):
    with mp.workdps(150):
        points = [mp.mpf(k) / 1000 for k in range(-12, 13) if k]

        def at(eta):
            return f(mp.findroot(lambda u: u - mp.log1p(u) - eta**2 / 2, eta + eta**2 / 3), eta)

        powers = mp.matrix([[p**j for j in range(len(points))] for p in points])
        return list(mp.lu_solve(powers, mp.matrix([at(p) for p in points])))[:count]


table("TEMME_FIRST", series(lambda u, eta: 1 / u - 1 / eta, 7))
table("TEMME_SECOND", series(lambda u, eta: 1 / eta**3 - 1 / u**3 - 1 / u**2 - 1 / (12 * u), 3))
