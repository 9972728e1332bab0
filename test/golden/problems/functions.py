"""The test problems, written term by term as in their publications, for any arithmetic.

`m` holds the elementary functions of the arithmetic (mpmath's jets in jets.py, JAX in race.py). Residuals are lists of scalars.
Nothing here is vectorised on purpose: it is the other way to write the formulas of src/problem.
"""


def number(m, text):
    """A decimal number as the float64 that a program has, so that both sides start from the same data."""
    return m.constant(float(text))


def rosenbrock(m, x):
    return [10 * (x[1] - x[0] * x[0]), 1 - x[0]]


def freudenstein_roth(m, x):
    a, b = x
    return [-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b]


def powell_badly_scaled(m, x):
    a, b = x
    return [10000 * a * b - 1, m.exp(-a) + m.exp(-b) - number(m, "1.0001")]


def brown_badly_scaled(m, x):
    a, b = x
    return [a - 1000000, b - number(m, "2e-6"), a * b - 2]


def beale(m, x):
    a, b = x
    return [number(m, y) - a * (1 - m.power(b, i + 1)) for i, y in enumerate(["1.5", "2.25", "2.625"])]


def jennrich_sampson(m, x):
    a, b = x
    return [2 + 2 * i - (m.exp(i * a) + m.exp(i * b)) for i in range(1, 11)]


def angle(m, x):
    """The angle in turns, from -1/4 to 3/4."""
    return m.atan(x[1] / x[0]) / (2 * m.pi) + m.select(x[0], 0, 0.5)


def helical_valley(m, x):
    return [10 * (x[2] - 10 * angle(m, x)), 10 * (m.sqrt(x[0] * x[0] + x[1] * x[1]) - 1), x[2]]


BARD = "0.14 0.18 0.22 0.25 0.29 0.32 0.35 0.39 0.37 0.58 0.73 0.96 1.34 2.10 4.39".split()


def bard(m, x):
    return [
        number(m, y) - (x[0] + u / ((16 - u) * x[1] + min(u, 16 - u) * x[2])) for u, y in enumerate(BARD, start=1)
    ]


GAUSSIAN = "0.0009 0.0044 0.0175 0.0540 0.1295 0.2420 0.3521 0.3989".split()


def gaussian(m, x):
    data = GAUSSIAN + GAUSSIAN[-2::-1]
    out = []
    for i, y in enumerate(data, start=1):
        d = (8 - i) / 2 - x[2]
        out.append(x[0] * m.exp(-x[1] * d * d / 2) - number(m, y))
    return out


MEYER = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872]


def meyer(m, x):
    return [x[0] * m.exp(x[1] / (45 + 5 * i + x[2])) - y for i, y in enumerate(MEYER, start=1)]


def gulf(m, x):
    out = []
    for i in range(1, 100):
        t = m.constant(1) * i / 100
        y = 25 + m.power_real(-50 * m.log(t), m.constant(2) / 3)
        out.append(m.exp(-m.power_real(m.abs(y - x[1]), x[2]) / x[0]) - t)
    return out


def box_three_dimensional(m, x):
    out = []
    for i in range(1, 11):
        t = m.constant(1) * i / 10
        out.append(m.exp(-t * x[0]) - m.exp(-t * x[1]) - x[2] * (m.exp(-t) - m.exp(-10 * t)))
    return out


def powell_singular(m, x):
    a, b, c, d = x
    return [
        a + 10 * b,
        m.sqrt(m.constant(5)) * (c - d),
        (b - 2 * c) * (b - 2 * c),
        m.sqrt(m.constant(10)) * (a - d) * (a - d),
    ]


def wood(m, x):
    a, b, c, d = x
    ten = m.sqrt(m.constant(10))
    return [
        10 * (b - a * a),
        1 - a,
        m.sqrt(m.constant(90)) * (d - c * c),
        1 - c,
        ten * (b + d - 2),
        (b - d) / ten,
    ]


