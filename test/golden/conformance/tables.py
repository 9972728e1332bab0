"""Writes evenly picked rows of the tables that Boost.Math computes with high precision and SciPy tests its special functions with.

    python test/golden/conformance/tables.py

Source: github.com/scipy/scipy, path scipy/special/tests/data/boost/<name>_ipp/*.txt, as the wheel of SciPy 1.17.1 carries them in
scipy/special/tests/data/boost.npz; they were generated from libs/math/test/*.ipp of github.com/boostorg/math.
Licence: BSL-1.0 (Boost Software License 1.0) for the tables. Numbers only.
The published numbers are rounded to doubles by numpy; no number here is computed, rows are only selected.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import numpy as np  # noqa: E402
import scipy  # noqa: E402

ROWS = 60


def anything(row):
    return True


def whole(order):
    return lambda row: row[0] == order


# name: (key in boost.npz, columns kept in order, which rows count)
TABLES = {
    "erf": ("erf_data_ipp-erf_data", (0, 1, 2), anything),
    "erfSmall": ("erf_small_data_ipp-erf_small_data", (0, 1, 2), anything),
    "erfLarge": ("erf_large_data_ipp-erf_large_data", (0, 1, 2), anything),
    "erfInverse": ("erf_inv_data_ipp-erf_inv_data", (0, 1), anything),
    "digamma": ("digamma_data_ipp-digamma_data", (0, 1), anything),
    "digammaNegative": ("digamma_neg_data_ipp-digamma_neg_data", (0, 1), anything),
    "digammaRoot": ("digamma_root_data_ipp-digamma_root_data", (0, 1), anything),
    "digammaSmall": ("digamma_small_data_ipp-digamma_small_data", (0, 1), anything),
    "gammaFactorials": ("test_gamma_data_ipp-factorials", (0, 1, 2), anything),
    "gammaNear0": ("test_gamma_data_ipp-near_0", (0, 1, 2), anything),
    "gammaNear1": ("test_gamma_data_ipp-near_1", (0, 1, 2), anything),
    "gammaNear2": ("test_gamma_data_ipp-near_2", (0, 1, 2), anything),
    "gammaNearMinus10": ("test_gamma_data_ipp-near_m10", (0, 1, 2), anything),
    "gammaNearMinus55": ("test_gamma_data_ipp-near_m55", (0, 1, 2), anything),
    # a, x, then Γ(a, x), Q, γ(a, x), P, of which γ(a, x) is left out; −1 stands for a Γ(a, x) that overflows.
    "igammaSmall": ("igamma_small_data_ipp-igamma_small_data", (0, 1, 2, 3, 5), anything),
    "igammaMedium": ("igamma_med_data_ipp-igamma_med_data", (0, 1, 2, 3, 5), anything),
    "igammaBig": ("igamma_big_data_ipp-igamma_big_data", (0, 1, 2, 3, 5), anything),
    "igammaInteger": ("igamma_int_data_ipp-igamma_int_data", (0, 1, 2, 3, 5), anything),
    # a, b, x, then B_x(a, b), its complement, I_x and 1 − I_x, of which the complement of B_x is left out.
    "ibeta": ("ibeta_data_ipp-ibeta_data", (0, 1, 2, 3, 5, 6), anything),
    "ibetaSmall": ("ibeta_small_data_ipp-ibeta_small_data", (0, 1, 2, 3, 5, 6), anything),
    "ibetaInteger": ("ibeta_int_data_ipp-ibeta_int_data", (0, 1, 2, 3, 5, 6), anything),
    "betaMedium": ("beta_med_data_ipp-beta_med_data", (0, 1, 2), anything),
    "betaExponents": ("beta_exp_data_ipp-beta_exp_data", (0, 1, 2), anything),
    "zeta": ("zeta_data_ipp-zeta_data", (0, 1), anything),
    "zetaAbove1": ("zeta_1_up_data_ipp-zeta_1_up_data", (0, 1), anything),
    "j0": ("bessel_j_int_data_ipp-bessel_j_int_data", (1, 2), whole(0)),
    "j1": ("bessel_j_int_data_ipp-bessel_j_int_data", (1, 2), whole(1)),
    "j0Slope": ("bessel_j_prime_int_data_ipp-bessel_j_prime_int_data", (1, 2), whole(0)),
    "j1Slope": ("bessel_j_prime_int_data_ipp-bessel_j_prime_int_data", (1, 2), whole(1)),
    "i0": ("bessel_i_int_data_ipp-bessel_i_int_data", (1, 2), whole(0)),
    "i1": ("bessel_i_int_data_ipp-bessel_i_int_data", (1, 2), whole(1)),
    "i0Slope": ("bessel_i_prime_int_data_ipp-bessel_i_prime_int_data", (1, 2), whole(0)),
    "i1Slope": ("bessel_i_prime_int_data_ipp-bessel_i_prime_int_data", (1, 2), whole(1)),
    "log1pExpm1": ("log1p_expm1_data_ipp-log1p_expm1_data", (0, 1, 2), anything),
    # The root, then its cube.
    "cbrt": ("cbrt_data_ipp-cbrt_data", (0, 1), anything),
}


# The rows that gradus missed when all of them were tried, by their first two numbers, besides those picked.
MISSED = {
    "betaMedium": [(9.76306438446045, 0.4883005917072296)],
    "betaExponents": [(7.882370948791504, 0.24955767393112183), (7.882370948791504, 0.9838474988937378)],
    "igammaBig": [(2057.796630859375, 1.0), (5823.5341796875, 2911.76708984375), (31387.41015625, 15693.705078125)],
}


def picked(name, rows):
    even = {round(i * (len(rows) - 1) / (ROWS - 1)) for i in range(ROWS)} if len(rows) > ROWS else set(range(len(rows)))
    missed = {i for i, row in enumerate(rows) if tuple(row[:2]) in MISSED.get(name, [])}
    return [rows[i] for i in sorted(even | missed)]


def readable(number):
    # JSON has no infinity; the tables have no NaN.
    return number if np.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")


def main():
    data = np.load(Path(scipy.__file__).parent / "special/tests/data/boost.npz")
    tables = {
        name: [[readable(float(row[c])) for c in columns] for row in picked(name, [r for r in data[key].tolist() if keep(r)])]
        for name, (key, columns, keep) in TABLES.items()
    }
    body = ",\n".join(f"{json.dumps(name)}: {json.dumps(rows, separators=(',', ':'))}" for name, rows in tables.items())
    source = f"scipy/scipy scipy/special/tests/data/boost, SciPy {scipy.__version__}, from boostorg/math, BSL-1.0"
    path = Path(__file__).with_name("tables.json")
    path.write_text(f'{{"source": {json.dumps(source)},\n"tables": {{\n{body}\n}}}}\n')
    print({k: len(v) for k, v in tables.items()}, path.stat().st_size)


main()
