"""Inverse, logarithmic, rounding and gated functions entry by entry; losses and layers built on them.

The closed forms of functions of one argument are those of the tables (test/golden/kernel/activations.py). Losses and
layers are written out here in jax.numpy after their definitions, or taken from jax.nn and optax where these have them.
"""

import importlib.util
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from mpmath import mp, mpf
from oracle import Case, fixed, scaled, uniform

PATH = Path(__file__).resolve().parent.parent / "kernel" / "activations.py"
SPEC = importlib.util.spec_from_file_location("tables", PATH)
tables = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tables)
mp.dps = 60
CLOSED = {name: entry[1:] for name, entry in tables.unary().items()}

# name: (JAX, lowest and highest argument, distance kept from zero, points where trouble waits)
UNARY = {
    "asin": (jnp.arcsin, -0.9, 0.9, 0, [[1e-20], [0.0], [1 - 2**-50, -1 + 2**-50]]),
    "acos": (jnp.arccos, -0.9, 0.9, 0, [[1e-20], [0.0], [1 - 2**-50, -1 + 2**-50]]),
    "asinh": (jnp.arcsinh, -4, 4, 0, [[1e-20], [0.0], [1e100, -1e100]]),
    "acosh": (jnp.arccosh, 1.1, 5, 0, [[1 + 2**-50], [1e100]]),
    "atanh": (jnp.arctanh, -0.9, 0.9, 0, [[1e-20], [0.0], [1 - 2**-50, -1 + 2**-50]]),
    "exp2": (jnp.exp2, -4, 4, 0, [[-1000.5], [1000.5]]),
    "log2": (jnp.log2, 0.1, 5, 0, [[1e-140], [1e140]]),
    "log10": (jnp.log10, 0.1, 5, 0, [[1e-140], [1e140]]),
    "rsqrt": (lax.rsqrt, 0.1, 5, 0, [[1e-100], [1e100]]),
    "cbrt": (jnp.cbrt, -4, 4, 0.1, [[1e-100], [-1e100]]),
    "logit": (jax.scipy.special.logit, 0.1, 0.9, 0, [[1e-100], [1 - 2**-50], [0.5 - 2**-50], [0.5]]),
    "logSigmoid": (jax.nn.log_sigmoid, -4, 4, 0, [[1000.0], [-1000.0], [40.0], [-40.0], [0.0]]),
    "silu": (jax.nn.silu, -4, 4, 0, [[1000.0], [-700.0], [40.0], [-40.0], [0.0]]),
    "mish": (jax.nn.mish, -4, 4, 0, [[1000.0], [-700.0], [20.0], [-40.0], [0.0]]),
    "selu": (jax.nn.selu, -4, 4, 0.1, [[1000.0], [-700.0], [1e-20], [-1e-20], [0.0]]),
    "sinc": (jnp.sinc, -4, 4, 0.3, [[0.0], [1e-10], [-1e-3], [0.1, 0.6], [100.25]]),
}
SHAPES = [(), (2, 3)]
PAIRS = [((), ()), ((3,), (3,)), ((3, 1), (2,)), ((), (2, 2))]


def shown(values) -> str:
    return "[" + ", ".join(f"{x!r}" for x in values) + "]"


def one(name, label, call, closed, low, high, away, corners, options=None) -> list[Case]:
    options = options or {}
    samples = [(f"{label}{list(shape)}", uniform(shape, low=low, high=high, away=away)) for shape in SHAPES]
    smooth = [Case(name, title, call, sample, options, closed=closed) for title, sample in samples]
    return smooth + [
        Case(name, f"{label}at {shown(values)}", call, fixed(values), options, closed=closed, exact=True)
        for values in corners
    ]


