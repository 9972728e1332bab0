"""Elementwise operations: of one argument (against closed forms), of two with broadcasting, choices and comparisons."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from mpmath import mp, mpf
from oracle import Case, fixed, scaled, uniform

INFINITY = mpf("inf")


def sign(x):
    return mpf(0) if x == 0 else mpf(1) if x > 0 else mpf(-1)


def zero(_x):
    return mpf(0)


def one(_x):
    return mpf(1)


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def logistic_slope(x):
    return logistic(x) * logistic(-x)


def logistic_bend(x):
    return logistic_slope(x) * (logistic(-x) - logistic(x))


def tanh_slope(x):
    return mp.sech(x) ** 2


def tanh_bend(x):
    return -2 * mp.tanh(x) * tanh_slope(x)


def bell(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def root_slope(x):
    return INFINITY if x == 0 else 1 / (2 * mp.sqrt(x))


def root_bend(x):
    return -INFINITY if x == 0 else -1 / (4 * x * mp.sqrt(x))


def log_slope(x):
    return INFINITY if x == 0 else 1 / x


def log_bend(x):
    return -INFINITY if x == 0 else -1 / x**2


def softplus(x):
    # 50 digits hold 1 + e^-1000 only through log1p.
    return max(x, mpf(0)) + mp.log1p(mp.exp(-abs(x)))


# name: (JAX, f, f', f'', lowest and highest argument, distance kept from zero)
UNARY = {
    "neg": (jnp.negative, lambda x: -x, lambda x: mpf(-1), zero, -3, 3, 0),
    "abs": (jnp.abs, abs, sign, zero, -3, 3, 0.1),
    "sign": (jnp.sign, sign, zero, zero, -3, 3, 0.1),
    "square": (jnp.square, lambda x: x * x, lambda x: 2 * x, lambda x: mpf(2), -3, 3, 0),
    "reciprocal": (jnp.reciprocal, lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3, -3, 3, 0.2),
    "sqrt": (jnp.sqrt, mp.sqrt, root_slope, root_bend, 0.1, 4, 0.1),
    "exp": (jnp.exp, mp.exp, mp.exp, mp.exp, -3, 3, 0),
    "expm1": (jnp.expm1, mp.expm1, mp.exp, mp.exp, -3, 3, 0),
    "log": (jnp.log, mp.log, log_slope, log_bend, 0.1, 4, 0.1),
    "log1p": (jnp.log1p, mp.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2, -0.9, 4, 0),
    "sin": (jnp.sin, mp.sin, mp.cos, lambda x: -mp.sin(x), -4, 4, 0),
    "cos": (jnp.cos, mp.cos, lambda x: -mp.sin(x), lambda x: -mp.cos(x), -4, 4, 0),
    "tan": (
        jnp.tan,
        mp.tan,
        lambda x: 1 + mp.tan(x) ** 2,
        lambda x: 2 * mp.tan(x) * (1 + mp.tan(x) ** 2),
        -1.4,
        1.4,
        0,
    ),
    "sinh": (jnp.sinh, mp.sinh, mp.cosh, mp.sinh, -3, 3, 0),
    "cosh": (jnp.cosh, mp.cosh, mp.sinh, mp.cosh, -3, 3, 0),
    "tanh": (jnp.tanh, mp.tanh, tanh_slope, tanh_bend, -3, 3, 0),
    "atan": (jnp.arctan, mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2, -4, 4, 0),
    "sigmoid": (jax.nn.sigmoid, logistic, logistic_slope, logistic_bend, -4, 4, 0),
    "softplus": (jax.nn.softplus, softplus, logistic, logistic_slope, -4, 4, 0),
    "relu": (jax.nn.relu, lambda x: max(x, mpf(0)), lambda x: one(x) if x > 0 else zero(x), zero, -3, 3, 0.1),
    "erf": (jax.scipy.special.erf, mp.erf, bell, lambda x: -2 * x * bell(x), -3, 3, 0),
    "stopGradient": (lax.stop_gradient, lambda x: x, zero, zero, -3, 3, 0),
}

# Points where cancellation, underflow or overflow waits. Each stands alone where its neighbours would hide its size.
CORNERS = {
    "tanh": [[20, -20], [1e-10, -1e-10], [0.0, 400.0, -400.0]],
    "sigmoid": [[-800.0], [40.0], [-40.0], [800.0]],
    "softplus": [[1000.0], [-1000.0], [40.0], [-40.0], [0.0]],
    "log1p": [[1e-10, -1e-10], [-0.999999, 1e10]],
    "expm1": [[1e-10, -1e-10], [-40.0], [0.0]],
    "exp": [[-700.0], [700.0], [-800.0, 1000.0]],
    "log": [[1e-300], [1e300], [0.0]],
    "sqrt": [[1e-200], [1e200], [0.0]],
    "sin": [[0.0, 1e-10], [1e6, -1e6], [1e15, -1e15]],
    "cos": [[0.0, 1e-10], [1e6, -1e6], [1e15, -1e15]],
    "tan": [[0.0, 1e-10], [1.57, -1.57]],
    "sinh": [[1e-10, -1e-10], [300.0], [-0.3, 0.2]],
    "cosh": [[1e-10, -1e-10], [300.0]],
    "atan": [[0.0, 1e-10], [1e10, -1e10], [1e-10]],
    "erf": [[1e-10, -1e-10], [5.5, -5.5], [26.0, -26.0]],
    "reciprocal": [[1e-100], [1e100]],
    "square": [[0.0]],
    # The kinks at which the conventions of JAX and of gradus agree (both are 0).
    "abs": [[0.0]],
    "relu": [[0.0]],
    "sign": [[0.0, -0.0]],
}

SHAPES = [(), (4,), (2, 3), (2, 1, 2)]


def shown(values) -> str:
    return "[" + ", ".join(f"{x:g}" for x in values) + "]"


def unary() -> list[Case]:
    found = []
    for name, (call, f, first, second, low, high, away) in UNARY.items():
        for shape in SHAPES:
            sample = uniform(shape, low=low, high=high, away=away)
            found.append(Case(name, f"{list(shape)}", call, sample, closed=(f, first, second)))
        for values in CORNERS.get(name, []):
            found.append(
                Case(name, f"at {shown(values)}", call, fixed(values), closed=(f, first, second), exact=True)
            )
    return found


# Shapes of the two arguments: alike, a scalar on either side, ranks that differ, stretching on both sides at once.
PAIRS = [
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (2, 3)),
    ((), (2, 2)),
    ((2, 2), ()),
    ((3, 1), (4,)),
    ((2, 3), (3,)),
    ((2, 1, 3), (2, 1)),
    ((1,), (2, 2)),
    ((1, 1), (3,)),
]

POINTS = {"low": -2.5, "high": 2.5, "away": 0.2}
BINARY = {
    "add": (jnp.add, POINTS),
    "sub": (jnp.subtract, POINTS),
    "mul": (jnp.multiply, POINTS),
    "div": (jnp.divide, POINTS),
    "pow": (jnp.power, {"low": 0.3, "high": 2.5}),
    "atan2": (jnp.arctan2, POINTS),
    "maximum": (jnp.maximum, POINTS),
    "minimum": (jnp.minimum, POINTS),
}


def whole_powers(x, exponents):
    """x^n entry by entry as a repeated product: jnp.power has NaN for the second derivative of x^1 at 0."""
    return jnp.stack([lax.integer_pow(x[i], int(n)) for i, n in enumerate(exponents)])


def binary() -> list[Case]:
    found = []
    for name, (call, options) in BINARY.items():
        for left, right in PAIRS:
            sample = uniform(left, right, **options)
            found.append(Case(name, f"{list(left)} {list(right)}", call, sample))
    # All four quadrants, and both axes; ties share the derivative in halves; a negative base has derivatives for a
    # fixed exponent only, and at a base of zero they are those of the polynomial.
    four = ([1.5, 1.25, -1.5, -1.25], [0.75, -0.5, 0.875, -2.0])
    axes = ([0.0, 1.5, -2.0, 0.0], [1.25, 0.0, 0.0, -0.75])
    found += [
        Case("atan2", "in every quadrant", jnp.arctan2, fixed(*four)),
        Case("atan2", "on the axes", jnp.arctan2, scaled(*axes)),
        Case("maximum", "with a tie", jnp.maximum, fixed([1.0, 2.0, -1.0], [1.0, 1.0, 3.0])),
        Case("minimum", "with a tie", jnp.minimum, fixed([1.0, 2.0, -1.0], [1.0, 1.0, 3.0])),
        Case(
            "pow",
            "of a negative base, fixed exponents",
            jnp.power,
            scaled([-1.5, -0.5, -2.0, 1.5], [2.0, 3.0, -1.0, 0.5]),
            differentiable=(0,),
        ),
        Case(
            "pow",
            "at base 0, fixed exponents",
            whole_powers,
            fixed([0.0, 0.0, 0.0], [2.0, 3.0, 1.0]),
            differentiable=(0,),
        ),
        Case("pow", "of a fixed base", jnp.power, uniform((3,), (3,), low=0.3, high=2.5), differentiable=(1,)),
        Case("mul", "by a constant", jnp.multiply, uniform((2, 2), (2,)), differentiable=(0,)),
        Case("div", "by a constant", jnp.divide, uniform((2, 2), (2,)), differentiable=(0,)),
        Case("div", "of a constant", jnp.divide, uniform((2, 2), (2,)), differentiable=(1,)),
    ]
    return found


def powers() -> list[Case]:
    def case(exponent, name, sample):
        # A whole exponent is a repeated product in JAX, which is right at base 0 for every order.
        whole = float(exponent).is_integer()
        call = (lambda x: lax.integer_pow(x, int(exponent))) if whole else (lambda x: jnp.power(x, exponent))
        if exponent == 0:

            def call(x):
                return jnp.ones_like(x) + 0 * x

        n = mpf(exponent)
        closed = (
            lambda x: mpf(1) if n == 0 else x**n,
            lambda x: mpf(0) if n == 0 else mpf(1) if n == 1 else n * x ** (n - 1),
            lambda x: mpf(0) if n in (0, 1) else mpf(2) if n == 2 else n * (n - 1) * x ** (n - 2),
        )
        return Case("pow", f"exponent {exponent}, {name}", call, sample, {"exponent": exponent}, closed=closed)

    found = []
    for exponent in (3, 2, -1, 0, 1):
        for shape in ((), (4,), (2, 3)):
            found.append(case(exponent, f"{list(shape)}", uniform(shape, low=-2, high=2, away=0.2)))
    for exponent in (0.5, 2.5, -1.5):
        for shape in ((), (2, 3)):
            found.append(case(exponent, f"{list(shape)}", uniform(shape, low=0.2, high=3)))
    for exponent in (3, 2, 1, 0):
        found.append(case(exponent, "at 0", fixed([0.0])))
        found.append(case(exponent, "at 0 and beside it", fixed([0.0, -1.5, 0.5])))
    return found


def choices() -> list[Case]:
    def chosen(condition, a, b):
        return jnp.where(condition != 0, a, b)

    def condition(shape, *others):
        values = uniform(*others)
        return lambda rng, k: [rng.integers(0, 2, size=shape).astype(float), *values(rng, k)]

    found = [
        Case("where", f"{list(c)} {list(a)} {list(b)}", chosen, condition(c, a, b), differentiable=(1, 2))
        for c, a, b in [
            ((), (), ()),
            ((4,), (4,), (4,)),
            ((2, 3), (2, 3), (2, 3)),
            ((3, 1), (4,), (3, 4)),
            ((4,), (), (4,)),
            ((2, 3), (2, 3), ()),
            ((), (2, 2), (2,)),
            ((2, 2), (2, 1, 1), (1, 2)),
        ]
    ]
    for low, high in ((-0.5, 0.75), (0.25, 2.0)):
        for shape in ((), (5,), (2, 3), (2, 1, 2)):

            def clip(x, low=low, high=high):
                return jnp.where(x < low, low, jnp.where(x > high, high, x))

            def sample(rng, k, shape=shape, low=low, high=high):
                x = uniform(shape, low=-1.5, high=2.5)(rng, k)[0]
                # Nothing on the kinks themselves.
                return [np.where((np.abs(x - low) < 0.01) | (np.abs(x - high) < 0.01), x + 0.03, x)]

            found.append(Case("clamp", f"{list(shape)} to [{low}, {high}]", clip, sample, {"low": low, "high": high}))
    return found


COMPARISONS = {
    "equal": jnp.equal,
    "notEqual": jnp.not_equal,
    "less": jnp.less,
    "lessEqual": jnp.less_equal,
    "greater": jnp.greater,
    "greaterEqual": jnp.greater_equal,
    "logicalAnd": lambda a, b: jnp.logical_and(a != 0, b != 0),
    "logicalOr": lambda a, b: jnp.logical_or(a != 0, b != 0),
}


def comparisons() -> list[Case]:
    """Answers of 0 and 1; every derivative is zero."""

    def small_numbers(*shapes):
        return lambda rng, _k: [rng.integers(-1, 2, size=shape).astype(float) for shape in shapes]

    def truths(*shapes):
        return lambda rng, _k: [rng.integers(0, 2, size=shape).astype(float) for shape in shapes]

    found = []
    for name, call in COMPARISONS.items():
        sample = truths if name.startswith("logical") else small_numbers
        for left, right in [((), ()), ((5,), (5,)), ((3, 1), (4,)), ((2, 2), ()), ((2, 3), (2, 3))]:
            found.append(Case(name, f"{list(left)} {list(right)}", call, sample(left, right)))
    for shape in ((), (4,), (2, 3)):
        found.append(Case("logicalNot", f"{list(shape)}", lambda x: jnp.logical_not(x != 0), truths(shape)))
    return found


def cases() -> list[Case]:
    return [*unary(), *binary(), *powers(), *choices(), *comparisons()]
