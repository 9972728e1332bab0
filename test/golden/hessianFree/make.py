"""Steps of hessian-free optimization by the formulas of Martens (2010) and Martens and Sutskever (2012), with whole matrices.

The matrices, their products and all values of the model are formed anew wherever they are needed: nothing is carried by a
recurrence but the directions of conjugate gradients. Derivatives are those of JAX. Run: python make.py > hessianFree.json
"""
import json
import math

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
EPS = np.finfo(float).eps


def solve(A, g, x, M, iterations, progress, tolerance, spacing):
    """Conjugate gradients on phi(x) = x'Ax/2 + g'x. The points by iteration, their values, and why it ended."""
    phi = lambda y: 0.5 * y @ A @ y + g @ y
    points, values = [x], [phi(x)]
    r = -g - A @ x
    d, square = None, None
    while True:
        i = len(points) - 1
        if np.linalg.norm(r) <= tolerance * np.linalg.norm(g) or i >= iterations:
            break
        k = max(10, math.ceil(i / 10))
        if i > k and values[i] < 0 and (values[i] - values[i - k]) / values[i] < k * progress:
            break
        z = r / M
        d = z if d is None else z + (r @ z) / square * d
        square = r @ z
        curvature = d @ A @ d
        if curvature <= 0:
            return points, values, (d, curvature)
        x = x + (r @ d) / curvature * d
        r = -g - A @ x
        points.append(x)
        values.append(phi(x))
    return points, values, None


def step(f, grad, curvature, squares, theta, state, o):
    value, g, B = float(f(theta)), np.array(grad(theta)), np.array(curvature(theta))
    n = len(theta)
    evaluations, products = 0, 0
    start = np.zeros(n)
    if state["solution"] is not None:
        products += 1
        start = o["decay"] * state["solution"]
    lam, rejected = state["damping"], 0
    while True:
        A = B + lam * np.eye(n)
        use = start @ A @ start > 0 and 0.5 * start @ A @ start + g @ start < 0
        M = np.ones(n) if squares is None else (np.array(squares(theta)) + lam) ** 0.75
        x0 = start if use else np.zeros(n)
        points, values, negative = solve(A, g, x0, M, o["iterations"], o["progress"], o["tolerance"], o["spacing"])
        last = len(points) - 1
        products += last
        powers = {math.ceil(o["spacing"] ** j) for j in range(200)}
        ways = [points[i] for i in range(1, last) if i in powers] + [points[last]]
        if negative is not None:
            products += 1
            d, c = negative
            slope = (-g - A @ points[last]) @ d
            ways.append(points[last] + slope / max(abs(c), lam * d @ d) * d)
        solution = ways[-1]
        model = lambda s: g @ s + 0.5 * s @ B @ s
        seen = [(float(f(theta + s)), s) for s in ways if g @ s < 0]
        evaluations += len(seen)
        least = min(v for v, _ in seen)
        whole, s = [(v, s) for v, s in seen if v <= least + 10 * EPS * abs(value)][-1]
        rho = (value - whole) / -model(s)
        alpha, reached, tried = 1.0, whole, 1
        while not reached <= value + o["decrease"] * alpha * (g @ s) + 10 * EPS * abs(value) and tried < o["trials"]:
            alpha, tried = alpha * o["shrink"], tried + 1
            reached = float(f(theta + alpha * s))
            evaluations += 1
        assert tried < o["trials"]
        assert (value - reached) / -model(alpha * s) >= 1e-4
        damping = 1.5 * lam if rho < 0.25 else lam / 1.5 if rho > 0.75 else lam
        return theta + alpha * s, {
            "damping": damping,
            "solution": solution,
            "gainRatio": rho,
            "stepLength": alpha,
            "iterations": last + (negative is not None),
            "evaluations": evaluations,
            "products": products,
        }


