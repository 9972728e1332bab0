"""Writes activations.json: the elementwise functions beyond the first set, with their derivatives of order 1 and 2.

    python activations.py           writes the tables, correctly rounded (mpmath)
    python activations.py --mills   prints src/kernel/reference/millsTable.ts, and on stderr its greatest relative error

One argument: name: [x, f, f', f'']. Two: name: [a, b, f, fa, fb, faa, fab, fbb]. Each is the base64 text of
little-endian doubles. Points where a result is not finite are left out: the test names these itself.
"""

import base64
import json
import math
import random
import struct
import sys

import mpmath as mp

mp.mp.dps = 60
PIECES, DEGREE = 16, 10


def mills(u):
    """exp(x^2/2)*Phi(-x) of u = 4/(4 + x)."""
    x = 4 / u - 4
    return mp.erfc(x / mp.sqrt(2)) * mp.exp(x * x / 2) / 2


def mills_row(piece):
    """Coefficients about the middle of the piece, by interpolation at Chebyshev points, and the greatest relative error."""
    center, radius, n = (piece + mp.mpf(1) / 2) / PIECES, mp.mpf(1) / (2 * PIECES), DEGREE + 1
    system, right = mp.matrix(n, n), mp.matrix(n, 1)
    for i in range(n):
        t = radius * mp.cos(mp.pi * (2 * i + 1) / (2 * n))
        for j in range(n):
            system[i, j] = t**j / mills(center + t)
        right[i] = 1
    found = list(mp.lu_solve(system, right))
    grid = [radius * (mp.mpf(i) / 20 - 1) for i in range(41)]
    return found, max(abs(mp.polyval(found[::-1], t) / mills(center + t) - 1) for t in grid)


def print_mills():
    print("/** The polynomials of gates.ts, printed by test/golden/kernel/activations.py --mills. */\n")
    print(f"export const MILLS_PIECES = {PIECES}")
    print(f"export const MILLS_DEGREE = {DEGREE}\n")
    print("/** Row k − 1, for piece k: the constant coefficient as high and low part, then those of t, t² and on. */")
    print("export const MILLS = new Float64Array([")
    worst = 0
    for piece in range(1, PIECES):
        row, error = mills_row(piece)
        worst = max(worst, error)
        entries = [nearest(row[0]), nearest(row[0] - mp.mpf(nearest(row[0]))), *map(nearest, row[1:])]
        for entry in entries:
            print(f"  {entry!r},")
    print("])")
    print(f"relative error 2^{float(mp.log(worst, 2)):.1f}", file=sys.stderr)


def nearest(value):
    """The double nearest to an mpmath number, gradual underflow and overflow included."""
    if not mp.isfinite(value) or value == 0:
        return float(value)
    exponent = max(int(mp.floor(mp.log(abs(value), 2))) - 52, -1074)
    scaled = int(mp.nint(mp.ldexp(value, -exponent)))
    try:
        return math.ldexp(scaled, exponent)
    except OverflowError:
        return math.copysign(math.inf, scaled)


def both(points):
    return [sign * x for x in points for sign in (1.0, -1.0)]


def magnitudes(count, low, high):
    return [10 ** random.uniform(low, high) for _ in range(count)]


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def logistic(x):
    return 1 / (1 + mp.exp(-x))


