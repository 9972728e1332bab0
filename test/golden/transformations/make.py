"""Steps of transformations that Optax has in another form or not at all, entry by entry in NumPy; and those of apply_if_finite.

Sophia: Liu et al. (2023), algorithm 3, with the bias correction of Optax. The curvature of its loss is diagonal, so that Hutchinson's
estimate is exact whatever signs it draws; in its place the estimate by drawn targets is a function that the test gives as well.
Clipping of each leaf to a norm: min(1, limit / |u|) u. Run: python make.py > transformations.json
"""
import json
import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(5)

# f(x) = sum (tanh(x) - t)^2 / 2, a sum of squares of one variable each.
t = rng.uniform(-0.5, 0.5, 4).round(3)
x0 = rng.uniform(-2, 2, 4).round(3)
residual = lambda x: np.tanh(x) - t
slope = lambda x: 1 - np.tanh(x) ** 2


def sophia(diagonal, steps, decay1, decay2, epsilon, gamma, threshold, every, rate):
    x, m, h, out = x0.copy(), np.zeros(4), np.zeros(4), []
    for k in range(steps):
        g = residual(x) * slope(x)
        m = decay1 * m + (1 - decay1) * g
        update = np.clip(m / (1 - decay1 ** (k + 1)) / np.maximum(gamma * h, epsilon), -threshold, threshold)
        if k % every == 0:
            h = decay2 * h + (1 - decay2) * diagonal(x)
        x = x - rate * update
        out.append(x.tolist())
    return out


constants = dict(decay1=0.9, decay2=0.8, epsilon=1e-8, gamma=0.5, threshold=0.8, every=3)
gauss_newton = sophia(lambda x: slope(x) ** 2, 40, rate=0.05, **constants)
drawn = sophia(lambda x: (np.sin(3 * x)) ** 2, 40, rate=0.05, **constants)

# Per leaf: above, below and at the limit, zeros, and entries whose squares overflow or underflow.
leaves = [[3.0, -4.0], [0.1, 0.2], [0.0, 0.0, 0.0], [2.0], [-0.7, 1.9, 0.4, -2.2], [0.6, 0.8]]
limit = 1.0
clipped = [(np.array(u) * min(1.0, limit / np.linalg.norm(u)) if np.linalg.norm(u) > 0 else np.array(u)).tolist() for u in leaves]

# Optax: Adam in apply_if_finite, which after `most` errors in a row takes what comes.
gradients = [[1.0, -2.0], [np.nan, 1.0], [0.5, 0.5], [np.inf, 0.0], [0.0, -np.inf], [1.0, 1.0], [np.nan, np.nan], [2.0, -1.0]]
# Three in a row: the third is taken.
gradients += [[np.nan, 0.0], [0.0, np.inf], [np.nan, 1.0]]
inner = optax.adam(0.1, b1=0.9, b2=0.99, eps=1e-8)
wrapped = optax.apply_if_finite(inner, max_consecutive_errors=2)
state, updates_out, counts = wrapped.init(jnp.zeros(2)), [], []
for g in gradients:
    updates, state = wrapped.update(jnp.array(g), state, jnp.zeros(2))
    updates_out.append(np.asarray(updates).tolist())
    counts.append([int(state.notfinite_count), int(state.total_notfinite)])

text = lambda rows: [[x if np.isfinite(x) else str(x) for x in row] for row in rows]
print(
    json.dumps(
        {
            "versions": {"optax": optax.__version__, "numpy": np.__version__},
            "targets": t.tolist(),
            "start": x0.tolist(),
            "constants": constants,
            "gaussNewton": gauss_newton,
            "drawn": drawn,
            "leaves": leaves,
            "limit": limit,
            "clipped": clipped,
            "gradients": text(gradients),
            "skipped": text(updates_out),
            "counts": counts,
        }
    )
)
