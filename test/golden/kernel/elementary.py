"""Coefficients, fixture and measurement of the vector functions of src/kernel/wasm/math*.wat. Run from this folder:

    python elementary.py                  writes elementary.json: hard points of every function, correctly rounded values
    python elementary.py --coefficients   prints the minimax polynomials, by Remez exchange in 50 digits
    python elementary.py --measure N      prints the worst error of N random points a range, against 80-bit long doubles
                                          (erf: against mpmath); needs numpy, Node and the embedded bytes

An entry of elementary.json is a pair of base64 texts, the points and the values as little-endian doubles.
"""
import base64
import json
import math
import random
import struct
import subprocess
import sys

import mpmath as mp

mp.mp.dps = 50


def remez(function, weight, low, high, degree):
    """The polynomial with least maximal weight·|function − polynomial|, lowest coefficient first, and that maximum."""
    center, radius = (low + high) / 2, (high - low) / 2
    count = degree + 2
    nodes = [center - radius * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    for _ in range(12):
        system, right = mp.matrix(count, count), mp.matrix(count, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                system[i, j] = x**j
            system[i, degree + 1] = (-1) ** i / weight(x)
            right[i] = function(x)
        solution = mp.lu_solve(system, right)
        coefficients = [solution[j] for j in range(degree + 1)]
        level = abs(solution[degree + 1])
        grid = [center - radius * mp.cos(mp.pi * i / (30 * count)) for i in range(30 * count + 1)]
        extremes = []
        for x in grid:
            error = weight(x) * (function(x) - mp.polyval(coefficients[::-1], x))
            if extremes and (error > 0) == (extremes[-1][1] > 0):
                if abs(error) > abs(extremes[-1][1]):
                    extremes[-1] = (x, error)
            else:
                extremes.append((x, error))
        while len(extremes) > count:
            extremes.pop(0 if abs(extremes[0][1]) < abs(extremes[-1][1]) else -1)
        worst = max(abs(error) for _, error in extremes)
        if len(extremes) < count or worst < level * 1.001:
            break
        nodes = [x for x, _ in extremes]
    return coefficients, worst


def series(term, x):
    return mp.fsum(term(i) * x**i for i in range(24))


def exp_quotient(r):
    return (mp.expm1(r) - r) / r**2 if abs(r) > 0.01 else series(lambda i: 1 / mp.factorial(i + 2), r)


def log_quotient(z):
    s = mp.sqrt(abs(z))
    return (2 * mp.atanh(s) - 2 * s) / s**3 if abs(z) > 0.001 else series(lambda i: mp.mpf(2) / (2 * i + 3), z)


def sin_quotient(z):
    r = mp.sqrt(abs(z))
    return (1 - mp.sin(r) / r) / z if abs(z) > 0.01 else series(lambda i: (-1) ** i / mp.factorial(2 * i + 3), z)


def cos_quotient(z):
    r = mp.sqrt(abs(z))
    return (mp.cos(r) - 1 + z / 2) / z**2 if abs(z) > 0.01 else series(lambda i: (-1) ** i / mp.factorial(2 * i + 4), z)


def erf_quotient(z):
    x = mp.sqrt(abs(z))
    if abs(z) > 0.01:
        return mp.erf(x) / x - 1
    return series(lambda i: 2 / mp.sqrt(mp.pi) * (-1) ** i / (mp.factorial(i) * (2 * i + 1)), z) - 1


def sinh_quotient(z):
    x = mp.sqrt(abs(z))
    return (mp.sinh(x) / x - 1) / z if abs(z) > 0.01 else series(lambda i: 1 / mp.factorial(2 * i + 3), z)


def erf_place(t):
    """x of t = (x − 1.5)/(x + 3)."""
    return (mp.mpf("1.5") + 3 * t) / (1 - t)


def erfc_scaled(t):
    x = erf_place(t)
    return mp.erfc(x) * mp.exp(x * x)


TINY = mp.mpf("1e-30")
LN2 = mp.log(2)
SLACK = mp.mpf("1.0005")

POLYNOMIALS = {
    # The error of r²·p against eʳ − 1 ≈ r.
    "(exp r - 1 - r)/r^2": (exp_quotient, lambda r: abs(r) + TINY, -LN2 / 2 * SLACK, LN2 / 2 * SLACK, 10),
    # The error of s·z·p against 2s.
    "(2 atanh s - 2s)/s^3 of z = s^2": (log_quotient, lambda z: z + TINY, TINY, (3 - 2 * mp.sqrt(2)) ** 2 * SLACK, 6),
    "(1 - sin(r)/r)/z of z = r^2": (sin_quotient, lambda z: z + TINY, TINY, (mp.pi / 4) ** 2 * SLACK, 5),
    "(cos r - 1 + z/2)/z^2 of z = r^2": (cos_quotient, lambda z: z**2 + TINY, TINY, (mp.pi / 4) ** 2 * SLACK, 5),
    "(sinh(x)/x - 1)/z of z = x^2": (sinh_quotient, lambda z: z / (1 + z * sinh_quotient(z)) + TINY, TINY, SLACK, 6),
    "erf(x)/x - 1 of z = x^2": (erf_quotient, lambda z: 1 / (1 + erf_quotient(z)), TINY, SLACK, 11),
    # The error of exp(−x²)·p against 1.
    "exp(x^2) erfc(x) of t": (erfc_scaled, lambda t: mp.exp(-(erf_place(t) ** 2)), mp.mpf("-0.1251"), mp.mpf("0.5"), 11),
}


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


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))


