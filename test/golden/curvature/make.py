"""Writes curvature matrices of small models, computed by JAX.

    python test/golden/curvature/make.py

Needs jax. Float64 on the CPU. Hessians by jax.hessian; Gauss-Newton matrices by J^T H J from jax.jacobian of the model and
jax.hessian of the loss; Fisher matrices by summing over all classes (never by the Gauss-Newton identity); empirical ones from
the gradients of single examples. Of each Gauss-Newton product also the derivative along a direction of the parameters. Parameters
are raveled in the order weights, bias, layer after layer.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

random = np.random.default_rng(24)
EXAMPLES, INPUTS, HIDDEN, CLASSES = 5, 3, 2, 3

inputs = jnp.array(random.normal(size=(EXAMPLES, INPUTS)).round(3))
labels = jnp.array([0, 2, 1, 1, 0])
targets = jnp.array(random.normal(size=(EXAMPLES, CLASSES)).round(3))


def net(flat, x):
    w1 = flat[:6].reshape(INPUTS, HIDDEN)
    b1 = flat[6:8]
    w2 = flat[8:14].reshape(HIDDEN, CLASSES)
    b2 = flat[14:17]
    return jnp.tanh(x @ w1 + b1) @ w2 + b2


def linear(flat, x):
    return x @ flat[:9].reshape(INPUTS, CLASSES) + flat[9:12]


def cross_entropy(outputs):
    return -jnp.mean(jax.nn.log_softmax(outputs)[jnp.arange(EXAMPLES), labels])


def half_squares(outputs):
    return 0.5 * jnp.sum((outputs - targets) ** 2) / EXAMPLES


def gauss_newton(model, loss, flat):
    jacobian = jax.jacobian(lambda p: model(p, inputs))(flat)
    curvature = jax.hessian(loss)(model(flat, inputs))
    return jnp.einsum("nkp,nkml,mlq->pq", jacobian, curvature, jacobian)


def categorical_fisher(model, flat):
    """The expectation over all classes of the outer product of their gradients, weighted by their probabilities."""

    def of_example(x):
        log_probabilities = lambda p: jax.nn.log_softmax(model(p, x))
        gradients = jax.jacobian(log_probabilities)(flat)
        return jnp.einsum("k,kp,kq->pq", jnp.exp(log_probabilities(flat)), gradients, gradients)

    return sum(of_example(x) for x in inputs) / EXAMPLES


def gaussian_fisher(model, flat):
    """E r r^T = I for standard normal errors."""
    jacobians = [jax.jacobian(lambda p: model(p, x))(flat) for x in inputs]
    return sum(j.T @ j for j in jacobians) / EXAMPLES


def empirical(losses, flat):
    gradients = jax.jacobian(losses)(flat)
    centered = gradients - gradients.mean(0)
    return gradients.T @ gradients / EXAMPLES, centered.T @ centered / EXAMPLES


def case(model, loss, losses, fisher, size):
    flat = jnp.array((0.7 * random.normal(size=size)).round(3))
    direction = jnp.array(random.normal(size=size).round(3))
    vector = jnp.array(random.normal(size=size).round(3))
    whole = lambda p: loss(model(p, inputs))
    outer, noise = empirical(lambda p: losses(model(p, inputs)), flat)
    return {
        "parameters": flat.tolist(),
        "direction": direction.tolist(),
        "vector": vector.tolist(),
        "value": float(whole(flat)),
        "gradient": jax.grad(whole)(flat).tolist(),
        "hessian": jax.hessian(whole)(flat).tolist(),
        "gaussNewton": gauss_newton(model, loss, flat).tolist(),
        "gaussNewtonAlong": jax.jvp(lambda p: gauss_newton(model, loss, p) @ vector, (flat,), (direction,))[1].tolist(),
        "fisher": fisher(model, flat).tolist(),
        "empirical": outer.tolist(),
        "noise": noise.tolist(),
    }


entropies = lambda outputs: -jax.nn.log_softmax(outputs)[jnp.arange(EXAMPLES), labels]
squares = lambda outputs: 0.5 * jnp.sum((outputs - targets) ** 2, axis=1)

fixture = {
    "source": f"test/golden/curvature/make.py with jax {jax.__version__}, float64",
    "inputs": inputs.tolist(),
    "labels": labels.tolist(),
    "targets": targets.tolist(),
    "cases": {
        "net, categorical": case(net, cross_entropy, entropies, categorical_fisher, 17),
        "net, gaussian": case(net, half_squares, squares, gaussian_fisher, 17),
        "linear, categorical": case(linear, cross_entropy, entropies, categorical_fisher, 12),
        "linear, gaussian": case(linear, half_squares, squares, gaussian_fisher, 12),
    },
}

Path(__file__).with_name("curvature.json").write_text(json.dumps(fixture, indent=1) + "\n")
