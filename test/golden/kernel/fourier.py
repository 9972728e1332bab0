"""Writes fourier.json: discrete Fourier transforms of many lengths, computed in extended precision by numpy.

    python test/golden/kernel/fourier.py

Input j of part q (0 real, 1 imaginary) is ((7919·(2j + q) + 13) mod 1009) / 1009 − 0.5 in doubles, so that it need not be
written down. Of each transform some entries are kept, and the largest absolute value of all.
"""

import json
from pathlib import Path

import numpy as np

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 16, 30, 31, 37, 49, 64, 74, 97, 100, 128, 240, 509, 512, 961, 1000, 1009, 1024, 3999, 4096, 4099, 10007]


def number(j):
    return ((7919 * j + 13) % 1009) / 1009 - 0.5


def main():
    cases = []
    for n in LENGTHS:
        t = np.arange(n)
        x = number(2 * t).astype(np.longdouble) + 1j * number(2 * t + 1).astype(np.longdouble)
        y = np.fft.fft(x)
        assert y.dtype == np.clongdouble
        kept = sorted({k % n for k in (0, 1, 2, n // 3, n // 2, n // 2 + 1, n - 2, n - 1)})
        cases.append(
            {
                "n": n,
                "largest": float(np.max(np.abs(y))),
                "at": kept,
                "values": [[float(y[k].real), float(y[k].imag)] for k in kept],
            }
        )
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    path = Path(__file__).with_suffix(".json")
    path.write_text(f'{{"numpy":"{np.__version__}","cases":[\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