REFERENCES = {
    "exp": mp.exp,
    "expm1": mp.expm1,
    "tanh": mp.tanh,
    "sechSquared": lambda x: mp.sech(x) ** 2,
    "sigmoid": sigmoid,
    "erf": mp.erf,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "log": mp.log,
    "log1p": mp.log1p,
    "softplus": softplus,
    "sin": mp.sin,
    "cos": mp.cos,
}


def around(x, steps=2):
    """A double and its neighbors."""
    found = [float(x)]
    up = down = float(x)
    for _ in range(steps):
        up, down = math.nextafter(up, math.inf), math.nextafter(down, -math.inf)
        found += [up, down]
    return found


def both(points):
    return [sign * x for x in points for sign in (1.0, -1.0)]


def magnitudes(count, low=-323, high=308):
    return [10 ** random.uniform(low, high) for _ in range(count)]


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def reduction(scale, count, low, high):
    """Where k changes and where r is almost nothing: halves and wholes of scale."""
    halves = random.sample(range(int(2 * low / scale), int(2 * high / scale)), count)
    return [x for k in halves for x in around(nearest(scale * k / 2), 1)]


def quarter_turns(count, limit):
    """The doubles at multiples of π/2 that come closest to them, and a sample of odd multiples of π/4."""
    closeness = []
    with mp.workdps(60):
        for k in range(1, int(limit * 2 / mp.pi) + 1):
            exact = k * mp.pi / 2
            x = float(exact)
            closeness.append((abs((mp.mpf(x) - exact) / x), x))
        eighths = [float(k * mp.pi / 4) for k in random.sample(range(1, int(limit), 2), count)]
    closest = [x for _, x in sorted(closeness)[:count]]
    return [y for x in closest for y in around(x, 1)] + [y for x in eighths for y in around(x, 1)]


