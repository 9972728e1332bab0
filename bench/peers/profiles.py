"""Writes how Optax and Optimistix do on the 35 problems of Moré, Garbow and Hillstrom: bench/peers/profiles.json.

    node_modules/.cache/peers/python/bin/python bench/peers/profiles.py [solver...]

The judge, the starts and the counts are those of SciPy's runs (test/golden/problems/judge.py). Loss, gradient and Jacobian are
asked of the host, so that everything a solver asks for is seen. Problems are padded with variables that nothing depends on and with
residuals that are 0, so that a solver is compiled once (but Dogleg, which inverts the Jacobian). A step that Optimistix rejects
counts a value: it linearizes there too, but could do without.
"""

import json
import sys
import warnings
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "../../test/golden/problems"))

from judge import BUDGET, MGH, Judge, check  # noqa: E402

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
import optimistix as optx  # noqa: E402

# The problem of which the host is asked.
asked = {"judge": None}


# The most variables and residuals that a problem has.
MOST, LONGEST = 12, 99


def seen(x, count):
    judge = asked["judge"]
    x = np.asarray(x)[: judge.n]
    if not judge.is_done():
        count(judge, x)
        judge.see(x)
    return judge, x


def padded(array, *shape):
    array = np.asarray(array)
    return np.pad(array, [(0, most - have) for have, most in zip(array.shape, shape)])


def host_value(x):
    judge, x = seen(x, Judge.count_value)
    return np.asarray(judge.value(x))


def host_gradient(x):
    size = x.size
    judge, x = seen(x, Judge.count_gradient)
    return padded(judge.gradient(x), size)


def host_residuals(count, x):
    judge, x = seen(x, Judge.count_value)
    return padded(judge.residuals(x), count)


def host_jacobian(count, x):
    size = x.size
    judge = asked["judge"]
    matrix = np.asarray(judge.jacobian(np.asarray(x)[: judge.n]))
    if not judge.is_done():
        judge.work["products"] += min(matrix.shape)
    return padded(matrix, count, size)


@jax.custom_jvp
def scalar(x):
    return jax.pure_callback(host_value, jax.ShapeDtypeStruct((), x.dtype), x)


@scalar.defjvp
def scalar_jvp(primals, tangents):
    (x,), (t,) = primals, tangents
    return scalar(x), jnp.dot(jax.pure_callback(host_gradient, jax.ShapeDtypeStruct(x.shape, x.dtype), x), t)


def vector(count):
    @jax.custom_jvp
    def residuals(x):
        return jax.pure_callback(partial(host_residuals, count), jax.ShapeDtypeStruct((count,), x.dtype), x)

    @residuals.defjvp
    def residuals_jvp(primals, tangents):
        (x,), (t,) = primals, tangents
        shape = jax.ShapeDtypeStruct((count, x.size), x.dtype)
        return residuals(x), jax.pure_callback(partial(host_jacobian, count), shape, x) @ t

    return residuals


# One function for each number of residuals, so that compiled steps are found again.
vectors = {}


def by_optax(make):
    @jax.jit
    def step(x, state):
        value, gradient = optax.value_and_grad_from_state(scalar)(x, state=state)
        updates, state = make().update(gradient, state, x, value=value, grad=gradient, value_fn=scalar)
        return optax.apply_updates(x, updates), state

    @jax.jit
    def plain(x, state):
        _, gradient = jax.value_and_grad(scalar)(x)
        updates, state = make().update(gradient, state, x)
        return optax.apply_updates(x, updates), state

    def run(judge, linesearch):
        x = jnp.asarray(padded(judge.start, MOST))
        state = make().init(x)
        for _ in range(2000):
            x_next, state = (step if linesearch else plain)(x, state)
            if judge.is_done():
                return None
            if not np.all(np.isfinite(x_next)):
                return "a step is not finite"
            if np.array_equal(x_next, x) and linesearch:
                return "a step moves nothing"
            x = x_next
        return None

    return run