KOWALIK = [
    ("0.1957", "4"),
    ("0.1947", "2"),
    ("0.1735", "1"),
    ("0.1600", "0.5"),
    ("0.0844", "0.25"),
    ("0.0627", "0.167"),
    ("0.0456", "0.125"),
    ("0.0342", "0.1"),
    ("0.0323", "0.0833"),
    ("0.0235", "0.0714"),
    ("0.0246", "0.0625"),
]


def kowalik_osborne(m, x):
    out = []
    for y, u in KOWALIK:
        u = number(m, u)
        out.append(number(m, y) - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3]))
    return out


def brown_dennis(m, x):
    # The published f_i are themselves sums of two squares: each residual is one such sum.
    out = []
    for i in range(1, 21):
        t = m.constant(1) * i / 5
        p = x[0] + t * x[1] - m.exp(t)
        q = x[2] + x[3] * m.sin(t) - m.cos(t)
        out.append(p * p + q * q)
    return out


OSBORNE1 = (
    "0.844 0.908 0.932 0.936 0.925 0.908 0.881 0.850 0.818 0.784 0.751 0.718 0.685 0.658 0.628 0.603 0.580 0.558 "
    "0.538 0.522 0.506 0.490 0.478 0.467 0.457 0.448 0.438 0.431 0.424 0.420 0.414 0.411 0.406"
).split()


def osborne_1(m, x):
    return [
        number(m, y) - (x[0] + x[1] * m.exp(-10 * i * x[3]) + x[2] * m.exp(-10 * i * x[4]))
        for i, y in enumerate(OSBORNE1)
    ]


def biggs_exp6(m, x):
    out = []
    for i in range(1, 14):
        t = m.constant(1) * i / 10
        y = m.exp(-t) - 5 * m.exp(-10 * t) + 3 * m.exp(-4 * t)
        out.append(x[2] * m.exp(-t * x[0]) - x[3] * m.exp(-t * x[1]) + x[5] * m.exp(-t * x[4]) - y)
    return out


OSBORNE2 = (
    "1.366 1.191 1.112 1.013 0.991 0.885 0.831 0.847 0.786 0.725 0.746 0.679 0.608 0.655 0.616 0.606 0.602 0.626 "
    "0.651 0.724 0.649 0.649 0.694 0.644 0.624 0.661 0.612 0.558 0.533 0.495 0.500 0.423 0.395 0.375 0.372 0.391 "
    "0.396 0.405 0.428 0.429 0.523 0.562 0.607 0.653 0.672 0.708 0.633 0.668 0.645 0.632 0.591 0.559 0.597 0.625 "
    "0.739 0.710 0.729 0.720 0.636 0.581 0.428 0.292 0.162 0.098 0.054"
).split()


def osborne_2(m, x):
    out = []
    for i, y in enumerate(OSBORNE2):
        t = m.constant(1) * i / 10
        model = x[0] * m.exp(-t * x[4])
        for k in (1, 2, 3):
            d = t - x[7 + k]
            model = model + x[k] * m.exp(-d * d * x[4 + k])
        out.append(number(m, y) - model)
    return out


def watson(m, x):
    n = len(x)
    out = []
    for i in range(1, 30):
        t = m.constant(1) * i / 29
        slope = sum((j * x[j] * m.power(t, j - 1) for j in range(1, n)), m.constant(0))
        value = sum((x[j] * m.power(t, j) for j in range(n)), m.constant(0))
        out.append(slope - value * value - 1)
    return out + [x[0], x[1] - x[0] * x[0] - 1]


def extended_rosenbrock(m, x):
    return [f for i in range(0, len(x), 2) for f in rosenbrock(m, x[i : i + 2])]


def extended_powell(m, x):
    return [f for i in range(0, len(x), 4) for f in powell_singular(m, x[i : i + 4])]


def small(m):
    """The square root of 10^-5, the weight of both penalty functions."""
    return m.sqrt(m.constant(1) / 100000)


def penalty_1(m, x):
    return [small(m) * (v - 1) for v in x] + [sum((v * v for v in x), m.constant(0)) - m.constant(1) / 4]


