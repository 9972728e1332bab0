"""Operations with indices: tensors of whole numbers that are not differentiated. Duplicates are frequent on purpose."""

import jax
import jax.numpy as jnp
import numpy as np
from oracle import Case, draw


def with_indices(shape, indices, below, *others):
    """x, then indices under the bound, then the other inputs."""

    def sample(rng, _k):
        values = [draw(rng, each, -2, 2, 0.1) for each in (shape, *others)]
        return [values[0], rng.integers(0, below, size=indices).astype(float), *values[1:]]

    return sample


def whole(x):
    return np.asarray(x).astype(int)


def takes() -> list[Case]:
    found = []
    for shape, indices, axis in [
        ((4,), (), 0),
        ((4,), (3,), 0),
        ((4,), (6,), 0),
        ((4,), (2, 2), 0),
        ((3, 2), (), 0),
        ((3, 2), (), 1),
        ((3, 2), (4,), 0),
        ((3, 2), (3,), 1),
        ((3, 2), (2, 2), 1),
        ((2, 3, 2), (2,), 1),
        ((2, 3, 2), (2, 2), 1),
        ((2, 3, 2), (1,), 2),
    ]:
        name = f"{list(shape)} indices {list(indices)} axis {axis}"
        found.append(
            Case(
                "take",
                name,
                lambda x, i, a=axis: jnp.take(x, whole(i), axis=a),
                with_indices(shape, indices, shape[axis]),
                {"axis": axis},
                differentiable=(0,),
            )
        )
    return found


def gathers() -> list[Case]:
    found = []
    for shape, indices, axis in [
        ((4,), (3,), 0),
        ((4,), (6,), 0),
        ((2, 3), (2, 2), 1),
        ((2, 3), (2, 4), 1),
        ((2, 3), (1, 3), 0),
        ((3, 2), (4, 2), 0),
        ((2, 3, 2), (2, 2, 2), 1),
        ((2, 2, 3), (2, 2, 1), 2),
    ]:
        name = f"{list(shape)} indices {list(indices)} axis {axis}"
        found.append(
            Case(
                "gather",
                name,
                lambda x, i, a=axis: jnp.take_along_axis(x, whole(i), axis=a),
                with_indices(shape, indices, shape[axis]),
                {"axis": axis},
                differentiable=(0,),
            )
        )
    return found


def scatters() -> list[Case]:
    found = []
    for shape, rows, axis in [
        ((4,), 3, 0),
        ((4,), 6, 0),
        ((3, 2), 2, 0),
        ((3, 2), 4, 0),
        ((2, 3), 2, 1),
        ((2, 3), 4, 1),
        ((2, 3, 2), 3, 1),
        ((1, 2), 2, 0),
    ]:
        updates = (*shape[:axis], rows, *shape[axis + 1 :])

        def scattered(x, i, u, axis=axis):
            at = (*[slice(None)] * axis, whole(i))
            return jnp.asarray(x).at[at].add(u)

        found.append(
            Case(
                "scatterAdd",
                f"{list(shape)} {rows} updates axis {axis}",
                scattered,
                with_indices(shape, (rows,), shape[axis], updates),
                {"axis": axis},
                differentiable=(0, 2),
            )
        )
    return found


def one_hots() -> list[Case]:
    found = []
    for indices, depth in [((), 3), ((4,), 3), ((3,), 1), ((2, 2), 4)]:
        found.append(
            Case(
                "oneHot",
                f"{list(indices)} depth {depth}",
                lambda i, d=depth: jax.nn.one_hot(whole(i), d, dtype=jnp.float64),
                lambda rng, _k, s=indices, d=depth: [rng.integers(0, d, size=s).astype(float)],
                {"depth": depth},
                differentiable=(),
            )
        )
    return found


def cases() -> list[Case]:
    return [*takes(), *gathers(), *scatters(), *one_hots()]