def by_optimistix(solver, squares=False, as_it_is=False):
    @eqx.filter_jit
    def first(fn, y):
        f_struct, aux_struct = eqx.filter_eval_shape(fn, y, None)
        return solver.init(fn, y, None, {}, f_struct, aux_struct, frozenset())

    @eqx.filter_jit
    def step(fn, y, state):
        y, state, _ = solver.step(fn, y, None, {}, state, frozenset())
        done, result = solver.terminate(fn, y, None, {}, state, frozenset())
        return y, state, done, result

    def run(judge):
        if squares:
            count = int(judge.residuals(judge.start).shape[0]) if as_it_is else LONGEST
            fn = vectors.setdefault(count, vector(count))
        else:
            fn = scalar
        wrapped = functions.setdefault(fn, lambda y, args: (fn(y), None))
        y = jnp.asarray(judge.start if as_it_is else padded(judge.start, MOST))
        state = first(wrapped, y)
        # init evaluates nothing that a step does not.
        judge.begin()
        still = 0
        for _ in range(10000):
            before = dict(judge.work)
            y_next, state, done, result = step(wrapped, y, state)
            moved = not np.array_equal(y_next, y)
            if not moved and judge.reached is None:
                judge.work["evaluations"] += judge.work["gradients"] - before["gradients"]
                judge.work["gradients"] = before["gradients"]
                judge.work["products"] = before["products"]
            if judge.is_done():
                return None
            if not np.all(np.isfinite(y_next)):
                return "a step is not finite"
            still = 0 if moved else still + 1
            if still == 100:
                return "100 steps move nothing"
            if bool(done):
                return "converged" if result == optx.RESULTS.successful else str(optx.RESULTS[result])
            y = y_next
        return None

    return run


functions = {}

tight = {"rtol": 1e-13, "atol": 1e-13}


def solvers():
    lbfgs = by_optax(lambda: optax.lbfgs())
    adam = by_optax(lambda: optax.adam(0.05))
    return {
        "Optax lbfgs": lambda judge: lbfgs(judge, True),
        "Optax adam": lambda judge: adam(judge, False),
        "Optimistix BFGS": by_optimistix(optx.BFGS(**tight)),
        "Optimistix LBFGS": by_optimistix(optx.LBFGS(**tight)),
        "Optimistix NonlinearCG": by_optimistix(optx.NonlinearCG(**tight)),
        "Optimistix LevenbergMarquardt": by_optimistix(optx.LevenbergMarquardt(**tight), squares=True),
        "Optimistix Dogleg": by_optimistix(optx.Dogleg(**tight), squares=True, as_it_is=True),
    }


def main():
    warnings.filterwarnings("ignore")
    chosen = {name: run for name, run in solvers().items() if not sys.argv[1:] or name in sys.argv[1:]}
    check()
    runs = []
    for name in MGH:
        judge = asked["judge"] = Judge(name)
        for method, run in chosen.items():
            judge.begin()
            try:
                with np.errstate(all="ignore"):
                    says = run(judge)
            except Exception as error:  # noqa: BLE001 (what a solver throws is its answer)
                lines = [line for line in str(error).splitlines() if line.strip()]
                says = f"{type(error).__name__}: {lines[0] if lines else ''}"[:200]
            reached = judge.reached
            runs.append(
                {
                    "name": name,
                    "dimension": judge.n,
                    "method": method,
                    "reached": reached,
                    "best": judge.best if np.isfinite(judge.best) else None,
                    "work": dict(judge.work),
                    "spent": reached is None and says is None,
                    "says": None if reached is not None else says,
                }
            )
        last = runs[-len(chosen) :]
        print(name, [(r["method"], r["reached"] is not None, round(sum(r["work"].values())), r["says"]) for r in last], flush=True)
    fixture = {
        "source": "bench/peers/profiles.py with "
        + f"jax {jax.__version__}, optax {optax.__version__} and optimistix {optx.__version__}, float64",
        "budget": BUDGET,
        "methods": list(chosen),
        "runs": runs,
    }
    text = json.dumps(fixture, indent=None, separators=(",", ":")).replace('{"name"', '\n{"name"')
    if len(chosen) == len(solvers()):
        (HERE / "profiles.json").write_text(text + "\n")


main()
