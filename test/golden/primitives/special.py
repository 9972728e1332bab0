"""Special functions: against closed forms in mpmath, and JAX where it has the derivatives."""

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
from mpmath import mp, mpf
from oracle import Case, fixed, uniform


def bell(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def density(x):
    return mp.npdf(x)


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def scaled(x):
    return mp.exp(x * x) * mp.erfc(x)


def scaled_slope(x):
    return 2 * x * scaled(x) - 2 / mp.sqrt(mp.pi)


def scaled_bend(x):
    return 2 * scaled(x) + 2 * x * scaled_slope(x)


def mills(x):
    return density(x) / normal(x)


def inverse_slope(x):
    return mp.sqrt(mp.pi) / 2 * mp.exp(mp.erfinv(x) ** 2)


def quantile(p):
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def quantile_slope(p):
    return 1 / density(quantile(p))


def i_scaled(n, x):
    return mp.besseli(n, x) * mp.exp(-abs(x))


def i0e_slope(x):
    return i_scaled(1, x) - mp.sign(x) * i_scaled(0, x)


def i0e_bend(x):
    return (i_scaled(0, x) + i_scaled(2, x)) / 2 + i_scaled(0, x) - 2 * mp.sign(x) * i_scaled(1, x)


def i1e_slope(x):
    return (i_scaled(0, x) + i_scaled(2, x)) / 2 - mp.sign(x) * i_scaled(1, x)


def i1e_bend(x):
    outer = (3 * i_scaled(1, x) + i_scaled(3, x)) / 4
    return outer + i_scaled(1, x) - mp.sign(x) * (i_scaled(0, x) + i_scaled(2, x))


def scaled_jax(x):
    return jnp.exp(x * x) * jsp.erfc(x)


# name: (JAX or a stand-in of its shape, f, f', f'', lowest and highest argument, distance kept from zero, corners)
UNARY = {
    "erfc": (jsp.erfc, mp.erfc, lambda x: -bell(x), lambda x: 2 * x * bell(x), -3, 3, 0, [[20.0], [-8.0]]),
    "erfcx": (scaled_jax, scaled, scaled_slope, scaled_bend, -2, 3, 0, [[100.0], [-10.0], [0.0], [0.51]]),
    "erfinv": (
        jsp.erfinv,
        mp.erfinv,
        inverse_slope,
        lambda x: 2 * mp.erfinv(x) * inverse_slope(x) ** 2,
        -0.95,
        0.95,
        0,
        [[1e-10], [0.9999999], [0.0]],
    ),
    "ndtr": (jsp.ndtr, normal, density, lambda x: -x * density(x), -3, 3, 0, [[-20.0], [8.0], [0.0]]),
    "logNdtr": (
        jsp.log_ndtr,
        lambda x: mp.log(normal(x)),
        mills,
        lambda x: -mills(x) * (x + mills(x)),
        -4,
        3,
        0,
        [[-50.0], [-1000.0], [10.0]],
    ),
    "ndtri": (
        jsp.ndtri,
        quantile,
        quantile_slope,
        lambda p: quantile(p) * quantile_slope(p) ** 2,
        0.05,
        0.95,
        0,
        [[1e-10], [0.5]],
    ),
    "lgamma": (
        jsp.gammaln,
        lambda x: mp.log(abs(mp.gamma(x))),
        mp.digamma,
        lambda x: mp.polygamma(1, x),
        0.2,
        5,
        0,
        [[-0.5, -2.3], [1e-5], [1e5]],
    ),
    "gamma": (
        jsp.gamma,
        mp.gamma,
        lambda x: mp.gamma(x) * mp.digamma(x),
        lambda x: mp.gamma(x) * (mp.digamma(x) ** 2 + mp.polygamma(1, x)),
        0.3,
        5,
        0,
        [[-0.5, -2.3], [50.0]],
    ),
    "digamma": (
        jsp.digamma,
        mp.digamma,
        lambda x: mp.polygamma(1, x),
        lambda x: mp.polygamma(2, x),
        0.2,
        5,
        0,
        [[-0.5, -2.3], [1e5]],
    ),
    "j0": (
        lambda x: x,
        lambda x: mp.besselj(0, x),
        lambda x: -mp.besselj(1, x),
        lambda x: (mp.besselj(2, x) - mp.besselj(0, x)) / 2,
        -6,
        6,
        0,
        [[0.0], [40.0]],
    ),
    "j1": (
        lambda x: x,
        lambda x: mp.besselj(1, x),
        lambda x: (mp.besselj(0, x) - mp.besselj(2, x)) / 2,
        lambda x: (mp.besselj(3, x) - 3 * mp.besselj(1, x)) / 4,
        -6,
        6,
        0,
        [[0.0], [40.0]],
    ),
    "i0": (
        jsp.i0,
        lambda x: mp.besseli(0, x),
        lambda x: mp.besseli(1, x),
        lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
        -4,
        4,
        0,
        [[0.0], [40.0]],
    ),
    "i1": (
        jsp.i1,
        lambda x: mp.besseli(1, x),
        lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
        lambda x: (mp.besseli(3, x) + 3 * mp.besseli(1, x)) / 4,
        -4,
        4,
        0,
        [[0.0], [40.0]],
    ),
    "i0e": (jsp.i0e, lambda x: i_scaled(0, x), i0e_slope, i0e_bend, -4, 4, 0.2, [[-10.0]]),
    "i1e": (jsp.i1e, lambda x: i_scaled(1, x), i1e_slope, i1e_bend, -4, 4, 0.2, [[-10.0]]),
}


def unary() -> list[Case]:
    found = []
    for name, (call, f, first, second, low, high, away, corners) in UNARY.items():
        # The closed forms throughout: JAX has no j0, and loses digits in second derivatives of tails.
        for shape in ((), (4,), (2, 3)):
            sample = uniform(shape, low=low, high=high, away=away)
            found.append(Case(name, f"{list(shape)}", call, sample, closed=(f, first, second), exact=True))
        for values in corners:
            shown = ", ".join(f"{x:g}" for x in values)
            found.append(Case(name, f"at {shown}", call, fixed(values), closed=(f, first, second), exact=True))
    return found


def orders() -> list[Case]:
    found = []
    for order in (1, 2, 3):
        closed = tuple((lambda x, k=order + i: mp.polygamma(k, x)) for i in range(3))
        found.append(
            Case(
                "polygamma",
                f"of order {order}",
                lambda x: x,
                uniform((4,), low=0.3, high=6),
                {"depth": order},
                closed=closed,
                exact=True,
            )
        )
        found.append(
            Case(
                "polygamma",
                f"of order {order}, left of 0",
                lambda x: x,
                fixed([-0.5, -2.25]),
                {"depth": order},
                closed=closed,
                exact=True,
            )
        )
    return found


def binary() -> list[Case]:
    found = []
    for left, right in [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((3, 1), (4,))]:
        positive = uniform(left, right, low=0.4, high=5)
        found.append(Case("lbeta", f"{list(left)} {list(right)}", jsp.betaln, positive))
        found.append(Case("beta", f"{list(left)} {list(right)}", lambda a, b: jnp.exp(jsp.betaln(a, b)), positive))
        found.append(
            Case(
                "zeta",
                f"{list(left)} {list(right)}",
                jsp.zeta,
                uniform(left, right, low=1.5, high=6),
                differentiable=(1,),
            )
        )
        found.append(Case("igamma", f"{list(left)} {list(right)}", jsp.gammainc, positive, differentiable=(1,)))
        found.append(Case("igammac", f"{list(left)} {list(right)}", jsp.gammaincc, positive, differentiable=(1,)))
    for shape in ((), (3,), (2, 2)):

        def sample(rng, k, shape=shape):
            a, b = uniform(shape, shape, low=0.5, high=5)(rng, k)
            return [a, b, uniform(shape, low=0.1, high=0.9)(rng, k)[0]]

        found.append(Case("betainc", f"{list(shape)}", jsp.betainc, sample, differentiable=(2,)))
    return found


def cases() -> list[Case]:
    return [*unary(), *orders(), *binary()]
