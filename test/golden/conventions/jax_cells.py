"""What JAX says at kinks and singular points: value, first and second derivative of each expression, as JSON on standard output.

    python test/golden/conventions/jax_cells.py        (needs jax; float64, on the CPU)
"""

import json
import math

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
inf = jnp.inf
zeros2 = jnp.zeros(2)

# name: (function of one number, the point)
CASES = {
    "abs(x)": (jnp.abs, 0.0),
    "relu(x)": (jax.nn.relu, 0.0),
    "elu(x)": (jax.nn.elu, 0.0),
    "maximum(x, 0)": (lambda x: jnp.maximum(x, 0.0), 0.0),
    "maximum(x, x)": (lambda x: jnp.maximum(x, x), 1.0),
    "max([x, 1])": (lambda x: jnp.max(jnp.stack([x, jnp.ones_like(x)])), 1.0),
    "clamp(x, -1, 1)": (lambda x: jnp.clip(x, -1.0, 1.0), 1.0),
    "sign(x)": (jnp.sign, 0.0),
    "floor(x)": (jnp.floor, 1.0),
    "round(x)": (jnp.round, 2.5),
    "remainder(x, 1)": (lambda x: jnp.remainder(x, 1.0), 1.0),
    "sqrt(x)": (jnp.sqrt, 0.0),
    "cbrt(x)": (jnp.cbrt, 0.0),
    "log(x)": (jnp.log, 0.0),
    "1/x": (lambda x: 1 / x, 0.0),
    "x^0": (lambda x: jnp.power(x, 0.0), 0.0),
    "x^1": (lambda x: jnp.power(x, 1.0), 0.0),
    "x^2": (lambda x: jnp.power(x, 2.0), 0.0),
    "x^3, x < 0": (lambda x: jnp.power(x, 3.0), -2.0),
    "x^0.5": (lambda x: jnp.power(x, 0.5), 0.0),
    "0^x": (lambda x: jnp.power(0.0, x), 2.0),
    "x^x": (lambda x: jnp.power(x, x), 0.0),
    "norm([x, 0])": (lambda x: jnp.linalg.norm(jnp.stack([x, 0 * x])), 0.0),
    "norm([x, 3])": (lambda x: jnp.linalg.norm(jnp.stack([x, 3 + 0 * x])), 0.0),
    "hypot(x, 0)": (lambda x: jnp.hypot(x, 0.0), 0.0),
    "atan2(x, 0)": (lambda x: jnp.arctan2(x, 0.0), 0.0),
    "std([x, 1])": (lambda x: jnp.std(jnp.stack([x, jnp.ones_like(x)])), 1.0),
    "prod([x, 0, 3])": (lambda x: jnp.prod(jnp.stack([x, 0 * x, 3 + 0 * x])), 2.0),
    "prod([x, x, 3])": (lambda x: jnp.prod(jnp.stack([x, x, 3 + 0 * x])), 0.0),
    "cumprod([x, x, 3]), last": (lambda x: jnp.cumprod(jnp.stack([x, x, 3 + 0 * x]))[-1], 0.0),
    "where(x > 0, log x, 0)": (lambda x: jnp.where(x > 0, jnp.log(x), 0.0), 0.0),
    "where(x > 0, sqrt x, 0)": (lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0), 0.0),
    "where(x > 0, x/x², 0)": (lambda x: jnp.where(x > 0, x / x**2, 0.0), 0.0),
    "logSumExp([x, -∞])": (lambda x: jsp.logsumexp(jnp.stack([x, jnp.array(-inf)])), -inf),
    "logSumExp([x, x])": (lambda x: jsp.logsumexp(jnp.stack([x, x])), 1000.0),
    "softplus(x), far right": (jax.nn.softplus, 1000.0),
    "softplus(x), far left": (jax.nn.softplus, -1000.0),
    "sigmoid(x), far left": (jax.nn.sigmoid, -700.0),
    "tanh(x), far right": (jnp.tanh, 20.0),
    "log1p(x)": (jnp.log1p, -1.0),
    "asin(x)": (jnp.arcsin, 1.0),
    "acosh(x)": (jnp.arccosh, 1.0),
    "atanh(x)": (jnp.arctanh, 1.0),
    "sinc(x)": (jnp.sinc, 0.0),
    "xlogy(x, x)": (lambda x: jsp.xlogy(x, x), 0.0),
    "erfinv(x)": (jsp.erfinv, 1.0),
    "lgamma(x)": (jsp.gammaln, 0.0),
    "digamma(x)": (jsp.digamma, 1.4616321449683622),
    "det([[x, 0], [0, 0]])": (lambda x: jnp.linalg.det(jnp.stack([jnp.stack([x, 0 * x]), jnp.stack([0 * x, 0 * x])])), 0.0),
    "det(diag(x, x))": (lambda x: jnp.linalg.det(jnp.diag(jnp.stack([x, x]))), 0.0),
    "sort([x, 1]), first": (lambda x: jnp.sort(jnp.stack([x, jnp.ones_like(x)]))[0], 1.0),
    "median([x, 1, 1])": (lambda x: jnp.median(jnp.stack([x, jnp.ones_like(x), jnp.ones_like(x)])), 1.0),
}


def cell(f) -> object:
    try:
        y = float(f())
    except Exception as error:
        return f"error: {type(error).__name__}"
    return y if math.isfinite(y) else "NaN" if math.isnan(y) else "∞" if y > 0 else "-∞"



def derivatives(f, x) -> list:
    p = jnp.array(x)
    orders = [f, jax.grad(f), jax.grad(jax.grad(f))]
    return [cell(lambda g=g: g(p)) for g in orders]


found = {name: derivatives(f, x) for name, (f, x) in CASES.items()}
print(json.dumps({"system": "JAX", "version": jax.__version__, "cells": found}, ensure_ascii=False))
