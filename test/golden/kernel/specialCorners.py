"""Writes specialCorners.json: special functions where they are hard, by mpmath with 60 digits and more.

    python test/golden/kernel/specialCorners.py

Tails, poles, seams between formulas, tiny and huge arguments, parameters of very different size. The incomplete functions are
summed here from series with positive terms only, with as many digits more as a difference from 1 costs. A row of `values` is
[arguments…, value]; one of `slopes` is [arguments…, [derivatives of order 1…], [derivatives of order 2…]] in the order
aa, ab, bb; one of `tails` is [x, f', f'']. Values are correctly rounded doubles, infinities as strings.
"""

import json
import math
import random
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60
random.seed(1964)
U = random.uniform
m = mp.mpf


def T(low, high):
    return 10 ** U(low, high)


def side():
    return random.choice((-1, 1))


def many(count, *draws):
    return [[draw() for draw in draws] for _ in range(count)]


def nearest(value):
    """The double nearest to an mpmath number, gradual underflow included."""
    value = mp.re(value)
    if mp.isinf(value) or value == 0:
        return float(value)
    exponent = max(int(mp.floor(mp.log(abs(value), 2))) - 52, -1074)
    return math.ldexp(int(mp.nint(mp.ldexp(value, -exponent))), exponent)


def lower_sum(a, x):
    with mp.extraprec(60):
        term = total = m(1)
        n = 0
        while term > total * mp.eps:
            n += 1
            term *= x / (a + n)
            total += term
        return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def lower(a, x):
    return lower_sum(a, x)


def upper(a, x):
    with mp.workdps(mp.mp.dps + 20 + int(x / 2)):
        return 1 - lower_sum(a, x)


def beta_sum(a, b, x, y):
    with mp.extraprec(60):
        term = total = m(1)
        n = 0
        while True:
            ratio = x * (a + b + n) / (a + 1 + n)
            term *= ratio
            total += term
            n += 1
            if ratio < 1 and term * ratio / (1 - ratio) < total * mp.eps:
                break
        scale = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
        return mp.exp(a * mp.log(x) + b * mp.log(y) - scale) / a * total


def is_left(a, b, x):
    return (x <= a / (a + b) and x < 0.95) or x < 0.05


def incomplete_beta(a, b, x):
    if is_left(a, b, x):
        return beta_sum(a, b, x, 1 - x)
    found = 1 - beta_sum(b, a, 1 - x, x)
    if abs(found) > m(10) ** -25:
        return found
    with mp.workdps(400):
        return 1 - beta_sum(b, a, 1 - x, x)


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def erfcx(x):
    if x < 1000:
        return mp.exp(x * x) * mp.erfc(x)
    total = term = m(1)
    for k in range(1, 30):
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
    return total / (x * mp.sqrt(mp.pi))


def log_normal(x):
    if x < -1000:
        return mp.log(erfcx(-x / mp.sqrt(2)) / 2) - x * x / 2
    return mp.log(normal(x)) if x < 0 else mp.log1p(-normal(-x))


def inverse_erfc(q):
    logarithm = mp.log(q)
    y = mp.sqrt(max(-logarithm - mp.log(max(m(1), -logarithm * mp.pi)) / 2, m("0.01")))
    for _ in range(200):
        w = mp.erfc(y)
        step = (mp.log(w) - logarithm) * w * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
        y += step
        if abs(step) < abs(y) * m(10) ** (10 - mp.mp.dps):
            break
    return y


def inverse_erf(x):
    # A difference from 1 costs as many digits as x has zeros in front; the lowest is 1e-308.
    with mp.workdps(400):
        return mp.sign(x) * inverse_erfc(1 - abs(x))


def quantile(p):
    return -mp.sqrt(2) * inverse_erfc(2 * p) if p < 0.25 else mp.sqrt(2) * inverse_erf(2 * p - 1)


def log_gamma(x):
    return mp.re(mp.loggamma(x)) if x > 0 else mp.log(abs(mp.gamma(x)))


def log_beta(a, b):
    with mp.workdps(450):
        return mp.re(mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b))


def hurwitz(s, q):
    """mpmath 1.4 keeps the digits of numbers of size 1 only, and goes wrong far left of 0: terms by themselves up to there."""
    with mp.workdps(80 + int(s * 4)):
        total = m(0)
        while q < 1:
            total += m(q) ** -s
            q += 1
        return total + mp.zeta(s, q)


def moment(n, x):
    half = m(1) / 2
    return mp.gamma(n + half) * 2**n / (mp.sqrt(mp.pi) * mp.factorial(n)) * mp.hyp1f1(n + half, n + 1, -2 * x)


def by_more_digits(f):
    def more(*args):
        with mp.workdps(100):
            return f(*args)

    return more


