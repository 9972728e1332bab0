"""Writing at indices and reading at computed places. Repeated indices are frequent on purpose.

JAX leaves the winner of repeated indices open in `.at[].set`, and refuses to differentiate `.at[].max`, `.min` and
repeated `.multiply`. So the oracle is the definition, slice by slice, with JAX to differentiate its products and sums:
the last writer wins; factors multiply one after the other; entries that tie for an extremum share it equally.
"""

import jax
import jax.numpy as jnp
import numpy as np
from indexing import whole, with_indices
from jax import lax
from oracle import Case, draw


def by_rows(join, axis):
    """Each row of x along the axis with the list of the updates written to it, in order."""

    def call(x, indices, updates):
        at = np.ravel(whole(indices))
        count = max(np.ndim(indices), 0)
        rows = list(jnp.moveaxis(x, axis, 0))
        flat = jnp.reshape(updates, (*x.shape[:axis], at.size, *x.shape[axis + 1 :])) if count != 1 else updates
        written = [[] for _ in rows]
        for k, update in zip(at, jnp.moveaxis(flat, axis, 0), strict=True):
            written[k].append(update)
        return jnp.moveaxis(jnp.stack([join(row, each) for row, each in zip(rows, written, strict=True)]), 0, axis)

    return call


def last(row, written):
    return written[-1] if written else row


def multiplied(row, written):
    for factor in written:
        row = row * factor
    return row


def extremum(pick):
    def join(row, written):
        all_ = jnp.stack([row, *written])
        key = lax.stop_gradient(all_)
        attains = (key == pick(key, axis=0)).astype(float)
        shares = attains / jnp.sum(attains, axis=0)
        # An entry of minus infinity with the share 0 counts for nothing.
        return jnp.sum(jnp.where(shares > 0, shares * all_, 0), axis=0)

    return join


JOINS = {
    "scatterSet": last,
    "scatterMul": multiplied,
    "scatterMax": extremum(jnp.max),
    "scatterMin": extremum(jnp.min),
}

PLACES = (
    ((4,), (3,), 0),
    ((4,), (6,), 0),
    ((3, 2), (4,), 0),
    ((2, 3), (4,), 1),
    ((2, 3, 2), (3,), 1),
    ((4,), (2, 2), 0),
    ((2, 3), (2, 2), 1),
    ((3,), (), 0),
    ((1, 2), (2,), 0),
)


def scatters() -> list[Case]:
    found = []
    for name, join in JOINS.items():
        for shape, indices, axis in PLACES:
            updates = (*shape[:axis], *indices, *shape[axis + 1 :])
            found.append(
                Case(
                    name,
                    f"{list(shape)} indices {list(indices)} axis {axis}",
                    by_rows(join, axis),
                    with_indices(shape, indices, shape[axis], updates),
                    {"axis": axis},
                    differentiable=(0, 2),
                )
            )

        def with_ties(rng, _k):
            # Of few values, zero among them: ties and zero factors, one and several.
            return [
                rng.integers(0, 2, size=(3, 2)).astype(float),
                rng.integers(0, 3, size=(6,)).astype(float),
                rng.integers(0, 2, size=(6, 2)).astype(float) * 1.5,
            ]

        found.append(
            Case(name, "with ties and zeros", by_rows(join, 0), with_ties, {"axis": 0}, differentiable=(0, 2))
        )
        found.append(
            Case(
                name,
                "all at one place",
                by_rows(join, 0),
                lambda rng, k: [draw(rng, (2,), -2, 2, 0.1), np.full(5, k % 2), draw(rng, (5,), -2, 2, 0.1)],
                {"axis": 0},
                differentiable=(0, 2),
            )
        )
    return found


def segments() -> list[Case]:
    found = []
    for shape, count, axis in (((5,), 3, 0), ((4, 2), 3, 0), ((2, 4), 2, 1), ((3,), 1, 0), ((3,), 5, 0)):

        def sample(rng, _k, shape=shape, count=count, axis=axis):
            return [draw(rng, shape, -2, 2, 0.1), rng.integers(0, count, size=(shape[axis],)).astype(float)]

        def summed(x, s, count=count, axis=axis):
            moved = jnp.moveaxis(x, axis, 0)
            return jnp.moveaxis(jax.ops.segment_sum(moved, whole(s), num_segments=count), 0, axis)

        def largest(x, s, count=count, axis=axis):
            empty = jnp.full((*x.shape[:axis], count, *x.shape[axis + 1 :]), -jnp.inf)
            return by_rows(extremum(jnp.max), axis)(empty, s, x)

        for name, call in (("segmentSum", summed), ("segmentMax", largest)):
            found.append(
                Case(
                    name,
                    f"{list(shape)} into {count} axis {axis}",
                    call,
                    sample,
                    {"axis": axis, "count": count},
                    differentiable=(0,),
                )
            )
    return found


def blocks() -> list[Case]:
    found = []
    for shape, sizes in (
        ((5,), (2,)),
        ((5,), (5,)),
        ((3, 4), (2, 2)),
        ((3, 4), (3, 1)),
        ((2, 3, 2), (1, 2, 2)),
        ((3,), (1,)),
    ):
        # Starts beyond the room are clamped. JAX lets negative starts count from the end; they are not drawn.
        def starts(rng, shape=shape):
            return rng.integers(0, np.asarray(shape) + 2).astype(float)

        found.append(
            Case(
                "dynamicSlice",
                f"{list(shape)} sizes {list(sizes)}",
                lambda x, s, z=sizes: lax.dynamic_slice(x, list(whole(s)), z),
                lambda rng, _k, shape=shape, starts=starts: [draw(rng, shape, -2, 2, 0.1), starts(rng)],
                {"sizes": list(sizes)},
                differentiable=(0,),
            )
        )
        found.append(
            Case(
                "dynamicUpdateSlice",
                f"{list(shape)} block {list(sizes)}",
                lambda x, u, s: lax.dynamic_update_slice(x, u, list(whole(s))),
                lambda rng, _k, shape=shape, sizes=sizes, starts=starts: [
                    draw(rng, shape, -2, 2, 0.1),
                    draw(rng, sizes, -2, 2, 0.1),
                    starts(rng),
                ],
                differentiable=(0, 1),
            )
        )
    return found


def cases() -> list[Case]:
    return [*scatters(), *segments(), *blocks()]
