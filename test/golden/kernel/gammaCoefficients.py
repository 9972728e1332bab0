"""Prints the coefficients in src/kernel/reference/gamma.ts: python gammaCoefficients.py (mpmath, 60 digits)."""

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
