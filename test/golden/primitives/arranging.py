"""Arrangements: parts, shifts, repetitions, axes, grids, triangles, diagonals and block products."""

import jax.numpy as jnp
import numpy as np
from oracle import Case, uniform


def one(operation, shape, options, call) -> Case:
    about = ", ".join(f"{key} {value}" for key, value in options.items())
    return Case(operation, f"{list(shape)} {about or 'as it is'}", call, uniform(shape), options)


def parts() -> list[Case]:
    found = []
    for shape, axis, lengths in (
        ((6,), 0, 3),
        ((6,), 0, [1, 5]),
        ((2, 4), 1, 2),
        ((4, 2), 0, [2, 0, 2]),
        ((2, 3, 2), 1, [2, 1]),
    ):
        for part in (0, 1):
            at = lengths if isinstance(lengths, int) else list(np.cumsum(lengths)[:-1])
            found.append(
                one(
                    "split",
                    shape,
                    {"axis": axis, "lengths": lengths, "part": part},
                    lambda x, axis=axis, at=at, part=part: jnp.split(x, at, axis=axis)[part],
                )
            )
    for shape, axis, part in (((3,), 0, 1), ((2, 3), 0, 1), ((2, 3), 1, 2), ((2, 3, 2), 1, 0)):
        found.append(
            one(
                "unstack",
                shape,
                {"axis": axis, "part": part},
                lambda x, a=axis, p=part: jnp.take(x, p, axis=a),
            )
        )
    for part in (0, 1, 2):
        found.append(
            Case(
                "meshgrid",
                f"[2] [3] [1] part {part}",
                lambda *xs, part=part: jnp.meshgrid(*xs, indexing="ij")[part],
                uniform((2,), (3,), (1,)),
                {"part": part},
            )
        )
    return found


def moves() -> list[Case]:
    found = []
    for shape, axis, shift in (
        ((5,), 0, 2),
        ((5,), 0, -1),
        ((5,), 0, 7),
        ((5,), 0, 0),
        ((2, 3), 1, 1),
        ((3, 2), 0, -2),
        ((2, 3, 2), 1, 2),
    ):
        found.append(
            one("roll", shape, {"axis": axis, "shift": shift}, lambda x, a=axis, s=shift: jnp.roll(x, s, axis=a))
        )
    for shape, axis, count in (
        ((3,), 0, 2),
        ((3,), 0, [0, 2, 1]),
        ((2, 3), 1, 3),
        ((2, 3), 0, [3, 1]),
        ((2, 2, 2), 1, 2),
        ((2,), 0, 0),
    ):
        found.append(
            one(
                "repeat",
                shape,
                {"axis": axis, "counts": count},
                lambda x, a=axis, c=count: jnp.repeat(x, np.asarray(c), axis=a),
            )
        )
    for shape, source, target in (((2, 3), 0, 1), ((2, 3, 4), 0, -1), ((2, 3, 4), 2, 0), ((2, 3, 4), 1, 1)):
        options = {"axes": [source, target]}
        found.append(one("moveAxis", shape, options, lambda x, s=source, t=target: jnp.moveaxis(x, s, t)))
        found.append(one("swapAxes", shape, options, lambda x, s=source, t=target: jnp.swapaxes(x, s, t)))
    return found


def matrices() -> list[Case]:
    found = []
    for name, call in (("tril", jnp.tril), ("triu", jnp.triu)):
        for shape in ((3, 3), (2, 4), (4, 2), (2, 2, 3)):
            for offset in (0, 1, -1):
                if len(shape) < 3 or offset < 1:
                    options = {} if offset == 0 else {"offset": offset}
                    found.append(one(name, shape, options, lambda x, c=call, k=offset: c(x, k)))
    for shape in ((3,), (1,), (2, 3)):
        found.append(one("diag", shape, {}, lambda x: jnp.eye(x.shape[-1]) * x[..., None]))
    for shape in ((3, 3), (2, 3), (3, 1), (2, 2, 3)):
        found.append(one("trace", shape, {}, lambda x: jnp.trace(x, axis1=-2, axis2=-1)))
    for a, b in (
        ((2, 2), (2, 2)),
        ((2, 3), (1, 2)),
        ((3,), (2,)),
        ((2, 2), (3,)),
        ((), (2, 2)),
        ((2, 1, 2), (1, 2, 2)),
    ):
        found.append(Case("kron", f"{list(a)} {list(b)}", jnp.kron, uniform(a, b)))
    return found


def cases() -> list[Case]:
    return [*parts(), *moves(), *matrices()]
