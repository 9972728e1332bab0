"""Writes specialFunctions.json: values of special functions, and derivatives to second order of those of two and three
arguments, by mpmath with 40 to 120 digits.

    python test/golden/kernel/specialFunctions.py

A row is [arguments…, value] or, for `derivatives`, [arguments…, [first…], [second…]] in the order aa, ab, …, bb, ….
"""

import itertools
import json
import random
from pathlib import Path

import mpmath as mp

mp.mp.dps = 50
random.seed(20141210)
R = random.uniform
m = mp.mpf


def tail(low, high):
    return 10 ** R(low, high)


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def scaled_integral(n, x):
    return (
        2 / mp.sqrt(mp.pi) / mp.factorial(n) * mp.quad(lambda t: t**n * mp.exp(-t * t - 2 * x * t), [0, 1, 3, 8, 20])
    )


def many(count, *draws):
    return [[draw() for draw in draws] for _ in range(count)]


def lower(a, x):
    return mp.gammainc(a, 0, x, regularized=True)


def upper(a, x):
    return mp.gammainc(a, x, mp.inf, regularized=True)


def incomplete_beta(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


FUNCTIONS = {
    "erfc": (mp.erfc, many(60, lambda: R(-6, 26)) + [[0.5], [0.49999], [1e-300], [26.5], [0.0]]),
    "erfcx": (
        lambda x: mp.exp(x * x) * mp.erfc(x),
        many(40, lambda: R(-26, 10)) + many(30, lambda: R(0, 2)) + many(20, lambda: tail(0, 20)) + [[6.283], [6.284]],
    ),
    "scaledIntegral": (scaled_integral, [[n, x] for n in (1, 2, 3) for x in (-5, -0.5, 0, 0.3, 0.49, 0.51, 1, 5, 300)]),
    "erfinv": (
        mp.erfinv,
        many(40, lambda: R(-1, 1)) + many(30, lambda: 1 - tail(-15.5, -1)) + many(20, lambda: tail(-300, -1)),
    ),
    "ndtr": (normal, many(60, lambda: R(-37.5, 10)) + many(30, lambda: R(-1.5, 1.5))),
    "logNdtr": (lambda x: mp.log(normal(x)), many(60, lambda: R(-37, 8)) + many(20, lambda: -tail(0, 6))),
    "ndtri": (
        lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1),
        many(40, lambda: R(0, 1)) + many(30, lambda: tail(-25, -1)),
    ),
    "lgamma": (
        lambda x: mp.log(abs(mp.gamma(x))),
        many(60, lambda: R(0, 3))
        + many(30, lambda: R(3, 40))
        + many(20, lambda: tail(1, 15))
        + many(20, lambda: tail(-300, -1))
        + many(20, lambda: 1 + tail(-12, -1))
        + many(20, lambda: 2 - tail(-12, -1)),
    ),
    "gamma": (
        mp.gamma,
        many(40, lambda: R(0, 10)) + many(40, lambda: R(10, 171)) + many(30, lambda: R(-20, 0)) + [[171.6], [23], [100]],
    ),
    "digamma": (
        mp.digamma,
        many(50, lambda: R(0, 3))
        + many(20, lambda: R(3, 30))
        + many(20, lambda: tail(1, 10))
        + many(20, lambda: 1.4616321449683622 + tail(-14, -2)),
    ),
    "polygamma": (
        mp.polygamma,
        [[random.randint(1, 6), R(0.01, 30)] for _ in range(40)]
        + [[random.randint(1, 4), R(-10, 0)] for _ in range(30)]
        + [[random.randint(1, 4), tail(1, 5)] for _ in range(15)],
    ),
    "zeta": (
        mp.zeta,
        many(40, lambda: R(1.01, 20), lambda: R(0.01, 50))
        + many(20, lambda: R(1.01, 5), lambda: tail(1, 4))
        + many(20, lambda: R(20, 100), lambda: R(0.1, 30)),
    ),
    "lbeta": (
        lambda a, b: mp.log(mp.beta(a, b)),
        many(30, lambda: R(0.1, 5), lambda: R(0.1, 5)) + many(60, lambda: tail(-2, 6), lambda: tail(-2, 6)),
    ),
    "igamma": (lower, many(60, lambda: R(0.01, 20), lambda: R(0.01, 30)) + [[300, 250], [300, 350], [0.001, 0.5]]),
    "igammac": (upper, many(60, lambda: R(0.01, 20), lambda: R(0.01, 30)) + [[300, 250], [300, 350], [1e-10, 0.5]]),
    "betainc": (
        incomplete_beta,
        many(50, lambda: R(0.1, 20), lambda: R(0.1, 20), lambda: R(0, 1))
        + many(30, lambda: tail(-1, 2.5), lambda: tail(-1, 2.5), lambda: R(0, 1)),
    ),
    "besselJ": (
        mp.besselj,
        [[n, x] for n in range(4) for x in [R(-30, 30) for _ in range(10)] + [tail(-10, 0), tail(1.4, 6), tail(1.4, 3)]],
    ),
    "besselIe": (
        lambda n, x: mp.besseli(n, x) * mp.exp(-abs(x)),
        [[n, x] for n in range(4) for x in [R(-30, 30) for _ in range(10)] + [tail(-10, 0), tail(1.4, 6), tail(1.4, 3)]],
    ),
}

# Away from points where a second derivative crosses 0, which the tests pass over by absolute errors.
DERIVATIVES = {
    "igamma": (lower, many(25, lambda: R(0.3, 15), lambda: R(0.3, 20))),
    "igammac": (upper, many(10, lambda: R(0.3, 15), lambda: R(0.3, 20))),
    "betainc": (incomplete_beta, many(25, lambda: R(0.4, 12), lambda: R(0.4, 12), lambda: R(0.05, 0.95))),
    "lbeta": (lambda a, b: mp.log(mp.beta(a, b)), many(15, lambda: R(0.3, 30), lambda: R(0.3, 30))),
}


def exact(x):
    return x if isinstance(x, int) else m(x)


def value(f, row):
    with mp.workdps(120 if len(row) == 1 else 50):
        return float(f(*[exact(x) for x in row]))


def derivative(f, row, orders):
    return float(mp.diff(f, tuple(m(x) for x in row), orders))


def derivatives(f, row):
    n = len(row)
    first = [derivative(f, row, tuple(int(i == j) for j in range(n))) for i in range(n)]
    pairs = itertools.combinations_with_replacement(range(n), 2)
    second = [derivative(f, row, tuple((i == k) + (j == k) for k in range(n))) for i, j in pairs]
    return [*row, value(f, row), first, second]


found = {name: [[*row, value(f, row)] for row in rows] for name, (f, rows) in FUNCTIONS.items()}
slopes = {name: [derivatives(f, row) for row in rows] for name, (f, rows) in DERIVATIVES.items()}
text = json.dumps({"mpmath": mp.__version__, "values": found, "derivatives": slopes}, separators=(",", ":"))
Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")
print(f"{len(text) / 1024:.0f} KiB")
