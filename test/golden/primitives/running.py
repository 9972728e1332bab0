"""Running products, extrema and sums of exponentials; deviations; reductions that ask or pass over NaN.

Running extrema at ties are not taken from JAX, which splits them by the grouping of its scan: the derivative belongs to
the first entry that attains them.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from oracle import Case, fixed, uniform


def prefixes(x, axis, reverse, of):
    """The definition: `of` of each prefix (each suffix when reverse)."""
    moved = jnp.moveaxis(x, axis, 0)
    n = moved.shape[0]
    rows = [of(moved[i:] if reverse else moved[: i + 1]) for i in range(n)]
    return jnp.moveaxis(jnp.stack(rows), 0, axis)


def first_holder(largest, reverse):
    """The extremum of a part, taken from the entry that attains it first on the way."""

    def of(part):
        seen = part[::-1] if reverse else part
        key = lax.stop_gradient(seen if largest else -seen)
        return jnp.take_along_axis(seen, jnp.argmax(key, axis=0)[None], axis=0)[0]

    return of


def scans() -> list[Case]:
    found = []
    plain = {
        "cumprod": lax.cumprod,
        "cummax": lax.cummax,
        "cummin": lax.cummin,
        "cumLogSumExp": lax.cumlogsumexp,
    }
    for name, call in plain.items():
        for shape in ((5,), (2, 3), (2, 3, 2), (1, 3), (1,)):
            for axis in range(len(shape)):
                for reverse in (False, True):
                    if reverse != (len(shape) + axis) % 2 or len(shape) == 1:
                        options = {"axis": axis, **({"reverse": True} if reverse else {})}
                        found.append(
                            Case(
                                name,
                                f"{list(shape)} axis {axis}{' reverse' if reverse else ''}",
                                lambda x, c=call, a=axis, r=reverse: c(x, axis=a, reverse=r),
                                uniform(shape),
                                options,
                                **({"scale": 1.0} if name == "cumLogSumExp" else {}),
                            )
                        )
        found.append(Case(name, "last axis", lambda x, c=call: c(x, axis=1), uniform((2, 2)), {}))
    for note, values in (
        ("one zero", [1.5, 0.0, -2.0, 0.75, 3.0]),
        ("first zero", [0.0, 2.0, -1.5, 0.25]),
        ("two zeros", [1.5, 0.0, -2.0, 0.0, 0.5]),
        ("neighbouring zeros", [1.5, 0.0, 0.0, 2.0, 0.5]),
        ("zeros only", [0.0, 0.0, 0.0]),
    ):
        for reverse in (False, True):
            found.append(
                Case(
                    "cumprod",
                    f"{note}{' reverse' if reverse else ''}",
                    # Products of prefixes by multiplication alone, which no zero can disturb.
                    lambda x, r=reverse: prefixes(x, 0, r, lambda part: _product(part)),
                    fixed(values),
                    {"reverse": reverse},
                )
            )
    for name, largest in (("cummax", True), ("cummin", False)):
        for reverse in (False, True):
            found.append(
                Case(
                    name,
                    f"with ties{' reverse' if reverse else ''}",
                    lambda x, m=largest, r=reverse: prefixes(x, 0, r, first_holder(m, r)),
                    fixed([1.0, 3.0, 3.0, 0.0, 3.0, 4.0, 0.0]),
                    {"reverse": reverse},
                )
            )
    found += [
        Case(
            "cummax",
            "with NaN",
            lambda x: lax.cummax(x),
            fixed([1.0, np.nan, 3.0]),
            {},
            differentiable=(),
        )
    ]
    for note, values in (
        ("large", [1000.0, 1001.5, 999.25]),
        ("of every size", [-1000.0, 0.5, 1000.0, -1000.0, 1001.0]),
        ("one entry of minus infinity", [0.5, -np.inf, 1.25, 0.75]),
        ("minus infinity first", [-np.inf, 0.5, -np.inf, 1.25]),
    ):
        found.append(
            Case(
                "cumLogSumExp",
                note,
                lambda x: prefixes(x, 0, False, lambda part: jax.scipy.special.logsumexp(part, axis=0)),
                (lambda _rng, k, v=values: [np.asarray(v) + k / 4]) if "first" in note else fixed(values),
                {},
                scale=1.0,
                **({"differentiable": ()} if "infinity" in note else {}),
            )
        )
    return found


def _product(part):
    found = part[0]
    for each in part[1:]:
        found = found * each
    return found


def axes_of(options):
    return tuple(options["axes"]) if "axes" in options else None


def kept(options) -> bool:
    return options.get("keepAxes", False)


SETS = (
    ((4,), {}),
    ((2, 3), {"axes": [0]}),
    ((2, 3), {"axes": [1], "keepAxes": True}),
    ((2, 3, 2), {"axes": [0, 2]}),
    ((2, 3, 2), {"axes": [1]}),
)


def shown(shape, options) -> str:
    return " ".join([str(list(shape)), *[f"{key} {value}" for key, value in options.items()]])


def deviations() -> list[Case]:
    found = []
    for shape, options in (*SETS, ((2, 3), {}), ((4,), {"keepAxes": True})):
        for correction in (0, 1):
            more = {**options, **({"correction": 1} if correction else {})}
            found.append(
                Case(
                    "std",
                    shown(shape, more),
                    lambda x, o=more: jnp.std(x, axis=axes_of(o), keepdims=kept(o), ddof=o.get("correction", 0)),
                    uniform(shape),
                    more,
                    scale=1.0,
                )
            )
    found.append(
        Case("std", "far from zero", lambda x: jnp.std(x), fixed([1000.25, 1000.5, 999.0, 1001.75]), {}, scale=1.0)
    )
    return found


def selective() -> list[Case]:
    found = []
    missing = [[1.5, np.nan, 0.25], [-2.0, 0.5, np.nan]]
    for name, call in (("nanSum", jnp.nansum), ("nanMean", jnp.nanmean)):
        for shape, options in SETS:
            found.append(
                Case(
                    name,
                    shown(shape, options),
                    lambda x, c=call, o=options: c(x, axis=axes_of(o), keepdims=kept(o)),
                    uniform(shape),
                    dict(options),
                )
            )
        for options in ({}, {"axes": [0]}, {"axes": [1]}):
            found.append(
                Case(
                    name,
                    f"with NaN {options}",
                    lambda x, c=call, o=options: c(x, axis=axes_of(o)),
                    lambda _rng, k: [np.asarray(missing) * (1 + k / 4)],
                    options,
                )
            )
    for name, call in (("any", jnp.any), ("all", jnp.all)):
        for shape, options in SETS:

            def truths(rng, _k, shape=shape):
                return [rng.integers(0, 2, size=shape).astype(float) * 1.5]

            found.append(
                Case(
                    name,
                    shown(shape, options),
                    lambda x, c=call, o=options: c(x, axis=axes_of(o), keepdims=kept(o)),
                    truths,
                    dict(options),
                    differentiable=(),
                )
            )
    for shape in ((4,), (2, 3), (2, 3, 2)):
        for axis in range(len(shape)):
            found.append(
                Case(
                    "argminIndex",
                    f"{list(shape)} axis {axis}",
                    lambda x, a=axis: jnp.argmin(x, axis=a),
                    uniform(shape),
                    {"axis": axis},
                    differentiable=(),
                )
            )
    found.append(
        Case("argminIndex", "with a tie", lambda x: jnp.argmin(x, axis=0), fixed([3.0, 1.0, 1.0, 2.0]), {"axis": 0}, differentiable=())
    )
    return found


def cases() -> list[Case]:
    return [*scans(), *deviations(), *selective()]