TINY = [5e-324, 1e-310, 2.2250738585072014e-308, 1e-200, 1e-20, 1e-16, 1e-8]
SIGNED = [[s * x] for x in TINY for s in (1, -1)]
POLES = [[random.randint(-40, -1) + side() * T(-12, -1)] for _ in range(20)]
EDGES = [[a, x] for a in (1e-5, 1e-3, 0.1, 0.9, 1.0) for x in (1e-10, 0.999, 1.0, 1.0005, 1.05, 1.89, 3.0, 100.0, 600.0)]


def around(low, high, count):
    rows = []
    while len(rows) < count:
        a = T(low, high)
        rows.append([a, max(1e-3, a * (1 + U(-6, 6) / math.sqrt(a)))])
    return rows


def around_mean(low, high, count):
    rows = []
    while len(rows) < count:
        a, b = T(low, high), T(low, high)
        mean = a / (a + b)
        x = mean + U(-6, 6) * math.sqrt(mean * (1 - mean) / (a + b + 1))
        if 0 < x < 1:
            rows.append([a, b, x])
    return rows


def anywhere():
    return random.choice((U(0, 1), T(-10, 0), 1 - T(-10, -0.5)))


INCOMPLETE = [*EDGES, *around(0, 2, 20), *around(2, 4, 15), *many(25, lambda: T(-8, 1.7), lambda: T(-3, 2))]
VALUES = {
    "erfc": (mp.erfc, many(60, lambda: U(-6, 27.2)) + SIGNED + [[26.54], [27.226]]),
    "erfcx": (erfcx, many(40, lambda: U(-26.6, 8)) + many(20, lambda: T(0, 300)) + SIGNED + [[0.5], [-0.5], [6.2831853]]),
    "erfinv": (inverse_erf, many(30, lambda: U(-1, 1)) + many(20, lambda: 1 - T(-15.9, -1)) + SIGNED + [[0.5], [1 - 2**-53]]),
    "ndtr": (normal, many(50, lambda: U(-38.4, 9)) + SIGNED + [[-1.0], [1.0], [-38.3]]),
    "logNdtr": (log_normal, many(50, lambda: U(-40, 38)) + many(15, lambda: -T(0, 150)) + SIGNED),
    "ndtri": (quantile, many(20, lambda: U(0, 1)) + many(30, lambda: T(-300, -1)) + many(20, lambda: 0.5 + side() * T(-16, -1)) + [[1 - 2**-53]]),
    "lgamma": (log_gamma, many(40, lambda: U(0, 12)) + many(20, lambda: T(1, 305)) + many(20, lambda: 1 + side() * T(-15, -1)) + many(20, lambda: 2 + side() * T(-15, -1)) + SIGNED + [[2.5e305], [2.55e305]]),
    "lgammaLeft": (log_gamma, many(40, lambda: U(-10, 0)) + many(20, lambda: U(-170, -10)) + many(20, lambda: -T(-20, 4)) + POLES),
    "gamma": (mp.gamma, many(40, lambda: U(0, 171.6)) + many(40, lambda: U(-20, 0)) + many(20, lambda: U(-184, -20)) + [r for r in SIGNED if abs(r[0]) > 1e-308] + [[float(k)] for k in range(2, 172, 12)] + POLES),
    "digamma": (mp.digamma, many(40, lambda: U(0, 30)) + many(20, lambda: T(1, 300)) + many(20, lambda: 1.4616321449683622 + side() * T(-15, -1)) + [[1.4616321449683622], [1e-300], [10.0]]),
    "digammaLeft": (mp.digamma, many(40, lambda: U(-10, 0)) + many(20, lambda: U(-200, -10)) + many(10, lambda: -T(-300, 0)) + POLES),
    "polygamma": (by_more_digits(mp.polygamma), [[random.randint(1, 8), U(0.01, 30)] for _ in range(30)] + [[random.choice((20, 50, 100)), U(0.3, 100)] for _ in range(15)] + [[random.randint(1, 4), T(-40, 40)] for _ in range(30)] + [[random.randint(1, 5), U(-10, 0)] for _ in range(30)] + [[5, 8e54]]),
    "zeta": (hurwitz, many(25, lambda: U(1.01, 20), lambda: T(-3, 2)) + many(10, lambda: 1 + T(-12, -2), lambda: U(0.1, 20)) + many(10, lambda: U(20, 120), lambda: U(0.3, 60)) + [[random.randint(2, 9), U(-8, 0)] for _ in range(12)] + [[50, 1000], [3, -2000.5], [4, -1500.25]]),
    "lbeta": (log_beta, many(25, lambda: U(0.1, 5), lambda: U(0.1, 5)) + many(40, lambda: T(-3, 8), lambda: T(-3, 8)) + many(20, lambda: T(-300, 0), lambda: T(-300, 2)) + many(20, lambda: T(-20, 100), lambda: T(-20, 100))),
    "beta": (lambda a, b: mp.exp(log_beta(a, b)), many(25, lambda: U(0.1, 9), lambda: U(0.1, 9)) + many(40, lambda: T(-3, 2.4), lambda: T(-3, 2.4)) + many(15, lambda: T(-300, 0), lambda: T(-300, 3)) + [[2.0, 3.0]]),
    "polygammaRise": (by_more_digits(lambda n, x, y: mp.polygamma(n, x + y) - mp.polygamma(n, x)), [[n, T(0, 12), T(-12, 2)] for n in range(3) for _ in range(10)] + [[n, T(-3, 2), T(-3, 2)] for n in range(3) for _ in range(10)]),
    "logOverDigamma": (by_more_digits(lambda a, x: mp.log(x) - mp.digamma(a)), [[a, abs(a * (1 + U(-4, 4) / math.sqrt(a)))] for a in [T(-2, 10) for _ in range(30)]]),
    "igamma": (lower, INCOMPLETE),
    "igammac": (upper, INCOMPLETE),
    "betainc": (incomplete_beta, many(20, lambda: T(-2, 3), lambda: T(-10, 0), anywhere) + many(20, lambda: T(-10, 0), lambda: T(-2, 3), anywhere) + many(20, lambda: T(-3, 2), lambda: T(-3, 2), anywhere) + around_mean(0, 2, 20) + around_mean(1, 3.5, 15)),
    "besselJ": (mp.besselj, [[n, U(-35, 35)] for n in range(3) for _ in range(25)] + [[n, T(-12, 8)] for n in range(3) for _ in range(15)] + [[n, x] for n in range(2) for x in TINY]),
    "besselIe": (lambda n, x: mp.besseli(n, x) * mp.exp(-abs(x)), [[n, U(-45, 45)] for n in range(2) for _ in range(25)] + [[n, T(-12, 8)] for n in range(2) for _ in range(15)] + [[n, x] for n in range(2) for x in TINY]),
    "besselI": (mp.besseli, [[n, U(-713, 713)] for n in range(2) for _ in range(25)]),
    "besselMoment": (moment, [[n, U(0, 45)] for n in range(4) for _ in range(12)] + [[n, T(-8, 6)] for n in range(4) for _ in range(8)]),
}


