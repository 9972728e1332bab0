"""Values and derivatives of loops, choices and implicit functions by JAX, whose lax.scan, lax.cond, lax.while_loop and
lax.custom_root share no code with this library. Run it to write control.json beside it:

    python test/golden/control/make.py
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

generator = np.random.default_rng(17)


def draw(*shape):
    return np.round(generator.normal(size=shape) * 0.5, 3)


def numbers(x):
    return np.asarray(x).tolist()


def second(f, p, v):
    """Value, gradient and Hessian-vector product."""
    return {
        "value": numbers(f(p)),
        "gradient": numbers(jax.grad(f)(p)),
        "product": numbers(jax.jvp(jax.grad(f), (p,), (v,))[1]),
    }


def recurrence():
    xs, h = draw(40, 3), draw(3)

    def loss(w):
        def cell(carry, x):
            carry = jnp.tanh(w @ carry + x)
            return carry, jnp.sum(jnp.sin(carry) * x)

        last, ys = jax.lax.scan(cell, h, xs)
        return jnp.sum(last**2) + jnp.sum(ys**2)

    w, v = draw(3, 3), draw(3, 3)
    return {"xs": numbers(xs), "h": numbers(h), "p": numbers(w), "v": numbers(v), **second(loss, w, v)}


def choice():
    def f(x):
        return jax.lax.cond(x > 0.5, lambda y: jnp.log(y) * jnp.sin(y), lambda y: y**3, x)

    x = np.array([-1.5, 0.2, 0.9, 2.5])
    return {
        "p": numbers(x),
        "value": numbers(jax.vmap(f)(x)),
        "gradient": numbers(jax.vmap(jax.grad(f))(x)),
        "second": numbers(jax.vmap(jax.grad(jax.grad(f)))(x)),
    }


def growth():
    def f(x):
        return jax.lax.while_loop(lambda c: c < 50, lambda c: c * x + 0.5 * jnp.sin(c), x)

    def slope(g):
        return lambda x: jax.jvp(g, (x,), (1.0,))[1]

    x = np.array([1.7, 2.3, 3.0, 60.0])
    return {
        "p": numbers(x),
        "value": numbers(jax.vmap(f)(x)),
        "slope": numbers(jax.vmap(slope(f))(x)),
        "second": numbers(jax.vmap(slope(slope(f)))(x)),
    }


def newton(f, guess):
    def step(_, x):
        return x - jnp.linalg.solve(jax.jacobian(f)(x), f(x))

    return jax.lax.fori_loop(0, 30, step, guess)


def dense(g, y):
    return jnp.linalg.solve(jax.jacobian(g)(y), y)


def equilibrium():
    """x = tanh(w x + b)."""
    b = draw(4)

    def loss(w):
        x = jax.lax.custom_root(lambda x: jnp.tanh(w @ x + b) - x, jnp.zeros(4), newton, dense)
        return jnp.sum(x**3)

    w, v = 0.5 * draw(4, 4), draw(4, 4)
    return {"b": numbers(b), "p": numbers(w), "v": numbers(v), **second(loss, w, v)}


def regression():
    """Logistic regression with a penalty, as a function of the penalties of its weights."""
    a, y = draw(20, 3), np.sign(draw(20))

    def loss(rates):
        def inner(x):
            return jnp.sum(jnp.log1p(jnp.exp(-y * (a @ x)))) + jnp.sum(jnp.exp(rates) * x**2)

        x = jax.lax.custom_root(jax.grad(inner), jnp.zeros(3), newton, dense)
        return jnp.sum(jnp.sin(x))

    p, v = draw(3), draw(3)
    return {"a": numbers(a), "y": numbers(y), "p": numbers(p), "v": numbers(v), **second(loss, p, v)}


if __name__ == "__main__":
    made = {f.__name__: f() for f in [recurrence, choice, growth, equilibrium, regression]}
    path = Path(__file__).parent / "control.json"
    path.write_text(json.dumps(made, indent=1) + "\n")
    print(path.name, path.stat().st_size, "bytes")