def penalty_2(m, x):
    n = len(x)
    tenth = m.constant(1) / 10
    out = [x[0] - m.constant(1) / 5]
    for i in range(2, n + 1):
        y = m.exp(i * tenth) + m.exp((i - 1) * tenth)
        out.append(small(m) * (m.exp(x[i - 1] / 10) + m.exp(x[i - 2] / 10) - y))
    for i in range(n + 1, 2 * n):
        out.append(small(m) * (m.exp(x[i - n] / 10) - m.exp(-tenth)))
    out.append(sum(((n - j) * x[j] * x[j] for j in range(n)), m.constant(0)) - 1)
    return out


def variably_dimensioned(m, x):
    total = sum(((j + 1) * (v - 1) for j, v in enumerate(x)), m.constant(0))
    return [v - 1 for v in x] + [total, total * total]


def trigonometric(m, x):
    n = len(x)
    cosines = sum((m.cos(v) for v in x), m.constant(0))
    return [n - cosines + (i + 1) * (1 - m.cos(v)) - m.sin(v) for i, v in enumerate(x)]


def brown_almost_linear(m, x):
    n = len(x)
    total = sum(x, m.constant(0))
    product = m.constant(1)
    for v in x:
        product = product * v
    return [v + total - (n + 1) for v in x[:-1]] + [product - 1]


def discrete_boundary_value(m, x):
    n = len(x)
    h = m.constant(1) / (n + 1)
    out = []
    for i in range(1, n + 1):
        left = x[i - 2] if i > 1 else 0
        right = x[i] if i < n else 0
        out.append(2 * x[i - 1] - left - right + h * h * m.power(x[i - 1] + i * h + 1, 3) / 2)
    return out


def discrete_integral_equation(m, x):
    n = len(x)
    h = m.constant(1) / (n + 1)
    out = []
    for i in range(1, n + 1):
        first = sum((j * h * m.power(x[j - 1] + j * h + 1, 3) for j in range(1, i + 1)), m.constant(0))
        second = sum(((1 - j * h) * m.power(x[j - 1] + j * h + 1, 3) for j in range(i + 1, n + 1)), m.constant(0))
        out.append(x[i - 1] + h * ((1 - i * h) * first + i * h * second) / 2)
    return out


def broyden_tridiagonal(m, x):
    n = len(x)
    return [
        (3 - 2 * x[i]) * x[i] - (x[i - 1] if i > 0 else 0) - 2 * (x[i + 1] if i < n - 1 else 0) + 1 for i in range(n)
    ]


def broyden_banded(m, x):
    n = len(x)
    out = []
    for i in range(1, n + 1):
        near = [j for j in range(max(1, i - 5), min(n, i + 1) + 1) if j != i]
        f = x[i - 1] * (2 + 5 * x[i - 1] * x[i - 1]) + 1
        for j in near:
            f = f - x[j - 1] * (1 + x[j - 1])
        out.append(f)
    return out


def linear_full_rank(m, x):
    n = len(x)
    rows = 2 * n
    total = sum(x, m.constant(0))
    return [(x[i] if i < n else 0) - 2 * total / rows - 1 for i in range(rows)]


def linear_rank_1(m, x):
    total = sum(((j + 1) * v for j, v in enumerate(x)), m.constant(0))
    return [i * total - 1 for i in range(1, 2 * len(x) + 1)]


def linear_rank_1_zeros(m, x):
    n = len(x)
    rows = 2 * n
    total = sum((j * x[j - 1] for j in range(2, n)), m.constant(0))
    return [(i - 1) * total - 1 if 1 < i < rows else m.constant(-1) for i in range(1, rows + 1)]


def chebyquad(m, x):
    n = len(x)
    out = [m.constant(0)] * n
    for v in x:
        y = 2 * v - 1
        before, now = m.constant(1), y
        for i in range(n):
            out[i] = out[i] + now
            before, now = now, 2 * y * now - before
    return [
        total / n + (m.constant(1) / (i * i - 1) if i % 2 == 0 else 0) for i, total in enumerate(out, start=1)
    ]


