"""Writes minima in boxes: of test problems by SciPy, and of random quadratics by enumeration of active sets.

    python test/golden/bounds/make.py

Needs numpy and scipy. The boxes around problems of Moré, Garbow and Hillstrom are those of D. M. Gay, "A trust-region approach to
linearly constrained optimization" (1984), which cut the minima off; runs start at the standard start, moved into the box. Two of SciPy's
methods go from there with exact derivatives: L-BFGS-B on the sum of squares, and least_squares by the trust-region reflective method (trf),
which starts and stays strictly inside. What a method ends at is put onto bounds that it is within 1e-9 of, as trf only comes near
them, and polished there by Newton's method on what is free; its value, its projected gradient and its active set are written.

A quadratic ½ xᵀAx + bᵀx with A positive definite has one minimum in a box: the candidate of those 3ⁿ active sets that satisfies the
conditions of Karush, Kuhn and Tucker.
"""

import itertools
import json
import math
import sys
import warnings
from pathlib import Path

sys.dont_write_bytecode = True

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.optimize  # noqa: E402

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "problems"))

from functions import PROBLEMS  # noqa: E402

INF = np.inf


class Jet:
    """A value with its gradient and its Hessian: second-order forward differentiation."""

    __slots__ = ("value", "gradient", "hessian")
    __array_priority__ = 1000

    def __init__(self, value, gradient, hessian):
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def through(self, f0, f1, f2):
        g = self.gradient
        return Jet(f0, f1 * g, f1 * self.hessian + f2 * np.outer(g, g))

    def __add__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.gradient, self.hessian)
        return Jet(self.value + other.value, self.gradient + other.gradient, self.hessian + other.hessian)

    def __mul__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.value * other, self.gradient * other, self.hessian * other)
        a, b = self.value, other.value
        cross = np.outer(self.gradient, other.gradient)
        return Jet(a * b, a * other.gradient + b * self.gradient, a * other.hessian + b * self.hessian + cross + cross.T)

    def __truediv__(self, other):
        if not isinstance(other, Jet):
            return self * (1 / other)
        v = other.value
        return self * other.through(1 / v, -1 / v**2, 2 / v**3)

    def __rtruediv__(self, other):
        v = self.value
        return self.through(1 / v, -1 / v**2, 2 / v**3) * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __pow__(self, n):
        v = self.value
        return self.through(v**n, n * v ** (n - 1), n * (n - 1) * (v ** (n - 2) if n != 1 else 0))

    __radd__, __rmul__ = __add__, __mul__


def of(f, first, second):
    def applied(x):
        if not isinstance(x, Jet):
            return f(x)
        return x.through(f(x.value), first(x.value), second(x.value))

    return applied


class Arithmetic:
    pi = math.pi
    exp = staticmethod(of(np.exp, np.exp, np.exp))
    log = staticmethod(of(np.log, lambda v: 1 / v, lambda v: -1 / v**2))
    sin = staticmethod(of(np.sin, np.cos, lambda v: -np.sin(v)))
    cos = staticmethod(of(np.cos, lambda v: -np.sin(v), lambda v: -np.cos(v)))
    atan = staticmethod(of(np.arctan, lambda v: 1 / (1 + v * v), lambda v: -2 * v / (1 + v * v) ** 2))
    sqrt = staticmethod(of(np.sqrt, lambda v: 0.5 / np.sqrt(v), lambda v: -0.25 / v**1.5))
    abs = staticmethod(of(np.abs, np.sign, lambda v: 0.0))

    @staticmethod
    def constant(value):
        return np.float64(value)

    @staticmethod
    def power(x, n):
        return x**n

    @staticmethod
    def power_real(x, y):
        return Arithmetic.exp(Arithmetic.log(x) * y)

    @staticmethod
    def select(x, positive, negative):
        return positive if (x.value if isinstance(x, Jet) else x) > 0 else negative


def residual_jets(name, x):
    """Residuals, their Jacobian and their Hessians; what does not depend on x has neither."""
    n = len(x)
    unit = np.eye(n)
    point = [Jet(np.float64(v), unit[i], np.zeros((n, n))) for i, v in enumerate(x)]
    terms = PROBLEMS[name][0](Arithmetic, point)
    terms = [t if isinstance(t, Jet) else Jet(np.float64(t), np.zeros(n), np.zeros((n, n))) for t in terms]
    return np.array([t.value for t in terms]), np.array([t.gradient for t in terms]), np.array([t.hessian for t in terms])


