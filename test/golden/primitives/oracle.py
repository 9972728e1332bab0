"""One case of one operation, and everything that is measured of it.

With inputs p, the tangents v, the directions w and the cotangent c, all joint in the differentiable inputs:

    jvp    = Df(p)[v]                            jvpjvp = D(p -> Df(p)[v])[w]         forward over forward
    vjp    = Df(p)*[c]                           jvpvjp = D(p -> Df(p)*[c])[w]        forward over reverse
                                                 vjpjvp = D(p -> Df(p)[v])*[c]        reverse over forward
                                                 vjpvjp = D(p -> Df(p)*[c])*[w]       reverse over reverse
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import mpmath
import numpy as np

mpmath.mp.dps = 50

BATCH = 3
# The random numbers have three decimals: they are short to write, and the derivatives are no less generic for it.
DECIMALS = 3

# What the two oracles, or two ways through JAX, do not agree about; the script ends with an error if there is any.
doubts: list[str] = []


@dataclass(frozen=True)
class Case:
    operation: str
    name: str
    call: Callable
    # The inputs of the base point (k = 0) and of the BATCH examples (k = 1, 2, 3).
    sample: Callable[[np.random.Generator, int], list]
    options: dict = field(default_factory=dict)
    # Which inputs are differentiated; None: all of them.
    differentiable: tuple[int, ...] | None = None
    # f, f', f'' as functions of mpmath numbers, for elementwise functions of one argument.
    closed: tuple[Callable, Callable, Callable] | None = None
    # Take the closed form and not JAX.
    exact: bool = False
    # The size of the terms that cancel where the result itself is zero up to rounding.
    scale: float | None = None


@dataclass(frozen=True)
class Batch:
    axes: tuple[int | None, ...]
    inputs: list
    value: np.ndarray
    cotangent: np.ndarray
    vjp: list


@dataclass(frozen=True)
class Found:
    oracle: str
    inputs: list
    differentiable: tuple[int, ...]
    tangents: list
    directions: list
    cotangent: np.ndarray
    value: np.ndarray
    jvp: np.ndarray
    vjp: list
    jvpjvp: np.ndarray
    jvpvjp: list
    vjpjvp: list
    vjpvjp: list
    batches: list[Batch]


def draw(rng: np.random.Generator, shape, low: float, high: float, away: float = 0.0) -> np.ndarray:
    """Uniform on [low, high] with |x| >= away, to three decimals, no two entries equal."""
    found: list[float] = []
    while len(found) < int(np.prod(shape)):
        x = round(float(rng.uniform(low, high)), DECIMALS)
        if abs(x) >= away and x not in found:
            found.append(x)
    return np.array(found, dtype=np.float64).reshape(shape)


def uniform(*shapes, low: float = -2.0, high: float = 2.0, away: float = 0.1):
    """A sample of inputs with these shapes, away from zero."""
    return lambda rng, _k: [draw(rng, shape, low, high, away) for shape in shapes]


def fixed(*arrays):
    """The given numbers; the examples of the batch are the same numbers in another order."""
    return lambda _rng, k: [np.roll(np.asarray(x, dtype=np.float64), k) for x in arrays]


def scaled(first, *others):
    """The given numbers where an order of its own would pair them badly: the examples scale the first input."""
    return lambda _rng, k: [np.asarray(first) * (1 + k / 4), *[np.asarray(x) for x in others]]


def vmap_axes(count: int) -> list[tuple[int | None, ...]]:
    alone = [tuple(0 if i == j else None for i in range(count)) for j in range(count)]
    return [tuple(0 for _ in range(count)), *(alone if count == 2 else alone[:1] if count > 2 else [])]


def only_on(call, inputs, differentiable):
    """The function of the differentiable inputs alone, with a float64 result."""

    def f(*moving):
        moved = dict(zip(differentiable, moving, strict=True))
        return jnp.asarray(call(*[moved.get(i, x) for i, x in enumerate(inputs)]), dtype=jnp.float64)

    return f


def by_jax(call, inputs, differentiable, v, w, c) -> dict:
    f = only_on(call, inputs, differentiable)
    p = tuple(inputs[i] for i in differentiable)
    value, jvp = jax.jvp(f, p, v)

    def pushed(*q):
        return jax.jvp(f, q, v)[1]

    def pulled(*q):
        return jax.vjp(f, *q)[1](c)

    return {
        "value": value,
        "jvp": jvp,
        "vjp": pulled(*p),
        "jvpjvp": jax.jvp(pushed, p, w)[1],
        "jvpvjp": jax.jvp(pulled, p, w)[1],
        "vjpjvp": jax.vjp(pushed, *p)[1](c),
        "vjpvjp": jax.vjp(pulled, *p)[1](tuple(w)),
    }


def rounded(x) -> float:
    """The nearest double; beyond the range, the infinity (mpmath keeps any exponent)."""
    try:
        return float(x)
    except OverflowError:
        return float("inf") if x > 0 else float("-inf")


def entrywise(form, x, *factors) -> np.ndarray:
    def entry(at, *scales):
        y = form(mpmath.mpf(float(at)))
        for each in scales:
            y = y * mpmath.mpf(float(each))
        return rounded(y)

    return np.array(
        [entry(*row) for row in zip(np.ravel(x), *map(np.ravel, factors), strict=True)], dtype=np.float64
    ).reshape(np.shape(x))


def by_closed_form(closed, x, v, w, c) -> dict:
    f, first, second = closed
    return {
        "value": entrywise(f, x),
        "jvp": entrywise(first, x, v),
        "vjp": [entrywise(first, x, c)],
        "jvpjvp": entrywise(second, x, v, w),
        "jvpvjp": [entrywise(second, x, c, w)],
        "vjpjvp": [entrywise(second, x, c, v)],
        "vjpvjp": [entrywise(second, x, c, w)],
    }


def distance(a, b) -> float:
    """Largest difference, relative to the largest entry: the measure of the tests."""
    a, b = np.asarray(a), np.asarray(b)
    if a.size == 0:
        return 0.0
    largest = float(np.max(np.abs(b)))
    return float(np.max(np.abs(a - b))) / (largest if largest > 0 else 1.0)


def suspect(case: Case, found: dict, v, w, c) -> None:
    """Symmetry of the second derivative, and <c, Jv> = <J*c, v>; the closed forms where they exist."""
    label = f"{case.operation} {case.name}"
    for a, b in zip(found["jvpvjp"], found["vjpvjp"], strict=True):
        if not distance(a, b) <= 1e-13 and not (case.scale and np.max(np.abs(np.asarray(a) - b)) < 1e-13 * case.scale):
            doubts.append(f"{label}: forward over reverse and reverse over reverse differ")
    left = float(np.sum(np.asarray(c) * np.asarray(found["jvp"])))
    right = sum(float(np.sum(np.asarray(a) * b)) for a, b in zip(found["vjp"], v, strict=True))
    if not abs(left - right) <= 1e-12 * (abs(left) + abs(right) + 1):
        doubts.append(f"{label}: <c, Jv> = {left}, <J*c, v> = {right}")
    left = float(np.sum(np.asarray(c) * np.asarray(found["jvpjvp"])))
    right = sum(float(np.sum(np.asarray(a) * b)) for a, b in zip(found["vjpjvp"], w, strict=True))
    if not abs(left - right) <= 1e-12 * (abs(left) + abs(right) + 1):
        doubts.append(f"{label}: <c, D2[v, w]> = {left}, <D2*[c, v], w> = {right}")


def measure(case: Case) -> Found:
    rng = np.random.default_rng(zlib.crc32(f"{case.operation} {case.name}".encode()))
    inputs = [np.asarray(x, dtype=np.float64) for x in case.sample(rng, 0)]
    examples = [[np.asarray(x, dtype=np.float64) for x in case.sample(rng, k)] for k in range(1, BATCH + 1)]
    differentiable = tuple(range(len(inputs))) if case.differentiable is None else case.differentiable
    shape = np.shape(case.call(*inputs))

    def any_direction(of):
        # Not distinct on purpose: a direction may repeat a number.
        return np.round(rng.uniform(-1.5, 1.5, size=of), DECIMALS)

    v = tuple(any_direction(np.shape(inputs[i])) for i in differentiable)
    w = tuple(any_direction(np.shape(inputs[i])) for i in differentiable)
    c = any_direction(shape)

    if case.closed is not None:
        found = by_closed_form(case.closed, inputs[0], v[0], w[0], c)
    if case.closed is None or not case.exact:
        traced = by_jax(case.call, inputs, differentiable, v, w, c)
        suspect(case, traced, v, w, c)
        if case.closed is not None:
            for key, expected in found.items():
                worst = distance(np.ravel(traced[key]), np.ravel(expected))
                if not worst <= 1e-13:
                    doubts.append(f"{case.operation} {case.name}: {key} of JAX is off by {worst:.1e} from mpmath")
        found = traced

    batches = []
    for axes in vmap_axes(len(inputs)):
        # What is not mapped stays at the base point.
        mapped = [np.stack([e[i] for e in examples]) if a == 0 else inputs[i] for i, a in enumerate(axes)]
        cotangent = any_direction((BATCH, *shape))
        if case.exact:
            value = entrywise(case.closed[0], mapped[0])
            vjp = [entrywise(case.closed[1], mapped[0], cotangent)]
        else:

            def loop(*xs, axes=axes):
                # The definition of vmap: one call after the other, stacked.
                picked = [[x[k] if a == 0 else x for x, a in zip(xs, axes, strict=True)] for k in range(BATCH)]
                return jnp.stack([jnp.asarray(case.call(*row), dtype=jnp.float64) for row in picked])

            g = only_on(loop, mapped, differentiable)
            value, pullback = jax.vjp(g, *[mapped[i] for i in differentiable])
            vjp = pullback(cotangent)
        batches.append(Batch(axes, mapped, np.asarray(value), cotangent, list(vjp)))

    return Found(
        oracle="mpmath" if case.exact else "jax",
        inputs=inputs,
        differentiable=differentiable,
        tangents=list(v),
        directions=list(w),
        cotangent=c,
        batches=batches,
        **found,
    )
