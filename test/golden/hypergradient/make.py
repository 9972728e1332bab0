"""Writes hypergradients of unrolled training and of ridge regression, computed by JAX and optax.

    python test/golden/hypergradient/make.py

Needs jax and optax. Float64 on the CPU. Twenty steps of three optimizers on a regression with a penalty; the outer loss is the error
on other data. `jax.grad` goes through the loop; for the ridge it goes through `jnp.linalg.solve` of the normal equations.
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

STEPS = 20
TRAIN = [[1.0, 0.5, -0.3], [0.2, -1.1, 0.7], [-0.6, 0.4, 1.2], [0.9, 1.3, 0.1], [-1.4, 0.3, -0.8]]
TRAIN_TARGET = [0.7, -0.4, 1.1, 0.2, -0.9]
VALID = [[0.3, 0.8, -0.5], [-0.7, 0.6, 0.9], [1.2, -0.2, 0.4]]
VALID_TARGET = [0.5, 0.1, 0.8]
START = [0.1, -0.2, 0.3]
RATE = 0.15
WEIGHT = -1.0


def inner(p, weight, linear):
    x, y = jnp.array(TRAIN), jnp.array(TRAIN_TARGET)
    prediction = x @ p if linear else jnp.tanh(x @ p)
    return jnp.mean((prediction - y) ** 2) + jnp.exp(weight) * jnp.sum(p**2)


def outer(p, linear):
    x, y = jnp.array(VALID), jnp.array(VALID_TARGET)
    prediction = x @ p if linear else jnp.tanh(x @ p)
    return jnp.mean((prediction - y) ** 2)


def trained(transformation, rate, weight, p):
    state = transformation.init(p)
    for _ in range(STEPS):
        updates, state = transformation.update(jax.grad(inner)(p, weight, False), state, p)
        p = p - rate * updates
    return outer(p, False)


def unrolled(transformation):
    value, (rate, weight, start) = jax.value_and_grad(
        lambda rate, weight, p: trained(transformation, rate, weight, p), argnums=(0, 1, 2)
    )(RATE, WEIGHT, jnp.array(START))
    return {"value": float(value), "rate": float(rate), "weight": float(weight), "start": start.tolist()}


def ridge(weight):
    x, y = jnp.array(TRAIN), jnp.array(TRAIN_TARGET)
    rows = x.shape[0]
    p = jnp.linalg.solve(x.T @ x / rows + jnp.exp(weight) * jnp.eye(3), x.T @ y / rows)
    return outer(p, True)


OPTIMIZERS = {
    "descent": optax.identity(),
    "momentum": optax.trace(decay=0.9),
    "adam": optax.scale_by_adam(),
}

value, weight = jax.value_and_grad(ridge)(WEIGHT)
Path(__file__).with_name("hypergradient.json").write_text(
    json.dumps(
        {
            "steps": STEPS,
            "train": TRAIN,
            "trainTarget": TRAIN_TARGET,
            "valid": VALID,
            "validTarget": VALID_TARGET,
            "start": START,
            "rate": RATE,
            "weight": WEIGHT,
            "unrolled": {name: unrolled(each) for name, each in OPTIMIZERS.items()},
            "ridge": {"value": float(value), "weight": float(weight)},
        },
        indent=1,
    )
    + "\n"
)
