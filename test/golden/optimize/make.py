"""Writes trajectories of first-order optimizers on Rosenbrock's function, computed by optax.

    python test/golden/optimize/make.py

Needs jax and optax. Float64 on the CPU; every tenth iterate of 100 steps is kept. The gradients come from JAX, so neither
the derivatives nor the updates are those of the project.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402

STEPS = 100
KEPT = 10
START = [-1.2, 1.0]


def rosenbrock(p):
    return 100 * (p[1] - p[0] ** 2) ** 2 + (1 - p[0]) ** 2


def trajectory(transformation):
    params = jnp.array(START)
    state = transformation.init(params)
    kept = [params.tolist()]
    for step in range(1, STEPS + 1):
        updates, state = transformation.update(jax.grad(rosenbrock)(params), state, params)
        params = optax.apply_updates(params, updates)
        if step % KEPT == 0:
            kept.append(params.tolist())
    return kept


CASES = {
    "gradientDescent": ({"learningRate": 1e-3}, optax.sgd(1e-3)),
    "momentum": ({"learningRate": 2e-4, "decay": 0.9}, optax.sgd(2e-4, momentum=0.9)),
    "adam": ({"learningRate": 0.05}, optax.adam(0.05)),
    "adamWithOptions": (
        {"learningRate": 0.02, "decay1": 0.8, "decay2": 0.95, "epsilon": 1e-3},
        optax.adam(0.02, b1=0.8, b2=0.95, eps=1e-3),
    ),
}

fixture = {
    "source": f"test/golden/optimize/make.py with optax {optax.__version__} and jax {jax.__version__}, float64",
    "start": START,
    "every": KEPT,
    "cases": {
        name: {"options": options, "params": trajectory(transformation)}
        for name, (options, transformation) in CASES.items()
    },
}
target = Path(__file__).with_name("firstOrder.json")
target.write_text(json.dumps(fixture, indent=1) + "\n")
print(f"wrote {target.name}")