def phi(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def Phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


STEEPNESS, CUBIC = mp.sqrt(8 / mp.pi), mp.mpf("0.044715")


def gated(g, g1, g2):
    """x*g(x) and its derivatives."""
    return (lambda x: x * g(x), lambda x: g(x) + x * g1(x), lambda x: 2 * g1(x) + x * g2(x))


def silu():
    def first(x):
        return logistic(x) * logistic(-x)

    return gated(logistic, first, lambda x: first(x) * (1 - 2 * logistic(x)))


def cubic():
    def v(x):
        return STEEPNESS * (x + CUBIC * x**3)

    def v1(x):
        return STEEPNESS * (1 + 3 * CUBIC * x**2)

    def first(x):
        return logistic(v(x)) * logistic(-v(x)) * v1(x)

    def second(x):
        slope = logistic(v(x)) * logistic(-v(x))
        return slope * (1 - 2 * logistic(v(x))) * v1(x) ** 2 + slope * STEEPNESS * 6 * CUBIC * x

    return gated(lambda x: logistic(v(x)), first, second)


def mish():
    def gate(x):
        n = mp.exp(x) * (mp.exp(x) + 2)
        return n / (n + 2)

    def rest(x):
        return 2 / (2 + mp.exp(x) * (mp.exp(x) + 2))

    def first(x):
        return rest(x) * (1 + gate(x)) * logistic(x)

    def second(x):
        return first(x) * (rest(x) * logistic(x) - (1 + gate(x)) * logistic(x) + logistic(-x))

    return gated(gate, first, second)


def sinc_derivative(order):
    """pi^n times the integral of s^n cos(s t + n pi/2) over 0 <= s <= 1, as a series: 60 digits suffer its cancellation."""

    def at(x):
        with mp.workdps(60 + int(abs(x) * 3)):
            t, total, k = mp.pi * x, mp.mpf(0), 0
            while True:
                p = 2 * k - order
                if p >= 0:
                    term = (-1) ** k * t**p / ((2 * k + 1) * mp.factorial(p))
                    total += term
                    if p > 2 * abs(t) and abs(term) < mp.mpf(10) ** -50 * abs(total) or (t == 0 and p > 1):
                        return total * mp.pi**order
                k += 1

    return at



def elu(alpha, factor=1):
    return (
        lambda x: factor * x if x > 0 else factor * alpha * mp.expm1(x),
        lambda x: mp.mpf(factor) if x > 0 else factor * alpha * mp.exp(x),
        lambda x: mp.mpf(0) if x > 0 else factor * alpha * mp.exp(x),
    )


ALPHA, LAMBDA = mp.mpf("1.6732632423543772848170429916717"), mp.mpf("1.0507009873554804934193349852946")
TINY = [5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-200, 1e-100, 1e-30, 2.0**-54, 2.0**-53, 1e-12]

LN2, LN10 = mp.log(2), mp.log(10)


def unary():
    tiny = TINY + magnitudes(30, -300, -3)
    inside = both(tiny + uniform(0, 1, 60) + [1 - 2.0**-k for k in range(1, 53, 4)])
    wide = both(tiny + uniform(0, 3, 40) + magnitudes(40, 0, 300))
    positive = tiny + magnitudes(80, -300, 300) + uniform(0.5, 2, 80) + [1 + s * 2.0**-k for k in range(3, 52, 6) for s in (1, -1)]
    tails = both(tiny + uniform(0, 3, 60) + uniform(3, 30, 40)) + uniform(-38, -28, 20) + uniform(-700, 700, 20)
    bent = both(tiny + uniform(0, 3, 60) + uniform(3, 30, 20)) + uniform(-700, 0, 30)
    waves = both([1e-300, 1e-30, *magnitudes(30, -10, -1), *uniform(0, 3, 60), *uniform(3, 30, 30), 100.25, 1000.125])
    one, two = mp.mpf(1), mp.mpf(2)
    return {
        "asin": (inside, mp.asin, lambda x: 1 / mp.sqrt(1 - x * x), lambda x: x / mp.sqrt(1 - x * x) ** 3),
        "acos": (inside, mp.acos, lambda x: -1 / mp.sqrt(1 - x * x), lambda x: -x / mp.sqrt(1 - x * x) ** 3),
        "asinh": (wide, mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), lambda x: -x / mp.sqrt(1 + x * x) ** 3),
        "acosh": (
            [1 + x for x in [2.0**-k for k in range(1, 53)] + uniform(0, 3, 60)] + magnitudes(60, 0, 300),
            mp.acosh,
            lambda x: 1 / mp.sqrt((x - 1) * (x + 1)),
            lambda x: -x / mp.sqrt((x - 1) * (x + 1)) ** 3,
        ),
        "atanh": (inside, mp.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2),
        "exp2": (
            both(tiny) + uniform(-1073, 1023, 100) + uniform(-2, 2, 50) + [-1074.0, -1073.5, 1023.999],
            lambda x: two**x,
            lambda x: two**x * LN2,
            lambda x: two**x * LN2**2,
        ),
        "log2": (positive, lambda x: mp.log(x) / LN2, lambda x: 1 / (x * LN2), lambda x: -1 / (x * x * LN2)),
        "log10": (positive, lambda x: mp.log(x) / LN10, lambda x: 1 / (x * LN10), lambda x: -1 / (x * x * LN10)),
        "rsqrt": (positive, lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), lambda x: 3 / (4 * x * x * mp.sqrt(x))),
        "cbrt": (
            both(positive),
            lambda x: mp.sign(x) * mp.cbrt(abs(x)),
            lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),
            lambda x: -2 * mp.sign(x) / (9 * mp.cbrt(abs(x)) ** 5),
        ),
        "logit": (
            tiny + uniform(0, 1, 120) + [0.5 + s * 2.0**-k for k in range(3, 53, 5) for s in (1, -1)] + [1 - 2.0**-k for k in range(2, 53, 5)],
            lambda x: mp.log(x / (1 - x)),
            lambda x: 1 / (x * (1 - x)),
            lambda x: (2 * x - 1) / (x * (1 - x)) ** 2,
        ),
        "logSigmoid": (
            both(tiny + uniform(0, 40, 80) + uniform(0, 700, 40) + [1000.0]),
            lambda x: -mp.log1p(mp.exp(-x)) if x > 0 else x - mp.log1p(mp.exp(x)),
            lambda x: logistic(-x),
            lambda x: -logistic(x) * logistic(-x),
        ),
        "gelu": (tails, *gated(Phi, phi, lambda x: -x * phi(x))),
        "geluTanh": (both(tiny + uniform(0, 3, 60) + uniform(3, 20, 40)), *cubic()),
        "silu": (tails, *silu()),
        "mish": (tails, *mish()),
        "elu": (bent, *elu(mp.mpf(1))),
        "selu": (bent, *elu(ALPHA, LAMBDA)),
        "celu": (bent, *elu(mp.mpf(1))),
        "leakyRelu": (
            wide,
            lambda x: x if x > 0 else x * mp.mpf(0.125),
            lambda x: one if x > 0 else mp.mpf(0.125),
            lambda x: mp.mpf(0),
        ),
        "sinc": (waves, *(sinc_derivative(order) for order in range(3))),
    }


