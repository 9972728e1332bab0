"""Writes values, gradients and Hessians of the test problems, and their minima, computed with 50 digits.

    python test/golden/problems/make.py

Needs mpmath, numpy and scipy. functions.py has the formulas, jets.py differentiates them. A minimum is found by SciPy
(least_squares or trust-exact, from the point named below), made exact by Newton's method with 50 digits, and held to the
digits that the publication gives: the script refuses to write a minimum that does not agree.
"""

import json
import random
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import mpmath as mp  # noqa: E402
import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.optimize  # noqa: E402

from functions import BARD, KOWALIK, MGH, PROBLEMS, loss  # noqa: E402
from jets import Arithmetic, Jet, variables  # noqa: E402

HERE = Path(__file__).parent


def evaluated(name, point):
    jet = loss(Arithmetic, name, variables(point))
    return jet.value, jet.gradient, jet.hessian


def near(start, rng):
    """A point of the neighbourhood of the start that has no special place."""
    return [round(v + 0.1 * max(1.0, abs(v)) * (rng.random() - 0.4), 6) for v in start]


def cases():
    for name, (_, start, dimensions) in PROBLEMS.items():
        for n in dimensions[:2]:
            rng = random.Random(f"{name} {n}")
            for point in [start(n), near(start(n), rng), near(start(n), rng)]:
                value, gradient, hessian = evaluated(name, point)
                yield {
                    "name": name,
                    "point": point,
                    "value": float(value),
                    "gradient": [float(v) for v in gradient],
                    # Symmetric: the lower triangle, row by row.
                    "hessian": [float(hessian[i][j]) for i in range(n) for j in range(i + 1)],
                }


# (name, n, where SciPy begins, the digits of the publication; null is the standard start)
MINIMA = [
    ("freudenstein-roth", 2, [5.0, 4.1], "0"),
    ("freudenstein-roth", 2, None, "48.9842"),
    ("powell-badly-scaled", 2, None, "0"),
    ("beale", 2, None, "0"),
    ("jennrich-sampson", 2, None, "124.362"),
    ("helical-valley", 3, None, "0"),
    ("bard", 3, None, "8.21487e-3"),
    ("gaussian", 3, None, "1.12793e-8"),
    ("meyer", 3, [0.0056, 6181.0, 345.0], "87.9458"),
    ("kowalik-osborne", 4, None, "3.07505e-4"),
    ("brown-dennis", 4, None, "85822.2"),
    ("osborne-1", 5, None, "5.46489e-5"),
    ("biggs-exp6", 6, [1.1, 9.5, 1.1, 5.2, 4.1, 3.1], "0"),
    ("osborne-2", 11, None, "4.01377e-2"),
    ("watson", 6, None, "2.28767e-3"),
    ("watson", 9, None, "1.39976e-6"),
    ("watson", 12, None, "4.72238e-10"),
    ("penalty-1", 4, None, "2.24997e-5"),
    ("penalty-1", 10, None, "7.08765e-5"),
    ("penalty-2", 4, None, "9.37629e-6"),
    ("penalty-2", 10, None, "2.93660e-4"),
    ("trigonometric", 10, None, None),
    ("discrete-boundary-value", 10, None, "0"),
    ("discrete-integral-equation", 10, None, "0"),
    ("broyden-tridiagonal", 10, None, "0"),
    ("broyden-banded", 10, None, "0"),
    ("chebyquad", 8, None, "3.51687e-3"),
    ("chebyquad", 9, None, "0"),
    ("chebyquad", 10, None, "6.50395e-3"),
    ("hosaki", 2, None, None),
    ("gradient-flat", 2, [-3.1, 0.1], None),
    ("himmelblau", 2, None, "0"),
    ("himmelblau", 2, [-2.8, 3.1], "0"),
    ("himmelblau", 2, [-3.8, -3.3], "0"),
    ("himmelblau", 2, [3.6, -1.8], "0"),
]


def double(name, x):
    value, gradient, hessian = evaluated(name, [float(v) for v in x])
    return float(value), np.array(gradient, dtype=float), np.array(hessian, dtype=float)


def residuals(name, x):
    found = PROBLEMS[name][0](Arithmetic, variables([float(v) for v in x]))
    jets = [f if isinstance(f, Jet) else Jet(f, [mp.mpf(0)] * len(x), None) for f in found]
    return np.array([f.value for f in jets], dtype=float), np.array([f.gradient for f in jets], dtype=float)


def found(name, n, begin):
    start = PROBLEMS[name][1](n) if begin is None else begin
    if isinstance(PROBLEMS[name][0](Arithmetic, variables(start)), list):
        result = scipy.optimize.least_squares(
            lambda x: residuals(name, x)[0],
            start,
            jac=lambda x: residuals(name, x)[1],
            method="lm" if name != "trigonometric" else "trf",
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
            max_nfev=5000,
        )
        return list(result.x), 2 * result.cost
    result = scipy.optimize.minimize(
        lambda x: double(name, x)[0],
        start,
        jac=lambda x: double(name, x)[1],
        hess=lambda x: double(name, x)[2],
        method="trust-exact",
        options={"gtol": 1e-10},
    )
    return list(result.x), result.fun


