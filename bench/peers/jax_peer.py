"""JAX with 64-bit floats on the CPU, everything under jit. Argument: the number of threads."""

import os
import sys

threads = int(sys.argv[1])
# The thread pool has as many threads as there are processors when it is made; afterwards all may run anywhere again.
allowed = os.sched_getaffinity(0)
os.sched_setaffinity(0, set(sorted(allowed)[:threads]))
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
from serve import serve

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)
jnp.zeros(2).block_until_ready()
for thread in os.listdir("/proc/self/task"):
    os.sched_setaffinity(int(thread), allowed)


def cross_entropy(logits, labels):
    return -jnp.mean(jnp.sum(labels * jax.nn.log_softmax(logits), -1))


def layers(p):
    return list(zip(p[0::2], p[1::2]))


def saddle(p):
    return 5 * p[0] ** 2 - p[1] ** 2


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def classifier(p, x, y):
    *hidden, (w, b) = layers(p)
    for weights, bias in hidden:
        x = jnp.tanh(x @ weights + bias)
    return cross_entropy(x @ w + b, y)


def autoencoder(p, x):
    z, all_layers = x, layers(p)
    for i, (weights, bias) in enumerate(all_layers):
        z = z @ weights + bias
        if i not in (len(all_layers) - 1, len(all_layers) // 2 - 1):
            z = jax.nn.sigmoid(z)
    return jnp.sum(jax.nn.softplus(z) - x * z) / x.shape[0]


def recurrent(p, x, y):
    w_in, w, b, w_out, b_out = p

    def advance(h, z):
        h = jnp.tanh(z + h @ w)
        return h, h

    _, hs = jax.lax.scan(advance, jnp.zeros((x.shape[1], w.shape[0])), x @ w_in + b)
    return cross_entropy(hs @ w_out + b_out, y)


losses = {
    "saddle": saddle,
    "rosenbrock": rosenbrock,
    "classifier": classifier,
    "autoencoder": autoencoder,
    "recurrent": recurrent,
}


def flat(tree):
    return jnp.concatenate([jnp.ravel(leaf) for leaf in jax.tree.leaves(tree)])


def split(vector, like):
    ends, parts = 0, []
    for leaf in like:
        parts.append(vector[ends : ends + leaf.size].reshape(leaf.shape))
        ends += leaf.size
    return parts


def prepare(task, p, v, data):
    p, v, data = jax.tree.map(jnp.asarray, (p, v, data))
    f = losses[task["model"]]
    gradient = jax.grad(f)
    of_vector = lambda vector, *rest: f(split(vector, p), *rest)

    def step(vector, *rest):
        values, vectors = jnp.linalg.eigh(jax.hessian(of_vector)(vector, *rest))
        along = (vectors.T @ jax.grad(of_vector)(vector, *rest)) / (jnp.abs(values) + task["damping"])
        after = vector - vectors @ along
        return after, jax.value_and_grad(of_vector)(after, *rest)

    function, gradient_of = jax.jit(f), jax.jit(gradient)
    at_point = jax.jit(lambda p, *rest: jax.linearize(lambda q: gradient(q, *rest), p)[1])
    product = jax.jit(lambda linear, v: linear(v))
    at_once = jax.jit(lambda p, v, *rest: jax.jvp(lambda q: gradient(q, *rest), (p,), (v,))[1])
    whole, stepped = jax.jit(jax.hessian(of_vector)), jax.jit(step)
    ready, kept, vector = jax.block_until_ready, [], flat(p)

    def kept_product():
        if not kept:
            kept.append(at_point(p, *data))
        return ready(product(kept[0], v))

    quantities = {
        "function": (lambda: ready(function(p, *data)), jnp.ravel),
        "gradient": (lambda: ready(gradient_of(p, *data)), flat),
        "product": (kept_product, flat),
        "new product": (lambda: ready(at_once(p, v, *data)), flat),
        "hessian": (lambda: ready(whole(vector, *data)), jnp.ravel),
        "step": (lambda: ready(stepped(vector, *data)), lambda found: found[0]),
    }
    return {name: quantities[name] for name in task["quantities"]}


serve({"name": "JAX", "version": jax.__version__}, prepare)