def hard_points():
    tiny = [5e-324, 1e-323, 1e-310, 2.225073858507201e-308, 2.2250738585072014e-308, 1e-200, 1e-20, 2.0**-54, 2.0**-53]
    tiny += [2.0**-k for k in range(1, 30, 3)] + magnitudes(150, -323, -1)
    tiny += magnitudes(100, -10, -5)
    exponential = both(tiny + uniform(0, 1, 200) + uniform(0, 50, 200)) + uniform(-750, 712, 200)
    exponential += reduction(LN2, 250, -746, 710)
    edges = [709.782712893384, -745.1332191019412, -744.4400719213812, -708.3964185322641, 708, -708, 709.4, -708.9]
    for edge in [*edges, 1000, -1000]:
        exponential += around(edge)
    halved = [x / 2 for x in exponential] + both(uniform(17, 23, 100) + around(354) + around(372.5666) + around(20))
    logarithm = tiny + magnitudes(500) + uniform(0.5, 2, 300) + [1 + k * 2.0**-52 for k in range(1, 60)]
    logarithm += [1 - k * 2.0**-53 for k in range(1, 60)] + [1 + 2.0**-k for k in range(1, 52)]
    logarithm += [y for k in range(-1074, 1024, 13) for x in (2.0**k, math.sqrt(2) * 2.0**k) for y in around(x)]
    plus_one = both(tiny) + magnitudes(200, -20) + uniform(-1, 1, 400) + uniform(-0.5, 0.5, 200)
    plus_one += [2.0**-k - 1 for k in range(1, 54)] + [2.0**k for k in range(1, 1023, 11)]
    plus_one += [y for k in range(-52, 53) for y in around(math.sqrt(2) * 2.0**k - 1)]
    soft = both(tiny) + uniform(-40, 40, 500) + uniform(-750, 1000, 300) + reduction(LN2, 150, -746, 40)
    circular = both(tiny) + uniform(-1, 1, 300) + uniform(-20, 20, 300) + uniform(-65536, 65536, 300)
    circular += quarter_turns(250, 65536) + both(around(65536)) + both(magnitudes(100, 4, 308))
    hyperbolic = both(tiny + uniform(0, 2, 300) + uniform(0, 712, 300) + around(1, 8) + around(711))
    hyperbolic += both(around(710.4758600739439)) + reduction(LN2, 150, -711, 711)
    error = both(tiny + uniform(0, 1.2, 400) + uniform(0, 6.1, 400) + around(1, 20) + around(6) + uniform(5.8, 6, 60))
    return {
        "exp": exponential,
        "expm1": exponential,
        "tanh": halved,
        "sechSquared": halved,
        "sigmoid": exponential + both(uniform(30, 40, 60)),
        "erf": error,
        "sinh": hyperbolic,
        "cosh": hyperbolic,
        "log": [x for x in logarithm if x > 0],
        "log1p": [x for x in plus_one if x > -1],
        "softplus": soft,
        "sin": circular,
        "cos": circular,
    }


def packed(values):
    return base64.b64encode(struct.pack(f"<{len(values)}d", *values)).decode()


def precise(function, x):
    """Enough digits for the cancellation in 1 + x, and for the reduction of a large angle."""
    with mp.workdps(400 if abs(x) < 1e-3 or abs(x) > 1e3 else 60):
        return nearest(function(mp.mpf(x)))


def write_fixture():
    random.seed(4)
    fixture = {}
    for name, points in hard_points().items():
        fixture[name] = [packed(points), packed([precise(REFERENCES[name], x) for x in points])]
        print(name, len(points))
    with open("elementary.json", "w") as file:
        json.dump(fixture, file, indent=1)
        file.write("\n")


RUNNER = """
import { readFileSync, writeFileSync } from 'node:fs'
const folder = '../../../src/kernel/wasm/'
const math = { memory: new WebAssembly.Memory({ initial: 2 }) }
for (const name of ['sin', 'cos', 'tan', 'atan', 'atan2', 'pow']) {
  math['scalar' + name[0].toUpperCase() + name.slice(1)] = Math[name]
}
let loops = {}
for (const part of ['math', 'mathErf', 'mathLog', 'mathCircle', 'mathMap']) {
  const text = readFileSync(folder + part + '.bytes.ts', 'utf8')
  const bytes = Buffer.from([...text.matchAll(/'([A-Za-z0-9+/=]*)'/g)].map(([, line]) => line).join(''), 'base64')
  loops = new WebAssembly.Instance(new WebAssembly.Module(bytes), { math }).exports
  Object.assign(math, loops)
}
const view = new Float64Array(math.memory.buffer)
const input = readFileSync(process.argv[2])
const x = new Float64Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.length))
for (let at = 0; at < x.length; at += 8192) {
  const block = x.subarray(at, at + 8192)
  view.set(block)
  loops[process.argv[1]](0, 0, block.length)
  block.set(view.subarray(0, block.length))
}
writeFileSync(process.argv[2], new Uint8Array(x.buffer))
"""


