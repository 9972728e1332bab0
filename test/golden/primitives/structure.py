"""Operations that only move entries: every derivative of order 2 is zero."""

import jax.numpy as jnp
from jax import lax
from oracle import Case, uniform


def one(operation, shape, options, call, note="") -> Case:
    about = ", ".join(f"{key} {value}" for key, value in options.items())
    return Case(operation, f"{list(shape)} {about or note or 'as it is'}", call, uniform(shape), options)


def reshapes() -> list[Case]:
    found = []
    for shape, to in [
        ((6,), (2, 3)),
        ((2, 3), (3, 2)),
        ((2, 3), (6,)),
        ((), (1, 1)),
        ((1, 1), ()),
        ((2, 3, 2), (4, 3)),
    ]:
        found.append(one("reshape", shape, {"shape": list(to)}, lambda x, to=to: jnp.reshape(x, to)))
    for shape, to in [
        ((), (3,)),
        ((3,), (2, 3)),
        ((2, 1), (2, 3)),
        ((1, 3), (2, 2, 3)),
        ((2, 3), (2, 3)),
        ((1,), (4,)),
    ]:
        found.append(one("broadcastTo", shape, {"shape": list(to)}, lambda x, to=to: jnp.broadcast_to(x, to)))
    for shape, axis in [((), 0), ((3,), 0), ((3,), 1), ((2, 3), 0), ((2, 3), 1), ((2, 3), 2)]:
        found.append(one("expandDims", shape, {"axis": axis}, lambda x, a=axis: jnp.expand_dims(x, a)))
    for shape, axes in [
        ((1, 3), None),
        ((1, 2, 1), None),
        ((1, 1), None),
        ((1, 2, 1), [0]),
        ((1, 2, 1), [2]),
        ((1, 2, 1), [0, 2]),
        ((2, 3), None),
    ]:
        options = {} if axes is None else {"axes": axes}
        found.append(one("squeeze", shape, options, lambda x, a=axes: jnp.squeeze(x, a and tuple(a)), "all"))
    return found


def permutations() -> list[Case]:
    found = []
    for shape, order in [
        ((3,), [0]),
        ((2, 3), [1, 0]),
        ((2, 3), [0, 1]),
        ((2, 3, 4), [0, 2, 1]),
        ((2, 3, 4), [1, 2, 0]),
        ((2, 3, 4), [2, 0, 1]),
        ((2, 1, 3), [2, 1, 0]),
    ]:
        found.append(one("permute", shape, {"axes": order}, lambda x, o=order: jnp.transpose(x, o)))
    for shape in ((2, 3), (3, 1), (2, 2, 3), (2, 1, 2, 3)):
        found.append(one("transpose", shape, {}, lambda x: jnp.swapaxes(x, -1, -2)))
    for shape, axes in [
        ((4,), None),
        ((4,), [0]),
        ((2, 3), None),
        ((2, 3), [0]),
        ((2, 3), [1]),
        ((2, 3, 2), [0, 2]),
        ((2, 3, 2), [1]),
    ]:
        options = {} if axes is None else {"axes": axes}
        found.append(one("flip", shape, options, lambda x, a=axes: jnp.flip(x, a and tuple(a)), "all"))
    return found


def pieces() -> list[Case]:
    found = []
    for shape, starts, ends, strides in [
        ((5,), [1], [4], None),
        ((5,), [0], [5], [2]),
        ((5,), [1], [5], [3]),
        ((6,), [1], [6], [2]),
        ((4,), [2], [2], None),
        ((3, 4), [0, 1], [2, 3], None),
        ((3, 4), [0, 0], [3, 4], None),
        ((3, 4), [0, 1], [3, 4], [2, 2]),
        ((3, 4), [1, 0], [2, 4], [1, 3]),
        ((2, 3, 4), [1, 0, 1], [2, 3, 4], [1, 2, 2]),
    ]:
        options = {"starts": starts, "ends": ends, **({"strides": strides} if strides else {})}
        found.append(one("slice", shape, options, lambda x, s=starts, e=ends, t=strides: lax.slice(x, s, e, t)))
    for shape, pads, value in [
        ((3,), [[1, 2]], None),
        ((3,), [[0, 1]], 2.5),
        ((2, 3), [[1, 0], [0, 2]], None),
        ((2, 3), [[1, 1], [2, 1]], -1.5),
        ((2, 3), [[0, 0], [0, 0]], None),
        ((2, 1, 2), [[0, 1], [1, 0], [2, 0]], None),
    ]:
        options = {"pads": pads, **({"value": value} if value is not None else {})}
        found.append(
            one("pad", shape, options, lambda x, p=pads, v=value: jnp.pad(x, p, constant_values=v or 0.0))
        )
    for shape, repeats in [
        ((3,), [2]),
        ((2, 3), [1, 2]),
        ((2, 3), [2, 1]),
        ((2, 2), [2, 3]),
        ((1, 2), [3, 1]),
        ((2, 1, 2), [1, 2, 2]),
    ]:
        found.append(one("tile", shape, {"repeats": repeats}, lambda x, r=repeats: jnp.tile(x, r)))
    for shape in ((3, 3), (2, 3), (3, 2), (1, 1), (2, 3, 3), (2, 2, 2, 3)):
        found.append(one("diagonal", shape, {}, lambda x: jnp.diagonal(x, axis1=-2, axis2=-1)))
    return found


def joins() -> list[Case]:
    found = []
    for axis, *shapes in [
        (0, (2,), (3,)),
        (0, (2,)),
        (0, (2, 2), (1, 2)),
        (1, (2, 2), (2, 1)),
        (1, (2, 1), (2, 2), (2, 1)),
        (1, (2, 1, 2), (2, 2, 2)),
        (2, (1, 2, 1), (1, 2, 2)),
        (0, (0, 2), (2, 2)),
    ]:
        name = f"{' '.join(map(str, map(list, shapes)))} axis {axis}"
        found.append(
            Case("concat", name, lambda *xs, a=axis: jnp.concatenate(xs, a), uniform(*shapes), {"axis": axis})
        )
    for axis, shape, count in [(0, (), 3), (0, (3,), 2), (1, (3,), 2), (0, (2, 2), 1), (1, (2, 2), 2), (2, (2, 2), 3)]:
        name = f"{count} of {list(shape)} axis {axis}"
        found.append(
            Case("stack", name, lambda *xs, a=axis: jnp.stack(xs, a), uniform(*[shape] * count), {"axis": axis})
        )
    return found


def cases() -> list[Case]:
    return [*reshapes(), *permutations(), *pieces(), *joins()]