def unary() -> list[Case]:
    found = []
    for name, (call, low, high, away, corners) in UNARY.items():
        found += one(name, "", call, CLOSED[name], low, high, away, corners)
    tails = [[1000.0], [-37.0], [9.0], [-9.0], [0.0]]
    found += one("gelu", "", lambda x: jax.nn.gelu(x, approximate=False), CLOSED["gelu"], -4, 4, 0, tails)
    found += one(
        "gelu",
        "by tanh, ",
        lambda x: jax.nn.gelu(x, approximate=True),
        CLOSED["geluTanh"],
        -4,
        4,
        0,
        [[1000.0], [-20.0], [5.0], [-5.0], [0.0]],
        {"approximation": "tanh"},
    )
    sides = [[1000.0], [-700.0], [1e-20], [-1e-20], [0.0]]
    for alpha in (1.0, 1.5):
        closed = tables.elu(mpf(alpha))
        options = {} if alpha == 1 else {"alpha": alpha}
        label = f"alpha {alpha}, "
        found += one("elu", label, lambda x, a=alpha: jax.nn.elu(x, a), closed, -4, 4, 0.1, sides, options)
    bent = (
        lambda x: x if x > 0 else 2 * mp.expm1(x / 2),
        lambda x: mpf(1) if x > 0 else mp.exp(x / 2),
        lambda x: mpf(0) if x > 0 else mp.exp(x / 2) / 2,
    )
    found += one("celu", "alpha 2, ", lambda x: jax.nn.celu(x, 2.0), bent, -4, 4, 0.1, sides, {"alpha": 2})
    found += one("celu", "", jax.nn.celu, CLOSED["celu"], -4, 4, 0.1, sides[3:])
    # At 0 the convention is the slope, where JAX has 1.
    leaky = CLOSED["leakyRelu"]
    slope = {"slope": 0.125}
    found += one("leakyRelu", "", lambda x: jax.nn.leaky_relu(x, 0.125), leaky, -4, 4, 0.1, [[0.0], [-1e300]], slope)
    # At the bounds the convention is 1/2, where JAX has 1.
    half = (
        lambda x: min(max(x, mpf(-1)), mpf(1)),
        lambda x: mpf(abs(x) < 1) + mpf(abs(x) == 1) / 2,
        lambda x: mpf(0),
    )
    found += one("hardTanh", "", jax.nn.hard_tanh, half, -0.9, 0.9, 0, [[1.0, -1.0], [2.0, -3.0]])

    def flat(f):
        return (f, lambda x: mpf(0), lambda x: mpf(0))

    def to_even(x):
        return mp.nint(x)

    found += one("floor", "", jnp.floor, flat(mp.floor), -4, 4, 0, [[0.0, 2.0, -2.0]])
    found += one("ceil", "", jnp.ceil, flat(mp.ceil), -4, 4, 0, [[0.0, 2.0, -2.0]])
    found += one("round", "", jnp.round, flat(to_even), -4, 4, 0, [[0.5, 1.5, 2.5, -0.75, -2.5, 3.5]])
    found += one("trunc", "", jnp.trunc, flat(tables.truncated), -4, 4, 0.1, [[2.0, -2.0]])
    step = flat(lambda x: mpf(1) if x > 0 else mpf(0) if x < 0 else mpf(1) / 2)
    found += one("heaviside", "", lambda x: jnp.heaviside(x, 0.5), step, -4, 4, 0.1, [[0.0, -1.0]])
    nothing = fixed([0.5, -3.0, 0.0])
    found += [Case("isNaN", "[3]", jnp.isnan, nothing), Case("isFinite", "[3]", jnp.isfinite, nothing)]
    return found


def log_sub_exp(a, b):
    return a + jnp.log1p(-jnp.exp(b - a))


def descending(left, right):
    low, high = uniform(right, low=-3, high=0), uniform(left, low=0.5, high=3)
    return lambda rng, k: [*high(rng, k), *low(rng, k)]


def truncated(a, b):
    return a - b * lax.stop_gradient(jnp.trunc(a / b))


def floored(a, b):
    return a - b * lax.stop_gradient(jnp.floor(a / b))


def binary() -> list[Case]:
    both = {"low": -2.5, "high": 2.5, "away": 0.2}
    positive = {"low": 0.2, "high": 2.5}
    calls = {
        "hypot": (jnp.hypot, lambda l, r: uniform(l, r, **both)),
        "logAddExp": (jnp.logaddexp, lambda l, r: uniform(l, r, **both)),
        "logSubExp": (log_sub_exp, descending),
        "xlogy": (jax.scipy.special.xlogy, lambda l, r: uniform(l, r, **positive)),
        "xlog1py": (jax.scipy.special.xlog1py, lambda l, r: uniform(l, r, **positive)),
        "remainder": (floored, lambda l, r: uniform(l, r, **both)),
        "truncatedRemainder": (truncated, lambda l, r: uniform(l, r, **both)),
        "copySign": (lambda a, b: jnp.abs(a) * lax.stop_gradient(jnp.sign(b)), lambda l, r: uniform(l, r, **both)),
    }
    found = [
        Case(name, f"{list(left)} {list(right)}", call, sample(left, right))
        for name, (call, sample) in calls.items()
        for left, right in PAIRS
    ]
    # Far apart the second derivatives of JAX are 0 or have few digits: the tables of mpmath hold those points.
    found += [
        Case("logAddExp", "of equals", jnp.logaddexp, scaled([1.0, -2.0], [1.0, -2.0])),
        Case("hypot", "on the axes", jnp.hypot, scaled([3.0, -2.0], [0.0, 0.0])),
        Case("xlogy", "at x = 0", jax.scipy.special.xlogy, scaled([0.0, 0.0], [0.5, 2.0])),
    ]
    return found


REDUCTIONS = {"mean": jnp.mean, "sum": jnp.sum, "none": lambda x: x}


