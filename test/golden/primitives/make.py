"""Writes the fixtures of every primitive: values, derivatives of order 1 and 2, and batched calls.

    python test/golden/primitives/make.py

Names of families (elementwise, reduction, sorting and so on) may follow, to write these alone. Needs
jax, numpy and mpmath. JAX runs in float64 on the CPU; points that wait for cancellation or overflow are computed by
closed forms in mpmath with 50 digits, and say so in their field `oracle`; where both exist they are compared. The seeds
come from the names of the cases, so a second run writes the same inputs. It takes ten minutes.
"""

import json
import math
import sys
from pathlib import Path

# No __pycache__ among the fixtures.
sys.dont_write_bytecode = True

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import arranging  # noqa: E402
import activations  # noqa: E402
import contraction  # noqa: E402
import convolution  # noqa: E402
import elementwise  # noqa: E402
import indexing  # noqa: E402
import linalg  # noqa: E402
import mpmath  # noqa: E402
import numpy  # noqa: E402
import oracle  # noqa: E402
import rarer  # noqa: E402
import reduction  # noqa: E402
import running  # noqa: E402
import scattering  # noqa: E402
import sorting  # noqa: E402
import special  # noqa: E402
import structure  # noqa: E402

FAMILIES = {
    "elementwise": elementwise.cases,
    "reduction": reduction.cases,
    "contraction": contraction.cases,
    "structure": structure.cases,
    "indexing": indexing.cases,
    "special": special.cases,
    "linalg": linalg.cases,
    "sorting": sorting.cases,
    "running": running.cases,
    "scattering": scattering.cases,
    "arranging": arranging.cases,
    "activations": activations.cases,
    "convolution": convolution.cases,
    "rarer": rarer.cases,
}
COMMAND = "python test/golden/primitives/make.py"


def number(x: float):
    """JSON has no NaN and no infinities, so they are strings; whole numbers lose their '.0'."""
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return int(x) if x == int(x) and abs(x) < 1e15 else float(x)


def packed(x):
    """A row-major list; an array of zeros is the number 0, as most second derivatives of linear maps are."""
    data = [number(float(entry)) for entry in numpy.ravel(x)]
    return 0 if data and all(entry == 0 for entry in data) else data


def tensor(x):
    return {"shape": list(numpy.shape(x)), "data": packed(x)}


def fixture(case: oracle.Case) -> dict:
    found = oracle.measure(case)
    return {
        "operation": case.operation,
        "name": case.name,
        "oracle": found.oracle,
        **({"options": case.options} if case.options else {}),
        **({"scale": case.scale} if case.scale else {}),
        "inputs": [tensor(x) for x in found.inputs],
        "differentiable": list(found.differentiable),
        "tangents": [packed(x) for x in found.tangents],
        "directions": [packed(x) for x in found.directions],
        "cotangent": packed(found.cotangent),
        "value": tensor(found.value),
        "jvp": packed(found.jvp),
        "vjp": [packed(x) for x in found.vjp],
        "jvpjvp": packed(found.jvpjvp),
        "jvpvjp": [packed(x) for x in found.jvpvjp],
        "vjpjvp": [packed(x) for x in found.vjpjvp],
        "vjpvjp": [packed(x) for x in found.vjpvjp],
        "vmap": [
            {
                "in": list(batch.axes),
                "inputs": [tensor(x) for x in batch.inputs],
                "value": tensor(batch.value),
                "cotangent": packed(batch.cotangent),
                "vjp": [packed(x) for x in batch.vjp],
            }
            for batch in found.batches
        ],
    }


def every(cases: list[oracle.Case]) -> list[dict]:
    found = []
    for i, case in enumerate(cases):
        found.append(fixture(case))
        if i % 25 == 24:
            # Each primitive and shape is compiled once and kept, which would fill the memory in the end.
            jax.clear_caches()
    return found


def main() -> int:
    folder = Path(__file__).resolve().parent
    wanted = sys.argv[1:] or list(FAMILIES)
    for family in wanted:
        fixtures = every(FAMILIES[family]())
        names = [f"{each['operation']} {each['name']}" for each in fixtures]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise SystemExit(f"{family}: these names stand twice: {sorted(twice)}")
        head = {
            "family": family,
            "jax": jax.__version__,
            "mpmath": mpmath.__version__,
            "numpy": numpy.__version__,
            "command": COMMAND,
        }
        lines = [json.dumps(each, separators=(",", ":"), allow_nan=False) for each in fixtures]
        text = json.dumps(head, separators=(",", ":"))[:-1] + ',"cases":[\n' + ",\n".join(lines) + "\n]}\n"
        path = folder / f"{family}.json"
        path.write_text(text, encoding="utf-8")
        by_hand = sum(each["oracle"] == "mpmath" for each in fixtures)
        print(
            f"{path.name}: {len(fixtures)} cases ({by_hand} by mpmath) of "
            f"{len({each['operation'] for each in fixtures})} operations, {len(text) / 1024:.0f} KiB"
        )
    for line in oracle.doubts:
        print(f"DOUBT {line}")
    return 1 if oracle.doubts else 0


if __name__ == "__main__":
    sys.exit(main())