def exact(name, point):
    """Newton's method in 50 digits; the Hessians at these points are not singular."""
    x = [mp.mpf(v) for v in point]
    for _ in range(60):
        _, gradient, hessian = evaluated(name, x)
        step = mp.lu_solve(mp.matrix(hessian), mp.matrix(gradient))
        x = [a - b for a, b in zip(x, step)]
        if mp.norm(step) < mp.mpf(10) ** -35 * (1 + mp.norm(mp.matrix(x))):
            return x
    raise SystemExit(f"{name}: Newton's method did not converge")


def agrees(value, digits):
    if digits is None:
        return True
    if digits == "0":
        return abs(value) < 1e-40
    mantissa = digits.split("e")[0].replace(".", "").lstrip("0")
    # The publication cuts or rounds: one unit of its last digit.
    return abs(value / mp.mpf(digits) - 1) < mp.mpf(10) ** (1 - len(mantissa))


def minima():
    for name, n, begin, digits in MINIMA:
        near_it, by_scipy = found(name, n, begin)
        point = exact(name, near_it)
        value, gradient, hessian = evaluated(name, point)
        if digits == "0":
            value = mp.mpf(0) if abs(value) < 1e-40 else value
        smallest = min(mp.eigsy(mp.matrix(hessian), eigvals_only=True))
        if not agrees(value, digits) or not abs(by_scipy - value) <= 1e-9 * abs(value) + 1e-14 or smallest <= 0:
            raise SystemExit(
                f"{name} {n}: {digits} published, {by_scipy!r} by SciPy at {near_it}, {mp.nstr(value, 20)} exact, "
                f"smallest eigenvalue {mp.nstr(smallest, 5)}"
            )
        print(name, n, digits, mp.nstr(value, 17), [mp.nstr(v, 17) for v in point])
        yield {
            "name": name,
            "published": None if digits is None else float(digits),
            "value": float(value),
            "point": [float(v) for v in point],
        }


def limit_of_bard(m, x):
    """Bard's function where the second and third variables go to minus infinity."""
    return [m.constant(float(y)) - x[0] for y in BARD]


def limit_of_kowalik_osborne(m, x):
    """That of Kowalik and Osborne where the first goes to infinity, the third and fourth to minus infinity."""
    us = [(m.constant(float(y)), m.constant(float(u))) for y, u in KOWALIK]
    return [y - (u * u + u * x[0]) / (u * x[1] + x[2]) for y, u in us]


def crease_of_biggs(m, x):
    """Biggs' function where two of its three exponentials are one."""
    a, b, c, d = x
    return PROBLEMS["biggs-exp6"][0](m, [a, b, c, d, a, c])


# Published as minima: two are values at infinity, and one is a saddle, as its Hessian shows.
LIMITS = [
    ("bard", limit_of_bard, [0.8], "17.4286"),
    ("kowalik-osborne", limit_of_kowalik_osborne, [-14.0, -70.0, -15.0], "1.02734e-3"),
    ("biggs-exp6", crease_of_biggs, [1.7, 17.6, 1.2, 5.2], "5.65565e-3"),
]


def limits():
    for name, function, begin, digits in LIMITS:
        PROBLEMS["reduced"] = (function, None, None)
        point = exact("reduced", found("reduced", len(begin), begin)[0])
        value = evaluated("reduced", point)[0]
        if not agrees(value, digits):
            raise SystemExit(f"{name}: {digits} published, {mp.nstr(value, 20)} at {point}")
        print(name, digits, mp.nstr(value, 17), [mp.nstr(v, 17) for v in point])
        if function is crease_of_biggs:
            a, b, c, d = point
            _, gradient, hessian = evaluated(name, [a, b, c, d, a, c])
            eigenvalues = mp.eigsy(mp.matrix(hessian), eigvals_only=True)
            print("eigenvalues", [mp.nstr(v, 5) for v in eigenvalues], mp.nstr(mp.norm(mp.matrix(gradient)), 5))
            assert mp.norm(mp.matrix(gradient)) < 1e-30 and sum(v < -1e-6 for v in eigenvalues) == 1
        yield {"name": name, "published": float(digits), "value": float(value)}


def main():
    fixture = {
        "source": f"test/golden/problems/make.py with mpmath {mp.__version__} (50 digits) and scipy {scipy.__version__}",
        "mgh": MGH,
        "cases": list(cases()),
        "minima": list(minima()),
        "limits": list(limits()),
    }
    (HERE / "values.json").write_text(json.dumps(fixture, indent=None, separators=(",", ":")) + "\n")


main()
