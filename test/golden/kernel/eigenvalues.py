"""Writes eigenvalues.json: symmetric matrices and their eigenvalues by numpy.linalg.eigvalsh (LAPACK dsyevd).

Run from this folder: python eigenvalues.py
"""

import json

import numpy as np

random = np.random.default_rng(14)


def symmetric(x):
    return (x + x.T) / 2


def spectrum(values):
    q, _ = np.linalg.qr(random.standard_normal((len(values), len(values))))
    return symmetric(q @ np.diag(values) @ q.T)


def wilkinson(n):
    diagonal = np.abs(np.arange(n) - (n - 1) / 2)
    return np.diag(diagonal) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)


index = np.arange(1, 13)
grades = 10.0 ** -np.arange(0, 24, 2)
low_rank = random.standard_normal((20, 3))
CASES = {
    "random 7": symmetric(random.standard_normal((7, 7))),
    "Wigner 40": symmetric(random.standard_normal((40, 40))) / np.sqrt(40),
    "Hilbert 12": 1.0 / (index[:, None] + index[None, :] - 1),
    "Wilkinson 21": wilkinson(21),
    "clustered 24": spectrum(np.r_[np.full(10, 1.0), np.full(10, 1 + 1e-12), -1.0, 0.0, 0.0, 5.0]),
    "rank 3 of 20": low_rank @ low_rank.T,
    "graded downwards 12": symmetric(random.standard_normal((12, 12)) * np.sqrt(np.outer(grades, grades))),
    "graded upwards 12": symmetric(random.standard_normal((12, 12)) * np.sqrt(np.outer(grades, grades)))[::-1, ::-1],
    "huge 5": symmetric(random.standard_normal((5, 5))) * 1e300,
    "minute 5": symmetric(random.standard_normal((5, 5))) * 1e-300,
}

with open("eigenvalues.json", "w") as file:
    json.dump(
        [
            {"name": name, "n": len(a), "matrix": a.ravel().tolist(), "values": np.linalg.eigvalsh(a).tolist()}
            for name, a in CASES.items()
        ],
        file,
        separators=(",", ":"),
    )
    file.write("\n")
