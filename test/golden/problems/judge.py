"""The judge of other systems on the problems of Moré, Garbow and Hillstrom, with exact derivatives by JAX.

A known minimum is reached as src/experiment/race.ts says: where its value is met within 1e-12 + 1e-8 |value| (one-sided for the
global one) with a gradient of at most 1e-6 max(1, gradient at the start). The counts are those at the first point, of all that a
system asks for, where that holds; what the judge looks up is not counted. A value counts a third of a gradient, a value with its
gradient at one point one gradient, also where they are asked for apart; a Hessian counts n products, a Jacobian of m residuals min(m, n).
"""

import json
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from functions import MGH, PROBLEMS  # noqa: E402
from vectorized import residuals_of  # noqa: E402

HERE = Path(__file__).parent
BUDGET = 2000

# The dimensions of the project's standard problems; the first that functions.py names otherwise.
STANDARD = {"penalty-1": 10, "penalty-2": 10}

FIXTURE = json.loads((HERE / "values.json").read_text())


def dimension(name):
    return STANDARD.get(name, PROBLEMS[name][2][0])


def minima(name, n):
    """(value, is global) of what is known, as in src/problem."""
    m = 2 * n
    if name == "linear-full-rank":
        return [(float(n), True)]
    if name == "linear-rank-1":
        return [(m * (m - 1) / (2 * (2 * m + 1)), True)]
    if name == "linear-rank-1-zeros":
        return [((m * m + 3 * m - 6) / (2 * (2 * m - 3)), True)]
    known = {each["value"] for each in FIXTURE["minima"] if each["name"] == name and len(each["point"]) == n}
    known |= {each["value"] for each in FIXTURE["limits"] if each["name"] == name and name != "biggs-exp6"}
    known |= {"brown-almost-linear": {0.0, 1.0}, "trigonometric": {0.0}}.get(name, set())
    known = known or {0.0}
    return [(value, value == min(known)) for value in sorted(known)]


class Done(Exception):
    """The judge has seen enough."""


class Judge:
    def __init__(self, name, n=None):
        n = dimension(name) if n is None else n
        self.name, self.n = name, n
        self.residuals = jax.jit(residuals_of(name))
        self.jacobian = jax.jit(jax.jacfwd(residuals_of(name)))
        self.value = jax.jit(lambda x: jnp.sum(residuals_of(name)(x) ** 2))
        self.gradient = jax.jit(jax.grad(self.value))
        self.product = jax.jit(lambda x, v: jax.jvp(self.gradient, (x,), (v,))[1])
        self.minima = minima(name, n)
        self.start = np.array(PROBLEMS[name][1](n))
        self.first = max(1.0, float(np.linalg.norm(self.gradient(self.start))))
        self.begin()

    def begin(self):
        self.work = {"evaluations": 0, "gradients": 0, "products": 0}
        self.reached = None
        self.best = np.inf
        self.valued = self.differentiated = None

    def is_done(self):
        return self.reached is not None or self.cost() >= BUDGET

    def see(self, x):
        """Looks at a point; nothing is counted after the end."""
        value = float(self.value(x))
        self.best = min(self.best, value) if np.isfinite(value) else self.best
        for known, everywhere in self.minima:
            tolerance = 1e-12 + 1e-8 * abs(known)
            if (value - known <= tolerance) if everywhere else (abs(value - known) <= tolerance):
                if np.linalg.norm(self.gradient(x)) <= 1e-6 * self.first:
                    self.reached = self.reached or {"minimum": known, "global": everywhere}
        return value

    def look(self, x):
        self.see(x)
        if self.is_done():
            raise Done

    def cost(self):
        return self.work["evaluations"] / 3 + self.work["gradients"] + self.work["products"]

    def count_value(self, x):
        key = np.asarray(x).tobytes()
        if self.valued != key and self.differentiated != key:
            self.work["evaluations"] += 1
        self.valued = key

    def count_gradient(self, x):
        key = np.asarray(x).tobytes()
        if self.differentiated != key:
            self.work["gradients"] += 1
            # Its value was counted a moment ago, or comes with it.
            if self.valued == key:
                self.work["evaluations"] -= 1
        self.differentiated = self.valued = key

    def fun(self, x):
        self.count_value(x)
        self.look(x)
        return float(self.value(x))

    def jac(self, x):
        self.count_gradient(x)
        self.look(x)
        return np.array(self.gradient(x))

    def hess(self, x):
        self.work["products"] += len(x)
        return np.array([self.product(x, unit) for unit in np.eye(len(x))])

    def hessp(self, x, v):
        self.work["products"] += 1
        return np.array(self.product(x, v))

    def fun_residuals(self, x):
        self.count_value(x)
        self.look(x)
        return np.array(self.residuals(x))

    def jac_residuals(self, x):
        matrix = np.array(self.jacobian(x))
        self.work["products"] += min(matrix.shape)
        return matrix


def check():
    """Whether JAX computes what the fixture of 50 digits says, at the points that the project's own formulas are held to."""
    for name in MGH:
        n = dimension(name)
        judge = Judge(name, n)
        for case in FIXTURE["cases"]:
            if case["name"] == name and len(case["point"]) == n:
                x = np.array(case["point"])
                lower = judge.hess(x)[np.tril_indices(n)]
                checked = [
                    (judge.value(x), case["value"]),
                    (judge.gradient(x), case["gradient"]),
                    (lower, case["hessian"]),
                ]
                for found, known in checked:
                    scale = max(1e-3, np.max(np.abs(known)))
                    if not np.max(np.abs(np.array(found) - np.array(known))) <= 1e-9 * scale:
                        raise ValueError(f"{name}: JAX and the fixture disagree at {case['point']}")
