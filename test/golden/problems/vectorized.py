"""The residuals of Moré, Garbow and Hillstrom once more, on whole vectors in JAX, so that they compile in no time.

judge.py compares them with what functions.py gave with 50 digits, at every point of the fixture.
"""

import jax.numpy as jnp
import numpy as np

from functions import BARD, GAUSSIAN, KOWALIK, MEYER, OSBORNE1, OSBORNE2


def numbers(texts):
    return np.array([float(text) for text in texts])


def up_to(n, start=1):
    return np.arange(start, n + 1, dtype=np.float64)


def rosenbrock(x):
    odd, even = x[0::2], x[1::2]
    return jnp.concatenate([10 * (even - odd * odd), 1 - odd])


def freudenstein_roth(x):
    a, b = x
    return jnp.stack([-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b])


def powell_badly_scaled(x):
    a, b = x
    return jnp.stack([10000 * a * b - 1, jnp.exp(-a) + jnp.exp(-b) - 1.0001])


def brown_badly_scaled(x):
    a, b = x
    return jnp.stack([a - 1000000, b - 2e-6, a * b - 2])


def beale(x):
    a, b = x
    return np.array([1.5, 2.25, 2.625]) - a * (1 - jnp.stack([b, b * b, b * b * b]))


def jennrich_sampson(x):
    i = up_to(10)
    return 2 + 2 * i - (jnp.exp(i * x[0]) + jnp.exp(i * x[1]))


def helical_valley(x):
    angle = jnp.arctan(x[1] / x[0]) / (2 * np.pi) + jnp.where(x[0] > 0, 0.0, 0.5)
    return jnp.stack([10 * (x[2] - 10 * angle), 10 * (jnp.sqrt(x[0] * x[0] + x[1] * x[1]) - 1), x[2]])


def bard(x):
    u = up_to(15)
    return numbers(BARD) - (x[0] + u / ((16 - u) * x[1] + np.minimum(u, 16 - u) * x[2]))


def gaussian(x):
    d = (8 - up_to(15)) / 2 - x[2]
    return x[0] * jnp.exp(-x[1] * d * d / 2) - numbers(GAUSSIAN + GAUSSIAN[-2::-1])


def meyer(x):
    return x[0] * jnp.exp(x[1] / (45 + 5 * up_to(16) + x[2])) - np.array(MEYER, dtype=np.float64)


def gulf(x):
    t = up_to(99) / 100
    y = 25 + (-50 * np.log(t)) ** (2 / 3)
    return jnp.exp(-(jnp.abs(y - x[1]) ** x[2]) / x[0]) - t


def box_three_dimensional(x):
    t = up_to(10) / 10
    return jnp.exp(-t * x[0]) - jnp.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def powell_singular(x):
    a, b, c, d = x[0::4], x[1::4], x[2::4], x[3::4]
    return jnp.concatenate(
        [a + 10 * b, np.sqrt(5) * (c - d), (b - 2 * c) * (b - 2 * c), np.sqrt(10) * (a - d) * (a - d)]
    )


def wood(x):
    a, b, c, d = x
    ten = np.sqrt(10)
    return jnp.stack(
        [10 * (b - a * a), 1 - a, np.sqrt(90) * (d - c * c), 1 - c, ten * (b + d - 2), (b - d) / ten]
    )


def kowalik_osborne(x):
    y, u = (numbers(column) for column in zip(*KOWALIK))
    return y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3])


def brown_dennis(x):
    t = up_to(20) / 5
    p, q = x[0] + t * x[1] - np.exp(t), x[2] + x[3] * np.sin(t) - np.cos(t)
    return p * p + q * q


def osborne_1(x):
    t = 10 * up_to(32, 0)
    return numbers(OSBORNE1) - (x[0] + x[1] * jnp.exp(-t * x[3]) + x[2] * jnp.exp(-t * x[4]))


def biggs_exp6(x):
    t = up_to(13) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    return x[2] * jnp.exp(-t * x[0]) - x[3] * jnp.exp(-t * x[1]) + x[5] * jnp.exp(-t * x[4]) - y