def first(f, x):
    """By differences of fourth order: 1e-32 from the step, 1e-52 from the digits."""
    h = x * m(10) ** -8
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


def second(f, x):
    h = x * m(10) ** -8
    return (16 * (f(x + h) + f(x - h)) - (f(x + 2 * h) + f(x - 2 * h)) - 30 * f(x)) / (12 * h * h)


def igamma_slopes(a, x):
    def f(s):
        return lower_sum(s, m(x))

    return [a, x, [nearest(first(f, m(a)))], [nearest(second(f, m(a)))]]


def betainc_slopes(a, b, x):
    x_, y_ = m(x), 1 - m(x)
    left = is_left(a, b, x)

    def f(s, t):
        return beta_sum(s, t, x_, y_) if left else -beta_sum(t, s, y_, x_)

    ofA, ofB = first(lambda s: f(s, m(b)), m(a)), first(lambda t: f(m(a), t), m(b))
    aa, bb = second(lambda s: f(s, m(b)), m(a)), second(lambda t: f(m(a), t), m(b))
    ab = first(lambda s: first(lambda t: f(s, t), m(b)), m(a))
    return [a, b, x, [nearest(ofA), nearest(ofB)], [nearest(aa), nearest(ab), nearest(bb)]]


SLOPES = {
    "igamma": [
        igamma_slopes(a, x)
        for a, x in around(0, 2, 15)
        + many(20, lambda: T(-3, 1.3), lambda: T(-5, 1.5))
        + [[a, x] for a in (1e-5, 0.01, 0.5) for x in (0.5, 1.0, 1.003, 1.4, 5.0)]
    ],
    "betainc": [
        betainc_slopes(*row)
        for row in many(15, lambda: U(0.1, 20), lambda: U(0.1, 20), lambda: U(0.02, 0.98))
        + many(20, lambda: T(-3, 2), lambda: T(-3, 2), lambda: U(0.02, 0.98))
        + around_mean(0.5, 2.7, 8)
        + [[2.5, 2e4, 2e-4], [2e4, 2.5, 1 - 2e-4], [0.5, 0.5, 1e-10], [2.0, 3.0, 1 - 1e-10], [0.5, 1e-4, 0.9], [1e-4, 0.5, 0.1], [1e-4, 1.0, 1e-3]]
    ],
}


