"""What PyTorch says at kinks and singular points; as jax_cells.py.

    python test/golden/conventions/torch_cells.py      (needs torch; float64)
"""

import json
import math

import torch

torch.set_default_dtype(torch.float64)
inf = torch.inf
one = torch.ones(())
zero = torch.zeros(())

CASES = {
    "abs(x)": (torch.abs, 0.0),
    "relu(x)": (torch.relu, 0.0),
    "elu(x)": (torch.nn.functional.elu, 0.0),
    "maximum(x, 0)": (lambda x: torch.maximum(x, zero), 0.0),
    "maximum(x, x)": (lambda x: torch.maximum(x, x), 1.0),
    "max([x, 1])": (lambda x: torch.amax(torch.stack([x, one])), 1.0),
    "clamp(x, -1, 1)": (lambda x: torch.clamp(x, -1.0, 1.0), 1.0),
    "sign(x)": (torch.sign, 0.0),
    "floor(x)": (torch.floor, 1.0),
    "round(x)": (torch.round, 2.5),
    "remainder(x, 1)": (lambda x: torch.remainder(x, 1.0), 1.0),
    "sqrt(x)": (torch.sqrt, 0.0),
    "log(x)": (torch.log, 0.0),
    "1/x": (lambda x: 1 / x, 0.0),
    "x^0": (lambda x: torch.pow(x, 0.0), 0.0),
    "x^1": (lambda x: torch.pow(x, 1.0), 0.0),
    "x^2": (lambda x: torch.pow(x, 2.0), 0.0),
    "x^3, x < 0": (lambda x: torch.pow(x, 3.0), -2.0),
    "x^0.5": (lambda x: torch.pow(x, 0.5), 0.0),
    "0^x": (lambda x: torch.pow(0.0, x), 2.0),
    "x^x": (lambda x: torch.pow(x, x), 0.0),
    "norm([x, 0])": (lambda x: torch.linalg.norm(torch.stack([x, zero])), 0.0),
    "norm([x, 3])": (lambda x: torch.linalg.norm(torch.stack([x, 3 * one])), 0.0),
    "hypot(x, 0)": (lambda x: torch.hypot(x, zero), 0.0),
    "atan2(x, 0)": (lambda x: torch.atan2(x, zero), 0.0),
    "std([x, 1])": (lambda x: torch.std(torch.stack([x, one]), correction=0), 1.0),
    "prod([x, 0, 3])": (lambda x: torch.prod(torch.stack([x, zero, 3 * one])), 2.0),
    "prod([x, x, 3])": (lambda x: torch.prod(torch.stack([x, x, 3 * one])), 0.0),
    "cumprod([x, x, 3]), last": (lambda x: torch.cumprod(torch.stack([x, x, 3 * one]), 0)[-1], 0.0),
    "where(x > 0, log x, 0)": (lambda x: torch.where(x > 0, torch.log(x), zero), 0.0),
    "where(x > 0, sqrt x, 0)": (lambda x: torch.where(x > 0, torch.sqrt(x), zero), 0.0),
    "where(x > 0, x/x², 0)": (lambda x: torch.where(x > 0, x / x**2, zero), 0.0),
    "logSumExp([x, -∞])": (lambda x: torch.logsumexp(torch.stack([x, -inf * one]), 0), -inf),
    "logSumExp([x, x])": (lambda x: torch.logsumexp(torch.stack([x, x]), 0), 1000.0),
    "softplus(x), far right": (torch.nn.functional.softplus, 1000.0),
    "softplus(x), far left": (torch.nn.functional.softplus, -1000.0),
    "sigmoid(x), far left": (torch.sigmoid, -700.0),
    "tanh(x), far right": (torch.tanh, 20.0),
    "log1p(x)": (torch.log1p, -1.0),
    "asin(x)": (torch.asin, 1.0),
    "acosh(x)": (torch.acosh, 1.0),
    "atanh(x)": (torch.atanh, 1.0),
    "sinc(x)": (torch.sinc, 0.0),
    "xlogy(x, x)": (lambda x: torch.xlogy(x, x), 0.0),
    "erfinv(x)": (torch.erfinv, 1.0),
    "lgamma(x)": (torch.lgamma, 0.0),
    "digamma(x)": (torch.digamma, 1.4616321449683622),
    "det([[x, 0], [0, 0]])": (
        lambda x: torch.linalg.det(torch.stack([torch.stack([x, zero]), torch.stack([zero, zero])])),
        0.0,
    ),
    "det(diag(x, x))": (lambda x: torch.linalg.det(torch.diag(torch.stack([x, x]))), 0.0),
    "sort([x, 1]), first": (lambda x: torch.sort(torch.stack([x, one]), stable=True).values[0], 1.0),
    "median([x, 1, 1])": (lambda x: torch.median(torch.stack([x, one, one])), 1.0),
}


def derivative(f, x, order):
    p = torch.tensor(x, requires_grad=True)
    y = f(p)
    for _ in range(order):
        # What does not depend on x any more has the derivative 0.
        if not y.requires_grad:
            return 0.0
        (y,) = torch.autograd.grad(y, p, create_graph=True, allow_unused=True)
        if y is None:
            return 0.0
    return float(y.detach())


def cell(f, x, order) -> object:
    try:
        y = derivative(f, x, order)
    except Exception as error:
        return f"error: {type(error).__name__}"
    return y if math.isfinite(y) else "NaN" if math.isnan(y) else "∞" if y > 0 else "-∞"


found = {name: [cell(f, x, order) for order in range(3)] for name, (f, x) in CASES.items()}
print(json.dumps({"system": "PyTorch", "version": torch.__version__, "cells": found}, ensure_ascii=False))