def exponential(m, x):
    return m.exp((2 - x[0]) * (2 - x[0])) + m.exp((3 - x[1]) * (3 - x[1]))


def fletcher_powell(m, x):
    radius = m.sqrt(x[0] * x[0] + x[1] * x[1])
    turn = x[2] - 10 * angle(m, x)
    return 100 * turn * turn + (radius - 1) * (radius - 1) + x[2] * x[2]


def himmelblau(m, x):
    return [x[0] * x[0] + x[1] - 11, x[0] + x[1] * x[1] - 7]


def hosaki(m, x):
    a, b = x
    quartic = 1 - 8 * a + 7 * a * a - m.constant(7) / 3 * a * a * a + a * a * a * a / 4
    return quartic * b * b * m.exp(-b)


def large_polynomial(m, x):
    return [i + 1 - v for i, v in enumerate(x)]


def parabola(m, x):
    return [y - v for y, v in zip([1, 2, 3, 5, 8], x)]


def polynomial(m, x):
    return m.power(10 - x[0], 2) + m.power(7 - x[1], 4) + m.power(108 - x[2], 4)


def quadratic_diagonal(m, x):
    return sum(((i + 1) * (v - 1) * (v - 1) / 2 for i, v in enumerate(x)), m.constant(0))


def paraboloid_diagonal(m, x):
    first = x[0] - 1
    bent = [first] + [v - 1 - 10 * first * first for v in x[1:]]
    return sum(((i + 1) * v * v / 2 for i, v in enumerate(bent)), m.constant(0))


def classical_saddle(m, x):
    return 5 * x[0] * x[0] - x[1] * x[1]


def monkey_saddle(m, x):
    return x[0] * x[0] * x[0] - 3 * x[0] * x[1] * x[1]


def gradient_flat(m, x):
    a, b = x
    return m.power(a, 4) / 4 - 3 * a * a + 9 * a + 9 * m.power(b, 4) / 10 + 5 * b * b + 40


def two_valleys(m, x):
    return x[0] * x[0] / 2 - x[1] * x[1] / 2 + m.power(x[1], 4) / 4


def quartic_saddle(m, x):
    return x[0] * x[0] - m.power(x[1], 4)


def bent_inflection(m, x):
    return x[0] * x[0] + x[1] * x[1] * x[1]


