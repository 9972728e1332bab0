"""Writes what dcsrch of MINPACK-2 does on the six functions of Moré and Thuente (1994), in SciPy's translation of it.

    python test/golden/linesearch/make.py

Needs scipy. J. J. Moré and D. J. Thuente, Line search algorithms with guaranteed sufficient decrease, ACM TOMS 20 (1994), §5:
for each function, with the constants of its table (mu asks for decrease, eta for a flat slope), the search begins at 10^-3, 10^-1,
10 and 10^3. `looks` counts values with slopes, `step` is where the search ends; both are those of the printed tables I to VI.
"""

import json
from math import pi, sin, cos, hypot, sqrt
from pathlib import Path

import scipy
from scipy.optimize._dcsrch import DCSRCH

HERE = Path(__file__).parent


def rational(beta=2.0):
    return lambda a: -a / (a * a + beta), lambda a: (a * a - beta) / (a * a + beta) ** 2


def quintic(b=0.004):
    return lambda a: (a + b) ** 5 - 2 * (a + b) ** 4, lambda a: 5 * (a + b) ** 4 - 8 * (a + b) ** 3


def wavy(beta=0.01, l=39):
    def base(a):
        if a <= 1 - beta:
            return 1 - a, -1.0
        if a >= 1 + beta:
            return a - 1, 1.0
        return (a - 1) ** 2 / (2 * beta) + beta / 2, (a - 1) / beta

    return (
        lambda a: base(a)[0] + 2 * (1 - beta) / (l * pi) * sin(l * pi / 2 * a),
        lambda a: base(a)[1] + (1 - beta) * cos(l * pi / 2 * a),
    )


def yanai(b1, b2):
    g1, g2 = sqrt(1 + b1 * b1) - b1, sqrt(1 + b2 * b2) - b2
    return (
        lambda a: g1 * hypot(1 - a, b2) + g2 * hypot(a, b1),
        lambda a: g1 * (a - 1) / hypot(1 - a, b2) + g2 * a / hypot(a, b1),
    )


TABLES = [
    ("I", rational(), 1e-3, 1e-1),
    ("II", quintic(), 1e-1, 1e-1),
    ("III", wavy(), 1e-1, 1e-1),
    ("IV", yanai(0.001, 0.001), 1e-3, 1e-3),
    ("V", yanai(0.01, 0.001), 1e-3, 1e-3),
    ("VI", yanai(0.001, 0.01), 1e-3, 1e-3),
]


def main():
    rows = []
    for table, (value, slope), mu, eta in TABLES:
        for start in (1e-3, 1e-1, 1e1, 1e3):
            looks = []

            def phi(a):
                looks.append(a)
                return value(a)

            search = DCSRCH(phi, slope, mu, eta, 1e-15, 0.0, 1e10)
            step, _, _, task = search(start, phi0=value(0.0), derphi0=slope(0.0), maxiter=100)
            rows.append(
                {"table": table, "decrease": mu, "curvature": eta, "start": start, "looks": len(looks), "step": step}
            )
            print(table, start, len(looks), step, slope(step) if step else None, task)
    fixture = {
        "source": f"test/golden/linesearch/make.py with dcsrch of scipy {scipy.__version__} (BSD-3-Clause)",
        "rows": rows,
    }
    text = json.dumps(fixture).replace('{"table"', '\n{"table"')
    (HERE / "moreThuente.json").write_text(text + "\n")


main()