def hypot():
    def r(a, b):
        return mp.sqrt(a * a + b * b)

    return (
        r,
        lambda a, b: a / r(a, b),
        lambda a, b: b / r(a, b),
        lambda a, b: b * b / r(a, b) ** 3,
        lambda a, b: -a * b / r(a, b) ** 3,
        lambda a, b: a * a / r(a, b) ** 3,
    )


def log_sum(sign):
    def share(a, b):
        return 1 / (1 + sign * mp.exp(b - a))

    def mixed(a, b):
        return sign * mp.exp(b - a) / (1 + sign * mp.exp(b - a)) ** 2

    return (
        lambda a, b: a + mp.log(1 + sign * mp.exp(b - a)),
        share,
        lambda a, b: sign * mp.exp(b - a) / (1 + sign * mp.exp(b - a)),
        mixed,
        lambda a, b: -mixed(a, b),
        mixed,
    )


def x_log(of, inner):
    return (
        lambda x, y: x * of(y),
        lambda x, y: of(y),
        lambda x, y: x / inner(y),
        lambda x, y: mp.mpf(0),
        lambda x, y: 1 / inner(y),
        lambda x, y: -x / inner(y) ** 2,
    )


def remainder(whole):
    def zero(a, b):
        return mp.mpf(0)

    return (
        lambda a, b: a - b * whole(a / b),
        lambda a, b: mp.mpf(1),
        lambda a, b: -whole(a / b),
        zero,
        zero,
        zero,
    )


def truncated(q):
    return mp.floor(q) if q > 0 else mp.ceil(q)


def signs(points):
    return [x * random.choice((1, -1)) for x in points]


def binary():
    n = 60
    lengths = signs(magnitudes(n, -3, 3) + magnitudes(n, -150, 150) + [3e-320, 3e-310, 3e300, 1e10, 1.0])
    widths = signs(magnitudes(n, -3, 3) + magnitudes(n, -150, 150) + [4e-320, 4e-310, 4e300, 1.0, 1e10])
    high = uniform(-5, 5, n) + uniform(-300, 300, n) + [0.0, 1000.0, -1000.0, 1e-20]
    low = uniform(-5, 5, n) + uniform(-300, 300, n) + [0.0, 1000.0, -1000.5, -680.25]
    larger = [max(a, b) for a, b in zip(high, low) if a != b] + [1 + 2.0**-k for k in range(1, 52, 5)]
    smaller = [min(a, b) for a, b in zip(high, low) if a != b] + [1.0] * len(range(1, 52, 5))
    x = signs(magnitudes(n, -100, 100) + uniform(0, 2, n)) + [1e-310]
    y = magnitudes(n, -100, 100) + uniform(0.5, 1.5, n) + [1e-310]
    small = signs(magnitudes(n, -50, -1)) + uniform(-0.999, 1.5, n) + [1e-310]
    a = uniform(-100, 100, n) + signs(magnitudes(n, -20, 20)) + [7.0, -7.0, 7.0, -7.0]
    b = signs(uniform(0.01, 10, n)) + signs(magnitudes(n, -10, 10)) + [3.0, 3.0, -3.0, -3.0]
    return {
        "hypot": (lengths, widths, *hypot()),
        "logAddExp": (high, low, *log_sum(1)),
        "logSubExp": (larger, smaller, *log_sum(-1)),
        "xlogy": (x, y, *x_log(mp.log, lambda y: y)),
        "xlog1py": (x, small, *x_log(mp.log1p, lambda y: 1 + y)),
        "remainder": (a, b, *remainder(mp.floor)),
        "truncatedRemainder": (a, b, *remainder(truncated)),
    }


def packed(values):
    return base64.b64encode(struct.pack(f"<{len(values)}d", *values)).decode()


def digits(*arguments):
    """Enough for 1 + x at a subnormal x and for the logarithm of what is close to one."""
    return 700 if any(x != 0 and (abs(x) < 1e-3 or abs(x) > 1e3) for x in arguments) else 80


def main():
    random.seed(7)
    tables = {}
    for name, arguments in [*unary().items(), *binary().items()]:
        count = 1 if len(arguments) == 4 else 2
        points, functions = arguments[:count], arguments[count:]
        rows = []
        for point in zip(*points, strict=True):
            with mp.workdps(digits(*point)):
                results = [nearest(f(*map(mp.mpf, point))) for f in functions]
            if all(math.isfinite(y) for y in results):
                rows.append([*point, *results])
        tables[name] = [packed(column) for column in zip(*rows, strict=True)]
        print(name, len(rows), flush=True)
    with open("activations.json", "w") as file:
        json.dump(tables, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    if "--mills" in sys.argv:
        print_mills()
    else:
        main()
