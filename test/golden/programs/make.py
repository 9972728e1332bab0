"""Random programs in JAX: reads programs, points and directions as JSON lines, and writes what JAX finds.

    python test/golden/programs/make.py < programs.jsonl > results.jsonl

A line is [program, x, v], where a program is "x", a list of numbers, [name, program] or [name, program, program], with the
names of laws/programs.ts. The answer is [value, gradient, product]: of the sum of the program's entries at x, the gradient
at x, and the Hessian times v. It is started by compare.ts, whose first lines say how; needs jax.

Everything is float64 on the CPU and runs operation by operation, since compiling each program would take far longer.
"""

import json
import sys

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402


def positive(x):
    return 1 + jnp.square(x)


def weighted(x):
    n = x.size
    at = jnp.arange(n * n)
    return (((at * 7) % 11 - 5) / (4 * n**0.5)).reshape(n, n) @ x


def gram(x):
    a = jnp.outer(jnp.sin(x), jnp.cos(x))
    return 0.3 * jnp.sum(a @ a.T, axis=0)


def blend(a, b):
    s = jax.nn.sigmoid(a)
    return s * a + (1 - s) * b


UNARIES = {
    "sin": jnp.sin,
    "cos": jnp.cos,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "softplus": jax.nn.softplus,
    "atan": jnp.arctan,
    "erf": jax.scipy.special.erf,
    "neg": jnp.negative,
    "flip": jnp.flip,
    "softmax": jax.nn.softmax,
    "exp∘tanh": lambda x: jnp.exp(jnp.tanh(x)),
    "expm1∘sin": lambda x: jnp.expm1(jnp.sin(x)),
    "cosh∘tanh": lambda x: jnp.cosh(jnp.tanh(x)),
    "square∘sin": lambda x: jnp.square(jnp.sin(x)),
    "cube∘tanh": lambda x: jnp.tanh(x) ** 3,
    "log∘(1 + square)": lambda x: jnp.log(positive(x)),
    "log1p∘square∘tanh": lambda x: jnp.log1p(jnp.square(jnp.tanh(x))),
    "sqrt∘(1 + square)": lambda x: jnp.sqrt(positive(x)),
    "reciprocal∘(1 + square)": lambda x: 1 / positive(x),
    "half∘cumsum": lambda x: 0.5 * jnp.cumsum(x),
    "rotate": lambda x: jnp.roll(x, -1),
    "everySecond": lambda x: jnp.where(jnp.arange(x.size) % 2 == 1, x, jnp.sin(x)),
    "matrix": weighted,
    "center": lambda x: x - jnp.mean(x),
    "logSumExp": lambda x: jax.scipy.special.logsumexp(x) + 0 * x,
    "prod∘tanh": lambda x: jnp.prod(jnp.tanh(x)) + 0 * x,
    "gram": gram,
}

BINARIES = {
    "+": jnp.add,
    "−": jnp.subtract,
    "·": jnp.multiply,
    "/(1 + square)": lambda a, b: a / positive(b),
    "blend": blend,
}


def run(program, x):
    if program == "x":
        return x
    if isinstance(program[0], (int, float)):
        return jnp.asarray(program, jnp.float64)
    name, *operands = program
    table = UNARIES if len(operands) == 1 else BINARIES
    return table[name](*(run(operand, x) for operand in operands))


def answer(program, x, v):
    loss = jax.value_and_grad(lambda p: jnp.sum(run(program, p)))
    x, v = jnp.asarray(x, jnp.float64), jnp.asarray(v, jnp.float64)
    (value, gradient), (_, product) = jax.jvp(loss, (x,), (v,))
    return [float(value), gradient.tolist(), product.tolist()]


if __name__ == "__main__":
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer(*json.loads(line)), separators=(",", ":")), flush=True)
