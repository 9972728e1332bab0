"""Writes how SciPy's optimizers do on the 35 problems of Moré, Garbow and Hillstrom, with exact derivatives by JAX.

    python test/golden/problems/compare.py

Needs jax, numpy and scipy. judge.py says what is counted and when a minimum is reached. Runs end there, or after 2,000 gradient
equivalents.
"""

import json
import sys
import warnings

sys.dont_write_bytecode = True

from judge import BUDGET, HERE, MGH, Done, Judge, check  # noqa: E402

import jax  # noqa: E402
import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.optimize  # noqa: E402

METHODS = {
    "trust-exact": (True, "hess", {"gtol": 1e-13, "maxiter": 10000}),
    "trust-ncg": (True, "hessp", {"gtol": 1e-13, "maxiter": 10000}),
    "trust-krylov": (True, "hessp", {"gtol": 1e-13, "maxiter": 10000}),
    "Newton-CG": (True, "hessp", {"xtol": 1e-13, "maxiter": 10000}),
    "BFGS": (True, None, {"gtol": 1e-13, "maxiter": 10000}),
    "L-BFGS-B": (True, None, {"gtol": 1e-13, "ftol": 0, "maxiter": 10000, "maxfun": 100000}),
    "CG": (True, None, {"gtol": 1e-13, "maxiter": 10000}),
    "Nelder-Mead": (False, None, {"xatol": 1e-13, "fatol": 1e-15, "maxiter": 100000, "maxfev": 100000}),
}

SQUARES = {
    "least_squares trf": {"method": "trf", "x_scale": "jac"},
    "least_squares dogbox": {"method": "dogbox", "x_scale": "jac"},
    "least_squares lm": {"method": "lm", "x_scale": "jac"},
}


def ended(judge, says):
    return {
        "reached": judge.reached,
        "best": judge.best if np.isfinite(judge.best) else None,
        "work": judge.work,
        "spent": judge.reached is None and says is None,
        "says": says,
    }


def minimize(judge, method):
    smooth, second, options = METHODS[method]
    arguments = {"jac": judge.jac} if smooth else {}
    if second is not None:
        arguments[second] = getattr(judge, second)
    return scipy.optimize.minimize(judge.fun, judge.start, method=method, options=options, **arguments).message


def fit(judge, method):
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 10000}
    settings = {**SQUARES[method], **tight}
    return scipy.optimize.least_squares(judge.fun_residuals, judge.start, jac=judge.jac_residuals, **settings).message


def run(judge, method):
    judge.begin()
    says = None
    try:
        with np.errstate(all="ignore"):
            says = str((fit if method in SQUARES else minimize)(judge, method))
    except Done:
        says = None
    except (ValueError, FloatingPointError, np.linalg.LinAlgError) as error:
        says = str(error)
    return ended(judge, says)


def main():
    warnings.filterwarnings("ignore")
    check()
    runs = []
    methods = [*METHODS, *SQUARES]
    for name in MGH:
        judge = Judge(name)
        for method in methods:
            runs.append({"name": name, "dimension": judge.n, "method": method, **run(judge, method)})
        last = runs[-len(methods) :]
        print(name, [(r["method"], r["reached"] is not None, round(sum(r["work"].values()))) for r in last], flush=True)
    fixture = {
        "source": f"test/golden/problems/compare.py with scipy {scipy.__version__} and jax {jax.__version__}, float64",
        "budget": BUDGET,
        "methods": methods,
        "runs": runs,
    }
    text = json.dumps(fixture, indent=None, separators=(",", ":")).replace('{"name"', '\n{"name"')
    (HERE / "scipy.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