def start_powell(n):
    return [3.0, -1.0, 0.0, 1.0] * (n // 4)


# name: (function, standard start for n, dimensions)
PROBLEMS = {
    "rosenbrock": (rosenbrock, lambda n: [-1.2, 1.0], [2]),
    "freudenstein-roth": (freudenstein_roth, lambda n: [0.5, -2.0], [2]),
    "powell-badly-scaled": (powell_badly_scaled, lambda n: [0.0, 1.0], [2]),
    "brown-badly-scaled": (brown_badly_scaled, lambda n: [1.0, 1.0], [2]),
    "beale": (beale, lambda n: [1.0, 1.0], [2]),
    "jennrich-sampson": (jennrich_sampson, lambda n: [0.3, 0.4], [2]),
    "helical-valley": (helical_valley, lambda n: [-1.0, 0.0, 0.0], [3]),
    "bard": (bard, lambda n: [1.0, 1.0, 1.0], [3]),
    "gaussian": (gaussian, lambda n: [0.4, 1.0, 0.0], [3]),
    "meyer": (meyer, lambda n: [0.02, 4000.0, 250.0], [3]),
    "gulf": (gulf, lambda n: [5.0, 2.5, 0.15], [3]),
    "box-three-dimensional": (box_three_dimensional, lambda n: [0.0, 10.0, 20.0], [3]),
    "powell-singular": (powell_singular, start_powell, [4]),
    "wood": (wood, lambda n: [-3.0, -1.0, -3.0, -1.0], [4]),
    "kowalik-osborne": (kowalik_osborne, lambda n: [0.25, 0.39, 0.415, 0.39], [4]),
    "brown-dennis": (brown_dennis, lambda n: [25.0, 5.0, -5.0, -1.0], [4]),
    "osborne-1": (osborne_1, lambda n: [0.5, 1.5, -1.0, 0.01, 0.02], [5]),
    "biggs-exp6": (biggs_exp6, lambda n: [1.0, 2.0, 1.0, 1.0, 1.0, 1.0], [6]),
    "osborne-2": (osborne_2, lambda n: [1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5], [11]),
    "watson": (watson, lambda n: [0.0] * n, [6, 9, 12]),
    "extended-rosenbrock": (extended_rosenbrock, lambda n: [-1.2, 1.0] * (n // 2), [10]),
    "extended-powell": (extended_powell, start_powell, [12]),
    "penalty-1": (penalty_1, lambda n: [float(i + 1) for i in range(n)], [4, 10]),
    "penalty-2": (penalty_2, lambda n: [0.5] * n, [4, 10]),
    "variably-dimensioned": (variably_dimensioned, lambda n: [1 - (i + 1) / n for i in range(n)], [10]),
    "trigonometric": (trigonometric, lambda n: [1 / n] * n, [10]),
    "brown-almost-linear": (brown_almost_linear, lambda n: [0.5] * n, [10]),
    "discrete-boundary-value": (
        discrete_boundary_value,
        lambda n: [(i + 1) / (n + 1) * ((i + 1) / (n + 1) - 1) for i in range(n)],
        [10],
    ),
    "discrete-integral-equation": (
        discrete_integral_equation,
        lambda n: [(i + 1) / (n + 1) * ((i + 1) / (n + 1) - 1) for i in range(n)],
        [10],
    ),
    "broyden-tridiagonal": (broyden_tridiagonal, lambda n: [-1.0] * n, [10]),
    "broyden-banded": (broyden_banded, lambda n: [-1.0] * n, [10]),
    "linear-full-rank": (linear_full_rank, lambda n: [1.0] * n, [10]),
    "linear-rank-1": (linear_rank_1, lambda n: [1.0] * n, [10]),
    "linear-rank-1-zeros": (linear_rank_1_zeros, lambda n: [1.0] * n, [10]),
    "chebyquad": (chebyquad, lambda n: [(i + 1) / (n + 1) for i in range(n)], [8, 9, 10]),
    "exponential": (exponential, lambda n: [0.0, 0.0], [2]),
    "fletcher-powell": (fletcher_powell, lambda n: [-1.0, 0.0, 0.0], [3]),
    "himmelblau": (himmelblau, lambda n: [2.0, 2.0], [2]),
    "hosaki": (hosaki, lambda n: [3.6, 1.9], [2]),
    "large-polynomial": (large_polynomial, lambda n: [0.0] * n, [6]),
    "parabola": (parabola, lambda n: [0.0] * 5, [5]),
    "polynomial": (polynomial, lambda n: [0.0] * 3, [3]),
    "quadratic-diagonal": (quadratic_diagonal, lambda n: [0.0] * n, [6]),
    "paraboloid-diagonal": (paraboloid_diagonal, lambda n: [0.0] * n, [6]),
    "classical-saddle": (classical_saddle, lambda n: [0.9, 0.15], [2]),
    "monkey-saddle": (monkey_saddle, lambda n: [0.8, 0.25], [2]),
    "gradient-flat": (gradient_flat, lambda n: [1.5, 1.0], [2]),
    "two-valleys": (two_valleys, lambda n: [1.0, 1e-6], [2]),
    "quartic-saddle": (quartic_saddle, lambda n: [1.0, 0.1], [2]),
    "bent-inflection": (bent_inflection, lambda n: [1.0, 1.0], [2]),
}

# The 35 of Moré, Garbow and Hillstrom are sums of squares; so are a few others.
MGH = list(PROBLEMS)[:35]


def loss(m, name, x):
    terms = PROBLEMS[name][0](m, x)
    if isinstance(terms, list):
        return sum((f * f for f in terms), m.constant(0))
    return terms
