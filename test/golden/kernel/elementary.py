"""Coefficients, fixture and measurement of the vector functions of src/kernel/wasm/math*.wat. Run from this folder:

    python elementary.py                  writes elementary.json: hard points of every function with correctly rounded values
    python elementary.py --coefficients   prints the minimax polynomials, by Remez exchange in 50 digits
    python elementary.py --measure N      prints the worst error of N random points per range (needs Node and the built bytes)

Values are decimal strings that read back to exactly the same doubles; "inf", "-inf" and "nan" are strings.
"""

import json
import math
import random
import struct
import subprocess
import sys

import mpmath as mp

mp.mp.dps = 50


def remez(function, weight, low, high, degree):
    """The polynomial with least maximal weight·|function − polynomial|, lowest coefficient first, and that maximum."""
    center, radius = (low + high) / 2, (high - low) / 2
    count = degree + 2
    nodes = [center - radius * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    for _ in range(12):
        system, right = mp.matrix(count, count), mp.matrix(count, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                system[i, j] = x**j
            system[i, degree + 1] = (-1) ** i / weight(x)
            right[i] = function(x)
        solution = mp.lu_solve(system, right)
        coefficients = [solution[j] for j in range(degree + 1)]
        level = abs(solution[degree + 1])
        grid = [center - radius * mp.cos(mp.pi * i / (30 * count)) for i in range(30 * count + 1)]
        extremes = []
        for x in grid:
            error = weight(x) * (function(x) - mp.polyval(coefficients[::-1], x))
            if extremes and (error > 0) == (extremes[-1][1] > 0):
                if abs(error) > abs(extremes[-1][1]):
                    extremes[-1] = (x, error)
            else:
                extremes.append((x, error))
        while len(extremes) > count:
            extremes.pop(0 if abs(extremes[0][1]) < abs(extremes[-1][1]) else -1)
        worst = max(abs(error) for _, error in extremes)
        if len(extremes) < count or worst < level * 1.001:
            break
        nodes = [x for x, _ in extremes]
    return coefficients, worst


def series(term, x):
    return mp.fsum(term(i) * x**i for i in range(24))


def exp_quotient(r):
    return (mp.expm1(r) - r) / r**2 if abs(r) > 0.01 else series(lambda i: 1 / mp.factorial(i + 2), r)


def log_quotient(z):
    s = mp.sqrt(abs(z))
    return (2 * mp.atanh(s) - 2 * s) / s**3 if abs(z) > 0.001 else series(lambda i: mp.mpf(2) / (2 * i + 3), z)


def sin_quotient(z):
    r = mp.sqrt(abs(z))
    return (1 - mp.sin(r) / r) / z if abs(z) > 0.01 else series(lambda i: (-1) ** i / mp.factorial(2 * i + 3), z)


def cos_quotient(z):
    r = mp.sqrt(abs(z))
    return (mp.cos(r) - 1 + z / 2) / z**2 if abs(z) > 0.01 else series(lambda i: (-1) ** i / mp.factorial(2 * i + 4), z)


def erf_quotient(z):
    x = mp.sqrt(abs(z))
    if abs(z) > 0.01:
        return mp.erf(x) / x - 1
    return series(lambda i: 2 / mp.sqrt(mp.pi) * (-1) ** i / (mp.factorial(i) * (2 * i + 1)), z) - 1


TINY = mp.mpf("1e-30")
LN2 = mp.log(2)
SLACK = mp.mpf("1.0005")

POLYNOMIALS = {
    # The error of r²·p against eʳ − 1 ≈ r.
    "(exp r - 1 - r)/r^2": (exp_quotient, lambda r: abs(r) + TINY, -LN2 / 2 * SLACK, LN2 / 2 * SLACK, 10),
    # The error of s·z·p against 2s.
    "(2 atanh s - 2s)/s^3 of z = s^2": (log_quotient, lambda z: z + TINY, TINY, (3 - 2 * mp.sqrt(2)) ** 2 * SLACK, 6),
    "(1 - sin(r)/r)/z of z = r^2": (sin_quotient, lambda z: z + TINY, TINY, (mp.pi / 4) ** 2 * SLACK, 5),
    "(cos r - 1 + z/2)/z^2 of z = r^2": (cos_quotient, lambda z: z**2 + TINY, TINY, (mp.pi / 4) ** 2 * SLACK, 5),
}

if "--coefficients" in sys.argv:
    for name, arguments in POLYNOMIALS.items():
        found, error = remez(*arguments)
        print(f"{name}: weighted error 2^{float(mp.log(error, 2)):.1f}")
        for coefficient in found:
            print(f"  {float(coefficient)!r}")
    sys.exit()