def bell(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def mills(x):
    return mp.npdf(x) / normal(x) if x > -1000 else mp.sqrt(2 / mp.pi) / erfcx(-x / mp.sqrt(2))


def inverse_slope(x):
    return mp.sqrt(mp.pi) / 2 * mp.exp(inverse_erf(x) ** 2)


def quantile_slope(p):
    return 1 / mp.npdf(quantile(p))


# f' and f'' in closed form where differences would lose them, with the points; 300 digits pay for what cancels here.
TAILS = {
    "erfc": (lambda x: -bell(x), lambda x: 2 * x * bell(x), [-20, -5, 1e-9, 3, 10, 26]),
    "erfcx": (
        lambda x: 2 * x * erfcx(x) - 2 / mp.sqrt(mp.pi),
        lambda x: (2 + 4 * x * x) * erfcx(x) - 4 * x / mp.sqrt(mp.pi),
        [-20, -3, -0.4, 0.3, 0.6, 5, 30, 900],
    ),
    "erfinv": (
        inverse_slope,
        lambda x: 2 * inverse_erf(x) * inverse_slope(x) ** 2,
        [-1 + 2**-40, -0.99, 1e-12, 0.3, 0.6, 1 - 2**-50],
    ),
    "ndtr": (mp.npdf, lambda x: -x * mp.npdf(x), [-37, -20, -5, 1e-9, 3, 10, 37]),
    "logNdtr": (
        mills,
        lambda x: -mills(x) * (x + mills(x)),
        [-1e5, -900, -40, -5, -1.5, -0.3, 0.3, 2, 8, 20, 27, 37],
    ),
    "ndtri": (
        quantile_slope,
        lambda p: quantile(p) * quantile_slope(p) ** 2,
        [1e-100, 1e-20, 1e-5, 0.3, 0.7, 0.999, 1 - 2**-45],
    ),
    "lgamma": (
        mp.digamma,
        lambda x: mp.polygamma(1, x),
        [-20.3, -0.5, 1e-100, 1e-3, 1.4616321449683622, 2.5, 30, 1e8, 1e100],
    ),
    "gamma": (
        lambda x: mp.gamma(x) * mp.digamma(x),
        lambda x: mp.gamma(x) * (mp.digamma(x) ** 2 + mp.polygamma(1, x)),
        [-5.3, -0.5, 1e-50, 1e-3, 0.7, 1.3, 10.5, 60, 165],
    ),
    "digamma": (lambda x: mp.polygamma(1, x), lambda x: mp.polygamma(2, x), [-20.3, 1e-80, 1e-3, 0.7, 2, 40, 1e9, 1e80]),
    "i0e": (
        lambda x: -mp.sign(x) * moment(1, abs(x)),
        lambda x: moment(2, abs(x)),
        [-300, -1e-3, 1e-9, 0.5, 8, 21.9, 22.1, 100, 1e5],
    ),
    "i1e": (
        lambda x: moment(2, abs(x)) - moment(1, abs(x)),
        lambda x: mp.sign(x) * (moment(2, abs(x)) - moment(3, abs(x))),
        [-300, -1e-3, 1e-9, 0.5, 8, 21.9, 22.1, 100, 1e5],
    ),
}


def tail_row(name, x):
    f, g, _ = TAILS[name]
    with mp.workdps(600):
        return [x, nearest(f(m(x))), nearest(g(m(x)))]


def log_beta_row(a, b):
    with mp.workdps(120):
        rise = [[mp.polygamma(n, m(x)) - mp.polygamma(n, m(a) + m(b)) for x in (a, b)] for n in range(2)]
        cross = -mp.polygamma(1, m(a) + m(b))
        return [a, b, [nearest(each) for each in rise[0]], [nearest(each) for each in (rise[1][0], cross, rise[1][1])]]


tails = {name: [tail_row(name, x) for x in points] for name, (_, _, points) in TAILS.items()}
SLOPES["lbeta"] = [log_beta_row(*row) for row in many(30, lambda: T(-3, 10), lambda: T(-3, 10))]


def value(f, row):
    return nearest(f(*[x if isinstance(x, int) else m(x) for x in row]))


found = {name: [[*row, value(f, row)] for row in rows] for name, (f, rows) in VALUES.items()}
# Below the smallest normal number there are no digits to compare.
found = {
    name: [row for row in rows if row[-1] == 0 or abs(row[-1]) > 1e-290 or name not in ("igamma", "igammac", "betainc")]
    for name, rows in found.items()
}
slopes = {
    name: [row for row in rows if min(abs(each) for each in row[-2] + row[-1]) > 1e-250] for name, rows in SLOPES.items()
}
text = json.dumps({"mpmath": mp.__version__, "values": found, "slopes": slopes, "tails": tails}, separators=(",", ":"), allow_nan=False)
Path(__file__).with_suffix(".json").write_text(text.replace("],[", "],\n[") + "\n", encoding="utf-8")
print(f"{len(text) / 1024:.0f} KiB")
