"""Krylov solvers and eigenvalues of SciPy on matrices with known spectra.

Run: python test/golden/operators/make.py   (numpy and scipy; writes operators.json beside itself)
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.sparse.linalg import cg, eigsh, minres

n = 24
i = np.arange(n)
# A symmetric orthogonal matrix in closed form, so that only spectra and right sides are stored: the sine transform.
q = np.sqrt(2 / (n + 1)) * np.sin(np.pi * np.outer(i + 1, i + 1) / (n + 1))
b = np.cos(3.0 * i) + 0.25 * i % 1

spectra = {
    "positive": 1.0 + i,
    "clustered": 1.0 + 0.001 * i + (i > 20) * 50,
    "indefinite": i - 11.75,
    "ill-conditioned": 10.0 ** (-4 * i / (n - 1)),
    "ill-conditioned indefinite": np.where(i % 2 == 0, 1, -1) * 10.0 ** (-4 * i / (n - 1)),
    "singular": np.where(i < 18, i - 7.25, 0.0),
    "multiple": np.repeat([-3.0, 1.0, 2.0, 7.0], 6),
}


def iterates(solve, a, rhs, count):
    kept = []
    solve(a, rhs, rtol=0, maxiter=count, callback=lambda x: kept.append(np.array(x)))
    return kept[:count]


cases = []
for name, values in spectra.items():
    a = (q * values) @ q
    a = (a + a.T) / 2
    consistent = a @ b
    case = {"name": name, "values": values.tolist(), "right": b.tolist(), "shortest": (np.linalg.pinv(a, rcond=1e-10) @ b).tolist()}
    if values.min() > 0:
        case["cg"] = [x.tolist() for x in iterates(cg, a, b, 6)]
    case["minres"] = [x.tolist() for x in iterates(minres, a, b, 6)]
    case["solved"] = minres(a, consistent, rtol=1e-13, maxiter=2000)[0].tolist()
    case["largest"] = sorted(eigsh(a, k=4, which="LA", return_eigenvectors=False).tolist())
    case["smallest"] = sorted(eigsh(a, k=4, which="SA", return_eigenvectors=False).tolist())
    case["magnitude"] = sorted(eigsh(a, k=4, which="LM", return_eigenvectors=False).tolist())
    cases.append(case)

out = Path(__file__).with_name("operators.json")
out.write_text(json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "n": n, "cases": cases}, indent=1) + "\n")