def osborne_2(x):
    t = up_to(64, 0) / 10
    model = x[0] * jnp.exp(-t * x[4])
    for k in (1, 2, 3):
        model = model + x[k] * jnp.exp(-((t - x[7 + k]) ** 2) * x[4 + k])
    return numbers(OSBORNE2) - model


def watson(x):
    n = x.size
    t, j = up_to(29)[:, None] / 29, np.arange(n)
    slopes = np.where(j > 0, j * t ** np.maximum(j - 1, 0), 0.0)
    value = (t**j) @ x
    return jnp.concatenate([slopes @ x - value * value - 1, jnp.stack([x[0], x[1] - x[0] * x[0] - 1])])


SMALL = np.sqrt(1e-5)


def penalty_1(x):
    return jnp.append(SMALL * (x - 1), jnp.sum(x * x) - 0.25)


def penalty_2(x):
    n = x.size
    i = up_to(n, 2)
    y = np.exp(i / 10) + np.exp((i - 1) / 10)
    e = jnp.exp(x / 10)
    return jnp.concatenate(
        [
            x[:1] - 0.2,
            SMALL * (e[1:] + e[:-1] - y),
            SMALL * (e[1:] - np.exp(-0.1)),
            jnp.sum((n - np.arange(n)) * x * x, keepdims=True) - 1,
        ]
    )


def variably_dimensioned(x):
    total = jnp.sum(up_to(x.size) * (x - 1))
    return jnp.concatenate([x - 1, jnp.stack([total, total * total])])


def trigonometric(x):
    n = x.size
    return n - jnp.sum(jnp.cos(x)) + up_to(n) * (1 - jnp.cos(x)) - jnp.sin(x)


def brown_almost_linear(x):
    return jnp.append(x[:-1] + jnp.sum(x) - (x.size + 1), jnp.prod(x) - 1)


def discrete_boundary_value(x):
    n = x.size
    h = 1 / (n + 1)
    wide = jnp.pad(x, 1)
    return 2 * x - wide[:-2] - wide[2:] + h * h * (x + up_to(n) * h + 1) ** 3 / 2


def discrete_integral_equation(x):
    n = x.size
    h = 1 / (n + 1)
    t = up_to(n) * h
    cubes = (x + t + 1) ** 3
    lower = np.tril(np.ones((n, n)))
    return x + h * ((1 - t) * (lower @ (t * cubes)) + t * ((1 - lower) @ ((1 - t) * cubes))) / 2


def broyden_tridiagonal(x):
    wide = jnp.pad(x, 1)
    return (3 - 2 * x) * x - wide[:-2] - 2 * wide[2:] + 1


def broyden_banded(x):
    i = np.arange(x.size)
    away = i[None, :] - i[:, None]
    near = ((away >= -5) & (away <= 1) & (away != 0)).astype(np.float64)
    return x * (2 + 5 * x * x) + 1 - near @ (x * (1 + x))


def linear_full_rank(x):
    return jnp.pad(x, (0, x.size)) - jnp.sum(x) / x.size - 1


def linear_rank_1(x):
    return up_to(2 * x.size) * jnp.sum(up_to(x.size) * x) - 1


def linear_rank_1_zeros(x):
    n = x.size
    i = np.arange(2 * n)
    return np.where(i < 2 * n - 1, i, 0) * jnp.sum(up_to(n - 1, 2) * x[1:-1]) - 1


def chebyquad(x):
    n = x.size
    y = 2 * x - 1
    before, now = jnp.ones(n), y
    means = []
    for i in range(1, n + 1):
        means.append(jnp.mean(now) + (1 / (i * i - 1) if i % 2 == 0 else 0))
        before, now = now, 2 * y * now - before
    return jnp.stack(means)


SHARED = {"extended-rosenbrock": rosenbrock, "extended-powell": powell_singular}


def residuals_of(name):
    return SHARED.get(name) or globals()[name.replace("-", "_")]