# name, lower, upper
BOXES = [
    ("rosenbrock", [-50, 0], [0.5, 100]),
    ("freudenstein-roth", [0, -30], [20, -0.9]),
    ("jennrich-sampson", [0.26, 0], [10, 20]),
    ("helical-valley", [-100, -1, -1], [0.8, 1, 1]),
    ("bard", [0.1, 0, 0], [50, 100, 50]),
    ("meyer", [0.006, 0, 0], [2, 3e5, 3e4]),
    ("box-three-dimensional", [0, 5, 0], [2, 9.5, 20]),
    ("powell-singular", [0.1, -20, -1, -1], [100, 20, 1, 50]),
    ("kowalik-osborne", [0, -1, 0.13, 0.12], [10, 12, 13, 12]),
    ("brown-dennis", [-10, 0, -100, -20], [100, 15, 0, 0.2]),
    ("osborne-1", [0, 0, -50, 0, 0], [50, 1.9, -0.1, 10, 10]),
    ("osborne-2", [1, 0.5, 0, 0.6] + [0] * 7, [150, 100, 100, 100, 100, 500, 500, 500, 100, 10, 0]),
    ("watson", [-0.015] + [-10] * 5, [10] + [100] * 4 + [0.99]),
    ("watson", [-1e-5, 0, 0, 0, 0, -3, 0, -3, 0], [1e-5, 0.9, 0.1, 1, 1, 0, 4, 0, 2]),
    ("watson", [-1, 0, -1, -1, -1, 0, -3, 0, -10, 0, -5, 0], [0, 0, 0, 0.3, 0, 1, 0, 10, 0, 10, 0, 1]),
    ("brown-almost-linear", [0, 1] + [0] * 8, [100, 100, 0.9] + [100] * 7),
    ("linear-full-rank", [-0.5] + [-2] * 9, [100] * 10),
    ("linear-rank-1", [-0.9] + [-2] * 9, [100] * 10),
    ("linear-rank-1-zeros", [0, -0.4, 0.3] + [0] * 7, [100] * 10),
    ("chebyquad", [0, 0, 0.1] + [0] * 5, [0.04, 0.2, 0.3] + [1] * 5),
]


def projected_gradient(x, g, lower, upper):
    return float(np.linalg.norm(np.clip(x - g, lower, upper) - x))


def polished(x, gradient, hessian, lower, upper):
    """Newton's method on what is free, while it makes the projected gradient shorter."""
    width = 1e-9 * np.maximum(1, np.abs(x))
    x = np.where(x - lower <= width, lower, np.where(upper - x <= width, upper, x))
    for _ in range(20):
        g = np.array(gradient(x))
        held = ((x <= lower) & (g > 0)) | ((x >= upper) & (g < 0))
        free = np.where(~held)[0]
        if free.size == 0:
            return x
        h = np.array(hessian(x))[np.ix_(free, free)]
        step = np.zeros_like(x)
        step[free] = np.linalg.lstsq(h, -g[free], rcond=1e-14)[0]
        to = np.clip(x + step, lower, upper)
        if not projected_gradient(to, np.array(gradient(to)), lower, upper) < projected_gradient(x, g, lower, upper):
            return x
        x = to
    return x


def ended(x, value, gradient, hessian, lower, upper):
    x = polished(np.array(x), gradient, hessian, lower, upper)
    g = np.array(gradient(x))
    return {
        "point": x.tolist(),
        "value": float(value(x)),
        "projectedGradient": projected_gradient(x, g, lower, upper),
        "active": [-1 if a <= l else 1 if a >= u else 0 for a, l, u in zip(x, lower, upper)],
    }


