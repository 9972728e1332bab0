"""Reductions over every choice of axes, with and without keepAxes, and what is built of them."""

from itertools import combinations

import jax
import jax.numpy as jnp
import numpy as np
from oracle import Case, fixed, uniform


def axes_of(options):
    return tuple(options["axes"]) if "axes" in options else None


def kept(options) -> bool:
    return options.get("keepAxes", False)


def reducer(call):
    return lambda options: lambda x: call(x, axis=axes_of(options), keepdims=kept(options))


def variance(options):
    return lambda x: jnp.var(x, axis=axes_of(options), keepdims=kept(options), ddof=options.get("correction", 0))


def norm(options):
    return lambda x: jnp.sqrt(jnp.sum(x * x, axis=axes_of(options), keepdims=kept(options)))


REDUCTIONS = {
    "sum": reducer(jnp.sum),
    "mean": reducer(jnp.mean),
    "prod": reducer(jnp.prod),
    "max": reducer(jnp.max),
    "min": reducer(jnp.min),
    "logSumExp": reducer(jax.scipy.special.logsumexp),
    "variance": variance,
    "norm": norm,
}


def shown(options) -> str:
    axes = f"axes {options['axes']}" if "axes" in options else "all axes"
    correction = f", correction {options['correction']}" if "correction" in options else ""
    return f"{axes}{', kept' if kept(options) else ''}{correction}"


def plain(name, build) -> list[Case]:
    found = []

    def add(shape, options):
        # On axes of length 1 the second derivative of the norm is a difference of equal terms.
        scale = {"scale": 1.0} if name in ("norm", "variance") else {}
        found.append(
            Case(name, f"{list(shape)} {shown(options)}", build(options), uniform(shape), dict(options), **scale)
        )

    for shape in ((), (4,), (2, 3), (2, 3, 2), (3, 1)):
        add(shape, {})
    for shape in ((4,), (2, 3)):
        add(shape, {"keepAxes": True})
    for shape in ((4,), (2, 3), (2, 3, 2)):
        for count in range(1, len(shape) + 1):
            for axes in combinations(range(len(shape)), count):
                for keep in (False, True):
                    # At rank 3 each choice of axes is asked in one of the two ways.
                    if len(shape) < 3 or keep == (sum(axes) % 2 == 0):
                        add(shape, {"axes": list(axes), **({"keepAxes": True} if keep else {})})
    for axis in (0, 1):
        add((3, 1), {"axes": [axis]})
    add((1, 3), {"axes": [1], "keepAxes": True})
    return found


def corners() -> list[Case]:
    def case(name, note, values, options=None, **rest):
        options = options or {}
        return Case(name, note, REDUCTIONS[name](options), fixed(values), options, **rest)

    matrix = [[0.0, 2.0, -1.5], [0.5, 0.0, 3.0], [0.0, 0.0, 1.25]]
    return [
        # Products of the others: right at the second order only if nothing divides by a factor.
        case("prod", "one zero", [1.5, 0.0, -2.0, 0.75]),
        case("prod", "two zeros", [1.5, 0.0, -2.0, 0.0]),
        case("prod", "three zeros", [0.0, 0.0, 3.0, 0.0]),
        case("prod", "zeros in rows", matrix, {"axes": [1]}),
        case("prod", "zeros in columns", matrix, {"axes": [0], "keepAxes": True}),
        case("prod", "zeros over all axes", [[0.0, 2.0], [-1.5, 0.0]]),
        case("logSumExp", "large", [1000.0, 1001.5, 999.25]),
        case("logSumExp", "large and negative", [-1000.0, -1001.5, -999.25]),
        case("logSumExp", "rows of different size", [[800.0, 801.5], [-800.0, -801.25]], {"axes": [1]}),
        # A masked entry: it counts for nothing, to every order.
        case("logSumExp", "one entry of minus infinity", [0.5, -np.inf, 1.25]),
        # A tie shares the derivative in equal parts.
        case("max", "with a tie", [[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]], {"axes": [1]}),
        case("min", "with a tie", [[1.0, 3.0, 1.0], [2.0, 2.0, 2.0]], {"axes": [1]}),
        case("max", "of negative numbers", [-3.0, -1.5, -2.0]),
        case("variance", "far from zero", [1000.25, 1000.5, 999.0, 1001.75], scale=1.0),
        case("sum", "no rows", np.zeros((0, 3)), {"axes": [0]}),
        case("sum", "nothing at all", np.zeros((0,))),
        case("prod", "nothing at all", np.zeros((0,))),
    ]


def corrected() -> list[Case]:
    found = []
    for shape, options in [
        ((4,), {"correction": 1}),
        ((3, 4), {"axes": [1], "correction": 1}),
        ((3, 4), {"axes": [0], "correction": 1, "keepAxes": True}),
        ((2, 3, 2), {"axes": [0, 2], "correction": 2}),
    ]:
        found.append(Case("variance", f"{list(shape)} {shown(options)}", variance(options), uniform(shape), options))
    return found


def normalized() -> list[Case]:
    found = []
    for name, call in (("softmax", jax.nn.softmax), ("logSoftmax", jax.nn.log_softmax)):

        def case(note, sample, options, call=call, name=name):
            axes = axes_of(options)
            return Case(name, note, lambda x: call(x, axis=-1 if axes is None else axes), sample, options, scale=1.0)

        for shape in ((4,), (2, 3), (2, 2, 3), (3, 1)):
            found.append(case(f"{list(shape)} last axis", uniform(shape), {}))
        for shape in ((4,), (2, 3), (2, 3, 2)):
            for axis in range(len(shape)):
                options = {"axes": [axis]}
                found.append(case(f"{list(shape)} {shown(options)}", uniform(shape), options))
        for shape, axes in (((2, 3), [0, 1]), ((2, 3, 2), [0, 2]), ((2, 3, 2), [1, 2])):
            options = {"axes": axes}
            found.append(case(f"{list(shape)} {shown(options)}", uniform(shape), options))
        found += [
            case("large", fixed([1000.0, 1001.5, 999.25]), {}),
            case("large and negative", fixed([-1000.0, -1001.5, -999.25]), {}),
            case("one far above the others", fixed([0.0, 60.0, -30.0]), {}),
            case("one entry of minus infinity", fixed([0.5, -np.inf, 1.25]), {}),
        ]
    return found


def scans() -> list[Case]:
    found = []
    for shape in ((4,), (2, 3), (2, 3, 2), (1, 3), (1,)):
        for axis in range(len(shape)):
            options = {"axis": axis}
            note = f"{list(shape)} axis {axis}"
            found.append(
                Case("cumsum", note, lambda x, axis=axis: jnp.cumsum(x, axis=axis), uniform(shape), options)
            )
            found.append(
                Case("argmax", note, lambda x, axis=axis: jnp.argmax(x, axis=axis), uniform(shape), options)
            )
    found.append(
        # The first of equals.
        Case("argmax", "with a tie", lambda x: jnp.argmax(x, axis=0), fixed([1.0, 3.0, 3.0, 2.0]), {"axis": 0})
    )
    return found


def cases() -> list[Case]:
    found = [case for name, build in REDUCTIONS.items() for case in plain(name, build)]
    return [*found, *corners(), *corrected(), *normalized(), *scans()]