def run(f, curvature, theta, steps, squares=None, **options):
    o = dict(damping=1.0, decay=0.95, iterations=250, progress=5e-4, tolerance=1e-10, spacing=1.3)
    o |= dict(decrease=0.01, shrink=0.8, trials=60)
    o |= options
    f, grad, curvature = jax.jit(f), jax.jit(jax.grad(f)), jax.jit(curvature)
    theta, state, out = np.array(theta, dtype=float), {"damping": o["damping"], "solution": None}, []
    noise = np.random.default_rng(1)
    for _ in range(steps):
        # How far this very step moves when its gradient is rounded another way.
        shaken = [
            step(f, lambda p: np.array(grad(p)) * (1 + 2 * EPS * noise.uniform(-1, 1, len(p))), curvature, squares, theta, state, o)
            for _ in range(6)
        ]
        before = state
        theta, state = step(f, grad, curvature, squares, theta, before, o)
        for _, other in shaken:
            assert other["iterations"] == state["iterations"] and other["evaluations"] == state["evaluations"]
        row = {k: v for k, v in state.items() if k != "solution"}
        row["moved"] = max(float(np.abs(other - theta).max()) for other, _ in shaken)
        row["turned"] = max(float(np.abs(other["solution"] - state["solution"]).max()) for _, other in shaken)
        out.append({"params": theta.tolist(), "value": float(f(theta)), **row, "solution": state["solution"].tolist()})
    return {"options": options, "steps": out}


# An autoencoder of 4 inputs and 2 hidden units, raveled: weights [4, 2], bias [2], weights [2, 4], bias [4].
rng = np.random.default_rng(10)
X = rng.uniform(-1, 1, (8, 4)).round(3)
start = rng.standard_normal(8 + 2 + 8 + 4).round(3)


def outputs(p, x):
    hidden = jnp.tanh(x @ p[:8].reshape(4, 2) + p[8:10])
    return hidden @ p[10:18].reshape(2, 4) + p[18:]


def loss(p):
    return jnp.mean(jnp.sum((outputs(p, X) - X) ** 2, axis=1))


def example(p, x):
    return jnp.sum((outputs(p, x) - x) ** 2)


def gaussNewton(p):
    J = jax.jacfwd(lambda q: outputs(q, X).reshape(-1))(p)
    return 2 / 8 * J.T @ J


squares = jax.jit(lambda p: jnp.mean(jax.vmap(jax.grad(example), (None, 0))(p, X) ** 2, axis=0))

# Six points in the plane, of a function that is a saddle at the start: conjugate gradients meet negative curvature.
def wells(p):
    return jnp.sum((p**2 - 1) ** 2) + 0.3 * jnp.sum(p[:-1] * p[1:]) + 0.1 * jnp.sum(p)


wellsAt = [0.1, -0.2, 0.05, 0.3, -0.4, 0.2]

rosenbrock = lambda p: 0.5 * ((10 * (p[1] - p[0] ** 2)) ** 2 + (1 - p[0]) ** 2)


def rosenbrockGN(p):
    J = jnp.array([[-20 * p[0], 10.0], [-1.0, 0.0]])
    return J.T @ J


cases = {
    "autoencoder": run(loss, gaussNewton, start, 12),
    "autoencoder, few iterations": run(loss, gaussNewton, start, 12, damping=0.01, iterations=9, spacing=1.5),
    "autoencoder, early stop": run(loss, gaussNewton, start, 8, progress=0.01, decay=0.8),
    "autoencoder, preconditioned": run(loss, gaussNewton, start, 12, squares=squares, iterations=9),
    "wells": run(wells, jax.hessian(wells), wellsAt, 10, damping=0.1),
    "rosenbrock": run(rosenbrock, rosenbrockGN, [-1.2, 1.0], 14, damping=1e-3, tolerance=1e-6),
}
print(json.dumps({"jax": jax.__version__, "data": X.tolist(), "autoencoder": start.tolist(), "wells": wellsAt, "cases": cases}))
