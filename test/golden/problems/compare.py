"""Writes how SciPy's optimizers do on the 35 problems of Moré, Garbow and Hillstrom, with exact derivatives by JAX.

    python test/golden/problems/compare.py

Needs jax, numpy and scipy. Each run is judged as those of the project are (src/experiment/race.ts): a known minimum is reached
where its value is met within 1e-12 + 1e-8 |value| (one-sided for the global one) with a gradient of at most
1e-6 max(1, gradient at the start). The counts are those at the first point, of all that SciPy asks for, where that holds; what the
judge looks up is not counted. A Hessian counts n products. Runs end there, or after 2,000 gradient equivalents.
"""

import json
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
# The formulas are unrolled term by term: to optimize them takes minutes and saves seconds.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.optimize  # noqa: E402

from functions import MGH, PROBLEMS, loss  # noqa: E402

HERE = Path(__file__).parent
BUDGET = 2000

# The dimensions of the project's standard problems; the first that functions.py names otherwise.
STANDARD = {"penalty-1": 10, "penalty-2": 10}

FIXTURE = json.loads((HERE / "values.json").read_text())


class Arithmetic:
    pi = np.pi
    exp, log, sin, cos, atan, sqrt, abs = jnp.exp, jnp.log, jnp.sin, jnp.cos, jnp.arctan, jnp.sqrt, jnp.abs

    @staticmethod
    def constant(value):
        return jnp.float64(value)

    @staticmethod
    def power(x, n):
        return x**n

    @staticmethod
    def power_real(x, y):
        return x**y

    @staticmethod
    def select(x, positive, negative):
        return jnp.where(x > 0, positive, negative)


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
    pass


class Judge:
    def __init__(self, name, n):
        self.value = jax.jit(lambda x: loss(Arithmetic, name, list(x)))
        self.gradient = jax.jit(jax.grad(lambda x: loss(Arithmetic, name, list(x))))
        self.product = jax.jit(lambda x, v: jax.jvp(self.gradient, (x,), (v,))[1])
        self.minima = minima(name, n)
        self.start = np.array(PROBLEMS[name][1](n))
        self.first = max(1.0, float(np.linalg.norm(self.gradient(self.start))))

    def begin(self):
        self.work = {"evaluations": 0, "gradients": 0, "products": 0}
        self.reached = None
        self.best = np.inf

    def look(self, x):
        value = float(self.value(x))
        self.best = min(self.best, value) if np.isfinite(value) else self.best
        for known, everywhere in self.minima:
            tolerance = 1e-12 + 1e-8 * abs(known)
            if (value - known <= tolerance) if everywhere else (abs(value - known) <= tolerance):
                if np.linalg.norm(self.gradient(x)) <= 1e-6 * self.first:
                    self.reached = {"minimum": known, "global": everywhere}
                    raise Done
        if self.cost() >= BUDGET:
            raise Done

    def cost(self):
        return self.work["evaluations"] / 3 + self.work["gradients"] + self.work["products"]

    def count(self, **work):
        for key, amount in work.items():
            self.work[key] += amount

    def fun(self, x):
        self.count(evaluations=1)
        self.look(x)
        return float(self.value(x))

    def jac(self, x):
        self.count(gradients=1)
        self.look(x)
        return np.array(self.gradient(x))

    def hess(self, x):
        self.count(products=len(x))
        return np.array([self.product(x, unit) for unit in np.eye(len(x))])

    def hessp(self, x, v):
        self.count(products=1)
        return np.array(self.product(x, v))


METHODS = {
    "trust-exact": (True, {"hess": True}, {"gtol": 1e-13, "maxiter": 10000}),
    "trust-ncg": (True, {"hessp": True}, {"gtol": 1e-13, "maxiter": 10000}),
    "Newton-CG": (True, {"hessp": True}, {"xtol": 1e-13, "maxiter": 10000}),
    "BFGS": (True, {}, {"gtol": 1e-13, "maxiter": 10000}),
    "L-BFGS-B": (True, {}, {"gtol": 1e-13, "ftol": 0, "maxiter": 10000, "maxfun": 100000}),
    "Nelder-Mead": (False, {}, {"xatol": 1e-13, "fatol": 1e-15, "maxiter": 100000, "maxfev": 100000}),
}


def run(judge, method):
    smooth, second, options = METHODS[method]
    judge.begin()
    arguments = {"jac": judge.jac} if smooth else {}
    if "hess" in second:
        arguments["hess"] = judge.hess
    if "hessp" in second:
        arguments["hessp"] = judge.hessp
    says = None
    try:
        with np.errstate(all="ignore"):
            says = scipy.optimize.minimize(judge.fun, judge.start, method=method, options=options, **arguments).message
    except Done:
        says = None
    except (ValueError, FloatingPointError, np.linalg.LinAlgError) as error:
        says = str(error)
    return {
        "reached": judge.reached,
        "best": judge.best if np.isfinite(judge.best) else None,
        "work": judge.work,
        "spent": judge.reached is None and says is None,
        "says": says,
    }


def main():
    import warnings

    warnings.filterwarnings("ignore")
    runs = []
    for name in MGH:
        n = STANDARD.get(name, PROBLEMS[name][2][0])
        judge = Judge(name, n)
        for method in METHODS:
            runs.append({"name": name, "dimension": n, "method": method, **run(judge, method)})
        print(name, [(r["method"], r["reached"] is not None, round(sum(r["work"].values()))) for r in runs[-len(METHODS) :]], flush=True)
    fixture = {
        "source": f"test/golden/problems/compare.py with scipy {scipy.__version__} and jax {jax.__version__}, float64",
        "budget": BUDGET,
        "methods": list(METHODS),
        "runs": runs,
    }
    (HERE / "scipy.json").write_text(json.dumps(fixture, indent=None, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")


main()
