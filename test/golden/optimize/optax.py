"""Writes trajectories of optax's optimizers, transformations and schedules.

    python test/golden/optimize/optax.py

Needs jax and optax. Float64 on the CPU. Two losses on trees of parameters, whose gradients come from JAX: a chain of curved valleys,
and a small network. Of 100 steps those in STEPS are kept.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

# This file has the name of the module that it asks for.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import optax  # noqa: E402
from optax import contrib  # noqa: E402

STEPS = [1, 2, 3, 4, 5, 7, 10, 20, 30, 50, 70, 100]

VALLEY = [[-1.2, 0.5, 1.7], [1.0, -0.7, 2.0]]
NETWORK = [
    [[0.5, -0.3, 0.8], [-0.6, 0.9, 0.1]],
    [0.1, -0.2, 0.3],
    [[0.7, -0.4], [0.2, 0.6], [-0.5, 0.3]],
    [0.05, -0.15],
]
INPUTS = [[0.2, -1.1], [1.3, 0.4], [-0.7, 0.9], [0.5, 0.6], [-1.4, -0.3]]
TARGETS = [[0.3, -0.8], [1.0, 0.1], [-0.4, 0.7], [0.9, -0.2], [-0.6, 0.5]]


def valley(p):
    x, z = p
    return jnp.sum(10 * (z - x**2) ** 2 + (1 - x) ** 2)


def network(p):
    w1, b1, w2, b2 = p
    hidden = jnp.tanh(jnp.array(INPUTS) @ w1 + b1)
    return jnp.mean((hidden @ w2 + b2 - jnp.array(TARGETS)) ** 2)


def separable(p):
    x, z = p
    return jnp.sum(jnp.cosh(x)) + jnp.sum((z - 0.5) ** 4)


LOSSES = {"valley": (valley, VALLEY), "network": (network, NETWORK), "separable": (separable, VALLEY)}


def trajectory(transformation, loss, start, read=None):
    params = [jnp.array(leaf) for leaf in start]
    state = transformation.init(params)

    def advance(params, state):
        value, gradient = jax.value_and_grad(loss)(params)
        extra = optax.with_extra_args_support(transformation)
        updates, state = extra.update(gradient, state, params, value=value, grad=gradient, value_fn=loss, obj_fn=loss)
        return optax.apply_updates(params, updates), state

    kept = []
    for step in range(1, STEPS[-1] + 1):
        params, state = advance(params, state)
        if step in STEPS:
            kept.append([number for leaf in params for number in jnp.ravel(leaf).tolist()])
    return kept


class Slow:
    """Lookahead of optax moves pairs of parameters; here its fast ones alone are the parameters."""

    def __init__(self, inner, period, slow):
        self.tx = optax.lookahead(inner, period, slow)

    def init(self, params):
        pair = optax.LookaheadParams.init_synced(params)
        return (self.tx.init(pair), pair)

    def update(self, gradient, state, params, **_):
        inner, pair = state
        updates, inner = self.tx.update(gradient, inner, pair)
        return updates.fast, (inner, optax.apply_updates(pair, updates))


def in_float64(i, exponent=0.8):
    return 1.0 - jnp.asarray(i + 1, jnp.float64) ** (-exponent)


def adafactor(rate, least, **_):
    # The alias, but for the decay of the means, which optax takes in float32.
    return optax.chain(
        optax.scale_by_factored_rms(min_dim_size_to_factor=least, decay_rate_fn=in_float64),
        optax.clip_by_block_rms(1.0),
        optax.scale_by_learning_rate(rate, flip_sign=False),
        optax.scale_by_param_block_rms(),
        optax.scale(-1),
    )


adam = lambda rate=0.05: optax.adam(rate)  # noqa: E731
matrices = lambda params: [jnp.ndim(leaf) == 2 for leaf in params]  # noqa: E731

CASES = {
    "sgd": optax.sgd(0.01),
    "momentum": optax.sgd(0.005, momentum=0.9),
    "nesterov": optax.sgd(0.005, momentum=0.9, nesterov=True),
    "adam": optax.adam(0.05),
    "adamOptions": optax.adam(0.05, b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-4),
    "nadam": optax.nadam(0.05),
    "adamw": optax.adamw(0.05, weight_decay=0.01),
    "adamwMatrices": optax.adamw(0.05, weight_decay=0.1, mask=matrices),
    "nadamw": optax.nadamw(0.05, weight_decay=0.01),
    "amsgrad": optax.amsgrad(0.05, b2=0.9),
    "amsgradPaper": optax.amsgrad(0.05, b2=0.9, bias_correction_mu=False, bias_correction_nu=False),
    "adamax": optax.adamax(0.05),
    "adamaxw": optax.adamaxw(0.05, weight_decay=0.01),
    "adabelief": optax.adabelief(0.05),
    "adabeliefNesterov": optax.adabelief(0.05, eps=1e-8, nesterov=True),
    "yogi": optax.yogi(0.05),
    "radam": optax.radam(0.05),
    "radamNesterov": optax.radam(0.05, b2=0.9, threshold=4.5, nesterov=True),
    "adan": optax.adan(0.02, weight_decay=0.01),
    "novograd": optax.novograd(0.02, weight_decay=0.01),
    "adopt": contrib.adopt(0.02),
    "adoptNesterov": contrib.adopt(0.02, b2=0.99, nesterov=True, use_clipping=False),
    "lamb": optax.lamb(0.02, weight_decay=0.01),
    "lars": optax.lars(0.1, weight_decay=0.01, trust_coefficient=0.01),
    "larsMatrices": optax.lars(0.01, trust_coefficient=0.1, trust_ratio_mask=matrices, nesterov=True, eps=1e-3),
    "lion": optax.lion(0.01),
    "signSgd": optax.sign_sgd(0.013),
    "signum": optax.signum(0.013),
    "rprop": optax.rprop(0.01),
    "rmsprop": optax.rmsprop(0.01),
    "rmspropCentered": optax.rmsprop(0.005, centered=True, momentum=0.5, nesterov=True, eps=1e-4),
    "rmspropCorrected": optax.rmsprop(0.01, decay=0.95, eps_in_sqrt=False, bias_correction=True, initial_scale=0.1),
    "adagrad": optax.adagrad(0.1),
    "adadelta": optax.adadelta(1.0, weight_decay=0.01),
    "adafactor": adafactor(0.05, 128),
    "adafactorFactored": adafactor(0.05, 2),
    "sm3": optax.sm3(0.1),
    "polyakSgd": optax.polyak_sgd(max_learning_rate=0.02),
    "optimistic": optax.optimistic_gradient_descent(0.005, alpha=0.9, beta=0.5),
    "noiseless": optax.noisy_sgd(0.01, eta=0.0, key=1),
    "clipValue": optax.chain(optax.clip(0.5), optax.sgd(0.02)),
    "clipGlobal": optax.chain(optax.clip_by_global_norm(0.7), optax.sgd(0.02)),
    "clipRms": optax.chain(optax.clip_by_block_rms(0.4), optax.sgd(0.02)),
    "clipAdaptive": optax.chain(optax.adaptive_grad_clip(0.05), optax.sgd(0.1)),
    "centralize": optax.chain(optax.centralize(), optax.sgd(0.01)),
    "normalize": optax.chain(optax.normalize_by_update_norm(), optax.sgd(0.02)),
    "ema": optax.chain(optax.ema(0.9), optax.sgd(0.01)),
    "accumulate": optax.MultiSteps(optax.adam(0.05), 3),
    "lookahead": Slow(optax.adam(0.05), 5, 0.4),
    "plateau": optax.chain(optax.sgd(0.012), contrib.reduce_on_plateau(0.5, patience=3, rtol=0.02, cooldown=2, accumulation_size=2)),
    "scheduled": optax.adamw(optax.cosine_decay_schedule(0.05, 80, 0.1), weight_decay=optax.linear_schedule(0.1, 0.0, 50)),
    "partition": optax.partition({"m": optax.adam(0.05), "v": optax.sgd(0.01)}, lambda p: ["m" if jnp.ndim(x) == 2 else "v" for x in p]),
}

SCHEDULES = {
    "polynomial": optax.polynomial_schedule(1.0, 0.2, 2.5, 20, 5),
    "linear": optax.linear_schedule(0.1, 1.0, 20, 3),
    "exponential": optax.exponential_decay(1.0, 10, 0.7, 4, False, 0.3),
    "staircase": optax.exponential_decay(1.0, 10, 0.7, 4, True),
    "growing": optax.exponential_decay(0.1, 10, 1.7, 0, False, 0.5),
    "cosine": optax.cosine_decay_schedule(0.5, 30, 0.1, 1.5),
    "warmupConstant": optax.warmup_constant_schedule(0.0, 0.8, 10),
    "warmupCosine": optax.warmup_cosine_decay_schedule(0.0, 0.8, 10, 40, 0.1),
    "warmupExponential": optax.warmup_exponential_decay_schedule(0.0, 0.8, 10, 15, 0.5, 5),
    "piecewise": optax.piecewise_constant_schedule(1.0, {10: 0.5, 25: 0.2}),
    "piecewiseLinear": optax.piecewise_interpolate_schedule("linear", 1.0, {10: 0.5, 25: 3.0}),
    "piecewiseCosine": optax.piecewise_interpolate_schedule("cosine", 1.0, {10: 0.5, 25: 3.0}),
    "linearOneCycle": optax.linear_onecycle_schedule(40, 2.0),
    "cosineOneCycle": optax.cosine_onecycle_schedule(40, 2.0),
    "restarts": optax.sgdr_schedule(
        [
            {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 3, "decay_steps": 15},
            {"init_value": 0.1, "peak_value": 0.5, "warmup_steps": 5, "decay_steps": 25, "end_value": 0.01},
        ]
    ),
    "join": optax.join_schedules([optax.constant_schedule(1.0), optax.linear_schedule(1.0, 0.0, 10)], [12]),
}


def fixture():
    runs = {}
    for name, transformation in CASES.items():
        runs[name] = {loss: trajectory(transformation, *LOSSES[loss]) for loss in ["valley", "network"]}
    runs["sophia"] = {"separable": trajectory(contrib.sophia(0.01, gamma=0.5, update_interval=4, weight_decay=0.01), *LOSSES["separable"])}
    return {
        "source": f"test/golden/optimize/optax.py with optax {optax.__version__} and jax {jax.__version__}, float64",
        "steps": STEPS,
        "valley": VALLEY,
        "network": NETWORK,
        "inputs": INPUTS,
        "targets": TARGETS,
        "runs": runs,
        "schedules": {name: [float(schedule(step)) for step in range(46)] for name, schedule in SCHEDULES.items()},
    }


target = Path(__file__).with_name("optax.json")
target.write_text(json.dumps(fixture()).replace('"runs"', '\n"runs"') + "\n")
print(f"wrote {target.name}")