def measure(count):
    import tempfile

    import numpy as np

    wide = np.longdouble
    rng = np.random.default_rng(4)

    def decay(x):
        return np.exp(-np.abs(x))

    references = {
        "exp": (np.exp, [(-745, 709.7), (-1, 1)]),
        "expm1": (np.expm1, [(-50, 709.7), (-2, 2)]),
        "tanh": (np.tanh, [(-20, 20), (-1, 1)]),
        "sechSquared": (lambda x: 4 * decay(2 * x) / (1 + decay(2 * x)) ** 2, [(-372, 372), (-2, 2)]),
        "sigmoid": (lambda x: np.where(x < 0, decay(x), wide(1)) / (1 + decay(x)), [(-745, 40), (-5, 5)]),
        "erf": (None, [(-6, 6), (-1.5, 1.5)]),
        "sinh": (np.sinh, [(-710, 710), (-2, 2)]),
        "cosh": (np.cosh, [(-710, 710), (-2, 2)]),
        "log": (np.log, [(0, 1e300), (0.5, 2)]),
        "log1p": (np.log1p, [(-1, 1e300), (-1, 2)]),
        "softplus": (lambda x: np.maximum(x, 0) + np.log1p(decay(x)), [(-745, 100), (-5, 5)]),
        "sin": (np.sin, [(-65536, 65536), (-4, 4)]),
        "cos": (np.cos, [(-65536, 65536), (-4, 4)]),
    }
    for name, (reference, ranges) in references.items():
        worst = []
        for low, high in [*ranges, (0, 0)]:
            if low == high:
                # Every order of magnitude, subnormal numbers included.
                x = 10 ** rng.uniform(-323, 4 if name in ("sin", "cos") else 300 if "log" in name else 0.5, count)
                x = x if name == "log" else x * rng.choice([-1, 1], count)
                x = x[x > -1] if name == "log1p" else x
            else:
                x = rng.uniform(low, high, count)
                x = 10 ** rng.uniform(-307, 300, count) if high > 1e10 else x
            with tempfile.NamedTemporaryFile() as file:
                x.tofile(file.name)
                subprocess.run(["node", "--input-type=module", "-e", RUNNER, name, file.name], check=True)
                found = np.fromfile(file.name)
            with np.errstate(all="ignore"):
                if reference is None:
                    with mp.workdps(25):
                        exact = np.array([wide(mp.nstr(mp.erf(mp.mpf(float(v))), 22)) for v in x])
                else:
                    exact = reference(x.astype(wide))
                size = np.maximum(np.abs(exact), wide(2.0**-1022))
                unit = np.ldexp(wide(1), np.frexp(size)[1] - 53)
                worst.append(float(np.max(np.abs(found - exact) / unit)))
        print(f"{name:12s}", " ".join(f"{error:.2f}" for error in worst), flush=True)


if __name__ == "__main__":
    if "--coefficients" in sys.argv:
        for label, arguments in POLYNOMIALS.items():
            coefficients, error = remez(*arguments)
            print(f"{label}: weighted error 2^{float(mp.log(error, 2)):.1f}")
            for coefficient in coefficients:
                print(f"  {float(coefficient)!r}")
    elif "--measure" in sys.argv:
        measure(int(sys.argv[sys.argv.index("--measure") + 1]))
    else:
        write_fixture()
