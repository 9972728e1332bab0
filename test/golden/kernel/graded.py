"""Writes eigenvalues of positive definite matrices D A D with entries of very different sizes, right to all digits.

    python test/golden/kernel/graded.py

Needs numpy and mpmath. A is well conditioned with ones on its diagonal, D runs over up to 16 orders of magnitude; the entries are
rounded to float64 first, and the eigenvalues are those of the rounded matrix, by mpmath with 120 digits. `condition` is that of A.
The last two are Hessians of badly scaled problems of Moré, Garbow and Hillstrom: Powell's (3) and Meyer's (10), near their minima.
"""

import json
from pathlib import Path

import mpmath
import numpy as np

mpmath.mp.dps = 120

HERE = Path(__file__).parent


def entry(matrix):
    n = len(matrix)
    exact = mpmath.matrix([[mpmath.mpf(float(x)) for x in row] for row in matrix])
    values = sorted(mpmath.eigsy(exact, eigvals_only=True))
    scale = [1 / mpmath.sqrt(exact[i, i]) for i in range(n)]
    scaled = mpmath.matrix([[scale[i] * exact[i, j] * scale[j] for j in range(n)] for i in range(n)])
    inner = sorted(mpmath.eigsy(scaled, eigvals_only=True))
    return {
        "matrix": [[float(x) for x in row] for row in matrix],
        "eigenvalues": [float(x) for x in values],
        "condition": float(inner[-1] / inner[0]),
    }


def graded(rng, n, range_):
    b = np.eye(n) + 0.5 * rng.standard_normal((n, n)) / np.sqrt(n)
    a = b @ b.T
    d = 10.0 ** -rng.permutation(np.linspace(0, range_, n))
    h = (d / np.sqrt(np.diag(a)))[:, None] * a * (d / np.sqrt(np.diag(a)))
    return np.tril(h) + np.tril(h, -1).T


def powell():
    x, y = 1.3953942e-05, 7.16646
    x, y = mpmath.mpf(x), mpmath.mpf(y)
    r, s = 10**4 * x * y - 1, mpmath.e**-x + mpmath.e**-y - mpmath.mpf("1.0001")
    hxx = 2 * (10**4 * y) ** 2 + 2 * mpmath.e ** (-2 * x) + 2 * s * mpmath.e**-x
    hyy = 2 * (10**4 * x) ** 2 + 2 * mpmath.e ** (-2 * y) + 2 * s * mpmath.e**-y
    hxy = 2 * 10**8 * x * y + 2 * 10**4 * r + 2 * mpmath.e ** (-x - y)
    return [[hxx, hxy], [hxy, hyy]]


def meyer():
    """Gauss-Newton's part, JᵀJ, at a point near the minimum."""
    x = [mpmath.mpf("0.00561"), mpmath.mpf("6181.3"), mpmath.mpf("345.22")]
    rows = []
    for i in range(1, 17):
        t = 45 + 5 * i
        e = mpmath.exp(x[1] / (t + x[2]))
        rows.append([e, x[0] * e / (t + x[2]), -x[0] * x[1] * e / (t + x[2]) ** 2])
    return [[2 * sum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]


def main():
    rng = np.random.default_rng(7)
    cases = [entry(graded(rng, n, r)) for n, r in [(2, 8), (2, 16), (3, 6), (3, 16), (5, 10), (8, 16), (12, 14)]]
    cases += [entry(powell()), entry(meyer())]
    text = json.dumps({"source": "test/golden/kernel/graded.py with mpmath " + mpmath.__version__, "cases": cases})
    (HERE / "graded.json").write_text(text + "\n")
    for case in cases:
        print(len(case["matrix"]), case["condition"], case["eigenvalues"][0], case["eigenvalues"][-1])


main()
