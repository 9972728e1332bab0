"""Convolutions, their transposes, pooling and Fourier transforms, against jax.lax and jax.numpy.fft.

The transposed convolutions are taken from the definition: the vjp of a convolution in its input. Means of windows count
the entries inside the input, as a quotient of two sums. Where entries are tied, the largest of a window is taken by
jnp.max over the windows laid side by side, because lax.reduce_window gives the derivative to one of them and `max` of
this library, as jnp.max, to all in equal shares; and where windows are dilated, for which lax.reduce_window has no vjp.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from oracle import Case, fixed, uniform

NAMES = "DHW"


def pads_of(padding):
    return "VALID" if padding is None else padding.upper() if isinstance(padding, str) else padding


def each(value, count):
    return (1,) * count if value is None else (value,) * count if isinstance(value, int) else tuple(value)


def convolve(options):
    def call(x, k):
        n = np.ndim(k) - 2
        space = NAMES[-n:]
        padding = pads_of(options.get("padding"))
        return lax.conv_general_dilated(
            x,
            k,
            each(options.get("strides"), n),
            [tuple(p) for p in padding] if not isinstance(padding, str) else padding,
            each(options.get("inputDilation"), n),
            each(options.get("dilation"), n),
            (f"NC{space}", f"OI{space}", f"NC{space}"),
            options.get("groups", 1),
        )

    return call


def transposed(options, lengths):
    def call(y, k):
        groups = options.get("groups", 1)
        shape = (np.shape(y)[0], np.shape(k)[1] * groups, *lengths)
        _, pullback = jax.vjp(lambda x: convolve(options)(x, k), jnp.zeros(shape))
        return pullback(y)[0]

    return call


def about(options) -> str:
    return ", ".join(f"{key} {value}" for key, value in options.items()) or "as it is"


def convolutions() -> list[Case]:
    found = []

    def add(operation, x, k, **options):
        name = f"{list(x)} {list(k)} {about(options)}"
        found.append(Case(operation, name, convolve(options), uniform(x, k), options))

    add("conv1d", (1, 1, 5), (1, 1, 3))
    add("conv1d", (2, 2, 5), (2, 2, 2), strides=[2])
    add("conv1d", (1, 1, 5), (2, 1, 3), padding="same")
    add("conv1d", (1, 2, 6), (1, 2, 2), padding="same", strides=[2], dilation=2)
    add("conv1d", (1, 1, 4), (1, 1, 3), padding=[[2, 1]], dilation=2)
    add("conv1d", (1, 1, 3), (1, 1, 2), inputDilation=3, padding=[[1, 0]])
    add("conv1d", (1, 2, 4), (4, 1, 2), groups=2)
    add("conv1d", (2, 3, 3), (2, 3, 1))
    add("conv2d", (1, 1, 3, 3), (1, 1, 2, 2))
    add("conv2d", (2, 2, 3, 3), (2, 2, 2, 2), padding="same")
    add("conv2d", (1, 1, 4, 5), (2, 1, 2, 3), strides=[2, 1], padding=[[0, 1], [1, 2]])
    add("conv2d", (1, 2, 4, 4), (2, 1, 2, 2), groups=2, strides=[2, 2])
    add("conv2d", (1, 1, 5, 4), (1, 1, 2, 2), dilation=[3, 2])
    add("conv2d", (1, 1, 2, 2), (1, 1, 2, 2), inputDilation=[2, 3], padding=[[0, 1], [1, 0]])
    add("convolve", (1, 1, 3, 2, 3), (1, 1, 2, 2, 2))
    return found


def transposes() -> list[Case]:
    found = []

    def add(operation, y, k, lengths, named=False, **options):
        call = transposed(options, lengths)
        given = {**options, "lengths": list(lengths)} if named else options
        found.append(Case(operation, f"{list(y)} {list(k)} {about(given)}", call, uniform(y, k), given))

    add("convTranspose1d", (1, 1, 3), (1, 1, 2), (4,))
    add("convTranspose1d", (2, 2, 2), (2, 1, 3), (5,), strides=[2])
    add("convTranspose1d", (1, 1, 3), (1, 2, 3), (6,), strides=[2], padding="same")
    add("convTranspose1d", (1, 1, 2), (1, 1, 2), (5,), named=True, strides=[3])
    add("convTranspose1d", (1, 2, 3), (2, 2, 2), (3,), groups=2, dilation=2, padding=[[1, 1]])
    add("convTranspose2d", (1, 1, 2, 2), (1, 1, 2, 2), (4, 4), strides=[2, 2])
    add("convTranspose2d", (1, 2, 2, 2), (2, 2, 2, 2), (2, 2), padding="same")
    add("convTranspose2d", (1, 1, 2, 1), (1, 1, 3, 2), (4, 2), named=True, strides=[2, 2], padding=[[1, 1], [0, 0]])
    add("convolveTransposed", (1, 1, 2, 1, 2), (1, 1, 2, 2, 2), (3, 2, 3))
    return found


def side_by_side(x, window, dilation=1, stride=None):
    """The largest of windows along the last axis."""
    count = (np.shape(x)[-1] - (window[0] - 1) * dilation - 1) // (stride or window[0]) + 1
    places = np.arange(count) * (stride or window[0])
    return jnp.max(jnp.stack([x[..., places + i * dilation] for i in range(window[0])]), axis=0)


def pool(kind, options):
    def call(x):
        window = tuple(options["window"])
        n = len(window)
        lead = (1,) * (np.ndim(x) - n)
        strides = window if options.get("strides") is None else each(options["strides"], n)
        padding = pads_of(options.get("padding"))
        if not isinstance(padding, str):
            padding = [(0, 0)] * len(lead) + [tuple(p) for p in padding]
        else:
            padding = lax.padtype_to_pads(
                np.shape(x),
                lead + tuple((w - 1) * d + 1 for w, d in zip(window, each(options.get("dilation"), n), strict=True)),
                lead + strides,
                padding,
            )
        dilation = lead + each(options.get("dilation"), n)

        def reduce(a, start, op):
            return lax.reduce_window(
                a, start, op, lead + window, lead + strides, padding, None, dilation
            )

        if kind == "max" and options.get("dilation") is not None:
            return side_by_side(jnp.pad(x, padding, constant_values=-jnp.inf), window, each(options["dilation"], n)[0])
        if kind == "max":
            return reduce(x, -jnp.inf, lax.max)
        total = reduce(x, 0.0, lax.add)
        return total if kind == "sum" else total / reduce(jnp.ones(np.shape(x)), 0.0, lax.add)

    return call



def pools() -> list[Case]:
    found = []
    for kind in ("max", "sum", "avg"):
        for shape, options in [
            ((6,), {"window": [2]}),
            ((2, 5), {"window": [3], "strides": [1], "padding": "same"}),
            ((1, 2, 4, 4), {"window": [2, 2]}),
            ((1, 4, 5), {"window": [2, 3], "strides": [1, 2], "padding": [[1, 0], [1, 2]]}),
            ((2, 6), {"window": [2], "strides": [2], "dilation": 2, "padding": "same"}),
        ]:
            name = f"{list(shape)} {about(options)}"
            found.append(Case(f"{kind}Pool", name, pool(kind, options), uniform(shape), options))
    found.append(
        Case(
            "maxPool",
            "ties share equally",
            lambda x: side_by_side(x, (3,), stride=1),
            fixed([[1.0, 2.0, 2.0, 0.5], [3.0, 3.0, 3.0, 3.0]]),
            {"window": [3], "strides": [1]},
        )
    )
    return found


def complex_of(x):
    return x[..., 0] + 1j * x[..., 1]


def pairs_of(z):
    return jnp.stack([jnp.real(z), jnp.imag(z)], axis=-1)


def transforms() -> list[Case]:
    found = []

    def add(operation, shape, call, **options):
        found.append(Case(operation, f"{list(shape)} {about(options)}", call, uniform(shape), options))

    for name, f in (("fft", jnp.fft.fftn), ("ifft", jnp.fft.ifftn)):
        for shape, axes in [
            ((1, 2), None),
            ((4, 2), None),
            ((5, 2), [0]),
            ((2, 6, 2), [1]),
            ((3, 2, 2), [0]),
            ((2, 3, 2), [-2, -1]),
        ]:
            options = {} if axes is None else {"axes": axes}
            add(name, shape, lambda x, f=f, a=axes: pairs_of(f(complex_of(x), axes=a or [-1])), **options)
    for shape, axis in [((1,), None), ((4,), None), ((5,), None), ((3, 2), 0), ((2, 3), 1)]:
        options = {} if axis is None else {"axis": axis}
        add("rfft", shape, lambda x, a=axis: pairs_of(jnp.fft.rfft(x, axis=-1 if a is None else a)), **options)
    for shape, options in [
        ((3, 2), {}),
        ((3, 2), {"length": 5}),
        ((2, 3, 2), {"axis": 0, "length": 3}),
        ((1, 2), {"length": 1}),
    ]:

        def inverse(x, options=options):
            axis = options.get("axis", -1)
            n = options.get("length", 2 * (np.shape(x)[axis - 1 if axis < 0 else axis] - 1))
            return jnp.fft.irfft(complex_of(x), n=n, axis=axis)

        add("irfft", shape, inverse, **options)
    return found


def cases() -> list[Case]:
    return [*convolutions(), *transposes(), *pools(), *transforms()]