def losses() -> list[Case]:
    found = []

    def add(name, label, loss, sample, differentiable=None, options=None):
        for reduction, reduce in REDUCTIONS.items():
            found.append(
                Case(
                    name,
                    f"{label}{reduction}",
                    lambda *xs, reduce=reduce: reduce(loss(*xs)),
                    sample,
                    {"reduction": reduction, **(options or {})},
                    differentiable,
                )
            )

    def labelled(shape, depth):
        logits = uniform((*shape, depth), low=-3, high=3)
        return lambda rng, k: [*logits(rng, k), rng.integers(0, depth, size=shape).astype(float)]

    def chances(shape):
        logits = uniform(shape, low=-3, high=3)

        def sample(rng, k):
            p = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
            return [*logits(rng, k), np.round(p, 4) + 1e-3]

        return sample

    def integer_labels(x, labels):
        return optax.softmax_cross_entropy_with_integer_labels(x, jnp.asarray(labels, dtype=int))

    def huber(a, b):
        return optax.huber_loss(a, b, delta=1.5)

    def binary(x, t):
        return optax.sigmoid_binary_cross_entropy(x, t)

    def divergence(q, p):
        return jnp.sum(p * (jnp.log(p) - q), axis=-1)

    def cosine(a, b):
        return jnp.sum(a * b, -1) / jnp.sqrt(jnp.sum(a * a, -1) * jnp.sum(b * b, -1))

    pair = uniform((2, 3), (2, 3))
    add("meanSquaredError", "", lambda a, b: (a - b) ** 2, pair)
    add("huber", "", huber, uniform((2, 3), (2, 3), low=-3, high=3), options={"delta": 1.5})
    add("hinge", "", lambda a, b: jax.nn.relu(1 - a * b), pair)
    add("binaryCrossEntropy", "", binary, uniform((2, 3), (2, 3), low=0.1, high=0.9))
    add("crossEntropy", "of labels, ", integer_labels, labelled((2, 2), 3), (0,))
    add("crossEntropy", "of probabilities, ", optax.softmax_cross_entropy, chances((2, 3)))
    add("klDivergence", "", divergence, chances((2, 3)))
    add("cosineDistance", "", lambda a, b: 1 - cosine(a, b), pair)
    found.append(Case("cosineSimilarity", "[2,3]", cosine, pair))
    return found


def attend(q, k, v, mask=None):
    scores = q @ jnp.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    return jax.nn.softmax(scores if mask is None else jnp.where(mask != 0, scores, -jnp.inf)) @ v


def split(x, heads):
    return jnp.moveaxis(x.reshape(*x.shape[:-1], heads, -1), -2, -3)


def many_heads(x, memory, wq, wk, wv, wo):
    found = attend(split(x @ wq, 2), split(memory @ wk, 2), split(memory @ wv, 2))
    return jnp.moveaxis(found, -3, -2).reshape(*x.shape[:-1], -1) @ wo


def normalized(x, scale, offset):
    return (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5) * scale + offset


def gru(h, x, w, u, b, c):
    n = h.shape[-1]
    a, s = x @ w + b, h @ u
    r, z = jax.nn.sigmoid(a[..., :n] + s[..., :n]), jax.nn.sigmoid(a[..., n : 2 * n] + s[..., n : 2 * n])
    return (1 - z) * jnp.tanh(a[..., 2 * n :] + r * (s[..., 2 * n :] + c)) + z * h


def lstm(h, m, x, w, u, b):
    i, f, g, o = jnp.split(x @ w + h @ u + b, 4, axis=-1)
    m = jax.nn.sigmoid(f) * m + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jnp.concatenate([jax.nn.sigmoid(o) * jnp.tanh(m), m], axis=-1)


def layers() -> list[Case]:
    def masked(rng, k):
        q, keys, v = uniform((2, 3), (3, 3), (3, 2))(rng, k)
        return [q, keys, v, np.array([[1.0, 0, 1], [0, 1, 0]])]

    return [
        Case("dense", "[2,3]", lambda w, b, x: x @ w + b, uniform((3, 2), (2,), (2, 3))),
        Case("dense", "of a vector", lambda w, b, x: x @ w + b, uniform((3, 2), (2,), (3,))),
        Case("layerNorm", "[2,3]", normalized, uniform((2, 3), (3,), (3,))),
        Case(
            "rmsNorm",
            "[2,3]",
            lambda x, scale: x / jnp.sqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6) * scale,
            uniform((2, 3), (3,)),
        ),
        Case("attention", "[2,3]", attend, uniform((2, 3), (3, 3), (3, 2))),
        Case("attention", "[2,2,3]", attend, uniform((2, 2, 3), (2, 3, 3), (2, 3, 1))),
        Case("attention", "masked", attend, masked, differentiable=(0, 1, 2)),
        Case(
            "multiHeadAttention",
            "2 heads",
            many_heads,
            uniform((2, 2), (3, 2), (2, 4), (2, 4), (2, 4), (4, 2)),
            {"heads": 2},
        ),
        Case(
            "rnnCell",
            "[2]",
            lambda h, x, w, u, b: jnp.tanh(x @ w + h @ u + b),
            uniform((2,), (3,), (3, 2), (2, 2), (2,)),
        ),
        Case("gruCell", "[2]", gru, uniform((2,), (3,), (3, 6), (2, 6), (6,), (2,), low=-1, high=1)),
        Case("gruCell", "[2,2]", gru, uniform((2, 2), (2, 1), (1, 6), (2, 6), (6,), (2,), low=-1, high=1)),
        Case("lstmCell", "[2]", lstm, uniform((2,), (2,), (3,), (3, 8), (2, 8), (8,), low=-1, high=1)),
    ]


def cases() -> list[Case]:
    return [*unary(), *binary(), *losses(), *layers()]
