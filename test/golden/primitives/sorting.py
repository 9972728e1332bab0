"""Orders and what is read off them. Where entries tie, the derivative belongs to the entry that a stable sort puts there.

JAX sorts descending by reversing an ascending order, which turns ties round and puts NaN first; here the order is that
of -x, which keeps both. JAX differentiates the gathering either way.
"""

import jax
import jax.numpy as jnp
import numpy as np
from oracle import Case, draw, fixed, uniform

TIES = [[2.0, 1.0, 2.0, 1.0], [3.0, 3.0, 3.0, -1.0]]
MISSING = [[2.0, np.nan, -1.0, 0.5], [np.nan, np.nan, 3.0, -3.0]]


def order(x, axis, descending=False):
    key = jax.lax.stop_gradient(x)
    return jnp.argsort(-key if descending else key, axis=axis, stable=True)


def ordered(x, axis, descending=False):
    return jnp.take_along_axis(x, order(x, axis, descending), axis=axis)


def sorts() -> list[Case]:
    found = []

    def both(note, sample, options, axis):
        down = options.get("descending", False)
        plain = not down and note.startswith("[")
        found.append(
            Case(
                "sort",
                note,
                (lambda x: jnp.sort(x, axis=axis)) if plain else (lambda x: ordered(x, axis, down)),
                sample,
                options,
            )
        )
        found.append(Case("argsort", note, lambda x: order(x, axis, down), sample, options, differentiable=()))

    for shape in ((5,), (2, 4), (4, 2), (2, 3, 2), (1,), (3, 1)):
        for axis in range(len(shape)):
            both(f"{list(shape)} axis {axis}", uniform(shape), {"axis": axis}, axis)
    both("last axis", uniform((2, 4)), {}, -1)
    both("descending", uniform((5,)), {"descending": True}, -1)
    both("descending axis 0", uniform((3, 2)), {"axis": 0, "descending": True}, 0)
    both("with ties", fixed(TIES), {}, -1)
    both("with ties descending", fixed(TIES), {"descending": True}, -1)
    both("longer than a run", uniform((40,)), {}, -1)
    both("longer than a run descending", uniform((30,)), {"descending": True}, -1)

    def many_ties(rng, _k):
        return [rng.integers(0, 4, size=(30,)).astype(float)]

    both("many ties", many_ties, {}, -1)
    both("many ties descending", many_ties, {"descending": True}, -1)
    for note, options in (("with NaN", {}), ("with NaN descending", {"descending": True})):
        down = options.get("descending", False)
        found.append(
            Case("sort", note, lambda x, d=down: ordered(x, -1, d), fixed(MISSING), options, differentiable=())
        )
        found.append(
            Case("argsort", note, lambda x, d=down: order(x, -1, d), fixed(MISSING), options, differentiable=())
        )
    return found


def companions() -> list[Case]:
    found = []
    for part in (0, 1):
        for shape, options in (((5,), {}), ((3, 2), {"axis": 0}), ((2, 3), {"axis": 1, "descending": True})):

            def sorted_pair(keys, values, part=part, options=options):
                axis = options.get("axis", -1)
                at = order(keys, axis, options.get("descending", False))
                # The unused part stands for nothing, but it is an input all the same.
                return jnp.take_along_axis((keys, values)[part], at, axis=axis) + 0 * (keys + values)

            note = f"{list(shape)} part {part} {'descending' if 'descending' in options else ''}".strip()
            found.append(
                Case("sortKeyVal", note, sorted_pair, uniform(shape, shape), {**options, "part": part})
            )
        for shape, count, axis in (((5,), 2, 0), ((5,), 5, 0), ((2, 4), 3, 1), ((4, 2), 1, 0), ((2, 3, 2), 2, 1)):

            def top(x, part=part, count=count, axis=axis):
                moved = jnp.moveaxis(x, axis, -1)
                return jnp.moveaxis(jax.lax.top_k(moved, count)[part], -1, axis)

            found.append(
                Case(
                    "topK",
                    f"{list(shape)} {count} along {axis} part {part}",
                    top,
                    uniform(shape),
                    {"axis": axis, "count": count, "part": part},
                    differentiable=() if part == 1 else None,
                )
            )
    found.append(
        Case(
            "topK",
            "with ties",
            lambda x: ordered(x, -1, True)[..., :2],
            fixed(TIES),
            {"axis": -1, "count": 2, "part": 0},
        )
    )
    return found


def searches() -> list[Case]:
    found = []
    for side in ("left", "right"):
        for n, shape in ((4, (3,)), (1, (2,)), (7, (2, 3)), (3, ())):

            def sample(rng, _k, n=n, shape=shape):
                # Half of the values are entries of the row, where the sides differ; rows have equal entries.
                row = np.sort(rng.integers(-3, 4, size=n) / 2)
                values = draw(rng, shape, -3, 3)
                taken = rng.choice(row, size=shape)
                return [row, np.where(rng.integers(0, 2, size=shape) == 0, values, taken)]

            found.append(
                Case(
                    "searchSorted",
                    f"[{n}] for {list(shape)} {side}",
                    lambda s, v, side=side: jnp.searchsorted(s, v, side=side),
                    sample,
                    {"side": side},
                    differentiable=(),
                )
            )
        found.append(
            Case(
                "searchSorted",
                f"NaN and infinities {side}",
                lambda s, v, side=side: jnp.searchsorted(s, v, side=side),
                lambda _rng, _k: [
                    [-np.inf, 0.0, 1.0, np.inf, np.nan, np.nan],
                    [np.nan, np.inf, -np.inf, 1.0, 2.0],
                ],
                {"side": side},
                differentiable=(),
            )
        )
    return found


def quantiles() -> list[Case]:
    found = []

    def axes_of(options):
        return tuple(options["axes"]) if "axes" in options else None

    def add(note, sample, options, q, **rest):
        def call(x):
            return jnp.quantile(x, jnp.asarray(q), axis=axes_of(options), keepdims=options.get("keepAxes", False))

        found.append(Case("quantile", note, call, sample, {**options, "q": q}, **rest))

    for shape, options in (
        ((5,), {}),
        ((4,), {"keepAxes": True}),
        ((2, 3), {}),
        ((2, 4), {"axes": [1]}),
        ((3, 2), {"axes": [0], "keepAxes": True}),
        ((2, 3, 2), {"axes": [0, 2]}),
        ((1,), {}),
    ):
        shown = " ".join(str(each) for each in options.items())
        for q in (0.3, [0, 0.125, 1]):
            add(f"{list(shape)} {shown} at {q}", uniform(shape), options, q)
        found.append(
            Case(
                "median",
                f"{list(shape)} {shown}".strip(),
                lambda x, o=options: jnp.median(x, axis=axes_of(o), keepdims=o.get("keepAxes", False)),
                uniform(shape),
                dict(options),
            )
        )
    add("with ties", fixed(TIES), {"axes": [1]}, [0.25, 0.5, 0.9])
    add("with NaN", fixed(MISSING), {"axes": [0]}, 0.25, differentiable=())
    found.append(Case("median", "with ties", lambda x: jnp.median(x, axis=1), fixed(TIES), {"axes": [1]}))
    return found


def cases() -> list[Case]:
    return [*sorts(), *companions(), *searches(), *quantiles()]
