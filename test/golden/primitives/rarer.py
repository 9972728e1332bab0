"""Operations that few ask for: of exponents and neighbors, two more products, padding from inside, and the root of a matrix."""

import jax
import jax.numpy as jnp
import numpy as np
from mpmath import mp, mpf
from oracle import Case, draw, fixed, uniform


def erfcinv(y):
    # 1 - y would lose the tail, whatever the precision.
    return mp.erfinv(1 - y) if y > mpf("1e-20") else mp.findroot(lambda x: mp.log(mp.erfc(x)) - mp.log(y), mp.sqrt(-mp.log(y)))


def erfcinv_slope(y):
    return -mp.sqrt(mp.pi) / 2 * mp.exp(erfcinv(y) ** 2)


# name: (JAX, f, f', f'', lowest and highest argument, corners)
UNARY = {
    "log1mexp": (
        lambda x: jnp.log(-jnp.expm1(x)),
        lambda x: mp.log(-mp.expm1(x)) if x > -30 else mp.log1p(-mp.exp(x)),
        lambda x: -1 / mp.expm1(-x),
        lambda x: -mp.exp(-x) / mp.expm1(-x) ** 2,
        -4,
        -0.1,
        [[-1e-10], [-50.0], [-700.0]],
    ),
    "erfcinv": (
        lambda y: jax.scipy.special.erfinv(1 - y),
        erfcinv,
        erfcinv_slope,
        lambda y: 2 * erfcinv(y) * erfcinv_slope(y) ** 2,
        0.05,
        1.95,
        [[1e-30], [1e-140], [1.0]],
    ),
}


def unary() -> list[Case]:
    found = []
    for name, (call, f, first, second, low, high, corners) in UNARY.items():
        for shape in ((), (4,), (2, 3)):
            sample = uniform(shape, low=low, high=high)
            found.append(Case(name, f"{list(shape)}", call, sample, closed=(f, first, second), exact=True))
        for values in corners:
            shown = ", ".join(f"{x:g}" for x in values)
            found.append(Case(name, f"at {shown}", call, fixed(values), closed=(f, first, second), exact=True))
    return found


def binary() -> list[Case]:
    found = []
    for left, right in [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((3, 1), (4,))]:
        name = f"{list(left)} {list(right)}"
        found.append(Case("ldexp", name, lambda a, b: a * jnp.exp2(b), uniform(left, right)))
        found.append(Case("nextAfter", name, jnp.nextafter, uniform(left, right), differentiable=()))
    found.append(Case("nextAfter", "at zeros", jnp.nextafter, fixed([0.0, 0.0, 1.0], [1.0, -1.0, 1.0]), differentiable=()))
    return found


def products() -> list[Case]:
    found = []
    for left, right, depth in [((2, 3, 4), (3, 4, 2), 2), ((2, 3), (3, 4), 1), ((2,), (3,), 0), ((2, 3), (2, 3), 2)]:
        found.append(
            Case(
                "tensordot",
                f"{list(left)} {list(right)} over {depth}",
                lambda a, b, n=depth: jnp.tensordot(a, b, n),
                uniform(left, right),
                {"depth": depth},
            )
        )
    for left, right, pairs in [((2, 3, 4), (4, 2, 5), ((0, 2), (1, 0))), ((3, 2), (4, 3), ((0,), (-1,)))]:
        found.append(
            Case(
                "tensordot",
                f"{list(left)} {list(right)} over pairs",
                lambda a, b, p=pairs: jnp.tensordot(a, b, p),
                uniform(left, right),
                {"left": list(pairs[0]), "right": list(pairs[1])},
            )
        )
    for left, right in [((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3))]:
        found.append(Case("cross", f"{list(left)} {list(right)}", jnp.cross, uniform(left, right)))
    found.append(
        Case("cross", "along axis 0", lambda a, b: jnp.cross(a, b, axis=0), uniform((3, 2), (3, 2)), {"axis": 0})
    )
    return found


def interleaved(steps):
    return lambda x: jax.lax.pad(x, jnp.zeros(()), [(0, 0, step - 1) for step in steps])


def inside() -> list[Case]:
    return [
        Case("interleave", f"{list(shape)} by {list(steps)}", interleaved(steps), uniform(shape), {"strides": list(steps)})
        for shape, steps in [((4,), (2,)), ((2, 3), (3, 1)), ((2, 1), (2, 4)), ((0,), (2,))]
    ]


def root(a):
    """The iteration of Denman and Beavers, unrolled: with 30 steps its derivatives have converged as well."""
    x, y = a, jnp.eye(a.shape[0])
    for _ in range(30):
        x, y = (x + jnp.linalg.inv(y)) / 2, (y + jnp.linalg.inv(x)) / 2
    return x


def matrices(n, symmetric):
    def sample(rng, _k):
        e = draw(rng, (n, n), -1, 1)
        return [(e @ e.T if symmetric else e) + np.diag([2.5 + i for i in range(n)])]

    return sample


def roots() -> list[Case]:
    return [
        Case("sqrtm", f"[{n}, {n}]{', symmetric' if symmetric else ''}", root, matrices(n, symmetric))
        for n, symmetric in [(1, False), (2, False), (3, False), (3, True)]
    ]


def cases() -> list[Case]:
    return [*unary(), *binary(), *products(), *inside(), *roots()]
