"""Writes special.json: erf, sigmoid, softplus and sechSquared at double arguments, correctly rounded (mpmath, 60 digits).

Run from this folder: python special.py
Every entry is [x, value] as hexadecimal-free shortest decimal strings, which read back to exactly the same doubles.
`--centers` prints the table of erf(k/4) as unevaluated sums of two doubles used by src/kernel/reference/special.ts.
"""

import json
import math
import random
import sys

import mpmath as mp

mp.mp.dps = 60


def nearest(value):
    """The double nearest to an mpmath number, gradual underflow included."""
    if mp.isinf(value) or value == 0:
        return float(value)
    exponent = max(int(mp.floor(mp.log(abs(value), 2))) - 52, -1074)
    scaled = mp.nint(mp.ldexp(value, -exponent))
    return math.ldexp(int(scaled), exponent)


if "--centers" in sys.argv:
    for k in range(2, 25):
        exact = mp.erf(mp.mpf(k) / 4)
        high = nearest(exact)
        print(f"  {high!r}, {nearest(exact - mp.mpf(high))!r},")
    print("2/sqrt(pi) - 1 =", repr(nearest(2 / mp.sqrt(mp.pi) - 1)))
    sys.exit()

FUNCTIONS = {
    "erf": mp.erf,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "sechSquared": lambda x: mp.sech(x) ** 2,
}

EDGES = [0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-200, 1e-20, 1e-8, 1e-3]
EDGES += [0.125, 0.25, 0.375, 0.4999999999999999, 0.5, 0.625, 0.6250000000000001, 0.875, 1.0, 2.0, 3.0]
EDGES += [5.8, 5.87, 5.9, 5.92, 5.93, 5.95, 6.0, 6.5, 18.0, 19.5, 30.0, 36.7, 36.8, 37.0, 100.0, 354.0, 370.0]
EDGES += [700.0, 708.0, 710.0, 720.0, 744.0, 745.0, 745.2, 800.0, 1000.0]

random.seed(20)
POINTS = [s * x for x in EDGES for s in (1.0, -1.0)]
POINTS += [random.uniform(-7, 7) for _ in range(400)]
POINTS += [random.uniform(-0.7, 0.7) for _ in range(200)]
POINTS += [random.uniform(-40, 40) for _ in range(200)]
POINTS += [random.uniform(-750, 750) for _ in range(100)]
POINTS += [random.choice((-1, 1)) * 10 ** random.uniform(-18, 0) for _ in range(150)]

fixture = {}
for name, function in FUNCTIONS.items():
    with mp.workdps(400):
        values = [nearest(function(mp.mpf(x))) for x in POINTS]
    fixture[name] = values
with open("special.json", "w") as file:
    json.dump({"points": POINTS, **fixture}, file, separators=(",", ":"))
    file.write("\n")
