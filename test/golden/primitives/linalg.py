"""Linear algebra. Where JAX leaves a choice to LAPACK the choice of gradus is made here: R has a positive diagonal, and the
first entry of (nearly) the largest size of an eigenvector or left singular vector is positive.

JAX refuses derivatives of qr of a wide matrix, and its determinant divides by pivots, which are 0 at singular matrices: for
these the calls below are other formulas for the same function (the first columns decide about Q; the sum over permutations),
which JAX differentiates. Its exponential is off by 1e-11 for some matrices of norm 10 (against 60 digits of mpmath), so that
of large matrices is a Taylor series here, squared six times.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from oracle import Case, draw, fixed, uniform


def regular(n: int, *others):
    """A matrix near a multiple of the identity, and the other inputs."""

    def sample(rng, _k):
        a = draw(rng, (n, n), -1, 1) + np.diag(2.5 + np.arange(n) / 2)
        return [np.round(a, 3), *[draw(rng, shape, -2, 2, 0.1) for shape in others]]

    return sample


def positive(n: int):
    """Positive definite but for a small skew part, which must not be read."""

    def sample(rng, _k):
        a = draw(rng, (n, n), -1, 1)
        skew = draw(rng, (n, n), -0.2, 0.2)
        return [np.round(a @ a.T + np.diag(1 + np.arange(n)) + skew - skew.T, 3)]

    return sample


def general(m: int, n: int):
    """Far from a loss of rank, with gaps between singular values."""

    def sample(rng, _k):
        a = draw(rng, (m, n), -0.4, 0.4)
        for i in range(min(m, n)):
            a[i, i] += 1.2 + i
        return [np.round(a, 3)]

    return sample


def turn(x, *others):
    """Signs of the columns of x, so that the first entry of nearly the largest size is positive."""
    size = jnp.abs(x)
    first = jnp.argmax(size >= jnp.max(size, axis=0) * (1 - 2.0**-20), axis=0)
    sign = jnp.sign(x[first, jnp.arange(x.shape[1])])
    return [each * sign for each in (x, *others)]


def lu(part):
    def call(a):
        p, lower, upper = jax.scipy.linalg.lu(a)
        return {"lower": lower, "upper": upper, "permutation": jnp.argmax(p, axis=0)}[part]

    return call


def qr(part):
    def call(a):
        m, n = a.shape
        q, r = jnp.linalg.qr(a[:, :m] if m < n else a)
        sign = jnp.sign(jnp.diagonal(r))
        q, r = q * sign, r * sign[:, None]
        if m < n:
            r = jnp.concatenate([r, q.T @ a[:, m:]], axis=1)
        return {"q": q, "r": r}[part]

    return call


def eigh(part):
    def call(a):
        w, v = jnp.linalg.eigh(a)
        return {"values": w, "vectors": turn(v)[0]}[part]

    return call


def svd(part):
    def call(a):
        u, s, vt = jnp.linalg.svd(a, full_matrices=False)
        u, v = turn(u, vt.T)
        return {"u": u, "s": s, "v": v}[part]

    return call


def permutations(n):
    for order in itertools.permutations(range(n)):
        inversions = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        yield (-1) ** inversions, order


def by_permutations(a):
    n = a.shape[0]
    total = jnp.asarray(1.0 if n == 0 else 0.0)
    for sign, order in permutations(n) if n else ():
        term = jnp.asarray(float(sign))
        for i, j in enumerate(order):
            term = term * a[i, j]
        total = total + term
    return total


def adjugate(a):
    n = a.shape[0]

    def minor(i, j):
        rows = [k for k in range(n) if k != i]
        columns = [k for k in range(n) if k != j]
        return by_permutations(a[jnp.array(rows, dtype=int)][:, jnp.array(columns, dtype=int)])

    return jnp.stack([jnp.stack([(-1) ** (i + j) * minor(i, j) for i in range(n)]) for j in range(n)])


def exponential(a):
    """The Taylor series at a/64, where the norm is below 1/2 and 20 terms are more than double precision needs."""
    b = a / 64
    term = total = jnp.eye(a.shape[0])
    for k in range(1, 21):
        term = term @ b / k
        total = total + term
    for _ in range(6):
        total = total @ total
    return total


def solves() -> list[Case]:
    found = []
    for upper, transposed, unit in itertools.product((False, True), repeat=3):
        options = {"upper": upper, "transposed": transposed, "unitDiagonal": unit}

        def call(a, b, u=upper, t=transposed, d=unit):
            return jax.scipy.linalg.solve_triangular(a, b, trans=1 if t else 0, lower=not u, unit_diagonal=d)

        name = f"[3, 3] [3, 2] {'upper' if upper else 'lower'}{' transposed' if transposed else ''}{' unit' if unit else ''}"
        found.append(Case("triangularSolve", name, call, regular(3, (3, 2)), options))
    found.append(
        Case(
            "triangularSolve",
            "a vector",
            lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=True),
            regular(4, (4,)),
        )
    )
    found += [
        Case("cholesky", f"[{n}, {n}]", jnp.linalg.cholesky, positive(n)) for n in (1, 2, 4)
    ]
    found += [
        Case("solve", "[1, 1] [1, 2]", jnp.linalg.solve, regular(1, (1, 2))),
        Case("solve", "[3, 3] [3, 2]", jnp.linalg.solve, regular(3, (3, 2))),
        Case("solve", "a vector", jnp.linalg.solve, regular(4, (4,))),
        # Every row is exchanged.
        Case(
            "solve",
            "with exchanges",
            lambda a, b: jnp.linalg.solve(a[::-1], b),
            regular(3, (3, 1)),
            {"part": "reversed"},
        ),
    ]
    return found


def factors() -> list[Case]:
    found = []
    for m, n in [(3, 3), (4, 2), (2, 4)]:
        for part in ("lower", "upper"):
            found.append(Case("lu", f"{part} [{m}, {n}]", lu(part), general(m, n), {"part": part}))
        for part in ("q", "r"):
            found.append(Case("qr", f"{part} [{m}, {n}]", qr(part), general(m, n), {"part": part}))
        for part in ("u", "s", "v"):
            found.append(Case("svd", f"{part} [{m}, {n}]", svd(part), general(m, n), {"part": part}))
        found.append(Case("pinv", f"[{m}, {n}]", jnp.linalg.pinv, general(m, n)))

        def least(a, b):
            return jnp.linalg.pinv(a) @ b

        def sample(rng, k, m=m, n=n):
            return [*general(m, n)(rng, k), draw(rng, (m, 2), -2, 2, 0.1)]

        found.append(Case("lstsq", f"[{m}, {n}] [{m}, 2]", least, sample))
    found.append(
        Case(
            "lu",
            "permutation [3, 2]",
            lu("permutation"),
            uniform((3, 2)),
            {"part": "permutation"},
            differentiable=(),
        )
    )
    for n in (1, 2, 4):
        for part in ("values", "vectors"):
            found.append(Case("eigh", f"{part} [{n}, {n}]", eigh(part), positive(n), {"part": part}, scale=1.0))
    return found


# Of ranks 2 = n − 1, 1 = n − 2, 0 and, of order 4, 2 and 1; small whole numbers, so that minors are exact.
SINGULAR = {
    "of rank 2 of 3": [[1, 2, 3], [4, 5, 6], [5, 7, 9]],
    "of rank 1 of 3": [[1, 2, -1], [2, 4, -2], [-3, -6, 3]],
    "of rank 0 of 3": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
    "of rank 3 of 4": [[1, 2, 0, 1], [0, 1, 3, -1], [2, 0, 1, 1], [3, 3, 4, 1]],
    "of rank 2 of 4": [[1, 2, 0, 1], [0, 1, 3, -1], [1, 3, 3, 0], [2, 5, 3, 1]],
    "of rank 1 of 4": [[1, 2, 0, 1], [2, 4, 0, 2], [-1, -2, 0, -1], [3, 6, 0, 3]],
    "with equal singular values": [[0, 0, 2], [2, 0, 0], [0, 2, 0]],
}


def determinants() -> list[Case]:
    found = []
    for n in (1, 2, 3, 4):
        found.append(Case("det", f"[{n}, {n}]", by_permutations, regular(n)))
        found.append(Case("slogdet", f"logAbs [{n}, {n}]", lambda a: jnp.linalg.slogdet(a)[1], regular(n), {"part": "logAbs"}))
    found.append(Case("adjugate", "[2, 2]", adjugate, regular(2), scale=1.0))
    found.append(Case("adjugate", "[3, 3]", adjugate, regular(3)))
    for name, entries in SINGULAR.items():
        size = float(max(1, np.max(np.abs(entries)))) ** (len(entries) - 1)
        found.append(Case("det", name, by_permutations, fixed(entries), scale=size))
    found.append(
        Case(
            "slogdet",
            "sign [3, 3]",
            lambda a: jnp.linalg.slogdet(a)[0],
            uniform((3, 3)),
            {"part": "sign"},
            differentiable=(),
        )
    )
    found.append(
        Case(
            "slogdet",
            "logAbs of a negative determinant",
            lambda a: jnp.linalg.slogdet(a[::-1])[1],
            regular(3),
            {"part": "reversed"},
        )
    )
    found.append(Case("logdet", "[3, 3]", lambda a: jnp.linalg.slogdet(a)[1], regular(3)))
    found += [Case("inv", f"[{n}, {n}]", jnp.linalg.inv, regular(n)) for n in (1, 3)]
    return found


def functions() -> list[Case]:
    found = []
    for low, high, name in [(-0.004, 0.004, "tiny"), (-0.5, 0.5, "small"), (-2, 2, "medium"), (-6, 6, "large")]:
        call = exponential if name == "large" else jax.scipy.linalg.expm
        found.append(Case("expm", f"[3, 3] {name}", call, uniform((3, 3), low=low, high=high, away=0.0)))
    found.append(Case("expm", "nilpotent", jax.scipy.linalg.expm, lambda _rng, k: [np.array([[0, 1.0 + k], [0, 0]])]))
    for exponent in (-2, 0, 1, 2, 5):
        found.append(
            Case(
                "matrixPower",
                f"[3, 3] to the {exponent}",
                lambda a, e=exponent: jnp.linalg.matrix_power(a, e),
                regular(3),
                {"exponent": exponent},
            )
        )
    return found


def structure() -> list[Case]:
    found = []
    for kind, order in {"frobenius": "fro", "nuclear": "nuc", "spectral": 2, "columns": 1, "rows": np.inf}.items():
        found.append(
            Case(
                "matrixNorm",
                f"{kind} [3, 2]",
                lambda a, o=order: jnp.linalg.norm(a, ord=o),
                general(3, 2),
                {"kind": kind},
            )
        )
    return found


def cases() -> list[Case]:
    return [*solves(), *factors(), *determinants(), *functions(), *structure()]