def problem(name, lower, upper):
    n = len(lower)
    lower, upper = np.array(lower, float), np.array(upper, float)
    seen = {}

    def jets(x):
        key = np.asarray(x, float).tobytes()
        if key not in seen:
            seen.clear()
            seen[key] = residual_jets(name, np.asarray(x, float))
        return seen[key]

    def residuals(x):
        return jets(x)[0]

    def jacobian(x):
        return jets(x)[1]

    def value(x):
        return float(np.sum(residuals(x) ** 2))

    def gradient(x):
        r, j, _ = jets(x)
        return 2 * j.T @ r

    def hessian(x):
        r, j, h = jets(x)
        return 2 * (j.T @ j + np.tensordot(r, h, 1))

    start = np.clip(np.array(PROBLEMS[name][1](n), float), lower, upper)
    by_secants = scipy.optimize.minimize(
        value,
        start,
        jac=gradient,
        method="L-BFGS-B",
        bounds=list(zip(lower, upper)),
        options={"ftol": 0, "gtol": 1e-12, "maxiter": 5000, "maxfun": 20000},
    )
    # trf takes no equal bounds and no start on a bound.
    apart = np.where(lower == upper, upper + 1e-12, upper)
    inside = np.clip(start, lower + 1e-4 * np.minimum(1, apart - lower), apart - 1e-4 * np.minimum(1, apart - lower))
    by_residuals = scipy.optimize.least_squares(
        residuals,
        inside,
        jac=jacobian,
        bounds=(lower, apart),
        ftol=1e-15,
        xtol=1e-15,
        gtol=1e-15,
        max_nfev=2000,
    )
    return {
        "name": name,
        "lower": lower.tolist(),
        "upper": upper.tolist(),
        "start": start.tolist(),
        "lbfgsb": ended(by_secants.x, value, gradient, hessian, lower, upper),
        "trf": ended(np.clip(by_residuals.x, lower, upper), value, gradient, hessian, lower, upper),
    }


def quadratic(random, n):
    q = np.linalg.qr(random.normal(size=(n, n)))[0]
    a = q @ np.diag(10 ** random.uniform(-1.5, 1.5, n)) @ q.T
    a = (a + a.T) / 2
    b = random.normal(size=n) * 3
    lower = np.where(random.random(n) < 0.25, -INF, random.uniform(-2, 0, n))
    upper = np.where(random.random(n) < 0.25, INF, random.uniform(0.1, 2, n))
    start = np.clip(random.normal(size=n), lower, upper)
    found = []
    for active in itertools.product([-1, 0, 1], repeat=n):
        active = np.array(active)
        bound = np.where(active < 0, lower, upper)
        if np.any(np.isinf(bound[active != 0])):
            continue
        free = active == 0
        x = np.where(free, 0.0, bound)
        if free.any():
            x[free] = np.linalg.solve(a[np.ix_(free, free)], -(b[free] + a[np.ix_(free, ~free)] @ x[~free]))
        g = a @ x + b
        if np.all(x >= lower) and np.all(x <= upper) and np.all(g[active < 0] >= 0) and np.all(g[active > 0] <= 0):
            found.append((active, x))
    assert len(found) == 1, found
    active, x = found[0]
    g = a @ x + b
    return {
        "matrix": a.tolist(),
        "linear": b.tolist(),
        "lower": [None if np.isinf(l) else l for l in lower.tolist()],
        "upper": [None if np.isinf(u) else u for u in upper.tolist()],
        "start": start.tolist(),
        "point": x.tolist(),
        "value": float(0.5 * x @ a @ x + b @ x),
        "active": active.tolist(),
        "multipliers": np.where(active == 0, 0.0, g).tolist(),
    }


def main():
    warnings.filterwarnings("ignore")
    problems = []
    for name, lower, upper in BOXES:
        problems.append(problem(name, lower, upper))
        last = problems[-1]
        print(name, [(last[k]["value"], last[k]["projectedGradient"], last[k]["active"]) for k in ("lbfgsb", "trf")], flush=True)
    random = np.random.default_rng(23)
    quadratics = [quadratic(random, n) for n in range(1, 6) for _ in range(8)]
    fixture = {
        "source": f"test/golden/bounds/make.py with scipy {scipy.__version__}, float64",
        "problems": problems,
        "quadratics": quadratics,
    }
    text = json.dumps(fixture, separators=(",", ":"))
    text = text.replace('{"name"', '\n{"name"').replace('{"matrix"', '\n{"matrix"')
    (HERE / "boxes.json").write_text(text + "\n")


main()
